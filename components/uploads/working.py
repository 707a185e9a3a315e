"""A bar that moves while something is stored and computed."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import streamlit as st
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

from components.context import Context
from data import loaders
from data.derive import Tell
from data.lanes import aside

_PAUSE = 0.25  # seconds between two looks at how far it is


@contextmanager
def working(ctx: Context) -> Iterator[Tell]:
    """Show a bar; what is yielded is told the share that is done, from 0 to 1.

    Another thread moves the bar and takes it away. Were it the script's own, a click made meanwhile would end the run
    there: between storing and computing, or before the page could say what was stored.
    """
    _ = ctx._
    bar = st.progress(0.0, text=_("Storing …"))
    share, done = [0.0], Event()

    def show() -> None:
        shown = 0.0
        while not done.wait(_PAUSE):
            if share[0] != shown:
                shown = share[0]
                bar.progress(min(max(shown, 0.0), 1.0), text=_("Computing the figures: {n} %", n=round(100 * shown)))
        bar.empty()

    thread = Thread(target=show, name="progress", daemon=True)
    add_script_run_ctx(thread, get_script_run_ctx())
    thread.start()

    def tell(now: float) -> None:
        share[0] = now

    try:
        with aside("files"), loaders.changing(ctx.county.slug):
            yield tell
    finally:
        done.set()
        thread.join()
