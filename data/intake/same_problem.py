"""A number more for what is known as a problem already: a problem that comes back is the same problem."""

from typing import Any

import pandas as pd

TABLE = "issues"
OPEN, CLOSED = "second_number", "closed_number"
"""Rules: the same is open under another number; it was closed under another number and may have come back."""
_WHAT = ["indicator", "place", "domain"]
# Of numbers that may stand for a row: its own and another.
_NEEDED = 2
READS = ("issue_id", "indicator", "village_code", "geo_code", "domain", "found_on", "closed_on")


def second_numbers(frame: pd.DataFrame, stored: pd.DataFrame) -> list[tuple[int, str, str, str]]:
    """Return the open rows of a list that are of the same indicator, place and domain as another problem.

    Parameters
    ----------
    frame : the rows of the list.
    stored : the rows that count now, the columns `READS`.

    Returns
    -------
    list
        Position in the list, rule, number and closing day ("" while it is open) of the other problem: an open one, in
        the list above the row or stored; else, for a number that is not stored yet, the one closed last.
    """
    new = frame[list(READS)].assign(at=range(len(frame)), known=frame["issue_id"].isin(stored["issue_id"]))
    old = stored.loc[~stored["issue_id"].isin(frame["issue_id"]), list(READS)].assign(at=-1, known=True)
    both = pd.concat([old, new], ignore_index=True).astype({"closed_on": "datetime64[ns]"})
    both["place"] = both["village_code"].fillna(both["geo_code"])
    both = both.dropna(subset=_WHAT)
    both = both.loc[both.duplicated(_WHAT, keep=False)]
    both["same"] = both.groupby(_WHAT, sort=False).ngroup()
    todo, over = both.loc[both["closed_on"].isna()], both.loc[both["closed_on"].notna()]
    last = _last_closed(over)
    first: dict[int, list[str]] = {}  # by problem the first open numbers above, two at most
    found = []
    for same, number, at, known in _each(todo, "same", "issue_id", "at", "known"):
        above = first.setdefault(same, [])
        others = [one for one in above if one != number]
        closed = [(one, day) for one, day in last.get(same, []) if one != number]
        if at >= 0 and others:
            found.append((at, OPEN, others[0], ""))
        elif at >= 0 and closed and not known:
            found.append((at, CLOSED, closed[0][0], f"{closed[0][1]:%Y-%m-%d}"))
        if len(above) < _NEEDED and number not in above:
            above.append(number)
    return sorted(found)


def _last_closed(over: pd.DataFrame) -> dict[int, list[tuple[str, pd.Timestamp]]]:
    """Return by problem the numbers closed last, the latest first: two, as one may be the row's own."""
    last: dict[int, list[tuple[str, pd.Timestamp]]] = {}
    for same, number, day in _each(over.sort_values("closed_on", kind="stable"), "same", "issue_id", "closed_on"):
        before = [one for one in last.get(same, []) if one[0] != number]
        last[same] = [(number, day), *before][:_NEEDED]
    return last


def _each(frame: pd.DataFrame, *columns: str) -> "zip[tuple[Any, ...]]":
    """Return the rows as tuples, in order."""
    return zip(*(frame[name].tolist() for name in columns), strict=True)
