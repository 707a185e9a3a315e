"""Rows of text to the columns of a sheet, within the bounds of `limits`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count, zip_longest

import numpy as np

from data.intake import limits
from data.intake.model import Cells, Codes, Merge, Refusal, Sheet

BLANKS = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
BLOCK_ROWS = 4_000
_MARKED = frozenset("0123456789=+-@")


class Columns:
    """Collects rows block by block, so that never more than a block of them is held as separate cells."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.height = 0
        self.texts: list[dict[str, int]] = []
        self.codes: list[list[Codes]] = []
        self.lengths: list[Codes] = []

    def extend(self, rows: Sequence[Sequence[str]]) -> None:
        """Add a block; rows may differ in length."""
        if not rows:
            return
        self.lengths.append(np.fromiter(map(len, rows), dtype=np.intp, count=len(rows)))
        width = int(self.lengths[-1].max())
        bounds(self.name, self.height + len(rows), max(width, len(self.texts)))
        while len(self.texts) < width:
            # Code 0 is the blank cell; rows above this column had none.
            # A new text gets the next code by itself, without a line of Python per cell.
            codes: defaultdict[str, int] = defaultdict(count(1).__next__, {"": 0})
            self.texts.append(codes)
            self.codes.append([np.zeros(self.height, dtype=np.intp)])
        for number, column in enumerate(zip_longest(*rows, fillvalue="")):
            code_of = self.texts[number].__getitem__
            self.codes[number].append(np.fromiter(map(code_of, column), dtype=np.intp, count=len(rows)))
        for number in range(width, len(self.texts)):
            self.codes[number].append(np.zeros(len(rows), dtype=np.intp))
        self.height += len(rows)

    def repeat(self, row: Sequence[str], times: int) -> None:
        """Add a row any number of times."""
        bounds(self.name, self.height + times, max(len(row), len(self.texts)))
        while times > 0:
            self.extend([row] * min(times, BLOCK_ROWS))
            times -= BLOCK_ROWS

    def sheet(
        self,
        *,
        written: bool = False,
        hidden: bool = False,
        merged: tuple[Merge, ...] = (),
        hidden_rows: frozenset[int] = frozenset(),
    ) -> Sheet:
        """Return the sheet; with `written` it knows how many cells each row had."""
        columns = tuple(
            cells(np.concatenate(codes), texts) for codes, texts in zip(self.codes, self.texts, strict=True)
        )
        lengths = np.concatenate(self.lengths) if written and self.lengths else None
        return Sheet(
            self.name, columns, self.height, lengths=lengths, hidden=hidden, merged=merged, hidden_rows=hidden_rows
        )


def bounds(name: str, height: int, width: int) -> None:
    """Refuse a sheet that reaches too far."""
    if height > limits.ROWS + limits.HEADER_SEARCH_ROWS:
        raise Refusal("too_many_rows", sheet=name, limit=limits.ROWS)
    if width > limits.COLUMNS:
        raise Refusal("too_many_columns", sheet=name, limit=limits.COLUMNS)
    if height * width > limits.CELLS:
        raise Refusal("too_many_cells", sheet=name, count=height * width, limit=limits.CELLS)


def cells(codes: Codes, distinct: Iterable[str]) -> Cells:
    """Return a column whose texts have lost the blanks around them; what is the same then is one text."""
    texts = [_unquoted(text.strip(BLANKS)) for text in distinct]
    if max(map(len, texts), default=0) > limits.CELL_CHARACTERS:
        long = next(i for i, text in enumerate(texts) if len(text) > limits.CELL_CHARACTERS)
        raise long_cell(int(np.argmax(codes == long)))
    positions = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    if len(positions) < len(texts):
        codes, texts = np.array([positions[text] for text in texts], dtype=np.intp)[codes], list(positions)
    return Cells(codes, texts)


def long_cell(row: int) -> Refusal:
    """Return the refusal of a cell in a row (from 0) that goes on too long."""
    return Refusal("long_cell", row=row + 1, limit=limits.CELL_CHARACTERS)


def merges(found: Iterable[Merge], height: int, width: int) -> tuple[Merge, ...]:
    """Return the merged ranges of more than one cell, cut to what the sheet holds."""
    cut = ((top, left, min(bottom, height - 1), min(right, width - 1)) for top, left, bottom, right in found)
    return tuple(m for m in sorted(cut) if m[0] <= m[2] and m[1] <= m[3] and (m[0] < m[2] or m[1] < m[3]))


def _unquoted(text: str) -> str:
    """Return a text without the apostrophe that tells a spreadsheet `this is text` (`'0123`, `'=1`)."""
    return text[1:] if text[:1] == "'" and text[1:2] in _MARKED else text
