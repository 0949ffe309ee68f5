"""Tenants: the outermost isolation unit, with their settings, lifetimes and system roles."""
