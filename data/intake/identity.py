"""Numbers that tell who somebody is, as people type them."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator

MASK = "*" * 18
_CHINA = dt.timezone(dt.timedelta(hours=8))
COVERED = "***"
"""Stands for a text of a table of people that could tell who somebody is."""

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def _digits(of: str = "0123456789") -> str:
    """Return a class of digits, half and full width."""
    return f"[{of}{of.translate(_WIDE)}]"


_ANY, _GAP = _digits(), r"[\s\-—–_·.]{0,2}"
_DAY = (
    f"(?:{_digits('0')}{_digits('123456789')}|{_digits('1')}{_digits('012')})"
    f"(?:{_digits('0')}{_digits('123456789')}|{_digits('12')}{_ANY}|{_digits('3')}{_digits('01')})"
)
_PLACE = f"(?<!{_ANY}){_digits('12345678')}{_ANY}{{5}}"
_CENTURY = f"(?:{_digits('1')}{_digits('89')}|{_digits('2')}{_digits('0')})"
# Eighteen digits that begin like a division code and hold a birthday: an identity number, right or mistyped, whole or
# in its three groups.
_NEW = f"{_PLACE}{_GAP}{_CENTURY}{_ANY}{{2}}{_DAY}{_GAP}{_ANY}{{3}}[0-9０-９XxＸｘ](?![0-9０-９XxＸｘ])"
# The fifteen digits in use until 2000 have no century. A village's code with a running number has as many, and so have
# numbers that begin with a county and a date of this century: those differ by a year of birth before 1930 or no day.
# Decimals of a share are as long.
_PROVINCE = "|".join(
    f"{_digits(tens)}{_digits(ones)}"
    for tens, ones in (
        ("1", "12345"),
        ("2", "123"),
        ("3", "1234567"),
        ("4", "123456"),
        ("5", "01234"),
        ("6", "12345"),
        ("7", "1"),
        ("8", "12"),
    )
)
_OLD = (
    f"(?<![0-9０-９.．,，])(?:{_PROVINCE}){_ANY}{{4}}{_GAP}{_digits('3456789')}{_ANY}{_DAY}{_GAP}{_ANY}{{3}}"
    "(?![0-9０-９XxＸｘ]|[.．][0-9０-９])"
)
_ANY_NUMBER = re.compile(f"{_NEW}|{_OLD}")
SHORTEST = 15
_OLDEST = 120
_BIRTHDAY = re.compile(r"[0-9]{6}([0-9]{4})([0-9]{2})([0-9]{2})[0-9]{3}[0-9Xx]")


class _IdentityNumbers:
    """Finds identity numbers in a text as a pattern does: those whose birthday somebody alive can have."""

    def search(self, text: str) -> "re.Match[str] | None":
        """Return the first one; None without any."""
        return next(self.finditer(text), None)

    def finditer(self, text: str) -> "Iterator[re.Match[str]]":
        """Return all of them."""
        return (found for found in _ANY_NUMBER.finditer(text) if _may_live(found[0]))

    def sub(self, mask: str, text: str) -> str:
        """Return a text with all of them replaced."""
        return _ANY_NUMBER.sub(lambda found: mask if _may_live(found[0]) else found[0], text)


def _may_live(number: str) -> bool:
    """Whether the birthday of a number of eighteen digits is neither to come nor longer ago than anybody lives."""
    born = _BIRTHDAY.fullmatch("".join(sign for sign in unicodedata.normalize("NFKC", number) if sign.isalnum()))
    if born is None:
        return True
    today = _today()
    return today.year - _OLDEST <= int(born[1]) and tuple(map(int, born.groups())) <= (
        today.year,
        today.month,
        today.day,
    )


def _today() -> dt.date:
    return dt.datetime.now(_CHINA).date()


IDENTITY = _IdentityNumbers()
# In a column of keys of people.
MOBILE = re.compile(f"(?<![A-Za-z]|{_ANY}){_digits('1')}{_digits('3456789')}{_ANY}{{9}}(?![A-Za-z]|{_ANY})")

# 138 1234 5678, 023-12345678, (0878)5212345; and any number behind a word that says so: 短号 661234. Hotlines are
# nobody's own.
_APART = r"[-—–\s]"
_OTHERS = rf"(?<![A-Za-z.．\-—]|{_ANY})"
_GROUPED = f"{_OTHERS}{_digits('1')}{_digits('3456789')}{_ANY}{_APART}{_ANY}{{4}}{_APART}{_ANY}{{4}}(?!{_ANY})"
# 1 3 8 1 2 3 4 5 6 7 8
_SET_APART = (
    f"{_OTHERS}(?<!{_ANY}[ \u3000]){_digits('1')}[ \u3000]{_digits('3456789')}(?:[ \u3000]{_ANY}){{9}}"
    f"(?![ \u3000]?{_ANY})"
)
_LOCAL = f"{_digits('123456789')}{_ANY}{{2,3}}{_APART}?{_ANY}{{4}}(?!{_ANY})"
_AREA = f"{_digits('0')}{_ANY}{{2,3}}"
LANDLINE = re.compile(rf"{_OTHERS}(?:[(（]{_AREA}[)）]\s?|{_AREA}{_APART}{{1,2}}){_LOCAL}")
_HOTLINE = f"1{_ANY}{{2,4}}(?!{_ANY})"
_CALLED = (
    "(?P<word>(?<!监督)(?<!举报)(?<!投诉)(?<!服务)(?<!咨询)(?:短号|电话|手机|座机|联系方式)(?:号码?)?[\\s:：为是(（]{0,3})"
    f"(?!{_HOTLINE}){_ANY}{{3,6}}{_APART}?{_ANY}{{0,8}}(?!{_ANY}|[万元户人个部台])"
)
PHONE = re.compile(f"{MOBILE.pattern}|{_GROUPED}|{_SET_APART}|{LANDLINE.pattern}|{_OTHERS}{_AREA}{_LOCAL}|{_CALLED}")

# Of the eighteen digits the last one checks the others: their weights, and what it is by the rest of their sum.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_MASKED = re.compile(r"[*×●]|XX")


def _check_digit(seventeen: str) -> str:
    """Return what the first seventeen digits of an identity number are followed by (ISO 7064, MOD 11-2)."""
    return _CHECKS[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, seventeen, strict=True)) % 11]


def person_number(text: str) -> str:
    """Return a person's number in the one form by which the same person is known, however it was typed.

    An identity number of fifteen digits is the one of eighteen that took its place.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if len(plain) != SHORTEST or not re.fullmatch(_OLD, plain):
        return plain
    longer = f"{plain[:6]}19{plain[6:]}"
    return longer + _check_digit(longer)


def without_phones(text: str) -> str:
    """Return a text with telephone numbers covered: mobiles, landlines, and what is called a number to ring."""
    return PHONE.sub(lambda found: f"{found['word'] or ''}{COVERED}", text)


def without_numbers(text: str) -> str:
    """Return a text as staff wrote it, with what names or reaches somebody by number covered."""
    return without_phones(IDENTITY.sub(COVERED, text))


def is_masked(number: str) -> bool:
    """Whether some of a number's digits are hidden, so that several people may have it."""
    return _MASKED.search(number) is not None


def checks(number: str) -> bool:
    """Whether eighteen digits end in the check digit of an identity number."""
    digits = re.sub(r"[^0-9Xx]", "", unicodedata.normalize("NFKC", number)).upper()
    return re.fullmatch(r"[0-9]{17}[0-9X]", digits) is not None and _check_digit(digits[:17]) == digits[17]


def may_be_code(number: str) -> bool:
    """Whether what stands where things are numbered is the number of one: county, date, running number."""
    return number.isdecimal() and len(number) == len(MASK) and not checks(number)


_HAN = re.compile(r"[\u3400-\u9fff]")
_OWN = re.compile(f"{MOBILE.pattern}|{_GROUPED}|{_SET_APART}")
_AREA_CODE = re.compile(r"[(（]?0(?:10|2[0-9]|[3-9][0-9]{2})(?![0-9])")


def calls(number: str, county: str | None = None) -> bool:
    """Whether what stands where things are numbered is a telephone number, or a text with one.

    Parameters
    ----------
    county
        Six digits; the number of a thing may begin with them: 13098100001.
    """
    plain = unicodedata.normalize("NFKC", number).strip()
    if _HAN.search(plain):
        return PHONE.search(plain) is not None
    if county and plain.startswith(county):
        return False
    if _OWN.fullmatch(plain):
        return True
    return LANDLINE.fullmatch(plain) is not None and _AREA_CODE.match(plain) is not None
