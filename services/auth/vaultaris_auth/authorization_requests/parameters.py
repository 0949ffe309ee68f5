"""What a client asked for, once checked."""

from typing import Literal
from uuid import UUID

import msgspec

ResponseMode = Literal["query", "fragment", "form_post"]
Prompt = Literal["none", "login", "consent", "select_account"]


class Parameters(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The checked parameters of an authorization request (OpenID Connect Core section 3.1.2.1).

    ``subject`` is the person that ``id_token_hint`` names; ``max_age`` is in seconds.
    """

    redirect_uri: str
    scope: tuple[str, ...]
    response_mode: ResponseMode = "query"
    state: str | None = None
    nonce: str | None = None
    code_challenge: str | None = None
    prompt: tuple[Prompt, ...] = ()
    max_age: int | None = None
    login_hint: str | None = None
    acr_values: tuple[str, ...] = ()
    ui_locales: tuple[str, ...] = ()
    subject: UUID | None = None
    dpop_jkt: str | None = None
    resource: str | None = None


encode_parameters = msgspec.json.Encoder().encode
decode_parameters = msgspec.json.Decoder(Parameters).decode
