"""How a problem stood before: its earlier closings and deadlines go on counting at their dates.

Reopening empties the dates of rectifying and closing and may set another deadline; a list may lengthen the deadline of
a problem that is open. The rows that the store keeps of the time before say how the problem stood until the day it came
back, and what the deadline was on the dates that had been shown by then, so that no figure of an earlier date moves.
"""

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

SINCE, UNTIL = "stood_since", "stood_until"
"""From which day on (blank: ever) and before which day (blank: for good) a row says how its problem stood."""


def moving_deadlines(states: pd.DataFrame) -> set[int]:
    """Return the batches that put another deadline in the place of a problem's earlier one.

    Parameters
    ----------
    states : as `with_earlier` takes them.
    """
    places = states.groupby("issue_id", sort=False).indices.values()
    return {int(states["batch_id"].iloc[b]) for every in places for a, b in pairwise(every) if _moved(states, a, b)}


def with_earlier(rows: pd.DataFrame, states: pd.DataFrame, shown: Mapping[int, dt.date]) -> pd.DataFrame:
    """Return problems with a row more for every time one was closed before it came back, or had another deadline.

    Parameters
    ----------
    rows : the table as it stands.
    states : the states that count of these problems, oldest first, with `batch_id`; only what they tell is known.
    shown : by batch the first day that nothing had been shown of when it came: from then on its deadlines hold. Of a
        batch that is not among them they hold at any day.

    Returns
    -------
    DataFrame
        The table's columns, `SINCE` and `UNTIL`. At any day exactly one row of a problem holds (`at`).
    """
    kept: list[int] = []
    due: list[Any] = []
    begun: list[Any] = []
    ended: list[Any] = []
    latest: dict[str, Any] = {}
    for issue_id, places in states.groupby("issue_id", sort=False).indices.items():
        begin: Any = pd.NaT
        for first, last, end in _times(states, places):
            for until, deadline in _deadlines(states, places[first : last + 1], shown, begin, end):
                kept.append(places[last])
                due.append(deadline)
                begun.append(begin)
                ended.append(until)
                begin = until
            if not pd.isna(end) and (pd.isna(begin) or begin < end):
                kept.append(places[last])
                due.append(states["due_on"].iloc[places[last]])
                begun.append(begin)
                ended.append(end)
                begin = end
        latest[str(issue_id)] = begin
    if not kept:
        return rows
    rows = rows.assign(**{SINCE: pd.to_datetime(rows["issue_id"].map(latest)).astype("datetime64[ns]")})
    rows[UNTIL] = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[ns]")
    earlier = states.iloc[kept].assign(**{"due_on": due, SINCE: begun, UNTIL: ended}).reindex(columns=rows.columns)
    return pd.concat([rows, earlier.astype(rows.dtypes.to_dict())], ignore_index=True)


def _times(states: pd.DataFrame, places: Any) -> list[tuple[int, int, Any]]:
    """Return the times from being found, or back, until being back: first and last state, and the day it was back."""
    found: list[tuple[int, int, Any]] = []
    first = 0
    for n, (one, following) in enumerate(pairwise(places)):
        before, day = states.iloc[one], states["reopened_on"].iloc[following]
        if not (pd.isna(day) or day == before["reopened_on"] or pd.isna(before["closed_on"])):
            found.append((first, n, day))
            first = n + 1
    return [*found, (first, len(places) - 1, pd.NaT)]


def _deadlines(
    states: pd.DataFrame, places: Any, shown: Mapping[int, dt.date], begin: Any, end: Any
) -> list[tuple[pd.Timestamp, Any]]:
    """Return the deadlines of a time that others took the place of: until which day each held, oldest first."""
    found = []
    for one, following in pairwise(places):
        day = shown.get(int(states["batch_id"].iloc[following]))
        if day is None or not _moved(states, one, following):
            continue
        until = pd.Timestamp(day) if pd.isna(end) else min(pd.Timestamp(day), end)
        if pd.isna(begin) or until > begin:  # else it was replaced before anything was shown by it
            found.append((until, states["due_on"].iloc[one]))
            begin = until
    return found


def _moved(states: pd.DataFrame, one: int, following: int) -> bool:
    """Whether a state has another deadline than the one before it, which had one: to fill in a blank moves nothing."""
    before, now = states["due_on"].iloc[one], states["due_on"].iloc[following]
    return not pd.isna(before) and before != now


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
