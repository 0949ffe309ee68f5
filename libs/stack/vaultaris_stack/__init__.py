"""Runs Vaultaris on one machine: its stores, its gateway and its services as ordinary processes."""
