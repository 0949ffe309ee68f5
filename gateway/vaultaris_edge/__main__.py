"""``python -m vaultaris_edge``: serves until SIGTERM or SIGINT, drains and exits with 0; with 2 on bad settings."""

import sys

from vaultaris_edge.serving import serve


def main() -> None:
    """Reads the environment and serves; nothing happens before the call."""
    sys.exit(serve())


if __name__ == "__main__":
    main()
