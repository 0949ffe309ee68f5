"""Licences: what an instance may do, verified offline."""
