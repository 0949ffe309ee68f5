"""Permissions: ``resource:action`` pairs that roles hold."""
