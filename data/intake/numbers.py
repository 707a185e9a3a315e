"""Numbers as people write them: `1,234.5`, `１２３`, `十二万`, `约300`, `10(其中，灾情因素6万元)`."""

import re
import unicodedata
from dataclasses import dataclass
from math import isfinite, nan
from typing import Literal

from data.intake import units

How = Literal["plain", "full_width", "grouped", "scaled", "chinese", "percent", "first_of_note", "about"]

_LONGEST = 200
# Telephones, bank cards and the like, and numbers that begin with 0, are names of things, not amounts.
_NAME = re.compile(r"1[3-9][0-9]{9}|[0-9]{16,}|0[0-9]+(?:\.[0-9]*)?")
# What most cells of most tables are; nothing in it can mean anything else.
_SURE = re.compile(r"-?(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,12})?")
# A blank stays only between two digits, where it may part two numbers.
_IDLE_BLANK = re.compile(r"(?<![0-9.,])\s+|\s+(?![0-9.])")
_NOTE = re.compile(r"([^(\[【〔]+)[(\[【〔](.+)[)\]】〕]|([^,;、。]+)[,;、。]?((?:其中|含|包括|不含).+)", re.DOTALL)
_CORE = re.compile(
    r"(?:(?P<plain>[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:e[+-]?[0-9]{1,9})?)"
    r"|(?P<grouped>[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[1-9][0-9]{0,2}(?: [0-9]{3})+)(?:\.[0-9]+)?)"
    r"|(?P<chinese>[〇零一二三四五六七八九十百千万亿两点壹贰叁肆伍陆柒捌玖拾佰仟貳參陸萬億]+))"
    r"(?P<scale>[十百千]?[万亿萬億]|[百千])?(?P<more>[余多来])?(?P<unit>[^0-9+\-.,]*)"
)
_ABOUT_BEFORE = re.compile(r"(?:大约|大概|约为|约|将近|接近|近)(?=[0-9.〇零一二三四五六七八九十百千两])")
_ABOUT_AFTER = re.compile(r"(?<=.)(?:左右|上下)$")
_MONEY = re.compile(r"(?:¥|人民币)(?=.)")
_STEP_OF = {"十": 10.0, "百": 100.0, "千": 1e3, "万": 1e4, "亿": 1e8, "": 1.0}
# After a Chinese numeral these name a thing rather than count it: 三村, 二类, 三日, 二〇二三年.
_NAMING = frozenset({"村", "组", "类", "日", "年", "月", "度"})
_DAY_UNITS = frozenset({"日", "月"})
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")

_SIMPLE = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟貳參陸萬億〇", "一二三四五六七八九十百千二三六万亿零")
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_TWO = re.compile(r"两(?![百千万亿])")


@dataclass(frozen=True)
class Number:
    """A number read from a text.

    Attributes
    ----------
    value
        As written before the unit: `3亿元` is 3, `3亿` is 300,000,000. Infinite if too large for a float (1e400).
    unit
        The unit written beside it, None if there is none; `%` for `45%`.
    how
        The least certain thing about the way it is written, from `plain` to `about`.
    note
        What is written about it in brackets or after it: `其中,灾情因素6万元`.
    """

    value: float
    unit: str | None
    how: How
    note: str = ""


def is_plain(text: str) -> bool:
    """Whether a text is a number beyond doubt, without a unit or any sign but its own: told ten times faster."""
    return _SURE.fullmatch(text) is not None


def begins_as_word(text: str) -> bool:
    """Whether a text begins with a Latin letter, as no number does: keys of a long list are told at one look."""
    return text[:1].isascii() and text[:1].isalpha()


def read_number(text: str) -> Number | None:
    """Return the number a text is, or None if it is not one for certain.

    None is what may mean two things or names something: `12,5`, `1-3公里`, `12 5`, `300以上`, dates, telephone and
    identity numbers, numbers that begin with 0, ②, 三河村. Never raises.
    """
    if is_plain(text):
        return Number(float(text), None, "plain")
    if begins_as_word(text) or len(text) > _LONGEST or any(unicodedata.category(char) == "No" for char in text):
        return None
    half = unicodedata.normalize("NFKC", text).strip().lower().replace("−", "-")
    half = _IDLE_BLANK.sub("", half)
    number = _read(half)
    if number is None or number.how != "plain" or half == text.replace("−", "-").strip().lower().replace(" ", ""):
        return number
    return Number(number.value, number.unit, "full_width", number.note)


def rough(text: str) -> float:
    """Return a number for comparing rows, NaN for anything else."""
    if is_plain(text):
        return float(text)
    number = read_number(text)
    return number.value if number and isfinite(number.value) else nan


def _read(text: str) -> Number | None:
    match = _NOTE.fullmatch(text)
    if match is None:
        return _one(text)
    head, note = (match[1], match[2]) if match[1] else (match[3], match[4])
    if units.known(note):
        return _one(f"{head}{note}")
    number = _one(head)
    if number is None:
        return None
    return Number(number.value, number.unit, number.how if number.how == "about" else "first_of_note", note)


def _one(text: str) -> Number | None:
    """Read a number with its unit."""
    rest = _ABOUT_AFTER.sub("", _ABOUT_BEFORE.sub("", text, count=1) if _ABOUT_BEFORE.match(text) else text)
    about = rest != text
    money = _MONEY.match(rest)
    if money:
        rest = rest[money.end() :].removesuffix("整")
    if rest.startswith("百分之"):
        share = chinese(rest.removeprefix("百分之"))
        return None if share is None else Number(share, "%", "about" if about else "percent")
    match = _CORE.fullmatch(rest)
    if match is None:
        return None
    about = about or match["more"] is not None
    unit: str | None = match["unit"].removesuffix("整") or ("元" if money else None)
    if match["chinese"]:
        found, how = chinese(match["chinese"]), "chinese"
        if found is None or unit in _NAMING or rest == "两":
            return None
    else:
        written = match["plain"] or match["grouped"]
        if _NAME.fullmatch(written) or (unit in _DAY_UNITS and not match["scale"]):
            return None
        if unit == "年" and _YEAR.fullmatch(written):
            return None
        found, how = float(re.sub("[, ]", "", written)), "plain" if match["plain"] else "grouped"
    scale = (match["scale"] or "").translate(_SIMPLE)
    if scale and unit and units.known(scale + unit):
        unit = scale + unit
    elif scale:
        found, how = found * _STEP_OF[scale[:-1]] * _STEP_OF[scale[-1]], "scaled" if how != "chinese" else how
    if unit is not None and not units.known(unit):
        return None
    return Number(found, units.plain(unit) if unit else None, _how(how, unit, about=about))


def _how(how: str, unit: str | None, *, about: bool) -> How:
    if about:
        return "about"
    if unit == "%":
        return "percent"
    kinds: dict[str, How] = {"plain": "plain", "grouped": "grouped", "scaled": "scaled", "chinese": "chinese"}
    return kinds[how]


def chinese(text: str) -> float | None:
    """Return the value of a Chinese numeral, None if the text is none: 十二万 → 120000, 三千五 → 3500, 三点五 → 3.5.

    Digits in a row without steps (二〇二三) are years and numbers of things, not amounts.
    """
    whole, point, decimals = text.translate(_SIMPLE).partition("点")
    if point:
        value = chinese(whole)
        if value is None or not decimals or any(char not in _DIGITS for char in decimals):
            return None
        return float(f"{value:.0f}.{''.join(str(_DIGITS[char]) for char in decimals)}")
    if _TWO.search(whole) and whole != "两":
        return None
    found = _large(whole)
    return None if found is None else float(found)


def _large(text: str) -> int | None:
    for step, size in (("亿", 10**8), ("万", 10**4)):
        high, found, low = text.rpartition(step)
        if not found:
            continue
        above = _large(high)
        if not above or (step == "万" and above >= size):
            return None
        if not low:
            return above * size
        if len(low) == 1 and _DIGITS.get(low):
            # 一万二 is twelve thousand; ten thousand and two is 一万零二.
            return above * size + _DIGITS[low] * size // 10
        below = _large(low)
        return None if below is None or not 0 < below < size else above * size + below
    return _small(text)


def _small(text: str) -> int | None:
    """Read a numeral below ten thousand."""
    if text == "零":
        return 0
    value, step, digit, zero = 0, 10_000, None, False
    for char in text:
        if char in _STEPS:
            if _STEPS[char] >= step or (digit is None and char != "十"):
                return None
            step = _STEPS[char]
            value, digit, zero = value + (1 if digit is None else digit) * step, None, False
        elif digit is not None or (char == "零" and zero) or char not in _DIGITS:
            return None
        elif char == "零":
            zero = True
        else:
            digit = _DIGITS[char]
    if digit is None:
        return value or None if not zero else None
    # 三千五 is 3500; 三千零五 is 3005.
    return value + (digit if zero or step in {10, 10_000} else digit * step // 10)
