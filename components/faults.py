"""What goes wrong while a page is drawn: words for the viewer, the trace for the log."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from components.html.notes import denied, disk_full, fault, newer_data, unavailable
from data.access import DeniedError
from data.events import tell_error
from data.language import translator
from data.registry import County
from data.store import DiskFullError, NewerDataError, UnavailableError

_TOLD = {DiskFullError: disk_full, NewerDataError: newer_data}


@contextmanager
def in_words(county: County, lang: str) -> Iterator[None]:
    """Show a fault of the block as a note; around whatever Streamlit runs by itself: the page, and each fragment."""
    try:
        yield
    except DeniedError as error:
        # The store has written it into the log of the county.
        st.html(denied(error, translator(lang)))
    except (UnavailableError, NewerDataError) as error:
        # Without a trace: one of a database that is away tells nothing.
        number = tell_error("page", error, trace=False, county=county.slug, reason=str(error))
        told = _TOLD.get(type(error), unavailable)
        st.html(told(number, translator(lang)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the viewer gets words
        number = tell_error("page", error, county=county.slug)
        st.html(fault(number, translator(lang)))
