"""Why a figure has its status, in one sentence, composed from the engine's own numbers."""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from data import plan_words, progress, schedule, wording
from data.language import Translator, translator
from data.plan import Indicator, Plan


def explain(row: Mapping[Any, Any], plan: Plan, as_of: dt.date, lang: str = "zh") -> str:
    """Return the sentence for one row of `data.progress.evaluate`.

    Every number in it is the row's own; nothing is added that the engine did not compute.
    """
    return _Sentence(row, plan, as_of, lang).text()


def each_village(indicator: Indicator, _: Translator) -> str:
    """Return what each village must reach (村 ≥2 次) where the plan's figure is the share of villages that do."""
    if not progress.counts_villages(indicator) or indicator.value is None:
        return ""
    asked = wording.requirement(
        indicator.value, indicator.comparator, indicator.unit, _,
        strict=indicator.strict, tolerance=indicator.tolerance or 0.0,
    )  # fmt: skip
    return _("village {asked}", asked=asked)


class _Sentence:
    def __init__(self, row: Mapping[Any, Any], plan: Plan, as_of: dt.date, lang: str) -> None:
        self.row, self.plan, self.as_of = row, plan, as_of
        self.declared: Indicator = plan.indicator(row["indicator"])
        self.indicator = self.declared.in_force(as_of)
        self.due = self.indicator.due
        self._ = translator(lang)

    def text(self) -> str:
        clauses = [getattr(self, f"_{self.row['status']}")(), *self._asides()]
        joined = self._("; ").join(c for c in clauses if c)
        return joined + self._(".")

    # ---- one clause per status -----------------------------------------------------------------------------------

    def _not_scored(self) -> str:
        _ = self._
        why = {
            "directional": _("Not scored: the plan gives a direction, not a number"),
            "unspecified": _("Not scored: the plan names no quantity"),
            "annex_missing": _("Not scored: the figure stands in an annex that is not at hand"),
        }.get(self.indicator.kind, _("Not scored"))
        if self._missing("value"):
            return why + self._("; ") + _("no data by {date}", date=self._date(self.as_of))
        parts = [why, _("{value} by {date}", value=self._value(), date=self._date(self.as_of))]
        if not self._missing("previous"):
            parts.append(self._moved("previous", _("the previous date")))
        if not self._missing("year_ago"):
            parts.append(self._moved("year_ago", _("a year before")))
        return self._("; ").join(parts)

    def _moved(self, column: str, since: str) -> str:
        delta = self.row["value"] - self.row[column]
        size = wording.difference(delta, self.row["unit"], self._)
        if not wording.moved(delta, self.row["unit"]):
            return self._("unchanged against {since}", since=since)
        if delta > 0:
            return self._("up {size} on {since}", size=size, since=since)
        return self._("down {size} on {since}", size=size, since=since)

    def _no_target(self) -> str:
        _ = self._
        if self._missing("value"):
            return _("The plan sets no target at this level")
        return (
            _("The plan sets no target at this level")
            + _("; ")
            + _("{value} by {date}", value=self._value(), date=self._date(self.as_of))
        )

    def _no_data(self) -> str:
        values = {"date": self._date(self.as_of), "target": self._target()}
        newest = pd.Timestamp(self.row["newest"])
        if self.indicator.rule == "window" and newest < self._window_start():
            last = self._date(newest.date())
            return self._(
                "Nothing reported for the running period by {date}, the last data are of {last}; asked is {target}",
                last=last,
                **values,
            )
        if self.row["reported"] and self.row["reported"] == self.row["of"]:  # as the engine says it
            return self._nothing()
        if self.row["reported"]:
            return self._(
                "Only {n} of {of} have reported by {date}, none of them anything to count; asked is {target}",
                n=int(self.row["reported"]),
                of=int(self.row["of"]),
                **values,
            )
        return self._("No data reported by {date}; asked is {target}", **values)

    def _nothing(self) -> str:
        return self._("Reported, but there is nothing to count by {date}", date=self._date(self.as_of))

    def _withheld(self) -> str:
        return self._(
            "Not shown: a figure of fewer than five households or persons, or one that would tell such a figure"
        )

    def _window_start(self) -> pd.Timestamp:
        return pd.Timestamp(schedule.period_start(self.as_of, schedule.window_months(self.indicator)))

    def _done(self) -> str:
        _ = self._
        values = {"date": self._date(self.as_of), "target": self._target(), "value": self._value()}
        if "alternative" in self.row["marks"]:
            average = wording.quantity(self.row["alternative"], "%", self._)
            return _("{value} by {date}, not below the national average of {average}", average=average, **values)
        if self.indicator.rule == "keep":
            return _("{target} must hold at any time; it is {value} on {date}: met", **values)
        return _("{value} by {date}, the target of {target} is reached", **values)

    def _overdue(self) -> str:
        _ = self._
        values = {
            "target": self._target(),
            "due": self._date(self.due),
            "value": self._value(),
            "date": self._date(self.as_of),
            "size": self._difference("target"),
            "days": (self.as_of - self.due).days,
        }
        if self._too_many():
            return _("{target} was due on {due}; {value} by {date}, {size} over it, {days} days overdue", **values)
        return _("{target} was due on {due}; {value} by {date}, short of it by {size}, {days} days overdue", **values)

    def _not_due(self) -> str:
        return self._(
            "{target} is due on {due}; {value} by {date}",
            target=self._target(),
            due=self._date(self.due),
            value=self._value(),
            date=self._date(self.as_of),
        )

    def _on_schedule(self) -> str:
        return self._schedule()

    def _slightly_behind(self) -> str:
        return self._schedule()

    def _behind(self) -> str:
        return self._schedule()

    def _far_behind(self) -> str:
        _ = self._
        if self._missing("gap"):
            if self.row["value"] == self.row["target"]:  # more was asked than just that
                return self._(
                    "{target} is required; it is just {value} on {date}",
                    target=self._target(),
                    value=self._value(),
                    date=self._date(self.as_of),
                )
            values = {
                "target": self._target(),
                "value": self._value(),
                "date": self._date(self.as_of),
                "size": self._difference("target"),
            }
            if self._too_many():
                return _("{target} is required; {value} on {date}, {size} over it", **values)
            return _("{target} is required; {value} on {date}, off by {size}", **values)
        return self._schedule()

    def _schedule(self) -> str:
        _ = self._
        counts = progress.counts_villages(self.indicator) and self.row["level"] != "village"
        if counts and progress.village_due(self.indicator, self.plan, self.as_of) <= 0:
            # Every village has done nothing out of nothing: its 100 % must not sound like work done.
            return _("Nothing was due of the villages by {date}", date=self._date(self.as_of))
        digits = wording.apart(self.row["value"], self.row["expected"], self.row["unit"])
        values = {
            "date": self._date(self.as_of),
            "expected": self._bound() + wording.quantity(self.row["expected"], self.row["unit"], self._, digits),
            "value": wording.quantity(self.row["value"], self.row["unit"], self._, digits),
            "gap": wording.points(self.row["gap"], self._),
        }
        if "alternative" in self.row["marks"]:
            head = _("By {date} the national average is {expected}, actual {value}", **values)
        elif self.indicator.rule == "keep":
            head = _("{expected} must hold at any time; actual {value} on {date}", **values)
        else:
            head = _("By {date} {expected} was due, actual {value}", **values)
        gap = self.row["gap"]
        if gap == 0:
            return head + _(", exactly on schedule")
        return head + (_(", {gap} ahead", **values) if gap > 0 else _(", {gap} behind", **values))

    # ---- what follows from it ------------------------------------------------------------------------------------

    def _asides(self) -> list[str]:
        _ = self._
        result = []
        if self.row["status"] in {"on_schedule", "slightly_behind", "behind", "far_behind", "not_due"}:
            due = self._date(self.due)
            if not self._missing("forecast"):
                value = wording.quantity(self._forecast(), self.row["unit"], self._)
                result.append(_("at the pace of the last 3 months {value} by {due}", value=value, due=due))
            if not self._missing("needed_per_month") and self.row["status"] not in {"on_schedule", "not_due"}:
                needed = self.row["needed_per_month"]
                size = wording.difference(needed, self.row["unit"], self._)
                if needed > 0:
                    result.append(_("{size} a month needed until {due}", size=size, due=due))
                else:
                    result.append(_("{size} a month less needed until {due}", size=size, due=due))
        now, before, unit = self.row["value"], self.row["previous"], self.row["unit"]
        # What is not scored has its change told already.
        if self.row["status"] != "not_scored" and wording.fell_back(self.row["marks"], now, before, unit):
            size = wording.difference(now - before, unit, self._)
            result.append(_("worse by {size} than at the previous date", size=size))
        if not self._missing("carried"):
            result.append(_("figure carried over from {n} months ago", n=int(self.row["carried"])))
        if self.row["direct"]:
            result.append(_("figure reported directly"))
        if self.row["status"] not in {"not_scored", "no_target"}:
            result += plan_words.revision_words(self.declared, self.plan, _, until=self.as_of)
        return result

    # ---- words ---------------------------------------------------------------------------------------------------

    def _missing(self, column: str) -> bool:
        value = self.row[column]
        return value is None or math.isnan(value)

    def _value(self) -> str:
        return wording.quantity(self.row["value"], self.row["unit"], self._, self._digits())

    def _digits(self) -> int:
        """Decimals at which the value can be told from the target."""
        if self._missing("target") or self._missing("value"):
            return 1
        return wording.apart(self.row["value"], self.row["target"], self.row["unit"])

    def _too_many(self) -> bool:
        """Whether the value is wrong by being more than asked."""
        return self.indicator.comparator in {"<=", "=="} and bool(self.row["value"] > self.row["target"])

    def _forecast(self) -> float:
        """Return the forecast; things come in whole numbers, and a part of one does not count."""
        value: float = self.row["forecast"]
        if self.row["unit"] not in wording.COUNTED:
            return value
        down = progress.lower_is_better(self.indicator)
        return math.ceil(value - wording.EPS) if down else math.floor(value + wording.EPS)

    def _bound(self) -> str:
        return "≤" if self.indicator.comparator == "<=" else ""

    def _target(self) -> str:
        return wording.requirement(
            self.row["target"],
            self.indicator.comparator,
            self.row["unit"],
            self._,
            strict=self.indicator.strict,
            tolerance=self.indicator.tolerance or 0.0,
            digits=self._digits(),
        )

    def _difference(self, column: str) -> str:
        return wording.difference(self.row["value"] - self.row[column], self.row["unit"], self._)

    def _date(self, value: dt.date) -> str:
        one_year = self.plan.start.year == self.plan.end.year == self.as_of.year == value.year
        return wording.day(value, self._, year=not one_year)
