"""A number more for what is known as a problem already: a problem that comes back is the same problem."""

import pandas as pd

TABLE = "issues"
OPEN, CLOSED = "second_number", "closed_number"
"""Rules: the same is open under another number; it was closed under another number and may have come back."""
_WHAT = ["indicator", "place", "domain"]
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
    found = []
    for _, same in both.loc[both.duplicated(_WHAT, keep=False)].groupby(_WHAT, sort=False):
        asked = same.loc[(same["at"] >= 0) & same["closed_on"].isna()]
        for number, at, known in zip(asked["issue_id"], asked["at"].tolist(), asked["known"], strict=True):
            others = same.loc[same["issue_id"] != number]
            todo = others.loc[others["closed_on"].isna() & (others["at"] < at)]
            over = others.loc[others["closed_on"].notna()].sort_values("closed_on", kind="stable")
            if len(todo):
                found.append((at, OPEN, str(todo["issue_id"].iloc[0]), ""))
            elif len(over) and not known:
                last = over.iloc[-1]
                found.append((at, CLOSED, str(last["issue_id"]), f"{last['closed_on']:%Y-%m-%d}"))
    return sorted(found)
