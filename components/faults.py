"""What goes wrong while a page is drawn: words for the viewer, the trace for the log."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from components import entrance
from components.html.notes import denied, fault, unavailable
from data.access import DeniedError
from data.language import translator
from data.registry import County
from data.store import UnavailableError

_LOG = logging.getLogger(__name__)


@contextmanager
def in_words(county: County, lang: str) -> Iterator[None]:
    """Show a fault of the block as a note; around whatever Streamlit runs by itself: the page, and each fragment."""
    try:
        yield
    except DeniedError as error:
        # The store has written it into the log of the county.
        st.html(denied(error, entrance.sign_in_address(county), translator(lang)))
    except UnavailableError as error:
        # Without a trace: one of a database that is away tells nothing.
        _LOG.error("%s: %s", county.slug, error)
        st.html(unavailable(translator(lang)))
    except Exception:  # noqa: BLE001 - whatever it is, the viewer gets words
        _LOG.exception("a page of %s failed", county.slug)
        st.html(fault(translator(lang)))
