"""What belongs to an application: roles, groups and permissions, made inside it or linked to it."""
