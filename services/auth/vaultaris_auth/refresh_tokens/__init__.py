"""Refresh tokens: opaque, hashed, each used once, in families that live and die together (RFC 9700 section 4.14)."""
