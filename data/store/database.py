"""The two databases behind one schema: connections, transactions, migrations, and what to say when they fail."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

from data.home import private
from data.store.locks import grant
from data.store.model import DiskFullError, NewerDataError, StoreError, UnavailableError
from data.store.schema import REVISION

BUSY_MS = 30_000
MIGRATIONS = Path(__file__).with_name("migrations")
_NOT_PERMITTED = "42501"
_NOT_LET_IN = (
    "this account may not use the tables, or they are of an older release: set XIANJIE_DATABASE_OWNER_URL to the "
    "account that owns them, which then brings them up to date and lets this one in"
)
_READABLE = text("SELECT has_table_privilege('alembic_version', 'SELECT')")
_LOCK_KEY = 0x5849414E  # "XIAN": the advisory lock that lets one process migrate at a time


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
        raise StoreError(f"the store needs sqlite:///file or postgresql://host/database, not '{parsed.drivername}'")
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


def migrate(engine: Engine, owner_url: str | None = None) -> None:
    """Bring the schema to `REVISION`; safe when several processes start at once.

    Parameters
    ----------
    owner_url
        Of a PostgreSQL: as the owner of the tables, where the account of `engine` is another, which is given the rights
        that the program needs.

    Raises
    ------
    UnavailableError
        The database cannot be reached.
    StoreError
        It was written by a newer release.
    """
    try:
        prepare(engine)
        with engine.connect() as connection:
            if _let_in(connection) and revision(connection) == REVISION:
                return
        if owner_url is None:
            with changing_schema(engine) as connection:
                upgrade(connection)
            return
        owner = open_engine(owner_url)
        try:
            with changing_schema(owner) as connection:
                upgrade(connection)
                grant(connection, str(engine.url.username))
        finally:
            owner.dispose()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _NOT_PERMITTED:
            raise StoreError(_NOT_LET_IN) from None
        raise unavailable(error) from None


def prepare(engine: Engine) -> None:
    """Make a database's place ready for its first transaction."""
    if engine.dialect.name == "sqlite":
        _use_wal(engine)


@contextmanager
def changing_schema(engine: Engine) -> Iterator[Connection]:
    """Open the one transaction that may change the schema; another process waits here until it is done."""
    with engine.execution_options(write=True).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        yield connection


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run the migrations up to a revision on `connection`, in its transaction.

    Raises
    ------
    NewerDataError
        The database, or `to`, is of a revision this release does not know.
    """
    from alembic import command  # noqa: PLC0415  slow to import, and only needed when something is to be done
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()} | {"head", None}
    for one in (revision(connection), to):
        if one not in known:
            raise NewerDataError(str(one), REVISION)
    command.upgrade(config, to)


def revision(connection: Connection) -> str | None:
    """Return the revision of a database's schema; None if it has none of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _let_in(connection: Connection) -> bool:
    """Whether this account may read what revision the schema is of, if there is one."""
    if connection.dialect.name != "postgresql" or not inspect(connection).has_table("alembic_version"):
        return True
    return bool(connection.execute(_READABLE).scalar())


def _use_wal(engine: Engine) -> None:
    path = Path(str(engine.url.database))
    try:
        private(path.parent)
    except OSError as error:
        raise UnavailableError(
            f"cannot create the folder {path.parent} ({error.strerror}): "
            "set XIANJIE_HOME to a folder that this account may write to"
        ) from None
    try:
        if not path.exists():  # SQLite itself would let every account read it
            path.touch(mode=0o600)
    except OSError as error:
        raise UnavailableError(f"cannot open {path}: {error.strerror}") from None
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
                raise UnavailableError(f"cannot open {path}: {error}") from None
            time.sleep(0.02)
        else:
            return


def unavailable(error: DBAPIError) -> UnavailableError:
    """Return the error to show for a failure of the database, without any value of a row in it."""
    original = error.orig
    if no_room(original):
        return DiskFullError()
    if isinstance(error, OperationalError) and "locked" in str(original):
        return UnavailableError("another change is being written; please try again in a moment")
    return UnavailableError(f"the database refused or cannot be reached ({plain(original)})")


def no_room(error: BaseException | None) -> bool:
    """Whether a driver's error says that the disk, or what the account may write of it, is full."""
    if isinstance(error, psycopg.Error):
        return error.sqlstate == psycopg.errors.DiskFull.sqlstate
    return getattr(error, "sqlite_errorname", None) in {"SQLITE_FULL", "SQLITE_IOERR_WRITE"}


def plain(error: BaseException | None) -> str:
    """Name a driver's error without its own message where that may quote a row."""
    if isinstance(error, psycopg.Error) and error.sqlstate:
        return f"{type(error).__name__}, SQLSTATE {error.sqlstate}"
    if isinstance(error, psycopg.OperationalError | sqlite3.OperationalError):
        return str(error).splitlines()[0]
    return type(error).__name__
