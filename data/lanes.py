"""What is done in the server itself takes turns, so that twenty clerks at once leave it to those who only look.

Threads share one interpreter: a page that is drawn beside one such work gets half of it, beside twenty a twentieth.
Work in the same lane is done one after the other; the last is no later for it, and most are done sooner.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Lock
from typing import Literal

Lane = Literal["files", "documents"]
_LANES: dict[Lane, Lock] = {"files": Lock(), "documents": Lock()}


@contextmanager
def lane(name: Lane) -> Iterator[None]:
    """Wait for the others in a lane, then be the one in it."""
    with _LANES[name]:
        yield


class Changes:
    """What is stored and what is computed from it take turns; whoever stores goes first.

    Figures that are computed while something is stored are out of date before they are written. And of twenty batches
    that come at once all are stored before figures are computed, once for all of them.
    """

    def __init__(self) -> None:
        self._room = Condition()
        self._busy = False
        self._to_store = 0

    @contextmanager
    def storing(self) -> Iterator[None]:
        """Wait until nobody stores or computes."""
        with self._room:
            self._to_store += 1
            self._room.wait_for(lambda: not self._busy)
            self._to_store -= 1
            self._busy = True
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def computing(self) -> Iterator[None]:
        """Wait until nobody stores or computes, nor waits to store."""
        with self._room:
            self._room.wait_for(lambda: not self._busy and not self._to_store)
            self._busy = True
        try:
            yield
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._room:
            self._busy = False
            self._room.notify_all()


_CHANGES: defaultdict[str, Changes] = defaultdict(Changes)


def changes(county_code: str) -> Changes:
    """Return the turns of a county: one does not wait for another."""
    return _CHANGES[county_code]
