"""API keys where they land: their format, who they stand for, and how often they are used."""
