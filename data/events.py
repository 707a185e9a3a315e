"""What happened, in words for a log and counters: an event's name and a few fields, never a name or a value of a row.

Whoever runs a process decides what becomes of it: the server writes lines and counts (`components.server.logs`,
`components.server.metrics`), the command line says what it did by itself.
"""

import logging
import secrets
import time
from collections.abc import Hashable
from threading import Lock

_LOG = logging.getLogger(__name__)


def tell(event: str, **fields: object) -> None:
    """Tell of something that went as it should."""
    _LOG.info(event, extra={"event": event, "fields": fields})


def tell_error(where: str, error: BaseException, *, trace: bool = True, **fields: object) -> str:
    """Tell of something that went wrong, and return the number it is found by in the log.

    Parameters
    ----------
    where : what failed: a page, the health probe, figures.
    trace : whether where it happened says anything; of a database that is away it does not.
    """
    number = secrets.token_hex(4)
    fields = {"where": where, "error": type(error).__name__, "number": number} | fields
    said = ("%s: %s, number %s", where, type(error).__name__, number)
    _LOG.error(*said, extra={"event": "error", "fields": fields}, exc_info=error if trace else None)
    return number


class Seldom:
    """Things of which the same is told once in so many seconds, however often it happens.

    Parameters
    ----------
    seconds : from when it was told until it is told again.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._lock = Lock()
        self._told: dict[Hashable, float] = {}

    def due(self, thing: Hashable) -> bool:
        """Whether it is to be told now; then it is taken for told."""
        now = time.monotonic()
        with self._lock:
            for old in [one for one, at in self._told.items() if now - at > self.seconds]:
                del self._told[old]
            if thing in self._told:
                return False
            self._told[thing] = now
        return True
