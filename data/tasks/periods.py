"""A duty's recurrence unrolled: the periods it is asked in, each with the day by which it is due."""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from data.plan_model import Plan, Task
from data.schedule import month_end, month_start
from data.summaries import period_months

# Months a period begins in, how its label ends, and how many months it has; terms of school run into the next year.
_RECURRENT: dict[str, tuple[tuple[int, str, int], ...]] = {
    "monthly": tuple((month, f"-{month:02d}", 1) for month in range(1, 13)),
    "quarterly": tuple((3 * n - 2, f"-Q{n}", 3) for n in range(1, 5)),
    "half-yearly": ((1, "-H1", 6), (7, "-H2", 6)),
    "semester": ((3, "-S1", 5), (9, "-S2", 5)),
    "annual": ((1, "", 12),),
}


@dataclass(frozen=True, slots=True)
class TaskPeriod:
    """One turn of a duty.

    Attributes
    ----------
    label
        As `actions.period` writes it: `2023-05`, `2023-Q2`, `2023-H1`, `2023-S1`, `2023`; "" where there is one turn.
    start, end
        The days it is about, within the plan.
    due
        The last day in time; None for a duty that is kept up without a date.
    stated
        Whether the plan states that day; else it follows from the period.
    """

    label: str
    start: dt.date
    end: dt.date
    due: dt.date | None
    stated: bool = False


def span(label: str | None) -> tuple[dt.date, dt.date] | None:
    """Return first and last day of a period as `actions.period` writes it; None if it is none.

    >>> span("2023-S2")
    (datetime.date(2023, 9, 1), datetime.date(2024, 1, 31))
    """
    found = period_months(label)
    if found is None or label is None:
        return None
    year, month, months = found
    if label[5:6] == "S":
        month, months = {1: (3, 5), 7: (9, 5)}[month]
    first = dt.date(year, month, 1)
    return first, month_end(month_start(first, 1 - months))


def _due_in(last: dt.date, due_day: int | None) -> dt.date:
    """Return the due day of a period: its last day, or that day of its last month; of a short month the last one."""
    if due_day is None:
        return last
    return last.replace(day=min(due_day, month_end(last).day))


@cache
def _of(plan_start: dt.date, plan_end: dt.date, recurrence: str) -> tuple[tuple[str, dt.date, dt.date], ...]:
    """Return the periods of a kind that the plan's years begin and that touch the plan: label, first and last day."""
    found = []
    for year in range(plan_start.year, plan_end.year + 1):
        for month, suffix, months in _RECURRENT[recurrence]:
            first = dt.date(year, month, 1)
            last = month_end(month_start(first, 1 - months))
            if last >= plan_start and first <= plan_end:
                found.append((f"{year}{suffix}", first, last))
    return tuple(found)


def periods(task: Task, plan: Plan) -> tuple[TaskPeriod, ...]:
    """Return every turn of a duty over the plan, in order.

    A period belongs to the year it begins in, so the autumn term of the year before the plan is not asked. One whose
    due day lies before the plan's first day is not asked either; at the plan's end what is left is due on its last day.
    Where the plan states dates they count as stated, and a recurring duty falls due on them only.
    """
    if task.recurrence in _RECURRENT:
        turns = _of(plan.start, plan.end, task.recurrence)
        if task.due:
            return tuple(_stated(day, task.recurrence, turns, plan) for day in sorted(task.due))
        found = (
            TaskPeriod(label, max(first, plan.start), min(last, plan.end), min(due, plan.end), task.due_day is not None)
            for label, first, last in turns
            if (due := _due_in(last, task.due_day)) >= plan.start
        )
        return tuple(found)
    if len(task.due) < 2:
        return (TaskPeriod("", plan.start, plan.end, *((task.due[0], True) if task.due else (None, False))),)
    return tuple(_parts(sorted(task.due), plan))


def _stated(day: dt.date, recurrence: str, turns: tuple[tuple[str, dt.date, dt.date], ...], plan: Plan) -> TaskPeriod:
    """Return the turn that a stated day falls in; a day outside all of them makes one of its own kind's length."""
    for label, first, last in turns:
        if first <= day <= last:
            return TaskPeriod(label, max(first, plan.start), min(last, max(plan.end, day)), day, stated=True)
    # A date after the plan's end, or in the school holidays, stands for the turn that began last before it.
    month, suffix, _months = max((part for part in _RECURRENT[recurrence] if part[0] <= day.month), default=(1, "", 12))
    return TaskPeriod(f"{day.year}{suffix}", dt.date(day.year, month, 1), day, day, stated=True)


def _parts(days: list[dt.date], plan: Plan) -> list[TaskPeriod]:
    """Return the parts of a duty that is done once by each of several days; each runs from the one before."""
    months = [f"{day:%Y-%m}" for day in days]
    found, start = [], plan.start
    for day, month in zip(days, months, strict=True):
        label = month if months.count(month) == 1 else day.isoformat()
        found.append(TaskPeriod(label, min(start, day), day, day, stated=True))
        start = day + dt.timedelta(days=1)
    return found
