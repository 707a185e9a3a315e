"""Measures and profiles: written by part, read by version."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from support.uploads import COUNTY, commit, facts

from data.store import MEASURE_KINDS, InvalidSubmissionError, StaleError, Store

PLAN = "test-2023"
MAY, JUNE = dt.date(2023, 5, 31), dt.date(2023, 6, 30)


def measures(*rows: tuple[str, str, dt.date, float]) -> pd.DataFrame:
    frame = pd.DataFrame([dict(zip(("indicator", "region", "as_of", "value"), row, strict=True)) for row in rows])
    return frame.assign(
        level="village", numerator=1.0, denominator=2.0, alternative=np.nan, reported=1, of=2,
        newest=pd.Timestamp("2023-05-01"), direct=False,
    )  # fmt: skip


def shown(store: Store, version: int | None = None, **chosen: list[str]) -> dict[tuple[str, str, str], float]:
    frame = store.measures(COUNTY, PLAN, version=version, **chosen)
    keys = zip(frame["indicator"], frame["region"], frame["as_of"].dt.strftime("%m"), strict=True)
    return dict(zip(keys, frame["value"], strict=True))


A, B = "990101100001", "990101100002"


def test_measures_come_back_as_written(store: Store) -> None:
    frame = measures(("roads", A, MAY, 1.5), ("roads", B, MAY, np.nan)).astype({"as_of": "datetime64[ns]"})
    frame.loc[1, "newest"] = pd.NaT
    store.write_measures(COUNTY, PLAN, frame, ["roads"], MAY)
    back = store.measures(COUNTY, PLAN).sort_values("region", ignore_index=True)
    assert list(back.columns) == list(MEASURE_KINDS)
    expected = frame[list(MEASURE_KINDS)].astype(
        {"reported": float, "of": float, "newest": "datetime64[ns]", "indicator": object, "region": object}
    )
    pd.testing.assert_frame_equal(back, expected.astype({"level": object}))
    assert store.measures(COUNTY, "another-plan").empty
    assert store.measures("990102", PLAN).empty


def test_a_write_replaces_its_indicators_from_its_date_on_and_nothing_else(store: Store) -> None:
    both = [("roads", A, MAY, 1.0), ("roads", A, JUNE, 2.0), ("wells", A, MAY, 3.0), ("wells", A, JUNE, 4.0)]
    first = store.write_measures(COUNTY, PLAN, measures(*both), ["roads", "wells"], MAY)
    second = store.write_measures(COUNTY, PLAN, measures(("roads", B, JUNE, 9.0)), ["roads"], JUNE)
    assert shown(store) == {
        ("roads", A, "05"): 1, ("roads", B, "06"): 9, ("wells", A, "05"): 3, ("wells", A, "06"): 4
    }  # fmt: skip
    assert shown(store, first) == {(i, r, f"{d:%m}"): v for i, r, d, v in both}
    assert (first, second) == (1, 2)
    third = store.write_measures(COUNTY, PLAN, measures().reindex(columns=list(MEASURE_KINDS)), ["wells"], MAY)
    assert third == 3
    assert {key[0] for key in shown(store)} == {"roads"}
    assert shown(store, indicators=["wells"]) == {}
    assert shown(store, second, indicators=["wells"], regions=[A]) == {
        ("wells", A, "05"): 3, ("wells", A, "06"): 4
    }  # fmt: skip


def test_equal_measures_move_no_version(store: Store) -> None:
    frame = measures(("roads", A, MAY, 0.1), ("roads", B, MAY, np.nan))
    first = store.write_measures(COUNTY, PLAN, frame, ["roads"], MAY)
    assert store.write_measures(COUNTY, PLAN, frame.sample(frac=1, random_state=1), ["roads"], MAY) == first
    assert store.version(COUNTY) == first


def test_only_what_differs_gets_a_new_version(store: Store) -> None:
    frame = measures(*(("roads", f"{n:012d}", MAY, float(n)) for n in range(50)))
    store.write_measures(COUNTY, PLAN, frame, ["roads"], MAY)
    frame.loc[7, "reported"] = 0
    frame = frame.drop(index=8)
    assert store.write_measures(COUNTY, PLAN, frame, ["roads"], MAY) == 2
    back = store.measures(COUNTY, PLAN).set_index("region")
    assert (len(back), back.loc[f"{7:012d}", "reported"]) == (49, 0)
    assert len(store.measures(COUNTY, PLAN, version=1)) == 50
    with store._reading() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM measure").scalar()
    assert count == 51


def test_plans_do_not_touch_each_other(store: Store) -> None:
    store.write_measures(COUNTY, PLAN, measures(("roads", A, MAY, 1)), ["roads"], MAY)
    store.write_measures(COUNTY, "another-plan", measures(("roads", A, MAY, 2)), ["roads"], MAY)
    store.write_measures(COUNTY, "another-plan", measures(("roads", B, MAY, 3)), ["roads"], MAY)
    assert shown(store) == {("roads", A, "05"): 1}


def test_names_are_data_not_sql(store: Store) -> None:
    odd = 'it\'s 100% "odd" :name \\ $1 %s 指标'
    store.write_measures(COUNTY, PLAN, measures((odd, A, MAY, 1)), [odd], MAY)
    assert list(shown(store, indicators=[odd])) == [(odd, A, "05")]
    assert store.write_measures(COUNTY, PLAN, measures((odd, A, MAY, 1)), [odd], MAY) == 1


def test_measures_move_neither_the_data_nor_its_tables(store: Store) -> None:
    commit(store, "facts", facts("2023-05"))
    store.write_measures(COUNTY, PLAN, measures(("roads", A, MAY, 1)), ["roads"], MAY)
    assert store.data_version(COUNTY) == store.version(COUNTY, "facts") == 1
    assert store.version(COUNTY, "measures") == store.version(COUNTY) == 2


def test_measures_of_old_data_are_refused(store: Store) -> None:
    commit(store, "facts", facts("2023-05"))
    read = store.data_version(COUNTY)
    commit(store, "facts", facts("2023-06"))
    with pytest.raises(StaleError):
        store.write_measures(COUNTY, PLAN, measures(("roads", A, MAY, 1)), ["roads"], MAY, data_version=read)
    assert shown(store) == {}
    store.write_measures(COUNTY, PLAN, measures(("roads", A, MAY, 1)), ["roads"], MAY, data_version=read + 1)
    assert store.computed_version(COUNTY, PLAN) == 0
    before = store.version(COUNTY)
    store.mark_computed(COUNTY, PLAN, read + 1)
    assert (store.computed_version(COUNTY, PLAN), store.version(COUNTY)) == (read + 1, before)


def test_wrong_measures_are_refused(store: Store) -> None:
    good = measures(("roads", A, MAY, 1))
    for frame, indicators, since in (
        (pd.concat([good, good]), ["roads"], MAY),
        (good, ["wells"], MAY),
        (good, ["roads"], JUNE),
        (good.drop(columns="direct"), ["roads"], MAY),
        (good.assign(region=None), ["roads"], MAY),
    ):
        with pytest.raises(InvalidSubmissionError):
            store.write_measures(COUNTY, PLAN, frame, indicators, since)
    assert store.version(COUNTY) == 0


def test_profiles_are_written_and_read_by_version(store: Store) -> None:
    def counts(day: dt.date, **by: float) -> pd.DataFrame:
        frame = pd.DataFrame({"category": list(by), "n": list(by.values())})
        return frame.assign(profile="risk", region=A, as_of=day)

    first = store.write_profiles(COUNTY, counts(MAY, ill=5, old=6), ["risk"], MAY)
    second = store.write_profiles(COUNTY, counts(MAY, ill=7), ["risk"], MAY)

    def read(version: int | None = None, **chosen: list[str]) -> dict[str, float]:
        frame = store.profiles(COUNTY, version=version, **chosen)
        return dict(zip(frame["category"], frame["n"], strict=True))

    assert read() == {"ill": 7}
    assert read(first) == {"ill": 5, "old": 6}
    assert read(profiles=["other"]) == read(regions=[B]) == {}
    assert store.version(COUNTY, "profiles") == second == first + 1
