"""Who may have tokens through a client: members of its isolated applications, within their groups' allow-lists."""

from collections.abc import Sequence

from vaultaris.directory.v1.directory_pb2 import Application, EffectivePermissions
from vaultaris_auth.clients.registry import Client

NOT_A_MEMBER = "The user is not an active member of the application."
NOT_ALLOWED = "The user's groups do not allow this client."


def refusal_of(client: Client, applications: Sequence[Application], user: EffectivePermissions) -> str | None:
    """Why ``user`` gets no tokens through ``client``, which belongs to ``applications``; None when they do.

    A client of several isolated applications needs a member of each. Of what the allow-lists say see
    docs/applications.md. All of it is part of the cached answer about the user: nobody is asked here.
    """
    members_only = {each.id for each in applications if each.isolation_enabled}
    if not members_only.issubset(user.member_of):
        return NOT_A_MEMBER
    if user.HasField("clients") and str(client.id) not in user.clients.ids:
        return NOT_ALLOWED
    return None
