"""Any bytes to sheets of text, told by content and never by the file's extension."""

import codecs
import csv
import io
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import count, islice, zip_longest
from typing import Any

import numpy as np
import pandas as pd
import python_calamine as calamine

from data.intake import limits
from data.intake.model import Book, Cells, Codes, Refusal, Sheet

DELIMITERS = (",", "\t", ";", "|", "，")
_BLANKS = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
_MARKED = frozenset("0123456789=+-@")
_BLOCK_ROWS = 4_000
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_GEOJSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{.{0,4000}?"type"\s*:\s*"Feature(?:Collection)?"', re.DOTALL)
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
        The file's content: CSV or TSV in UTF-8, GB18030 or UTF-16; XLSX or XLS (also under the names WPS gives).
    file_name
        Names the one sheet of a text file; it never decides how the file is read.

    Raises
    ------
    Refusal
        The file is none of these, damaged, encrypted, hostile, or beyond `limits`.
    """
    if not raw.strip(b"\0 \r\n\t"):
        raise Refusal("empty_file")
    if _GEOJSON.match(raw):
        raise Refusal("geojson")
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
        raise Refusal("save_as_xlsx", kind_zh="网页", kind_en="a web page")
    if not text.strip(_BLANKS):
        raise Refusal("empty_file")
    delimiter = sniff(text)
    name = re.split(r"[\\/]", file_name)[-1].rpartition(".")[0] or file_name
    columns = _Columns(name)
    for rows in _blocks(text, delimiter):
        columns.extend(rows)
    sheet = columns.sheet()
    return Book("csv", (sheet,), encoding=encoding, delimiter=delimiter, mixed_lines=mixed)


def decode(raw: bytes) -> tuple[str, str, tuple[int, ...]]:
    """Return the text, the name of its encoding, and the lines (from 1) that are in another one.

    Raises
    ------
    Refusal
        It is text in none of the encodings known.
    """
    raw = raw.removeprefix(codecs.BOM_UTF8)
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
    surely = tuple(number for number, line in enumerate(lines, 1) if _surely_utf8(line))
    if not surely:
        try:
            return _printable(raw.decode("gb18030")), "gb18030", ()
        except UnicodeDecodeError:
            pass
    texts = [_either(line) for line in lines]
    foreign = tuple(number for number, (_, encoding) in enumerate(texts, 1) if encoding == "utf-8")
    return _printable("".join(text for text, _ in texts)), "gb18030", foreign


def _either(line: bytes) -> tuple[str, str]:
    if not line.isascii():
        try:
            return line.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            pass
    return _strictly(line, "gb18030"), "gb18030"


def _strictly(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise Refusal("encoding") from None


def _printable(text: str) -> str:
    """Return the text without stray control characters; refuse what is mostly such characters: no text at all."""
    if not _CONTROL.search(text):
        return text
    clean = _CONTROL.sub("", text)
    if len(text) - len(clean) > max(64, len(text) // 100):
        raise Refusal("encoding")
    return clean


def _surely_utf8(line: bytes) -> bool:
    """Whether a line is UTF-8 beyond doubt: two GBK characters may look like it by chance, four characters do not."""
    if line.isascii():
        return False
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return sum("\u2e80" <= character <= "\uffef" for character in text) >= 4


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


def _blocks(text: str, delimiter: str) -> Iterator[list[list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    read_rows = 0
    try:
        while rows := list(islice(reader, _BLOCK_ROWS)):
            read_rows += len(rows)
            yield rows
    except csv.Error:
        raise Refusal("long_cell", row=read_rows + 1, limit=csv.field_size_limit()) from None


class _Columns:
    """Collects rows block by block, so that never more than a block of them is held as separate cells."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.height = 0
        self.texts: list[dict[str, int]] = []
        self.codes: list[list[Codes]] = []
        self.lengths: list[Codes] = []

    def extend(self, rows: list[list[str]]) -> None:
        """Add a block; rows may differ in length."""
        self.lengths.append(np.fromiter(map(len, rows), dtype=np.intp, count=len(rows)))
        width = int(self.lengths[-1].max())
        _bounds(self.name, self.height + len(rows), max(width, len(self.texts)))
        while len(self.texts) < width:
            # Code 0 is the blank cell; rows above this column had none.
            # A new text gets the next code by itself, without a line of Python per cell.
            codes: defaultdict[str, int] = defaultdict(count(1).__next__, {"": 0})
            self.texts.append(codes)
            self.codes.append([np.zeros(self.height, dtype=np.intp)])
        for number, column in enumerate(zip_longest(*rows, fillvalue="")):
            code_of = self.texts[number].__getitem__
            self.codes[number].append(np.fromiter(map(code_of, column), dtype=np.intp, count=len(rows)))
        for number in range(width, len(self.texts)):
            self.codes[number].append(np.zeros(len(rows), dtype=np.intp))
        self.height += len(rows)

    def sheet(self) -> Sheet:
        """Return all rows up to the last that holds anything."""
        cells = tuple(
            _stripped(np.concatenate(codes), texts) for codes, texts in zip(self.codes, self.texts, strict=True)
        )
        return Sheet(self.name, cells, self.height, lengths=np.concatenate(self.lengths))


def _bounds(name: str, height: int, width: int) -> None:
    if height > limits.ROWS + limits.HEADER_SEARCH_ROWS:
        raise Refusal("too_many_rows", sheet=name, limit=limits.ROWS)
    if width > limits.COLUMNS:
        raise Refusal("too_many_columns", sheet=name, limit=limits.COLUMNS)
    if height * width > limits.CELLS:
        raise Refusal("too_many_cells", sheet=name, count=height * width, limit=limits.CELLS)


def _cells(values: Iterable[str]) -> Cells:
    codes, distinct = pd.factorize(np.array(list(values), dtype=object))
    return _stripped(codes, distinct)


def _unquoted(text: str) -> str:
    """Return a text without the apostrophe that tells a spreadsheet `this is text` (`'0123`, `'=1`)."""
    return text[1:] if text[:1] == "'" and text[1:2] in _MARKED else text


def _stripped(codes: Codes, distinct: Iterable[str]) -> Cells:
    texts = [_unquoted(text.strip(_BLANKS)) for text in distinct]
    if max(map(len, texts), default=0) > limits.CELL_CHARACTERS:
        long = next(i for i, text in enumerate(texts) if len(text) > limits.CELL_CHARACTERS)
        raise Refusal("long_cell", row=int(np.argmax(codes == long)) + 1, limit=limits.CELL_CHARACTERS)
    return Cells(codes, texts)


# -- workbooks -------------------------------------------------------------------------------------------------------

# References such as r="AB12".
_LETTERS = re.compile(rb'r="([A-Z]{1,3})[0-9]')
_NUMBERS = re.compile(rb'r="[A-Z]{1,3}([0-9]{1,7})"')
_ODD = re.compile(rb"r(?:\s+=|=[\s'])")
_LETTERS_ODD = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})\d""")
_NUMBERS_ODD = re.compile(rb"""\br\s*=\s*["'][A-Za-z]{1,3}(\d{1,7})""")
# A cell without content: formatted only, or blanks.
_HOLLOW = re.compile(rb"<c\s[^>]*?(?:/>|>\s*(?:<v>\s*</v>|<v\s*/>|<is>\s*<t[^>]*>\s*</t>\s*</is>)?\s*</c>)")
_ERROR = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]{1,3})(\d+)["'][^>]*?\bt=["']e["'][^>]*>(.*?)</(?:\w+:)?c>""", re.DOTALL
)
_SHEET_PATH = re.compile(r"xl/worksheets/[^/]+\.xml$", re.IGNORECASE)


def _read_zip(raw: bytes) -> Book:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = {info.filename for info in archive.infolist()}
            kind = _zip_kind(names)
            errors, trimmed = _inspect(archive)
            if trimmed:
                raw = _rebuilt(archive, trimmed)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError):
        raise Refusal("damaged") from None
    except RuntimeError:
        raise Refusal("encrypted") from None
    return _read_workbook(raw, kind, errors)


def _zip_kind(names: set[str]) -> str:
    if "xl/workbook.xml" in names:
        return "xlsx"
    # In both of these a few bytes may stand for billions of cells, which the reader would lay out before we can look.
    if "xl/workbook.bin" in names:
        raise Refusal("save_as_xlsx", kind_zh="二进制工作簿（.xlsb）", kind_en="a binary workbook (.xlsb)")
    if "content.xml" in names and "mimetype" in names:
        raise Refusal("save_as_xlsx", kind_zh="OpenDocument 表格（.ods）", kind_en="an OpenDocument sheet (.ods)")
    if any(name.startswith("word/") for name in names):
        raise Refusal("wrong_kind", kind_zh="Word 文档", kind_en="a Word document")
    if any(name.startswith("ppt/") for name in names):
        raise Refusal("wrong_kind", kind_zh="演示文稿", kind_en="a presentation")
    raise Refusal("wrong_kind", kind_zh="压缩包", kind_en="an archive")


def _inspect(archive: zipfile.ZipFile) -> tuple[dict[str, dict[tuple[int, int], str]], dict[str, bytes]]:
    """Look through a workbook before it is opened: sizes, entities, how far its cells reach.

    The reader lays a sheet out as a full rectangle, so one stray cell in the last corner would cost all memory.

    Returns
    -------
    errors
        For each worksheet part the cells that hold a formula error, which the reader shows as blank.
    trimmed
        Worksheet parts that only reached too far by cells without content, with those cells taken out.
    """
    members = archive.infolist()
    if len(members) > limits.ZIP_MEMBERS or sum(m.file_size for m in members) > limits.ZIP_BYTES:
        raise Refusal("zip_bomb")
    errors: dict[str, dict[tuple[int, int], str]] = {}
    trimmed: dict[str, bytes] = {}
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
                name = member.filename.rpartition("/")[2]
                try:
                    _reach(content, name)
                except Refusal:
                    content = trimmed[member.filename] = _HOLLOW.sub(b"", content)
                    _reach(content, name)
                errors[member.filename] = _error_cells(content)
    return errors, trimmed


def _rebuilt(archive: zipfile.ZipFile, trimmed: dict[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as copy:
        for member in archive.infolist():
            copy.writestr(member.filename, trimmed.get(member.filename) or archive.read(member))
    return output.getvalue()


def _reach(content: bytes, name: str) -> None:
    # The usual spelling is found five times faster than every spelling XML allows.
    letters, numbers = (_LETTERS_ODD, _NUMBERS_ODD) if _ODD.search(content) else (_LETTERS, _NUMBERS)
    columns = max((_column_number(found) + 1 for found in set(letters.findall(content))), default=0)
    rows = max(map(int, set(numbers.findall(content))), default=0)
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


def _sheet(name: str, rows: Sequence[Sequence[Any]], errors: dict[tuple[int, int], str], *, hidden: bool) -> Sheet:
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
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
