"""One duty opened: its periods with their days, the records of work with evidence, the indicators it serves."""

import datetime as dt

import streamlit as st

from components import formats
from components.context import Context
from components.html.base import Markup, element
from components.html.plan import definitions
from components.html.tasks import (
    RecordRow,
    TurnRow,
    feeds_html,
    records_table,
    state_html,
    turns_table,
)
from components.panels import foot, panel, scroll
from components.plan_view import states
from data import loaders
from data import plan_words as words
from data.language import N_, Translator
from data.plan import Plan, Task
from data.tasks import workdays
from data.tasks.periods import TaskPeriod, periods
from data.tasks.state import PeriodState, TaskState, record_states

MOST = 60
"""Records shown; the file of a county has thousands."""

_QUARTERS = {"1": N_("Q1 {year}"), "2": N_("Q2 {year}"), "3": N_("Q3 {year}"), "4": N_("Q4 {year}")}
_HALVES = {"1": N_("first half of {year}"), "2": N_("second half of {year}")}
_TERMS = {"1": N_("spring term {year}"), "2": N_("autumn term {year}")}
_PARTS = {"Q": _QUARTERS, "H": _HALVES, "S": _TERMS}
_OFF = {"holiday": N_("public holiday"), "weekend": N_("day off")}


def period_words(label: str, _: Translator) -> str:
    """Write a period as `actions.period` has it: `2023-Q2` as Q2 2023, 2023年二季度."""
    year, _dash, rest = label.partition("-")
    if rest[:1] in _PARTS:
        return _(_PARTS[rest[0]][rest[1:]], year=year)
    if len(rest) > len("05"):
        return formats.date(dt.date.fromisoformat(label), _)
    return formats.month(label, _, year=True) if rest else _("{year} as a whole", year=year)


def recurrence(task: Task, turn: TaskPeriod, _: Translator) -> str:
    """Return how often a duty recurs, by which day, and which of its turns is meant."""
    by = _("by day {n}", n=task.due_day) if task.due_day else ""
    which = period_words(turn.label, _) if turn.label else ""
    return " · ".join(x for x in (_(words.FREQUENCY_WORDS[task.recurrence]), by, which) if x)


def code(turn: PeriodState) -> str:
    """Return the look of a turn's state: what is done late is told from what is done in time."""
    return "late" if turn.status == "done" and turn.late else turn.status


def day_off(day: dt.date | None, _: Translator) -> str:
    """Say that nobody works on a day; "" where people do, or where nobody can say yet."""
    kind = workdays.kind(day) if day else None
    return _(_OFF[kind]) if kind in _OFF else ""


def part(turn: PeriodState | None, _: Translator) -> str:
    """Return in how many places it is done of those with records; "" where there is at most one."""
    return f"{turn.done}/{turn.places}" if turn and turn.places > 1 else ""


def opened(ctx: Context, task: Task, state: TaskState | None) -> None:
    """Show one duty."""
    _ = ctx._
    badge = state_html(state.status, _) if state else Markup()
    with panel("task", task.title_zh, _("clause {text}", text=task.clause), badge, stretch=False):
        st.html(ctx.built("task opened", lambda: _told(ctx, task), task.id))
        with scroll("task_periods"):
            st.html(ctx.built("task periods", lambda: _turns(ctx, task, state), task.id))
        if state:
            html, note = ctx.built("task records", lambda: _records(ctx, task, state), task.id)
            st.html(element("p", _("Work records"), "sub"))
            if html:
                with scroll("task_records"):
                    st.html(html)
            st.html(element("p", note, "quiet"))
        foot(
            _("Source: {text}", text=ctx.plan.title(ctx.lang)),
            _("a date of the plan stays as stated, also on a day off"),
            _holidays_unknown(ctx.plan, task, _),
        )


def _told(ctx: Context, task: Task) -> Markup:
    _, served = ctx._, states(ctx)
    names = {i.id: (i.name(ctx.lang), i.rule) for i in ctx.plan.indicators}
    feeds = [(names[i][0], served[i][0] if i in served else None, names[i][1]) for i in task.feeds if i in names]
    return definitions(
        [
            (_("Lead office"), _(", ").join(task.lead) or _("not named")),
            (_("Supporting"), _(", ").join(task.supporting)),
            (_("Led by"), task.leader_role or ""),
            (_("Evidence"), _(", ").join(task.evidence)),
            (_("Serves"), feeds_html(feeds, _)),
            (_("Note"), task.notes),
        ],
        "def tight",
    )


def _turns(ctx: Context, task: Task, state: TaskState | None) -> Markup:
    _ = ctx._
    found: list[PeriodState | None] = list(state.periods) if state else [None] * len(periods(task, ctx.plan))
    rows = [
        TurnRow(
            period_words(turn.label, _) if turn.label else _(words.FREQUENCY_WORDS[task.recurrence]),
            words.day(turn.due, ctx.plan, _) if turn.due else _("no date"),
            day_off(turn.due, _),
            code(judged) if judged else None,
            f"{judged.done}/{judged.places}" if judged and judged.places else "",
            _odd(judged, _),
        )
        for turn, judged in zip(periods(task, ctx.plan), found, strict=True)
    ]
    return turns_table(rows, _)


def _odd(turn: PeriodState | None, _: Translator) -> str:
    if turn is None:
        return ""
    if turn.status == "overdue" and not turn.places:
        return _("no record")
    if turn.status == "overdue":
        return _("{n} overdue", n=turn.overdue)
    return _("{n} late", n=turn.done - turn.in_time) if turn.late else ""


def _records(ctx: Context, task: Task, state: TaskState) -> tuple[Markup, str]:
    """Return the records of a duty, what is undone first, and how many there are."""
    _ = ctx._
    inside = set(ctx.regions["code"]) if ctx.township is None else {ctx.township, *(ctx.inside or ())}
    rows = record_states(task, ctx.plan, loaders.rows(ctx.county.slug, "actions"), inside, ctx.need_date())
    if rows.empty:
        return Markup(), _("No record names this task yet.")
    order = {"overdue": 0, "doing": 1, "not_started": 2, "late": 3, "done": 3, "cancelled": 4}
    rank = rows["state"].map(order)
    rows = rows.assign(rank=rank).sort_values(["rank", "done_on", "due_on"], ascending=[True, False, True])
    shown = [
        RecordRow(
            ctx.names.get(row["place"], row["place"] or formats.NOTHING),
            period_words(row["turn"], _) if row["turn"] else "",
            formats.day(row["due_on"], _),
            formats.day(row["done_on"], _) if row["state"] in {"done", "late"} else formats.NOTHING,
            row["state"],
            row["evidence"],
        )
        for row in rows.head(MOST).to_dict("records")
    ]
    told = [_("{n} records, {shown} shown", n=len(rows), shown=len(shown)) if len(rows) > len(shown) else ""]
    if state.unplaced:
        told.append(_("{n} records name no period that the plan asks for; they are not counted.", n=state.unplaced))
    return records_table(shown, _), " · ".join(text for text in told if text)


def _holidays_unknown(plan: Plan, task: Task, _: Translator) -> str:
    """Say for which years nobody can tell yet which due days are days off."""
    years = sorted({t.due.year for t in periods(task, plan) if t.due and workdays.kind(t.due) is None})
    if not years:
        return ""
    told = _(", ").join(str(year) for year in years)
    return _("the holidays of {years} are not announced yet: days off are not marked", years=told)
