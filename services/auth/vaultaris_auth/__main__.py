"""Entry point: ``python -m vaultaris_auth``."""

from vaultaris_auth.app import SERVICE
from vaultaris_kit.service import run


def main() -> None:
    """Serves until SIGTERM; nothing happens before the call."""
    run(SERVICE)


if __name__ == "__main__":
    main()
