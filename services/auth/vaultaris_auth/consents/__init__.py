"""What people have agreed to let clients do, remembered per person, client and set of scopes."""
