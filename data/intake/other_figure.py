"""Words of a header that may make its figure another than the name beside them says: 本月, 易地搬迁.

Whom or what a figure is of can be said in any words, so those are listed that leave it what it is; any other word is
told of and its column not read, until the sender says what it is.
"""

import re
from collections.abc import Iterable
from typing import Literal

from data.intake import units
from data.intake.periods import arabic
from data.intake.structure import unmarked
from data.tables import Column, Item

# What a figure is: a running total within a year or for life, a level at a date, an amount, or what may be planned too.
Figure = Literal["year", "always", "level", "amount", "planned"]

_EDGES = "()[]【】:/,、-— "
_SHORTEST = 2
_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_MONTH_END = re.compile(r"(?:截[至止]|至|到)(\d{1,2})月(?:份|\d{1,2}[日号])?[末底止]?(?:为止)?")
_YEAR = re.compile(r"((?:19|20)\d\d)年度?")
_TO_DATE = r"(?:截[至止]|至|到)(?:目前|今|本月|当月|本期|本季度?)[末底止]?(?:为止)?"
_OF_NOW = r"目前|当前|现有|现状|现|实有|实际|实绩|期末"
_TOTAL = r"合计|小计|总计|共计|总数|总量|总额|总体|全部|其中|totals?|actual"
_SAYING = (
    r"情况|基本|主要|信息|概况|数据|统计|指标|数值|数额|数量|金额|户数|人数|内容|方面|工作|板块|部分|进展|结果|成效"
    r"|完成|已|填报|上报|报送|月报|各村|本村|村级|以及|截[至止]|为止|[的和及与数额值量末底止]"
)
_SECTIONS = (
    r"监测帮扶|产业就业|产业帮扶|就业帮扶|和美乡村|乡村建设|乡村治理|资金项目|支撑保障"
    r"|防止?返贫(?:动态)?监测|巩固(?:拓展)?(?:脱贫攻坚)?成果"
)
_FORM = r"必填|选填|可空|保留[一二三四两\d]位小数|精确到.{1,6}位|单位.*"
_GROUPS = r"资金|投资|投入|项目|建设|规模|来源|使用|管理|家庭|农户|驻村|考勤|出勤|收益|分配|资产"
_THIS_YEAR = r"(?:本|当|今)年度?|年内"
_THIS_MONTH = r"(?:本|当)(?:月|期|季度?)(?:份|[末底止])?"
_WHOLE: dict[Figure, str] = {
    "year": rf"(?:(?:本|当|全)年度?|年初)?累计|{_THIS_MONTH}[末底止]累计|{_THIS_YEAR}|{_TO_DATE}|to\s*date",
    "always": rf"累计|{_TO_DATE}|to\s*date",
    "level": rf"累计|{_THIS_YEAR}|{_THIS_MONTH}|{_TO_DATE}|[月年季]末",
    "amount": rf"{_THIS_YEAR}|{_THIS_MONTH}",
    "planned": rf"{_THIS_YEAR}|{_THIS_MONTH}|{_TO_DATE}|年度|计划|批复|批准|下达|概算|预算|估算|预计|核定|目标|任务",
}
_TITLE_OF_ONE_MONTH = re.compile(r"(?:本月|当月|各月|分月|逐月)(?![报末底止])")
_SAYS_TO_DATE = re.compile(r"累计|截[至止]|[至到]今")


def of_column(column: Column) -> Figure:
    """Return what kind of figure a column of an upload table holds."""
    return column.cumulative or "planned"


def of_item(item: Item) -> Figure:
    """Return what kind of figure an item of the long table is."""
    return item.cumulative or ("level" if item.mode.startswith(("stock", "ratio", "flag")) else "amount")


def in_brackets(header: str) -> list[str]:
    """Return what stands in the brackets of a plain header."""
    return _BRACKETS.findall(header)


def other_words(
    words: Iterable[str], figure: Figure, names: Iterable[str], period: str | None = None, *, groups: bool = False
) -> str | None:
    """Return the first of the words beside the name of a figure that may make it another one; None if none does.

    Parameters
    ----------
    words
        Plain: half-width and without blanks.
    names
        What the figure is called, plain: a part of it above it, 监测对象 above 监测对象户数, changes nothing.
    period
        The table's, `2023-05` or `2023`: a figure of another year or month is another one.
    groups
        Whether captions head columns of one record, as 资金投入 heads what is asked of a project.
    """
    known = list(names)
    whole = re.compile(
        "|".join([_WHOLE[figure], _OF_NOW, _TOTAL, _SECTIONS, _FORM, *([_GROUPS] if groups else []), _SAYING])
    )
    for word in words:
        text = arabic(unmarked(word)).strip(_EDGES)
        if units.known(text) or _within(text, known):
            continue
        if period and (said := _YEAR.search(text)) and said[1] == period[:4]:
            text = text if figure == "always" and said[0] == text else text.replace(said[0], "", 1)
        if period and (ends := _MONTH_END.search(text)) and f"{int(ends[1]):02}" == period[5:]:
            text = text.replace(ends[0], "", 1)
        left = re.sub(r"[()\[\]【】:/,、\-—\s]+", "", whole.sub("", text))
        if left and not _within(left, known):
            return word
    return None


def _within(text: str, names: Iterable[str]) -> bool:
    return not text or (len(text) >= _SHORTEST and any(text in name for name in names))


def month_in(title: str) -> str | None:
    """Return by which word a title says that its figures are of one month each, 当月支出情况表; None if it does not."""
    said = None if _SAYS_TO_DATE.search(title) else _TITLE_OF_ONE_MONTH.search(title)
    return said[0] if said else None
