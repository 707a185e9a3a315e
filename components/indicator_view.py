"""One indicator in depth: over time, over its places, on the map, and why it has its status."""

import datetime as dt
from collections.abc import Container
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from components import address, formats
from components.board import board
from components.context import Context
from components.county_map import Drawing, Place, county_map, draw, status_classes, status_values, value_classes
from components.county_map.classes import of_status
from components.figures.base import CONFIG
from components.figures.places import distribution
from components.figures.trend import trend
from components.html.base import Markup, element, escape, join, raw
from components.html.menu import page_link
from components.html.notes import no_villages, provenance
from components.html.places import tile_grid
from components.html.progress import VILLAGES, Label, progress_table, why_html, worst_first
from components.panels import foot, panel
from components.status import STATUSES, band_note
from components.unranked import unranked_words
from data import loaders, progress, schedule
from data.explain import explain
from data.plan import Indicator
from data.plan_words import definition
from data.shown import WITHHELD
from geo.regions import match_place

VIEWS = ("map", "grid", "table")
MAP_HEIGHT = 300
TREND_HEIGHT = 205
HISTORY_ROWS = 12
PLACE_MARKS = frozenset({"regressed", "direct", "carried"})
RANKED = {"value": ("rank", "name", "actual", "bar", "gap"), "change": ("rank", "name", "change", "actual", "bar")}


def why(ctx: Context, row: pd.Series) -> None:
    """Say in one sentence why a row has its status, since when it is behind, and who is responsible."""
    st.html(why_of(ctx, row))


def why_of(ctx: Context, row: pd.Series) -> Markup:
    """Return what `why` says."""
    indicator = ctx.plan.indicator(row["indicator"])

    def told() -> Markup:
        sentence = explain(row.to_dict(), ctx.plan, ctx.need_date(), ctx.lang)
        reason = why_html(row["status"], row["rule"], sentence, ctx._, office=ctx.office(indicator))
        return reason + (_since(ctx, indicator) if row["status"] in progress.BAD else Markup())

    return ctx.built("why", told, indicator.id)


def _since(ctx: Context, indicator: Indicator) -> Markup:
    """Say since which date an indicator that is behind has been so."""
    rows = past(ctx, indicator)
    since = progress.bad_since({d.date(): s for d, s in zip(rows["as_of"], rows["status"], strict=True)})
    if since is None:
        return Markup()
    return element("p", ctx._("Behind since {day}", day=formats.date(since, ctx._)), "quiet")


def provenance_foot(ctx: Context, indicator: Indicator, row: pd.Series | None = None) -> None:
    """Close a panel with definition, source, date and how many reported."""
    reported = (int(row["reported"]), int(row["of"])) if row is not None else None
    bands = ctx.bands
    foot(
        *provenance(
            ctx._,
            definition=definition(indicator, ctx.plan, ctx._),
            source="、".join(indicator.lead),
            as_of=ctx.as_of,
            reported=reported,
            unit=reporters(indicator),
            bands=band_note(bands.slightly_behind, bands.behind, ctx._) if indicator.scored else "",
        )
    )


def reporters(indicator: Indicator) -> str:
    """Return the word for those who report an indicator, as the engine counts them; none for the county alone."""
    if indicator.level == "county" or indicator.rollup == "county_only":
        return ""
    return "镇街" if indicator.level == "township" else "村"


def chosen_village(ctx: Context) -> str | None:
    """Return the village that is selected: it stands in the address and stays from page to page."""
    frame = ctx.regions
    known = ctx.built("village codes", lambda: frozenset(frame.loc[frame["level"] == "village", "code"]))
    return address.keep("village", known)


class Places(NamedTuple):
    """Progress of one indicator in the villages and the townships of the page's region.

    `change` is that since the date the page compares with; there is none without such a date.
    """

    villages: pd.DataFrame
    towns: pd.DataFrame

    @classmethod
    def of(cls, ctx: Context, indicator: Indicator) -> "Places":
        """Return the rows below the page's region."""
        return ctx.built("places", lambda: cls._below(ctx, indicator), indicator.id)

    @classmethod
    def _below(cls, ctx: Context, indicator: Indicator) -> "Places":
        frame = ctx.places_compared(indicator.id)
        inside = frame["region"] != ctx.region
        return cls(
            frame.loc[frame["level"] == "village"],
            frame.loc[(frame["level"] == "township") & inside] if ctx.lower_level == "township" else frame.iloc[:0],
        )

    @property
    def by_village(self) -> bool:
        """Whether any village has a value."""
        return bool(self.villages["value"].notna().any())

    @property
    def by_township(self) -> bool:
        """Whether any township has a value."""
        return bool(self.towns["value"].notna().any())


def past(ctx: Context, indicator: Indicator) -> pd.DataFrame:
    """Return an indicator's progress at the page's region up to the as-of date, oldest first."""
    history = loaders.history(ctx.county.slug, ctx.plan.id, indicator.id, ctx.region)
    return history.loc[history["as_of"] <= pd.Timestamp(ctx.need_date())]


def trend_figure(ctx: Context, indicator: Indicator, row: pd.Series, *, height: int = TREND_HEIGHT) -> None:
    """Draw the actual values of the page's region against the schedule line with its milestones."""
    figure = ctx.built("trend", lambda: _trend(ctx, indicator, row, height), indicator.id, height)
    # One key for all indicators: the chart on the page is redrawn, not taken down and mounted again.
    st.plotly_chart(figure, key="trend", config=CONFIG)


def _trend(ctx: Context, indicator: Indicator, row: pd.Series, height: int) -> go.Figure:
    actual = past(ctx, indicator).rename(columns={"as_of": "date"})[["date", "value"]]
    due = due_line(ctx, indicator, row, frozenset(actual.dropna(subset="value")["date"].dt.date))
    # Each where it holds on its own day: a revised target leaves those that were passed before.
    held = [m for day in indicator.all_dates for m in indicator.in_force(day).milestones if m.date == day]
    milestones = pd.DataFrame([{"date": pd.Timestamp(m.date), "value": m.value} for m in held])
    forecast = None
    if not formats.missing(row["forecast"]):
        forecast = pd.DataFrame(
            {
                "date": [pd.Timestamp(ctx.need_date()), pd.Timestamp(ctx.in_force(indicator).due)],
                "value": [row["value"], row["forecast"]],
            }
        )
    target = None if formats.missing(row["target"]) else float(row["target"])
    return trend(
        actual,
        due,
        ctx._,
        unit=row["unit"],
        target=target,
        milestones=milestones if ctx.region == ctx.plan.top_region and row["unit"] == indicator.unit else None,
        forecast=forecast,
        scale=ctx.scale,
        height=height,
    )


def due_line(
    ctx: Context, indicator: Indicator, row: pd.Series, known: Container[dt.date] = frozenset()
) -> pd.DataFrame:
    """Return what is due at each month end and each of the plan's own dates, up to the due date.

    Where the target was revised the line has a step, from the day before to the day it holds from. Of a window that
    starts anew the ends of months are shown, and the days in `known`, at which there is a figure to compare; a window
    that is shown before its end begins anew with its first day, behind a row without a value.
    """
    empty = pd.DataFrame({"date": pd.Series(dtype="datetime64[ns]"), "value": pd.Series(dtype=float)})
    if formats.missing(row["target"]) or indicator.yes_no or indicator.rule == "deadline":
        return empty
    start = 0.0 if indicator.is_rate or formats.missing(row["start_value"]) else float(row["start_value"])
    level = row["unit"] != indicator.unit or indicator.rule == "keep"
    since = {r.from_date for r in indicator.revisions}
    days = {ctx.plan.start, indicator.stages[-1].indicator.due, *since, *(day - dt.timedelta(days=1) for day in since)}
    if not level:
        end = max(*indicator.all_dates, ctx.need_date())
        days |= {*indicator.all_dates, end, *schedule.evaluation_dates(ctx.plan, end)}
    begun: set[dt.date] = set()
    if indicator.rule == "window" and not level:
        days = {day for day in days if day == schedule.month_end(day) or day in known}
        first, months = indicator.rule_start or ctx.plan.start, schedule.window_months(indicator)
        begun = {max(schedule.period_start(day, months), first) for day in days if schedule.window_open(indicator, day)}
    points: list[tuple[dt.date, float]] = []
    for day in sorted(days | begun):
        share = 1.0 if level else schedule.schedule_share(indicator, ctx.plan, day)
        if day in begun:
            points.append((day, float("nan")))
        points.append((day, start + share * (_target_on(ctx, indicator, row, day) - start)))
    return pd.DataFrame({"date": pd.to_datetime([day for day, _ in points]), "value": [value for _, value in points]})


def _target_on(ctx: Context, indicator: Indicator, row: pd.Series, day: dt.date) -> float:
    """Return what the target of a row is on another day: the revised one, or a place's own figure, which stays."""
    shown, now, then = float(row["target"]), ctx.in_force(indicator), indicator.in_force(day)
    whole = row["unit"] != indicator.unit or row["region"] == ctx.plan.top_region
    pairs = [(now.rollup_value, then.rollup_value), (now.value, then.value)]
    for own, other in pairs if whole else reversed(pairs):
        if shown == own and other is not None:
            return other
    return shown


def history_table(ctx: Context, indicator: Indicator, row: pd.Series) -> None:
    """Show what was reached and due at the last dates: the depth of an indicator that has no villages."""
    st.html(ctx.built("history table", lambda: _history_table(ctx, indicator, row), indicator.id))


def _history_table(ctx: Context, indicator: Indicator, row: pd.Series) -> Markup:
    _ = ctx._
    rows = past(ctx, indicator).tail(HISTORY_ROWS).iloc[::-1]
    days = [day.date().isoformat() for day in rows["as_of"]]
    rows = rows.assign(region=days, unit=row["unit"], rule=row["rule"], change=rows["value"].diff(-1))
    columns = [c for c in ("name", "status", "actual", "due", "gap", "change") if c != "due" or not indicator.yes_no]
    labels = {day: Label(day) for day in days}
    heads = {"name": _("Date"), "gap": _("Gap")}
    heads = {c: heads[c] for c in columns if c in heads}
    return progress_table(rows, labels, _, columns=columns, by="region", heads=heads, pickable=False, css="slim")


def places_view(
    ctx: Context, indicator: Indicator, *, key: str, height: int = MAP_HEIGHT, places: Places | None = None
) -> None:
    """Show the indicator by village: map, tile grid or table, as the viewer likes.

    Parameters
    ----------
    places
        The rows, where the page compares townships beside; without villages it is then only said, and the page's own
        comparison is the table.
    """
    _ = ctx._
    rows = places or Places.of(ctx, indicator)
    if not rows.by_village:
        told = _("No village data: reported by township, compared in the ranking.") if rows.by_township else ""
        if n := int((rows.villages["status"] == WITHHELD).sum()):
            told = _("The figures of {n} villages are not shown: they tell of fewer than five.", n=n)
        if not (told or ctx.township):  # a township's own figure stands above: it is not one for the whole plan
            told = _("No village data: reported for the whole plan only.")
        if told:
            st.html(element("p", told, "quiet"))
        if places is None and rows.by_township:
            board(_place_table(ctx, rows.towns), f"table_{key}", ctx.township, into="township")
        return
    words = {"map": _("Map"), "grid": _("Tile grid"), "table": _("Table")}
    view = st.segmented_control(
        _("View"), VIEWS, default="map", required=True, format_func=words.__getitem__, key=f"view_{key}",
        label_visibility="collapsed",
    )  # fmt: skip
    selected = st.session_state.get("village")
    if view == "map":
        village_map(ctx, indicator, rows.villages, key=key, height=height, selected=selected)
    elif view == "grid":
        frame = rows.villages.merge(ctx.regions[["code", "name", "parent"]], left_on="region", right_on="code")
        groups = {code: ctx.names[code] for code in dict.fromkeys(frame["parent"])}
        board(tile_grid(frame, groups, _), f"grid_{key}", selected, into="village")
    else:
        with st.container(key=f"scroll_{key}"):
            table = ctx.built("place table", lambda: _place_table(ctx, rows.villages), indicator.id)
            board(table, f"table_{key}", selected, into="village")


def _place_table(ctx: Context, rows: pd.DataFrame) -> Markup:
    # Counts that the table of households yields have no date of their own.
    columns = [c for c in VILLAGES if c != "newest" or rows["newest"].notna().any()]
    return progress_table(
        worst_first(_own_marks(rows)), ctx.place_labels, ctx._, columns=columns, by="region", css="slim"
    )


def _own_marks(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave marks that say something about the place; those of the indicator stand at its name already."""
    own = [tuple(m for m in marks if m in PLACE_MARKS) for marks in rows["marks"]]
    return rows.assign(marks=pd.Series(own, index=rows.index, dtype=object))


def village_map(
    ctx: Context, indicator: Indicator, villages: pd.DataFrame, *, key: str, height: int, selected: str | None
) -> None:
    """Show villages coloured by status, or by value where nothing is asked of them."""
    drawing = ctx.built("village map", lambda: drawing_of(ctx, indicator, villages), indicator.id)
    if drawing is None:
        st.html(no_villages(ctx._))
    else:
        county_map(drawing, key=f"map_{key}", selected=selected, focus=ctx.township, height=height, into="village")


def drawing_of(ctx: Context, indicator: Indicator, villages: pd.DataFrame) -> Drawing | None:
    """Return villages coloured by status, or by value where nothing is asked of them; None without shapes."""
    _ = ctx._
    document = loaders.map_document(ctx.county.slug, ctx.plan.id)
    if document is None:
        return None
    unit = formats.unit(villages["unit"].iloc[0] if len(villages) else indicator.unit, _)
    if not villages["status"].isin(["not_scored", "no_target"]).all():
        legend, values = status_classes(_, indicator.rule), status_values(villages)
    else:
        numbers = dict(zip(villages["region"], villages["value"], strict=True))
        legend, values = value_classes(numbers, unit)
        empty = STATUSES["nothing"]
        for status, there in ((empty, villages["empty"]), (STATUSES[WITHHELD], villages["status"] == WITHHELD)):
            if status is empty or there.any():
                values |= dict.fromkeys(villages.loc[there, "region"], (len(legend), None))
                legend.append(of_status(status, _(status.word)))
    return draw(document, values, legend, _, unit=unit, places=named_places(ctx, indicator), within=ctx.inside)


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


def spread(ctx: Context, indicator: Indicator, places: Places, *, height: int = 190) -> None:
    """Show how the values of villages are spread, with the target line; nothing where there are none."""
    if not places.by_village:
        return
    with panel("spread", ctx._("Spread over villages"), indicator.name(ctx.lang)):
        figure, told = ctx.built(
            "spread", lambda: _spread(ctx, indicator, places.villages, height), indicator.id, height
        )
        st.plotly_chart(figure, key="spread", config=CONFIG)
        foot(*told)


def _spread(ctx: Context, indicator: Indicator, villages: pd.DataFrame, height: int) -> tuple[go.Figure, list[str]]:
    """Return the distribution, and in words how many villages and their lowest, middle and highest value."""
    _ = ctx._
    unit, values = villages["unit"].iloc[0], villages["value"]
    targets = villages["target"].dropna().unique()
    figure = distribution(
        villages, _, unit=unit, target=float(targets[0]) if len(targets) == 1 else None,
        rule=indicator.rule, scale=ctx.scale, height=height,
    )  # fmt: skip
    low, middle, high = (formats.quantity(v, unit, _) for v in (values.min(), values.median(), values.max()))
    told = [
        _("{n} villages with a value", n=int(values.notna().sum())),
        _("lowest {low}, middle {middle}, highest {high}", low=low, middle=middle, high=high),
    ]
    empty, covered = villages["empty"], villages["status"] == WITHHELD
    silent = int((values.isna() & ~empty & ~covered & (villages["status"] != "no_target")).sum())
    told += [_("{n} not shown as they tell of under five", n=int(covered.sum()))] * bool(covered.any())
    told += [_("{n} with nothing to count", n=int(empty.sum()))] * bool(empty.any())
    return figure, told + [_("{n} not reported", n=silent)] * bool(silent)


def ranking(ctx: Context, indicator: Indicator, places: Places, *, key: str, across: int = 1) -> None:
    """Rank townships (or villages) by level or by increment; those without data are named apart.

    Parameters
    ----------
    across : how many columns of places stand beside each other where there is room.
    """
    _ = ctx._
    level = "township" if places.by_township else "village"
    rows = places.towns if level == "township" else places.villages
    if not rows["value"].notna().any():
        return
    title = _("Ranking of townships") if level == "township" else _("Ranking of villages")
    words = {"value": _("By level"), "change": _("By increment")}
    with panel(f"ranking_{key}", title, indicator.name(ctx.lang)):
        by = "value"
        if ctx.since is not None:
            by = st.segmented_control(
                _("Ranking"), list(words), default="value", required=True, format_func=words.__getitem__,
                key=f"by_{key}", label_visibility="collapsed",
            )  # fmt: skip
        ranked, unranked = ctx.built(
            "ranking", lambda: _ranked(ctx, indicator, rows, level, by, across), indicator.id, by, across
        )
        into = "township" if level == "township" else "village"
        board(ranked, f"rank_{key}", st.session_state.get(into), into=into)
        foot(
            ctx.since_words if by == "change" else "",
            _("pick a row to narrow the page to it") if level == "township" else "",
            *unranked,
        )


def _ranked(
    ctx: Context, indicator: Indicator, rows: pd.DataFrame, level: str, by: str, across: int
) -> tuple[Markup, list[str]]:
    """Return the ranked places as tables beside each other, and in words which are left out."""
    ranked = progress.ranking(_own_marks(rows), ctx.in_force(indicator), level, by=by)
    known = ranked.loc[ranked["rank"].notna()]
    # Without a target there is neither progress to it nor a gap: an empty bar would read as none made.
    asked = bool(known["target"].notna().any())
    columns = list(RANKED[by])
    if not asked:
        columns = [c for c in columns if c not in {"bar", "gap"}]
    elif known["completion"].isna().all():  # either met or not: no part of a way to show
        columns = ["status" if c == "bar" else c for c in columns if c != "gap"]
    size = -(-len(known) // across)
    tables = [
        progress_table(
            known.iloc[start : start + size],
            ctx.place_labels,
            ctx._,
            columns=columns,
            by="region",
            heads={"change": ctx._("Increment")},
            css="slim",
        )
        for start in range(0, len(known), size)
    ]
    return raw(f"<div class='abreast'>{join(tables)}</div>"), unranked_words(
        ranked.loc[ranked["rank"].isna()], ctx.names, ctx._
    )


def selected_place(ctx: Context, indicator: Indicator, code: str | None) -> None:
    """Show the selected village's own figure and why it has its status; nothing if none is selected."""
    told = ctx.built("selected place", lambda: _told_of(ctx, indicator, code), indicator.id, code) if code else None
    if told and code:
        st.html(told + place_link(ctx, code))


def place_link(ctx: Context, code: str) -> Markup:
    """Return the way to the page of a place that was picked."""
    name = ctx.names.get(code, code)
    # The address of a page brings along what was picked: the place is in it.
    return element(
        "p", page_link(escape(ctx._("{place} at a glance", place=name)), f"/{ctx.county.slug}/village"), "on"
    )


def _told_of(ctx: Context, indicator: Indicator, code: str) -> Markup:
    """Return a place's own figure and why it has its status; empty for a place unknown to the plan."""
    frame = loaders.for_indicator(ctx.county.slug, ctx.plan.id, ctx.need_date(), indicator.id)
    rows = frame.loc[frame["region"] == code]
    if rows.empty:
        return Markup()
    row = rows.iloc[0]
    sentence = explain(row.to_dict(), ctx.plan, ctx.need_date(), ctx.lang)
    label = ctx.place_labels[code]
    head = f"{label.note} {label.name}".strip()
    return why_html(row["status"], row["rule"], f"{head}{ctx._(': ')}{sentence}", ctx._)
