"""How surely people prove who they are: the values of ``acr`` (OpenID Connect Core section 2)."""

from typing import Final

ONE_FACTOR: Final = "1"
"""A password, and nothing beside it."""

LEVELS: Final = (ONE_FACTOR,)
"""Every level that a sign-in can reach, the weakest first; discovery tells them as ``acr_values_supported``."""
