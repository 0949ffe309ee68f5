"""The UserInfo endpoint (OpenID Connect Core section 5.3)."""
