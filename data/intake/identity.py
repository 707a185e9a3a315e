"""Numbers that tell who somebody is, as people type them."""

import re

MASK = "*" * 18
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
IDENTITY = re.compile(f"{_PLACE}{_GAP}{_CENTURY}{_ANY}{{2}}{_DAY}{_GAP}{_ANY}{{3}}[0-9０-９XxＸｘ](?![0-9０-９XxＸｘ])")
# In a column of keys of people. The fifteen digits in use before 2000 are not looked for: a village's code with a
# running number has as many.
MOBILE = re.compile(f"(?<![A-Za-z]|{_ANY}){_digits('1')}{_digits('3456789')}{_ANY}{{9}}(?![A-Za-z]|{_ANY})")
