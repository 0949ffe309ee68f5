"""Policies of an application."""
