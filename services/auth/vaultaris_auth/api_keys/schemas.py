"""HTTP shapes of API keys."""

from datetime import datetime
from ipaddress import ip_network
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from vaultaris_kit.http.conditions import Conditions
from vaultaris_kit.http.fields import CreateBody, Description, Label, UpdateBody
from vaultaris_kit.ids import now
from vaultaris_kit.principal import OwnerType


def _network(text: str) -> str:
    return str(ip_network(text, strict=False))


def _distinct(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _ahead(moment: datetime) -> datetime:
    if moment <= now():
        raise ValueError("must lie in the future")
    return moment


_ACTION_CHARS = r"\x21\x23-\x39\x3B-\x5B\x5D-\x7E"
Scope = Annotated[str, StringConstraints(pattern=rf"^[{_ACTION_CHARS}:]{{1,150}}:[{_ACTION_CHARS}]{{1,49}}$")]
Scopes = Annotated[list[Scope], Field(max_length=300), AfterValidator(_distinct)]
Network = Annotated[str, Field(max_length=50), AfterValidator(_network)]
Networks = Annotated[list[Network], Field(max_length=100), AfterValidator(_distinct)]
KeyName = Annotated[Label, Field(min_length=1)]
Expiry = Annotated[AwareDatetime, AfterValidator(_ahead)]

_SCOPES = "Rights `resource:action` to narrow the owner's to, `*` allowed; null: all of the owner's, []: none."
_NETWORKS = "Addresses or CIDR networks that the key may be used from; null or []: anywhere."
_CONDITIONS = (
    "When and from where the key is good, in the language of policies: `environment.time` with `before`, `after`, "
    "`time_between`, `day_of_week`, and `environment.ip_address` with `ip_in_range`, under `all`, `any`, `not`."
)


class CreateApiKey(CreateBody):
    """A key to make."""

    name: KeyName
    description: Description | None = None
    scopes: Scopes | None = Field(None, description=_SCOPES)
    ip_restrictions: Networks | None = Field(None, description=_NETWORKS)
    conditions: Conditions = Field(None, description=_CONDITIONS)
    expires_at: Expiry | None = None

    def fields(self) -> dict[str, Any]:
        """The columns to set."""
        return _columns(self.model_dump(exclude={"user_id"}))


class CreateTenantApiKey(CreateApiKey):
    """A key of the tenant, or of one of its users."""

    user_id: UUID | None = Field(None, description="The user whom the key is to belong to; without: the tenant.")


class UpdateApiKey(UpdateBody):
    """The fields to change."""

    clearable: ClassVar[frozenset[str]] = frozenset(
        {"description", "scopes", "ip_restrictions", "conditions", "expires_at"}
    )

    name: KeyName | None = None
    description: Description | None = None
    scopes: Scopes | None = Field(None, description=_SCOPES)
    ip_restrictions: Networks | None = Field(None, description=_NETWORKS)
    conditions: Conditions = Field(None, description=_CONDITIONS)
    expires_at: Expiry | None = None
    is_enabled: bool | None = None

    def changes(self) -> dict[str, Any]:
        return _columns(super().changes())


def _columns(sent: dict[str, Any]) -> dict[str, Any]:
    """No networks and no conditions are stored as null."""
    return {name: value or None if name in ("ip_restrictions", "conditions") else value for name, value in sent.items()}


class ApiKeyOut(BaseModel):
    """A key, without its secret."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    tenant_id: UUID
    owner_type: OwnerType
    owner_id: UUID
    name: str
    prefix: str
    description: str | None
    scopes: list[str] | None
    ip_restrictions: list[str] | None
    conditions: dict[str, Any] | None
    is_enabled: bool
    revoked_at: datetime | None
    expires_at: datetime | None
    last_used_at: datetime | None
    use_count: int
    created_at: datetime
    updated_at: datetime


class ApiKeyWithSecret(BaseModel):
    """The one answer that shows a secret."""

    api_key: ApiKeyOut
    secret: str


class PresentedKey(BaseModel):
    """What the presented key is and may do at this moment. Scopes `*:*`: all that its owner may."""

    key_id: UUID
    tenant_id: UUID
    owner_type: OwnerType
    owner_id: UUID
    scopes: list[str]
    roles: list[str]
    groups: list[str]
    permissions: list[str]
