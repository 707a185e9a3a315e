"""Masked lists of a village's households, persons and staff, for those who may see them and say why."""

import pandas as pd
import streamlit as st

from components import actor, formats
from components.context import Context
from components.fragment import fragment
from components.html.base import Markup, element
from components.html.table import frame_table
from components.panels import foot, panel, scroll
from components.place.finder import Here
from data import loaders, people
from data.tables import tables

LISTS = ("households", "persons", "staff")
_KINDS = {"bool": "yes", "int": "number", "float": "number"}


def of_village(ctx: Context, here: Here) -> None:
    """Offer the lists on the page of a village; others see nothing of it, nor does a page that can write no log."""
    if here.level == "village" and ctx.may("persons", {str(here.town)}) and not loaders.store().read_only:
        _asked(ctx, here.code)


@fragment
def _asked(ctx: Context, village: str) -> None:
    """Ask which list and why; show it for this one run, so that the next list needs its own reason."""
    _ = ctx._
    with panel("people", _("Lists of people (masked)"), _("each look is logged with its reason"), stretch=False):
        who = actor.current()
        names = {name: tables()[name].name_zh if ctx.lang == "zh" else tables()[name].name_en for name in LISTS}
        with (
            st.form("people", clear_on_submit=True, border=False),
            st.container(horizontal=True, vertical_alignment="bottom"),
        ):
            table = st.selectbox(_("List"), LISTS, format_func=names.__getitem__, key="people_table")
            said = st.text_input(
                _("Why you need it"), key="people_reason", max_chars=people.LONGEST_REASON,
                placeholder=_("a sentence; no names and no numbers of people"),
            )  # fmt: skip
            named = actor.fields(ctx, "people") if who is None else None
            asked = st.form_submit_button(_("Show the list"), key="people_show")
        if not asked:
            return
        if who is None and named is not None:
            if told := named.missing(_):
                st.warning(told)
                return
            who = actor.confirm(named)
        why = people.reason(said)
        if why is None or who is None:
            st.warning(_("Say in a sentence why you need the list; it is logged."))
            return
        day = ctx.need_date()
        rows = loaders.people(ctx.county.slug, str(table), village, day, why, who)  # logged before it is here
        if rows.empty:
            st.html(element("p", _("No row of this list counts here at this date."), "quiet"))
            return
        with scroll("people"):
            st.html(_table(ctx, str(table), rows))
        foot(
            _("Source: {text}", text=names[str(table)]),
            _("Data up to {day}", day=formats.date(day, _)),
            _("{n} rows", n=len(rows)),
            _("without names and numbers; days as months; gone when you leave or ask again"),
        )


def _table(ctx: Context, table: str, rows: pd.DataFrame) -> Markup:
    columns = [column for column in people.shown(table) if column.name in rows]
    told = {c.name: rows[c.name].map(lambda v, c=c: c.label(v, ctx.lang)) for c in columns if c.type == "enum"}
    heads = {c.name: c.title(ctx.lang) for c in columns}
    return frame_table(rows.assign(**told), heads, ctx._, kinds={c.name: _KINDS.get(c.type, "text") for c in columns})
