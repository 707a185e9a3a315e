"""What all pages of an action area share: its indicators, and the one selected in depth."""

from typing import NamedTuple

import pandas as pd

from components import address, indicator_view
from components.board import board
from components.context import Context
from components.fragment import fragment, take_up_township
from components.html.base import Markup, element
from components.html.progress import count_badges, progress_table, unscored_table, urgent_first
from components.panels import panel, side_by_side
from components.problems.hand_over import hand_over
from components.status import URGENT, badge_html
from data import loaders
from data.explain import each_village
from data.plan import Indicator
from data.tally import tallies, urgent

TREND_POINTS = 12
COLUMNS = ("status", "name", "target", "actual", "due", "bar", "gap", "office", "change", "trend", "reported")
WEIGHTS = (1.66, 1)
# Heights in rows, and of a row in px: what stands beside each other shall end together.
HEAD_ROWS, DEPTH_ROWS, SPREAD_ROWS = 4, 24, 10
ROW = 29


class _Listed(NamedTuple):
    """An area's indicators: rows, how many are scored, badges, and both tables, the scored ones by urgency."""

    rows: pd.DataFrame
    worst: str
    scored_n: int
    badges: Markup
    scored: Markup
    unscored: Markup


def _listed(ctx: Context, area: str) -> _Listed:
    """Build an area's tables once: which indicator is selected is marked in the browser."""
    return ctx.built("area", lambda: _list_of(ctx, area), area)


def _list_of(ctx: Context, area: str) -> _Listed:
    _ = ctx._
    rows = ctx.compared(area)
    is_scored = rows["status"] != "not_scored"
    scored, unscored = urgent_first(rows.loc[is_scored]), rows.loc[~is_scored]
    labels = {code: label._replace(note="") for code, label in ctx.labels.items()}
    unscored = unscored.assign(change_year=unscored["value"] - unscored["year_ago"])
    return _Listed(
        rows,
        str(urgent_first(rows)["indicator"].iloc[0]),
        len(scored),
        _badges(ctx, area, rows),
        progress_table(scored, labels, _, columns=COLUMNS, trends=trends(ctx), css="cards area")
        if len(scored)
        else Markup(),
        unscored_table(unscored, labels, _) if len(unscored) else Markup(),
    )


def _badges(ctx: Context, area: str, rows: pd.DataFrame) -> Markup:
    """Count what is behind as the area's tile does: what binds by status, what is only striven for in one number."""
    _ = ctx._
    tally = tallies(rows, dict.fromkeys(rows["indicator"], area))[area]
    badges = count_badges(tally.binding, _, (*URGENT, "slightly_behind"))
    soft = urgent(rows).soft
    if not soft:
        return badges
    told = _("to strive for or of reference: {n} behind", n=soft)
    return badges + element("span", told, "cb")


def chosen_indicator(ctx: Context, area: str) -> Indicator:
    """Return the indicator selected on this page, at first the most urgent of the area."""
    default = _listed(ctx, area).worst
    known = {i.id for i in ctx.plan.indicators if i.area == area}
    return ctx.plan.indicator(address.keep("indicator", known, default) or default)


@fragment
def indicators_and_depth(ctx: Context, area: str) -> None:
    """Show the area's indicators as a table, and beside it the selected one over time and by place.

    The comparison of places stands in whichever column is shorter, so that neither ends in empty space. A fragment:
    selecting an indicator or a village leaves the frame and the charts of the field as they are.
    """
    take_up_township(ctx)
    indicator, village = chosen_indicator(ctx, area), indicator_view.chosen_village(ctx)
    listed = _listed(ctx, area)
    rows = listed.rows
    row = rows.loc[rows["indicator"] == indicator.id].iloc[0]
    places = indicator_view.Places.of(ctx, indicator)
    long, height = _arrange(len(rows), len(places.towns if places.by_township else places.villages))
    left, right = side_by_side(WEIGHTS)
    with left:
        _list(ctx, area, listed, indicator)
        if not (places.by_village or places.by_township):
            with panel("history", ctx._("Date by date"), indicator.name(ctx.lang)):
                indicator_view.history_table(ctx, indicator, row)
        elif long:
            indicator_view.spread(ctx, indicator, places, height=height)
        else:
            indicator_view.ranking(ctx, indicator, places, key=area, across=2)
    with right:
        _depth(ctx, area, indicator, row, places, village, rows=len(rows))
        if long:
            indicator_view.ranking(ctx, indicator, places, key=area)
        else:
            indicator_view.spread(ctx, indicator, places, height=height)


def _arrange(listed: int, ranked: int) -> tuple[bool, int]:
    """Return whether the spread stands below the list (else the ranking does), and how high the spread is in px.

    Of both arrangements the one whose columns end closer together; the spread takes what is left.
    """
    below_list = (listed + HEAD_ROWS, DEPTH_ROWS + ranked + HEAD_ROWS)
    below_depth = (listed + ranked / 2 + 2 * HEAD_ROWS, DEPTH_ROWS)
    left = abs(below_list[1] - below_list[0] - SPREAD_ROWS)
    right = abs(below_depth[0] - below_depth[1] - SPREAD_ROWS)
    room = below_list[1] - below_list[0] if left < right else below_depth[0] - below_depth[1]
    return left < right, round(min(max(room * ROW - 95, 180), 340))


def _list(ctx: Context, area: str, listed: _Listed, indicator: Indicator) -> None:
    _ = ctx._
    title = _("{n} in all, {scored} scored", n=len(listed.rows), scored=listed.scored_n)
    with panel("list", ctx.area_name(area), title, listed.badges, stretch=False):
        if listed.scored:
            board(listed.scored, "list", indicator.id, into="indicator")
        if listed.unscored:
            board(listed.unscored, "unscored", indicator.id, into="indicator")


def _depth(
    ctx: Context,
    area: str,
    indicator: Indicator,
    row: pd.Series,
    places: indicator_view.Places,
    village: str | None,
    *,
    rows: int,
) -> None:
    _ = ctx._
    each = each_village(ctx.in_force(indicator), _)
    share = f"{_('share of villages there')} {each}" if each else ""
    told = [indicator.value_original if ctx.lang == "zh" else "", share]
    words = " · ".join(t for t in told if t)
    alone = not (places.by_village or places.by_township)
    room = (rows + indicator_view.HISTORY_ROWS + 6) * ROW - 210
    badge = badge_html(row["status"], row["rule"], _)
    with panel("depth", indicator.name(ctx.lang), words, badge, stretch=not places.by_village):
        height = min(room, 560) if alone else indicator_view.TREND_HEIGHT
        indicator_view.trend_figure(ctx, indicator, row, height=height)
        indicator_view.why(ctx, row)
        indicator_view.places_view(ctx, indicator, key=area, places=places)
        if places.by_township and not places.by_village:
            indicator_view.history_table(ctx, indicator, row)
        indicator_view.selected_place(ctx, indicator, village)
        hand_over(ctx, indicator, village or ctx.region, key=area)
        indicator_view.provenance_foot(ctx, indicator, row)


def trends(ctx: Context) -> dict[str, list[float]]:
    """Return the last values of each indicator at the page's region, for sparklines."""
    until = pd.Timestamp(ctx.need_date())
    found = loaders.series(ctx.county.slug, ctx.plan.id, ctx.region)
    return {k: list(v.loc[v["as_of"] <= until, "value"].tail(TREND_POINTS)) for k, v in found.items()}
