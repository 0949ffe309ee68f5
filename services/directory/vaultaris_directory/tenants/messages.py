"""A tenant as the message that other services get."""

import msgspec

from vaultaris.directory.v1 import directory_pb2
from vaultaris_directory.licences.terms import Terms
from vaultaris_directory.passwords.policy import PasswordPolicy
from vaultaris_directory.tenants.models import Tenant


def tenant_message(tenant: Tenant, terms: Terms) -> directory_pb2.Tenant:
    """The protobuf form of a row and of what its licence allows."""
    policy = PasswordPolicy.of(tenant.password_policy)
    rules = {**policy.as_json(), "min_length": policy.shortest(mfa_required=tenant.mfa_required)}
    return directory_pb2.Tenant(
        id=str(tenant.id),
        name=tenant.name,
        slug=tenant.slug,
        display_name=tenant.display_name or "",
        logo_url=tenant.logo_url or "",
        primary_color=tenant.primary_color or "",
        status="suspended" if tenant.status == "active" and tenant.freeze_reason else tenant.status,
        access_token_lifetime=tenant.access_token_lifetime_seconds,
        refresh_token_lifetime=tenant.refresh_token_lifetime_seconds,
        id_token_lifetime=tenant.id_token_lifetime_seconds,
        authorization_code_lifetime=tenant.authorization_code_lifetime_seconds,
        mfa_enabled=tenant.mfa_enabled,
        mfa_required=tenant.mfa_required,
        settings=msgspec.json.encode(tenant.settings).decode(),
        password_policy=msgspec.json.encode(rules).decode(),
        limits=terms.caps,
        limit_reason=terms.reason,
    )
