"""The regions of a plan: the official register, with the villages a county has listed itself."""

import pandas as pd

from data.plan import Plan
from geo import regions as geo_regions


def plan_regions(plan: Plan, villages: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the plan's regions from its top down, in the columns of `geo.regions.regions`.

    Parameters
    ----------
    plan
        Its `top_region` is the first row.
    villages
        The uploaded `villages` table. Villages it lists that the register lacks are added below their township;
        a county without a shipped register consists of them alone.
    """
    try:
        official = geo_regions.scope(plan.top_region)
    except KeyError:
        official = _top_only(plan)
    if villages is None or villages.empty:
        return official
    prefix = plan.top_region.rstrip("0") if plan.top_level == "township" else plan.county_code
    listed = villages.assign(code=villages["village_code"].map(geo_regions.normalise_code)).dropna(subset=["code"])
    fresh = listed.loc[~listed["code"].isin(set(official["code"])) & listed["code"].str.startswith(prefix)]
    if fresh.empty:
        return official
    parents = fresh["code"].str[:9] + "000"
    known = set(official["code"])
    towns = pd.DataFrame({"code": parents, "name": fresh["township_name"].fillna(parents)}).drop_duplicates("code")
    towns = towns.loc[~towns["code"].isin(known)]
    added = pd.concat(
        [
            towns.assign(level="township", parent=plan.top_region, short_name=towns["name"]),
            pd.DataFrame(
                {
                    "code": fresh["code"],
                    "name": fresh["village_name"].fillna(fresh["code"]),
                    "level": "village",
                    "parent": parents,
                    "short_name": fresh["village_name"].fillna(fresh["code"]),
                    "lon": fresh["lon"],
                    "lat": fresh["lat"],
                    "unit_type": fresh["unit_type"].fillna("village"),
                }
            ).drop_duplicates("code"),
        ]
    )
    merged = pd.concat([official, added.reindex(columns=official.columns)], ignore_index=True)
    return merged.sort_values("code", kind="stable", ignore_index=True)


def county_townships(regions: pd.DataFrame, county_code: str) -> pd.DataFrame:
    """Return the townships of a county among regions in the columns of `plan_regions`."""
    return regions.loc[(regions["level"] == "township") & (regions["parent"] == f"{county_code}000000")]


def lower_level(regions: pd.DataFrame, plan: Plan) -> str:
    """Return the level a plan's whole region is compared by: villages where there is one township only."""
    towns = int((regions["level"] == "township").sum())
    return "township" if towns > (plan.top_level == "township") else "village"


def _top_only(plan: Plan) -> pd.DataFrame:
    row = {"code": plan.top_region, "name": plan.town_zh or plan.county_zh, "level": plan.top_level, "parent": ""}
    return pd.DataFrame([row]).reindex(columns=list(geo_regions.COLUMNS))
