"""Values that are good once, remembered in a table: the memory behind Valkey, and that of client assertions."""
