"""What each page shows. Templates get one of these and nothing else of the product."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

Symbol = Literal["done", "problem", "wait", "lock"]

_KNOWN_SCOPES = frozenset({"openid", "profile", "email", "phone", "address", "offline_access"})


class Page:
    """A page: its template, and whether it holds a form of ours (which then carries a token)."""

    template: ClassVar[str]
    has_form: ClassVar[bool] = False
    form_action: ClassVar[str | None] = "'self'"
    """``form-action`` of the Content-Security-Policy; None leaves it out."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A button for signing in elsewhere."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class SignInPage(Page):
    """``error`` is a key below ``sign_in.error``."""

    template: ClassVar[str] = "sign_in.html"
    has_form: ClassVar[bool] = True

    client_name: str | None
    login: str = ""
    error: str | None = None
    providers: Sequence[Provider] = ()
    recovery_path: str | None = None


@dataclass(frozen=True, slots=True)
class ClientView:
    """An application, as far as people are told."""

    name: str
    terms_url: str | None = None
    privacy_url: str | None = None


@dataclass(frozen=True, slots=True)
class ScopeView:
    """A scope, in words where we have some. A required one can't be unticked."""

    name: str
    is_required: bool

    @property
    def message(self) -> str:
        return f"scope.{self.name}" if self.name in _KNOWN_SCOPES else "scope.other"

    @property
    def field(self) -> str:
        """The checkbox's name."""
        return f"scope.{self.name}"


@dataclass(frozen=True, slots=True)
class ConsentPage(Page):
    """``place`` is where the browser goes afterwards: a host, or an application's own scheme."""

    template: ClassVar[str] = "consent.html"
    has_form: ClassVar[bool] = True

    client: ClientView
    account: str
    account_id: UUID
    scopes: Sequence[ScopeView]
    place: str
    other_account_path: str
    error: str | None = None


@dataclass(frozen=True, slots=True)
class LeavingPage(Page):
    """Sends the browser on to ``location``, by itself or by a link."""

    template: ClassVar[str] = "leaving.html"

    location: str
    place: str


@dataclass(frozen=True, slots=True)
class FormPostPage(Page):
    """Posts ``fields`` to ``location`` (OAuth 2.0 Form Post Response Mode), by itself or by a button.

    Its form may go anywhere: the address was checked, and where that site redirects to is its own affair.
    """

    template: ClassVar[str] = "form_post.html"
    form_action: ClassVar[str | None] = None

    location: str
    place: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Action:
    """A link below a message. ``message`` is its words' key."""

    href: str
    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class MessagePage(Page):
    """Something to be told: ``message`` is the group of ``.title`` and ``.text``. ``details`` are for developers."""

    template: ClassVar[str] = "message.html"

    message: str
    symbol: Symbol
    values: Mapping[str, object] = field(default_factory=dict)
    action: Action | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignOutPage(Page):
    """Asks whether to sign out."""

    template: ClassVar[str] = "sign_out.html"
    has_form: ClassVar[bool] = True

    account: str | None


@dataclass(frozen=True, slots=True)
class DevicePage(Page):
    """Asks for the code that a device shows (RFC 8628 section 3.3)."""

    template: ClassVar[str] = "device.html"
    has_form: ClassVar[bool] = True

    user_code: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class DeviceConfirmPage(Page):
    """Asks whether the device that shows ``user_code`` may use the account (RFC 8628 section 5.4).

    ``requested_from`` is the device's network address, where it is known.
    """

    template: ClassVar[str] = "device_confirm.html"
    has_form: ClassVar[bool] = True

    client: ClientView
    account: str
    account_id: UUID
    user_code: str
    scopes: Sequence[ScopeView]
    requested_from: str | None
    requested_at: datetime
