"""Parts that are made once: the ones asked for last, each by one thread while others that want it wait."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock, RLock
from typing import Any, TypeVar

from data.lanes import LOOKING

T = TypeVar("T")
S = TypeVar("S")


class _Part:
    """A finished part with what it rests on, or the place of one being made."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.made: Any = None


class Parts:
    """The parts asked for last, `most` of them.

    What is made anew takes the place of what was: of an older version nobody asks again.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._lock = Lock()
        self._kept: OrderedDict[tuple[Hashable, ...], _Part] = OrderedDict()

    def get(self, key: tuple[Hashable, ...], make: Callable[[], T], stamp: Hashable = None) -> T:
        """Return the part of a key, made anew if it was made at another stamp."""
        return self.resting(key, lambda: (make(), stamp), lambda made_at: made_at == stamp)[0]

    def resting(
        self, key: tuple[Hashable, ...], make: Callable[[], tuple[T, S]], holds: Callable[[S], bool]
    ) -> tuple[T, S]:
        """Return the part of a key and what it rests on, made anew if that does not hold any more."""
        with self._lock:
            part = self._kept.setdefault(key, _Part())
            self._kept.move_to_end(key)
            if len(self._kept) > self.most:
                self._kept.popitem(last=False)
        if not part.lock.acquire(blocking=False):
            with LOOKING.left():  # other pages may be drawn until somebody else has made it
                part.lock.acquire()
        try:
            if part.made is None or not holds(part.made[1]):
                part.made = make()
            made: tuple[T, S] = part.made
        finally:
            part.lock.release()
        return made
