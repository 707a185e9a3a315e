"""Whoever only looks sees no figure of fewer than five households or persons, nor what tells it."""

import datetime as dt
from itertools import combinations, product

import numpy as np
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
# Those who work among them, and of the latter those in training: the second tells of the first what is left.
OF_THEM = indicator(
    {**PEOPLE, "agg": "count", "where": "is_lifted and employed"}, id="of_them", unit="人", value=9, rollup="sum"
)
OF_THESE = indicator({**PEOPLE, "agg": "share", "base": "is_lifted and employed", "where": "trained"}, id="of_these")
NESTED = plan(COUNT, OF_THEM, OF_THESE)
# Two of the same, which tell each other's base; how many that is stands in neither.
LIKE = indicator({**PEOPLE, "agg": "share", "base": "labour", "where": "trained"}, id="like")
TWINS = plan(SHARE, LIKE)


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


def cube(*parts, of=WHOLE):
    return Cube(of, pd.concat(parts, ignore_index=True).astype({"value": float, "numerator": float}), REGIONS)


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
    assert explain(row, WHOLE, DAY) == "不显示：数值不足五户（人），或可据以推算出不足五户（人）的数。"
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


def test_what_a_count_leaves_of_a_larger_one_is_not_told_either():
    whole = sums(dict(zip(VILLAGES, (20, 30, 40, 50, 60, 70), strict=True)))
    part = sums(dict(zip(VILLAGES, (18, 10, 20, 50, 40, 30), strict=True)))
    rows = shown(cube(measures(COUNT, DAY, whole), measures(OF_THEM, DAY, part), of=NESTED))
    # Two of A1's twenty do not work. Of B1 all do: none is none.
    one, other = of(rows, COUNT), of(rows, OF_THEM)
    assert WITHHELD in {one.loc[A1, "status"], other.loc[A1, "status"]}
    assert WITHHELD not in {one.loc[B1, "status"], other.loc[B1, "status"]}


def test_a_share_of_a_count_that_stands_beside_it_is_withheld_where_it_leaves_few():
    base = sums(dict(zip(VILLAGES, (20, 30, 40, 50, 60, 70), strict=True)))
    part = sums(dict(zip(VILLAGES, (18, 10, 20, 50, 40, 30), strict=True)))
    rows = shown(cube(measures(OF_THEM, DAY, base), measures(OF_THESE, DAY, part, base), of=NESTED))
    assert WITHHELD in {of(rows, OF_THEM).loc[A1, "status"], of(rows, OF_THESE).loc[A1, "status"]}
    assert of(rows, OF_THESE).loc[B1, "value"] == 100


def test_a_share_is_withheld_where_another_tells_how_many_it_is_of():
    base = sums(dict.fromkeys(VILLAGES, 20))
    few_left = sums(dict(zip(VILLAGES, (18, 10, 10, 10, 10, 10), strict=True)))
    half = sums(dict.fromkeys(VILLAGES, 10))
    rows = shown(cube(measures(SHARE, DAY, few_left, base), measures(LIKE, DAY, half, base), of=TWINS))
    assert of(rows, SHARE).loc[A1, "status"] == WITHHELD
    assert of(rows, LIKE).loc[B3, ["numerator", "denominator"]].tolist() == [10, 20]


def test_a_figure_that_is_withheld_does_not_say_that_it_fell():
    now = sums(dict(zip(VILLAGES, (3, 8, 20, 5, 6, 30), strict=True)))
    then = sums(dict(zip(VILLAGES, (10, 8, 20, 5, 6, 30), strict=True)))
    rising = indicator({**PEOPLE, "agg": "count"}, id="count", unit="人", value=99, rollup="sum")
    parts = pd.concat([measures(rising, BEFORE, then), measures(rising, DAY, now)]).astype({"value": float})
    whole = Cube(plan(rising), parts, REGIONS)
    assert "regressed" in of(evaluate(whole, DAY, BANDS), rising).loc[A1, "marks"]
    assert "regressed" not in of(shown(whole), rising).loc[A1, "marks"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12)), min_size=6, max_size=6))
def test_nothing_small_follows_from_counts_of_which_one_is_a_part_of_the_other(villages):
    """Villages as those trained, those who work and are not, those who do not work."""
    trained = sums(dict(zip(VILLAGES, (a for a, _, _ in villages), strict=True)))
    work = sums(dict(zip(VILLAGES, (a + b for a, b, _ in villages), strict=True)))
    everybody = sums(dict(zip(VILLAGES, map(sum, villages), strict=True)))
    share = measures(OF_THESE, DAY, trained, work)
    rows = shown(cube(measures(COUNT, DAY, everybody), measures(OF_THEM, DAY, work), share, of=NESTED))
    known = Algebra(list(everybody))
    for kind, (one, true) in {"all": (COUNT, everybody), "work": (OF_THEM, work)}.items():
        found = of(rows, one)
        for code in found.index[found["status"] != WITHHELD]:
            known.told({(kind, code): 1}, true[code])
    for code, ratio in (of(rows, OF_THESE)["value"] / 100).dropna().items():
        known.told({("trained", code): 1, ("work", code): -ratio}, 0)
    for kind in ("all", "work", "trained"):
        for total, below in ((COUNTY, (A, B)), (A, (A1, A2, A3)), (B, (B1, B2, B3))):
            known.told({(kind, total): -1} | {(kind, code): 1 for code in below}, 0)
    for code in everybody:
        for less, more in combinations((None, "trained", "work", "all"), 2):
            difference = {(more, code): 1} | ({(less, code): -1} if less else {})
            assert known.follows(difference) not in {1, 2, 3, 4}, (code, more, less)


class Algebra:
    """What follows, by any number of additions and subtractions, from sums that are known."""

    def __init__(self, codes):
        self.at = {cell: n for n, cell in enumerate(product(("all", "work", "trained"), codes))}
        self.rows, self.values = [], []

    def row(self, terms):
        found = np.zeros(len(self.at))
        for cell, factor in terms.items():
            found[self.at[cell]] = factor
        return found

    def told(self, terms, value):
        self.rows.append(self.row(terms))
        self.values.append(value)

    def follows(self, terms):
        """Return the value of a sum if it follows from what is known, None if not."""
        wanted = self.row(terms)
        factors, *_ = np.linalg.lstsq(np.array(self.rows).T, wanted, rcond=None)
        if not np.allclose(np.array(self.rows).T @ factors, wanted, atol=1e-6):
            return None
        return round(float(factors @ np.array(self.values)), 6)


def test_readers_of_several_counties_see_none_either():
    counts = sums(dict(zip(VILLAGES, (1, 0, 2, 0, 0, 0), strict=True)))
    kept = county_summary.summarise(WHOLE, measures(COUNT, DAY, counts), REGIONS, BANDS)
    row = of(kept, COUNT).loc[COUNTY]
    assert row["status"] == WITHHELD
    assert pd.isna(row["value"])
    assert set(county_summary.counted(WHOLE)) == {COUNT.id}
