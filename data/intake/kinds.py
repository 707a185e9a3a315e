"""What a cell is at first sight: blank, a number, a dash that stands for nothing, or text; which texts are figures."""

import re
import unicodedata
from functools import lru_cache

from data.intake.numbers import begins_as_word, is_plain, read_number

BLANK, NUMBER, DASH, TEXT = range(4)

_NUMERIC = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?[%‰]?")
_DASHES = frozenset({"-", "--", "—", "——", "–", "/", "\\", "…", "……", "*", "×", "无"})
_DIGIT = re.compile(r"\d")
_WORDY = 32  # no number is written in more characters
_IN_WORDS = re.compile(r"(?:[大约将接概为近]{1,3})?[〇零一二三四五六七八九十百千万两壹贰叁肆伍陆柒捌玖拾佰仟].")
_HUNDRED = 100
# What stands before a figure that is only bounded: no number is read there, but one is meant.
_BEGINS_AS_FIGURE = re.compile(
    r"(?:大约|大概|约为?|将近|接近|近|不足|不到|不满|不超过?|超过?|至少|最少|最多|大于|小于|多于|少于|高于|低于|逾|共计?|[<>≤≥~≈¥+±-])*\d"
)


@lru_cache(maxsize=16384)
def kind_of(text: str) -> int:
    """Return whether a cell is blank, a number with or without a unit, a dash that stands for nothing, or text."""
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
        # 8村 is a village as often as a count of them.
        if number is not None and number.unit != "村":
            return NUMBER
    return TEXT


def names_unit(text: str) -> bool:
    """Whether a cell is a number that names its unit: 294人, 13万元, 45%."""
    number = None if is_plain(text) else read_number(text)
    return number is not None and number.unit is not None


def is_bare(text: str) -> bool:
    """Whether a cell is a number that leaves its unit to be said elsewhere."""
    return kind_of(text) == NUMBER and not names_unit(text)


def in_words(text: str) -> bool:
    """Whether a cell is an amount in Chinese numerals: 十二万, 三十户; 一, 十二 and 三村 number or name a thing."""
    if not _IN_WORDS.match(text):
        return False
    number = read_number(text)
    return number is not None and number.unit != "村" and (number.unit is not None or number.value >= _HUNDRED)


def is_figure(text: str) -> bool:
    """Whether a cell is meant as a figure, also where it is written in a way that is not read: 1-3公里, 不足300."""
    if kind_of(text) == NUMBER or in_words(text):
        return True
    return _BEGINS_AS_FIGURE.match(unicodedata.normalize("NFKC", text).replace(" ", "")) is not None
