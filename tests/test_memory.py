"""Memory that was freed goes back to the system."""

import sys
from pathlib import Path

import numpy as np
import pytest

from components.server.memory import give_back

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
