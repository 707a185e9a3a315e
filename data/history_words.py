"""What a batch did to the figures of its county, in words: for the page of uploads and for the log."""

import datetime as dt
import math
from typing import Any

from data import wording
from data.history import Moved
from data.language import Translator
from data.plan import Plan
from data.wording import language

# Of figures so many are named.
_FIGURES = 6


def moved_words(moved: Moved, plan: Plan, _: Translator) -> str:
    """Say which figures of the county a batch moved, and which newest date it brought or took away."""
    if moved.day is None:
        return _("No figure of the county is left.") if moved.since else _("There is no figure of the county yet.")
    indicators = {i.id: i for i in plan.indicators}

    def told(row: Any) -> str:
        one = indicators[row.indicator]
        then, now = _apart(row.before, row.after, one.unit, _)
        then, now = (_("Not reported") if silent else text
                     for silent, text in ((row.silent_before, then), (row.silent_after, now)))  # fmt: skip
        return _("{name}: {then} → {now}", name=one.name(language(_)), then=then, now=now)

    named = [told(row) for row in moved.figures.head(_FIGURES).itertuples(index=False)]
    rest = len(moved.figures) - _FIGURES
    figures = "; ".join([*named, _("and {n} more", n=rest)] if rest > 0 else named)
    day = _day(moved.day, _)
    if moved.since is None:
        return _("{day} is the first data date. Figures of the county: {figures}", day=day, figures=figures)
    if moved.since == moved.day:
        if not figures:
            return _("No figure of the county at the newest date was changed by it, at the digits shown.")
        return _("Figures of the county at {day} that it changed: {figures}", day=day, figures=figures)
    since, figures = _day(moved.since, _), figures or _("no figure of the county differs")
    if moved.since < moved.day:
        return _("New data date {day}; against {since}, the newest before: {figures}", day=day, since=since,
                 figures=figures)  # fmt: skip
    return _("The data date {since} is gone with it; {day} is the newest again: {figures}", day=day, since=since,
             figures=figures)  # fmt: skip


def _apart(then: float, now: float, unit: str, _: Translator) -> tuple[str, str]:
    """Write two values of a unit with the decimals at which they read differently."""
    digits = 1 if math.isnan(then) or math.isnan(now) else wording.apart(then, now, unit)
    first, second = (_value(value, unit, digits, _) for value in (then, now))
    return first, second


def _value(value: float, unit: str, digits: int, _: Translator) -> str:
    if math.isnan(value):
        return wording.NOTHING
    if unit == "0/1":
        return _("yes") if value else _("no")
    return wording.quantity(value, unit, _, digits)


def _day(day: dt.date, _: Translator) -> str:
    text = wording.day(day, _, year=True)
    return text.replace(" ", "") if language(_) == "zh" else text
