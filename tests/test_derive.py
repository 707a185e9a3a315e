"""Derive recomputes what a batch affects, from the earliest date on, and nothing else; undo restores the figures."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from data import derive, revision
from data.plan import Revision, load_plan
from data.registry import County, county
from data.store import Batch, Scope, Store, Submission, open_store
from data.tables import empty, typed
from data.worker import USUAL
from geo.regions import regions

BANAN = county("banan")
PLAN = load_plan("banan-2023")


@pytest.fixture
def store(home: Path) -> Store:
    return open_store(f"sqlite:///{home / 'store.db'}")


def funds(month: str, spent: float, received: float = 100.0) -> pd.DataFrame:
    """Central funds of the county, year to date, at the end of a month."""
    day = pd.Timestamp(month) + pd.offsets.MonthEnd(0)
    row = {"geo_code": "500113000000", "as_of": day, "year": 2023, "tier": "central", "fund": "linkage"}
    return typed("funds", pd.DataFrame([row | {"received": received, "spent": spent}]))


def staff(month: str, villages: int) -> pd.DataFrame:
    """One person a month in each of some villages."""
    codes = regions("500113").query("level == 'village'")["code"].head(villages)
    day = pd.Timestamp(month) + pd.offsets.MonthEnd(0)
    rows = [
        {
            "staff_id": f"S{n}",
            "village_code": code,
            "month": month,
            "as_of": day,
            "role": "first_secretary",
            "days": 20.0,
        }
        for n, code in enumerate(codes)
    ]
    return typed("staff", pd.DataFrame(rows))


def commit(store: Store, table: str, frame: pd.DataFrame, entry: County = BANAN) -> Batch:
    return store.commit(Submission(entry.code, table, frame, b"", f"{table}.csv", "a tester", mode="replace"))


def upload(store: Store, table: str, frame: pd.DataFrame) -> Batch:
    batch = commit(store, table, frame)
    derive.after(store, BANAN, batch)
    return batch


def measures(store: Store) -> pd.DataFrame:
    frame = store.measures(BANAN.code, PLAN.id)
    return frame.sort_values(["indicator", "region", "as_of"]).reset_index(drop=True)


class Writes:
    """What was handed to the store as measures: indicators, from when, at which dates."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[set[str], dt.date, set[dt.date]]] = []
        write = Store.write_measures

        def spy(
            store: Store, code: str, plan: str, frame: pd.DataFrame, ids: list[str], start: dt.date, **more: int
        ) -> int:
            self.calls.append((set(ids), start, {d.date() for d in frame["as_of"]}))
            return write(store, code, plan, frame, ids, start, **more)

        monkeypatch.setattr(Store, "write_measures", spy)


def reading(table: str) -> set[str]:
    return {i.id for i in PLAN.indicators if i.data.table == table}


def test_a_correction_recomputes_only_its_readers_and_only_from_its_month(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(store, "funds", funds("2023-03", 20))
    upload(store, "funds", funds("2023-05", 50))
    writes = Writes(monkeypatch)
    upload(store, "funds", funds("2023-04", 30))
    assert len(writes.calls) == 1
    indicators, start, days = writes.calls[0]
    assert indicators == reading("funds")
    assert start == dt.date(2023, 4, 1)
    assert days
    assert min(days) >= dt.date(2023, 4, 1)


def test_a_newer_month_adds_its_dates_for_every_indicator(store: Store) -> None:
    upload(store, "funds", funds("2023-03", 20))
    before = measures(store)
    upload(store, "funds", funds("2023-04", 30))
    now = measures(store)
    april = now[now["as_of"] == "2023-04-30"]
    assert before["as_of"].max() == pd.Timestamp(2023, 3, 31)
    assert set(april["indicator"]) == set(before["indicator"])
    assert {i.data.table for i in PLAN.indicators if i.id in set(april["indicator"])} > {"funds", "projects", "facts"}
    old = now[now["as_of"] <= "2023-03-31"].reset_index(drop=True)
    pd.testing.assert_frame_equal(old, before)


def test_undo_restores_the_exact_measures_and_dates(store: Store) -> None:
    upload(store, "funds", funds("2023-03", 20))
    upload(store, "staff", staff("2023-03", 4))
    before = measures(store)
    batch = upload(store, "staff", staff("2023-05", 7))
    assert len(measures(store)) > len(before)
    undone = store.undo(BANAN.code, batch.batch_id, "a tester", "wrong month")
    derive.after(store, BANAN, undone)
    pd.testing.assert_frame_equal(measures(store), before)


def test_the_first_batch_undone_leaves_no_measures(store: Store) -> None:
    batch = upload(store, "funds", funds("2023-03", 20))
    derive.after(store, BANAN, store.undo(BANAN.code, batch.batch_id, "a tester", ""))
    assert measures(store).empty


def test_a_stop_between_commit_and_derive_is_caught_up(store: Store) -> None:
    upload(store, "funds", funds("2023-03", 20))
    commit(store, "funds", funds("2023-04", 30))
    assert measures(store)["as_of"].max() == pd.Timestamp(2023, 3, 31)
    assert derive.catch_up(store, BANAN)
    assert measures(store)["as_of"].max() == pd.Timestamp(2023, 4, 30)
    assert not derive.catch_up(store, BANAN)


def test_a_plan_that_asks_something_else_is_computed_anew_one_with_another_target_is_not(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(store, "funds", funds("2023-03", 20))
    plan = derive.load_plan(BANAN.plans[0])
    spent = next(i for i in plan.indicators if i.data.table == "funds" and not i.milestones)

    def revised(**change: object) -> object:
        return plan.but(indicators=tuple(i.but(**change) if i is spent else i for i in plan.indicators))

    monkeypatch.setattr(derive, "load_plan", lambda _: revised(value=1.0, name_en="Other"))
    assert not derive.catch_up(store, BANAN)
    raised = Revision.model_validate({"from": "2023-08-01", "value": 90})
    monkeypatch.setattr(derive, "load_plan", lambda _: revised(revisions=(raised,)))
    assert not derive.catch_up(store, BANAN)
    put_off = Revision.model_validate({"from": "2023-08-01", "due": "2023-12-15"})
    monkeypatch.setattr(derive, "load_plan", lambda _: revised(revisions=(put_off,)))
    assert derive.catch_up(store, BANAN)  # a date to look at that there was not before
    monkeypatch.setattr(derive, "load_plan", lambda _: revised(rollup="none"))
    assert derive.catch_up(store, BANAN)
    assert not derive.catch_up(store, BANAN)


@pytest.mark.parametrize("what", ["code", "declared_profiles", "places"])
def test_what_figures_rest_on_besides_the_data_has_them_computed_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    upload(store, "funds", funds("2023-03", 20))
    assert not derive.behind(store, BANAN)
    monkeypatch.setattr(revision, what, lambda *_: "another release")
    assert derive.behind(store, BANAN) == store.data_version(BANAN.code)
    assert derive.catch_up(store, BANAN)
    assert not derive.catch_up(store, BANAN)


def test_the_code_that_computes_is_found_with_all_it_imports() -> None:
    names = {file.stem for file in revision.computing()}
    assert {"measures", "sources", "schedule", "expressions", "profiles", "places", "tables", "regions"} <= names
    assert not {"derive", "store", "upload"} & names


def test_the_next_batch_also_computes_what_an_earlier_one_left(store: Store) -> None:
    upload(store, "funds", funds("2023-04", 20))
    commit(store, "staff", staff("2023-03", 4))
    upload(store, "funds", funds("2023-04", 30))
    left = measures(store)
    derive.derive(store, BANAN)
    pd.testing.assert_frame_equal(measures(store), left)
    assert not derive.catch_up(store, BANAN)


def test_what_several_batches_left_is_computed_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(store, "funds", funds("2023-03", 20.0))
    batches = [
        commit(store, "funds", funds("2023-04", 30.0)),
        commit(store, "staff", staff("2023-04", 3)),
        commit(store, "funds", funds("2023-05", 40.0)),
    ]
    asked, plain = [], derive.derive
    monkeypatch.setattr(derive, "derive", lambda *a, **k: asked.append(a[2:4]) or plain(*a, **k))
    for batch in batches:
        derive.after(store, BANAN, batch)
    assert asked == [({"funds", "staff"}, dt.date(2023, 4, 1))]
    found = measures(store)
    derive.derive(store, BANAN)
    pd.testing.assert_frame_equal(found, measures(store))


def test_data_that_arrives_while_computing_is_not_lost(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    compute, late = derive.compute, [funds("2023-03", 60)]

    def slow(*args: object, **named: object) -> pd.DataFrame:
        if late:
            commit(store, "funds", late.pop())
        return compute(*args, **named)

    monkeypatch.setattr(derive, "compute", slow)
    upload(store, "funds", funds("2023-03", 20))
    found = measures(store)
    monkeypatch.undo()
    derive.derive(store, BANAN)
    pd.testing.assert_frame_equal(measures(store), found)


def test_progress_at_an_evaluation_date_is_what_is_stored(store: Store) -> None:
    upload(store, "funds", funds("2023-03", 20))
    upload(store, "funds", funds("2023-06", 46.3))
    day = dt.date(2023, 6, 30)
    records = derive.progress_at(store, BANAN, PLAN, day)
    kept = measures(store).query("region == @PLAN.top_region and as_of == @day")
    stored = dict(zip(kept["indicator"], kept["value"], strict=True))
    assert any(value > 0 for value in stored.values())
    for record in records:
        value = stored.get(record["indicator"], float("nan"))
        assert record["value"] is None if pd.isna(value) else record["value"] == pytest.approx(value)


def test_no_data_at_all_computes_nothing(store: Store) -> None:
    derive.derive(store, BANAN)
    assert measures(store).empty


def problem(number: str, village: str, found: str | None, closed: str | None = None) -> dict[str, object]:
    row = {"issue_id": number, "village_code": village, "domain": "water", "severity": "normal"}
    return row | {"found_on": found and pd.Timestamp(found), "closed_on": closed and pd.Timestamp(closed)}


def listed(store: Store, *rows: dict[str, object]) -> Batch:
    frame = typed("issues", pd.DataFrame(list(rows)))
    batch = store.commit(Submission(BANAN.code, "issues", frame, b"", "issues.csv", "a tester"))
    derive.after(store, BANAN, batch)
    return batch


def nothing(store: Store, *townships: str) -> Batch:
    scope = Scope("issues", ("-",), townships)
    batch = store.commit(
        Submission(BANAN.code, "issues", empty("issues"), b"", "", "a tester", scope=scope, action="nil")
    )
    derive.after(store, BANAN, batch)
    return batch


def said(store: Store) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    found = derive.load_tables(store, BANAN).statements
    return sorted((s.months, s.townships) for s in found if s.table == "issues")


TOWNS = regions("500113").query("level == 'township'")["code"].str[:9].to_list()
EAST, WEST = TOWNS[:2]


def village_of(township: str) -> str:
    codes = regions("500113").query("level == 'village'")["code"]
    return str(codes[codes.str.startswith(township)].iloc[0])


def test_a_list_is_of_the_months_its_rows_tell_of(store: Store) -> None:
    listed(store, problem("1", village_of(EAST), "2023-02-10"), problem("2", village_of(EAST), None))
    listed(store, problem("3", village_of(WEST), "2023-03-01", "2023-05-02"))
    assert said(store) == [(("2023-02",), (EAST,)), (("2023-03", "2023-04", "2023-05"), (WEST,))]


def test_rows_a_later_file_took_over_still_say_of_when_the_first_one_was(store: Store) -> None:
    listed(store, problem("1", village_of(EAST), "2023-02-10"))
    second = listed(store, problem("1", village_of(EAST), "2023-02-10", "2023-03-05"))
    assert said(store) == [(("2023-02",), (EAST,)), (("2023-02", "2023-03"), (EAST,))]
    derive.after(store, BANAN, store.undo(BANAN.code, second.batch_id, "a tester", ""))
    assert said(store) == [(("2023-02",), (EAST,))]


def test_a_county_wide_list_speaks_for_all(store: Store) -> None:
    listed(store, problem("1", village_of(EAST), "2023-02-10"), problem("2", village_of(WEST), "2023-02-10") | {
        "village_code": None, "geo_code": "500113000000"})  # fmt: skip
    assert said(store) == [(("2023-02",), ("-",))]


def test_a_list_without_dates_is_of_the_month_the_data_had_reached_whatever_comes_later(store: Store) -> None:
    slip = upload(store, "funds", funds("2023-06", 1))
    derive.after(store, BANAN, store.undo(BANAN.code, slip.batch_id, "a tester", "a slip"))
    march = upload(store, "funds", funds("2023-03", 20))
    nothing(store, EAST)
    listed(store, problem("1", village_of(WEST), None))
    upload(store, "funds", funds("2023-04", 40))
    of_march = [(("2023-03",), (EAST,)), (("2023-03",), (WEST,))]
    assert said(store) == of_march
    derive.after(store, BANAN, store.undo(BANAN.code, march.batch_id, "a tester", ""))
    assert said(store) == of_march


def test_a_list_before_any_dated_data_holds_at_any_date(store: Store) -> None:
    nothing(store, EAST)
    assert said(store) == [(("-",), (EAST,))]


def test_lists_derived_batch_by_batch_are_what_a_full_recomputation_gives(store: Store) -> None:
    upload(store, "funds", funds("2023-06", 20))
    listed(store, problem("1", village_of(EAST), "2023-02-10"))
    first = measures(store)
    dropped = listed(store, problem("2", village_of(WEST), "2023-04-10", "2023-05-10"))
    nothing(store, TOWNS[2])
    upload(store, "funds", funds("2023-07", 30))
    derive.after(store, BANAN, store.undo(BANAN.code, dropped.batch_id, "a tester", ""))
    step_by_step = measures(store)
    derive.derive(store, BANAN)
    pd.testing.assert_frame_equal(measures(store), step_by_step)
    water = next(i for i in PLAN.indicators if i.data.table == "issues" and "water" in (i.data.where or ""))
    reported = first[(first["indicator"] == water.id) & (first["region"] == village_of(EAST))].set_index("as_of")[
        "reported"
    ]
    assert reported[pd.Timestamp(2023, 2, 28)] == 1
    assert reported[pd.Timestamp(2023, 3, 31)] == 0
    assert not first[(first["indicator"] == water.id) & (first["region"] == village_of(WEST))]["reported"].any()


def test_the_worker_computes_the_same_figures(store: Store) -> None:
    commit(store, "funds", funds("2023-03", 20))
    batch = commit(store, "funds", funds("2023-05", 50))
    told: list[float] = []
    USUAL.stop()  # one of another test looks into that test's store
    try:
        derive.apart(BANAN, batch, told.append)
    finally:
        USUAL.stop()
    found = measures(store)
    assert derive.behind(store, BANAN) == 0
    assert told[-1] == 1
    derive.derive(store, BANAN)
    pd.testing.assert_frame_equal(found, measures(store))
