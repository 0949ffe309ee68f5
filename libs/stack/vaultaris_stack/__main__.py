"""`python -m vaultaris_stack` is `vaultaris`."""

from vaultaris_stack.cli import main

main()
