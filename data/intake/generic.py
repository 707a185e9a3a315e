"""Any table with a header, upload table or not: its figures and texts, and everything to be said of its shape."""

from collections import Counter
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from data.intake import units
from data.intake.covers import name_may_be_left, of_column
from data.intake.identity import COVERED, IDENTITY, MASK, SHORTEST
from data.intake.model import Book, Checked, FoundColumn, Layout, Problems, rule_book
from data.intake.numbers import read_number
from data.intake.people import strays
from data.intake.periods import is_day, one_date
from data.intake.signed import covered
from data.intake.totals import tell_totals
from data.intake.values import is_blank, is_error, narrow, parse
from data.tables import Column

_SHOWN = 200


def shown(text: str) -> str:
    """Return a cell as it may be shown: without identity numbers and names that sign it, not endless."""
    text = covered(IDENTITY.sub(MASK, text) if len(text) >= SHORTEST else text)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def tell_others(layout: Layout, problems: Problems) -> None:
    """Tell which sheets of the workbook hold data too and are not read."""
    others = layout.other_sheets
    if others:
        words = {
            "others_zh": "、".join(f"“{name}”（{n} 行）" for name, n in others),
            "others_en": ", ".join(f'"{name}" ({n} rows)' for name, n in others),
        }
        read = len(set(layout.in_file(layout.data_rows)))
        problems.add("sheet_not_read", more={"sheet": layout.sheet.name, "read": read, **words})


def tell_shape(layout: Layout, problems: Problems) -> None:
    """Tell what is odd in the shape of a table, whatever it holds."""
    tell_others(layout, problems)
    sheet, rows = layout.sheet, layout.data_rows
    told = Problems()  # of rows as the file has them
    for (rule, found), alike in groupby(layout.told, key=lambda said: (said.rule, said.found)):
        listed = list(alike)
        at = [max(said.row, 0) for said in listed]
        told.add(rule, at, found, values=[said.value for said in listed], more=[said.words for said in listed])
    problems.take(told)
    # Of any other table a column without a header may be known by what it holds.
    known = {c.col for c in layout.columns if c.header or (layout.table is None and c.canonical)}
    for number, cells in enumerate(sheet.columns) if layout.header_row >= 0 else ():
        if number not in known:
            filled = rows[~cells.blank[rows]]
            stray = FoundColumn(number, "", None, "unknown", None, 0.0)
            problems.add("unnamed_column", filled, stray, values=[shown(cells.text(r)) for r in filled] or [""])
    if layout.header_row < 0:
        problems.add("no_header")
    elif sheet.lengths is not None:
        width = int(sheet.lengths[layout.header_row])
        short = rows[sheet.lengths[rows] < width]
        more = [{"cells": int(sheet.lengths[row]), "width": width} for row in short]
        problems.add("short_row", short, more=more)


def check_any(layout: Layout, book: Book, file_name: str, county_code: str | None, problems: Problems) -> Checked:
    """Read the figures and texts of a table that is none of the upload tables.

    Returns
    -------
    Checked
        With `table` None and a frame of one column per column found, by its position in the sheet.
    """
    layout = replace(layout, columns=tuple(_in_own_unit(layout, found) for found in layout.columns))
    data: dict[int, Any] = {}
    for found in layout.columns:
        if found.role == "personal":
            problems.add("personal_column", [max(layout.header_row, 0)], found)
        elif found.kind in {"number", "share"}:
            data[found.col] = _figures(layout, found, problems)
        else:
            data[found.col] = _texts(layout, found, problems)
            tell_days(layout, found, problems)
    rows = pd.Index(np.asarray(layout.in_file(layout.data_rows), dtype=np.int64) + 1, name="row")
    tell_totals(layout, (), problems)
    if not len(rows):
        problems.add("no_rows")
    return Checked(
        file_name=file_name,
        county_code=county_code,
        frame=pd.DataFrame(data, index=rows),
        problems=problems.frame(),
        layout=layout,
        encoding=book.encoding,
        delimiter=book.delimiter,
    )


def _in_own_unit(layout: Layout, found: FoundColumn) -> FoundColumn:
    """Give a column of figures that each name their unit (100亩, 8公顷), and whose header names none, the usual one."""
    if found.kind != "number" or found.unit:
        return found
    codes, texts = layout.sheet.columns[found.col].used(layout.data_rows)
    named: Counter[str] = Counter()
    for text, n in zip(texts, np.bincount(codes, minlength=len(texts)).tolist(), strict=True):
        number = None if is_blank(text) else read_number(text)
        if number is None:
            continue
        if not number.unit:
            return found
        named[number.unit] += n
    usual = max(named, key=named.__getitem__, default=None)
    alike = usual is not None and all(units.factor(unit, usual) for unit in named)
    return replace(found, unit=usual) if alike else found


def _figures(layout: Layout, found: FoundColumn, problems: Problems) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    cells, rows = layout.sheet.columns[found.col], layout.data_rows
    codes, texts = cells.used(rows)
    column = Column(name=str(found.col), type="float", zh=found.header, unit=found.unit)
    parsed = parse(column, texts, found.unit)
    for position, (rule, repair, more) in parsed.notes.items():
        where, text = rows[codes == position], texts[position]
        told = "number_unread" if rule_book().by_id[rule].severity == "error" else rule
        once = where[:1] if rule_book().by_id[told].severity == "repair" else where
        value = COVERED if told == "number_unread" and strays(text, "figure") else shown(text)
        problems.add(told, once, found, values=[value], repairs=[repair], counts=[len(where)], more=more)
    values: np.ndarray[tuple[int], np.dtype[np.float64]] = parsed.found.astype(np.float64)[codes]
    wanted = "%" if found.kind == "share" else None
    if units.hold_fractions(wanted, found.header, found.unit, values, texts):
        problems.add("fraction_as_percent", [max(layout.header_row, 0)], found)
        values *= 100
    elif wanted or found.unit == "%":
        lone = np.flatnonzero(units.may_be_fractions(values, found.header)).tolist()
        doubted = [n for n in lone if "%" not in narrow(cells.text(int(rows[n])))]
        said = [shown(cells.text(int(rows[n]))) for n in doubted]
        percents = [{"percent": f"{values[n] * 100:.10g}"} for n in doubted]
        problems.add("may_be_fraction", rows[doubted], found, values=said, more=percents)
    return values


def tell_days(layout: Layout, found: FoundColumn, problems: Problems) -> None:
    """Tell which cells of a column of days name one that the calendar lacks: 2023年13月."""
    if found.kind != "day":
        return
    codes, texts = layout.sheet.columns[found.col].used(layout.data_rows)
    for position, text in enumerate(texts):
        if is_day(text) and one_date(text)[0] is None:
            problems.add("no_such_day", layout.data_rows[codes == position], found, values=[shown(text)])


def _texts(layout: Layout, found: FoundColumn, problems: Problems) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    cells, rows = layout.sheet.columns[found.col], layout.data_rows
    codes = cells.codes[rows]
    cover = of_column(found, None)
    texts = np.array([*(shown(cover(text)) for text in cells.texts), ""], dtype=object)
    for code in np.unique(codes).tolist():
        text = cells.texts[code]
        if is_error(text):
            problems.add("error_cell", rows[codes == code], found, values=[text])
        elif name_may_be_left(text, cover(text)) and cover(text) != text:
            told = shown(cover(text))
            problems.add("telephone_covered", rows[codes == code], found, values=[told], repairs=[told])
        elif IDENTITY.search(text):
            problems.add("identity_masked", rows[codes == code], found, values=[texts[code]], repairs=[texts[code]])
    result: np.ndarray[tuple[int], np.dtype[np.object_]] = texts[codes]
    return result
