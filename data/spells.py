"""A problem that came back, as it stood before: its earlier closings and deadlines go on counting at their dates.

Reopening empties the dates of rectifying and closing and may set another deadline. The rows that the store keeps of the
time before say how the problem stood until the day it came back, so that no figure of an earlier date moves.
"""

import datetime as dt
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

SINCE, UNTIL = "stood_since", "stood_until"
"""From which day on (blank: ever) and before which day (blank: for good) a row says how its problem stood."""


def with_earlier(rows: pd.DataFrame, states: pd.DataFrame) -> pd.DataFrame:
    """Return problems with a row more for every time one was closed before it came back.

    Parameters
    ----------
    rows : the table as it stands.
    states : the states that count of the problems which came back, oldest first; only what they tell is known.

    Returns
    -------
    DataFrame
        The table's columns, `SINCE` and `UNTIL`. At any day exactly one row of a problem holds (`at`).
    """
    blank = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[ns]")
    rows = rows.assign(**{SINCE: blank, UNTIL: blank})
    kept: list[int] = []
    begun: list[Any] = []
    ended: list[Any] = []
    latest: dict[str, Any] = {}
    for issue_id, places in states.groupby("issue_id", sort=False).indices.items():
        for one, following in pairwise(places):
            before, day = states.iloc[one], states["reopened_on"].iloc[following]
            if pd.isna(day) or day == before["reopened_on"] or pd.isna(before["closed_on"]):
                continue
            kept.append(one)
            begun.append(latest.get(str(issue_id), pd.NaT))
            ended.append(day)
            latest[str(issue_id)] = day
    if not kept:
        return rows
    rows[SINCE] = pd.to_datetime(rows["issue_id"].map(latest)).astype("datetime64[ns]")
    earlier = states.iloc[kept].assign(**{SINCE: begun, UNTIL: ended}).reindex(columns=rows.columns)
    return pd.concat([rows, earlier.astype(rows.dtypes.to_dict())], ignore_index=True)


def holds(rows: pd.DataFrame, day: dt.date) -> np.ndarray[Any, Any]:
    """Return which rows of `with_earlier` say how their problem stood on a day: one of each."""
    stamp = np.datetime64(day)
    holding: np.ndarray[Any, Any] = ~(rows[SINCE].to_numpy() > stamp) & ~(rows[UNTIL].to_numpy() <= stamp)
    return holding


def at(rows: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Return one row per problem: how it stood on a day."""
    return rows.loc[holds(rows, day)] if UNTIL in rows else rows


def current(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per problem: how it stands now."""
    return rows.loc[rows[UNTIL].isna()] if UNTIL in rows else rows
