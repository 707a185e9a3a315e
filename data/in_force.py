"""A county's plans and status bands as they are in force at a version: of the files, and what was revised since."""

from collections import defaultdict
from collections.abc import Iterable

from data.plan import Plan, Revision
from data.registry import Bands, County
from data.store import Store, TargetRevision


def plan(store: Store, county_code: str, of_file: Plan, version: int | None = None) -> Plan:
    """Return a plan with the targets revised in a county, as known at a version (None = now).

    Parameters
    ----------
    of_file : as `data.plan.load_plan` reads it.
    """
    return revised(of_file, store.target_revisions(county_code, version))


def bands(store: Store, county: County, version: int | None = None) -> Bands:
    """Return the edges of a county's status bands, as known at a version (None = now)."""
    found = store.band_revisions(county.code, version)
    return found[0].bands if found else county.bands


def revised(plan: Plan, found: Iterable[TargetRevision]) -> Plan:
    """Return a plan with revisions beside those of its file; the plan itself where none is about it.

    One of the day of another in the file stands in its place. One of an indicator that the file no longer has is about
    nothing.
    """
    by_indicator: dict[str, list[Revision]] = defaultdict(list)
    for one in found:
        if one.plan_id == plan.id:
            by_indicator[one.indicator].append(one.revision)
    if not by_indicator:
        return plan
    return plan.but(
        indicators=tuple(
            i.but(revisions=merged(i.revisions, by_indicator[i.id])) if i.id in by_indicator else i
            for i in plan.indicators
        )
    )


def merged(before: Iterable[Revision], more: Iterable[Revision]) -> tuple[Revision, ...]:
    """Return revisions in the order they hold; of two of the same day the latter."""
    by_day = {revision.from_date: revision for revision in (*before, *more)}
    return tuple(by_day[day] for day in sorted(by_day))
