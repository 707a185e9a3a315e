"""From the first release's schema to the newest, with rows of every table that the first release itself wrote."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support.first_release import COUNTY, FILE, TOLD, digest, told

from data.backup import restore
from data.backup.archive import Archive
from data.backup.lines import load, tables_of
from data.store import Store, open_store
from data.store.database import changing_schema, open_engine, prepare, upgrade
from data.store.schema import REVISION, metadata
from data.tables import tables

EXPECTED = json.loads(TOLD.read_text("utf-8"))


def as_it_was(url: str) -> None:
    """Make the first release's store: its own schema, its own rows."""
    engine = open_engine(url)
    prepare(engine)
    with Archive(FILE) as archive, changing_schema(engine) as connection:
        upgrade(connection, "0001")
        there = {table.name: table for table in tables_of(connection)}
        for name, columns in archive.columns().items():
            load(connection, there[name], columns, archive.lines(name))
    engine.dispose()


def in_place(url: str, _home: Path) -> None:
    as_it_was(url)


def from_a_backup(url: str, home: Path) -> None:
    restore(FILE, url, home)


def test_the_fixture_has_rows_of_every_table() -> None:
    with Archive(FILE) as archive:
        assert archive.revision == "0001"
        first = set(metadata.tables) - {"snapshot", "unreported", "places"}
        assert {name for name, table in archive.manifest.tables.items() if table.rows} >= first & set(archive.columns())
        assert set(tables()) < set(archive.columns())


@pytest.mark.parametrize("way", [in_place, from_a_backup])
def test_a_store_of_the_first_release_keeps_every_row_and_figure(
    empty_url: str, home: Path, way: Callable[[str, Path], None]
) -> None:
    way(empty_url, home)
    with open_store(empty_url) as store:
        found = told(store)
        for name, columns in EXPECTED["columns"].items():
            frame = read(store, name)
            assert digest(frame, columns) == EXPECTED["digests"][name], name
            # What came later is blank in what was there before.
            assert frame[[c for c in frame.columns if c not in columns]].isna().all(axis=None), name
        for part in ("rows", "version", "batches", "nils", "raw", "boundaries"):
            assert found[part] == EXPECTED[part], part
        goes_on(store)


def goes_on(store: Store) -> None:
    """Undo what the first release imported, and import again what it exported."""
    batches = store.batches(COUNTY)
    corrected = next(b for b in batches if b.file_name == "更正.csv" and b.active)
    rows = store.rows(COUNTY, "facts")
    undone = store.undo(COUNTY, corrected.batch_id, "a tester")
    assert undone.added == corrected.rows
    back = store.rows(COUNTY, "facts")
    day = rows["as_of"].max()  # whose values the first release had raised by one
    raised = rows.loc[rows["as_of"] == day, "value"].notna().sum()
    assert rows["value"].sum() - back["value"].sum() == pytest.approx(raised)
    assert len(rows) == len(back)
    assert raised > 50
    assert store.batches(COUNTY)[0].number == batches[0].number + 1


def read(store: Store, name: str):
    if name == "profiles":
        return store.profiles(COUNTY)
    if name == "measures":
        from data.registry import county

        return store.measures(COUNTY, county(COUNTY).plans[0])
    return store.rows(COUNTY, name)


def test_the_newest_schema_is_reached(empty_url: str) -> None:
    as_it_was(empty_url)
    with open_store(empty_url) as store, store._engine.connect() as connection:
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext

        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == REVISION
