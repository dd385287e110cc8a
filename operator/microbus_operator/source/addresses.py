"""Where the registry client may connect: the guard against references and redirects into the node's own network.

An image reference is written by whoever may create a MicrobusApp, and a registry may redirect anywhere, so every socket
passes here, after name resolution, when the address is known for good (a name that changes between check and use cannot
slip by). Private ranges stay allowed: registries inside a cluster live there.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

# AWS serves instance metadata over IPv6 at a unique local address, the one metadata address outside link-local.
_METADATA = frozenset({ipaddress.ip_address("fd00:ec2::254"), ipaddress.ip_address("100.100.100.200")})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class AddressRefused(OSError):
    """A connection to an address that no registry of ours has."""


def is_refused(text: str, *, loopback_allowed: bool) -> bool:
    """Whether an IP address is link-local (cloud metadata lives there), unspecified, multicast, or loopback unasked."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        else:
            address = address.ipv4_mapped or address.sixtofour or address
    if address.is_loopback:
        return not loopback_allowed
    return (
        address.is_link_local
        or address.is_unspecified
        or address.is_multicast
        or address in _METADATA
        or (address.version == 4 and (address.is_reserved or int(address) >> 24 == 0))
    )


def guarded_socket(addr_info: tuple[Any, ...], *, loopback_allowed: bool) -> socket.socket:
    """A socket for one resolved address, as aiohttp's `socket_factory` wants it; raises `AddressRefused`."""
    family, kind, protocol, _, address = addr_info
    if is_refused(address[0], loopback_allowed=loopback_allowed):
        # The same text for each address of a name, so that aiohttp reports it as it is.
        raise AddressRefused("has a link-local, loopback or reserved address")
    return socket.socket(family=family, type=kind, proto=protocol)
