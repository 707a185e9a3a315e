"""Rows in and out at the speed of the drivers: COPY or executemany to write, ADBC or SQLite's own cursor to read."""

import io
import sqlite3
from collections import deque
from typing import Any, cast

import adbc_driver_manager.dbapi as adbc
import adbc_driver_postgresql.dbapi
import numpy as np
import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.csv
from sqlalchemy import BigInteger, Boolean, Connection, Date, Dialect, Double, Engine, Integer, Select, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from data.store.database import no_room, plain
from data.store.locks import for_county
from data.store.model import DiskFullError, InvalidSubmissionError, UnavailableError

# Small enough that a block is gone before the garbage collector looks at it.
_BLOCK = 2_000
_DTYPES = {"str": "object", "bool": "bool", "int": "int64", "float": "float64", "date": "datetime64[ns]"}

Array = np.ndarray[Any, np.dtype[Any]]

# ---- writing ---------------------------------------------------------------------------------------------------------


def bulk(connection: Connection, table: Table, frame: pd.DataFrame) -> None:
    """Insert `frame`, whose columns are columns of `table`, in the connection's transaction.

    COPY on PostgreSQL, executemany on SQLite: five times faster than an ordinary insert on the former.

    Raises
    ------
    InvalidSubmissionError
        A value does not fit its column.
    """
    if frame.empty:
        return
    names = [str(name) for name in frame.columns]
    columns = ", ".join(f'"{name}"' for name in names)
    cursor = connection.connection.cursor()
    try:
        if connection.dialect.name == "postgresql":
            _copy(cast("psycopg.Cursor", cursor), table, columns, _csv(table, frame))
        else:
            marks = ", ".join("?" * len(names))
            rows = zip(*(_plain_values(table.c[name].type, frame[name]) for name in names), strict=True)
            cursor.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', list(rows))  # noqa: S608
    # The driver's own message quotes the row, which must not reach a log: nothing is chained.
    except (psycopg.OperationalError, sqlite3.OperationalError) as error:
        if no_room(error):
            raise DiskFullError from None
        raise UnavailableError(f"the rows could not be written ({plain(error)})") from None
    except (psycopg.Error, sqlite3.Error, pa.ArrowException, TypeError, ValueError) as error:
        raise InvalidSubmissionError(f"{table.name}: a value does not fit its column ({plain(error)})") from None
    finally:
        cursor.close()


def _copy(cursor: psycopg.Cursor, table: Table, columns: str, body: bytes) -> None:
    """Copy rows by way of a table of the transaction's own: COPY knows nothing of locked rows (`data.store.locks`)."""
    own = f'"new_{table.name}"'
    cursor.execute(f'CREATE TEMPORARY TABLE {own} ON COMMIT DROP AS SELECT {columns} FROM "{table.name}" WITH NO DATA')  # noqa: S608
    with cursor.copy(f"COPY {own} ({columns}) FROM STDIN (FORMAT csv)") as copy:
        copy.write(body)
    cursor.execute(f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM {own}')  # noqa: S608
    cursor.execute(f"DROP TABLE {own}")


def _csv(table: Table, frame: pd.DataFrame) -> bytes:
    arrays = [pa.array(frame[name], type=_arrow_type(table.c[name].type), from_pandas=True) for name in frame.columns]
    sink = io.BytesIO()
    # Text is always quoted and null never, so that an empty text and a null stay apart.
    options = pa.csv.WriteOptions(include_header=False, quoting_style="needed")
    pa.csv.write_csv(pa.table(arrays, names=[str(n) for n in frame.columns]), sink, options)
    return sink.getvalue()


def _arrow_type(kind: TypeEngine[Any]) -> pa.DataType:
    if isinstance(kind, Date):
        return pa.date32()
    if isinstance(kind, Boolean):
        return pa.bool_()
    if isinstance(kind, Integer | BigInteger):
        return pa.int64()
    return pa.float64() if isinstance(kind, Double) else pa.string()


def _plain_values(kind: TypeEngine[Any], values: "pd.Series[Any]") -> list[Any]:
    if isinstance(kind, Date):
        days = values.to_numpy("datetime64[D]")
        texts = np.datetime_as_string(days).astype(object)
        texts[np.isnat(days)] = None
        return list(texts)
    # SQLite stores NaN as null and 3.0 in an integer column as 3.
    return values.tolist()


# ---- reading ---------------------------------------------------------------------------------------------------------


class Reader:
    """Reads a database into frames. Threads may share it.

    PostgreSQL through ADBC, whose connections are kept for the next read. SQLite through the library that writes: a
    columnar driver brings a second copy of SQLite into the process, and when that closes the file it drops the first
    one's locks; under load the shared memory vanished in mid-commit (SIGBUS).
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._free: deque[adbc.Connection] = deque()

    def read(self, county_code: str, query: Select[Any], kinds: dict[str, str]) -> pd.DataFrame:
        """Run `query` about a county and return its columns under the names and kinds of `kinds`, in that order.

        Kinds: `str` -> object (None for null), `bool` -> bool, `int` -> int64, `float` -> float64, `date` ->
        datetime64[ns]. One statement sees one state of the database, whatever is being written meanwhile.

        Raises
        ------
        UnavailableError
            The database cannot be reached.
        """
        try:
            if self._engine.dialect.name == "sqlite":
                arrays = self._read_sqlite(query, list(kinds.values()))
            else:
                arrow = self._fetch(county_code, query)
                arrays = [_values(arrow.column(i), kind) for i, kind in enumerate(kinds.values())]
        except (adbc.Error, DBAPIError, sqlite3.Error) as error:
            raise UnavailableError(f"the database cannot be read ({type(error).__name__})") from None
        columns = {
            # Said, because pandas would make its own text type of objects.
            name: pd.Series(values, dtype=_DTYPES[kind], copy=False)
            for (name, kind), values in zip(kinds.items(), arrays, strict=True)
        }
        return pd.DataFrame(columns, copy=False)

    def close(self) -> None:
        """Close the connections that are not in use."""
        while self._free:
            self._free.pop().close()

    def _read_sqlite(self, query: Select[Any], kinds: list[str]) -> list[Array]:
        blocks: list[list[Array]] = []
        pools: list[dict[object, object]] = [{} for _ in kinds]
        with self._engine.connect() as connection:
            cursor = connection.connection.cursor()
            # Values written out: a list of many regions may exceed what can be bound.
            cursor.execute(str(query.compile(dialect=_named(sqlite), compile_kwargs={"literal_binds": True})))
            while rows := cursor.fetchmany(_BLOCK):
                columns = zip(*rows, strict=True)
                blocks.append([_array(v, k, pool) for v, k, pool in zip(columns, kinds, pools, strict=True)])
            cursor.close()
        if not blocks:
            return [np.empty(0, dtype=_DTYPES[kind]) for kind in kinds]
        return [np.concatenate([block[i] for block in blocks]) for i in range(len(kinds))]

    def _fetch(self, county_code: str, query: Select[Any]) -> pa.Table:
        # Values written out, not bound: only then does the driver fetch by binary COPY.
        sql = str(query.compile(dialect=_named(postgresql), compile_kwargs={"literal_binds": True}))
        uri = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            try:
                connection, fresh = self._free.pop(), False
            except IndexError:
                connection, fresh = adbc_driver_postgresql.dbapi.connect(uri), True
            try:
                with connection.cursor() as cursor:
                    cursor.execute(for_county(county_code))
                    cursor.execute(sql)
                    table = cursor.fetch_arrow_table()
                connection.rollback()
            except adbc.Error:
                connection.close()
                # A kept connection may have outlived its server.
                if fresh:
                    raise
            else:
                self._free.append(connection)
                return table


def _named(kind: Any) -> Dialect:
    """Return a dialect that leaves % alone."""
    dialect: Dialect = kind.dialect(paramstyle="named")
    return dialect


def _array(values: tuple[object, ...], kind: str, pool: dict[object, object]) -> Array:
    """Make a column of what SQLite's cursor returned."""
    if kind == "str":  # few different texts, many rows: keep each text once
        keep = pool.setdefault
        result = np.empty(len(values), dtype=object)
        result[:] = [keep(value, value) for value in values]
        return result
    if kind == "date":
        return np.array(values, dtype="datetime64[D]").astype(_DTYPES[kind])
    return np.array(values, dtype=_DTYPES[kind])


def _values(column: pa.ChunkedArray, kind: str) -> Array:
    if kind in {"str", "date"} and column.null_count == len(column):
        return np.full(len(column), None if kind == "str" else np.datetime64("NaT"), dtype=_DTYPES[kind])
    if kind == "str":
        # Few different texts, many rows: build each Python text once.
        coded = pa.concat_arrays(column.chunks).dictionary_encode()
        texts: Array = np.array([*coded.dictionary.to_pylist(), None], dtype=object)
        places: Array = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return texts[places]
    types = {"bool": pa.bool_(), "int": pa.int64(), "float": pa.float64(), "date": pa.date32()}
    values: Array = column.cast(types[kind]).to_numpy().astype(_DTYPES[kind], copy=False)
    return values
