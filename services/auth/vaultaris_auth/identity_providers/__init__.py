"""Identity providers: where else than here the people of a tenant may sign in. Kept here; nobody is sent there yet."""
