"""What a briefing is made of: the engine's figures and the county's lists at a date, read once."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd

from data import derive, in_force, past, progress, reporting, schedule
from data.places import county_townships, lower_level, plan_regions
from data.plan import Plan
from data.registry import Bands, County
from data.reporting import Cell
from data.shown import as_shown
from data.store import Store
from geo.boundaries import Boundaries, load_boundaries


class NoFiguresError(LookupError):
    """There are no figures for a date."""

    def __init__(self, day: dt.date, known: Sequence[dt.date]) -> None:
        self.day, self.known = day, tuple(sorted(known))
        super().__init__(f"no figures for {day}")


@dataclass(frozen=True)
class Since:
    """What is compared with: a date, as it is known now, or as a meeting's snapshot knew it.

    Attributes
    ----------
    name : the meeting's; "" for a plain date.
    version : what to read at; None = as known now.
    """

    day: dt.date
    name: str = ""
    version: int | None = None


@dataclass(frozen=True, eq=False)
class Facts:
    """The state of a plan at a date.

    Attributes
    ----------
    plan, bands : as they are in force at the date the facts are known at.
    version : of the county's data; 0 if nothing was ever stored.
    regions : as `data.places.plan_regions`, top first.
    now, before : progress of every indicator and region as pages show it, at the date and at the comparison date;
        `before` is None without one.
    trend : each indicator of the plan's top over time: as_of, value, reported.
    issues, actions : rows of these tables, all that count.
    reports : how every debtor stands with what was due in the newest month.
    """

    county: County
    plan: Plan
    bands: Bands
    as_of: dt.date
    since: Since | None
    version: int
    sample: bool
    regions: pd.DataFrame
    now: pd.DataFrame
    before: pd.DataFrame | None
    trend: Mapping[str, pd.DataFrame]
    issues: pd.DataFrame
    actions: pd.DataFrame
    reports: Sequence[Cell]
    boundaries: Boundaries

    @property
    def top(self) -> str:
        """Code of the plan's whole region."""
        return self.plan.top_region

    @property
    def lower_level(self) -> str:
        """The level the region is compared by: townships, or villages where there is one township only."""
        return lower_level(self.regions, self.plan)


def code(facts: Facts) -> str:
    """Return the short code of the data's version: `banan-31`."""
    return f"{facts.county.slug}-{facts.version}"


def due_reports(
    plan: Plan,
    county: County,
    regions: pd.DataFrame,
    came: Mapping[tuple[str, str], Sequence[reporting.Arrival]],
    as_of: dt.date,
) -> list[Cell]:
    """Return how every debtor stands with what was due in the newest month something was due in."""
    owed = reporting.duties(plan, county.reporting, schedule.month_end(schedule.month_start(as_of, -1)))
    month = reporting.newest_due(owed, as_of)
    towns = list(county_townships(regions, county.code)["code"])
    return reporting.cells([d for d in owed if d.month == month], came, towns, county.code, as_of)


def from_store(
    store: Store, county: County, plan: Plan, as_of: dt.date, since: Since | None = None, version: int | None = None
) -> Facts:
    """Read the facts of a county from the store.

    Parameters
    ----------
    plan : as its file has it; the targets and bands in force are read from the store.
    as_of : the newest date with figures that is not after it is taken.
    version : as known then; None = as known now.

    Raises
    ------
    NoFiguresError
        There are no figures for the date or before it, or for the comparison date.
    """
    code = county.code
    regions = plan_regions(plan, store.rows(code, "villages", version))

    @cache  # mostly the comparison date is read at the same version
    def cube_at(known: int | None) -> progress.Cube:
        asked = in_force.plan(store, code, plan, known)
        return progress.Cube(asked, store.measures(code, plan.id, version=known), regions)

    def at(day: dt.date, known: int | None) -> tuple[progress.Cube, dt.date, pd.DataFrame]:
        cube = cube_at(known)
        shown = past.day_shown(day, cube.dates)
        if shown is None:
            raise NoFiguresError(day, cube.dates)
        rows = progress.evaluate(cube, shown, in_force.bands(store, county, known))
        return cube, shown, as_shown(rows.assign(as_of=pd.Timestamp(shown)), cube.plan)

    cube, day, now = at(as_of, version)
    before = None
    if since is not None:
        _cube, then, before = at(since.day, since.version if since.version is not None else version)
        since = Since(then, since.name, since.version)
    trend = progress.series(cube, plan.top_region)
    batches = store.batches(code, version=version)
    came = derive.arrivals(store, code, batches)
    own = store.boundaries(code, version)
    return Facts(
        county=county,
        plan=cube.plan,
        bands=in_force.bands(store, county, version),
        as_of=day,
        since=since,
        version=store.version(code) if version is None else version,
        sample=any(b.sample and b.active for b in batches),
        regions=regions,
        now=now,
        before=before,
        trend={str(k): v.reset_index(drop=True) for k, v in trend.groupby("indicator", sort=False)},
        issues=store.rows(code, "issues", version),
        actions=store.rows(code, "actions", version),
        reports=due_reports(plan, county, regions, came, day),
        boundaries=load_boundaries(code, own.body if own else None).within(plan.top_region),
    )
