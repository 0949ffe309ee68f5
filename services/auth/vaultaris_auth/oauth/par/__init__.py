"""Pushed authorization requests (RFC 9126): a client says what it wants directly; the browser carries a reference."""
