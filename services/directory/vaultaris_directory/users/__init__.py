"""Users: people of one tenant, their profile, status and memberships."""
