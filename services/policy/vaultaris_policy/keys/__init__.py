"""May this API key do that? Asked with the key itself."""
