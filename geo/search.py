"""Finding a place as people type it: its name, the first letters of its pinyin, its pinyin, its code."""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

import pandas as pd

from geo.regions import clean_name, normalise_code

# Names are read character by character: without its phrases the library takes 15 MB instead of 60.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

from pypinyin import Style, pinyin

MOST = 12
SHORTEST_MISTYPED = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A place and the forms it is known under.

    Attributes
    ----------
    code : twelve digits.
    names : cleaned full and short name, and the short name behind its township's.
    readings : of the short name, per character the first letters it can be read with (重 is c or z).
    spelt : pinyin of the short name, without tones or blanks; the most usual reading.
    town : like `readings`, of the township's name; empty for townships.
    """

    code: str
    names: tuple[str, ...]
    readings: tuple[frozenset[str], ...]
    spelt: str
    town: tuple[frozenset[str], ...]


class PlaceIndex:
    """Places that can be searched.

    Parameters
    ----------
    regions
        As `geo.regions.scope` returns them; townships and villages are found, the county itself is not.
    """

    def __init__(self, regions: pd.DataFrame) -> None:
        below = regions.loc[regions["level"] != "county"]
        short = below["short_name"].fillna(below["name"])
        called = dict(zip(below["code"], map(clean_name, short), strict=True))
        levels = dict(zip(below["code"], below["level"], strict=True))
        # Townships lead where both fit.
        order = sorted(called, key=lambda code: (levels[code] != "township", code))
        parents = dict(zip(below["code"], below["parent"], strict=True))
        full = dict(zip(below["code"], map(clean_name, below["name"]), strict=True))
        self._entries = [
            _entry(code, full[code], called[code], called.get(parents[code], "") if levels[code] == "village" else "")
            for code in order
        ]

    def find(self, text: str, most: int = MOST, among: Collection[str] | None = None) -> list[str]:
        """Return the codes of the places that a text can mean, the likeliest first.

        Read in this order: the code or a part of it; the name, its beginning, a part of it; first letters of its
        pinyin, how they begin, with the township's before them (jjzpyc); its pinyin; where nothing of this fits,
        letters or a name of which one character is another, as people mistype (pyz for 平原村, pyc).

        Parameters
        ----------
        text : what was typed; blanks and case do not matter.
        most : how many are returned at most.
        among : codes of the places that are looked at; all if None.
        """
        typed = clean_name(text).casefold()
        if not typed:
            return []
        wanted = None if among is None else frozenset(among)
        looked_at = [(n, one) for n, one in enumerate(self._entries) if wanted is None or one.code in wanted]
        ranked = [(rank, n) for n, one in looked_at if (rank := _rank(typed, one)) is not None]
        found = ranked or [(0, n) for n, one in looked_at if _mistyped(typed, one)]
        return [self._entries[n].code for _, n in sorted(found)[:most]]


def _entry(code: str, name: str, short: str, town: str) -> Entry:
    names = (short.casefold(), name.casefold(), *([(town + short).casefold()] if town else []))
    return Entry(code, names, _letters(short), _spelt(short), _letters(town))


def _letters(name: str) -> tuple[frozenset[str], ...]:
    return tuple(_first_letters(character) for character in name)


@cache
def _first_letters(character: str) -> frozenset[str]:
    readings = pinyin(character, style=Style.FIRST_LETTER, heteronym=True)
    return frozenset(letter[:1].casefold() for per in readings for letter in per)


def _spelt(name: str) -> str:
    return "".join(pinyin(character, style=Style.NORMAL)[0][0] for character in name).casefold()


def _rank(typed: str, entry: Entry) -> int | None:
    """Return how well a place fits what was typed, 0 best; None if it does not."""
    if typed.isdigit():
        whole = normalise_code(typed)
        return 0 if entry.code == whole else 1 if len(typed) > 1 and typed in entry.code else None
    return next((rank for rank, fits in enumerate(_tests(typed, entry), start=2) if fits), None)


def _tests(typed: str, entry: Entry) -> Iterator[bool]:
    yield typed in entry.names
    yield any(name.startswith(typed) for name in entry.names)
    yield any(typed in name for name in entry.names)
    latin = typed.isascii() and typed.isalpha()
    yield latin and _reads(typed, entry.readings)
    yield latin and len(typed) < len(entry.readings) and _reads(typed, entry.readings[: len(typed)])
    with_town = (*entry.town, *entry.readings)
    yield latin and len(typed) > len(entry.town) and _reads(typed, with_town[: len(typed)])
    yield latin and entry.spelt.startswith(typed)


def _mistyped(typed: str, entry: Entry) -> bool:
    """Whether one character of three or more is another: of two, half would be wrong."""
    name = entry.names[0]
    if len(typed) < SHORTEST_MISTYPED:
        return False
    if len(typed) == len(name) and sum(a != b for a, b in zip(typed, name, strict=True)) == 1:
        return True
    return typed.isascii() and _reads(typed, entry.readings, wrong=1)


def _reads(typed: str, readings: tuple[frozenset[str], ...], wrong: int = 0) -> bool:
    if len(typed) != len(readings):
        return False
    return sum(letter not in per for letter, per in zip(typed, readings, strict=True)) <= wrong
