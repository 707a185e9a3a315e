"""Which counties somebody may compare, and what is read of each: under its own access, and no more than that."""

import logging

from data import comparison, loaders
from data.access import Access, User, using
from data.comparison import Standing
from data.plan import Plan, PlanError, load_plan
from data.registry import County, counties
from data.store import StoreError

_LOG = logging.getLogger(__name__)


def readable(user: User) -> list[tuple[County, Access]]:
    """Return the counties in which a user may compare, in the order of the registry."""
    found = [(county, loaders.access_of(user, county.slug)) for county in counties()]
    return [(county, access) for county, access in found if access.may("compare")]


def may_compare(user: User) -> bool:
    """Whether there is anything for a user to compare; nothing while rights cannot be looked up."""
    try:
        return bool(readable(user))
    except StoreError as error:
        _LOG.error("who may compare counties cannot be looked up: %s", error)
        return False


def standing(county: County, access: Access) -> Standing:
    """Read how a county stands."""
    with using(access):
        summary, sample = loaders.county_summary(county.slug), loaders.is_sample(county.slug)
    plans = [plan for plan in (_plan(county, one) for one in county.plans) if plan]
    return comparison.standing(county, plans, summary, sample=sample)


def _plan(county: County, plan_id: str) -> Plan | None:
    """Return a plan; one county's mistake must not stop the comparison of the others."""
    try:
        return load_plan(plan_id)
    except (PlanError, OSError) as error:
        _LOG.error("%s: its plan %s cannot be read: %s", county.slug, plan_id, error)
        return None
