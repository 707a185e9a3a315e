"""Files of pages are read and checked by the worker: what one of them costs is the sender's alone.

A file that is too much for it is refused, and the server knows no more of it than that.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from data.intake import limits
from data.intake.blocks import divided
from data.intake.check import check_file
from data.intake.files.read import read
from data.intake.generic import shown
from data.intake.model import Book, Checked, Refusal
from data.worker import USUAL, TooCostlyError, Worker

T = TypeVar("T")

GRACE = 5.0
"""Seconds beyond `limits.SECONDS`, after which the check itself gives a file up, until it is ended from outside."""
_large = Worker()


def look(
    raw: bytes, file_name: str, book: Book | None, then: Callable[[Checked], T], **given: Any
) -> tuple[Book | None, T]:
    """Return a file read, and what is made of it once it is checked with what is `given` (`data.intake.check_file`).

    Parameters
    ----------
    book
        The file as read before; None = it is read. What comes back is None where it cannot be read.
    then
        A function of a module, or a part of one: done there too.
    """
    worker = _large if len(raw) >= limits.LARGE_BYTES else USUAL
    try:
        return worker.run(_look, raw, file_name, book, then, given, seconds=limits.SECONDS + GRACE)
    except TooCostlyError:
        refusal = Refusal("too_costly")
        return None, then(Checked(shown(file_name), given.get("county_code"), refusal=refusal))


def _look(
    raw: bytes, file_name: str, book: Book | None, then: Callable[[Checked], T], given: dict[str, Any]
) -> tuple[Book | None, T]:
    if book is None:
        with suppress(Refusal):  # told by the check
            book = divided(read(raw, file_name))
    return book, then(check_file(raw, file_name, book=book, **given))
