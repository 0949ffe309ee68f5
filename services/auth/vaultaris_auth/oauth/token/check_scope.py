"""Which scope is granted (RFC 6749 section 3.3)."""

from collections.abc import Collection, Sequence

from vaultaris_auth.clients.invariants import MAX_SCOPE_CHARS
from vaultaris_auth.oauth.errors import InvalidScope
from vaultaris_auth.oauth.form import Form


def check_scope(form: Form, allowed: Collection[str], default: Sequence[str]) -> list[str]:
    """The requested scope, which must lie within ``allowed``, or ``default`` when none is requested.

    Raises :class:`InvalidScope`.
    """
    requested = form.get("scope")
    scope = list(default) if requested is None else list(dict.fromkeys(requested.split(" ")))
    if requested is not None and not all(token in allowed for token in scope):
        raise InvalidScope("The scope reaches beyond what is allowed.")
    if len(" ".join(scope)) > MAX_SCOPE_CHARS:
        raise InvalidScope(f"The scope is longer than {MAX_SCOPE_CHARS} characters.")
    return scope
