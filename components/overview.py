"""Parts of the overview page."""

from typing import NamedTuple

import pandas as pd
import streamlit as st

from components import address, formats, indicator_view
from components.board import Board, live
from components.context import Context
from components.fragment import fragment
from components.html.base import Markup, element, raw
from components.html.heat import heat_key, heat_table
from components.html.progress import OVERVIEW, progress_table, urgent_first
from components.html.tiles import tile_html, tiles_html
from components.moves import moves_panel
from components.panels import abreast_html, foot_html, head_html, panel, panel_html, scroll_html, side_by_side
from components.problems.hand_over import hand_over
from components.status import band_note
from data import loaders, tally
from data.shown import WITHHELD
from data.statuses import not_judged
from data.tally import tallies, urgent
from data.wording import fell_back

MOST_URGENT = 10
MAP_HEIGHT = 330
MAIN_AND_SIDE = (1.72, 1)


def _areas(ctx: Context) -> dict[str, str]:
    return {i.id: i.area for i in ctx.plan.indicators}


def area_tiles(ctx: Context) -> None:
    """Show a tile per action area: how many indicators are behind and of what kind; the tile leads to the area."""
    counts = ctx.built("tallies", lambda: tallies(ctx.progress(), _areas(ctx)))
    shown = [(area, name) for area, name in ctx.areas.items() if area in counts]
    st.html(
        tiles_html(
            tile_html(counts[area], ctx._, title=name, href=f"/{ctx.county.slug}/{area}") for area, name in shown
        )
    )


@fragment
def urgent_and_map(ctx: Context) -> None:
    """Show the worst gaps with their explanation, and the map of the one selected.

    A fragment: selecting an indicator leaves the rest of the page as it is.
    """
    _ = ctx._
    rows = ctx.built("compared", ctx.compared)
    worst = ctx.built("most urgent", lambda: _most_urgent(rows))
    default = worst["indicator"].iloc[0] if len(worst) else ctx.plan.indicators[0].id
    chosen = address.keep("indicator", {i.id for i in ctx.plan.indicators}, default) or default
    indicator, village = ctx.plan.indicator(chosen), indicator_view.chosen_village(ctx)
    row = rows.loc[rows["indicator"] == chosen].iloc[0]
    note = ctx.built("urgent note", lambda: _urgent_note(ctx, rows))
    left, right = side_by_side(MAIN_AND_SIDE)
    with left, panel("urgent"):
        table = ctx.built("urgent", lambda: progress_table(worst, ctx.labels, _, columns=OVERVIEW))
        board = Board(table, "urgent", chosen, into="indicator")
        bands = ctx.bands
        head = head_html(_("Most urgent"), _("by status, then by gap; pick a row for its map"), note)
        foot = foot_html(
            _("Definition: {text}", text=_("scored indicators; gap = actual − due by schedule")),
            _("Data up to {day}", day=formats.date(ctx.as_of, _)),
            band_note(bands.slightly_behind, bands.behind, _),
        )
        live(head + board.markup, "urgent", board)
        # Apart from the board, which stays as it is when a row is picked, and so keeps the keyboard's place.
        st.html(element("div", element("div", indicator_view.why_of(ctx, row)) + foot, "under"))
    places = indicator_view.Places.of(ctx, indicator)
    with right, panel("map", indicator.name(ctx.lang), _place_note(ctx, places)):
        if places.by_village:
            indicator_view.places_view(ctx, indicator, key="overview", height=MAP_HEIGHT)
        elif places.by_township:
            rows = ctx.built("as villages", lambda: _as_villages(ctx, places.towns), indicator.id)
            indicator_view.village_map(ctx, indicator, rows, key="overview", height=MAP_HEIGHT, selected=None)
        else:
            indicator_view.trend_figure(ctx, indicator, row, height=MAP_HEIGHT)
        indicator_view.selected_place(ctx, indicator, village)
        hand_over(ctx, indicator, village or ctx.region, key="overview")
        indicator_view.provenance_foot(ctx, indicator, row)


def _most_urgent(rows: pd.DataFrame) -> pd.DataFrame:
    asked = rows.loc[~rows["status"].isin(["not_scored", "no_target"])]
    return urgent_first(asked).head(MOST_URGENT)


def _urgent_note(ctx: Context, rows: pd.DataFrame) -> str:
    _ = ctx._
    now = urgent(rows)
    columns = (rows[c].tolist() for c in ("marks", "value", "previous", "unit"))
    worse = sum(fell_back(*row) for row in zip(*columns, strict=True))
    told = _("{n} behind or overdue", n=now.binding)
    if now.soft:
        told = _("{binding}, and {n} to strive for or of reference", binding=told, n=now.soft)
    parts = [told, _("{n} worse than before", n=worse)]
    if rows["status_before"].notna().any():
        change = now.binding - urgent(rows, "status_before").binding
        if change:
            words = _("{n} more than then", n=change) if change > 0 else _("{n} fewer than then", n=-change)
            parts.append(words)
    return " · ".join(parts)


def _place_note(ctx: Context, places: indicator_view.Places) -> str:
    _ = ctx._
    where = f"{ctx.names[ctx.township]} · " if ctx.township else ""
    if places.by_village:
        return where + _("by village")
    if places.by_township:
        return where + _("by township")
    covered = bool((places.villages["status"] == WITHHELD).any())
    return where + (_("villages not shown") if covered else _("reported for the whole plan only"))


def _as_villages(ctx: Context, towns: pd.DataFrame) -> pd.DataFrame:
    """Give every village the figure of its township, to colour the map where there is no finer one."""
    villages = ctx.regions.loc[ctx.regions["level"] == "village", ["code", "parent"]]
    rows = villages.merge(towns, left_on="parent", right_on="region", how="inner")
    return rows.assign(region=rows["code"], level="village")


def heat_changes_and_reporting(ctx: Context) -> None:
    """Show places by areas, and below what changed since the comparison date and who has not reported."""
    heat, changes, reporting = _heat(ctx), _changes(ctx), _reporting(ctx)
    pair = abreast_html(MAIN_AND_SIDE, changes.html, reporting.html)
    live(raw(f"<div class='below'>{heat.html}{pair}</div>"), "below", *heat.boards, *changes.boards, *reporting.boards)


class _Panel(NamedTuple):
    html: Markup
    boards: tuple[Board, ...] = ()


def _heat(ctx: Context) -> _Panel:
    """Return townships (or villages) by areas: the share of judged indicators that are fine."""
    _ = ctx._
    level = ctx.lower_level
    areas = {a: name for a, name in ctx.areas.items() if a in set(_areas(ctx).values())}
    villages = level == "village"
    title = _("Villages × areas") if villages else _("Townships × areas")
    first = _("Village") if villages else _("Township")
    table = ctx.built("heat", lambda: heat_table(_shares(ctx, level), areas, ctx.names, _, first=first))
    board = Board(table, "heat", ctx.township, into="village" if villages else "township")
    rule = _("binding targets only: on schedule or done ÷ judged; not yet due, not reported or empty left out")
    html = panel_html(
        "heat",
        head_html(title, _("share of judged indicators that are fine (%), lowest first"), heat_key(_)),
        scroll_html("heat", board.markup) if villages else board.markup,
        foot_html(
            _("Definition: {text}", text=rule),
            ctx.built("heat not judged", lambda: _not_judged(ctx, level)),
            _("Data up to {day}", day=formats.date(ctx.as_of, _)),
            _("pick a row to narrow the page to it") if not villages else "",
        ),
    )
    return _Panel(html, (board,))


def _shares(ctx: Context, level: str) -> pd.DataFrame:
    slug, plan_id = ctx.county.slug, ctx.plan.id
    return loaders.area_shares(slug, plan_id, ctx.need_date(), ctx.since, level, ctx.township, ctx.since_version)


def _not_judged(ctx: Context, level: str) -> str:
    rows = loaders.evaluated(ctx.county.slug, ctx.plan.id, ctx.need_date())
    places = loaders.below(ctx.county.slug, ctx.plan.id, level, ctx.township)
    return not_judged(tally.not_judged(rows.loc[rows["region"].isin(places)]), ctx._)


def _changes(ctx: Context) -> _Panel:
    """Return what changed since the comparison date."""
    _ = ctx._
    if ctx.since is None:
        told = element("p", _("There is no earlier date to compare with."), "quiet")
        return _Panel(panel_html("changes", head_html(_("What changed")), told))
    html, one = moves_panel(ctx, "changes")
    return _Panel(html, (one,))


def _reporting(ctx: Context) -> _Panel:
    """Return who has not reported."""
    head = head_html(ctx._("Reporting"), ctx._("most missing first"))
    table, told = ctx.built("reporting", lambda: _unreported(ctx))
    board = Board(table, "reporting", into="indicator")
    html = panel_html("reporting", head, scroll_html("reporting", board.markup), foot_html(told))
    return _Panel(html, (board,))


def _unreported(ctx: Context) -> tuple[Markup, str]:
    """Return the indicators fewer have reported than at their best date, and how complete all are.

    Most villages owe nothing to an indicator of a few (a pilot, a named orchard), so the measure of who is missing is
    who has reported before; nobody at all counts as everybody missing.
    """
    _ = ctx._
    rows = ctx.progress()
    rows = rows.loc[rows["of"] > 1]
    day = pd.Timestamp(ctx.need_date())
    past = loaders.series(ctx.county.slug, ctx.plan.id, ctx.region)
    most = rows["indicator"].map({i: past[i].loc[past[i]["as_of"] <= day, "reported"].max() for i in rows["indicator"]})
    full = int((rows["reported"] == rows["of"]).sum())
    rows = rows.assign(of=most.where(most > 0, rows["of"]))
    rows = rows.assign(share=rows["reported"] / rows["of"])  # before the selection: an empty one would take its rows
    late = rows.loc[rows["reported"] < rows["of"]]
    told = _(
        "of {n} indicators {full} reported by all, {late} by fewer than before", n=len(rows), full=full, late=len(late)
    )
    if late.empty:
        return element("p", _("No indicator is reported by fewer than before."), "quiet"), told
    late = late.sort_values(["share", "indicator"]).head(12)
    heads = {"reported": _("Reported / most so far")}
    return progress_table(late, ctx.labels, _, columns=("name", "reported", "newest"), heads=heads, css="slim"), told
