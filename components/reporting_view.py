"""Parts of the page of reports: the matrix, how new the data are, the list for a chat, the plan's rules in words."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from components import formats
from components.board import Board, live
from components.context import Context
from components.fragment import fragment
from components.html.base import Markup, element, join
from components.html.lists import facts
from components.html.plan import definitions
from components.html.reporting import Fresh, Head, Line, freshness, matrix
from components.html.table import records
from components.panels import foot, panel, scroll, side_by_side
from data import loaders, reporting
from data import plan_words as words
from data import reporting_words as told
from data.reporting import Arrival, Cell, Duty, Total
from data.schedule import month_end, month_start
from data.tables import tables

LONGEST = 24
"""Months of one township that are shown."""


class Stand(NamedTuple):
    """What was owed and how all stand with it, for one month, or for all months of one township."""

    cells: list[Cell]
    by_month: bool


def matrix_and_missing(ctx: Context) -> None:
    """Show how everybody stands in a month that the viewer picks, and beside it the list of who is missing."""
    _ = ctx._
    owed = ctx.built("duties", lambda: _duties(ctx))
    newest = reporting.newest_due(owed, ctx.need_date())
    if newest is None:
        with panel("owed", _("Reporting")):
            st.html(element("p", _("Nothing was due yet under this plan at this date."), "quiet"))
        return
    views = {_("Reports by day due"): False, _("How new the data are"): True}
    with st.container(horizontal=True, key="filters", vertical_alignment="center"):
        month = _month(ctx, owed, newest)
        view = st.segmented_control(
            _("View"), list(views), default=next(iter(views)), required=True, label_visibility="collapsed",
            key="reporting_view",
        )  # fmt: skip
    left, right = side_by_side([2.6, 1])
    with left:
        if views[view]:
            _freshness(ctx)
        else:
            _matrix(ctx, owed, month)
    with right, panel("missing", _("For the chat"), _("copy at the top right")):
        _missing(ctx, month)


def _duties(ctx: Context) -> list[Duty]:
    # The month after is being collected; who has not sent anything yet can be reminded.
    until = month_end(month_start(ctx.need_date(), -1))
    return reporting.duties(ctx.plan, ctx.county.reporting, until)


def _month(ctx: Context, owed: list[Duty], newest: str) -> str:
    """Let the viewer pick the month in which reports were due; plain options, for the address holds them."""
    options = reporting.months(owed)
    if st.session_state.get("due") not in {None, *options}:
        del st.session_state["due"]
    picked: str = st.selectbox(
        ctx._("Due in"), options, index=options.index(newest), label_visibility="collapsed", key="due",
        bind="query-params",
    )  # fmt: skip
    return picked


def _alone(ctx: Context) -> bool:
    """Whether it is about one township, whose months are then told apart."""
    return ctx.lower_level == "village"


def _stand(ctx: Context, month: str, *, by_month: bool = False) -> Stand:
    """Return the cells of a month; of the township chosen those of every month up to it, if asked for."""
    first = f"{month_start(dt.date.fromisoformat(f'{month}-01'), LONGEST - 1):%Y-%m}" if by_month else month
    owed = [d for d in _duties(ctx) if first <= d.month <= month]
    return Stand(_cells(ctx, owed, loaders.arrivals(ctx.county.slug), ctx.need_date()), by_month)


def all_cells(ctx: Context, came: Mapping[tuple[str, str], Sequence[Arrival]], day: dt.date) -> list[Cell]:
    """Return how everybody stands on a day with everything owed so far, by what had come."""
    return _cells(ctx, _duties(ctx), came, day)


def _cells(
    ctx: Context, owed: list[Duty], came: Mapping[tuple[str, str], Sequence[Arrival]], day: dt.date
) -> list[Cell]:
    towns = loaders.townships(ctx.county.slug, ctx.plan.id)
    codes = [ctx.township] if ctx.township else list(towns.values())
    if ctx.township:
        owed = [d for d in owed if d.by_townships]
    return reporting.cells(owed, came, codes, ctx.county.code, day)


# ---- the matrix ------------------------------------------------------------------------------------------------------


def _matrix(ctx: Context, owed: list[Duty], month: str) -> None:
    _ = ctx._
    alone = _alone(ctx)
    stand = ctx.built("stand", lambda: _stand(ctx, month, by_month=alone), month)
    whole = Total.of(stand.cells)
    note = ctx.names[ctx.region] if alone else _("most missing first; pick a township to see all its months")
    with panel("owed", _("Reporting"), note):
        st.html(facts(_figures(ctx, whole)))
        html = ctx.built("matrix", lambda: _matrix_html(ctx, stand), month)
        with scroll("owed"):
            if alone:
                st.html(html)
            else:
                one = Board(html, "owed", into="township")
                live(one.markup, "owed", one)
        shown = [d for d in owed if d.month == month]
        sample = any(c.state == "came" for c in stand.cells)
        foot(
            _("Late: after the due day, by the day it came in (China); the first batch that counts"),
            _("Sample data: the day it came in says nothing, so only whether it came is shown") if sample else "",
            told.holiday_words(shown, _),
            *(_(told.BASIS_WORDS[basis]) for basis in dict.fromkeys(d.basis for d in shown) if basis != "day"),
        )


def _figures(ctx: Context, whole: Total) -> list[tuple[object, object, object]]:
    _ = ctx._
    return [
        (_("Owed"), whole.owed, _("tables × townships and offices")),
        (_("Reported"), whole.came, _("{n} nil returns", n=whole.nil)),
        (_("Late"), whole.late, ""),
        (_("Not reported"), whole.missing, _("due by {day}", day=formats.date(ctx.as_of, _))),
        (_("Not due yet"), whole.not_due, ""),
    ]


def _matrix_html(ctx: Context, stand: Stand) -> Markup:
    _ = ctx._
    heads = {c.duty.column: _head(ctx, c.duty, due=not stand.by_month) for c in stand.cells}
    by: defaultdict[str, dict[str, Cell]] = defaultdict(dict)
    for cell in stand.cells:
        by[cell.duty.month if stand.by_month else cell.debtor][cell.duty.column] = cell
    if stand.by_month:
        lines = [Line(month, told.period_words([month], _), by[month]) for month in sorted(by, reverse=True)]
        return matrix(lines, list(heads.values()), _("Due in"), _)
    lines = [Line(who, ctx.names.get(who, who), by[who]) for who in reporting.worst_first(stand.cells)]
    return matrix(lines, list(heads.values()), _("Township or office"), _)


def _head(ctx: Context, duty: Duty, *, due: bool) -> Head:
    when = told.due_words(duty, ctx._) if due else ""
    if due and len(duty.months) > 1:
        when = f"{told.period_words(duty.months, ctx._)} · {when}"
    return Head(duty.column, told.table_name(duty.table, ctx.lang), when)


# ---- how new the data are --------------------------------------------------------------------------------------------


def _freshness(ctx: Context) -> None:
    _ = ctx._
    level = ctx.lower_level
    villages = level == "village"
    with panel("fresh", _("How new the data are"), _("newest data of each table, by place")):
        html = ctx.built("freshness", lambda: _freshness_html(ctx, level))
        with scroll("fresh"):
            one = Board(html, "fresh", into="village" if villages else "township")
            live(one.markup, "fresh", one)
        foot(
            _("Data up to {day}", day=formats.date(ctx.as_of, _)),
            _("villages with data of this month / villages that ever had any, where some lack them"),
        )


def _freshness_html(ctx: Context, level: str) -> Markup:
    _ = ctx._
    now = ctx.need_date()
    table_of = {i.id: i.data.table for i in ctx.plan.indicators}
    frame = loaders.evaluated(ctx.county.slug, ctx.plan.id, now)
    frame = frame.loc[(frame["of"] > 0) & (frame["region"] != ctx.plan.top_region)]
    frame = frame.assign(table=frame["indicator"].map(table_of))
    newest = frame.groupby(["level", "region", "table"])["newest"].max().reset_index()
    villages = _villages(ctx, newest, now)
    shown = newest.loc[newest["level"] == level]
    if ctx.inside is not None:
        shown = shown.loc[shown["region"].isin(ctx.inside)]
    by: defaultdict[str, dict[str, Fresh]] = defaultdict(dict)
    for _row, region, table, day in records(shown, ("region", "table", "newest")):
        by[region][table] = _fresh(now, day, *villages.get((region, table), (0, 0)))
    present = set(shown["table"])
    names = {name: told.table_name(name, ctx.lang) for name in tables() if name in present}
    order = sorted(by, key=lambda code: (-sum(f.behind for f in by[code].values()), code))
    first = _("Village") if level == "village" else _("Township")
    return freshness([(code, ctx.names.get(code, code), by[code]) for code in order], names, first, _)


def _villages(ctx: Context, newest: pd.DataFrame, now: dt.date) -> dict[tuple[str, str], tuple[int, int]]:
    """Return by township and table how many villages have data of this month, and how many ever had any.

    Most villages owe nothing to a table of few (projects, resident teams), so those that have reported before count.
    """
    known = newest.loc[(newest["level"] == "village") & newest["newest"].notna()]
    known = known.assign(town=known["region"].map(ctx.parents), now=known["newest"] >= pd.Timestamp(month_start(now)))
    counted = known.groupby(["town", "table"])["now"].agg(["sum", "size"]).reset_index()
    rows = records(counted, ("town", "table", "sum", "size"))
    return {(town, table): (int(now_), int(ever)) for _row, town, table, now_, ever in rows}


def _fresh(now: dt.date, newest: object, reported: int, of: int) -> Fresh:
    if formats.missing(newest):
        return Fresh(None, 0, reported, of)
    day = pd.Timestamp(newest).date()  # type: ignore[arg-type]
    return Fresh(day, (now.year - day.year) * 12 + now.month - day.month, reported, of)


# ---- who is missing, and the rules -----------------------------------------------------------------------------------


@fragment
def _missing(ctx: Context, month: str) -> None:
    """Show the list of who is missing as plain text with a button that copies it."""
    _ = ctx._
    ways = {_("By table"): False, _("By township"): True}
    way = st.segmented_control(
        _("Listed"), list(ways), default=next(iter(ways)), required=True, label_visibility="collapsed",
        key="missing_by",
    )  # fmt: skip
    text = ctx.built("missing", lambda: _missing_text(ctx, month, by_debtor=ways[way]), month, way)
    st.code(text, language=None, wrap_lines=True)


def _missing_text(ctx: Context, month: str, *, by_debtor: bool) -> str:
    found = _stand(ctx, month).cells
    return told.missing_text(found, ctx.names, ctx.need_date(), ctx._, by_debtor=by_debtor)


def rules(ctx: Context) -> None:
    """Show what the plan asks for in its own words, and which tables stand for it here."""
    _, plan = ctx._, ctx.plan
    note = "" if ctx.lang == "zh" else _("texts in Chinese are quoted from the plan")
    with panel("asked", _("What the plan asks for"), note):
        st.html(ctx.built("asked", lambda: _rules_html(ctx)))
        foot(_("Source: {text}", text=plan.title(ctx.lang)))


def _rules_html(ctx: Context) -> Markup:
    _, plan = ctx._, ctx.plan
    owed = ctx.built("duties", lambda: _duties(ctx))
    by_rule: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for duty in owed:
        name = told.table_name(duty.table, ctx.lang)
        whose = name if duty.by_townships else _("{table} ({office})", table=name, office=duty.by)
        by_rule[duty.rule.id if duty.rule else ""][duty.column] = whose

    def stands_for(rule_id: str) -> str:
        listed = _(", ").join(by_rule[rule_id].values())
        return _("tables: {names}", names=listed) if listed else _("a meeting or check; no table is owed for it")

    pairs: list[tuple[object, object]] = [
        (
            rule.clause,
            join([rule.rule, " ", element("small", f"{words.when_words(rule, plan, _)} · {stands_for(rule.id)}")]),
        )
        for rule in plan.reporting_rules
    ]
    if not plan.reporting_rules:
        told_ = _("The plan sets no day for reports; the days follow from how its indicators are counted.")
        pairs.append((_("No rule"), join([told_, " ", element("small", stands_for(""))])))
    return definitions([*pairs, (_("Note"), plan.reporting_note)], "def tight")
