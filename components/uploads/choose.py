"""Step 1: say who you are, choose a file, see what it was taken for."""

import hashlib

import pandas as pd
import streamlit as st

from components import actor, formats
from components.context import Context
from components.html.base import element, join
from components.html.uploads import severity_html, understood_html
from components.panels import panel
from components.uploads import held as session
from components.uploads import words
from components.uploads.held import Held
from components.uploads.words import severities
from data import loaders
from data.intake.check import day_in_china
from data.intake.corrections import Corrections
from data.intake.elsewhere import OF_OTHERS
from data.intake.limits import FILE_BYTES
from data.intake.sheets import readable
from data.quick_look import TOWNSHIP, VILLAGE
from data.tables import tables
from data.worker import USUAL

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
    """Let a file be chosen, dropped or pasted; return it checked, with the table the viewer says it is."""
    _ = ctx._
    chosen = st.file_uploader(
        _("Choose or drop a CSV or Excel file"),
        type=list(KINDS),
        max_upload_size=FILE_BYTES // _MEGABYTE,
        key=session.uploader_key(),
        disabled=loaders.store().read_only,
        on_change=session.drop,
    )
    _paste(ctx)
    text = session.pasted()
    if text is not None:
        file_id = f"pasted-{hashlib.sha256(text).hexdigest()[:16]}"
        return _held(ctx, session.PASTED_NAME, file_id, text)
    if chosen is None:
        session.drop()
        if not loaders.store().read_only:
            USUAL.start()
        return None
    return _held(ctx, chosen.name, chosen.file_id, chosen.getvalue())


def _held(ctx: Context, name: str, file_id: str, raw: bytes) -> Held:
    """Return the file checked, as the table, of the month and by the sheet that were chosen for it."""
    told = (st.session_state.get(f"{what}_{file_id}") for what in ("taken", "month", "sheet"))
    return session.hold(ctx, name, file_id, raw, *told)


def _paste(ctx: Context) -> None:
    """Let cells copied in a spreadsheet be pasted, or taken away again."""
    _ = ctx._
    if session.pasted() is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="pasted"):
            st.html(element("p", _("Looked at: the cells pasted.")))
            st.button(_("Take them away"), on_click=session.release, type="tertiary", key="paste_drop")
        return
    with st.expander(_("Paste from Excel")):
        text = st.text_area(
            _("Cells copied in Excel or WPS, with their header"), key=session.paste_key(), height=120,
            placeholder=_("Select the cells with their header, copy them, paste them here."),
        )  # fmt: skip
        if st.button(_("Look at them"), key="paste_send", disabled=loaders.store().read_only) and text.strip():
            session.paste(text)
            st.rerun()


def taken_for(ctx: Context, held: Held) -> None:
    """Show which table the file was recognised as, let it be changed, and count what was found."""
    _, checked = ctx._, held.shown
    # What fits none of the ten can be tried as each of them, and be looked at again.
    names = {"": _("Another table: looked at, not stored")} if held.other else {}
    names |= {t.id: t.name(ctx.lang) for t in tables().values()}
    file_id = held.file_id
    st.selectbox(
        _("Taken for"),
        list(names),
        index=list(names).index(checked.table) if checked.table else 0 if checked.generic else None,
        format_func=names.__getitem__,
        placeholder=_("Not recognised: choose the table"),
        key=f"taken_{file_id}",
    )
    book = held.work.get().book
    names_of_sheets = readable(book) if book else []
    if len(names_of_sheets) > 1:
        st.selectbox(
            _("Sheet that is read"), names_of_sheets, index=None, key=f"sheet_{file_id}",
            placeholder=_("As recognised: {sheet}", sheet=checked.sheet),
        )  # fmt: skip
    if checked.undated:
        _month(ctx, file_id)
    if checked.refusal:
        st.html(element("p", join([severity_html("error", _("Refused")), " ", checked.refusal.text(ctx.lang)])))
        if checked.refusal.rule in OF_OTHERS:
            st.button(_("It is ours: read it"), on_click=_ours, args=(file_id,), key=f"ours_{file_id}")
        return
    counts, words = checked.counts(), severities(_)
    shown = [element("span", severity_html(k, words[k], n), "cb") for k, n in counts.items() if n]
    st.html(join(shown) if shown else element("span", _("No problems found"), "s s-done"))
    st.html(understood_html(_facts(ctx, held)))


def _ours(file_id: str) -> None:
    """Take the viewer's word that a file is this county's."""
    session.say(file_id, Corrections(ours=True).over(session.corrections(file_id)))


def _month(ctx: Context, file_id: str) -> None:
    """Let the month be told of a file without dates; without it the title or the name of the file says so, if any."""
    _, plan = ctx._, ctx.plan
    last = min(plan.end, day_in_china())
    months = [f"{day:%Y-%m}" for day in pd.date_range(plan.start, last, freq="MS")[::-1]]
    st.selectbox(
        _("Month of the rows (the file has no dates)"),
        months,
        index=None,
        placeholder=_("As the title says"),
        key=f"month_{file_id}",
    )


def _facts(ctx: Context, held: Held) -> list[tuple[str, str]]:
    _, checked = ctx._, held.checked
    rows = checked.frame
    months = checked.periods
    if checked.generic:
        look = held.view.look
        named = [look.count(level) if level in look.levels else 0 for level in (TOWNSHIP, VILLAGE)]
    else:
        named = [
            len(set(checked.townships) - {f"{ctx.county.code}000000"}),
            held.view.villages,
        ]
    span = months[0] if len(months) == 1 else f"{months[0]} – {months[-1]}" if months else ""
    encoding = f"{checked.encoding or ''}".upper()
    return [
        (_("Rows"), formats.number(len(rows), 0)),
        (_("Months"), f"{span} ({len(months)})" if len(months) > 1 else span),
        (_("Townships"), formats.number(named[0], 0)),
        (_("Villages"), formats.number(named[1], 0)),
        (_("Sheet"), checked.sheet),
        (_("Header row"), str(checked.header_row or "")),
        (_("Encoding"), encoding),
    ]


def nothing_now(ctx: Context) -> None:
    """Say that nothing is taken in while the page shows what was known then."""
    _ = ctx._
    with panel("file", _("1 · Choose a file"), stretch=False):
        st.html(element("p", words.looking_back(_), "notice"))


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
