"""Numbers, units and dates as officials write them, in both languages; `..._html` functions return markup."""

import math
import re
from datetime import date as Date  # noqa: N812 - `date` is this module's function
from functools import lru_cache
from typing import Any

import pandas as pd
from markupsafe import Markup

from components.html.base import escape, raw
from data import wording
from data.language import Translator
from data.wording import MINUS, MONTHS, NOTHING, language, moves, rounded, unit

__all__ = [
    "MINUS",
    "NOTHING",
    "as_label",
    "change",
    "change_html",
    "date",
    "day",
    "language",
    "missing",
    "month",
    "number",
    "percent",
    "points",
    "quantity",
    "quantity_html",
    "reported",
    "scaled",
    "share_of",
    "signed",
    "unit",
    "worsens",
]


_MARKS = re.compile(r"([!-/:-@\[-`{-~])")


def as_label(text: str) -> str:
    """Return a text as the label of a widget shows it letter by letter: labels are markdown, and may name a cell."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def missing(value: Any) -> bool:
    """Whether a cell holds nothing: None, NaN, NaT, or an infinity that no reader could use."""
    return value is None or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value))


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
    text = rounded(value, places)
    if digits is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return (MINUS if value < 0 and moves(text) else "") + text


def percent(value: float | None, digits: int = 1) -> str:
    """Write a percentage of 0-100: "61.2%"."""
    return NOTHING if missing(value) else number(value, digits) + "%"


def signed(value: float | None, digits: int = 1) -> str:
    """Write a difference with its sign: "+4.1", "−13.8", "0.0"."""
    if missing(value):
        return NOTHING
    text = number(value, digits)
    return text if text.startswith(MINUS) or not moves(text) else "+" + text


def points(value: float | None, _: Translator) -> str:
    """Write a difference of percentages: "−13.8 个百分点"."""
    return NOTHING if missing(value) else _("{n} points", n=signed(value))


def scaled(value: float | None, name: str | None) -> tuple[float | None, str | None]:
    """Turn 10 000 万元 and more into 亿元; anything else stays."""
    return (value, name) if missing(value) or not name else wording.scaled(float(value or 0), name)


def quantity(value: float | None, name: str | None, _: Translator, *, digits: int | None = None) -> str:
    """Write value and unit: "61.2%", "8 484 万元", from ten thousand on "1.23 亿元"; yes/no values as words."""
    if missing(value):
        return NOTHING
    if name == "0/1":
        return _("yes") if value else _("no")
    if name == "%":
        return (number(round(float(value or 0), 1)) if digits is None else number(value, digits)) + "%"
    value, name = scaled(value, name)
    return f"{number(value, digits)} {unit(name, _)}".rstrip()


def apart(one: float | None, other: float | None, name: str | None, _: Translator) -> tuple[str, str]:
    """Write two values of a unit as `quantity` does, with more decimals where they differ and would read the same."""
    written = quantity(one, name, _), quantity(other, name, _)
    if written[0] != written[1] or one == other or missing(one) or missing(other):
        return written
    digits = wording.apart(float(one or 0), float(other or 0), name or "")
    return quantity(one, name, _, digits=digits), quantity(other, name, _, digits=digits)


@_remember
def quantity_html(value: float | None, name: str | None, _: Translator, *, digits: int | None = None) -> Markup:
    """Return the same as `quantity`, with the unit small and muted."""
    if missing(value) or name == "0/1":
        return escape(quantity(value, name, _))
    value, name = scaled(value, name)
    text = number(round(float(value or 0), 1)) if name == "%" and digits is None else number(value, digits)
    label = unit(name, _)
    return raw(f"{text}<small> {escape(label)}</small>") if label else raw(text)


def change(value: float | None, _: Translator, name: str | None = None, *, digits: int | None = None) -> str:
    """Write a change as arrow, size and unit, "↑ 4.1 个百分点"; no change is "持平"; unknown stays "—"."""
    arrow, size, label = _change(value, name, _, digits)
    return f"{arrow} {size} {label}".strip()


def _change(value: float | None, name: str | None, _: Translator, digits: int | None) -> tuple[str, str, str]:
    """Return arrow, size and unit of a change; the arrow and the unit are empty where nothing moved."""
    if missing(value):
        return "", NOTHING, ""
    value = float(value or 0)
    if digits is None and name is not None and not wording.moved(value, name):
        return "", _("same"), ""
    amount, word = scaled(abs(value), name)
    size = number(amount, 1 if digits is None and word == "%" else digits)
    if not moves(size):
        return "", _("same"), ""
    return "↑" if value > 0 else "↓", size, _("points") if word == "%" else unit(word, _)


@_remember
def change_html(
    value: float | None, _: Translator, name: str | None = None, *, worse: bool = False, digits: int | None = None
) -> Markup:
    """Return the same as `change`, the unit small; muted when nothing moved, in the warning colour when worse."""
    arrow, size, label = _change(value, name, _, digits)
    css = "eq" if not arrow else "dn" if worse else "up"
    tail = f"<small> {escape(label)}</small>" if label else ""
    text = f"{arrow}\u00a0{size}".strip()  # a line never breaks between the two
    return raw(f"<span class='{css}'>{escape(text)}{tail}</span>")


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
    """Write the reporting state: "已报 287/298 村"; nothing where nobody has to report."""
    if not whole:
        return ""
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
        else f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    )


def day(value: Any, _: Translator) -> str:
    """Write a day of a known year: 9月30日, 30 Sep."""
    found = _day(value)
    if found is None:
        return NOTHING
    return f"{found.month}月{found.day}日" if language(_) == "zh" else f"{found.day} {MONTHS[found.month - 1]}"


def month(value: Any, _: Translator, *, year: bool = False) -> str:
    """Write a month: 9月, Sep; with `year` 2023年9月, Sep 2023."""
    found = _day(value)
    if found is None:
        return NOTHING
    if language(_) == "zh":
        return f"{found.year}年{found.month}月" if year else f"{found.month}月"
    return f"{MONTHS[found.month - 1]} {found.year}" if year else MONTHS[found.month - 1]
