"""Where the names on a map stand: at their place, or beside it with a line to it, none upon another."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDE = 1.0
NARROW = 0.58
LINE = 1.25
"""Width of a Chinese and of a Latin letter and height of a line, against the type size."""
_MARK = 0.45
"""Inches of a legend's mark with the room around it."""
_RINGS = (0.0, 0.7, 1.1, 1.5, 2.0, 2.6, 3.3, 4.1, 5.0, 6.0, 7.5, 9.0)
_TURNS = 16
_APART = 1.0
"""Lines a name stands from its place before a line leads to it."""


@dataclass(frozen=True, slots=True)
class Label:
    """A name with its middle, and the point it means if it does not stand on it."""

    text: str
    x: float
    y: float
    anchor: tuple[float, float] | None = None


def type_size(n: int) -> float:
    """Return the points of type for so many names on a map of a page."""
    return 9.0 if n <= 12 else 7.5 if n <= 30 else 6.5


def width(text: str, size: float) -> float:
    """Return about how wide a text is."""
    return size * sum(NARROW if letter.isascii() else WIDE for letter in text)


def columns(names: Sequence[str], size: float, room: float) -> int:
    """Return in how many columns the entries of a legend stand in a width.

    Parameters
    ----------
    size : of type, in points.
    room : the width, in inches.
    """
    inches = [_MARK + width(name, size) / 72 for name in names]
    if sum(inches) <= room:
        return max(len(inches), 1)
    return max(1, int(room // max(inches)))


def place(names: Iterable[tuple[str, float, float]], size: float, box: tuple[float, float]) -> tuple[Label, ...]:
    """Give each name (text, x, y) a place within a box (width, height) where it covers no other name.

    A name no place is found for within nine lines of its own is left out: a map cannot show everything.
    """
    names = list(names)
    crowded = {name: sum(math.hypot(name[1] - o[1], name[2] - o[2]) < 4 * size for o in names) for name in names}
    taken: list[tuple[float, float, float, float]] = []
    found = []
    # Who has room stands at his own place; those amid a crowd go where is room left.
    for text, x, y in sorted(names, key=lambda name: (crowded[name], name)):
        for dx, dy in _around(size * LINE):
            spot = _spot(text, x + dx, y + dy, size)
            if _within(spot, box) and not any(_overlap(spot, other) for other in taken):
                taken.append(spot)
                away = math.hypot(dx, dy) > _APART * size * LINE
                found.append(Label(text, x + dx, y + dy, (x, y) if away else None))
                break
    return tuple(found)


def _around(line: float) -> Iterable[tuple[float, float]]:
    for ring in _RINGS:
        for turn in range(_TURNS if ring else 1):
            angle = math.tau * turn / _TURNS + math.pi / 2
            yield ring * line * 1.4 * math.cos(angle), ring * line * math.sin(angle)


def _spot(text: str, x: float, y: float, size: float) -> tuple[float, float, float, float]:
    half, high = width(text, size) / 2 + 0.1 * size, size * LINE / 2
    return x - half, y - high, x + half, y + high


def _within(spot: tuple[float, float, float, float], box: tuple[float, float]) -> bool:
    return spot[0] >= 0 and spot[1] >= 0 and spot[2] <= box[0] and spot[3] <= box[1]


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
