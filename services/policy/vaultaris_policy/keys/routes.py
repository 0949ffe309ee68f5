"""HTTP: an API key asks about itself."""

from fastapi import APIRouter, Request, Response

from vaultaris_kit.http.dependencies import ApiKeyHolder, runtime_of
from vaultaris_kit.http.envelopes import One
from vaultaris_kit.http.lean import LeanRoute
from vaultaris_policy.checks import answers as write
from vaultaris_policy.checks.answers import explain_asked, fresh_as, json_body
from vaultaris_policy.checks.bodies import BodyReader, check_context
from vaultaris_policy.checks.documents import describe
from vaultaris_policy.checks.freshness import Freshness
from vaultaris_policy.checks.operations import Checks
from vaultaris_policy.checks.schemas import CheckAnswer, KeyCheckRequest
from vaultaris_policy.keys.askers import KeyAskers
from vaultaris_policy.keys.operations import authorize_key, trace_of_key
from vaultaris_policy.subjects.ways import Ways

router = APIRouter(prefix="/api/v1/api-keys", tags=["api-keys"], route_class=LeanRoute)

_read = BodyReader(KeyCheckRequest).read


@router.post(
    "/authorize",
    operation_id="api-keys-authorize",
    responses={200: {"model": One[CheckAnswer]}},
    openapi_extra=describe(KeyCheckRequest, in_tenant=False),
)
async def authorize_api_key(request: Request, principal: ApiKeyHolder) -> Response:
    """Whether the presented key may do something: its owner's roles, the policies, and never beyond its scopes."""
    asked = _read(await json_body(request))
    check_context(asked.context, "context")
    runtime = runtime_of(request)
    runtime.get(Freshness).for_key(fresh_as(request, asked.at_least_as_fresh), principal)
    answer = await authorize_key(runtime.get(Checks), runtime.get(KeyAskers), principal, asked)
    if not (asked.explain or explain_asked(request)):
        return write.single(answer)
    return write.single(answer, await trace_of_key(runtime.get(Ways), principal, answer))
