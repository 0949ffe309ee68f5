"""Groups: a tree of users whose roles are inherited downwards."""
