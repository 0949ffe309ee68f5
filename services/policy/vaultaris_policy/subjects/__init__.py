"""The other way round: what a user may do, and who may do something."""
