"""Proof of possession (RFC 9449): a stolen access token is worth nothing without the key that it is bound to."""
