"""``python -m vaultaris_directory``."""

from vaultaris_directory.app import SERVICE
from vaultaris_kit.service import run


def main() -> None:
    """Serves until SIGTERM."""
    run(SERVICE)


if __name__ == "__main__":
    main()
