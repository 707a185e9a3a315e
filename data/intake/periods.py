"""Days, months, quarters and years as people write them, in cells, titles, and names of sheets and files."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from data.intake.numbers import chinese

PERIOD = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2]|Q[1-4]|H[12]|S[1-4])|[0-9]{4}")
_YEARS = range(1900, 2101)
_EPOCH = date(1899, 12, 30)
_SERIAL_DAYS = range(20_000, 80_000)
_LONGEST = 500

# -- a text that is a date ---------------------------------------------------------------------------------------------

_DAY = re.compile(
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})[日号]?"
    r"(?:[t ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:z|\+[0-9]{2}:?[0-9]{2})?)?"
)
_MONTH = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})月?(?:份)?")
_COMPACT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_DAY_FIRST_OR_MONTH = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_COMPACT_MONTH = re.compile(r"(20[0-9]{2})(0[1-9]|1[0-2])")
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
# A year that stands for itself: no part of a month, quarter or half-year, nor of an "until".
_WHOLE_YEAR = re.compile(
    r"(?<![0-9])(?<![0-9][-—–~至到])(20[0-9]{2})年度?"
    r"(?!度|[0-9]{1,2}(?:月|-|季)|[第前]?[1-4一二三四]个?季|[上下]半年|[底末初])"
)
_AMBIGUOUS_MONTH = re.compile(r"[0-9]{4}\.1")
_UNTIL = re.compile(r"^(?:截至|截止到?)")
_UNTIL_IN = re.compile(r"(?:截至|截止到?)[0-9]{4}年")
# What takes words to say; the year may be missing.
_IN_WORDS = re.compile(
    r"(?:(?P<year>[0-9]{4})年?度?)?"
    r"(?:(?P<month>[0-9]{1,2})月(?:(?P<part>[上中下])旬|(?P<day>[0-9]{1,2})[日号]|份?[底末]|份)?"
    r"|(?P<half>[上下])半年[底末]?|-?(?:第?(?P<quarter>[1-4])季度[底末]?|q(?P<q>[1-4]))|(?:年|(?<=年))[底末])"
)

# -- a header that names one -------------------------------------------------------------------------------------------

_PERIOD_IN_HEADER = (
    r"(?:(?:(?:19|20)[0-9]{2})(?:年度?[底末]?|(?=$))"
    r"|(?:(?:19|20)[0-9]{2}年?度?)?(?:(?:[0-9]{1,2}月?(?:-|—|–|~|至|到))?(?:1[0-2]|0?[1-9])月(?:份|[底末])?"
    r"|第?[1-4]季度[底末]?|前[23]个?季度|[上下]半年[底末]?|q[1-4](?![0-9a-z])))"
)
_HEADED = re.compile(
    # Excel may have cut 2023.10 to 2023.1, which therefore heads nothing.
    rf"{_PERIOD_IN_HEADER}|(?!.{{4}}\.1$)(?:19|20)[0-9]{{2}}[-/.年][0-9]{{1,2}}(?:[-/.月][0-9]{{1,2}}日?)?|(?:19|20)[0-9]{{4}}"
)
_HEADED_FIRST = re.compile(rf"({_PERIOD_IN_HEADER})(?P<rest>[^0-9].+)")
_HEADED_LAST = re.compile(rf"(?P<rest>.+?[^0-9.\-/])({_PERIOD_IN_HEADER})")

# -- a text that names a period ----------------------------------------------------------------------------------------

_CHINESE_YEAR = re.compile(r"[〇○零一二三四五六七八九]{4}(?=年)")
# 二〇二三年五月村集体收入 is of May; 五月村 alone is a village.
_CHINESE_NUMBER = re.compile(
    r"(?<=[0-9]年)[十一二三四五六七八九]{1,3}(?=月)|(?<![十一二三四五六七八九])[十一二三四五六七八九]{1,3}"
    r"(?=月(?![村社])|日|号|季度|[至到、-][一二三四]季度)"
)
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
# 23年5月: a year of two digits only before what parts a year.
_SHORT_YEAR = re.compile(r"(?<![0-9])([0-4][0-9])年(?=度|[0-9]{1,2}(?:-[0-9]{1,2})?月|第?[1-4]季度|[上下]半年)")
_BLANK = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
# When a table was filled in, printed or issued is not what it is about.
_ON = (
    r"(?:(?:(?:19|20)[0-9]{2}年)?[0-9]{1,2}月[0-9]{1,2}[日号]|(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
    r"|(?:19|20)[0-9]{6})(?![0-9])(?: ?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?"
)
_MAKING = (
    "填报|填表|填写|制表|制作|编制|打印|印制|印发|上报|报送|报出|发文|下发|发布|公布|公示|导出|生成|更新|录入|审核|签发"
)
# 填报人：张三 2023年11月3日: the day beside a name is the day of signing.
_SIGNED_ON = (
    rf"(?:{_MAKING}|复核|负责|经办|联系)(?:人员?|单位|部门|者|员)?:[^0-9:截]{{1,20}}{_ON}"
    rf"(?=$|[^\u4e00-\u9fff]|单位|{_MAKING}|复核|负责|经办|联系)"
)
_MADE_ON = re.compile(
    rf"{_SIGNED_ON}|"
    rf"(?:{_MAKING})(?:(?:时间|日期|日)[:为]?|[:于]) *"
    rf"(?:{_ON}|(?:19|20)[0-9]{{2}}(?:年[0-9]{{1,2}}月|[-/.][0-9]{{1,2}}))"
    rf"(?:(?:-{{1,2}}|—{{1,2}}|~|至|到){_ON})?|{_ON}(?:{_MAKING}|[填制印])"
)
_A_DAY = re.compile(r"((?:19|20)[0-9]{2})[-/.年]?(0[1-9]|1[0-2]|[1-9](?![0-9]))")
_BARE_DAY = re.compile(rf"(?:(?:时间|日期)[:为]? *)?{_ON}")
# A document's number says in which year it was written, not what period it is about.
_DOCUMENT = re.compile(r"[\[(〔【][0-9]{4}[\])〕】]第?[0-9]+号")
_TO = r"\s*(?:-{1,2}|—{1,2}|–|~|至|到)\s*"
_Y = r"(?<![0-9])((?:19|20)[0-9]{2})"
_SPAN = re.compile(
    rf"{_Y}(?:年度?(?:[0-9]{{1,2}}月(?:[0-9]{{1,2}}日)?)?|[./-][0-9]{{1,2}}(?:[./-][0-9]{{1,2}})?)?{_TO}"
    r"(?:19|20)[0-9]{2}(?![0-9])(?:年度?(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?|[./-][0-9]{1,2}(?:[./-][0-9]{1,2})?)?"
)
_NO_AMOUNT = r"(?![0-9]|\s*[%‰万千百亿元亩户个公吨米项斤头只座]|\s*人(?!口))"


def _from(year: int, first: int, last: int) -> str | None:
    """Return the name of the months `first` to `last`; a stretch without a name counts up to its last month."""
    if not 1 <= first <= last <= 12:
        return None
    named = {(1, 12): "", (1, 6): "-H1", (7, 12): "-H2", (1, 3): "-Q1", (4, 6): "-Q2", (7, 9): "-Q3", (10, 12): "-Q4"}
    return f"{year}{named.get((first, last), f'-{last:02d}')}"


def _month(year: int, month: str, day: str | None = None) -> str | None:
    if day is not None and _valid(year, int(month), int(day)) is None:
        return None
    return f"{year}-{int(month):02d}" if 1 <= int(month) <= 12 else None


def _quarters(year: int, first: str, last: str) -> str | None:
    return _from(year, int(first) * 3 - 2, int(last) * 3)


def _half(year: int, which: str) -> str:
    return f"{year}-H{1 if which == '上' else 2}"


# Without the year, which stands before them or is known; the finest come first.
_PARTS: tuple[tuple[str, Callable[..., str | None]], ...] = (
    (
        rf"([0-9]{{1,2}})月?(?:[0-9]{{1,2}}日)?{_TO}([0-9]{{1,2}})月(?:份|[0-9]{{1,2}}日)?",
        lambda y, a, b: _from(y, int(a), int(b)),
    ),
    (r"([0-9]{1,2})月(?:([0-9]{1,2})[日号])?", _month),
    (rf"第?([1-4])(?:{_TO}|、)([1-4])季度", _quarters),
    (r"前([23])个?季度", lambda y, n: _quarters(y, "1", n)),
    (r"第?([1-4])季度", lambda y, n: f"{y}-Q{n}"),
    (r"q([1-4])(?![0-9a-z])", lambda y, n: f"{y}-Q{n}"),
    (r"([上下])半年", _half),
)
_DATED: tuple[tuple[re.Pattern[str], Callable[..., str | None]], ...] = (
    # The same year said twice is no span of years.
    (
        re.compile(rf"{_Y}年([0-9]{{1,2}})月?(?:[0-9]{{1,2}}日)?{_TO}\1年([0-9]{{1,2}})月(?:[0-9]{{1,2}}日)?"),
        lambda y, a, b: _from(y, int(a), int(b)),
    ),
    (_SPAN, lambda _year: None),
    *((re.compile(rf"{_Y}\s?[年.]?度?\s?{pattern}"), make) for pattern, make in _PARTS),
    (re.compile(rf"{_Y}-([qhs][1-4])(?![0-9a-z])"), lambda y, code: f"{y}-{code.upper()}"),
    (re.compile(rf"{_Y}年度?[底末]"), lambda y: f"{y}-12"),
    (re.compile(rf"(?<![.\-/]){_Y}([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}})(?![0-9])"), lambda y, _, m, d: _month(y, m, d)),
    (re.compile(rf"(?<![.\-/]){_Y}[-/.]([0-9]{{1,2}})(?![-/.][0-9]){_NO_AMOUNT}"), _month),
    (re.compile(rf"{_Y}(0[1-9]|1[0-2])([0-3][0-9])?(?!\.[0-9]){_NO_AMOUNT}"), _month),
    (re.compile(rf"{_Y}年(?!代)"), lambda y: f"{y}"),
    (re.compile(rf"(?<![0-9a-z./])(?<![0-9]-){_Y}(?![,./-][0-9]|年){_NO_AMOUNT}"), lambda y: f"{y}"),
)
_YEARLESS = tuple((re.compile(rf"(?<![0-9.a-z]){pattern}"), make) for pattern, make in _PARTS)


def period_of(text: str, year: int | None = None) -> str | None:
    """Return the period a title, a header, a cell or the name of a sheet or file is about.

    Parameters
    ----------
    text
        `岳阳县2023年第三季度支出表`, `二〇二三年五月`, `支出_202305.xlsx`.
    year
        The year where the text leaves it out (`5月底`, `Q3`).

    Returns
    -------
    str or None
        `2023`, `2023-H1`, `2023-Q3` or `2023-05`. Of several years the newest is meant, and in it the finest and
        latest period, so that 2023年度(截至9月30日) is `2023-09`. Months from January on that have no name (1-9月) are
        their last month. A span of years is no period, nor are numbers of documents, tables and batches. A cell
        that Excel may have cut (2023.1) is for `one_date` to doubt.
    """
    if len(text) > _LONGEST:
        return None
    if PERIOD.fullmatch(text.strip().upper()) and int(text.strip()[:4]) in _YEARS:
        return text.strip().upper()
    rest = _DOCUMENT.sub(" ", _MADE_ON.sub(" ", arabic(text)))
    found: set[str] = set()
    for pattern, make in _DATED:
        rest = _take(pattern, make, None, rest, found)
    newest = max((period[:4] for period in found), default=f"{year}" if year else None)
    if newest is None:
        return None
    best = max((period for period in found if period[:4] == newest), key=_fineness, default=None)
    if best is None or len(best) == 4:
        parts: set[str] = set()
        for pattern, make in _YEARLESS:
            rest = _take(pattern, make, int(newest), rest, parts)
        if parts and (best is None or len(parts) == 1):
            return max(parts, key=_fineness)
    if best is None and (day := _said(rest.strip(), year)):
        return f"{day:%Y-%m}"
    return best


def is_bare_day(text: str) -> bool:
    """Whether a line above a table is nothing but a day, which says when it was made rather than what it is about."""
    return len(text) <= _LONGEST and _BARE_DAY.fullmatch(arabic(text)) is not None


def period_of_table(title: str, about: str, days: Sequence[str] = ()) -> str | None:
    """Return the period of a table: by its title, else by the names of its sheet and file.

    Parameters
    ----------
    title
        `姜家镇5月村集体收入统计表 填报日期：2023年6月5日`: days of making, printing or issuing date no table.
    about
        Name of file and sheet. They may add the month to the year of the title, or the year to its month.
    days
        Lines that are nothing but a day (`is_bare_day`); with the days of making they only say which year is meant.
    """
    named, beside = period_of(title), period_of(about)
    if named is None:
        years = [int(beside[:4])] if beside else []
        made = [match[0] for match in _MADE_ON.finditer(arabic(title))]
        for day in (_A_DAY.search(arabic(text)) for text in (*made, *days)):
            # The latest such month that was over or had begun when the table was made.
            part = day and period_of(title, int(day[1]))
            if day and part:
                later = last_day(part).replace(day=1) > date(int(day[1]), int(day[2]), 1)
                years.append(int(day[1]) - later)
        named = period_of(title, years[0]) if years else None
        return named or beside
    if len(named) == len("2023"):
        finer = period_of(about, int(named))
        return finer if finer and finer.startswith(named) else named
    return named


def in_header(part: str) -> tuple[str, str]:
    """Part a header into the period it names and the rest: `2023年1月到位额` → (`2023年1月`, `到位额`).

    A header that names no period before or after all other words is its own rest: `人均纯收入(滚动12月)`.
    """
    text = arabic(part)
    bare = re.sub(r"^[(\[【](.+)[)\]】]$", r"\1", text)
    if _HEADED.fullmatch(bare):
        return bare, ""
    for pattern in (_HEADED_FIRST, _HEADED_LAST):
        if match := pattern.fullmatch(text):
            return next(group for group in match.groups() if group and group != match["rest"]), match["rest"]
    return "", part


def last_day(period: str) -> date:
    """Return the last day of a period as `period_of` names it."""
    year, _, part = period.partition("-")
    months = {"": 12, "H1": 6, "H2": 12, "S1": 6, "S2": 12} | {f"Q{q}": 3 * q for q in range(1, 5)}
    month = months.get(part) or int(part)
    return date(int(year), month, monthrange(int(year), month)[1])


def _take(
    pattern: re.Pattern[str], make: Callable[..., str | None], year: int | None, text: str, found: set[str]
) -> str:
    """Add what a pattern finds, and return the text without it; the year is its first group unless it is given."""

    def note(match: re.Match[str]) -> str:
        groups = match.groups()
        period = make(int(groups[0]), *groups[1:]) if year is None else make(year, *groups)
        if period:
            found.add(period)
        return " "

    return pattern.sub(note, text)


def _fineness(period: str) -> tuple[int, str]:
    kind = period[5:6]
    return (0 if not kind else 3 if kind.isdigit() else {"H": 1, "S": 1, "Q": 2}[kind]), period


def arabic(text: str) -> str:
    """Return a text in half-width lower case, dates in Arabic digits, without blanks beside Chinese characters."""
    half = _BLANK.sub("", unicodedata.normalize("NFKC", text).strip().lower())
    half = _CHINESE_YEAR.sub(lambda match: match[0].translate(_DIGITS), half)

    def digits(match: re.Match[str]) -> str:
        value = chinese(match[0])
        return match[0] if value is None else f"{value:.0f}"

    return _SHORT_YEAR.sub(r"20\1年", _CHINESE_NUMBER.sub(digits, half))


def is_day(text: str) -> bool:
    """Whether a text is written as a day or a month with its year, be it one that the calendar lacks: `2023年13月`."""
    plain = arabic(text) if len(text) <= _LONGEST else ""
    return any(shape.fullmatch(plain) for shape in (_DAY, _MONTH, _DAY_FIRST_OR_MONTH))


def one_date(text: str, year: int | None = None) -> tuple[date | None, str | None]:
    """Return the day a text names and the rule to be told, if any; a month, quarter or half-year means its last day.

    Parameters
    ----------
    text
        `2023-05-31`, `2023年5月`, `20230531`, a day as Excel counts it, `截至2023年9月30日`.
    year
        The year where the text leaves it out: `5月底`, `上半年`, `年底`.
    """
    if len(text) > _LONGEST:
        return None, "not_a_date"
    plain = _UNTIL.sub("", arabic(text))
    if match := _DAY.fullmatch(plain):
        day = _valid(*map(int, match.groups()))
        exact = plain[4] == "-" and day is not None and plain.startswith(day.isoformat())
        return day, "not_a_date" if day is None else None if exact else "read_as_date"
    if match := _DAY_FIRST_OR_MONTH.fullmatch(plain):
        first, second, at = int(match[1]), int(match[2]), int(match[3])
        days = {_valid(at, first, second), _valid(at, second, first)} - {None}
        return (days.pop(), "read_as_date") if len(days) == 1 else (None, "not_a_date")
    if match := _COMPACT_DAY.fullmatch(plain):
        day = _valid(*map(int, match.groups()))
        return day, "read_as_date" if day else "not_a_date"
    if match := (_MONTH.fullmatch(plain) or _COMPACT_MONTH.fullmatch(plain)):
        day = _last(*map(int, match.groups()))
        told = "january_or_october" if _AMBIGUOUS_MONTH.fullmatch(plain) else "read_as_date"
        return day, told if day else "not_a_date"
    if (match := _SERIAL.fullmatch(plain)) and int(match[1]) in _SERIAL_DAYS:
        return _EPOCH + timedelta(days=int(match[1])), "read_as_date"
    day = _said(plain, year)
    return day, "read_as_date" if day else "not_a_date"


def whole_year(title: str) -> int | None:
    """Return the one year that a title speaks of as a whole: 2023 of `2023年项目进度（截至2024年1月）`; else None."""
    found = set(_WHOLE_YEAR.findall(_UNTIL_IN.sub("", arabic(title))))
    return int(found.pop()) if len(found) == 1 else None


def _said(text: str, year: int | None) -> date | None:
    """Return the day that words name: 5月底, 上半年, 2023年第三季度, 年底."""
    match = _IN_WORDS.fullmatch(text)
    if match is None or not (match["year"] or year):
        return None
    known = int(match["year"] or year or 0)
    if match["day"]:
        return _valid(known, int(match["month"]), int(match["day"]))
    if match["part"] in {"上", "中"}:
        return _valid(known, int(match["month"]), 10 if match["part"] == "上" else 20)
    if match["month"]:
        return _last(known, int(match["month"]))
    if quarter := match["quarter"] or match["q"]:
        return _last(known, int(quarter) * 3)
    return _last(known, 6 if match["half"] == "上" else 12)


def _last(year: int, month: int) -> date | None:
    """Return the last day of a month."""
    if year not in _YEARS or not 1 <= month <= 12:
        return None
    return date(year, month, monthrange(year, month)[1])


def _valid(year: int, month: int, day: int) -> date | None:
    if year not in _YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
