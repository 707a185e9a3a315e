"""What a batch did to the figures of its county, looked up as they stood before and after it."""

from collections.abc import Sequence

import pandas as pd

from data.past import version_after
from data.plan import Plan
from data.store import Batch, Store


def figures_moved(
    store: Store, plan: Plan, batch: Batch, batches: Sequence[Batch], until: int | None = None
) -> pd.DataFrame:
    """Return the county's figures of a plan that differ before and after a batch.

    Parameters
    ----------
    batches
        All of the county's. What is computed after a batch counts as its doing until the next one comes; batches that
        came together were computed together.
    until
        The version looked at, where it is not the newest: what was computed later is left out.

    Returns
    -------
    DataFrame
        indicator, as_of, before, after; at the newest date that was there before and after, in the plan's order.
    """
    after_it = version_after(batch, batches)
    last = until if after_it is None else after_it

    def known(version: int | None) -> pd.DataFrame:
        found = store.measures(batch.county_code, plan.id, regions=[plan.top_region], version=version)
        return found[["indicator", "as_of", "value"]]

    before, after = known(batch.batch_id - 1), known(last)
    days = set(before["as_of"]) & set(after["as_of"])
    if not days:
        return pd.DataFrame(columns=["indicator", "as_of", "before", "after"])
    both = before.merge(after, on=["indicator", "as_of"], how="outer", suffixes=("_before", "_after"))
    both = both.loc[both["as_of"] == max(days)]
    same = (both["value_before"] - both["value_after"]).abs() < 1e-9
    same |= both["value_before"].isna() & both["value_after"].isna()
    moved = both.loc[~same].rename(columns={"value_before": "before", "value_after": "after"})
    order = {indicator.id: n for n, indicator in enumerate(plan.indicators)}
    result: pd.DataFrame = moved.sort_values("indicator", key=lambda ids: ids.map(order), ignore_index=True)
    return result
