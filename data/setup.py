"""Whether a county has all it needs: what `xianjie counties` tells whoever adds one."""

from dataclasses import dataclass

from data.plan import PlanError, load_plan
from data.registry import County, counties
from geo.boundaries import load_boundaries
from geo.regions import regions
from geo.village_list import VillageListError


@dataclass(frozen=True)
class Setup:
    """One county: what of it was found, and what is wrong or missing."""

    slug: str
    code: str
    name: str
    plans: tuple[str, ...]
    indicators: int
    townships: int
    villages: int
    shapes: int
    problems: tuple[str, ...]


def setups() -> list[Setup]:
    """Return every county of the registry."""
    return [_setup(county) for county in counties()]


def _setup(county: County) -> Setup:
    problems: list[str] = []
    indicators = townships = villages = shapes = 0
    for name in county.plans:
        try:
            plan = load_plan(name)
        except (FileNotFoundError, PlanError) as error:
            problems += str(error).splitlines()
            continue
        indicators += len(plan.indicators)
        if plan.county_code != county.code:
            problems.append(f"计划 {name} 属于 {plan.county_code} the plan belongs to {plan.county_code}")
    try:
        levels = regions(county.code)["level"].value_counts()
    except (KeyError, VillageListError) as error:
        problems += str(error.args[0]).splitlines()
    else:
        townships, villages = int(levels.get("township", 0)), int(levels.get("village", 0))
        shapes = sum(feature["properties"]["level"] == "village" for feature in load_boundaries(county.code).features)
    return Setup(
        slug=county.slug,
        code=county.code,
        name=county.name_zh,
        plans=county.plans,
        indicators=indicators,
        townships=townships,
        villages=villages,
        shapes=shapes,
        problems=tuple(problems),
    )
