"""Closing needs another than who reported it rectified, on the page and in an uploaded list alike."""

import pandas as pd

from data.problems.moves import same_person
from data.registry import County
from data.same_words import person
from data.store import Store


def reporter(store: Store, county: County, issue_id: str) -> str | None:
    """Return who reported a problem rectified, as the audit has it; None if nobody did.

    It is who brought the present date of rectification first, of the batches that count.
    """
    states = counting(store, county, issue_id)
    if states.empty or pd.isna(states["rectified_on"].iloc[-1]):
        return None
    now = states["rectified_on"].iloc[-1]
    last = len(states) - 1
    while last > 0 and states["rectified_on"].iloc[last - 1] == now:
        last -= 1
    return store.batch(county.code, int(states["batch_id"].iloc[last])).actor


def counting(store: Store, county: County, issue_id: str, version: int | None = None) -> pd.DataFrame:
    """Return the states a problem went through, oldest first, without those that were undone; as known at a version."""
    states = store.past_rows(county.code, "issues", {"issue_id": issue_id})
    active = {b.batch_id for b in store.batches(county.code, "issues", version) if b.active}
    return states.loc[states["batch_id"].isin(active)].reset_index(drop=True)


def need_another(store: Store, county: County, table: str, rows: pd.DataFrame, actor: str) -> None:
    """Refuse rows of a list that close problems which the same actor reported rectified.

    A list may bring problems with both dates that nobody reported here before: that is history, not a verification.

    Raises
    ------
    UploadError
    """
    if table != "issues":
        return
    closing = set(rows.loc[rows["closed_on"].notna(), "issue_id"])
    if not closing:
        return
    old = store.rows(county.code, "issues", only=("issue_id", "rectified_on", "closed_on"))
    waiting = old.loc[old["closed_on"].isna() & old["rectified_on"].notna(), "issue_id"]
    me = person(actor)
    told = {one: reporter(store, county, one) for one in waiting if one in closing}
    own = [one for one, who in told.items() if who is not None and person(who) == me]
    if own:
        raise same_person(own)
