"""Periods as columns: what a header says of time, and upload tables with a column per month or year made long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data.intake import units
from data.intake.headings import unit_of
from data.intake.in_one_unit import Figures, in_one_unit
from data.intake.item_names import item_label, item_named, only_named
from data.intake.long_form import UNIT, Group, Long, errors_passed_over, lengthened
from data.intake.model import Cells, Codes, FoundColumn, Refusal, Sheet, Told, letter
from data.intake.periods import in_header, last_day, period_of, period_of_table
from data.intake.structure import Structure, is_total, squeezed, unmarked
from data.intake.upload_headers import PLACES, columns_of, header_of, match_header, plain, split_unit
from data.tables import Column, Table

_WHOLE = frozenset({"全年", "全年数", "年计", "本年"})
_SHORTEST_NAME = 3
_NAMES = {"village_name": "村名", "township_name": "乡镇"}
_ENOUGH = 0.5
_TOLERANCE = 0.005
_ANY_YEAR = 2023


@dataclass(frozen=True)
class Timed:
    """A column of figures of one period.

    Attributes
    ----------
    period
        As the header says it, from top to bottom: `2023年1月`.
    rest
        What the header says besides.
    """

    found: FoundColumn
    period: str
    rest: tuple[str, ...]


def timed(columns: Sequence[FoundColumn], structure: Structure) -> list[Timed]:
    """Return the columns of figures whose header names a period; none unless it tells columns apart.

    2023年到位额 beside 2023年累计支出 only says of which year the table is; one month for all columns dates them,
    unless rows have dates of their own.
    """
    found = []
    for column in columns:
        if column.role == "personal" or column.kind not in {"number", "share", "period", ""}:
            continue
        parts = [in_header(part) for part in structure.paths[column.col]]
        period = "".join(said for said, _ in parts)
        if period:
            rest = tuple(unmarked(text) for _, text in parts if text and not units.known(squeezed(text).strip("()")))
            found.append(Timed(column, period, rest))
    periods = {one.period for one in found}
    if len(periods) > 1:
        return found
    by_rows = any(c.canonical == "period" for c in columns)
    dating = all(len(period_of(period, _ANY_YEAR) or "") > len("2023") for period in periods)
    return found if dating and not by_rows else []


def unread_periods(columns: Sequence[FoundColumn], structure: Structure, table: Table) -> list[Told]:
    """Return that periods stand in columns and nothing says what they are figures of; else the file has none."""
    if not table.dated or any(c.name and c.name not in table.key and table.column(c.name).numeric for c in columns):
        return []
    unknown = timed([c for c in columns if c.role == "unknown"], structure)
    measures = [c for c in table.columns if c.numeric and c.unit != "年"]
    words = {"measures_zh": "、".join(c.zh for c in measures[:3]), "measures_en": ", ".join(c.en for c in measures[:3])}
    told = Told("periods_unread", structure.header_row, unknown[0].found, words) if unknown else None
    return [told] if told else []


def day_of(period: str, year: int | None) -> str | None:
    """Return the last day of a period that a header names; None without a year."""
    named = period_of(period, year)
    return last_day(named).isoformat() if named else None


def period_named(structure: Structure, about: str) -> str | None:
    """Return the period that the title, else the name of the sheet or file speaks of: `2023-05`, `2023`."""
    return period_of_table(structure.title, about, structure.days)


def year_of(structure: Structure, about: str) -> int | None:
    """Return the year that the title, else the name of the sheet or file speaks of."""
    named = period_named(structure, about)
    return int(named[:4]) if named else None


def undated(columns: Sequence[Timed], year: int | None) -> Refusal | None:
    """Return why a table whose headers leave out the year cannot be used; None if all can be dated."""
    lost = [one.found.header for one in columns if day_of(one.period, year) is None]
    if not lost:
        return None
    return Refusal("period_without_year", headers="、".join(lost[:3]) + ("…" if len(lost) > 3 else ""))


def told_across(columns: Sequence[Timed], year: int | None, row: int) -> list[Told]:
    """Return what is to be told of periods that stand in columns."""
    days = sorted(day for one in columns if (day := day_of(one.period, year)))
    if not days:
        return []
    words = {"count": len(columns), "first": days[0], "last": days[-1]}
    return [Told("periods_across", row, columns[0].found, words, columns[0].found.header)]


def totals_across(
    sheet: Sheet,
    data: Codes,
    totals: Sequence[FoundColumn],
    parts: Sequence[FoundColumn],
    row: int,
    *,
    over_time: bool = True,
    whole: bool = True,
    running: bool = False,
) -> list[Told]:
    """Return that columns are totals of others, and where they are not the sum of these, each in its own unit.

    Figures of the year to date are not summed: over time the total may repeat the last one. Of a `running` total, whose
    figures of several periods are summed nonetheless, they are those of the periods alone. Parts that need not be the
    whole, as those marked 其中, are only told of where they exceed it, unless most rows say that they are all.
    """
    told = [Told("total_column", row, found) for found in totals]
    if running and len(parts) > 1:
        told += [Told("not_to_date", row, total) for total in totals if _sums_up(sheet, data, total, parts)]
    return [*told, *_differences(sheet, data, totals, parts, over_time=over_time, whole=whole)]


def _sums_up(sheet: Sheet, data: Codes, total: FoundColumn, parts: Sequence[FoundColumn]) -> bool:
    """Whether a column is the sum of others, not the last of them, in most rows in which that makes a difference."""
    own = _figures(sheet, total, data).values[data]
    figures = np.nan_to_num(np.stack([_figures(sheet, part, data).values[data] for part in parts], axis=1))
    sums, most = figures.sum(axis=1), figures.max(axis=1)
    telling = ~np.isnan(own) & (sums - most > _TOLERANCE * np.maximum(sums, 1))
    alike = np.abs(own - sums) <= _TOLERANCE * np.maximum(np.abs(sums), 1)
    return bool(telling.any() and 2 * (alike & telling).sum() > telling.sum())


def captioned_totals(sheet: Sheet, structure: Structure, columns: Sequence[FoundColumn]) -> list[Told]:
    """Return where a column headed 合计 differs from the sum of all others under its caption: 小计, 中央, 省级.

    Columns marked 其中 are not all of its parts, and shares are none.
    """
    told: list[Told] = []
    for total in columns:
        path = structure.paths[total.col]
        if len(path) < 2 or not says_total(path):
            continue
        beside = [c for c in columns if c.col != total.col and structure.paths[c.col][:-1] == path[:-1]]
        leaves = [structure.paths[c.col][-1] for c in beside]
        if (
            len(beside) > 1
            and all(c.kind == "number" for c in beside)
            and all(unmarked(t) == t.strip() for t in leaves)
        ):
            told += _differences(sheet, structure.data_rows, [total], beside)
    return told


def _differences(
    sheet: Sheet,
    data: Codes,
    totals: Sequence[FoundColumn],
    parts: Sequence[FoundColumn],
    *,
    over_time: bool = False,
    whole: bool = True,
) -> list[Told]:
    if not parts or not totals:
        return []
    told = []
    read = [_figures(sheet, part, data) for part in parts]
    for found in totals:
        stated = _figures(sheet, found, data)
        if stated.unit is None and len({part.unit for part in read}) > 1:
            continue  # of unlike parts, in no unit that anything says
        figures = np.stack([stated.values[data], *(part.values[data] * _scale(part, stated) for part in read)], axis=1)
        own, figures = figures[:, 0], figures[:, 1:]
        known = ~np.isnan(figures)
        sums = np.nansum(figures, axis=1)
        last = np.array([line[seen][-1] if seen.any() else np.nan for line, seen in zip(figures, known, strict=True)])
        allowed = _TOLERANCE * np.maximum(np.abs(sums), 1) if _decimals(sheet, found, parts, data) else 1e-6
        differs = ~np.isnan(own) & known.any(axis=1)
        differs &= np.abs(own - sums) > allowed
        if over_time:
            differs &= np.abs(own - last) > allowed
        if not whole and 2 * differs.sum() > len(data):
            differs &= sums - own > allowed
        unit = stated.unit if stated.unit and any(part.unit != stated.unit for part in read) else ""
        for at in np.flatnonzero(differs).tolist():
            words = {"sum": f"{sums[at]:.10g}{unit}", "difference": f"{own[at] - sums[at]:+.10g}{unit}"}
            told.append(
                Told("total_column_differs", int(data[at]), found, words, sheet.columns[found.col].text(data[at]))
            )
    return told


def _figures(sheet: Sheet, found: FoundColumn, data: Codes) -> Figures:
    """Return the figures of a column as they are read, each by its own unit."""
    return in_one_unit(sheet.columns[found.col], data, found.unit, None)


def _scale(part: Figures, total: Figures) -> float:
    """Return by what the figures of a part are multiplied to be in the unit of the total."""
    return (units.factor(part.unit, total.unit) if part.unit and total.unit else None) or 1.0


def _decimals(sheet: Sheet, found: FoundColumn, parts: Sequence[FoundColumn], data: Codes) -> bool:
    """Whether any of the figures is printed rounded."""
    return any("." in sheet.columns[one.col].text(row) for one in (found, *parts) for row in data.tolist())


def says_total(path: tuple[str, ...]) -> bool:
    """Whether a header speaks of a total of the columns beside it."""
    leaf = squeezed(split_unit(unmarked(path[-1]))[0]) if path else ""
    return is_total(leaf) or leaf in _WHOLE


# -- upload tables ---------------------------------------------------------------------------------------------------


def over_periods(
    sheet: Sheet, structure: Structure, named: Sequence[FoundColumn], about: str, table: Table
) -> Long | None:
    """Turn a table with a column per period into one row per period; None if it is no such form of this table.

    What is measured stands above the periods or beside them in the header, else in the title.
    """
    if table.date_column is None or "as_of" not in table.names:
        return None
    columns = timed(named, structure)
    measured = _measured(columns, table, f"{structure.title} {about}") if columns else None
    if not measured:
        return None
    totals = [c for c in named if c.canonical != "seq" and says_total(structure.paths[c.col])]
    totals = [c for c in totals if not any(c.col == one.found.col for one, _ in measured)]
    kept = _kept(structure, named, table, {*(one.found.col for one, _ in measured), *(c.col for c in totals)})
    if kept is None or not _places(table) & set(kept):
        return None
    said: dict[str, str] = {}
    if table.id == "facts":
        by_rows = _items_in_rows(sheet, structure, kept)
        item = None if by_rows else item_named(f"{structure.title} {about} {' '.join(columns[0].rest)}")
        if by_rows:
            kept = {table.column("item").zh if header == by_rows else header: col for header, col in kept.items()}
        elif item:
            said = {table.column("item").zh: item}
        else:
            return None
    year = year_of(structure, about)
    row = structure.header_row
    units_of = {name: _units(measured, name, table.column(name), structure) for _, name in measured}
    told = told_across([one for one, _ in measured], year, row)
    groups: dict[str, dict[str, tuple[Cells, int]]] = {}
    for one, name in measured:
        header, cells = table.column(name).zh, sheet.columns[one.found.col]
        if len(set(units_of[name].values())) == 1 and (unit := units_of[name][one.found.col]):
            header = f"{header}（{unit}）"
        groups.setdefault(one.period, {})[header] = (cells, one.found.col)
    for total in totals:
        of = measure_of(tuple(unmarked(part) for part in structure.paths[total.col][:-1]), table)
        parts = [one.found for one, name in measured if of in {None, name}]
        running = any(table.column(name).cumulative for _, name in measured if of in {None, name})
        summed = parts if of or len(units_of) == 1 else []
        told += totals_across(sheet, structure.data_rows, [total], summed, row, running=running)
    day = table.column("as_of").zh
    differ = any(len(set(own.values())) > 1 for own in units_of.values())
    if differ and len(units_of) > 1:
        return None
    listed = []
    for period, figures in groups.items():
        own_unit = units_of[measured[0][1]][next(at for _, at in figures.values())] if differ else None
        differing = {UNIT: own_unit or ""} if differ else {}
        listed.append(Group({day: day_of(period, year) or "", **said, **differing}, figures))
    told += errors_passed_over(structure.data_rows, listed, named)
    headers = {col: header_of(path) for col, path in enumerate(structure.paths) if path}
    long, origin = lengthened(sheet, row, structure.data_rows, kept, listed, headers)
    return Long(long, origin, tuple(told), bool(said), undated([one for one, _ in measured], year))


def measure_of(rest: tuple[str, ...], table: Table) -> str | None:
    """Return the column of figures that what a header says besides the period means."""
    for text in (*reversed(rest), "".join(rest)):
        role, name, _, _ = match_header(table.id, text)
        if role == "column" and name and name not in table.key and table.column(name).numeric:
            return name
    return None


def _measured(columns: Sequence[Timed], table: Table, title: str) -> list[tuple[Timed, str]]:
    """Return columns of periods with the column of the table that each gives figures for."""
    found = [(one, measure_of(one.rest, table)) for one in columns]
    if not any(name for _, name in found) and len({one.rest for one in columns}) == 1:
        caption = "".join(columns[0].rest)
        name = _named_in(caption, table) or _named_in(title, table) or ("value" if table.id == "facts" else None)
        found = [(one, name) for one, _ in found]
    return [(one, name) for one, name in found if name]


def _named_in(text: str, table: Table) -> str | None:
    """Return the one column of figures that a text names; None if it names none or several."""
    names = {plain(name): c.name for c in table.columns if c.numeric and c.name not in table.key and c.unit != "年"
             for name in (c.zh, *c.aliases) if len(plain(name)) >= _SHORTEST_NAME}  # fmt: skip
    return only_named(plain(text), names)


def _kept(structure: Structure, named: Sequence[FoundColumn], table: Table, taken: set[int]) -> dict[str, int] | None:
    """Return header in the long table → column of all that is said of each period; None if that makes no sense.

    A figure or a date of the row's own cannot be said of every period.
    """
    canonical = {c.col: c.canonical for c in named}
    kept: dict[str, int] = {}
    for found in columns_of(table.id, structure.paths):
        if found.col in taken or found.role == "ignored" or canonical.get(found.col) == "seq":
            continue
        header = _NAMES.get(found.role) or PLACES.get(str(canonical.get(found.col)), found.header)
        if found.name:
            column = table.column(found.name)
            if column.type == "date" or column.name == "month" or (column.numeric and column.unit != "年"):
                return None
            header = column.zh
        kept[header if header not in kept else f"{found.header} {letter(found.col)}"] = found.col
    return kept


def _places(table: Table) -> set[str]:
    """Return the headers in the long table that name a place."""
    return {*_NAMES.values(), *(c.zh for c in table.columns if c.role)} | {PLACES["village"], PLACES["village_code"]}


def _items_in_rows(sheet: Sheet, structure: Structure, kept: Mapping[str, int]) -> str | None:
    """Return which column names an item in at least half of its different texts."""
    for header, col in kept.items():
        texts = {sheet.columns[col].text(row) for row in structure.data_rows.tolist()} - {""}
        if texts and sum(item_label(text)[0] is not None for text in texts) >= _ENOUGH * len(texts):
            return header
    return None


def _units(
    measured: Sequence[tuple[Timed, str]], name: str, column: Column, structure: Structure
) -> dict[int, str | None]:
    """Return the unit of each column of a measure: its header's, else that of the unit line or title, if it fits."""
    fitting = units.fitting(units.find_units(structure.unit_text), column.unit)
    return {one.found.col: unit_of(structure.paths[one.found.col]) or fitting for one, of in measured if of == name}
