"""Checks take turns, but a large file holds up no small one."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from data import lanes, upload
from data.registry import county


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note, at the start of each check, how many are going on in its lane."""
    going: dict[str, int] = {"small files": 0, "large files": 0}
    seen: list[int] = []

    def slow(raw: bytes, *_: object, **__: object) -> None:
        name = lanes.for_file(raw)
        going[name] += 1
        seen.append(going[name])
        time.sleep(0.01)
        going[name] -= 1

    monkeypatch.setattr(upload, "check_file", slow)
    return seen


def test_files_are_checked_one_after_the_other(at_once: list[int]) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: upload.check(county("banan"), b"x", f"{n}.csv"), range(12)))
    assert at_once == [1] * 12


def test_a_large_file_holds_up_no_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    small_done, large_began = threading.Event(), threading.Event()

    def check(raw: bytes, *_: object, **__: object) -> None:
        if len(raw) >= lanes.LARGE:
            large_began.set()
            assert small_done.wait(10), "the small file waits for the large one"
        else:
            small_done.set()

    monkeypatch.setattr(upload, "check_file", check)
    with ThreadPoolExecutor(2) as pool:
        large = pool.submit(upload.check, county("banan"), b"x" * lanes.LARGE, "large.csv")
        assert large_began.wait(10)
        upload.check(county("banan"), b"x", "small.csv")
        large.result()


def test_all_that_wait_to_store_go_before_figures_are_computed() -> None:
    turns, done, first = lanes.Changes(), [], threading.Event()

    def store(name: str) -> None:
        with turns.storing():
            done.append(name)

    def compute() -> None:
        with turns.computing():
            done.append("figures")

    with ThreadPoolExecutor(8) as pool:

        def begin() -> None:
            with turns.storing():
                first.set()
                time.sleep(0.3)
                done.append("first")

        waiting = [pool.submit(begin)]
        assert first.wait(10)
        waiting.append(pool.submit(compute))
        time.sleep(0.05)
        waiting += [pool.submit(store, f"{n}") for n in range(5)]
        for one in waiting:
            one.result(10)
    assert done[0] == "first"
    assert done[-1] == "figures"


def test_a_turn_ends_even_if_it_fails() -> None:
    turns = lanes.Changes()
    with pytest.raises(ValueError, match="no"), turns.storing():
        raise ValueError("no")
    with turns.computing():
        pass
