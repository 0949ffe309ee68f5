"""``/oauth/logout`` (OpenID Connect RP-Initiated Logout): the steps, one check a file."""
