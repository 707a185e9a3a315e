"""Units as people write them, and what turns one into another."""

import unicodedata

# Each unit as (kind, how many of the kind's smallest unit it is).
_UNITS: dict[str, tuple[str, float]] = {
    "元": ("money", 1),
    "百元": ("money", 100),
    "千元": ("money", 1_000),
    "万元": ("money", 10_000),
    "十万元": ("money", 100_000),
    "百万元": ("money", 1_000_000),
    "千万元": ("money", 10_000_000),
    "亿元": ("money", 100_000_000),
    "亩": ("area", 1),
    "万亩": ("area", 10_000),
    "公顷": ("area", 15),
    "米": ("length", 1),
    "m": ("length", 1),
    "公里": ("length", 1_000),
    "千米": ("length", 1_000),
    "km": ("length", 1_000),
    "分钟": ("time", 1),
    "小时": ("time", 60),
    "人": ("people", 1),
    "人次": ("people", 1),
    "万人": ("people", 10_000),
    "户": ("households", 1),
    "万户": ("households", 10_000),
    "%": ("share", 1),
    "天": ("days", 1),
    "日": ("days", 1),
    "次": ("times", 1),
    "岁": ("years old", 1),
    "年": ("year", 1),
    "个": ("number", 1),
    "项": ("number", 1),
    "家": ("number", 1),
    "类": ("number", 1),
    "°": ("degree", 1),
    "度": ("degree", 1),
    "升": ("litre", 1),
}


def _parts(unit: str) -> tuple[str, str]:
    """Return what a unit counts and what it is per: `元/人·年` → (`元`, `人年`)."""
    text = unicodedata.normalize("NFKC", unit).strip().lower().replace("百分比", "%")
    upper, _, lower = text.partition("/")
    return upper, lower.replace("·", "").replace("・", "").replace(".", "").replace("天", "日")


def known(unit: str) -> bool:
    """Whether a text is a unit."""
    return _parts(unit)[0] in _UNITS


def factor(unit: str, target: str) -> float | None:
    """Return what a number in `unit` is multiplied by to be in `target`; None if that is impossible.

    A unit without 每 (`元`) fits one with it (`元/人·年`): headers leave it out.
    """
    upper, lower = _parts(unit)
    wanted, per = _parts(target)
    if upper not in _UNITS or wanted not in _UNITS or (lower and per and lower != per):
        return None
    kind, size = _UNITS[upper]
    target_kind, target_size = _UNITS[wanted]
    return size / target_size if kind == target_kind else None
