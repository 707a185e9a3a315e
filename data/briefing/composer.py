"""What the sections of a briefing share: the facts, the language, the ledger, and how places are told."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from data import plan_words, tally, wording
from data.briefing.facts import Facts
from data.briefing.ledger import Ledger
from data.briefing.model import Number, Told
from data.language import N_, Translator, translator
from data.progress import FINE, JUDGED
from data.statuses import not_judged, word

NAMED = 10
"""Places listed by name in a sentence; how many more there are is said."""
SOFT_WORDS = {"strive": N_("strive"), "reference": N_("reference")}
"""What is said of a target that does not bind."""


@dataclass(eq=False)
class Composer:
    """One briefing in the making.

    Attributes
    ----------
    towns : codes of the townships that tables and lists are narrowed to; empty for all. Ranks and counts of the whole
        stay those of all places.
    """

    facts: Facts
    lang: str
    towns: frozenset[str] = frozenset()
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self._)

    @property
    def _(self) -> Translator:
        """Translator of the briefing."""
        return translator(self.lang)

    @cached_property
    def names(self) -> dict[str, str]:
        """What each region is called by people, by code."""
        frame = self.facts.regions
        return dict(zip(frame["code"], frame["short_name"].fillna(frame["name"]), strict=True))

    @cached_property
    def parents(self) -> dict[str, str]:
        """Code of the region each region lies in, by code."""
        frame = self.facts.regions
        return dict(zip(frame["code"], frame["parent"], strict=True))

    @cached_property
    def area_of(self) -> dict[str, str]:
        """Action area of each indicator."""
        return {i.id: i.area for i in self.facts.plan.indicators}

    @cached_property
    def areas(self) -> dict[str, str]:
        """Names of the plan's action areas that have indicators, in the order they are shown."""
        used = set(self.area_of.values())
        return {area: plan_words.area_name(area, self._) for area in self.facts.plan.areas if area in used}

    @cached_property
    def top(self) -> pd.DataFrame:
        """Progress of the whole, one row per indicator, with `area`."""
        return self._of(self.facts.now, [self.facts.top])

    @cached_property
    def top_before(self) -> pd.DataFrame | None:
        """The same at the comparison date."""
        return None if self.facts.before is None else self._of(self.facts.before, [self.facts.top])

    @cached_property
    def places(self) -> list[str]:
        """Codes of the places that are compared with each other, in the order of the register."""
        frame = self.facts.regions
        chosen = (frame["level"] == self.facts.lower_level) & (frame["code"] != self.facts.top)
        return list(frame.loc[chosen, "code"])

    def shown(self, places: Iterable[str]) -> list[str]:
        """Return the places that tables and lists name: all, or those of the townships asked for."""
        return [p for p in places if not self.towns or p in self.towns or self.parents.get(p) in self.towns]

    def of_indicator(self, indicator: str, level: str) -> pd.DataFrame:
        """Return progress of one indicator in the places of a level below the top."""
        rows = self.facts.now
        chosen = (rows["indicator"] == indicator) & (rows["level"] == level) & (rows["region"] != self.facts.top)
        return rows.loc[chosen].reset_index(drop=True)

    def _of(self, rows: pd.DataFrame, regions: Sequence[str]) -> pd.DataFrame:
        found = rows.loc[rows["region"].isin(regions)].reset_index(drop=True)
        return found.assign(area=found["indicator"].map(self.area_of))

    def lower(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of the places that are compared."""
        return self._of(rows, self.places)

    # ---- words -------------------------------------------------------------------------------------------------------

    def day(self, day: dt.date, *, year: bool = True) -> str:
        """Write a date."""
        return wording.day(day, self._, year=year)

    @property
    def since_name(self) -> str:
        """What is compared with, by name: 8月调度会（8月31日）, or the date alone."""
        since = self.facts.since
        if since is None:
            return ""
        day = self.day(since.day, year=since.day.year != self.facts.as_of.year)
        return self._("{meeting} ({day})", meeting=since.name, day=day) if since.name else day

    @property
    def whole(self) -> str:
        """What the plan's region is called."""
        facts = self.facts
        return facts.county.name(self.lang) if facts.plan.top_level == "county" else self.names[facts.top]

    def place_word(self, n: int) -> str:
        """Return how many of the places compared there are, in words."""
        _ = self._
        return _("{n} villages", n=n) if self.facts.lower_level == "village" else _("{n} townships", n=n)

    def listed(self, texts: Sequence[str], most: int = NAMED, of: int = 0) -> str:
        """Return texts as a list within a sentence; beyond `most`, and of those left out, only how many there are.

        Parameters
        ----------
        of : how many there are with those the list is not to name; as many as texts without.
        """
        _ = self._
        head = _(", ").join(texts[:most])
        more = max(of, len(texts)) - min(most, len(texts))
        return _("{names} and {n} more", names=head, n=self.ledger.count(more, "listed/more")) if more else head

    def status_word(self, row: pd.Series) -> str:
        """Return a row's status in words."""
        return word(row["status"], row["rule"], self._, village=row["level"] == "village")

    def marked_name(self, row: pd.Series) -> str:
        """Return what a row's indicator is called; of one that does not bind, 力争 or 参考 too."""
        _, name = self._, self.facts.plan.indicator(row["indicator"]).name(self.lang)
        marks = [_(word) for mark, word in SOFT_WORDS.items() if tally.is_soft(row["marks"]) and mark in row["marks"]]
        return _("{name} ({status})", name=name, status=_(", ").join(marks)) if marks else name

    # ---- cells -------------------------------------------------------------------------------------------------------

    def number(self, value: float, unit: str, digits: int = 1) -> Number | None:
        """Return a value as a cell; None where there is none."""
        if math.isnan(value):
            return None
        return Number(float(value), unit, wording.quantity(value, unit, self._, digits))

    def signed(self, value: float, unit: str) -> Number | None:
        """Return a difference as a cell, with its sign; None where there is none."""
        if math.isnan(value):
            return None
        written = wording.plain(value, 1)
        return Number(float(value), unit, f"+{written}" if value > 0 and wording.moves(written) else written)

    def count(self, n: float) -> Number:
        """Return a count as a cell."""
        return Number(float(n), "", wording.plain(n, 0))

    def told(self, row: pd.Series) -> Told:
        """Return a row's status as a cell."""
        return Told(str(row["status"]), self.status_word(row))

    # ---- counts ------------------------------------------------------------------------------------------------------

    def fine_share(self, rows: pd.DataFrame | None) -> tuple[int, int]:
        """Return how many binding indicators are on schedule or done, and how many are judged."""
        if rows is None:
            return 0, 0
        judged = tally.judged_rows(rows, self.area_of)
        return int(judged["fine"].sum()), len(judged)

    def not_judged(self, rows: pd.DataFrame, key: str) -> str:
        """Return the sentence, behind another, that some of the rows are withheld and so not judged; "" if none is."""
        told = self._not_judged(rows, key)
        return self._(" {sentence}.", sentence=told) if told else ""

    def with_not_judged(self, note: str, rows: pd.DataFrame, key: str) -> str:
        """Return the note of a table with that sentence before it."""
        told = self._not_judged(rows, key)
        return f"{told}{self._('; ')}{note}" if told else note

    def _not_judged(self, rows: pd.DataFrame, key: str) -> str:
        n = tally.not_judged(rows)
        return not_judged(self.ledger.count(n, f"{key}/not_judged"), self._) if n else ""

    @staticmethod
    def fine(rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows that are on schedule or done."""
        return rows.loc[rows["status"].isin(FINE)]

    @staticmethod
    def short(rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows that are judged and neither on schedule nor done."""
        return rows.loc[rows["status"].isin(JUDGED - set(FINE))]
