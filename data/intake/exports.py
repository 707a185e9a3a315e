"""Exports of national systems: which ones are known, what their headers say, and where one stands in a file."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict

from data import tables
from data.expressions import Expression, parse
from data.intake import limits, units
from data.intake.model import Book, Codes, Sheet
from data.intake.recognise import FACTS
from data.intake.structure import Structure, find_structure, is_total
from data.intake.template import REFERENCE_SHEETS
from data.intake.upload_headers import names_place, plain, split_unit
from data.intake.values import narrow

PEOPLE = ("household", "person")
"""Roles of columns that number people."""

FILE = Path(__file__).with_name("exports.yaml")

# Of a header twice in a file the second has a number added.
_AGAIN = re.compile(r"(?<=\D)\d$")
_HEADER = 60
_BRACKETED = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]$")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExportColumn(_Model):
    """A column of an export: the headers it goes by and how its cells read, or a condition over other columns."""

    name: str
    type: Literal["enum", "bool", "int", "float", "date", "filled", "given", "workplace"]
    headers: tuple[str, ...] = ()
    unit: str | None = None
    words: Mapping[str, tuple[str, ...]] = {}
    missing: str | None = None
    condition: str | None = None
    needs: tuple[str, ...] = ()

    @cached_property
    def said(self) -> dict[str, str]:
        """What a cell says → value."""
        return {narrow(word): value for value, words in self.words.items() for word in words}

    def declared(self) -> tables.Column:
        """Return the column as conditions see it."""
        if self.type == "workplace":
            return tables.tables()["persons"].column("job_place")
        if self.type == "given":
            return tables.Column(name=self.name, type="bool", zh=self.name)
        kind: tables.Kind = "int" if self.type == "filled" else self.type
        values = tuple(self.words) if kind == "enum" else ()
        return tables.Column(name=self.name, type=kind, zh=self.name, unit=self.unit, values=values, labels=values)


class HouseholdColumn(_Model):
    """A column of a household, made of what its members' rows say."""

    name: str
    take: Literal["first", "any", "most", "count"]
    where: str | None = None
    needs: tuple[str, ...] = ()


class ExportFigure(_Model):
    """What is added up: an item, whose rows are counted, which, of which, or the sum of which column.

    Columns that are `optional` may be missing, and are blank then.
    """

    item: str
    of: Literal["rows", "households"]
    where: str | None = None
    base: str | None = None
    sum: str | None = None
    optional: tuple[str, ...] = ()


class Export(_Model):
    """One kind of export."""

    id: str
    zh: str
    en: str
    rows: Literal["persons", "villages", "workshops", "assets"]
    table: str = FACTS
    key: tuple[str, ...] = ()
    telling: tuple[str, ...]
    must: tuple[str, ...] = ()
    enough: int
    columns: tuple[ExportColumn, ...]
    households: tuple[HouseholdColumn, ...] = ()
    covers: Mapping[str, tuple[str, ...]] = {}
    figures: tuple[ExportFigure, ...] = ()

    def name(self, lang: str) -> str:
        """Return what the export is called."""
        return self.zh if lang == "zh" else self.en

    @cached_property
    def by_name(self) -> dict[str, ExportColumn]:
        """Columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def row_table(self) -> tables.Table:
        """The rows of the file as a table that conditions can be asked of."""
        return tables.Table(
            id=self.id, name_zh=self.zh, key=(), columns=tuple(column.declared() for column in self.columns)
        )

    @cached_property
    def household_table(self) -> tables.Table:
        """The households of the file as a table."""
        counted = {
            made.name: tables.Column(name=made.name, type="int", zh=made.name)
            if made.take == "count"
            else tables.Column(name=made.name, type="bool", zh=made.name)
            if made.where
            else self.by_name[made.name].declared()
            for made in self.households
        }
        return tables.Table(id=self.id, name_zh=self.zh, key=(), columns=tuple(counted.values()))

    def condition(self, text: str, of: str) -> Expression:
        """Return a condition over rows or households, read once."""
        return _condition(self.id, text, of)


@cache
def _condition(export_id: str, text: str, of: str) -> Expression:
    export = next(e for e in catalogue().exports if e.id == export_id)
    return parse(text, export.household_table if of == "households" else export.row_table)


class _Catalogue(_Model):
    places: Mapping[str, tuple[str, ...]]
    period: tuple[str, ...]
    household: tuple[str, ...]
    person: tuple[str, ...]
    provinces: Mapping[int, str]
    exports: tuple[Export, ...]


@cache
def catalogue() -> _Catalogue:
    """Return the exports known, as `exports.yaml` lists them."""
    raw = yaml.load(FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return _Catalogue.model_validate(raw)


@dataclass(frozen=True)
class FoundExport:
    """An export found in a file.

    Attributes
    ----------
    headers
        Header of each column, "" if it has none.
    columns
        Positions of the columns that say what is asked, by name; of `filled` columns there are several.
    roles
        Position of the column of village, township, place (of any level), period, household and person.
    structure
        Where things stand; data rows are those that name a place or a person.
    other_sheets
        Those that hold something too and are not read, with their number of rows.
    """

    export: Export
    sheet: Sheet
    headers: tuple[str, ...]
    columns: Mapping[str, tuple[int, ...]]
    roles: Mapping[str, int]
    structure: Structure
    score: float
    other_sheets: tuple[tuple[str, int], ...] = ()

    def unit_of(self, column: ExportColumn) -> str | None:
        """Return the unit that the header of a column states, else a line of units; None if neither does."""
        if not column.unit or column.name not in self.columns:
            return None
        line = units.find_units(self.structure.unit_text)
        own = split_unit(self.headers[self.columns[column.name][0]])[1]
        return own or units.fitting(line, column.unit)

    def plausible(self, column: ExportColumn) -> tuple[float, float] | None:
        """Return between which figures a column usually lies in its unit: those of the column or item it becomes."""
        if self.export.table != FACTS:
            return tables.tables()[self.export.table].column(column.name).range
        added = next((figure for figure in self.export.figures if figure.sum == column.name), None)
        return tables.items()[added.item].range if added else None

    @property
    def used(self) -> frozenset[int]:
        """Columns that are read for what they say; keys of people only tell people apart."""
        places = {at for role, at in self.roles.items() if role not in PEOPLE}
        return frozenset(places.union(*self.columns.values()))


def find_export(book: Book, chosen: str | None = None) -> FoundExport | None:
    """Return the export a file is, None if it is none that is known.

    It is told by its headers, wherever the header stands, whatever the order of columns and whatever others there are.

    Parameters
    ----------
    chosen
        Name of the sheet that is to be read; None = the one that fits best.
    """
    sheets = [s for s in book.sheets if s.name not in REFERENCE_SHEETS]
    heads = [(sheet, _heads(sheet)) for sheet in sheets if chosen in {None, sheet.name}]
    fits = [fit for sheet, rows in heads for export in catalogue().exports if (fit := _fit(export, sheet, rows))]
    best = max(fits, key=lambda fit: fit[0], default=None)
    if best is None:
        return None
    score, export, sheet, row = best
    others = tuple((s.name, _size(s)) for s in sheets if s is not sheet and not s.hidden and s.filled.any())
    return _found(export, sheet, row, score, others)


def _size(sheet: Sheet) -> int:
    structure = find_structure(sheet, sheet.name)
    return int(sheet.filled.sum()) if structure is None else len(structure.data_rows)


def _forms(header: str) -> tuple[str, ...]:
    """Return the forms by which a header is known: as written, without its unit, without brackets, without a number."""
    text, bare = plain(header), split_unit(header)[0]
    return tuple(dict.fromkeys((text, bare, _BRACKETED.sub("", text), _AGAIN.sub("", text))))


def _heads(sheet: Sheet) -> dict[int, set[str]]:
    """Return the rows of a sheet that may be its header, with the forms of their texts."""
    rows = np.flatnonzero(sheet.filled)[: limits.HEADER_SEARCH_ROWS].tolist()
    return {row: {form for text in sheet.row(row) if 0 < len(text) < _HEADER for form in _forms(text)} for row in rows}


def _fit(export: Export, sheet: Sheet, rows: Mapping[int, set[str]]) -> tuple[float, Export, Sheet, int] | None:
    """Return how well the best row of a sheet would do as the export's header."""
    telling, must = {plain(h) for h in export.telling}, {plain(h) for h in export.must}
    place = {plain(h) for names in catalogue().places.values() for h in names}
    best = None
    for row, texts in rows.items():
        known = len(telling & texts)
        if known < export.enough or not texts & place or not must <= texts:
            continue
        score = known / len(telling) + known / 100
        if best is None or score > best[0]:
            best = (score, export, sheet, row)
    return best


def _found(export: Export, sheet: Sheet, row: int, score: float, others: tuple[tuple[str, int], ...]) -> FoundExport:
    headers = tuple(" ".join(text.split()) for text in sheet.row(row))
    at: dict[str, int] = {}
    # What a header says as it is written counts before what it says without its brackets.
    for level in range(4):
        for col, header in enumerate(headers):
            forms = _forms(header) if header else ()
            if level < len(forms):
                at.setdefault(forms[level], col)

    def first(names: tuple[str, ...]) -> int | None:
        return next((at[plain(n)] for n in names if plain(n) in at), None)

    known = catalogue()
    wanted: dict[str, tuple[str, ...]] = {
        **known.places,
        "period": known.period,
        "household": known.household,
        "person": known.person,
    }
    wanted["key"] = export.key
    found = {role: first(names) for role, names in wanted.items()}
    # A township that adds a column of villages to the ledger calls it what the upload table calls it.
    for role in ("village", "township"):
        if found[role] is None:
            told = (col for col, header in enumerate(headers) if header and names_place(export.table, header) == role)
            found[role] = next(told, None)
    roles = {role: col for role, col in found.items() if col is not None}
    columns: dict[str, tuple[int, ...]] = {}
    for column in export.columns:
        if column.type == "filled":
            cols = tuple(dict.fromkeys(at[plain(h)] for h in column.headers if plain(h) in at))
            # Of a list of measures that is not whole nobody knows whether none was taken.
            if len(cols) == len(column.headers):
                columns[column.name] = cols
        elif (only := first(column.headers)) is not None:
            columns[column.name] = (only,)
    structure = _structure(sheet, headers, row, roles)
    return FoundExport(export, sheet, headers, columns, roles, structure, round(min(score, 1.0), 3), others)


def _structure(sheet: Sheet, headers: tuple[str, ...], row: int, roles: Mapping[str, int]) -> Structure:
    below = np.flatnonzero(sheet.filled & (np.arange(sheet.height) > row)).astype(np.intp)
    naming = [col for role, col in roles.items() if role != "period"]
    named = np.zeros(len(below), dtype=bool)
    total = np.zeros(len(below), dtype=bool)
    for col in naming:
        named |= ~sheet.columns[col].blank[below]
    for col in sorted({0} | {col for role, col in roles.items() if role not in {*PEOPLE, "key"}}):
        cells = sheet.columns[col]
        said = np.array([bool(t) and len(t) <= 24 and is_total(t) for t in cells.texts] or [False], dtype=bool)
        total |= said[cells.codes[below]]
    repeated = sheet.columns[naming[0]].codes[below] == sheet.columns[naming[0]].codes[row]
    data, notes = below[named & ~total & ~repeated], below[~(named | total) | repeated]
    above = tuple(int(r) for r in np.flatnonzero(sheet.filled[:row]))
    return Structure(
        title_rows=above, unit_rows=(), header_rows=(row,), paths=tuple((h,) if h else () for h in headers),
        data_rows=data, total_rows=_rows(below[total]), section_rows=(), note_rows=_rows(notes),
        section_of=np.full(len(data), -1, dtype=np.intp), panels=((0, sheet.width),), stacked_rows=(),
        title=" ".join(text for r in above for text in sheet.row(r) if text),
        unit_text=_unit_text(sheet, (*above, *notes)),
    )  # fmt: skip


def _unit_text(sheet: Sheet, rows: Iterable[int]) -> str:
    """Return the units that lines above or below the data name, and nothing else of these lines."""
    found = [unit for row in rows for unit in units.find_units(" ".join(filter(None, sheet.row(int(row)))))]
    return f"单位：{'、'.join(dict.fromkeys(found))}" if found else ""


def _rows(rows: Codes) -> tuple[int, ...]:
    return tuple(int(row) for row in rows)
