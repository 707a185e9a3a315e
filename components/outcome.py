"""What was stored is told although another click comes meanwhile.

Streamlit ends a run for a click that waits at the next use of the session's state, also between storing and telling. So
what is to be told is put into a box that was taken out of the state before anything was stored. A click may also begin
another run beside the one that stores, and stop that for good at its next step: so the new run waits for the box.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import streamlit as st

from data.lanes import aside

_AGAIN = 4.0
"""Seconds for which a message is repeated: a second click on what stored it would take it off the page at once."""


@dataclass
class Box:
    """What is to be told, None if nothing is; `busy` is held while something is stored."""

    holds: Any = None
    busy: Lock = field(default_factory=Lock)

    def wait(self) -> bool:
        """Wait for a run that stores something just now; return whether there was one."""
        if self.busy.acquire(blocking=False):
            self.busy.release()
            return False
        # Who stores comes back into the lane before letting go.
        with aside("files"), self.busy:
            return True


@dataclass
class Message:
    """What was stored, in words, and what is to be done on the page before that is told."""

    text: str
    then: Callable[[], None] | None = None
    since: float | None = None


def box(key: str) -> Box:
    """Return the session's box of this name; to be called before anything is stored."""
    found: Box = st.session_state.setdefault(key, Box())
    return found


def message(key: str) -> str:
    """Return what is to be told, once and for some seconds; "" if nothing is."""
    kept = box(key)
    told: Message | None = kept.holds
    if told is None:
        return ""
    if told.since is None:
        if told.then:
            told.then()
        told.since = time.monotonic()
    elif time.monotonic() - told.since > _AGAIN:
        kept.holds = None
        return ""
    return told.text
