"""The list of problems as it stands: how far each is, how old, where, and who has it. Pure pandas."""

import datetime as dt
from collections.abc import Collection

import numpy as np
import pandas as pd

from data import spells
from data.summaries import AGES, aged, inside, issue_list

STATUSES = ("found", "handed", "rectified", "closed")
"""Found and not handed over, being rectified, reported rectified and to be verified, closed."""


def on(issues: pd.DataFrame, scope: Collection[str], day: dt.date) -> pd.DataFrame:
    """Return the problems found by the day, as they stood on it.

    Returns
    -------
    DataFrame
        As `data.summaries.issue_list`, with `status` (one of `STATUSES`), `place` (the finest code given), `town`
        (the township's code, the county's where no township is given) and `due_then` (see `now`), which is blank.
    """
    stamp = pd.Timestamp(day)
    rows = issue_list(issues, scope, day)
    rows = rows.assign(status=_statuses(rows, rows["open"], rows["rectified_on"] <= stamp, stamp))
    return _with_places(rows.assign(due_then=pd.Series(pd.NaT, index=rows.index, dtype="datetime64[ns]")))


def now(issues: pd.DataFrame, scope: Collection[str], day: dt.date) -> pd.DataFrame:
    """Return all problems as they stand, with what was found or done after the newest data; ages are up to the day.

    `due_then` is the deadline that stood on the day and was overdue then, where another took its place and is not: the
    figures of the day count such a problem as overdue.
    """
    then = issue_list(issues, scope, day)
    late_then = then.loc[then["open"] & (then["late"] > 0)].set_index("issue_id")["due_on"]
    issues = spells.current(issues)
    rows = issues.loc[inside(issues, scope)]
    rows = aged(rows, rows["closed_on"].isna(), pd.Timestamp(day))
    rows = rows.assign(age=rows["age"].clip(lower=0))  # found after the day
    before = pd.Series(late_then.reindex(rows["issue_id"]).to_numpy("datetime64[ns]"), index=rows.index)
    rows = rows.assign(due_then=before.where((before != rows["due_on"]) & ~(rows["open"] & (rows["late"] > 0))))
    return _with_places(rows.assign(status=_statuses(rows, rows["open"], rows["rectified_on"].notna(), None)))


def _statuses(rows: pd.DataFrame, is_open: pd.Series, rectified: pd.Series, stamp: pd.Timestamp | None) -> np.ndarray:
    # A list that says who is in charge has been handed over, though it may not say when.
    told = rows["handed_on"].notna() if stamp is None else rows["handed_on"] <= stamp
    handed = told | (rows["handed_on"].isna() & (rows["office"].notna() | rows["owner"].notna()))
    found: np.ndarray = np.select([~is_open, rectified, handed], ["closed", "rectified", "handed"], "found")
    return found


def _with_places(rows: pd.DataFrame) -> pd.DataFrame:
    place = rows["village_code"].fillna(rows["geo_code"])
    return rows.assign(place=place, town=rows["geo_code"].fillna(place.str[:9] + "000"))


def same(issues: pd.DataFrame, indicator: str, place: str, domain: str) -> pd.Series | None:
    """Return the problem that is already known of an indicator at a place in a domain; None if there is none.

    An open one before a closed one; of several the one found last.
    """
    at = issues["village_code"].fillna(issues["geo_code"])
    known = issues.loc[(issues["indicator"] == indicator) & (at == place) & (issues["domain"] == domain)]
    if known.empty:
        return None
    ordered = known.assign(is_open=known["closed_on"].isna()).sort_values(["is_open", "found_on"], kind="stable")
    found: pd.Series = known.loc[ordered.index[-1]]
    return found


def counts(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count the open problems by a column: open, overdue, rectified (to be verified) and one column per band of age.

    Index the column's values (blank as ""), most overdue first, then most open.
    """
    todo = rows.loc[rows["open"]]
    key = todo[by].fillna("")
    flags = pd.DataFrame(
        {"open": 1, "overdue": todo["late"] > 0, "rectified": todo["status"] == "rectified"}, index=todo.index
    ).astype(int)
    for band in range(len(AGES) + 1):
        flags[f"band{band}"] = (todo["band"] == band).astype(int)
    found = flags.groupby(key).sum()
    return found.sort_values(["overdue", "open"], ascending=False, kind="stable")
