"""The stored summary holds the engine's own figures, of few dates, and moves with data, targets and bands."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from data import county_summary, derive
from data.plan import load_plan
from data.registry import Bands, County, county
from data.shown import NOTHING
from data.store import Store, Submission, open_store
from data.tables import typed
from geo.regions import regions

BANAN = county("banan")
PLAN = load_plan("banan-2023")
SAME = ("value", "numerator", "denominator", "target", "start_value", "gap", "completion", "reported", "of", "unit",
        "comparator", "concept")  # fmt: skip


@pytest.fixture
def store(home: Path) -> Store:
    return open_store(f"sqlite:///{home / 'store.db'}")


def upload(store: Store, table: str, rows: list[dict[str, object]]) -> object:
    frame = typed(table, pd.DataFrame(rows))
    batch = store.commit(Submission(BANAN.code, table, frame, b"", f"{table}.csv", "a tester", mode="replace"))
    derive.after(store, BANAN, batch)
    return batch


def funds(month: str, spent: float) -> list[dict[str, object]]:
    day = pd.Timestamp(month) + pd.offsets.MonthEnd(0)
    row = {"geo_code": "500113000000", "as_of": day, "year": 2023, "tier": "central", "fund": "linkage"}
    return [row | {"received": 100.0, "spent": spent}]


def villages_of(item: str, month: str, n: int) -> list[dict[str, object]]:
    day = pd.Timestamp(month) + pd.offsets.MonthEnd(0)
    codes = regions("500113").query("level == 'village'")["code"].head(n)
    return [{"geo_code": code, "as_of": day, "item": item, "value": 2.0} for code in codes]


def differing(store: Store, day: dt.date, entry: County = BANAN) -> list[str]:
    """Return where the summary says something else than `xianjie progress` at a date."""
    rows = store.summary(BANAN.code)
    rows = rows.loc[rows["as_of"] == pd.Timestamp(day)].set_index("indicator")
    told = derive.progress_at(store, entry, PLAN, day)
    assert list(rows.index.sort_values()) == sorted(r["indicator"] for r in told)
    found = []
    for record in told:
        row = rows.loc[record["indicator"]]
        for name in SAME:
            mine = None if pd.isna(row[name]) else row[name]
            if mine != (pytest.approx(record[name]) if isinstance(record[name], float) else record[name]):
                found.append(f"{record['indicator']} {name}: {mine} {record[name]}")
        if row["status"] != record["status"] and (row["status"], record["status"]) != (NOTHING, "no_data"):
            found.append(f"{record['indicator']}: {row['status']} {record['status']}")
    return found


def spent(store: Store, day: str) -> float:
    rows = store.summary(BANAN.code)
    concept = (rows["concept"] == "fund_expenditure_progress") & (rows["as_of"] == pd.Timestamp(day))
    return float(rows.loc[concept & rows["value"].notna(), "value"].iloc[0])


def test_the_summary_says_what_the_engine_says_after_commit_older_data_and_undo(store: Store) -> None:
    assert store.summary(BANAN.code).empty
    upload(store, "funds", funds("2023-03", 20))
    upload(store, "funds", funds("2023-05", 48))
    by_villages = next(i for i in PLAN.indicators if i.id in county_summary.counted(PLAN))
    if by_villages.data.table == "facts":
        upload(store, "facts", villages_of(by_villages.id, "2023-05", 30))
    assert spent(store, "2023-05-31") == pytest.approx(48)
    assert differing(store, dt.date(2023, 5, 31)) == []
    assert differing(store, dt.date(2023, 3, 31)) == []
    late = upload(store, "funds", funds("2023-04", 31))
    assert spent(store, "2023-04-30") == pytest.approx(31)
    derive.after(store, BANAN, store.undo(BANAN.code, late.batch_id, "a tester"))  # type: ignore[attr-defined]
    assert spent(store, "2023-04-30") == pytest.approx(20)
    assert differing(store, dt.date(2023, 4, 30)) == []
    assert set(store.summary(BANAN.code)["written_at_version"]) == {store.data_version(BANAN.code)}


def test_nothing_is_left_when_the_only_batch_is_undone(store: Store) -> None:
    batch = upload(store, "funds", funds("2023-03", 20))
    derive.after(store, BANAN, store.undo(BANAN.code, batch.batch_id, "a tester"))  # type: ignore[attr-defined]
    assert store.summary(BANAN.code).empty


def test_other_targets_and_bands_make_the_summary_anew_and_no_measure(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(store, "funds", funds("2023-05", 20))
    computed = store.version(BANAN.code, "measures")
    wide = BANAN.model_copy(update={"bands": Bands(slightly_behind=-90, behind=-95)})
    before = store.summary(BANAN.code)
    assert "far_behind" in set(before["status"])
    assert derive.behind(store, wide) > 0
    assert not derive.catch_up(store, wide)
    assert derive.behind(store, wide) == 0
    assert "slightly_behind" in set(store.summary(BANAN.code)["status"])
    assert differing(store, dt.date(2023, 5, 31), wide) == []
    assert not derive.catch_up(store, BANAN)
    pd.testing.assert_frame_equal(store.summary(BANAN.code), before)  # set back: what was computed once counts no more
    raised = {"value": 99.0, "rollup_value": 99.0}
    higher = tuple(i.model_copy(update=raised) if i.value == 75.0 else i for i in PLAN.indicators)
    monkeypatch.setattr(derive, "load_plan", lambda _: PLAN.model_copy(update={"indicators": higher}))
    assert not derive.catch_up(store, BANAN)
    assert 99.0 in set(store.summary(BANAN.code)["target"])
    assert store.version(BANAN.code, "measures") == computed


def test_dates_are_the_newest_and_the_month_ends_of_a_year() -> None:
    known = [d.date() for d in pd.date_range("2021-01-31", "2023-05-31", freq="ME")]
    found = county_summary.dates([*known, dt.date(2023, 5, 10), dt.date(2023, 6, 10)])
    assert found[0] == dt.date(2022, 7, 31)
    assert found[-1] == dt.date(2023, 6, 10)
    assert dt.date(2023, 5, 10) not in found
    assert len(found) == 12
    assert county_summary.dates([]) == []
