"""Rows as lines of text that are the same whichever database they come from.

A line is a JSON list of a row's values in the order of the columns, lines are in the order of the primary key. What is
equal has equal lines, so a digest of a table's lines compares whole tables, and two streams of lines any two stores.
"""

import datetime as dt
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import isinf
from typing import Any

import orjson
from sqlalchemy import Connection, DateTime, Float, LargeBinary, MetaData, String, Table, collate, inspect, select

from data.store.schema import metadata

_BLOCK = 2_000
# Infinity is no JSON: it stands as a text.
_INFINITE = {float("inf"): "Infinity", float("-inf"): "-Infinity"}


def tables_of(connection: Connection) -> list[Table]:
    """Return those of the store's tables that are in a database, as they are there: it may be an older release's."""
    there = set(inspect(connection).get_table_names())
    found = MetaData()
    names = sorted(there & set(metadata.tables))
    found.reflect(connection, only=names)
    return [found.tables[name] for name in names]


def lines(connection: Connection, table: Table, names: Sequence[str]) -> Iterator[bytes]:
    """Return a table's columns `names` as lines, without their ends; few at a time are in memory, of files one."""
    postgres = connection.dialect.name == "postgresql"
    key = [collate(c, "C") if postgres and isinstance(c.type, String) else c for c in table.primary_key]
    columns = [table.c[name] for name in names]
    floats = [i for i, column in enumerate(columns) if isinstance(column.type, Float)]
    block = 1 if any(isinstance(column.type, LargeBinary) for column in columns) else _BLOCK
    found = connection.execute(select(*columns).order_by(*key), execution_options={"yield_per": block})
    for rows in found.partitions():
        for row in rows:
            values = list(row)
            for i in floats:
                value = values[i]
                # SQLite knows neither -0.0 nor NaN.
                if value is not None and (value == 0 or isinf(value)):
                    values[i] = _INFINITE.get(value, 0.0)
            # SQLite keeps no time zone; what it keeps is UTC.
            yield orjson.dumps(values, default=_other, option=orjson.OPT_NAIVE_UTC)


def _other(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return b64encode(value).decode()
    raise TypeError(type(value).__name__)


def load(connection: Connection, table: Table, names: Sequence[str], found: Iterable[bytes]) -> int:
    """Insert lines whose values are of the columns `names`; return how many."""
    values = _values(table, names, found, sqlite=connection.dialect.name == "sqlite")
    columns = ", ".join(f'"{name}"' for name in names)
    cursor: Any = connection.connection.cursor()
    n = 0
    try:
        if connection.dialect.name == "postgresql":
            with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
                for n, row in enumerate(values, 1):  # noqa: B007 - the last number is how many
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(names))
            cursor.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', values)  # noqa: S608
            n = max(cursor.rowcount, 0)
    finally:
        cursor.close()
    return n


def _values(table: Table, names: Sequence[str], found: Iterable[bytes], *, sqlite: bool) -> Iterator[list[Any]]:
    kinds = [table.c[name].type for name in names]
    turned: list[tuple[int, Callable[[Any], Any]]] = []
    for i, kind in enumerate(kinds):
        if isinstance(kind, LargeBinary):
            turned.append((i, b64decode))
        elif isinstance(kind, Float):
            turned.append((i, float))
        elif isinstance(kind, DateTime) and sqlite:
            turned.append((i, _as_sqlite_keeps))
    for line in found:
        row = orjson.loads(line)
        for i, turn in turned:
            if row[i] is not None:
                row[i] = turn(row[i])
        yield row


def _as_sqlite_keeps(text: str) -> str:
    return f"{dt.datetime.fromisoformat(text).astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f}"
