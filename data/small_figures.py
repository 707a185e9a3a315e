"""Figures counted from fewer than five households or persons, and those that would tell them. Pure.

Only figures that plans take from tables of people are meant. Of counts those are withheld that
`data.small_cells.withheld` says: over the county, its townships and their villages, and over counts of which one is a
part of the other (of all who work elsewhere those who left the province: the rest could be worked out). A share is such
a part where how many it is of stands elsewhere; where it does not, shares are withheld that rest on fewer than five or
of which fewer than five are counted, as averages are that rest on fewer than five.
"""

import datetime as dt
from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import permutations
from typing import cast

import numpy as np
import pandas as pd

from data.expressions import parse
from data.plan import Indicator
from data.progress import Bools, Cube, Floats, counts_villages, is_flag, previous_date
from data.schedule import year_before
from data.shown import WITHHELD
from data.small_cells import SMALLEST_CELL, Sum, withheld
from data.tables import PERSONAL, tables

_TOLD = ("value", "numerator", "denominator", "completion", "gap", "alternative", "forecast",
         "needed_per_month", "previous", "change", "year_ago")  # fmt: skip
"""Columns of progress that tell a place's figure, what is left to its target, or what it was before."""
_EARLIER = {"previous": ("previous", "change"), "year_ago": ("year_ago",)}
"""Columns that tell what it was before."""
_NOW = "now"
Conditions = frozenset[Hashable]
"""What rows must meet to be counted (`data.expressions.Expression.conditions`)."""


def _few(numerator: pd.Series, denominator: pd.Series) -> "pd.Series[bool]":
    """Return where a share's numerator, its base or what the numerator leaves of it is small."""
    counts = pd.concat([numerator, denominator, denominator - numerator], axis=1)
    return ((counts > 0) & (counts < SMALLEST_CELL)).any(axis=1)


def of_people(indicator: Indicator) -> bool:
    """Whether an indicator says something of households or persons, not of money or of villages."""
    return indicator.data.table in PERSONAL and not is_flag(indicator) and indicator.data.agg != "sum"


class SmallFigures:
    """What is not to be shown of one plan's figures to those who may not see small counts; each looked up once."""

    def __init__(self, cube: Cube) -> None:
        self._cube = cube
        self._position = {code: n for n, code in enumerate(cube.codes)}
        self._people = {i.id: i for i in cube.plan.indicators if of_people(i)}
        by_rows: dict[tuple[str, str], list[Indicator]] = {}
        for one in self._people.values():
            by_rows.setdefault((one.data.table, one.data.rows), []).append(one)
        self._counts = {rows: _Counts(cube, found) for rows, found in by_rows.items()}
        self._found: dict[tuple[str, dt.date | None], Bools] = {}
        self._hidden: dict[tuple[tuple[str, str], dt.date | None], dict[Conditions, Bools]] = {}

    def at(self, indicator: str, day: dt.date | None) -> Bools:
        """Return of which regions an indicator's figure at a date is not to be shown, in the order of the cube."""
        if (indicator, day) not in self._found:
            self._found[indicator, day] = self._looked_up(self._people[indicator], day)
        return self._found[indicator, day]

    def _looked_up(self, one: Indicator, day: dt.date | None) -> Bools:
        agg = one.data.agg
        beside = self._counts_of(one, day) if agg in {"count", "share"} else {}
        if agg == "count":
            return beside[_counted(one)]
        _value, numerator, denominator = self._cube.values(one, day)
        found = _rests_on_few(self._cube, one, numerator, denominator)
        # With what is counted of it a share would tell how many it is of.
        for conditions in (_counted(one), _base(one)):
            found = found | beside.get(conditions, False)
        return found

    def _counts_of(self, indicator: Indicator, day: dt.date | None) -> dict[Conditions, Bools]:
        rows = (indicator.data.table, indicator.data.rows)
        if (rows, day) not in self._hidden:
            self._hidden[rows, day] = self._counts[rows].hidden(day)
        return self._hidden[rows, day]

    def cover(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return progress rows with the status "withheld", and no numbers, where they are not to be shown.

        Changes from what was not to be shown are left out too.

        Parameters
        ----------
        rows : as `data.shown.as_shown` makes them, with their date in `as_of`, each with an index of its own.
        """
        wanted = rows["indicator"].isin(list(self._people)).to_numpy()
        if not wanted.any():
            return rows
        lost = {which: [c for c in columns if c in rows] for which, columns in ((_NOW, _TOLD), *_EARLIER.items())}
        # What rows over time do not tell of earlier dates need not be looked up for each of them.
        hidden = {which: np.zeros(len(rows), dtype=bool) for which, columns in lost.items() if columns}
        chosen = rows.loc[wanted, ["indicator", "as_of", "region"]].assign(_at=np.flatnonzero(wanted))
        for (name, stamp), part in chosen.groupby(["indicator", chosen["as_of"].dt.date], sort=False):
            where, own = part["_at"].to_numpy(), part["region"].map(self._position).to_numpy()
            day = cast("dt.date", stamp)
            days = {_NOW: day, "previous": previous_date(self._cube, day), "year_ago": year_before(day)}
            for which, found in hidden.items():
                found[where] = self.at(str(name), days[which])[own]
        result = rows.copy()
        for which, found in hidden.items():
            result[lost[which]] = result[lost[which]].mask(pd.Series(found, index=rows.index))
        if "numerator" in result:
            few = wanted & _few(result["numerator"], result["denominator"])
            result[["numerator", "denominator"]] = result[["numerator", "denominator"]].mask(few)
        if "marks" in result:  # in which direction it moved tells something of it too
            told = [tuple(m for m in marks if m != "regressed") for marks in result.loc[hidden[_NOW], "marks"]]
            result.loc[hidden[_NOW], "marks"] = pd.Series(told, index=result.index[hidden[_NOW]], dtype=object)
        return result.assign(status=result["status"].mask(hidden[_NOW], WITHHELD))

    def cover_series(self, rows: pd.DataFrame, region: str) -> pd.DataFrame:
        """Return `data.progress.series` of a region without the values that are not to be shown."""
        own = self._position[region]
        hidden = [
            name in self._people and bool(self.at(name, stamp.date())[own])
            for name, stamp in zip(rows["indicator"], rows["as_of"], strict=True)
        ]
        return rows.assign(value=rows["value"].mask(pd.Series(hidden, index=rows.index)))


def _rests_on_few(cube: Cube, indicator: Indicator, numerator: Floats, denominator: Floats) -> Bools:
    """Return where a share or an average rests on fewer than five, or a share counts fewer than five."""
    with np.errstate(invalid="ignore"):
        found: Bools = ((denominator > 0) & (denominator < SMALLEST_CELL)) | (
            (numerator > 0) & (numerator < SMALLEST_CELL) & (indicator.data.agg == "share")
        )
    return found & cube.is_village if counts_villages(indicator) else found  # above them villages are counted


class _Counts:
    """Counts of rows of one table, each by the conditions it asks for: which are a part of which, what tells which."""

    def __init__(self, cube: Cube, indicators: Sequence[Indicator]) -> None:
        self._cube = cube
        counts = [i for i in indicators if i.data.agg == "count"]
        shares = [i for i in indicators if i.data.agg == "share"]
        stand = {_counted(i) for i in counts}
        bases = Counter(_base(i) for i in shares)
        # How many a share is of stands beside it, and with other shares of the same; or a count tells it.
        self.joined = [i for i in shares if bases[_base(i)] > 1 or {_base(i), _counted(i)} & stand]
        self.counts = counts

    def hidden(self, day: dt.date | None) -> dict[Conditions, Bools]:
        """Return by conditions of which regions a count at a date is not to be shown, each of shape (cube.size,)."""
        cube, values = self._cube, dict[Conditions, Floats]()
        for one in self.counts:
            _fill(values, _counted(one), cube.values(one, day)[0])
        for one in self.joined:
            _value, numerator, denominator = cube.values(one, day)
            if counts_villages(one):
                numerator, denominator = (np.where(cube.is_village, n, np.nan) for n in (numerator, denominator))
            _fill(values, _counted(one), numerator)
            _fill(values, _base(one), denominator)
        cells = _Cells(cube)
        for conditions, found in values.items():
            cells.add(conditions, found)
        for part, whole in permutations(values, 2):
            if part > whole:  # whoever asks for more counts fewer
                cells.add((part, whole), values[whole] - values[part], part=part, whole=whole)
        hidden = cells.hidden()
        return {conditions: cells.of(conditions, hidden) for conditions in values}


def _fill(values: dict[Conditions, Floats], conditions: Conditions, found: Floats) -> None:
    """Add what an indicator counts; one of townships only has no villages, another of the same may have them."""
    known = values.get(conditions)
    values[conditions] = found if known is None else np.where(np.isnan(known), found, known)


class _Cells:
    """Counts by conditions and region, numbered, with the sums between them."""

    def __init__(self, cube: Cube) -> None:
        self._cube = cube
        self._at: dict[Hashable, dict[int, int]] = {}
        self._values: list[float] = []
        self._never: list[bool] = []
        self._sums: list[Sum] = []

    def add(
        self, name: Hashable, values: Floats, *, part: Hashable | None = None, whole: Hashable | None = None
    ) -> None:
        """Add counts by region, as parts of those above; or what a part leaves of a whole, which nobody shows."""
        with np.errstate(invalid="ignore"):
            known = np.flatnonzero(values >= 0)
        at = {int(region): len(self._values) + cell for cell, region in enumerate(known)}
        self._at[name] = at
        self._values += values[known].tolist()
        self._never += [part is not None] * len(known)
        below: dict[int, list[int]] = {}
        for region, cell in at.items():
            above = int(self._cube.parent[region])
            if region != self._cube.top and above in at:
                below.setdefault(above, []).append(cell)
        self._sums += [Sum(at[region], cells) for region, cells in below.items()]
        if part is not None:
            self._sums += [Sum(self._at[whole][r], (self._at[part][r], at[r])) for r in at]

    def hidden(self) -> Bools:
        """Return which cells are not to be shown."""
        return withheld(np.array(self._values), self._sums, never_shown=np.array(self._never, dtype=bool), zeros=True)

    def of(self, name: Hashable, hidden: Bools) -> Bools:
        """Return of which regions the count of a name is among them."""
        result = np.zeros(self._cube.size, dtype=bool)
        at = self._at[name]
        result[list(at)] = hidden[list(at.values())]
        return result


def _conditions(indicator: Indicator, text: str | None) -> frozenset[Hashable]:
    return parse(text, tables()[indicator.data.table]).conditions if text else frozenset()


def _base(indicator: Indicator) -> Conditions:
    """Return what all those have in common that a share is of."""
    return _conditions(indicator, indicator.data.base)


def _counted(indicator: Indicator) -> Conditions:
    """Return what all those have in common that are counted."""
    return _base(indicator) | _conditions(indicator, indicator.data.where)
