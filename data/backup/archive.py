"""The file of a backup: a ZIP with a file of lines for each table, the files beside the store, and what is in it.

ZIP, because every system opens it, a member needs no known size before it is written, and one that was cut short has
no directory and is known at once.
"""

import datetime as dt
import hashlib
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from data.backup.errors import BackupError
from data.language import N_

FORMAT: Literal[1] = 1
NAME = re.compile(r"xianjie-\d{8}T\d{6}Z(-\d+)?\.zip")
"""What backups are called; in the order of their names they were made."""
MANIFEST = "manifest.json"
FILES = "files/"
BLOCK = 1 << 18
"""Bytes that are read and written at once."""
# What is written is mostly numbers and codes again and again; higher levels take twice the time for a tenth.
_LEVEL = 3
_DAMAGED = N_("{file} is damaged, in {part}: nothing was restored. Take another copy of it, or an older backup.")


class Part(BaseModel):
    """What a member of a backup must be: how many bytes, and their SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bytes: int
    sha256: str


class Rows(Part):
    """A table's member: its columns in the order of the values of a line, and how many lines."""

    columns: tuple[str, ...]
    rows: int


class Manifest(BaseModel):
    """What a backup holds.

    Attributes
    ----------
    format
        Of the backup itself.
    program, revision
        The release that wrote it, and the schema's revision the rows are of.
    at
        When the rows were as they are in it.
    database
        The kind they were read from; any kind takes them.
    tables, files
        By the name of the table, and by the path below `XIANJIE_HOME`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = FORMAT
    program: str
    revision: str
    at: dt.datetime
    database: str
    tables: dict[str, Rows]
    files: dict[str, Part]

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(table.rows for table in self.tables.values())


class Writer:
    """Writes the members of a backup into an open file, one after the other."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def table(self, name: str, columns: Iterable[str], lines: Iterable[bytes]) -> Rows:
        """Write a table's lines."""
        digest, size, n = hashlib.sha256(), 0, 0
        with self._zip.open(table_member(name), "w", force_zip64=True) as member:
            for block in _blocks(lines):
                digest.update(block)
                n, size = n + block.count(b"\n"), size + len(block)
                member.write(block)
        return Rows(bytes=size, sha256=digest.hexdigest(), columns=tuple(columns), rows=n)

    def file(self, name: str, blocks: Iterable[bytes]) -> Part:
        """Write a file beside the store; what is read of it is what is counted, should it change meanwhile."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(FILES + name, "w", force_zip64=True) as member:
            for block in blocks:
                digest.update(block)
                size += len(block)
                member.write(block)
        return Part(bytes=size, sha256=digest.hexdigest())

    def manifest(self, manifest: Manifest) -> None:
        """Write what is in it: the last member."""
        self._zip.writestr(MANIFEST, manifest.model_dump_json(indent=1))


def _blocks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Return lines with their ends, many at once: every write of a member costs as much as a line."""
    block = bytearray()
    for line in lines:
        block += line
        block += b"\n"
        if len(block) >= BLOCK:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


class Archive:
    """A backup to read from.

    Raises
    ------
    BackupError
        It is not whole, or not one of ours.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError):
            raise BackupError(
                N_("{file} is no backup, or not all of it: its end is missing or damaged. Nothing was restored. Copy "
                   "it again from where it was made, or take an older one."),
                file=path,
            ) from None  # fmt: skip
        except OSError as error:
            raise BackupError(N_("{file} cannot be read ({reason})."), file=path, reason=error.strerror) from None
        try:
            self.manifest = self._manifest()
        except BackupError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def _manifest(self) -> Manifest:
        if MANIFEST not in self._zip.namelist():
            raise BackupError(N_("{file} is no backup of this program: it has no {part}."), file=self.path,
                              part=MANIFEST)  # fmt: skip
        with self._reading(MANIFEST) as member:
            text = member.read()
        try:
            return Manifest.model_validate_json(text)
        except ValidationError as error:
            wrong = ", ".join(".".join(map(str, one["loc"])) for one in error.errors()[:3])
            raise BackupError(
                N_("{file} was written by another release: this one cannot read its {part} ({wrong}). Install the "
                   "release that made the backup, or a newer one."),
                file=self.path, part=MANIFEST, wrong=wrong,
            ) from None  # fmt: skip

    @property
    def revision(self) -> str:
        """The schema's revision the rows are of."""
        return self.manifest.revision

    def columns(self) -> dict[str, tuple[str, ...]]:
        """Return the columns of each table."""
        return {name: table.columns for name, table in self.manifest.tables.items()}

    def lines(self, table: str) -> Iterator[bytes]:
        """Return the lines of a table, without their ends."""
        with self._reading(table_member(table)) as member:
            for line in member:
                yield line[:-1]

    def check(self) -> None:
        """Read all of it, and refuse it, naming the part, if anything is not as it was written."""
        parts = {table_member(name): table for name, table in self.manifest.tables.items()}
        for name, expected in {**parts, **{FILES + name: file for name, file in self.manifest.files.items()}}.items():
            digest, size = hashlib.sha256(), 0
            with self._reading(name) as member:
                while block := member.read(BLOCK):
                    digest.update(block)
                    size += len(block)
            if (size, digest.hexdigest()) != (expected.bytes, expected.sha256):
                raise self.damaged(name)

    def extract(self, name: str, to: Path) -> None:
        """Write one of the files beside the store, for this account only."""
        descriptor = os.open(to, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file, self._reading(FILES + name) as member:
            while block := member.read(BLOCK):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())

    def damaged(self, part: str) -> BackupError:
        """Return the error that names a part of this backup."""
        return BackupError(_DAMAGED, file=self.path, part=part)

    @contextmanager
    def _reading(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._zip.open(name) as member:
                yield member
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise self.damaged(name) from None


def table_member(table: str) -> str:
    """Return the name of a table's member."""
    return f"tables/{table}.jsonl"
