"""Which network an address belongs to: what one household or office has, and can't easily change."""

import ipaddress
from functools import lru_cache


@lru_cache(4096)
def network_of(address: str, v4: int = 24, v6: int = 64) -> str:
    """Return the network of an address, of `v4` or `v6` bits; "unknown" for what is none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    bits = v4 if parsed.version == 4 else v6
    return str(ipaddress.ip_network(f"{parsed}/{bits}", strict=False))


def client_of(peer: str, forwarded_for: str, *, behind_proxy: bool) -> str:
    """Return the client's address: behind a proxy whom the nearest proxy names, the last one listed.

    What stands before it in X-Forwarded-For was written by the client itself and is not believed.
    """
    nearest = forwarded_for.rpartition(",")[2].strip()
    return nearest if behind_proxy and nearest else peer


def is_loopback(address: str) -> bool:
    """Whether it is this machine's own."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
