"""What a user may do by roles."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from vaultaris.directory.v1.directory_pb2 import EffectivePermissions, ExplainRolesResponse
from vaultaris_policy.checks.snapshots import Snapshot
from vaultaris_policy.subjects.schemas import GrantedBy, GroupOut, NamedOut, PermissionOut, StepOut, UserPermissions
from vaultaris_policy.subjects.ways import paths_of


def permissions_of(snapshot: Snapshot, explained: Sequence[ExplainRolesResponse.HeldRole] | None) -> UserPermissions:
    """The user's permissions, sorted; with ``explained`` also the roles that grant each and how those are held."""
    answer, refused = snapshot.answer, snapshot.asker.refused
    return UserPermissions(
        user_id=UUID(answer.user.id),
        active=refused is None,
        reason=refused.reason if refused else None,
        roles=[NamedOut(id=UUID(role.id), name=role.name) for role in answer.roles],
        groups=[GroupOut(id=UUID(group.id), name=group.name, path=group.path) for group in answer.groups],
        permissions=[
            _permission(each, explained) for each in sorted(answer.permissions, key=lambda it: (it.resource, it.action))
        ],
    )


def _permission(
    held: EffectivePermissions.Permission, explained: Sequence[ExplainRolesResponse.HeldRole] | None
) -> PermissionOut:
    return PermissionOut(
        id=UUID(held.id),
        permission=f"{held.resource}:{held.action}",
        resource=held.resource,
        action=held.action,
        conditions=msgspec.json.decode(held.conditions) if held.conditions else {},
        granted_by=None
        if explained is None
        else [_granted_by(role) for role in explained if held.id in role.permission_ids],
    )


def _granted_by(role: ExplainRolesResponse.HeldRole) -> GrantedBy:
    paths = [[StepOut.model_validate(step) for step in path] for path in paths_of(role)]
    return GrantedBy(role_id=UUID(role.id), role_name=role.name, paths=paths)
