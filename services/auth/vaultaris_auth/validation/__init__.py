"""Token validation for guards of applications."""
