"""Who asks for passkeys: this instance, known by its public address. Another address makes them worthless."""

from dataclasses import dataclass
from urllib.parse import urlsplit

NAME = "Vaultaris"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """``id`` is the host of the external address, ``origin`` what browsers report (WebAuthn section 5.8.1)."""

    id: str
    origin: str

    @classmethod
    def at(cls, external_url: str) -> "RelyingParty":
        parts = urlsplit(external_url)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")
