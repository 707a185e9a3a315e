"""The container of XLS files (MS-CFB): one stream out of it, and a clean container around one stream.

The reader of workbooks believes what a container says of its own sizes, and a lie there ends the process. So the stream
is taken out here, by what the file really holds, and put into a container that says nothing untrue.
"""

import struct
from collections.abc import Sequence

from data.intake.model import Refusal

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SECTOR = 4096
_ENTRY = 128
_NONE = 0xFFFFFFFF


def streams(raw: bytes) -> dict[str, tuple[int, int]]:
    """Return the names of a container's streams, each with its first sector and its size.

    Raises
    ------
    Refusal
        The container is damaged.
    """
    return _Container(raw).entries


def stream(raw: bytes, name: str) -> bytes:
    """Return one stream.

    Raises
    ------
    Refusal
        The container is damaged.
    """
    return _Container(raw).stream(name)


class _Container:
    def __init__(self, raw: bytes) -> None:
        try:
            shift, cutoff = struct.unpack_from("<H", raw, 30)[0], struct.unpack_from("<I", raw, 56)[0]
            directory, mini_fat, difat = (struct.unpack_from("<I", raw, at)[0] for at in (48, 60, 68))
            if shift not in {9, 12}:
                raise Refusal("damaged")
            self.raw, self.size, self.cutoff = raw, 1 << shift, cutoff
            numbers: list[int] = list(struct.unpack_from("<109I", raw, 76))
            seen: set[int] = set()
            while difat not in {_END, _FREE} and difat not in seen:
                seen.add(difat)
                *more, difat = struct.unpack(f"<{self.size // 4}I", self._sector(difat))
                numbers.extend(more)
            listed = b"".join(self._sector(number) for number in dict.fromkeys(numbers) if number != _FREE)
            self.fat: Sequence[int] = struct.unpack(f"<{len(listed) // 4}I", listed)
            self.entries: dict[str, tuple[int, int]] = {}
            content = self._chain(directory)
            root = (_END, 0)
            for at in range(0, len(content) - _ENTRY + 1, _ENTRY):
                length, kind = struct.unpack_from("<HB", content, at + 64)
                place = struct.unpack_from("<II", content, at + 116)
                if kind == 5:
                    root = place
                elif kind == 2:
                    name = content[at : at + min(max(length - 2, 0), 64)].decode("utf-16-le", "replace")
                    self.entries.setdefault(name, place)
            self.mini = self._chain(root[0])
            small = self._chain(mini_fat)
            self.mini_fat: Sequence[int] = struct.unpack(f"<{len(small) // 4}I", small)
        except struct.error:
            raise Refusal("damaged") from None

    def stream(self, name: str) -> bytes:
        start, size = self.entries[name]
        if size >= self.cutoff:
            content = self._chain(start)
        else:
            content = b"".join(self.mini[n * 64 : n * 64 + 64] for n in _walk(start, self.mini_fat))
        if len(content) < size:
            raise Refusal("damaged")
        return content[:size]

    def _sector(self, number: int) -> bytes:
        found = self.raw[(number + 1) * self.size : (number + 2) * self.size]
        # The last one may be cut short by what wrote the file.
        if not found:
            raise Refusal("damaged")
        return found.ljust(self.size, b"\0")

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in _walk(start, self.fat))


def _walk(start: int, following: Sequence[int]) -> list[int]:
    """Return the numbers of a chain; one that bites its tail is damaged."""
    numbers: list[int] = []
    while start not in {_END, _FREE}:
        if start >= len(following) or len(numbers) > len(following):
            raise Refusal("damaged")
        numbers.append(start)
        start = following[start]
    return numbers


def container(content: bytes, name: str = "Workbook") -> bytes:
    """Return a container that holds one stream."""
    content = content.ljust(_SECTOR, b"\0")  # shorter ones would go elsewhere
    sectors = -(-len(content) // _SECTOR)
    # Sector 0 is the directory, 1 the place for short streams (there are none, but it must be there), then the stream,
    # then the table of sectors.
    tables = 1
    while tables * (_SECTOR // 4) < 2 + sectors + tables:
        tables += 1
    first_table = 2 + sectors
    table = [_END, _END, *range(3, first_table), _END, *[_FAT] * tables]
    table += [_FREE] * (tables * (_SECTOR // 4) - len(table))
    head = MAGIC + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 4, 0xFFFE, 12, 6)
    head += struct.pack("<IIIIIIIIII", 1, tables, 0, 0, _SECTOR, _END, 0, _END, 0, first_table)
    numbers = [*range(first_table, first_table + tables)][1:]
    head += struct.pack(f"<{len(numbers)}I", *numbers)
    head = head.ljust(512, b"\xff").ljust(_SECTOR, b"\0")
    directory = _entry("Root Entry", 5, 1, 1, 64) + _entry(name, 2, _NONE, 2, len(content))
    return b"".join(
        (
            head,
            directory.ljust(2 * _SECTOR, b"\0"),
            content.ljust(sectors * _SECTOR, b"\0"),
            struct.pack(f"<{len(table)}I", *table),
        )
    )


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le")
    head = written.ljust(64, b"\0") + struct.pack("<HBBIII", len(written) + 2, kind, 1, _NONE, _NONE, child)
    return head.ljust(116, b"\0") + struct.pack("<IQ", start, size)
