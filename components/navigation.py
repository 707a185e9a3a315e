"""The pages as Streamlit knows them."""

from copy import copy
from functools import cache

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from components.server.site import PAGES
from data.language import translator


def pages(lang: str) -> list[StreamlitPage]:
    """Return the pages for `st.navigation`, in the order of `PAGES`; to be changed by one run only."""
    return [copy(page) for page in _pages(lang)]


@cache
def _pages(lang: str) -> tuple[StreamlitPage, ...]:
    # Looked for on the disk once: made anew at each run, they took a hundred looks, and at each other threads go first.
    _ = translator(lang)
    return tuple(
        st.Page(entry.file, title=_(entry.title), url_path=entry.name, default=entry is PAGES[0]) for entry in PAGES
    )
