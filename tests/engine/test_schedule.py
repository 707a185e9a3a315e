"""How much is due at a date: every rule by hand."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import schedule
from tests.support.worked import indicator, plan

D = dt.date


def share(day: str, **fields):
    one = indicator(**fields)
    return schedule.schedule_share(one, plan(one), D.fromisoformat(day))


def test_linear_counts_whole_months_of_a_year() -> None:
    # 30 April: four whole months of twelve (the published practice: 33.33 %).
    assert share("2023-04-30", rule="linear") == pytest.approx(4 / 12)
    # 15 June: five whole months and 15 of 30 days.
    assert share("2023-06-15", rule="linear") == pytest.approx(5.5 / 12)
    assert share("2023-12-31", rule="linear") == 1
    assert share("2022-12-31", rule="linear") == 0
    assert share("2024-03-31", rule="linear") == 1


def test_linear_over_a_quarter_that_starts_later() -> None:
    # Due 30 June, counted from 1 April: 31 May is two months of three.
    fields = {"rule": "linear", "rule_start": "2023-04-01", "due": "2023-06-30"}
    assert share("2023-05-31", **fields) == pytest.approx(2 / 3)
    assert share("2023-03-31", **fields) == 0


def test_keep_is_due_from_the_first_day() -> None:
    assert share("2023-01-01", rule="keep") == 1
    assert share("2022-12-31", rule="keep") == 0


def test_deadline_asks_nothing_before_its_day() -> None:
    assert share("2023-06-29", rule="deadline", due="2023-06-30") == 0
    assert share("2023-06-30", rule="deadline", due="2023-06-30") == 1


def test_milestones_are_joined_by_lines_and_constant_after_the_last() -> None:
    fields = {
        "rule": "milestones",
        "value": 75,
        "due": "2023-09-30",
        "milestones": [
            {"date": "2023-04-30", "value": 30},
            {"date": "2023-06-30", "value": 50},
            {"date": "2023-09-30", "value": 75},
        ],
    }
    assert 75 * share("2023-02-28", **fields) == pytest.approx(15)  # two months of the first four: half of 30
    assert 75 * share("2023-04-30", **fields) == pytest.approx(30)
    assert 75 * share("2023-05-31", **fields) == pytest.approx(40)  # half-way between 30 and 50
    assert 75 * share("2023-06-30", **fields) == pytest.approx(50)
    assert 75 * share("2023-12-31", **fields) == pytest.approx(75)


def test_periods_count_those_that_have_ended() -> None:
    monthly = {"rule": "periods", "frequency": "monthly", "unit": "次", "value": 12}
    assert share("2023-03-31", **monthly) == pytest.approx(3 / 12)
    assert share("2023-04-29", **monthly) == pytest.approx(3 / 12)
    assert share("2023-12-31", **monthly) == 1
    quarterly = {"rule": "periods", "frequency": "quarterly", "unit": "次", "value": 4}
    assert share("2023-08-31", **quarterly) == pytest.approx(2 / 4)


def test_periods_with_milestones_are_steps() -> None:
    fields = {
        "rule": "periods",
        "unit": "次",
        "value": 2,
        "milestones": [{"date": "2023-07-15", "value": 1}, {"date": "2023-12-31", "value": 2}],
    }
    assert share("2023-07-14", **fields) == 0
    assert share("2023-07-15", **fields) == 0.5
    assert share("2023-12-30", **fields) == 0.5


def test_windows_begin_anew() -> None:
    month = {"rule": "window", "data": {"where": "visited_on>=@m0 and visited_on<=@m1"}}
    assert share("2023-06-15", **month) == pytest.approx(0.5)
    assert share("2023-06-30", **month) == 1
    assert share("2023-07-31", **month) == 1
    half = {"rule": "window", "data": {"where": "visited_on>=@h0 and visited_on<=@h1"}}
    assert share("2023-03-31", **half) == pytest.approx(3 / 6)
    assert share("2023-07-31", **half) == pytest.approx(1 / 6)
    assert share("2023-12-31", **half) == 1


def test_evaluation_dates_are_month_ends_and_the_plans_own() -> None:
    one = indicator(rule="milestones", due="2023-04-15", milestones=[{"date": "2023-02-10", "value": 50}])
    dates = schedule.evaluation_dates(plan(one), D(2023, 4, 20))
    assert dates == [D(2023, 1, 31), D(2023, 2, 10), D(2023, 2, 28), D(2023, 3, 31), D(2023, 4, 15)]


DAYS = st.dates(D(2022, 12, 1), D(2024, 2, 1))


@pytest.mark.parametrize("rule", ["keep", "periods", "linear", "deadline"])
@given(one=DAYS, other=DAYS)
def test_what_is_due_never_shrinks(rule: str, one: dt.date, other: dt.date) -> None:
    early, late = sorted((one, other))
    subject = indicator(rule=rule, frequency="monthly")
    whole = plan(subject)
    assert 0 <= schedule.schedule_share(subject, whole, early) <= schedule.schedule_share(subject, whole, late) <= 1


@given(DAYS)
def test_the_clock_advances_by_one_month_a_month(day: dt.date) -> None:
    end = schedule.month_end(day)
    following = schedule.month_end(end + dt.timedelta(days=1))
    assert schedule.months_between(end, following) == pytest.approx(1)
    assert 0 <= schedule.months_between(day, end) < 1
