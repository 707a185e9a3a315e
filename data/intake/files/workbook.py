"""Workbooks (XLSX, XLS, ODS) to sheets of text."""

import io
import lzma
import struct
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

import numpy as np
import python_calamine as calamine

from data.intake.files import biff, grid, package
from data.intake.files.facts import Facts
from data.intake.files.ods import read_ods
from data.intake.model import Book, Codes, Merge, Note, Refusal, Sheet
from data.intake.template import REFERENCE_SHEETS

# What opening and unpacking an archive may raise.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    OverflowError,
    NotImplementedError,
)


def read_xls(raw: bytes) -> Book:
    """Read a workbook of the old kind, as Excel 97 and WPS write it.

    Raises
    ------
    Refusal
        It is encrypted, damaged, no workbook, or beyond `limits`.
    """
    safe, facts = biff.inspected(raw)
    return _opened(safe, "xls", lambda position, _: facts[position] if position < len(facts) else Facts())


def read_zip(raw: bytes) -> Book:
    """Read a packed workbook: XLSX or ODS.

    Raises
    ------
    Refusal
        It is encrypted, damaged, hostile, no workbook, or beyond `limits`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            kind = _zip_kind({info.filename for info in archive.infolist()})
            package.refuse_sizes(archive)
            if kind == "ods":
                sheets, facts = read_ods(archive)
                return _book(kind, sheets, facts)
            found = package.inspected(raw, archive)
    except _DAMAGED:
        raise Refusal("damaged") from None
    except RuntimeError:
        raise Refusal("encrypted") from None
    return _opened(found.raw, kind, lambda _, name: found.facts.get(name) or Facts())


def _zip_kind(names: set[str]) -> str:
    if "xl/workbook.xml" in names:
        return "xlsx"
    # A few bytes of this may stand for billions of cells, which the reader would lay out before we can look.
    if "xl/workbook.bin" in names:
        raise Refusal("save_as_xlsx", kind_zh="二进制工作簿（.xlsb）", kind_en="a binary workbook (.xlsb)")
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    if any(name.startswith("word/") for name in names):
        raise Refusal("wrong_kind", kind_zh="Word 文档", kind_en="a Word document")
    if any(name.startswith("ppt/") for name in names):
        raise Refusal("wrong_kind", kind_zh="演示文稿", kind_en="a presentation")
    raise Refusal("wrong_kind", kind_zh="压缩包", kind_en="an archive")


def _opened(raw: bytes, kind: str, facts_of: Callable[[int, str], Facts]) -> Book:
    """Open a workbook that was looked through."""
    sheets, facts = [], []
    try:
        workbook = calamine.load_workbook(io.BytesIO(raw))
        for position, meta in enumerate(workbook.sheets_metadata):
            if meta.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            found = workbook.get_sheet_by_name(meta.name)
            grid.bounds(meta.name, found.total_height, found.total_width)
            own = facts_of(position, meta.name)
            hidden = meta.visible != calamine.SheetVisibleEnum.Visible
            merged = [(top, left, bottom, right) for (top, left), (bottom, right) in found.merged_cell_ranges or ()]
            sheets.append(_sheet(meta.name, found.to_python(skip_empty_area=False), own, merged, hidden=hidden))
            facts.append(own)
    except calamine.PasswordError:
        raise Refusal("encrypted") from None
    except (calamine.CalamineError, OSError, ValueError, KeyError, OverflowError):
        raise Refusal("damaged") from None
    except BaseException as error:
        # The reader is written in Rust; what it does not foresee arrives as a panic, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise Refusal("damaged") from None
    return _book(kind, sheets, facts)


def _book(kind: str, sheets: list[Sheet], facts: list[Facts]) -> Book:
    """Return the sheets that people see, or the hidden ones if there is nothing else."""
    if not any(sheet.filled.any() for sheet in sheets):
        raise Refusal("no_table")
    if any(sheet.filled.any() for sheet in sheets if not sheet.hidden):
        kept = [(sheet, own) for sheet, own in zip(sheets, facts, strict=True) if not sheet.hidden]
    else:
        kept = list(zip(sheets, facts, strict=True))
    notes: list[Note] = []
    for sheet, own in kept:
        notes += own.notes(sheet.name, [row for row in sheet.hidden_rows if sheet.filled[row]])
    left = {sheet.name for sheet in sheets if sheet.filled.any()} - {sheet.name for sheet, _ in kept}
    told = [sheet.name for sheet in sheets if sheet.name in left - REFERENCE_SHEETS]
    if told:
        notes.append(("hidden_sheets", {"sheets": "、".join(told[:10])}))
    return Book(kind, tuple(sheet for sheet, _ in kept), notes=tuple(notes))


def _sheet(name: str, rows: Sequence[Sequence[Any]], facts: Facts, merged: list[Merge], *, hidden: bool) -> Sheet:
    columns = []
    errors: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for (row, column), value in facts.errors.items():
        errors[column][row] = value
    for number, values in enumerate(zip(*rows, strict=True)):
        codes, distinct = _told_apart(values)
        texts = [*map(_text, distinct)]
        for row, value in errors[number].items():
            # A cell that stands there twice holds what was said last.
            if row < len(codes) and not texts[codes[row]]:
                codes[row] = len(texts)
                texts.append(value)
        columns.append(grid.cells(codes, texts))
    height = len(rows) if columns else 0
    return Sheet(
        name=name,
        columns=tuple(columns),
        height=height,
        hidden=hidden,
        merged=grid.merges(merged, height, len(columns)),
        hidden_rows=frozenset(row for row in facts.hidden_rows if row < height),
    )


def _told_apart(values: Sequence[Any]) -> tuple[Codes, list[Any]]:
    """Return for each cell the position of its value, and the distinct values."""
    if bool in set(map(type, values)):
        values = [*map(_text, values)]  # True would be taken for 1
    # A new value gets the next number by itself, without a line of Python per cell.
    positions: defaultdict[Any, int] = defaultdict(count().__next__)
    codes = np.fromiter(map(positions.__getitem__, values), dtype=np.intp, count=len(values))
    return codes, list(positions)


def _text(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
