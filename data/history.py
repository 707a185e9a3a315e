"""What a batch did to the figures of its county, looked up as they stood before and after it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from data import shown, wording
from data.past import version_after
from data.plan import Plan
from data.store import Batch, Store


@dataclass(frozen=True)
class Moved:
    """What became of the county's figures by a batch.

    Attributes
    ----------
    since, day
        The newest date as known before the batch and after it; None where there was none. They differ where the batch
        brought a date or took one away.
    figures
        indicator, before (at `since`), after (at `day`): only what reads as a change; and whether a value is missing
        because nobody has reported, silent_before and silent_after. Indicators that read the batch's table come first,
        each in the plan's order.
    """

    since: dt.date | None
    day: dt.date | None
    figures: pd.DataFrame


def figures_moved(store: Store, plan: Plan, batch: Batch, batches: Sequence[Batch], until: int | None = None) -> Moved:
    """Return the county's newest figures of a plan that differ before and after a batch.

    Parameters
    ----------
    batches
        All of the county's. What is computed after a batch counts as its doing until the next one comes; batches that
        came together were computed together.
    until
        The version looked at, where it is not the newest: what was computed later is left out.
    """
    after_it = version_after(batch, batches)
    last = until if after_it is None else after_it

    def newest(version: int | None) -> tuple[dt.date | None, pd.DataFrame]:
        found = store.measures(batch.county_code, plan.id, regions=[plan.top_region], version=version)
        day = found["as_of"].max() if len(found) else None
        # As pages show them: a figure of the month before is none of this month's.
        at = shown.known(found.loc[found["as_of"] == day], plan)
        at = at.assign(silent=at["value"].isna() & ~at["empty"])
        return day.date() if day else None, at[["indicator", "value", "silent"]]

    (since, before), (day, after) = newest(batch.batch_id - 1), newest(last)
    both = before.merge(after, on="indicator", how="outer", suffixes=("_before", "_after"))
    both = both.rename(columns={"value_before": "before", "value_after": "after"})
    silent = ["silent_before", "silent_after"]
    both[silent] = both[silent].astype("boolean").fillna(value=True).astype(bool)
    rows = zip(
        both["indicator"].map({i.id: i.unit for i in plan.indicators}).fillna(""),
        both["before"],
        both["after"],
        strict=True,
    )
    figures = both.loc[[differ(unit, then, now) for unit, then, now in rows]]
    order = {i.id: (i.data.table != batch.table, n) for n, i in enumerate(plan.indicators)}
    return Moved(since, day, figures.sort_values("indicator", key=lambda ids: ids.map(order), ignore_index=True))


def differ(unit: str, then: float, now: float) -> bool:
    """Whether two values of a unit read as different, or only one of them is given."""
    gone, come = pd.isna(now), pd.isna(then)
    return gone != come or (not gone and wording.moved(now - then, unit))
