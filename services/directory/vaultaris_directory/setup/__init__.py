"""First-run setup: the master tenant and the first administrator, once."""
