"""Applications ask whether a session is good."""
