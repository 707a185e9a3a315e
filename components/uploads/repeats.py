"""Rows of one key: those that say the same are left out by one click, of others it is chosen which one counts."""

from collections.abc import Iterable
from functools import partial

import streamlit as st

from components import formats
from components.context import Context
from components.html.base import element
from components.uploads import held as session
from components.uploads.held import Held
from data.intake.corrections import NOT_READ, Corrections
from data.intake.repeats import Difference, Repeat, differing, repeats
from data.tables import PERSONAL, Table, items, tables

_ASKED = 6
_NAMED = 2


def found(held: Held) -> list[Repeat]:
    """Return the rows with equal keys that may be left out for each other."""
    return held.view.once("repeats", lambda: repeats(held.checked))


def ask(ctx: Context, held: Held) -> None:
    """Let repeated rows be left out."""
    _ = ctx._
    alike = [row for repeat in found(held) if repeat.alike for row in repeat.rows[1:]]
    if alike:
        told = _("Rows that repeat an earlier one in all that is read: {rows}.", rows=listed(ctx, numbers(held, alike)))
        st.html(element("p", told))
        st.button(_("Leave out these {n} rows", n=len(alike)), on_click=partial(leave_out, held, alike),
                  key="repeats_alike")  # fmt: skip
    others = [repeat for repeat in found(held) if not repeat.alike]
    if len(others) > 1:
        _every(ctx, held, others)
    for repeat in others[:_ASKED]:
        _one(ctx, held, repeat)
    if len(others) > _ASKED:
        st.html(element("p", _("and {n} more, once these are answered", n=len(others) - _ASKED), "quiet"))


def leave_out(held: Held, rows: Iterable[int]) -> None:
    """Leave rows of the sheet out, as its sender says."""
    at = {}
    for row in rows:
        of_sheet, number = held.checked.part_of(row + 1)
        if of_sheet.layout is not None:
            at[(of_sheet.layout.before or of_sheet.layout).sheet.name, number - 1] = NOT_READ
    session.say(held.file_id, Corrections(rows=at).over(session.corrections(held.file_id)))


def numbers(held: Held, rows: Iterable[int]) -> list[str]:
    """Return what rows (from 0) are called: their numbers, of several sheets with the sheet."""
    at = [held.checked.part_of(row + 1) for row in sorted(rows)]
    return [f"“{one.sheet}”{number}" if held.checked.parts else str(number) for one, number in at]


def listed(ctx: Context, rows: list[str]) -> str:
    """Return a few of many rows, as they are called."""
    _ = ctx._
    named = (_(", ")).join(rows[:_ASKED])
    return named + (_(" and {n} more", n=len(rows) - _ASKED) if len(rows) > _ASKED else "")


def _every(ctx: Context, held: Held, repeats: list[Repeat]) -> None:
    """Let the first or the last row of all groups count."""
    _ = ctx._
    names = {"first": _("the first row of each"), "last": _("the last row of each")}
    key = f"repeats_every_{held.id}"

    def chosen() -> None:
        kept = {"first": 0, "last": -1}.get(st.session_state[key])
        if kept is not None:
            leave_out(held, [row for r in repeats for row in r.rows if row != r.rows[kept]])

    st.selectbox(
        _("{n} groups of rows have the same key and differ", n=len(repeats)), list(names), index=None, key=key,
        format_func=names.__getitem__, placeholder=_("Choose for all of them"), on_change=chosen,
    )  # fmt: skip


def _one(ctx: Context, held: Held, repeat: Repeat) -> None:
    """Let be chosen which row of a group counts."""
    _ = ctx._
    key = f"repeat_{held.id}_{repeat.rows}"
    says = _says(ctx, held, repeat)

    def chosen() -> None:
        kept = st.session_state[key]
        if kept is not None:
            leave_out(held, [row for row in repeat.rows if row != kept])

    def option(row: int) -> str:
        told = says[repeat.rows.index(row)]
        return _("Row {n} counts", n=numbers(held, [row])[0]) + (f" · {told}" if told else "")

    st.selectbox(
        _("Rows {rows} have the same key and differ", rows=listed(ctx, numbers(held, repeat.rows))), list(repeat.rows),
        index=None, format_func=option, placeholder=_("Choose which one counts"), key=key, on_change=chosen,
    )  # fmt: skip


def _says(ctx: Context, held: Held, repeat: Repeat) -> list[str]:
    """Return what each row has where they differ; nothing of a table of people."""
    table = tables()[str(held.checked.table)]
    if table.id in PERSONAL:
        return [""] * len(repeat.rows)
    said: list[list[str]] = [[] for _row in repeat.rows]
    for one in differing(held.checked, repeat)[:_NAMED]:
        name, unit = _named(table, one, ctx.lang)
        for n, value in enumerate(one.values):
            said[n].append(f"{name} {_text(ctx, value, unit)}")
    return [" · ".join(parts) for parts in said]


def _named(table: Table, one: Difference, lang: str) -> tuple[str, str]:
    """Return what a column is called and its unit; a figure of the long table is its item's."""
    column, item = table.column(one.column), items().get(one.item)
    if item is None or one.column != "value":
        return column.title(lang), column.unit or ""
    return item.name_zh if lang == "zh" else item.name_en, item.unit


def _text(ctx: Context, value: object, unit: str | None) -> str:
    if formats.missing(value):
        return ctx._("blank")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return formats.quantity(float(value), unit or "", ctx._)
    return f"{value:%Y-%m-%d}" if hasattr(value, "strftime") else str(value)
