"""What is shown of a county while it changes: all as it was, until what is new can be shown to everybody.

Whoever stores something waits until figures are computed; nobody else has reason to see half of it before. And after
new figures all that a page shows is made anew, once, in a third of a second, for which everybody who looks would wait.
So a change ends in two steps: of the pages that many look at one run each, one after the other, is shown the new state
and makes what the page shows, while the others are shown it as it was; then it is the newest for all, and whoever
stored it is told so.
"""

import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from threading import Condition
from typing import Final, NamedTuple

from data.lanes import LOOKING

RECENT: Final = 5.0
"""Seconds for which a look at a page counts."""
MANY: Final = 3
"""Looks in that time after which somebody is expected to look again at once."""
LONGEST: Final = 4.0
"""Seconds after which a change is shown although pages are not made yet: nobody may have come back to them."""

Versions = Mapping[str, int]
Read = Callable[[], Versions]


class State(NamedTuple):
    """A state of a county: the number of the change that led to it, and its versions by dataset.

    Without versions it is whatever the store has.
    """

    number: int
    versions: Versions | None


class Showing:
    """What is shown of one county."""

    def __init__(self) -> None:
        self._room = Condition()
        self._changing, self._begun = 0, 0
        self._shown = State(0, None)
        self._next: State | None = None
        self._unmade: dict[Hashable, bool] = {}  # of the next state; whether some run makes it
        self._looks: deque[tuple[float, Hashable]] = deque()

    @contextmanager
    def changing(self, read: Read) -> Iterator[None]:
        """Show all as it was until the block has ended and what it stored can be shown.

        Parameters
        ----------
        read : returns the versions as they are.
        """
        with self._room:
            if not self._changing:
                self._shown = self._shown._replace(versions=read())
            self._changing += 1
            self._begun += 1
        try:
            yield
        finally:
            self._end(read)

    @contextmanager
    def looking(self, page: Hashable, seen: int, read: Read) -> Iterator[State]:
        """Yield the state to show a page in, with its versions.

        Parameters
        ----------
        page : all that tells one page from another.
        seen : the number of the state that was seen last: nobody is shown an older one.
        read : returns the versions as they are.
        """
        found, makes = self._state(page, seen, read)
        try:
            # Who makes a page is not one of the few drawn at a time: the others would wait for it after all.
            with LOOKING.left() if makes else nullcontext():
                yield found
        finally:
            if makes:
                self._made(page, found)

    def _state(self, page: Hashable, seen: int, read: Read) -> tuple[State, bool]:
        """Return the state to show a page in, and whether this run makes it."""
        while True:
            with self._room:
                self._looked_at(page)
                begun, found, makes = self._begun, self._shown, False
                if self._next is not None:
                    makes = self._unmade.get(page) is False and not any(self._unmade.values())
                    if makes:
                        self._unmade[page] = True
                    if makes or seen > found.number:
                        found = self._next
            if found.versions is not None:
                return found, makes
            newest = read()
            with self._room:
                if begun == self._begun:  # otherwise half of what was begun meanwhile may be in it
                    return found._replace(versions=newest), makes

    def _looked_at(self, page: Hashable) -> None:
        now = time.monotonic()
        self._looks.append((now, page))
        while self._looks[0][0] < now - RECENT:
            self._looks.popleft()

    def _made(self, page: Hashable, state: State) -> None:
        with self._room:
            if self._next is state:
                self._unmade.pop(page, None)
                if not self._unmade:
                    self._show_next()

    def _end(self, read: Read) -> None:
        try:
            versions = read()
            with self._room:
                number = self._prepare(versions)
                if not self._room.wait_for(lambda: self._shown.number >= number, LONGEST):
                    self._show_next()
        finally:
            with self._room:
                self._changing -= 1
                if not self._changing:
                    self._show_next()
                    self._shown = self._shown._replace(versions=None)

    def _prepare(self, versions: Versions) -> int:
        """Make a state the next to be shown, if it is another; return its number."""
        last = self._next or self._shown
        if versions == last.versions:
            return last.number
        self._next = State(last.number + 1, versions)
        since = time.monotonic() - RECENT
        looks = Counter(page for at, page in self._looks if at >= since)
        self._unmade = {page: False for page, times in looks.items() if times >= MANY}
        if not self._unmade:
            self._show_next()
        return last.number + 1

    def _show_next(self) -> None:
        if self._next is not None:
            self._shown, self._next = self._next, None
        self._unmade = {}
        self._room.notify_all()


_SHOWING: defaultdict[str, Showing] = defaultdict(Showing)


def showing(county_code: str) -> Showing:
    """Return what is shown of a county: one does not wait for another."""
    return _SHOWING[county_code]
