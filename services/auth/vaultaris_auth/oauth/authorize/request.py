"""An authorization request on its way through the steps."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from vaultaris.directory.v1.directory_pb2 import Tenant
from vaultaris_auth.authorization_requests.parameters import Parameters, Prompt, ResponseMode
from vaultaris_auth.authorization_requests.store import Waiting
from vaultaris_auth.clients.registry import Client
from vaultaris_auth.oauth.form import Form
from vaultaris_kit.ids import now
from vaultaris_kit.service import Runtime

MAX_STATE_CHARS: Final = 2048


@dataclass(slots=True)
class AuthorizeRequest:
    """Steps fill it in, in their order; each relies on those before it.

    While ``redirect_uri`` is None nothing may be told to anybody but the person: the address is not verified.
    """

    runtime: Runtime
    form: Form
    repeated: frozenset[str] = frozenset()
    """Parameters that came more than once; none of them is in ``form``."""
    requested_at: datetime = field(default_factory=now)
    client: Client = None  # type: ignore[assignment]  # known after the first step, or given by who pushes
    tenant: Tenant = field(init=False)
    redirect_uri: str | None = None
    response_mode: ResponseMode = "query"
    scope: tuple[str, ...] = ()
    code_challenge: str | None = None
    prompt: tuple[Prompt, ...] = ()
    max_age: int | None = None
    subject: UUID | None = None
    dpop_jkt: str | None = None
    resource: str | None = None

    def parameters(self) -> Parameters:
        """What has been checked so far; complete after the last step. Needs a verified ``redirect_uri``."""
        assert self.redirect_uri is not None
        return Parameters(
            redirect_uri=self.redirect_uri,
            response_mode=self.response_mode,
            scope=self.scope,
            state=self._state(),
            nonce=self.form.get("nonce"),
            code_challenge=self.code_challenge,
            prompt=self.prompt,
            max_age=self.max_age,
            login_hint=self.form.get("login_hint"),
            acr_values=tuple(self.form.get("acr_values", "").split()),
            ui_locales=tuple(self.form.get("ui_locales", "").split()),
            subject=self.subject,
            dpop_jkt=self.dpop_jkt,
            resource=self.resource,
        )

    def _state(self) -> str | None:
        """What is told back to the client; what no address could carry is not."""
        state = self.form.get("state")
        return state if state is None or len(state) <= MAX_STATE_CHARS else None

    def waiting(self) -> Waiting:
        """The request, to be answered."""
        return Waiting(self.tenant, self.client, self.parameters(), self.requested_at)
