"""Where a place stands among its equals, by examples that can be checked with a pencil."""

import pandas as pd
import pytest
from support.worked import A1, A2, A3, B1, B2, B3, COUNTY, REGIONS, A, B, indicator, plan

from data.progress import ranking
from data.standing import standings

MORE = indicator(id="more", comparator=">=")
LESS = indicator(id="less", comparator="<=", value=10)
ABOUT = indicator(id="about", comparator="~", value=30, tolerance=2)
WHOLE = plan(MORE, LESS, ABOUT)


def rows(*values):
    levels = dict(zip(REGIONS["code"], REGIONS["level"], strict=True))
    return pd.DataFrame(
        [(one, region, levels[region], value, "done") for one, region, value in values],
        columns=["indicator", "region", "level", "value", "status"],
    )


def test_more_is_better_and_ties_share_the_better_rank():
    found = standings(
        rows(("more", A1, 50), ("more", A2, 80), ("more", A3, 80), ("more", B1, 90), ("more", B2, 10)), WHOLE, REGIONS
    )
    assert found.loc["more", "rank"].to_dict() == {B1: 1, A2: 2, A3: 2, A1: 4, B2: 5}
    assert set(found.loc["more", "ranked"]) == {5}
    assert found.loc["more", "rank_inside"].to_dict() == {A1: 3, A2: 1, A3: 1, B1: 1, B2: 2}
    assert found.loc["more", "ranked_inside"].to_dict() == {A1: 3, A2: 3, A3: 3, B1: 2, B2: 2}


def test_less_is_better_under_a_ceiling_and_nearer_is_better_around_a_value():
    found = standings(rows(("less", A1, 5), ("less", B1, 2), ("about", A1, 33), ("about", B1, 29)), WHOLE, REGIONS)
    assert found.loc["less", "rank"].to_dict() == {A1: 2, B1: 1}
    assert found.loc["about", "rank"].to_dict() == {A1: 2, B1: 1}


def test_levels_are_ranked_apart_and_who_has_no_figure_is_not_ranked():
    found = standings(
        rows(("more", COUNTY, 70), ("more", A, 60), ("more", B, 75), ("more", A1, 99), ("more", A2, None)),
        WHOLE,
        REGIONS,
    )
    assert found.loc["more", "rank"].to_dict() == {A: 2, B: 1, A1: 1}
    assert found.loc[("more", A1), "ranked"] == 1


def test_nothing_to_rank_is_an_empty_frame():
    found = standings(rows(("more", A1, None)), WHOLE, REGIONS)
    assert found.empty
    assert list(found.index.names) == ["indicator", "region"]


@pytest.mark.parametrize("one", [MORE, LESS, ABOUT])
def test_ranks_are_those_of_the_ranking_of_one_indicator(one):
    frame = rows(
        *((one.id, code, value) for code, value in zip((A1, A2, A3, B1, B2, B3), (3, 31, 7, 31, 29.5, 0), strict=True))
    )
    alone = ranking(frame, one, "village").set_index("region")["rank"]
    together = standings(frame, WHOLE, REGIONS).loc[one.id, "rank"]
    assert together.sort_index().to_dict() == alone.sort_index().to_dict()
