"""Deadlines and days of completion as lists of problems spell them: by a day, in so many working days, not yet."""

import re
from calendar import monthrange
from datetime import date, timedelta

from data.intake.numbers import chinese
from data.intake.periods import arabic, one_date
from data.tasks import workdays

Read = tuple[date | None, str | None]
"""The day, and the rule to be told, if any."""

_LEAP = 2000  # any year in which every day of a year occurs
_LONGEST = 40
_DONE = r"(?:(?:全部|全面|已|均|并|按期|如期|整改|反弹|完成|完毕|到位|办结|落实|解决|销号|验收|通过|结束)+)"
_BY = re.compile(rf"(?:请?[于在])?(?P<day>.+?)(?:之|以)?前{_DONE}?")
_IN = re.compile(
    r"(?:自?(?:交办|发现|收到)之?日起|限期?)?(?P<n>[0-9]{1,3}|[一二两三四五六七八九十]{1,3})"
    rf"(?:个?(?P<work>工作日)(?P<within>之?内|以内)?|个?(?:自然日|[天日])(?:之?内|以内)|个?(?P<months>月)(?:之?内|以内)){_DONE}?"
)
# A whole month or quarter before which something is due may end or begin it: only a day or an end is one day.
_EXACT = re.compile(r".*[日号底末]|[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}|[0-9]{8}")
_YEARLESS_DAY = re.compile(r"([0-9]{1,2})[月.]([0-9]{1,2})[日号]?")
_NO_DATE = re.compile(
    r"(?:(?:(?:立行|即知|边查|边督|立查|马上|立即|即刻|及时|随时|抓紧|尽快)(?:即|边|立)?(?:知|查|督|整)?[改办]?)"
    r"|(?:长期|持续|常态|一直|全年|动态)化?(?:坚持|推进|整改|落实|实施|开展|巩固|保持|管理|抓好)?|待定|未定|适时|即时)"
    r"(?:整改|完成|办理|解决|[,、，和并]|立行立改|长期坚持|持续推进|持续整改|即知即改)*"
)
_DONE_ON = re.compile(rf"(?:已?[于在]|已)?(?P<day>[0-9].*?){_DONE}")
_DONE_ALONE = re.compile(rf"{_DONE}|是|有|[√✓✔☑]")
_NOT_DONE = re.compile(
    r"否|[×✗✘☐]|(?:暂|尚|还|仍|均)*(?:未|没有?|不)(?:曾|能|有)?(?:开始|整改|反弹|完成|到位|办结|落实|解决|销号|验收|到期)*"
    r"|无反弹|(?:正在)?(?:整改|推进|办理|销号|进行|解决)中|正在(?:整改|推进|办理|销号|进行|解决)"
)


def due_day(text: str, year: int | None = None, counted: date | None = None) -> Read:
    """Return the day a deadline names; none of what asks for no day, such as 立行立改.

    Parameters
    ----------
    text
        `2023年9月30日前`, `9月底前`, `15个工作日`, `立行立改`.
    year
        The year of the table where the text leaves it out.
    counted
        The day from which days are counted. A day without a year that lies before it, or is of no table's year, is
        the next such day.
    """
    plain = arabic(text) if len(text) <= _LONGEST else ""
    if _NO_DATE.fullmatch(plain):
        return None, "due_without_day"
    if match := _IN.fullmatch(plain):
        day = _counted(match, counted)
        return day, "due_counted" if day else "due_not_counted"
    by = _BY.fullmatch(plain)
    if by is None:
        return _with_year(text, year, counted)
    named = by["day"]
    if match := _YEARLESS_DAY.fullmatch(named):
        named = f"{match[1]}月{match[2]}日"
    if not _EXACT.fullmatch(named):
        return None, "not_a_date"
    day, rule = _with_year(named, year, counted)
    return day, rule or "read_as_date"


def is_counted(text: str) -> bool:
    """Whether the day of a deadline depends on the row: it is counted from a day, or leaves out the year."""
    counted = _IN.fullmatch(arabic(text)) if len(text) <= _LONGEST else None
    return bool(counted) or (due_day(text)[0] is None and due_day(text, _LEAP)[0] is not None)


def done_day(text: str, year: int | None = None) -> Read:
    """Return the day on which something was done (`2023.5.20完成`); none of what is not done yet (`未销号`)."""
    plain = arabic(text) if len(text) <= _LONGEST else ""
    if _NOT_DONE.fullmatch(plain):
        return None, "not_done_yet"
    if _DONE_ALONE.fullmatch(plain):
        return None, "done_without_day"
    if match := _DONE_ON.fullmatch(plain):
        day, rule = one_date(match["day"], year)
        return day, rule or "read_as_date"
    return one_date(text, year)


def _with_year(text: str, year: int | None, counted: date | None) -> Read:
    """Return the day of a text, of the next year in which it lies not before the day it is counted from."""
    day, rule = one_date(text, year)
    if counted is None or (day is not None and (day >= counted or one_date(text)[0] is not None)):
        return day, rule
    for after in (counted.year, counted.year + 1):
        found, told = one_date(text, after)
        if found is not None and found >= counted:
            return found, told
    return day, rule


def _counted(match: re.Match[str], first: date | None) -> date | None:
    """Return the day so many days or months after a day; None without one, or in a year without a calendar."""
    n = int(match["n"]) if match["n"].isdecimal() else int(chinese(match["n"]) or 0)
    if first is None or n < 1:
        return None
    if match["work"]:
        try:
            return workdays.after(first, n)
        except workdays.UnknownYearError:
            return None
    if not match["months"]:
        return first + timedelta(days=n)
    year, month = divmod(first.year * 12 + first.month - 1 + n, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))
