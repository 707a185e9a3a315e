"""The second lock on PostgreSQL: rows of a county are there only for a transaction that has said it is about it.

Row-level security, forced, so that the owner of the tables is no exception. `xianjie.county` is set for one transaction
and forgotten with it, also behind a pool that hands connections round. The owner alone may say `*`: for backups, and
for moving a store.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

EVERY_COUNTY = "*"
_SETTING = "xianjie.county"
_NAME = re.compile(r"[a-z_]+")


def statements(tables: list[str]) -> list[str]:
    """Return the SQL that locks tables whose rows belong to counties; for migrations, run by their owner."""
    found = []
    for name in tables:
        if not _NAME.fullmatch(name):
            raise ValueError(name)
        its = f"county_code = current_setting('{_SETTING}', true)"
        every = f"current_setting('{_SETTING}', true) = '{EVERY_COUNTY}'"
        found += [
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
            f"DROP POLICY IF EXISTS one_county ON {name}",
            f"DROP POLICY IF EXISTS operator ON {name}",
            f"CREATE POLICY one_county ON {name} USING ({its}) WITH CHECK ({its})",
            f"CREATE POLICY operator ON {name} TO CURRENT_USER USING ({every}) WITH CHECK ({every})",
        ]
    return found


def for_county(county_code: str) -> str:
    """Return the SQL that opens a transaction's rows of one county, written out: not every driver binds here."""
    if county_code != EVERY_COUNTY and not (county_code.isascii() and county_code.isdigit()):
        raise ValueError(county_code)
    return f"SET LOCAL {_SETTING} = '{county_code}'"


def unlock(connection: Connection, county_code: str) -> None:
    """Open the rows of a county, or of all of them (`*`, as their owner), for the connection's transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(for_county(county_code))


def opens_every_county(connection: Connection) -> bool:
    """Whether the connection's account owns the tables, or is above locks: to others `*` shows nothing at all."""
    if connection.dialect.name != "postgresql":
        return True
    query = text("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass('county_version')")
    return connection.execute(query).scalar() is not False


@contextmanager
def unforced(connection: Connection) -> Iterator[None]:
    """Let the owner of the tables past the locks within the block, in one transaction: to fill them as they were."""
    locked: list[str] = []
    if connection.dialect.name == "postgresql":
        query = text(
            "SELECT relname FROM pg_class WHERE relforcerowsecurity AND relnamespace = current_schema()::regnamespace"
        )
        locked = [str(name) for name in connection.execute(query).scalars()]
    for name in locked:
        connection.exec_driver_sql(f'ALTER TABLE "{name}" NO FORCE ROW LEVEL SECURITY')
    yield
    for name in locked:
        connection.exec_driver_sql(f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY')


def grant(connection: Connection, user: str) -> None:
    """Let the account that the program runs under use the tables of another, and change nothing of the audit log."""
    quoted = connection.dialect.identifier_preparer.quote(user)
    for right in (
        "USAGE ON SCHEMA public",
        "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public",
    ):
        connection.execute(text(f"GRANT {right} TO {quoted}"))
    for right in ("UPDATE, DELETE, TRUNCATE ON audit", "INSERT, UPDATE, DELETE ON alembic_version"):
        connection.execute(text(f"REVOKE {right} FROM {quoted}"))
