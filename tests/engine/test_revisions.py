"""A target revised while the plan runs: both hold, each from its own day. All expectations by hand."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.explain import explain
from data.measures import Engine, compute
from data.progress import Cube, evaluate, history
from data.registry import Bands
from data.schedule import evaluation_dates, schedule_share
from data.sources import Tables
from tests.support.worked import (
    A1,
    A2,
    A3,
    COUNTY,
    REGIONS,
    evaluated,
    fact,
    households,
    indicator,
    plan,
    table,
)

SUM = {"table": "facts", "agg": "sum", "where": "item=='market_entities_total'", "value": "value"}
RAISED = [{"from": "2023-08-01", "value": 85, "clause": "调整通知", "note": "上级加码"}]
TOILETS = table("households", *households(A1, "2023-06-30", 100, toilet_ok=60))


def counted(day: str, number: float, place: str = A1) -> dict[str, object]:
    return fact(place, day, "market_entities_total", number)


@pytest.mark.parametrize(
    ("day", "target", "expected"),
    # 80 % evenly over the year until July, 85 % from 1 August on: 6/12 and 7/12 of 80, 8/12 of 85.
    [("2023-06-30", 80, 40), ("2023-07-31", 80, 80 * 7 / 12), ("2023-08-31", 85, 85 * 8 / 12), ("2023-12-31", 85, 85)],
)
def test_the_target_in_force_on_the_day_counts(day: str, target: float, expected: float) -> None:
    row = evaluated(indicator(value=80, revisions=RAISED), TOILETS, day)[COUNTY]
    assert row["target"] == target
    assert row["expected"] == pytest.approx(expected)
    assert row["gap"] == pytest.approx(60 - expected)
    assert row["completion"] == pytest.approx(100 * 60 / target)


def test_the_first_day_of_a_revision_is_the_day_it_names() -> None:
    one = indicator(value=80, revisions=RAISED)
    assert [one.in_force(dt.date(2023, 7, 31)).value, one.in_force(dt.date(2023, 8, 1)).value] == [80, 85]
    # The figure of the whole was left out because it is that of its parts: it goes along.
    assert one.in_force(dt.date(2023, 8, 1)).rollup_value == 85


def test_a_figure_of_the_whole_that_the_plan_names_stays_unless_it_is_revised_too() -> None:
    one = indicator(
        value=2, unit="次", rollup="share_of_villages", rollup_value=100, revisions=[{"from": "2023-07-01", "value": 3}]
    )
    assert (one.in_force(dt.date(2023, 7, 1)).value, one.in_force(dt.date(2023, 7, 1)).rollup_value) == (3, 100)


def test_where_villages_are_counted_each_date_asks_what_it_asked_then() -> None:
    # 2 times each until June, 3 from July on, at any time. A1 has 3, A2 and A3 have 2, the others nothing: 3 of 6
    # villages pass in June, 1 of 6 in July. Nobody fell back: more is asked.
    one = indicator(SUM, value=2, unit="次", rule="keep", rollup="share_of_villages", rollup_value=100, level="village",
                    accrual="cumulative", revisions=[{"from": "2023-07-01", "value": 3}])  # fmt: skip
    rows = table("facts", counted("2023-06-30", 3), counted("2023-06-30", 2, A2), counted("2023-06-30", 2, A3))
    june, july = (evaluated(one, rows, day)[COUNTY] for day in ("2023-06-30", "2023-07-31"))
    assert june["value"] == pytest.approx(100 * 3 / 6)
    assert july["value"] == pytest.approx(100 * 1 / 6)
    assert july["previous"] == pytest.approx(100 * 1 / 6)
    assert "regressed" not in july["marks"]
    assert evaluated(one, rows, "2023-07-31")[A2]["status"] == "far_behind"
    assert evaluated(one, rows, "2023-06-30")[A2]["status"] == "done"


def test_a_due_date_put_off_is_not_overdue_and_its_schedule_is_the_new_one() -> None:
    put_off = [{"from": "2023-06-01", "due": "2023-12-31"}]
    one = indicator(value=100, due="2023-06-30", revisions=put_off)
    assert evaluated(indicator(value=100, due="2023-06-30"), TOILETS, "2023-07-31")[COUNTY]["status"] == "overdue"
    row = evaluated(one, TOILETS, "2023-07-31")[COUNTY]
    # 7/12 of 100 is 58.33; 60 is more.
    assert row["expected"] == pytest.approx(100 * 7 / 12)
    assert row["status"] == "on_schedule"
    # In May the old date still held: 5 of 6 months.
    assert schedule_share(one, plan(one), dt.date(2023, 5, 31)) == pytest.approx(5 / 6)


def test_milestones_revised_hold_from_their_day_and_are_dates_to_look_at() -> None:
    before = [{"date": "2023-06-30", "value": 50}, {"date": "2023-09-30", "value": 75}]
    after = [{"date": "2023-06-30", "value": 50}, {"date": "2023-09-15", "value": 80}]
    revised = [{"from": "2023-08-01", "value": 80, "milestones": after, "due": "2023-09-15"}]
    one = indicator(value=75, due="2023-09-30", rule="milestones", milestones=before, revisions=revised)
    whole = plan(one)
    # July: from 50 on 30 June to 75 on 30 September a third of the way: 58.33 of 75.
    assert 75 * schedule_share(one, whole, dt.date(2023, 7, 31)) == pytest.approx(50 + 25 / 3)
    # August: from 50 on 30 June (month 6) to 80 on 15 September (month 8.5): two of two and a half months: 74 of 80.
    assert 80 * schedule_share(one, whole, dt.date(2023, 8, 31)) == pytest.approx(50 + 30 * 2 / 2.5)
    assert dt.date(2023, 9, 15) in evaluation_dates(whole, dt.date(2023, 12, 31))
    assert dt.date(2023, 9, 30) in evaluation_dates(whole, dt.date(2023, 12, 31))


def test_the_history_shows_both_with_a_step_between() -> None:
    one = indicator(value=80, revisions=RAISED)
    whole = plan(one)
    days = evaluation_dates(whole, dt.date(2023, 9, 30))
    measures = compute(Engine(whole, Tables(TOILETS), REGIONS), days)
    rows = history(Cube(whole, measures, REGIONS), Bands(), COUNTY, "x").set_index("as_of")["expected"]
    assert rows["2023-07-31"] == pytest.approx(80 * 7 / 12)
    assert rows["2023-08-31"] == pytest.approx(85 * 8 / 12)


def test_several_revisions_follow_each_other() -> None:
    twice = [{"from": "2023-04-01", "value": 70}, {"from": "2023-08-01", "due": "2023-11-30"}]
    one = indicator(value=80, revisions=twice)
    stages = [(s.since, s.indicator.value, s.indicator.due) for s in one.stages]
    assert stages == [
        (None, 80, dt.date(2023, 12, 31)),
        (dt.date(2023, 4, 1), 70, dt.date(2023, 12, 31)),
        (dt.date(2023, 8, 1), 70, dt.date(2023, 11, 30)),
    ]


@pytest.mark.parametrize(
    ("lang", "day", "told"),
    [
        ("zh", "2023-08-31", "8月1日起目标由 ≥80% 调整为 ≥85%"),
        ("en", "2023-08-31", "from 1 Aug on the target is ≥85% instead of ≥80%"),
        ("zh", "2023-07-31", ""),
    ],
)
def test_the_sentence_says_so_once_it_holds(lang: str, day: str, told: str) -> None:
    one = indicator(value=80, revisions=RAISED)
    row = evaluated(one, TOILETS, day)[COUNTY]
    sentence = explain(row, plan(one), dt.date.fromisoformat(day), lang).replace("\u202f", "")
    assert (told in sentence) if told else ("调整" not in sentence)


def test_a_due_date_revised_is_told() -> None:
    one = indicator(value=100, due="2023-06-30", revisions=[{"from": "2023-06-01", "due": "2023-12-31"}])
    sentence = explain(evaluated(one, TOILETS, "2023-07-31")[COUNTY], plan(one), dt.date(2023, 7, 31))
    assert "6月1日起完成时限由6月30日调整为12月31日" in sentence


@given(
    value=st.integers(1, 100),
    later=st.integers(1, 100),
    month=st.integers(2, 12),
    ok=st.integers(0, 20),
    day=st.dates(dt.date(2023, 1, 31), dt.date(2023, 12, 31)),
)
def test_on_each_side_of_its_day_a_revised_plan_is_as_one_without(
    value: int, later: int, month: int, ok: int, day: dt.date
) -> None:
    since = dt.date(2023, month, 1)
    revised = indicator(value=value, revisions=[{"from": since, "value": later}])
    plain = indicator(value=later if day >= since else value)
    tables = table("households", *households(A1, "2023-01-31", 20, toilet_ok=ok))
    measures = compute(Engine(plan(plain), Tables(tables), REGIONS), [day])
    rows = [evaluate(Cube(plan(one), measures, REGIONS), day, Bands()) for one in (revised, plain)]
    columns = ["value", "target", "expected", "gap", "status", "completion", "needed_per_month"]
    assert rows[0][columns].equals(rows[1][columns])
