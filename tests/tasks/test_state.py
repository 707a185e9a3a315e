"""The state of duties from records of work, worked by hand; records do not count before they happen."""

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from data.plan_model import Plan, Task
from data.tables import typed
from data.tasks.periods import periods
from data.tasks.state import PeriodState, record_states, states, turn_of
from tests.support.worked import A1, A2, A3, B1, COUNTY, REGIONS, A, B, plan

EVERYWHERE = set(REGIONS["code"])
DAY = dt.date(2023, 3, 31)


def of(recurrence: str, **fields: Any) -> Plan:
    """Return a plan with one duty."""
    fixed = {"id": "t", "title_zh": "任务", "area": "support", "clause": "一", "recurrence": recurrence}
    return plan().model_copy(update={"tasks": (Task.model_validate(fixed | fields),)})


def records(*rows: dict[str, Any]) -> pd.DataFrame:
    """Return records of the duty: of the county, under way, unless they say otherwise."""
    fixed = {"task_id": "t", "geo_level": "county", "geo_code": COUNTY, "kind": "check", "status": "doing"}
    return typed("actions", pd.DataFrame([fixed | {"action_id": str(n)} | row for n, row in enumerate(rows)]))


def done(on: str, **fields: Any) -> dict[str, Any]:
    return {"status": "done", "done_on": on} | fields


def judged(document: Plan, *rows: dict[str, Any], day: dt.date = DAY, scope: set[str] = EVERYWHERE) -> list[str]:
    """Return the state of each turn, "late" for what was done late."""
    found = states(document, records(*rows), scope, day)["t"]
    return ["late" if turn.late else turn.status for turn in found.periods]


def test_months_done_late_overdue_and_ahead() -> None:
    rows = (
        done("2023-01-30", period="2023-01"),
        done("2023-03-02", period="2023-02"),
        {"period": "2023-03", "due_on": "2023-03-30"},
        {"period": "2023-04"},
        {"period": "2023-05", "status": "planned"},
        {"period": "2023-06", "status": "cancelled"},
    )
    assert judged(of("monthly"), *rows)[:7] == [
        "done", "late", "overdue", "doing", "not_started", "cancelled", "not_started",
    ]  # fmt: skip
    # On the due day itself nothing is overdue yet.
    assert judged(of("monthly"), *rows, day=dt.date(2023, 3, 30))[2] == "doing"
    # What was done on 2 March was not done at the end of February, nor overdue.
    assert judged(of("monthly"), *rows, day=dt.date(2023, 2, 28))[1] == "not_started"
    assert judged(of("monthly"), *rows, day=dt.date(2023, 3, 1))[1] == "overdue"


def test_a_period_that_passed_without_a_record_is_overdue() -> None:
    found = states(of("quarterly"), records(), EVERYWHERE, dt.date(2023, 4, 1))["t"]
    assert [(turn.status, turn.places) for turn in found.periods[:2]] == [("overdue", 0), ("not_started", 0)]
    assert found.status == "overdue"
    assert found.next_due is not None
    assert found.next_due.period.label == "2023-Q2"


def test_places_are_counted_once_each() -> None:
    def at(place: str, **fields: Any) -> dict[str, Any]:
        return {"geo_level": "village", "geo_code": place, "village_code": place, "period": "2023-Q1"} | fields

    rows = (
        at(A1, **done("2023-03-01")),
        at(A1, **done("2023-03-05")),
        at(A2, **done("2023-04-02")),
        at(A3, **done("2023-03-09")),
        at(A3),
        at(B1, status="cancelled"),
    )
    found = states(of("quarterly"), records(*rows), EVERYWHERE, dt.date(2023, 4, 3))["t"].periods[0]
    # A1 and A2 are done, A2 two days late; one of A3's two records is not; B1 was called off.
    assert (found.places, found.done, found.in_time, found.overdue, found.status) == (3, 2, 1, 1, "overdue")
    assert judged(of("quarterly"), *rows[:3], day=dt.date(2023, 4, 3))[0] == "late"


def test_a_township_is_judged_by_its_own_records_and_else_by_the_countys() -> None:
    rows = (
        {"geo_level": "township", "geo_code": A, "period": "2023-Q1"},
        done("2023-03-01", geo_level="township", geo_code=B, period="2023-Q1"),
    )
    after = dt.date(2023, 4, 1)
    assert judged(of("quarterly"), *rows, scope={A, A1, A2, A3}, day=after)[0] == "overdue"
    assert judged(of("quarterly"), *rows, scope={B, B1}, day=after)[0] == "done"
    whole = done("2023-03-01", period="2023-Q1")
    assert judged(of("quarterly"), whole, scope={B, B1}, day=after)[0] == "done"


def test_what_is_kept_up_is_under_way_until_the_plan_ends() -> None:
    row = done("2023-03-01")
    assert judged(of("ongoing"), row) == ["doing"]
    assert judged(of("ongoing"), row, day=dt.date(2023, 12, 31)) == ["done"]
    assert judged(of("ongoing")) == ["not_started"]
    assert judged(of("ongoing"), {"due_on": "2023-03-15"}) == ["overdue"]


def test_overall() -> None:
    quarters = [done("2023-03-01", period="2023-Q1"), done("2023-05-01", period="2023-Q2")]
    both = of("half-yearly")
    halves = [done("2023-06-01", period="2023-H1"), done("2023-12-01", period="2023-H2")]
    assert states(both, records(*halves), EVERYWHERE, dt.date(2023, 12, 31))["t"].status == "done"
    assert states(of("quarterly"), records(*quarters), EVERYWHERE, dt.date(2023, 6, 30))["t"].status == "doing"
    off = [{"period": f"2023-H{n}", "status": "cancelled"} for n in (1, 2)]
    assert states(both, records(*off), EVERYWHERE, DAY)["t"].status == "cancelled"


@pytest.mark.parametrize(
    ("recurrence", "period", "due", "on", "expected"),
    [
        ("quarterly", "2023-Q2", None, None, "2023-Q2"),
        ("quarterly", "2023-05", None, None, "2023-Q2"),  # a month of it
        ("quarterly", None, "2023-06-30", "2023-01-05", "2023-Q2"),  # its due day before the day it was done
        ("quarterly", None, None, "2023-08-01", "2023-Q3"),
        ("monthly", "2023", None, "2023-08-01", None),  # a year holds twelve of them
        ("monthly", "spring", None, "2023-08-01", None),
        ("semester", "2023-S2", None, None, "2023-S2"),
        ("semester", None, None, "2023-02-10", None),  # in the school holidays
        ("once", "2023-08", None, None, ""),
    ],
)
def test_which_turn_a_record_is_of(
    recurrence: str, period: str | None, due: str | None, on: str | None, expected: str | None
) -> None:
    document = of(recurrence)
    days = [dt.date.fromisoformat(text) if text else None for text in (due, on)]
    assert turn_of(periods(document.tasks[0], document), period, *days) == expected


def test_records_that_fit_no_turn_are_told_and_not_counted() -> None:
    document = of("monthly")
    found = states(document, records(done("2023-02-01", period="2023")), EVERYWHERE, DAY)["t"]
    assert found.unplaced == 1
    assert all(turn.places == 0 for turn in found.periods)


def test_each_record_as_it_stood() -> None:
    rows = records(
        done("2023-01-20", period="2023-01"), done("2023-02-03", period="2023-01"), {"period": "2023-02"},
        {"period": "2023-03"}, {"period": "2023-04", "status": "planned"}, {"period": "2023-03", "status": "cancelled"},
    )  # fmt: skip
    document = of("monthly")
    told = record_states(document.tasks[0], document, rows, EVERYWHERE, dt.date(2023, 3, 30))
    assert list(told["state"]) == ["done", "late", "overdue", "doing", "not_started", "cancelled"]
    assert told["due_on"].iloc[2] == pd.Timestamp(2023, 2, 28)


RECORD = some.fixed_dictionaries(
    {
        "geo_code": some.sampled_from([COUNTY, A, B]),
        "period": some.sampled_from([None, *(f"2023-{m:02d}" for m in range(1, 13))]),
        "status": some.sampled_from(["planned", "doing", "done", "overdue", "cancelled"]),
        "done_on": some.none() | some.dates(dt.date(2023, 1, 1), dt.date(2023, 12, 31)),
        "due_on": some.none() | some.dates(dt.date(2023, 1, 1), dt.date(2023, 12, 31)),
    }
)


@given(some.lists(RECORD, max_size=12), some.dates(dt.date(2023, 1, 1), dt.date(2023, 12, 31)), some.randoms())
def test_the_state_of_a_day_knows_nothing_of_later_days(rows: list[dict[str, Any]], day: dt.date, random: Any) -> None:
    document = of("monthly")

    def state(frame: pd.DataFrame) -> tuple[PeriodState, ...]:
        return states(document, frame, EVERYWHERE, day)["t"].periods

    found = state(records(*rows))
    assert all(turn.in_time <= turn.done <= turn.places for turn in found)
    # The order of rows does not matter.
    shuffled = records(*rows).sample(frac=1, random_state=random.randrange(1000)) if rows else records()
    assert state(shuffled) == found
    # Nor does what is done later: on the day it is as undone as if it were not done at all.
    later = [r | {"done_on": None} if r["done_on"] and r["done_on"] > day and r["period"] else r for r in rows]
    assert [(t.status, t.done) for t in state(records(*later))] == [(t.status, t.done) for t in found]
