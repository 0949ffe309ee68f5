"""Entry point: ``python -m vaultaris_policy``."""

from vaultaris_kit.service import run
from vaultaris_policy.app import SERVICE


def main() -> None:
    """Serves until SIGTERM; nothing happens before the call."""
    run(SERVICE)


if __name__ == "__main__":
    main()
