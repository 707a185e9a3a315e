"""Pictures that were drawn, by what is on them: the same date of the same data gives the same picture."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TypeVar

KEPT = 96
"""Pictures kept: those of a county's briefing in both languages; about 100 kB each."""
Picture = TypeVar("Picture", bytes, str)

_pictures: OrderedDict[str, bytes | str] = OrderedDict()
_lock = threading.Lock()


def once(what: tuple[object, ...], draw: Callable[[], Picture]) -> Picture:
    """Return the picture of something, drawn if it is not kept."""
    key = hashlib.sha256(repr(what).encode("utf-8", "backslashreplace")).hexdigest()
    with _lock:
        known = _pictures.get(key)
        if known is not None:
            _pictures.move_to_end(key)
            return known  # type: ignore[return-value]  # the key tells the kind
    drawn = draw()
    keep({key: drawn})
    return drawn


def kept() -> dict[str, bytes | str]:
    """Return the pictures kept, by key."""
    with _lock:
        return dict(_pictures)


def keep(pictures: Mapping[str, bytes | str]) -> None:
    """Keep pictures; the oldest go when there are too many."""
    with _lock:
        _pictures.update(pictures)
        while len(_pictures) > KEPT:
            _pictures.popitem(last=False)
