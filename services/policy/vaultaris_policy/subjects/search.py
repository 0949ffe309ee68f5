"""Who may do something? Candidates come from the directory, the decision on each is the one that a check would give.

Only somebody who holds a permission that fits can be granted it by a role, so that these are the candidates; but as
soon as one allow policy fits, it may grant it to anybody, and everybody is looked at. Either way a call examines a
bounded number of users, in the order of their ids, and says from where the next call goes on. A page is exact for the
moment at which it was made; somebody changed between two pages may be missing or listed wrongly.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

import msgspec

from vaultaris.directory.v1.directory_pb2 import (
    EffectivePermissions,
    ListUserPermissionsRequest,
    ListUserPermissionsResponse,
)
from vaultaris.directory.v1.directory_pb2_grpc import DirectoryServiceStub
from vaultaris_kit.errors import Invalid
from vaultaris_kit.ids import now
from vaultaris_kit.rpc.client import Peers, call
from vaultaris_policy.checks.askers import Asker, refusal_of
from vaultaris_policy.checks.attributes import subject_of
from vaultaris_policy.checks.operations import Run
from vaultaris_policy.checks.schemas import BatchItem
from vaultaris_policy.checks.snapshots import sources_of
from vaultaris_policy.engine.grants import PermissionSet
from vaultaris_policy.engine.policies import PolicySet
from vaultaris_policy.subjects.schemas import SubjectOut, Subjects, SubjectsRequest

MAX_EXAMINED: Final = 2_000
_PAGE: Final = 250
_FIRST: Final = UUID(int=0)


async def find_subjects(peers: Peers, policies: PolicySet, tenant_id: UUID, asked: SubjectsRequest) -> Subjects:
    """One page. Raises :class:`Invalid` for a bad cursor, :class:`Unavailable`, :class:`TooCostly` for one decision."""
    item = BatchItem(asked.resource, asked.action, asked.context)
    kind, _, ident = asked.resource.partition(":")
    anybody = bool(policies.candidates(asked.action, kind, ident or None).allows)
    request = ListUserPermissionsRequest(
        tenant_id=str(tenant_id), after=str(_after(asked.cursor)), action=asked.action,
        resources=[] if anybody else sorted({kind, asked.resource}),
    )  # fmt: skip
    stub = DirectoryServiceStub(peers.channel("directory"))
    found: list[SubjectOut] = []
    examined, more, at, run = 0, True, now(), Run()
    while more and examined < MAX_EXAMINED and len(found) < asked.limit and not run.together.exhausted:
        request.limit = min(_PAGE, MAX_EXAMINED - examined)
        page = await call(stub.ListUserPermissions, request)
        more = page.more
        for member, asker in _askers(page):
            examined += 1
            request.after = member.user.id
            answer = run.answer(asker, item, policies, at)
            if run.due:
                await run.take()
            if answer.allowed:
                found.append(_subject(member, answer.reason, answer.matched_policy))
            if len(found) == asked.limit or run.together.exhausted:
                more = more or member.user.id != page.users[-1].user.id
                break
    return Subjects(
        subjects=found,
        next_cursor=_cursor(request.after) if more else None,
        examined=examined,
        candidates="all_users" if anybody else "permission_holders",
    )


def _askers(page: ListUserPermissionsResponse) -> Iterator[tuple[ListUserPermissionsResponse.Member, Asker]]:
    """The users of a page; those with the same roles share one compiled set of permissions."""
    roles = {each.role.id: each for each in page.roles}
    compiled: dict[frozenset[str], PermissionSet] = {}
    for member in page.users:
        held = frozenset(role_id for role_id in member.role_ids if role_id in roles)
        answer = _answer(member, held, roles)
        permissions = compiled.get(held)
        if permissions is None:
            permissions = compiled[held] = PermissionSet(sources_of(answer.permissions, answer.roles))
        yield member, Asker(permissions, subject_of(answer), refusal_of(member.user))


def _answer(
    member: ListUserPermissionsResponse.Member,
    held: frozenset[str],
    roles: Mapping[str, ListUserPermissionsResponse.RolePermissions],
) -> EffectivePermissions:
    """As the directory tells of one user alone: a permission of several roles counts as that of the oldest."""
    ordered = sorted(held)
    permissions: dict[str, EffectivePermissions.Permission] = {}
    for role_id in ordered:
        for each in roles[role_id].permissions:
            permissions.setdefault(each.id, each)
    return EffectivePermissions(
        user=member.user,
        roles=[roles[role_id].role for role_id in ordered],
        groups=member.groups,
        permissions=permissions.values(),
        metadata=member.metadata,
    )


def _subject(member: ListUserPermissionsResponse.Member, reason: str, policy: str | None) -> SubjectOut:
    user = member.user
    return SubjectOut(
        user_id=UUID(user.id),
        username=user.username,
        display_name=user.display_name or None,
        reason=reason,
        matched_policy=policy,
    )


def _cursor(user_id: str) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([user_id])).rstrip(b"=").decode()


def _after(cursor: str | None) -> UUID:
    if cursor is None:
        return _FIRST
    try:
        (user_id,) = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=="), type=list[UUID])
    except (binascii.Error, ValueError, msgspec.DecodeError) as fault:
        raise Invalid.field("cursor", "Must be the next_cursor of the page before.", "cursor") from fault
    return UUID(str(user_id))
