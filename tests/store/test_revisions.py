"""Revised targets and bands in the store: rows of their version, undone, refused when they moved, on both databases."""

import datetime as dt

import pytest
from support.uploads import COUNTY

from data.plan_model import Milestone, Revision
from data.registry import Bands
from data.store import MovedError, Store
from data.store.audit import Wanted

STEPS = (Milestone(date=dt.date(2023, 6, 30), value=50), Milestone(date=dt.date(2023, 9, 30), value=85))
HIGHER = Revision.model_validate(
    {"from": dt.date(2023, 8, 1), "value": 85, "milestones": STEPS, "clause": "文号", "note": "市级加码"}
)


def held(store: Store, version: int | None = None) -> list[tuple[str, Revision]]:
    return [(one.indicator, one.revision) for one in store.target_revisions(COUNTY, version)]


def test_a_revision_is_known_from_its_version_until_it_is_undone(store: Store) -> None:
    first = store.revise_target(COUNTY, "plan", "x", HIGHER, "a tester", before={"value": 75.0})
    other = store.revise_target(COUNTY, "plan", "y", HIGHER, "a tester")
    assert store.version(COUNTY, "targets") == other.batch_id
    undo = store.undo(COUNTY, first.batch_id, "a tester", "有误")  # another indicator is not in its way
    assert held(store, first.batch_id) == [("x", HIGHER)]
    assert held(store, undo.batch_id - 1) == [("y", HIGHER), ("x", HIGHER)]
    assert held(store) == [("y", HIGHER)]
    assert [(one.indicator, one.counts) for one in store.target_revisions(COUNTY, ever=True)] == [
        ("y", True), ("x", False),
    ]  # fmt: skip
    assert store.data_version(COUNTY) == 0  # figures of the rows are as they were
    undone, _other, made = (entry.detail for entry in store.audit(COUNTY, Wanted(limit=3)))
    assert (made["was"], made["now"][0]["value"]) == ([{"value": 75.0}], 85.0)
    assert (undone["was"][0]["value"], undone["now"]) == (85.0, [{"value": 75.0}])
    assert (made["note"], undone["note"]) == ("市级加码", "有误")


def test_one_of_the_same_day_is_replaced_and_comes_back(store: Store) -> None:
    store.revise_target(COUNTY, "plan", "x", HIGHER, "a tester")
    other = HIGHER.but(value=80.0, milestones=None)
    second = store.revise_target(COUNTY, "plan", "x", other, "a tester")
    assert held(store) == [("x", other)]
    assert (second.added, second.changed) == (0, 1)
    store.undo(COUNTY, second.batch_id, "a tester")
    assert held(store) == [("x", HIGHER)]


def test_what_was_revised_since_it_was_looked_at_is_not_overruled(store: Store) -> None:
    store.revise_target(COUNTY, "plan", "x", HIGHER, "a tester")
    with pytest.raises(MovedError):
        store.revise_target(COUNTY, "plan", "x", HIGHER.but(value=80.0), "a tester", seen_at=0)
    store.revise_target(COUNTY, "plan", "y", HIGHER, "a tester", seen_at=0)


def test_bands_are_those_set_last(store: Store) -> None:
    assert store.band_revisions(COUNTY) == []
    first = store.revise_bands(COUNTY, Bands(slightly_behind=-4, behind=-8), "文号", "试行", "a tester")
    second = store.revise_bands(COUNTY, Bands(slightly_behind=-3, behind=-6), "文号", "试行", "a tester")
    assert [one.bands.behind for one in store.band_revisions(COUNTY, first.batch_id)] == [-8]
    store.undo(COUNTY, second.batch_id, "a tester")
    assert [(one.bands.behind, one.batch.note) for one in store.band_revisions(COUNTY)] == [(-8, "试行")]
