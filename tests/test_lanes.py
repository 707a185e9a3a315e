"""Storing and computing take turns, and whoever stores goes first."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from data import lanes


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
