"""Who counts as one client: an IPv4 address, or an IPv6 /64, which is what one subscriber holds."""

import ipaddress
from functools import lru_cache

_PREFIX = 64
_MAX_LENGTH = 64


def client_of(address: bytes) -> bytes:
    """The key of an address as Envoy writes it. Never raises: what is no address is its own key, cut short."""
    return address[:_MAX_LENGTH] if b":" not in address else _network_of(address[:_MAX_LENGTH])


@lru_cache(maxsize=8192)
def _network_of(address: bytes) -> bytes:
    try:
        parsed = ipaddress.IPv6Address(address.decode("ascii").partition("%")[0])
    except ValueError:
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped).encode()
    return str(ipaddress.IPv6Network((parsed, _PREFIX), strict=False)).encode()
