"""The field of livable villages: rates by village, demonstration villages, housing and water works."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from components import formats, indicator_view
from components.board import board
from components.context import Context
from components.county_map import Drawing, county_map, draw
from components.county_map.classes import Value, of_status
from components.fields.counts import not_shown, not_shown_words
from components.fields.funds import project_list, sources, words
from components.fields.strips import of_places, strips
from components.figures.base import CONFIG
from components.figures.profiles import split
from components.html.base import Markup, element
from components.html.lists import facts
from components.html.progress import progress_table
from components.html.strips import demonstration_table
from components.panels import foot, panel, scroll, side_by_side
from components.status import STATUSES
from data import loaders, summaries
from data.plan import Indicator

AREA = "livable_villages"
_LONG = 10


def rates(ctx: Context) -> None:
    """Show the rates of each township with a strip of its villages; of a township those of its villages."""
    _ = ctx._
    strips(
        ctx, of_places(ctx, AREA), key="rates",
        title=_("Rates by township and village") if ctx.lower_level == "township" else _("Rates by village"),
        definition=_("as each indicator measures it"),
    )  # fmt: skip


# ---- demonstration villages ------------------------------------------------------------------------------------------


def demonstration_indicators(ctx: Context) -> list[Indicator]:
    """Return the indicators that count named villages: each has a mark of its own in `facts`."""
    return [
        i for i in ctx.plan.indicators
        if i.area == AREA
        and (i.data.table, i.data.agg, i.level, i.rollup) == ("facts", "count", "village", "sum")
    ]  # fmt: skip


class _Demonstrations(NamedTuple):
    """Demonstration villages: notes, the indicators' table, the list of villages, and what the map shows."""

    note: str
    sums: Markup
    villages: Markup
    size: int
    drawing: Drawing | None


def demonstrations(ctx: Context) -> None:
    """Show the demonstration villages on the map and as a list: built, or under way."""
    _ = ctx._
    found = ctx.built("demonstrations", lambda: _demonstrations(ctx))
    if found is None:
        return
    left, right = side_by_side([1.3, 1])
    with left, panel("demo_map", _("Demonstration villages"), _("built and under way")):
        if found.drawing is not None:
            selected = st.session_state.get("village")
            county_map(found.drawing, key="map_demo", selected=selected, focus=ctx.township, height=380, into="village")
        foot(*sources(ctx, "facts", _("villages reported with the mark; a village may have several")))
    with right, panel("demo_list", _("Which villages"), found.note):
        board(found.sums, "demo_sums", into="indicator")
        with scroll("demo") if found.size > _LONG else st.container(key="demo_rows"):
            board(found.villages, "demo", st.session_state.get("village"), into="village")
        foot(_("Data up to {day}", day=formats.date(ctx.as_of, _)))


def _demonstrations(ctx: Context) -> _Demonstrations | None:
    _ = ctx._
    frames = [(i, ctx.places(i.id, "village").dropna(subset="value")) for i in demonstration_indicators(ctx)]
    frames = [(i, frame) for i, frame in frames if len(frame)]
    if not frames:
        return None
    indicators = [i for i, _frame in frames]
    rows = pd.concat([f.assign(what=i.name(ctx.lang)) for i, f in frames], ignore_index=True)
    rows = rows[["region", "value", "what"]].assign(built=rows["value"] >= 1)
    rows = rows.sort_values(["built", "what", "region"], ascending=[False, True, True], kind="stable")
    now = ctx.progress(AREA)
    now = now.loc[now["indicator"].isin([i.id for i in indicators])]
    names = {k: v._replace(note="") for k, v in ctx.labels.items()}
    towns = {c: ctx.place_labels[c].note for c in rows["region"]} if ctx.lower_level == "township" else {}
    return _Demonstrations(
        note=_("{n} built, {m} under way", n=int(rows["built"].sum()), m=int((~rows["built"]).sum())),
        sums=progress_table(now, names, _, columns=("status", "name", "target", "actual"), css="slim"),
        villages=demonstration_table(rows, ctx.names, towns, _),
        size=len(rows),
        drawing=_demonstration_map(ctx, rows, indicators),
    )


def _demonstration_map(ctx: Context, rows: pd.DataFrame, indicators: Sequence[Indicator]) -> Drawing | None:
    _ = ctx._
    document = loaders.map_document(ctx.county.slug, ctx.plan.id)
    if document is None:
        return None
    legend = [
        of_status(STATUSES["done"], _("Built")),
        of_status(STATUSES["slightly_behind"], _("Being built")),
        of_status(STATUSES["no_target"], _("Other villages")),
    ]
    best = rows.groupby("region")["built"].any()
    values: dict[str, Value] = dict.fromkeys(ctx.regions.loc[ctx.regions["level"] == "village", "code"], (2, None))
    values |= {str(c): (0 if built else 1, None) for c, built in best.items()}
    labels = {
        str(code): (_("; ")).join(f"{w} ✓" if b else f"{w} …" for w, b in zip(part["what"], part["built"], strict=True))
        for code, part in rows.groupby("region")
    }
    named = (place for i in indicators for place in indicator_view.named_places(ctx, i))
    marked = list({place.where: place for place in named}.values())
    return draw(document, values, legend, _, labels=labels, places=marked, within=ctx.inside)


# ---- housing and water -----------------------------------------------------------------------------------------------


def works(ctx: Context) -> None:
    """Show housing works and water works: done and still due."""
    _ = ctx._
    housing = ctx.built("housing counts", lambda: _housing_counts(ctx))
    water = ctx.built("water", lambda: _water(ctx))
    if housing is None and water is None:
        return
    left, right = side_by_side([1, 1.72])
    with left, panel("housing", _("Housing works")):
        _show_housing(ctx, housing)
    with right, panel("water", _("Drinking-water works"), water.note if water else ""):
        _show_water(ctx, water)


def _targets(ctx: Context, key: str, *mentions: str) -> None:
    """Show the indicators, of whatever area, whose query mentions one of the words."""
    table = ctx.built("targets", lambda: _target_table(ctx, mentions), key)
    if table:
        with st.container(key=f"targets_{key}"):
            st.html(table)


def _target_table(ctx: Context, mentions: Sequence[str]) -> Markup:
    ids = [i.id for i in ctx.plan.indicators if any(m in (i.data.where or "") for m in mentions)]
    rows = ctx.progress()
    rows = rows.loc[rows["indicator"].isin(ids)]
    columns = ("status", "name", "target", "actual", "bar")
    if rows.empty:
        return Markup()
    return progress_table(rows, ctx.labels, ctx._, columns=columns, pickable=False, css="slim")


def _housing_counts(ctx: Context) -> tuple[pd.Timestamp, pd.DataFrame] | None:
    """Return the newest snapshot of housing works: name, yes (done), no (not done); None without any."""
    counts = loaders.profile(ctx.county.slug, "housing_works", ctx.region)
    counts = counts.loc[counts["as_of"] <= pd.Timestamp(ctx.need_date())]
    if counts.empty:
        return None
    newest = counts["as_of"].max()
    n = counts.loc[counts["as_of"] == newest].set_index("category")["n"]
    none = 0.0 if not_shown(counts).iloc[-1] == 0 else float("nan")
    kinds = words(ctx, "households", "house_works")
    rows = [
        {"name": word, **{part: n.get(f"{kind}|{part}", none) for part in ("yes", "no")}}
        for kind, word in kinds.items()
        if kind != "none"
    ]
    frame = pd.DataFrame(rows)
    return newest, frame.loc[frame[["yes", "no"]].gt(0).any(axis=1)]


def _show_housing(ctx: Context, housing: tuple[pd.Timestamp, pd.DataFrame] | None) -> None:
    _ = ctx._
    _targets(ctx, "housing", "house_works==")
    if housing is None:
        st.html(element("p", _("No housing works reported, or none that are shown."), "quiet"))
        return
    newest, frame = housing
    parts = {"yes": _("Completed"), "no": _("Not completed")}
    figure = ctx.built("housing", lambda: split(frame, parts, _, scale=ctx.scale))
    st.plotly_chart(figure, key="housing", config=CONFIG)
    foot(
        _("Definition: {text}", text=_("households by kind of works")),
        _("Source: {text}", text=_("household snapshot of {day}", day=formats.date(newest, _))),
        _("Data up to {day}", day=formats.date(ctx.as_of, _)),
        not_shown_words(_),
    )


class _Water(NamedTuple):
    """Drinking-water projects: how many are completed, what they reach and cost, and the list."""

    note: str
    figures: Markup
    projects: Markup


def _show_water(ctx: Context, water: _Water | None) -> None:
    _ = ctx._
    _targets(ctx, "water", "kind=='water' and")
    if water is None:
        st.html(element("p", _("No drinking-water project has been reported yet."), "quiet"))
        return
    st.html(water.figures)
    with scroll("water"):
        board(water.projects, "water", into="water_project")
    foot(*sources(ctx, "projects", _("drinking-water projects; unfinished ones first")))


def _water(ctx: Context) -> _Water | None:
    _ = ctx._
    rows = ctx.summary("projects", summaries.project_list)
    rows = rows.loc[rows["kind"] == "water"]
    if rows.empty:
        return None
    done = rows["status"].isin(list(summaries.FINISHED))
    served, waiting = rows.loc[done, "people_n"].sum(), rows.loc[~done, "people_n"].sum()
    figures = [
        (_("Completed"), formats.share_of(int(done.sum()), len(rows), "", _), ""),
        (_("People served by completed works"), formats.quantity_html(served, "人", _), ""),
        (_("People still waiting"), formats.quantity_html(waiting, "人", _), ""),
        (_("Investment"), formats.quantity_html(rows["invest"].sum(), "万元", _), ""),
        (_("Spent"), formats.quantity_html(rows["paid"].sum(), "万元", _), ""),
    ]
    note = _("{done} of {n} completed", done=int(done.sum()), n=len(rows))
    return _Water(note, facts(figures), project_list(ctx, rows, people=True))
