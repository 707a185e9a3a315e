"""The rows of an export read: what is asked of each, and which of them say one person or village again."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from data.intake.exports import Export, ExportColumn, FoundExport, catalogue
from data.intake.identity import is_masked, person_number
from data.intake.model import Cells, Codes, Mask
from data.intake.places import register
from data.intake.values import is_blank, narrow, parse

# Of each row one text.
Texts = np.ndarray[Any, np.dtype[np.object_]]

_NOTHING = frozenset({"无", "否", "没有", "未享受", "不享受", "0"})
_TAKE = {"first": "first", "any": "any", "most": "max", "count": "sum"}


@dataclass(frozen=True)
class Read:
    """The rows of one sheet, typed.

    Attributes
    ----------
    frame
        One row per row of the sheet that is of a known place, under its number there (from 0); `_place` numbers its
        place and day.
    thing, household
        What tells the person (in an export of villages the village), and the household, of each row from others; ""
        where nothing does. None without such a column.
    unread
        Column → rows of the sheet (from 0) whose cell could not be read.
    about
        Column → row of the sheet (from 0) → the number read of a cell that only says about how much.
    """

    frame: pd.DataFrame
    thing: Texts | None
    household: Texts | None
    unread: dict[str, Codes] = field(default_factory=dict)
    about: dict[str, dict[int, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Again:
    """A row that says a person, or a village, which an earlier row says differently.

    Attributes
    ----------
    row, first
        The row, and the first of them.
    rows
        All rows of the person.
    columns
        Columns in which the row differs from the first; a role (`household`) or `_place` as such.
    """

    row: int
    first: int
    rows: tuple[int, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """The rows of all sheets, each person or thing once; rows are numbered through all sheets from 0.

    Attributes
    ----------
    frame
        As `Read.frame`.
    households
        One row per household in it; None where the file does not number them.
    twice
        Row that says what an earlier one says → that one.
    differing
        Rows that say differently what an earlier one says; it is that one which is in `frame`.
    """

    frame: pd.DataFrame
    households: pd.DataFrame | None
    twice: dict[int, int]
    differing: list[Again]


def read_rows(found: FoundExport, county_code: str | None, rows: Codes, places: Codes) -> Read:
    """Read the columns of a sheet that are asked, and no others.

    Parameters
    ----------
    rows
        Rows of the sheet that are of a known place.
    places
        Number of the place and period of each.
    """
    export = found.export
    data: dict[str, Any] = {"_place": places}
    unread: dict[str, Codes] = {}
    for column in export.columns:
        if column.condition:
            continue
        at = found.columns.get(column.name)
        if at is None:
            if column.missing is not None:
                data[column.name] = np.full(len(rows), column.missing == "yes")
            continue
        values, wrong = _values(found, column, at, rows, county_code)
        data[column.name] = values
        if wrong.any():
            unread[column.name] = rows[wrong]
    frame = pd.DataFrame(data, index=pd.Index(rows, name="row"))
    for column in export.columns:
        if column.condition and set(column.needs) <= set(frame):
            frame[column.name] = export.condition(column.condition, "rows").mask(_full(frame, export), {})
    keys = {role: _keys(found, role, rows) for role in ("person", "household") if role in found.roles}
    thing = keys.get("person") if export.rows == "persons" else None
    if export.rows == "villages":
        thing = np.array([str(number) for number in places.tolist()], dtype=object)
    about = {
        name: told for name, cols in found.columns.items() if (told := _about(found, export.by_name[name], cols, rows))
    }
    return Read(frame, thing, keys.get("household"), unread, about)


def put_together(export: Export, sheets: Sequence[Read], before: Sequence[int], dates: Mapping[int, date]) -> Rows:
    """Return the rows of all sheets as those of one, each person and village of a month once.

    Parameters
    ----------
    before
        Number of rows of the file before those of each sheet.
    dates
        Day of each place-and-period number.
    """
    parts = [one.frame.set_axis(one.frame.index + n) for one, n in zip(sheets, before, strict=True)]
    # A column without rows has no type of its own.
    frame = pd.concat([part for part in parts if len(part)] or parts[:1])
    thing, household = (_numbers([getattr(one, name) for one in sheets]) for name in ("thing", "household"))
    twice: dict[int, int] = {}
    differing: list[Again] = []
    if thing is not None:
        twice, differing = _again(frame, *thing, household, dates)
    first = ~frame.index.isin([*twice, *(one.row for one in differing)])
    households = None
    if household is not None and export.households:
        households = _households(export, frame.loc[first], household[0][first])
    return Rows(frame.loc[first], households, twice, differing)


def _again(
    frame: pd.DataFrame,
    thing: Codes,
    texts: Texts,
    household: tuple[Codes, Texts] | None,
    dates: Mapping[int, date],
) -> tuple[dict[int, int], list[Again]]:
    """Return the rows of a person whom an earlier row says: those that say the same of it, and those that do not."""
    day = frame["_place"].map(dates)
    said = pd.DataFrame({"_thing": thing, "_day": day}, index=frame.index)
    again = said.loc[(thing >= 0) & said.duplicated(keep=False).to_numpy()]
    if again.empty:
        return {}, []
    full = frame.loc[again.index]
    if household is not None:
        full = full.assign(household=household[0][frame.index.get_indexer(again.index)])
    # Two people may have the same part of a number that is masked: only rows that say the same are one of them.
    masked = again["_thing"].map(lambda code: is_masked(str(texts[code]))).to_numpy(dtype=bool)
    apart = full.groupby(list(full), sort=False, dropna=False).ngroup().where(masked, -1) if masked.any() else -1
    number = again.assign(_apart=apart).groupby(["_thing", "_day", "_apart"], sort=False).ngroup()
    line = number.index.to_series()
    first = line.groupby(number).transform("first")
    one = full.loc[first].set_axis(full.index)
    unlike = pd.DataFrame({name: (full[name] != one[name]) & ~(full[name].isna() & one[name].isna()) for name in full})
    differs = unlike.any(axis=1)
    twice = first.loc[~differs & (first != line)]
    group = number.loc[differs]
    rows = line.loc[number.isin(group)].groupby(number).agg(tuple)
    differing = [
        Again(row, int(first[row]), tuple(map(int, rows[n])), tuple(map(str, unlike.columns[unlike.loc[row]])))
        for row, n in group.items()
    ]
    return {int(row): int(to) for row, to in twice.items()}, differing


def _numbers(keys: Sequence[Texts | None]) -> tuple[Codes, Texts] | None:
    """Return a number for each key of all sheets, -1 for a blank, and the keys by their number."""
    known = [key for key in keys if key is not None]
    if len(known) < len(keys):
        return None
    numbers, texts = pd.factorize(np.concatenate(known))
    blank = np.flatnonzero(texts == "")
    return np.where(np.isin(numbers, blank), -1, numbers).astype(np.intp), texts


def _full(frame: pd.DataFrame, export: Export) -> pd.DataFrame:
    """Return a frame with every column that a condition may name; those the file lacks are blank."""
    return frame.reindex(columns=[*frame, *(c.name for c in export.columns if c.name not in frame)])


def _keys(found: FoundExport, role: str, rows: Codes) -> Texts:
    """Return what numbers the person or household of each row; it goes no further than here."""
    cells = found.sheet.columns[found.roles[role]]
    number = person_number if role == "person" else str.strip
    texts = np.array(["" if is_blank(text) else number(text) for text in cells.texts] or [""], dtype=object)
    result: Texts = texts[cells.codes[rows]]
    return result


def _values(
    found: FoundExport, column: ExportColumn, at: tuple[int, ...], rows: Codes, county_code: str | None
) -> tuple[Any, Mask]:
    """Return a column's values, and which cells could not be read."""
    fine = np.zeros(len(rows), dtype=bool)
    if column.type == "filled":
        counted = np.zeros(len(rows))
        for col in at:
            counted += _cells(found.sheet.columns[col], rows, [not _nothing(t) for t in found.sheet.columns[col].texts])
        return counted, fine
    cells: Cells = found.sheet.columns[at[0]]
    if column.type == "given":
        return _cells(cells, rows, [not _nothing(text) for text in cells.texts]), fine
    codes, texts = cells.used(rows)
    if not texts:
        return np.empty(0, dtype=object), fine
    if column.type == "workplace":
        read = np.array([_workplace(text, county_code) for text in texts], dtype=object)
        # Without a county's register nothing can be said of where it is.
        located = register(county_code) is not None
        wrong = np.array([located and v is None and not is_blank(t) for v, t in zip(read, texts, strict=True)])
    elif column.words:
        read = np.array([_word(column, text) for text in texts], dtype=object)
        wrong = np.array([v is None and not is_blank(t) for v, t in zip(read, texts, strict=True)])
    else:
        result = parse(column.declared(), texts, found.unit_of(column))
        read = result.found
        blank = np.array([v is None or v != v for v in read.tolist()])  # noqa: PLR0124 - NaN
        wrong = blank & np.array([not is_blank(text) for text in texts])
    values = read[codes]
    if column.type == "bool":
        values = np.array([v is True for v in values], dtype=bool)
    elif column.type == "date":
        values = pd.to_datetime(pd.Series(values, dtype=object)).to_numpy(dtype="datetime64[ns]")
    return values, wrong[codes]


def _about(found: FoundExport, column: ExportColumn, at: tuple[int, ...], rows: Codes) -> dict[int, float]:
    """Return the rows whose number is only about right, with what was read."""
    if column.type not in {"int", "float"} or column.words:
        return {}
    cells = found.sheet.columns[at[0]]
    texts = sorted({cells.text(row) for row in rows.tolist()} - {""})
    read = parse(column.declared(), texts, found.unit_of(column))
    of = {texts[n]: float(read.found[n]) for n, note in read.notes.items() if note[0] == "about_number"}
    return {row: of[text] for row in rows.tolist() if (text := cells.text(row)) in of}


def _cells(cells: Cells, rows: Codes, by_text: list[bool]) -> "np.ndarray[Any, Any]":
    known = np.array(by_text or [False], dtype=bool)
    return known[cells.codes[rows]]


def _nothing(text: str) -> bool:
    return is_blank(text) or narrow(text) in _NOTHING


def _word(column: ExportColumn, text: str) -> object:
    """Return the value a cell says, None for a blank and for what is not known."""
    value = None if is_blank(text) else column.said.get(narrow(text))
    return value if value is None or column.type != "bool" else value == "yes"


@cache
def _workplace(text: str, county_code: str | None) -> str | None:
    """Return where somebody works as seen from the county; None if the text does not say."""
    known, word = register(county_code), unicodedata.normalize("NFKC", text).strip()
    if known is None or county_code is None or is_blank(text):
        return None
    provinces = catalogue().provinces
    own = provinces.get(int(county_code[:2]), "")
    named = next((name for name in provinces.values() if word.startswith(name)), None)
    if named not in {None, own}:
        return "out_province"
    home = known.name.get(f"{county_code[:6]}000000", "")
    if home and home[:-1] in word:
        return "county"
    return "province" if named else None


def _households(export: Export, frame: pd.DataFrame, keys: Codes) -> pd.DataFrame:
    """Return one row per household of a place; members without a number are left out."""
    members = _full(frame, export).loc[keys >= 0]
    groups = members.groupby([members["_place"], keys[keys >= 0]], sort=False)
    made: dict[str, Any] = {"_place": groups["_place"].first()}
    for column in export.households:
        from_itself = not column.where and column.take != "count"
        if not ({column.name} if from_itself else set(column.needs)) <= set(frame):
            continue
        if column.where:
            held = pd.Series(export.condition(column.where, "rows").mask(members, {}), index=members.index)
        elif column.take == "count":
            held = pd.Series(data=True, index=members.index)
        else:
            held = members[column.name]
        by = held.groupby([members["_place"], keys[keys >= 0]], sort=False)
        made[column.name] = by.agg(_TAKE[column.take])
    return pd.DataFrame(made).reset_index(drop=True)
