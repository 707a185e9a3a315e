"""Memory that was freed goes back to the system, and garbage is looked for between pages."""

import gc
import sys
import threading
import weakref
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from components.server import memory
from components.server.memory import give_back
from data.lanes import Looking

_PAGE = 4096


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc gives memory back when asked")
def test_what_was_freed_between_things_that_stay_goes_back():
    blocks = [np.ones(2_000) for _ in range(4_000)]  # 64 MB in pieces of 16 kB
    kept = blocks[::100]
    del blocks
    before = _resident()
    give_back()
    assert before - _resident() > 40e6
    assert len(kept) == 40


def test_where_the_allocator_cannot_nothing_is_done(monkeypatch):
    monkeypatch.setattr("components.server.memory.ctypes.CDLL", lambda _: object())
    give_back()


class _Ring:
    def __init__(self) -> None:
        self.itself = self


def test_garbage_is_collected_once_no_page_is_drawn(monkeypatch):
    looking = Looking()
    monkeypatch.setattr(memory, "LOOKING", looking)
    ring = weakref.ref(_Ring())
    thread = threading.Thread(target=memory.collect)
    with looking.drawing():
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        assert ring() is not None
    thread.join(10)
    assert ring() is None


def test_by_itself_the_collector_hardly_ever_looks_at_everything(monkeypatch):
    begun, before = [], gc.get_threshold()
    monkeypatch.setattr(memory, "Thread", lambda **how: begun.append(how) or SimpleNamespace(start=lambda: None))
    try:
        memory.collect_now_and_then()
        assert gc.get_threshold() == (*before[:2], 1000)
    finally:
        gc.set_threshold(*before)
    assert begun[0]["daemon"]
