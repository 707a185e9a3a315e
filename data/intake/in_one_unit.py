"""The figures of a column as they are read, each by its own unit and all in one, so that they can be compared."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.intake import units
from data.intake.model import Cells, Codes
from data.intake.numbers import is_plain, read_number
from data.intake.values import parse
from data.tables import Column

Values = np.ndarray[Any, np.dtype[np.float64]]

_WRITTEN = re.compile(r"\d+(?:\.(\d+))?")
# Figures are printed rounded: each may be half a unit of its last place off.
_HALF = 0.5
_EXACT = 1e-6


@dataclass(frozen=True)
class Figures:
    """A column's figures, by row of the sheet; NaN for all that is none.

    Attributes
    ----------
    values
        In `unit`.
    unit
        None if nothing says one.
    rounded
        By how much each may have been rounded.
    scales
        What each was multiplied by; NaN where there is no figure.
    own
        What a figure without a unit of its own is multiplied by, with the name of that unit.
    """

    values: Values
    unit: str | None
    rounded: Values
    scales: Values
    own: tuple[tuple[str, float], ...]
    own_of: Codes

    def tolerance(self, rows: Codes, stated: int) -> float:
        """Return by how much a stated total and the sum of rows may differ."""
        return max(float(np.nansum(self.rounded[rows])), float(np.nan_to_num(self.rounded[stated])), _EXACT)

    def as_in(self, row: int, value: float, beside: Codes) -> tuple[float, str]:
        """Return a figure in the unit of a row, and that unit where the rows beside it have others."""
        unit, scale = self.own[self.own_of[row]]
        scales = self.scales[[*beside.tolist(), row]]
        others = not np.isclose(scales[~np.isnan(scales)], scale, rtol=1e-6).all()
        return units.convert(value, 1 / scale), unit if others else ""


def in_one_unit(cells: Cells, rows: Codes, unit: str | None, said: Cells | None) -> Figures:
    """Return the figures of some rows of a column in one unit.

    Parameters
    ----------
    unit
        What the column is in; without one the first unit that a row or a cell names.
    said
        The column that names the unit of each row, if there is one; what does not fit is passed over.
    """
    codes, texts = cells.used(rows)
    of_row, named = said.used(rows) if said else (np.zeros(len(rows), dtype=np.intp), [""])
    unit = unit or next((text for text in named if units.known(text)), None) or _first_written(texts)
    own = tuple(
        (text, units.factor(text, unit) or 1.0)
        if unit and units.known(text) and units.factor(text, unit)
        else (unit or "", 1.0)
        for text in named
    )
    pairs, back = np.unique(codes.astype(np.intp) * len(own) + of_row, return_inverse=True)
    values, scales, places = (np.full(len(pairs), np.nan) for _ in range(3))
    for number, (base, scale) in enumerate(own):
        at = np.flatnonzero(pairs % len(own) == number)
        part = [texts[code] for code in (pairs[at] // len(own)).tolist()]
        values[at] = parse(Column(name="figure", type="float", zh="", unit=unit), part, base or None).found
        written = [_written(text, value, scale) for text, value in zip(part, values[at].tolist(), strict=True)]
        scales[at], places[at] = zip(*written, strict=True) if written else ((), ())
    rounded = _rounded(scales, places)
    height = len(cells.codes)
    spread = [np.full(height, np.nan) for _ in range(3)]
    for whole, distinct in zip(spread, (values, rounded, scales), strict=True):
        whole[rows] = distinct[back]
    own_of = np.zeros(height, dtype=np.intp)
    own_of[rows] = of_row
    return Figures(spread[0], unit, spread[1], spread[2], own, own_of)


def _first_written(texts: Sequence[str]) -> str | None:
    """Return the first unit that stands beside a figure."""
    numbers = (read_number(text) for text in texts if text and not is_plain(text))
    return next((number.unit for number in numbers if number and number.unit not in {None, "%"}), None)


def _written(text: str, value: float, scale: float) -> tuple[float, float]:
    """Return what a figure was multiplied by, and how many decimals it is written with."""
    if np.isnan(value):
        return np.nan, 0
    if is_plain(text):
        return scale, len(text.partition(".")[2])
    written = _WRITTEN.search(text.replace(",", ""))
    figure = float(written[0]) if written else 0.0
    return (abs(value) / figure if figure and value else scale), len((written and written[1]) or "")


def _rounded(scales: Values, places: Values) -> Values:
    """Return by how much figures may be rounded: those of one unit to the same place; whole ones are exact."""
    rounded = np.zeros(len(scales))
    for scale in {f"{scale:.6g}" for scale in scales[~np.isnan(scales)].tolist()}:
        alike = np.isclose(scales, float(scale), rtol=1e-5)
        decimals = places[alike].max()
        rounded[alike] = _HALF * 10.0**-decimals * float(scale) if decimals else 0
    return rounded
