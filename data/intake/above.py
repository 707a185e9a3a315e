"""The township that a sheet names above a row, in its title or its name: it tells villages of one name apart."""

from collections.abc import Iterator, Sequence

import numpy as np

from data.intake.kinds import NUMBER, kind_of
from data.intake.model import Codes, Layout, Mask
from data.intake.places import CERTAIN, NOWHERE, Around, Register, find_place, read_place
from data.intake.structure import place_level, unmarked

# A township stands among the first cells of its row, after a number at most.
_FIRST = 2
# How many rows above and below one are looked through for a village whose township is known.
_BESIDE = 10


def townships_above(layout: Layout, rows: Codes, known: Register) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """Return for each row the township in the nearest row above it, else in the title, else that the sheet is called.

    Where villages come first and their township, with its sum, after them, it is the nearest row below. A name or a
    code; "" if none is named.

    Parameters
    ----------
    rows
        Rows of the sheet as it is read.
    """
    result = np.full(len(rows), "", dtype=object)
    if layout.origin is not None and layout.origin.turned:
        return result
    source = layout.before or layout
    result[:] = _in_title(source.structure.title, known) or _of_sheet(layout, known)
    towns = _towns(known)
    cells = (text for column in source.sheet.columns for text in column.texts)
    if not any(unmarked(text).strip() in towns for text in cells):
        return result
    at = _towns_of_rows(
        [source.sheet.row(row) for row in range(source.sheet.height)], source.structure.header_row, towns
    )
    for position, row in enumerate(layout.in_file(rows)):
        result[position] = at.get(row) or result[position]
    return result


def elsewhere(
    layout: Layout, rows: Codes, read: "np.ndarray[tuple[int], np.dtype[np.object_]]", asked: Mask, known: Register
) -> Mask:
    """Return which rows are of a village in another township than the sheet names above them.

    Parameters
    ----------
    read
        Code of each row's place; None where it is not certain.
    asked
        Which rows name a place and no township beside it.
    """
    found = np.zeros(len(rows), dtype=bool)
    if not asked.any():
        return found
    named = townships_above(layout, rows, known)
    codes = {name: _code(name, known) for name in set(named[asked])}
    for at in np.flatnonzero(asked & (named != "")).tolist():
        town = known.parent.get(read[at]) if known.level.get(read[at]) == "village" else None
        found[at] = bool(town) and town != codes[named[at]] != ""
    return found


def township_of(layout: Layout, known: Register) -> str:
    """Return the code of the township that the title names, else that the sheet is called after; "" if neither does."""
    title = (layout.before or layout).structure.title
    return _code(_in_title(title, known) or _of_sheet(layout, known), known)


def townships_around(
    layout: Layout, rows: Codes, read: "np.ndarray[tuple[int], np.dtype[np.object_]]", asked: Mask, known: Register
) -> list[Around]:
    """Return the township that the sheet suggests for rows whose place is not certain.

    What the sheet names above a row is sure. Else the rows next to it in its section suggest one, if those above and
    below agree; else the name of the file.

    Parameters
    ----------
    read
        Code of each row's place; None where it is not certain.
    asked
        Which rows are asked for; the others get none.
    """
    result = [NOWHERE] * len(rows)
    if not asked.any():
        return result
    named = townships_above(layout, rows, known)
    of_file = _code(_in_title(layout.about, known), known)
    whole = len(layout.structure.section_of) == len(rows)
    sections = layout.structure.section_of if whole else np.full(len(rows), -1, dtype=np.intp)

    def beside(ways: Iterator[int], section: int) -> str:
        for at in ways:
            town = known.township(read[at]) if sections[at] == section and read[at] else None
            if town and town in known.parent and known.level[town] == "township":
                return town
        return ""

    for at in np.flatnonzero(asked).tolist():
        if code := _code(named[at], known):
            result[at] = Around(code, sure=True)
            continue
        above = beside(iter(range(at - 1, max(at - 1 - _BESIDE, -1), -1)), sections[at])
        below = beside(iter(range(at + 1, min(at + 1 + _BESIDE, len(rows)))), sections[at])
        agreed = above or below if not (above and below) or above == below else ""
        result[at] = Around(agreed or of_file, sure=False)
    return result


def named_ours(layout: Layout, known: Register) -> bool:
    """Whether a sheet names this county above its data, or one of its townships there or in a cell of its own."""
    source = layout.before or layout
    own = {known.name[code] for code, level in known.level.items() if level == "county"}
    towns = _towns(known)
    first = min(source.data_rows, default=0)
    above = [text for row in range(int(first)) for text in source.sheet.row(row)]
    if any(name in text for text in (source.structure.title, *filter(None, above)) for name in own | towns):
        return True
    texts = (text for cells in source.sheet.columns for text in cells.texts if text)
    return any(unmarked(text).strip() in towns for text in texts)


def _code(name: str, known: Register) -> str:
    return (read_place(name, "township", known)[0] or "") if name else ""


def _of_sheet(layout: Layout, known: Register) -> str:
    """Return the township that a sheet of a workbook is called after."""
    name = layout.sheet.name if layout.sheet.lengths is None else ""
    found = find_place(name, known, "township") if name else []
    whole = (
        found[0].code if found and found[0].certainty >= CERTAIN and known.level[found[0].code] == "township" else ""
    )
    return _in_title(name, known) or whole


def _towns_of_rows(rows: Sequence[list[str]], header: int, towns: set[str]) -> dict[int, str]:
    """Return the township of each row below the header: the one named in it or last before it.

    After villages of which none is said a township sums them: it ends a group, and the next one is not its own.
    """
    body = range(max(header, -1) + 1, len(rows))
    named = {row: _named(rows[row], towns) for row in body}
    villages = {row for row in body if any(place_level(unmarked(text)) == "village" for text in _first(rows[row]))}
    first = next((row for row in body if named[row] or row in villages), -1)
    sums = [row for row in body if named[row] and row not in villages and _figured(rows[row])]
    ends = first in villages and not named[first] and bool(sums)
    found, current = {}, ""
    for row in reversed(body) if ends else body:
        current = named[row] or current
        found[row] = current
    return found


def _figured(texts: list[str]) -> bool:
    return any(kind_of(text) == NUMBER for text in texts[1:])


def _first(texts: list[str]) -> list[str]:
    return [text for text in texts if text and not text.strip(".、 ").isdigit()][:_FIRST]


def _named(texts: list[str], towns: set[str]) -> str:
    """Return the township a row is of; "" if it is of none."""
    for text in _first(texts):
        name = unmarked(text).strip()
        if name in towns:
            return name
    return ""


def _in_title(title: str, known: Register) -> str:
    named = [name for name in _towns(known) if name in title]
    named = [name for name in named if not any(name != other and name in other for other in named)]
    return named[0] if len({read_place(name, "township", known)[0] for name in named}) == 1 else ""


def _towns(known: Register) -> set[str]:
    codes = [code for code, level in known.level.items() if level == "township"]
    return {name for code in codes for name in (known.name[code], known.short[code])}
