"""Work takes turns: on files behind those who look, and what is stored before what is computed."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from components.outcome import Box
from data import lanes, parts


def test_all_that_wait_to_store_go_before_figures_are_computed() -> None:
    turns, done, first, all_wait = lanes.Changes(), [], threading.Event(), threading.Event()

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
                assert all_wait.wait(10)
                done.append("first")

        waiting = [pool.submit(begin)]
        assert first.wait(10)
        waiting.append(pool.submit(compute))
        waiting += [pool.submit(store, f"{n}") for n in range(5)]
        while turns._to_store < 5:
            time.sleep(0.01)
        all_wait.set()
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


def test_one_works_in_a_lane_goes_on_in_it_and_lets_others_in_while_waiting() -> None:
    lane, inside, told = lanes.Lane(), threading.Event(), []

    def other() -> None:
        with lane.taken():
            told.append("other")
            inside.set()

    with lane.taken(), lane.taken():
        thread = threading.Thread(target=other)
        thread.start()
        assert not inside.wait(0.1)
        with lane.left():
            assert inside.wait(10)
        thread.join()
        told.append("first again")
        blocked = threading.Thread(target=other)
        blocked.start()
        blocked.join(0.1)
        assert blocked.is_alive()  # entered as often as it had been
    blocked.join(10)
    assert told == ["other", "first again", "other"]


def test_who_is_in_no_lane_leaves_none() -> None:
    lane = lanes.Lane()
    with lane.left(), lane.taken():
        pass
    with ThreadPoolExecutor(1) as pool:

        def enter() -> bool:
            with lane.taken():
                return True

        assert pool.submit(enter).result(10)


def test_a_failure_leaves_the_lane_free() -> None:
    lane = lanes.Lane()
    with pytest.raises(ZeroDivisionError), lane.taken(), lane.left():
        _ = 1 / 0
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: lane.taken().__enter__() is None).result(10)


def test_pieces_of_work_on_files_let_pages_by_but_not_for_ever() -> None:
    looking, told = lanes.Looking(), []
    drawn = threading.Event()

    def draw() -> None:
        with looking.drawing():
            drawn.set()
            time.sleep(0.05)
            told.append("page")

    thread = threading.Thread(target=draw)
    thread.start()
    assert drawn.wait(10)
    looking.let_by()
    told.append("file")
    thread.join()
    assert told == ["page", "file"]
    with looking.drawing():
        looking.let_by()  # a page that takes long holds nobody up for long


def test_a_few_pages_are_drawn_at_a_time_and_who_waits_for_something_else_is_none_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looking, go, at_once, most = lanes.Looking(), threading.Event(), [0], [0]
    monkeypatch.setattr(lanes, "LOOKING", looking)
    counting = threading.Lock()

    def draw(*, away: bool = False) -> None:
        with looking.drawing():
            if away:
                with lanes.aside("files"):
                    assert go.wait(10)
                return
            with counting:
                at_once[0] += 1
                most[0] = max(most[0], at_once[0])
            time.sleep(0.02)
            with counting:
                at_once[0] -= 1

    with ThreadPoolExecutor(3 * lanes.BESIDE) as pool:
        waiting = [pool.submit(draw, away=True) for _ in range(lanes.BESIDE)]
        drawn = [pool.submit(draw) for _ in range(2 * lanes.BESIDE)]
        for one in drawn:
            one.result(10)  # those that wait hold up none
        go.set()
        for one in waiting:
            one.result(10)
    assert 1 <= most[0] <= lanes.BESIDE
    assert looking._room._value == lanes.BESIDE


def test_a_page_is_drawn_although_those_before_it_wait_for_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "PATIENCE", 0.01)
    looking, go = lanes.Looking(), threading.Event()

    def draw() -> bool:
        with looking.drawing():
            return go.wait(10)

    with ThreadPoolExecutor(lanes.BESIDE) as pool:
        slow = [pool.submit(draw) for _ in range(lanes.BESIDE)]
        while len(looking._threads) < lanes.BESIDE:
            time.sleep(0.01)
        with looking.drawing():
            go.set()
        assert all(one.result(10) for one in slow)
    assert looking._room._value == lanes.BESIDE


def test_a_page_that_waited_for_something_else_does_not_wait_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    looking, let_by = lanes.Looking(), []
    monkeypatch.setattr(lanes, "LOOKING", looking)
    monkeypatch.setattr(looking, "let_by", lambda: let_by.append(1))
    with looking.drawing(), lanes.aside("files"):
        pass
    assert not let_by
    with lanes.lane("files"), lanes.aside("files"):
        pass
    assert len(let_by) == 2  # before the first piece of work on a file, and before the next


def test_who_waits_for_a_part_lets_other_pages_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    looking, kept, making, go = lanes.Looking(), parts.Parts(4), threading.Event(), threading.Event()
    monkeypatch.setattr(parts, "LOOKING", looking)
    monkeypatch.setattr(lanes, "PATIENCE", 60)

    def slow() -> int:
        making.set()
        assert go.wait(10)
        return 1

    def draw() -> int:
        with looking.drawing():
            return kept.get(("slow",), slow)

    def other() -> int:
        with looking.drawing():
            return 2

    with ThreadPoolExecutor(9) as pool:
        waiting = [pool.submit(draw) for _ in range(8)]
        assert making.wait(10)
        assert pool.submit(other).result(10) == 2
        go.set()
        assert [one.result(10) for one in waiting] == [1] * 8
    assert looking._room._value == lanes.BESIDE


def test_a_run_that_waits_for_another_of_its_session_to_store_holds_up_no_lane() -> None:
    """A click while something is stored begins a run beside it, which waits; the first comes back into the lane."""
    kept, stores, waits, told = Box(), threading.Event(), threading.Event(), []

    def storing() -> None:
        with lanes.lane("files"), kept.busy, lanes.aside("files"):
            stores.set()
            assert waits.wait(10)
            time.sleep(0.1)
        told.append("stored")

    def clicked() -> None:
        assert stores.wait(10)
        with lanes.lane("files"):
            waits.set()
            kept.wait()
            told.append("waited")

    threads = [threading.Thread(target=one, daemon=True) for one in (storing, clicked)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(told) == ["stored", "waited"]


def test_work_on_files_gives_way_to_pages_in_proportion_to_what_it_worked(monkeypatch: pytest.MonkeyPatch) -> None:
    looking, clock, waited = lanes.Looking(), [10.0], []
    monkeypatch.setattr(lanes, "LOOKING", looking)
    monkeypatch.setattr(lanes, "thread_time", lambda: clock[0])
    monkeypatch.setattr(looking, "let_by", lambda longest=lanes.POLITE: waited.append(longest))
    lanes.give_way("files")
    assert waited == []  # in no lane: whoever stores, or shows how far it is
    with lanes.lane("files"):
        clock[0] += 0.02
        lanes.give_way("files")
        lanes.give_way("files")
        with lanes.lane("files"):
            clock[0] += 0.01
            lanes.give_way("files")
    assert waited == pytest.approx([lanes.POLITE, 4 * 0.02, 0, 4 * 0.01])


def test_whoever_stores_lets_pages_by_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    looking, waited = lanes.Looking(), []
    monkeypatch.setattr(lanes, "LOOKING", looking)
    monkeypatch.setattr(looking, "let_by", lambda longest=lanes.POLITE: waited.append(longest))
    with lanes.Changes().storing():
        assert waited == [lanes.POLITE]


def test_a_page_that_lets_others_by_does_not_wait_for_itself() -> None:
    looking = lanes.Looking()

    def draw() -> bool:
        with looking.drawing():
            looking.let_by(60)
        return True

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(draw).result(10)
