"""A service that cannot start."""

import sys


def main() -> None:
    """Says why, and ends."""
    sys.exit("the moon is in the wrong quarter")
