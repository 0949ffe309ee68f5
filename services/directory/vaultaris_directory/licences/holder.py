"""The licence in force in this process."""

from dataclasses import dataclass

from joserfc.jwk import OKPKey

from vaultaris_directory.licences.token import COMMUNITY, Licence, LicenceFault, read_licence, read_public_key


@dataclass(frozen=True)
class Licences:
    """``key`` verifies licences; without one, none can be."""

    key: OKPKey | None
    in_force: Licence

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
