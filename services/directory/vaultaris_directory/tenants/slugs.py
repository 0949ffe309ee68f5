"""Slugs: the part of a tenant's addresses that people see."""

import re

MIN_CHARS, MAX_CHARS = 2, 63

_SHAPE = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")

_WORDS = """
admin api assets auth consent console docs health hosted internal live livez login logout master metrics oauth oidc
openapi public ready readyz root setup sso static status support system tenant tenants vaultaris webhook well-known www
"""

RESERVED = frozenset(_WORDS.split())
"""Words that stand, or may one day stand, where a slug stands. Setup alone may take ``master``."""


def slug_fault(slug: str, *, reserved: frozenset[str] = RESERVED) -> str | None:
    """What is wrong with ``slug``; None when it will do."""
    if not MIN_CHARS <= len(slug) <= MAX_CHARS:
        return f"Must have {MIN_CHARS} to {MAX_CHARS} characters."
    if not _SHAPE.fullmatch(slug) or "--" in slug:
        return "May hold lower-case letters, digits and single hyphens between them."
    return "Is a reserved word." if slug in reserved else None
