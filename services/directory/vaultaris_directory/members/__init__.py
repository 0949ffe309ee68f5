"""Members of an application: who was invited, who accepted, who is suspended."""
