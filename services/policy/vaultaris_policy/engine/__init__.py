"""The decision engine: pure functions over plain values. It imports no web, database or broker code.

The condition language is :mod:`vaultaris_kit.conditions`, ``patterns`` matches resources and actions,
``policies`` indexes a tenant's policies, ``decision`` combines them with the permissions of roles.
"""
