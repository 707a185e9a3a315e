"""Any bytes to sheets of text, told by content and never by the file's extension."""

import codecs
import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice, zip_longest
from typing import Any

import numpy as np
import pandas as pd
import python_calamine as calamine

from data.intake import limits
from data.intake.model import Book, Cells, Refusal, Sheet

DELIMITERS = (",", "\t", ";", "|", "，")
_BLANKS = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# What the first bytes say: everything here is no table.
_OTHER_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "PDF 文件", "a PDF file"),
    (b"\x89PNG", "图片", "a picture"),
    (b"\xff\xd8\xff", "图片", "a picture"),
    (b"GIF8", "图片", "a picture"),
    (b"Rar!", "压缩包", "an archive"),
    (b"7z\xbc\xaf", "压缩包", "an archive"),
    (b"\x1f\x8b", "压缩包", "an archive"),
    (b"{\\rtf", "文字处理文档", "a text document"),
    (b"MZ", "程序", "a program"),
    (b"\x7fELF", "程序", "a program"),
)


def read(raw: bytes, file_name: str = "") -> Book:
    """Read a file.

    Parameters
    ----------
    raw
        The file's content: CSV or TSV in UTF-8, GB18030 or UTF-16; XLSX, XLSB, XLS (also WPS) or ODS.
    file_name
        Names the one sheet of a text file; it never decides how the file is read.

    Raises
    ------
    Refusal
        The file is none of these, damaged, encrypted, hostile, or beyond `limits`.
    """
    if not raw.strip(b"\0 \r\n\t"):
        raise Refusal("empty_file")
    if len(raw) > limits.FILE_BYTES:
        raise Refusal("too_large", size=f"{len(raw) / 1024**2:.1f}", limit=limits.FILE_BYTES // 1024**2)
    for magic, zh, en in _OTHER_KINDS:
        if raw.startswith(magic):
            raise Refusal("wrong_kind", kind_zh=zh, kind_en=en)
    if raw.startswith(b"PK\x03\x04"):
        return _read_zip(raw)
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in raw:
            raise Refusal("encrypted")
        return _read_workbook(raw, "xls", {})
    return _read_text(raw, file_name)


# -- text ------------------------------------------------------------------------------------------------------------


def _read_text(raw: bytes, file_name: str) -> Book:
    text, encoding, mixed = decode(raw)
    start = text[:2000].lstrip().lower()
    if start.startswith(("<!doctype", "<html", "<?xml", "<table", "<meta")) or "<html" in start:
        raise Refusal("wrong_kind", kind_zh="网页（请用 Excel 打开后另存为 .xlsx）", kind_en="a web page (save it as .xlsx)")
    if not text.strip(_BLANKS):
        raise Refusal("empty_file")
    delimiter = sniff(text)
    rows = _records(text, delimiter)
    while rows and not any(cell.strip(_BLANKS) for cell in rows[-1]):
        rows.pop()
    lengths = np.fromiter((len(row) for row in rows), dtype=np.intp, count=len(rows))
    name = re.split(r"[\\/]", file_name)[-1].rpartition(".")[0] or file_name
    _bounds(name, len(rows), int(lengths.max(initial=0)))
    columns = tuple(_cells(column) for column in zip_longest(*rows, fillvalue=""))
    sheet = Sheet(name=name, columns=columns, height=len(rows), lengths=lengths)
    return Book("csv", (sheet,), encoding=encoding, delimiter=delimiter, mixed_lines=mixed)


def decode(raw: bytes) -> tuple[str, str, tuple[int, ...]]:
    """Return the text, the name of its encoding, and the lines (from 1) that are in another one.

    Raises
    ------
    Refusal
        It is text in none of the encodings known.
    """
    if raw.startswith(codecs.BOM_UTF8):
        raw = raw[len(codecs.BOM_UTF8) :]
    for bom, encoding in _UTF16.items():
        if raw.startswith(bom):
            return _strictly(raw[len(bom) :], encoding), encoding, ()
    if b"\0" in raw[:4096]:
        head = raw[:4096]
        encoding = "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
        return _printable(_strictly(raw, encoding)), encoding, ()
    try:
        return _printable(raw.decode("utf-8")), "utf-8", ()
    except UnicodeDecodeError:
        pass
    lines = raw.splitlines(keepends=True)
    foreign = tuple(number for number, line in enumerate(lines, 1) if _surely_utf8(line))
    if not foreign:
        return _printable(_strictly(raw, "gb18030")), "gb18030", ()
    decoded = (_strictly(line, "utf-8" if _surely_utf8(line) else "gb18030") for line in lines)
    return _printable("".join(decoded)), "gb18030", foreign


def _strictly(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise Refusal("encoding") from None


def _printable(text: str) -> str:
    if "\0" in text or text.count("\x01") + text.count("\x02") + text.count("\x03") > 0:
        raise Refusal("encoding")
    return text


def _surely_utf8(line: bytes) -> bool:
    """Whether a line is UTF-8 beyond doubt: two GBK characters may look like it by chance, four characters do not."""
    if line.isascii():
        return False
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return sum("\u2e80" <= character <= "\uffef" for character in text) >= 4  # noqa: PLR2004 - see the docstring


def sniff(text: str) -> str:
    """Return the delimiter whose first rows agree best on a number of cells above one; a comma if none does."""
    head = text[:65536]

    def quality(delimiter: str) -> tuple[float, int]:
        try:
            rows = [row for row in islice(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), 50) if row]
        except csv.Error:
            return 0.0, 0
        if len(head) < len(text) and len(rows) > 1:
            rows.pop()
        cells, times = Counter(len(row) for row in rows).most_common(1)[0] if rows else (1, 0)
        return (times / len(rows), cells) if cells > 1 else (0.0, cells)

    return max(DELIMITERS, key=quality)


def _records(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > limits.ROWS + limits.HEADER_SEARCH_ROWS:
                break
    except csv.Error:
        raise Refusal("long_cell", row=len(rows) + 1, limit=csv.field_size_limit()) from None
    return rows


def _bounds(name: str, height: int, width: int) -> None:
    if height > limits.ROWS + limits.HEADER_SEARCH_ROWS:
        raise Refusal("too_many_rows", sheet=name, limit=limits.ROWS)
    if width > limits.COLUMNS:
        raise Refusal("too_many_columns", sheet=name, limit=limits.COLUMNS)
    if height * width > limits.CELLS:
        raise Refusal("too_many_cells", sheet=name, count=height * width, limit=limits.CELLS)


def _cells(values: Iterable[str]) -> Cells:
    column = np.array(values if isinstance(values, list) else list(values), dtype=object)
    codes, distinct = pd.factorize(column)
    texts = [text.strip(_BLANKS) for text in distinct]
    if max(map(len, texts), default=0) > limits.CELL_CHARACTERS:
        long = next(i for i, text in enumerate(texts) if len(text) > limits.CELL_CHARACTERS)
        raise Refusal("long_cell", row=int(np.argmax(codes == long)) + 1, limit=limits.CELL_CHARACTERS)
    return Cells(codes, texts)


# -- workbooks -------------------------------------------------------------------------------------------------------

# A reference such as r="AB12"; single quotes are XML as well.
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_FAR = re.compile(rb"""\sr\s*=\s*["'](?:[A-Za-z]{3}\d|[A-Za-z]{0,3}(?:[3-9]\d{5}|\d{7}))""")
_ERROR = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]{1,3})(\d+)["'][^>]*?\bt=["']e["'][^>]*>(.*?)</(?:\w+:)?c>""", re.S)
_SHEET_PATH = re.compile(r"xl/worksheets/[^/]+\.xml$", re.I)


def _read_zip(raw: bytes) -> Book:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = {info.filename for info in archive.infolist()}
            kind = _zip_kind(names)
            errors = _inspect(archive)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError):
        raise Refusal("damaged") from None
    except RuntimeError:
        raise Refusal("encrypted") from None
    return _read_workbook(raw, kind, errors)


def _zip_kind(names: set[str]) -> str:
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    if any(name.startswith("word/") for name in names):
        raise Refusal("wrong_kind", kind_zh="Word 文档", kind_en="a Word document")
    if any(name.startswith("ppt/") for name in names):
        raise Refusal("wrong_kind", kind_zh="演示文稿", kind_en="a presentation")
    raise Refusal("wrong_kind", kind_zh="压缩包", kind_en="an archive")


def _inspect(archive: zipfile.ZipFile) -> dict[str, dict[tuple[int, int], str]]:
    """Look through a workbook before it is opened: sizes, entities, how far its cells reach.

    The reader lays a sheet out as a full rectangle, so one stray cell in the last corner would cost all memory.

    Returns
    -------
    dict
        For each worksheet part the cells that hold a formula error, which the reader shows as blank.
    """
    members = archive.infolist()
    if len(members) > limits.ZIP_MEMBERS or sum(m.file_size for m in members) > limits.ZIP_BYTES:
        raise Refusal("zip_bomb")
    errors: dict[str, dict[tuple[int, int], str]] = {}
    for member in members:
        if member.flag_bits & 1:
            raise Refusal("encrypted")
        if member.file_size > 1024**2 and member.file_size > limits.ZIP_RATIO * max(member.compress_size, 1):
            raise Refusal("zip_bomb")
        if member.filename.lower().endswith((".xml", ".rels")):
            content = archive.read(member)
            if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
                raise Refusal("entities")
            if _SHEET_PATH.search(member.filename):
                _reach(content, member.filename.rpartition("/")[2])
                errors[member.filename] = _error_cells(content)
    return errors


def _reach(content: bytes, name: str) -> None:
    if _FAR.search(content):
        # Far cells may be blank but formatted; only those that hold something count for the reader.
        content = re.sub(rb"""<(?:\w+:)?c\s[^>]*/>""", b"", content)
    rows, columns = 0, 0
    seen: set[bytes] = set()
    for letters, number in _REFERENCE.findall(content):
        if len(number) >= 4 or not rows:  # noqa: PLR2004 - small sheets are bounded by `rows` below
            rows = max(rows, int(number))
        seen.add(letters)
    columns = max((_column_number(letters) + 1 for letters in seen), default=0)
    _bounds(name, rows, columns)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def _error_cells(content: bytes) -> dict[tuple[int, int], str]:
    if b't="e"' not in content and b"t='e'" not in content:
        return {}
    found = {}
    for letters, number, inner in _ERROR.findall(content):
        value = re.search(rb"#[A-Z0-9/!?_]+", inner)
        if value:
            found[int(number) - 1, _column_number(letters)] = value.group().decode("ascii")
    return found


def _read_workbook(raw: bytes, kind: str, errors: dict[str, dict[tuple[int, int], str]]) -> Book:
    try:
        workbook = calamine.load_workbook(io.BytesIO(raw))
        shown = [m for m in workbook.sheets_metadata if m.typ == calamine.SheetTypeEnum.WorkSheet][: limits.SHEETS]
        sheets = []
        parts = _parts(raw) if any(errors.values()) else {}
        for meta in shown:
            grid = workbook.get_sheet_by_name(meta.name)
            _bounds(meta.name, grid.total_height, grid.total_width)
            rows = grid.to_python(skip_empty_area=False)
            hidden = meta.visible != calamine.SheetVisibleEnum.Visible
            sheets.append(_sheet(meta.name, rows, errors.get(parts.get(meta.name, ""), {}), hidden=hidden))
    except calamine.PasswordError:
        raise Refusal("encrypted") from None
    except (calamine.CalamineError, OSError, ValueError, KeyError):
        raise Refusal("damaged") from None
    except BaseException as error:
        # The reader is written in Rust; what it does not foresee arrives as a panic, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise Refusal("damaged") from None
    if not any(sheet.height for sheet in sheets):
        raise Refusal("no_table")
    return Book(kind, tuple(sheets))


def _parts(raw: bytes) -> dict[str, str]:
    """Return sheet name → worksheet part, only needed to put formula errors in their place."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        workbook = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        rels = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\s[^>]*>", rels):
        fields = dict(re.findall(r"""(\w+)\s*=\s*["']([^"']*)["']""", tag))
        target = fields.get("Target", "")
        targets[fields.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    found = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\s[^>]*>", workbook):
        fields = dict(re.findall(r"""([\w:]+)\s*=\s*["']([^"']*)["']""", tag))
        found[_unescape(fields.get("name", ""))] = targets.get(fields.get("r:id", ""), "")
    return found


def _unescape(text: str) -> str:
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def _sheet(
    name: str, rows: Sequence[Sequence[Any]], errors: dict[tuple[int, int], str], *, hidden: bool
) -> Sheet:
    columns = []
    for number, values in enumerate(zip(*rows, strict=True)):
        texts = _texts(values)
        for (row, column), value in errors.items():
            if column == number and row < len(texts):
                texts[row] = value
        columns.append(_cells(texts))
    return Sheet(name=name, columns=tuple(columns), height=len(rows), hidden=hidden)


def _texts(values: Sequence[Any]) -> list[str]:
    kinds = set(map(type, values))
    if kinds <= {str}:
        return list(values)
    if bool not in kinds:
        # One conversion per distinct value; True would be taken for 1 here.
        memo: dict[object, str] = {value: _text(value) for value in set(values)}
        return [memo[value] for value in values]
    return [_text(value) for value in values]


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)  # noqa: PLR2004
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
