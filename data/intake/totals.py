"""Whether stated totals agree with the rows they sum."""

import re
from collections.abc import Callable, Collection, Sequence

import numpy as np

from data.intake import units
from data.intake.headings import unit_of
from data.intake.in_one_unit import Figures, in_one_unit
from data.intake.kinds import BLANK, DASH, kind_of
from data.intake.left_out import with_rows
from data.intake.model import Cells, Codes, FoundColumn, Layout, Mask, Problems, Sheet, named_lines
from data.intake.sections import section_of_row
from data.intake.structure import Structure, is_total, place_rank, squeezed
from data.intake.unit_columns import unit_columns
from data.tables import items, tables

# What is per something is averaged, not summed.
_AVERAGED = re.compile(r"均|率|占比|比重|比例|单价|价格|年份|日期|每")


def tell_totals(layout: Layout, left_out: Collection[int], problems: Problems) -> None:
    """Tell which rows are totals or state sums of sections, and which differ from their rows or only agree with more.

    A total above or below everything sums all rows; where captions part the rows into groups that are different ways to
    count the same, the sum of one group is enough. A subtotal sums the rows between it and the total or caption above.
    Shares and averages are not summed. Figures are compared as they are read, each by its own unit.

    Parameters
    ----------
    left_out
        Rows of places that the sender leaves out, as the file has them.
    """
    view = layout.summed or layout
    structure, told = with_rows(view.structure), Problems(view.origin)
    told.add("total_row", structure.total_rows)
    sections = [row for row in structure.section_rows if section_of_row(view.sheet.row(row))]
    lines = np.zeros(view.sheet.height, dtype=np.intp)
    lines[structure.data_rows] = np.asarray(view.in_file(structure.data_rows), dtype=np.intp)
    taken = ~np.isin(lines, list(left_out))
    taken[list(structure.rows_left_out)] = False
    stating = [*structure.total_rows, *sections]
    rows = np.concatenate([structure.data_rows, np.array(stating, dtype=np.intp)]).astype(np.intp)

    def named(rows: Codes, lang: str) -> str:
        return named_lines(lines[rows].tolist(), lang, turned=view.turned)

    summed = [c for c in view.columns if _may_be_summed(layout, c)]
    speaks = _speaking(layout, summed)
    stated: set[int] = set()
    for found in summed if stating else ():
        cells = view.sheet.columns[found.col]
        said = speaks.get(found.col)
        own = view.sheet.columns[said.col] if said else None
        figures = in_one_unit(cells, rows, _unit(layout, found), own)
        stated |= {row for row in sections if not np.isnan(figures.values[row])}
        for row in stating:
            groups = _summed(view.sheet, structure, row)
            if np.isnan(figures.values[row]) or all(np.isnan(figures.values[g]).all() for g in groups):
                continue
            if words := _differs(cells, figures, row, groups, taken, named):
                rule = "total_differs" if "difference" in words else "total_without"
                told.add(rule, [row], found, values=[cells.text(row)], more=words)
    told.add("section_row", sorted(stated))
    problems.take(told)


def one_way_of_several(layout: Layout, found: FoundColumn) -> Mask | None:
    """Return the rows of data that make up the stated whole, where captions part all rows into ways to count the same.

    None where all rows together are the whole, or nothing states one. 合计 above 按地势分 and 按户类型分 is the sum of
    the rows below either.
    """
    structure = layout.structure
    wholes = [row for row in structure.total_rows if _rank(layout.sheet.row(row)) is None]
    if layout.summed is not None or not wholes or not _may_be_summed(layout, found):
        return None
    data, sections = structure.data_rows, structure.section_of
    rows = np.concatenate([data, np.array(wholes, dtype=np.intp)]).astype(np.intp)
    said = _speaking(layout, [found]).get(found.col)
    own = layout.sheet.columns[said.col] if said else None
    figures = in_one_unit(layout.sheet.columns[found.col], rows, _unit(layout, found), own)

    def adds_up(part: Mask, row: int) -> bool:
        group = data[part]
        return bool(abs(np.nansum(figures.values[group]) - figures.values[row]) <= figures.tolerance(group, row))

    parts: list[Mask] = [sections == n for n in np.unique(sections) if n >= 0]
    for row in wholes:
        alike = [part for part in parts if adds_up(part, row)]
        if len(alike) > 1 and not adds_up(np.ones(len(data), dtype=bool), row):
            return alike[0]
    return None


def _may_be_summed(layout: Layout, found: FoundColumn) -> bool:
    """Whether a column holds figures that add up; most of them may be written in words, if it is read as figures."""
    if found.canonical == "seq" or _AVERAGED.search(found.header):
        return False
    return found.kind == "number" or (not found.kind and _read_in(layout, found)[1] not in {None, "%", "年"})


def _unit(layout: Layout, found: FoundColumn) -> str | None:
    """Return the unit a column of figures is read in: the sender's, the header's, the line's, else the table's own."""
    unit, declared = _read_in(layout, found)
    return unit or (declared if declared and units.known(declared) else None)


def _read_in(layout: Layout, found: FoundColumn) -> tuple[str | None, str | None]:
    """Return the unit a column of the file has, and that of the item or column it is read as."""
    if layout.wide:
        found = next((c for c in layout.asked if c.col == found.col), found)
        return found.unit, items()[str(found.name).partition(":")[0]].unit if found.role == "item" else None
    if layout.table and found.name and layout.summed is None:
        return found.unit, tables()[layout.table].column(found.name).unit
    return found.unit, None


def _speaking(layout: Layout, summed: Sequence[FoundColumn]) -> dict[int, FoundColumn]:
    """Return column of figures → the column that names the unit of each row, where it is read so."""
    view = layout.summed or layout
    speaks = unit_columns(view.columns, [found.col for found in summed])
    if layout.table is None:
        return {at: one for at, one in speaks.items() if not unit_of(view.structure.paths[at])}
    return {at: one for at, one in speaks.items() if layout.summed or at in layout.row_units}


def _differs(
    cells: Cells, figures: Figures, row: int, groups: list[Codes], taken: Mask, lines: Callable[[Codes, str], str]
) -> dict[str, object] | None:
    """Return the words that say how a total and the rows read differ; None if one of the groups read is its sum."""
    values = figures.values

    def adds_up(group: Codes) -> bool:
        return bool(abs(np.nansum(values[group]) - values[row]) <= figures.tolerance(group, row))

    read = [group[taken[group]] for group in groups]
    if any(map(adds_up, read)):
        return None
    agreeing = next((n for n, group in enumerate(groups) if adds_up(group)), None)
    group = groups[agreeing or 0]
    # What stands in a row and is no figure is missing from the sum too.
    unread = [bool(np.isnan(values[r])) and kind_of(cells.text(int(r))) not in {BLANK, DASH} for r in group]
    gone = group[~taken[group] | np.array(unread, dtype=bool)]
    total, unit = figures.as_in(row, float(np.nansum(values[read[agreeing or 0]])), group)
    words: dict[str, object] = {"sum": f"{total:.10g}{unit}", "missing_zh": "", "missing_en": ""}
    if len(gone):
        words["missing_zh"] = f"，其中没有{lines(gone, 'zh')}"
        words["missing_en"] = f" without {lines(gone, 'en')}"
    if agreeing is not None:
        return words
    stated, _ = figures.as_in(row, float(values[row]), group)
    return {**words, "difference": f"{stated - total:+.10g}{unit}"}


def _summed(sheet: Sheet, structure: Structure, row: int) -> list[Codes]:
    """Return the groups of data rows a total or a section may sum, the likeliest first."""
    data = structure.data_rows
    if row in structure.section_rows:
        return [g for g in (_rows_of_section(sheet, structure, row),) if len(g)]
    rank = _rank(sheet.row(row))
    whole = [data, *(data[structure.section_of == s] for s in np.unique(structure.section_of) if s >= 0)]
    own = [] if rank is None else [_own_rows(sheet, structure, row, rank)]
    if rank == 0 and (above := [r for r in structure.section_rows if r < row and _level(sheet, r) == 1]):
        # 小计 of 一 with （一） and （二） in it.
        own.append(data[(data > above[-1]) & (data < row)])
    return [g for g in (*own, *(whole if rank != 0 else ())) if len(g)]


def _rows_of_section(sheet: Sheet, structure: Structure, row: int) -> Codes:
    """Return the rows below a numbered caption, up to the next one of its level or a higher one."""
    levels = {r: _level(sheet, r) for r in structure.section_rows}
    following = min((r for r, level in levels.items() if r > row and 0 < level <= levels[row]), default=sheet.height)
    data = structure.data_rows
    return data[(data > row) & (data < following)]


def _level(sheet: Sheet, row: int) -> int:
    """Return the level of a section by its number, 0 if it has none."""
    own = section_of_row(sheet.row(row))
    return own.level if own else 0


def _rank(texts: Sequence[str]) -> int | None:
    """Return how high the place is that a total is of, 0 for a 小计 of none; None for one of the whole table."""
    plain = [squeezed(text) for text in texts if text]
    ranked = next((rank for text in plain if (rank := place_rank(text))), 0)
    part = any(is_total(text) and ("小计" in text or "小計" in text) for text in plain)
    return ranked if ranked or part else None


def _own_rows(sheet: Sheet, structure: Structure, row: int, rank: int) -> Codes:
    """Return the rows between a subtotal and the next total as high, or caption: above it, else below it.

    Where the first subtotal of a table has no rows above it, all stand above their own.
    """
    ranks = {r: _rank(sheet.row(r)) for r in structure.total_rows}
    stops = [r for r, other in ranks.items() if other is None or other >= rank]

    def beside(row: int) -> tuple[Codes, Codes]:
        data, others = structure.data_rows, [r for r in (*stops, *structure.section_rows) if r != row]
        last = max((r for r in others if r < row), default=-1)
        following = min((r for r in others if r > row), default=sheet.height)
        return data[(data > last) & (data < row)], data[(data > row) & (data < following)]

    above, below = beside(row)
    first = min(r for r, other in ranks.items() if other == rank)
    return above if len(above) and (len(beside(first)[0]) or not len(below)) else below
