"""The second lock: on PostgreSQL a transaction meets rows of the county it named, and of no other, whatever it asks."""

import datetime as dt
import os
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import inspect, make_url, select, text
from support import postgres
from support.uploads import COUNTY, commit, facts, values

from data.store import Store, StoreError, open_store, owner_address
from data.store.locks import for_county
from data.store.schema import ROWS, metadata

MANUAL = Path(__file__).parents[2] / "docs" / "operations.md"
pytestmark = pytest.mark.postgres
OTHER = "990202"


@pytest.fixture(scope="module")
def urls(server: postgres.Postgres) -> tuple[str, str]:
    """Address a database as its owner, and as the account that the program runs under, made as the manual says."""
    name = "manual"
    (said,) = re.findall(r"```sql\n(.+?)```", MANUAL.read_text("utf-8"), re.DOTALL)
    first, then = re.split(r"\\connect \w+", re.sub(r"\bxianjie", name, said))
    for database, part in (("postgres", first), (name, then)):
        with psycopg.connect(server.url(database), autocommit=True) as connection:
            for statement in filter(None, map(str.strip, part.split(";"))):
                connection.execute(statement.encode())
    owner, program = (
        make_url(server.url(name)).set(username=user, password=password).render_as_string(hide_password=False)
        for user, password in ((f"{name}_owner", "PASSWORD1"), (name, "PASSWORD2"))
    )
    return owner, program


@pytest.fixture(scope="module")
def opened(urls: tuple[str, str]) -> Iterator[Store]:
    owner, program = urls
    before = {k: os.environ.get(k) for k in ("XIANJIE_DATABASE_OWNER_URL", "XIANJIE_DATABASE_URL")}
    os.environ |= {"XIANJIE_DATABASE_OWNER_URL": owner, "XIANJIE_DATABASE_URL": program}
    try:
        with open_store() as store:
            for county in (COUNTY, OTHER):
                commit(store, "facts", facts("2023-05"), county=county)
            yield store
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key)
            else:
                os.environ[key] = value


def test_the_program_s_account_does_all_that_a_store_does(opened: Store) -> None:
    batch = commit(opened, "facts", facts("2023-06", value=2))
    assert values(opened) == [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]
    opened.undo(COUNTY, batch.batch_id, "a tester")
    assert values(opened) == [1.0, 1.0, 1.0]
    assert len(values(opened, county=OTHER)) == 3
    until = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
    for _ in range(2):  # who presses twice ends it once
        opened.end_sign_in("a" * 64, until)
    assert opened.ended_sign_ins() == {"a" * 64: until}


@pytest.mark.parametrize("name", sorted(metadata.tables))
def test_every_table_is_locked(opened: Store, name: str) -> None:
    query = text("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = to_regclass(:name)")
    with opened._engine.connect() as connection:
        assert connection.execute(query, {"name": name}).scalar() is True


def test_who_names_no_county_meets_nothing_and_who_names_one_only_its_own(urls: tuple[str, str], opened: Store) -> None:
    count = select(ROWS["facts"].c.county_code)
    for url in urls:  # the owner is no exception
        with open_store(url) as store, store._engine.connect() as connection:
            assert connection.execute(count).all() == []
            connection.rollback()
            connection.exec_driver_sql(for_county(OTHER))
            assert {code for (code,) in connection.execute(count)} == {OTHER}
            connection.commit()
            assert connection.execute(count).all() == []  # forgotten with the transaction


def test_nothing_is_written_for_another_county(opened: Store) -> None:
    row = {"county_code": OTHER, "dataset": "facts", "version": 999}
    with opened._engine.connect() as connection:
        connection.exec_driver_sql(for_county(COUNTY))
        with pytest.raises(Exception, match="row-level security"):
            connection.execute(metadata.tables["county_version"].insert().values(row))


def test_only_the_owner_opens_every_county(urls: tuple[str, str], opened: Store) -> None:
    count = select(ROWS["facts"].c.county_code)
    for url, met in zip(urls, ({COUNTY, OTHER}, set()), strict=True):
        with open_store(url) as store, store._engine.connect() as connection:
            connection.exec_driver_sql(for_county("*"))
            assert {code for (code,) in connection.execute(count)} == met


def test_the_program_can_neither_unlock_nor_alter_the_log(opened: Store) -> None:
    for statement in (
        "ALTER TABLE facts DISABLE ROW LEVEL SECURITY",
        "DROP POLICY one_county ON facts",
        "UPDATE audit SET name = 'somebody else'",
        "DELETE FROM audit",
    ):
        with opened._engine.connect() as connection, pytest.raises(Exception, match=r"must be owner|permission denied"):
            connection.execute(text(statement))


def test_an_account_that_nobody_let_in_is_told_so(server: postgres.Postgres) -> None:
    whole = server.create()
    name = str(make_url(whole).database)
    open_store(whole).close()
    with psycopg.connect(whole, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE stranger_{name} LOGIN PASSWORD 'of-a-test'".encode())
    stranger = make_url(whole).set(username=f"stranger_{name}", password="of-a-test")
    with pytest.raises(StoreError, match="XIANJIE_DATABASE_OWNER_URL"):
        open_store(stranger.render_as_string(hide_password=False))


def test_an_owner_is_asked_of_postgresql_only(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Left over in the settings, it would have a backup, or a drill, meet the database of before."""
    monkeypatch.setenv("XIANJIE_DATABASE_OWNER_URL", owner := "postgresql://owner@127.0.0.1/live")
    monkeypatch.setenv("XIANJIE_DATABASE_URL", "")
    assert owner_address() == f"sqlite:///{home / 'store.db'}"
    open_store().close()
    monkeypatch.setenv("XIANJIE_DATABASE_URL", "postgresql://program@127.0.0.1/live")
    assert owner_address() == owner


def test_locks_are_no_part_of_sqlite(home: object) -> None:
    with open_store() as store:
        assert "facts" in inspect(store._engine).get_table_names()
        commit(store, "facts", facts("2023-05"))
        assert values(store) == [1.0, 1.0, 1.0]
