"""Meetings: snapshots of what one looked at, kept and removed alike by the overview page and the command line."""

import datetime as dt
from collections.abc import Iterable

from data import wording
from data.language import N_, Translator
from data.past import moment
from data.plan import load_plan
from data.registry import County
from data.store import Snapshot, Store
from data.upload import Actor
from data.upload_words import UploadError


def proposed(as_of: dt.date, kept: Iterable[Snapshot], _: Translator) -> str:
    """Return a name for the meeting about a month that no snapshot of that date has: 8月调度会, 8月调度会2."""
    month = f"{as_of.month}月" if wording.language(_) == "zh" else wording.MONTHS[as_of.month - 1]
    plain = _("{month} meeting", month=month)
    taken = {s.name for s in kept if s.active and s.as_of == as_of}
    return next(name for n in range(1, len(taken) + 2) if (name := plain if n == 1 else f"{plain}{n}") not in taken)


def dates_known(store: Store, county: County, version: int | None = None) -> list[dt.date]:
    """Return the dates there are figures for, of any of the county's plans, newest first; as known at a version."""
    days: set[dt.date] = set()
    for plan_id in county.plans:
        top = load_plan(plan_id).top_region
        found = store.measures(county.code, plan_id, regions=[top], version=version)["as_of"]
        days.update(found.dropna().dt.date)
    return sorted(days, reverse=True)


def keep(
    store: Store,
    county: County,
    actor: Actor,
    _: Translator,
    *,
    name: str | None = None,
    as_of: dt.date | None = None,
    note: str = "",
    version: int | None = None,
    batch: int | None = None,
) -> Snapshot:
    """Name a date as it is known at a version, to be compared with later.

    Parameters
    ----------
    name, as_of
        None = after the month, and the newest date there are figures for.
    version, batch
        The version, or the number of the batch after which it was known so; neither = as it is known now.

    Raises
    ------
    UploadError
        There are no figures for this date, or no such batch.
    StoreError
        No name, a name this date has already, or the store refused.
    """
    if batch is not None:
        found = moment(f"b{batch}", None, store.batches(county.code), [])
        if found is None:
            raise UploadError(N_("There is no batch {n} in {county}."), n=batch, county=county)
        version = found.version
    days = dates_known(store, county, version)
    if not days:
        raise UploadError(N_("{county} has no figures yet, so there is nothing to keep."), county=county)
    day = as_of or days[0]
    if day not in days:
        newest = ", ".join(map(str, days[:3]))
        raise UploadError(N_("There are no figures for {day}; the newest are for {days}."), day=day, days=newest)
    named = proposed(day, store.snapshots(county.code), _) if name is None else " ".join(name.split())
    return store.keep_snapshot(county.code, named, day, actor.name, note, version=version, verified=actor.verified)


def remove(store: Store, county: County, number: int, actor: Actor, note: str = "") -> Snapshot:
    """Take a snapshot off the list; it stays in the store with who removed it. `StoreError` if it is not on it."""
    return store.remove_snapshot(county.code, number, actor.name, note, verified=actor.verified)
