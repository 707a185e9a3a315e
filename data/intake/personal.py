"""Whether a file tells who somebody is: then only its checked rows are kept, not the file."""

from functools import lru_cache

import numpy as np

from data.intake.covers import of_column
from data.intake.identity import COVERED, IDENTITY, SHORTEST
from data.intake.model import Book, Cells, Layout, Sheet, rule_book
from data.intake.signed import covered_row, may_name
from data.intake.structure import squeezed
from data.intake.template import REFERENCE_SHEETS

# No header is longer; what is longer and names a telephone is a note.
_HEADER = 20
_HEADER_ROWS = 5
_NUMBER = 10
"""Characters of the shortest telephone number with its area."""


def is_personal(book: Book, layout: Layout) -> bool:
    """Whether a file has a column of personal data, an identity number or a name that signs it, on whatever sheet.

    Parameters
    ----------
    layout
        Of the sheet that was read.
    """
    read = layout.before or layout
    beside = (*read.structure.title_rows, *read.structure.note_rows)
    return (
        any(c.role == "personal" for c in layout.columns)
        or any(map(_is_covered, (layout, read)))
        or any(COVERED in sheet.name for sheet in book.sheets)
        or any(_signed(read.sheet.row(row), aside=True) for row in beside)
        or any(
            _lists_people(sheet) or any(map(_has_number, sheet.columns)) or _is_signed(sheet) for sheet in book.sheets
        )
    )


def _is_covered(layout: Layout) -> bool:
    """Whether a cell of a column is covered where it is stored or shown: names of an office's people, a telephone."""
    return any(
        cover(text) != text
        for found in layout.columns
        for cover in (of_column(found, layout.table),)
        for text in layout.sheet.columns[found.col].used(layout.data_rows)[1]
        if len(text) >= _NUMBER or not text.isascii()
    )


def _is_signed(sheet: Sheet) -> bool:
    """Whether a row names who signs the sheet, in one cell or in the one after its word."""
    rows = {
        int(row)
        for cells in sheet.columns
        for code, text in enumerate(cells.texts)
        if may_name(text)
        for row in np.flatnonzero(cells.codes == code)
    }
    return any(_signed(sheet.row(row), aside=False) for row in rows)


def _signed(texts: list[str], *, aside: bool) -> bool:
    return covered_row(texts, aside=aside) != texts


def _has_number(cells: Cells) -> bool:
    return any(len(text) >= SHORTEST and IDENTITY.search(text) for text in cells.texts)


def _lists_people(sheet: Sheet) -> bool:
    """Whether one of a sheet's first rows has the header of a personal column; a template's own notes speak of them."""
    if sheet.name in REFERENCE_SHEETS:
        return False
    head = np.flatnonzero(sheet.filled)[:_HEADER_ROWS].tolist()
    return any(personal_header(cells.text(row)) for cells in sheet.columns for row in head)


@lru_cache(maxsize=4096)
def personal_header(text: str) -> bool:
    """Whether a text is the header of a column of personal data."""
    if not text or len(text) > _HEADER:
        return False
    plain = squeezed(text)
    return not {":", "："} & set(plain) and any(word.replace(" ", "") in plain for word in rule_book().personal)
