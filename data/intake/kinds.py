"""What a cell is at first sight: blank, a number, a dash that stands for nothing, or text."""

import re
import unicodedata
from functools import lru_cache

from data.intake.numbers import begins_as_word, is_plain, read_number

BLANK, NUMBER, DASH, TEXT = range(4)

_NUMERIC = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?[%‰]?")
_DASHES = frozenset({"-", "--", "—", "——", "–", "/", "\\", "…", "……", "*", "×", "无"})
_DIGIT = re.compile(r"\d")
_WORDY = 32  # no number is written in more characters


@lru_cache(maxsize=16384)
def kind_of(text: str) -> int:
    """Return whether a cell is blank, a number, a dash that stands for nothing, or text."""
    if not text:
        return BLANK
    if is_plain(text):
        return NUMBER
    if begins_as_word(text):
        return TEXT
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if _NUMERIC.fullmatch(plain):
        return NUMBER
    if plain in _DASHES:
        return DASH
    if len(plain) <= _WORDY and _DIGIT.search(plain):
        number = read_number(text)
        if number is not None and number.unit in {None, "%"}:
            return NUMBER
    return TEXT
