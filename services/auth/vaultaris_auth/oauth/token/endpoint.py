"""The token endpoint."""

from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import Request, Response

from vaultaris_auth.oauth.client_authentication.method import Presented
from vaultaris_auth.oauth.endpoint import protocol, raw
from vaultaris_auth.oauth.form import read_form
from vaultaris_auth.oauth.token.check_grant_allowed import check_grant_allowed
from vaultaris_auth.oauth.token.check_sender_constraint import check_sender_constraint
from vaultaris_auth.oauth.token.check_tenant import check_tenant
from vaultaris_auth.oauth.token.find_applications import find_applications
from vaultaris_auth.oauth.token.find_client import find_client
from vaultaris_auth.oauth.token.find_grant import find_grant
from vaultaris_auth.oauth.token.issue import issue
from vaultaris_auth.oauth.token.request import TokenRequest
from vaultaris_kit.http.dependencies import runtime_of, target_of

STEPS: Final[tuple[Callable[[TokenRequest], Awaitable[None]], ...]] = (
    find_client,
    find_grant,
    check_grant_allowed,
    check_tenant,
    find_applications,
    check_sender_constraint,
)
"""What every grant goes through, in this order; then the grant's own handler decides, and the answer is signed."""


@protocol
async def token(request: Request) -> Response:
    """Issues tokens for every supported grant (RFC 6749 section 3.2)."""
    form = await read_form(request)
    asked = TokenRequest(
        runtime_of(request), Presented(form, request.headers.get("authorization", "")), target_of(request),
        proofs=request.headers.getlist("dpop"),
    )  # fmt: skip
    for step in STEPS:
        await step(asked)
    granted = await asked.handler.decide(asked)
    return raw(await issue(asked, granted))
