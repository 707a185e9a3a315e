"""A file as it stands: the rows that tell what it is, each with its role; nothing that could tell who somebody is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from data.covering import identifies, opened
from data.intake import Checked
from data.intake.covers import of_column
from data.intake.generic import shown
from data.intake.identity import COVERED
from data.intake.kinds import NUMBER, kind_of
from data.intake.model import FoundColumn, Layout, letter
from data.intake.signed import covered_row
from data.language import N_
from data.tables import tables

Role = Literal["title", "unit", "header", "data", "total", "section", "note"]
ROLES: dict[Role, str] = {
    "title": N_("title row"),
    "unit": N_("unit line"),
    "header": N_("header"),
    "data": N_("data"),
    "total": N_("total"),
    "section": N_("section"),
    "note": N_("note row"),
}
"""The word of each role, in the order in which rows usually stand."""

_HEAD = 12
_FIRST = 4
_TAIL = 4
_TITLES = 3
_COLUMNS = 24
_CELL = 60
# Where a column of people is covered: everywhere but above the data.
_OPEN: frozenset[Role] = frozenset({"title", "unit", "header"})


@dataclass(frozen=True)
class Cell:
    """A text and over how many columns it stands."""

    text: str
    width: int = 1


@dataclass(frozen=True)
class Line:
    """A row: its number as a spreadsheet shows it, its roles, its cells, and how many rows are left out before it."""

    number: int
    roles: tuple[Role, ...]
    cells: tuple[Cell, ...]
    skipped: int = 0


@dataclass(frozen=True)
class Grid:
    """Some rows of a sheet.

    Attributes
    ----------
    columns
        Letter of each column shown, and what it was taken for.
    left_out
        Number of columns further to the right.
    skipped
        Number of rows after the last line.
    """

    columns: tuple[tuple[str, FoundColumn | None], ...]
    lines: tuple[Line, ...]
    left_out: int
    skipped: int


def grid(checked: Checked) -> Grid | None:
    """Return the rows around the header and the last that matter; None where nothing was read."""
    layout = checked.layout and (checked.layout.before or checked.layout)
    if layout is None:
        return None
    roles = _roles(layout)
    rows = sorted(roles)
    chosen = _chosen(rows, roles)
    width = min(layout.sheet.width, _COLUMNS)
    found = {c.col: c for c in layout.columns}
    hidden = {c.col for c in layout.columns if c.role == "personal" or identifies(checked.table, c)}
    if checked.table and identifies(checked.table, None):
        hidden |= set(range(width)) - found.keys()
    covers = {c.col: of_column(c, layout.table) for c in layout.columns}
    people = _people(checked)
    if checked.table and checked.layout is not layout:
        found = _meant(checked)
        covers |= {col: of_column(c, checked.table) for col, c in found.items()}
    may = {} if people else {col: opened(checked.table, c) for col, c in found.items()}
    at = {row: place for place, row in enumerate(rows)}
    lines, before = [], -1
    for row, number in zip(chosen, layout.in_file(chosen), strict=True):
        first = people.get(number)
        aside = hidden if first is None else set(range(width)) - {first}
        cells = _cells(layout, row, roles[row], width, aside, may, covers, covered=first is not None)
        lines.append(Line(number + 1, roles[row], cells, at[row] - before - 1))
        before = at[row]
    columns = tuple((letter(col), found.get(col)) for col in range(width))
    return Grid(columns, tuple(lines), layout.sheet.width - width, len(rows) - before - 1)


def columns_in_file(checked: Checked) -> dict[int, FoundColumn]:
    """Return the columns of the sheet as the file has it, by position, with what they were taken for."""
    layout = checked.layout
    if layout is None:
        return {}
    found = {c.col: c for c in (layout.before or layout).columns}
    if not checked.table or layout.before is None:
        return found
    meant = _meant(checked)
    return {col: c if c.role == "personal" else replace(meant.get(col, c), col=col) for col, c in found.items()}


def _meant(checked: Checked) -> dict[int, FoundColumn]:
    """Return what the columns of a sheet that was taken apart were taken for; one on its side has none."""
    layout, found = checked.layout, dict[int, FoundColumn]()
    if layout is None or layout.origin is None or layout.turned or checked.table is None:
        return found
    table = tables()[checked.table]
    for column in layout.columns:
        # What is said of a whole column of figures, as its period is, stands behind the figures themselves.
        figures = bool(column.name and table.column(column.name).numeric)
        for col in np.unique(layout.origin.cells(layout.data_rows, column.col)[1]).tolist():
            if figures or col not in found:
                header = layout.origin.headers.get(col, column.header)
                found[col] = replace(column, header=header)
    return found


def _people(checked: Checked) -> dict[int, int]:
    """Return the rows of a table on its side that tell who somebody is, with the column of their headers."""
    layout = checked.layout
    if layout is None or layout.origin is None or not layout.turned:
        return {}
    found = [c for c in layout.columns if c.role == "personal" or identifies(checked.table, c)]
    cells = [layout.origin.cells([max(layout.header_row, 0)], c.col) for c in found]
    return {int(rows[0]): int(cols[0]) for rows, cols in cells}


def _roles(layout: Layout) -> dict[int, tuple[Role, ...]]:
    structure = layout.structure
    by_role: dict[Role, tuple[int, ...]] = {
        "title": structure.title_rows,
        "unit": structure.unit_rows,
        "header": structure.header_rows,
        "section": structure.section_rows,
        "total": structure.total_rows,
        "note": structure.note_rows,
    }
    found: dict[int, tuple[Role, ...]] = {int(row): ("data",) for row in structure.data_rows}
    for role, rows in by_role.items():
        for row in rows:
            known = found.get(row, ())
            found[row] = (*known, role) if known != ("data",) else (role,)
    return found


def _chosen(rows: list[int], roles: dict[int, tuple[Role, ...]]) -> list[int]:
    """Return the rows to the first data, few of a long title, and of the others totals, then notes, then the last."""
    if len(rows) <= _HEAD:
        return rows
    titles = [r for r in rows if roles[r] == ("title",)]
    kept = [r for r in rows if r not in titles[_TITLES:]]
    above = next((n for n, r in enumerate(kept) if "data" in roles[r]), 0)
    size = min(above + _FIRST, _HEAD)
    head, rest = kept[:size], kept[size:]
    totals = [r for r in rest if "total" in roles[r]][-2:]
    notes = [r for r in rest if "note" in roles[r]][: _TAIL - len(totals)]
    others = [r for r in rest if r not in totals and r not in notes]
    free = _TAIL - len(totals) - len(notes)
    return head + sorted(totals + notes + (others[-free:] if free else []))


def _cells(
    layout: Layout,
    row: int,
    roles: tuple[Role, ...],
    width: int,
    hidden: set[int],
    may: Mapping[int, Callable[[str], bool]],
    covers: Mapping[int, Callable[[str], str]],
    *,
    covered: bool = False,
) -> tuple[Cell, ...]:
    """Return a row's cells; a text that speaks for the blank cells beside it stands over them."""
    aside = not {"header", "data", "total"} & set(roles)
    texts = covered_row([layout.sheet.columns[col].text(row) for col in range(width)], aside=aside)
    if not _OPEN & set(roles):
        texts = [covers[col](text) if col in covers else text for col, text in enumerate(texts)]
    texts = [_short(text) for text in texts]
    if covered or not _OPEN & set(roles):
        shut = [col in hidden or (col in may and not may[col](text)) for col, text in enumerate(texts)]
        texts = [COVERED if text and closed else text for text, closed in zip(texts, shut, strict=True)]
    merged = {(r, c0): c1 - c0 + 1 for r, c0, _, c1 in layout.sheet.merged if c1 > c0}
    cells, col = [], 0
    while col < width:
        span = merged.get((row, col), 1) if texts[col] else 1
        if "header" in roles and texts[col]:
            paths, caption = layout.structure.paths, " ".join(layout.sheet.columns[col].text(row).split())
            beside = range(col + 1, width)
            span = next((n - col for n in beside if texts[n] or caption not in paths[n]), width - col)
        # The sum of a section stands in its column.
        if aside and texts[col] and not ("section" in roles and kind_of(texts[col]) == NUMBER):
            span = next((n for n in range(1, width - col) if texts[col + n]), width - col)
        span = min(span, width - col)
        cells.append(Cell(texts[col], span))
        col += span
    return tuple(cells)


def _short(text: str) -> str:
    text = " ".join(shown(text).split())
    return text if len(text) <= _CELL else f"{text[:_CELL]}…"
