"""Back up, restore, and move to another database: what the commands do."""

import datetime as dt
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psycopg
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from data.backup.archive import NAME, Archive, Manifest, Writer
from data.backup.beside import BACKUPS, LAST, beside, put_back
from data.backup.errors import NOT_THE_OWNER, BackupError
from data.backup.filling import Source, fill, need_empty
from data.backup.lines import lines, tables_of
from data.language import N_
from data.store.database import changing_schema, no_room, open_engine, plain, prepare, revision, unavailable
from data.store.locks import EVERY_COUNTY, opens_every_county, unlock
from data.store.model import DiskFullError, NewerDataError
from data.store.schema import REVISION, county_version

_DEAD = 3600  # seconds without a byte


@dataclass(frozen=True)
class Kept:
    """A backup that was made.

    Attributes
    ----------
    file, bytes
        Where it is and how large.
    manifest
        What is in it.
    removed
        Older backups that were deleted, so that no more are kept than were asked for.
    """

    file: Path
    bytes: int
    manifest: Manifest
    removed: tuple[Path, ...]


@dataclass(frozen=True)
class Copied:
    """Rows that arrived in an empty database, each compared with what it was.

    Attributes
    ----------
    place
        The database, without its password.
    rows
        By table.
    files
        Files of the program that a backup holds and that differ from this release's, where they were laid.
    """

    place: str
    rows: dict[str, int]
    files: tuple[str, ...] = ()


# ---- back up ---------------------------------------------------------------------------------------------------------


def back_up(url: str, home: Path, folder: Path | None = None, keep: int | None = None) -> Kept:
    """Write a backup of a store that may be in use, read it again, and only then give it its name.

    Parameters
    ----------
    url, home
        The store, and the folder of what is beside it.
    folder
        Where to; `backups` in the home without it.
    keep
        How many backups may stay in the folder, this one counted; None = all.

    Raises
    ------
    BackupError, StoreError
        Nothing was written, and no older backup was touched.
    """
    folder = folder or home / BACKUPS
    with _engine(url, must_stand=True) as engine:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _swept(folder)
            at = dt.datetime.now(dt.UTC)
            target = _unused(folder, at)
            partial = target.with_name(f"{target.name}.partial")
            try:
                manifest = _written(engine, home, partial, at)
                with Archive(partial) as written:
                    written.check()
                size = partial.stat().st_size
                partial.replace(target)
                _settle(folder)
            finally:
                partial.unlink(missing_ok=True)
        except OSError as error:
            raise BackupError(
                N_("The backup could not be written to {folder} ({reason}): nothing was left there, and older backups "
                   "are as they were. Make room, or name another folder with -o."),
                folder=folder, reason=error.strerror or type(error).__name__,
            ) from None  # fmt: skip
    removed = _removed(folder, target, keep)
    _note(home, target, size, manifest)
    return Kept(target, size, manifest, removed)


def _written(engine: Engine, home: Path, path: Path, at: dt.datetime) -> Manifest:
    # Rows of all counties, and maybe of people: for the account that runs the server only.
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with Standing.of(engine) as standing, Writer(file) as writer:
            tables = {name: writer.table(name, columns, standing.lines(name))
                      for name, columns in standing.columns().items()}  # fmt: skip
            files = {name: writer.file(name, found) for name, found in beside(home)}
            manifest = Manifest(
                program=version("xianjie"),
                revision=standing.revision,
                at=at,
                database=engine.dialect.name,
                tables=tables,
                files=files,
            )
            writer.manifest(manifest)
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _unused(folder: Path, at: dt.datetime) -> Path:
    """Return a name that is not taken, nor being written: two may begin in one second."""
    n = 1
    while True:
        again = f"-{n}" if n > 1 else ""
        target = folder / f"xianjie-{at:%Y%m%dT%H%M%SZ}{again}.zip"
        if not target.exists() and not target.with_name(f"{target.name}.partial").exists():
            return target
        n += 1


def _swept(folder: Path) -> None:
    """Delete what a backup left that was killed; one that is being written was written to just now."""
    for path in folder.glob("xianjie-*.zip.partial"):
        if time.time() - path.stat().st_mtime > _DEAD:
            path.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Make sure that a name survives a power cut, as the file's bytes do already."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _removed(folder: Path, newest: Path, keep: int | None) -> tuple[Path, ...]:
    if keep is None:
        return ()
    # A clock that went back must not make the newest the oldest.
    others = sorted((p for p in folder.iterdir() if NAME.fullmatch(p.name) and p != newest), reverse=True)
    old = others[max(keep - 1, 0) :]
    for path in old:
        path.unlink(missing_ok=True)
    return tuple(old)


def _note(home: Path, file: Path, size: int, manifest: Manifest) -> None:
    """Write down where the newest backup is: status page and command tell how old it is."""
    told = {"file": str(file), "bytes": size, "at": manifest.at.isoformat(), "rows": manifest.rows}
    home.mkdir(parents=True, exist_ok=True)
    partial = home / f"{LAST}.partial"
    partial.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    partial.replace(home / LAST)


# ---- restore and move ------------------------------------------------------------------------------------------------


def check(file: Path) -> Manifest:
    """Read all of a backup; `BackupError` names the part that is damaged."""
    with Archive(file) as archive:
        archive.check()
        return archive.manifest


def restore(file: Path, url: str, home: Path) -> Copied:
    """Put a backup into an empty place: rows into the database, files into the home.

    Raises
    ------
    BackupError, StoreError
        The backup is damaged or newer than this release, or the place is not empty. Nothing was changed.
    """
    with Archive(file) as archive:
        archive.check()
        if archive.revision > REVISION:
            raise NewerDataError(archive.revision, REVISION)
        with _engine(url) as engine:
            place = _place(engine)
            with _filling(engine) as connection:
                need_empty(connection, archive.revision, place)
                differing = put_back(archive, home)
                rows = fill(connection, archive, place)
        return Copied(place, rows, tuple(str(home / name) for name in differing))


def copy_store(url: str, to: str) -> Copied:
    """Copy a store into an empty database of either kind; the store itself is only read.

    Raises
    ------
    BackupError, StoreError
        The place is not empty, or the store changed meanwhile. Nothing was written.
    """
    with _engine(url, must_stand=True) as source, _engine(to) as target:
        place = _place(target)
        with Standing.of(source) as standing, _filling(target) as connection:
            rows = fill(connection, standing, place)
            if standing.moved():
                raise BackupError(
                    N_("The store changed while it was copied: nothing was written to {place}. Stop the server, then "
                       "begin again."), place=place,
                )  # fmt: skip
    return Copied(place, rows)


# ---- databases -------------------------------------------------------------------------------------------------------


class Standing(Source):
    """A database as it is at one moment, whatever is written meanwhile: one transaction that sees one state.

    SQLite's write-ahead log and PostgreSQL's snapshots give it without a copy of the database.
    """

    def __init__(self, engine: Engine, connection: Connection) -> None:
        self._engine, self._connection = engine, connection
        found = revision(connection)
        if found is None:
            raise BackupError(N_("There is no store in {place}, so there is nothing to back up."), place=_place(engine))
        self._revision = found
        self._tables = {table.name: table for table in tables_of(connection)}
        self._versions = _versions(connection)

    @classmethod
    @contextmanager
    def of(cls, engine: Engine) -> Iterator["Standing"]:
        """Hold a database still for oneself."""
        try:
            with engine.connect() as connection:
                if engine.dialect.name == "postgresql":
                    connection = connection.execution_options(  # noqa: PLW2901
                        isolation_level="REPEATABLE READ", postgresql_readonly=True
                    )
                    connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
                    unlock(connection, EVERY_COUNTY)
                    if not opens_every_county(connection):
                        raise BackupError(NOT_THE_OWNER)
                yield cls(engine, connection)
        except DBAPIError as error:
            raise unavailable(error) from None

    @property
    def revision(self) -> str:
        """The schema's revision."""
        return self._revision

    def columns(self) -> Mapping[str, Sequence[str]]:
        """Return the columns of each table."""
        return {name: tuple(table.c.keys()) for name, table in self._tables.items()}

    def lines(self, table: str) -> Iterator[bytes]:
        """Return the lines of a table."""
        found = self._tables[table]
        return lines(self._connection, found, found.c.keys())

    def moved(self) -> bool:
        """Whether something was written since."""
        with self._engine.connect() as now:
            unlock(now, EVERY_COUNTY)
            return _versions(now) != self._versions


def _versions(connection: Connection) -> list[tuple[str, str, int]]:
    query = select(county_version.c.county_code, county_version.c.dataset, county_version.c.version)
    return sorted((row.county_code, row.dataset, row.version) for row in connection.execute(query))


@contextmanager
def _engine(url: str, *, must_stand: bool = False) -> Iterator[Engine]:
    engine = open_engine(url)
    try:
        database = Path(str(engine.url.database))
        if must_stand and engine.dialect.name == "sqlite" and not database.is_file():
            raise BackupError(N_("There is no store in {place}, so there is nothing to back up."), place=database)
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _filling(engine: Engine) -> Iterator[Connection]:
    """Open the transaction that fills a database, and say what fails in words without any row."""
    prepare(engine)
    try:
        with changing_schema(engine) as connection:
            yield connection
    except DBAPIError as error:
        raise unavailable(error) from None
    # Bulk loading speaks to the drivers themselves.
    except (psycopg.Error, sqlite3.Error) as error:
        if no_room(error):
            raise DiskFullError from None
        raise BackupError(
            N_("{place} refused a row ({reason}): nothing was written."), place=_place(engine), reason=plain(error)
        ) from None


def _place(engine: Engine) -> str:
    """Return what a database is called to people: the file, or the address without its password."""
    if engine.dialect.name == "sqlite":
        return str(engine.url.database)
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=True)
