"""An XLS file looked through before it is opened: how far its cells reach, and what the reader of workbooks drops.

The reader sets memory aside for whatever a record claims; a claim beyond all memory ends the process. So claims are
compared with what is there, or taken out.
"""

import struct
from collections import Counter
from collections.abc import Iterator

from data.intake import limits
from data.intake.files import grid, ole
from data.intake.files.facts import Facts
from data.intake.model import Refusal

_BOUNDSHEET, _EOF, _FILEPASS, _SST, _CONTINUE = 0x85, 0x0A, 0x2F, 0xFC, 0x3C
_DIMENSIONS, _ROW, _FORMULA, _BOOLERR, _MULRK, _LABELSST = 0x200, 0x208, 0x06, 0x205, 0xBD, 0xFD
_CELLS = frozenset({0x203, 0x204, _BOOLERR, 0x27E, _LABELSST, _FORMULA, _MULRK})
_MERGED = 0xE5
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_STREAMS = ("Workbook", "Book", "WORKBOOK", "BOOK")


def inspected(raw: bytes) -> tuple[bytes, list[Facts]]:
    """Return a workbook that is safe to open, and the facts of each of its sheets in order.

    Raises
    ------
    Refusal
        It is encrypted, damaged, beyond `limits`, or no workbook.
    """
    if "EncryptedPackage".encode("utf-16-le") in raw:
        raise Refusal("encrypted")
    entries = ole.streams(raw)
    name = next((name for name in _STREAMS if name in entries), None)
    if name is None:
        if "WordDocument" in entries:
            raise Refusal("wrong_kind", kind_zh="Word 文档", kind_en="a Word document")
        if "PowerPoint Document" in entries:
            raise Refusal("wrong_kind", kind_zh="演示文稿", kind_en="a presentation")
        raise Refusal("damaged")
    content = bytearray(ole.stream(raw, name))
    try:
        facts = _Walk(content).facts()
    except (struct.error, IndexError):
        raise Refusal("damaged") from None
    return ole.container(bytes(content)), facts


class _Walk:
    def __init__(self, content: bytearray) -> None:
        self.content = content
        self.records = 0
        self.cells = 0
        self.text = 0
        self.lengths: list[int] = []
        self.uses: Counter[int] = Counter()

    def facts(self) -> list[Facts]:
        """Go through the workbook as its reader does."""
        sheets: list[tuple[int, str]] = []
        shared: list[tuple[int, int]] = []
        follows = False
        for kind, at, size in self._from(0):
            if kind == _FILEPASS:
                raise Refusal("encrypted")
            if kind == _BOUNDSHEET:
                sheets.append((struct.unpack_from("<I", self.content, at)[0], self._name(at, size, len(sheets) + 1)))
            if kind == _SST:
                shared = [(at, size)]
            elif kind == _CONTINUE and follows:
                shared.append((at, size))
            follows = kind == _SST or (kind == _CONTINUE and follows)
        if len(sheets) > limits.SHEETS:
            raise Refusal("too_many_sheets", count=len(sheets), limit=limits.SHEETS)
        if shared:
            self.lengths = _string_lengths(self.content, shared)
        found = [self._sheet(start, name) for start, name in sheets]
        if 2 * sum(self.lengths[i] * n for i, n in self.uses.items() if i < len(self.lengths)) > limits.TEXT_BYTES:
            raise Refusal("zip_bomb")
        return found

    def _name(self, at: int, size: int, number: int) -> str:
        """Return the name of a sheet, its number where it is written in a code page (before Excel 97)."""
        length, flags = struct.unpack_from("<BB", self.content, at + 6)
        written = bytes(self.content[at + 8 : at + size])
        if flags > 1 or len(written) != length * (1 + flags):
            return str(number)
        return written.decode("utf-16-le" if flags else "latin-1", "replace")

    def _from(self, at: int) -> Iterator[tuple[int, int, int]]:
        """Return kind, place and size of each record up to the end of a part."""
        end = len(self.content)
        while at + 4 <= end:
            kind, size = struct.unpack_from("<HH", self.content, at)
            at += 4
            self.records += 1
            if at + size > end or self.records > limits.XLS_RECORDS:
                raise Refusal("damaged")
            yield kind, at, size
            if kind == _EOF:
                return
            at += size

    def _sheet(self, start: int, name: str) -> Facts:
        """Go through a sheet."""
        content = self.content
        if start >= len(content):
            raise Refusal("damaged")
        facts = Facts()
        height = width = merged = 0
        hidden = set()
        for kind, at, size in self._from(start):
            if kind in _CELLS:
                row, column = struct.unpack_from("<HH", content, at)
                last = column
                if kind == _MULRK:
                    last = struct.unpack_from("<H", content, at + size - 2)[0]
                elif kind == _LABELSST:
                    self.uses[struct.unpack_from("<I", content, at + 6)[0]] += 1
                elif kind == _BOOLERR and content[at + 7] == 1:
                    facts.errors[row, column] = _ERRORS.get(content[at + 6], "#N/A")
                elif kind == _FORMULA and content[at + 6] == 2 and content[at + 12 : at + 14] == b"\xff\xff":
                    facts.errors[row, column] = _ERRORS.get(content[at + 8], "#N/A")
                height, width = max(height, row + 1), max(width, column + 1, last + 1)
            elif kind == _ROW and content[at + 12] & 0x20:
                hidden.add(struct.unpack_from("<H", content, at)[0])
            elif kind == _DIMENSIONS and size in {10, 14}:
                # The reader sets aside memory for this; it is never needed.
                fields = "<HHHH" if size == 10 else "<IIHH"
                struct.pack_into(fields, content, at, 0, 1, 0, 1)
            elif kind == _MERGED:
                merged += struct.unpack_from("<H", content, at)[0]
        if merged > limits.MERGES:
            raise Refusal("damaged")
        grid.bounds(name, height, width)
        self.cells += height * width
        if self.cells > limits.XLS_CELLS:
            raise Refusal("too_many_cells", sheet=name, count=self.cells, limit=limits.XLS_CELLS)
        facts.hidden_rows = frozenset(hidden)
        return facts


def _string_lengths(content: bytearray, parts: list[tuple[int, int]]) -> list[int]:
    """Return how many characters each shared text has, and refuse a list that is shorter than it says."""
    part = 0
    at, size = parts[0]
    end = at + size
    number = struct.unpack_from("<i", content, at + 4)[0]
    at += 8
    if not 0 <= number <= sum(size for _, size in parts) // 3:
        raise Refusal("damaged")

    def onward() -> None:
        nonlocal part, at, end
        part += 1
        if part >= len(parts):
            raise Refusal("damaged")
        at, end = parts[part][0], sum(parts[part])

    def skip(count: int) -> None:
        nonlocal at
        while count > 0:
            if at >= end:
                onward()
            step = min(count, end - at)
            at += step
            count -= step

    lengths = []
    for _ in range(number):
        if at >= end:
            onward()
        length, flags = struct.unpack_from("<HB", content, at)
        at += 3
        runs = extra = 0
        if flags & 8:
            runs = struct.unpack_from("<H", content, at)[0]
            at += 2
        if flags & 4:
            extra = struct.unpack_from("<i", content, at)[0]
            at += 4
            if extra < 0:
                raise Refusal("damaged")
        lengths.append(length)
        left, wide = length, 1 + (flags & 1)
        while left > 0:
            if at >= end:  # a text that goes on in the next part says anew how wide it is
                onward()
                wide = 1 + (content[at] & 1)
                at += 1
            step = min(left, (end - at) // wide)
            if not step:
                raise Refusal("damaged")
            at += step * wide
            left -= step
        skip(4 * runs + extra)
    return lengths
