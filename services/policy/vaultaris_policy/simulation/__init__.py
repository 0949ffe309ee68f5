"""What would change: a draft of policies against given or recently asked questions. Nothing is written."""
