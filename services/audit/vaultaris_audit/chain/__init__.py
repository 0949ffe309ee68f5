"""The hash chain that makes tampering evident."""
