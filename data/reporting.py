"""Who owed which table by which day under the plan's reporting rules, and what came: on time, late, not at all.

A duty is one table of one period. Where the plan says nothing, it follows from how often the indicators that read the
table are counted, and is marked so: such a day is nobody's deadline.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, NamedTuple

from data.past import day_of
from data.plan import Plan
from data.plan_model import ReportingRule
from data.registry import TOWNSHIPS, Owed
from data.schedule import PERIOD_MONTHS, month_end, month_start, period_end
from data.store.model import Batch
from data.tables import NONE, tables

Basis = Literal["day", "period", "frequency"]
"""Where a due day comes from: the plan names it, the plan names the period only, or neither."""
State = Literal["missing", "late", "not_due", "came", "on_time"]
STATES: tuple[State, ...] = ("missing", "late", "not_due", "came", "on_time")
"""The worst first; `came` is sample data, whose day of arrival says nothing."""


# ---- what was owed ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Duty:
    """One table for one period.

    Attributes
    ----------
    table
        Upload table id.
    by
        `townships`, or the office that answers for the whole county.
    rule
        The plan's rule; None where the plan has none for it.
    months
        Months of the period, `YYYY-MM`; a report of any of them is a report of the period.
    due, basis
        Last day, and where it comes from.
    only
        Codes of the townships that owe it; all if empty.
    """

    table: str
    by: str
    rule: ReportingRule | None
    months: tuple[str, ...]
    due: dt.date
    basis: Basis
    only: tuple[str, ...] = ()

    @property
    def month(self) -> str:
        """The month in which it is due."""
        return f"{self.due:%Y-%m}"

    @property
    def column(self) -> str:
        """What is the same for the duties of one table under one rule."""
        return f"{self.table}/{self.rule.id if self.rule else ''}/{self.by}"

    @property
    def by_townships(self) -> bool:
        """Whether each township owes its own part."""
        return self.by == TOWNSHIPS


def duties(plan: Plan, owed: Iterable[Owed], until: dt.date) -> list[Duty]:
    """Return all duties due up to a day, the oldest first, in a month as the tables are listed.

    Parameters
    ----------
    plan
        Owed are the tables that its indicators read, from the day it was issued to its end.
    owed
        The county's own settings, which may name further tables; a table none of them names falls under the plan's
        main rule (`main_rule`).
    until
        Last due day.
    """
    rules = {rule.id: rule for rule in plan.reporting_rules}
    known = [one for one in owed if one.rule in rules]
    main = main_rule(plan)
    end, found = min(until, _last_due(plan)), []
    read = _read(plan)
    for table in tables():
        if table not in read and not any(table in one.tables for one in known):
            continue
        months = read.get(table, 1)
        chosen = [one for one in known if table in one.tables] or [Owed(rule=main.id if main else "", tables=(table,))]
        for one in chosen:
            rule = rules.get(one.rule)
            periods = _by_rule(rule, one.months_after, plan.start, end) if rule else _by_months(months, plan.start, end)
            found += [
                Duty(table, one.by, rule, covered, due, basis, one.townships)
                for covered, due, basis in periods
                if _issued(plan) <= due <= end and covered[0] <= f"{plan.end:%Y-%m}"
            ]
    order = list(tables())
    return sorted(found, key=lambda d: (d.month, order.index(d.table), d.due))


def main_rule(plan: Plan) -> ReportingRule | None:
    """Return the rule tables fall under: the most frequent, one with a day of the month before others."""
    recurring = [rule for rule in plan.reporting_rules if rule.recurrence in PERIOD_MONTHS]
    return min(recurring, key=lambda r: (PERIOD_MONTHS[r.recurrence], r.due_day is None), default=None)


def _issued(plan: Plan) -> dt.date:
    """Nobody owes what was not asked for yet; of a month without a day its last counts."""
    day = plan.issue_date
    return day if isinstance(day, dt.date) else month_end(dt.date.fromisoformat(f"{day}-01"))


def _last_due(plan: Plan) -> dt.date:
    """Return the last day that can be a due day: reports of the last period may be due after it."""
    return month_end(month_start(plan.end, -3))


def _read(plan: Plan) -> dict[str, int]:
    """Return the tables that indicators read, with the shortest period in months that one of them is counted by."""
    found: dict[str, int] = {}
    for indicator in plan.indicators:
        months = PERIOD_MONTHS.get(indicator.frequency, 1)  # continuous is counted by month
        found[indicator.data.table] = min(found.get(indicator.data.table, months), months)
    return found


Period = tuple[tuple[str, ...], dt.date, Basis]


def _by_rule(rule: ReportingRule, after: int, start: dt.date, end: dt.date) -> list[Period]:
    length = PERIOD_MONTHS.get(rule.recurrence, 1)
    if rule.due:
        # Only what the plan lists is asked for.
        return [(_months(month_start(day, after), length), day, "day") for day in rule.due if start <= day <= end]
    if rule.recurrence not in PERIOD_MONTHS:
        return []
    found: list[Period] = []
    for first in _firsts(length, start, end):
        last = month_start(first, 1 - length - after)
        closing = month_end(last)
        due = closing if rule.due_day is None else last.replace(day=min(rule.due_day, closing.day))
        found.append((_months(first, length), due, "period" if rule.due_day is None else "day"))
    return found


def _by_months(length: int, start: dt.date, end: dt.date) -> list[Period]:
    return [(_months(first, length), period_end(first, length), "frequency") for first in _firsts(length, start, end)]


def _firsts(length: int, start: dt.date, end: dt.date) -> Iterable[dt.date]:
    """First days of the calendar periods that begin up to a day, from that of `start` on."""
    first = dt.date.fromisoformat(f"{_months(start, length)[0]}-01")
    while first <= end:
        yield first
        first = month_start(first, -length)


def _months(day: dt.date, length: int) -> tuple[str, ...]:
    """Months of the calendar period that contains `day`."""
    last = period_end(day, length)
    return tuple(f"{month_start(last, back):%Y-%m}" for back in reversed(range(length)))


@cache
def _holidays(year: int) -> Mapping[dt.date, str]:
    from holidays import country_holidays  # noqa: PLC0415 - slow to import, and few pages need it

    return dict(country_holidays("CN", years=year))


def on_holiday(day: dt.date) -> bool:
    """Whether a day is a public holiday in China, one of the days off around it included; it is due all the same."""
    return day in _holidays(day.year)


# ---- what came -------------------------------------------------------------------------------------------------------


class Arrival(NamedTuple):
    """A batch that counts: what it spoke for, the day it came (in China), whether it is sample data.

    `townships` are nine digits, the county's own `<code>000` among them; `everywhere`: it spoke for all of them.
    """

    number: int
    table: str
    months: frozenset[str]
    townships: frozenset[str]
    everywhere: bool
    day: dt.date
    nil: bool
    sample: bool

    def speaks_for(self, township: str) -> bool:
        """Whether it spoke for a township (nine digits)."""
        return self.everywhere or township in self.townships


def arrivals(
    batches: Iterable[Batch], list_months: Mapping[int, Sequence[str]], county_code: str
) -> dict[tuple[str, str], list[Arrival]]:
    """Return the batches that count by table and month, the oldest first.

    Parameters
    ----------
    batches
        The county's, in any order; undone ones, undos and what was entered on a page are left out.
    list_months
        Months that batches of running lists speak for, by batch id (`data.derive.list_months`). The month in which
        a list was handed in counts too: it is that month's report, even if nothing happened.
    """
    found: defaultdict[tuple[str, str], list[Arrival]] = defaultdict(list)
    counting = (b for b in batches if b.active and b.reports and b.table in tables())
    for batch in sorted(counting, key=lambda b: b.batch_id):
        day = day_of(batch.at)
        periods, townships = batch.scope.periods, frozenset(batch.scope.townships)
        running = bool(tables()[batch.table].events)
        if running and batch.batch_id in list_months:
            periods = (*list_months[batch.batch_id], *(() if batch.sample else (f"{day:%Y-%m}",)))
        everywhere = NONE in townships or (running and f"{county_code}000" in townships)
        months = frozenset(periods)
        nil = batch.action == "nil"
        one = Arrival(batch.number, batch.table, months, townships, everywhere, day, nil, batch.sample)
        for month in months:
            found[batch.table, month].append(one)
    return dict(found)


@dataclass(frozen=True)
class Cell:
    """How one debtor stands with one duty.

    Attributes
    ----------
    debtor
        Code of a township, or the name of an office.
    day, number
        When the first report came, and its batch; None if none did.
    days
        Days late, 0 if in time.
    nil
        What counts now is a nil return.
    """

    debtor: str
    duty: Duty
    state: State
    day: dt.date | None = None
    number: int | None = None
    days: int = 0
    nil: bool = False

    @property
    def arrived(self) -> bool:
        """Whether anything came."""
        return self.day is not None

    @property
    def severity(self) -> tuple[int, int]:
        """Sorts the worst first."""
        return STATES.index(self.state), -self.days


def cells(
    owed: Iterable[Duty],
    came: Mapping[tuple[str, str], Sequence[Arrival]],
    townships: Collection[str],
    county_code: str,
    as_of: dt.date,
) -> list[Cell]:
    """Return how every debtor stands with every duty.

    Parameters
    ----------
    townships
        Codes of twelve digits.
    as_of
        What is due up to this day can be missing; what is due later is not due yet.
    """
    found = []
    for duty in owed:
        spoken = {a.number: a for month in duty.months for a in came.get((duty.table, month), ())}
        reports = [spoken[number] for number in sorted(spoken)]
        if duty.by_townships:
            found += [
                _cell(code, duty, [a for a in reports if a.speaks_for(code[:9])], as_of)
                for code in townships
                if not duty.only or code in duty.only
            ]
        else:
            found.append(_cell(duty.by, duty, _of_county(reports, townships, county_code), as_of))
    return found


def _of_county(reports: Sequence[Arrival], townships: Collection[str], county_code: str) -> list[Arrival]:
    """Return the batches with which the whole county was reported, from the first that made it whole.

    The county's own row does, or the last of all townships.
    """
    left = {code[:9] for code in townships}
    for n, report in enumerate(reports):
        left = set() if report.everywhere else left - report.townships
        if report.speaks_for(f"{county_code}000") or not left:
            return list(reports[n:])
    return []


def _cell(debtor: str, duty: Duty, reports: Sequence[Arrival], as_of: dt.date) -> Cell:
    if not reports:
        return Cell(debtor, duty, "missing" if duty.due <= as_of else "not_due")
    first, nil = reports[0], reports[-1].nil
    late = max((first.day - duty.due).days, 0)
    if first.sample:
        return Cell(debtor, duty, "came", first.day, first.number, 0, nil)
    return Cell(debtor, duty, "late" if late else "on_time", first.day, first.number, late, nil)


# ---- what moved ------------------------------------------------------------------------------------------------------

Group = Literal["missing", "came"]
GROUPS: tuple[Group, ...] = ("missing", "came")


def known_by(came: Mapping[tuple[str, str], Sequence[Arrival]], day: dt.date) -> dict[tuple[str, str], list[Arrival]]:
    """Return what had come by a day; sample data, whose day of arrival says nothing, is all there."""
    return {key: [a for a in some if a.sample or a.day <= day] for key, some in came.items()}


def moved(now: Iterable[Cell], then: Iterable[Cell], since: dt.date) -> dict[Group, list[Cell]]:
    """Return what is newly missing and what came since a day; groups without any are left out.

    Parameters
    ----------
    now, then
        How all stand (`cells`), and how they stood on that day with what had come by then.
    since
        That day. Sample data count as having come when they were due.
    """
    before = {(cell.debtor, cell.duty): cell for cell in then}
    found: dict[Group, list[Cell]] = {group: [] for group in GROUPS}
    for cell in now:
        was = before.get((cell.debtor, cell.duty))
        if cell.state == "missing" and (was is None or was.state != "missing"):
            found["missing"].append(cell)
        new = cell.duty.due > since if cell.state == "came" else was is None or not was.arrived
        if cell.arrived and new:
            found["came"].append(cell)
    return {group: some for group, some in found.items() if some}


# ---- summed up -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Total:
    """Cells counted: of one debtor, one table, or all."""

    owed: int
    came: int
    late: int
    missing: int
    not_due: int
    nil: int

    @classmethod
    def of(cls, some: Iterable[Cell]) -> "Total":
        """Count cells."""
        chosen = list(some)
        count = {state: sum(c.state == state for c in chosen) for state in STATES}
        nil = sum(c.nil for c in chosen)
        came = sum(c.arrived for c in chosen)
        return cls(len(chosen), came, count["late"], count["missing"], count["not_due"], nil)


def worst_first(some: Iterable[Cell]) -> list[str]:
    """Return the debtors of cells: most missing first, then most late, then by days late; else in the given order."""
    by: dict[str, list[Cell]] = {}
    for cell in some:
        by.setdefault(cell.debtor, []).append(cell)

    def key(debtor: str) -> tuple[int, int, int]:
        total = Total.of(by[debtor])
        return -total.missing, -total.late, -sum(c.days for c in by[debtor])

    return sorted(by, key=key)


def newest_due(owed: Iterable[Duty], as_of: dt.date) -> str | None:
    """Return the newest month in which something was due by a day, or None."""
    return max((d.month for d in owed if d.due <= as_of), default=None)


def months(owed: Iterable[Duty]) -> list[str]:
    """Return the months in which something is due, newest first."""
    return sorted({d.month for d in owed}, reverse=True)
