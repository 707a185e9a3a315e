"""Every test of the store runs on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from support import postgres

from data.store import Store, open_store
from data.store.schema import metadata


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Postgres]:
    with postgres.running() as started:
        yield started


@pytest.fixture(scope="session")
def kept(server: postgres.Postgres) -> str:
    """Address a database that is used again and again: making one takes longer than emptying it."""
    url = server.create()
    open_store(url).close()
    return url


@pytest.fixture(autouse=True)
def as_operator() -> None:
    """Begin as nobody: whose access holds is what some of these tests are about."""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def empty_url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Address a database without any table."""
    if kind == "sqlite":
        return f"sqlite:///{tmp_path / 'new folder' / 'store.db'}"
    return request.getfixturevalue("server").create()


@pytest.fixture
def url(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address an empty store."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    kept = request.getfixturevalue("kept")
    yield kept
    with psycopg.connect(kept) as connection:
        connection.execute("SET session_replication_role = replica")  # no triggers: the audit log cannot be emptied
        for name in metadata.tables:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def another(url: str) -> Iterator[Callable[[], Store]]:
    """Open the same store again, as another process would."""
    opened: list[Store] = []

    def make() -> Store:
        opened.append(open_store(url))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
