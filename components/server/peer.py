"""From where a request comes, and who may say who a user is: a gateway the operator named, and nobody else."""

import os
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.types import Scope

USER = "X-Remote-User"
CLAIMS = (USER, "X-Remote-Name", "X-Remote-Roles")
"""What a gateway says of a user: id, name, roles."""
_CLAIMS = frozenset(name.lower().encode() for name in CLAIMS)
_FORWARDED = b"x-forwarded-for"
_SCHEME = b"x-forwarded-proto"
_TRUSTED = "XIANJIE_TRUSTED_PROXIES"
# uvicorn puts the forwarded address in place of a peer of this list, so that we never see the peer itself.
_REWRITTEN = "FORWARDED_ALLOW_IPS"
LOOPBACK = "127.0.0.1,::1"

Networks = tuple[IPv4Network | IPv6Network, ...]
Header = tuple[bytes, bytes]


def spelled(name: bytes) -> bytes:
    """Return a header's name as a gateway may understand it: it may take X_Remote_User for X-Remote-User."""
    return name.lower().replace(b"_", b"-")


def without_forged_user(scope: Scope) -> list[Header]:
    """Return the request's headers, with what they claim of a user only if a trusted gateway sent it."""
    headers: list[Header] = scope["headers"]
    claims = [header for header in headers if spelled(header[0]) in _CLAIMS]
    if not claims:
        return headers
    kept = [header for header in headers if header not in claims]
    # Two claims of one kind are one too many: who wrote which?
    single = len({spelled(name) for name, _ in claims}) == len(claims)
    vouched = single and all(name.lower() in _CLAIMS for name, _ in claims) and from_trusted_proxy(scope)
    return [*kept, *claims] if vouched else kept


def from_trusted_proxy(scope: Scope) -> bool:
    """Whether the connection comes from an address or network listed in `XIANJIE_TRUSTED_PROXIES`."""
    trusted = trusted_proxies()
    if not trusted or not scope.get("client"):
        return False
    host, port = scope["client"]
    if port == 0:
        # No connection has port 0: uvicorn wrote the address, for a peer of its list. All of that list must be ours.
        peers = os.environ.get(_REWRITTEN, LOOPBACK)
        return peers != "*" and all(_inside(peer.strip(), trusted) for peer in peers.split(","))
    # An address that also stands in the header may have been taken from it.
    return host not in _sent(scope, _FORWARDED) and _inside(host, trusted)


def address_of(scope: Scope) -> str:
    """Return from where a request comes, for the log: the last address that a trusted gateway did not add itself."""
    host = str(scope["client"][0]) if scope.get("client") else ""
    if not from_trusted_proxy(scope):
        return host
    passed = [part.strip() for part in _sent(scope, _FORWARDED).split(",") if part.strip()]
    outside = next((one for one in reversed(passed) if not _inside(one, trusted_proxies())), host)
    return outside[:64]


def encrypted(scope: Scope) -> bool:
    """Whether the browser's own connection is encrypted, here or at a trusted gateway."""
    return scope.get("scheme") in ("https", "wss") or (
        from_trusted_proxy(scope) and _sent(scope, _SCHEME).lower() in ("https", "wss")
    )


def trusted_proxies() -> Networks:
    """Return the gateways listed in `XIANJIE_TRUSTED_PROXIES`."""
    return _networks(os.environ.get(_TRUSTED, ""))


def _sent(scope: Scope, header: bytes) -> str:
    return b",".join(value for name, value in scope["headers"] if name.lower() == header).decode("latin-1").strip()


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
