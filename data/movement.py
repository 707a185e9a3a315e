"""What moved since the last meeting: each row whose status changed, once, under the first heading that holds. Pure."""

import pandas as pd

from data.progress import BAD, JUDGED, WORST_FIRST
from data.shown import WITHHELD

GROUPS = ("red", "done", "reported", "down", "up", "other")
"""Newly behind or overdue, newly done, newly reported, else worse, else better, and what is neither."""

_ORDER = {code: n for n, code in enumerate(WORST_FIRST)}


def moved(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows whose status differs from `status_before`, by group; groups without rows are left out.

    Parameters
    ----------
    rows
        Of `data.shown.as_shown` with `status_before`, None where there was no such row then.

    Notes
    -----
    Better and worse are told of statuses that judge. What becomes due, or was asked for and is not any more, is in
    neither; what nobody has reported any more is in "other" too.
    """
    changed = rows.loc[rows["status_before"].notna() & (rows["status"] != rows["status_before"])]
    # What is not shown at one of the dates says nothing of how it moved.
    changed = changed.loc[(changed["status"] != WITHHELD) & (changed["status_before"] != WITHHELD)]
    group = [_group(now, before) for now, before in zip(changed["status"], changed["status_before"], strict=True)]
    found = {name: changed.loc[[g == name for g in group]] for name in GROUPS}
    return {name: part for name, part in found.items() if len(part)}


def _group(now: str, before: str) -> str:
    if now in BAD and before not in BAD:
        return "red"
    if now == "done":
        return "done"
    if before == "no_data" and now != "no_data":
        return "reported"
    if now in JUDGED and before in JUDGED:
        return "up" if _ORDER[now] > _ORDER[before] else "down"
    return "other"
