"""What covers names and telephones in a column: the same where it is stored, shown and asked whether a file is kept."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from data.intake.identity import COVERED, without_phones
from data.intake.model import FoundColumn, rule_book
from data.intake.people import strays, without_names, without_sure_names
from data.intake.signed import covered, without_people
from data.intake.structure import squeezed
from data.tables import tables

Holds = Literal["post", "office"]
_OFFICES = "responsible_unit"
_FIGURES = frozenset({"int", "float", "date", "bool"})
_TEXTS = frozenset({"text", "label", "list", "day"})
# No header is longer.
_HEADER = 20
_HAN = re.compile(r"[\u3400-\u9fff]")
_CALL = re.compile(r"(?:联系|办公|值班)?(?:电话|手机|方式|座机|短号|微信)(?:号码?)?")
_SEVERAL = 2
_BESIDE = re.compile(r"\(.*?\)|(?:签字|签名)$")


@lru_cache(maxsize=1 << 14)
def free_text(text: str, holds: Holds | None = None) -> str:
    """Return a text as it may be stored: without telephones and names beside them; a post or office without names."""
    told = without_people(text)
    if holds == "post":
        return without_names(told)
    return without_sure_names(told) if holds == "office" else told


def of_column(found: FoundColumn, table_id: str | None) -> Callable[[str], str]:
    """Return what covers a cell of a column of an upload table, or of any table (None)."""
    table = tables().get(table_id or "")
    column = table.column(str(found.name)) if table and found.name in table.names else None
    holds = column.holds if column else None
    if names_people(found.header):
        holds = "post"
    elif holds is None and found.canonical == _OFFICES:
        holds = "office"
    if holds or (column.free if column else table is None and found.kind in _TEXTS):
        return lambda text: free_text(covered(text), holds)
    if column and column.type in _FIGURES:
        return lambda text: COVERED if strays(text, "figure") else covered(text)
    return covered


def name_may_be_left(text: str, told: str) -> bool:
    """Whether only numbers were covered in a text of several words, so that the name they belong to may stand there."""
    return told == without_phones(text) and len(_HAN.findall(_CALL.sub("", told))) >= _SEVERAL


@lru_cache(maxsize=4096)
def names_people(header: str) -> bool:
    """Whether a column is headed as one of people in office (负责人, 第一书记), which may hold their names."""
    plain = _BESIDE.sub("", squeezed(header.rpartition("/")[2]))
    return len(plain) <= _HEADER and plain.endswith(tuple(rule_book().in_office))
