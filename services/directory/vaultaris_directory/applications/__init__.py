"""Applications: what people of a tenant sign in to."""
