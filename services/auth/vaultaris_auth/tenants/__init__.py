"""What a tenant has here from its first day, and what becomes of it when it ends."""
