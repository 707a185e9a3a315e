"""The field of industry and jobs: who works where, what villages earn, workshops, benefit links, crops."""

import re
from collections.abc import Callable

import pandas as pd
import streamlit as st

from components import formats
from components.context import Context
from components.fields.counts import bars_words, counted, newest, provenance, shares, with_rest
from components.figures.base import CONFIG
from components.figures.fields import by_month
from components.figures.places import against_targets, cumulative
from components.html.base import element
from components.html.lists import facts
from components.html.shares import Share, share_table
from components.palette import NEUTRAL
from components.panels import foot, panel, side_by_side
from data import loaders
from data.plan import Indicator
from data.profiles import REST, WHOLE, profiles
from data.tables import tables

JOBS = "lifted_employment"
TIERS = "collective_income_tiers"
CROPS = "crop_area"
LINKED = "benefit_link_coverage"
WORKSHOPS = ("workshops_count", "workshops_new", "workshop_jobs")
INCOME = "collective_income"
VILLAGE_ONLY = "unit_type=='village'"


def field(ctx: Context) -> None:
    """Show the field's panels two by two; one without data is left out."""
    shown = [part for part, has_data in PANELS if has_data(ctx)]
    for pair in (shown[i : i + 2] for i in range(0, len(shown), 2)):
        for column, part in zip(side_by_side(len(pair)), pair, strict=True):
            with column:
                part(ctx)


def _of(ctx: Context, *concepts: str) -> list[Indicator]:
    return [i for i in ctx.plan.indicators if i.concept in concepts]


def _row(ctx: Context, indicator: Indicator) -> pd.Series:
    rows = ctx.built("compared", ctx.compared)
    return rows.loc[rows["indicator"] == indicator.id].iloc[0]


# ---- jobs ------------------------------------------------------------------------------------------------------------


def jobs_by_place(ctx: Context) -> None:
    """Show where lifted persons work, month by month, against the plan's number."""
    _ = ctx._
    counts = counted(ctx, "jobs_by_place")
    words = profiles()["jobs_by_place"].categories(ctx.lang) | {REST: _("not shown")}
    asked = [_row(ctx, i) for i in _of(ctx, JOBS)]
    target = next((float(row["target"]) for row in asked if not formats.missing(row["target"])), None)
    with panel("jobs", _("Employment of lifted persons"), _("persons by place, month by month")):
        figure = ctx.built(
            "jobs by month", lambda: by_month(with_rest(counts), words, _, unit="人", target=target, scale=ctx.scale)
        )
        st.plotly_chart(figure, key="jobs", config=CONFIG)
        told = "" if target is not None else _("the plan sets no number here")
        provenance(ctx, "jobs_by_place", counts, bars_words(counts, _), told)


def jobs_by_channel(ctx: Context) -> None:
    """Show through which channel lifted persons found work, with workshops in numbers."""
    _ = ctx._
    counts = counted(ctx, "jobs_by_channel")
    whole = newest(counts).get(WHOLE)
    rows = sorted(shares(ctx, "jobs_by_channel", counts), key=lambda s: (s.name == _("not shown"), -s.number))
    note = _("{n} persons in work", n=formats.number(whole)) if whole else ""
    with panel("channels", _("Channels of employment"), note):
        colours = {_("not shown"): NEUTRAL}
        st.html(share_table(rows, _, head=_("Channel"), unit="人", since=ctx.since is not None, colours=colours))
        figures = [
            (i.name(ctx.lang), formats.quantity_html(row["value"], row["unit"], _), _since(ctx, row))
            for i in _of(ctx, *WORKSHOPS)
            for row in (_row(ctx, i),)
            if not formats.missing(row["value"])
        ]
        if figures:
            st.html(element("p", _("Assistance workshops"), "quiet"))
            st.html(facts(figures))
        provenance(ctx, "jobs_by_channel", counts)


def _since(ctx: Context, row: pd.Series) -> str:
    asked = ctx._("Target {n}", n=formats.quantity(row["target"], row["unit"], ctx._))
    moved = ctx._("{change} since last", change=formats.change(row["change"], ctx._, row["unit"]))
    return moved if formats.missing(row["target"]) else f"{asked} · {moved}"


# ---- collective income -----------------------------------------------------------------------------------------------


def thresholds(ctx: Context) -> dict[float, Indicator]:
    """Return the plan's tiers of collective income: the amount a village must reach, in 万元, by its indicator."""
    found = {}
    for indicator in _of(ctx, TIERS):
        amount = re.search(r"value\s*>=\s*([\d.]+)", indicator.data.where or "")
        if amount:
            found[float(amount.group(1))] = indicator
    return dict(sorted(found.items()))


def village_incomes(ctx: Context) -> pd.Series:
    """Return the newest collective income of each village of the page's region, in 万元; NaN where none is known."""
    return ctx.built("village incomes", lambda: _village_incomes(ctx))


def _village_incomes(ctx: Context) -> pd.Series:
    rows = loaders.latest_facts(ctx.county.slug, INCOME, ctx.need_date())
    places = ctx.regions.loc[ctx.regions["level"] == "village"]
    if ctx.township:
        places = places.loc[places["parent"] == ctx.township]
    if any(VILLAGE_ONLY in (i.data.base or "") for i in thresholds(ctx).values()):
        places = places.loc[places["unit_type"] == "village"]
    return rows.reindex(places["code"])


def collective_income(ctx: Context) -> None:
    """Show how many villages reach which collective income, with the plan's tiers."""
    _ = ctx._
    values = village_incomes(ctx)
    tiers = thresholds(ctx)
    known = int(values.notna().sum())
    words = {
        amount: _("{n} and more, asked of {share} of villages",
                  n=formats.quantity(amount, "万元", _), share=formats.percent(i.value, 0))
        for amount, i in tiers.items()
    }  # fmt: skip
    note = _("share of villages that reach an amount")
    with panel("income", _("Collective income of villages"), note):
        # A village without a figure counts in the whole and has reached nothing, as in the indicators.
        figure = ctx.built("incomes", lambda: cumulative(values.fillna(0.0), words, _, scale=ctx.scale, height=260))
        st.plotly_chart(figure, key="collective", config=CONFIG)
        foot(
            _("Definition: {text}", text=_("newest figure of each village; without a figure: counted as not reached")),
            _("Source: {text}", text=_table(ctx, "facts")),
            _("Data up to {day}", day=formats.date(ctx.as_of, _)),
            formats.reported(known, len(values), _),
            "" if tiers else _("the plan names no amount"),
            _("middle {n}", n=formats.quantity(values.median(), "万元", _)),
        )


# ---- benefit links ---------------------------------------------------------------------------------------------------


def industry_projects(ctx: Context) -> pd.DataFrame:
    """Return the newest rows of the projects that are to link benefits, in the page's region."""
    return ctx.built("industry projects", lambda: _industry_projects(ctx))


def _industry_projects(ctx: Context) -> pd.DataFrame:
    rows = loaders.latest(ctx.county.slug, "projects", ctx.need_date())
    rows = rows.loc[rows["kind"].isin(LINK_KINDS) & ~rows["status"].isin(["reserve", "suspended"])]
    inside = set(ctx.regions["code"]) if ctx.inside is None else {ctx.township, *ctx.inside}
    return rows.loc[rows["village_code"].isin(inside)]


LINK_KINDS = ("industry", "courtyard", "greenhouse", "farmland")


def benefit_links(ctx: Context) -> None:
    """Show what share of the projects of each kind links its benefits to households."""
    _ = ctx._
    rows = industry_projects(ctx)
    column = tables()["projects"].column("kind")
    codes = column.values  # noqa: PD011 - the values a column may hold, no frame
    words = dict(zip(codes, column.labels if ctx.lang == "zh" and column.labels else codes, strict=True))
    linked = rows["benefit_link"].astype(bool)
    there, whole = rows.loc[linked, "kind"].value_counts().to_dict(), rows["kind"].value_counts().to_dict()
    rates = [
        Share(words[kind].replace("_", " "), there.get(kind, 0), whole[kind]) for kind in LINK_KINDS if kind in whole
    ]
    everything = Share(_("all"), int(linked.sum()), len(rows))
    missing = rows.loc[~linked]
    with panel("links", _("Projects that link benefits"), _("{n} projects under way or finished", n=len(rows))):
        st.html(share_table([*rates, everything], _, head=_("Kind of project"), unit="个", since=False))
        if len(missing):
            places = missing["village_code"].map(ctx.names).fillna("")
            names = [f"{name} {place}".rstrip() for name, place in zip(missing["name"], places, strict=True)]
            told = _("Without a link ({n}): {names}", n=len(names), names=_(", ").join(names[:12]))
            st.html(element("p", told, "rest"))
        foot(
            _(
                "Definition: {text}",
                text=_("projects with a benefit link ÷ industry, courtyard, greenhouse and farmland"),
            ),
            _("Source: {text}", text=_table(ctx, "projects")),
            _("Data up to {day}", day=formats.date(rows["as_of"].max(), _)),
        )


def _table(ctx: Context, table: str) -> str:
    found = tables()[table]
    return found.name_zh if ctx.lang == "zh" else found.name_en


# ---- crops -----------------------------------------------------------------------------------------------------------


def crops(ctx: Context) -> pd.DataFrame:
    """Return crop areas against what the plan asks: a bar per village with its own figure, a bar per shared total.

    Returns
    -------
    DataFrame
        name, value and target in mu; a village under a shared total has no target of its own; `whole` starts a crop.
    """
    return ctx.built("crops", lambda: _crops(ctx))


def _crops(ctx: Context) -> pd.DataFrame:
    short = dict(zip(ctx.regions["code"], ctx.regions["short_name"], strict=True))
    lines: list[tuple[str, float, float, bool]] = []
    for indicator in _of(ctx, CROPS):
        rows = ctx.places(indicator.id)
        villages = rows.loc[(rows["level"] == "village") & rows["value"].notna()]
        whole = _row(ctx, indicator)
        name = indicator.name(ctx.lang)
        figures = zip(villages["region"], villages["value"], villages["target"], strict=True)
        if indicator.breakdown_basis == "per_unit":
            lines += [(f"{name} {short[code]}", float(value), float(target), True) for code, value, target in figures]
        else:
            lines.append((f"{name} {short[ctx.region]}", float(whole["value"]), float(whole["target"]), True))
            lines += [(short[code], float(value), float("nan"), False) for code, value, _target in figures]
    return pd.DataFrame(lines, columns=["name", "value", "target", "whole"])


def crop_areas(ctx: Context) -> None:
    """Show crop areas against the plan's numbers."""
    _ = ctx._
    frame = crops(ctx)
    with panel("crops", _("Crop areas"), _("totals of several villages and villages with a figure of their own")):
        half = -(-len(frame) // 2)
        starts = frame.index[frame["whole"]]
        cut = int(min(starts, key=lambda i: abs(i - half)))
        for column, part, key in zip(side_by_side(2), (frame.iloc[:cut], frame.iloc[cut:]), "ab", strict=True):
            with column:
                figure = against_targets(part, _, unit="亩", scale=ctx.scale)
                st.plotly_chart(figure, key=f"crops_{key}", config=CONFIG)
        foot(
            _(
                "Definition: {text}",
                text=_("area planted; the plan shares some totals among villages without own figures"),
            ),
            _("Source: {text}", text=_table(ctx, "facts")),
            _("Data up to {day}", day=formats.date(ctx.as_of, _)),
        )


PANELS: tuple[tuple[Callable[[Context], None], Callable[[Context], bool]], ...] = (
    (jobs_by_place, lambda ctx: len(counted(ctx, "jobs_by_place")) > 0),
    (jobs_by_channel, lambda ctx: len(counted(ctx, "jobs_by_channel")) > 0),
    (collective_income, lambda ctx: bool(village_incomes(ctx).notna().any())),
    (benefit_links, lambda ctx: len(industry_projects(ctx)) > 0),
    (crop_areas, lambda ctx: bool(crops(ctx)["value"].notna().any())),
)
