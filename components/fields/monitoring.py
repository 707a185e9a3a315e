"""The field of monitoring: who is monitored, what is in place, who was visited, what they earn."""

import pandas as pd
import streamlit as st

from components import formats
from components.context import Context
from components.fields.counts import (
    bars_words,
    before,
    change,
    counted,
    newest,
    not_shown,
    provenance,
    shares,
    with_rest,
)  # fmt: skip
from components.figures.base import CONFIG
from components.figures.fields import bands, by_month
from components.html.base import Markup
from components.html.shares import Part, Share, part_table, share_table
from components.palette import NEUTRAL, SERIES
from components.panels import panel, side_by_side
from data.plan import Plan
from data.profiles import REST, WHOLE, profiles

LINE = "monitoring_line"


def households(ctx: Context) -> None:
    """Show the field's four panels; one without data is left out."""
    shown = [part for part, profile in PANELS if not counted(ctx, profile).empty]
    for pair in (shown[:2], shown[2:]):
        for column, part in zip(side_by_side(len(pair)) if pair else [], pair, strict=True):
            with column:
                part(ctx)


def kinds(ctx: Context) -> None:
    """Show monitored households by kind of risk, and whether the risk is eliminated, now and over the months."""
    _ = ctx._
    counts = counted(ctx, "monitored_households")
    note, table = ctx.built("kinds", lambda: _kinds(ctx, counts))
    with panel("kinds", _("Monitored households"), note):
        st.html(table)
        answers = {"yes": _("Risk open"), "no": _("Eliminated")}
        months = with_rest(counts)
        months = months.assign(category=months["category"].str.split("|").str[-1])
        order = {"no": answers["no"], "yes": answers["yes"], REST: _("not shown")}
        figure = ctx.built("kinds by month", lambda: by_month(months, order, _, unit="户", scale=ctx.scale, height=190))
        st.plotly_chart(figure, key="kinds_months", config=CONFIG)
        provenance(ctx, "monitored_households", counts, bars_words(counts, _))


def _kinds(ctx: Context, counts: pd.DataFrame) -> tuple[str, Markup]:
    """Return how many households are monitored, and the table of kinds."""
    _ = ctx._
    now, then = newest(counts), before(ctx, "monitored_households")
    note = _("by kind of risk, open and eliminated")
    if WHOLE in now:
        note = _("{n} households by kind of risk, open and eliminated", n=formats.number(now[WHOLE]))
    none = 0.0 if not_shown(counts).iloc[-1] == 0 else None
    words = profiles()["monitored_households"].model_copy(update={"split": None}).categories(ctx.lang)
    parts = [
        Part(word, now.get(f"{kind}|yes", none), now.get(f"{kind}|no", none), change(now, then, f"{kind}|yes"))
        for kind, word in words.items()
        if f"{kind}|yes" in now or f"{kind}|no" in now
    ]
    table = part_table(
        parts, _, head=_("Kind"), first=_("Risk open"), second=_("Eliminated"), since=ctx.since is not None
    )
    return note, table


def measures(ctx: Context) -> None:
    """Show for how many monitored households each measure is in place, and how long ago households were visited."""
    _ = ctx._
    counts = counted(ctx, "measures_in_place")
    everyone, table = ctx.built("measures", lambda: _measures(ctx, counts))
    visits = counted(ctx, "days_since_visit")
    with panel(
        "measures",
        _("Measures in place and visits"),
        _("{n} monitored households", n=formats.number(everyone)) if everyone else "",
    ):
        st.html(table)
        if len(visits):
            st.html(ctx.built("last visits", lambda: _visits(ctx)))
        provenance(ctx, "measures_in_place", counts)


def _measures(ctx: Context, counts: pd.DataFrame) -> tuple[float | None, Markup]:
    """Return how many households are monitored, None where that is not told, and the table of measures."""
    now, then = newest(counts), before(ctx, "measures_in_place")
    words = profiles()["measures_in_place"].categories(ctx.lang)
    everyone = now.get(WHOLE)
    rows = [
        Share(name, now[code], everyone, change(now, then, code), 1)
        for code, name in words.items()
        if code in now and code != WHOLE
    ]
    return everyone, share_table(rows, ctx._, head=ctx._("Measure"), unit="户", since=ctx.since is not None)


def _visits(ctx: Context) -> Markup:
    _ = ctx._
    counts = counted(ctx, "days_since_visit")
    words = profiles()["days_since_visit"].categories(ctx.lang)
    late = list(words)[2:]
    rows = shares(ctx, "days_since_visit", counts, dict.fromkeys(late, -1))
    colours = {words[code]: SERIES[3] for code in late} | {_("not shown"): NEUTRAL}
    return share_table(rows, _, head=_("Since the last visit"), unit="户", since=ctx.since is not None, colours=colours)


def income(ctx: Context) -> None:
    """Show incomes in bands against the plan's line, where the plan draws one."""
    _ = ctx._
    counts = counted(ctx, "income_bands")
    now = ctx.built("income counts", lambda: newest(counts))
    found = profiles()["income_bands"]
    words = {code: name for code, name in found.categories(ctx.lang).items() if code != "blank"}
    none = 0.0 if not_shown(counts).iloc[-1] == 0 else None
    line = monitoring_line(ctx.plan)
    below = found.edges.index(line) + 1 if line in found.edges else None
    note = (
        _("the plan's monitoring line: {n}", n=formats.quantity(line, "元", _))
        if line
        else _("the plan draws no income line")
    )
    with panel("income", _("Income per head"), note):
        figure = ctx.built(
            "income bands",
            lambda: bands(
                [now.get(code, none) for code in words],
                [name.replace("—", "—<br>").replace("–", "–<br>") for name in words.values()],
                _,
                unit="户",
                of=now.get(WHOLE),
                line=below,
                line_name=_("line {n}", n=formats.quantity(line, "元", _)) if line else "",
                scale=ctx.scale,
                height=230,
            ),
        )
        st.plotly_chart(figure, key="income", config=CONFIG)
        blank = now.get("blank")
        provenance(
            ctx, "income_bands", counts, _("{n} households without income", n=formats.number(blank)) if blank else ""
        )


def monitoring_line(plan: Plan) -> float | None:
    """Return the income below which the plan has households monitored, in yuan a head and year."""
    return next((p.value for p in plan.parameters if p.id == LINE), None)


def visits(ctx: Context) -> None:
    """Show over the months how long ago households were last visited."""
    _ = ctx._
    counts = counted(ctx, "days_since_visit")
    words = profiles()["days_since_visit"].categories(ctx.lang) | {REST: _("not shown")}
    with panel("visits", _("Days since the last visit"), _("households, lifted and monitored, month by month")):
        figure = ctx.built(
            "visits by month", lambda: by_month(with_rest(counts), words, _, unit="户", scale=ctx.scale, height=230)
        )
        st.plotly_chart(figure, key="visits", config=CONFIG)
        provenance(ctx, "days_since_visit", counts, bars_words(counts, _))


PANELS = (
    (kinds, "monitored_households"),
    (measures, "measures_in_place"),
    (visits, "days_since_visit"),
    (income, "income_bands"),
)
