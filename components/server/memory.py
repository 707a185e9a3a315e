"""Memory: what is loaded is left alone by the garbage collector, and what was freed goes back to the system.

A round of the collector over all that is alive stops every thread of the process for a tenth of a second and more. Left
to itself it makes one every two seconds while many look and some upload, for rings of objects worth a few megabytes.
"""

import ctypes
import gc
import time
from threading import Thread
from typing import Final, NoReturn

from data.lanes import LOOKING

EVERY: Final = 20.0
"""Seconds between two rounds of the collector over all that is alive."""
_FOR_QUIET: Final = 10.0
"""Seconds such a round waits at most for a moment in which no page is being drawn."""
_RARELY: Final = 1000
"""How many of its middle rounds go by until the collector makes a whole one by itself, however that moment is."""


def settle() -> None:
    """Take what is loaded by now out of the collector's rounds, and give back what loading used for a while."""
    gc.collect()
    gc.freeze()
    give_back()


def give_back() -> None:
    """Return freed memory to the system, where the allocator can (glibc); it takes a few milliseconds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def collect_now_and_then() -> None:
    """From now on collect the garbage in a thread of its own; the collector itself hardly ever looks at everything."""
    gc.set_threshold(*gc.get_threshold()[:2], _RARELY)
    Thread(target=_now_and_then, name="garbage", daemon=True).start()


def collect() -> None:
    """Collect all garbage, in a moment in which no page is being drawn if one comes soon."""
    LOOKING.let_by(_FOR_QUIET)
    gc.collect()


def _now_and_then() -> NoReturn:
    while True:
        time.sleep(EVERY)
        collect()
