"""The password policy of a tenant: what a password must be, and when guessing locks (NIST SP 800-63B-4, 3.1.1)."""

import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

from vaultaris_kit.errors import Invalid

MAX_PASSWORD_CHARS = 1024
"""No tenant may allow more; longer input is refused before it is hashed."""

SINGLE_FACTOR_MIN_LENGTH = 15
_TELLING_NAME_CHARS = 4


class Fault(NamedTuple):
    """Why a password is refused."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """Lengths count characters; ``max_failed_attempts`` failures lock for ``lockout_duration_seconds``, doubling."""

    min_length: int = 8
    max_length: int = 128
    require_uppercase: bool = False
    require_lowercase: bool = False
    require_numbers: bool = False
    require_symbols: bool = False
    disallow_username: bool = True
    disallow_common: bool = True
    history_count: int = 0
    max_age_days: int | None = None
    max_failed_attempts: int = 5
    lockout_duration_seconds: int = 900
    assurance: str | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "PasswordPolicy":
        """The policy in force: the defaults, and what the tenant has set."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def shortest(self, *, mfa_required: bool) -> int:
        """The least length: a password that stands alone must be longer when the tenant wants that assurance."""
        alone = self.assurance == "single_factor" and not mfa_required
        return max(self.min_length, SINGLE_FACTOR_MIN_LENGTH) if alone else self.min_length

    def faults(
        self, password: str, *, names: Collection[str], common: Collection[str], mfa_required: bool = False
    ) -> list[Fault]:
        """Everything that is wrong with ``password``; ``names`` are its owner's user name and e-mail address."""
        password = normalize(password)
        faults = [*self._length_faults(len(password), mfa_required=mfa_required), *self._composition_faults(password)]
        if self.disallow_username and _tells(password, names):
            faults.append(Fault("contains_username", "Must not contain the user name or the e-mail address."))
        if self.disallow_common and _is_common(password, common):
            faults.append(Fault("common_password", "Is one of the most common passwords."))
        return faults

    def _length_faults(self, length: int, *, mfa_required: bool) -> list[Fault]:
        shortest = self.shortest(mfa_required=mfa_required)
        if length < shortest:
            return [Fault("too_short", f"Must have at least {shortest} characters.")]
        if length > self.max_length:
            return [Fault("too_long", f"Must have at most {self.max_length} characters.")]
        return []

    def _composition_faults(self, password: str) -> list[Fault]:
        rules: tuple[tuple[bool, Callable[[str], bool], Fault], ...] = (
            (self.require_uppercase, str.isupper, Fault("needs_uppercase", "Must contain an upper-case letter.")),
            (self.require_lowercase, str.islower, Fault("needs_lowercase", "Must contain a lower-case letter.")),
            (self.require_numbers, str.isdigit, Fault("needs_number", "Must contain a digit.")),
            (self.require_symbols, _is_symbol, Fault("needs_symbol", "Must contain a symbol.")),
        )
        return [fault for wanted, is_kind, fault in rules if wanted and not any(map(is_kind, password))]


def merge_policy(stored: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The stored rules with ``changes`` put in; None gives a rule back to its default."""
    merged = {name: value for name, value in {**stored, **changes}.items() if value is not None}
    policy = PasswordPolicy.of(merged)
    if policy.min_length > policy.max_length:
        raise Invalid.field("password_policy.min_length", "Must not exceed max_length.")
    return merged


def normalize(password: str) -> str:
    """One form for the same characters, however a keyboard composed them (SP 800-63B-4 section 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _is_symbol(character: str) -> bool:
    return not character.isalnum() and not character.isspace()


def _tells(password: str, names: Collection[str]) -> bool:
    folded = password.casefold()
    parts = {part for name in names for part in (name.casefold(), name.casefold().partition("@")[0])}
    return any(part == folded or (len(part) >= _TELLING_NAME_CHARS and part in folded) for part in parts if part)


def _is_common(password: str, common: Collection[str]) -> bool:
    folded = password.casefold()
    return folded in common or len(set(folded)) == 1
