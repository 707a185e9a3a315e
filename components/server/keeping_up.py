"""Beside the server: load what counties show when it starts, then compute what a commit left uncomputed."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Thread
from typing import NoReturn

from data import loaders
from data.events import tell_error
from data.registry import here
from data.store import StoreError

_PAUSE = 30  # seconds between two looks at a county
_LONGEST_REST = 40  # looks


@dataclass
class Keeper:
    """Keeps one county's figures up to its data."""

    slug: str
    left: int = 0  # data version found uncomputed at the last look
    failures: int = 0
    rest: int = 0  # looks to leave out, after failures

    def load(self) -> None:
        """Load the newest figures, so that the county's first visitor finds them in memory."""
        try:
            loaders.warm(self.slug)
        except Exception as error:  # noqa: BLE001 - one county's fault is not the others'
            self._failed(error)

    def look(self) -> None:
        """Compute what stays uncomputed from one look to the next: what is so only now, its commit may be computing."""
        if self.rest:
            self.rest -= 1
            return
        try:
            behind = loaders.behind(self.slug)
            if behind and behind == self.left:
                loaders.warm(self.slug)
                behind = 0
            self.left, self.failures = behind, 0
        except Exception as error:  # noqa: BLE001 - it is tried again
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        self.rest, self.failures = min(2**self.failures, _LONGEST_REST) - 1, self.failures + 1
        # A database that is away or busy tells nothing by its trace.
        known = isinstance(error, StoreError)
        tell_error("figures", error, trace=not known, county=self.slug, reason=str(error) if known else "")


def start(after_loading: Callable[[], None]) -> None:
    """Begin, in a thread of its own.

    Parameters
    ----------
    after_loading
        Called once, when all counties are loaded.
    """
    keepers = [Keeper(county.slug) for county in here()]
    Thread(target=_keep_up, args=(keepers, after_loading), name="keeping-up", daemon=True).start()


def _keep_up(keepers: Sequence[Keeper], after_loading: Callable[[], None]) -> NoReturn:
    for keeper in keepers:
        keeper.load()
    after_loading()
    while True:
        time.sleep(_PAUSE)
        for keeper in keepers:
            keeper.look()
