"""Webhooks of Kubernetes API servers: whose token is this, and may they do that?"""
