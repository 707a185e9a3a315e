"""Columns that are computed from two others of the file: a rate beside its numerator and denominator."""

import re
from collections.abc import Sequence

import numpy as np

from data.intake.model import Codes, FoundColumn, Sheet
from data.intake.numbers import read_number
from data.intake.upload_headers import split_unit

# A figure may be rounded by half of its last digit; formulas leave fifteen digits.
_HALF = 0.5
_EXACT = 1e-9
_RATE = re.compile(r"(?:率|度|比|比例|比重|占比|百分比|rate|share)$", re.IGNORECASE)


def computed_from(
    sheet: Sheet, rows: Codes, column: FoundColumn, pairs: Sequence[tuple[FoundColumn, FoundColumn]]
) -> tuple[FoundColumn, FoundColumn] | None:
    """Return the numerator and denominator whose share a column is in every row that has all three, None if of none.

    Only a column that is called a rate: 1 or 100 beside two equal figures may count anything.
    """
    if column.unit != "%" and not _RATE.search(split_unit(column.header)[0]):
        return None
    texts = [sheet.columns[column.col].text(row) for row in rows.tolist()]
    for pair in pairs:
        above, below = (_values(sheet, rows, one) for one in pair)
        there = (below > 0) & ~np.isnan(above)
        shares = np.divide(above, below, out=np.full(len(rows), np.nan), where=there)
        if any(_is_share(texts, shares, scale) for scale in (100, 1)):
            return pair
    return None


def _values(sheet: Sheet, rows: Codes, found: FoundColumn) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    numbers = (read_number(sheet.columns[found.col].text(row)) for row in rows.tolist())
    return np.array([np.nan if one is None else one.value for one in numbers], dtype=np.float64)


def _is_share(texts: Sequence[str], shares: "np.ndarray[tuple[int], np.dtype[np.float64]]", scale: int) -> bool:
    compared = 0
    for text, share in zip(texts, shares.tolist(), strict=True):
        number = read_number(text) if text else None
        if number is None or np.isnan(share):
            continue
        decimals = len("".join(c for c in text.partition(".")[2] if c.isdigit()))
        if abs(number.value - share * scale) > _HALF * 10.0**-decimals + _EXACT or (number.unit == "%" and scale == 1):
            return False
        compared += 1
    return compared > 0
