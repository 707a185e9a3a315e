"""What a caption such as 中央衔接资金 says of columns of options: a word that is not understood is asked about."""

import re
from collections.abc import Sequence
from itertools import pairwise

from data.intake.upload_headers import plain
from data.tables import Column

# Words that change nothing of whose money it is; all others count.
_NEUTRAL = re.compile(
    r"当年度?|本年度?|财政|配套|资金|补助|金额|已?到位|(?:已|累计)*支出|安排|下达|投入|情况|部分"
    r"|\([一二三四五六七八九十\d]{1,3}\)|[的:/,、\-—()\[\]【】]"
)
# What stands so beside an option says that it is not meant: 非衔接资金, 不含衔接资金, 县级以上.
_TURNED = re.compile(r"(?:非|不含|不[含包]?括|未含|扣除|剔除|除去?)$")
_BEYOND = re.compile(r"^[()]*(?:[之及]?以?[外上下])")
# What is listed with something else is not all that is meant: 市级和省级.
_LISTED_BEFORE = re.compile(r"[、,和及与]$")
_LISTED_AFTER = re.compile(r"^[、,和及与]")
_EDGES = "()[]【】:/,、-—"


def said_of(caption: str, columns: Sequence[Column], year: int | None = None) -> dict[str, str]:
    """Return column → what a caption says of it: an option, or words that the sender is asked about.

    Every word of a caption is one of an option, one that changes nothing, or makes what it stands beside a question:
    上年结转中央衔接资金 is not 中央, 非衔接资金 not 衔接资金. Of 市级衔接资金 the first word is what the other column
    holds.

    Parameters
    ----------
    year
        Of the table: a caption that repeats it says nothing more.
    """
    text = as_labels(caption, columns)
    found = sorted((text.index(plain(label)), plain(label), label, c.name) for c, label in _inside(text, columns))
    if not found or any(at + len(word) > later for (at, word, *_), (later, *_) in pairwise(found)):
        return {}
    starts, ends = [*(at for at, *_ in found), len(text)], [0, *(at + len(word) for at, word, *_ in found)]
    gaps = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    before, after = [""] * len(found), [""] * len(found)
    left = [c.name for c in columns if c.name not in {name for *_, name in found}]
    said: dict[str, str] = {}
    for n, gap in enumerate(gaps):
        if not _rest(gap, year):
            continue
        last = n == len(found)
        if n and _BEYOND.match(gap):
            after[n - 1] = gap
        elif not last and _TURNED.search(gap):
            before[n] = re.split(r"[()]", gap)[-1]
        elif len(left) == 1 and left[0] not in said:
            said[left[0]] = gap.strip(_EDGES)
        elif last:
            after[n - 1] = gap
        else:
            before[n] = gap
    for n, (_, word, label, name) in enumerate(found):
        whole = before[n] + word + after[n]
        said[name] = label if whole == word else whole.strip(_EDGES)
    return said


def as_labels(text: str, columns: Sequence[Column]) -> str:
    """Return a text for comparison with the options that it calls by another name called by their own."""
    told = plain(text)
    for column in columns:
        names = [(plain(name), plain(column.label(value, "zh"))) for value, of in column.called for name in of]
        for name, label in sorted(names, key=lambda pair: -len(pair[0])):
            told = told.replace(name, label)
    return told


def option_named(text: str, column: Column) -> str | None:
    """Return the one option of a column that a title names, if nothing beside it says that it is not meant."""
    text = as_labels(text, [column])
    inside = _inside(text, [column])
    if len(inside) != 1:
        return None
    label = inside[0][1]
    head, _, tail = text.partition(plain(label))
    listed = _LISTED_BEFORE.search(head) or _LISTED_AFTER.match(tail)
    return None if listed or _TURNED.search(head) or _BEYOND.match(tail) else label


def _inside(text: str, columns: Sequence[Column]) -> list[tuple[Column, str]]:
    """Return column and option where a text names one option of the column."""
    found = []
    for column in columns:
        labels = [label for label in column.labels if plain(label) in text]
        if len(labels) == 1 and text.count(plain(labels[0])) == 1:
            found.append((column, labels[0]))
    return found


def _rest(gap: str, year: int | None) -> str:
    """Return what is left of words that change nothing."""
    if year:
        gap = re.sub(rf"{year}(?:年度?)?", "", gap)
    return _NEUTRAL.sub("", gap)
