"""A duty's turns and their days, worked by hand; and what must hold for every duty of every plan."""

import datetime as dt
import itertools
from calendar import monthrange
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from data.plan import load_plan
from data.plan_model import Plan, Task
from data.registry import counties
from data.tasks.periods import periods, span
from tests.support.worked import plan


def task(recurrence: str, **fields: Any) -> Task:
    fixed = {"id": "t", "title_zh": "任务", "area": "support", "clause": "一", "recurrence": recurrence}
    return Task.model_validate(fixed | fields)


def turns(recurrence: str, start: str = "2023-01-01", end: str = "2023-12-31", **fields: Any) -> list[tuple[str, str]]:
    """Return label and due day of each turn, "" where there is none."""
    found = periods(task(recurrence, **fields), plan(start=start, end=end))
    return [(turn.label, turn.due.isoformat() if turn.due else "") for turn in found]


def test_a_month_ends_on_its_last_day_in_leap_years_too() -> None:
    assert turns("monthly", "2024-01-15", "2024-04-10") == [
        ("2024-01", "2024-01-31"), ("2024-02", "2024-02-29"), ("2024-03", "2024-03-31"), ("2024-04", "2024-04-10"),
    ]  # fmt: skip
    assert turns("monthly", "2023-02-01", "2023-02-28") == [("2023-02", "2023-02-28")]


def test_day_31_is_the_last_day_of_a_short_month() -> None:
    found = turns("monthly", "2023-01-01", "2023-04-30", due_day=31)
    assert [due for _label, due in found] == ["2023-01-31", "2023-02-28", "2023-03-31", "2023-04-30"]


def test_a_month_whose_day_has_passed_when_the_plan_begins_is_not_asked() -> None:
    # 白银 reports by the 20th; its plan is of 22 April: the first report is that of May.
    assert turns("monthly", "2021-04-22", "2021-06-30", due_day=20)[0] == ("2021-05", "2021-05-20")
    assert turns("monthly", "2021-04-20", "2021-06-30", due_day=20)[0] == ("2021-04", "2021-04-20")


def test_quarters_halves_and_years() -> None:
    assert turns("quarterly", "2023-02-10", "2023-08-15") == [
        ("2023-Q1", "2023-03-31"), ("2023-Q2", "2023-06-30"), ("2023-Q3", "2023-08-15"),
    ]  # fmt: skip
    assert turns("quarterly", due_day=25)[1] == ("2023-Q2", "2023-06-25")
    assert turns("half-yearly") == [("2023-H1", "2023-06-30"), ("2023-H2", "2023-12-31")]
    assert turns("annual", "2021-04-22", "2023-12-31") == [
        ("2021", "2021-12-31"), ("2022", "2022-12-31"), ("2023", "2023-12-31"),
    ]  # fmt: skip


def test_terms_of_school() -> None:
    # Spring from March to July, autumn from September to January; the term that began before the plan is not its own.
    assert turns("semester") == [("2023-S1", "2023-07-31"), ("2023-S2", "2023-12-31")]
    assert turns("semester", "2023-01-01", "2024-12-31") == [
        ("2023-S1", "2023-07-31"), ("2023-S2", "2024-01-31"), ("2024-S1", "2024-07-31"), ("2024-S2", "2024-12-31"),
    ]  # fmt: skip
    assert span("2023-S1") == (dt.date(2023, 3, 1), dt.date(2023, 7, 31))
    assert span("2023-S2") == (dt.date(2023, 9, 1), dt.date(2024, 1, 31))


@pytest.mark.parametrize("label", ["2023-S3", "2023-13", "2023-Q5", "spring", "", None])
def test_what_is_no_period(label: str | None) -> None:
    assert span(label) is None


def test_once_and_ongoing() -> None:
    assert turns("ongoing") == [("", "")]
    assert turns("once") == [("", "")]
    assert turns("once", due="2023-09-30") == [("", "2023-09-30")]
    assert turns("once", due=["2023-10-15", "2023-07-15"]) == [("2023-07", "2023-07-15"), ("2023-10", "2023-10-15")]
    assert turns("once", due=["2023-07-05", "2023-07-15"]) == [
        ("2023-07-05", "2023-07-05"), ("2023-07-15", "2023-07-15"),
    ]  # fmt: skip


def test_dates_that_the_plan_states_stay_as_stated() -> None:
    # 牟定 reports by 30 June, 30 September and 30 December: nothing for the first quarter.
    assert turns("quarterly", due=["2023-06-30", "2023-09-30", "2023-12-30"]) == [
        ("2023-Q2", "2023-06-30"), ("2023-Q3", "2023-09-30"), ("2023-Q4", "2023-12-30"),
    ]  # fmt: skip
    found = periods(task("quarterly", due=["2023-09-30"]), plan())[0]  # in the holidays of the Mid-Autumn Festival
    assert (found.due, found.stated) == (dt.date(2023, 9, 30), True)
    # A date after the plan's end is not moved into it.
    assert turns("annual", "2021-01-01", "2024-12-31", due="2025-12-31") == [("2025", "2025-12-31")]


def every_plan() -> list[Plan]:
    return [load_plan(plan_id) for entry in counties() for plan_id in entry.plans]


def test_all_525_duties_are_unrolled() -> None:
    assert sum(len(one.tasks) for one in every_plan()) == 525
    for one in every_plan():
        for duty in one.tasks:
            found = periods(duty, one)
            assert found, duty.id
            labels, days = [turn.label for turn in found], [turn.due for turn in found if turn.due]
            assert len(set(labels)) == len(labels), duty.id
            assert days == sorted(days), duty.id
            assert all(one.start <= day <= one.end for day in days if day not in duty.due), duty.id
            assert set(duty.due) <= set(days), duty.id
    # The number of reports that the plan's own indicator asks for.
    reports = {p.id: len(periods(t, p)) for p in every_plan() for t in p.tasks if t.id == "monthly_report"}
    assert reports == {"baiyin-2021": 44, "mouding-2023": 12}


DAYS = some.dates(dt.date(2019, 1, 1), dt.date(2030, 12, 31))
RECURRENT = ("monthly", "quarterly", "half-yearly", "semester", "annual")


@given(some.sampled_from(RECURRENT), DAYS, some.integers(0, 1500), some.none() | some.integers(1, 31))
def test_turns_lie_in_the_plan_one_after_the_other(
    recurrence: str, start: dt.date, length: int, day: int | None
) -> None:
    end = start + dt.timedelta(days=length)
    found = periods(task(recurrence, due_day=day), plan(start=start.isoformat(), end=end.isoformat()))
    for turn in found:
        whole = span(turn.label)
        assert whole is not None
        assert turn.due is not None
        assert start <= turn.start <= turn.end <= end
        assert whole[0] <= turn.start
        assert turn.end <= whole[1]
        assert start <= turn.due <= end
        if day and turn.due != end:
            assert turn.due.day == min(day, monthrange(turn.due.year, turn.due.month)[1])
    for before, after in itertools.pairwise(found):
        assert before.end < after.start
        assert before.due is not None
        assert after.due is not None
        assert before.due <= after.due


@pytest.mark.parametrize("label", ["0000", "0000-01", "２０２３²", "²023", "23", "2023-²", "20230"])
def test_what_is_no_year_is_no_period(label):
    assert span(label) is None
