"""How far a county's figures had reached when a batch came: what was shown until then, and by what.

When something was stored is wall clock, which no figure may depend on. But what a batch was put beside can be known:
the batches that counted just before it.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from data.schedule import month_end
from data.store import Batch, Store
from data.tables import NONE, tables


def month(batches: Sequence[Batch], before: int) -> str:
    """Return the newest month (`YYYY-MM`) of the dated rows that counted before a batch; NONE without any."""
    return max((b.scope.periods[-1] for b in _dated(batches, before)), default=NONE)


def first_days(store: Store, county_code: str, batches: Sequence[Batch], asked: Collection[int]) -> dict[int, dt.date]:
    """Return for batches the first day that nothing had been shown of when they came; a batch without any is left out.

    It is the day after the newest date of any dated row that counted then. Looked up as it stood then, so that no later
    batch or undo moves it.
    """
    found: dict[int, dt.date] = {}
    for number in asked:
        newest = month(batches, number)
        if newest == NONE:
            continue
        of_month = [b for b in _dated(batches, number) if b.scope.periods[-1] == newest]
        days = [
            day
            for table in {b.table for b in of_month}
            for day in store.last_days(county_code, table, [b.batch_id for b in of_month if b.table == table]).values()
        ]
        # A nil return has no rows: its month counts to the end.
        last = max(days, default=month_end(dt.date.fromisoformat(f"{newest}-01")))
        found[number] = last + dt.timedelta(days=1)
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
