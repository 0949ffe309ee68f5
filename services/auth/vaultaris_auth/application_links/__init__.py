"""OAuth clients and identity providers of an application, and what its members lose when they leave it."""
