"""The pictures of a briefing: each drawn once a process, whichever and however many documents show it.

matplotlib's figures are made by hand, without pyplot, whose current figure all threads of a server would share.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from data.briefing import charts, maps
from data.briefing.maps import drawable
from data.briefing.model import Chart, Map
from geo.boundaries import Boundaries

__all__ = ["chart_png", "drawable", "map_png", "map_svg"]

KEPT = 96
"""Pictures kept: those of a county's briefing in both languages; about 100 kB each."""
Picture = TypeVar("Picture", bytes, str)

_pictures: OrderedDict[str, bytes | str] = OrderedDict()
_lock = threading.Lock()


def map_png(map_: Map, boundaries: Boundaries, lang: str) -> bytes:
    """Return a map as a PNG with legend and, where its shapes only stand for places, the note that says so.

    Raises
    ------
    data.briefing.fonts.NoFontError
        The machine has no Chinese font.
    """
    return _once(("png", map_, lang, boundaries.version), lambda: maps.png(map_, boundaries, lang))


def map_svg(map_: Map, boundaries: Boundaries, lang: str) -> str:
    """Return the same map as SVG, in about a tenth of the bytes; its text is the reader's own font."""
    return _once(("svg", map_, lang, boundaries.version), lambda: maps.svg(map_, boundaries, lang))


def chart_png(chart: Chart, lang: str) -> bytes:
    """Return a chart as a PNG.

    Raises
    ------
    data.briefing.fonts.NoFontError
        The machine has no Chinese font.
    """
    return _once(("png", chart, lang), lambda: charts.png(chart, lang))


def _once(what: tuple[object, ...], draw: Callable[[], Picture]) -> Picture:
    """Return the picture of something, by its content: the same date of the same data gives the same picture."""
    key = hashlib.sha256(repr(what).encode("utf-8", "backslashreplace")).hexdigest()
    with _lock:
        kept = _pictures.get(key)
        if kept is not None:
            _pictures.move_to_end(key)
            return kept  # type: ignore[return-value]  # the key tells the kind
    drawn = draw()
    with _lock:
        _pictures[key] = drawn
        while len(_pictures) > KEPT:
            _pictures.popitem(last=False)
    return drawn
