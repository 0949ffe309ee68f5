"""A service that breaks the rule: importing it starts a thread."""

import threading

threading.Thread(target=threading.Event().wait, daemon=True).start()


def main() -> None:
    """Never reached."""
