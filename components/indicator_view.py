"""One indicator in depth: over time, over its places, on the map, and why it has its status."""

import pandas as pd
import streamlit as st

from components import formats
from components.board import board
from components.context import Context
from components.county_map import Place, county_map, status_classes, status_values, value_classes
from components.figures.base import CONFIG
from components.figures.places import distribution
from components.figures.trend import trend
from components.html.base import element
from components.html.notes import no_villages, provenance
from components.html.places import tile_grid
from components.html.progress import VILLAGES, progress_table, ranking_table, why_html, worst_first
from components.panels import foot
from components.status import band_note
from data import loaders, progress, schedule
from data.explain import explain
from data.plan import Indicator
from geo.regions import match_place

VIEWS = ("map", "grid", "table")


def why(ctx: Context, row: pd.Series) -> None:
    """Say in one sentence why a row has its status, and who is responsible."""
    indicator = ctx.plan.indicator(row["indicator"])
    sentence = explain(row.to_dict(), ctx.plan, ctx.need_date(), ctx.lang)
    st.html(why_html(row["status"], row["rule"], sentence, ctx._, office=ctx.office(indicator)))


def provenance_foot(ctx: Context, indicator: Indicator, row: pd.Series | None = None) -> None:
    """Close a panel with definition, source, date and how many reported."""
    reported = (int(row["reported"]), int(row["of"])) if row is not None and row["of"] else None
    bands = ctx.county.bands
    foot(
        *provenance(
            ctx._,
            definition=definition(indicator) if ctx.lang == "zh" else indicator.name_en,
            source="、".join(indicator.lead),
            as_of=ctx.as_of,
            reported=reported,
            bands=band_note(bands.slightly_behind, bands.behind, ctx._) if indicator.scored else "",
        )
    )


def definition(indicator: Indicator) -> str:
    """Return how the plan measures an indicator (口径)."""
    return f"{indicator.numerator} ÷ {indicator.denominator}" if indicator.denominator else indicator.numerator


def trend_figure(ctx: Context, indicator: Indicator) -> None:
    """Draw the actual values of the page's region against the schedule line with its milestones."""
    history = loaders.history(ctx.county.slug, ctx.plan.id, ctx.region)
    rows = history.loc[(history["indicator"] == indicator.id) & (history["as_of"] <= pd.Timestamp(ctx.need_date()))]
    now = ctx.progress()
    row = now.loc[now["indicator"] == indicator.id].iloc[0]
    actual = rows.rename(columns={"as_of": "date"})[["date", "value"]]
    due = due_line(ctx, indicator, row)
    milestones = pd.DataFrame([{"date": pd.Timestamp(m.date), "value": m.value} for m in indicator.milestones])
    forecast = None
    if not formats.missing(row["forecast"]):
        forecast = pd.DataFrame(
            {
                "date": [pd.Timestamp(ctx.need_date()), pd.Timestamp(indicator.due)],
                "value": [row["value"], row["forecast"]],
            }
        )
    target = None if formats.missing(row["target"]) else float(row["target"])
    figure = trend(
        actual,
        due,
        ctx._,
        unit=row["unit"],
        target=target,
        milestones=milestones if ctx.region == ctx.plan.top_region and row["unit"] == indicator.unit else None,
        forecast=forecast,
        scale=ctx.scale,
    )
    st.plotly_chart(figure, key=f"trend_{indicator.id}", config=CONFIG)


def due_line(ctx: Context, indicator: Indicator, row: pd.Series) -> pd.DataFrame:
    """Return what is due at each month end and each of the plan's own dates, up to the due date."""
    empty = pd.DataFrame({"date": pd.Series(dtype="datetime64[ns]"), "value": pd.Series(dtype=float)})
    if formats.missing(row["target"]) or indicator.yes_no or indicator.rule == "deadline":
        return empty
    target = float(row["target"])
    start = 0.0 if indicator.is_rate or formats.missing(row["start_value"]) else float(row["start_value"])
    if row["unit"] != indicator.unit or indicator.rule == "keep":
        days, shares = [ctx.plan.start, indicator.due], [1.0, 1.0]
    else:
        end = max(indicator.due, ctx.need_date())
        own = {m.date for m in indicator.milestones} | {ctx.plan.start, indicator.due, end}
        days = sorted(own | set(schedule.evaluation_dates(ctx.plan, end)))
        shares = [schedule.schedule_share(indicator, ctx.plan, d) for d in days]
    return pd.DataFrame({"date": pd.to_datetime(days), "value": [start + s * (target - start) for s in shares]})


def places_view(ctx: Context, indicator: Indicator, *, key: str, height: int = 330) -> None:
    """Show the indicator by village: map, tile grid or table, as the viewer likes."""
    _ = ctx._
    places = ctx.places(indicator.id)
    villages = places.loc[places["level"] == "village"]
    words = {"map": _("Map"), "grid": _("Tile grid"), "table": _("Table")}
    view = st.segmented_control(
        _("View"), VIEWS, default="map", required=True, format_func=words.__getitem__, key=f"view_{key}",
        label_visibility="collapsed",
    )  # fmt: skip
    known = villages.loc[villages["value"].notna()]
    towns = places.loc[places["level"] == "township"]
    if known.empty and (towns.empty or towns["value"].isna().all()):
        st.html(no_villages(_))
        return
    if known.empty:
        villages = towns
    selected = st.session_state.get("village")
    if view == "map" and not known.empty:
        village_map(ctx, indicator, villages, key=key, height=height, selected=selected)
    elif view == "grid" and not known.empty:
        frame = villages.merge(ctx.regions[["code", "name", "parent"]], left_on="region", right_on="code")
        groups = {code: ctx.names[code] for code in dict.fromkeys(frame["parent"])}
        board(tile_grid(frame, groups, _), f"grid_{key}", selected, into="village")
    else:
        with st.container(key=f"scroll_{key}"):
            board(
                progress_table(worst_first(villages), ctx.place_labels, _, columns=VILLAGES, by="region", css="slim"),
                f"table_{key}",
                selected,
                into="village",
            )


def village_map(
    ctx: Context, indicator: Indicator, villages: pd.DataFrame, *, key: str, height: int, selected: str | None
) -> None:
    """Show villages coloured by status, or by value where nothing is asked of them."""
    _ = ctx._
    document = loaders.map_document(ctx.county.slug, ctx.plan.id)
    if document is None:
        st.html(no_villages(_))
        return
    unit = villages["unit"].iloc[0] if len(villages) else indicator.unit
    if villages["status"].isin(["not_scored", "no_target"]).all():
        numbers = dict(zip(villages["region"], villages["value"], strict=True))
        legend, values = value_classes(
            numbers, formats.unit(unit, _), low_is_bad=not progress.lower_is_better(indicator)
        )
    else:
        legend, values = status_classes(_, indicator.rule), status_values(villages)
    county_map(
        document,
        values,
        legend,
        _,
        key=f"map_{key}",
        selected=selected,
        focus=ctx.township,
        unit=formats.unit(unit, _),
        places=named_places(ctx, indicator),
        height=height,
        into="village",
    )


def named_places(ctx: Context, indicator: Indicator | None = None) -> list[Place]:
    """Return the plan's named villages and townships, those that matter for an indicator if one is given."""
    found = []
    for place in ctx.plan.places:
        if place.kind not in {"village", "township"} or (indicator and indicator.id not in place.indicators):
            continue
        codes = match_place(ctx.regions, place.name_zh, place.township, place.kind)
        if len(codes) == 1:
            found.append(Place(codes[0], place.name_zh, place.what))
    return found


def distribution_figure(ctx: Context, indicator: Indicator) -> None:
    """Draw how the values of villages are spread, with the target line."""
    villages = ctx.places(indicator.id, "village")
    values = villages["value"].dropna()
    if values.empty:
        return
    target = villages["target"].dropna()
    figure = distribution(
        villages,
        ctx._,
        unit=villages["unit"].iloc[0],
        target=float(target.iloc[0]) if len(target) else None,
        scale=ctx.scale,
    )
    st.plotly_chart(figure, key=f"distribution_{indicator.id}", config=CONFIG)


def ranking(ctx: Context, indicator: Indicator, *, key: str) -> None:
    """Rank townships (or villages) by level or by increment; those without data are named apart."""
    _ = ctx._
    level = ctx.lower_level
    words = {"value": _("By level"), "change": _("By increment")}
    by = st.segmented_control(
        _("Ranking"), list(words), default="value", required=True, format_func=words.__getitem__, key=f"by_{key}",
        label_visibility="collapsed",
    )  # fmt: skip
    places = ctx.places(indicator.id, level)
    if ctx.since is not None:
        before = ctx.places(indicator.id, level, day=ctx.since)[["region", "value"]]
        before = before.rename(columns={"value": "before"})
        places = places.merge(before, on="region", how="left")
        places["change"] = places["value"] - places["before"]
    ranked = progress.ranking(places, indicator, level, by=by)
    known = ranked.loc[ranked["rank"].notna()]
    with st.container(key=f"scroll_rank_{key}"):
        board(
            ranking_table(
                known, ctx.place_labels, _, unranked=ranked.loc[ranked["rank"].isna(), "region"],
                value_head=_("Actual"),
            ),
            f"rank_{key}",
            st.session_state.get("village"),
            into="village",
        )  # fmt: skip


def selected_place(ctx: Context, indicator: Indicator, code: str) -> None:
    """Show the selected village's or township's own figure and why it has its status."""
    frame = loaders.for_indicator(ctx.county.slug, ctx.plan.id, ctx.need_date(), indicator.id)
    rows = frame.loc[frame["region"] == code]
    if rows.empty:
        return
    label = ctx.place_labels[code]
    st.html(element("h3", f"{label.note} {label.name}".strip()))
    why(ctx, rows.iloc[0])
