"""Whoever only looks sees no figure of fewer than five households or persons, nor what tells it."""

import datetime as dt

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from data import county_summary
from data.explain import explain
from data.movement import moved
from data.progress import Cube, evaluate, series
from data.registry import Bands
from data.shown import WITHHELD, as_shown
from data.small_figures import SmallFigures
from tests.support.worked import A1, A2, A3, B1, B2, B3, COUNTY, REGIONS, VILLAGES, A, B, indicator, plan

BANDS = Bands()
DAY, BEFORE = dt.date(2023, 6, 30), dt.date(2023, 5, 31)
PEOPLE = {"table": "persons", "rows": "latest", "where": "is_lifted"}
COUNT = indicator(
    {**PEOPLE, "agg": "count"}, id="count", unit="人", comparator="==", value=0, rule="keep", rollup="sum"
)
SHARE = indicator({**PEOPLE, "agg": "share", "base": "labour"}, id="share")
MONEY = indicator(
    {**PEOPLE, "table": "funds", "agg": "count", "where": "spent>0"}, id="money", unit="项", value=9, rollup="sum"
)
WHOLE = plan(COUNT, SHARE, MONEY)


def sums(villages):
    """Return figures of villages with those of townships and county."""
    town = {A: sum(villages[v] for v in (A1, A2, A3)), B: sum(villages[v] for v in (B1, B2, B3))}
    return {COUNTY: sum(town.values()), **town, **villages}


def measures(one, day, counts, base=None):
    """Return measures of counts, or of shares of a base, by region."""
    found = pd.DataFrame({"region": list(counts), "numerator": list(counts.values())})
    found["denominator"] = float("nan") if base is None else [base[code] for code in counts]
    share = 100 * found["numerator"] / found["denominator"]
    found["value"] = found["numerator"] if base is None else share
    found = found.assign(indicator=one.id, as_of=pd.Timestamp(day), newest=pd.Timestamp(day), reported=1, of=1)
    return found.assign(alternative=float("nan"), direct=False)


def cube(*parts):
    return Cube(WHOLE, pd.concat(parts, ignore_index=True).astype({"value": float, "numerator": float}), REGIONS)


def shown(whole, day=DAY):
    rows = as_shown(evaluate(whole, day, BANDS).assign(as_of=pd.Timestamp(day)), WHOLE)
    return SmallFigures(whole).cover(rows)


def of(rows, one):
    return rows.loc[rows["indicator"] == one.id].set_index("region")


def test_a_small_count_goes_with_another_so_that_the_township_does_not_tell_it():
    counts = sums(dict(zip(VILLAGES, (3, 8, 20, 0, 6, 30), strict=True)))
    rows = of(shown(cube(measures(COUNT, DAY, counts))), COUNT)
    # 3 is small; 31 - 20 - 8 would tell it, so the smallest beside it goes too. B has none: 0 is no household.
    assert set(rows.index[rows["status"] == WITHHELD]) == {A1, A2}
    told = ["value", "numerator", "gap", "completion", "forecast", "needed_per_month", "previous", "change"]
    assert rows.loc[[A1, A2], told].isna().all(axis=None)
    assert rows.loc[[A3, A, B1, B2, COUNTY], "value"].tolist() == [20, 31, 0, 6, 67]


def test_a_share_that_rests_on_few_is_not_shown_and_no_base_tells_how_few():
    n = {A1: 2, A2: 9, A3: 40, B1: 4, B2: 0, B3: 18, A: 51, B: 22, COUNTY: 73}
    d = {A1: 3, A2: 9, A3: 50, B1: 40, B2: 30, B3: 20, A: 62, B: 90, COUNTY: 152}
    rows = of(shown(cube(measures(SHARE, DAY, n, d))), SHARE)
    assert set(rows.index[rows["status"] == WITHHELD]) == {A1, B1}
    assert rows.loc[B2, "value"] == 0
    assert rows.loc[B3, "value"] == 90  # two of twenty are left: the share stays, of how many is not told
    assert rows.loc[B3, ["numerator", "denominator"]].isna().all()
    assert rows.loc[A3, ["numerator", "denominator"]].tolist() == [40, 50]


def test_what_is_no_count_of_people_stays():
    counts = sums(dict.fromkeys(VILLAGES, 1))
    rows = of(shown(cube(measures(MONEY, DAY, counts))), MONEY)
    assert rows["value"].tolist() == [6, 3, 3, 1, 1, 1, 1, 1, 1]


def test_no_change_tells_what_was_small_before():
    now = sums(dict(zip(VILLAGES, (10, 8, 20, 5, 6, 30), strict=True)))
    then = sums(dict(zip(VILLAGES, (3, 8, 20, 5, 6, 30), strict=True)))
    whole = cube(measures(COUNT, BEFORE, then), measures(COUNT, DAY, now))
    rows = of(shown(whole), COUNT)
    assert not (rows["status"] == WITHHELD).any()
    assert rows.loc[[A1, A2], ["previous", "change"]].isna().all(axis=None)  # A2 stood for A1 then
    assert rows.loc[A3, "previous"] == 20
    rows = SmallFigures(whole).cover_series(series(whole, A1), A1)
    assert rows.loc[rows["indicator"] == COUNT.id, "value"].fillna(-1).tolist() == [-1, 10]


def test_it_is_said_in_words_and_is_no_move():
    counts = sums(dict(zip(VILLAGES, (3, 8, 20, 0, 6, 30), strict=True)))
    rows = of(shown(cube(measures(COUNT, DAY, counts))), COUNT).reset_index()
    row = rows.loc[rows["region"] == A1].iloc[0].to_dict()
    assert explain(row, WHOLE, DAY) == "不足五户（人），不显示数值。"
    assert moved(rows.assign(status_before="far_behind").loc[rows["status"] == WITHHELD]) == {}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=6, max_size=6))
def test_no_small_count_follows_from_those_shown(villages):
    counts = sums(dict(zip(VILLAGES, villages, strict=True)))
    rows = of(shown(cube(measures(COUNT, DAY, counts))), COUNT)
    hidden = set(rows.index[rows["status"] == WITHHELD])
    assert {code for code, n in counts.items() if 0 < n < 5} <= hidden
    for total, parts in ((COUNTY, (A, B)), (A, (A1, A2, A3)), (B, (B1, B2, B3))):
        assert len(hidden & {total, *parts}) != 1  # or subtraction would tell it


def test_readers_of_several_counties_see_none_either():
    counts = sums(dict(zip(VILLAGES, (1, 0, 2, 0, 0, 0), strict=True)))
    kept = county_summary.summarise(WHOLE, measures(COUNT, DAY, counts), REGIONS, BANDS)
    row = of(kept, COUNT).loc[COUNTY]
    assert row["status"] == WITHHELD
    assert pd.isna(row["value"])
    assert set(county_summary.counted(WHOLE)) == {COUNT.id}
