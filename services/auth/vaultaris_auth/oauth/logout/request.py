"""A logout request on its way through the steps."""

import time
from dataclasses import dataclass, field
from typing import Any

from vaultaris.directory.v1.directory_pb2 import Tenant
from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.form import Form
from vaultaris_auth.sign_out.request import SignOutRequest
from vaultaris_kit.service import Runtime


@dataclass(slots=True)
class LogoutRequest:
    """Steps fill it in, in their order. ``hint`` holds the claims of the ID token that came along."""

    runtime: Runtime
    form: Form
    hint: dict[str, Any] | None = None
    client: Client | None = None
    tenant: Tenant = field(init=False)
    redirect_uri: str | None = None

    def asked(self) -> SignOutRequest:
        """What was asked for, checked."""
        return SignOutRequest(
            self.tenant.slug, self.client.client_id if self.client else None, self.redirect_uri,
            self.form.get("state"), int(time.time()),
        )  # fmt: skip
