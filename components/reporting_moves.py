"""What moved of the reports since the comparison date: what came, what is newly missing."""

from collections.abc import Iterable

import streamlit as st

from components.context import Context
from components.html.base import Markup, element, join
from components.html.progress import moved_groups
from components.panels import foot, panel, scroll
from components.reporting_view import all_cells
from data import loaders, reporting
from data import reporting_words as told
from data.language import N_

HEADS = {"missing": N_("Newly missing"), "came": N_("Came since then")}


def moves(ctx: Context) -> None:
    """Show who reported since and what is newly missing, by table; nothing without a date to compare with."""
    if ctx.since is None:
        return
    _ = ctx._
    with panel("report_moves", _("What changed"), ctx.since_words):
        html = ctx.built("report moves", lambda: _html(ctx))
        with scroll("report_moves"):
            st.html(html)
        foot(_("Sample data: the day it came in says nothing; it counts as come on the day due") if ctx.sample else "")


def _html(ctx: Context) -> Markup:
    _, since = ctx._, ctx.since
    if since is None:
        return Markup()
    now = all_cells(ctx, loaders.arrivals(ctx.county.slug), ctx.need_date())
    with ctx.then():
        came = loaders.arrivals(ctx.county.slug)
    then = all_cells(ctx, came if ctx.since_at else reporting.known_by(came, since), since)
    groups = reporting.moved(now, then, since)
    if not groups:
        return element("p", _("No report came and none is newly missing since then."), "quiet")
    return moved_groups(
        (_(HEADS[group]), len(some), _lines(told.listed(some, now, ctx.names, _, by_debtor=False)))
        for group, some in groups.items()
    )


def _lines(lines: Iterable[str]) -> Markup:
    return element("ul", join(element("li", line) for line in lines), "listed")
