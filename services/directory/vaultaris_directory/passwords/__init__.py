"""Passwords: policy, hashing, verification and lockout."""
