"""What each released version left in a database: ``VERSION.json`` and ``VERSION.sql``, written by ``record.py``."""
