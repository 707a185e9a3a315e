"""What pages and documents withhold: categories of profiles, figures of indicators; no sum tells them."""

import datetime as dt

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from data.profiles import WHOLE, beside, profiles, visible
from data.small_cells import SMALLEST_CELL

TOP, TOWNS = "top", ("a", "b", "c")
PARENTS = {TOP: None, **dict.fromkeys(TOWNS, TOP)}
DAY = dt.date(2023, 6, 30)


def counts_of(jobs: list[list[int]]) -> pd.DataFrame:
    """Return where and how persons work by township, and of the whole, as the store has them: no zeros."""
    categories = {"jobs_by_place": ("local", "county", "province"), "jobs_by_channel": ("migrant", "farm", "self")}
    rows = [
        (profile, town, category, n)
        for profile, order in (("jobs_by_place", 1), ("jobs_by_channel", -1))
        for town, persons in zip(TOWNS, jobs, strict=True)
        for category, n in zip(categories[profile], persons[::order], strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["profile", "region", "category", "n"])
    whole = frame.groupby(["profile", "category"], as_index=False)["n"].sum().assign(region=TOP)
    frame = pd.concat([frame, whole], ignore_index=True).assign(as_of=pd.Timestamp(DAY))
    return frame.loc[frame["n"] > 0]


def test_profiles_of_the_same_people_are_looked_at_together() -> None:
    assert set(beside("jobs_by_place")) == {"jobs_by_place", "jobs_by_channel"}
    assert set(beside("monitored_households")) == {"monitored_households", "measures_in_place"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=3, max_size=3))
def test_no_sum_of_categories_or_places_tells_a_small_one(jobs: list[list[int]]) -> None:
    counts = counts_of(jobs)
    shown = visible(counts, PARENTS)
    assert (shown["n"] >= SMALLEST_CELL).all()
    wholes = shown.loc[shown["category"] == WHOLE].groupby("region")["n"].agg(set).to_dict()
    shown = shown.loc[shown["category"] != WHOLE]
    seen = shown.set_index(["profile", "region", "category"])["n"].to_dict()
    every = counts.set_index(["profile", "region", "category"])["n"].to_dict()
    for (profile, region, category), n in every.items():
        if n >= SMALLEST_CELL:
            continue
        # By the number of all there, which another profile's categories may add up to.
        total = sum(m for (p, r, _c), m in every.items() if (p, r) == (profile, region))
        rest = total - sum(m for (p, r, _c), m in seen.items() if (p, r) == (profile, region))
        assert rest >= SMALLEST_CELL or total < SMALLEST_CELL
        # By the other townships and the county's.
        if region != TOP and (profile, TOP, category) in seen:
            others = sum(m for (p, r, c), m in seen.items() if (p, c) == (profile, category) and r != TOP)
            assert seen[profile, TOP, category] - others >= SMALLEST_CELL

    # The number of all stands beside the categories of each profile, unless some place's is under five.
    there = counts.loc[counts["profile"] == "jobs_by_place"].groupby("region")["n"].sum()
    assert wholes.items() <= {region: {n} for region, n in there.items()}.items()
    assert wholes.keys() == ({r for _p, r, _c in seen} if (there >= SMALLEST_CELL).all() else set())


def test_who_lacks_something_is_withheld_with_who_has_it() -> None:
    kept = {"all": 40, "plan": 38, "measures": 30}
    rows = [("measures_in_place", TOP, category, n) for category, n in kept.items()]
    counts = pd.DataFrame(rows, columns=["profile", "region", "category", "n"]).assign(as_of=pd.Timestamp(DAY))
    assert set(visible(counts, {TOP: None})["category"]) == {"all", "measures"}  # 2 of 40 have no plan


def test_villages_have_no_profile() -> None:
    counts = counts_of([[9, 9, 9]] * 3).assign(region="a village")
    assert visible(counts, PARENTS).empty
    assert set(profiles()) >= set(counts["profile"])
