"""State that lives in the address: it survives menu, links, refresh and back, and a shared link brings it along.

Widgets of the frame bind their value to the address themselves. What is picked in tables and maps is no widget, so it
is kept here: session state is the truth, the address its copy, and an address the browser changed (back, a link) wins.
Only then: what is clicked twice in a moment is sent with the address of before, which is no wish to go back to it.
"""

from collections.abc import Container
from urllib.parse import urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_WRITTEN = "_address"  # what of it stands in the address, by name
_OF_PAGES = ("indicator", "village", "issue", "places")
_PICKED = "_address_picked"
_PAGE = "_address_page"


def keep(name: str, known: Container[str], default: str | None = None) -> str | None:
    """Bring session state and address in line for one name; return the value, or `default` if none is known.

    Parameters
    ----------
    name
        Key in the session state and parameter in the address.
    known
        Values that exist; others (of another plan, mistyped) are dropped.
    """
    written = st.session_state.setdefault(_WRITTEN, {})
    asked, last = st.query_params.get(name), written.get(name)
    if name not in written:
        wanted = asked is not None  # a shared link, a reload
    else:
        # A menu link carries what is kept (`kept`), so an address without it is one the browser went back to.
        wanted = asked != last and _followed() and (asked is not None or st.session_state.get(name) == last)
    if wanted:
        st.session_state[name] = asked
    value: str | None = st.session_state.get(name)
    if value is None or value not in known:
        st.session_state.pop(name, None)
        if asked is not None:
            del st.query_params[name]
        written[name] = None
        return default
    if asked != value:
        st.query_params[name] = value
    written[name] = value
    return value


def picked(name: str) -> None:
    """Note that a name was picked on the page: links drawn before still carry what it was."""
    st.session_state.setdefault(_PICKED, set()).add(name)


def begin(page: str) -> None:
    """Start a run of a whole page: what was picked on the page before wins over the link that led here."""
    fresh: set[str] = st.session_state.pop(_PICKED, set())
    before = st.session_state.get(_PAGE, page)
    st.session_state[_PAGE] = page
    if before != page:
        for name in fresh & {*st.session_state.get(_WRITTEN, {}), *_OF_PAGES}:
            if st.session_state.get(name):
                st.query_params[name] = st.session_state[name]
            else:
                st.query_params.pop(name, None)


def page() -> str:
    """Return the page of the last run by its address; for the first run what the browser shows."""
    found: str | None = st.session_state.get(_PAGE)
    return urlsplit(st.context.url or "").path.rpartition("/")[2] if found is None else found


def _followed() -> bool:
    """Tell whether the run was asked for by a link, or by the browser's own way back or forth."""
    ctx = get_script_run_ctx()
    return ctx is not None and ctx.is_history_navigation


def kept() -> dict[str, str]:
    """Return what is kept in the address now, for links within the dashboard."""
    asked = st.query_params.to_dict()
    # What pages keep has not been kept yet where the menu is drawn, in the first run of a shared link.
    return {name: asked[name] for name in (*st.session_state.get(_WRITTEN, {}), *_OF_PAGES) if name in asked}
