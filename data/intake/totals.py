"""Whether stated totals agree with the rows they sum."""

import re
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from data.intake.kinds import TEXT, kind_of
from data.intake.model import Cells, Codes, Layout, Mask, Problems, Sheet, named_lines
from data.intake.structure import Structure, rough, squeezed

Values = np.ndarray[Any, np.dtype[np.float64]]

# Figures are printed rounded: a sum of n of them may differ by half a unit of the last place each.
_HALF = 0.5
# What is per something is averaged, not summed.
_AVERAGED = re.compile(r"均|率|占比|比重|比例|单价|价格|年份|日期|每")


def tell_totals(layout: Layout, left_out: Collection[int], problems: Problems) -> None:
    """Tell which rows are totals, where one is not the sum of its rows, and where it is only with rows left out.

    A total above or below everything sums all rows; where captions part the rows into groups that are different ways to
    count the same, the sum of one group is enough. A subtotal sums the rows between it and the total or caption above.
    Shares and averages are not summed.

    Parameters
    ----------
    left_out
        Rows that the sender leaves out, as the file has them.
    """
    view = layout.summed or layout
    structure, told = view.structure, Problems(view.origin)
    told.add("total_row", structure.total_rows)
    lines = np.zeros(view.sheet.height, dtype=np.intp)
    lines[structure.data_rows] = np.asarray(view.in_file(structure.data_rows), dtype=np.intp)
    taken = ~np.isin(lines, list(left_out))

    def named(rows: Codes, lang: str) -> str:
        return named_lines(lines[rows].tolist(), lang, turned=view.turned)

    for found in view.columns if structure.total_rows else ():
        if found.kind != "number" or found.canonical == "seq" or _AVERAGED.search(found.header):
            continue
        cells = view.sheet.columns[found.col]
        values = np.array([rough(text) for text in cells.texts] or [np.nan])[cells.codes]
        for row in structure.total_rows:
            groups = _summed(view.sheet, structure, row)
            if np.isnan(values[row]) or all(np.isnan(values[g]).all() for g in groups):
                continue
            if words := _differs(cells, values, row, groups, taken, named):
                rule = "total_differs" if "difference" in words else "total_without"
                told.add(rule, [row], found, values=[cells.text(row)], more=words)
    problems.take(told)


def _differs(
    cells: Cells, values: Values, row: int, groups: list[Codes], taken: Mask, lines: Callable[[Codes, str], str]
) -> dict[str, object] | None:
    """Return the words that say how a total and the rows read differ; None if one of the groups read is its sum."""

    def adds_up(group: Codes) -> bool:
        return bool(abs(np.nansum(values[group]) - values[row]) <= _tolerance(cells.texts, len(group)))

    read = [group[taken[group]] for group in groups]
    if any(map(adds_up, read)):
        return None
    agreeing = next((n for n, group in enumerate(groups) if adds_up(group)), None)
    group = groups[agreeing or 0]
    # What stands in a row and is no figure is missing from the sum too.
    unread = np.array([kind_of(cells.text(int(r))) == TEXT and np.isnan(values[r]) for r in group], dtype=bool)
    gone = group[~taken[group] | unread]
    total = float(np.nansum(values[read[agreeing or 0]]))
    words: dict[str, object] = {"sum": f"{total:.10g}", "missing_zh": "", "missing_en": ""}
    if len(gone):
        words["missing_zh"] = f"，其中没有{lines(gone, 'zh')}"
        words["missing_en"] = f" without {lines(gone, 'en')}"
    return words if agreeing is not None else {**words, "difference": f"{values[row] - total:+.10g}"}


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
