"""Allow-lists of groups: which OAuth clients and identity providers the people in a group may use.

What the lists of several groups leave to a user is in :mod:`vaultaris_directory.effective.query`, the rule in
docs/applications.md.
"""
