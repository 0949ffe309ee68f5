"""Whose token is this? The answer to a TokenReview."""

from typing import Any, Final

from vaultaris_kit.access import Access
from vaultaris_kit.authn import Authenticator
from vaultaris_kit.errors import NotFound, Unauthorized
from vaultaris_kit.principal import Principal
from vaultaris_policy.checks.snapshots import Snapshots
from vaultaris_policy.kubernetes.reviewers import Reviewer
from vaultaris_policy.kubernetes.schemas import TokenReviewSpec

TENANT_EXTRA = "tenant_id"
"""Key of ``extra`` under which a SubjectAccessReview brings the tenant back. API servers keep keys in lower case."""

ACCESS_SCOPE: Final = "kubernetes:access"
"""What a person lets a third party's client have, so that its tokens make it that person in a cluster."""

_CLIENT: Final = "client:"
_OTHERS_NAMES: Final = ("system:", _CLIENT)
"""Names that mean the cluster's own components, or our clients: clusters bind rights to names."""

_REFUSED = {"authenticated": False, "error": "The token is not valid."}


async def review_token(
    authenticator: Authenticator, access: Access, snapshots: Snapshots, cluster: Reviewer, spec: TokenReviewSpec
) -> dict[str, Any]:
    """The ``status``. An unknown, spent or foreign token is an answer, not an error; raises only what is our fault."""
    try:
        principal = await authenticator.verify_bearer(spec.token)
    except Unauthorized:
        return _REFUSED
    if cluster.tenant_id is not None and principal.tenant_id != cluster.tenant_id:
        return _REFUSED
    if principal.delegated and ACCESS_SCOPE not in principal.scopes:
        return {"authenticated": False, "error": f"The token's scope lacks {ACCESS_SCOPE}."}
    audiences = None
    if spec.audiences:
        audiences = [each for each in spec.audiences if each == principal.audience]
        if not audiences:
            return {"authenticated": False, "error": "The token is for none of the audiences asked for."}
    user = await _user(access, snapshots, principal)
    if user is None:
        return _REFUSED
    status: dict[str, Any] = {"authenticated": True, "user": user}
    return {**status, "audiences": audiences} if audiences else status


async def _user(access: Access, snapshots: Snapshots, principal: Principal) -> dict[str, Any] | None:
    """``UserInfo``; None for somebody who is out of service. A client is known to the cluster, but has no groups."""
    extra = {TENANT_EXTRA: [str(principal.tenant_id)]}
    try:
        await access.tenant(principal.tenant_id)
        if not principal.is_person:
            return {
                "username": f"{_CLIENT}{principal.client_id}",
                "uid": str(principal.id),
                "groups": [],
                "extra": extra,
            }
        snapshot = await snapshots.of_user(principal.tenant_id, principal.id)
    except NotFound:
        return None
    answer = snapshot.answer
    username = answer.user.username
    if snapshot.asker.refused is not None or username.casefold().startswith(_OTHERS_NAMES):
        return None
    groups = [group.path for group in answer.groups] + [f"role:{role.name}" for role in answer.roles]
    return {"username": username, "uid": answer.user.id, "groups": groups, "extra": extra}
