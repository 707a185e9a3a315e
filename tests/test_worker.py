"""The worker: what it dies of is an error of that piece of work, and the next one is done all the same."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from pathlib import Path

import pytest

from data import worker as module
from data.intake import apart, check_file, limits
from data.store import NoSuchBatchError
from data.store.model import StaleError
from data.worker import MEMORY_BYTES, TooCostlyError, Worker

COUNTY = "500113"
TABLE = "村,日期,饮水安全户数\n平原村,2023-05-31,12\n".encode()


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.stop()


def _die() -> None:
    os.kill(os.getpid(), 9)


def _eat() -> int:
    return len(bytearray(2 * MEMORY_BYTES))


def _note(path: Path) -> int:
    """Fail if another one is at work, which has made the same file."""
    with path.open("x"):
        time.sleep(0.01)
    path.unlink()
    return os.getpid()


def test_what_is_understood_is_what_is_understood_in_the_server() -> None:
    book, checked = apart.look(TABLE, "五月.csv", None, copy, county_code=COUNTY)
    here = check_file(TABLE, "五月.csv", COUNTY)
    assert book is not None
    assert checked.table == here.table
    assert checked.frame.equals(here.frame)
    assert checked.problems.equals(here.problems)
    assert apart.look(TABLE, "五月.csv", book, copy, county_code=COUNTY)[1].frame.equals(here.frame)


def test_a_file_that_cannot_be_read_is_refused_with_its_own_reason() -> None:
    book, checked = apart.look(b"%PDF-1.7", "表.pdf", None, copy, county_code=COUNTY)
    assert book is None
    assert checked.refusal is not None
    assert checked.refusal.rule == check_file(b"%PDF-1.7", "表.pdf", COUNTY).refusal.rule


def test_it_is_another_process_and_takes_one_after_the_other(worker: Worker, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        seen = set(pool.map(lambda _: worker.run(_note, tmp_path / "busy", seconds=30), range(12)))
    assert len(seen) == 1
    assert os.getpid() not in seen


@pytest.mark.parametrize("work", [_die, _eat])
def test_what_the_process_cannot_bear_leaves_the_next_file_alone(worker: Worker, work: object) -> None:
    with pytest.raises(TooCostlyError):
        worker.run(work, seconds=30)
    assert worker.run(os.getpid, seconds=30) != os.getpid()


def _count(to: int, tell: Callable[[float], None]) -> str:
    for n in range(to):
        tell(n / to)
    return "counted"


def test_it_tells_how_far_it_is_and_raises_what_the_work_raises(worker: Worker) -> None:
    told: list[float] = []
    assert worker.run(_count, 4, seconds=30, tell=told.append) == "counted"
    assert told == [0, 0.25, 0.5, 0.75]
    with pytest.raises(ZeroDivisionError):
        worker.run(divmod, 1, 0, seconds=30)


def test_an_answer_nobody_waits_for_is_not_taken_for_the_next(worker: Worker) -> None:
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        worker.run(_count, 4, seconds=30, tell=stop)
    assert worker.run(divmod, 7, 2, seconds=30) == (3, 1)


def _spin() -> None:
    while True:
        pass


def test_what_takes_too_long_is_ended(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    worker.run(os.getpid, seconds=30)
    with pytest.raises(TooCostlyError):
        worker.run(_spin, seconds=0.2)
    worker.run(os.getpid, seconds=30)
    monkeypatch.setattr(module, "PATIENCE", 1)
    with pytest.raises(TooCostlyError):
        worker.run(time.sleep, 600, seconds=0.2)


def test_a_busy_machine_refuses_nothing(worker: Worker) -> None:
    worker.run(os.getpid, seconds=30)
    worker.run(time.sleep, 0.5, seconds=0.3)
    worker.run(os.getpid, seconds=30)


def _refused(what: str) -> None:
    raise StaleError(1, 2) if what == "stale" else NoSuchBatchError(COUNTY, 7)


@pytest.mark.parametrize(("what", "kind"), [("stale", StaleError), ("batch", NoSuchBatchError)])
def test_errors_that_ask_for_more_than_words_come_back_too(worker: Worker, what: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as raised:
        worker.run(_refused, what, seconds=30)
    with pytest.raises(kind) as here:
        _refused(what)
    assert str(raised.value) == str(here.value)
    assert "_refused" in raised.value.__notes__[0]
    assert worker.run(divmod, 7, 2, seconds=30) == (3, 1)


def test_a_file_that_costs_too_much_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object, **__: object) -> None:
        raise TooCostlyError

    monkeypatch.setattr(Worker, "run", dies)
    book, checked = apart.look(TABLE, "五月.csv", None, copy, county_code=COUNTY)
    assert book is None
    assert checked.refusal is not None
    assert checked.refusal.rule == "too_costly"
    assert "没有入库" in checked.refusal.text("zh")


def test_a_large_file_has_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    began, small_done = threading.Event(), threading.Event()

    def run(_: Worker, __: object, raw: bytes, *___: object, seconds: float) -> tuple[None, str]:
        if len(raw) >= limits.LARGE_BYTES:
            began.set()
            assert small_done.wait(10), "the small file waits for the large one"
        else:
            small_done.set()
        return None, "checked"

    monkeypatch.setattr(Worker, "run", lambda self, *given, seconds: _in_turn(self, run, *given, seconds=seconds))
    with ThreadPoolExecutor(2) as pool:
        large = pool.submit(apart.look, b"x" * limits.LARGE_BYTES, "large.csv", None, copy)
        assert began.wait(10)
        apart.look(b"x", "small.csv", None, copy)
        large.result()


def _in_turn(worker: Worker, run: object, *given: object, seconds: float) -> object:
    with worker._turn:
        return run(worker, *given, seconds=seconds)


def test_it_ends_when_nobody_sends_a_file(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE", 0.05)
    first = worker.run(os.getpid, seconds=30)
    until = time.monotonic() + 20
    while Path(f"/proc/{first}").exists():
        assert time.monotonic() < until, "the process is still there"
        time.sleep(0.02)
    assert worker.run(os.getpid, seconds=30) != first
