"""Hosted tenants: run by another tenant, which provisions, suspends and counts them, and never reads them."""
