"""How much room text takes, by estimate: no font is asked, as the one a reader has is not known.

Widths are in em, the size of the type; they are those of 微软雅黑, the widest of the fonts in use, rounded up.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

LINE = 1.48
"""Height of a line in em, with what stands between lines."""
_NARROW = frozenset("iljtfr.,:;!|'()[]· ")
_PIECES = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+\s*|\s+")
_SEAM = re.compile(r"(?<=[\u4e00-\u9fff])(?=[!-~])|(?<=[!-~])(?=[\u4e00-\u9fff])")
_GAP = 0.15  # em: what some programs put between Chinese and figures
_CHINESE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
_WORD = re.compile(r"[A-Za-z]{3}")
_LATIN = 0.9  # of the widths above: text without Chinese stands in a narrower font
_CLOSING = frozenset("，。、；：！？）》」』”’％%…")

T = TypeVar("T")


@lru_cache(maxsize=4096)
def _em(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in {"W", "F"} or sign in "—…“”‘’":
        return 1.0
    if sign in _NARROW:
        return 0.34
    if sign in "mwMW%@+−=<>≥≤±":
        return 0.94
    return 0.72 if sign.isupper() else 0.61


def width(text: str) -> float:
    """Return the width of a line of text in em."""
    wide = sum(map(_em, text)) + _GAP * len(_SEAM.findall(text))
    return wide if _CHINESE.search(text) else wide * (_LATIN if _WORD.search(text) else 1.0)


def longest_word(text: str) -> float:
    """Return the width of the longest part that cannot be broken; Chinese breaks after every character."""
    return max((width(piece.rstrip()) for piece in _PIECES.findall(text)), default=0.0)


def lines(text: str, room: float) -> int:
    """Return how many lines a text needs in a column of so many em.

    >>> lines("巩固拓展脱贫攻坚成果", 5)
    2
    """
    return sum(_lines(line, max(room, 1.0)) for line in text.split("\n"))


def _lines(text: str, room: float) -> int:
    count, used = 1, 0.0
    room -= _GAP * len(_SEAM.findall(text)) * min(1.0, room / max(width(text), 1.0))
    for piece in _PIECES.findall(text):
        wide, bare = width(piece), width(piece.rstrip())
        if used and used + bare > room and piece not in _CLOSING:
            count, used = count + 1, 0.0
        if bare > room:  # a word longer than the line is broken anywhere
            more = int(bare // room)
            count, used = count + more, bare - more * room
        else:
            used += wide
    return count


def columns(natural: Sequence[float], least: Sequence[float], shares: Sequence[float], total: float) -> list[float]:
    """Return the widths of columns that share `total`, in its unit.

    Parameters
    ----------
    natural : width at which no cell of a column wraps.
    least : width of its longest word; none gets less while there is room.
    shares : how what is left is divided where no cell has to wrap.
    """
    spare = total - sum(least)
    needs = [max(want - low, 0.0) for want, low in zip(natural, least, strict=True)]
    if spare <= 0:
        return [low * total / sum(least) for low in least]
    if sum(needs) > spare:
        return [low + spare * need / sum(needs) for low, need in zip(least, needs, strict=True)]
    left = spare - sum(needs)
    weight = sum(shares)
    return [low + need + left * share / weight for low, need, share in zip(least, needs, shares, strict=True)]


def packed(items: Iterable[T], heights: Iterable[float], first: float, more: float) -> list[list[T]]:
    """Return items in portions that fit: the first into `first`, each further one into `more`; never an empty one."""
    portions: list[list[T]] = [[]]
    left = first
    for item, height in zip(items, heights, strict=True):
        if portions[-1] and height > left:
            portions.append([])
            left = more
        portions[-1].append(item)
        left -= height
    return portions
