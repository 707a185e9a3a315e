"""Tables whose figures stand in several columns of a row, made long: a row for each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data.intake.model import Cells, Codes, FoundColumn, Mask, Origin, Refusal, Sheet, Told
from data.intake.taken_apart import like
from data.intake.values import is_blank, is_error

# Header of the column of units in a long table.
UNIT = "计量单位"


@dataclass(frozen=True)
class Group:
    """Columns of figures that make one row together.

    Attributes
    ----------
    said
        Header in the long table → what holds for all of the group's rows: an item, a date; or a column of cells that
        say it row by row, but make no row by themselves.
    figures
        Header in the long table → the cells and the position of the column they come from.
    """

    said: Mapping[str, str | Cells]
    figures: Mapping[str, tuple[Cells, int]]

    @property
    def first(self) -> int:
        """The column that stands for what is said of all rows."""
        return next(col for _, col in self.figures.values())


@dataclass(frozen=True)
class Long:
    """A long table made of a wide one.

    Attributes
    ----------
    told
        What is to be told of it, in rows of the sheet it was made from. Units are told and converted where each row
        is read: a column `UNIT` names them where they differ.
    own_items
        Whether it speaks for its own items only.
    refusal
        Why it cannot be used after all; told once it is clear that the file is such a table.
    """

    sheet: Sheet
    origin: Origin
    told: tuple[Told, ...] = ()
    own_items: bool = False
    refusal: Refusal | None = None


def lengthened(
    sheet: Sheet,
    header_row: int,
    data: Codes,
    kept: Mapping[str, int],
    groups: Sequence[Group],
    headers: dict[int, str],
) -> tuple[Sheet, Origin]:
    """Return a row for each data row and group that has a figure there; blank cells and dashes give no row.

    Parameters
    ----------
    header_row, data
        Row of the header and rows of data in `sheet`.
    kept
        Header in the long table → column that is said again in each row.
    headers
        What each column of `sheet` is called.

    Returns
    -------
    Sheet, Origin
        The long table with its header in row 0, group by group.
    """
    rows = [data[_filled(group, data)] for group in groups]
    sizes = [len(part) for part in rows]
    names = {name: None for group in groups for name in (*group.said, *group.figures)}
    columns, cols = [], []
    for name, col in kept.items():
        columns.append(_stacked(name, [(sheet.columns[col], part) for part in rows]))
        cols.append(np.full(sum(sizes) + 1, col, dtype=np.intp))
    for name in names:
        columns.append(_stacked(name, [_part(group, name, part) for group, part in zip(groups, rows, strict=True)]))
        at = [group.figures[name][1] if name in group.figures else group.first for group in groups]
        first = next((group.figures[name][1] for group in groups if name in group.figures), at[0])
        cols.append(np.concatenate([[first], np.repeat(at, sizes)]).astype(np.intp))
    origin_rows = np.concatenate([[header_row], *rows]).astype(np.intp)
    return like(sheet, columns), Origin(origin_rows[:, None], np.stack(cols, axis=1), headers)


def errors_passed_over(data: Codes, groups: Sequence[Group], columns: Sequence[FoundColumn]) -> list[Told]:
    """Return the formulas that failed where a data row has no figure of a group, so that no row tells of them.

    Such a cell gives no row, as that would end the figure that is stored.

    Parameters
    ----------
    columns
        Those of the sheet, by which the cells are told.
    """
    at = {column.col: column for column in columns}
    told: list[Told] = []
    for group in groups:
        bare = data[~_filled(group, data)]
        for cells, col in group.figures.values():
            failed = np.array([is_error(text) for text in cells.texts], dtype=bool)
            if failed.any():
                lost = bare[failed[cells.codes[bare]]].tolist()
                told += [Told("error_cell", row, at.get(col), value=cells.text(row)) for row in lost]
    return told


def _filled(group: Group, data: Codes) -> Mask:
    """Return which data rows have a figure of a group."""
    filled = np.zeros(len(data), dtype=bool)
    for cells, _ in group.figures.values():
        said = np.array([not is_blank(text) for text in cells.texts], dtype=bool)
        filled |= said[cells.codes[data]]
    return filled


def _part(group: Group, name: str, rows: Codes) -> tuple[Cells, Codes]:
    if name in group.figures:
        return group.figures[name][0], rows
    said = group.said.get(name, "")
    if isinstance(said, Cells):
        return said, rows
    return Cells(np.zeros(1, dtype=np.intp), [said]), np.zeros(len(rows), dtype=np.intp)


def _stacked(header: str, parts: Sequence[tuple[Cells, Codes]]) -> Cells:
    """Return the cells of these rows one below the other, under a header; each distinct text is kept once."""
    at = {header: 0}
    codes: list[Codes] = [np.zeros(1, dtype=np.intp)]
    seen: dict[int, Codes] = {}
    for cells, rows in parts:
        # A column that is said again in each group is looked at once.
        if id(cells) not in seen:
            seen[id(cells)] = np.array([at.setdefault(text, len(at)) for text in cells.texts], dtype=np.intp)
        codes.append(seen[id(cells)][cells.codes[rows]])
    return Cells(np.concatenate(codes), list(at))
