"""Effective permissions: what is in force for a user, and who may grant what."""
