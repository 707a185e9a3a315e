"""Rows in and out at the speed of the drivers: COPY or executemany to write, ADBC to read."""

import io
import sqlite3
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import numpy as np
import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.csv
from sqlalchemy import BigInteger, Boolean, Connection, Date, Dialect, Double, Engine, Integer, Select, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from data.store.database import BUSY_MS, plain
from data.store.model import InvalidSubmissionError, UnavailableError

# ADBC guesses a SQLite column's type from the first batch of rows and fails on the first row that does not fit:
# let the whole answer be one batch.
_ONE_BATCH = {"adbc.sqlite.query.batch_rows": str(1 << 30)}
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
            with cast("psycopg.Cursor", cursor).copy(
                f'COPY "{table.name}" ({columns}) FROM STDIN (FORMAT csv)'
            ) as copy:
                copy.write(_csv(table, frame))
        else:
            marks = ", ".join("?" * len(names))
            rows = zip(*(_plain_values(table.c[name].type, frame[name]) for name in names), strict=True)
            cursor.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', list(rows))  # noqa: S608
    # The driver's own message quotes the row, which must not reach a log: nothing is chained.
    except (psycopg.OperationalError, sqlite3.OperationalError) as error:
        raise UnavailableError(f"the rows could not be written ({plain(error)})") from None
    except (psycopg.Error, sqlite3.Error, pa.ArrowException, TypeError, ValueError) as error:
        raise InvalidSubmissionError(f"{table.name}: a value does not fit its column ({plain(error)})") from None
    finally:
        cursor.close()


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
        return texts.tolist()
    # SQLite stores NaN as null and 3.0 in an integer column as 3.
    return cast("list[Any]", values.tolist())


# ---- reading ---------------------------------------------------------------------------------------------------------


def read(engine: Engine, query: Select[Any], kinds: dict[str, str]) -> pd.DataFrame:
    """Run `query` outside SQLAlchemy and return its columns under the names and kinds of `kinds`, in that order.

    Kinds: `str` -> object (None for null), `bool` -> bool, `int` -> int64, `float` -> float64, `date` ->
    datetime64[ns]. One statement sees one state of the database, whatever is being written meanwhile.

    Raises
    ------
    UnavailableError
        The database cannot be reached.
    """
    try:
        arrow = _read_sqlite(engine, query) if engine.dialect.name == "sqlite" else _read_postgresql(engine, query)
    except (adbc_driver_sqlite.dbapi.Error, adbc_driver_postgresql.dbapi.Error) as error:
        raise UnavailableError(f"the database cannot be read ({type(error).__name__})") from error
    columns = {
        # Said, because pandas would make its own text type of objects.
        name: pd.Series(_values(arrow.column(i), kind), dtype=_DTYPES[kind], copy=False)
        for i, (name, kind) in enumerate(kinds.items())
    }
    return pd.DataFrame(columns, copy=False)


def _read_sqlite(engine: Engine, query: Select[Any]) -> pa.Table:
    sql = str(query.compile(dialect=sqlite.dialect(paramstyle="named"), compile_kwargs={"literal_binds": True}))
    uri = f"file:{quote(str(Path(str(engine.url.database)).resolve()))}?mode=ro"
    with adbc_driver_sqlite.dbapi.connect(uri) as connection, connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        cursor.fetchall()
        cursor.adbc_statement.set_options(**_ONE_BATCH)
        cursor.execute(sql)
        return cursor.fetch_arrow_table()


def _read_postgresql(engine: Engine, query: Select[Any]) -> pa.Table:
    # Values written out, not bound: only then does the driver fetch by binary COPY. Paramstyle named leaves % alone.
    dialect: Dialect = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
    sql = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    uri = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with adbc_driver_postgresql.dbapi.connect(uri) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetch_arrow_table()


def _values(column: pa.ChunkedArray, kind: str) -> Array:
    if kind in {"str", "date"} and column.null_count == len(column):
        # SQLite gives a column without any value as integers.
        return np.full(len(column), None if kind == "str" else np.datetime64("NaT"), dtype=_DTYPES[kind])
    if kind == "str":
        # Few different texts, many rows: build each Python text once.
        coded = pa.concat_arrays(column.chunks).dictionary_encode()
        texts: Array = np.array([*coded.dictionary.to_pylist(), None], dtype=object)
        texts = texts[coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
        return texts
    types = {"bool": pa.bool_(), "int": pa.int64(), "float": pa.float64(), "date": pa.date32()}
    values: Array = column.cast(types[kind]).to_numpy().astype(_DTYPES[kind], copy=False)
    return values
