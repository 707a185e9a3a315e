"""Items of the long table by the names people write: in headers, in rows, in titles."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from data.intake.simplified import simplified
from data.intake.structure import squeezed, unmarked
from data.intake.units import unit_in_header
from data.tables import items

_SHORTEST = 4


@cache
def items_by_name() -> dict[str, str]:
    """Return plain name, alias or id → item."""
    names: dict[str, str] = {}
    for code, item in items().items():
        for name in (item.name_zh, item.name_en, code):
            names.setdefault(plain_name(name), code)
    for code, item in items().items():
        for name in item.aliases:
            names.setdefault(plain_name(name), code)
    return names


@cache
def full_names() -> dict[str, str]:
    """Return plain name → item, without aliases: what may stand as a caption above what a header says itself."""
    aliases = {plain_name(name) for item in items().values() for name in item.aliases}
    return {name: code for name, code in items_by_name().items() if name not in aliases}


def plain_name(text: str) -> str:
    """Return a name for comparison: without brackets, blanks and underscores."""
    return simplified(squeezed(text)).replace("(", "").replace(")", "").replace("_", "")


def without_unit(text: str, unit: str | None) -> str:
    """Return the plain form of a name without the unit it ends with."""
    name = plain_name(text)
    return re.sub(r"单位[:为]?$", "", name.removesuffix(plain_name(unit))) if unit else name


@lru_cache(maxsize=16384)
def item_label(text: str) -> tuple[str | None, str | None]:
    """Return the item that a row's label names and the unit it gives: `其中：村集体收入增长（元）`."""
    label = unmarked(text)
    known = items_by_name()
    if plain_name(label) in known:
        return known[plain_name(label)], None
    unit = unit_in_header(label)
    name = without_unit(label, unit).rstrip("/,、:") if unit else ""
    return (known[name], unit) if name in known else (None, None)


def item_named(text: str) -> str | None:
    """Return the one item that a title names; None if it names none or several."""
    names = {name: code for name, code in items_by_name().items() if len(name) >= _SHORTEST}
    return only_named(plain_name(text), names)


def only_named(text: str, names: Mapping[str, str]) -> str | None:
    """Return what the names in a text mean, if that is one thing; a name within a longer one does not count."""
    inside = [name for name in names if name in text]
    longest = {names[name] for name in inside if not any(name != other and name in other for other in inside)}
    return longest.pop() if len(longest) == 1 else None
