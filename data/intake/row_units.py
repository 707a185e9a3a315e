"""Units that rows name, in a column of units or in the label of an item, and what they are multiplied by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data.intake import units
from data.intake.item_names import item_label
from data.intake.model import FoundColumn, Sheet, Told
from data.intake.structure import Structure
from data.tables import Column, Table, items

# What is told of a unit where none is wanted.
_NO_UNIT = {units.FLAG: "flag_unit", units.OF_RATIO: "ratio_part_unit"}

Scales = np.ndarray[Any, np.dtype[np.float64]]
Names = np.ndarray[Any, np.dtype[np.object_]]
# Unit, unit wanted, factor (None: impossible).
_Way = tuple[str, str, float | None]


@dataclass(frozen=True)
class _Row:
    """What one row says of its figures; columns of it are shared by all rows alike."""

    item: str
    unit: str


def row_scales(
    sheet: Sheet, structure: Structure, columns: Sequence[FoundColumn], table: Table
) -> tuple[tuple[FoundColumn, ...], dict[int, Scales], dict[int, Names], list[Told]]:
    """Return what figures are multiplied by row by row, where rows name a unit or, in the long table, what has one.

    Returns
    -------
    columns, scales, names, told
        The column of units taken for one, and columns to be scaled said to be in the declared unit; scales by position
        of the column, one for each row of the sheet, and likewise the unit a figure without one of its own is in; each
        conversion once, an impossible one with each row.
    """
    unit_column = next((c for c in columns if c.canonical == "unit" and c.name is None), None)
    item_column = next((c for c in columns if c.name == "item" and table.id == "facts"), None)
    if unit_column is None and item_column is None:
        return tuple(columns), {}, {}, []
    line = units.find_units(structure.unit_text)
    rows = structure.data_rows.tolist()
    items_of, units_of = (sheet.columns[c.col] if c else None for c in (item_column, unit_column))
    said = [_Row(items_of.text(r) if items_of else "", units_of.text(r) if units_of else "") for r in rows]
    found: list[FoundColumn] = []
    scales: dict[int, Scales] = {}
    names: dict[int, Names] = {}
    told: list[Told] = []
    for column in columns:
        declared = table.column(column.name) if column.name else None
        if column is unit_column:
            found.append(replace(column, role="ignored"))
        elif declared is None or not declared.numeric or declared.unit == "年" or (column.unit and not item_column):
            found.append(column)
        else:
            ways = {row: _way(row, declared, column, line) for row in dict.fromkeys(said)}
            if any(ways.values()):
                scale = np.ones(sheet.height)
                scale[rows] = [1.0 if (way := ways[row]) is None or way[2] is None else way[2] for row in said]
                scales[column.col] = scale
                told += _told(ways, said, rows, column)
            if column.col in scales or declared.name == "value":
                own = {row: _units(row, declared, column, line) for row in ways}
                named = np.full(sheet.height, "", dtype=object)
                named[rows] = [own[row][0] or own[row][1] or "" for row in said]
                names[column.col] = named
            found.append(replace(column, unit=declared.unit) if column.col in scales and not item_column else column)
    return tuple(found), scales, names, told


def scaled(values: Scales, scales: Scales) -> Scales:
    """Return figures multiplied row by row."""
    result = values.copy()
    for scale in np.unique(scales[scales != 1]).tolist():
        result[scales == scale] = units.convert(values[scales == scale], scale)
    return result


def _way(row: _Row, declared: Column, column: FoundColumn, line: Sequence[str]) -> _Way | None:
    """Return unit, unit wanted and factor (None: impossible) of a row's figures; None if there is nothing to say."""
    unit, target = _units(row, declared, column, line)
    if target is None or unit is None or (factor := units.factor(unit, target)) == 1:
        return None
    return unit, target, factor


def _units(row: _Row, declared: Column, column: FoundColumn, line: Sequence[str]) -> tuple[str | None, str | None]:
    """Return the unit that is named for a row's figures, and the one wanted; None for what is not known."""
    item, own = item_label(row.item)
    target = items()[item].unit if item and declared.unit == "随事项" else declared.unit
    unit = own or (row.unit if units.known(row.unit) else None) or column.unit
    if target == units.FLAG or (target == units.OF_RATIO and unit and units.is_share(unit)):
        return unit, target
    if not target or not units.known(target):
        return unit, None
    return unit or next((u for u in line if units.factor(u, target) is not None), None), target


def _told(
    ways: "dict[_Row, tuple[str, str, float | None] | None]",
    said: Sequence[_Row],
    rows: Sequence[int],
    column: FoundColumn,
) -> list[Told]:
    told, seen = [], set()
    for row, at in zip(said, rows, strict=True):
        way = ways[row]
        if way is None:
            continue
        unit, target, factor = way
        words = {"unit": unit, "target": target, "factor": f"{factor:g}" if factor else ""}
        if factor is None:
            told.append(Told(_NO_UNIT.get(target, "wrong_unit"), at, column, words))
        elif way not in seen:
            seen.add(way)
            told.append(Told("unit_converted", at, column, words))
    return told
