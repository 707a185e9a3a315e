"""Taking back batches, reading earlier states, and the two together on random histories."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count, product

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.uploads import COUNTY, EAST, WEST, commit, facts, issues, projects, values

from data.store import Batch, KeyTakenError, NoSuchBatchError, Scope, Store, StoreError, Submission, UndoRefusedError
from data.store.model import Mode
from data.tables import typed

MONTHS = ("2023-05", "2023-06")
TOWNSHIPS = (EAST, WEST)


def test_undo_brings_back_what_the_batch_replaced(store: Store) -> None:
    commit(store, "facts", facts("2023-05", value=1))
    wrong = commit(store, "facts", facts("2023-05", villages=5, value=2))
    undo = store.undo(COUNTY, wrong.batch_id, "a tester", "wrong month")
    assert values(store) == [1, 1, 1]
    assert (undo.action, undo.undoes, undo.added, undo.removed) == ("undo", wrong.batch_id, 3, 5)
    assert store.version(COUNTY, "facts") == undo.batch_id
    assert store.batch(COUNTY, wrong.batch_id).undone_by == undo.batch_id


def test_undo_of_a_merge_touches_no_other_row(store: Store) -> None:
    commit(store, "issues", issues(("1", "leak"), ("2", "crack")))
    wrong = commit(store, "issues", issues(("2", "nonsense"), ("3", "nonsense")))
    commit(store, "issues", issues(("4", "well")))
    store.undo(COUNTY, wrong.batch_id, "a tester")
    assert values(store, "issues", "problem") == ["crack", "leak", "well"]


def test_undo_steps_back_batch_by_batch(store: Store) -> None:
    batches = [commit(store, "facts", facts("2023-05", value=v)) for v in (1, 2, 3)]
    for batch, left in zip(reversed(batches), ([2, 2, 2], [1, 1, 1], []), strict=True):
        store.undo(COUNTY, batch.batch_id, "a tester")
        assert values(store) == left


def test_undo_is_refused_and_names_the_later_batches(store: Store) -> None:
    first = commit(store, "facts", facts("2023-05", value=1))
    elsewhere = commit(store, "facts", facts("2023-05", WEST, value=5))
    later = commit(store, "facts", facts("2023-05", value=2))
    before = store.version(COUNTY)
    with pytest.raises(UndoRefusedError) as refused:
        store.undo(COUNTY, first.batch_id, "a tester")
    assert refused.value.batches == (later,)
    for word in (f"batch {later.batch_id}", "facts.csv", "a tester", f"{later.at:%Y-%m-%d}"):
        assert word in str(refused.value)
    assert store.version(COUNTY) == before
    store.undo(COUNTY, elsewhere.batch_id, "a tester")
    store.undo(COUNTY, later.batch_id, "a tester")
    store.undo(COUNTY, first.batch_id, "a tester")
    assert values(store) == []


def test_only_batches_of_the_same_items_are_in_the_way(store: Store) -> None:
    def send(item: str, value: float) -> Batch:
        scope = Scope("facts", ("2023-05",), (EAST,), (item,))
        frame = facts("2023-05", value=value, items=(item,))
        return store.commit(Submission(COUNTY, "facts", frame, b"", "f.csv", "a tester", mode="replace", scope=scope))

    roads, wells, again = send("roads", 1), send("wells", 2), send("roads", 3)
    assert [b.batch_id for b in store.in_the_way(COUNTY, roads.batch_id)] == [again.batch_id]
    store.undo(COUNTY, wells.batch_id, "a tester")
    assert values(store) == [3, 3, 3]
    every = commit(store, "facts", facts("2023-05", villages=1, value=4))
    assert [b.batch_id for b in store.in_the_way(COUNTY, again.batch_id)] == [every.batch_id]


def test_no_nil_return_comes_back_over_rows_of_other_items(store: Store) -> None:
    scope = Scope("facts", ("2023-05",), (EAST,))
    nothing = typed("facts", pd.DataFrame())
    store.commit(Submission(COUNTY, "facts", nothing, b"", "", "a tester", scope=scope, action="nil"))
    sent = []
    for item in ("roads", "wells"):
        own = Scope("facts", ("2023-05",), (EAST,), (item,))
        frame = facts("2023-05", items=(item,))
        sent.append(store.commit(Submission(COUNTY, "facts", frame, b"", "f", "a tester", mode="replace", scope=own)))
    assert [b.batch_id for b in store.in_the_way(COUNTY, sent[0].batch_id)] == [sent[1].batch_id]


def test_what_is_in_the_way_is_known_before_and_asking_changes_nothing(store: Store) -> None:
    first = commit(store, "facts", facts("2023-05", value=1))
    later = commit(store, "facts", facts("2023-05", value=2))
    before = store.version(COUNTY)
    assert store.in_the_way(COUNTY, first.batch_id) == [later]
    assert store.in_the_way(COUNTY, later.batch_id) == []
    assert store.version(COUNTY) == before
    store.undo(COUNTY, later.batch_id, "a tester")
    assert store.in_the_way(COUNTY, first.batch_id) == []


def profiles(value: float) -> pd.DataFrame:
    row = {"profile": "age", "as_of": pd.Timestamp(2023, 5, 31), "region": EAST, "category": "60", "n": value}
    return pd.DataFrame([row])


def test_batches_are_counted_without_gaps_though_computing_takes_versions(store: Store) -> None:
    first = commit(store, "facts", facts("2023-05", value=1))
    store.write_profiles(COUNTY, profiles(1.0), ["age"], dt.date(2023, 1, 1))
    store.write_profiles(COUNTY, profiles(2.0), ["age"], dt.date(2023, 1, 1))
    second = commit(store, "facts", facts("2023-06", value=2))
    undo_ = store.undo(COUNTY, second.batch_id, "a tester")
    assert second.batch_id == first.batch_id + 3
    assert [b.number for b in (first, second, undo_)] == [1, 2, 3]
    assert [(b.number, b.undoes_number, b.undone_by_number) for b in store.batches(COUNTY)] == [
        (3, 2, None),
        (2, None, 3),
        (1, None, None),
    ]


def test_undo_of_a_merge_is_refused_for_shared_keys_only(store: Store) -> None:
    first = commit(store, "issues", issues(("1", "leak"), ("2", "crack")))
    commit(store, "issues", issues(("3", "road")))
    later = commit(store, "issues", issues(("2", "crack, wider")))
    with pytest.raises(UndoRefusedError) as refused:
        store.undo(COUNTY, first.batch_id, "a tester")
    assert refused.value.batches == (later,)


def test_undo_twice_or_of_an_undo_is_refused(store: Store) -> None:
    batch = commit(store, "facts", facts("2023-05"))
    undo = store.undo(COUNTY, batch.batch_id, "a tester")
    for number in (batch.batch_id, undo.batch_id):
        with pytest.raises(StoreError):
            store.undo(COUNTY, number, "a tester")
    with pytest.raises(NoSuchBatchError):
        store.undo(COUNTY, 99, "a tester")
    assert store.version(COUNTY) == undo.batch_id


def test_undo_of_a_nil_return_brings_the_rows_back(store: Store) -> None:
    commit(store, "facts", facts("2023-05"))
    scope = Scope("facts", ("2023-05",), (EAST,))
    nothing = Submission(
        COUNTY, "facts", typed("facts", pd.DataFrame()), b"", "", "a tester", scope=scope, action="nil"
    )
    nil = store.commit(nothing)
    rows = commit(store, "facts", facts("2023-05", value=2))
    assert store.nils(COUNTY) == []
    store.undo(COUNTY, rows.batch_id, "a tester")
    assert (values(store), store.nils(COUNTY)) == ([], [scope])
    store.undo(COUNTY, nil.batch_id, "a tester")
    assert (values(store), store.nils(COUNTY)) == ([1, 1, 1], [])


def test_a_row_taken_over_by_another_township_is_not_revived_beside_it(store: Store) -> None:
    commit(store, "projects", projects(("P1", "2023-05", EAST, 1)))
    emptied = commit(store, "projects", projects(("P2", "2023-05", EAST, 2)))
    taker = commit(store, "projects", projects(("P1", "2023-05", WEST, 3)))
    with pytest.raises(UndoRefusedError) as refused:
        store.undo(COUNTY, emptied.batch_id, "a tester")
    assert refused.value.batches == (taker,)
    assert values(store, "projects", "paid") == [2, 3]


def test_an_earlier_version_reads_as_it_was_known_then(store: Store) -> None:
    commit(store, "facts", facts("2023-05", value=1))
    second = commit(store, "facts", facts("2023-05", value=2))
    store.undo(COUNTY, second.batch_id, "a tester")
    commit(store, "facts", facts("2023-05", value=4))
    assert [values(store, at=v) for v in range(5)] == [[], [1] * 3, [2] * 3, [1] * 3, [4] * 3]


def test_rows_tell_their_batch(store: Store) -> None:
    first = commit(store, "facts", facts("2023-05", EAST, villages=1))
    commit(store, "facts", facts("2023-05", WEST, villages=1))
    undone = commit(store, "facts", facts("2023-05", EAST, villages=1, value=3))
    store.undo(COUNTY, undone.batch_id, "a tester")
    rows = store.rows(COUNTY, "facts", batch_id=True).set_index("geo_code")["batch_id"]
    assert rows.to_dict() == {f"{EAST}000": first.batch_id, f"{WEST}000": first.batch_id + 1}


def test_boundaries_are_versioned_like_rows(store: Store) -> None:
    assert store.boundaries(COUNTY) is None
    report = {"matched": 3, "not matched": ["某村"]}

    def put(body: bytes) -> Batch:
        return store.put_boundaries(
            COUNTY, body, report=report, raw=b"raw " + body, file_name="b.geojson", actor="a tester"
        )

    first, second = put(b"{1}"), put(b"{2}")
    found = store.boundaries(COUNTY)
    assert found is not None
    assert (found.body, found.report, found.batch_id) == (b"{2}", report, second.batch_id)
    assert store.raw(COUNTY, first.batch_id) == b"raw {1}"
    assert store.version(COUNTY, "boundaries") == second.batch_id
    with pytest.raises(UndoRefusedError):
        store.undo(COUNTY, first.batch_id, "a tester")
    store.undo(COUNTY, second.batch_id, "a tester")
    found = store.boundaries(COUNTY)
    assert found is not None
    assert found.body == b"{1}"
    assert store.data_version(COUNTY) == 0


# ---- random histories ------------------------------------------------------------------------------------------------
# The model of a history is its batches in order; a state is what replaying them gives. An undo takes its batch out of
# the list: so an accepted undo must leave exactly what would be there had the batch never come.

Row = tuple[str, str, str, float]  # project, month, township, paid


@dataclass(frozen=True)
class Send:
    mode: Mode
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Nil:
    months: tuple[str, ...]
    townships: tuple[str, ...]


@dataclass(frozen=True)
class Undo:
    nth: int


class ClashError(Exception):
    pass


@dataclass
class State:
    rows: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    nils: set[tuple[str, str]] = field(default_factory=set)

    def apply(self, step: Send | Nil) -> None:
        if isinstance(step, Nil):
            scope = set(product(step.months, step.townships))
            new: tuple[Row, ...] = ()
        else:
            new = step.rows
            scope = set(product({r[1] for r in new}, {r[2] for r in new}))
        kept = dict(self.rows)
        if isinstance(step, Nil) or step.mode == "replace":
            kept = {key: value for key, value in kept.items() if (key[1], value[0]) not in scope}
            if any((r[0], r[1]) in kept for r in new):
                raise ClashError
        self.rows = kept | {(r[0], r[1]): (r[2], r[3]) for r in new}
        self.nils = (self.nils - scope) | (scope if isinstance(step, Nil) else set())


def replayed(steps: dict[int, Send | Nil]) -> State:
    state = State()
    for _, step in sorted(steps.items()):
        state.apply(step)
    return state


def stored(store: Store, county: str, version: int | None = None) -> State:
    rows = store.rows(county, "projects", version)
    months = rows["as_of"].dt.strftime("%Y-%m")
    townships = rows["village_code"].str[:9]
    found = zip(rows["project_id"], months, townships, rows["paid"], strict=True)
    listed = [((p, m), (t, v)) for p, m, t, v in found]
    assert len({key for key, _ in listed}) == len(listed)
    nils = {pair for scope in store.nils(county, version) for pair in scope.pairs()}
    return State(dict(listed), nils)


some = st.lists(
    st.tuples(
        st.sampled_from("ABC"), st.sampled_from(MONTHS), st.sampled_from(TOWNSHIPS), st.integers(0, 9).map(float)
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda row: row[:2],
).map(tuple)
sends = st.builds(Send, st.sampled_from(("replace", "merge")), some)
nils = st.builds(
    Nil,
    st.sampled_from((MONTHS[:1], MONTHS[1:], MONTHS)),
    st.sampled_from((TOWNSHIPS[:1], TOWNSHIPS[1:], TOWNSHIPS)),
)
histories = st.lists(st.one_of(sends, sends, nils, st.builds(Undo, st.integers(0, 4))), min_size=2, max_size=9)
counties = count(990200)


@pytest.fixture
def long_lived(store: Store) -> Callable[[], tuple[Store, str]]:
    """Give each example a county of its own in one store."""
    return lambda: (store, str(next(counties)))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=histories)
def test_any_history(long_lived: Callable[[], tuple[Store, str]], steps: list[Send | Nil | Undo]) -> None:
    store, county = long_lived()
    active: dict[int, Send | Nil] = {}
    known = [State()]
    for step in steps:
        if isinstance(step, Undo):
            if not active:
                continue
            number = sorted(active)[step.nth % len(active)]
            in_the_way = undo(store, county, number)
            assert in_the_way <= {n for n in active if n > number}
            if not in_the_way:
                del active[number]
                known.append(replayed(active))
        else:
            expected = replayed(active)
            try:
                expected.apply(step)
            except ClashError:
                with pytest.raises(KeyTakenError):
                    send(store, county, step)
            else:
                batch = send(store, county, step)
                assert batch.added + batch.changed + batch.unchanged == batch.rows
                assert len(expected.rows) - len(known[-1].rows) == batch.added - batch.removed
                active[batch.batch_id] = step
                known.append(expected)
        assert store.version(county) == len(known) - 1
        assert stored(store, county) == known[-1]
    # What later batches and undos did has changed no earlier state.
    assert [stored(store, county, version) for version in range(len(known))] == known


def undo(store: Store, county: str, number: int) -> set[int]:
    """Undo a batch; return the numbers of those that were in the way."""
    told_before, refused = {b.batch_id for b in store.in_the_way(county, number)}, set[int]()
    try:
        store.undo(county, number, "a tester")
    except UndoRefusedError as error:
        refused = {b.batch_id for b in error.batches}
    assert refused == told_before
    return refused


def send(store: Store, county: str, step: Send | Nil) -> Batch:
    if isinstance(step, Send):
        return commit(store, "projects", projects(*step.rows), county=county, mode=step.mode)
    scope = Scope("projects", step.months, step.townships)
    frame = typed("projects", pd.DataFrame())
    return store.commit(Submission(county, "projects", frame, b"", "", "a tester", scope=scope, action="nil"))
