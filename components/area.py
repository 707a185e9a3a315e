"""Parts that all pages of an action area share."""

import streamlit as st

from components import address, indicator_view
from components.board import board
from components.context import Context
from components.html.progress import AREA, progress_table, unscored_table, worst_first
from components.panels import panel, side_by_side
from components.status import URGENT, badge_html
from data import loaders
from data.plan import Indicator

TREND_POINTS = 12


def chosen_indicator(ctx: Context, area: str) -> Indicator:
    """Return the indicator selected on this page, at first the worst of the area."""
    rows = worst_first(ctx.progress(area))
    ids = {i.id for i in ctx.plan.indicators}
    default = str(rows["indicator"].iloc[0])
    chosen = address.keep("indicator", ids, default) or default
    found = ctx.plan.indicator(chosen)
    return found if found.area == area else ctx.plan.indicator(default)


def indicators_and_depth(ctx: Context, area: str) -> None:
    """Show the area's indicators as a table, and the selected one over time and by place."""
    _ = ctx._
    indicator = chosen_indicator(ctx, area)
    rows = ctx.compared(area)
    row = rows.loc[rows["indicator"] == indicator.id].iloc[0]
    scored = worst_first(rows.loc[rows["status"] != "not_scored"])
    left, right = side_by_side([1.62, 1])
    with (
        left,
        panel(
            "list",
            ctx.area_name(area),
            _("{n} in all, {scored} scored", n=len(rows), scored=len(scored)),
            _bad(ctx, scored),
        ),
    ):
        with st.container(key="scroll_list"):
            board(
                progress_table(scored, ctx.labels, _, columns=AREA_COLUMNS, trends=trends(ctx)),
                "list",
                indicator.id,
                into="indicator",
            )
        unscored = rows.loc[rows["status"] == "not_scored"].assign(change_year=rows["value"] - rows["year_ago"])
        if len(unscored):
            board(unscored_table(unscored, ctx.labels, _), "unscored", indicator.id, into="indicator")
    with (
        right,
        panel(
            "depth",
            indicator.name(ctx.lang),
            indicator.value_original if ctx.lang == "zh" else "",
            badge_html(row["status"], row["rule"], _),
        ),
    ):
        indicator_view.trend_figure(ctx, indicator)
        indicator_view.why(ctx, row)
        indicator_view.ranking(ctx, indicator, key=area)
        indicator_view.provenance_foot(ctx, indicator, row)


AREA_COLUMNS = tuple(c for c in AREA if c != "due")


def distribution_and_map(ctx: Context, area: str) -> None:
    """Show how villages are spread and where they are."""
    _ = ctx._
    indicator = chosen_indicator(ctx, area)
    left, right = side_by_side([1, 1.3])
    with left, panel("spread", _("Spread over villages"), indicator.name(ctx.lang)):
        indicator_view.distribution_figure(ctx, indicator)
        selected = st.session_state.get("village")
        if selected in ctx.names:
            indicator_view.selected_place(ctx, indicator, selected)
    with right, panel("places", indicator.name(ctx.lang), _("by village")):
        indicator_view.places_view(ctx, indicator, key=area)


def trends(ctx: Context) -> dict[str, list[float]]:
    """Return the last values of each indicator at the page's region, for sparklines."""
    history = loaders.history(ctx.county.slug, ctx.plan.id, ctx.region)
    past = history.loc[history["as_of"].dt.date <= ctx.need_date()]
    return {k: list(v.tail(TREND_POINTS)) for k, v in past.groupby("indicator", observed=True)["value"]}


def _bad(ctx: Context, scored: object) -> str:
    counts = scored["status"].value_counts()  # type: ignore[index]
    return " ".join(badge_html(s, None, ctx._, count=int(counts[s])) for s in URGENT if s in counts)
