"""What is found out about a worksheet beside the values that the reader of workbooks gives."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from data.intake.model import Note


@dataclass
class Facts:
    """Facts of one sheet; rows and columns count from 0.

    Attributes
    ----------
    errors
        Formula errors by row and column, which the reader shows as blank.
    stray
        Blank cells far outside the table that were left out, the last of them; None if there were none.
    without_result
        Cells whose formula has no stored result.
    """

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    stray: str | None = None
    without_result: tuple[str, ...] = ()

    def notes(self, name: str, hidden: Iterable[int]) -> list[Note]:
        """Return what the reader of the file must know; `hidden` are those hidden rows that hold something."""
        found: list[Note] = []
        rows = sorted(hidden)
        if self.stray:
            found.append(("stray_cells", {"sheet": name, "cell": self.stray}))
        if rows:
            found.append(("hidden_rows", {"sheet": name, "count": len(rows), "row": rows[0] + 1}))
        if self.without_result:
            words = {"sheet": name, "count": len(self.without_result), "cell": self.without_result[0]}
            found.append(("formula_without_result", words))
        return found


def column_number(letters: str) -> int:
    """Return the position of a column: `A` is 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def cell_name(row: int, column: int) -> str:
    """Return a cell as a spreadsheet calls it: `A1`."""
    letters, column = "", column + 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"
