"""A place at a glance: what it is, how it stands by every indicator, where it lies, one indicator over time."""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd
import streamlit as st

from components import address, formats, indicator_view
from components.area import trends
from components.board import board
from components.context import Context
from components.county_map import Drawing, county_map
from components.fragment import fragment
from components.html.base import Markup
from components.html.heat import heat_key, heat_table
from components.html.lists import facts
from components.html.progress import Label, count_badges, progress_table, urgent_first
from components.panels import foot, panel, scroll, side_by_side
from components.place.finder import GOTO, Here
from components.problems.hand_over import hand_over
from components.status import badge_html, band_note
from data import loaders, summaries
from data.plan import Indicator

COLUMNS = ("status", "name", "target", "actual", "bar", "gap", "change", "trend", "standing_inside", "standing")
UNSCORED = ("name", "actual", "change", "trend", "standing_inside", "standing")
WEIGHTS = (1.72, 1)
MAP_HEIGHT, TREND_HEIGHT = 230, 185
_LONG = 14


class Listed(NamedTuple):
    """A place's indicators: the rows shown, both tables, the worst, and the names of those it has no part in."""

    rows: pd.DataFrame
    scored: Markup
    unscored: Markup
    worst: str
    elsewhere: list[str]


def head(ctx: Context, here: Here) -> None:
    """Show what the place is, and how many of its indicators are behind."""
    _ = ctx._
    own = listed(ctx, here)
    found = own.rows["status"].value_counts()
    counts = {str(code): int(n) for code, n in found.items() if code != "not_scored"}
    note = _("{n} indicators with a target of its own or a figure", n=len(own.rows))
    with panel("place", ctx.built("place called", lambda: _called(ctx, here)), note, count_badges(counts, _)):
        st.html(ctx.built("place facts", lambda: facts(facts_of(ctx, here))))


def _called(ctx: Context, here: Here) -> str:
    row = ctx.regions.loc[ctx.regions["code"] == here.code].iloc[0]
    return f"{row['name']} · {here.code}"


def facts_of(ctx: Context, here: Here) -> Iterator[tuple[object, object, object]]:
    """Yield what the register says of the place: label, figure, note."""
    _ = ctx._
    register = ctx.summary("villages", summaries.register)
    if here.level == "township":
        inside = ctx.regions.loc[ctx.regions["parent"] == here.code, "unit_type"]
        yield _("Villages and communities"), len(inside), _("{n} communities", n=int((inside == "community").sum()))
    else:
        unit = ctx.regions.loc[ctx.regions["code"] == here.code, "unit_type"].iloc[0]
        yield _("Kind"), _("Community") if unit == "community" else _("Village"), ""
    for column in summaries.REGISTER_COLUMNS:
        known = register[column.name].dropna()
        if known.empty:
            continue
        n, text = int(known.sum()), column.title(ctx.lang)
        if column.type != "bool":
            yield text, formats.number(n, 0), ""
        elif here.level == "township":
            yield text, n, _("of {n} villages", n=len(register))
        elif n:
            yield text, _("yes"), ""


def listed(ctx: Context, here: Here) -> Listed:
    """Return the place's indicators, built once."""
    return ctx.built("place indicators", lambda: _list_of(ctx, here))


def _list_of(ctx: Context, here: Here) -> Listed:
    _ = ctx._
    rows = ctx.compared()
    part = rows["value"].notna() | rows["target"].notna() | (rows["of"] > 0)
    own = rows.loc[part].merge(_standing_of(ctx, here.code), on="indicator", how="left")
    scored = urgent_first(own.loc[~own["status"].isin(["not_scored", "no_target"])])
    unscored = own.loc[own["status"].isin(["not_scored", "no_target"]) & own["value"].notna()]
    drop = {"standing_inside"} if here.level == "township" else set()
    labels = {code: Label(label.name, label.note, each=label.each) for code, label in ctx.labels.items()}
    series = trends(ctx)
    tables = [
        progress_table(
            frame, labels, _, columns=[c for c in columns if c not in drop], trends=series, css="cards place"
        )
        if len(frame)
        else Markup()
        for frame, columns in ((scored, COLUMNS), (unscored, UNSCORED))
    ]
    shown = pd.concat([scored, unscored])
    others = [ctx.labels[i].name for i in rows["indicator"] if i not in set(shown["indicator"])]
    worst = str(shown["indicator"].iloc[0]) if len(shown) else ctx.plan.indicators[0].id
    return Listed(shown, tables[0], tables[1], worst, others)


def _standing_of(ctx: Context, code: str) -> pd.DataFrame:
    """Return the ranks of a place by indicator."""
    every = loaders.ranks(ctx.county.slug, ctx.plan.id, ctx.need_date())
    inside = every.index.get_level_values("region") == code
    return every.loc[inside].droplevel("region").reset_index()


@fragment
def indicators_and_map(ctx: Context, here: Here) -> None:
    """Show every indicator of the place, and beside it where it lies and the selected one over time.

    A fragment: selecting an indicator leaves the rest of the page as it is.
    """
    if GOTO in st.session_state:
        st.rerun()
    _ = ctx._
    own = listed(ctx, here)
    known = {i.id for i in ctx.plan.indicators}
    wanted = address.keep("indicator", known, own.worst) or own.worst
    shown = set(own.rows["indicator"])
    indicator = ctx.plan.indicator(wanted if wanted in shown or not shown else own.worst)
    left, right = side_by_side(WEIGHTS)
    with left, panel("place_indicators", _("All indicators"), _("by status, then by gap; pick a row for its course")):
        if not shown:
            st.html(Markup(f"<p class='quiet'>{_('Nothing is asked of this place and nothing was reported.')}</p>"))
        with scroll("place_indicators"):
            if own.scored:
                board(own.scored, "place_scored", indicator.id, into="indicator")
            if own.unscored:
                board(own.unscored, "place_unscored", indicator.id, into="indicator")
        names = _(", ").join(own.elsewhere)
        foot(
            _("Definition: {text}", text=_("rank 1 is best; places without a figure are not ranked")),
            _("Data up to {day}", day=formats.date(ctx.as_of, _)),
            _("not asked of this place nor reported ({n}): {names}", n=len(own.elsewhere), names=names)
            if own.elsewhere else "",
        )  # fmt: skip
    with right:
        row = ctx.row(indicator.id)
        if row is None:
            raise LookupError(f"no progress of {indicator.id} at {here.code}")
        badge = badge_html(row["status"], row["rule"], _, village=here.level == "village")
        with panel("depth", indicator.name(ctx.lang), ctx.names[here.code], badge):
            indicator_view.trend_figure(ctx, indicator, row, height=TREND_HEIGHT)
            indicator_view.why(ctx, row)
            hand_over(ctx, indicator, here.code, key="place")
            _map(ctx, here, indicator)
            indicator_view.provenance_foot(ctx, indicator, row)


def _map(ctx: Context, here: Here, indicator: Indicator) -> None:
    """Show the place on the county's map, coloured by the selected indicator; a village clicked is gone to."""
    whole = ctx.at(ctx.plan.top_region)

    def draw() -> Drawing | None:
        places = indicator_view.Places.of(whole, indicator)
        villages = places.villages if places.by_village else places.villages.iloc[:0]
        return indicator_view.drawing_of(whole, indicator, villages)

    drawing = whole.built("village map", draw, indicator.id)
    if drawing is None:
        return
    focus = here.town if here.town != ctx.plan.top_region else None
    selected = here.code if here.level == "village" else None
    county_map(drawing, key="map_place", selected=selected, focus=focus, height=MAP_HEIGHT, into=GOTO)


def villages(ctx: Context, here: Here) -> None:
    """Show a township's villages by action areas; a row goes to the village."""
    if here.level != "township":
        return
    _ = ctx._
    areas = {a: name for a, name in ctx.areas.items() if any(i.area == a for i in ctx.plan.indicators)}
    shares = loaders.area_shares(
        ctx.county.slug, ctx.plan.id, ctx.need_date(), ctx.since, "village", here.code, ctx.since_version
    )
    if shares.empty:
        return
    note = _("share of judged indicators that are fine (%), lowest first")
    with panel("place_villages", _("Its villages × areas"), note, heat_key(_)):
        table = ctx.built("place villages", lambda: heat_table(shares, areas, ctx.names, _, first=_("Village")))
        board(table, "place_villages", into=GOTO)
        bands = ctx.bands
        foot(
            _("pick a row to see the village"),
            _("Data up to {day}", day=formats.date(ctx.as_of, _)),
            band_note(bands.slightly_behind, bands.behind, _),
        )
