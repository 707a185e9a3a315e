"""What was understood of a file: problems with row, column, value and rule; columns with units."""

import streamlit as st

from components import formats
from components.context import Context
from components.fragment import fragment
from components.html.base import element, escape, raw
from components.html.uploads import columns_html, grid_html, problems_html
from components.panels import foot, panel, scroll, side_by_side
from components.uploads.held import Held
from components.uploads.words import NAMED, PLACED, kinds, meaning, of_role, severities, understood
from data.intake.model import FoundColumn, letter
from data.intake.upload_headers import meaning_words
from data.tables import items, tables

_SHOWN = 300
PROBLEMS = "problem-list"
"""Where the list of problems stands on the page, for links to it."""


def as_it_stands(ctx: Context, held: Held) -> None:
    """Show rows of the file with their roles, and what each column was taken for."""
    _, found = ctx._, held.view.grid
    if found is None:
        return
    more = _("{n} columns further right", n=found.left_out) if found.left_out else ""
    note = " · ".join(filter(None, [held.checked.source(ctx.lang), more]))
    with panel("grid", _("The file as it stands"), note, stretch=False), scroll("grid"):
        meanings = [_taken(ctx, held, column) for _letter, column in found.columns]
        st.html(held.view.once(("grid", ctx.lang), lambda: grid_html(found, meanings, _)))


def _taken(ctx: Context, held: Held, found: FoundColumn | None) -> tuple[str, str]:
    """Return what a column was taken for and its unit in the file, for under its header."""
    _ = ctx._
    if found is None:
        return "", ""
    if held.checked.generic:
        unit = formats.unit(found.unit or "", _)
        return (_("personal data: not read"), "") if found.role == "personal" else (meaning(found, _), unit)
    layout = held.checked.layout
    if layout and layout.wide:  # a figure is the item's that its header names, not one of the long table
        found = next((c for c in layout.asked if c.role == "item" and c.header == found.header), found)
    told = _column(ctx, held, found)
    return ("" if found.role == "ignored" else told[1]), told[2]


def problems_and_columns(ctx: Context, held: Held) -> None:
    """Show the problem list beside the columns understood."""
    if held.checked.refusal:
        return  # nothing was read: the steps say why and what to do
    left, right = side_by_side([1.62, 1])
    with left:
        _problems(ctx, held)
    with right:
        _columns(ctx, held)


@fragment
def _problems(ctx: Context, held: Held) -> None:
    _, checked = ctx._, held.shown
    counts, words = checked.counts(), severities(_)
    total = sum(counts.values())
    told = " · ".join([checked.source(ctx.lang), _("{n} in all", n=formats.number(total, 0))])
    title = _("Problems")
    with panel("problems", raw(f"<span id='{PROBLEMS}'>{escape(title)}</span>"), told):
        if not total:
            st.html(element("p", _("Nothing to repair, nothing to doubt."), "quiet"))
            return
        kind = "all"
        with st.container(horizontal=True, vertical_alignment="center", key="problem_controls"):
            rule = ""
            options = ["all", *(k for k, n in counts.items() if n)]
            if len(options) > 1:
                labels = {"all": _("All"), **{k: f"{words[k]} {n}" for k, n in counts.items()}}
                kind = st.segmented_control(
                    _("Kind"), options, default="all", required=True, format_func=labels.__getitem__,
                    key="problem_kind", label_visibility="collapsed",
                )  # fmt: skip
            listing = held.view.listing(ctx.lang)
            of_kind = listing if kind == "all" else listing.loc[listing["severity"] == kind]
            rules = of_kind["rule"].value_counts()
            if len(rules) > 1:
                rule = st.selectbox(
                    _("Rule"), ["", *rules.index], key=f"problem_rule_{held.id}_{kind}", width=220,
                    format_func=lambda r: f"{r} {rules[r]}" if r else _("All rules"), label_visibility="collapsed",
                )  # fmt: skip
            st.download_button(
                _("Download the list (CSV)"),
                # Not `checked`: the button outlives the run, and what is held shall rest.
                lambda: held.shown.problem_list(ctx.lang),
                file_name="_".join([_("problems"), f"{checked.file_name}.csv"]),
                mime="text/csv",
                on_click="ignore",
                key="problem_file",
            )
        chosen = of_kind.loc[of_kind["rule"] == rule] if rule else of_kind
        with st.container(key="scroll_problems"):
            st.html(problems_html(chosen.head(_SHOWN), kinds(_), _, rest=max(0, len(chosen) - _SHOWN)))
        if checked.generic:
            foot(_("Repairs say how a value was read; what could not be read is left out of sums."))
        else:
            foot(_("Errors block the commit; warnings do not; repairs say how a value was read."))


def _columns(ctx: Context, held: Held) -> None:
    _, checked, layout = ctx._, held.checked, held.checked.layout
    # A sheet with a column per item has other columns than the long table made of it.
    columns = layout.asked if layout and layout.wide else checked.columns
    listed = [c for c in columns if checked.generic or c.role != "ignored"]
    used = sum(understood(c, _, generic=checked.generic) for c in listed)
    with panel("columns", _("Columns"), _("{n} understood, {m} not used", n=used, m=len(listed) - used)):
        with st.container(key="scroll_columns"):
            st.html(columns_html([_column(ctx, held, c) for c in listed], _))
        if not checked.generic:
            foot(_("Units in headers are converted to those of the table."))


def _column(ctx: Context, held: Held, found: FoundColumn) -> tuple[str, str, str, str]:
    _ = ctx._
    if held.checked.generic and found.role != "personal":
        texts = held.checked.frame[found.col].replace("", None)
        filled = f"{100 * texts.notna().mean():.0f}%" if len(texts) else ""
        unit = formats.unit(found.unit or "", _)
        return found.header or letter(found.col), meaning(found, _) or _("not used"), unit, filled
    if found.role == "item":
        meant = meaning_words(str(found.name), tables()[str(held.checked.table)])
        unit = items()[str(found.name).partition(":")[0]].unit
        told = formats.unit(unit, _) if not found.unit or found.unit == unit else f"{found.unit} → {unit}"
        return found.header, str(meant.get(f"meaning_{ctx.lang}", "")), "" if unit == "分子/分母" else told, ""
    if not understood(found, _, generic=held.checked.generic):
        return found.header, _("personal data: not read") if found.role == "personal" else _("not used"), "", ""
    if not found.name and found.canonical in PLACED and found.role not in NAMED and held.checked.table:
        return found.header, meaning(found, _), "", ""
    if not found.name or not held.checked.table:
        return found.header, of_role(found.role, _, summed=held.checked.table == "facts"), "", ""
    column = tables()[held.checked.table].column(found.name)
    unit = formats.unit(column.unit or "", _)
    if found.unit and column.unit and found.unit != column.unit:
        unit = f"{found.unit} → {column.unit}"
    frame = held.checked.frame
    filled = f"{100 * frame[found.name].notna().mean():.0f}%" if len(frame) and column.type != "bool" else ""
    return found.header, column.title(ctx.lang), unit, filled
