"""Parts of the task page: the plan's duties, read only; their periods and records come with the task ledger."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import streamlit as st

from components import formats
from components.board import board
from components.context import Context
from components.html.base import element
from components.html.lists import facts
from components.html.plan import TaskRow, counts_table, duties_table
from components.panels import foot, panel, side_by_side
from components.plan_view import choose, leads, search, states
from data import plan_words as words
from data.plan import Task

SOON = 30
"""Days ahead of the as-of date within which a due date leads the list."""

_RECURRENCES = ("once", "ongoing", "monthly", "quarterly", "half-yearly", "semester", "annual")

Wanted = Callable[[Task], bool]


def counts(ctx: Context) -> None:
    """Show how many tasks there are, by area and by lead office; a row narrows the list below."""
    _, plan = ctx._, ctx.plan
    kinds = {kind: _(words.FREQUENCY_WORDS[kind]) for kind in _RECURRENCES}
    by_area: Counter[tuple[str, str]] = Counter((task.area, task.recurrence) for task in plan.tasks)
    by_office: Counter[tuple[str, str]] = Counter(
        (office, task.recurrence) for task in plan.tasks for office in task.lead
    )
    offices = [o for o in leads(plan) if any(o in task.lead for task in plan.tasks)]
    left, right = side_by_side([1, 1.25])
    with left, panel("counts", _("Tasks of the plan"), _quoted(ctx)):
        st.html(facts(_figures(ctx)))
        areas = [(name, {k: by_area[area, k] for k in kinds}) for area, name in ctx.areas.items()]
        board(counts_table(areas, kinds, _("Area"), _), "areas", st.session_state.get("area"), into="area")
    with right, panel("task_offices", _("By lead office"), _("pick an office to see its tasks")):
        if offices:
            rows = [(o, {k: by_office[o, k] for k in kinds}) for o in offices]
            with st.container(key="scroll_task_offices"):
                board(
                    counts_table(rows, kinds, _("Lead office"), _), "task_offices", st.session_state.get("office"),
                    into="office",
                )  # fmt: skip
        else:
            st.html(element("p", words.spoken(plan.departments_note, plan, _) or _("the plan names none"), "quiet"))


def _quoted(ctx: Context) -> str:
    return "" if ctx.lang == "zh" else ctx._("titles exist in Chinese only and are quoted from the plan")


def _figures(ctx: Context) -> Iterable[tuple[object, object, object]]:
    _, tasks = ctx._, ctx.plan.tasks
    dated = [task for task in tasks if task.due]
    yield _("Tasks"), len(tasks), _("{n} with a due date", n=len(dated))
    if ctx.as_of is not None:
        soon = sum(_next_due(task, ctx.as_of) is not None for task in tasks)
        yield _("Due within {n} days", n=SOON), soon, _("from {day}", day=formats.date(ctx.as_of, _))
    served = sum(bool(task.feeds) for task in tasks)
    yield _("Serve an indicator"), served, _("their effect is measured")
    yield _("Without a lead office"), sum(not task.lead for task in tasks), _("for the county to assign")


def filters(ctx: Context) -> Wanted:
    """Let the viewer narrow the list; return what is asked for."""
    _ = ctx._
    kinds = {kind: _(words.FREQUENCY_WORDS[kind]) for kind in _RECURRENCES}
    present = {task.recurrence for task in ctx.plan.tasks}
    when = {"soon": _("Due within {n} days", n=SOON)} if ctx.as_of else {}
    when |= {"dated": _("With a due date"), "undated": _("Without a due date")}
    with st.container(horizontal=True, key="filters", vertical_alignment="center"):
        area = choose(_("All areas"), ctx.areas, "area")
        office = choose(_("All lead offices"), {name: name for name in leads(ctx.plan)}, "office")
        kind = choose(_("Any recurrence"), {k: name for k, name in kinds.items() if k in present}, "recurrence")
        dates = choose(_("Any date"), when, "when")
        text = search(ctx, "q")

    def wanted(task: Task) -> bool:
        soon = ctx.as_of is not None and _next_due(task, ctx.as_of) is not None
        dated = {None: True, "soon": soon, "dated": bool(task.due), "undated": not task.due}[dates]
        words_ = (task.title_zh, task.clause, *task.lead, *task.supporting, *task.evidence)
        return (
            dated
            and area in {None, task.area}
            and kind in {None, task.recurrence}
            and (office is None or office in task.lead)
            and (not text or any(text in part.lower() for part in words_))
        )

    return wanted


def table(ctx: Context, wanted: Wanted) -> None:
    """Show the tasks asked for: those due soon first, then as the document has them."""
    _ = ctx._
    tasks = in_order([task for task in ctx.plan.tasks if wanted(task)], ctx.as_of)
    with panel("tasks", _("Tasks"), _("{n} of {all}", n=len(tasks), all=len(ctx.plan.tasks)), _soon_note(ctx)):
        if tasks:
            st.html(duties_table(rows(ctx, tasks), _))
        else:
            st.html(element("p", _("Nothing matches the filter."), "quiet"))
        foot(
            _("Source: {text}", text=ctx.plan.title(ctx.lang)),
            _("Data up to {day}", day=formats.date(ctx.as_of, _)) if ctx.as_of else "",
            _("status of the indicators a task serves; the tasks themselves are not judged yet"),
        )


def _soon_note(ctx: Context) -> str:
    return ctx._("due within {n} days first", n=SOON) if ctx.as_of else ""


def in_order(tasks: Iterable[Task], as_of: dt.date | None) -> list[Task]:
    """Sort tasks: those due within `SOON` days of the as-of date by their date, then all others by clause."""

    def key(task: Task) -> tuple[dt.date, tuple[int, ...]]:
        soon = _next_due(task, as_of) if as_of else None
        return soon or dt.date.max, words.clause_key(task.clause)

    return sorted(tasks, key=key)


def _next_due(task: Task, as_of: dt.date) -> dt.date | None:
    """Return the due date that lies ahead within `SOON` days, if one does."""
    return min((day for day in task.due if 0 <= (day - as_of).days <= SOON), default=None)


def rows(ctx: Context, tasks: Sequence[Task]) -> list[TaskRow]:
    """Return tasks as the list shows them, with the present state of the indicators they serve."""
    _, state = ctx._, states(ctx)
    names = {i.id: (i.name(ctx.lang), i.rule) for i in ctx.plan.indicators}
    return [
        TaskRow(
            task.id,
            task.title_zh,
            task.clause,
            ctx.area_name(task.area),
            _(", ").join(task.lead) or _("not named"),
            task.supporting,
            _when(ctx, task),
            _(", ").join(words.day(day, ctx.plan, _) for day in task.due),
            _(", ").join(task.evidence),
            [(names[i][0], state[i][0] if i in state else None, names[i][1]) for i in task.feeds if i in names],
            _in_days(ctx, task),
        )
        for task in tasks
    ]


def _when(ctx: Context, task: Task) -> str:
    by = ctx._("by day {n}", n=task.due_day) if task.due_day else ""
    return " · ".join(x for x in (ctx._(words.FREQUENCY_WORDS[task.recurrence]), by) if x)


def _in_days(ctx: Context, task: Task) -> str:
    due = _next_due(task, ctx.as_of) if ctx.as_of else None
    return ctx._("in {n} days", n=(due - ctx.as_of).days) if due and ctx.as_of else ""
