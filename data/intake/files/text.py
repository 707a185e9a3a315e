"""Text files: their encoding and delimiter, both told by content."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from data.intake import limits
from data.intake.files import grid
from data.intake.model import Book, Note, Refusal

DELIMITERS = (",", "\t", ";", "|", "，")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# From the beginning of a line only: begun anywhere, each line would be read once per character.
_ENDLESS = re.compile(rf"(?<![^\r\n])[^\r\n]{{{limits.CELL_CHARACTERS},}}")
_WORDS = re.compile(r"[^\x00-\x7f]+")
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# What text in UTF-16 is made of, if it is such; bytes of anything else give characters from everywhere.
_PLAUSIBLE = re.compile(r"[\t\r\n -~\u00b7\u2010-\u2030\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]")
_PLAUSIBLE_SHARE = 0.9
# Big5 is only taken for itself where it reads well, GB18030 does not, and there is enough to tell by.
_BIG5_LEAST = 4
_BIG5_GOOD = 0.8
_BIG5_AHEAD = 0.3
_JUDGED = 200_000


class Decoded(NamedTuple):
    """A text, the name of its encoding, the lines (from 1) that are in another one, and whether the name is a guess."""

    text: str
    encoding: str
    mixed: tuple[int, ...] = ()
    inferred: bool = False


def read_text(decoded: Decoded, name: str) -> Book:
    """Return delimited text as a book of one sheet.

    Raises
    ------
    Refusal
        It is empty or beyond `limits`.
    """
    text = decoded.text
    if not text.strip(grid.BLANKS):
        raise Refusal("empty_file")
    delimiter = sniff(text)
    # So many cells in one line would be taken apart before they could be counted.
    for line in _ENDLESS.finditer(text):
        if (width := text.count(delimiter, *line.span())) > limits.COLUMNS + limits.CELL_CHARACTERS:
            grid.bounds(name, 1, width)
    columns = grid.Columns(name)
    last: list[str] = []
    for rows in _blocks(text, delimiter):
        columns.extend(rows)
        last = rows[-1]
    notes: list[Note] = []
    if decoded.inferred:
        notes.append(("encoding_guessed", {"encoding": decoded.encoding.upper()}))
    # A quotation mark that nothing closes takes in all that follows; the last cell then runs over lines.
    if last and "\n" in last[-1].replace("\r", "\n").rstrip("\n") and text.count('"') % 2:
        notes.append(("open_quote", {"row": columns.height}))
    return Book(
        "csv",
        (columns.sheet(written=True),),
        encoding=decoded.encoding,
        delimiter=delimiter,
        mixed_lines=decoded.mixed,
        notes=tuple(notes),
    )


# -- encoding --------------------------------------------------------------------------------------------------------


def decode(raw: bytes) -> Decoded:
    """Return bytes as text.

    Raises
    ------
    Refusal
        It is text in none of the encodings known.
    """
    raw = raw.removeprefix(codecs.BOM_UTF8)
    for bom, encoding in _UTF16.items():
        if raw.startswith(bom):
            return Decoded(_printable(_strictly(raw[len(bom) :], encoding)), encoding)
    if b"\0" in raw[:4096]:
        unmarked = _unmarked_utf16(raw)
        if unmarked:
            return unmarked
    try:
        utf8 = _printable(raw.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    else:
        return _by_chance_utf8(raw, utf8) or Decoded(utf8, "utf-8")
    lines = raw.splitlines(keepends=True)
    if not any(_surely_utf8(line) for line in lines):
        whole = _double_byte(raw)
        if whole:
            return whole
    texts = [_either(line) for line in lines]
    foreign = tuple(number for number, (_, encoding) in enumerate(texts, 1) if encoding == "utf-8")
    return Decoded(_printable("".join(text for text, _ in texts)), "gb18030", foreign)


def named(raw: bytes, encoding: str) -> Decoded | None:
    """Return bytes as text in the encoding they claim (as pages do); None if it is unknown or does not fit."""
    known = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb18030": "gb18030", "utf-8": "utf-8"}
    name = {**known, "utf8": "utf-8", "big5": "big5", "big5-hkscs": "big5"}.get(encoding.lower())
    if name is None or raw.startswith(tuple(_UTF16)):
        return None
    try:
        return Decoded(_printable(raw.removeprefix(codecs.BOM_UTF8).decode(_codec(name))), name)
    except UnicodeDecodeError:
        return None


def _codec(name: str) -> str:
    """Return Python's codec; Microsoft's Big5 holds a few signs more than the standard."""
    return "cp950" if name == "big5" else name


def _double_byte(raw: bytes) -> Decoded | None:
    """Return text in GB18030 or Big5, whichever it reads better in; GB18030 where it is close."""
    texts = {}
    for name in ("gb18030", "big5"):
        try:
            texts[name] = raw.decode(_codec(name))
        except UnicodeDecodeError:
            continue
    if "big5" in texts:
        big5, enough = _common(texts["big5"], "big5")
        gb18030 = _common(texts["gb18030"], "gb18030")[0] if "gb18030" in texts else 0.0
        if enough >= _BIG5_LEAST and big5 >= _BIG5_GOOD and big5 - gb18030 >= _BIG5_AHEAD:
            return Decoded(_printable(texts["big5"]), "big5", inferred=True)
    return Decoded(_printable(texts["gb18030"]), "gb18030") if "gb18030" in texts else None


def _common(text: str, encoding: str) -> tuple[float, int]:
    """Return the share of a text's Chinese characters that its encoding counts among the frequent, and their number.

    Both encodings keep frequent characters in a part of their own: GB2312 in rows B0 to D7, Big5 in A4 to C6. A text
    read in the wrong one falls outside half of the time; characters for private use tell even more.
    """
    first, last = (0xB0, 0xD7) if encoding == "gb18030" else (0xA4, 0xC6)
    good = bad = 0
    for character, times in Counter(text[:_JUDGED]).items():
        if character < "\u2e80" or "\u3000" <= character <= "\u303f" or character >= "\uff00":
            continue
        try:
            pair = character.encode("gb2312" if encoding == "gb18030" else "cp950")
        except UnicodeEncodeError:
            pair = b"\0"
        if first <= pair[0] <= last and "\u4e00" <= character <= "\u9fff":
            good += times
        else:
            bad += times
    return (good / (good + bad) if good + bad else 0.0), good + bad


def _unmarked_utf16(raw: bytes) -> Decoded | None:
    """Return text in UTF-16 without a mark; None if the zero bytes in it are nothing but zero bytes."""
    head = raw[:4096]
    little = head[1::2].count(0) >= head[::2].count(0)
    for encoding in ("utf-16-le", "utf-16-be") if little else ("utf-16-be", "utf-16-le"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        sample = text[:4096]
        if len(_PLAUSIBLE.findall(sample)) >= _PLAUSIBLE_SHARE * len(sample):
            return Decoded(_printable(text), encoding, inferred=True)
    return None


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


def _by_chance_utf8(raw: bytes, utf8: str) -> Decoded | None:
    """Return GB18030 that is UTF-8 only by chance: no Chinese character there, nothing but Chinese words here.

    A few short words such as 联通 or 芦溪 are both; as UTF-8 they are letters of the Near East.
    """
    if utf8.isascii() or max(utf8) >= "\u0800":
        return None
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    if min(map(len, _WORDS.findall(text)), default=0) < 2 or _common(text, "gb18030")[0] < 1:
        return None
    return Decoded(_printable(text), "gb18030", inferred=True)


def _surely_utf8(line: bytes) -> bool:
    """Whether a line is UTF-8 beyond doubt: two GBK characters may look like it by chance, four characters do not."""
    if line.isascii():
        return False
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return sum("\u2e80" <= character <= "\uffef" for character in text) >= 4


# -- rows ------------------------------------------------------------------------------------------------------------


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
        while rows := list(islice(reader, grid.BLOCK_ROWS)):
            read_rows += len(rows)
            yield rows
    except csv.Error:
        raise grid.long_cell(read_rows) from None
