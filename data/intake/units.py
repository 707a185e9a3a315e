"""Units as people write them, where they write them, and what turns one into another."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from math import prod
from typing import Any, TypeVar

import numpy as np

_Value = TypeVar("_Value", float, "np.ndarray[Any, Any]")

# Each kind's units, as how many of the kind's first unit they are. Kinds never become one another: a household is
# no person, and ten visits (人次) may be one person's.
_KINDS: dict[str, dict[str, float]] = {
    "money": {"元": 1, "角": 0.1, "分钱": 0.01},
    "area": {"亩": 1, "公顷": 15, "ha": 15, "平方公里": 1500, "平方千米": 1500, "km2": 1500},
    "floor": {"平方米": 1, "m2": 1, "平米": 1},
    "length": {"米": 1, "m": 1, "公里": 1_000, "千米": 1_000, "km": 1_000, "厘米": 0.01, "cm": 0.01, "毫米": 0.001},
    "weight": {"公斤": 1, "千克": 1, "kg": 1, "斤": 0.5, "市斤": 0.5, "吨": 1_000, "t": 1_000, "克": 0.001},
    "volume": {"升": 1, "立方米": 1_000, "m3": 1_000, "方": 1_000},
    "power": {"千瓦": 1, "kw": 1, "兆瓦": 1_000, "mw": 1_000},
    "energy": {"千瓦时": 1, "kwh": 1},
    "time": {"分钟": 1, "小时": 60},
    "days": {"天": 1, "日": 1},
    "months": {"月": 1, "个月": 1},
    "year": {"年": 1},
    "years old": {"岁": 1, "周岁": 1},
    "people": {"人": 1, "口": 1, "名": 1},
    "times": {"次": 1},
    "visits": {"人次": 1},
    "households": {"户": 1},
    "share": {"%": 1, "‰": 0.1, "百分点": 1, "个百分点": 1},
    "degree": {"°": 1, "度": 1},
    "pieces": {"个": 1},
}
_UNITS = {unit: (kind, float(size)) for kind, units in _KINDS.items() for unit, size in units.items()}
# Floors are measured in square metres and fields in 亩; 2000 square metres are 3 亩.
_UNITS |= {unit: ("area", 3 / 2000 * size) for unit, (kind, size) in _UNITS.items() if kind == "floor"}
# Words that count things of one sort each; 个 may stand for any of them, none of them for another.
_COUNTERS = frozenset("项家类处座所条件台套辆间栋幢盏宗笔份张块棚头只羽株棵尾箱群匹村场例")
_UNITS |= {word: (f"number of {word}", 1.0) for word in _COUNTERS}
_COUNTED = frozenset({"pieces", *(f"number of {word}" for word in _COUNTERS)})
_STEPS = {"十": 10.0, "百": 100.0, "千": 1e3, "万": 1e4, "亿": 1e8}
_SCALED = re.compile(r"([十百千]?[万亿]|[十百千])(.+)")
_TRADITIONAL = str.maketrans("單萬億畝戶個項頃噸頭隻條", "单万亿亩户个项顷吨头只条")
# Kinds that `…/户` or `…/亩` goes with; 户/人 in a line of units is two units.
_MEASURED = frozenset({"money", "area", "length", "weight", "volume", "power", "energy"})
_PER = frozenset({"area", "people", "households", "days", "months", "year", "weight", "length", "time"})
# Words that also name a place or stand in ordinary headers: they are units only where the header counts something.
_HEADER_WORDS = frozenset({"村", "场", "名", "口", "方", "月", "日", "年"})
_COUNTING = re.compile(r"(?:数|量|时间|限|期|长)$")

FLAG = "0/1"
"""What items are in that a place has or has not: no unit at all, and none becomes it."""
OF_RATIO = "分子/分母"
"""What items are in whose numerator and denominator are figures, in any one unit but a share."""

_UNIT_LINE = re.compile(r"(?:单位|unit)\s*(?:[::]|均?为|是|(?=[(]))(?=\s*([^\n]*))", re.IGNORECASE)
# 金额以元计, 按万元填报; and what ends a title or a name: 统计表（元）.
_COUNTED_IN = re.compile(r"(?:均?以|均?按|均?用)\s*\(?([^\s,;。()]{1,6}?)\)?\s*(?:为单位|作单位|计|填)")
_LAST_BRACKET = re.compile(r"[(\[【](?:计量|金额|面积)?(?:单位)?[:为]?\s*([^()\[\]【】]{1,20})[)\]】](?=[\s(\[【]|$)")
_BETWEEN = re.compile(r"[、,;()\[\]【】\s]+")
_BRACKET = re.compile(r"[(\[【]\s*(?:计量|金额)?(?:单位[:为]?)?\s*([^()\[\]【】]+)[)\]】]")
_AFTER = re.compile(r"[/,、:]\s*[(]?([^/,、:()]+(?:/[^/,、:()]+)?)[)]?$")
_SPACED = re.compile(r"\S{2,}\s+(\S+)$")
_ATTACHED = re.compile(r"(?<=[^\x00-\x7f])(%|‰|km2|m2|m3|km|kg|m|万元|亿元|万亩|公顷|平方公里|平方米)$")

_SHARE = re.compile(r"率|比重|占比|比例|百分比|进度|%|构成|share|rate|percent", re.IGNORECASE)
# Of these, one percent is normal and a half unheard of; or they are parts of no whole.
_TENS = 10
_SMALL_SHARE = re.compile(r"发生率|死亡率|返贫率|利率|增速|增长|增幅|降幅|变化|汇率|亩均|‰")


def plain(unit: str) -> str:
    """Return a unit in the form this module knows: half-width, simplified, without blanks."""
    text = unicodedata.normalize("NFKC", unit).translate(_TRADITIONAL).lower()
    text = re.sub(r"\s+", "", text).replace("百分比", "%")
    return text.removeprefix("人民币") or text


@lru_cache(maxsize=4096)
def _size(text: str) -> tuple[str, float] | None:
    """Return the kind and size of a simple unit, scaled (`万亩`) or not."""
    if text in _UNITS:
        return _UNITS[text]
    match = _SCALED.fullmatch(text)
    if match is None or match[2] not in _UNITS:
        return None
    kind, size = _UNITS[match[2]]
    return None if kind in {"share", "degree"} else (kind, size * prod(_STEPS[step] for step in match[1]))


def unscaled(unit: str) -> str:
    """Return a unit without its factor: 万元 → 元, 万元/亩 → 元/亩; 千瓦 is none of a thousand."""
    upper, slash, lower = plain(unit).partition("/")
    match = None if upper in _UNITS else _SCALED.fullmatch(upper)
    return f"{match[2]}{slash}{lower}" if match and match[2] in _UNITS else plain(unit)


@lru_cache(maxsize=4096)
def _parts(unit: str) -> tuple[str, str]:
    """Return what a unit counts and what it is per: `元/人·年` → (`元`, `人年`)."""
    text = plain(unit).strip("()")
    upper, _, lower = text.partition("/")
    return upper, re.sub(r"[·・.•/]", "", lower).replace("天", "日").replace("每", "")


@lru_cache(maxsize=4096)
def known(unit: str) -> bool:
    """Whether a text is a unit: simple (`万元`), or per something (`元/亩`, `元/人·年`)."""
    if len(unit) > 16:
        return False
    unit = plain(unit)
    upper, lower = _parts(unit)
    if _size(upper) is None or ("/" in unit) != bool(lower):
        return False
    while lower:
        # The longest unit first, as 人年 is 人 and 年.
        part = next((lower[:n] for n in range(len(lower), 0, -1) if _size(lower[:n])), None)
        if part is None:
            return False
        lower = lower[len(part) :]
    return True


def factor(unit: str, target: str) -> float | None:
    """Return what a number in `unit` is multiplied by to be in `target`; None if that is impossible.

    A unit without 每 (`元`) fits one with it (`元/人·年`): headers leave it out. One with it fits 元 alone, in which
    averages are written too, but no amount or count of all: 元/亩 is no part of 万元.
    """
    upper, lower = _parts(unit)
    wanted, per = _parts(target)
    found, aim = _size(upper), _size(wanted)
    if found is None or aim is None or (lower and per and lower != per):
        return None
    if lower and not per and aim != ("money", 1.0):
        return None
    if found[0] == aim[0]:
        return found[1] / aim[1]
    counted = {found[0], aim[0]} <= _COUNTED and "pieces" in {found[0], aim[0]}
    return found[1] / aim[1] if counted else None


def counts(target: str) -> bool:
    """Whether what is wanted says which units fit: a unit known, or yes and no, which no unit fits."""
    return target == FLAG or known(target)


def is_share(unit: str) -> bool:
    """Whether a unit says parts of a whole: %, ‰, 百分点."""
    size = _size(_parts(unit)[0])
    return size is not None and size[0] == "share"


def fitting(named: Sequence[str], target: str | None) -> str | None:
    """Return the first of the units a line names that can be converted to the target; None if none can."""
    return next((unit for unit in named if factor(unit, target or "") is not None), None)


def money_unsaid(unit: str | None, target: str | None, beside: Sequence[str | None]) -> bool:
    """Whether money is without a unit that is not counted in yuan: it may well be.

    It is in the unit of the target where columns beside it are said to be: 其中：用于产业 after 到位额（万元）.
    """
    counted_in_yuan = factor("元", target or "") in {None, 1}
    return not (unit or counted_in_yuan or any(other and factor(other, target or "") == 1 for other in beside))


def convert(value: _Value, scale: float) -> _Value:
    """Return a number in another unit, `scale` as `factor` gives it.

    Dividing by a whole number keeps 123456 元 at 12.3456 万元; multiplying by 0.0001 would not.
    """
    inverse = 1 / scale
    return value / round(inverse) if scale < 1 and abs(inverse - round(inverse)) < 1e-9 else value * scale


def find_units(text: str) -> tuple[str, ...]:
    """Return the units a line or note names, in order: `单位:人、%` → (`人`, `%`); none if it names none.

    A line that is nothing but units in brackets counts too. What follows 单位 and is no unit ends the list, so that
    `填报单位：姜家镇` names none.
    """
    clean = unicodedata.normalize("NFKC", text).translate(_TRADITIONAL).strip()
    found: list[str] = []
    for match in _UNIT_LINE.finditer(clean):
        found += _listed(match[1])
    found += [plain(match[1]) for match in _COUNTED_IN.finditer(clean) if known(match[1])]
    if not found and clean[:1] in "([【" and clean[-1:] in ")]】":
        inner = [piece for piece in _BETWEEN.split(clean) if piece]
        listed = _listed(clean)
        found = listed if len(inner) <= len(listed) else []
    return tuple(dict.fromkeys(found))


def units_after(title: str) -> tuple[str, ...]:
    """Return the units in brackets after a title or a file's name: `统计表（元）` → (`元`,); none of 基本情况（村）."""
    clean = unicodedata.normalize("NFKC", title).translate(_TRADITIONAL).strip()
    for match in reversed(list(_LAST_BRACKET.finditer(clean))):
        pieces = [piece for piece in _BETWEEN.split(match[1]) if piece]
        if match.start() > 1 and pieces and all(known(p) and p not in _HEADER_WORDS for p in pieces):
            return tuple(dict.fromkeys(_listed(match[1])))
    return ()


def _listed(text: str) -> list[str]:
    """Return the units a list begins with."""
    found: list[str] = []
    for piece in _BETWEEN.split(text):
        if not piece or piece == "人民币":
            continue
        units = _single_or_both(piece.rstrip("。"))
        if not units:
            break
        found += units
    return found


def _single_or_both(piece: str) -> list[str]:
    """Return the one unit of `元/亩`, the two of `户/人`, none of a text that is no unit."""
    if not known(piece):
        return [plain(part) for part in piece.split("/")] if all(map(known, piece.split("/"))) else []
    upper, slash, lower = plain(piece).partition("/")
    kinds = [size[0] if (size := _size(part)) else "" for part in (upper, lower)]
    apart = slash and kinds[1] and (kinds[0] not in _MEASURED or kinds[1] not in _PER or kinds[0] == kinds[1])
    # 人/平方公里 is a density; 人/户 could be one too, but a line of units lists what is counted.
    return [upper, lower] if apart and not (kinds[0] == "people" and kinds[1] == "area") else [plain(piece)]


@lru_cache(maxsize=8192)
def unit_in_header(header: str) -> str | None:
    """Return the unit a header states, None if it states none or several: `种植成本/(元/亩)` → `元/亩`."""
    text = unicodedata.normalize("NFKC", header).translate(_TRADITIONAL).strip()
    for match in reversed(list(_BRACKET.finditer(text))):
        pieces = [piece for piece in _BETWEEN.split(match[1]) if piece]
        if pieces and all(known(piece) for piece in pieces):
            units = [unit for piece in pieces for unit in _single_or_both(piece)]
            unit = units[0] if len(units) == 1 else None
            return unit if unit is None or _states(text[: match.start()], unit) else None
    after = _AFTER.search(text)
    if after and after.start() and known(after[1]) and _states(text[: after.start()], plain(after[1])):
        return plain(after[1])
    spaced = _SPACED.fullmatch(text)
    if spaced and known(spaced[1]):
        size = _size(_parts(spaced[1])[0])
        if size and (size[0] in _MEASURED or size[0] == "share" or size[1] > 1):
            return plain(spaced[1])
    attached = _ATTACHED.search(text)
    return attached[1].lower() if attached and attached.start() else None


def _states(stem: str, unit: str) -> bool:
    """Whether a unit after these words is one: 村 in 行政村数(村), not in 乡镇(村)."""
    words = re.sub(r"[\s/]+$", "", stem)
    return bool(words) and (unit not in _HEADER_WORDS or _COUNTING.search(words) is not None)


def looks_like_fraction(values: Sequence[float] | np.ndarray[Any, Any], header: str) -> bool:
    """Whether a column named as a percentage holds fractions of one: 0.45 for 45 %, as Excel stores it.

    Parameters
    ----------
    values
        The column's numbers; NaN where blank.
    header
        The column's header, its unit included. A column not called rate, share, progress or % is never judged.

    Returns
    -------
    bool
        True only if all values lie within 0 to 1, one strictly between, and they reach at least a half or add up to
        one. Shares that are small by nature (贫困发生率), growth, and parts that add up to a hundred stay percentages.
    """
    if not _SHARE.search(header) or _SMALL_SHARE.search(header):
        return False
    numbers = np.asarray(values, dtype="float64")
    numbers = numbers[~np.isnan(numbers)]
    if not len(numbers) or numbers.min() < 0 or numbers.max() > 1 or not ((numbers > 0) & (numbers < 1)).any():
        return False
    total = float(numbers.sum())
    if len(numbers) > 1 and abs(total - 1) < 0.02:
        return True
    return bool(numbers.max() >= 0.5) and abs(total - 100) > 1


def may_be_fractions(values: np.ndarray[Any, Any], header: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which of a column's percentages may be fractions of one: 0.42 where most are tens of per cent."""
    lone = (values > 0) & (values < 1)
    if not lone.any() or _SMALL_SHARE.search(header) or np.nanmedian(values) < _TENS:
        return np.zeros(len(values), dtype=bool)
    return lone


def hold_fractions(
    wanted: str | None, header: str, unit: str | None, values: np.ndarray[Any, Any], texts: Sequence[str]
) -> bool:
    """Whether a column wanted in per cent holds fractions; a cell written with its own % says that it does not."""
    if wanted != "%" or unit not in {None, "%"} or any("%" in unicodedata.normalize("NFKC", text) for text in texts):
        return False
    return looks_like_fraction(values, f"{header}%")
