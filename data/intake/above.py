"""The township that a sheet names above a row or in its title: it tells villages of one name apart."""

import numpy as np

from data.intake.model import Codes, Layout
from data.intake.places import Register, read_place
from data.intake.structure import unmarked

# A township stands among the first cells of its row, after a number at most.
_FIRST = 2


def townships_above(layout: Layout, rows: Codes, known: Register) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """Return for each row the name of the township in the nearest row above it, else in the title; "" if none is named.

    Parameters
    ----------
    rows
        Rows of the sheet as it is read.
    """
    result = np.full(len(rows), "", dtype=object)
    if layout.origin is not None and layout.origin.turned:
        return result
    source = layout.before or layout
    result[:] = _in_title(source.structure.title, known)
    current, at = "", {}
    for row in range(max(source.structure.header_row, -1) + 1, source.sheet.height):
        current = _named(source.sheet.row(row), known) or current
        at[row] = current
    for position, row in enumerate(layout.in_file(rows)):
        result[position] = at.get(row) or result[position]
    return result


def _named(texts: list[str], known: Register) -> str:
    """Return the township a row is of; "" if it is of none."""
    first = [text for text in texts if text and not text.strip(".、 ").isdigit()][:_FIRST]
    for text in first:
        name = unmarked(text).strip()
        if name in _towns(known):
            return name
    return ""


def _in_title(title: str, known: Register) -> str:
    named = [name for name in _towns(known) if name in title]
    named = [name for name in named if not any(name != other and name in other for other in named)]
    return named[0] if len({read_place(name, "township", known)[0] for name in named}) == 1 else ""


def _towns(known: Register) -> set[str]:
    codes = [code for code, level in known.level.items() if level == "township"]
    return {name for code in codes for name in (known.name[code], known.short[code])}
