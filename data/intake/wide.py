"""Tables with a column per item, as offices fill them, turned into the long table: a row per place, item and period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from data.intake import units
from data.intake.across import Timed, day_of, says_total, timed, told_across, totals_across, undated, year_of
from data.intake.headings import unit_of
from data.intake.item_names import items_by_name, without_unit
from data.intake.long_form import UNIT, Group, Long, lengthened
from data.intake.model import Cells, FoundColumn, Sheet, Told
from data.intake.structure import Structure, unmarked
from data.intake.unit_columns import said_by_rows, unit_columns
from data.intake.upload_headers import PLACES, header_of
from data.tables import items, tables

# What names the place and the date of a row, and the header each has in the long table.
_KEPT = {**PLACES, "period": "日期"}
_PLACES = frozenset(PLACES) - {"county"}
_FIELDS = {"分子": "numerator", "numerator": "numerator", "分母": "denominator", "denominator": "denominator"}


@dataclass(frozen=True)
class ItemColumn:
    """A column whose header names an item of the facts, which of its figures it holds, and of which period."""

    found: FoundColumn
    item: str
    field: str
    timed: Timed | None = None

    @property
    def said(self) -> str:
        """What it is called in corrections."""
        return self.item if self.field == "value" else f"{self.item}:{self.field}"

    @property
    def period(self) -> str:
        """The period the header names; empty if it names none."""
        return self.timed.period if self.timed else ""


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
    known = items_by_name()
    over_time = {one.found.col: one for one in timed(columns, structure)}
    found: list[ItemColumn] = []
    for column in columns:
        told, _, figure = said.get(column.col, "").partition(":")
        if column.role in {"personal", "ignored"} or not (told or column.kind in {"number", "share", ""}):
            continue
        path = structure.paths[column.col]
        own = units_said.get(column.col) or unit_of(path)
        moment = over_time.get(column.col)
        parts = [without_unit(unmarked(part), own) for part in (moment.rest if moment else path)]
        field = figure or next((_FIELDS[p] for p in parts if p in _FIELDS), "value")
        named = [told] if told else [known[p] for p in (*reversed(parts), "".join(parts)) if p in known]
        if named and field in items()[named[0]].fields:
            target = items()[named[0]].unit
            unit = own or next((u for u in line if units.factor(u, target) is not None), None)
            found.append(ItemColumn(replace(column, unit=unit), named[0], field, moment))
    return found


def to_facts(
    sheet: Sheet, structure: Structure, columns: Sequence[FoundColumn], picked: Sequence[ItemColumn], about: str = ""
) -> Long | None:
    """Turn a table with a column per item into one row per place and item; blank cells give no row.

    Returns
    -------
    Long or None
        The long table, and what is to be told of units, totals and columns that name no item. None if no column names
        the place of a row.
    """
    over_time = [one.timed for one in picked if one.timed]
    keys = [c for c in columns if c.canonical in _KEPT and c.role != "personal" and not _is_picked(c, picked)]
    if over_time:
        # Each column has its own date.
        keys = [c for c in keys if c.canonical != "period"]
    if not any(c.canonical in _PLACES for c in keys):
        return None
    row, year = structure.header_row, year_of(structure, about)
    picked, totals = _without_totals(picked, structure)
    titles = {c.name: c.header("zh") for c in tables()["facts"].columns}
    told = told_across(over_time, year, row)
    groups: dict[tuple[str, str], dict[str, tuple[Cells, int]]] = {}
    unit_of: dict[tuple[str, str], str] = {}
    for one in picked:
        at = one.found.col
        group = groups.setdefault((one.item, one.period), {})
        if titles[one.field] in group:
            told.append(Told("column_twice", row, one.found, {"other": group[titles[one.field]][1] + 1}))
            continue
        group[titles[one.field]] = (sheet.columns[at], at)
        unit_of.setdefault((one.item, one.period), one.found.unit or "")
    for total in totals:
        parts = [one.found.col for one in picked if one.item == total.item]
        told += totals_across(sheet, structure.data_rows, [total.found], parts, row)
    left = _left_out(columns, [*picked, *totals])
    whole = [c for c in left if says_total(structure.paths[c.col])]
    told += [Told("no_item", row, c) for c in left if c not in whole]
    # Items in one unit may be summed, periods of several items may not.
    alike = len({(items()[one.item].unit, one.found.unit) for one in picked}) == 1 < len(picked) and not over_time
    parts = [one.found.col for one in picked] if alike else []
    told += totals_across(sheet, structure.data_rows, whole, parts, row, over_time=False)
    targets = {one.found.col: (items()[one.item].unit, one.found.unit or "") for one in picked}
    by_rows, odd = said_by_rows(sheet, structure.data_rows, unit_columns(columns, list(targets)), targets)
    told += odd
    listed = []
    for (item, period), figures in groups.items():
        day = {_KEPT["period"]: day_of(period, year) or ""} if period else {}
        rows_say = next((by_rows[at] for _, at in figures.values() if at in by_rows), None)
        own_unit = {UNIT: rows_say or unit_of[item, period]} if by_rows or any(unit_of.values()) else {}
        listed.append(Group({titles["item"]: item, **own_unit, **day}, figures))
    headers = {col: header_of(path) for col, path in enumerate(structure.paths) if path}
    kept = {_KEPT[str(c.canonical)]: c.col for c in keys}
    long, origin = lengthened(sheet, row, structure.data_rows, kept, listed, headers)
    return Long(long, origin, tuple(told), own_items=True, refusal=undated(over_time, year))


def _is_picked(column: FoundColumn, picked: Sequence[ItemColumn]) -> bool:
    return any(one.found.col == column.col for one in picked)


def _without_totals(picked: Sequence[ItemColumn], structure: Structure) -> tuple[list[ItemColumn], list[ItemColumn]]:
    """Part the totals of an item's periods from these."""
    over_time = {one.item for one in picked if one.period}
    totals = [o for o in picked if o.item in over_time and not o.period and says_total(structure.paths[o.found.col])]
    return [one for one in picked if one not in totals], totals


def _left_out(columns: Sequence[FoundColumn], picked: Sequence[ItemColumn]) -> list[FoundColumn]:
    """Return columns of figures that name no item."""
    figures = [c for c in columns if c.kind in {"number", "share"} and c.canonical != "seq" and c.role != "personal"]
    return [c for c in figures if not _is_picked(c, picked)]
