"""Whose session it is, and of which county: decided at the handshake, carried by headers that no browser can set."""

import streamlit as st

from components.server import identity
from components.server.site import HEADER
from data import registry
from data.access import User

_KEY = "_county_and_user"


def slug_of_session() -> str:
    """Return the slug that the server put into this session's handshake.

    Raises
    ------
    LookupError
        The script runs without the server of `app.py`, so nothing vouches for a county.
    """
    return _header(HEADER)


def user_of_session() -> User:
    """Return who the server found behind this session's handshake.

    Raises
    ------
    LookupError
        The script runs without the server of `app.py`, so nothing vouches for a user.
    """
    return identity.unsealed(_header(identity.HEADER), st.context.headers.get(identity.ADDRESS) or "")


def _header(name: str) -> str:
    handshake = st.context.headers
    if not handshake:
        st.stop()  # the browser has gone since the run began: nobody sees it, and nothing failed
    value = handshake.get(name)
    if not value:
        message = f"no {name} in this session: start app.py, not a page"
        raise LookupError(message)
    return value


def current_county() -> registry.County:
    """Return the county of this session; the frame calls it before anything else.

    A browser can resume a session under another county's address, or as somebody else. What the session holds belongs
    to the county and the user it was opened for, so it is forgotten then.
    """
    county = registry.county(slug_of_session())
    opened_for = (county.slug, user_of_session().id)
    if st.session_state.get(_KEY, opened_for) != opened_for:
        st.session_state.clear()
    st.session_state[_KEY] = opened_for
    return county
