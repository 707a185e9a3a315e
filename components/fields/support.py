"""The field of support: resident teams, meetings and reports over the months, inspections, open problems."""

from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from components import formats
from components.board import board
from components.context import Context
from components.fields.funds import sources, words
from components.fields.strips import of_places, strips
from components.figures.base import CONFIG
from components.figures.profiles import split
from components.html.base import Markup, element, join
from components.html.lists import facts
from components.html.strips import calendar, calendar_key, chips, issue_table
from components.panels import foot, panel, scroll, side_by_side
from data import summaries

AREA = "support"
MOST_ISSUES = 60
REACHED = ("inspection", "visit", "pilot")
_LONG = 14


def teams(ctx: Context) -> None:
    """Show resident teams and experts by township, or by village of one: the indicators' measures, never persons."""
    staff = [i for i in ctx.plan.indicators if i.area == AREA and i.data.table == "staff"]
    others = [i for i in of_places(ctx, AREA) if i.data.table not in {"staff", "actions"}]
    _, towns = ctx._, ctx.lower_level == "township"
    strips(
        ctx, [*staff, *others], key="teams",
        title=_("Resident teams and services by township") if towns else _("Resident teams and services by village"),
        definition=_("as each indicator measures it, for the month of the date; sums only, never a person"),
    )  # fmt: skip


def meetings(ctx: Context) -> None:
    """Show what was due each month, quarter or half-year, and whether it was done in time."""
    _ = ctx._
    day = ctx.need_date()
    work = ctx.summary("actions", summaries.work_calendar)
    work = work.loc[work["year"] == day.year]
    if work.empty:
        with panel("calendar", _("Work calendar")):
            st.html(element("p", _("No work of {year} has been reported yet.", year=day.year), "quiet"))
        return
    passed = work.loc[(work["due"] <= pd.Timestamp(day)) & (work["months"] < 12)]
    in_time = int((passed["in_time"] == passed["n"]).sum())
    note = _("{year}; {n} of {of} due periods done in time", year=day.year, n=in_time, of=len(passed))
    with panel("calendar", _("Work calendar"), note, calendar_key(_)):
        titles = {t.id: t.title_zh for t in ctx.plan.tasks}
        kinds = words(ctx, "actions", "kind")
        with scroll("calendar") if work["task_id"].nunique() > _LONG else st.container(key="calendar"):
            st.html(ctx.built("calendar", lambda: calendar(work, titles, kinds, day.year, _)))
        foot(
            *sources(ctx, "actions", _("done in time = completed by its due date; numbers = places done of those due"))
        )


def reached(ctx: Context) -> None:
    """Show which townships a task done place by place has reached."""
    _ = ctx._
    day = ctx.need_date()
    tasks = ctx.built("reached", lambda: _reached(ctx))
    if not tasks:
        return
    with panel("reached", _("Townships reached"), _("in {year}", year=day.year)):
        for task in tasks:
            st.html(task)
        foot(*sources(ctx, "actions", _("townships with a completed record of the task this year")))


def _reached(ctx: Context) -> list[Markup]:
    """Return each task with its townships, those reached first."""
    _ = ctx._
    every = ctx.summary("actions", summaries.places_reached)
    every = every.loc[every["kind"].isin(REACHED)]
    titles = {t.id: t.title_zh for t in ctx.plan.tasks}
    found = []
    for task, rows in every.groupby("task_id", sort=False):
        done = rows["done_on"].notna()
        share = formats.share_of(int(done.sum()), len(rows), "", _)
        head = element("p", join([titles.get(str(task), str(task)), " ", element("small", share)]), "sub")
        ordered = rows.assign(done=done).sort_values(["done", "done_on", "geo_code"], kind="stable")
        places = (
            (
                code,
                ctx.names.get(code, code),
                "done" if ok else "not_due",
                formats.date(when, _) if ok else _("not reached yet"),
            )
            for code, when, ok in zip(ordered["geo_code"], ordered["done_on"], ordered["done"], strict=True)
        )
        found.append(join([head, chips(places)]))
    return found


def problems(ctx: Context) -> None:
    """Show open problems by domain and age, and the list of those to be closed."""
    _ = ctx._
    found = ctx.built("issues", lambda: _problems(ctx))
    if found is None:
        return
    left, right = side_by_side([1, 1.72])
    with left, panel("issue_domains", _("Open problems by domain and age"), _("days since found")):
        if found.figure is not None:
            st.plotly_chart(found.figure, key="issues", config=CONFIG)
        else:
            st.html(element("p", _("No problem is open."), "quiet"))
        foot(*sources(ctx, "issues", _("found by the date and not closed")))
    with right, panel("issue_list", _("Problems to be closed"), _("most overdue first")):
        st.html(found.figures)
        if found.table:
            with scroll("issues"):
                board(found.table, "issues", into="village")
        foot(*sources(ctx, "issues", _("closed in time = closed by its due date")))


class _Problems(NamedTuple):
    """Problems up to the date: counts, the list of open ones (empty without any) and a figure of them."""

    figures: Markup
    table: Markup
    figure: go.Figure | None


def _problems(ctx: Context) -> _Problems | None:
    _ = ctx._
    every = ctx.summary("issues", summaries.issue_list)
    if every.empty:
        return None
    domains = words(ctx, "issues", "domain")
    is_open = every["open"]
    closed = every.loc[~is_open]
    in_time = 100 * (closed["late"] == 0).mean() if len(closed) else None
    median = closed["age"].median() if len(closed) else None
    figures = facts(
        [
            (_("Found"), formats.number(len(every), 0), ""),
            (_("Closed"), formats.number(len(closed), 0), formats.percent(100 * len(closed) / len(every))),
            (_("Open"), formats.number(int(is_open.sum()), 0), ""),
            (_("Overdue"), formats.number(int((is_open & (every["late"] > 0)).sum()), 0), ""),
            (_("Closed in time"), formats.quantity_html(in_time, "%", _), ""),
            (_("Days to close, median"), formats.number(median, 0), ""),
        ]
    )
    todo = summaries.most_overdue_first(every.loc[is_open])
    if todo.empty:
        return _Problems(figures, Markup(), None)
    table = issue_table(todo.head(MOST_ISSUES), domains, ctx.names, _)
    return _Problems(figures, table, _domain_figure(ctx, todo, domains))


def _domain_figure(ctx: Context, todo: pd.DataFrame, domains: dict[str, str]) -> go.Figure:
    _ = ctx._
    edges = [0, *summaries.AGES]
    bands = [_("{a} to {b} days", a=a + 1 if a else 0, b=b) for a, b in zip(edges, summaries.AGES, strict=False)]
    parts = dict(enumerate([*bands, _("over {n} days", n=summaries.AGES[-1])]))
    counts = todo.pivot_table(index="domain", columns="band", values="age", aggfunc="size", fill_value=0)
    counts = counts.reindex(columns=list(parts), fill_value=0)
    counts = counts.loc[counts.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    frame = counts.rename(columns=str).assign(name=[domains.get(str(d), str(d)) for d in counts.index])
    shown = {str(band): word for band, word in parts.items() if counts[band].any()}
    return split(frame, shown, _, unit="件", scale=ctx.scale)
