"""Power, disk, clock, database: whatever fails is told in words, nothing is lost, nothing is half done."""

import datetime as dt
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from support import uploads
from support.uploads import COUNTY, EAST, commit, commit_many, facts, in_little_room, values

from data import past
from data.backup import BackupError, back_up, restore
from data.language import translator
from data.store import DiskFullError, Store, UnavailableError, batches, open_store
from data.store.database import no_room
from data.upload_words import refusal

# Children start from a process that has imported the store and opened nothing.
fresh = multiprocessing.get_context("forkserver")
fresh.set_forkserver_preload(["data.store", "data.backup"])


def in_a_process(work: Callable[..., None], *arguments: object) -> int | None:
    process = fresh.Process(target=work, args=arguments)
    process.start()
    process.join(60)
    return process.exitcode


def told_in_little_room(room: int, work: str, *arguments: object) -> tuple[str, str]:
    """Return which error a work met, and what it said."""
    told = fresh.Queue()
    assert in_a_process(in_little_room, room, work, arguments, told) == 0
    return told.get(timeout=5)


@pytest.fixture
def file_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.db'}"


def whole(store: Store) -> bool:
    with store._reading(COUNTY) as connection:
        return connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"


# ---- the disk is full ------------------------------------------------------------------------------------------------


def test_a_full_disk_refuses_a_commit_and_loses_nothing(file_url: str) -> None:
    with open_store(file_url) as store:
        commit(store, "facts", facts("2023-06"), raw=b"before")
        error, _ = told_in_little_room(2_000_000, "commit_much", file_url)
        assert error == "DiskFullError"
        assert (values(store), store.version(COUNTY), whole(store)) == ([1, 1, 1], 1, True)
        # With room again it goes on, in this process and in others.
        commit(store, "facts", facts("2023-07", value=2))
        assert store.version(COUNTY) == 2


def test_a_full_disk_refuses_a_backup_and_leaves_the_older(file_url: str, home: Path) -> None:
    with open_store(file_url) as store:
        commit(
            store, "facts", facts("2023-06", villages=900, items=[f"i{n}" for n in range(20)]), raw=os.urandom(2**20)
        )
    older = back_up(file_url, home).file
    before = (home / "last-backup.json").read_text("utf-8")
    error, said = told_in_little_room(500_000, "make_backup", file_url, str(home))
    assert error == "BackupError"
    assert str(home / "backups") in said
    assert [path.name for path in (home / "backups").iterdir()] == [older.name]
    assert (home / "last-backup.json").read_text("utf-8") == before


def test_a_full_disk_refuses_a_restore_and_leaves_the_place_empty(file_url: str, home: Path, tmp_path: Path) -> None:
    with open_store(file_url) as store:
        commit(
            store, "facts", facts("2023-06", villages=900, items=[f"i{n}" for n in range(20)]), raw=os.urandom(2**20)
        )
    made = back_up(file_url, home).file
    there = tmp_path / "there"
    place = f"sqlite:///{there / 'store.db'}"
    error, _ = told_in_little_room(1_000_000, "restore_backup", str(made), place, str(there))
    assert error == "DiskFullError"
    restore(made, place, there)
    with open_store(place) as restored:
        assert len(values(restored)) == 18_000


def test_what_a_full_disk_is_told_as() -> None:
    assert no_room(psycopg.errors.DiskFull())
    assert not no_room(psycopg.errors.UniqueViolation())
    for lang in ("zh", "en"):
        assert refusal(DiskFullError(), translator(lang)) != refusal(UnavailableError("x"), translator(lang))


# ---- killed ----------------------------------------------------------------------------------------------------------


def test_a_backup_that_is_killed_is_none(store: Store, url: str, home: Path) -> None:
    commit(store, "facts", facts("2023-06"))
    assert in_a_process(uploads.die_in_backup, url, str(home)) == -signal.SIGKILL
    left = list((home / "backups").iterdir())
    assert [path.suffix for path in left] == [".partial"]
    with pytest.raises(BackupError):
        restore(left[0], f"sqlite:///{home / 'other' / 'store.db'}", home / "other")
    # What was left is swept away once it is certain that nobody writes it any more.
    back_up(url, home)
    assert left[0].exists()
    os.utime(left[0], (time.time() - 7200,) * 2)
    back_up(url, home)
    assert not left[0].exists()


def test_a_restore_that_is_killed_leaves_an_empty_place(
    store: Store, url: str, home: Path, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    commit(store, "facts", facts("2023-06"))
    made = back_up(url, home).file
    there = tmp_path / "there"
    place = f"sqlite:///{there / 'store.db'}" if kind == "sqlite" else request.getfixturevalue("server").create()
    assert in_a_process(uploads.die_in_restore, str(made), place, str(there)) == -signal.SIGKILL
    restore(made, place, there)
    with open_store(place) as restored:
        assert values(restored) == [1, 1, 1]


# ---- the clock jumps -------------------------------------------------------------------------------------------------


def test_a_clock_that_jumps_back_changes_no_order(
    store: Store, url: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(dt.datetime):
        days = iter([400, 0, -400, 1])

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return dt.datetime(2026, 1, 1, tzinfo=tz) + dt.timedelta(days=next(cls.days))

    shim = type("shim", (), {"datetime": Clock, "UTC": dt.UTC, "date": dt.date})
    monkeypatch.setattr(batches, "dt", shim)
    made = [commit(store, "facts", facts("2023-06", value=float(n))) for n in range(3)]
    undone = store.undo(COUNTY, made[2].batch_id, "a tester")
    assert undone.at < made[0].at
    assert [b.number for b in store.batches(COUNTY)] == [4, 3, 2, 1]
    assert values(store) == [1, 1, 1]
    monkeypatch.undo()
    found = store.batches(COUNTY)
    for day in (dt.date(2020, 1, 1), dt.date(2025, 6, 1), dt.date(2026, 1, 1), dt.date(2030, 1, 1)):
        moment = past.until(day, found)
        if moment.last:
            assert store.rows(COUNTY, "facts", moment.version) is not None
    # A batch counts in a moment with all that came before it, whatever their clocks said.
    assert past.until(dt.date(2025, 1, 1), found).last == next(b for b in found if b.number == 3)
    made_backup = back_up(url, home).file
    place = f"sqlite:///{tmp_path / 'there' / 'store.db'}"
    restore(made_backup, place, tmp_path / "there")
    with open_store(place) as restored:
        assert restored.batches(COUNTY) == found


# ---- the database goes and comes back --------------------------------------------------------------------------------


@pytest.mark.postgres
def test_a_postgresql_that_is_restarted_is_found_again() -> None:
    from support import postgres

    with postgres.running() as server, open_store(server.create()) as store:
        commit(store, "facts", facts("2023-06"))
        assert values(store) == [1, 1, 1]
        server.stop()
        for ask in (
            lambda: store.version(COUNTY),
            lambda: store.rows(COUNTY, "facts"),
            lambda: commit(store, "facts", facts("2023-07")),
        ):
            with pytest.raises(UnavailableError):
                ask()
        server.start()
        assert values(store) == [1, 1, 1]
        assert commit(store, "facts", facts("2023-07")).number == 2
        # Restarted between two questions, as an upgrade of the system does: nobody notices.
        server.stop()
        server.start()
        assert store.version(COUNTY) == 2
        assert len(values(store)) == 6
        assert commit(store, "facts", facts("2023-08")).number == 3


# ---- two processes on one file ---------------------------------------------------------------------------------------


def test_two_processes_on_one_file_wait_for_each_other(file_url: str, home: Path) -> None:
    with open_store(file_url) as store:
        commit(store, "facts", facts("2023-06"))
        other = fresh.Process(target=commit_many, args=(file_url, COUNTY, EAST, 8, 300))
        other.start()
        mine = [commit(store, "facts", facts("2023-06", value=float(n))).number for n in range(8)]
        made = back_up(file_url, home)
        other.join(60)
        assert other.exitcode == 0
        assert mine == sorted(mine)
        assert store.version(COUNTY) == 17
        assert [b.number for b in store.batches(COUNTY)] == list(range(17, 0, -1))
        assert whole(store)
        assert made.manifest.tables["batch"].rows >= 9


def test_a_file_that_another_program_holds_is_told_in_words(file_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.store.database.BUSY_MS", 50)
    with open_store(file_url) as store, open_store(file_url) as holding:
        commit(store, "facts", facts("2023-06"))
        with holding._writing(COUNTY), pytest.raises(UnavailableError) as refused:
            commit(store, "facts", facts("2023-07"))
        assert "another change" in str(refused.value)
        assert values(store) == [1, 1, 1]
        commit(store, "facts", facts("2023-07"))


@pytest.fixture(autouse=True)
def no_child_is_left():
    yield
    for child in multiprocessing.active_children():
        child.kill()
