"""Whether stated totals agree with the rows they sum."""

import re
from collections.abc import Sequence

import numpy as np

from data.intake.model import Codes, FoundColumn, Sheet, Told
from data.intake.structure import Structure, rough, squeezed

# Figures are printed rounded: a sum of n of them may differ by half a unit of the last place each.
_HALF = 0.5
# What is per something is averaged, not summed.
_AVERAGED = re.compile(r"均|率|占比|比重|比例|单价|价格|年份|日期|每")


def totals_told(sheet: Sheet, structure: Structure, columns: Sequence[FoundColumn]) -> list[Told]:
    """Return that rows are totals, and where a stated total is not the sum of its rows.

    A total above or below everything sums all rows; where captions part the rows into groups that are different ways to
    count the same, the sum of one group is enough. A subtotal sums the rows between it and the total or caption above.
    Shares and averages are not summed.
    """
    told = [Told("total_row", row) for row in structure.total_rows]
    for found in columns if structure.total_rows else ():
        if found.kind != "number" or found.canonical == "seq" or _AVERAGED.search(found.header):
            continue
        cells = sheet.columns[found.col]
        values = np.array([rough(text) for text in cells.texts] or [np.nan])[cells.codes]
        for row in structure.total_rows:
            stated = values[row]
            groups = _summed(sheet, structure, row)
            if np.isnan(stated) or not groups or all(np.isnan(values[g]).all() for g in groups):
                continue
            sums = [float(np.nansum(values[group])) for group in groups]
            close = (abs(s - stated) <= _tolerance(cells.texts, len(g)) for s, g in zip(sums, groups, strict=True))
            if not any(close):
                words = {"sum": f"{sums[0]:.10g}", "difference": f"{stated - sums[0]:+.10g}"}
                told.append(Told("total_differs", row, found, words, cells.text(row)))
    return told


def _tolerance(texts: list[str], rows: int) -> float:
    decimals = max((len(t.partition(".")[2].rstrip("%")) for t in texts if not np.isnan(rough(t))), default=0)
    return _HALF * 10.0**-decimals * rows if decimals else 1e-6


def _summed(sheet: Sheet, structure: Structure, row: int) -> list[Codes]:
    """Return the groups of data rows a total may sum."""
    data = structure.data_rows
    totals = [r for r in structure.total_rows if r != row]
    label = next((squeezed(text) for text in sheet.row(row) if text), "")
    if "小计" in label or "小計" in label:
        stops = [r for r in (*totals, *structure.section_rows) if r < row]
        above = data[(data > max(stops, default=-1)) & (data < row)]
        return [above] if len(above) else []
    groups = [data, *(data[structure.section_of == s] for s in np.unique(structure.section_of) if s >= 0)]
    return [g for g in groups if len(g)]
