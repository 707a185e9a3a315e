"""Fill an empty database from a backup or another database, and compare every row before it counts."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Protocol

from sqlalchemy import Connection, Table, select, text

from data.backup.errors import NOT_THE_OWNER, BackupError
from data.backup.lines import lines, load, tables_of
from data.language import N_
from data.store.database import revision, upgrade
from data.store.locks import EVERY_COUNTY, opens_every_county, unforced, unlock


class Source(Protocol):
    """Where rows come from: a backup, or a database that holds still."""

    @property
    def revision(self) -> str:
        """The schema's revision the rows are of."""

    def columns(self) -> Mapping[str, Sequence[str]]:
        """Return the columns of each table, in the order of the values of a line."""

    def lines(self, table: str) -> Iterator[bytes]:
        """Return the lines of a table, the same each time."""


def fill(connection: Connection, source: Source, place: str) -> dict[str, int]:
    """Write all of a source into an empty database, compare it line by line, and bring it to the newest schema.

    All in the connection's transaction: whatever fails leaves the place as empty as it was.

    Parameters
    ----------
    place : what the database is called where it is not empty.

    Returns
    -------
    dict
        Rows by table.

    Raises
    ------
    BackupError
        The place is not empty, or a row is not what was written.
    NewerDataError
        The source is of a newer release.
    """
    need_empty(connection, source.revision, place)
    upgrade(connection, source.revision)
    there = {table.name: table for table in tables_of(connection)}
    wanted = source.columns()
    with unforced(connection):
        counts = {name: load(connection, there[name], columns, source.lines(name)) for name, columns in wanted.items()}
        for name, columns in wanted.items():
            compare(connection, there[name], columns, source.lines(name))
        upgrade(connection)
    return counts


def need_empty(connection: Connection, wanted: str, place: str) -> None:
    """Refuse a database that holds rows, or an empty schema that is not the one wanted."""
    found = tables_of(connection)
    unlock(connection, EVERY_COUNTY)
    if not opens_every_county(connection):
        raise BackupError(NOT_THE_OWNER)
    if connection.dialect.name == "postgresql" and found:
        # Whoever writes waits until the place is filled, or finds it full.
        names = ", ".join(f'"{table.name}"' for table in found)
        connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
    full = [table.name for table in found if connection.execute(select(*table.primary_key).limit(1)).first()]
    if full:
        raise BackupError(
            N_("{place} is not empty (there are rows in {tables}): nothing was written. Only an empty place is filled: "
               "name another file, folder or database."),
            place=place, tables=", ".join(full),
        )  # fmt: skip
    if (present := revision(connection)) not in {None, wanted}:
        raise BackupError(
            N_("{place} is empty, but made by another release (schema {present}, the rows are of {wanted}): nothing "
               "was written. Delete it, or make a new database, and begin again."),
            place=place, present=present, wanted=wanted,
        )  # fmt: skip


def compare(connection: Connection, table: Table, columns: Sequence[str], expected: Iterator[bytes]) -> None:
    """Compare what a table holds with the lines it was filled from; refuse at the first that differs."""
    for n, (there, line) in enumerate(zip_longest(lines(connection, table, columns), expected), 1):
        if there != line:
            raise BackupError(
                N_("Row {n} of the table {table} did not arrive as it was: nothing was written. The database it was "
                   "written to does not keep such a value."), n=n, table=table.name,
            )  # fmt: skip
