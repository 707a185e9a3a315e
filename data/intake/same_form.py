"""Sheets of one form that is no upload table, put together for a quick look: their columns brought in one order."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from data.intake.model import Checked, FoundColumn, Layout
from data.intake.periods import period_of
from data.intake.structure import place_level, squeezed

_HEADER = "工作表"
_ANY_YEAR = 2000  # what is a month is one in any year
_TIMES = ("period", "season")
_TOWNS = frozenset({"township", "township_code", "township_village", "village_code"})


def addable(first: Checked, other: Checked) -> bool:
    """Whether the columns of two sheets say the same: of one kind and unit, each once."""
    return _said(first) == _said(other) and len(_said(first)) == len(first.columns)


def put_together(sheets: Sequence[Checked]) -> tuple[list[pd.DataFrame], Layout]:
    """Return the rows of each sheet by the columns of the first, and a layout with a column more: the sheet's name.

    It is a time or a township if all sheets are called after one and no column says it; else a word to group by.
    """
    layout = sheets[0].layout
    if layout is None:
        raise ValueError("a sheet that was not read")
    positions = {_key(one): one.col for one in layout.columns}
    names = [one.layout.sheet.name if one.layout else "" for one in sheets]
    extra = layout.sheet.width
    frames = []
    for one, name in zip(sheets, names, strict=True):
        frame = one.frame.rename(columns={c.col: positions[_key(c)] for c in one.columns})
        frames.append(frame.assign(_=name).rename(columns={"_": extra}))
    said = {c.canonical for c in layout.columns}
    canonical, kind = None, "label"
    if not said & set(_TIMES) and all(period_of(name, _ANY_YEAR) for name in names):
        canonical, kind = "period", "period"
    elif not said & _TOWNS and all(place_level(name) == "township" for name in names):
        canonical = "township"
    named = FoundColumn(extra, _HEADER, None, "unknown", None, 1.0, canonical, kind)
    return frames, replace(layout, columns=(*layout.columns, named))


def _said(checked: Checked) -> set[tuple[object, ...]]:
    return {(_key(one), one.kind, one.unit, one.role) for one in checked.columns}


def _key(found: FoundColumn) -> str:
    return squeezed(found.header)
