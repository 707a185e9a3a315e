"""A column of months whose year stands elsewhere: in a column of years before it, else in the title."""

import re
from dataclasses import replace
from functools import lru_cache

import numpy as np

from data.intake.model import Cells, FoundColumn, Sheet
from data.intake.periods import period_of, period_of_table
from data.intake.structure import Structure, squeezed

_MONTHS = frozenset({"月", "月份"})
_YEARS = frozenset({"年", "年份", "年度"})
_MONTH = re.compile(r"0?[1-9]|1[0-2]")
_LEAP = 2000  # any year will do to tell a month


def with_years(
    sheet: Sheet, structure: Structure, columns: tuple[FoundColumn, ...], about: str
) -> tuple[Sheet, Structure] | None:
    """Return a sheet whose months are written with their year, under a header that says so: 5 → 2023年5月.

    Returns
    -------
    tuple or None
        None where there is no such column, a cell is no month, or nothing says the year.
    """
    heads = {c.col: squeezed(structure.paths[c.col][-1]) for c in columns if structure.paths[c.col]}
    months = [col for col, head in heads.items() if head in _MONTHS]
    years = [col for col, head in heads.items() if head in _YEARS]
    rows = structure.data_rows
    # A year to the right of the month is a date of its own, as several are.
    if len(months) != 1 or len(years) > 1 or (years and years[0] > months[0]) or not len(rows):
        return None
    column = months[0]
    cells, beside = sheet.columns[column], sheet.columns[years[0]] if years else None
    named = period_of_table(structure.title, about, structure.days)
    texts = []
    for row in rows.tolist():
        text, year = cells.text(row), (_year(beside.text(row)) if beside else None) or (named[:4] if named else None)
        month = _month(text)
        if text and not (month and year):
            return None
        texts.append(f"{year}年{month}月" if text else "")
    known, codes = np.unique(texts, return_inverse=True)
    every = cells.codes.astype(np.intp)
    every[rows] = codes + len(cells.texts)
    written = [*sheet.columns]
    written[column] = Cells(every, [*cells.texts, *known.tolist()])
    paths = [*structure.paths]
    paths[column] = (*paths[column][:-1], "月份")
    return replace(sheet, columns=tuple(written)), replace(structure, paths=tuple(paths))


@lru_cache(maxsize=256)
def _month(text: str) -> int | None:
    """Return the month a text without a year names: 5, 05, 5月份, 五月."""
    if _MONTH.fullmatch(plain := squeezed(text)):
        return int(plain)
    named = period_of(text, _LEAP) or ""
    return int(named[5:]) if re.fullmatch(rf"{_LEAP}-\d\d", named) else None


@lru_cache(maxsize=256)
def _year(text: str) -> str | None:
    named = period_of(text)
    return named if named and len(named) == len("2023") else None
