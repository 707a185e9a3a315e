"""Working days against the State Council's published arrangements, counted by hand."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as some

from data.tasks import workdays

KNOWN = some.dates(dt.date(2015, 1, 1), dt.date(2024, 10, 31))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        # Spring Festival 2023: off from 21 to 27 January, 28 and 29 (a weekend) worked.
        ("2023-01-20", 1, "2023-01-28"),
        ("2023-01-20", 3, "2023-01-30"),
        # Spring Festival 2024: off from 10 to 17 February, Sunday the 18th worked: 9, 18, 19, 20, 21.
        ("2024-02-08", 5, "2024-02-21"),
        # Labour Day 2023: off from 29 April to 3 May.
        ("2023-04-28", 1, "2023-05-04"),
        # Mid-Autumn and National Day 2023: off from 29 September to 6 October, 7 and 8 October worked.
        ("2023-09-28", 3, "2023-10-09"),
        # A plain week, over a leap day.
        ("2024-02-26", 4, "2024-03-01"),
    ],
)
def test_so_many_working_days_on(start: str, n: int, expected: str) -> None:
    assert workdays.after(day(start), n) == day(expected)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2023-01-28", "make_up"), ("2023-01-23", "holiday"), ("2023-10-07", "make_up"), ("2023-10-03", "holiday"),
        ("2023-11-18", "weekend"), ("2023-11-20", "work"),
    ],
)  # fmt: skip
def test_kinds_of_days(text: str, kind: str) -> None:
    assert workdays.kind(day(text)) == kind


def test_a_year_that_is_not_arranged_is_not_guessed() -> None:
    assert not workdays.known(2090)
    assert workdays.kind(dt.date(2090, 10, 1)) is None
    with pytest.raises(workdays.UnknownYearError) as refused:
        workdays.after(dt.date(2089, 12, 30), 5)
    assert refused.value.year == 2089


def test_no_days_are_no_deadline() -> None:
    with pytest.raises(ValueError, match="at least one"):
        workdays.after(dt.date(2023, 5, 8), 0)


@given(KNOWN, some.integers(1, 40), some.integers(1, 40))
def test_days_counted_in_two_steps_are_those_counted_in_one(start: dt.date, first: int, then: int) -> None:
    whole = workdays.after(start, first + then)
    assert workdays.after(workdays.after(start, first), then) == whole
    between = [start + dt.timedelta(days=n) for n in range(1, (whole - start).days + 1)]
    assert sum(map(workdays.is_working_day, between)) == first + then
    assert workdays.is_working_day(whole)
