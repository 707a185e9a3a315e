"""How officials write numbers, units and dates, in both languages."""

import datetime as dt
import math

from data.language import Translator

MINUS = "−"
THIN = "\u202f"
# Chinese units of the plans and what they are called in English.
UNITS_EN = {
    "%": "%",
    "百分点": "points",
    "个": "",
    "人": "people",
    "次": "times",
    "起": "events",
    "户": "households",
    "亩": "mu",
    "家": "firms",
    "万元": "×10⁴ yuan",
    "亿元": "×10⁸ yuan",
    "元": "yuan",
    "项": "items",
    "倍": "times",
    "类": "kinds",
    "件": "cases",
    "元/月": "yuan a month",
    "名": "people",
    "元/人·月": "yuan per person and month",
    "份": "lists",
}
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: float, digits: int = 1) -> str:
    """Write a number with at most `digits` decimals, thousands by a thin gap and a real minus; `—` if missing."""
    if value is None or math.isnan(value):
        return "—"
    text = f"{abs(value):,.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return ("" if float(text.replace(",", "")) == 0 or value > 0 else MINUS) + text.replace(",", THIN)


def unit_name(unit: str, lang: str) -> str:
    """Name a unit in a language."""
    return unit if lang == "zh" else UNITS_EN.get(unit, unit)


def quantity(value: float, unit: str, lang: str, digits: int = 1) -> str:
    """Write a value with its unit: `46.3%`, `4 927 人`, `1.2 亿元` (from ten thousand 万元 on)."""
    if unit == "万元" and abs(value) >= 10_000:
        value, unit, digits = value / 10_000, "亿元", 2
    text = number(value, digits)
    name = unit_name(unit, lang)
    if unit == "%" or not name:
        return text + name
    return f"{text} {name}"


def points(value: float, lang: str) -> str:
    """Write a difference in percentage points without its sign: `3.7 个百分点`."""
    text = number(abs(value))
    if lang == "zh":
        return f"{text} 个百分点"
    return f"{text} percentage point" + ("" if text == "1" else "s")


def difference(value: float, unit: str, lang: str) -> str:
    """Write the size of a difference in the indicator's unit; rates differ by percentage points."""
    return points(value, lang) if unit in {"%", "百分点"} else quantity(abs(value), unit, lang)


def day(value: dt.date, lang: str, *, year: bool = False) -> str:
    """Write a date: `6 月 30 日`, `30 Jun`; with the year `2023 年 6 月 30 日`, `30 Jun 2023`."""
    if lang == "zh":
        return (f"{value.year} 年 " if year else "") + f"{value.month} 月 {value.day} 日"
    return f"{value.day} {MONTHS_EN[value.month - 1]}" + (f" {value.year}" if year else "")


def requirement(target: float, comparator: str, unit: str, lang: str, _: Translator, *, strict: bool = False) -> str:
    """Write what is asked: `≥75%`, `=0 起`, `约 70%`, `>0 百分点`."""
    text = quantity(target, unit, lang)
    if comparator == "~":
        return _("about {value}", value=text)
    sign = {">=": "≥", "<=": "≤", "==": ""}[comparator]
    if strict:
        sign = {">=": ">", "<=": "<"}.get(comparator, sign)
    return sign + text
