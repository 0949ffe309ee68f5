"""Hosted pages: what people see when they sign in, give consent, pair a device or sign out."""
