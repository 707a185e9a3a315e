"""Tables that stand otherwise than row by row: lists within cells, groups of columns side by side, sheets turned."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from data.intake import units
from data.intake.model import Cells, Origin, Sheet
from data.intake.periods import in_header
from data.intake.structure import Structure, squeezed

# More rows than any table has headers are no headers.
_MOST_HEADERS = 120
# What a row of periods is called that has no header.
_DATE = "日期"
_NUMBERS = frozenset({"序号", "序", "行次", "编号"})


def unstacked(sheet: Sheet, structure: Structure) -> tuple[Sheet, Origin]:
    """Give each line of a row whose cells hold lists a row of its own; cells without a list are repeated.

    Returns
    -------
    Sheet, Origin
        The sheet, and where its cells came from.
    """
    stacked = set(structure.stacked_rows)
    times = [1] * sheet.height
    for row in stacked:
        times[row] = max(text.count("\n") + 1 for text in sheet.row(row))
    origin = np.repeat(np.arange(sheet.height), times)
    columns = []
    for cells in sheet.columns:
        texts: list[str] = []
        for row in range(sheet.height):
            text = cells.text(row)
            lines = text.split("\n") if row in stacked and "\n" in text else [text] * times[row]
            texts += [line.strip() for line in lines] + [""] * (times[row] - len(lines))
        columns.append(as_column(texts))
    return like(sheet, columns), Origin(origin[:, None], np.arange(sheet.width)[None, :])


def one_below_the_other(sheet: Sheet, structure: Structure) -> tuple[Sheet, Origin]:
    """Put groups of columns with the same headers one below the other, under one header.

    Returns
    -------
    Sheet, Origin
        The sheet, and where its cells came from.
    """
    head = list(range(structure.header_row + 1))
    body = list(range(structure.header_row + 1, sheet.height))
    first, stop = structure.panels[0]
    rows = head + body * len(structure.panels)
    starts = [first] * len(head) + [start for start, _ in structure.panels for _ in body]
    columns = []
    for offset in range(stop - first):
        cells = sheet.columns[first + offset]
        above = [_title(sheet, row) if offset == 0 else "" for row in head]
        texts = [cells.text(row) if row in structure.header_rows else above[row] for row in head]
        for start, _ in structure.panels:
            texts += [sheet.columns[start + offset].text(row) for row in body]
        columns.append(as_column(texts))
    cols = np.array(starts, dtype=np.intp)[:, None] + np.arange(stop - first)[None, :]
    return like(sheet, columns), Origin(np.array(rows, dtype=np.intp)[:, None], cols)


def _title(sheet: Sheet, row: int) -> str:
    return " ".join(text for text in sheet.row(row) if text)


def turned(sheet: Sheet, structure: Structure) -> tuple[Sheet, Origin] | None:
    """Turn a sheet on its side, so that headers down the first column stand in the first row.

    Rows of title, units and notes are left out, and so are running numbers; a column of units goes to the headers.

    Returns
    -------
    Sheet, Origin or None
        None if there are too many rows to be headers.
    """
    aside = {*structure.title_rows, *structure.note_rows, *(r for r in structure.unit_rows if r < structure.header_row)}
    filled = sum((~cells.blank).astype(np.intp) for cells in sheet.columns)
    rows = [int(r) for r in np.flatnonzero(filled >= 2) if r not in aside]
    if not 2 <= len(rows) <= _MOST_HEADERS:
        return None
    lines = [[sheet.columns[col].text(row) for row in rows] for col in range(sheet.width)]
    cols = [col for col, line in enumerate(lines) if any(line)]
    if len(cols) > 1 and squeezed(lines[cols[0]][0]) in _NUMBERS:
        cols = cols[1:]
    for col in cols[1:3]:
        said = [text for text in lines[col][1:] if text]
        if said and all(units.known(text) for text in said):
            label = lines[cols[0]]
            pairs = zip(label, ["", *lines[col][1:]], strict=True)
            lines[cols[0]] = [f"{text}（{unit}）" if text and unit else text for text, unit in pairs]
            cols = [c for c in cols if c != col]
            break
    label = lines[cols[0]]
    for at, row in enumerate(zip(*(lines[col] for col in cols[1:]), strict=True)):
        if not label[at] and all(in_header(text)[0] and not in_header(text)[1] for text in row):
            label[at] = _DATE
    at_row, at_col = ({old: new for new, old in enumerate(kept)} for kept in (rows, cols))
    merged = tuple(
        (at_col[c0], at_row[r0], at_col[c1], at_row[r1])
        for r0, c0, r1, c1 in sheet.merged
        if r0 in at_row and r1 in at_row and c0 in at_col and c1 in at_col
    )
    apart = like(sheet, [as_column(lines[col][at] for col in cols) for at in range(len(rows))])
    origin = Origin(np.array(rows, dtype=np.intp)[None, :], np.array(cols, dtype=np.intp)[:, None], turned=True)
    return replace(apart, merged=merged), origin


def as_column(texts: Iterable[str]) -> Cells:
    """Return texts as a column."""
    codes, distinct = pd.factorize(np.array(list(texts), dtype=object))
    return Cells(codes.astype(np.intp), [str(text) for text in distinct])


def like(sheet: Sheet, columns: Sequence[Cells]) -> Sheet:
    """Return a sheet of these columns in place of its own, with nothing merged."""
    height = len(columns[0].codes)
    lengths = None if sheet.lengths is None else np.full(height, len(columns), dtype=np.intp)
    return replace(sheet, columns=tuple(columns), height=height, lengths=lengths, merged=())


def filled_down(sheet: Sheet, structure: Structure, columns: Iterable[int]) -> Sheet | None:
    """Fill blank cells of data rows with the cell above, as merged cells mean it.

    Parameters
    ----------
    columns
        Positions of columns that name groups (place, year, kind): there blank cells are filled even where the file has
        no merged cells, if the first data row is filled and another column names each row.

    Returns
    -------
    Sheet or None
        None if nothing was to be filled.
    """
    data = structure.data_rows
    if not len(data):
        return None
    source = {c: np.arange(sheet.height) for c in range(sheet.width)}
    for r0, c0, r1, _ in sheet.merged:
        if r1 > r0 > structure.header_row:
            source[c0][r0 : r1 + 1] = r0
    if not sheet.merged:
        for col in columns:
            blank = sheet.columns[col].blank[data]
            others = any(not sheet.columns[c].blank[data].any() for c in range(col + 1, sheet.width))
            if not blank[0] and 0.3 * len(data) <= blank.sum() and others:
                last = np.maximum.accumulate(np.where(blank, 0, np.arange(len(data))))
                source[col][data] = data[last]
    kept = np.zeros(sheet.height, dtype=bool)
    kept[data] = True
    changed = {c: rows for c, rows in source.items() if (rows != np.arange(sheet.height))[kept].any()}
    if not changed:
        return None
    cells = list(sheet.columns)
    for col, rows in changed.items():
        above = np.where(kept, rows, np.arange(sheet.height))
        cells[col] = Cells(sheet.columns[col].codes[above], sheet.columns[col].texts)
    return replace(sheet, columns=tuple(cells))
