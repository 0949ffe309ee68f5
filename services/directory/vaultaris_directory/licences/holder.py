"""The licence that this process was configured with, and the key that verifies all others."""

from dataclasses import dataclass
from functools import lru_cache

from joserfc.jwk import OKPKey

from vaultaris_directory.licences.token import COMMUNITY, Licence, LicenceFault, read_licence, read_public_key
from vaultaris_kit.logs import get_logger

log = get_logger(__name__)

_KEPT = 1000


@dataclass(frozen=True, eq=False)
class Licences:
    """``key`` verifies licences; without one, none can be. ``default`` serves where none was applied."""

    key: OKPKey | None
    default: Licence

    @classmethod
    def configured(cls, token: str, public_key: str) -> "Licences":
        """From LICENSE_KEY and LICENSE_PUBLIC_KEY, both perhaps empty. Raises :class:`LicenceFault`."""
        key = read_public_key(public_key) if public_key else None
        if not token:
            return cls(key, COMMUNITY)
        if key is None:
            raise LicenceFault("A licence needs LICENSE_PUBLIC_KEY.")
        return cls(key, read_licence(token, key))

    def read(self, token: str) -> Licence:
        """A licence that is not in force. Raises :class:`LicenceFault`."""
        if self.key is None:
            raise LicenceFault("This instance has no key that verifies licences.")
        return read_licence(token, self.key)

    def applied(self, token: str | None) -> Licence | None:
        """A licence that was applied; None without one, and when today's key no longer verifies it."""
        return None if token is None else _applied(self, token)


@lru_cache(maxsize=_KEPT)
def _applied(licences: Licences, token: str) -> Licence | None:
    try:
        return licences.read(token)
    except LicenceFault as fault:
        log.warning("applied_licence_ignored", reason=str(fault))
        return None
