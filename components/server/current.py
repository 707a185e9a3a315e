"""Which county a session is about: decided by the address, carried by a header that no browser can set."""

import streamlit as st

from components.server.site import HEADER
from data import registry

_KEY = "_county"


def slug_of_session() -> str:
    """Return the slug that the server put into this session's handshake.

    Raises
    ------
    LookupError
        The script runs without the server of `app.py`, so nothing vouches for a county.
    """
    slug = st.context.headers.get(HEADER)
    if not slug:
        message = "no county in this session: start app.py, not a page"
        raise LookupError(message)
    return slug


def current_county() -> registry.County:
    """Return the county of this session; the frame calls it before anything else.

    A browser can resume a session under another county's address. What the session holds belongs to the county it
    was opened for, so it is forgotten then.
    """
    county = registry.county(slug_of_session())
    if st.session_state.get(_KEY, county.slug) != county.slug:
        st.session_state.clear()
    st.session_state[_KEY] = county.slug
    return county
