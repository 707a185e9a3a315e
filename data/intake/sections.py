"""Sections of a list by their numbers: 一、产业发展类, （一）种植业, or the numeral in a cell before the caption."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from data.intake.model import Codes, Sheet
from data.intake.numbers import chinese, rough

Filled = np.ndarray[tuple[int, int], np.dtype[np.bool_]]

_NUMERALS = "一二三四五六七八九十"
_LEAD = rf"(?:[(](?P<inner>[{_NUMERALS}]{{1,3}})[)]\s*[、.]?|(?P<outer>[{_NUMERALS}]{{1,3}})(?:[、.,:]|(?=\s|$)))"
# 三、四社道路硬化 names two groups and 一碗水村 a village: neither is numbered.
_ORDINAL = re.compile(rf"{_LEAD}\s*(?P<caption>[^\s{_NUMERALS}(].+)?")
_LONGEST = 6  # digits of the number of a row
_BEGINS = frozenset(f"{_NUMERALS}(（")


@dataclass(frozen=True)
class Ordinal:
    """The number of a section.

    Attributes
    ----------
    level
        1 for 一, 2 for （一）, which parts it further.
    number
        From 1.
    caption
        What the section is called; empty where only the numeral stands in the cell.
    """

    level: int
    number: int
    caption: str


def ordinal_of(text: str) -> Ordinal | None:
    """Return the number a text begins with as captions of sections do; None if it begins with none."""
    if text.lstrip()[:1] not in _BEGINS:
        return None
    match = _ORDINAL.fullmatch(unicodedata.normalize("NFKC", text).strip())
    number = chinese(match["inner"] or match["outer"]) if match else None
    return Ordinal(2 if match["inner"] else 1, int(number), match["caption"] or "") if match and number else None


def section_of_row(texts: Sequence[str]) -> Ordinal | None:
    """Return the section that a row may head by its first two cells with content; None if it numbers none."""
    first, second = [*filter(None, texts), "", ""][:2]
    found = ordinal_of(first)
    if found is None or found.caption:
        return found
    # A row of numerals throughout numbers columns.
    named = any(map(str.isalpha, second)) and ordinal_of(second) is None
    return Ordinal(found.level, found.number, second) if named else None


def caption_of(texts: Sequence[str]) -> str:
    """Return what a row that heads a section calls it: its first cell, unless that is but a numeral."""
    first, second = [*filter(None, texts), "", ""][:2]
    own = ordinal_of(first)
    return second if own and not own.caption and second else first


def numbered_sections(
    sheet: Sheet, filled: Filled, numeric: Sequence[bool], labels: Sequence[int], body: Codes
) -> set[int]:
    """Return rows that a list numbers 一 and （一） above rows that are numbered otherwise or say more than these do.

    Sums may stand beside the caption; a row with a figure and no other row below it is one of its own.

    Parameters
    ----------
    filled, numeric
        Which cells hold anything, and which columns figures.
    labels
        Columns in which a caption may begin.
    body
        Rows below the header without totals and notes.
    """
    numbered = _numbered_rows(sheet, filled, labels, body)
    others = body[~np.isin(body, list(numbered))]
    if not numbered or not len(others):
        return set()
    if not _others_count_up(sheet, numbered, others):
        wordy = [c for c, figures in enumerate(numeric) if not figures and 2 * filled[others, c].sum() >= len(others)]
        numbered = {row: own for row, own in numbered.items() if _says_less(sheet, filled, row, wordy)}
    numbered = _in_order(numbered)
    found = set()
    for row, own in numbered.items():
        end = min((r for r, other in numbered.items() if r > row and other.level <= own.level), default=sheet.height)
        if ((others > row) & (others < end)).any() or not _states_figure(sheet, numeric, row):
            found.add(row)
    return found


def _numbered_rows(sheet: Sheet, filled: Filled, labels: Sequence[int], body: Codes) -> dict[int, Ordinal]:
    """Return the rows whose first cell begins as captions of sections do."""
    found: dict[int, Ordinal] = {}
    for column in labels:
        cells = sheet.columns[column]
        codes = [code for code, text in enumerate(cells.texts) if ordinal_of(text)]
        for row in body[np.isin(cells.codes[body], codes)].tolist() if codes else ():
            own = section_of_row(sheet.row(row))
            if own and not filled[row, :column].any():
                found[row] = own
    return found


def _others_count_up(sheet: Sheet, numbered: Mapping[int, Ordinal], others: Codes) -> bool:
    """Whether a column numbers all other rows 1 2 3, through or anew in each section, and no caption of a section."""
    first = min(next(c for c, text in enumerate(sheet.row(row)) if text) for row in numbered)
    return any(_counts_up(sheet, column, numbered, others) for column in range(first + 1))


def _counts_up(sheet: Sheet, column: int, numbered: Mapping[int, Ordinal], others: Codes) -> bool:
    before, begins = 0, True
    for row in sorted({*others.tolist(), *numbered}):
        text = sheet.columns[column].text(row)
        if row in numbered:
            if text and not ordinal_of(text):
                return False
            begins = True
            continue
        number = int(text) if text.isdecimal() and len(text) <= _LONGEST else None
        if number is None or not (number == before + 1 or (begins and number == 1)):
            return False
        before, begins = number, False
    return True


def _says_less(sheet: Sheet, filled: Filled, row: int, wordy: Sequence[int]) -> bool:
    """Whether most of the columns of words that other rows fill are blank in a row, besides its caption."""
    cells = np.flatnonzero(filled[row]).tolist()
    first = ordinal_of(sheet.columns[cells[0]].text(row))
    caption = cells[:1] if first and first.caption else cells[:2]
    beside = [c for c in wordy if c not in caption]
    return bool(beside) and 2 * int(filled[row, beside].sum()) < len(beside)


def _in_order(numbered: Mapping[int, Ordinal]) -> dict[int, Ordinal]:
    """Return the rows whose numbers begin at one and grow, those in brackets anew in each section."""
    found, last = {}, {1: 0, 2: 0}
    for row, own in sorted(numbered.items()):
        if own.level == 1:
            last[2] = 0
        if own.number == 1 or 0 < last[own.level] < own.number:
            last[own.level] = own.number
            found[row] = own
    return found


def _states_figure(sheet: Sheet, numeric: Sequence[bool], row: int) -> bool:
    """Whether a row states a figure other than zero, besides its number."""
    texts = [sheet.columns[c].text(row) for c, figured in enumerate(numeric) if figured]
    figures = [rough(text) for text in texts if not ordinal_of(text)]
    return any(figure != 0 and not np.isnan(figure) for figure in figures)
