"""Rules over the typed rows of one file: keys, ranges, dates, conditions, and rows that name two places or months."""

from calendar import monthrange
from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data import wording
from data.intake import places
from data.intake.conditions import check_conditions
from data.intake.item_rules import check_items
from data.intake.model import Codes, FoundColumn, Mask, Problems
from data.intake.values import is_blank
from data.intake.written import Written, days
from data.registry import counties
from data.tables import Table

if TYPE_CHECKING:
    from data.plan import Plan

_AHEAD_MONTHS = 3
_EARLIEST = pd.Timestamp(2000, 1, 1)
# Dates that lie ahead by nature.
_AHEAD = frozenset({"due_on"})


def furthest(newest: date) -> date:
    """Return the last day that a new row may have without being far ahead of the newest data."""
    day: date = (pd.Timestamp(newest) + pd.DateOffset(months=_AHEAD_MONTHS, day=31)).date()
    return day


class RowRules:
    """The rules over one table's rows; `check` tells what they find.

    Parameters
    ----------
    file
        The table as its file writes it.
    problems
        Where problems are told.
    county_code
        Its plans and its register say what is outside the plan and which level a place has.
    today, newest
        As `check_file` takes them.
    """

    def __init__(
        self,
        file: Written,
        problems: Problems,
        county_code: str | None,
        today: date | None,
        newest: date | None,
    ) -> None:
        self.file = file
        self.table: Table = file.table
        self.rows: Codes = file.rows
        self.problems = problems
        self.county = county_code
        self.known = places.register(county_code)
        self.today = today
        self.newest = newest
        self.filled: Mapping[str, Mask] = {}

    def check(self, frame: pd.DataFrame, given: Collection[str], filled: Mapping[str, Mask]) -> None:
        """Tell of every problem of the typed rows.

        Parameters
        ----------
        frame
            As `data.tables.typed` gives them, in the order of the file's rows of data.
        given
            Columns that the file, or what follows from it, has.
        filled
            For columns of places: in which rows a code or a name is written.
        """
        self.filled = filled
        self._keys(frame, given)
        self._ranges(frame)
        self._dates(frame, given)
        check_conditions(self.file, frame, given, self.problems, county_plans(self.county), self.today)
        self._agreement(frame)
        if self.table.id == "facts":
            tops = [plan.top_region for plan in county_plans(self.county)]
            check_items(self.file, frame, self.problems, self.known, tops)

    def _keys(self, frame: pd.DataFrame, given: Collection[str]) -> None:
        """Refuse blank and repeated keys; cells that already have an error are not blamed twice."""
        wanted = [*self.table.key, *(c.name for c in self.table.columns if c.required and c.name not in self.table.key)]
        for name in wanted:
            found = self.file.found.get(name)
            missing = frame[name].isna().to_numpy()
            if name in self.filled:
                missing = missing & ~self.filled[name]
            elif found is not None:
                codes, texts = self.file.cells(found)
                empty = np.array([is_blank(text) for text in texts] + [True], dtype=bool)[codes]
                missing = missing & empty
            elif name not in given:
                continue
            elif name == "geo_level" and "geo_code" in self.filled:
                missing = missing & ~self.filled["geo_code"]  # of a place that is not known it is not asked
            at = self.file.at(name)
            if at.col < 0:
                self.problems.add("blank_key", self.rows[missing], column=name, more={"header": at.header})
            else:
                self.problems.add("blank_key", self.rows[missing], at)
        key = list(self.table.key)
        if any(name not in given for name in key):
            return
        complete = frame[key].notna().all(axis=1).to_numpy()
        keys = frame.loc[complete, key]
        repeated = keys.duplicated().to_numpy()
        if not repeated.any():
            return
        group = keys.groupby(key, sort=False).ngroup().to_numpy()
        rows = self.rows[complete]
        first = self.file.layout.in_file(rows[np.unique(group, return_index=True)[1]][group[repeated]])
        again = rows[repeated]
        # As the file writes it: headers and cells are what its reader can look for.
        told = [name for name in key if self.file.writes(name)] or key
        parts = [self.file.key_cells(name, again, keys.loc[repeated, name]) for name in told]
        of_first = np.unique(group, return_index=True)[1][group[repeated]]
        others = [self.file.key_cells(name, rows[of_first], keys[name].iloc[of_first])[1] for name in told]
        # The same key in two words is told in both: 省级＝市级.
        parts = [
            (
                header,
                [cell if cell == other else f"{other}＝{cell}" for cell, other in zip(cells, first_cells, strict=True)],
            )
            for (header, cells), first_cells in zip(parts, others, strict=True)
        ]
        said = ["、".join(cells) for cells in zip(*(cells for _, cells in parts), strict=True)]
        named = [
            "、".join(f"{header} {cell}".strip() for (header, _), cell in zip(parts, cells, strict=True))
            for cells in zip(*(cells for _, cells in parts), strict=True)
        ]
        more = [{"first": at + 1, "key": text} for at, text in zip(first, named, strict=True)]
        stands = self.file.place(told[0]) if self.table.column(told[0]).role else self.file.naming(told[0])
        col = stands.col if stands else -1
        at = FoundColumn(col, "、".join(header for header, _ in parts if header), told[0], "column", None, 0.0)
        self.problems.add("duplicate_key", again, None if col < 0 else at, column=told[0], values=said, more=more)

    def _ranges(self, frame: pd.DataFrame) -> None:
        for column in self.table.columns:
            if column.range is None or column.name not in self.file.found:
                continue
            low, high = column.range
            value = frame[column.name].to_numpy()
            with np.errstate(invalid="ignore"):
                rows = self.rows[(value < low) | (value > high)]
            more = {"low": wording.bound(low, column.unit), "high": wording.bound(high, column.unit)}
            self.problems.add(
                "out_of_range", rows, self.file.at(column.name), values=self.file.original(column.name, rows), more=more
            )

    def _dates(self, frame: pd.DataFrame, given: Collection[str]) -> None:
        if self.today is None:
            return
        month_end = self.today.replace(day=monthrange(self.today.year, self.today.month)[1])
        for column in self.table.columns:
            told = column.name
            if told == "as_of" and told not in self.file.found:
                told = "month"  # says the date too
            if column.type != "date" or column.name in _AHEAD or told not in self.file.found:
                continue
            latest = pd.Timestamp(month_end if column.name == "as_of" else self.today)
            day = frame[column.name]
            self._doubt("far_date", told, day, day > latest)
            self._doubt("early_date", told, day, day < _EARLIEST)
        if self.table.dated and "as_of" in given:
            self._snapshots(frame["as_of"], pd.Timestamp(month_end))

    def _doubt(self, rule: str, name: str, day: "pd.Series[Any]", wrong: "pd.Series[Any]", **words: str) -> None:
        """Tell of dates in the rows that are wrong, as they were read: a cell may hold a serial number.

        A date that no cell of the file holds, but its title or who sent it, is told of once.
        """
        if name not in self.file.found:
            for value in day[wrong].unique():
                self.problems.add(rule, column=name, values=[_day(value)], more=words)
            return
        rows = self.rows[wrong.to_numpy()]
        said = days(day[wrong])
        distinct = {text: {**words, "value": text} for text in set(said)}
        more = [distinct[text] for text in said]
        self.problems.add(rule, rows, self.file.at(name), values=self.file.original(name, rows), more=more)

    def _snapshots(self, dated: "pd.Series[Any]", month_end: pd.Timestamp) -> None:
        """Doubt dates of rows outside the county's plans or far ahead of what it has: they move every page's date."""
        told = next((n for n in ("as_of", "month") if n in self.file.found), "as_of")
        day = dated.where(dated <= month_end)  # later ones are errors, not doubts
        outside = pd.Series(data=False, index=day.index)
        plans = county_plans(self.county)
        if plans:
            start, end = min(p.start for p in plans), max(p.end for p in plans)
            # The year before a plan holds what it is measured against.
            first = pd.Timestamp(start) - pd.DateOffset(years=1)
            outside = (day < first) | (day > pd.Timestamp(end))
            self._doubt("outside_plan", told, day, outside, start=str(start), end=str(end))
        if self.newest is not None:
            ahead = day > pd.Timestamp(furthest(self.newest))
            self._doubt("ahead_of_data", told, day, ahead & ~outside, newest=str(self.newest))

    def _agreement(self, frame: pd.DataFrame) -> None:
        """Refuse rows that name two places or months: they would count for one and be stored under the other."""
        if "month" in self.table.names and {"month", "as_of"} <= set(self.file.found):
            months = frame["as_of"].dt.strftime("%Y-%m")
            wrong = (frame["month"].notna() & months.notna() & (frame["month"] != months)).to_numpy()
            more = [{"day": _day(day)} for day in frame["as_of"][wrong]]
            rows = self.rows[wrong]
            self.problems.add(
                "other_month", rows, self.file.at("month"), values=self.file.original("month", rows), more=more
            )
        known = self.known
        if known is None or "geo_level" not in self.table.names:
            return
        place, level, village = frame["geo_code"], frame["geo_level"], frame["village_code"]
        own = place.map(known.level)
        if "geo_level" in self.file.found:
            # A township that has a plan of its own is "the county" of that plan.
            top = (level == "county") & place.isin([plan.top_region for plan in county_plans(self.county)])
            wrong = (own.notna() & level.isin(places.LEVEL_NAMES) & (level != own) & ~top).to_numpy()
            more = [self._levels_told(is_, said) for is_, said in zip(own[wrong], level[wrong], strict=True)]
            rows, at = self.rows[wrong], self.file.place("geo_code")
            self.problems.add("wrong_level", rows, at, values=list(place[wrong].map(known.full)), more=more)
        wrong = ((level == "village") & village.notna() & place.notna() & (village != place)).to_numpy()
        more = [{"place": known.full(code) if code in known.name else code} for code in place[wrong]]
        rows = self.rows[wrong]
        told = self.file.original("village_code", rows)
        self.problems.add("other_village", rows, self.file.at("village_code"), values=told, more=more)

    @staticmethod
    def _levels_told(found: str, wanted: str) -> dict[str, str]:
        zh, en = places.LEVEL_NAMES[found]
        wanted_zh, wanted_en = places.LEVEL_NAMES[wanted]
        return {"level_zh": zh, "level_en": en, "wanted_zh": wanted_zh, "wanted_en": wanted_en}


def _day(stamp: pd.Timestamp) -> str:
    return f"{stamp:%Y-%m-%d}"


def county_plans(county_code: str | None) -> "list[Plan]":
    """Return the plans of a county."""
    from data.plan import load_plan  # noqa: PLC0415 - plans are only needed for a known county

    return [load_plan(p) for c in counties() if county_code and c.code == county_code[:6] for p in c.plans]
