"""What each released version left in a database: ``VERSION.json`` and ``VERSION.sql.gz``, written by ``record.py``."""
