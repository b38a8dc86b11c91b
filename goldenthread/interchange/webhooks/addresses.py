"""Where an event may go: to public addresses over https; elsewhere only where `WEBHOOK_ALLOWED` says so.

Every address that a name stands for is checked, and the connection is made to a checked one, not to the name: so an
answer of the name server that changes between the two leads nowhere.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from goldenthread.core.errors import DomainError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
COMPATIBLE = ipaddress.IPv6Network("::/96")


class NotThere(Exception):
    """Nothing is sent to this address, or it cannot be found; says why."""


@dataclass(frozen=True)
class Target:
    """A webhook's address taken apart. `path` is what is asked for, its query included."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(url: str) -> Target:
    """The address taken apart; `DomainError` where it is none that a webhook can have."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host = host if ":" in host else host.encode("idna").decode()
    except ValueError as error:
        raise DomainError("This is not an address on the web.", "url") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise DomainError("Give the whole address, beginning with https://.", "url")
    if any(ord(letter) <= 32 or ord(letter) > 126 for letter in parts.path + parts.query):
        raise DomainError("Write the address without spaces and with %-signs for others.", "url")
    if parts.username is not None or parts.password is not None:
        raise DomainError("Leave the user name and password out of the address.", "url")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(
        parts.scheme, host.lower(), port or (443 if parts.scheme == "https" else 80), path
    )


def is_public(given: Address) -> bool:
    """Whether the address belongs to the open internet, also that which it carries inside itself."""
    if isinstance(given, ipaddress.IPv6Address):
        inner = given.ipv4_mapped or given.sixtofour
        if given in NAT64 or (inner is None and given in COMPATIBLE):
            inner = ipaddress.IPv4Address(int(given) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if given.teredo is not None or given.is_site_local:
            return False
    return given.is_global and not (
        given.is_multicast or given.is_reserved or given.is_loopback or given.is_link_local
    )


def _networks() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    found = []
    for word in settings.WEBHOOK_ALLOWED:
        try:
            found.append(ipaddress.ip_network(word, strict=False))
        except ValueError:
            continue  # a host
    return found


def _is_allowed(host: str, address: Address) -> bool:
    """Whether the administrator's setting names the host or a network around the address."""
    if host in {word.lower() for word in settings.WEBHOOK_ALLOWED}:
        return True
    inner = getattr(address, "ipv4_mapped", None) or address
    return any(inner in network for network in _networks())


def checked(target: Target) -> list[str]:
    """The addresses to connect to, every one of them checked. Raises `NotThere`."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotThere(f"There is no {target.host} on the network.") from error
    texts = list(dict.fromkeys(str(one[4][0]) for one in found))
    addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in texts]
    if all(_is_allowed(target.host, one) for one in addresses):
        return texts
    if not all(is_public(one) or _is_allowed(target.host, one) for one in addresses):
        raise NotThere(
            f"{target.host} stands for a private address. Nothing is sent there unless WEBHOOK_ALLOWED names it."
        )
    if target.scheme != "https":
        raise NotThere("Events leave over https only, unless WEBHOOK_ALLOWED names the host.")
    return texts
