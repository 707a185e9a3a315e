"""Small typed frames to commit, and whole processes that commit them."""

import os
import resource
import signal
from collections.abc import Iterable
from multiprocessing.queues import Queue
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import pandas as pd

from data.backup import archive, back_up, filling, restore
from data.store import Batch, Store, Submission, batches, open_store
from data.store.model import Mode
from data.tables import typed

# An invented county: no real code begins with 99.
COUNTY = "990101"
EAST, WEST = "990101100", "990101200"


def facts(
    month: str, township: str = EAST, *, villages: int = 3, value: float = 1.0, items: Iterable[str] = ("roads",)
) -> pd.DataFrame:
    """One number for each village and item on the last day of `month`."""
    day = pd.Timestamp(month) + pd.offsets.MonthEnd(0)
    rows = [
        {"geo_level": "village", "geo_code": code, "village_code": code, "as_of": day, "item": item, "value": value}
        for code in (f"{township}{n:03d}" for n in range(villages))
        for item in items
    ]
    return typed("facts", pd.DataFrame(rows))


def projects(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    """Projects from `(id, month, township, paid)`."""
    return typed(
        "projects",
        pd.DataFrame(
            {
                "project_id": [r[0] for r in rows],
                "as_of": [pd.Timestamp(r[1]) + pd.offsets.MonthEnd(0) for r in rows],
                "village_code": [f"{r[2]}001" for r in rows],
                "paid": [r[3] for r in rows],
            }
        ),
    )


def issues(*rows: tuple[str, str]) -> pd.DataFrame:
    """Issues from `(id, problem)`, all in the east."""
    frame = pd.DataFrame({"issue_id": [r[0] for r in rows], "problem": [r[1] for r in rows]})
    return typed("issues", frame.assign(village_code=f"{EAST}001"))


def commit(
    store: Store, table: str, frame: pd.DataFrame, *, county: str = COUNTY, raw: bytes = b"", mode: Mode | None = None
) -> Batch:
    """Commit a frame under a plain file name."""
    return store.commit(Submission(county, table, frame, raw, f"{table}.csv", "a tester", mode=mode))


def values(store: Store, table: str = "facts", column: str = "value", *, county: str = COUNTY, at: int | None = None):
    """The sorted values of a column."""
    return sorted(store.rows(county, table, at)[column].tolist())


# ---- whole processes -------------------------------------------------------------------------------------------------


def commit_many(url: str, county: str, township: str, times: int, villages: int) -> None:
    """Commit `times` versions of one month, each with its own value in every row."""
    with open_store(url) as store:
        for turn in range(times):
            frame = facts("2023-05", township, villages=villages, value=float(turn))
            commit(store, "facts", frame, county=county, raw=f"{township} {turn}".encode())


def die_in_commit(url: str, villages: int) -> None:
    """Be killed with rows and raw file written, and the audit row not."""

    def killed(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    batches.record = killed  # type: ignore[assignment]
    with open_store(url) as store:
        commit(store, "facts", facts("2023-06", villages=villages, value=9.0), raw=b"the file of the dead")


def open_only(url: str) -> None:
    """Open a store, which makes its schema."""
    with open_store(url) as store:
        store.version(COUNTY)


def try_version(url: str, result: "Synchronized[int]") -> None:
    """Write one batch as soon as the store lets us, and tell its number; 0 while waiting."""
    with open_store(url) as store:
        result.value = 0
        result.value = commit(store, "facts", facts("2023-05", value=7.0)).batch_id


def in_little_room(room: int, work: str, arguments: tuple[object, ...], told: "Queue[tuple[str, str]]") -> None:
    """Do one of the works below where no file may grow beyond `room` bytes, and tell what became of it."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        globals()[work](*arguments)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        told.put((type(error).__name__, str(error)))
    else:
        told.put(("", ""))


def commit_much(url: str) -> None:
    """Commit some 6 MB."""
    with open_store(url) as store:
        commit(
            store, "facts", facts("2023-07", villages=900, items=[f"i{n}" for n in range(20)]), raw=os.urandom(2**20)
        )


def make_backup(url: str, home: str) -> None:
    """Back up a store."""
    back_up(url, Path(home))


def restore_backup(file: str, url: str, home: str) -> None:
    """Restore a backup."""
    restore(Path(file), url, Path(home))


def die_in_backup(url: str, home: str) -> None:
    """Be killed with the rows written, and the list of what is in the backup not."""
    archive.Writer.manifest = _killed  # type: ignore[method-assign]
    back_up(url, Path(home))


def die_in_restore(file: str, url: str, home: str) -> None:
    """Be killed with every row written, and none compared."""
    filling.compare = _killed  # type: ignore[assignment]
    restore(Path(file), url, Path(home))


def _killed(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
