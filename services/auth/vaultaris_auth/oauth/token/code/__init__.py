"""What binds an authorization code to the one who asked for it: one check a file."""
