"""What would change the meaning of the request, and is not built, is refused rather than overlooked.

The ``claims`` parameter is no such thing: a provider without it "returns a set of claims that it believes would be
useful" (OpenID Connect Core section 5.5), which is what scopes do here. :mod:`.check_acr` reads the one thing in it
that can't be overlooked.
"""

from vaultaris_auth.oauth.authorize.request import AuthorizeRequest
from vaultaris_auth.oauth.errors import (
    OAuthError,
    RegistrationNotSupported,
    RequestNotSupported,
    RequestUriNotSupported,
)

_REFUSED: tuple[tuple[str, type[OAuthError]], ...] = (
    ("request", RequestNotSupported),
    ("request_uri", RequestUriNotSupported),
    ("registration", RegistrationNotSupported),
)


async def reject_unsupported(request: AuthorizeRequest) -> None:
    """Raises the error that OpenID Connect Core section 3.1.2.6 names for each."""
    for name, refusal in _REFUSED:
        if name in request.form:
            raise refusal
