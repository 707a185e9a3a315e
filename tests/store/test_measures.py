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
    with store._reading(COUNTY) as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM measure").scalar()
    assert count == 51


def test_plans_do_not_touch_each_other(store: Store) -> None:
    store.write_measures(COUNTY, PLAN, measures(("roads", A, MAY, 1)), ["roads"], MAY)
    store.write_measures(COUNTY, "another-plan", measures(("roads", A, MAY, 2)), ["roads"], MAY)
    store.write_measures(COUNTY, "another-plan", measures(("roads", B, MAY, 3)), ["roads"], MAY)
    assert shown(store) == {("roads", A, "05"): 1}


def test_what_changed_between_two_versions_is_found_and_read_by_itself(store: Store) -> None:
    """A cube is renewed by these blocks alone: one that is left out would be shown as it was for good."""
    silent = measures(("wells", A, JUNE, np.nan)).assign(
        numerator=np.nan, denominator=np.nan, reported=0, newest=pd.NaT
    )
    first = store.write_measures(
        COUNTY, PLAN,
        pd.concat([measures(("roads", A, MAY, 1), ("roads", A, JUNE, 2), ("wells", A, MAY, 3)), silent]),
        ["roads", "wells"], MAY,
    )  # fmt: skip
    store.write_measures(COUNTY, "another-plan", measures(("roads", A, MAY, 1)), ["roads"], MAY)
    assert store.blocks_changed(COUNTY, PLAN, first, store.version(COUNTY)) == set()
    changed = store.write_measures(COUNTY, PLAN, measures(("roads", A, JUNE, 5)), ["roads"], JUNE)
    gone = store.write_measures(COUNTY, PLAN, measures().reindex(columns=list(MEASURE_KINDS)), ["roads"], JUNE)
    reported = store.write_measures(COUNTY, PLAN, measures(("wells", A, JUNE, 6)), ["wells"], JUNE)
    assert store.blocks_changed(COUNTY, PLAN, first, changed) == {("roads", JUNE)}
    assert store.blocks_changed(COUNTY, PLAN, changed, gone) == {("roads", JUNE)}
    assert store.blocks_changed(COUNTY, PLAN, gone, reported) == {("wells", JUNE)}  # it stood in a list before
    assert store.blocks_changed(COUNTY, PLAN, first, reported) == {("roads", JUNE), ("wells", JUNE)}
    assert store.blocks_changed(COUNTY, PLAN, 0, first) == {
        ("roads", MAY), ("roads", JUNE), ("wells", MAY), ("wells", JUNE)
    }  # fmt: skip
    assert shown(store, first, blocks={("roads", JUNE), ("wells", MAY)}) == {
        ("roads", A, "06"): 2, ("wells", A, "05"): 3
    }  # fmt: skip
    assert list(shown(store, first, blocks={("wells", JUNE)})) == [("wells", A, "06")]
    assert shown(store, first, blocks=[]) == {}


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


# ---- places that have not reported -----------------------------------------------------------------------------------

C = "990101100003"
SILENT = {"value": np.nan, "numerator": np.nan, "denominator": np.nan, "reported": 0, "newest": pd.NaT}


def of_day(day: dt.date, **by_place: float | None) -> pd.DataFrame:
    """Measures of one indicator in the villages a, b and c; None = nobody of one has reported."""
    codes = {"a": A, "b": B, "c": C}
    frame = measures(*(("roads", codes[name], day, np.nan if v is None else v) for name, v in by_place.items()))
    silent = [v is None for v in by_place.values()]
    for column, value in SILENT.items():
        frame[column] = frame[column].astype(float) if column == "reported" else frame[column]
        frame.loc[silent, column] = value
    return frame.assign(of=1.0)


def stored(store: Store) -> int:
    with store._reading(COUNTY) as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM measure").scalar()


def as_read(store: Store, version: int | None = None, **chosen: list[str]) -> pd.DataFrame:
    frame = store.measures(COUNTY, PLAN, version=version, **chosen)
    return frame.sort_values(["indicator", "as_of", "region"], ignore_index=True)


def same(store: Store, expected: pd.DataFrame, version: int | None = None, **chosen: list[str]) -> None:
    kinds = {"float": "float64", "str": "object", "bool": "bool", "date": "datetime64[ns]"}
    typed = expected[list(MEASURE_KINDS)].astype({name: kinds[kind] for name, kind in MEASURE_KINDS.items()})
    typed = typed.sort_values(["indicator", "as_of", "region"], ignore_index=True)
    pd.testing.assert_frame_equal(as_read(store, version, **chosen), typed)


def test_who_has_not_reported_takes_no_row_and_is_read_like_one(store: Store) -> None:
    first = of_day(MAY, a=None, b=1.5, c=None)
    june = of_day(JUNE, a=None, b=None, c=None)
    both = pd.concat([first, june])
    at = store.write_measures(COUNTY, PLAN, both, ["roads"], MAY)
    assert stored(store) == 1
    same(store, both)
    same(store, both.loc[both["region"] == C], regions=[C])
    same(store, both.iloc[:0], indicators=["wells"])
    assert store.write_measures(COUNTY, PLAN, both, ["roads"], MAY) == at


def test_reports_that_come_and_go_are_read_as_they_stood(store: Store) -> None:
    nobody = of_day(MAY, a=None, b=None, c=None)
    courses = [
        nobody,
        of_day(MAY, a=1, b=None, c=None),
        of_day(MAY, a=1, b=2, c=3),  # all have reported
        of_day(MAY, a=None, b=2, c=None),
        of_day(MAY, a=None, b=2),  # c is no village any more
        of_day(MAY, a=None, b=None).assign(of=2.0),
        nobody.iloc[:0],
        nobody,
    ]
    versions = [store.write_measures(COUNTY, PLAN, frame, ["roads"], MAY) for frame in courses]
    assert versions == list(range(1, 9))
    for version, frame in zip(versions, courses, strict=True):
        same(store, frame, version)
        same(store, frame.loc[frame["region"] == A], version, regions=[A])
    same(store, courses[-1])


@pytest.mark.parametrize(
    "said",
    [{"alternative": 3.0}, {"newest": pd.Timestamp("2023-05-01")}, {"direct": True}, {"reported": 1}, {"of": np.nan}],
)
def test_a_row_without_a_value_that_says_something_is_kept(store: Store, said: dict[str, object]) -> None:
    frame = pd.concat([of_day(MAY, a=None).assign(**said), of_day(MAY, b=None)])
    store.write_measures(COUNTY, PLAN, frame, ["roads"], MAY)
    assert stored(store) == 1
    same(store, frame)


def test_a_store_of_an_older_release_reads_as_before_and_nothing_seems_changed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    may, june = of_day(MAY, a=None, b=1, c=None), of_day(JUNE, a=None, b=None)
    with monkeypatch.context() as older:
        none = pd.DataFrame({"indicator": [], "as_of": pd.to_datetime([]), "places": []}).astype({"places": object})
        older.setattr("data.store.store.packed", lambda new, _: (new, none, {}))
        first = store.write_measures(COUNTY, PLAN, may, ["roads"], MAY)
    assert stored(store) == 3
    assert store.write_measures(COUNTY, PLAN, may, ["roads"], MAY) == first
    both = pd.concat([of_day(MAY, a=2, b=1, c=None), june])
    second = store.write_measures(COUNTY, PLAN, both, ["roads"], MAY)
    same(store, may, first)
    same(store, both, second)
    assert stored(store) == 4  # a's new figure; June's villages take none
    third = store.write_measures(COUNTY, PLAN, pd.concat([may, june]), ["roads"], MAY)
    same(store, pd.concat([may, june]), third)
    same(store, both, second)


def test_two_indicators_and_dates_keep_their_own_places(store: Store) -> None:
    """Lists are shared where they are the same, and read back for each indicator and date by themselves."""
    wells = of_day(MAY, a=None, b=None, c=4).assign(indicator="wells")
    counted = of_day(MAY, a=None, b=7).assign(indicator="schools", level="township")
    frame = pd.concat([of_day(MAY, a=None, b=None, c=None), of_day(JUNE, a=5, b=None, c=None), wells, counted])
    store.write_measures(COUNTY, PLAN, frame, ["roads", "wells", "schools"], MAY)
    same(store, frame)
    assert stored(store) == 3
    with store._reading(COUNTY) as connection:
        lists = connection.exec_driver_sql("SELECT count(*), count(DISTINCT places) FROM unreported").one()
    assert tuple(lists) == (4, 2)
