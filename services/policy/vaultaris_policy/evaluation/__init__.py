"""Trying policies out: against a supplied context, for a user, and what an editor of policies needs to know."""
