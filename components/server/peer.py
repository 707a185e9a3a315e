"""Who may say who a user is: a proxy the operator named, and nobody else."""

import os
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.types import Scope

USER = "X-Remote-User"
_USER = USER.lower().encode()
_FORWARDED = b"x-forwarded-for"
_TRUSTED = "XIANJIE_TRUSTED_PROXIES"
# uvicorn puts the forwarded address in place of a peer of this list, so that we never see the peer itself.
_REWRITTEN = "FORWARDED_ALLOW_IPS"
LOOPBACK = "127.0.0.1,::1"

Networks = tuple[IPv4Network | IPv6Network, ...]


def without_forged_user(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Return the request's headers, `X-Remote-User` only if a trusted proxy sent it."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    # A proxy may take X_Remote_User for X-Remote-User, so both spellings count.
    claims = [(name, value) for name, value in headers if name.lower().replace(b"_", b"-") == _USER]
    if not claims:
        return headers
    kept = [header for header in headers if header not in claims]
    # Two claims are one too many: who wrote which?
    vouched = len(claims) == 1 and claims[0][0].lower() == _USER and from_trusted_proxy(scope)
    return [*kept, *claims] if vouched else kept


def from_trusted_proxy(scope: Scope) -> bool:
    """Whether the connection comes from an address or network listed in `XIANJIE_TRUSTED_PROXIES`."""
    trusted = _networks(os.environ.get(_TRUSTED, ""))
    if not trusted or not scope.get("client"):
        return False
    host, port = scope["client"]
    if port == 0:
        # No connection has port 0: uvicorn wrote the address, for a peer of its list. All of that list must be ours.
        peers = os.environ.get(_REWRITTEN, LOOPBACK)
        return peers != "*" and all(_inside(peer.strip(), trusted) for peer in peers.split(","))
    forwarded = b",".join(value for name, value in scope["headers"] if name.lower() == _FORWARDED).decode("latin-1")
    # An address that also stands in the header may have been taken from it.
    return host not in forwarded and _inside(host, trusted)


def listed(host: str, text: str) -> bool:
    """Whether an address is one of those a setting names, `127.0.0.1, 192.0.2.0/24`."""
    return _inside(host, _networks(text))


def _inside(host: str, trusted: Networks) -> bool:
    if host in LOOPBACK.split(","):
        return any(ip_address(name) in network for name in LOOPBACK.split(",") for network in trusted)
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in trusted)


@cache
def _networks(text: str) -> Networks:
    """Read `127.0.0.1, 192.0.2.0/24`; a mistyped entry stops the server's answers rather than trust too much."""
    return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())
