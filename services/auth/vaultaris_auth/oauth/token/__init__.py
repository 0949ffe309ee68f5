"""``POST /oauth/token``: read :data:`vaultaris_auth.oauth.token.endpoint.STEPS` against RFC 6749 section 3.2."""
