"""What belongs to an application: made inside it, or linked to it.

A link lives with what it links, in the service that owns that: it is made, listed and gone in one transaction with it.
The application itself is the directory's.
"""
