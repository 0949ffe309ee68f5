"""Revocation: what is no longer to be honoured, stored in a table and announced to every service."""
