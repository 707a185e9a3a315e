"""The schedule line of a target that was revised: both, with a step on the day."""

import datetime as dt

import pandas as pd
import pytest

from components.context import Context
from components.indicator_view import due_line
from data.registry import county
from tests.support.worked import COUNTY, A, indicator, plan

REVISED = [{"from": "2023-08-01", "value": 85}]


def line(as_of: dt.date, target: float, region: str = COUNTY, **fields: object) -> dict[str, float]:
    one = indicator(value=80, revisions=REVISED, **fields)
    around = Context(county("banan"), plan(one), "zh", as_of, None, None, meeting=False, sample=False)
    row = pd.Series({"target": target, "unit": "%", "start_value": float("nan"), "region": region})
    found = due_line(around, one, row)
    return {f"{day:%m-%d}": value for day, value in zip(found["date"], found["value"], strict=True)}


@pytest.mark.parametrize(("as_of", "target"), [(dt.date(2023, 6, 30), 80), (dt.date(2023, 9, 30), 85)])
def test_the_line_steps_on_the_day_whenever_it_is_looked_at(as_of: dt.date, target: float) -> None:
    due = line(as_of, target)
    assert due["07-31"] == pytest.approx(80 * 7 / 12)
    assert due["08-01"] == pytest.approx(85 * (7 + 1 / 31) / 12)
    assert due["12-31"] == pytest.approx(85)


def test_what_must_hold_at_any_time_steps_too() -> None:
    due = line(dt.date(2023, 9, 30), 85, rule="keep")
    assert due == {"01-01": 80, "07-31": 80, "08-01": 85, "12-31": 85}


def test_a_places_own_figure_stays() -> None:
    due = line(dt.date(2023, 9, 30), 60, A)
    assert (due["07-31"], due["12-31"]) == (pytest.approx(60 * 7 / 12), pytest.approx(60))


MONTHLY = {"where": "visited_on>=@m0 and visited_on<=@m1"}


def test_what_is_asked_every_month_does_not_dip_on_days_in_mid_month() -> None:
    one = indicator(MONTHLY, rule="window")
    named = indicator(id="named", due="2023-10-15")
    around = Context(county("banan"), plan(one, named), "zh", dt.date(2023, 10, 31), None, None, False, False)  # noqa: FBT003 - as declared
    row = pd.Series({"target": 100.0, "unit": "%", "start_value": float("nan"), "region": COUNTY})
    due = due_line(around, one, row)
    assert set(due["value"]) == {100.0}
    assert len(due) == 12  # the month ends of the year
    # A figure of the day is compared with what is due by then: 15 of 31 days.
    known = due_line(around, one, row, {dt.date(2023, 10, 15)}).set_index("date")["value"]
    assert known[pd.Timestamp("2023-10-15")] == pytest.approx(100 * 15 / 31)


HALF_YEARLY = {"where": "visited_on>=@h0 and visited_on<=@h1"}


def drawn(one: object, known: frozenset[dt.date] = frozenset()) -> list[tuple[str, float | None]]:
    named = indicator(id="named", due="2023-09-10")
    around = Context(county("banan"), plan(one, named), "zh", dt.date(2023, 9, 30), None, None, False, False)  # noqa: FBT003 - as declared
    row = pd.Series({"target": 90.0, "unit": "%", "start_value": float("nan"), "region": COUNTY})
    found = due_line(around, one, row, known)
    values = [None if pd.isna(value) else round(value, 2) for value in found["value"]]
    return list(zip([f"{day:%m-%d}" for day in found["date"]], values, strict=True))


def test_each_half_year_rises_by_itself() -> None:
    """A sixth of 90 is due per month; from 30 June on nothing falls gently: the next half-year begins anew."""
    assert drawn(indicator(HALF_YEARLY, rule="window", value=90)) == [
        ("01-01", None), ("01-01", round(15 / 31, 2)), ("01-31", 15), ("02-28", 30), ("03-31", 45), ("04-30", 60),
        ("05-31", 75), ("06-30", 90),
        ("07-01", None), ("07-01", round(15 / 31, 2)), ("07-31", 15), ("08-31", 30), ("09-30", 45), ("10-31", 60),
        ("11-30", 75), ("12-31", 90),
    ]  # fmt: skip


def test_a_month_with_a_figure_in_its_middle_begins_anew_and_the_others_stay_level() -> None:
    found = drawn(indicator(MONTHLY, rule="window", value=90), frozenset({dt.date(2023, 9, 10)}))
    assert found[7:11] == [("08-31", 90), ("09-01", None), ("09-01", 3), ("09-10", 30)]
    assert {value for _, value in found[:8] + found[11:]} == {90}


def test_the_share_of_villages_that_pass_in_their_window_is_asked_at_any_time() -> None:
    one = indicator(MONTHLY, rule="window", rollup="share_of_villages", value=90)
    around = Context(county("banan"), plan(one), "zh", dt.date(2023, 9, 30), None, None, False, False)  # noqa: FBT003 - as declared
    row = pd.Series({"target": 90.0, "unit": "户", "start_value": float("nan"), "region": COUNTY})
    assert list(due_line(around, one, row)["value"]) == [90, 90]
