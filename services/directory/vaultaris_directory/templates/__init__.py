"""Templates: a tenant's configuration as one document that can live in version control."""
