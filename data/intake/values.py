"""Cells to values: numbers, dates, yes and no, options, as people write them; each distinct text is read once."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from data.intake import units
from data.intake.covers import free_text, name_may_be_left
from data.intake.deadlines import done_day, due_day
from data.intake.identity import IDENTITY, MASK, SHORTEST, may_be_code
from data.intake.numbers import read_number
from data.intake.people import covers_all
from data.intake.periods import PERIOD, one_date, period_of
from data.tables import Column

BLANK = frozenset({"", "-", "--", "—", "——", "–", "/", "\\", "…", "null", "none", "nan", "n/a", "nil", "无数据"})
_NOT_APPLICABLE = frozenset({"无", "没有", "不适用", "不涉及", "无此项"})
_ERRORS = frozenset(
    {"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!",
     "#FIELD!", "#BLOCKED!", "#UNKNOWN!", "#CONNECT!", "#BUSY!", "#EXTERNAL!", "#PYTHON!"}
)  # fmt: skip
_YES = frozenset({"是", "有", "√", "✓", "✔", "☑", "对", "true", "t", "1", "1.0", "yes", "y", "已", "真"})
# An option with such a character says the opposite of one without it.
_DENYING = frozenset("未无不没非")
_NO = frozenset(
    {"否", "无", "没有", "×", "✗", "✘", "☐", "x", "错", "false", "f", "0", "0.0", "no", "n", "未", "假", "不是"}
)

# Beyond what any county counts, in whatever unit, and within what floats count exactly.
_LARGEST = 1e15
# Numbers of things, which may be made of county and date.
_OF_THINGS = frozenset({"project_id", "asset_id"})
# Before any note: 万 or 亿 as part of the number.
_TEN_THOUSANDS = re.compile(r"[^(\[【〔,;、]*[万亿萬億]")
_YEAR = re.compile(r"((?:19|20)[0-9]{2})年度?")


@dataclass
class Parsed:
    """The values of a column's distinct texts.

    Attributes
    ----------
    found
        Shape (texts,): float64 for numbers, object (bool, datetime64-ready date, str, None) otherwise.
    notes
        Position of a text → (rule, what it is read as, further words of the sentence).
    """

    found: np.ndarray[Any, Any]
    notes: dict[int, tuple[str, str, Mapping[str, object]]] = field(default_factory=dict)


def parse(column: Column, texts: list[str], unit: str | None = None, year: int | None = None) -> Parsed:
    """Return the values of texts in a column whose header gives `unit`; notes hold what must be told.

    Dates that leave out the year (5月底) are of `year`.
    """
    parsed = _PARSERS[column.type](column, texts, unit, year)
    for position, text in enumerate(texts):
        if is_error(text):
            parsed.notes[position] = ("error_cell", "", {})
    return parsed


def parse_by_unit(column: Column, texts: list[str], units_of: Sequence[str | None]) -> Parsed:
    """Return the values of texts that are each in a unit of their own row, in these units."""
    found = np.full(len(texts), np.nan)
    parsed = Parsed(found)
    for unit in dict.fromkeys(units_of):
        at = [position for position, own in enumerate(units_of) if own == unit]
        of_unit = [texts[position] for position in at]
        part = parse(column.model_copy(update={"unit": unit}), _flags(of_unit) if unit == units.FLAG else of_unit)
        found[at] = part.found
        parsed.notes |= {at[position]: note for position, note in part.notes.items()}
    return parsed


def _flags(texts: Sequence[str]) -> list[str]:
    """Return 是 and 否 as the figures they are of an item that a place has or has not; all else as it is."""
    return ["1" if (word := narrow(text)) in _YES else "0" if word in _NO else text for text in texts]


def parse_due(texts: Sequence[str], year: int | None, counted: Sequence[date | None]) -> Parsed:
    """Return the days of deadlines, each counted from a day of its own row where it names none."""
    return _days(texts, [due_day(text, year, first) for text, first in zip(texts, counted, strict=True)])


def narrow(text: str) -> str:
    """Return a text for comparison: half-width, lower case, without outer blanks."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: empty, a dash, a slash, a formula error."""
    return is_error(text) or narrow(text) in BLANK


def is_error(text: str) -> bool:
    """Whether a cell holds what a formula gives that failed."""
    return text[:1] == "#" and text.upper() in _ERRORS


def _number(column: Column, texts: list[str], unit: str | None, _year: int | None) -> Parsed:
    scale = (units.factor(unit, column.unit) if unit and column.unit else None) or 1.0
    own = unit or (column.unit if column.unit != "随事项" else None)
    # pandas reads plain numbers at once; only what it cannot read is looked at one by one.
    numbers = pd.to_numeric(pd.Series(texts, dtype="object"), errors="coerce")
    values = numbers.to_numpy(dtype="float64", na_value=np.nan).copy()
    values[~np.isfinite(values)] = np.nan
    # No county counts as far as an identity number reaches: it slipped in from another column.
    persons = {n for n, text in enumerate(texts) if len(text) >= SHORTEST and IDENTITY.search(text)}
    values[list(persons)] = np.nan
    parsed = Parsed(values)
    for position in np.flatnonzero(np.isnan(values)).tolist():
        text = texts[position]
        if is_blank(text):
            continue
        value, told = _one_number(text, own) if position not in persons else (None, "not_a_number")
        if value is not None:
            values[position] = value
        if told:
            # What is told is the number as read, before the header's unit; the header's conversion is told once.
            parsed.notes[position] = (told, "" if value is None else f"{value:.15g}", {})
    if column.type == "int":
        for position in np.flatnonzero(~np.isnan(values) & (values * scale != np.round(values * scale))).tolist():
            parsed.notes[position] = ("not_an_integer", "", {})
            values[position] = np.nan
    with np.errstate(invalid="ignore"):
        too_large = np.flatnonzero(~(np.isnan(values) | (np.abs(values) <= _LARGEST))).tolist()
    for position in too_large:
        parsed.notes[position] = ("number_too_large", "", {})
        values[position] = np.nan
    if scale != 1.0:
        values[:] = units.convert(values, scale)
    return parsed


def _one_number(text: str, unit: str | None) -> tuple[float | None, str | None]:
    """Return the number a text is in the unit of its column, and the rule to be told, if any."""
    if narrow(text) in _NOT_APPLICABLE:
        return None, "not_applicable"
    year = _YEAR.fullmatch(narrow(text).replace(" ", "")) if unit == "年" else None
    if year:
        return float(year[1]), "read_as_number"
    number = read_number(text)
    if number is None:
        return None, "not_a_number"
    value = number.value
    if number.unit and (unit or number.unit != "%"):
        scale = units.factor(number.unit, unit) if unit else None
        if scale is None:
            return None, "not_a_number"
        value = units.convert(value, scale)
    elif unit and number.how in {"scaled", "chinese", "about"} and (whole := units.unscaled(unit)) != units.plain(unit):
        # In a column of 万元 somebody who writes 3万 means 3万元; 3千 may be thousands of 元 or of 万元.
        if _TEN_THOUSANDS.match(narrow(text)):
            return units.convert(value, units.factor(whole, unit) or 1.0), "scale_twice"
        if number.how == "scaled":
            return None, "not_a_number"
    if number.how == "full_width" or (number.how == "plain" and not number.unit):
        # Only another way to write the same.
        return value, None
    return value, {"about": "about_number", "first_of_note": "number_with_note"}.get(number.how, "read_as_number")


def _date(column: Column, texts: list[str], _unit: str | None, year: int | None) -> Parsed:
    read = {"due": due_day, "done": done_day, None: one_date}[column.says]
    return _days(texts, [read(text, year) for text in texts])


def _days(texts: Sequence[str], read: Sequence[tuple[date | None, str | None]]) -> Parsed:
    values = np.full(len(texts), None, dtype=object)
    parsed = Parsed(values)
    for position, (text, (day, told)) in enumerate(zip(texts, read, strict=True)):
        if is_blank(text) or narrow(text) in _NOT_APPLICABLE:
            continue
        values[position] = day
        if told:
            parsed.notes[position] = (told, day.isoformat() if day else "", {})
    return parsed


def _bool(_column: Column, texts: list[str], _unit: str | None, _year: int | None) -> Parsed:
    values = np.full(len(texts), None, dtype=object)
    parsed = Parsed(values)
    for position, text in enumerate(texts):
        word = narrow(text)
        if word in _YES:
            values[position] = True
        elif word in _NO:
            values[position] = False
        elif not is_blank(text):
            parsed.notes[position] = ("not_yes_or_no", "", {})
    return parsed


def _enum(column: Column, texts: list[str], _unit: str | None, _year: int | None) -> Parsed:
    known: dict[str, str] = {}
    codes = column.values  # noqa: PD011 - the options, no pandas
    for names in (codes, column.labels, column.labels_en):
        for name, value in zip(names, codes, strict=True):
            known.setdefault(narrow(name), value)
    for value, called in column.called:
        for name in called:
            known.setdefault(narrow(name), value)
    values = np.full(len(texts), None, dtype=object)
    parsed = Parsed(values)
    for position, text in enumerate(texts):
        word = narrow(text)
        if word in known:
            values[position] = known[word]
        elif not is_blank(text):
            # 未开工 is but a character from 已开工, and its opposite.
            alike = [name for name in known if _denies(name) == _denies(word)]
            near = get_close_matches(word, alike, n=1, cutoff=0.6)
            words = {**allowed(column), "label_zh": column.zh, "label_en": column.en}
            parsed.notes[position] = ("unknown_value", column.label(known[near[0]], "zh") if near else "", words)
    return parsed


def allowed(column: Column) -> dict[str, str]:
    """Return the options of a column in both languages, as words of a sentence."""
    return {"allowed_zh": "、".join(column.labels), "allowed_en": ", ".join(column.labels_en)}


def _denies(text: str) -> bool:
    return any(word in text for word in _DENYING)


def _str(column: Column, texts: list[str], _unit: str | None, year: int | None) -> Parsed:
    values = np.array([None if is_blank(text) else text for text in texts] or [None], dtype=object)[: len(texts)]
    parsed = Parsed(values)
    if column.name == "month":
        _months(values, parsed, year)
    elif column.name == "period":
        for position, text in enumerate(texts):
            if values[position] is not None and not PERIOD.fullmatch(text):
                period = period_of(text, year)
                values[position] = period or text
                parsed.notes[position] = ("read_as_date" if period else "wrong_period", period or "", {})
    for position, text in enumerate(texts):
        if column.free and values[position] is not None and (told := free_text(text, column.holds)) != text:
            values[position] = told
            rule = "person_covered"
            if column.holds:
                rule = "name_without_post" if covers_all(told) else rule
            elif name_may_be_left(text, told):
                rule = "telephone_covered"
            parsed.notes[position] = (rule, told, {})
        if len(text) >= SHORTEST and IDENTITY.search(text) and not (column.name in _OF_THINGS and may_be_code(text)):
            masked = IDENTITY.sub(MASK, str(values[position] or text))
            values[position] = masked
            left = parsed.notes.get(position, ("",))[0] == "telephone_covered"
            parsed.notes[position] = ("telephone_covered" if left else "identity_masked", masked, {})
    return parsed


def _months(values: np.ndarray[Any, Any], parsed: Parsed, year: int | None) -> None:
    """Bring months to `2023-05`."""
    for position, text in enumerate(list(values)):
        if text is None or re.fullmatch(r"\d{4}-(?:0[1-9]|1[0-2])", text):
            continue
        day, told = one_date(text, year)
        values[position] = f"{day:%Y-%m}" if day else None
        parsed.notes[position] = (told or "read_as_date", values[position] or "", {})


_PARSERS: dict[str, Callable[[Column, list[str], str | None, int | None], Parsed]] = {
    "int": _number,
    "float": _number,
    "date": _date,
    "bool": _bool,
    "enum": _enum,
    "str": _str,
}
