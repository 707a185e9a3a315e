"""What is done in the server itself takes turns, so that twenty clerks at once leave it to those who only look.

Threads share one interpreter: a page that is drawn beside one such work gets half of it, beside twenty a twentieth.
Work in the same lane is done one after the other; the last is no later for it, and most are done sooner. Work on files
gives way, before each piece and again and again within it, to the pages that are being drawn for somebody who looks.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Semaphore, get_ident
from time import thread_time
from typing import Final

POLITE: Final = 0.5
"""Seconds for which a piece of work on a file lets pages go first."""
PER_SECOND: Final = 4.0
"""Seconds for which it does so per second of work: however many look, a fifth of the time is left to files."""
BESIDE: Final = 2
"""Pages that are drawn at a time. More are no faster: they share one interpreter, and hand each other its locks."""
PATIENCE: Final = 1.0
"""Seconds after which a page is drawn beside these all the same: they may be waiting for something themselves."""


class Looking:
    """Pages that are being drawn for somebody who only looks: a few at a time."""

    def __init__(self) -> None:
        self._room = Semaphore(BESIDE)
        self._ended = Condition()
        self._threads: dict[int, bool] = {}

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Be one of them."""
        self._enter(PATIENCE)
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def left(self) -> Iterator[None]:
        """Let another go on meanwhile, if this thread is one of them."""
        inside = get_ident() in self._threads
        if inside:
            self._leave()
        try:
            yield
        finally:
            if inside:
                self._enter(0)

    def let_by(self, longest: float = POLITE) -> None:
        """Wait until none is being drawn, so many seconds at most; nobody waits for itself."""
        own = int(get_ident() in self._threads)
        if len(self._threads) == own:
            return
        with self._ended:
            self._ended.wait_for(lambda: len(self._threads) == own, timeout=longest)

    def _enter(self, patience: float) -> None:
        self._threads[get_ident()] = False  # files let those by as well who wait
        self._threads[get_ident()] = self._room.acquire(timeout=patience)

    def _leave(self) -> None:
        with self._ended:
            taken = self._threads.pop(get_ident())
            self._ended.notify_all()
        if taken:
            self._room.release()


class Lane:
    """Work of which one thread at a time does some; whoever does goes on with it however often it asks."""

    def __init__(self) -> None:
        self._room = Condition()
        self._thread: int | None = None
        self._depth = 0
        self._told = 0.0  # what its thread had worked in all when it came in, or was asked last

    @property
    def mine(self) -> bool:
        """Whether this thread is in it."""
        return self._thread == get_ident()

    def worked(self) -> float:
        """Return the seconds of a processor that this thread has worked since it came in, or was asked last."""
        before, self._told = self._told, thread_time()
        return self._told - before

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the others, then be the one in it."""
        self._enter(1)
        try:
            yield
        finally:
            with self._room:
                self._depth -= 1
                if not self._depth:
                    self._leave()

    @contextmanager
    def left(self) -> Iterator[None]:
        """Let others in meanwhile, if this thread is in it."""
        with self._room:
            depth = self._depth if self.mine else 0
            if depth:
                self._leave()
        try:
            yield
        finally:
            if depth:
                self._enter(depth)

    def _enter(self, depth: int) -> None:
        with self._room:
            self._room.wait_for(lambda: self._thread in {None, get_ident()})
            if not self._depth:
                self._thread, self._told = get_ident(), thread_time()
            self._depth += depth

    def _leave(self) -> None:
        self._thread, self._depth = None, 0
        self._room.notify()


LOOKING: Final = Looking()
_LANES: Final[defaultdict[str, Lane]] = defaultdict(Lane)
"""By name: the files of all clerks share one, the documents of each county have one."""


@contextmanager
def lane(name: str) -> Iterator[None]:
    """Wait for the others in a lane, then be the one in it; who is in it already goes on."""
    anew = not _LANES[name].mine
    with LOOKING.left(), _LANES[name].taken():
        if anew and name == "files":
            LOOKING.let_by()
        yield


@contextmanager
def aside(name: str) -> Iterator[None]:
    """Wait for something else without holding up those who wait for the lane, or for a page."""
    with LOOKING.left(), _LANES[name].left():
        yield
    if name == "files" and _LANES[name].mine:
        LOOKING.let_by()


def give_way(name: str) -> None:
    """Let pages by in the midst of a piece of work, in proportion to what was worked since; nothing in no lane."""
    here = _LANES[name]
    if here.mine:
        LOOKING.let_by(PER_SECOND * here.worked())


class Changes:
    """What is stored and what is computed from it take turns; whoever stores goes first, but lets pages by.

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
            LOOKING.let_by()
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
