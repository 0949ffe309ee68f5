"""The decision engine: pure functions over plain values. It imports no web, database or broker code.

``conditions`` parses and compiles the condition language, ``patterns`` matches resources and actions,
``policies`` indexes a tenant's policies, ``decision`` combines them with the permissions of roles.
"""
