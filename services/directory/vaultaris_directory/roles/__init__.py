"""Roles, simple and composite, and the permissions attached to them."""
