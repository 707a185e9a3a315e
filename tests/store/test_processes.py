"""Several processes at one store, and one that dies."""

import multiprocessing
import signal
import time
from collections.abc import Callable

import pytest
from sqlalchemy import text
from support.uploads import (
    COUNTY,
    EAST,
    WEST,
    commit,
    commit_many,
    die_in_commit,
    facts,
    open_only,
    try_version,
    values,
)

from data.store import Store, open_store
from data.store.schema import metadata

# Children start from a process that has imported the store and opened nothing.
fresh = multiprocessing.get_context("forkserver")
fresh.set_forkserver_preload(["data.store"])


def everything(store: Store) -> dict[str, int]:
    with store._reading(COUNTY) as connection:
        count = {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in metadata.tables
        }
    return {name: n for name, n in count.items() if n}


def test_killed_in_the_middle_of_a_commit_leaves_nothing(store: Store, url: str) -> None:
    commit(store, "facts", facts("2023-06"), raw=b"before")
    before = everything(store)
    dying = fresh.Process(target=die_in_commit, args=(url, 4000))
    dying.start()
    dying.join(60)
    assert dying.exitcode == -signal.SIGKILL
    assert everything(store) == before
    assert values(store) == [1, 1, 1]
    assert store.version(COUNTY) == store.version(COUNTY, "facts") == 1
    if url.startswith("sqlite"):
        with store._reading(COUNTY) as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    assert commit(store, "facts", facts("2023-06", value=2)).batch_id == 2


def test_four_writers_and_a_reader(store: Store, url: str) -> None:
    # Two write one county, two another; every commit gives all rows of a township one value.
    villages, times = 400, 4
    work = [(COUNTY, EAST), (COUNTY, WEST), ("990102", EAST), ("990102", WEST)]
    writers = [fresh.Process(target=commit_many, args=(url, *job, times, villages)) for job in work]
    for writer in writers:
        writer.start()
    seen: set[int] = set()
    reads = 0
    while any(writer.is_alive() for writer in writers):
        rows = store.rows(COUNTY, "facts")
        reads += 1
        for _, of_township in rows.groupby(rows["village_code"].str[:9]):
            assert len(of_township) == villages, "a part of a batch was seen"
            assert of_township["value"].nunique() == 1, "two batches were seen as one"
        seen.add(store.version(COUNTY))
        time.sleep(0.005)
    assert [writer.exitcode for writer in writers] == [0] * 4
    assert reads > 10
    for code in (COUNTY, "990102"):
        assert store.version(code) == 2 * times
        assert values(store, county=code) == [times - 1] * 2 * villages
        assert store.history(code)["batch_id"].tolist() == list(range(2 * times, 0, -1))


def test_reading_beside_a_writer_keeps_the_writers_lock(url: str, store: Store, kind: str) -> None:
    # A second SQLite library in the process would drop the first one's lock when it closes the file.
    commit(store, "facts", facts("2023-05"))
    asked = multiprocessing.get_context("forkserver").Value("i", -1)
    with store._writing(COUNTY):
        with open_store(url) as reader:
            assert values(reader) == [1, 1, 1]
        rival = fresh.Process(target=try_version, args=(url, asked))
        rival.start()
        rival.join(3)
        assert asked.value in {-1, 0}
        assert rival.is_alive(), "another process wrote at the same time"
    rival.join(30)
    assert (rival.exitcode, asked.value) == (0, 3)


def test_the_probe_moves_once_per_change_of_another_process(store: Store, another: Callable[[], Store]) -> None:
    other = another()
    batch = commit(other, "facts", facts("2023-05"))
    probes = [store.version(COUNTY, "facts") for _ in range(3)]
    other.undo(COUNTY, batch.batch_id, "a tester")
    probes += [store.version(COUNTY, "facts") for _ in range(3)]
    commit(other, "issues", _one_issue())
    probes += [store.version(COUNTY, "facts") for _ in range(3)]
    assert probes == [1, 1, 1, 2, 2, 2, 2, 2, 2]


def test_several_processes_may_open_an_empty_store_at_once(empty_url: str) -> None:
    openers = [fresh.Process(target=open_only, args=(empty_url,)) for _ in range(3)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join(60)
    assert [opener.exitcode for opener in openers] == [0] * 3
    with open_store(empty_url) as store:
        commit(store, "facts", facts("2023-05"))


def test_threads_share_one_store(store: Store) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def one(n: int) -> float:
        commit(store, "facts", facts("2023-05", f"99010110{n}", value=float(n)))
        return store.rows(COUNTY, "facts")["value"].max()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(one, range(8)))
    assert all(result >= n for n, result in enumerate(results))
    assert store.version(COUNTY) == 8


def _one_issue():
    from support.uploads import issues

    return issues(("1", "leak"))


@pytest.fixture(autouse=True)
def no_child_is_left():
    yield
    for child in multiprocessing.active_children():
        child.kill()
