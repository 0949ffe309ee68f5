"""What relying parties read first: metadata and public keys."""
