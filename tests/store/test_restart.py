"""A server killed in the middle of an import, and started again."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.server import running

from data import derive, upload
from data.registry import county
from data.store import Store, batches, open_store
from geo.regions import regions

BANAN = county("banan")
PLAN = BANAN.plans[0]
TOWN = regions(BANAN.code).query("level == 'township'")["code"].iloc[0]
RAW = f"区划代码,月末,层级,资金种类,到位额（万元）,累计支出（万元）\n{TOWN},2023-04-30,中央,衔接资金,100,20".encode()

fresh = multiprocessing.get_context("forkserver")


def send(url: str) -> None:
    """Import as the upload page does."""
    with open_store(url) as store:
        checked = upload.check(BANAN, RAW, "funds.csv")
        assert checked.ok
        upload.commit(store, BANAN, checked, RAW, upload.Actor("a tester"))


def _killed(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_before_storing(url: str) -> None:
    """Be killed with the rows written, and the batch not."""
    batches.record = _killed  # type: ignore[assignment]
    send(url)


def die_before_computing(url: str) -> None:
    """Be killed with the batch committed, and its figures not computed."""
    derive.after = _killed  # type: ignore[assignment]
    send(url)


def killed_in(work: Callable[[str], None], url: str) -> None:
    process = fresh.Process(target=work, args=(url,))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL


def figures(store: Store) -> list[tuple[object, ...]]:
    found = store.measures(BANAN.code, PLAN)
    return sorted(map(tuple, found.astype(object).where(found.notna(), None).astype(str).to_numpy().tolist()))


def test_a_server_killed_in_mid_import_is_whole_after_its_restart(home: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{home / 'store.db'}"
    killed_in(die_before_storing, url)
    with open_store(url) as store:
        assert (store.batches(BANAN.code), store.version(BANAN.code)) == ([], 0)
    killed_in(die_before_computing, url)
    with open_store(url) as store, running(home):
        (batch,) = store.batches(BANAN.code)
        assert (batch.rows, batch.active) == (1, True)
        until = time.monotonic() + 120
        while upload.figures_follow(store, BANAN):
            assert time.monotonic() < until, "the server did not compute what was left"
            time.sleep(0.2)
        undisturbed = f"sqlite:///{tmp_path / 'undisturbed.db'}"
        send(undisturbed)
        with open_store(undisturbed) as other:
            assert figures(store) == figures(other)
            assert len(figures(store)) > 10


@pytest.fixture(autouse=True)
def no_child_is_left():
    yield
    for child in multiprocessing.active_children():
        child.kill()
