"""A request to sign out, once checked; sealed while the person is asked, so that nobody can change where it leads."""

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final
from urllib.parse import urlencode

import msgspec
from cryptography.exceptions import InvalidTag

from vaultaris_auth.keys.keyring import Keyring
from vaultaris_kit.service import Runtime

_PURPOSE: Final = "sign_out_request"
_SECONDS: Final = 1800
_MAX_CHARS: Final = 8192


class SignOutRequest(msgspec.Struct, frozen=True):
    """``redirect_uri`` is verified against the registration of ``client_id``; without one the tenant's page is shown.

    ``made_at`` in seconds since the epoch.
    """

    tenant_slug: str
    client_id: str | None = None
    redirect_uri: str | None = None
    state: str | None = None
    made_at: int = 0

    def address(self, base: str) -> str:
        """Where the browser goes afterwards (RP-Initiated Logout section 3)."""
        if self.redirect_uri is None:
            return f"{base}/hosted/{self.tenant_slug}/signed-out"
        if self.state is None:
            return self.redirect_uri
        joint = "&" if "?" in self.redirect_uri else "?"
        return f"{self.redirect_uri}{joint}{urlencode({'state': self.state})}"


def seal_request(runtime: Runtime, asked: SignOutRequest) -> str:
    """The request as a query parameter."""
    sealed = runtime.get(Keyring).sealer.seal(msgspec.json.encode(asked), _PURPOSE)
    return urlsafe_b64encode(sealed).decode()


def open_request(runtime: Runtime, sealed: str) -> SignOutRequest | None:
    """What :func:`seal_request` made less than half an hour ago; None for anything else."""
    if len(sealed) > _MAX_CHARS:
        return None
    try:
        opened = runtime.get(Keyring).sealer.open(urlsafe_b64decode(sealed), _PURPOSE)
        asked = msgspec.json.decode(opened, type=SignOutRequest)
    except (InvalidTag, ValueError, KeyError, msgspec.DecodeError):
        return None
    return asked if asked.made_at > time.time() - _SECONDS else None
