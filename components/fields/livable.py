"""The field of livable villages: rates by village, demonstration villages, housing and water works."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from components import formats, indicator_view
from components.board import board
from components.context import Context
from components.county_map import Place, county_map
from components.county_map.classes import Value, of_status
from components.fields.funds import short_names, sources, words
from components.fields.strips import of_places, strips
from components.figures.base import CONFIG
from components.figures.profiles import split
from components.html.base import Markup, element
from components.html.lists import facts
from components.html.money import project_rows
from components.html.progress import progress_table
from components.html.strips import demonstration_table
from components.panels import foot, panel, scroll, side_by_side
from components.status import STATUSES
from data import loaders, summaries
from data.plan import Indicator

AREA = "livable_villages"
_LONG = 10


def rates(ctx: Context) -> None:
    """Show the rates of each township with a strip of its villages."""
    strips(
        ctx, of_places(ctx, AREA), key="rates", title=ctx._("Rates by township and village"),
        definition=ctx._("as each indicator measures it; villages in the warning colour are behind schedule"),
    )  # fmt: skip


# ---- demonstration villages ------------------------------------------------------------------------------------------


def demonstration_indicators(ctx: Context) -> list[Indicator]:
    """Return the indicators that count named villages: each has a mark of its own in `facts`."""
    return [
        i for i in ctx.plan.indicators
        if i.area == AREA
        and (i.data.table, i.data.agg, i.level, i.rollup) == ("facts", "count", "village", "sum")
    ]  # fmt: skip


def demonstrations(ctx: Context) -> None:
    """Show the demonstration villages on the map and as a list: built, or under way."""
    _ = ctx._
    indicators = demonstration_indicators(ctx)
    frames = [ctx.places(i.id, "village").dropna(subset="value") for i in indicators]
    found = [(i, f) for i, f in zip(indicators, frames, strict=True) if len(f)]
    if not found:
        return
    rows = pd.concat([f.assign(what=i.name(ctx.lang)) for i, f in found], ignore_index=True)[
        ["region", "value", "what"]
    ]
    rows["built"] = rows["value"] >= 1
    rows = rows.sort_values(["built", "what", "region"], ascending=[False, True, True], kind="stable")
    left, right = side_by_side([1.3, 1])
    with left, panel("demo_map", _("Demonstration villages"), _("built and under way")):
        _demonstration_map(ctx, rows, [i for i, _frame in found])
        foot(*sources(ctx, "facts", _("villages reported with the mark; a village may have several")))
    with (
        right,
        panel(
            "demo_list",
            _("Which villages"),
            _("{n} built, {m} under way", n=int(rows["built"].sum()), m=int((~rows["built"]).sum())),
        ),
    ):
        now = ctx.progress(AREA)
        now = now.loc[now["indicator"].isin([i.id for i, _frame in found])]
        board(
            progress_table(
                now,
                {k: v._replace(note="") for k, v in ctx.labels.items()},
                _,
                columns=("status", "name", "target", "actual"),
                css="slim",
            ),
            "demo_sums",
            into="indicator",
        )
        towns = {c: ctx.place_labels[c].note for c in rows["region"]} if ctx.lower_level == "township" else {}
        table = demonstration_table(rows, short_names(ctx), towns, _)
        with scroll("demo") if len(rows) > _LONG else st.container(key="demo_rows"):
            board(table, "demo", st.session_state.get("village"), into="village")
        foot(_("Data up to {day}", day=formats.date(ctx.as_of, _)))


def _demonstration_map(ctx: Context, rows: pd.DataFrame, indicators: Sequence[Indicator]) -> None:
    _ = ctx._
    document = loaders.map_document(ctx.county.slug, ctx.plan.id)
    if document is None:
        return
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

    def marked() -> list[Place]:
        found = (place for i in indicators for place in indicator_view.named_places(ctx, i))
        return list({place.where: place for place in found}.values())

    named = ctx.built("demonstration places", marked)
    county_map(
        document, values, legend, _, key="map_demo", selected=st.session_state.get("village"), focus=ctx.township,
        labels=labels, places=named, height=380, into="village",
    )  # fmt: skip


# ---- housing and water -----------------------------------------------------------------------------------------------


def works(ctx: Context) -> None:
    """Show housing works and water works: done and still due."""
    _ = ctx._
    housing = _housing_counts(ctx)
    every = loaders.summary(
        ctx.county.slug, ctx.plan.id, "projects", summaries.project_list, ctx.need_date(), ctx.township
    )
    water = every.loc[every["kind"] == "water"]
    if housing is None and water.empty:
        return
    left, right = side_by_side([1, 1.72])
    with left, panel("housing", _("Housing works")):
        _housing(ctx, housing)
    with right, panel("water", _("Drinking-water works"), _water_note(ctx, water)):
        _water(ctx, water)


def _housing_counts(ctx: Context) -> tuple[pd.Timestamp, pd.DataFrame] | None:
    """Return the newest snapshot of housing works: name, yes (done), no (not done); None without any."""
    return ctx.built("housing counts", lambda: _newest_housing(ctx))


def _newest_housing(ctx: Context) -> tuple[pd.Timestamp, pd.DataFrame] | None:
    counts = loaders.profile(ctx.county.slug, "housing_works", ctx.region)
    counts = counts.loc[counts["as_of"] <= pd.Timestamp(ctx.need_date())]
    if counts.empty:
        return None
    newest = counts["as_of"].max()
    n = counts.loc[counts["as_of"] == newest].set_index("category")["n"]
    kinds = words(ctx, "households", "house_works")
    rows = [
        {"name": word, **{part: n.get(f"{kind}|{part}", float("nan")) for part in ("yes", "no")}}
        for kind, word in kinds.items()
        if kind != "none"
    ]
    frame = pd.DataFrame(rows)
    return newest, frame.loc[frame[["yes", "no"]].notna().any(axis=1)]


def _related(ctx: Context, *mentions: str) -> pd.DataFrame:
    """Return progress of the indicators, of whatever area, whose query mentions one of the words."""
    ids = [i.id for i in ctx.plan.indicators if any(m in (i.data.where or "") for m in mentions)]
    now = ctx.progress()
    return now.loc[now["indicator"].isin(ids)]


def _targets(ctx: Context, rows: pd.DataFrame, key: str) -> None:
    if len(rows):
        columns = ("status", "name", "target", "actual", "bar")
        table = ctx.built(
            "targets",
            lambda: progress_table(rows, ctx.labels, ctx._, columns=columns, pickable=False, css="slim"),
            key,
        )
        with st.container(key=f"targets_{key}"):
            st.html(table)


def _housing(ctx: Context, housing: tuple[pd.Timestamp, pd.DataFrame] | None) -> None:
    _ = ctx._
    _targets(ctx, _related(ctx, "house_works=="), "housing")
    if housing is None:
        st.html(element("p", _("No housing works reported, or fewer than five households of each kind."), "quiet"))
        return
    newest, frame = housing
    parts = {"yes": _("Completed"), "no": _("Not completed")}
    figure = ctx.built("housing", lambda: split(frame, parts, _, scale=ctx.scale))
    st.plotly_chart(figure, key="housing", config=CONFIG)
    foot(
        _("Definition: {text}", text=_("households by kind of works; fewer than five are not shown")),
        _("Source: {text}", text=_("household snapshot of {day}", day=formats.date(newest, _))),
        _("Data up to {day}", day=formats.date(ctx.as_of, _)),
    )


def _water_note(ctx: Context, water: pd.DataFrame) -> str:
    done = int(water["status"].isin(list(summaries.FINISHED)).sum())
    return ctx._("{done} of {n} completed", done=done, n=len(water)) if len(water) else ""


def _water(ctx: Context, water: pd.DataFrame) -> None:
    _ = ctx._
    _targets(ctx, _related(ctx, "kind=='water' and"), "water")
    if water.empty:
        st.html(element("p", _("No drinking-water project has been reported yet."), "quiet"))
        return
    done = water["status"].isin(list(summaries.FINISHED))
    st.html(
        facts(
            [
                (_("Completed"), formats.share_of(int(done.sum()), len(water), "", _), ""),
                (
                    _("People served by completed works"),
                    formats.quantity_html(water.loc[done, "people_n"].sum(), "人", _),
                    "",
                ),
                (_("People still waiting"), formats.quantity_html(water.loc[~done, "people_n"].sum(), "人", _), ""),
                (_("Investment"), formats.quantity_html(water["invest"].sum(), "万元", _, big=True), ""),
                (_("Spent"), formats.quantity_html(water["paid"].sum(), "万元", _, big=True), ""),
            ]
        )
    )
    table = ctx.built("water", lambda: _water_table(ctx, water))
    with scroll("water"):
        board(table, "water", into="water_project")
    foot(*sources(ctx, "projects", _("drinking-water projects; unfinished ones first")))


def _water_table(ctx: Context, water: pd.DataFrame) -> Markup:
    towns = dict(zip(ctx.regions["code"], ctx.regions["parent"].map(ctx.names).fillna(""), strict=True))
    return project_rows(
        water,
        short_names(ctx), {} if ctx.lower_level == "village" else towns,
        words(ctx, "projects", "status"), words(ctx, "projects", "kind"), ctx._, people=True,
    )  # fmt: skip
