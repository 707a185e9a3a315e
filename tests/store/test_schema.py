"""The schema: fit to be spread over machines, and in step with its migrations."""

from pathlib import Path

import pandas as pd
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, make_url, text
from support.uploads import COUNTY, commit, facts

from data.store import Store, StoreError, Submission, open_store
from data.store.database import MIGRATIONS
from data.store.schema import REVISION, ROWS, metadata
from data.tables import tables, typed


@pytest.mark.parametrize("name", list(metadata.tables))
def test_every_primary_key_begins_with_county_code(name: str) -> None:
    table = metadata.tables[name]
    assert table.primary_key.columns.keys()[0] == "county_code"
    assert not table.foreign_keys
    assert all(next(iter(index.columns)).name == "county_code" for index in table.indexes)


def test_the_database_has_these_primary_keys_too(store: Store) -> None:
    found = inspect(store._engine)
    names = set(found.get_table_names()) - {"alembic_version"}
    assert names == set(metadata.tables)
    for name in names:
        assert found.get_pk_constraint(name)["constrained_columns"][0] == "county_code"


def test_every_upload_table_has_a_table() -> None:
    assert set(ROWS) == set(tables())


def test_migrations_lead_to_the_schema(empty_url: str) -> None:
    with open_store(empty_url) as store, store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == REVISION


def test_batches_of_an_older_store_speak_for_all_items(empty_url: str) -> None:
    with open_store(empty_url) as store:
        commit(store, "facts", facts("2023-05", items=("roads", "wells")))
        back_to_0002(store)
    with open_store(empty_url) as store:
        (batch,) = store.batches(COUNTY)
        assert (batch.scope.periods, batch.scope.items) == (("2023-05",), ())
        store.undo(COUNTY, batch.batch_id, "a tester")
        assert store.rows(COUNTY, "facts").empty


def test_the_newest_migration_is_the_one_the_code_expects() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_a_store_of_a_newer_release_is_refused(empty_url: str) -> None:
    with open_store(empty_url) as store, store._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer"):
        open_store(empty_url)


def test_the_default_is_a_file_in_the_home_folder(home: Path) -> None:
    with open_store() as store:
        assert store.version("990101") == 0
    assert (home / "store.db").exists()


def test_the_environment_names_the_database(url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANJIE_DATABASE_URL", url)
    with open_store() as store:
        assert store._engine.url.database == make_url(url).database
    assert not (home / "store.db").exists()


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(StoreError):
        open_store(url)


def test_an_address_without_server_is_a_plain_error_without_password() -> None:
    with pytest.raises(StoreError) as refused:
        open_store("postgresql://user:a-secret@127.0.0.1:1/db")
    assert "a-secret" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_a_store_of_the_release_before_keeps_its_rows(tmp_path: Path) -> None:
    """Problems and records of work from before the closed loop read on, with its columns blank."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with open_store(url) as store:
        rows = typed("issues", pd.DataFrame({"issue_id": ["1"], "problem": ["管网漏损"]}))
        store.commit(Submission("500113", "issues", rows, b"", "", "a tester"))
        back_to_0002(store)
    with open_store(url) as store:
        found = store.rows("500113", "issues")
        assert found["problem"].tolist() == ["管网漏损"]
        assert found[list(LOOP["issues"])].isna().all(axis=None)
        assert "issue_id" in store.rows("500113", "actions")


LOOP = {
    "issues": ("indicator", "office", "handed_on", "rectified_on", "reopened_on", "reopened_n"),
    "actions": ("issue_id",),
}
# What migrations after 0002 added, by table.
SINCE_0002 = {"batch": ("only_items",), **LOOP}


def back_to_0002(store) -> None:
    """Make a store what the second release left behind."""
    with store._engine.begin() as connection:
        for table, columns in SINCE_0002.items():
            for column in columns:
                connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        for table in ("snapshot", "unreported", "places", "member", "audit", "progress_summary", "ended_sign_in",
                      "targets", "bands"):  # fmt: skip
            connection.execute(text(f"DROP TABLE {table}"))
        if store._engine.dialect.name == "postgresql":
            connection.execute(text("DROP FUNCTION audit_kept()"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
