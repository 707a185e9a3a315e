"""Every value of a recognised table made typed, and every problem told with its row, column, value and rule."""

import re
import time
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from difflib import get_close_matches
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd

from data.intake import limits, places, row_units, sheets, units
from data.intake.above import elsewhere, township_of, townships_above, townships_around
from data.intake.blocks import divided
from data.intake.caption_options import option_named
from data.intake.corrections import AS_FOUND, NEVER, NOT_READ, NOTHING, Corrections, Remembered, with_cells
from data.intake.covers import of_column
from data.intake.deadlines import due_day, is_counted
from data.intake.elsewhere import Seen
from data.intake.export_check import check_export
from data.intake.exports import find_export
from data.intake.files.read import read
from data.intake.generic import check_any, shown, tell_days, tell_shape
from data.intake.identity import COVERED, IDENTITY, MASK, MOBILE, calls
from data.intake.indicator_names import read_indicators
from data.intake.item_names import item_label
from data.intake.kinds import is_bare
from data.intake.model import (
    Book,
    Checked,
    Codes,
    FoundColumn,
    Layout,
    Mask,
    Problems,
    Question,
    Refusal,
    rule_book,
)
from data.intake.numbering import BY_NAME, made, numbered
from data.intake.people import names_somebody, strays
from data.intake.periods import last_day, whole_year
from data.intake.personal import is_personal
from data.intake.recognise import recognise
from data.intake.row_rules import RowRules
from data.intake.same_option import added_up, chosen_in, sorts
from data.intake.structure import squeezed
from data.intake.template import header_in
from data.intake.totals import tell_totals
from data.intake.upload_headers import meaning_words
from data.intake.values import allowed, is_blank, narrow, parse, parse_by_unit, parse_due
from data.intake.written import Written
from data.registry import counties
from data.tables import PERSONAL, Column, Table, items, tables, typed

_CHINA = timezone(timedelta(hours=8))
# Levels of `facts` and `actions` whose code is free text: a settlement, a project, an enterprise.
_FREE_LEVELS = frozenset({"site", "project", "body"})
# Numbers given to things and people; here an identity number would become a key, so it is refused, not masked.
_NUMBERS = ("_id", "hh_id")
_QUESTIONS = 200
# Cells that are not what their column holds, and what that is.
_WRONG = {
    "not_a_number": "figure",
    "not_an_integer": "figure",
    "not_a_date": "figure",
    "not_yes_or_no": "figure",
    "unknown_value": "word",
    "unknown_item": "word",
    "unknown_place": "place",
}
_COVERED = frozenset({"person_covered", "telephone_covered", "name_without_post"})
# Roles of columns that say where a row belongs by a code.
_PLACES = frozenset({"village", "township", "county", "place"})
# Counties of autonomous regions, and their word that is a district's elsewhere.
_AUTONOMOUS = ("15", "45", "54", "64", "65")
_OF_A_REGION = re.compile(r"(?<![治县）)])区(?:本)?级")
# Of each row one text.
Texts = np.ndarray[Any, np.dtype[np.object_]]


def check_file(
    raw: bytes,
    file_name: str,
    county_code: str | None = None,
    table: str | None = None,
    today: date | None = None,
    newest: date | None = None,
    period: str | None = None,
    said: Corrections = NOTHING,
    remembered: Remembered = NEVER,
    book: Book | None = None,
) -> Checked:
    """Read, recognise and check an upload; nothing is stored.

    Parameters
    ----------
    raw
        The file's content.
    file_name
        As the sender called it, never used as a path; it is shown without names and telephone numbers.
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
    said
        What the sender says of the file in place of what is understood.
    remembered
        What was said of the county's files before.
    book
        The file as `read` has read it before; None = it is read.

    Returns
    -------
    Checked
        With `refusal` set if the file could not be read or recognised. Never raises for what a file holds.
    """
    started = time.thread_time()
    try:
        book = book or divided(read(raw, file_name))
        sheets.need_sheet(book, said.sheet)
    except Refusal as refusal:
        return Checked(shown(file_name), county_code, refusal=refusal)

    def check(book: Book, table: str | None = table) -> Checked:
        return _check_sheet(book, file_name, county_code, table, today, newest, period, said, remembered, started)

    checked = check(book)
    together = sheets.together(book, checked, lambda one: check(one, checked.table))
    return replace(together, file_name=shown(file_name))


def _check_sheet(
    book: Book,
    file_name: str,
    county_code: str | None,
    table: str | None,
    today: date | None,
    newest: date | None,
    period: str | None,
    said: Corrections,
    remembered: Remembered,
    started: float,
) -> Checked:
    """Check the sheet of a workbook that its sender chose, else the one that fits best."""
    try:
        export = find_export(book, said.sheet)
        if export is not None and table in {None, export.export.table}:
            day = today or day_in_china()
            return check_export(export, book, file_name, county_code, period, day, said, remembered)
        layout = recognise(with_cells(book, said.cells), table, file_name, said, remembered)
        _in_time(started)
    except Refusal as refusal:
        return Checked(file_name, county_code, refusal=refusal)
    problems = Problems(layout.origin)
    for rule, words in book.notes:
        problems.add(rule, more=words)
    if book.mixed_lines:
        problems.add("mixed_encoding", more={"lines": "、".join(map(str, book.mixed_lines[:20]))})
    tell_shape(layout, problems)
    _tell_cells(book, layout, said, problems)
    _tell_rows(layout, said, problems)
    personal = is_personal(book, layout)
    if layout.table is None:
        return check_any(layout, book, file_name, county_code, problems)
    try:
        run = TableCheck(layout, county_code, problems, today or day_in_china(), started, newest, period)
        frame = run.frame()
    except Refusal as refusal:
        return Checked(file_name, county_code, table=layout.table, refusal=refusal, layout=layout)
    tell_totals(layout, run.left_out, problems)
    personal = personal or problems.hides(COVERED)
    if personal:
        problems.add("original_not_kept")
    definition = tables()[layout.table]
    if layout.origin is not None:
        frame.index = pd.Index(np.asarray(layout.in_file(run.rows)) + 1, name="row")
    return Checked(
        file_name=file_name,
        county_code=county_code,
        table=layout.table,
        frame=frame,
        problems=problems.frame(),
        layout=run.layout,
        encoding=book.encoding,
        delimiter=book.delimiter,
        questions=tuple(run.questions),
        said=run.applied(),
        periods=periods(definition, frame),
        townships=townships(definition, frame, county_code),
        personal=personal,
        items=tuple(sorted(frame["item"].dropna().unique())) if layout.own_items else (),
    )


def _tell_cells(book: Book, layout: Layout, said: Corrections, problems: Problems) -> None:
    """Tell which cells were written anew, with what stood there before."""
    sheet = next((s for s in book.sheets if s.name == layout.sheet.name), None)
    found = {c.col: c for c in layout.asked}
    told = Problems()  # of rows as the file has them
    for (name, row, col), text in said.cells.items():
        if sheet is None or name != sheet.name or row >= sheet.height or col >= sheet.width:
            continue
        at = found.get(col) or FoundColumn(col, "", None, "unknown", None, 0.0)
        if at.role != "personal":
            cover, before = of_column(at, layout.table), sheet.columns[col].text(row)
            said_before = COVERED if strays(before, "place") else shown(cover(before))
            told.add("cell_as_said", [row], at, values=[said_before], repairs=[shown(cover(text))])
    problems.take(told)


def _tell_rows(layout: Layout, said: Corrections, problems: Problems) -> None:
    """Tell which rows were left out one by one."""
    rows = sorted(row for name, row in said.rows if name == layout.sheet.name and row < _height(layout))
    told = Problems()  # of rows as the file has them
    told.add("row_left_out", rows)
    problems.take(told)


def _height(layout: Layout) -> int:
    """Return how many rows the sheet has in the file."""
    return (layout.before or layout).sheet.height


def day_in_china() -> date:
    """Return the day it is in China, wherever the server stands."""
    return datetime.now(_CHINA).date()


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
    if time.thread_time() - started > limits.SECONDS:
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
        self.said = layout.said
        self.questions: list[Question] = []
        # Places and options of which something was said.
        self._asked_of: set[tuple[str, str]] = set()
        self.seen = Seen()
        self._told_places: set[tuple[object, ...]] = set()
        self.known = places.register(county_code)
        self.file = Written(layout, self.table)
        self.found = self.file.found
        # Rows of the file that the sender leaves out.
        self.left_out: frozenset[int] = frozenset()
        self.data: dict[str, pd.Series[Any]] = {}
        # For columns of places: in which rows a code or a name is written.
        self.filled: dict[str, Mask] = {}

    def frame(self) -> pd.DataFrame:
        """Return the typed rows, after all problems were collected."""
        if self.county and self.known is None:
            self.problems.add("no_register", more={"county": self.county})
        self._shape()
        self._leave_out()
        self._leave_out_kinds()
        # What is counted from other columns is read after these.
        for column in sorted(self.table.columns, key=lambda c: bool(c.counted_from)):
            if column.name in self.found and column.role not in _PLACES:
                self.data[column.name] = self._values(column, self.found[column.name])
                _in_time(self.started)
        for column in self.table.columns:
            if column.role in _PLACES:
                self._place(column)
        if self.known:
            self.seen.refuse(self.layout, self.known, self.problems)
        self._fill()
        self._number()
        raw = self._together(pd.DataFrame(self.data, index=pd.Index(self.rows + 1, name="row")))
        frame = typed(self.table.id, raw)
        rules = RowRules(self.file, self.problems, self.county, self.today, self.newest)
        rules.check(frame, raw.columns, self.filled)
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
            elif found.role == "unknown" and found.doubted:
                words = {"words": found.doubted, **meaning_words(found.likely, self.table)}
                problems.add("other_figure", [self.layout.header_row], found, more=words)
            elif found.role == "unknown":
                problems.add("unknown_column", [self.layout.header_row], found)
                tell_days(self.layout, found, problems)
        self._undated()
        self._of_year()
        self._unplaced()
        self._unsorted()
        self._whose_tier()
        names = {role for role in ("village_name", "township_name") if self.file.named(role)}
        # A register is of villages: their townships' names alone name none.
        if self.table.id == "villages":
            names -= {"township_name"}
        for column in self.table.columns:
            by_name = column.role in {"village", "place"} and names
            if column.name in self.found or by_name or self._derivable(column.name):
                continue
            if sorts(column, self.table) and (under := self._captions()):
                # Columns stand under several captions: no one answer holds for all of them.
                words = {"label_zh": column.zh, "label_en": column.en, "captions": under, **allowed(column)}
                self.problems.add("captions_unread", [self.layout.header_row], column=column.name, more=words)
            elif sorts(column, self.table):
                words = {"label_zh": column.zh, "label_en": column.en, **allowed(column)}
                problems.add("missing_option", [self.layout.header_row], column=column.name, more=words)
                asked = Question("option", column.name, column.zh, "", likely=column.values)
                self._ask(asked, np.ones(len(self.rows), dtype=bool))
            elif column.named_by in self.found and self._names_places():
                self._unnumbered(column)
            elif column.name == "as_of":
                problems.add("no_date", [self.layout.header_row], column=column.name)
            elif column.name in self.table.key or column.required:
                words = {"label_zh": column.zh, "label_en": column.en}
                problems.add("missing_column", [self.layout.header_row], column=column.name, more=words)

    def _unnumbered(self, column: Column) -> None:
        """Ask whether things are to be numbered by what they are called, or tell that they are."""
        of, row = (f"{self.table.id}.{column.name}", ""), [self.layout.header_row]
        words = {"label_zh": column.zh, "label_en": column.en}
        if self.said.options.get(of) == BY_NAME:
            self._asked_of.add(of)
            self.problems.add("numbered_by_name", row, column=column.name, more=words)
        else:
            self.problems.add("missing_number", row, column=column.name, more=words)
            asked = Question("option", column.name, column.zh, "", likely=(BY_NAME,))
            self._ask(asked, np.ones(len(self.rows), dtype=bool))

    def _number(self) -> None:
        """Give numbers to things that their list does not number, if its sender says so."""
        column = numbered(self.table)
        if column is None or (f"{self.table.id}.{column.name}", "") not in self._asked_of:
            return
        # What is said of all rows was said before some of them were left out.
        data = pd.DataFrame(self.data, index=pd.Index(self.rows + 1)).astype(object)
        named, village = str(column.named_by), self.table.place_columns[0]
        # A village that is not known is an error of its own.
        lacking = self.rows[~self.filled[village]]
        values = self.file.original(named, lacking)
        self.problems.add("number_without_village", lacking, self.found[named], values=values)
        codes = data[village].where(data[village].notna(), self._township_codes())
        years = data["plan_year"] if "plan_year" in data else [None] * len(data)
        self.data[column.name] = pd.Series(made(data[named], codes, years), index=data.index, dtype=object)

    def _township_codes(self) -> Texts:
        """Return for each row the code of each row's township, else what it is called, else the county's code."""
        town = self.file.named("township_name")
        texts = self._strings(town).tolist() if town else [""] * len(self.rows)
        codes = {text: places.read_place(text, "township", self.known)[0] or text for text in set(texts) if text}
        above = (self.county or "").ljust(12, "0")
        return np.array([codes.get(text) or above for text in texts], dtype=object)

    def _of_year(self) -> None:
        """Take rows of projects without a year for those of the one that the title names beside its month."""
        if "plan_year" not in self.table.names or "plan_year" in self.found:
            return
        title = (self.layout.before or self.layout).structure.title
        year = whole_year(title)
        if year:
            self.data["plan_year"] = pd.Series(year, index=self.rows + 1, dtype=object)
            more = {"title": shown(title).strip(), "year": year}
            self.problems.add("year_by_title", [self.layout.header_row], column="plan_year", more=more)

    def _whose_tier(self) -> None:
        """Refuse 区级 in a county of an autonomous region, where it may be the region's as well as a district's."""
        if "tier" not in self.table.names or not (self.county or "").startswith(_AUTONOMOUS):
            return
        first = self.layout.before or self.layout
        found = self.found.get("tier")
        cells = [] if found is None else self.layout.sheet.columns[found.col].used(self.layout.data_rows)[1]
        said = next((text for text in (*(p for path in first.structure.paths for p in path), *cells)
                     if _OF_A_REGION.search(text)), None)  # fmt: skip
        if said:
            self.problems.add("region_tier", [self.layout.header_row], column="tier", more={"words": said})

    def _captions(self) -> str:
        """Return the captions that part columns of one figure: 第一批 and 第二批 above 到位额; "" if none do."""
        paths = self.layout.structure.paths
        above: dict[str, list[str]] = {}
        for found in self.layout.columns:
            if found.role == "column" and found.name and len(paths[found.col]) > 1:
                above.setdefault(found.name, []).append("/".join(paths[found.col][:-1]))
        several = next((list(dict.fromkeys(names)) for names in above.values() if len(set(names)) > 1), [])
        return "、".join(f"“{shown(name)}”" for name in several)

    @property
    def _year(self) -> int | None:
        """The year of dates that leave it out: the sender's, else that of title, sheet or file."""
        named = self.period or self.layout.period
        return int(named[:4]) if named else None

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
            said = shown(self.layout.dated_by)
            self.problems.add("dated_by_title", more={"title": said.strip(), "day": str(day)})

    def _unsorted(self) -> None:
        """Take all rows for those of the option of the key that the sender chose, else the one that the title names."""
        for column in self.table.columns:
            if not sorts(column, self.table) or column.name in self.found:
                continue
            of, words = (f"{self.table.id}.{column.name}", ""), {"label_zh": column.zh, "label_en": column.en}
            option = self.said.options.get(of, AS_FOUND)
            if option in column.values:  # noqa: PD011 - the options, no pandas
                self._asked_of.add(of)
                rule = "option_of_all" if self.layout.now.options.get(of) == option else "option_of_all_remembered"
            else:
                title = (self.layout.before or self.layout).structure.title
                named = option_named(title, column) if option == AS_FOUND else None
                if named is None:
                    continue
                option, rule = dict(zip(column.labels, column.values, strict=True))[named], "option_by_title"
                words["title"] = shown(title).strip()
            self.data[column.name] = pd.Series(option, index=self.rows + 1, dtype=object)
            words |= {"option_zh": column.label(option, "zh"), "option_en": column.label(option, "en")}
            self.problems.add(rule, [self.layout.header_row], column=column.name, more=words)

    def _unplaced(self) -> None:
        """Take rows of a sheet without any column of places for those of the township its title or name says."""
        known, column = self.known, next((c for c in self.table.columns if c.role in {"place", "township"}), None)
        if known is None or column is None or column.name not in self.table.key or self._names_places():
            return
        code = township_of(self.layout, known)
        if code:
            self.data[column.name] = pd.Series(code, index=self.rows + 1, dtype=object)
            title = (self.layout.before or self.layout).structure.title
            words = {"named": shown(title or self.layout.sheet.name), "place": known.full(code)}
            self.problems.add("place_by_sheet", more=words)

    def _names_places(self) -> bool:
        places_of = {c.name for c in self.table.columns if c.role in _PLACES}
        return bool(places_of & set(self.found)) or any(map(self.file.named, ("village_name", "township_name")))

    def _derivable(self, name: str) -> bool:
        """Whether another column of the file, or the register, says the same (see `_fill`)."""
        if name in self.data:
            return True
        if name == "geo_level":
            return self.known is not None
        if name == "village_name":
            return self.known is not None and "village_code" in self.found
        # Rows that the title, or the sender, dates are in `data`.
        given = {c.name for c in self.layout.columns} | set(self.data)
        return self.table.id == "staff" and name in {"as_of", "month"} and bool(given & {"as_of", "month"})

    def _unit(self, found: FoundColumn, column: Column) -> None:
        if not column.numeric or not column.unit or not units.known(column.unit):
            return
        if not found.unit:
            self._doubt_unit(found, column)
            return
        factor = units.factor(found.unit, column.unit)
        words = {"unit": found.unit, "target": column.unit, "factor": f"{factor:g}" if factor else ""}
        if factor is None:
            self.problems.add("wrong_unit", [self.layout.header_row], found, more=words)
        elif factor != 1:
            self.problems.add("unit_converted", [self.layout.header_row], found, more=words)

    def _doubt_unit(self, found: FoundColumn, column: Column) -> None:
        """Doubt money of which nothing says the unit where it is not counted in yuan: it may well be."""
        # Headers of our own exports and of the English template are in the unit of the table.
        ours = squeezed(found.header) in {column.name, squeezed(header_in(column, "en"))}
        if ours or not units.money_unsaid(found.unit, column.unit, [c.unit for c in self.layout.columns]):
            return
        said = self.layout.row_units.get(found.col)
        bare = any(map(is_bare, self.file.cells(found)[1]))
        if bare and (said is None or not said[self.rows].all()):
            self.problems.add("unit_assumed", [self.layout.header_row], found, more={"unit": column.unit})

    def _leave_out(self) -> None:
        """Leave out the rows of places of which the sender says so."""
        left_out = {key for key, code in self.said.places.items() if code == NOT_READ}
        if not left_out:
            return
        out = np.zeros(len(self.rows), dtype=bool)
        of, named = None, np.full(len(self.rows), "", dtype=object)
        for column in self.table.columns:
            if column.role in _PLACES:
                found, source, towns = self._written_places(column)
                if found is not None:
                    here = np.array([pair in left_out for pair in zip(source, towns, strict=True)], dtype=bool)
                    of, named = of or found, np.where(here & ~out, source, named)
                    out |= here
                    self._asked_of |= left_out & set(zip(source, towns, strict=True))
        gone = self.rows[out]
        if len(gone):
            lines = self.layout.in_file(gone)
            self.left_out = frozenset(lines)
            # A row of the file with several figures is told of once.
            once = np.sort(np.unique(lines, return_index=True)[1])
            self.problems.add("rows_left_out", gone[once], of, values=[shown(text) for text in named[out][once]])
            self._keep(~out)

    def _keep(self, rows: Mask) -> None:
        """Go on with these rows only."""
        self.rows = self.rows[rows]
        self.layout = replace(self.layout, structure=replace(self.layout.structure, data_rows=self.rows))
        self.file = replace(self.file, layout=self.layout)

    def _leave_out_kinds(self) -> None:
        """Leave out the figures of kinds of which the sender says so, as those of a tier that no option is."""
        for column, found, texts in self._kinds():
            answers = {text for text in set(texts) if self._answer(column, text) == NOT_READ}
            out = chosen_in(texts, frozenset(answers))
            if not out.any():
                continue
            self._asked_of |= {(f"{self.table.id}.{column.name}", text) for text in answers}
            before = set(self.layout.in_file(self.rows))
            for text in sorted(answers):
                of_text = self.rows[np.asarray(texts) == text]
                rule = "kind_left_out" if self._said_now(column, text) else "kind_left_out_remembered"
                words = {"label_zh": column.zh, "label_en": column.en, "count": len(of_text)}
                self.problems.add(rule, of_text[:1], found, values=[shown(text)], more=words)
            self._keep(~out)
            self.left_out |= before - set(self.layout.in_file(self.rows))

    def _together(self, raw: pd.DataFrame) -> pd.DataFrame:
        """Add up the figures of rows of one key, where the sender chose the kind that makes it the same."""
        kinds = self._kinds()
        chosen = {
            column.name: chosen_in(texts, frozenset(t for t in set(texts) if self._answer(column, t) != AS_FOUND))
            for column, _, texts in kinds
        }
        left, together = added_up(raw, self.table, chosen)
        if not together:
            return left
        for column, found, texts in kinds:
            groups = dict[tuple[str, ...], list[int]]()
            for rows in together:
                groups.setdefault(tuple(dict.fromkeys(texts[row] for row in rows)), []).append(rows[0])
            for named, firsts in groups.items():
                if len(named) > 1:
                    of = [text for text in named if self._answer(column, text) != AS_FOUND]
                    now = any(self._said_now(column, text) for text in of)
                    names = [f"“{shown(text)}”" for text in named]
                    words = {"kinds_zh": "、".join(names), "kinds_en": ", ".join(names), "count": len(firsts)}
                    option = column.label(str(raw[column.name].iloc[firsts[0]]), "zh")
                    words |= {
                        "option_zh": option,
                        "option_en": column.label(str(raw[column.name].iloc[firsts[0]]), "en"),
                    }
                    rule = "kinds_added" if now else "kinds_added_remembered"
                    self.problems.add(rule, self.rows[firsts[:1]], found, values=[shown(of[0])], more=words)
        gone = np.zeros(len(self.rows), dtype=bool)
        gone[[row for rows in together for row in rows[1:]]] = True
        self._keep(~gone)
        self.filled = {name: mask[~gone] for name, mask in self.filled.items()}
        return left

    def _kinds(self) -> list[tuple[Column, FoundColumn, list[str]]]:
        """Return the file's columns that say of which kind a figure is, with the text of each row."""
        return [
            (column, self.found[column.name], self._strings(self.found[column.name]).tolist())
            for column in self.table.columns
            if sorts(column, self.table) and column.name in self.found
        ]

    def _answer(self, column: Column, text: str) -> str:
        return self.said.options.get((f"{self.table.id}.{column.name}", text), AS_FOUND) if text else AS_FOUND

    def _said_now(self, column: Column, text: str) -> bool:
        of = (f"{self.table.id}.{column.name}", text)
        return of in self.layout.now.options

    # -- values ------------------------------------------------------------------------------------------------------

    def _values(self, column: Column, found: FoundColumn) -> "pd.Series[Any]":
        codes, texts = self.file.cells(found)
        if self.table.id == "facts" and column.name == "item":
            return self._items(found, codes, texts)
        if column.refers == "indicator":
            named, told = read_indicators(texts, self.county)
            self._tell(found, codes, texts, told)
            return pd.Series(np.array([*named, None], dtype=object)[codes], index=self.rows + 1, dtype=object)
        first = self._counted_from(column, codes, texts)
        if first is not None:
            pairs = pd.MultiIndex.from_arrays([codes, first])
            codes, distinct = pd.factorize(pairs)
            texts, first = [texts[code] for code, _ in distinct], [None if pd.isna(day) else day for _, day in distinct]
        row_unit = self.layout.row_units.get(found.col)
        units_of: list[str | None] = [found.unit] * len(texts)
        if row_unit is not None:
            # The same text may mean another figure in a row of another unit.
            pairs = pd.MultiIndex.from_arrays([codes, row_unit[self.rows]])
            codes, distinct = pd.factorize(pairs)
            texts, units_of = [texts[code] for code, _ in distinct], [unit or None for _, unit in distinct]
        here = f"{self.table.id}.{column.name}"
        means = [self.said.options.get((here, text), AS_FOUND) for text in texts]
        if column.type == "enum":
            options = frozenset(column.values)
            means = [m if m in options else AS_FOUND for m in means]
        meant_texts = [t if m == AS_FOUND else m for t, m in zip(texts, means, strict=True)]
        if first is not None:
            parsed = parse_due(meant_texts, self._year, first)
        elif row_unit is None:
            parsed = parse(column, meant_texts, found.unit, self._year)
        else:
            parsed = parse_by_unit(column, meant_texts, units_of)
        for position, meant in enumerate(means):
            if meant != AS_FOUND:
                self._asked_of.add((here, texts[position]))
            if meant != AS_FOUND and position not in parsed.notes:
                parsed.notes[position] = ("option_as_said", column.label(meant, "zh"), {})
        if column.type == "enum":
            for position, (rule, _repair, _more) in parsed.notes.items():
                text = texts[position]
                if rule == "unknown_value" and not IDENTITY.search(text) and not strays(text, "word"):
                    asked = Question("option", column.name, found.header, texts[position], likely=column.values)
                    self._ask(asked, codes == position)
        if column.name in self.table.key or column.name.endswith(_NUMBERS):
            masked = {p for p, (rule, _, _) in parsed.notes.items() if rule == "identity_masked"}
            if self.table.id in PERSONAL:
                masked |= {p for p, text in enumerate(texts) if MOBILE.search(text)}
            persons = set()
            if column.type == "str" and column.name.endswith(_NUMBERS):
                persons = {p for p, t in enumerate(texts) if calls(t, self.county) or names_somebody(t)} - masked
            for position in masked | persons:
                rule = "identity_number" if position in masked else "person_as_number"
                parsed.notes[position] = (rule, "", {})
                # Two people stay two in a preview; nothing of it is ever stored, as the rule blocks the commit.
                parsed.found[position] = f"id-{blake2b(texts[position].encode(), digest_size=6).hexdigest()}"
        self._tell(found, codes, texts, parsed.notes)
        values = parsed.found[codes] if texts else np.empty(0, dtype=object)
        if found.col in self.layout.scales:
            values = row_units.scaled(values, self.layout.scales[found.col][self.rows])
        if units.hold_fractions(column.unit, found.header, found.unit, values, texts):
            self.problems.add("fraction_as_percent", [self.layout.header_row], found)
            values = values * 100
        elif column.numeric:
            self._doubt_fractions(column, found, values, codes, texts)
        return pd.Series(values, index=self.rows + 1, dtype=values.dtype)

    def _counted_from(self, column: Column, codes: Codes, texts: Sequence[str]) -> "list[date | None] | None":
        """Return for each row the day from which its deadline is counted; None where all texts name their day.

        Of rows with one text and one deadline it is the first one's, so that they are told of once.
        """
        if not column.counted_from:
            return None
        counted = np.array([is_counted(text) for text in texts], dtype=bool)
        if not counted.any():
            return None
        given = [self.data[name].tolist() for name in column.counted_from if name in self.data]
        every = zip(*given, strict=True) if given else [()] * len(codes)
        own = [max((day for day in days if day is not None), default=None) for days in every]
        alike: dict[tuple[int, object], date | None] = {}
        first: dict[tuple[int, date | None], date | None] = {}
        for code, day in dict.fromkeys(zip(codes.tolist(), own, strict=True)):
            read = due_day(texts[code], self._year, day) if counted[code] else None
            first[code, day] = alike.setdefault((code, read), day if counted[code] else None)
        return [first[pair] for pair in zip(codes.tolist(), own, strict=True)]

    def _doubt_fractions(
        self, column: Column, found: FoundColumn, values: "np.ndarray[Any, Any]", codes: Codes, texts: Sequence[str]
    ) -> None:
        """Doubt 0.42 beside 50 among percentages, of the long table item by item."""
        row_unit = self.layout.row_units.get(found.col)
        if row_unit is None:
            share = np.full(len(values), column.unit == "%" and found.unit in {None, "%"})
        else:
            share = row_unit[self.rows] == "%"
        if not share.any():
            return
        names = self.data["item"].to_numpy() if "item" in self.data else np.full(len(values), found.header)
        for name in pd.unique(names[share]):
            rows = np.flatnonzero(share & (names == name))
            known = items().get(name)
            doubted = rows[units.may_be_fractions(values[rows], known.name_zh if known else found.header)]
            doubted = [n for n in doubted.tolist() if "%" not in narrow(texts[codes[n]])]
            more = [{"percent": f"{values[n] * 100:.10g}"} for n in doubted]
            told = [shown(texts[codes[n]]) for n in doubted]
            self.problems.add("may_be_fraction", self.rows[doubted], found, values=told, more=more)

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
            rows = self.rows[np.sort(order[starts[position] : starts[position + 1]])].tolist()
            # What is covered is shown as it is stored.
            value, told = repair if rule in _COVERED else shown(texts[position]), single.setdefault(rule, [])
            if rule == "person_as_number":
                value = COVERED
            if rule in _WRONG and not (repair or more.get("candidates_zh")) and strays(texts[position], _WRONG[rule]):
                value = COVERED
            if rules[rule].severity == "repair":
                told.append((rows[0], value, repair, len(rows), more))
            else:
                told += [(row, value, repair, 1, more) for row in rows]
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
            elif (told := self.said.options.get(("facts.item", text), AS_FOUND)) in known:
                self._asked_of.add(("facts.item", text))
                values.append(told)
                notes[position] = ("option_as_said", told, {})
            elif code := by_name.get(word) or item_label(text)[0]:
                values.append(code)
                notes[position] = ("item_by_name", code, {})
            else:
                near = []
                if len(self.questions) < _QUESTIONS:  # of more nobody reads what each may mean
                    near = [by_name.get(n, n) for n in get_close_matches(word, [*known, *by_name], n=3, cutoff=0.6)]
                values.append(text)
                notes[position] = ("unknown_item", "", places.candidates(near))
                self._ask(Question("option", "item", found.header, text, likely=tuple(near)), codes == position)
        self._tell(found, codes, texts, notes)
        return pd.Series(np.array([*values, None], dtype=object)[codes], index=self.rows + 1, dtype=object)

    # -- places ------------------------------------------------------------------------------------------------------

    def _place(self, column: Column) -> None:
        """Read a column of codes; where it is missing or blank, find the code by the names in the row."""
        found, village = self.found.get(column.name), self.file.named("village_name")
        at, source, towns = self._written_places(column)
        free = self._free_level() if column.role == "place" else np.zeros(len(self.rows), dtype=bool)
        self.filled[column.name] = (source != "") | (column.name in self.data)
        self._read_places(column, at, source, towns, free)
        if found and self.known and village and column.role == "village":
            self._compare_names(column, village, self._strings(found))

    def _written_places(self, column: Column) -> tuple[FoundColumn | None, Texts, Texts]:
        """Return where a column's places are written, what is written there, and the township beside it, by row."""
        found = self.found.get(column.name)
        village, town = self.file.named("village_name"), self.file.named("township_name")
        blank = np.full(len(self.rows), "", dtype=object)
        written = self._strings(found) if found else blank
        towns = self._strings(town) if town else blank
        names, named = blank, village or town
        if column.role == "village" and column.name in (*self.table.key, "village_code"):
            names = self._strings(village) if village else blank
        elif column.role == "place":
            # Beside a village's own column, a place that is no key says who is above it.
            nearest = village or town if column.name in self.table.key else town
            names, named = self._strings(nearest) if nearest else blank, nearest or named
        elif column.role == "township":
            names, named = towns, town or named
        source = np.where(written == "", names, written)
        return found or named, source, self._townships(column, source, towns)

    def _townships(self, column: Column, source: Texts, towns: Texts) -> Texts:
        """Return the township of each row; where one village of several of its name is meant, the one named above."""
        known = self.known
        if known is None or column.role not in {"village", "place"}:
            return towns
        alone = (towns == "") & (source != "")
        unsure = {text for text in set(source[alone]) if self._ambiguous(text, column, known)}
        if not unsure:
            return towns
        alone &= np.array([text in unsure for text in source], dtype=bool)
        found = towns.copy()
        above = townships_above(self.layout, self.rows, known)
        for at in np.flatnonzero(alone & (above != "")):
            if places.read_place(source[at], str(column.role), known, above[at])[0]:
                found[at] = above[at]
        return found

    @staticmethod
    def _ambiguous(text: str, column: Column, known: places.Register) -> bool:
        note = places.read_place(text, str(column.role), known)[1]
        return note is not None and note[0] == "ambiguous_place"

    def _strings(self, found: FoundColumn) -> Texts:
        codes, texts = self.file.cells(found)
        clean = np.array(["" if is_blank(text) else text for text in texts] + [""], dtype=object)
        return clean[codes]

    def _free_level(self) -> Mask:
        if "geo_level" not in self.data:
            return np.zeros(len(self.rows), dtype=bool)
        return self.data["geo_level"].isin(_FREE_LEVELS).to_numpy()

    def _read_places(
        self,
        column: Column,
        found: FoundColumn | None,
        source: Texts,
        towns: Texts,
        free: Mask,
    ) -> None:
        if found is None:
            return
        around = self._around(column, source, towns, free)
        suggested = list(dict.fromkeys(around))
        near_at = np.array([suggested.index(near) for near in around], dtype=np.intp)
        together = pd.MultiIndex.from_arrays([source, towns, free, near_at])
        codes, pairs = pd.factorize(together)
        distinct = pairs.tolist()
        values = np.full(len(distinct) + 1, None, dtype=object)
        notes: dict[int, tuple[str, str, Mapping[str, object]]] = {}
        for position, (text, town, is_free, at) in enumerate(distinct):
            near = suggested[at]
            if not text:
                continue
            if is_free:
                values[position] = IDENTITY.sub(MASK, text)
                continue
            told = self.said.places.get((text, town), AS_FOUND)
            if self.known and told in self.known.level and column.role in {"place", self.known.level[told]}:
                self._asked_of.add((text, town))
                values[position], notes[position] = told, ("place_as_said", self.known.full(told), {})
                self.seen.known = self.seen.sure = True
                continue
            values[position], note = places.read_place(text, column.role or "place", self.known, town, near)
            rule = note[0] if note else None
            if self.known:
                self.seen.add(text, rule, places.find_place(text, self.known, column.role or "place", town))
            if note and self.table.id == "facts" and column.role == "place" and self._names_group(text, town):
                note = ("part_of_village", *note[1:])
            if note:
                notes[position] = note
                if rule_book().by_id[note[0]].severity == "error":
                    self._ask_place(column, found, text, town, near, codes == position)
        # A cell that says two columns (the place of a fact and its village) is told of once.
        new = {n: note for n, note in notes.items() if (found.col, *distinct[n], note[0]) not in self._told_places}
        self._told_places |= {(found.col, *distinct[n], note[0]) for n, note in notes.items()}
        self._tell(found, codes, [text for text, *_ in distinct], new)
        self.data[column.name] = pd.Series(values[codes], index=self.rows + 1, dtype=object)

    def _around(self, column: Column, source: Texts, towns: Texts, free: Mask) -> list[places.Around]:
        """Return the township that the sheet suggests for each row whose place is not certain and that names none."""
        known = self.known
        if known is None or column.role not in {"village", "place"}:
            return [places.NOWHERE] * len(source)
        code: dict[tuple[str, str], str | None] = {}
        for text, town in dict.fromkeys(zip(source, towns, strict=True)):
            code[text, town] = places.read_place(text, column.role, known, town)[0] if text else None
        read = np.array([*(code[pair] for pair in zip(source, towns, strict=True)), None], dtype=object)[:-1]
        alone = (source != "") & (towns == "") & ~free
        unsure = np.array([c not in known.level for c in read], dtype=bool)
        asked = alone & (unsure | elsewhere(self.layout, self.rows, read, alone & ~unsure, known))
        return townships_around(self.layout, self.rows, read, asked, known)

    def _names_group(self, text: str, town: str) -> bool:
        """Whether a place is taken for the village though only a group of it is named: its figure is a part."""
        found = places.find_place(text, self.known, "place", town) if self.known else []
        return bool(found) and found[0].why == "group_of_it" and found[0].certainty >= places.CERTAIN

    def applied(self) -> Corrections:
        """Return what counted of what was said of this file and of such files before, and what was taken back."""
        said, keys = self.said, set(self.layout.keys)
        return Corrections(
            said.table,
            {key: name for key, name in said.columns.items() if key in keys},
            {key: unit for key, unit in said.units.items() if key in keys},
            {key: code for key, code in said.places.items() if key in self._asked_of or code == AS_FOUND},
            {key: value for key, value in said.options.items() if key in self._asked_of or value == AS_FOUND},
            {at: text for at, text in said.cells.items() if at[0] == self.layout.sheet.name},
            {
                at: code
                for at, code in said.rows.items()
                if at[0] == self.layout.sheet.name and at[1] < _height(self.layout)
            },
            said.sheet,
            said.ours,
        )

    def _ask_place(
        self, column: Column, found: FoundColumn, text: str, town: str, near: places.Around, where: Mask
    ) -> None:
        known = self.known
        if known is not None and not IDENTITY.search(text):
            role = column.role or "place"
            if places.several_places(text, known, role, town):
                return  # told as such; no one of them is meant
            likely = tuple(candidate.code for candidate in places.find_around(text, known, role, town, near))
            if not likely and strays(text, "place"):
                return
            beside = places.read_place(town, "township", known)[0] if town and town != text else near.code
            asked = Question("place", column.name, found.header, text, town, likely=likely, around=beside or "")
            self._ask(asked, where)

    def _ask(self, question: Question, where: Mask) -> None:
        # More than anybody answers one by one: such a file is wrong as a whole.
        # A text that two columns repeat is asked of once; what no cell says is asked column by column.
        def key(asked: Question) -> tuple[str, ...]:
            return asked.kind, asked.text or asked.column, asked.township

        if len(self.questions) < _QUESTIONS and key(question) not in map(key, self.questions):
            # A long table says each row of the file again.
            rows = len(set(self.layout.in_file(self.rows[where])))
            self.questions.append(replace(question, rows=rows))

    def _compare_names(self, column: Column, village: FoundColumn, written: "np.ndarray[Any, Any]") -> None:
        """Doubt a code whose village has another name than the row says."""
        known = self.known
        if known is None:
            return
        codes, texts = self.file.cells(village)
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
