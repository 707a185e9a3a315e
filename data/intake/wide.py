"""Tables with a column per item, as offices fill them, turned into the long table: a row per place and item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType

import numpy as np

from data.intake import units
from data.intake.headings import unit_of
from data.intake.model import Cells, Codes, FoundColumn, Sheet, Told
from data.intake.structure import NUMBER, Structure, kind_of, squeezed
from data.intake.taken_apart import as_column, like
from data.tables import Item, items, tables

# What names the place and the date of a row, and the header each has in the long table.
_KEPT = {
    "township": "乡镇",
    "village": "村名",
    "township_village": "村名",
    "county": "县区名称",
    "township_code": "代码或名称",
    "village_code": "代码或名称",
    "period": "日期",
}
_PLACES = frozenset({"township", "village", "township_village", "township_code", "village_code"})
_FIELDS = {"分子": "numerator", "numerator": "numerator", "分母": "denominator", "denominator": "denominator"}


@dataclass(frozen=True)
class ItemColumn:
    """A column whose header names an item of the facts, and which of an item's figures it holds."""

    found: FoundColumn
    item: str
    field: str

    @property
    def said(self) -> str:
        """What it is called in corrections."""
        return self.item if self.field == "value" else f"{self.item}:{self.field}"


@cache
def _named() -> dict[str, str]:
    """Return plain name or id → item."""
    names: dict[str, str] = {}
    for code, item in items().items():
        for name in (item.name_zh, item.name_en, code):
            names.setdefault(_plain(name), code)
    return names


def _plain(text: str) -> str:
    return squeezed(text).replace("(", "").replace(")", "").replace("_", "")


def item_columns(
    columns: Sequence[FoundColumn],
    structure: Structure,
    said: Mapping[int, str] = MappingProxyType({}),
    units_said: Mapping[int, str] = MappingProxyType({}),
) -> list[ItemColumn]:
    """Return the columns of figures whose header names an item; a ratio needs one column for each of its figures.

    A header without a unit has that of the unit line, if it is of the item's kind. What the sender says that columns
    are (`said`: `item`, or `item:numerator`, by position) and are in counts more than their headers.
    """
    line = units.find_units(structure.unit_text)
    found: list[ItemColumn] = []
    for column in columns:
        told, _, figure = said.get(column.col, "").partition(":")
        if column.role in {"personal", "ignored"} or not (told or column.kind in {"number", "share", ""}):
            continue
        path = structure.paths[column.col]
        own = units_said.get(column.col) or unit_of(path)
        parts = [_bare(part, own) for part in path]
        field = figure or next((_FIELDS[p] for p in parts if p in _FIELDS), "value")
        named = [told] if told else [_named()[p] for p in (*reversed(parts), "".join(parts)) if p in _named()]
        if named and field in items()[named[0]].fields:
            target = items()[named[0]].unit
            unit = own or next((u for u in line if units.factor(u, target) is not None), None)
            found.append(ItemColumn(replace(column, unit=unit), named[0], field))
    return found


def _bare(part: str, unit: str | None) -> str:
    text = _plain(part)
    return text.removesuffix(_plain(unit)) if unit else text


def to_facts(
    sheet: Sheet, structure: Structure, columns: Sequence[FoundColumn], picked: Sequence[ItemColumn]
) -> tuple[Sheet, Codes, Codes, tuple[Told, ...]] | None:
    """Turn a table with a column per item into one row per place and item; blank cells give no row.

    Returns
    -------
    sheet, rows, columns, told
        The long table with its header in row 0; for each of its rows the row and the column it came from; what is to be
        told of units and of columns that name no item. None if no column names the place of a row.
    """
    keys = [c for c in columns if c.canonical in _KEPT and c.role != "personal"]
    if not any(c.canonical in _PLACES for c in keys):
        return None
    data = structure.data_rows
    told = _left_out(columns, picked, structure.header_row)
    headers = {c.name: c.header("zh") for c in tables()["facts"].columns}
    fields = [f for f in ("value", "numerator", "denominator") if any(p.field == f for p in picked)]
    by_item: dict[str, dict[str, ItemColumn]] = {}
    for one in picked:
        by_item.setdefault(one.item, {})[one.field] = one
    texts: dict[str, list[str]] = {h: [] for h in [_KEPT[str(c.canonical)] for c in keys]}
    texts |= {headers["item"]: [], **{headers[f]: [] for f in fields}}
    origin, cols = [structure.header_row], [0]
    for code, columns_of in by_item.items():
        first = next(iter(columns_of.values())).found.col
        cells = {f: _converted(sheet.columns[c.found.col], c, items()[code]) for f, c in columns_of.items()}
        told += [t for c in columns_of.values() for t in _unit_told(c, items()[code], structure.header_row)]
        for row in data.tolist():
            written = {f: cells[f].text(row) for f in cells}
            if not any(written.values()):
                continue
            for key in keys:
                texts[_KEPT[str(key.canonical)]].append(sheet.columns[key.col].text(row))
            texts[headers["item"]].append(code)
            for f in fields:
                texts[headers[f]].append(written.get(f, ""))
            origin.append(row)
            cols.append(first)
    return (
        like(sheet, [as_column([header, *values]) for header, values in texts.items()]),
        np.array(origin, dtype=np.intp),
        np.array(cols, dtype=np.intp),
        tuple(told),
    )


def _left_out(columns: Sequence[FoundColumn], picked: Sequence[ItemColumn], row: int) -> list[Told]:
    taken = {c.found.col for c in picked}
    figures = [c for c in columns if c.kind in {"number", "share"} and c.canonical != "seq" and c.role != "personal"]
    return [Told("no_item", row, c) for c in figures if c.col not in taken]


def _factor(column: ItemColumn, item: Item) -> float | None:
    """Return what the column's figures are multiplied by to be in the item's unit; None where that is impossible."""
    unit = column.found.unit
    if unit is None or item.unit == "分子/分母" or not units.known(item.unit):
        return 1.0
    return units.factor(unit, item.unit)


def _unit_told(column: ItemColumn, item: Item, row: int) -> list[Told]:
    factor = _factor(column, item)
    if factor == 1:
        return []
    words = {"unit": column.found.unit, "target": item.unit, "factor": f"{factor:g}" if factor else ""}
    return [Told("unit_converted" if factor else "wrong_unit", row, column.found, words)]


def _converted(cells: Cells, column: ItemColumn, item: Item) -> Cells:
    factor = _factor(column, item)
    if factor in {None, 1.0}:
        return cells
    scale = float(factor or 1)

    def text(cell: str) -> str:
        if kind_of(cell) != NUMBER or cell.endswith("%"):
            return cell
        return f"{units.convert(float(squeezed(cell).replace(',', '')), scale):.15g}"

    return Cells(cells.codes, [text(t) for t in cells.texts])
