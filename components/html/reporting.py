"""The matrix of what was reported: townships, or months of one of them, by tables."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components import formats
from components.html.base import Markup, element, escape, join, raw
from components.html.table import Column, table
from components.status import status
from data.language import Translator
from data.reporting import Cell, State, Total
from data.reporting_words import arrival_words, cell_words

# Looks of the progress statuses that mean the same to a reader: red cross, orange triangle, tick ...
_LOOKS: dict[State, str] = {
    "missing": "far_behind",
    "late": "behind",
    "not_due": "not_due",
    "came": "on_schedule",
    "on_time": "done",
}


@dataclass(frozen=True, slots=True)
class Head:
    """A column of the matrix: its key, the table's name and when it is due (`""` where lines differ)."""

    key: str
    name: str
    due: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the matrix: what it is picked by, its name, and its cells by column."""

    key: str
    name: str
    cells: Mapping[str, Cell]

    @property
    def total(self) -> Total:
        """Its cells counted."""
        return Total.of(self.cells.values())


@dataclass(frozen=True, slots=True)
class Fresh:
    """How new the data of one place and table are, and how many of the villages that ever reported are as new."""

    newest: dt.date | None
    behind: int
    reported: int
    of: int


Row = tuple[str, str, Mapping[str, Fresh]]
"""Of how new the data are: code and name of a place, and its tables."""


def state_html(state: State, word: str, title: str = "") -> Markup:
    """Return symbol and word of how a duty stands, in its colour."""
    hint = f" title='{escape(title)}'" if title else ""
    return raw(f"<span class='s {status(_LOOKS[state]).css}'{hint}>{escape(word)}</span>")


def matrix(lines: Sequence[Line], heads: Sequence[Head], first: str, _: Translator) -> Markup:
    """Return lines by tables, the sums of the tables above them.

    Parameters
    ----------
    first : head of the first column.

    Under each table stands when it is due, where that is the same for all lines.
    """

    def cell(key: str) -> Column[Line]:
        def render(line: Line) -> object:
            found = line.cells.get(key)
            if found is None:
                return element("small", formats.NOTHING)
            return state_html(found.state, cell_words(found, _), arrival_words(found, _))

        return Column(next(h for h in heads if h.key == key).name, render, "st")

    columns: list[Column[Line]] = [
        Column(first, lambda line: line.name, "nm"),
        Column(_("Reported"), lambda line: f"{line.total.came}/{line.total.owed}", "num"),
        Column(_("Not reported"), lambda line: _count(line.total.missing), "num"),
        Column(_("Late"), lambda line: _count(line.total.late), "num"),
        *(cell(head.key) for head in heads),
    ]
    due = _due_row(heads, _) if all(head.due for head in heads) else ""
    top = join([due, _sum_row(lines, heads, _)])
    return table(columns, lines, key=lambda line: line.key, css="slim rep", top=top)


def _due_row(heads: Sequence[Head], _: Translator) -> Markup:
    cells = join(element("td", element("small", head.due)) for head in heads)
    own = element("small", _("Day due"))
    return raw(f"<tr class='sum'><td colspan='4'>{own}</td>{cells}</tr>")


def _sum_row(lines: Sequence[Line], heads: Sequence[Head], _: Translator) -> Markup:
    whole = Total.of(cell for line in lines for cell in line.cells.values())
    sums = [Total.of(line.cells[head.key] for line in lines if head.key in line.cells) for head in heads]
    cells = join(element("td", join([f"{one.came}/{one.owed}", _short(one, _)])) for one in sums)
    own = join(
        element("td", text, "num") for text in (f"{whole.came}/{whole.owed}", _count(whole.missing), _count(whole.late))
    )
    name = element("td", _("All"), "nm")
    return raw(f"<tr class='sum'>{name}{own}{cells}</tr>")


def _short(total: Total, _: Translator) -> Markup:
    told = _("{n} missing", n=total.missing) if total.missing else _("{n} late", n=total.late) if total.late else ""
    return element("small", f" {told}") if told else raw("")


def _count(n: int) -> object:
    return element("b", n) if n else element("small", 0)


def freshness(rows: Sequence[Row], tables: Mapping[str, str], first: str, _: Translator) -> Markup:
    """Return the newest data of places by tables.

    Parameters
    ----------
    rows : code, name, and how new each table is.
    tables : names by table id, in the order of the columns.
    first : head of the first column.
    """

    def cell(key: str) -> Column[Row]:
        return Column(tables[key], lambda row: _fresh(row[2].get(key), _), "st")

    columns: list[Column[Row]] = [Column(first, lambda row: row[1], "nm"), *(cell(key) for key in tables)]
    return table(columns, rows, key=lambda row: row[0], css="slim rep")


def _fresh(found: Fresh | None, _: Translator) -> object:
    # Many places owe nothing to a table of few; that there is nothing is no reproach here.
    if found is None or found.newest is None:
        return element("small", formats.NOTHING)
    whole = found.reported >= found.of
    part = "" if whole else element("small", " " + formats.share_of(found.reported, found.of, "村", _))
    if found.behind <= 0:
        return join([state_html("on_time" if whole else "came", formats.day(found.newest, _)), part])
    older = _("{n} months older", n=found.behind)
    return join([state_html("late", formats.month(found.newest, _, year=True), older), part])
