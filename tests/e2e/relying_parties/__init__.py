"""Relying parties off the shelf against the whole product: nothing in them knows it."""
