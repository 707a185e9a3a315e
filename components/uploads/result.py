"""What was understood of a file: problems with row, column, value and rule; columns with units."""

import streamlit as st

from components import formats
from components.context import Context
from components.html.base import element
from components.html.uploads import columns_html, problems_html
from components.panels import foot, panel, side_by_side
from components.uploads import held as session
from components.uploads.held import Held
from components.uploads.words import kinds, severities
from data.intake.model import FoundColumn
from data.tables import tables

_SHOWN = 300


def problems_and_columns(ctx: Context, held: Held) -> None:
    """Show the problem list beside the columns understood."""
    if held.checked.refusal:
        return  # nothing was read: the steps say why and what to do
    left, right = side_by_side([1.62, 1])
    with left:
        _problems(ctx, held)
    with right:
        _columns(ctx, held)


def _problems(ctx: Context, held: Held) -> None:
    _, checked = ctx._, held.shown
    counts, words = checked.counts(), severities(_)
    total = sum(counts.values())
    told = " · ".join([checked.source(ctx.lang), _("{n} in all", n=formats.number(total, 0))])
    with panel("problems", _("Problems"), told):
        if not total:
            st.html(element("p", _("Nothing to repair, nothing to doubt."), "quiet"))
            return
        kind = "all"
        with st.container(horizontal=True, vertical_alignment="center", key="problem_controls"):
            options = ["all", *(k for k, n in counts.items() if n)]
            if len(options) > 1:
                labels = {"all": _("All"), **{k: f"{words[k]} {n}" for k, n in counts.items()}}
                kind = st.segmented_control(
                    _("Kind"), options, default="all", required=True, format_func=labels.__getitem__,
                    key="problem_kind", label_visibility="collapsed",
                )  # fmt: skip
            st.download_button(
                _("Download the list (CSV)"),
                lambda: checked.problem_list(ctx.lang),
                file_name="_".join([_("problems"), f"{checked.file_name}.csv"]),
                mime="text/csv",
                on_click="ignore",
                key="problem_file",
            )
        listing = session.listing(held, ctx.lang)
        chosen = listing if kind == "all" else listing.loc[listing["severity"] == kind]
        with st.container(key="scroll_problems"):
            st.html(problems_html(chosen.head(_SHOWN), kinds(_), _, rest=max(0, len(chosen) - _SHOWN)))
        foot(_("Errors block the commit; warnings do not; repairs say how a value was read."))


def _columns(ctx: Context, held: Held) -> None:
    _, checked = ctx._, held.checked
    used = [c for c in checked.columns if c.role == "column" and c.name]
    left_out = [c for c in checked.columns if c.role in {"unknown", "personal"}]
    with panel("columns", _("Columns"), _("{n} understood, {m} not used", n=len(used), m=len(left_out))):
        with st.container(key="scroll_columns"):
            st.html(columns_html([_column(ctx, held, c) for c in checked.columns if c.role != "ignored"], _))
        foot(_("Units in headers are converted to those of the table."))


def _column(ctx: Context, held: Held, found: FoundColumn) -> tuple[str, str, str, str]:
    _ = ctx._
    if not found.name or not held.checked.table:
        words = {
            "personal": _("personal data: not read"),
            "village_name": _("name of the village, to find its code"),
            "township_name": _("name of the township, to find its code"),
        }
        return found.header, words.get(found.role, _("not used")), "", ""
    column = tables()[held.checked.table].column(found.name)
    unit = formats.unit(column.unit or "", _)
    if found.unit and column.unit and found.unit != column.unit:
        unit = f"{found.unit} → {column.unit}"
    frame = held.checked.frame
    filled = f"{100 * frame[found.name].notna().mean():.0f}%" if len(frame) and column.type != "bool" else ""
    return found.header, column.title(ctx.lang), unit, filled
