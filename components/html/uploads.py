"""Lists of the page `upload`: counts, columns understood, places ranked, tables to report.

In a `told` table the classes `t1` to `t8` say where a cell stands once a row is a card: see `static/style.css`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from components import formats
from components.html.base import Markup, element, escape, join, raw
from components.html.progress import bar_html
from components.html.table import Column, table
from data.grid import ROLES, Grid, Line
from data.language import Translator

_FIGURE = re.compile(r"[-+−]?[\d,.]+%?")
SEVERITIES = {"error": "far_behind", "warning": "slightly_behind", "repair": "on_schedule"}
"""The look of each kind of problem, borrowed from the statuses: symbol, colour and word."""


def severity_html(severity: str, word: str, count: int | None = None) -> Markup:
    """Return symbol and word of a kind of problem, with a count behind it where given."""
    css = SEVERITIES.get(severity, "far_behind").replace("_", "-")
    tail = "" if count is None else element("b", str(count))
    return raw(f"<span class='s s-{css}'>{escape(word)}{tail}</span>")


def problems_html(problems: pd.DataFrame, words: Mapping[str, str], _: Translator, *, rest: int = 0) -> Markup:
    """Return the problem list.

    Parameters
    ----------
    problems : columns row, column, value, rule, severity, message, repair, as `Checked.listing` gives them.
    words : translated word of each severity.
    rest : how many more there are.
    """
    columns: list[Column[Any]] = [
        Column(_("Kind"), lambda r: severity_html(r.severity, words.get(r.severity, r.severity)), "st t1"),
        Column(_("Row"), lambda r: "" if pd.isna(r.row) else str(r.row), "wrap t3 row"),
        Column(_("Column"), lambda r: r.column, "wrap t2"),
        Column(_("Value"), lambda r: _short(r.value), "wrap t5"),
        Column(_("Read as"), lambda r: _short(r.repair), "wrap t7 repair"),
        Column(_("Rule"), lambda r: element("small", r.rule), "wrap t6"),
        Column(_("What is the matter"), lambda r: r.message, "wrap t4 say"),
    ]
    foot = _("and {n} more: download the list to see all", n=formats.number(rest, 0)) if rest else ""
    return table(columns, problems.itertuples(index=False), css="slim told", foot=foot)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def grid_html(grid: Grid, meanings: Sequence[tuple[str, str]], _: Translator) -> Markup:
    """Return a file as it stands: numbers of rows, letters of columns, the role of each row by colour and word.

    Parameters
    ----------
    meanings : for each column shown what it was taken for and its unit, under the header.
    """
    letters = "".join(f"<th scope='col'>{escape(name)}</th>" for name, _found in grid.columns)
    taken = join(_taken(word, unit) for word, unit in meanings)
    label = element("td", _("Taken for"))
    taken_row = f"<tr class='g-taken'><th></th>{label}{taken}</tr>"
    heads = [n for n, line in enumerate(grid.lines) if "header" in line.roles]
    body = []
    for n, line in enumerate(grid.lines):
        body += [_left_out(line.skipped, grid, _)] if line.skipped else []
        body.append(_line(line, _))
        body += [taken_row] if heads and n == heads[-1] else []
    if not heads:
        body.insert(0, taken_row)
    body += [_left_out(grid.skipped, grid, _)] if grid.skipped else []
    row = escape(_("Row"))
    head = f"<thead><tr><th scope='col'>{row}</th><th></th>{letters}</tr></thead>"
    return raw(f"<table class='t sheet'>{head}<tbody>{''.join(body)}</tbody></table>")


def _taken(word: str, unit: str) -> Markup:
    return element("td", join([word, element("small", f" {unit}")]) if unit else word)


def _line(line: Line, _: Translator) -> str:
    words = " ".join(_(ROLES[role]) for role in line.roles)
    cells = "".join(_cell(cell.text, cell.width) for cell in line.cells)
    return f"<tr class='g-{line.roles[0]}'><th scope='row'>{line.number}</th><td>{escape(words)}</td>{cells}</tr>"


def _cell(text: str, width: int) -> str:
    span = f" colspan='{width}'" if width > 1 else ""
    css = " class='num'" if _FIGURE.fullmatch(text) else ""
    return f"<td{span}{css}>{escape(text)}</td>"


def _left_out(count: int, grid: Grid, _: Translator) -> str:
    words = _("{n} rows not shown", n=formats.number(count, 0))
    return f"<tr class='g-gap'><th></th><td colspan='{len(grid.columns) + 1}'>… {escape(words)}</td></tr>"


def columns_html(columns: Sequence[tuple[str, str, str, str]], _: Translator) -> Markup:
    """Return what each column of the file was taken for: header, column, unit, how full."""
    shown: list[Column[tuple[str, str, str, str]]] = [
        Column(_("In the file"), lambda r: r[0], "nm"),
        Column(_("Understood as"), lambda r: r[1], "wrap"),
        Column(_("Unit"), lambda r: element("small", r[2])),
        Column(_("Filled"), lambda r: r[3], "num"),
    ]
    return table(shown, columns, css="slim")


def places_html(
    values: Sequence[tuple[str, str, str, float]],
    _: Translator,
    *,
    unit: str,
    head: str,
    digits: int | None = None,
    of: str = "",
    bars: bool = True,
) -> Markup:
    """Return places with a bar each, in the order given: code, name, note, value.

    Parameters
    ----------
    of : head of the names, where they are no places.
    bars : False for values that cannot be compared.
    """
    most = max((abs(v) for _code, _name, _note, v in values), default=0) or 1

    def name(row: tuple[int, str, str, str, float]) -> Markup:
        note = element("small", f" {row[3]}") if row[3] else ""
        return join([row[2], note])

    bar: Column[tuple[int, str, str, str, float]]
    bar = Column("", lambda r: bar_html(100 * abs(r[4]) / most, None), "bar s-on-schedule")
    shown: list[Column[tuple[int, str, str, str, float]]] = [
        Column("", lambda r: str(r[0]), "rk"),
        Column(of or _("Place"), name, "nm"),
        *([bar] if bars else []),
        Column(head, lambda r: formats.quantity_html(r[4], unit, _, digits=digits), "num"),
    ]
    rows = ((n, *row) for n, row in enumerate(values, 1))
    return table(shown, rows, key=lambda r: r[1], css="slim")


def reported_html(rows: Sequence[Mapping[str, Any]], _: Translator) -> Markup:
    """Return the ten tables: what a row is, who fills it in, and what is stored.

    Parameters
    ----------
    rows : id, name, grain, who, newest (month), towns, of, batch (markup).
    """
    shown: list[Column[Mapping[str, Any]]] = [
        Column(_("Upload table"), lambda r: r["name"], "nm"),
        Column(_("One row"), lambda r: element("small", r["grain"]), "wrap x"),
        Column(_("Filled by"), lambda r: element("small", r["who"]), "wrap x"),
        Column(_("Newest month"), lambda r: r["newest"], "num"),
        Column(_("Townships"), _share, "num"),
        Column(_("Last batch"), lambda r: r["batch"], "num"),
    ]
    return table(shown, rows, key=lambda r: r["id"], css="slim")


def _share(row: Mapping[str, Any]) -> Markup | str:
    if not row["towns"]:
        return formats.NOTHING
    text = f"{row['towns']}/{row['of']}"
    return text if row["towns"] >= row["of"] else element("b", text, "dn")


def history_html(rows: Sequence[Mapping[str, Any]], _: Translator) -> Markup:
    """Return the batches, newest first.

    Parameters
    ----------
    rows : id (the number), at, who (markup), action, table, file, counts (markup), months, marks (markup), state
        (markup).
    """
    shown: list[Column[Mapping[str, Any]]] = [
        Column(_("No."), lambda r: str(r["id"]), "num t1"),
        Column(_("When"), lambda r: r["at"], "t5"),
        Column(_("Who"), lambda r: r["who"], "wrap t7"),
        Column(_("What"), lambda r: join([element("b", r["action"]), " ", r["table"]]), "wrap t2"),
        Column(_("File"), lambda r: join([element("small", r["file"]), r["marks"]]), "wrap t4"),
        Column(_("Months"), lambda r: element("small", r["months"]), "t6"),
        Column(_("Rows"), lambda r: r["counts"], "num t8 rows"),
        Column(_("State"), lambda r: r["state"], "st t3"),
    ]
    return table(shown, rows, key=lambda r: r["id"], css="slim told")


def scope_html(rows: Sequence[tuple[str, str, int, int]], _: Translator, *, rest: int = 0) -> Markup:
    """Return what months of townships have: month, township, rows stored now, rows in the file.

    Parameters
    ----------
    rest : how many more there are.
    """
    shown: list[Column[tuple[str, str, int, int]]] = [
        Column(_("Month"), lambda r: r[0], "num"),
        Column(_("Township"), lambda r: r[1], "nm"),
        Column(_("Stored"), lambda r: formats.number(r[2], 0), "num"),
        Column(_("Rows in the file"), lambda r: formats.number(r[3], 0) if r[3] else element("b", "0", "dn"), "num"),
    ]
    foot = _("and {n} more", n=formats.number(rest, 0)) if rest else ""
    return table(shown, rows, css="slim", foot=foot)


def understood_html(facts: Sequence[tuple[str, str]]) -> Markup:
    """Return short facts as label and value pairs."""
    pairs = join(raw(f"<span>{escape(k)} <b>{escape(v)}</b></span>") for k, v in facts if v)
    return raw(f"<div class='pairs'>{pairs}</div>")
