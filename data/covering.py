"""What may be shown of a table of people: whatever could tell who somebody is stays covered, in every list and grid.

A name stands where nobody expects it: cells slip by a column, a household is numbered by its head. So it is asked of
each text, not of each column, whether it can only be what the column holds: a figure, a word of its list, a place.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pandas as pd

from data.intake import Checked
from data.intake.identity import COVERED, IDENTITY, MOBILE
from data.intake.model import FoundColumn, Question
from data.tables import PERSONAL, Column, tables

# Columns that name somebody or something by a number of the sender's own.
_IDENTIFIES = ("_id", "hh_id")
_HAN = re.compile(r"[\u3400-\u9fff]")
# What stands beside figures and dates.
_BESIDE_FIGURES = re.compile(
    r"[\s年月日底初上下半旬季度约近超余多共计人户口元万千百十亿亩个项次天岁斤吨台处条座所名件期]+"
)
_NO_NAMES = frozenset(["是", "否", "有", "无", "没有", "不是", "不详", "未报", "暂无", "空"])
_PLACE = re.compile(
    r"(?:村|社区|居委会|居民委员会|村委会|村民委员会|委员会|镇|乡|街道|办事处|街道办|县|区|市|组|屯|寨|嘎查|苏木|园区|安置点|农场|林场)$"
)
_SHARED = 2
"""Characters a word must share with one of its list to be a slip of it, not somebody's name."""
_KEYS = frozenset({"duplicate_key"})
# Of these the value is a header.
_OF_HEADERS = frozenset({"missing_column", "unknown_column", "personal_column"})


def identifies(table_id: str | None, found: FoundColumn | None) -> bool:
    """Whether a column of a file could tell who somebody is: in a table of people, all that says nothing of the row."""
    if table_id not in PERSONAL:
        return False
    if found is None or found.role == "unknown":
        return True
    return bool(found.name and found.name.endswith(_IDENTIFIES))


def opened(table_id: str | None, found: FoundColumn | None) -> Callable[[str], bool]:
    """Return what says of a text in a column whether it may be shown."""
    if table_id not in PERSONAL:
        return lambda _text: True
    if identifies(table_id, found):
        return lambda text: not text
    column = next((c for c in tables()[table_id].columns if found and c.name == found.name), None)
    return lambda text: tells_nobody(text, column)


@lru_cache(maxsize=1 << 14)
def tells_nobody(text: str, column: Column | None) -> bool:
    """Whether a text of a table of people can only be what its column holds.

    Parameters
    ----------
    column
        None for a place that is given by its name.
    """
    if IDENTITY.search(text) or MOBILE.search(text):
        return False
    if not _HAN.search(text) and not any(letter.isalpha() for letter in text):
        return True
    if column is None or column.role is not None:
        return bool(_PLACE.search(re.sub(r"[\s()（）0-9０-９]+$", "", text))) or text.isascii()
    if column.type in {"enum", "bool"}:
        words = {word for group in (column.values, column.labels, column.labels_en) for word in group}  # noqa: PD011 - no array
        return text in words | _NO_NAMES or any(_alike(text, word) for word in words)
    figures = any(letter.isdigit() for letter in text) and not _HAN.search(_BESIDE_FIGURES.sub("", text))
    if column.type == "str":
        return figures and column.name.endswith(("period", "month"))
    return text in _NO_NAMES or (figures and not re.search(r"[A-Za-z]{2}", text))


def _alike(text: str, word: str) -> bool:
    return len(set(text) & set(word)) >= _SHARED


def covered(checked: Checked) -> Checked:
    """Return the result with values covered that could tell who somebody is; for any page, list and log."""
    table = checked.table
    if table not in PERSONAL:
        return checked
    columns = {c.name: c for c in tables()[table].columns}
    questions = tuple(q for q in checked.questions if _may_ask(q, columns))
    problems = checked.problems
    if problems.empty:
        return replace(checked, questions=questions)
    pairs = problems[["column", "value"]].drop_duplicates()
    known = {
        (column, value): _open(column, value, columns)
        for column, value in zip(pairs["column"], pairs["value"], strict=True)
    }
    shut = [not known[pair] for pair in zip(problems["column"], problems["value"], strict=True)]
    hide = pd.Series(shut, index=problems.index) | problems["rule"].isin(_KEYS)
    hide &= (problems["value"] != "") & problems["row"].notna() & ~problems["rule"].isin(_OF_HEADERS)
    if not hide.any():
        return replace(checked, questions=questions)
    shown = problems.copy()
    shown.loc[hide, ["value", "repair"]] = COVERED
    shown["more"] = pd.Series(
        [
            _cover(more, value, whole=rule in _KEYS) if h else more
            for more, value, rule, h in zip(
                problems["more"], problems["value"], problems["rule"], hide, strict=True
            )
        ],
        index=shown.index,
        dtype=object,
    )  # fmt: skip
    return replace(checked, problems=shown, questions=questions)


def _open(name: str, value: str, columns: dict[str, Column]) -> bool:
    column = columns.get(name)
    if column is not None and name.endswith(_IDENTIFIES):
        return not value
    return tells_nobody(value, column)


def _may_ask(question: Question, columns: dict[str, Column]) -> bool:
    column = columns.get(question.column)
    return tells_nobody(question.text, None if question.kind == "place" else column)


def _cover(more: Any, value: str, *, whole: bool) -> dict[str, object]:
    """Cover what a sentence repeats of the value; the rest of it are words of the rule."""
    return {
        name: COVERED if isinstance(text, str) and text and (whole or value in text or text in value) else text
        for name, text in more.items()
    }
