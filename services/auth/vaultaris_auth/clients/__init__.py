"""OAuth clients: the applications that may ask for tokens (RFC 6749 section 2)."""
