"""Who is at the screen: asked once per run of the page and of each part that reruns by itself, never remembered."""

import datetime as dt
from contextlib import suppress

import streamlit as st

from components.server.peer import USER
from data import loaders
from data.access import Access, User, current, mode
from data.registry import County

_LONGEST = 40


def enter(county: County) -> Access:
    """Find out who is at the screen and let what they may do in a county hold for the run."""
    user = identify()
    if user.expired(dt.datetime.now(dt.UTC)):
        user = nobody()
    found = loaders.access_of(user, county.slug)
    current.set(found)
    return found


def identify() -> User:
    """Return who is at the screen, as far as anything vouches for them."""
    name = _vouched()
    return User(name, name[:_LONGEST], "proxy", address=_address()) if name else nobody()


def nobody() -> User:
    """Return who has not signed in."""
    return User("", "", mode(), address=_address())


def _vouched() -> str:
    """Return the user named by a trusted proxy; the server takes the header off every other request."""
    sent = st.context.headers.get(USER) or ""
    # A header is Latin-1 on the wire; proxies put UTF-8 into it.
    with suppress(UnicodeError):
        sent = sent.encode("latin-1").decode("utf-8")
    return sent.strip()


def _address() -> str:
    return st.context.ip_address or ""
