"""Heavy work takes turns, so that twenty clerks at once leave the processor to those who only look.

Threads share one interpreter: a page that is drawn while one file is checked gets half of it, while twenty are checked
a twentieth. Work in the same lane is done one after the other; the last is no later for it, and most are done sooner.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Literal

LARGE = 2 * 1024**2
"""Files from so many bytes on have a lane of their own: one that takes ten seconds holds up no small one."""

Lane = Literal["small files", "large files", "changes"]
_LANES: dict[Lane, RLock] = {"small files": RLock(), "large files": RLock(), "changes": RLock()}


@contextmanager
def lane(name: Lane) -> Iterator[None]:
    """Wait for the others in a lane, then be the one in it; who is in it already may enter again."""
    with _LANES[name]:
        yield


def for_file(raw: bytes) -> Lane:
    """Return the lane in which a file is checked."""
    return "large files" if len(raw) >= LARGE else "small files"
