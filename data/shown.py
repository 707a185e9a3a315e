"""Statuses as pages show them: who has reported that there is nothing to count is not called silent. Pure."""

import pandas as pd

from data import progress, schedule
from data.plan import Plan

NOTHING = "nothing"
SCORED = progress.SCORED | {NOTHING}
ORDER = (*(code for code in progress.WORST_FIRST if code in progress.SCORED), NOTHING)
"""All statuses that are counted, worst first; what has nothing to count comes last."""


def as_shown(rows: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return progress rows with what they say of places and indicators that have nothing to count.

    No household of the kind, nothing of the sort built: such a place has no value although all have reported. The
    engine's status of it is `no_data`, as of one that is silent.

    Parameters
    ----------
    rows : rows of `data.progress.evaluate` or `history`, with their date in `as_of`, each with an index of its own.

    Returns
    -------
    DataFrame
        `rows` with the column `empty` (nothing to count, whatever the status) and `status` "nothing" in place of the
        `no_data` of those that are empty.
    """
    empty = rows["value"].isna() & (rows["reported"] == rows["of"]) & (rows["of"] > 0)
    # Rows from before the running month or half-year say nothing about it, though the report of a year covers it.
    windows = {i.id: schedule.window_months(i) for i in plan.indicators if i.rule == "window"}
    anew = rows.loc[empty & rows["indicator"].isin(list(windows)), ["indicator", "as_of", "newest"]]
    begins = [schedule.period_start(day, windows[i]) for i, day in zip(anew["indicator"], anew["as_of"], strict=True)]
    empty[anew.index[anew["newest"] < pd.to_datetime(pd.Series(begins, index=anew.index))]] = False
    return rows.assign(empty=empty, status=rows["status"].mask(empty & (rows["status"] == "no_data"), NOTHING))
