"""Parts that are made once: the ones asked for last, each by one thread while others that want it wait."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock, RLock
from typing import Any, TypeVar

T = TypeVar("T")


class _Part:
    """A finished part, or the place of one being made."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.made = False
        self.stamp: Hashable = None
        self.value: Any = None


class Parts:
    """The parts asked for last, `most` of them.

    What is made anew at another stamp takes the place of what was: of an older version nobody asks again.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._lock = Lock()
        self._kept: OrderedDict[tuple[Hashable, ...], _Part] = OrderedDict()

    def get(self, key: tuple[Hashable, ...], make: Callable[[], T], stamp: Hashable = None) -> T:
        """Return the part of a key, made anew if it was made at another stamp."""
        with self._lock:
            part = self._kept.setdefault(key, _Part())
            self._kept.move_to_end(key)
            if len(self._kept) > self.most:
                self._kept.popitem(last=False)
        with part.lock:
            if not part.made or part.stamp != stamp:
                part.value, part.made, part.stamp = make(), True, stamp
        value: T = part.value
        return value
