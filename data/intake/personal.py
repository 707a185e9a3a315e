"""Whether a file tells who somebody is: then only its checked rows are kept, not the file."""

from functools import lru_cache

import numpy as np

from data.intake.identity import IDENTITY
from data.intake.model import Book, Cells, FoundColumn, Sheet, rule_book
from data.intake.structure import squeezed
from data.intake.template import REFERENCE_SHEETS

# No header is longer; what is longer and names a telephone is a note.
_HEADER = 20
_HEADER_ROWS = 5
_SHORTEST = 18


def is_personal(book: Book, columns: tuple[FoundColumn, ...]) -> bool:
    """Whether a file has a column of personal data or an identity number, on whatever sheet, read or not.

    Parameters
    ----------
    columns
        Those of the sheet that was read.
    """
    return any(c.role == "personal" for c in columns) or any(
        _lists_people(sheet) or any(_has_number(cells) for cells in sheet.columns) for sheet in book.sheets
    )


def _has_number(cells: Cells) -> bool:
    return any(len(text) >= _SHORTEST and IDENTITY.search(text) for text in cells.texts)


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
