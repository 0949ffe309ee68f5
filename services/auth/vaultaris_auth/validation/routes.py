"""``POST /api/v1/integration/token/validate``: a hot path, so it reads and writes its bodies itself."""

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from vaultaris_auth.validation.operations import validate_token
from vaultaris_auth.validation.schemas import ValidateToken, Validation
from vaultaris_kit.errors import Invalid
from vaultaris_kit.http.body import parse_json
from vaultaris_kit.http.dependencies import Caller, runtime_of
from vaultaris_kit.http.envelopes import One
from vaultaris_kit.http.lean import LeanRoute

router = APIRouter(prefix="/api/v1/integration/token", tags=["integration"], route_class=LeanRoute)

_encode = msgspec.json.Encoder().encode


def _body() -> dict[str, Any]:
    (schema,), components = msgspec.json.schema_components([ValidateToken])
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": _inline(schema, components)}}}}


def _inline(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = components[schema["$ref"].rpartition("/")[2]]
    return found


@router.post(
    "/validate",
    operation_id="integration-token-validate",
    responses={200: {"model": One[Validation]}},
    openapi_extra=_body(),
)
async def validate(request: Request, principal: Caller) -> Response:
    """Checks an access token; tells its holder's present roles and permissions. 200 for a bad token too.

    Needs the right `integration:validate`, unless it is the caller's own token.
    """
    asked = _parse(await request.body())
    facts = await validate_token(runtime_of(request), principal, asked)
    return Response(_encode({"success": True, "data": facts}), media_type="application/json")


def _parse(body: bytes) -> ValidateToken:
    """Raises :class:`BadRequest` when malformed, :class:`Invalid` naming the field that is wrong."""
    try:
        return msgspec.convert(parse_json(body), ValidateToken)
    except msgspec.ValidationError as fault:
        reason, _, path = str(fault).partition(" - at `$")
        raise Invalid.field(path.strip("`.") or "token", reason) from fault
