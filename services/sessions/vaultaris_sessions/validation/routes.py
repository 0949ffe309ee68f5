"""Validation of sessions over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from vaultaris_kit.authn import MAX_TOKEN_CHARS
from vaultaris_kit.http.body import JsonRoute
from vaultaris_kit.http.dependencies import allow, runtime_of
from vaultaris_kit.http.envelopes import One, one
from vaultaris_kit.principal import Principal
from vaultaris_sessions.validation.operations import Validator
from vaultaris_sessions.validation.schemas import SessionValidation

router = APIRouter(prefix="/api/v1/integration", tags=["integration"], route_class=JsonRoute)


@router.get("/session/validate", operation_id="integration-session-validate")
async def validate_session(
    request: Request,
    principal: Annotated[Principal, allow("integration:validate")],
    token: Annotated[
        str,
        Query(
            min_length=1,
            max_length=MAX_TOKEN_CHARS,
            description="The session's `id` or `session_id`, or an access token that was issued to it.",
        ),
    ],
) -> One[SessionValidation]:
    """Whether a session of the caller's own tenant is good; 200 also when it is not."""
    return one(await runtime_of(request).get(Validator).validate(principal, token))
