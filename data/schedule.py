"""Time: how much of a target should be reached at a date, and which dates a plan is evaluated at.

Months are the clock of Chinese fiscal practice (序时进度): a year's target stands at 4/12 on 30 April, whatever the
number of days. Every fraction of time here is counted in months: whole months plus day / days of the month.
"""

import datetime as dt
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable

from data.plan import Indicator, Plan

PERIOD_MONTHS = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "semester": 6, "annual": 12}


def month_end(day: dt.date) -> dt.date:
    """Return the last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def month_start(day: dt.date, months_back: int = 0) -> dt.date:
    """Return the first day of the month of `day`, or of an earlier month."""
    index = day.year * 12 + day.month - 1 - months_back
    return dt.date(index // 12, index % 12 + 1, 1)


def previous_month_end(day: dt.date, months_back: int = 1) -> dt.date:
    """Return the end of the month `months_back` months before that of `day`."""
    return month_end(month_start(day, months_back))


def year_before(day: dt.date) -> dt.date:
    """Return the same day a year before; a month end stays one."""
    first = dt.date(day.year - 1, day.month, 1)
    return month_end(first) if day == month_end(day) else first.replace(day=day.day)


def period_start(day: dt.date, months: int) -> dt.date:
    """Return the first day of the calendar period of `months` months (1, 3, 6, 12) that contains `day`."""
    return dt.date(day.year, (day.month - 1) // months * months + 1, 1)


def period_end(day: dt.date, months: int) -> dt.date:
    """Return the last day of the calendar period of `months` months that contains `day`."""
    return month_end(month_start(period_start(day, months), 1 - months))


def clock(day: dt.date) -> float:
    """Return the end of `day` on the month clock: 2023-04-30 is exactly four months after 2022-12-31."""
    return day.year * 12 + day.month - 1 + day.day / monthrange(day.year, day.month)[1]


def months_between(start: dt.date, end: dt.date) -> float:
    """Return the months from the end of `start` to the end of `end`."""
    return clock(end) - clock(start)


def _elapsed(start: dt.date, end: dt.date, day: dt.date) -> float:
    """Share of the time from the beginning of `start` to the end of `end` that is over at the end of `day`."""
    begin = clock(start - dt.timedelta(days=1))
    return min(1.0, max(0.0, (clock(day) - begin) / (clock(end) - begin)))


def window_months(indicator: Indicator) -> int:
    """Length of the running window of a `window` rule in months: a half-year if the query names it, else a month."""
    return 6 if indicator.data.dates & {"h0", "h1"} else 1


def window_open(indicator: Indicator, day: dt.date) -> bool:
    """Whether the running window of a `window` rule still goes on after `day`; of other rules never."""
    return indicator.rule == "window" and day < period_end(day, window_months(indicator))


def window_before(indicator: Indicator, day: dt.date) -> dt.date:
    """Return the last day of the window before the one that contains `day`."""
    return period_start(day, window_months(indicator)) - dt.timedelta(days=1)


def schedule_share(indicator: Indicator, plan: Plan, day: dt.date) -> float:
    """Return S(t), the share of the target that is due at the end of `day`, between 0 and 1.

    Rules (`indicator.rule`):

    - `keep`: 1 from the plan's start.
    - `window`: share of the running month or half-year that is over; 1 on its last day.
    - `periods`: periods that have ended over all periods; milestones are steps.
    - `milestones`: linear on the month clock from 0 at the plan's start through the milestones, then constant.
    - `linear`: months since the plan's start over months from start to due.
    - `deadline`: 0 before the due date, 1 on it and after.

    Where the target was revised, the due date and milestones in force on that day count.
    """
    indicator = indicator.in_force(day)
    start = indicator.rule_start or plan.start
    due = indicator.due
    match indicator.rule:
        case "keep":
            return float(day >= start)
        case "window":
            if day < start:
                return 0.0
            months = window_months(indicator)
            return _elapsed(period_start(day, months), period_end(day, months), day)
        case "periods":
            return _steps(indicator, start, due, day)
        case "milestones":
            return _milestones(indicator, start, day)
        case "linear":
            return _elapsed(start, due, day)
        case _:
            return float(day >= due)


def _milestones(indicator: Indicator, start: dt.date, day: dt.date) -> float:
    total = indicator.value or 1.0
    xs = [clock(start - dt.timedelta(days=1)), *(clock(m.date) for m in indicator.milestones)]
    ys = [0.0, *(m.value / total for m in indicator.milestones)]
    x = clock(day)
    if x <= xs[0]:
        return 0.0
    i = bisect_right(xs, x)
    if i == len(xs):
        return ys[-1]
    return ys[i - 1] + (ys[i] - ys[i - 1]) * (x - xs[i - 1]) / (xs[i] - xs[i - 1])


def _steps(indicator: Indicator, start: dt.date, due: dt.date, day: dt.date) -> float:
    if indicator.milestones:
        passed = [m.value for m in indicator.milestones if m.date <= day]
        return passed[-1] / (indicator.value or 1.0) if passed else 0.0
    length = PERIOD_MONTHS.get(indicator.frequency, 1)
    ends = []
    end = period_end(start, length)
    while end <= due:
        ends.append(end)
        end = period_end(end + dt.timedelta(days=1), length)
    return sum(end <= day for end in ends) / len(ends) if ends else float(day >= due)


def evaluation_dates(plan: Plan, newest: dt.date) -> list[dt.date]:
    """Return the dates at which measures are kept: month ends and the plan's own dates, up to the newest data date."""
    dates = set(_month_ends(plan.start, newest))
    for indicator in plan.indicators:
        dates.update(indicator.all_dates)
    return sorted(d for d in dates if plan.start <= d <= newest)


def _month_ends(start: dt.date, newest: dt.date) -> Iterable[dt.date]:
    end = month_end(start)
    while end <= newest:
        yield end
        end = month_end(end + dt.timedelta(days=1))


def query_dates(plan: Plan, day: dt.date) -> dict[str, dt.date]:
    """Return what the date names of the query language mean at `day`."""
    return {
        "asof": day,
        "d0": plan.start,
        "d1": min(plan.end, day),
        "h0": period_start(day, 6),
        "h1": period_end(day, 6),
        "m0": month_start(day),
        "m1": month_end(day),
    }
