"""Step 1: say who you are, choose a file, see what it was taken for."""

import streamlit as st

from components import actor, formats
from components.context import Context
from components.html.base import element, join
from components.html.uploads import severity_html, understood_html
from components.panels import panel
from components.uploads import held as session
from components.uploads.held import Held
from components.uploads.words import severities
from data import loaders
from data.intake.limits import FILE_BYTES
from data.tables import tables

KINDS = ("xlsx", "xls", "csv", "tsv", "txt", "ods")
_MEGABYTE = 1024**2


def read_only(ctx: Context) -> bool:
    """Say so if this deployment takes nothing in; return whether that is so."""
    if not loaders.store().read_only:
        return False
    _ = ctx._
    st.html(element("p", _("This deployment is read-only: nothing can be imported or undone here."), "quiet notice"))
    return True


def file(ctx: Context) -> Held | None:
    """Let a file be chosen or dropped; return it checked, with the table the viewer says it is."""
    _ = ctx._
    chosen = st.file_uploader(
        _("Choose or drop a CSV or Excel file"),
        type=list(KINDS),
        max_upload_size=FILE_BYTES // _MEGABYTE,
        key=session.uploader_key(),
        disabled=loaders.store().read_only,
    )
    if chosen is None:
        session.drop()
        return None
    key = f"taken_{chosen.file_id}"
    return session.hold(ctx, chosen.name, chosen.file_id, chosen.getvalue(), st.session_state.get(key))


def taken_for(ctx: Context, held: Held) -> None:
    """Show which table the file was recognised as, let it be changed, and count what was found."""
    _, checked = ctx._, held.shown
    names = {t.id: t.name(ctx.lang) for t in tables().values()}
    file_id = held.id.split(":")[1]
    st.selectbox(
        _("Taken for"),
        list(names),
        index=list(names).index(checked.table) if checked.table else None,
        format_func=names.__getitem__,
        placeholder=_("Not recognised: choose the table"),
        key=f"taken_{file_id}",
    )
    if checked.refusal:
        st.html(element("p", join([severity_html("error", _("Refused")), " ", checked.refusal.text(ctx.lang)])))
        return
    counts, words = checked.counts(), severities(_)
    shown = [element("span", severity_html(k, words[k], n), "cb") for k, n in counts.items() if n]
    st.html(join(shown) if shown else element("span", _("No problems found"), "s s-done"))
    st.html(understood_html(_facts(ctx, held)))


def _facts(ctx: Context, held: Held) -> list[tuple[str, str]]:
    _, checked = ctx._, held.checked
    rows = checked.frame
    months = checked.periods
    span = months[0] if len(months) == 1 else f"{months[0]} – {months[-1]}" if months else ""
    towns = len(set(checked.townships) - {f"{ctx.county.code}000000"})
    encoding = f"{checked.encoding or ''}".upper()
    return [
        (_("Rows"), formats.number(len(rows), 0)),
        (_("Months"), f"{span} ({len(months)})" if len(months) > 1 else span),
        (_("Townships"), formats.number(towns, 0)),
        (_("Villages"), formats.number(held.placed.frame["_village"].nunique(), 0)),
        (_("Sheet"), checked.sheet),
        (_("Header row"), str(checked.header_row or "")),
        (_("Encoding"), encoding),
    ]


def step_one(ctx: Context) -> Held | None:
    """Show the panel of step 1."""
    _ = ctx._
    with panel("file", _("1 · Choose a file"), stretch=False):
        if not read_only(ctx):
            actor.ask(ctx)
        found = file(ctx)
        if found:
            taken_for(ctx, found)
        else:
            st.html(element("p", _("You see map, ranking and trend before anything is stored."), "quiet"))
    return found
