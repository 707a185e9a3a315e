"""How officials write numbers, units and dates, in both languages."""

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Context, Decimal

from data.language import N_, Translator

GAP = "\u202f"
MINUS = "−"
NOTHING = "—"
MOST = 8  # decimals nobody needs more of
EPS = 1e-9
_PER_YI = 10_000  # 亿元 in 万元
COUNTED = frozenset({"个", "家", "项", "件", "条", "份", "类", "种", "级", "名", "人", "户", "村", "次", "起"})
"""Units of things, of which there is never a part."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

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
    "镇街": N_("townships"),
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


_ANY_SIZE = Context(prec=400)  # digits of the largest float with decimals: no number is too long to be written


def language(_: Translator) -> str:
    """Return the language a translator writes."""
    return str(getattr(_, "__name__", "en"))


def rounded(value: float, places: int) -> str:
    """Write the size of a number with so many decimals, half rounded up as people do, thousands by thin gaps."""
    # Nine decimals first: 2.675 as stored is a little less, and nobody means that.
    exact = Decimal(repr(round(abs(value), 9))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _ANY_SIZE)
    return f"{exact:,}".replace(",", GAP)


def moves(text: str) -> bool:
    """Whether a written number is more than zeros, so that −0.04 is 0.0 and neither positive nor negative."""
    return any(c in "123456789" for c in text)


def plain(value: float, digits: int = 1) -> str:
    """Write a number with at most `digits` decimals and a real minus; `—` if it is missing."""
    if math.isnan(value):
        return NOTHING
    text = rounded(value, digits)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return (MINUS if value < 0 and moves(text) else "") + text


def bound(value: float, name: str | None) -> str:
    """Write a bound of a unit's range; calendar years stand without gaps."""
    return f"{value:.0f}" if name == "年" else plain(value, 2)


def unit(name: str | None, _: Translator) -> str:
    """Return the unit's word in the translator's language; units we do not know stay as they are."""
    if not name or name == "0/1":
        return ""
    if language(_) == "zh":
        return name
    return _(UNITS[name]) if UNITS.get(name) else UNITS.get(name, name)


def scaled(value: float, name: str) -> tuple[float, str]:
    """Turn 10 000 万元 and more into 亿元; anything else stays."""
    return (value / _PER_YI, "亿元") if name == "万元" and abs(value) >= _PER_YI else (value, name)


def apart(one: float, other: float, name: str) -> int:
    """Return the decimals at which two different values of a unit read differently, none for things counted if they do.

    Equal values get 1.
    """
    a, b = scaled(one, name)[0], scaled(other, name)[0]
    return next((d for d in range(name not in COUNTED, MOST) if a != b and plain(a, d) != plain(b, d)), 1)


def moved(delta: float, name: str) -> bool:
    """Whether a change in a unit reads as one: a tenth of a point, a hundredth of anything else."""
    return moves(rounded(delta, 1 if name in {"%", "百分点"} else 2))


def fell_back(marks: object, value: float | None, previous: float | None, name: str | None) -> bool:
    """Whether a figure is worse than at the previous date (倒退) by an amount that can be read."""
    if not isinstance(marks, (tuple, list)) or "regressed" not in marks:
        return False
    if value is None or previous is None or not name or math.isnan(value) or math.isnan(previous):
        return True
    return moved(value - previous, name)


def telling(size: float) -> int:
    """Return the decimals at which a size is neither written as nothing nor as a whole number it is not."""
    for digits in range(1, MOST):
        shown = round(size, digits)
        if shown != 0 and (shown != round(shown) or abs(size - shown) < EPS):
            return digits
    return 1


def quantity(value: float, name: str, _: Translator, digits: int = 1) -> str:
    """Write a value with its unit: `46.3%`, `4 927 人`, `1.2 亿元` (from ten thousand 万元 on)."""
    large, word = scaled(value, name)
    text = plain(large, max(2, digits) if word != name else digits)
    label = unit(word, _)
    return text + label if name == "%" or not label else f"{text} {label}"


def points(value: float, _: Translator) -> str:
    """Write the size of a difference of percentages: `3.7 个百分点`."""
    return _("{n} percentage points", n=plain(abs(value), telling(abs(value))))


def difference(value: float, name: str, _: Translator) -> str:
    """Write the size of a difference in the indicator's unit; rates differ by percentage points."""
    return points(value, _) if name in {"%", "百分点"} else quantity(abs(value), name, _, telling(abs(value)))


def day(value: dt.date, _: Translator, *, year: bool = False) -> str:
    """Write a date: `6 月 30 日`, `30 Jun`; with the year `2023 年 6 月 30 日`, `30 Jun 2023`."""
    if language(_) == "zh":
        return (f"{value.year} 年 " if year else "") + f"{value.month} 月 {value.day} 日"
    return f"{value.day} {MONTHS[value.month - 1]}" + (f" {value.year}" if year else "")


def requirement(  # what a plan can ask
    target: float,
    comparator: str,
    name: str,
    _: Translator,
    *,
    strict: bool = False,
    tolerance: float = 0,
    digits: int = 1,
) -> str:
    """Write what is asked: `≥75%`, `0 起`, `约 70%（±2）`, `>0 百分点`."""
    text = quantity(target, name, _, digits)
    if comparator == "~":
        return _("about {value} (±{tolerance})", value=text, tolerance=plain(tolerance))
    sign = {">=": "≥", "<=": "≤", "==": ""}[comparator]
    if strict:
        sign = {">=": ">", "<=": "<"}.get(comparator, sign)
    return sign + text
