"""Which rows of a file are taken, and which months and townships they replace: shown and chosen before the commit."""

import streamlit as st

from components import formats
from components.context import Context
from components.html.base import element
from components.html.uploads import scope_html
from components.panels import scroll
from components.uploads import held as session
from components.uploads.held import Held
from data.extent import MODES, Extent
from data.language import N_
from data.store import Scope
from data.tables import tables
from geo.regions import regions

_NAMED = 3
_LISTED = 60
_OF_LISTS = {"period": N_("Replace the whole list")}


def chosen_extent(ctx: Context, held: Held) -> Extent:
    """Let be chosen how the file meets what is stored, and narrow it to some of its months and townships."""
    _, table = ctx._, tables()[held.checked.table or ""]
    names = MODES if table.dated else MODES | _OF_LISTS
    mode: str = st.segmented_control(
        _("How it meets what is stored"), list(names), default=held.checked.mode, required=True,
        format_func=lambda m: _(names[m]), key=f"mode_{held.id}", label_visibility="collapsed",
    )  # fmt: skip
    whole = Extent.of_file(held.checked, mode)
    there = held.view.scope(whole)
    had = held.view.scope(Extent("merge"))  # what the file itself has
    with st.expander(_("Months and townships")):
        months = _months(ctx, held, had)
        townships = _townships(ctx, held, had, mode)
        extent = Extent.of_file(held.checked, mode, months, townships)
        if extent != whole:
            there = held.view.scope(extent)
        _listed(ctx, held, extent)
    _told(ctx, held, extent, there)
    return extent


def _months(ctx: Context, held: Held, scope: Scope) -> frozenset[str] | None:
    _ = ctx._
    if len(scope.periods) < 2:
        return None
    chosen = st.multiselect(
        _("Only these months of the file"), scope.periods[::-1], key=f"only_months_{held.id}",
        placeholder=_("all in the file"),
    )  # fmt: skip
    return frozenset(chosen) or None


def _townships(ctx: Context, held: Held, scope: Scope, mode: str) -> frozenset[str] | None:
    _ = ctx._
    if len(scope.townships) < 2 or mode == "period":
        return None
    names = _names(ctx)
    chosen = st.multiselect(
        _("Only these townships of the file"), scope.townships, format_func=lambda code: names.get(code, code),
        key=f"only_towns_{held.id}", placeholder=_("all in the file"),
    )  # fmt: skip
    return frozenset(chosen) or None


def _names(ctx: Context) -> dict[str, str]:
    """Return the names of the townships, and of the county itself, by the first nine digits of their codes."""
    known = regions(ctx.county.code)
    towns = known.loc[known["level"] == "township"]
    own = ctx._("{county} itself", county=ctx.county.name(ctx.lang))
    return {f"{ctx.county.code}000": own} | dict(zip(towns["code"].str[:9], towns["name"], strict=True))


def _told(ctx: Context, held: Held, extent: Extent, scope: Scope) -> None:
    """Say in a sentence for which months and townships stored rows end, and what of the file is left out."""
    _ = ctx._
    left = held.view.left_out(extent)
    if left:
        told = _("{n} rows of the file are of other months or townships and are left out.", n=formats.number(left, 0))
        st.html(element("p", element("span", told, "dn")))
    if extent.stored_mode == "merge":
        st.html(element("p", _("Only stored rows with the same key are replaced; all others stay."), "quiet"))
        return
    stored = sum(share.stored for share in session.shared(ctx, held, extent))
    where, n = _where(ctx, scope), formats.number(stored, 0)
    told = _("Replaced: {where}; {n} rows are stored there now.", where=where, n=n)
    if scope.items:
        items = formats.number(len(scope.items), 0)
        told = _("Replaced: {where}, only the {items} items of the file; {n} rows of them are stored there now.",
                 where=where, items=items, n=n)  # fmt: skip
    st.html(element("p", told, "quiet"))


def _where(ctx: Context, scope: Scope) -> str:
    _, names = ctx._, _names(ctx)
    months = [month for month in scope.periods if month != "-"]
    span = "" if not months else months[0] if len(months) == 1 else f"{months[0]} – {months[-1]} ({len(months)})"
    towns = [names.get(code, code) for code in scope.townships]
    if set(names) <= set(scope.townships):
        places = _("all of the county")
    else:
        more = len(towns) - _NAMED
        places = _(", ").join(towns[:_NAMED]) + (_(" and {n} more", n=more) if more > 0 else "")
    return " · ".join(filter(None, [span, places]))


def _listed(ctx: Context, held: Held, extent: Extent) -> None:
    """Show what each month of each township has stored and in the file."""
    _, names = ctx._, _names(ctx)
    found = session.shared(ctx, held, extent)
    rows = [(s.month, names.get(s.township, s.township), s.stored, s.rows) for s in found[:_LISTED]]
    with scroll("scope"):
        st.html(scope_html(rows, _, rest=len(found) - len(rows)))
