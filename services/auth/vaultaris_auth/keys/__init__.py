"""Signing keys: one of each algorithm for a tenant, one of them active, the retired ones still verifying."""
