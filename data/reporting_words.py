"""What is owed and what came, in words: cells of the matrix, due days, and the list to paste into a chat."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from data import wording
from data.language import N_, Translator
from data.reporting import Cell, Duty, State, on_holiday
from data.tables import tables
from data.wording import language

STATE_WORDS: dict[State, str] = {
    "missing": N_("Not reported"),
    "late": N_("Late"),
    "not_due": N_("Not due yet"),
    "came": N_("Reported"),
    "on_time": N_("On time"),
}
BASIS_WORDS = {
    "day": N_("the plan names the day"),
    "period": N_("the plan names no day; the last of the period counts"),
    "frequency": N_("not in the plan: how often the indicators that read the table are counted"),
}
_QUARTERS = ("一", "二", "三", "四")
_BRACKETS = re.compile(r"（.*?）")


def table_name(table: str, lang: str) -> str:
    """Return a table's name without what stands in brackets behind it."""
    return _BRACKETS.sub("", tables()[table].name(lang))


def cell_words(cell: Cell, _: Translator) -> str:
    """Return how a debtor stands: `按时`, `迟 3 天`, `零报告`, `未报` ..."""
    if not cell.nil:
        return _("{n} d late", n=cell.days) if cell.days else _(STATE_WORDS[cell.state])
    return _("Nil return, {n} d late", n=cell.days) if cell.days else _("Nil return")


def arrival_words(cell: Cell, _: Translator) -> str:
    """Return when what came first came, and with which batch; "" if nothing did."""
    return _("batch {n}, {day}", n=cell.number, day=_day(cell.day, _)) if cell.day else ""


def period_words(months: Sequence[str], _: Translator) -> str:
    """Return the period of some months: `2023年9月`, `2023年第三季度`, `2023年上半年`, `2023年`."""
    year, month = (int(part) for part in months[0].split("-"))
    chinese = language(_) == "zh"
    match len(months):
        case 1:
            return f"{year}年{month}月" if chinese else f"{wording.MONTHS[month - 1]} {year}"
        case 3:
            n = (month - 1) // 3
            return f"{year}年第{_QUARTERS[n]}季度" if chinese else f"Q{n + 1} {year}"
        case 6:
            half = ("上", "下") if chinese else ("first", "second")
            return f"{year}年{half[month > 6]}半年" if chinese else f"{half[month > 6]} half of {year}"
        case _:
            return f"{year}年" if chinese else f"{year}"


def due_words(duty: Duty, _: Translator) -> str:
    """Return the due day, marked where the plan does not name it: `10月25日前`, `10月31日（原文未写日）`."""
    day = _day(duty.due, _, year=False)
    told = {"day": _("by {day}", day=day), "period": _("{day}, end of period", day=day)}
    return told.get(duty.basis) or _("{day}, inferred", day=day)


def holiday_words(owed: Iterable[Duty], _: Translator) -> str:
    """Return which due days are public holidays; "" if none is."""
    days = sorted({duty.due for duty in owed if on_holiday(duty.due)})
    listed = _(", ").join(_day(day, _) for day in days)
    return _("{days} is a public holiday; the day due stays", days=listed) if days else ""


def missing_text(
    cells: Iterable[Cell], names: Mapping[str, str], as_of: dt.date, _: Translator, *, by_debtor: bool = False
) -> str:
    """Return who has not reported what, as text for a chat: by table, or by township and office.

    Parameters
    ----------
    cells
        Of one or several duties; those in which something came are only counted.
    names
        Names of townships by code; an office is its own name.
    """
    every = list(cells)
    day = _day(as_of, _)
    lines = []
    for state, head in (
        ("missing", _("As of {day}, not reported:", day=day)),
        ("not_due", _("Not in yet; please report in time, a nil return if there is nothing:")),
    ):
        if chosen := [c for c in every if c.state == state]:
            lines += [head, *listed(chosen, every, names, _, by_debtor=by_debtor)]
    if not lines:
        return _("As of {day}, all that was due has been reported.", day=day) if every else ""
    if any(c.state == "missing" for c in every):
        lines.append(_("Please make up for it soon; if there is nothing to report, send a nil return."))
    if any(c.duty.basis == "frequency" for c in every):
        lines.append(_("The plan sets no day for reports; the days follow from how its indicators are counted."))
    return "\n".join(lines)


def listed(
    chosen: Sequence[Cell], every: Sequence[Cell], names: Mapping[str, str], _: Translator, *, by_debtor: bool
) -> Iterable[str]:
    """Return some of all cells as lines: by table who it is, or by township and office which tables."""

    def debtor(cell: Cell) -> str:
        return names.get(cell.debtor, cell.debtor)

    def duty(cell: Cell) -> str:
        return f"{cell.duty.table} {cell.duty.column} {cell.duty.months[0]}"

    colon = _(": ")
    key: Callable[[Cell], str] = debtor if by_debtor else duty
    order = {key(cell): n for n, cell in reversed(list(enumerate(chosen)))}
    for _key, some in groupby(sorted(chosen, key=lambda c: order[key(c)]), key):
        group = list(some)
        if by_debtor:
            asked = [f"{table_name(c.duty.table, language(_))}{_brackets(_told(c.duty, _), _)}" for c in group]
            yield f"{debtor(group[0])}{colon}{_(', ').join(asked)}"
            continue
        first = group[0].duty
        who = _(", ").join(debtor(c) for c in group)
        if len(group) > 1:
            who += _brackets(_("{n} places", n=len(group)), _)
            if len(group) == sum(c.duty == first for c in every):
                who = _("all {n} townships", n=len(group))
        yield f"{table_name(first.table, language(_))}{_brackets(_told(first, _), _)}{colon}{who}"


def _day(day: dt.date, _: Translator, *, year: bool = True) -> str:
    """Write a date without gaps, as in running text: `2023年9月30日`."""
    text = wording.day(day, _, year=year)
    return text.replace(" ", "") if language(_) == "zh" else text


def _told(duty: Duty, _: Translator) -> str:
    return _("{period}, {due}", period=period_words(duty.months, _), due=due_words(duty, _))


def _brackets(text: str, _: Translator) -> str:
    return f"（{text}）" if language(_) == "zh" else f" ({text})"
