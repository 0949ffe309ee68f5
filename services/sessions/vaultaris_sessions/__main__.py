"""Entry point: ``python -m vaultaris_sessions``."""

from vaultaris_kit.service import run
from vaultaris_sessions.app import SERVICE


def main() -> None:
    """Serves until SIGTERM; nothing happens before the call."""
    run(SERVICE)


if __name__ == "__main__":
    main()
