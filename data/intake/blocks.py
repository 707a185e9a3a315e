"""Sheets that hold several tables of one header below each other, divided so that each is read by what stands above it.

姜家镇 8 月, its header and rows, then 9 月, the header again and rows; or 单位：元 above the second half. A header that
only repeats as on each page of a printed list divides nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.intake import limits, units
from data.intake.kinds import NUMBER
from data.intake.model import Book, Cells, Mask, Note, Refusal, Sheet
from data.intake.periods import is_bare_day, period_of
from data.intake.structure import Head, find_head, place_level, squeezed
from data.intake.template import REFERENCE_SHEETS
from data.intake.upload_headers import split_unit

_ANY_YEAR = 2000  # what names a month does so in any year
# More cells are a row of data: a title, a day and a unit are the most that stand beside each other above a table.
_MOST_CAPTIONS = 3
# A page says again that it goes on, and which one it is.
_PAGED = ("续表", "续上表", "接上页", "接上表", "转下页", "(续)", "续")


def divided(book: Book) -> Book:
    """Return a file whose sheets hold one table each, as far as headers that stand there again tell.

    A block is a sheet in which the other blocks' rows are blank, so that rows keep their numbers; it is called after
    its first row, the first block as the sheet. A title or unit that a block does not say itself stays that of the
    one above.

    Raises
    ------
    Refusal
        There are more blocks than are read.
    """
    sheets: list[Sheet] = []
    notes: list[Note] = []
    for sheet in book.sheets:
        blocks = [] if sheet.hidden or sheet.name in REFERENCE_SHEETS else _blocks(sheet)
        if len(blocks) < 2:
            sheets.append(sheet)
            continue
        if len(blocks) > limits.BLOCKS:
            raise Refusal("too_many_blocks", sheet=sheet.name, count=len(blocks), limit=limits.BLOCKS)
        own = [_only(sheet, one, n) for n, one in enumerate(blocks)]
        sheets += own
        words = {"sheet": sheet.name, "rows": "、".join(str(one.head + 1) for one in blocks[1:])}
        notes.append(("sheet_divided", {**words, "rows_en": ", ".join(str(one.head + 1) for one in blocks[1:])}))
        notes += [
            ("unit_of_above", {"sheet": named.name, "row": one.head + 1, "unit": "、".join(one.unit_of_above)})
            for one, named in zip(blocks, own, strict=True)
            if one.unit_of_above
        ]
    return replace(book, sheets=tuple(sheets), notes=(*book.notes, *notes)) if notes else book


@dataclass(frozen=True)
class _Block:
    """A table of a sheet.

    Attributes
    ----------
    start, head
        Its first row, and the first row of its header.
    titles, unit_rows
        Rows above the header that say what it is about and in which units, its own or those it takes over.
    stop
        The row after its last one.
    unit_of_above
        The units it takes over though it has a title of its own.
    """

    start: int
    head: int
    titles: tuple[int, ...]
    unit_rows: tuple[int, ...]
    stop: int = 0
    unit_of_above: tuple[str, ...] = ()


def _blocks(sheet: Sheet) -> list[_Block]:
    head = find_head(sheet, sheet.name)
    again = _again(sheet, head) if head else []
    if not head or not again:
        return []
    titles, unit_rows = _parted(sheet, [row for row in range(head.rows[0]) if sheet.filled[row]])
    blocks = [_Block(0, head.rows[0], titles, unit_rows)]
    after, last = head.rows[-1], head.rows[0]
    for row in again:
        own = _captions(sheet, head, row, after)
        after = row
        if _same_head(sheet, head, last, row) and not _says_other(sheet, own, blocks[-1]):
            continue
        blocks.append(_taking_over(sheet, head, min([row, *own]), row, own, blocks))
        last = row
    stops = [*(one.start for one in blocks[1:]), sheet.height]
    return [replace(one, stop=stop) for one, stop in zip(blocks, stops, strict=True)]


def _bare(text: str) -> str:
    return split_unit(text)[0]


def _again(sheet: Sheet, head: Head) -> list[int]:
    """Return the rows that say the captions of the header's first row again, in any order, with any units.

    Or most of them beside others, the first in its own column.
    """
    top = sheet.row(head.rows[0])
    own = Counter(_bare(text) for text in top if text)
    said = {_bare(text) for row in head.rows for text in sheet.row(row) if text}
    begins = {text[0] for row in head.rows for text in sheet.row(row) if text} | {text[0] for text in said if text}
    longest = 2 * max(map(len, said))
    first = next(col for col, text in enumerate(top) if text)
    filled, alike = np.zeros(sheet.height, dtype=np.intp), np.zeros(sheet.height, dtype=np.intp)
    odd = np.zeros(sheet.height, dtype=bool)
    for cells in sheet.columns:
        # Of long lists few texts begin as a caption does.
        same = np.array(
            [t[:1] in begins and len(t) <= longest + 12 and _bare(t) in said for t in cells.texts], dtype=bool
        )
        filled += ~cells.blank
        alike += same[cells.codes]
        odd |= ((cells.kinds == NUMBER)[: len(same)] & ~same)[cells.codes]
    likely: Mask = (alike >= 2) & (2 * alike > filled) & ~odd
    likely[: head.rows[-1] + 1] = False
    found: list[int] = []
    for row in np.flatnonzero(likely).tolist():
        texts = sheet.row(row)
        whole = Counter(_bare(text) for text in texts if text) == own
        below = found and row - found[-1] < len(head.rows)  # of the header that stands there again a lower row
        if not below and (whole or _bare(texts[first]) == _bare(top[first])):
            found.append(row)
    return found


def _captions(sheet: Sheet, head: Head, row: int, after: int) -> list[int]:
    """Return the rows right above a header that stand there for it, not for the table before."""
    found: list[int] = []
    for at in range(row - 1, after, -1):
        cells = [(col, text) for col, text in enumerate(sheet.row(at)) if text]
        if not cells:
            continue
        if len(cells) > _MOST_CAPTIONS or not head.captions(at):
            break
        # A place like those of the table is one that reported nothing.
        if len(cells) == 1 and _like_places(sheet, range(after + 1, at), *cells[0]):
            break
        found.append(at)
    return found[::-1]


def _like_places(sheet: Sheet, rows: Sequence[int], col: int, text: str) -> bool:
    """Whether a text names a place of the level of those in rows of several cells."""
    level = place_level(text)
    several = (row for row in rows if len(_texts(sheet, row)) > 1)
    return level is not None and any(place_level(sheet.columns[col].text(row)) == level for row in several)


def _parted(sheet: Sheet, rows: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return which rows say what a table is about, and which in which units; a row may do both."""
    unit_rows = [row for row in rows if units.find_units(_line(sheet, row))]
    only = [row for row in unit_rows if all(units.find_units(text) or is_bare_day(text) for text in _texts(sheet, row))]
    return tuple(row for row in rows if row not in only), tuple(unit_rows)


def _same_head(sheet: Sheet, head: Head, last: int, row: int) -> bool:
    """Whether a header stands there as before, in the same order and units."""
    depth = min(len(head.rows), sheet.height - row)
    return all(
        [squeezed(text) for text in sheet.row(last + n)] == [squeezed(text) for text in sheet.row(row + n)]
        for n in range(depth)
    )


def _says_other(sheet: Sheet, own: Sequence[int], before: _Block) -> bool:
    """Whether what stands above a header says anything that was not said above the one before."""
    said = {_paged(text) for row in (*before.titles, *before.unit_rows) for text in _texts(sheet, row)}
    return any(told not in said for row in own for text in _texts(sheet, row) if (told := _paged(text)))


def _paged(text: str) -> str:
    """Return a caption without the words of a page that goes on."""
    plain = squeezed(text)
    for word in _PAGED:
        plain = plain.removeprefix(word).removesuffix(word)
    return "" if plain.startswith("第") and "页" in plain and len(plain) <= len("第100页共100页") else plain


def _taking_over(
    sheet: Sheet, head: Head, start: int, row: int, own: Sequence[int], blocks: Sequence[_Block]
) -> _Block:
    """Return a block with what it does not say itself taken from those above."""
    titles, unit_rows = _parted(sheet, own)
    above, first = blocks[-1], blocks[0]
    about = " ".join(_line(sheet, at) for at in titles)
    over: tuple[int, ...] = ()
    if not titles:
        over = above.titles
    elif len(titles) < len(first.titles):
        over = first.titles[: len(first.titles) - len(titles)]
    elif not period_of(about, _ANY_YEAR):
        over = tuple(at for at in above.titles if period_of(_line(sheet, at), _ANY_YEAR))
    unit_of_above: tuple[str, ...] = ()
    if not unit_rows and not units.units_after(about):
        unit_rows = above.unit_rows
        if titles and not _all_said(sheet, head, row):
            unit_of_above = tuple(dict.fromkeys(u for at in unit_rows for u in units.find_units(_line(sheet, at))))
    return _Block(start, row, tuple(sorted({*over, *titles})), unit_rows, unit_of_above=unit_of_above)


def _all_said(sheet: Sheet, head: Head, row: int) -> bool:
    """Whether a header names a unit itself."""
    rows = range(row, min(row + len(head.rows), sheet.height))
    return any(split_unit(text)[1] for at in rows for text in _texts(sheet, at))


def _only(sheet: Sheet, block: _Block, number: int) -> Sheet:
    """Return a sheet with the rows of one block and those it takes over; the rows keep their numbers."""
    kept = np.zeros(block.stop, dtype=bool)
    kept[block.start :] = True
    kept[[*block.titles, *block.unit_rows]] = True
    columns = []
    for cells in sheet.columns:
        used, texts = cells.used(np.flatnonzero(kept))
        # Blank is the first text, as in every column that is read.
        codes = np.zeros(block.stop, dtype=np.intp)
        codes[kept] = used + 1
        columns.append(_one_blank(codes, ["", *texts]))
    merged = tuple(one for one in sheet.merged if one[2] < block.stop and kept[one[0] : one[2] + 1].all())
    name = f"{sheet.name}（第 {block.start + 1} 行起）" if number else sheet.name
    return replace(
        sheet,
        name=name,
        columns=tuple(columns),
        height=block.stop,
        lengths=None if sheet.lengths is None else sheet.lengths[: block.stop],
        merged=merged,
        hidden_rows=frozenset(row for row in sheet.hidden_rows if row < block.stop and kept[row]),
    )


def _one_blank(codes: "np.ndarray[tuple[int], np.dtype[np.intp]]", texts: list[str]) -> Cells:
    blank = next((code for code, text in enumerate(texts) if code and not text), None)
    if blank is None:
        return Cells(codes, texts)
    codes = np.where(codes == blank, 0, np.where(codes > blank, codes - 1, codes))
    return Cells(codes, [*texts[:blank], *texts[blank + 1 :]])


def _texts(sheet: Sheet, row: int) -> list[str]:
    return [text for text in sheet.row(row) if text]


def _line(sheet: Sheet, row: int) -> str:
    return " ".join(_texts(sheet, row))
