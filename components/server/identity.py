"""Who sends a request, by the setting `XIANJIE_ACCESS`: nobody is asked, a signed cookie says it, or a gateway does.

What is found goes to the script in one header that no client can set, so that a session asks one place in all modes.
"""

import base64
import datetime as dt
import json
import logging
import math
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from starlette.requests import HTTPConnection
from starlette.types import Scope
from streamlit.auth_util import get_origin_from_redirect_uri
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from components.server.ended import ended
from components.server.peer import CLAIMS, address_of
from data.access import Grant, User, mode, roles
from data.registry import County, counties

_LOG = logging.getLogger(__name__)

HEADER, ADDRESS = "X-Xianjie-User", "X-Xianjie-Address"
"""Carry who somebody is to the script, and from where they come; always taken off what the client sent."""

LONGEST_ID, LONGEST_NAME = 200, 60
Roles = Mapping[str, tuple[Grant, ...]]
_NO_ROLES: Roles = MappingProxyType({})
_SPOKEN = ("name", "preferred_username", "nickname", "email")


def user_of(scope: Scope) -> User:
    """Return who sends a request; somebody without an id where nobody vouches for them.

    Parameters
    ----------
    scope
        The request, its headers already without what a client forged (`peer.without_forged_user`).
    """
    source = mode()
    if source == "oidc":
        return of_cookies(HTTPConnection(scope).cookies, address_of(scope))
    if source == "proxy":
        return _of_gateway(HTTPConnection(scope).headers, address_of(scope))
    return User("", "", "open", address=address_of(scope))


# ---- sign-in ---------------------------------------------------------------------------------------------------------


def of_cookies(cookies: Mapping[str, str], address: str = "") -> User:
    """Return whom Streamlit's signed cookie names; nobody if it is forged, of another address, expired or ended."""
    nobody = User("", "", "oidc", address=address)
    signed = _get_signed_cookie_with_chunks(dict(cookies), USER_COOKIE_NAME)
    if signed is None:
        return nobody
    try:
        told = json.loads(signed)
        found = _signed_in(told, address)
    except (KeyError, TypeError, ValueError, OverflowError):
        _LOG.warning("a signed cookie does not tell who somebody is")
        return nobody
    return found if told.get("origin") == get_origin_from_redirect_uri() and valid(found) else nobody


def _signed_in(told: Mapping[str, Any], address: str) -> User:
    """Read the identity token's claims; one without an end is none."""
    until = float(told["exp"])
    if not math.isfinite(until) or not told["provider"] or not told["sub"]:
        raise ValueError("no end, no provider or no subject")
    user_id = f"{told['provider']}:{told['sub']}"
    if len(user_id) > LONGEST_ID or not user_id.isprintable():
        raise ValueError("no id to be kept")
    name = next((text for claim in _SPOKEN if (text := _readable(str(told.get(claim) or "")))), user_id[:LONGEST_NAME])
    return User(user_id, name, "oidc", dt.datetime.fromtimestamp(until, dt.UTC), address=address)


def valid(user: User) -> bool:
    """Whether what vouches for a user still holds: it has not expired, and they have not signed out."""
    return not user.expired(dt.datetime.now(dt.UTC)) and not ended(user)


# ---- a gateway -------------------------------------------------------------------------------------------------------


def _of_gateway(headers: Mapping[str, str], address: str) -> User:
    sent, spoken, claimed = (_sent(headers.get(name, "")) for name in CLAIMS)
    user_id = _readable(sent, LONGEST_ID)
    if not user_id or user_id != sent:
        return User("", "", "proxy", address=address)
    name = _readable(spoken) or user_id[:LONGEST_NAME]
    return User(user_id, name, "proxy", claimed=roles_of(claimed), address=address)


def _sent(value: str) -> str:
    """Read a header as gateways write it: UTF-8 as it is, which arrives as Latin-1, or percent-encoded."""
    with suppress(UnicodeError):
        value = value.encode("latin-1").decode("utf-8")
    return unquote(value).strip()


def _readable(text: str, longest: int = LONGEST_NAME) -> str:
    """Return a text as it may stand in the history; "" if it holds what cannot be read."""
    text = text.strip()
    return text[:longest] if text.isprintable() else ""


def roles_of(text: str) -> Roles:
    """Read `banan:clerk; wanzhou:township_clerk@500101101000`; what means nothing gives nothing but a log line."""
    found: dict[str, list[Grant]] = {}
    known = {county.slug: county for county in counties()}
    for entry in filter(None, (part.strip() for part in text.replace(",", ";").split(";"))):
        slug, _, given = entry.partition(":")
        role, _, township = given.partition("@")
        county = known.get(slug)
        if county is None or not _can_be_given(county, role, township):
            _LOG.warning("the gateway sends a role that means nothing here: %.100r", entry)
            continue
        found.setdefault(slug, []).append(Grant(role, (township,) if township else ()))
    return MappingProxyType({slug: tuple(grants) for slug, grants in found.items()})


def _can_be_given(county: County, name: str, township: str) -> bool:
    role = roles().roles.get(name)
    if role is None or not role.given or role.townships != bool(township):
        return False
    return not township or (len(township) == 12 and township.isdecimal() and township.startswith(county.code))


# ---- from the handshake to the script --------------------------------------------------------------------------------


def sealed(user: User) -> str:
    """Return a user as the value of our header; without the address, for a session outlives a change of network."""
    told = {
        "id": user.id,
        "name": user.name,
        "source": user.source,
        "expires": user.expires.isoformat() if user.expires else None,
        "claimed": {slug: [[g.role, g.townships] for g in grants] for slug, grants in user.claimed.items()},
    }
    return base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode()


def unsealed(value: str, address: str = "") -> User:
    """Return the user that our header names."""
    told = json.loads(base64.urlsafe_b64decode(value))
    claimed = {
        slug: tuple(Grant(role, tuple(towns)) for role, towns in grants) for slug, grants in told["claimed"].items()
    }
    until = dt.datetime.fromisoformat(told["expires"]) if told["expires"] else None
    return User(told["id"], told["name"], told["source"], until, MappingProxyType(claimed), address)
