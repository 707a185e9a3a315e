"""Snapshots of meetings, and the past they name: what was known at a version is the same whatever comes later."""

import datetime as dt
from collections.abc import Callable
from itertools import count

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.uploads import COUNTY, EAST, WEST, commit, facts

from data.store import ReadOnlyError, SnapshotRefusedError, Store, StoreError, UndoRefusedError, open_store

PLAN = "test-2023"
AUGUST, SEPTEMBER = dt.date(2023, 8, 31), dt.date(2023, 9, 30)


def test_a_snapshot_keeps_date_version_and_who(store: Store) -> None:
    batch = commit(store, "facts", facts("2023-08"))
    before = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    kept = store.keep_snapshot(COUNTY, " 8月调度会 ", AUGUST, "县办", "议定三件事", verified=True)
    assert (kept.number, kept.name, kept.as_of, kept.version) == (1, "8月调度会", AUGUST, batch.batch_id)
    assert (kept.actor, kept.verified, kept.note, kept.active) == ("县办", True, "议定三件事", True)
    assert kept.label == "8月调度会 · 2023-08-31"
    (read,) = store.snapshots(COUNTY)
    assert read.at >= before
    assert read == kept
    assert store.snapshots("990102") == []


def test_it_moves_no_version_that_figures_are_cached_by_but_its_own(store: Store) -> None:
    commit(store, "facts", facts("2023-08"))
    before = store.versions(COUNTY)
    store.keep_snapshot(COUNTY, "会", AUGUST, "县办")
    store.remove_snapshot(COUNTY, 1, "县办")
    after = store.versions(COUNTY)
    assert after.pop("snapshots") == 2
    assert after.pop("audit") == before.pop("audit") + 2
    assert after == before


def test_removed_it_stays_with_who_removed_it_and_its_name_is_free_again(store: Store) -> None:
    commit(store, "facts", facts("2023-08"))
    store.keep_snapshot(COUNTY, "会", AUGUST, "县办")
    gone = store.remove_snapshot(COUNTY, 1, "值班员", "重复")
    assert (gone.active, gone.removed_by, gone.removed_note, gone.removed_verified) == (False, "值班员", "重复", False)
    assert store.keep_snapshot(COUNTY, "会", AUGUST, "县办").number == 2
    assert [(s.number, s.active) for s in store.snapshots(COUNTY)] == [(2, True), (1, False)]


def test_what_is_wrong_is_refused_and_changes_nothing(store: Store, url: str) -> None:
    with pytest.raises(SnapshotRefusedError) as nothing:
        store.keep_snapshot(COUNTY, "会", AUGUST, "县办")
    assert nothing.value.why == "no_version"  # nothing was ever stored
    commit(store, "facts", facts("2023-08"))
    store.keep_snapshot(COUNTY, "会", AUGUST, "县办")
    store.keep_snapshot(COUNTY, "会", SEPTEMBER, "县办")  # the name of another date
    for why, ask in {
        "taken": lambda: store.keep_snapshot(COUNTY, "会", AUGUST, "县办"),
        "no_name": lambda: store.keep_snapshot(COUNTY, "  ", AUGUST, "县办"),
        "no_version": lambda: store.keep_snapshot(COUNTY, "后天", AUGUST, "县办", version=99),
        "unknown": lambda: store.remove_snapshot(COUNTY, 7, "县办"),
    }.items():
        with pytest.raises(SnapshotRefusedError) as refused:
            ask()
        assert refused.value.why == why
    with pytest.raises(StoreError):
        store.keep_snapshot(COUNTY, "无名", AUGUST, " ")
    store.remove_snapshot(COUNTY, 2, "县办")
    with pytest.raises(SnapshotRefusedError) as refused:
        store.remove_snapshot(COUNTY, 2, "县办")
    assert refused.value.why == "removed"
    with open_store(url, read_only=True) as closed, pytest.raises(ReadOnlyError):
        closed.keep_snapshot(COUNTY, "晚了", AUGUST, "县办")
    assert len(store.snapshots(COUNTY)) == 2


def test_the_list_of_batches_reads_as_it_was(store: Store) -> None:
    first = commit(store, "facts", facts("2023-08"))
    second = commit(store, "facts", facts("2023-08", value=2))
    store.undo(COUNTY, second.batch_id, "a tester")
    then = store.batches(COUNTY, version=second.batch_id)
    assert [(b.batch_id, b.active) for b in then] == [(second.batch_id, True), (first.batch_id, True)]
    assert [b.active for b in store.batches(COUNTY)] == [False, False, True]


# ---- random histories ------------------------------------------------------------------------------------------------

steps = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.sampled_from(("2023-08", "2023-09")), st.sampled_from((EAST, WEST)),
                  st.integers(0, 9)),
        st.tuples(st.just("compute"), st.sampled_from((AUGUST, SEPTEMBER)), st.integers(0, 9)),
        st.tuples(st.just("undo"), st.integers(0, 4)),
        st.tuples(st.just("keep"), st.sampled_from("甲乙")),
    ),
    min_size=3,
    max_size=10,
)  # fmt: skip
counties = count(990400)


@pytest.fixture
def long_lived(store: Store) -> Callable[[], tuple[Store, str]]:
    """Give each example a county of its own in one store."""
    return lambda: (store, str(next(counties)))


def take(store: Store, county: str, step: tuple[object, ...]) -> None:
    match step:
        case ("send", month, town, value):
            commit(store, "facts", facts(month, town, value=float(value)), county=county)  # type: ignore[arg-type]
        case ("compute", day, value):
            row = {"indicator": "roads", "region": EAST, "as_of": day, "level": "township", "value": float(value)}  # type: ignore[arg-type]
            blank = dict.fromkeys(("numerator", "denominator", "alternative", "reported", "of"), np.nan)
            frame = pd.DataFrame([{**row, **blank, "newest": pd.NaT, "direct": False}])
            store.write_measures(county, PLAN, frame, ["roads"], day)  # type: ignore[arg-type]
            counts = pd.DataFrame([{"profile": "age", "as_of": day, "region": EAST, "category": "60", "n": value}])
            store.write_profiles(county, counts, ["age"], day)  # type: ignore[arg-type]
        case ("undo", nth):
            active = [b for b in store.batches(county) if b.active]
            if active:
                try:
                    store.undo(county, active[nth % len(active)].batch_id, "a tester")  # type: ignore[operator]
                except UndoRefusedError:
                    return
        case ("keep", name):
            try:
                store.keep_snapshot(county, str(name), AUGUST, "a tester")
            except SnapshotRefusedError:
                return


def seen(store: Store, county: str, version: int | None) -> list[object]:
    """Return all that pages read, as they would at a version; None = as they read the present."""
    rows = store.rows(county, "facts", version)[["geo_code", "as_of", "value"]]
    measures = store.measures(county, PLAN, version=version)[["indicator", "as_of", "value"]]
    profiles = store.profiles(county, version=version)
    frames = [sorted(map(tuple, f.astype(str).to_numpy())) for f in (rows, measures, profiles)]
    coverage = sorted(map(tuple, store.coverage(county, version).to_numpy()))
    return [*frames, coverage, [(b.batch_id, b.active) for b in store.batches(county, version=version)]]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=steps)
def test_the_past_stays_what_it_was(
    long_lived: Callable[[], tuple[Store, str]], history: list[tuple[object, ...]]
) -> None:
    store, county = long_lived()
    known: dict[int, list[object]] = {}
    for step in history:
        take(store, county, step)
        known[store.version(county)] = seen(store, county, None)
    assert {version: seen(store, county, version) for version in known} == known
    for kept in store.snapshots(county):
        assert seen(store, county, kept.version) == known[kept.version]


@pytest.mark.parametrize("again", ["８月调度会", "8月\u200b调度会", "8月 调度会", "8月调度会\ufeff"])
def test_a_name_that_reads_the_same_is_the_same(store: Store, again: str) -> None:
    commit(store, "facts", facts("2023-08"))
    store.keep_snapshot(COUNTY, "8月调度会", AUGUST, "县办")
    with pytest.raises(SnapshotRefusedError) as taken:
        store.keep_snapshot(COUNTY, again, AUGUST, "县办")
    assert taken.value.why == "taken"


@pytest.mark.parametrize("nothing", ["", "  ", "\u200b", "\ufeff\u2060"])
def test_a_name_nobody_sees_is_none(store: Store, nothing: str) -> None:
    commit(store, "facts", facts("2023-08"))
    with pytest.raises(SnapshotRefusedError) as refused:
        store.keep_snapshot(COUNTY, nothing, AUGUST, "县办")
    assert refused.value.why == "no_name"
