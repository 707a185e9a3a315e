"""Where a place stands among its equals: townships in the county, villages in their township and in the county."""

import pandas as pd

from data import progress
from data.plan import Plan


def standings(rows: pd.DataFrame, plan: Plan, regions: pd.DataFrame) -> pd.DataFrame:
    """Rank every place by every indicator's value, as `data.progress.ranking` does for one.

    Parameters
    ----------
    rows : progress of all indicators and regions at a date.
    regions : the plan's regions, with code and parent.

    Returns
    -------
    DataFrame
        Index indicator, region. `rank` (1 is best; ties share the better rank) and `ranked` (how many have a figure)
        among all of the place's level, `rank_inside` and `ranked_inside` among those of the same parent. Places
        without a figure are not in it, nor is the plan's top.
    """
    below = rows.loc[rows["value"].notna() & (rows["region"] != plan.top_region)]
    columns = ["indicator", "region", "level", "value"]
    parts = [
        part.assign(key=progress.place_in_order(part["value"], plan.indicator(str(indicator))))
        for indicator, part in below[columns].groupby("indicator", sort=False)
    ]
    if not parts:
        empty = pd.DataFrame(columns=["rank", "ranked", "rank_inside", "ranked_inside"], dtype=float)
        return empty.set_index(pd.MultiIndex.from_arrays([[], []], names=["indicator", "region"]))
    known = pd.concat(parts)
    known["key"] = known["key"].round(9)
    known["parent"] = known["region"].map(dict(zip(regions["code"], regions["parent"], strict=True)))
    for name, groups in (("", ["indicator", "level"]), ("_inside", ["indicator", "level", "parent"])):
        grouped = known.groupby(groups, sort=False)["key"]
        known[f"rank{name}"] = grouped.rank(method="min")
        known[f"ranked{name}"] = grouped.transform("size").astype(float)
    return known.set_index(["indicator", "region"])[["rank", "ranked", "rank_inside", "ranked_inside"]]
