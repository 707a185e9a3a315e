"""One dense table for every page: columns are a head and a function from a row to its cell."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Generic, TypeVar

import pandas as pd

from components.formats import date, missing, number, percent
from components.html.base import Markup, escape, raw
from data.language import Translator

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """A column: its translated head, the cell of a row (escaped unless markup), CSS classes of its cells.

    Classes: `num` right-aligned, `nm` the row's name, `st` status, `gap`, `bar`, `org`; `x` is left out on a phone;
    `tgt` then stands behind the value of its card.
    """

    head: object
    cell: Callable[[R], object]
    css: str = ""


def table(
    columns: Sequence[Column[R]],
    rows: Iterable[R],
    *,
    key: Callable[[R], object] | None = None,
    row_css: Callable[[R], str] | None = None,
    css: str = "",
    top: Markup | None = None,
    foot: object = "",
) -> Markup:
    """Return a table of our own look.

    Parameters
    ----------
    columns, rows : what to show, in this order.
    key : the id a row reports when it is picked on a `board`; None for a table that is only read.
    row_css : class of a row, such as the one of its status.
    css : further classes of the table; `cards` turns rows into cards on a phone.
    top : whole rows above the others, such as sums.
    foot : a last line under the rows, across all columns.
    """
    classes = [f" class='{c.css}'" if c.css else "" for c in columns]
    head = "".join(f"<th scope='col'{css_}>{escape(c.head)}</th>" for c, css_ in zip(columns, classes, strict=True))
    cells = [(c.cell, f"<td{css_}>") for c, css_ in zip(columns, classes, strict=True)]
    body = [] if top is None else [str(top)]
    for row in rows:
        tag = "<tr" if row_css is None else f"<tr class='{row_css(row)}'"
        if key is not None:
            tag += f' data-id="{escape(key(row))}"'
        # Not `+`: a plain text added to markup would be escaped.
        body.append(f"{tag}>{''.join([f'{start}{escape(cell(row))}</td>' for cell, start in cells])}</tr>")
    if foot:
        body.append(f"<tr class='rest'><td colspan='{len(columns)}'>{escape(foot)}</td></tr>")
    role = " role='grid'" if key is not None else ""
    return raw(f"<table class='t {css}'{role}><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>")


def records(frame: pd.DataFrame, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Iterate over the named columns as plain Python values; a column the frame does not have reads as None."""
    columns: list[Iterable[Any]] = [frame[name].tolist() if name in frame else repeat(None) for name in names]
    # The first column bounds the others, which may be endless repeats.
    return zip(range(len(frame)), *columns, strict=False)


CELLS: dict[str, Callable[[Any, Translator], object]] = {
    "text": lambda v, _: text(v),
    "number": lambda v, _: number(v),
    "percent": lambda v, _: percent(v),
    "date": date,
    "yes": lambda v, _: "" if missing(v) else _("yes") if v else _("no"),
}
"""How a column of a plain frame is written, by kind."""


def frame_table(
    frame: pd.DataFrame,
    heads: Mapping[str, str],
    _: Translator,
    *,
    kinds: Mapping[str, str] | None = None,
    key: str | None = None,
    css: str = "slim",
    foot: str = "",
) -> Markup:
    """Return a plain frame as a table: problems of an upload, the history of batches, parameters of a plan.

    Parameters
    ----------
    heads : translated head by column, in the order shown.
    kinds : kind of a column as in `CELLS`; "text" where nothing is said. Text breaks lines, numbers stand right.
    key : column whose value a row reports when picked on a `board`.
    foot : a last line under the rows.
    """
    named = kinds or {}

    def column(i: int, name: str) -> Column[tuple[Any, ...]]:
        kind = named.get(name, "text")
        write = CELLS[kind]
        css_ = {"number": "num", "percent": "num", "text": "wrap"}.get(kind, "")
        return Column(heads[name], lambda row: write(row[i], _), css_)

    fields = [*heads, *([key] if key else [])]
    columns = [column(i + 1, name) for i, name in enumerate(heads)]
    return table(columns, records(frame, fields), key=(lambda row: row[-1]) if key else None, css=css, foot=foot)


def text(value: Any) -> str:
    """Return a cell's text, "" for nothing."""
    return "" if missing(value) else str(value)
