"""Figures counted from fewer than five households or persons, and those that would tell them. Pure.

Only figures that plans take from tables of people are meant. Of counts those are withheld that
`data.small_cells.withheld` says, over the county, its townships and their villages; of shares and averages those that
rest on fewer than five, whose base is shown nowhere, so that nothing beside them tells them.
"""

import datetime as dt
from typing import cast

import numpy as np
import pandas as pd

from data.plan import Indicator
from data.progress import Bools, Cube, Floats, counts_villages, is_flag, previous_date
from data.schedule import year_before
from data.shown import WITHHELD
from data.small_cells import SMALLEST_CELL, Sum, withheld
from data.tables import PERSONAL

_TOLD = ("value", "numerator", "denominator", "completion", "gap", "alternative", "forecast",
         "needed_per_month", "previous", "change", "year_ago")  # fmt: skip
"""Columns of progress that tell a place's figure, what is left to its target, or what it was before."""
_EARLIER = {"previous": ("previous", "change"), "year_ago": ("year_ago",)}
"""Columns that tell what it was before."""
_NOW = "now"


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
        self._found: dict[tuple[str, dt.date | None], Bools] = {}

    def at(self, indicator: str, day: dt.date | None) -> Bools:
        """Return of which regions an indicator's figure at a date is not to be shown, in the order of the cube."""
        key = (indicator, day)
        if key not in self._found:
            self._found[key] = small(self._cube, self._people[indicator], day)
        return self._found[key]

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
        return result.assign(status=result["status"].mask(hidden[_NOW], WITHHELD))

    def cover_series(self, rows: pd.DataFrame, region: str) -> pd.DataFrame:
        """Return `data.progress.series` of a region without the values that are not to be shown."""
        own = self._position[region]
        hidden = [
            name in self._people and bool(self.at(name, stamp.date())[own])
            for name, stamp in zip(rows["indicator"], rows["as_of"], strict=True)
        ]
        return rows.assign(value=rows["value"].mask(pd.Series(hidden, index=rows.index)))


def small(cube: Cube, indicator: Indicator, day: dt.date | None) -> Bools:
    """Return of which regions an indicator's figure at a date is not to be shown, shape (cube.size,)."""
    value, numerator, denominator = cube.values(indicator, day)
    if indicator.data.agg == "count":
        return _counts(cube, value)
    with np.errstate(invalid="ignore"):
        rests_on_few: Bools = ((denominator > 0) & (denominator < SMALLEST_CELL)) | (
            (numerator > 0) & (numerator < SMALLEST_CELL) & (indicator.data.agg == "share")
        )
    if counts_villages(indicator):
        rests_on_few &= cube.is_village  # above them villages are counted
    return rests_on_few


def _counts(cube: Cube, value: Floats) -> Bools:
    known = np.flatnonzero(~np.isnan(value))
    at = {int(region): cell for cell, region in enumerate(known)}
    parts: dict[int, list[int]] = {}
    for region in known.tolist():
        if region != cube.top and int(cube.parent[region]) in at:
            parts.setdefault(at[int(cube.parent[region])], []).append(at[region])
    result = np.zeros(cube.size, dtype=bool)
    result[known] = withheld(value[known], [Sum(total, own) for total, own in parts.items()], zeros=True)
    return result
