"""What a clerk says about a file in place of what was understood, and what of it holds for the next file."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

import numpy as np

from data.intake.identity import IDENTITY, MASK
from data.intake.model import Book, Cells, Sheet
from data.intake.structure import squeezed
from data.intake.upload_headers import split_unit

NOT_READ = ""
"""Of a column: it is left out. Of a place: its rows are."""
AS_FOUND = "?"
"""Of a column, a place or a value: as recognised, whatever was said before."""

# A header that changes with the month it is sent in is the same form.
_VARYING = re.compile(r"\d+|[一二三四五六七八九十]+(?=[月季])")
_PLACED = re.compile(r"[\u4e00-\u9fff]{1,8}?(?:街道|社区|[省市县区镇乡村])")

# Sheet, row and column as the file has them, counted from 0.
At = tuple[str, int, int]
# Sheet and row likewise.
Row = tuple[str, int]


@dataclass(frozen=True)
class Corrections:
    """What was said about one file; what is not named is as recognised.

    Attributes
    ----------
    table
        Upload table the file is meant as; None if that was not said.
    columns
        Key of a column (`column_keys`) → column of the upload table, item of `facts` (for a file with a column per
        item; of a ratio with its figure, `item:numerator`), `village_name`, `township_name`, NOT_READ or AS_FOUND.
    units
        Key of a column → the unit its figures are in.
    places
        Text and township as written (the township may be "") → 12-digit code, NOT_READ or AS_FOUND.
    options
        Column of an upload table (`projects.kind`) and text as written → the option or item meant, AS_FOUND, or of a
        column of the key NOT_READ. With "" as text of all rows of a file without that column.
    cells
        Place of a cell → what should stand there. Only of this file.
    rows
        Place of a row → NOT_READ. Only of this file.
    sheet
        Name of the sheet that is to be read; None if that was not said.
    ours
        That the file is this county's, although its places look like another's. Only of this file.
    older
        That a list counts although something newer is stored of its problems. Only of this file.
    """

    table: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[tuple[str, str], str] = field(default_factory=dict)
    options: Mapping[tuple[str, str], str] = field(default_factory=dict)
    cells: Mapping[At, str] = field(default_factory=dict)
    rows: Mapping[Row, str] = field(default_factory=dict)
    sheet: str | None = None
    ours: bool = False
    older: bool = False

    def __bool__(self) -> bool:
        """Whether anything was said."""
        parts = (self.columns, self.units, self.places, self.options, self.cells, self.rows)
        return any((self.table, self.sheet, self.ours, self.older, *parts))

    def over(self, earlier: "Corrections") -> "Corrections":
        """Return both together; where both speak of the same thing, this one counts."""
        return Corrections(
            self.table or earlier.table,
            {**earlier.columns, **self.columns},
            {**earlier.units, **self.units},
            {**earlier.places, **self.places},
            {**earlier.options, **self.options},
            {**earlier.cells, **self.cells},
            {**earlier.rows, **self.rows},
            self.sheet or earlier.sheet,
            self.ours or earlier.ours,
            self.older or earlier.older,
        )

    def to_json(self, form: str) -> str:
        """Return it as text for the store, with the form of the file (`form_of`) it was said about; "" if empty.

        Identity numbers in it are masked.
        """
        if not self:
            return ""
        parts = {
            "form": form,
            "table": self.table,
            "sheet": self.sheet,
            "columns": dict(self.columns),
            "units": dict(self.units),
            "places": [[*key, code] for key, code in self.places.items()],
            "options": [[*key, value] for key, value in self.options.items()],
            "cells": [[*at, text] for at, text in self.cells.items()],
            "rows": [list(at) for at in self.rows],
            "ours": [True] if self.ours else [],
            "older": [True] if self.older else [],
        }
        return IDENTITY.sub(MASK, json.dumps({name: part for name, part in parts.items() if part}, ensure_ascii=False))


NOTHING = Corrections()


@dataclass(frozen=True)
class Remembered:
    """What was said about a county's files before: for each form its columns and units, for all files its places."""

    forms: Mapping[str, Corrections] = field(default_factory=dict)
    everywhere: Corrections = NOTHING

    def about(self, form: str) -> Corrections:
        """Return what holds for a file of this form."""
        return self.forms.get(form, NOTHING).over(self.everywhere)


NEVER = Remembered()


def remember(said: Iterable[str]) -> Remembered:
    """Return what holds for the next file.

    Parameters
    ----------
    said
        `Corrections.to_json` of the batches that count, the oldest first: what was said last counts.
    """
    forms: dict[str, Corrections] = {}
    everywhere = NOTHING
    for text in filter(None, said):
        parts = json.loads(text)
        columns, units = parts.get("columns", {}), parts.get("units", {})
        places = {(text, town): code for text, town, code in parts.get("places", ())}
        options = {(column, text): value for column, text, value in parts.get("options", ())}
        # To leave rows out, and what all rows of a file are, is a word about this form; what a place or an option is
        # called holds in every file.
        left_out = {key: code for key, code in places.items() if code == NOT_READ}
        of_all = {key: value for key, value in options.items() if not key[1] or value == NOT_READ}
        of_form = Corrections(parts.get("table"), columns, units, left_out, of_all, sheet=parts.get("sheet"))
        form = parts.get("form", "")
        forms[form] = of_form.over(forms.get(form, NOTHING))
        called = {key: code for key, code in places.items() if code != NOT_READ}
        everywhere = Corrections(places=called, options={k: v for k, v in options.items() if k not in of_all}).over(
            everywhere
        )
    return Remembered(forms, everywhere)


def count(said: str) -> int:
    """Return how many corrections a text of `Corrections.to_json` holds; which table or sheet was meant is none."""
    parts = json.loads(said) if said else {}
    return sum(len(part) for name, part in parts.items() if name not in {"form", "table", "sheet"})


def form_of(paths: Iterable[tuple[str, ...]], title: str = "", unit: str = "") -> str:
    """Return what tells one form from others: headers, title and line of units, whatever their numbers and places.

    It is the same next month and for a neighbour; but under equal headers peppers are not peanuts, nor 元 万元.
    """
    headers = [_header(path) for path in paths]
    said = [_PLACED.sub("", _VARYING.sub("#", squeezed(text))) for text in (title, unit)]
    return blake2b("\n".join([*said, *headers]).rstrip("\n").encode(), digest_size=12).hexdigest()


def _header(path: Iterable[str]) -> str:
    """Return a header as it is next month too."""
    return "/".join(_VARYING.sub("#", squeezed(part)) for part in path)


def form_columns(paths: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return what the columns of a sheet are called, in no order of theirs: sheets with the same are of one form.

    Their units may differ.
    """
    return tuple(sorted(filter(None, (_header([*path[:-1], split_unit(path[-1])[0]]) for path in paths if path))))


def column_keys(paths: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return for each column by what it is called in corrections: its header; a header that repeats is numbered."""
    seen: dict[str, int] = {}
    keys = []
    for path in paths:
        header = _header(path)
        seen[header] = seen.get(header, 0) + 1
        keys.append(header if seen[header] == 1 else f"{header} ({seen[header]})")
    return tuple(keys)


def with_cells(book: Book, cells: Mapping[At, str]) -> Book:
    """Return a file with some cells written anew; cells outside its sheets are passed over."""
    if not cells:
        return book
    return replace(book, sheets=tuple(_with_cells(sheet, cells) for sheet in book.sheets))


def _with_cells(sheet: Sheet, cells: Mapping[At, str]) -> Sheet:
    columns = list(sheet.columns)
    for (name, row, col), text in cells.items():
        if name == sheet.name and 0 <= row < sheet.height and 0 <= col < sheet.width:
            old = columns[col]
            codes = old.codes.astype(np.intp)
            codes[row] = len(old.texts)
            columns[col] = Cells(codes, [*old.texts, text.strip()])
    return replace(sheet, columns=tuple(columns))
