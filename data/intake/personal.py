"""Whether a file tells who somebody is: then only its checked rows are kept, not the file."""

from functools import lru_cache

from data.intake import limits
from data.intake.model import Book, FoundColumn, rule_book
from data.intake.structure import squeezed
from data.intake.values import IDENTITY

# No header is longer; what is longer and names a telephone is a note.
_HEADER = 20
_SHORTEST = 18


def is_personal(book: Book, columns: tuple[FoundColumn, ...]) -> bool:
    """Whether a file has a column of personal data or an identity number, on whatever sheet, read or not."""
    return any(c.role == "personal" for c in columns) or any(_in_sheet(book, at) for at in range(len(book.sheets)))


def _in_sheet(book: Book, at: int) -> bool:
    sheet = book.sheets[at]
    head = range(min(sheet.height, limits.HEADER_SEARCH_ROWS))
    for cells in sheet.columns:
        if any(personal_header(cells.text(row)) for row in head):
            return True
        if any(len(text) >= _SHORTEST and IDENTITY.search(text) for text in cells.texts):
            return True
    return False


@lru_cache(maxsize=4096)
def personal_header(text: str) -> bool:
    """Whether a text is the header of a column of personal data."""
    if not text or len(text) > _HEADER:
        return False
    plain = squeezed(text)
    return not {":", "："} & set(plain) and any(word.replace(" ", "") in plain for word in rule_book().personal)
