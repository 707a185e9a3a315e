"""How a problem stood before: its earlier closings and deadlines go on counting at their dates.

Reopening empties the dates of rectifying and closing and may set another deadline; a list may lengthen the deadline of
a problem that is open. The rows that the store keeps of the time before say how the problem stood until the day it came
back, and what the deadline was on the dates that had been shown by then, so that no figure of an earlier date moves.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

Places = np.ndarray[Any, np.dtype[np.intp]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
SINCE, UNTIL = "stood_since", "stood_until"
"""From which day on (blank: ever) and before which day (blank: for good) a row says how its problem stood."""


def moving_deadlines(states: pd.DataFrame) -> set[int]:
    """Return the batches that put another deadline in the place of a problem's earlier one.

    Parameters
    ----------
    states : as `with_earlier` takes them.
    """
    return {int(batch) for batch in states["batch_id"].to_numpy()[_moved(states, _before(states))]}


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
    before = _before(states)
    back = _back(states, before)
    moved = _moved(states, before) & states["batch_id"].isin(list(shown)).to_numpy()
    deadline = states["due_on"].tolist()
    days = {place: pd.Timestamp(shown[int(states["batch_id"].iloc[place])]) for place in np.flatnonzero(moved).tolist()}
    returns = dict(zip(np.flatnonzero(back).tolist(), states["reopened_on"].to_numpy()[back], strict=True))
    kept: list[int] = []
    due: list[Any] = []
    begun: list[Any] = []
    ended: list[Any] = []
    latest: dict[str, Any] = {}
    for issue_id, places in _walked(states, moved | back):
        begin: Any = pd.NaT
        for first, last, end in _times(places, returns):
            for until, earlier_due in _deadlines(deadline, places[first : last + 1], days, begin, end):
                kept.append(places[last])
                due.append(earlier_due)
                begun.append(begin)
                ended.append(until)
                begin = until
            if not pd.isna(end) and (pd.isna(begin) or begin < end):
                kept.append(places[last])
                due.append(deadline[places[last]])
                begun.append(begin)
                ended.append(end)
                begin = end
        latest[issue_id] = begin
    if not kept:
        return rows
    rows = rows.assign(**{SINCE: pd.to_datetime(rows["issue_id"].map(latest)).astype("datetime64[ns]")})
    rows[UNTIL] = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[ns]")
    earlier = states.iloc[kept].assign(**{"due_on": due, SINCE: begun, UNTIL: ended}).reindex(columns=rows.columns)
    return pd.concat([rows, earlier.astype(rows.dtypes.to_dict())], ignore_index=True)


def _before(states: pd.DataFrame) -> Places:
    """Return for each state the place of the one before it of the same problem; -1 for the first."""
    codes = pd.factorize(states["issue_id"])[0]
    order = np.argsort(codes, kind="stable")
    one, following = order[:-1], order[1:]
    same = codes[one] == codes[following]
    before = np.full(len(states), -1, dtype=np.intp)
    before[following[same]] = one[same]
    return before


def _moved(states: pd.DataFrame, before: Places) -> Mask:
    """Return which states have another deadline than the one before, which had one: to fill one in moves nothing."""
    due = states["due_on"].to_numpy()
    had = due[before]
    moved: Mask = (before >= 0) & ~np.isnat(had) & (due != had)
    return moved


def _back(states: pd.DataFrame, before: Places) -> Mask:
    """Return the states in which a closed problem is back."""
    day, closed = states["reopened_on"].to_numpy(), states["closed_on"].to_numpy()
    back: Mask = (before >= 0) & ~np.isnat(day) & (day != day[before]) & ~np.isnat(closed[before])
    return back


def _walked(states: pd.DataFrame, changes: Mask) -> Iterator[tuple[str, list[int]]]:
    """Return the problems of which a state changes how they stood before, with the places of all their states."""
    codes, issue_ids = pd.factorize(states["issue_id"])
    wanted = np.zeros(len(issue_ids), dtype=bool)
    wanted[codes[changes]] = True
    places = np.flatnonzero(wanted[codes])
    places = places[np.argsort(codes[places], kind="stable")]
    if len(places):
        for every in np.split(places, np.flatnonzero(np.diff(codes[places])) + 1):
            yield str(issue_ids[codes[every[0]]]), every.tolist()


def _times(places: Sequence[int], returns: Mapping[int, np.datetime64]) -> list[tuple[int, int, Any]]:
    """Return the times from being found, or back, until being back: first and last state, and the day it was back."""
    found: list[tuple[int, int, Any]] = []
    first = 0
    for n, following in enumerate(places[1:]):
        if following in returns:
            found.append((first, n, pd.Timestamp(returns[following])))
            first = n + 1
    return [*found, (first, len(places) - 1, pd.NaT)]


def _deadlines(
    due: Sequence[Any], places: Sequence[int], days: Mapping[int, pd.Timestamp], begin: Any, end: Any
) -> list[tuple[pd.Timestamp, Any]]:
    """Return the deadlines of a time that others took the place of: until which day each held, oldest first."""
    found = []
    for one, following in pairwise(places):
        if following not in days:
            continue
        until = days[following] if pd.isna(end) else min(days[following], end)
        if pd.isna(begin) or until > begin:  # else it was replaced before anything was shown by it
            found.append((until, due[one]))
            begin = until
    return found


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
