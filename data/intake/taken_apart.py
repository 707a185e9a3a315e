"""Tables that hold several rows in one, taken apart: lists within cells, groups of columns side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from data.intake.model import Cells, Origin, Sheet
from data.intake.structure import Structure


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
