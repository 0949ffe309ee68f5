"""Passkeys: WebAuthn credentials of people, enrolled here (WebAuthn Level 2)."""
