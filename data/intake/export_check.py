"""An export of a national system checked: its rows added up by village, and nothing kept of who somebody is."""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from data import tables, wording
from data.intake import places, sheets, units
from data.intake.corrections import AS_FOUND, NEVER, NOT_READ, NOTHING, Corrections, Remembered, form_of
from data.intake.elsewhere import Seen
from data.intake.export_figures import given_indicators, given_items, indicator_figures, item_figures, listed
from data.intake.export_rows import Again, Read, Rows, put_together, read_rows
from data.intake.exports import PEOPLE, FoundExport
from data.intake.generic import shown, tell_others
from data.intake.identity import COVERED, IDENTITY
from data.intake.left_out import without_rows
from data.intake.model import (
    Book,
    Cells,
    Checked,
    Codes,
    FoundColumn,
    Layout,
    Problems,
    Question,
    Refusal,
    Sheet,
    rule_book,
)
from data.intake.periods import last_day, one_date, period_of
from data.intake.personal import is_personal, personal_header
from data.intake.recognise import FACTS
from data.intake.row_rules import county_plans
from data.intake.structure import place_level
from data.intake.upload_headers import is_number, split_unit
from data.intake.values import is_blank, narrow
from geo.regions import normalise_code

_ROWS = {
    "persons": ("人", "people"),
    "villages": ("个村", "villages"),
    "workshops": ("个车间", "workshops"),
    "assets": ("项资产", "assets"),
}
# What may stand in a file twice; of all else each row counts.
_THING = {"persons": ("同一人", "The same person"), "villages": ("同一个村", "The same village")}
# Of the townships of a county: an export with rows of so many is the county's.
_WHOLE = 0.5
# No date and no amount is written in more characters; numbers of people, cards and telephones are.
_FIGURE = 10
# So many of the columns that are not read are named.
_NAMED = 8
_SIGNED = re.compile(r"[:：]|\d{7}")


@dataclass(frozen=True)
class _Places:
    """Places and days, numbered through all sheets as they come.

    Attributes
    ----------
    numbers
        Code and day → number.
    first
        First row of each number, of all sheets' rows from 0.
    known
        The county's register.
    """

    known: places.Register | None
    numbers: dict[tuple[str, date], int] = field(default_factory=dict)
    first: dict[int, int] = field(default_factory=dict)

    @property
    def codes(self) -> dict[int, str]:
        """Code of each number."""
        return {n: code for (code, _), n in self.numbers.items()}

    @property
    def dates(self) -> dict[int, date]:
        """Day of each number."""
        return {n: when for (_, when), n in self.numbers.items()}

    @property
    def levels(self) -> dict[int, str]:
        """Level of the place of each number."""
        level = self.known.level if self.known else {}
        return {n: level.get(code, "village") for n, code in self.codes.items()}


@dataclass
class _Asked:
    """Places that only the sender can tell, and what was told of others."""

    questions: list[Question] = field(default_factory=list)
    answered: dict[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True)
class _SheetRead:
    """A sheet of an export read, with what is told of it.

    Attributes
    ----------
    rows
        Rows of the sheet (from 0) that are of a known place.
    before
        Number of rows of the sheets before it.
    """

    found: FoundExport
    layout: Layout
    problems: Problems
    asked: _Asked
    rows: Codes
    read: Read
    before: int

    @property
    def name(self) -> str:
        return self.layout.sheet.name


def check_export(
    found: FoundExport,
    book: Book,
    file_name: str,
    county_code: str | None,
    period: str | None,
    today: date,
    said: Corrections = NOTHING,
    remembered: Remembered = NEVER,
) -> Checked:
    """Add up an export by village and say what became of it; all sheets of its form are one export.

    Of what its sender says (`said`, `remembered`) places count, and rows that are left out; columns of an export are
    what they are.

    Returns
    -------
    Checked
        Of `facts`, or of the table whose rows the export lists. Its layout holds no cell but those that were read and
        say nothing of who somebody is. Of several sheets each has the figures of the places that stand there first.
    """
    placed = _Places(places.register(county_code))
    read: list[_SheetRead] = []
    for one in sheets.of_one_export(book, found, said.sheet):
        before = sum(part.found.sheet.height for part in read)
        try:
            part = _read_sheet(one, file_name, county_code, period, today, said, remembered, placed, before)
        except Refusal:
            if one is found:
                raise
            continue  # another county's; that it is not read is told
        read.append(part)
    export, first = found.export, next(part for part in read if part.found.sheet is found.sheet)
    for rule, words in book.notes:
        first.problems.add(rule, more=words)
    rows = put_together(export, [part.read for part in read], [part.before for part in read], placed.dates)
    _tell_again(read, rows)
    _tell_unnumbered(read)
    if export.table == FACTS:
        frame, own = _facts(found, rows, placed, county_code)
    else:
        lists = [_listed(part, placed) for part in read]
        frame, own = pd.concat([one for one in lists if len(one)] or lists[:1]), set()
    _tell_result(read, first, rows, frame)
    # A list of villages names nobody unless one of its columns does.
    personal = export.rows != "villages" or any(is_personal(book, part.layout) for part in read)
    place = tables.tables()[export.table].place_columns[-1]
    whole = _is_whole(_townships(frame, place), county_code)
    made = []
    for part in read:
        if personal:
            part.problems.add("original_not_kept")
        at = frame.index.to_numpy()
        own_rows = frame.loc[(at > part.before) & (at <= part.before + part.found.sheet.height)]
        own_rows.index = pd.Index(own_rows.index - part.before, name="row")
        made.append(
            Checked(
                file_name=file_name,
                county_code=county_code,
                table=export.table,
                frame=own_rows,
                problems=part.problems.frame(),
                layout=part.layout,
                encoding=book.encoding,
                delimiter=book.delimiter,
                questions=tuple(part.asked.questions),
                said=said.over(Corrections(said.table, places=part.asked.answered)),
                periods=tuple(sorted(own_rows["as_of"].dropna().dt.strftime("%Y-%m").unique())),
                townships=tuple(sorted(_townships(own_rows, place))) if county_code else (),
                personal=personal,
                items=tuple(sorted(own)),
                whole=whole,
            )
        )
    if len(made) == 1:
        return made[0]
    names = {part.name for part in read}
    return sheets.joined(made, tuple(other for other in found.other_sheets if other[0] not in names))


def _read_sheet(
    found: FoundExport,
    file_name: str,
    county_code: str | None,
    period: str | None,
    today: date,
    said: Corrections,
    remembered: Remembered,
    placed: _Places,
    before: int,
) -> _SheetRead:
    """Read a sheet by its own order of columns, units, title and month, and tell what is odd in it."""
    problems, asked = Problems(), _Asked()
    gone = sorted(row for name, row in said.rows if name == found.sheet.name)
    found = replace(found, structure=without_rows(found.structure, None, gone))
    form = form_of(found.structure.paths, found.structure.title, found.structure.unit_text)
    layout = replace(_layout(found, file_name, form, said.over(remembered.about(form))), now=said)
    tell_others(layout, problems)
    problems.add("row_left_out", gone)
    _tell_units(found, layout, problems)
    day = _day(layout, period, today, problems)
    at, number = _place(found, layout, county_code, day, problems, asked, placed, before)
    read = read_rows(found, county_code, at, number)
    for name, wrong in read.unread.items():
        problems.add("export_unread", wrong, _column(layout, found.columns[name][0]))
    for name, about in read.about.items():
        col = found.columns[name][0]
        cells = [text if len(text := found.sheet.columns[col].text(row)) <= _FIGURE else COVERED for row in about]
        repairs = [wording.plain(value, 4) for value in about.values()]
        problems.add("about_number", list(about), _column(layout, col), values=cells, repairs=repairs)
    _tell_blank(found, layout, at, problems)
    _tell_implausible(found, layout, read, problems)
    if not len(found.structure.data_rows):
        problems.add("no_rows")
    return _SheetRead(found, layout, problems, asked, at, read, before)


def _townships(frame: pd.DataFrame, place: str) -> list[str]:
    return frame[place].dropna().str[:9].str.ljust(12, "0").unique().tolist()


# -- people who stand there again --------------------------------------------------------------------------------------


def _tell_again(read: Sequence[_SheetRead], rows: Rows) -> None:
    """Tell of rows that say a person or a village again: alike it counts once, else the sender has to choose."""

    def of(row: int) -> _SheetRead:
        return next(part for part in reversed(read) if part.before <= row)

    if not rows.twice and not rows.differing:
        return
    zh, en = _THING[read[0].found.export.rows]
    thing = {"thing_zh": zh, "thing_en": en}
    for part in read:
        own = {row: of(first) for row, first in rows.twice.items() if of(row) is part}
        more = [thing | _where(other, part) for other in own.values()]
        part.problems.add("export_twice", [row - part.before for row in own], more=more)
        unlike = [one for one in rows.differing if of(one.row) is part]
        words = [thing | _unlike(one, of(one.first), part) for one in unlike]
        part.problems.add("export_differs", [one.row - part.before for one in unlike], more=words)


def _where(other: _SheetRead, here: _SheetRead) -> dict[str, str]:
    if other is here:
        return {"where_zh": "前面的行", "where_en": "an earlier row"}
    return {"where_zh": f"工作表“{other.name}”", "where_en": f'the sheet "{other.name}"'}


def _unlike(one: Again, other: _SheetRead, here: _SheetRead) -> dict[str, object]:
    """Return where a person stands first, and in which columns of the file the rows differ; no cell is shown."""
    n = one.first - other.before + 1
    sheet = other is not here
    roles = {"_place": ("village", "place", "township"), "household": ("household",)}
    found = here.found
    cols = [
        next(
            (col for role in roles.get(name, ()) if (col := found.roles.get(role)) is not None),
            found.columns.get(name, (None,))[0],
        )
        for name in one.columns
    ]
    headers = list(dict.fromkeys(found.headers[col] for col in cols if col is not None))
    return {
        "at_zh": f"工作表“{other.name}”第 {n} 行" if sheet else f"第 {n} 行",
        "at_en": f'row {n} of the sheet "{other.name}"' if sheet else f"row {n}",
        "headers_zh": "、".join(headers),
        "headers_en": ", ".join(headers),
        "same": one.rows,
    }


def _tell_unnumbered(read: Sequence[_SheetRead]) -> None:
    """Doubt the figures of places on several sheets, where nothing tells whether the same rows stand on these."""
    if read[0].found.export.table != FACTS or all(part.read.thing is not None for part in read):
        return
    numbers = [set(part.read.frame["_place"].tolist()) for part in read]
    for n, part in enumerate(read):
        again = sum(number in before for number in numbers[n] for before in numbers[:n])
        if again:
            part.problems.add("export_unnumbered", more={"places": again})


def _tell_result(read: Sequence[_SheetRead], first: _SheetRead, rows: Rows, frame: pd.DataFrame) -> None:
    """Tell what became of all sheets; it is said of each alike, so that it is told once."""
    export = first.found.export
    if frame.empty and any(len(part.rows) for part in read):
        wanted = list(dict.fromkeys(c.headers[0] for c in export.columns if c.headers))
        more = {"name_zh": export.zh, "name_en": export.en, "columns": "、".join(wanted)}
        first.problems.add("export_nothing", [first.layout.header_row], more=more)
    elif not frame.empty:
        words = _told(first.found, rows, frame)
        for part in read:
            part.problems.add("export_read" if export.table == FACTS else "export_listed", more=words)


# -- what may be shown -------------------------------------------------------------------------------------------------


def _layout(found: FoundExport, file_name: str, form: str, said: Corrections) -> Layout:
    """Return where things stand, with all cells covered that could tell who somebody is."""
    sheet, structure = found.sheet, found.structure
    head, opened = structure.header_row, _open_columns(found)
    covered = tuple(_covered(cells, head, opened.get(col)) for col, cells in enumerate(sheet.columns))
    bare = replace(sheet, columns=covered)
    place = {found.roles.get(role): f"{role}_name" for role in ("village", "township", "place")}
    tells_apart = {found.roles.get(role) for role in PEOPLE}

    def role(col: int, header: str) -> str:
        if col in tells_apart:
            return "tells_apart"
        unread = "personal" if personal_header(header) else "unread"
        return place.get(col) or ("added_up" if col in found.used else unread)

    named = tuple(
        FoundColumn(col, header, None, role(col, header), split_unit(header)[1], 1.0)
        for col, header in enumerate(found.headers)
        if header
    )
    # A file of text has no sheet but itself.
    name = re.split(r"[/]", file_name)[-1].rpartition(".")[0]
    about = " ".join(dict.fromkeys((name, sheet.name)))
    titles = " ".join(text for row in structure.title_rows for text in bare.row(row) if text and text != COVERED)
    return Layout(
        table=found.export.table,
        about=about,
        sheet=bare,
        structure=replace(structure, title=titles),
        columns=named,
        score=found.score,
        form=form,
        said=said,
        keys=(),
        asked=(),
        own_items=found.export.table == FACTS,
        other_sheets=found.other_sheets,
        export=found.export.id,
    )


def _open_columns(found: FoundExport) -> dict[int, Callable[[str], bool]]:
    """Return, for each column whose data may be shown, which of its cells may: cells slip, and names stand anywhere."""
    opened: dict[int, Callable[[str], bool]] = {}
    for column in found.export.columns:
        for col in found.columns.get(column.name, ()):
            if column.words:
                opened[col] = lambda text, said=frozenset(column.said): narrow(text) in said  # type: ignore[misc]
            elif column.type in {"int", "float", "date"}:
                opened[col] = _is_figure
    by_role = {"village": _is_place, "township": _is_place, "place": _is_place, "period": _is_figure, "key": _is_number}
    opened |= {col: by_role[role] for role, col in found.roles.items() if role in by_role}
    return opened


def _is_figure(text: str) -> bool:
    return len(text) <= _FIGURE and text[:1].isdigit()


def _is_number(text: str) -> bool:
    return text.isascii() and not IDENTITY.search(text)


def _is_place(text: str) -> bool:
    return place_level(text) is not None or normalise_code(text) is not None


def _covered(cells: Cells, header: int, opened: Callable[[str], bool] | None) -> Cells:
    """Return a column with its data covered unless they are open, and above it what signs or numbers somebody."""
    above, head = set(cells.codes[:header].tolist()), int(cells.codes[header])
    below = set(cells.codes[header + 1 :].tolist())

    def told(code: int, text: str) -> str:
        signed = code in above and bool(_SIGNED.search(text))
        hidden = code in below and not (opened and opened(text))
        return text if not text or code == head or not (signed or hidden) else COVERED

    return Cells(cells.codes, [told(code, text) for code, text in enumerate(cells.texts)])


def _column(layout: Layout, col: int) -> FoundColumn:
    return next(c for c in layout.columns if c.col == col)


def _tell_units(found: FoundExport, layout: Layout, problems: Problems) -> None:
    for column in found.export.columns:
        at = found.columns.get(column.name)
        unit = found.unit_of(column)
        if not at or not unit or not column.unit:
            continue
        factor = units.factor(unit, column.unit)
        words = {"unit": unit, "target": column.unit, "factor": f"{factor:g}" if factor else ""}
        if factor != 1:
            told = "unit_converted" if factor else "wrong_unit"
            problems.add(told, [layout.header_row], _column(layout, at[0]), more=words)


def _tell_blank(found: FoundExport, layout: Layout, rows: Codes, problems: Problems) -> None:
    """Tell of rows that leave blank what the whole export is about: they are in none of its figures."""
    for column in found.export.columns:
        if column.name in found.columns and set(column.headers) & set(found.export.must):
            at = found.columns[column.name][0]
            blank = rows[_texts(found.sheet, rows, at) == ""]
            problems.add("export_blank", blank, _column(layout, at))


def _tell_implausible(found: FoundExport, layout: Layout, rows: Read, problems: Problems) -> None:
    """Doubt figures far from what they usually are; money that nothing says the unit of may be in yuan."""
    for column in found.export.columns:
        bounds = found.plausible(column) if column.name in found.columns else None
        if bounds is None or column.type not in {"int", "float"} or column.name not in rows.frame:
            continue
        value = pd.to_numeric(rows.frame[column.name])
        wrong = rows.frame.index[(value < bounds[0]) | (value > bounds[1])].to_numpy()
        unsaid = found.unit_of(column) is None and units.factor("元", column.unit or "") not in {None, 1}
        cells = layout.sheet.columns[found.columns[column.name][0]]
        words = {"low": wording.bound(bounds[0], column.unit), "high": wording.bound(bounds[1], column.unit)}
        words |= {"unit": column.unit or ""}
        problems.add(
            "unit_unsaid" if unsaid else "out_of_range",
            wrong,
            _column(layout, found.columns[column.name][0]),
            values=[shown(cells.text(int(row))) for row in wrong],
            more=words,
        )


# -- where and when ----------------------------------------------------------------------------------------------------


def _day(layout: Layout, period: str | None, today: date, problems: Problems) -> date | None:
    """Return the day the file is of, as its sender, its title or its name says; a mere year is no month."""
    named = period or layout.period
    if named is None or (len(named) == 4 and not period):
        return None
    day = last_day(named)
    if day > today.replace(day=monthrange(today.year, today.month)[1]):
        return None
    if not period:
        said = shown(layout.dated_by)
        problems.add("dated_by_title", more={"title": said.strip(), "day": str(day)})
    return day


def _place(
    found: FoundExport,
    layout: Layout,
    county_code: str | None,
    day: date | None,
    problems: Problems,
    asked: _Asked,
    placed: _Places,
    before: int,
) -> tuple[Codes, Codes]:
    """Find the place and the day of each row; what cannot be found is told and left out.

    Returns
    -------
    Codes, Codes
        The rows that have both, and the number of these for each in `placed`, to which they are added.
    """
    known = placed.known
    if county_code and known is None:
        problems.add("no_register", more={"county": county_code})
    rows = found.structure.data_rows
    # Rows of a table of villages are of no township, whatever names they have.
    table = found.export.table
    of_villages = table != FACTS and tables.tables()[table].place_columns[-1] == "village_code"
    wanted = "village" if "village" in found.roles or of_villages else "place"
    nearest = found.roles.get("village", found.roles.get("place", found.roles.get("township", 0)))
    names, towns, times = (
        _texts(found.sheet, rows, found.roles.get(role)) if found.roles.get(role) is not None else None
        for role in (wanted if wanted in found.roles else "township", "township", "period")
    )
    if names is None:
        names = np.full(len(rows), "", dtype=object)
    blank = names == ""
    at = _column(layout, nearest)
    problems.add("export_no_place", rows[blank], at)
    data = pd.DataFrame({"name": names, "town": "" if towns is None else towns, "time": "" if times is None else times})
    dated = times is not None
    number, distinct = pd.factorize(pd.MultiIndex.from_frame(data))
    codes: dict[int, tuple[str, date] | None] = {}
    notes: list[tuple[str, Codes, tuple[str, str, Mapping[str, object]]]] = []
    undated, seen = False, Seen()
    for position, (name, town, time) in enumerate(distinct):
        codes[position] = None
        if not name:
            continue
        beside, here = town if "village" in found.roles else "", rows[number == position]
        told = layout.said.places.get((name, beside), AS_FOUND)
        if told == NOT_READ:
            asked.answered[name, beside] = told
            problems.add("rows_left_out", here, at, values=[shown(name) if _is_place(name) else COVERED])
            continue
        code, note = places.read_place(name, wanted, known, beside)
        if known and told in known.level:
            asked.answered[name, beside] = told
            code, note = told, ("place_as_said", known.full(told), {})
        when = _read_day(time) if dated and time else day
        if known:
            seen.add(name, note[0] if note else None, places.find_place(name, known, wanted, beside))
        if note:
            notes.append((name, here, note))
            # A row whose cells have slipped may have the name of a person here: such a one is not asked about.
            if rule_book().by_id[note[0]].severity == "error" and known and _is_place(name):
                likely = tuple(c.code for c in places.find_place(name, known, wanted, beside))
                asked.questions.append(Question("place", "geo_code", at.header, name, beside, len(here), likely))
        if when is None:
            undated = True
        elif code is not None and (known is None or code in known.level):
            # Without a register two villages of one name are told apart by their township.
            codes[position] = (code if known or code.isdigit() else f"{town}{code}", when)
    if known:
        seen.refuse(layout, known, problems)
    _tell_places(notes, at, problems)
    if undated:
        problems.add("no_date", [layout.header_row], column="as_of")
    ids = placed.numbers
    for key in codes.values():
        if key:
            ids.setdefault(key, len(ids))
    of = np.array([ids[key] if (key := codes[p]) else -1 for p in range(len(distinct))] or [-1], dtype=np.intp)[number]
    kept, chosen = rows[of >= 0], of[of >= 0]
    for n, i in zip(*np.unique(chosen, return_index=True), strict=True):
        placed.first.setdefault(int(n), before + int(kept[i]))
    return kept, chosen


def _texts(sheet: Sheet, rows: Codes, col: int | None) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    cells = sheet.columns[col or 0]
    clean = np.array(["" if is_blank(text) else text for text in cells.texts] or [""], dtype=object)
    result: np.ndarray[tuple[int], np.dtype[np.object_]] = clean[cells.codes[rows]]
    return result


def _read_day(text: str) -> date | None:
    day, _ = one_date(text)
    if day is None and (named := period_of(text)):
        return last_day(named)
    return day


def _tell_places(
    notes: list[tuple[str, Codes, tuple[str, str, Mapping[str, object]]]], at: FoundColumn, problems: Problems
) -> None:
    """Tell how names of places were read: repairs once per name, all else once per row."""
    by_rule: dict[str, list[tuple[int, str, str, int, Mapping[str, object]]]] = {}
    for name, rows, (rule, repair, more) in notes:
        # A row whose cells have slipped may have the name of a person here.
        value = shown(name) if _is_place(name) else COVERED
        once = rule_book().by_id[rule].severity == "repair"
        told = [(int(row), value, repair, len(rows) if once else 1, more) for row in (rows[:1] if once else rows)]
        by_rule.setdefault(rule, []).extend(told)
    for rule, every in by_rule.items():
        rows_of, values, repairs, counts, words = zip(*every, strict=True)
        problems.add(rule, rows_of, at, values=values, repairs=repairs, counts=counts, more=words)


# -- the result --------------------------------------------------------------------------------------------------------


def _is_whole(towns: list[str], county_code: str | None) -> bool:
    """Whether an export is the county's: a township's has its own rows only, the county's lacks a few at most."""
    known = places.register(county_code)
    if known is None:
        return False
    every = {code for code, level in known.level.items() if level == "township"}
    return len(every.intersection(towns)) >= _WHOLE * len(every)


def _facts(found: FoundExport, rows: Rows, placed: _Places, county_code: str | None) -> tuple[pd.DataFrame, set[str]]:
    """Return the figures as rows of `facts`, under the row of the file in which their place stands first.

    And the items that it gives figures of, also those of which no place has one this time.
    """
    parts, own = [item_figures(found.export, rows, placed.dates)], given_items(found.export, rows)
    plans = county_plans(county_code)
    if plans and found.export.covers:
        villages = {n: code for n, code in placed.codes.items() if placed.levels[n] == "village"}
        parts.append(indicator_figures(found.export, rows, plans, villages, placed.dates))
        own |= given_indicators(found.export, rows, plans)
    parts = [part for part in parts if len(part)]
    figures = pd.concat(parts, ignore_index=True) if parts else _no_figures()
    figures = figures.sort_values("_place", kind="stable")
    place = figures["_place"]
    code, level = place.map(placed.codes), place.map(placed.levels)
    made = pd.DataFrame(
        {
            "geo_level": level,
            "geo_code": code,
            "village_code": code.where(level == "village", None),
            "as_of": place.map(placed.dates),
            "item": figures["item"],
            "value": figures["value"].astype(float),
            "numerator": figures["numerator"].astype(float),
            "denominator": figures["denominator"].astype(float),
        }
    )
    made.index = pd.Index(place.map(placed.first).astype(int) + 1, name="row")
    return tables.typed(FACTS, made), own


def _listed(part: _SheetRead, placed: _Places) -> pd.DataFrame:
    """Return a sheet's rows of the upload table, each told whose number is blank, twice or that of a person."""
    found, layout, problems = part.found, part.layout, part.problems
    frame = listed(found, part.read.frame, placed.codes, placed.dates)
    table = tables.tables()[found.export.table]
    name = table.thing[0]
    if "key" not in found.roles:
        words = {"label_zh": table.column(name).zh, "label_en": table.column(name).en}
        problems.add("missing_column", [layout.header_row], column=name, more=words)
    else:
        at = _column(layout, found.roles["key"])
        keys = frame[name].astype("string")
        problems.add("blank_key", frame.index[keys.isna()].to_numpy(), at)
        problems.add(
            "identity_number", frame.index[[IDENTITY.search(str(key)) is not None for key in keys]].to_numpy(), at
        )
        complete = frame.loc[keys.notna()]
        again = complete.index[complete.duplicated(list(table.key))].to_numpy()
        first = complete.groupby(list(table.key))[name].transform(lambda group: group.index[0])
        more = [{"first": int(first[row]) + 1, "key": at.header} for row in again]
        problems.add("duplicate_key", again, at, more=more or None)
    frame.index = frame.index + part.before + 1
    return frame


def _no_figures() -> pd.DataFrame:
    """Return figures without rows."""
    return pd.DataFrame({n: [] for n in ("_place", "item", "value", "numerator", "denominator")})


def _told(found: FoundExport, rows: Rows, frame: pd.DataFrame) -> dict[str, object]:
    """Return the words of the sentence that says what became of an export."""
    counted = [(len(rows.frame), *_ROWS[found.export.rows])]
    if rows.households is not None:
        counted.append((len(rows.households), "户", "households"))
    place = "geo_code" if "geo_code" in frame else "village_code"
    places_n = frame[place].nunique()
    all_villages = "geo_level" not in frame or bool((frame["geo_level"] == "village").all())
    left = {col: header for col, header in enumerate(found.headers) if header and col not in found.used}
    people = {found.roles.get(role) for role in PEOPLE}
    named = [shown(h) for col, h in left.items() if col not in people and not personal_header(h) and not is_number(h)]
    more = len(named) > _NAMED
    zh, en = "、".join(named[:_NAMED]), ", ".join(named[:_NAMED])
    return {
        "name_zh": found.export.zh,
        "name_en": found.export.en,
        "counted_zh": "、".join(f"{n:,} {zh}" for n, zh, _ in counted),
        "counted_en": ", ".join(f"{n:,} {en}" for n, _, en in counted),
        "places_zh": f"{places_n:,} 个村" if all_villages else f"{places_n:,} 个村或乡镇",
        "places_en": f"{places_n:,} villages" if all_villages else f"{places_n:,} villages or townships",
        "figures": frame["item"].nunique() if "item" in frame else 0,
        "left_out": len(left),
        "unread_zh": f"（没有读入：{zh}{'等' if more else ''}）" if named else "",
        "unread_en": f" (not read: {en}{', ...' if more else ''})" if named else "",
    }
