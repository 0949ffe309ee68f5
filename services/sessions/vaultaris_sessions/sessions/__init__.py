"""Sessions of signed-in people: begun by auth, listed and revoked here."""
