"""Every value of a recognised table made typed, and every problem told with its row, column, value and rule."""

import time
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from difflib import get_close_matches
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data import wording
from data.intake import limits, places, units
from data.intake.export_check import check_export
from data.intake.exports import find_export
from data.intake.files.read import read
from data.intake.generic import check_any, shown, tell_shape
from data.intake.model import Cells, Checked, Codes, FoundColumn, Layout, Mask, Problems, Refusal, rule_book
from data.intake.periods import last_day, period_of
from data.intake.personal import is_personal
from data.intake.recognise import recognise
from data.intake.values import IDENTITY, MASK, is_blank, narrow, parse
from data.registry import counties
from data.tables import Column, Table, items, tables, typed

if TYPE_CHECKING:
    from data.plan import Plan

_AHEAD_MONTHS = 3
_CHINA = timezone(timedelta(hours=8))
_EARLIEST = pd.Timestamp(2000, 1, 1)
# Dates that lie ahead by nature.
_AHEAD = frozenset({"due_on"})
# Levels of `facts` and `actions` whose code is free text: a settlement, a project, an enterprise.
_FREE_LEVELS = frozenset({"site", "project", "body"})
# Numbers given to things and people; here an identity number would become a key, so it is refused, not masked.
_NUMBERS = ("_id", "hh_id")


def check_file(
    raw: bytes,
    file_name: str,
    county_code: str | None = None,
    table: str | None = None,
    today: date | None = None,
    newest: date | None = None,
    period: str | None = None,
) -> Checked:
    """Read, recognise and check an upload; nothing is stored.

    Parameters
    ----------
    raw
        The file's content.
    file_name
        As the sender called it; shown, never used as a path.
    county_code
        Six digits; places are looked up in this county's register. Without it codes are only brought to 12 digits.
    table
        Id of the upload table if the sender says which; else it is recognised by its headers.
    today
        Dates after it are doubted; the clock's date in China if not given.
    newest
        Newest date the county has data for; rows far ahead of it are doubted.
    period
        Of which period a file without a column of dates is, `2023-09`; else its title or name says so.

    Returns
    -------
    Checked
        With `refusal` set if the file could not be read or recognised. Never raises for what a file holds.
    """
    started = time.monotonic()
    try:
        book = read(raw, file_name)
        export = find_export(book)
        if export is not None and table in {None, export.export.table}:
            return check_export(export, book, file_name, county_code, period, today or day_in_china())
        layout = recognise(book, table, file_name)
        _in_time(started)
    except Refusal as refusal:
        return Checked(file_name, county_code, refusal=refusal)
    problems = Problems(layout.origin, layout.origin_columns)
    for rule, words in book.notes:
        problems.add(rule, more=words)
    if book.mixed_lines:
        problems.add("mixed_encoding", more={"lines": "、".join(map(str, book.mixed_lines[:20]))})
    tell_shape(layout, problems)
    personal = is_personal(book, layout.columns)
    if layout.table is None:
        return check_any(layout, book, file_name, county_code, problems)
    try:
        run = TableCheck(layout, county_code, problems, today or day_in_china(), started, newest, period)
        frame = run.frame()
    except Refusal as refusal:
        return Checked(file_name, county_code, table=layout.table, refusal=refusal, layout=layout)
    if personal:
        problems.add("original_not_kept")
    definition = tables()[layout.table]
    if layout.origin is not None:
        frame.index = pd.Index(np.asarray(layout.in_file(layout.data_rows)) + 1, name="row")
    return Checked(
        file_name=file_name,
        county_code=county_code,
        table=layout.table,
        frame=frame,
        problems=problems.frame(),
        layout=layout,
        encoding=book.encoding,
        delimiter=book.delimiter,
        periods=periods(definition, frame),
        townships=townships(definition, frame, county_code),
        personal=personal,
    )


def day_in_china() -> date:
    """Return the day it is in China, wherever the server stands."""
    return datetime.now(_CHINA).date()


def furthest(newest: date) -> date:
    """Return the last day that a new row may have without being far ahead of the newest data."""
    day: date = (pd.Timestamp(newest) + pd.DateOffset(months=_AHEAD_MONTHS, day=31)).date()
    return day


def periods(table: Table, frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the months a frame's rows belong to, in order; none for a running list."""
    if table.date_column is None:
        return ()
    return tuple(sorted(table.months(frame).dropna().unique()))


def townships(table: Table, frame: pd.DataFrame, county_code: str | None) -> tuple[str, ...]:
    """Return the townships, or the county, that a frame's rows belong to, as 12-digit codes in order."""
    codes: set[str] = set()
    for name in table.place_columns:
        codes |= set(frame[name].dropna().unique())
    known = places.register(county_code)
    if known:
        return tuple(sorted({town for code in codes if (town := known.township(code))}))
    return tuple(sorted({code[:9].ljust(12, "0") for code in codes if len(code) == 12 and code.isdigit()}))


def _in_time(started: float) -> None:
    if time.monotonic() - started > limits.SECONDS:
        raise Refusal("too_slow", limit=int(limits.SECONDS))


class TableCheck:
    """One run over one table; `frame` does it."""

    def __init__(
        self,
        layout: Layout,
        county_code: str | None,
        problems: Problems,
        today: date | None,
        started: float,
        newest: date | None = None,
        period: str | None = None,
    ) -> None:
        if layout.table is None:
            raise ValueError("a layout without an upload table")
        self.layout = layout
        self.table = tables()[layout.table]
        self.rows: Codes = layout.data_rows
        self.county = county_code
        self.today = today
        self.newest = newest
        self.period = period
        self.problems = problems
        self.started = started
        self.known = places.register(county_code)
        self.found: dict[str, FoundColumn] = {}
        self.data: dict[str, pd.Series[Any]] = {}
        # For columns of places: in which rows a code or a name is written.
        self.written: dict[str, Mask] = {}

    def frame(self) -> pd.DataFrame:
        """Return the typed rows, after all problems were collected."""
        if self.county and self.known is None:
            self.problems.add("no_register", more={"county": self.county})
        self._shape()
        for column in self.table.columns:
            if column.name in self.found and column.role not in {"village", "township", "county", "place"}:
                self.data[column.name] = self._values(column, self.found[column.name])
                _in_time(self.started)
        for column in self.table.columns:
            if column.role in {"village", "township", "county", "place"}:
                self._place(column)
        self._fill()
        raw = pd.DataFrame(self.data, index=pd.Index(self.rows + 1, name="row"))
        frame = typed(self.table.id, raw)
        self._keys(frame, raw)
        self._ranges(frame)
        self._dates(frame)
        self._pairs(frame)
        self._agreement(frame)
        if not len(frame):
            self.problems.add("no_rows")
        return frame

    # -- shape -------------------------------------------------------------------------------------------------------

    def _shape(self) -> None:
        problems = self.problems
        for found in self.layout.columns:
            if found.role == "column" and found.name:
                if found.name in self.found:
                    other = self.found[found.name].col + 1
                    problems.add("column_twice", [self.layout.header_row], found, more={"other": other})
                    continue
                self.found[found.name] = found
                self._unit(found, self.table.column(found.name))
            elif found.role == "personal":
                problems.add("personal_column", [self.layout.header_row], found)
            elif found.role == "unknown":
                problems.add("unknown_column", [self.layout.header_row], found)
        self._undated()
        names = {c.role for c in self.layout.columns}
        for column in self.table.columns:
            by_name = column.role in {"village", "place"} and names & {"village_name", "township_name"}
            if column.name in self.found or by_name or self._derivable(column.name):
                continue
            if column.name == "as_of":
                problems.add("no_date", [self.layout.header_row], column=column.name)
            elif column.name in self.table.key or column.required:
                words = {"label_zh": column.zh, "label_en": column.en}
                problems.add("missing_column", [self.layout.header_row], column=column.name, more=words)

    def _undated(self) -> None:
        """Date rows of a file without dates by what the sender says, else by its title, sheet or name."""
        if not self.table.dated or {"as_of", "month"} & set(self.found):
            return
        named = self.period or self.layout.period
        # Rows of a month are not dated by a title that only names the year.
        if named is None or (len(named) == 4 and not self.period):
            return
        day = last_day(named)
        if self.today and day > self.today.replace(day=monthrange(self.today.year, self.today.month)[1]):
            return
        self.data["as_of"] = pd.Series(day, index=self.rows + 1, dtype=object)
        if not self.period:
            said = shown(self.layout.structure.title if period_of(self.layout.structure.title) else self.layout.about)
            self.problems.add("dated_by_title", more={"title": said.strip(), "day": str(day)})

    def _derivable(self, name: str) -> bool:
        """Whether another column of the file, or the register, says the same (see `_fill`)."""
        if name == "geo_level":
            return self.known is not None
        if name == "as_of" and "as_of" in self.data:
            return True
        given = {c.name for c in self.layout.columns}
        return self.table.id == "staff" and name in {"as_of", "month"} and bool(given & {"as_of", "month"})

    def _unit(self, found: FoundColumn, column: Column) -> None:
        if not found.unit or not column.numeric or not column.unit or not units.known(column.unit):
            return
        factor = units.factor(found.unit, column.unit)
        words = {"unit": found.unit, "target": column.unit, "factor": f"{factor:g}" if factor else ""}
        if factor is None:
            self.problems.add("wrong_unit", [self.layout.header_row], found, more=words)
        elif factor != 1:
            self.problems.add("unit_converted", [self.layout.header_row], found, more=words)

    # -- values ------------------------------------------------------------------------------------------------------

    def _cells(self, found: FoundColumn) -> tuple[Codes, list[str]]:
        """Return a column's data cells, only with the texts that occur in them."""
        cells: Cells = self.layout.sheet.columns[found.col]
        if not len(self.rows):
            return np.empty(0, dtype=np.intp), []
        used, codes = np.unique(cells.codes[self.rows], return_inverse=True)
        return codes, [cells.texts[code] for code in used]

    def _values(self, column: Column, found: FoundColumn) -> "pd.Series[Any]":
        codes, texts = self._cells(found)
        if self.table.id == "facts" and column.name == "item":
            return self._items(found, codes, texts)
        parsed = parse(column, texts, found.unit)
        if column.name in self.table.key or column.name.endswith(_NUMBERS):
            masked = {p for p, (rule, _, _) in parsed.notes.items() if rule == "identity_masked"}
            for position in masked:
                parsed.notes[position] = ("identity_number", "", {})
                # Two people stay two in a preview; nothing of it is ever stored, as the rule blocks the commit.
                parsed.found[position] = f"id-{blake2b(texts[position].encode(), digest_size=6).hexdigest()}"
        self._tell(found, codes, texts, parsed.notes)
        values = parsed.found[codes] if texts else np.empty(0, dtype=object)
        return pd.Series(values, index=self.rows + 1, dtype=values.dtype)

    def _tell(
        self,
        found: FoundColumn,
        codes: Codes,
        texts: Sequence[str],
        notes: Mapping[int, tuple[str, str, Mapping[str, object]]],
    ) -> None:
        """Add what is to be told of distinct texts: errors and warnings once per cell, repairs once per text."""
        rules = rule_book().by_id
        order = np.argsort(codes, kind="stable")
        starts = np.searchsorted(codes[order], np.arange(len(texts) + 1))
        single: dict[str, list[tuple[int, str, str, int, Mapping[str, object]]]] = {}
        for position, (rule, repair, more) in notes.items():
            rows = self.rows[np.sort(order[starts[position] : starts[position + 1]])]
            value = shown(texts[position])
            if rules[rule].severity == "repair":
                single.setdefault(rule, []).append((int(rows[0]), value, repair, len(rows), more))
            else:
                self.problems.add(rule, rows, found, values=[value], repairs=[repair], more=more)
        for rule, told in single.items():
            at, values, repairs, counts, more_words = zip(*told, strict=True)
            self.problems.add(rule, at, found, values=values, repairs=repairs, counts=counts, more=more_words)

    def _items(self, found: FoundColumn, codes: Codes, texts: list[str]) -> "pd.Series[Any]":
        """Read the items of `facts`: a code of the catalogue, a concept, an indicator; or an item's Chinese name."""
        known, by_name = known_items(self.county)
        values: list[str | None] = []
        notes: dict[int, tuple[str, str, Mapping[str, object]]] = {}
        for position, text in enumerate(texts):
            word = narrow(text)
            if is_blank(text) or text in known:
                values.append(None if is_blank(text) else text)
            elif word in by_name:
                values.append(by_name[word])
                notes[position] = ("item_by_name", by_name[word], {})
            else:
                near = [by_name.get(n, n) for n in get_close_matches(word, [*known, *by_name], n=3, cutoff=0.6)]
                values.append(text)
                notes[position] = ("unknown_item", "", places.candidates(near))
        self._tell(found, codes, texts, notes)
        return pd.Series(np.array([*values, None], dtype=object)[codes], index=self.rows + 1, dtype=object)

    # -- places ------------------------------------------------------------------------------------------------------

    def _named(self, role: str) -> FoundColumn | None:
        """Return the file's column of place names with this role, declared by the table or not."""
        for found in self.layout.columns:
            if found.role == role or (found.name and self.table.column(found.name).role == role):
                return found
        return None

    def _place(self, column: Column) -> None:
        """Read a column of codes; where it is missing or blank, find the code by the names in the row."""
        found, village, town = self.found.get(column.name), self._named("village_name"), self._named("township_name")
        blank = np.full(len(self.rows), "", dtype=object)
        written = self._strings(found) if found else blank
        towns = self._strings(town) if town else blank
        names = blank
        if column.role == "village" and column.name in (*self.table.key, "village_code"):
            names = self._strings(village) if village else blank
        elif column.role == "place":
            # Beside a village's own column, a place that is no key says who is above it.
            nearest = village or town if column.name in self.table.key else town
            names = self._strings(nearest) if nearest else blank
        elif column.role == "township":
            names = towns
        free = self._free_level() if column.role == "place" else np.zeros(len(self.rows), dtype=bool)
        source = np.where(written == "", names, written)
        self.written[column.name] = source != ""
        self._read_places(column, found or village or town, source, towns, free)
        if found and self.known and village and column.role == "village":
            self._compare_names(column, village, written)

    def _strings(self, found: FoundColumn) -> "np.ndarray[Any, Any]":
        codes, texts = self._cells(found)
        clean = np.array(["" if is_blank(text) else text for text in texts] + [""], dtype=object)
        return clean[codes]

    def _free_level(self) -> "np.ndarray[Any, Any]":
        if "geo_level" not in self.data:
            return np.zeros(len(self.rows), dtype=bool)
        return self.data["geo_level"].isin(_FREE_LEVELS).to_numpy()

    def _read_places(
        self,
        column: Column,
        found: FoundColumn | None,
        source: "np.ndarray[Any, Any]",
        towns: "np.ndarray[Any, Any]",
        free: "np.ndarray[Any, Any]",
    ) -> None:
        if found is None:
            return
        together = pd.MultiIndex.from_arrays([source, towns, free])
        codes, distinct = pd.factorize(together)
        values = np.full(len(distinct) + 1, None, dtype=object)
        notes: dict[int, tuple[str, str, Mapping[str, object]]] = {}
        for position, (text, town, is_free) in enumerate(distinct):
            if not text:
                continue
            if is_free:
                values[position] = IDENTITY.sub(MASK, text)
                continue
            values[position], note = places.read_place(text, column.role or "place", self.known, town)
            if note:
                notes[position] = note
        self._tell(found, codes, [text for text, _, _ in distinct], notes)
        self.data[column.name] = pd.Series(values[codes], index=self.rows + 1, dtype=object)

    def _compare_names(self, column: Column, village: FoundColumn, written: "np.ndarray[Any, Any]") -> None:
        """Doubt a code whose village has another name than the row says."""
        known = self.known
        if known is None:
            return
        codes, texts = self._cells(village)
        pairs = pd.DataFrame({"code": self.data[column.name].to_numpy(), "name": codes})
        pairs["coded"] = written != ""
        pairs = pairs[pairs["coded"]].dropna()
        for _, group in pairs.groupby(["code", "name"], sort=False):
            code, name = str(group["code"].iloc[0]), texts[int(group["name"].iloc[0])]
            if is_blank(name) or code not in known.name or known.is_called(code, name):
                continue
            rows = self.rows[group.index.to_numpy()]
            more = {"code": code, "name": known.short[code]}
            self.problems.add("name_differs", rows, village, values=[shown(name)], more=more)

    # -- what follows from other columns ----------------------------------------------------------------------------

    def _fill(self) -> None:
        """Fill what another column already says: a staff month's last day, a village's township, a place's level."""
        index = pd.Index(self.rows + 1)
        blank = pd.Series(None, index=index, dtype=object)
        if self.table.id == "staff":
            month, day = self.data.get("month", blank), self.data.get("as_of", blank)
            self.data["as_of"] = day.where(day.notna(), month.map(_month_end, na_action="ignore"))
            self.data["month"] = month.where(month.notna(), day.map(lambda d: f"{d:%Y-%m}", na_action="ignore"))
        known = self.known
        if known is None:
            return
        if self.table.id == "villages" and "village_code" in self.data:
            code = self.data["village_code"]
            self._complete("village_name", code, known.short.get)
            self._complete("township_code", code, known.township)
            self._complete("township_name", code, lambda c: known.short.get(known.parent.get(c, "")))
            self._complete("county_code", code, lambda c: known.county.ljust(12, "0") if c in known.name else None)
        if "geo_level" in self.table.names and "geo_code" in self.data:
            place = self.data["geo_code"]
            self._complete("geo_level", place, known.level.get)
            level = self.data["geo_level"]
            self._complete("village_code", place.where(level == "village"), lambda c: c if c in known.name else None)

    def _complete(self, name: str, source: "pd.Series[Any]", look: Callable[[str], str | None]) -> None:
        filled = source.map(lambda code: look(code) if isinstance(code, str) else None)
        present = self.data.get(name)
        self.data[name] = filled if present is None else present.where(present.notna(), filled)

    # -- rules over typed values -------------------------------------------------------------------------------------

    def _at(self, name: str) -> FoundColumn:
        column = self.table.column(name)
        return self.found.get(name) or FoundColumn(-1, column.zh, name, "column", None, 0.0)

    def _original(self, name: str, rows: Sequence[int] | Codes) -> list[str]:
        """Return the cells as written; the value read where the file has no such column."""
        found = self.found.get(name)
        if found is None:
            return [""]
        cells = self.layout.sheet.columns[found.col]
        return [shown(cells.text(row)) for row in rows] or [""]

    def _keys(self, frame: pd.DataFrame, raw: pd.DataFrame) -> None:
        """Refuse blank and repeated keys; cells that already have an error are not blamed twice."""
        wanted = [*self.table.key, *(c.name for c in self.table.columns if c.required and c.name not in self.table.key)]
        for name in wanted:
            found = self.found.get(name)
            missing = frame[name].isna().to_numpy()
            if name in self.written:
                missing = missing & ~self.written[name]
            elif found is not None:
                codes, texts = self._cells(found)
                empty = np.array([is_blank(text) for text in texts] + [True], dtype=bool)[codes]
                missing = missing & empty
            elif name not in raw:
                continue
            at = self._at(name)
            if at.col < 0:
                self.problems.add("blank_key", self.rows[missing], column=name, more={"header": at.header})
            else:
                self.problems.add("blank_key", self.rows[missing], at)
        key = list(self.table.key)
        if any(name not in raw for name in key):
            return
        complete = frame[key].notna().all(axis=1).to_numpy()
        keys = frame.loc[complete, key]
        repeated = keys.duplicated().to_numpy()
        if not repeated.any():
            return
        group = keys.groupby(key, sort=False).ngroup().to_numpy()
        rows = self.rows[complete]
        first = rows[np.unique(group, return_index=True)[1]][group[repeated]] + 1
        again = rows[repeated]
        # As the file writes it: headers and cells are what its reader can look for.
        parts = [self._as_written(name, again, keys.loc[repeated, name]) for name in key]
        said = ["、".join(cells) for cells in zip(*(cells for _, cells in parts), strict=True)]
        named = [
            "、".join(f"{header} {cell}" for (header, _), cell in zip(parts, cells, strict=True))
            for cells in zip(*(cells for _, cells in parts), strict=True)
        ]
        more = [{"first": int(at), "key": text} for at, text in zip(first, named, strict=True)]
        at = FoundColumn(self._at(key[0]).col, "、".join(header for header, _ in parts), key[0], "column", None, 0.0)
        self.problems.add("duplicate_key", again, None if at.col < 0 else at, column=key[0], values=said, more=more)

    def _as_written(self, name: str, rows: Codes, values: "pd.Series[Any]") -> tuple[str, list[str]]:
        """Return the header a key column has in the file and its cells; the value read where a cell is blank."""
        column, found = self.table.column(name), self.found.get(name)
        if found is None and column.role:
            found = self._named("village_name") or self._named("township_name")
        cells = self.layout.sheet.columns[found.col] if found else None
        texts = []
        for row, value in zip(rows, values, strict=True):
            read = f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else column.label(str(value), "zh")
            texts.append(shown((cells.text(row) if cells else "") or read))
        return (found.header if found else column.zh), texts

    def _ranges(self, frame: pd.DataFrame) -> None:
        for column in self.table.columns:
            if column.range is None or column.name not in self.found:
                continue
            low, high = column.range
            value = frame[column.name].to_numpy()
            with np.errstate(invalid="ignore"):
                rows = self.rows[(value < low) | (value > high)]
            more = {"low": wording.bound(low, column.unit), "high": wording.bound(high, column.unit)}
            self.problems.add(
                "out_of_range", rows, self._at(column.name), values=self._original(column.name, rows), more=more
            )

    def _dates(self, frame: pd.DataFrame) -> None:
        if self.today is None:
            return
        month_end = self.today.replace(day=monthrange(self.today.year, self.today.month)[1])
        for column in self.table.columns:
            told = column.name
            if told == "as_of" and told not in self.found:
                told = "month"  # says the date too
            if column.type != "date" or column.name in _AHEAD or told not in self.found:
                continue
            latest = pd.Timestamp(month_end if column.name == "as_of" else self.today)
            day = frame[column.name]
            self._doubt("far_date", told, day, day > latest)
            self._doubt("early_date", told, day, day < _EARLIEST)
        self._snapshots(frame, pd.Timestamp(month_end))

    def _doubt(self, rule: str, name: str, day: "pd.Series[Any]", wrong: "pd.Series[Any]", **words: str) -> None:
        """Tell of dates in the rows that are wrong, as they were read: a cell may hold a serial number."""
        rows = self.rows[wrong.to_numpy()]
        more = [{**words, "value": _day(value)} for value in day[wrong]]
        self.problems.add(rule, rows, self._at(name), values=self._original(name, rows), more=more)

    def _snapshots(self, frame: pd.DataFrame, month_end: pd.Timestamp) -> None:
        """Doubt dates of rows outside the county's plans or far ahead of what it has: they move every page's date."""
        told = next((n for n in ("as_of", "month") if n in self.found), None)
        if not self.table.dated or told is None:
            return
        day = frame["as_of"].where(frame["as_of"] <= month_end)  # later ones are errors, not doubts
        outside = pd.Series(data=False, index=frame.index)
        plans = _plans(self.county)
        if plans:
            start, end = min(p.start for p in plans), max(p.end for p in plans)
            # The year before a plan holds what it is measured against.
            first = pd.Timestamp(start) - pd.DateOffset(years=1)
            outside = (day < first) | (day > pd.Timestamp(end))
            self._doubt("outside_plan", told, day, outside, start=str(start), end=str(end))
        if self.newest is not None:
            ahead = day > pd.Timestamp(furthest(self.newest))
            self._doubt("ahead_of_data", told, day, ahead & ~outside, newest=str(self.newest))

    def _pairs(self, frame: pd.DataFrame) -> None:
        book = rule_book()
        pairs = [("above", *pair) for pair in book.not_above.get(self.table.id, ())]
        pairs += [("earlier", *pair) for pair in book.not_before.get(self.table.id, ())]
        for rule, left, right in pairs:
            if left not in self.found or right not in self.found:
                continue
            wrong = frame[left] > frame[right] if rule == "above" else frame[left] < frame[right]
            rows = self.rows[wrong.to_numpy()]
            one, other = self.table.column(left), self.table.column(right)
            words = {"left_zh": one.zh, "left_en": one.en, "right_zh": other.zh, "right_en": other.en}
            if rule == "above":
                more = [{**words, "bound": bound} for bound in self._original(right, rows)]
            else:  # as read: a cell may hold a serial number
                days = zip(frame[left][wrong], frame[right][wrong], strict=True)
                more = [{**words, "value": _day(day), "bound": _day(bound)} for day, bound in days]
            self.problems.add(rule, rows, self._at(left), values=self._original(left, rows), more=more)

    def _agreement(self, frame: pd.DataFrame) -> None:
        """Refuse rows that name two places or months: they would count for one and be stored under the other."""
        if "month" in self.table.names and {"month", "as_of"} <= set(self.found):
            months = frame["as_of"].dt.strftime("%Y-%m")
            wrong = (frame["month"].notna() & months.notna() & (frame["month"] != months)).to_numpy()
            more = [{"day": _day(day)} for day in frame["as_of"][wrong]]
            rows = self.rows[wrong]
            self.problems.add("other_month", rows, self._at("month"), values=self._original("month", rows), more=more)
        known = self.known
        if known is None or "geo_level" not in self.table.names:
            return
        place, level, village = frame["geo_code"], frame["geo_level"], frame["village_code"]
        own = place.map(known.level)
        if "geo_level" in self.found:
            # A township that has a plan of its own is "the county" of that plan.
            top = (level == "county") & place.isin([plan.top_region for plan in _plans(self.county)])
            wrong = (own.notna() & level.isin(places.LEVEL_NAMES) & (level != own) & ~top).to_numpy()
            more = [self._levels_told(is_, said) for is_, said in zip(own[wrong], level[wrong], strict=True)]
            rows, at = self.rows[wrong], self._named_place("geo_code")
            self.problems.add("wrong_level", rows, at, values=list(place[wrong].map(known.full)), more=more)
        wrong = ((level == "village") & village.notna() & place.notna() & (village != place)).to_numpy()
        more = [{"place": known.full(code) if code in known.name else code} for code in place[wrong]]
        rows = self.rows[wrong]
        told = self._original("village_code", rows)
        self.problems.add("other_village", rows, self._at("village_code"), values=told, more=more)

    @staticmethod
    def _levels_told(found: str, wanted: str) -> dict[str, str]:
        zh, en = places.LEVEL_NAMES[found]
        wanted_zh, wanted_en = places.LEVEL_NAMES[wanted]
        return {"level_zh": zh, "level_en": en, "wanted_zh": wanted_zh, "wanted_en": wanted_en}

    def _named_place(self, name: str) -> FoundColumn:
        """Return the column a place was read from: codes, or the names in the row."""
        return self.found.get(name) or self._named("village_name") or self._named("township_name") or self._at(name)


def _day(stamp: pd.Timestamp) -> str:
    return f"{stamp:%Y-%m-%d}"


def _plans(county_code: str | None) -> "list[Plan]":
    """Return the plans of a county."""
    from data.plan import load_plan  # noqa: PLC0415 - plans are only needed for a known county

    return [load_plan(p) for c in counties() if county_code and c.code == county_code[:6] for p in c.plans]


def _month_end(month: str) -> date | None:
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def known_items(county_code: str | None) -> tuple[frozenset[str], dict[str, str]]:
    """Return the codes that `facts.item` may hold in a county, and names → codes of the catalogue's items.

    An item of the catalogue, a concept, or an indicator of the county's plans (of any plan without a county).
    """
    from data.plan import concepts, load_plan  # noqa: PLC0415 - plans are only needed for this table

    codes = {*items(), *concepts()}
    for entry in counties():
        if county_code is None or entry.code == county_code[:6]:
            for plan_id in entry.plans:
                codes |= {indicator.id for indicator in load_plan(plan_id).indicators}
    names: dict[str, str] = {}
    for code, item in items().items():
        names.setdefault(narrow(item.name_zh), code)
        names.setdefault(narrow(item.name_en), code)
    return frozenset(codes), names
