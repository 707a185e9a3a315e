"""The two databases behind one schema: connections, migrations, fast writes and fast reads."""

import io
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import numpy as np
import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.csv
from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Date,
    Double,
    Engine,
    Integer,
    Select,
    Table,
    create_engine,
    event,
    inspect,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.types import TypeEngine

from data.store.model import InvalidSubmissionError, StoreError, UnavailableError
from data.store.schema import REVISION

BUSY_MS = 30_000
MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK_KEY = 0x5849414E  # "XIAN": the advisory lock that lets one process migrate at a time
# ADBC guesses a SQLite column's type from the first batch of rows and fails on the first row that does not fit:
# let the whole answer be one batch.
_ONE_BATCH = {"adbc.sqlite.query.batch_rows": str(1 << 30)}


def open_engine(url: str) -> Engine:
    """Return an engine for `sqlite:///path`, `postgresql://` or `postgresql+psycopg://`.

    Raises
    ------
    StoreError
        Another kind of database, or SQLite without a file.
    """
    parsed = make_url(url)
    if parsed.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        # No prepared statements on the server: they break behind pgbouncer's transaction pooling.
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"prepare_threshold": None},
        )
    if parsed.drivername != "sqlite" or parsed.database in {None, "", ":memory:"}:
        msg = f"the store needs sqlite:///file or postgresql://host/database, not '{parsed.drivername}'"
        raise StoreError(msg)
    engine = create_engine(parsed, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Python's driver would begin transactions on its own, and only before some statements; we begin them below.
    connection.isolation_level = None
    for pragma in (f"busy_timeout={BUSY_MS}", "synchronous=FULL", "temp_store=MEMORY", "cache_size=-65536"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that will write takes the write lock first: upgrading a read lock later fails if others wrote.
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def migrate(engine: Engine) -> None:
    """Bring the schema to `REVISION`; safe when several processes start at once.

    Raises
    ------
    UnavailableError
        The database cannot be reached.
    StoreError
        It was written by a newer release.
    """
    try:
        if engine.dialect.name == "sqlite":
            _use_wal(engine)
        if _revision(engine) == REVISION:
            return
        with engine.execution_options(write=True).begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
            upgrade(connection)
    except DBAPIError as error:
        raise unavailable(error) from None


def upgrade(connection: Connection) -> None:
    """Run the migrations on `connection`, in its transaction."""
    from alembic import command  # noqa: PLC0415  slow to import, and only needed when something is to be done
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        msg = f"the database was written by a newer release of this program: {error}"
        raise StoreError(msg) from None


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found


def _use_wal(engine: Engine) -> None:
    path = Path(str(engine.url.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            # Not through the pool: changing the journal is not possible inside a transaction.
            connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)
            try:
                connection.execute("PRAGMA journal_mode=WAL")
            finally:
                connection.close()
        except sqlite3.OperationalError as error:
            # SQLite does not wait for this lock: another process that starts at the same moment may hold it.
            if "locked" not in str(error) or time.monotonic() > deadline:
                msg = f"cannot open {path}: {error}"
                raise UnavailableError(msg) from None
            time.sleep(0.02)
        else:
            return


def unavailable(error: DBAPIError) -> UnavailableError:
    """Return the error to show for a failure of the database, without any value of a row in it."""
    original = error.orig
    if isinstance(error, OperationalError) and "locked" in str(original):
        return UnavailableError("another change is being written; please try again in a moment")
    return UnavailableError(f"the database refused or cannot be reached ({_plain(original)})")


def _plain(error: BaseException | None) -> str:
    if isinstance(error, psycopg.Error) and error.sqlstate:
        return f"{type(error).__name__}, SQLSTATE {error.sqlstate}"
    if isinstance(error, psycopg.OperationalError | sqlite3.OperationalError):
        return str(error).splitlines()[0]
    return type(error).__name__


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
    cursor = connection.connection.cursor()
    try:
        if connection.dialect.name == "postgresql":
            columns = ", ".join(f'"{name}"' for name in names)
            with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN (FORMAT csv)') as copy:
                copy.write(_csv(table, frame))
        else:
            columns = ", ".join(f'"{name}"' for name in names)
            marks = ", ".join("?" * len(names))
            rows = zip(*(_plain_values(table.c[name].type, frame[name]) for name in names), strict=True)
            cursor.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', list(rows))
    except (psycopg.Error, sqlite3.Error, pa.ArrowException, TypeError, ValueError) as error:
        # The driver's own message quotes the row; it must not reach a log.
        msg = f"{table.name}: a value does not fit its column ({_plain(error)})"
        raise InvalidSubmissionError(msg) from None
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


def _plain_values(kind: TypeEngine[Any], values: pd.Series) -> list[Any]:
    if isinstance(kind, Date):
        days = values.to_numpy("datetime64[D]")
        result = np.datetime_as_string(days).astype(object)
        result[np.isnat(days)] = None
        return list(result)
    # SQLite stores NaN as null and 3.0 in an integer column as 3.
    plain: list[Any] = values.tolist()
    return plain


_DTYPES = {"str": "object", "bool": "bool", "int": "int64", "float": "float64", "date": "datetime64[ns]"}

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
        msg = f"the database cannot be read ({type(error).__name__})"
        raise UnavailableError(msg) from error
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
    # Written out, not bound: only then does the driver fetch by binary COPY. Paramstyle named leaves % alone.
    sql = str(
        query.compile(dialect=postgresql.base.PGDialect(paramstyle="named"), compile_kwargs={"literal_binds": True})
    )
    uri = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with adbc_driver_postgresql.dbapi.connect(uri) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetch_arrow_table()


def _values(column: pa.ChunkedArray, kind: str) -> np.ndarray[Any, Any]:
    blank = column.null_count == len(column)
    if kind == "str":
        if blank:
            return np.full(len(column), None, dtype=object)
        # Few different texts, many rows: build each Python text once.
        coded = column.combine_chunks().dictionary_encode()
        coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
        texts = np.array([*coded.dictionary.to_pylist(), None], dtype=object)
        result: np.ndarray[Any, Any] = texts[coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
        return result
    if kind == "date":
        if blank:
            return np.full(len(column), np.datetime64("NaT"), dtype="datetime64[ns]")
        return column.cast(pa.date32()).to_numpy().astype("datetime64[ns]")
    if kind == "bool":
        return column.to_numpy().astype(bool)
    if kind == "int":
        return column.cast(pa.int64()).to_numpy()
    return column.cast(pa.float64()).to_numpy()
