"""Closing needs another than who reported it rectified, on the page and in an uploaded list alike."""

from collections.abc import Collection
from typing import Any

import pandas as pd

from data.problems.moves import same_person
from data.registry import County
from data.same_words import person
from data.store import Store

_BY_NUMBER = 500


def reporter(store: Store, county: County, issue_id: str) -> str | None:
    """Return who reported a problem rectified, as the audit has it; None if nobody did."""
    return reporters(store, county, [issue_id]).get(issue_id)


def reporters(store: Store, county: County, issue_ids: Collection[str]) -> dict[str, str]:
    """Return who reported each of these problems rectified, as the audit has it, without those that nobody did.

    It is who brought the present date of rectification first, of the batches that count.
    """
    actors = {b.batch_id: b.actor for b in store.batches(county.code, "issues") if b.active}
    # The few of a page are asked for by number; a list's numbers may be more than a query takes.
    asked = {"issue_id": issue_ids} if len(issue_ids) <= _BY_NUMBER else None
    states = store.past_rows(county.code, "issues", asked)
    states = states.loc[states["issue_id"].isin(set(issue_ids)) & states["batch_id"].isin(actors)]
    since: dict[str, tuple[Any, int]] = {}
    for number, day, batch in zip(states["issue_id"], states["rectified_on"], states["batch_id"], strict=True):
        if number not in since or since[number][0] != day:
            since[number] = day, int(batch)
    return {number: actors[batch] for number, (day, batch) in since.items() if not pd.isna(day)}


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
    told = reporters(store, county, [one for one in waiting if one in closing])
    own = [one for one, who in told.items() if person(who) == me]
    if own:
        raise same_person(own)
