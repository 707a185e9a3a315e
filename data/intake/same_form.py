"""Sheets of one form that is no upload table, put together for a quick look: columns in one order and one unit."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from data.intake import units
from data.intake.model import Checked, FoundColumn, Layout, Problems
from data.intake.periods import period_of
from data.intake.structure import place_level, squeezed
from data.intake.upload_headers import split_unit

_HEADER = "工作表"
_ANY_YEAR = 2000  # what is a month is one in any year
_TIMES = ("period", "season")
_TOWNS = frozenset({"township", "township_code", "township_village", "village_code"})


def addable(first: Checked, other: Checked) -> bool:
    """Whether the columns of two sheets say the same, each once, in units that can be brought to each other's."""
    return _pairs(first, other) is not None


def unlike_units(first: Checked, other: Checked) -> list[tuple[FoundColumn, FoundColumn]]:
    """Return the columns, of the first sheet and of another of its form, whose units cannot be brought together."""
    by_header = {_key(one): one for one in first.columns}
    without = {_bare(one): one for one in first.columns}
    pairs = [(by_header.get(_key(one)) or _alone(without, first, one), one) for one in other.columns]
    return [(target, one) for target, one in pairs if target and _factor(target, one) is None]


def like(first: Checked, other: Checked) -> Checked:
    """Return a sheet with its figures in the units of another of its form, which is told of each column converted."""
    pairs = _pairs(first, other)
    if pairs is None or other.layout is None:
        raise ValueError("sheets of two forms")
    frame, problems = other.frame.copy(), Problems()
    columns = []
    for found in other.layout.columns:
        target = pairs[found.col]
        factor = _factor(target, found)
        if factor not in {None, 1.0} and found.col in frame:
            frame[found.col] = units.convert(frame[found.col].to_numpy(), factor)
            words = {"unit": found.unit, "target": target.unit, "factor": f"{factor:g}"}
            problems.add("unit_converted", [max(other.layout.header_row, 0)], found, more=words)
        columns.append(replace(found, header=target.header, unit=target.unit))
    told = pd.concat([problems.frame(), other.problems], ignore_index=True) if problems.parts else other.problems
    return replace(other, frame=frame, problems=told, layout=replace(other.layout, columns=tuple(columns)))


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


def _pairs(first: Checked, other: Checked) -> dict[int, FoundColumn] | None:
    """Return for each column of `other`, by its position, the one of `first` that says the same; None if not all do."""
    by_header = {_key(one): one for one in first.columns}
    without = {_bare(one): one for one in first.columns}
    if len(by_header) < len(first.columns) or len(first.columns) != len(other.columns):
        return None
    # Where headers without their units are alike (户 and 人 of one thing), the whole header has to be.
    same = [by_header.get(_key(one)) or _alone(without, first, one) for one in other.columns]
    pairs = {one.col: target for one, target in zip(other.columns, same, strict=True) if target and _alike(target, one)}
    return pairs if len(pairs) == len({target.col for target in pairs.values()}) == len(other.columns) else None


def _alone(without: dict[str, FoundColumn], first: Checked, found: FoundColumn) -> FoundColumn | None:
    return without.get(_bare(found)) if len(without) == len(first.columns) else None


def _alike(first: FoundColumn, other: FoundColumn) -> bool:
    return (first.kind, first.role) == (other.kind, other.role) and _factor(first, other) is not None


def _factor(first: FoundColumn, other: FoundColumn) -> float | None:
    """Return what figures of `other` are multiplied by to be in the unit of `first`; None if they cannot be."""
    if first.unit == other.unit:
        return 1.0
    return units.factor(other.unit, first.unit) if first.unit and other.unit else None


def _key(found: FoundColumn) -> str:
    return squeezed(found.header)


def _bare(found: FoundColumn) -> str:
    return split_unit(found.header)[0]
