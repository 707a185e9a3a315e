"""How far a county's figures had reached when a batch came: what was shown until then, and by what.

When something was stored is wall clock, which no figure may depend on. But what a batch was put beside can be known:
the batches that counted just before it.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from data.store import Batch, Store
from data.tables import NONE, tables


def month(batches: Sequence[Batch], before: int) -> str:
    """Return the newest month (`YYYY-MM`) of the dated rows that counted before a batch; NONE without any."""
    return max((b.scope.periods[-1] for b in _dated(batches, before)), default=NONE)


def first_days(store: Store, county_code: str, asked: Collection[int]) -> dict[int, dt.date]:
    """Return for batches the first day that nothing had been shown of when they came; a batch without any is left out.

    It is the day after the newest date of any dated row that counted then: not of one replaced or undone before, nor of
    a nil return, which brings no date. Looked up as it stood then, so that no later batch or undo moves it.
    """
    if not asked:
        return {}
    days = [one for table in tables().values() if table.dated for one in store.newest_days(county_code, table.id)]
    found: dict[int, dt.date] = {}
    for number in asked:
        counted = [day for first, end, day in days if first < number and (end is None or end >= number)]
        if counted:
            found[number] = max(counted) + dt.timedelta(days=1)
    return found


def _dated(batches: Sequence[Batch], before: int) -> list[Batch]:
    """Return the batches of dated rows that counted just before a batch."""
    return [
        b
        for b in batches
        if b.batch_id < before
        and b.table in tables()
        and b.scope.periods != (NONE,)
        and b.action != "undo"
        and not (b.undone_by and b.undone_by < before)
    ]
