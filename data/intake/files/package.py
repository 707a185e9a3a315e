"""An XLSX file looked through before it is opened: sizes, entities, how far cells reach, and what the reader drops.

The reader lays a sheet out as a full rectangle from its first cell to its last, and gives every cell a copy of its
text: one stray cell in the last corner, or one long text named by every cell, would cost all memory.
"""

import html
import io
import posixpath
import re
import string
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.parsers import expat

import numpy as np

from data.intake import limits
from data.intake.files import grid
from data.intake.files.facts import Facts, cell_name, column_number
from data.intake.model import Refusal

_WINDOW = 4 * 1024**2
# Nothing here looks past the next `<`: what is no XML must not cost more than one pass.
_C = rb"<(?:\w+:)?c"
_V = rb"<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>"
_END = rb"\s*</(?:\w+:)?c>"
_CELL = re.compile(_C + rb"[\s/>]")
_PLACE = re.compile(_C + rb'\s+r="([A-Z]{1,3}[0-9]{1,7})"')
# A cell without content: formatted only, or blanks.
_HOLLOW = re.compile(
    _C
    + rb"\s[^<>]*?(?:/>|>\s*(?:"
    + _V
    + rb"|<(?:\w+:)?is>\s*<(?:\w+:)?t[^<>]*>\s*</(?:\w+:)?t>\s*</(?:\w+:)?is>)?"
    + _END
    + rb")"
)
_SHARED = re.compile(_C + rb"\s[^<>]*?\bt=[\"']s[\"'][^<>]*>\s*<(?:\w+:)?v>\s*(\d{1,9})\s*</(?:\w+:)?v>" + _END)
_FORMULA = rb"\s*(?:<(?:\w+:)?f[^<>]*/>|<(?:\w+:)?f(?:\s[^<>]*)?>[^<]*</(?:\w+:)?f>)\s*"
# The attributes of a cell stand in any order.
_IS_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
_ERROR = re.compile(_C + rb"(\s[^<>]*)>(?:" + _FORMULA + rb")?\s*<(?:\w+:)?v\s*>([^<]*)<")
_WITHOUT_RESULT = re.compile(_C + rb'\s+r="([A-Z]{1,3}[0-9]{1,7})"([^<>]*)>' + _FORMULA + rb"(?:" + _V + rb")?" + _END)
_ROW = re.compile(rb"<(?:\w+:)?row\s([^<>]*)>")
_TEXTS = re.compile(rb"<(?:\w+:)?si[\s>/]")
_TAG = re.compile(rb"<[^<>]*>")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>")
_PLAIN_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>([^<&]*)</")
# What may follow the name of a tag, and how far behind it a place may reach: ` r="XFD1048576"`.
_AFTER_NAME = np.isin(np.arange(256), list(b" \t\n\r\f\v/>"))
_LONGEST_PLACE = 16
_LETTERS, _DIGITS = string.ascii_uppercase.encode(), string.digits.encode()
_NAME = re.compile(rb"#[A-Z0-9/!?_]+")
_ANY_PLACE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_FIELD = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


class _Reach(NamedTuple):
    """How many rows and columns the cells of a worksheet span, from its first corner, and how many cells there are."""

    height: int
    width: int
    cells: int

    def bounds(self, name: str) -> None:
        """Refuse a worksheet that reaches too far, or is mostly nothing."""
        grid.bounds(name, self.height, self.width)
        area = self.height * self.width
        if area > max(limits.SPARSE_CELLS, limits.SPARSE_SHARE * self.cells):
            raise Refusal("too_many_cells", sheet=name, count=area, limit=limits.SPARSE_CELLS)


@dataclass
class Package:
    """A workbook that is safe to open, with the facts of its sheets by name."""

    raw: bytes
    facts: dict[str, Facts] = field(default_factory=dict)


def inspected(raw: bytes, archive: zipfile.ZipFile) -> Package:
    """Look through a workbook.

    Raises
    ------
    Refusal
        It is hostile, out of order, or beyond `limits`.
    """
    parts = _parts(archive)
    if len(parts) > limits.SHEETS:
        raise Refusal("too_many_sheets", count=len(parts), limit=limits.SHEETS)
    names = {part.lower(): name for name, part in parts.items()}
    lengths, blank = _shared_texts(archive)
    package = Package(raw)
    trimmed: dict[str, bytes] = {}
    sheets: list[str] = []
    cells = text = 0
    for member in archive.infolist():
        content = archive.read(member)
        if not is_xml(content):
            continue
        refuse_entities(content)
        if b"sheetData" not in content:
            continue
        name = names.get(member.filename.lower(), posixpath.basename(member.filename))
        facts = Facts()
        reach = _reach(content)
        try:
            reach.bounds(name)
        except Refusal:
            far = cell_name(reach.height - 1, reach.width - 1)
            content = _HOLLOW.sub(b"", content)
            content = _SHARED.sub(lambda cell: b"" if int(cell[1]) in blank else cell[0], content)
            reach = _reach(content)
            reach.bounds(name)
            trimmed[member.filename] = content
            facts.stray = far
        cells += reach.height * reach.width
        if cells > limits.CELLS:
            raise Refusal("too_many_cells", sheet=name, count=cells, limit=limits.CELLS)
        text += max(lengths, default=0) * content.count(b"v>")  # it cannot be more
        if content.count(b"mergeCell ") > limits.MERGES:
            raise Refusal("zip_bomb")
        sheets.append(member.filename)
        facts.errors = _errors(content)
        facts.hidden_rows = _hidden_rows(content)
        facts.without_result = _without_result(content)
        package.facts[name] = facts
    if text > limits.TEXT_BYTES:
        exact = (_text_bytes(trimmed.get(name) or archive.read(name), lengths) for name in sheets)
        if sum(exact) > limits.TEXT_BYTES:
            raise Refusal("zip_bomb")
    if trimmed:
        package.raw = _rebuilt(archive, trimmed)
    return package


def refuse_sizes(archive: zipfile.ZipFile) -> None:
    """Refuse an archive that would unpack to far more than it is, or that has a password."""
    members = archive.infolist()
    if len(members) > limits.ZIP_MEMBERS or sum(m.file_size for m in members) > limits.ZIP_BYTES:
        raise Refusal("zip_bomb")
    for member in members:
        if member.flag_bits & 1:
            raise Refusal("encrypted")
        if member.file_size > 1024**2 and member.file_size > limits.ZIP_RATIO * max(member.compress_size, 1):
            raise Refusal("zip_bomb")


def is_xml(content: bytes) -> bool:
    """Whether a part is XML. In an encoding of two bytes it could not be looked through; no program writes it so."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\0<", b"<\0", b"\0\0", b"\x4c\x6f\xa7\x94")):
        raise Refusal("damaged")
    return content.removeprefix(b"\xef\xbb\xbf")[:200].lstrip().startswith(b"<")


def refuse_entities(content: bytes) -> None:
    """Refuse XML that defines entities, or could."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refusal("entities")


def _rebuilt(archive: zipfile.ZipFile, trimmed: dict[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as copy:
        for member in archive.infolist():
            copy.writestr(member.filename, trimmed.get(member.filename) or archive.read(member))
    return output.getvalue()


def _reach(content: bytes) -> _Reach:
    """Return the reach of a worksheet; what is spelled as Excel and WPS spell it is seen much faster."""
    return _usual_reach(content) or _spelled_reach(content) or _odd_reach(content)


def _usual_reach(content: bytes) -> _Reach | None:
    """Return the reach of a worksheet all of whose cells begin `<c r="A1"`; None for any other."""
    if content.find(b":c") >= 0:
        return None
    cells = height = width = 0
    for start, end in _windows(content):
        window = np.frombuffer(content, np.uint8, end - start, start)
        at = np.flatnonzero((window[:-2] == ord("<")) & (window[1:-1] == ord("c"))) + len("<c")
        at = at[_AFTER_NAME[window[at]]]
        if not len(at):
            continue
        cells += len(at)
        # A place that would reach past the end is none, and zeros are neither letters nor digits.
        window = np.concatenate([window, np.zeros(_LONGEST_PLACE, np.uint8)])
        for char in b' r="':
            if (window[at] != char).any():
                return None
            at += 1
        letters = column = np.zeros(len(at), np.int64)
        more = np.ones(len(at), bool)
        for number in range(3):
            value = window[at + number] - np.int64(ord("A") - 1)
            more = more & (value >= 1) & (value <= 26)
            column, letters = np.where(more, column * 26 + value, column), letters + more
        at += letters
        digits = row = np.zeros(len(at), np.int64)
        more = np.ones(len(at), bool)
        for number in range(7):
            value = window[at + number] - np.int64(ord("0"))
            more = more & (value >= 0) & (value <= 9)
            row, digits = np.where(more, row * 10 + value, row), digits + more
        if not (letters.all() and digits.all() and (window[at + digits] == ord('"')).all()):
            return None
        height, width = max(height, int(row.max())), max(width, int(column.max()))
    return _Reach(height, width, cells)


def _spelled_reach(content: bytes) -> _Reach | None:
    """Return the reach of a worksheet all of whose cells say their place first; None for any other."""
    places, cells, rows, columns = 0, 0, {0}, {0}
    for start, end in _windows(content):
        found = b" ".join(_PLACE.findall(content, start, end))
        numbers, letters = found.translate(None, _LETTERS).split(), set(found.translate(None, _DIGITS).split())
        places += len(numbers)
        cells += len(_CELL.findall(content, start, end))
        rows.add(max(map(int, set(numbers)), default=0))
        columns.update(column_number(name.decode()) + 1 for name in letters)
    return _Reach(max(rows), max(columns), cells) if places == cells else None


def _windows(content: bytes) -> Iterator[tuple[int, int]]:
    """Cut a worksheet where tags begin, so that never all of its cells are held at once."""
    start = 0
    while start < len(content):
        end = content.find(b"<", start + _WINDOW)
        end = len(content) if end < 0 else end
        yield start, end
        start = end


def _odd_reach(content: bytes) -> _Reach:
    """Return the reach of a worksheet whose cells are spelled otherwise, or do not say their place."""
    if len(content) > limits.ODD_SHEET_BYTES:
        raise Refusal("damaged")
    row = column = height = width = cells = 0

    def start(tag: str, fields: dict[str, str]) -> None:
        nonlocal row, column, height, width, cells
        tag = tag.rpartition(":")[2]
        if tag == "row":
            row, column = _number(fields.get("r")) or row + 1, 0
        elif tag == "c":
            place = re.fullmatch(r"([A-Za-z]{1,3})([0-9]{1,9})", fields.get("r", "A1"))
            if place is None:
                raise Refusal("damaged")
            column = column_number(place[1]) + 1 if "r" in fields else column + 1
            height = max(height, int(place[2]) if "r" in fields else row, 1)
            width = max(width, column)
            cells += 1

    parse(content, start)
    return _Reach(height, width, cells)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def parse(content: bytes, start: Any, end: Any = None, data: Any = None, tick: Any = None) -> None:
    """Go through XML event by event; entities are refused, nothing outside is fetched.

    Raises
    ------
    Refusal
        It is no XML.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    try:
        for at in range(0, len(content), _WINDOW):
            parser.Parse(content[at : at + _WINDOW], False)  # noqa: FBT003 - the C function takes it so
            if tick is not None:
                tick()
        parser.Parse(b"", True)  # noqa: FBT003 - see above
    except expat.ExpatError:
        raise Refusal("damaged") from None


def _shared_texts(archive: zipfile.ZipFile) -> tuple[list[int], set[int]]:
    """Return the length of each shared text, and which of them are blank."""
    part = next((m for m in archive.infolist() if m.filename.lower().endswith("sharedstrings.xml")), None)
    if part is None:
        return [], set()
    texts = [_TAG.sub(b"", piece.partition(b">")[2]) for piece in _TEXTS.split(archive.read(part))[1:]]
    blank = {i for i, text in enumerate(texts) if len(text) < 64 and not html.unescape(_decoded(text)).strip()}
    return [len(text) for text in texts], blank


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _text_bytes(content: bytes, lengths: list[int]) -> int:
    """Return how much text the cells name."""
    used: Counter[bytes] = Counter()
    told = 0
    for start, end in _windows(content):
        used.update(_PLAIN_VALUE.findall(content, start, end))
        told += len(_VALUE.findall(content, start, end))
    named = ((int(i), n) for i, n in used.items() if i.strip().isdigit())
    # A value spelled otherwise, or cut in two by a window, may name the longest.
    return sum(lengths[i] * n for i, n in named if i < len(lengths)) + max(lengths) * max(told - used.total(), 0)


def _errors(content: bytes) -> dict[tuple[int, int], str]:
    if not _IS_ERROR.search(content):
        return {}
    found = {}
    for fields, value in _ERROR.findall(_without_comments(content)):
        name = _NAME.search(value) if _IS_ERROR.search(fields) else None
        place = _ANY_PLACE.fullmatch(_fields(_decoded(fields)).get("r", "")) if name else None
        if name and place:
            found[int(place[2]) - 1, column_number(place[1].upper())] = name[0].decode("ascii")
    return found


def _without_comments(content: bytes) -> bytes:
    """Return XML without its comments, in one pass whatever is opened and never closed."""
    kept, at = [], 0
    while (start := content.find(b"<!--", at)) >= 0 and (end := content.find(b"-->", start + 4)) >= 0:
        kept.append(content[at:start])
        at = end + 3
    return b"".join([*kept, content[at:]]) if kept else content


def _hidden_rows(content: bytes) -> frozenset[int]:
    if b"hidden=" not in content:
        return frozenset()
    rows = set()
    for fields in _ROW.findall(content):
        if b"hidden=" in fields:
            said = _fields(_decoded(fields))
            if said.get("hidden") in {"1", "true"} and _number(said.get("r")):
                rows.add(_number(said["r"]) - 1)
    return frozenset(rows)


def _without_result(content: bytes) -> tuple[str, ...]:
    """Return the cells of formulas never computed; a formula whose result is an empty text says that it is a text."""
    formulas = b"<f" in content or b":f" in content
    found = _WITHOUT_RESULT.findall(content) if formulas and re.search(rb"<(?:\w+:)?f[\s>]", content) else []
    return tuple(place.decode() for place, fields in found if b't="str"' not in fields)


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return sheet name → worksheet part."""
    by_name = {member.filename.lower(): member for member in archive.infolist()}
    workbook, rels = (
        _decoded(archive.read(by_name[name])) if name in by_name else ""
        for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    )
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\s[^<>]*>", rels):
        said = _fields(tag)
        target = said.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        targets[said.get("Id", "")] = posixpath.normpath(path)
    found = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\s[^<>]*>", workbook):
        said = _fields(tag)
        key = next((value for name, value in said.items() if name.endswith(":id")), "")
        found[html.unescape(said.get("name", ""))] = targets.get(key, "")
    return found


def _fields(tag: str) -> dict[str, str]:
    return {name: double or single for name, double, single in _FIELD.findall(tag)}
