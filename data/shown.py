"""Statuses as pages show them: who has reported that there is nothing to count is not called silent. Pure."""

import datetime as dt

import pandas as pd

from data import progress, schedule
from data.plan import Plan

NOTHING = "nothing"
WITHHELD = "withheld"
SCORED = progress.SCORED | {NOTHING, WITHHELD}
ORDER = (*(code for code in progress.WORST_FIRST if code in progress.SCORED), NOTHING, WITHHELD)
"""All statuses that are counted, worst first; what has nothing to count comes last, and what is not shown."""


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
    empty &= ~before_window(rows, plan)
    return rows.assign(empty=empty, status=rows["status"].mask(empty & (rows["status"] == "no_data"), NOTHING))


def before_window(rows: pd.DataFrame, plan: Plan) -> "pd.Series[bool]":
    """Return which rows of measures or progress rest on rows from before their running month or half-year.

    Parameters
    ----------
    rows : indicator, as_of and newest of each.
    """
    windows = {i.id: schedule.window_months(i) for i in plan.indicators if i.rule == "window"}
    anew = rows.loc[rows["indicator"].isin(list(windows)), ["indicator", "as_of", "newest"]]
    begins = [schedule.period_start(day, windows[i]) for i, day in zip(anew["indicator"], anew["as_of"], strict=True)]
    old = pd.Series(data=False, index=rows.index)
    old[anew.index[anew["newest"] < pd.to_datetime(pd.Series(begins, index=anew.index))]] = True
    return old


def known(measures: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return measures with their values as pages show them, without those that rows of a period before have left.

    Returns
    -------
    DataFrame
        With the column `empty` too: there is nothing to count, in contrast to what is not reported.
    """
    unknown = before_window(measures, plan)
    whole = (measures["reported"] == measures["of"]) & (measures["of"] > 0)
    value = measures["value"].mask(unknown & (measures["reported"] == 0))
    return measures.assign(value=value, empty=value.isna() & whole & ~unknown)


def counted_anew(plan: Plan, newest: dt.date, newer: dt.date, table: str) -> list[str]:
    """Return the indicators whose month or half-year ends with a newer date, so that old rows say nothing of them.

    Parameters
    ----------
    newest, newer : the county's newest date, and the one that a file of an upload table brings.
    table : what reads it is reported by the file itself, in part at least.
    """
    return [
        i.id
        for i in plan.indicators
        if i.rule == "window"
        and i.data.table != table
        and schedule.period_start(newer, schedule.window_months(i)) > newest
    ]
