"""Users in bulk: imported from and exported to NDJSON and CSV, streamed both ways."""
