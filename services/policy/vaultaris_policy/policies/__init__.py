"""Policies: who may do what under which conditions, as rows and as compiled sets."""
