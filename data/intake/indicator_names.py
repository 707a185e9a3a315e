"""Indicators that rows of a list are about: an id of the county's plans, or the name people write in its place."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache

from data.intake import places
from data.intake.item_names import plain_name
from data.intake.values import is_blank
from data.registry import counties

_OFFERED = 3
_ALIKE = 0.5

Note = tuple[str, str, Mapping[str, object]]
"""A rule, what the text is read as, and what the rule's sentence names."""


def read_indicators(texts: Sequence[str], county_code: str | None) -> tuple[list[str | None], dict[int, Note]]:
    """Return the indicator that each text means, and what is to be told of texts, by position.

    What no plan of the county (of any county, without one) has stays as it is: it is a list's own word, and doubted.
    """
    names, ids = _indicators(county_code)
    values: list[str | None] = []
    notes: dict[int, Note] = {}
    for position, text in enumerate(texts):
        if is_blank(text) or text in names:
            values.append(None if is_blank(text) else text)
        elif code := ids.get(plain_name(text)):
            values.append(code)
            notes[position] = ("indicator_by_name", code, {})
        else:
            values.append(text)
            near = get_close_matches(plain_name(text), list(ids), n=2 * _OFFERED, cutoff=_ALIKE)
            found = list(dict.fromkeys(ids[one] for one in near))[:_OFFERED]
            zh, en = [f"{names[one][0]}（{one}）" for one in found], [f"{names[one][1]} ({one})" for one in found]
            notes[position] = ("unknown_indicator", "", places.candidates(zh, en))
    return values, notes


@cache
def _indicators(county_code: str | None) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Return id → names in both languages, and plain name or id → id; a name that several have is none's."""
    from data.plan import load_plan  # noqa: PLC0415 - plans are only needed for lists that name indicators

    plans = [p for entry in counties() if county_code is None or entry.code == county_code[:6] for p in entry.plans]
    names = {one.id: (one.name_zh, one.name_en) for plan in plans for one in load_plan(plan).indicators}
    ids: dict[str, set[str]] = {}
    for code, called in names.items():
        for name in {code, *called}:
            ids.setdefault(plain_name(name), set()).add(code)
    return names, {name: codes.pop() for name, codes in ids.items() if len(codes) == 1}
