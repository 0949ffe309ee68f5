"""``/oauth/authorize``: read :data:`vaultaris_auth.oauth.authorize.steps.STEPS` against RFC 6749 section 4.1.1."""
