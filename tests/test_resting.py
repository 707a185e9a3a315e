"""A value that nobody asks for is packed away and comes back as it was."""

import time

import pandas as pd
import pytest

from components.uploads import resting
from components.uploads.resting import Resting


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(resting, "IDLE", 0.02)


def until(condition):
    """Wait for what another thread does; the test fails by its assertion, not by the clock."""
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.005)


def test_it_is_packed_when_idle_and_comes_back_as_it_was(soon):
    frame = pd.DataFrame({"name": ["平原村", None], "n": [1.5, float("nan")]})
    value = Resting({"frame": frame, "same": frame})
    until(lambda: value.asleep)
    assert value.asleep
    back = value.get()
    assert not value.asleep
    pd.testing.assert_frame_equal(back["frame"], frame)
    assert back["frame"] is back["same"]  # what was one thing is not two
    until(lambda: value.asleep)
    assert value.asleep


def test_who_works_with_it_keeps_it():
    value = Resting(["a"])
    mine = value.get()
    value.rest()
    mine.append("b")
    assert mine == ["a", "b"]
    assert value.get() == ["a"]
    value.rest()
    value.rest()
    assert value.get() == ["a"]


def test_packed_it_is_small():
    text = ["姜家镇平原村"] * 10_000
    value = Resting(text)
    value.rest()
    assert value.asleep
    assert len(value._packed) < 10_000


class Changing:
    """Somebody adds to it while it is packed, the first time."""

    tried = 0

    def __reduce__(self):
        Changing.tried += 1
        if Changing.tried == 1:
            raise RuntimeError("dictionary changed size during iteration")
        return Changing, ()


def test_what_changes_while_it_is_packed_is_packed_later(soon):
    value = Resting(Changing())
    until(lambda: value.asleep)
    assert value.asleep
    assert Changing.tried == 2
