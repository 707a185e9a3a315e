"""What the colours of a map mean: a class per status, or per range of a value. No Streamlit here."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, isfinite, log10

import pandas as pd

from components.palette import AMOUNT, Shade
from components.status import ORDER, STATUSES, Status
from data.language import Translator
from data.statuses import word

STEPS = (1, 2, 2.5, 5, 10, 20)


@dataclass(frozen=True, slots=True)
class MapClass:
    """One row of the legend: the word, and three channels that say it (fill, texture, symbol).

    `texture` is "", "wide", "dense", "lines" or "dashes"; `symbol` the body of a 12 x 12 SVG; `ink` its colour.
    """

    word: str
    fill: Shade
    ink: Shade
    symbol: str
    texture: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place named by the plan: at a region (12-digit code) or at lon, lat in degrees; `kind` is a word for people."""

    where: str | tuple[float, float]
    name: str
    kind: str = ""


Value = tuple[int, float | None]


def of_status(status: Status, text: str) -> MapClass:
    """Return the class of a status: its tint, so that what is behind stands out on a map."""
    return MapClass(text, status.tint, status.text, status.symbol, status.texture)


def status_classes(_: Translator, rule: str | None = None) -> list[MapClass]:
    """Return one class per status of villages, worst first; `rule` as in the progress frame."""
    return [of_status(status, word(code, rule, _, village=True)) for code, status in STATUSES.items()]


def status_values(progress: pd.DataFrame) -> dict[str, Value]:
    """Return class and number per region of a progress frame (columns region, status, value), for `status_classes`."""
    numbers = pd.to_numeric(progress["value"]).astype("float64")
    rows = zip(progress["region"], progress["status"], numbers, strict=True)
    return {region: (ORDER[status], None if pd.isna(number) else number) for region, status, number in rows}


def value_classes(
    numbers: Mapping[str, float | None], unit: str, *, edges: Sequence[float] = ()
) -> tuple[list[MapClass], dict[str, Value]]:
    """Class numbers into at most five ranges, from little to much in one hue: nothing is asked, so nothing warns.

    Parameters
    ----------
    numbers
        Value per region; None and NaN are left out, so that the map shows them as not reported.
    unit
        Written behind the edges.
    edges
        Inner edges, a number on an edge being in the higher class; default round ones at equal distances, whole ones
        where all numbers are whole and count something.

    Returns
    -------
    classes, values
        As `county_map` takes them.
    """
    known = {code: float(n) for code, n in numbers.items() if n is not None and isfinite(n)}
    if not known:
        return [], {}
    low, high = min(known.values()), max(known.values())
    whole = not edges and unit != "%" and all(n.is_integer() for n in known.values())
    cuts = list(edges) or (_whole_edges(low, high) if whole else _edges(low, high))
    size = len(cuts) + 1
    fills = [AMOUNT[round(i * (len(AMOUNT) - 1) / (size - 1))] for i in range(size)] if cuts else [AMOUNT[2]]
    texts = (_whole_ranges(cuts, low, high) if whole else _ranges(cuts)) if cuts else [_written(low)]
    ink = STATUSES["no_data"].text
    apart = " × " if unit[:1].isdigit() else " " if unit[:1].isalpha() and unit.isascii() else ""  # 15 × 10k yuan
    classes = [
        MapClass(text + apart + unit, fill, ink, _level(i, len(fills)))
        for i, (text, fill) in enumerate(zip(texts, fills, strict=True))
    ]
    return classes, {code: (bisect_right(cuts, n), n) for code, n in known.items()}


def _edges(low: float, high: float) -> list[float]:
    """Return at most four round numbers, evenly spaced, between `low` and `high`."""
    if low == high:
        return []
    size = 10 ** floor(log10((high - low) / len(AMOUNT)))
    for width in (step * size for step in STEPS):
        first, last = floor(low / width) + 1, ceil(high / width) - 1
        if last - first < len(AMOUNT) - 1:
            return [round(i * width, 10) for i in range(first, last + 1)]
    raise AssertionError(low, high)


def _whole_edges(low: float, high: float) -> list[float]:
    """Return the same for whole numbers: whole edges, the highest number may be one."""
    if low == high:
        return []
    size = max(10 ** floor(log10((high - low) / len(AMOUNT))), 1)
    for width in (step * size for step in STEPS if (step * size) % 1 == 0):
        first, last = floor(low / width) + 1, floor(high / width)
        if first <= last and last - first < len(AMOUNT) - 1:
            return [i * width for i in range(first, last + 1)]
    raise AssertionError(low, high)


def _whole_ranges(cuts: Sequence[float], low: float, high: float) -> list[str]:
    """Return the words of classes of whole numbers, both ends in the class: 0, 1, 2–3, ≥4."""
    first = _written(low) if low == cuts[0] - 1 else f"<{_written(cuts[0])}"
    middle = [_written(a) if b == a + 1 else f"{_written(a)}–{_written(b - 1)}" for a, b in pairwise(cuts)]
    return [first, *middle, _written(high) if high == cuts[-1] else f"≥{_written(cuts[-1])}"]


def _ranges(cuts: Sequence[float]) -> list[str]:
    """Return the words of the classes: below the first edge, between two, from the last on."""
    written = [_written(cut) for cut in cuts]
    return [f"<{written[0]}", *(f"{a}–{b}" for a, b in pairwise(written)), f"≥{written[-1]}"]


def _level(index: int, size: int) -> str:
    """Return the symbol of a class: a column as high as the class."""
    height = 2 + 9 * (index + 1) / size
    return f"<path d='M3 11.5V{11.5 - height:.1f}H9V11.5z'/>"


def _written(number: float) -> str:
    return f"{number:,.10g}".replace(",", "\u2009").replace("-", "−")


def tally(indices: Iterable[int | None], size: int) -> list[int]:
    """Count how often each class occurs; None is not counted."""
    counts = [0] * size
    for index in indices:
        if index is not None:
            counts[index] += 1
    return counts
