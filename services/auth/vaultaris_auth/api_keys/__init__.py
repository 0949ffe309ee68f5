"""API keys: long-lived credentials of a tenant, a group or a user, for programs."""
