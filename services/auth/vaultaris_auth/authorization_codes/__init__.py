"""Authorization codes (RFC 6749 section 4.1): hashed, short-lived, each good for one use."""
