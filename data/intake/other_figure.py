"""Words of a header that make its figure another one than the name beside them says: 支出（本月）, 上年末 above 户数.

Such a column is told and not read, as 本月支出 is. A word that no list here holds changes nothing.
"""

import re
from collections.abc import Iterable
from typing import Literal

from data.intake.periods import arabic
from data.tables import Column, Item

# What a figure is: a running total within a year or for life, a level at a date, an amount, or what may be planned too.
Figure = Literal["year", "always", "level", "amount", "planned"]

_EDGES = "()[]【】:/,、-—"
_COUNTED = r"(?:完成|实际|支出|支付|到位|拨付|收入|发生|数|值|额|量|金额|户数|人数|情况)*"
_NEW = r"(?:新增|增加|新纳入|新识别|减少|消除)"
_NOW = r"(?:本|当|这个?|今)"
_MONTH = r"(?:月|季度?|期|周|旬|日|天)"
_OTHER_TIME = re.compile(
    rf"(?:截[至止])?(?:上年度?|上一?个?[月季期周]度?|去年|往年|历年|前年|以前年度)(?:[末底]|同期|同[月季])?(?:{_NEW}|{_COUNTED})*"
    rf"|同期{_COUNTED}|基期{_COUNTED}|年初{_COUNTED}"
    rf"|(?:尚?未|应|待){_COUNTED}|(?:剩余|结余|结转|余额|缺口|差额|欠){_COUNTED}"
)
_PLANNED = re.compile(
    rf"(?:年度|全年|全县|全区|{_NOW}年度?|下年度?|明年)?(?:计划|预计|预期|预算|目标|任务|拟)"
    r"(?:目标|任务|计划|下达|数|值|额|量|金额|完成|新增|支出|支付|到位)*"
)
_OF_ONE_MONTH = re.compile(rf"(?:{_NOW}{_MONTH}|\d{{1,2}}月份?)(?:当月)?(?:{_NEW}|{_COUNTED})*|{_NEW}{_COUNTED}")
_OF_ONE_YEAR = re.compile(rf"(?:{_NOW}年度?|年内|(?:19|20)\d\d年度?)(?:{_NEW}|{_COUNTED})*")
_CHANGE = re.compile(rf"(?:{_NOW}(?:{_MONTH}|年度?)|年内|\d{{1,2}}月份?|(?:19|20)\d\d年度?)?{_NEW}+{_COUNTED}")
_YEAR = re.compile(rf"(?:截[至止])?((?:19|20)\d\d)年度?[末底]?(?:{_NEW}|{_COUNTED})*")
_PART = re.compile(r"其中[:,]?.+|.{0,4}(?:率|占比|比重|比例|增幅|增速|增减|同比|环比)")
_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_TITLE_OF_ONE_MONTH = re.compile(r"(?:本月|当月|各月|分月|逐月)(?![报末底止])")
_TO_DATE = re.compile(r"累计|截[至止]|[至到]今")
_OF: dict[Figure, tuple[re.Pattern[str], ...]] = {
    "year": (_OTHER_TIME, _PLANNED, _OF_ONE_MONTH),
    "always": (_OTHER_TIME, _PLANNED, _OF_ONE_MONTH, _OF_ONE_YEAR),
    "level": (_OTHER_TIME, _PLANNED, _CHANGE),
    "amount": (_OTHER_TIME, _PLANNED),
    "planned": (_OTHER_TIME,),
}


def of_column(column: Column) -> Figure:
    """Return what kind of figure a column of an upload table holds."""
    return column.cumulative or "planned"


def of_item(item: Item) -> Figure:
    """Return what kind of figure an item of the long table is."""
    return item.cumulative or ("level" if item.mode == "stock" else "amount")


def in_brackets(header: str) -> list[str]:
    """Return what stands in the brackets of a plain header."""
    return _BRACKETS.findall(header)


def part_or_share(words: Iterable[str]) -> bool:
    """Whether words in brackets behind a name say that it is a part or a share of it: （其中：产业）, （率）."""
    return any(_PART.fullmatch(word) for word in words)


def says_other(words: Iterable[str], figure: Figure, year: int | None = None) -> bool:
    """Whether any of the words beside the name of a figure says that it is another one.

    Parameters
    ----------
    words
        Plain: half-width and without blanks.
    year
        The table's: a figure of another year is another one.
    """
    for word in (arabic(word).strip(_EDGES) for word in words):
        if word and any(pattern.fullmatch(word) for pattern in _OF[figure]):
            return True
        if year and (named := _YEAR.fullmatch(word)) and int(named[1]) != year:
            return True
    return False


def month_in(title: str) -> str | None:
    """Return by which word a title says that its figures are of one month each, 当月支出情况表; None if it does not."""
    said = None if _TO_DATE.search(title) else _TITLE_OF_ONE_MONTH.search(title)
    return said[0] if said else None
