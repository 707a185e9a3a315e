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
