"""Working days of China: which days are, and the day n working days ahead; a year not arranged yet is not guessed."""

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from holidays import HolidayBase

Kind = Literal["work", "make_up", "weekend", "holiday"]
_SATURDAY = 5


class UnknownYearError(ValueError):
    """The State Council's arrangement of a year's holidays is not known (yet)."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the holidays of {year} are not known")
        self.year = year


@cache
def _calendar() -> "HolidayBase":
    from holidays import country_holidays  # noqa: PLC0415  slow to import, and only a page with a deadline needs it

    return country_holidays("CN", language="zh_CN")


@cache
def known(year: int) -> bool:
    """Whether the year's holidays and make-up days are known.

    The library computes festivals for any year; which days are off and which weekends are worked is decided anew each
    autumn for the year to come. A year without a single weekend worked has not been decided.
    """
    found = _calendar()
    dt.date(year, 1, 1) in found  # noqa: B015 - fills the year
    return any(day.year == year for day in found.weekend_workdays)


@cache
def kind(day: dt.date) -> Kind | None:
    """Return what kind of day it is; None in a year that is not known."""
    if not known(day.year):
        return None
    weekend = day.weekday() >= _SATURDAY
    if _calendar().is_working_day(day):
        return "make_up" if weekend else "work"
    return "holiday" if day in _calendar() else "weekend"


def is_working_day(day: dt.date) -> bool:
    """Whether people work on a day; UnknownYearError in a year that is not known."""
    found = kind(day)
    if found is None:
        raise UnknownYearError(day.year)
    return found in {"work", "make_up"}


def after(day: dt.date, n: int) -> dt.date:
    """Return the n-th working day after a day, which itself does not count.

    >>> after(dt.date(2023, 1, 20), 1)  # the Friday before Spring Festival; Saturday the 28th is worked
    datetime.date(2023, 1, 28)

    Raises
    ------
    UnknownYearError
        The way leads into a year that is not known.
    """
    if n < 1:
        raise ValueError("at least one working day")
    while n:
        day += dt.timedelta(days=1)
        n -= is_working_day(day)
    return day
