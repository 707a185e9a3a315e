"""Numbers, units and dates as officials write them, in both languages; `..._html` functions return markup."""

import math
from datetime import date as Date  # noqa: N812 - `date` is this module's function
from functools import lru_cache
from typing import Any

import pandas as pd
from markupsafe import Markup

from components.html.base import escape, raw
from data.language import N_, Translator

GAP = "\u202f"
MINUS = "−"
NOTHING = "—"
_PER_YI = 10_000  # 亿元 in 万元
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

UNITS: dict[str, str] = {
    "个": "",
    "家": "",
    "项": "",
    "件": "",
    "条": "",
    "份": "",
    "类": N_("kinds"),
    "种": N_("kinds"),
    "级": N_("levels"),
    "名": N_("persons"),
    "人": N_("persons"),
    "户": N_("households"),
    "村": N_("villages"),
    "次": N_("times"),
    "起": N_("cases"),
    "万元": N_("10k yuan"),
    "亿元": N_("100m yuan"),
    "元": N_("yuan"),
    "元/月": N_("yuan a month"),
    "亩": N_("mu"),
    "百分点": N_("points"),
    "倍": N_("times as much"),
    "天": N_("days"),
    "日": N_("days"),
    "分钟": N_("minutes"),
    "月": N_("months"),
    "年": N_("years"),
    "岁": N_("years"),
    "米": N_("m"),
    "%": "%",
    "元/人·年": N_("yuan a person and year"),
    "0/1": "",
    "元/人·月": N_("yuan a person and month"),
    "万元/户": N_("10k yuan a household"),
    "万元/年": N_("10k yuan a year"),
    "升/人·日": N_("litres a person and day"),
    "升/日": N_("litres a day"),
    "次/年": N_("times a year"),
    "天/年": N_("days a year"),
}
"""Units of the plans and tables; English words for those that need one (empty: the indicator's name says it)."""


def language(_: Translator) -> str:
    """Return the language a translator writes."""
    return str(getattr(_, "__name__", "en"))


def missing(value: Any) -> bool:
    """Whether a cell holds nothing: None, NaN, NaT, or an infinity that no reader could use."""
    return value is None or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value))


def _moves(text: str) -> bool:
    """Whether a written number is more than zeros, so that −0.04 is 0.0 and neither positive nor negative."""
    return any(c in "123456789" for c in text)


# The same few thousand numbers are written at every rerun.
_remember = lru_cache(maxsize=1 << 14)


@_remember
def number(value: float | None, digits: int | None = None) -> str:
    """Write a number: thin gaps between thousands, a real minus, no empty decimals unless `digits` are asked for.

    Without `digits`, 1234.5 -> "1 235", 123.45 -> "123.5", 12.345 -> "12.35": three or four figures that matter.
    """
    if missing(value):
        return NOTHING
    value = float(value)  # type: ignore[arg-type]
    places = digits
    if places is None:
        size = abs(value)
        places = 0 if size >= 1000 or value == int(value) else 1 if size >= 100 else 2
    text = f"{abs(value):,.{places}f}".replace(",", GAP)
    if digits is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return (MINUS if value < 0 and _moves(text) else "") + text


def percent(value: float | None, digits: int = 1) -> str:
    """Write a percentage of 0-100: "61.2%"."""
    return NOTHING if missing(value) else number(value, digits) + "%"


def signed(value: float | None, digits: int = 1) -> str:
    """Write a difference with its sign: "+4.1", "−13.8", "0.0"."""
    if missing(value):
        return NOTHING
    text = number(value, digits)
    return text if text.startswith(MINUS) or not _moves(text) else "+" + text


def points(value: float | None, _: Translator) -> str:
    """Write a difference of percentages: "−13.8 个百分点"."""
    return NOTHING if missing(value) else _("{n} points", n=signed(value))


def unit(name: str | None, _: Translator) -> str:
    """Return the unit's word in the translator's language; units we do not know stay as they are."""
    if not name or name == "0/1":
        return ""
    if language(_) == "zh":
        return name
    return _(UNITS[name]) if UNITS.get(name) else UNITS.get(name, name)


def scaled(value: float | None, name: str | None) -> tuple[float | None, str | None]:
    """Turn 10 000 万元 and more into 亿元; anything else stays."""
    if name == "万元" and not missing(value) and abs(float(value or 0)) >= _PER_YI:
        return float(value or 0) / _PER_YI, "亿元"
    return value, name


def quantity(
    value: float | None, name: str | None, _: Translator, *, big: bool = False, digits: int | None = None
) -> str:
    """Write value and unit: "61.2%", "8 484 万元", and with `big` "1.23 亿元"; yes/no values as words."""
    if missing(value):
        return NOTHING
    if name == "0/1":
        return _("yes") if value else _("no")
    if name == "%":
        return (number(round(float(value or 0), 1)) if digits is None else number(value, digits)) + "%"
    value, name = scaled(value, name) if big else (value, name)
    return f"{number(value, digits)} {unit(name, _)}".rstrip()


@_remember
def quantity_html(
    value: float | None, name: str | None, _: Translator, *, big: bool = False, digits: int | None = None
) -> Markup:
    """Return the same as `quantity`, with the unit small and muted."""
    if missing(value) or name == "0/1":
        return escape(quantity(value, name, _))
    value, name = scaled(value, name) if big else (value, name)
    text = number(round(float(value or 0), 1)) if name == "%" and digits is None else number(value, digits)
    label = unit(name, _)
    return raw(f"{text}<small> {escape(label)}</small>") if label else raw(text)


def change(value: float | None, _: Translator, *, digits: int | None = None) -> str:
    """Write a change as arrow and size, "↑ 4.1"; no change is "持平"; unknown stays "—"."""
    if missing(value):
        return NOTHING
    size = number(abs(float(value or 0)), digits)
    if not _moves(size):
        return _("same")
    return f"{'↑' if float(value or 0) > 0 else '↓'} {size}"


@_remember
def change_html(value: float | None, _: Translator, *, worse: bool = False, digits: int | None = None) -> Markup:
    """Return the same as `change`; muted when nothing moved, in the warning colour when it got worse."""
    text = change(value, _, digits=digits)
    css = "dn" if worse and text[0] in "↑↓" else "eq" if text[0] not in "↑↓" else "up"
    return raw(f"<span class='{css}'>{escape(text)}</span>")


def worsens(value: float | None, comparator: str | None) -> bool:
    """Whether a change goes the wrong way for the comparator (`<=` wants less; equalities want neither)."""
    if missing(value) or comparator not in {"<=", "<", ">=", ">"}:
        return False
    return float(value or 0) > 0 if comparator in {"<=", "<"} else float(value or 0) < 0


def share_of(part: float | None, whole: float | None, name: str | None, _: Translator) -> str:
    """Write how many of how many: "287/298 村"."""
    if missing(part) or missing(whole):
        return NOTHING
    return f"{number(part, 0)}/{number(whole, 0)} {unit(name, _)}".rstrip()


def reported(part: float | None, whole: float | None, _: Translator, name: str = "村") -> str:
    """Write the reporting state: "已报 287/298 村"."""
    return _("Reported {n}", n=share_of(part, whole, name, _))


def _day(value: Any) -> Date | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()


@_remember
def date(value: Any, _: Translator) -> str:
    """Write a day in full: 2023年9月30日, 30 Sep 2023."""
    day = _day(value)
    if day is None:
        return NOTHING
    return (
        f"{day.year}年{day.month}月{day.day}日"
        if language(_) == "zh"
        else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    )


def day(value: Any, _: Translator) -> str:
    """Write a day of a known year: 9月30日, 30 Sep."""
    found = _day(value)
    if found is None:
        return NOTHING
    return f"{found.month}月{found.day}日" if language(_) == "zh" else f"{found.day} {_MONTHS[found.month - 1]}"


def month(value: Any, _: Translator, *, year: bool = False) -> str:
    """Write a month: 9月, Sep; with `year` 2023年9月, Sep 2023."""
    found = _day(value)
    if found is None:
        return NOTHING
    if language(_) == "zh":
        return f"{found.year}年{found.month}月" if year else f"{found.month}月"
    return f"{_MONTHS[found.month - 1]} {found.year}" if year else _MONTHS[found.month - 1]
