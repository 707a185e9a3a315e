"""What a session holds is packed away while nobody asks for it: a clerk reads for minutes, and the server has many."""

import pickle
import time
import zlib
from threading import RLock, Timer
from typing import Generic, TypeVar

from components.server.memory import give_back

T = TypeVar("T")

IDLE = 2.0
"""Seconds after the last use until a value is packed."""


class Resting(Generic[T]):
    """A value that is packed away when it has not been asked for in a while, and unpacked when it is.

    Packed it takes about a tenth; both ways cost some 15 ms for the result of a file of 12,000 rows. Whoever still
    works with the value while it is packed keeps it; what they add to it meanwhile is lost, so it may only hold what
    can be made again.
    """

    def __init__(self, value: T) -> None:
        self._lock = RLock()
        self._value: T | None = value
        self._packed = b""
        self._used = time.monotonic()
        self._wait(IDLE)

    @property
    def asleep(self) -> bool:
        """Whether the value is packed now."""
        return self._value is None

    def get(self) -> T:
        """Return the value."""
        with self._lock:
            self._used = time.monotonic()
            if self._value is None:
                self._value = pickle.loads(zlib.decompress(self._packed))  # noqa: S301 - packed below, by this object
                self._packed = b""
                self._wait(IDLE)
            return self._value

    def rest(self) -> None:
        """Pack the value now."""
        with self._lock:
            if self._value is not None:
                self._packed = zlib.compress(pickle.dumps(self._value, pickle.HIGHEST_PROTOCOL), level=1)
                self._value = None
        give_back()

    def _wait(self, seconds: float) -> None:
        timer = Timer(seconds, self._look)
        timer.daemon = True
        timer.start()

    def _look(self) -> None:
        left = IDLE - (time.monotonic() - self._used)
        if left > 0:
            self._wait(left)
        else:
            try:
                self.rest()
            except RuntimeError:  # somebody added to it meanwhile, who had it before it was idle
                self._wait(IDLE)
