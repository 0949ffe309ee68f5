"""What is kept for the client, word by word, or read closely, is bounded."""

from vaultaris_auth.oauth.authorize.request import MAX_STATE_CHARS, AuthorizeRequest
from vaultaris_auth.oauth.errors import InvalidRequest

MAX_CHARS = {
    "state": MAX_STATE_CHARS, "nonce": 512, "login_hint": 320, "acr_values": 512, "ui_locales": 256, "claims": 8192,
}  # fmt: skip


async def check_lengths(request: AuthorizeRequest) -> None:
    """Raises :class:`InvalidRequest`."""
    for name, limit in MAX_CHARS.items():
        if len(request.form.get(name, "")) > limit:
            raise InvalidRequest(f"The {name} is longer than {limit} characters.")
