"""What pages read is remembered as long as it holds: of a change only what it concerns is read and made anew."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from test_derive import BANAN, PLAN, funds, staff, upload

from data import derive, loaders
from data.progress import Cube
from data.store import Batch, Store, open_store

SLUG = BANAN.slug


@pytest.fixture
def store(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Let the loaders read a store of the test's own."""
    with open_store(f"sqlite:///{home / 'store.db'}") as found:
        monkeypatch.setattr(loaders, "store", lambda: found)
        yield found
    st.cache_resource.clear()


def page(show: Callable[[], object]) -> object:
    """Return what a page finds in a run of its own, behind a frame that has read everything."""
    loaders.begin_run()
    loaders.batches(SLUG)
    loaders.begin_page(SLUG)
    return show()


class Made:
    """A part of a page that counts how often it is made."""

    def __init__(self, *reads: str, name: str = "part") -> None:
        self.times, self.reads, self.name = 0, reads, name

    def __call__(self) -> int:
        return loaders.built(SLUG, PLAN.id, (self.name,), self._make)

    def _make(self) -> int:
        for table in self.reads:
            loaders.rows(SLUG, table)
        self.times += 1
        return self.times


def test_a_part_is_made_anew_when_what_it_reads_has_changed_and_not_else(store: Store) -> None:
    part = Made("funds")
    assert [page(part), page(part)] == [1, 1]
    upload(store, "staff", staff("2023-03", 2))
    assert page(part) == 1
    upload(store, "funds", funds("2023-03", 10))
    assert [page(part), page(part)] == [2, 2]


def test_a_part_may_be_made_of_what_its_page_read_before(store: Store) -> None:
    part = Made()

    def show() -> int:
        rows = loaders.rows(SLUG, "funds")
        return loaders.built(SLUG, PLAN.id, ("spent",), lambda: int(rows["spent"].sum()))

    upload(store, "funds", funds("2023-03", 10))
    assert [page(show), page(part)] == [10, 1]
    upload(store, "funds", funds("2023-03", 20))
    assert [page(show), page(part)] == [20, 1]


def test_a_part_rests_on_what_its_parts_rest_on(store: Store) -> None:
    inner, outer = Made("funds", name="inner"), Made(name="outer")
    outer._make = lambda: inner() * 10  # type: ignore[method-assign]
    assert [page(inner), page(outer)] == [1, 10]  # the inner one is not made within the outer one
    upload(store, "funds", funds("2023-03", 10))
    assert page(outer) == 20


def test_a_run_that_began_before_a_change_keeps_to_what_it_began_with(store: Store) -> None:
    upload(store, "funds", funds("2023-03", 10))

    def show() -> int:
        return loaders.built(SLUG, PLAN.id, ("spent",), lambda: int(loaders.rows(SLUG, "funds")["spent"].sum()))

    assert page(show) == 10
    loaders.begin_page(SLUG)  # the same run: another thread's is a newer one
    upload(store, "funds", funds("2023-03", 20))
    newer: list[object] = []
    other = Thread(target=lambda: newer.append(page(show)))
    other.start()
    other.join()
    assert newer == [20]
    assert show() == 10
    assert page(show) == 20


def test_what_is_read_as_it_was_known_is_a_part_of_its_own(store: Store) -> None:
    upload(store, "funds", funds("2023-03", 10))
    then = store.version(BANAN.code)

    def show() -> int:
        return loaders.built(SLUG, PLAN.id, ("spent",), lambda: int(loaders.rows(SLUG, "funds")["spent"].sum()))

    def before() -> int:
        with loaders.known_at(SLUG, then):
            return show()

    def both() -> tuple[int, int]:
        return show(), before()

    upload(store, "funds", funds("2023-03", 20))
    assert page(both) == (20, 10)
    upload(store, "funds", funds("2023-03", 30))
    assert page(both) == (30, 10)


def same(one: Cube, other: Cube) -> bool:
    """Whether two cubes show the same measures everywhere."""
    columns = ("value", "numerator", "denominator", "alternative", "reported", "of", "newest", "direct")
    asked = [(i.id, day, c) for i in PLAN.indicators for day in one.dates for c in columns]
    return one.dates == other.dates and all(
        pd.Series(one.grid(*what)).equals(pd.Series(other.grid(*what))) for what in asked
    )


def test_a_cube_that_is_brought_up_to_date_is_the_one_that_is_read_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through commits, a date that appears, and their undoing."""
    read, whole = Store.measures, []

    def counted(self: Store, *args: Any, **kwargs: Any) -> pd.DataFrame:
        whole.append(kwargs.get("blocks") is None)
        return read(self, *args, **kwargs)

    upload(store, "funds", funds("2023-03", 10))
    page(lambda: loaders.cube(SLUG, PLAN.id))
    batches: list[Batch] = []
    changes: list[Callable[[], Batch]] = [
        lambda: upload(store, "funds", funds("2023-03", 30)),
        lambda: upload(store, "staff", staff("2023-05", 9)),
        lambda: upload(store, "staff", staff("2023-05", 12)),
        lambda: store.undo(BANAN.code, batches[2].batch_id, "a tester"),
        lambda: store.undo(BANAN.code, batches[1].batch_id, "a tester"),
    ]
    newest: list[dt.date] = []
    for change in changes:
        batches.append(change())
        derive.after(store, BANAN, batches[-1])
        with monkeypatch.context() as watched:
            watched.setattr(Store, "measures", counted)
            cube = page(lambda: loaders.cube(SLUG, PLAN.id))
        assert isinstance(cube, Cube)
        assert same(cube, Cube(PLAN, store.measures(BANAN.code, PLAN.id), loaders.regions(SLUG, PLAN.id)))
        newest.append(max(cube.dates))
    assert whole == [False] * len(changes)
    assert [f"{day:%m}" for day in newest] == ["03", "05", "05", "05", "03"]


def test_what_is_older_than_the_newest_cube_is_read_by_itself(store: Store) -> None:
    upload(store, "funds", funds("2023-03", 10))
    then = store.version(BANAN.code)
    upload(store, "staff", staff("2023-05", 9))
    newest = page(lambda: loaders.cube(SLUG, PLAN.id))

    def before() -> Cube:
        with loaders.known_at(SLUG, then):
            return loaders.cube(SLUG, PLAN.id)

    old = page(before)
    assert isinstance(old, Cube)
    assert isinstance(newest, Cube)
    assert max(old.dates) < max(newest.dates)
    upload(store, "staff", staff("2023-05", 12))
    after = page(lambda: loaders.cube(SLUG, PLAN.id))
    assert isinstance(after, Cube)
    assert same(after, Cube(PLAN, store.measures(BANAN.code, PLAN.id), loaders.regions(SLUG, PLAN.id)))


def test_what_is_being_stored_is_shown_once_it_is_done_and_costs_those_nothing_who_see_it_as_it_was(
    store: Store,
) -> None:
    upload(store, "funds", funds("2023-03", 10))
    part = Made(name="figures")
    part._make = lambda: part_of(part)  # type: ignore[method-assign]

    def part_of(made: Made) -> int:
        loaders.cube(SLUG, PLAN.id)
        made.times += 1
        return made.times

    def look() -> int:
        loaders.begin_run()
        with loaders.looking(SLUG, "page", 0):
            loaders.begin_page(SLUG)
            return part()

    assert look() == 1
    with loaders.changing(SLUG):
        upload(store, "funds", funds("2023-03", 30))
        assert look() == 1
        loaders.begin_run()  # who stores it, or works on other files
        assert part() == 2
        assert look() == 1
    assert look() == 2
