"""The protocol endpoints of OAuth 2.0 and OpenID Connect. Each is an ordered list of steps, one check a file."""
