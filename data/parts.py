"""Parts that are made once: the ones asked for last, each by one thread while others that want it wait."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock, RLock
from typing import Any, TypeVar

from data.lanes import LOOKING

T = TypeVar("T")
S = TypeVar("S")


class _Part:
    """A finished part with what it rests on, the newest first; none while it is being made for the first time."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.made: tuple[tuple[Any, Any], ...] = ()


class Parts:
    """The parts asked for last, `most` of them.

    What is made anew takes the place of what was, or of what was before that where `before` is kept for those who still
    look at it.
    """

    def __init__(self, most: int, *, before: bool = False) -> None:
        self.most, self.kept = most, 2 if before else 1
        self._lock = Lock()
        self._parts: OrderedDict[tuple[Hashable, ...], _Part] = OrderedDict()

    def get(self, key: tuple[Hashable, ...], make: Callable[[], T], stamp: Hashable = None) -> T:
        """Return the part of a key, made anew if it was made at another stamp."""
        return self.resting(key, lambda: (make(), stamp), lambda made_at: made_at == stamp)[0]

    def resting(
        self, key: tuple[Hashable, ...], make: Callable[[], tuple[T, S]], holds: Callable[[S], bool]
    ) -> tuple[T, S]:
        """Return the part of a key and what it rests on, made anew if that does not hold any more."""
        with self._lock:
            part = self._parts.setdefault(key, _Part())
            self._parts.move_to_end(key)
            if len(self._parts) > self.most:
                self._parts.popitem(last=False)

        def found() -> tuple[T, S] | None:
            return next((one for one in part.made if holds(one[1])), None)

        made = found()  # without the lock: whoever makes another one has it
        if made is not None:
            return made
        if not part.lock.acquire(blocking=False):
            with LOOKING.left():  # other pages may be drawn until somebody else has made it
                part.lock.acquire()
        try:
            made = found()
            if made is None:
                made = make()
                part.made = (made, *part.made)[: self.kept]
        finally:
            part.lock.release()
        return made
