"""Which scope is granted (RFC 6749 section 3.3)."""

from collections.abc import Collection, Sequence

from vaultaris_auth.oauth.errors import InvalidScope
from vaultaris_auth.oauth.form import Form


def check_scope(form: Form, allowed: Collection[str], default: Sequence[str]) -> list[str]:
    """The requested scope, which must lie within ``allowed``, or ``default`` when none is requested.

    Raises :class:`InvalidScope`.
    """
    requested = form.get("scope")
    if requested is None:
        return list(default)
    scope = list(dict.fromkeys(requested.split(" ")))
    if not all(token in allowed for token in scope):
        raise InvalidScope("The scope reaches beyond what is allowed.")
    return scope
