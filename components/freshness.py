"""Which state of a county a run shows: the newest, or while something is being stored the one before it."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from components.server.site import OF_FIGURES
from data import loaders
from data.registry import County

_SEEN = "_state_seen"
_CHOSEN = ("plan", "town", "asof", "since_choice", "known", "lang", "mode")


@contextmanager
def state(county: County, page: str) -> Iterator[None]:
    """Show a page within the block in one state of the county; a session never goes back to an older one.

    Pages on which something is stored or looked after always show the newest.
    """
    if page not in OF_FIGURES:
        yield
        return
    seen: dict[str, int] = st.session_state.setdefault(_SEEN, {})
    chosen = tuple(st.session_state.get(name) or st.query_params.get(name) for name in _CHOSEN)
    with loaders.looking(county.slug, (page, *chosen), seen.get(county.slug, 0)) as number:
        seen[county.slug] = number
        yield
