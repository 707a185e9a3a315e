"""Parts of the task page: the plan's duties by area, office, state and month, what is due next first."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

import streamlit as st

from components import address, formats, task_depth
from components.board import board
from components.context import Context
from components.fragment import fragment
from components.html.base import Markup, element
from components.html.lists import facts
from components.html.plan import counts_table
from components.html.tasks import STATES, TaskRow, duties_table
from components.panels import foot, panel, scroll, side_by_side
from components.plan_view import choose, leads, search, states
from data import loaders
from data import plan_words as words
from data.plan import Plan, Task
from data.tasks.periods import TaskPeriod, periods
from data.tasks.state import STATUSES, PeriodState, TaskState
from data.tasks.state import states as task_states

SOON = 30
"""Days ahead of the as-of date within which a due date leads the list."""
WEIGHTS = (1.62, 1)

_RECURRENCES = ("once", "ongoing", "monthly", "quarterly", "half-yearly", "semester", "annual")

State = Mapping[str, TaskState]


class Wanted(NamedTuple):
    """What is asked for: a test of a task, the month whose turns are looked at ("2023-05"), and all of it as a key."""

    fits: Callable[[Task, State], bool]
    month: str | None
    key: tuple[str | None, ...]


def state_of(ctx: Context) -> State:
    """Return the state of every task in the page's region at its date; {} as long as no work was ever recorded."""
    day = ctx.as_of
    if day is None or loaders.version(ctx.county.slug, "actions") == 0:
        return {}

    def judged() -> State:
        rows = loaders.rows(ctx.county.slug, "actions")
        return task_states(ctx.plan, rows, scope(ctx), day) if len(rows) else {}

    return ctx.built("task states", judged)


def scope(ctx: Context) -> Collection[str]:
    """Return the codes of the page's region and what lies in it."""
    return set(ctx.regions["code"]) if ctx.township is None else {ctx.township, *(ctx.inside or ())}


def counts(ctx: Context) -> None:
    """Show how many tasks there are, by area and by lead office; a row narrows the list below."""
    _, plan, state = ctx._, ctx.plan, state_of(ctx)
    kinds = _states(ctx) if state else _kinds(ctx)
    offices = [o for o in leads(plan) if any(o in task.lead for task in plan.tasks)]
    left, right = side_by_side([1, 1.25])
    with left, panel("counts", _("Tasks of the plan"), _quoted(ctx)):
        st.html(ctx.built("task figures", lambda: facts(_figures(ctx, state))))
        html = ctx.built("task areas", lambda: _areas_table(ctx, state, kinds))
        board(html, "areas", st.session_state.get("area"), into="area")
    with right, panel("task_offices", _("By lead office"), _("pick an office to see its tasks")):
        if offices:
            with scroll("task_offices"):
                html = ctx.built("task offices", lambda: _offices_table(ctx, state, kinds, offices))
                board(html, "task_offices", st.session_state.get("office"), into="office")
        else:
            st.html(element("p", words.spoken(plan.departments_note, plan, _) or _("the plan names none"), "quiet"))


def _kinds(ctx: Context) -> dict[str, str]:
    return {kind: ctx._(words.FREQUENCY_WORDS[kind]) for kind in _RECURRENCES}


def _states(ctx: Context) -> dict[str, str]:
    return {code: ctx._(STATES[code][1]) for code in STATUSES}


def _areas_table(ctx: Context, state: State, kinds: Mapping[str, str]) -> Markup:
    by_area: Counter[tuple[str, str]] = Counter((task.area, _kind(task, state)) for task in ctx.plan.tasks)
    rows = [(name, {k: by_area[area, k] for k in kinds}) for area, name in ctx.areas.items()]
    return counts_table(rows, kinds, ctx._("Area"), ctx._)


def _offices_table(ctx: Context, state: State, kinds: Mapping[str, str], offices: Iterable[str]) -> Markup:
    by_office = Counter((office, _kind(task, state)) for task in ctx.plan.tasks for office in task.lead)
    rows = [(o, {k: by_office[o, k] for k in kinds}) for o in offices]
    return counts_table(rows, kinds, ctx._("Lead office"), ctx._)


def _kind(task: Task, state: State) -> str:
    """Return what a task is counted under: its state, or how often it recurs as long as nothing is known of that."""
    return state[task.id].status if state else task.recurrence


def _quoted(ctx: Context) -> str:
    return "" if ctx.lang == "zh" else ctx._("titles exist in Chinese only and are quoted from the plan")


def _figures(ctx: Context, state: State) -> Iterable[tuple[object, object, object]]:
    _, tasks, day = ctx._, ctx.plan.tasks, ctx.as_of
    dated = sum(any(turn.due for turn in periods(task, ctx.plan)) for task in tasks)
    yield _("Tasks"), len(tasks), _("{n} with a due date", n=dated)
    if day is not None:
        soon = sum(_soon(ctx.plan, task, state, day) is not None for task in tasks)
        yield _("Due within {n} days", n=SOON), soon, _("from {day}", day=formats.date(day, _))
    if state:
        late = [turn for task in state.values() for turn in task.overdue]
        silent = sum(turn.places == 0 for turn in late)
        yield _("Overdue periods"), len(late), _("{n} of them without any record", n=silent)
        ended = [t for task in state.values() for t in task.periods if t.status == "done"]
        yield _("Periods done"), len(ended), _("{n} of them late", n=sum(t.late for t in ended))
    else:
        served = sum(bool(task.feeds) for task in tasks)
        yield _("Serve an indicator"), served, _("their effect is measured")
    yield _("Without a lead office"), sum(not task.lead for task in tasks), _("for the county to assign")


def filters(ctx: Context) -> Wanted:
    """Let the viewer narrow the list; return what is asked for."""
    _, state, day = ctx._, state_of(ctx), ctx.as_of
    present: set[str] = {task.recurrence for task in ctx.plan.tasks}
    when = {"soon": _("Due within {n} days", n=SOON)} if day else {}
    when |= {"dated": _("With a due date"), "undated": _("Without a due date")}
    with st.container(horizontal=True, key="filters", vertical_alignment="center"):
        area = choose(_("All areas"), ctx.areas, "area")
        office = choose(_("All lead offices"), {name: name for name in leads(ctx.plan)}, "office")
        standing = choose(_("Any state"), _states(ctx), "state") if state else None
        month = choose(_("Any month"), ctx.built("task months", lambda: _months(ctx)), "month")
        kinds = {k: name for k, name in _kinds(ctx).items() if k in present}
        kind = choose(_("Any recurrence"), kinds, "recurrence")
        dates = choose(_("Any date"), when, "when")
        text = search(ctx, "q")

    # Of the state it is given: the list reruns by itself, maybe after somebody handed something in.
    def wanted(task: Task, state: State) -> bool:
        soon = day is not None and _soon(ctx.plan, task, state, day) is not None
        turns = periods(task, ctx.plan)
        has_date = any(turn.due for turn in turns)
        dated = {None: True, "soon": soon, "dated": has_date, "undated": not has_date}[dates]
        words_ = (task.title_zh, task.clause, *task.lead, *task.supporting, *task.evidence)
        return (
            dated
            and area in {None, task.area}
            and kind in {None, task.recurrence}
            and (standing is None or standing == _standing(task, state, month))
            and (month is None or any(_in_month(turn, month) for turn in turns))
            and (office is None or office in task.lead)
            and (not text or any(text in part.lower() for part in words_))
        )

    return Wanted(wanted, month, (area, office, standing, month, kind, dates, text))


def _months(ctx: Context) -> dict[str, str]:
    """Return the months in which something is due, newest last."""
    found = {f"{turn.due:%Y-%m}" for task in ctx.plan.tasks for turn in periods(task, ctx.plan) if turn.due}
    return {month: formats.month(month, ctx._, year=True) for month in sorted(found)}


def _in_month(turn: TaskPeriod, month: str) -> bool:
    return turn.due is not None and f"{turn.due:%Y-%m}" == month


def _standing(task: Task, state: State, month: str | None) -> str | None:
    """Return the state a task is filtered by: of the month's turn, if a month is asked for."""
    if not state:
        return None
    found = state[task.id]
    if month is None:
        return found.status
    return next((turn.status for turn in found.periods if _in_month(turn.period, month)), None)


@fragment
def list_and_depth(ctx: Context, wanted: Wanted) -> None:
    """Show the tasks asked for, and beside them the one picked with its periods, records and indicators.

    A fragment: picking a task leaves the rest of the page as it is.
    """
    _, day = ctx._, ctx.as_of
    tasks: list[Task] = ctx.built("tasks wanted", lambda: _listed(ctx, wanted), *wanted.key)
    known = {task.id: task for task in ctx.plan.tasks}
    asked = address.keep("task", known, tasks[0].id if tasks else None)
    left, right = side_by_side(WEIGHTS)
    with left, panel("tasks", _("Tasks"), _("{n} of {all}", n=len(tasks), all=len(known)), _soon_note(ctx)):
        if tasks:
            html = ctx.built("task list", lambda: _table(ctx, tasks, wanted), *wanted.key)
            with scroll("tasks"):
                board(html, "tasks", asked, into="task")
        else:
            st.html(element("p", _("Nothing matches the filter."), "quiet"))
        foot(
            _("Source: {text}", text=ctx.plan.title(ctx.lang)),
            _("Data up to {day}", day=formats.date(day, _)) if day else "",
            _("overdue: the due day has passed and no record says it was done") if state_of(ctx) else "",
        )
    with right:
        if asked:
            task_depth.opened(ctx, known[asked], state_of(ctx).get(asked))


def _listed(ctx: Context, wanted: Wanted) -> list[Task]:
    state = state_of(ctx)
    return in_order(ctx.plan, [task for task in ctx.plan.tasks if wanted.fits(task, state)], state, ctx.as_of)


def _soon_note(ctx: Context) -> str:
    return ctx._("due within {n} days first", n=SOON) if ctx.as_of else ""


def in_order(plan: Plan, tasks: Iterable[Task], state: State, as_of: dt.date | None) -> list[Task]:
    """Sort tasks: due within `SOON` days of the as-of date by their date, then the overdue ones, then by clause."""

    def key(task: Task) -> tuple[dt.date, bool, tuple[int, ...]]:
        soon = _soon(plan, task, state, as_of) if as_of else None
        overdue = bool(state) and state[task.id].status == "overdue"
        return soon or dt.date.max, not overdue, words.clause_key(task.clause)

    return sorted(tasks, key=key)


def _soon(plan: Plan, task: Task, state: State, day: dt.date) -> dt.date | None:
    """Return the next due date that lies within `SOON` days, unless it is done by now."""
    if state:
        turn = state[task.id].next_due
        due = turn.period.due if turn else None
    else:
        due = min((t.due for t in periods(task, plan) if t.due and t.due >= day), default=None)
    return due if due is not None and (due - day).days <= SOON else None


def _shown(ctx: Context, task: Task, state: State, month: str | None) -> tuple[TaskPeriod, PeriodState | None]:
    """Return the turn a task's row speaks of: of the month asked for, else the overdue one, the next, the last."""
    turns = periods(task, ctx.plan)
    found = state[task.id] if state else None
    if month is not None:
        n = next(n for n, turn in enumerate(turns) if _in_month(turn, month))
        return turns[n], found.periods[n] if found else None
    if found is None:
        ahead = [t for t in turns if ctx.as_of and t.due and t.due >= ctx.as_of]
        return (ahead or list(turns[-1:]))[0], None
    turn = found.overdue[-1] if found.overdue else found.next_due or found.periods[-1]
    return turn.period, turn


def _code(task: Task, state: State, turn: PeriodState | None, month: str | None) -> str | None:
    """Return the state a row shows, as it is counted and filtered: of the month's turn, else of the whole task."""
    if turn is None:
        return None
    return task_depth.code(turn) if month else state[task.id].status


def _table(ctx: Context, tasks: Iterable[Task], wanted: Wanted) -> Markup:
    """Return tasks as the list shows them, with the present state of the indicators they serve."""
    state = state_of(ctx)
    rows = []
    for task in tasks:
        turn, found = _shown(ctx, task, state, wanted.month)
        soon = _soon(ctx.plan, task, state, ctx.as_of) if ctx.as_of else None
        rows.append(_row(ctx, task, turn, found, _code(task, state, found, wanted.month), soon))
    return duties_table(rows, ctx._)


def row_of(ctx: Context, task: Task, turn: PeriodState) -> TaskRow:
    """Return the row of one turn of a duty."""
    return _row(ctx, task, turn.period, turn, task_depth.code(turn), None)


def _row(
    ctx: Context, task: Task, turn: TaskPeriod, found: PeriodState | None, code: str | None, soon: dt.date | None
) -> TaskRow:
    _, served = ctx._, states(ctx)
    feeds = [ctx.plan.indicator(i) for i in task.feeds if i in ctx.labels]
    return TaskRow(
        task.id,
        task.title_zh,
        task.clause,
        _(", ").join(task.lead) or _("not named"),
        task_depth.recurrence(task, turn, _),
        words.day(turn.due, ctx.plan, _) if turn.due else "",
        code,
        [(i.name(ctx.lang), served[i.id][0] if i.id in served else None, i.rule) for i in feeds],
        _("in {n} days", n=(soon - ctx.as_of).days) if soon == turn.due and soon and ctx.as_of else "",
        task_depth.day_off(turn.due, _),
        task_depth.part(found, _),
    )
