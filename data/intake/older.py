"""A list of problems that was made before something newer was stored: what is newer is kept unless its sender says not.

An office fills in a list it was given last week; meanwhile a problem of it was verified and closed on the page, or its
deadline was moved. Taken as it stands the list would silently open it again, or take the deadline back.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from data.intake.against import Stored
from data.intake.corrections import NOTHING, Corrections
from data.intake.model import Checked, Problems
from data.intake.written import Written, days
from data.tables import tables, typed

TABLE = "issues"
KEPT, TAKEN = "older_kept", "older_taken"
"""Rules: the newer state is kept, and the sender said that the file counts."""
_COURSE = ["rectified_on", "closed_on"]
_STATES = [*_COURSE, "reopened_on"]
Earlier = Callable[[str], pd.DataFrame]
"""Gives the states that rows of an upload table went through, those in force among them, without what was undone."""
# What is newer → the column it is told at, the column with its day, and the words for it.
_NEWER = {
    "reopened": ("reopened_on", "reopened_on", "已于 {day} 反弹、重新打开", "came back on {day} and is open again"),
    "closed": ("closed_on", "closed_on", "已于 {day} 销号", "was closed on {day}"),
    "rectified": ("rectified_on", "rectified_on", "已于 {day} 报整改完成", "was reported rectified on {day}"),
    "sent_back": ("rectified_on", "", "核验未通过、已退回整改", "was sent back when it was verified"),
    "due": ("due_on", "due_on", "的时限已调整为 {day}", "had its deadline moved to {day}"),
}
_SETS = {"closed": _COURSE, "rectified": _COURSE, "sent_back": _COURSE, "due": ["due_on"]}
"""Which columns stay as stored where something newer is kept; of a problem that came back all do."""


def newer_kept(checked: Checked, stored: Stored, earlier: Earlier, said: Corrections = NOTHING) -> Checked:
    """Return a list with the newer states of problems in place of its own, and with that told by row and number.

    Of a problem that came back since, nothing of the row is taken; of others all but when it was rectified and closed.
    Whoever says that the file counts (`said.older`) is told what it takes back.
    """
    if checked.table != TABLE or checked.layout is None or checked.frame.empty or not checked.ok:
        return checked
    frame, layout = checked.frame.reset_index(drop=True), checked.layout
    now = stored(TABLE, tuple(tables()[TABLE].names)).drop_duplicates("issue_id")
    beside = frame[["issue_id"]].merge(now, how="left", on="issue_id")
    kinds = newer(frame, beside, earlier(TABLE))
    if not kinds.any(axis=None):
        return checked
    file, problems = Written.of(layout, tables()[TABLE]), Problems(layout.origin)
    problems.parts.append(checked.problems)
    for kind, (column, dated, zh, en) in _NEWER.items():
        mine = kinds[kind].to_numpy()
        day = days(beside.loc[mine, dated]) if dated else [""] * int(mine.sum())
        ids = frame.loc[mine, "issue_id"]
        more = [
            {"id": i, "now_zh": zh.format(day=d), "now_en": en.format(day=d)} for i, d in zip(ids, day, strict=True)
        ]
        rows, at = file.rows[mine], file.at(column)
        problems.add(
            TAKEN if said.older else KEPT, rows, None if at.col < 0 else at, column=column,
            values=file.original(column, rows), more=more,
        )  # fmt: skip
    told = replace(checked, problems=problems.frame(), said=replace(checked.said or NOTHING, older=said.older))
    if said.older:
        return told
    kept = dict.fromkeys(tables()[TABLE].names, kinds["reopened"])
    for kind, columns in _SETS.items():
        kept |= {n: kept[n] | kinds[kind] for n in columns}
    taken = {n: frame[n].where(~mine, beside[n]) for n, mine in kept.items()}
    return replace(told, frame=typed(TABLE, frame.assign(**taken)).set_index(checked.frame.index))


def newer(new: pd.DataFrame, now: pd.DataFrame, states: pd.DataFrame) -> pd.DataFrame:
    """Return for each row of a list what happened to its problem that the list does not know yet.

    Parameters
    ----------
    new, now : the rows of the list and beside them, in their order, the stored ones (blank where there is none).
    states : the states that problems went through.

    Returns
    -------
    DataFrame
        A column of yes and no for `reopened`, `closed`, `rectified` and `sent_back`, of which one at most is yes, and
        for `due`: the deadline is one that stood before another took its place.
    """
    back = now["reopened_on"]
    again = (new["reopened_on"] > back) | (new["reopened_on"].notna() & back.isna())
    again &= ~(new["reopened_on"] < now["closed_on"])
    unaware = back.notna() & (new["reopened_on"].isna() | (new[_STATES].min(axis=1) < back))
    is_open, silent = now["closed_on"].isna(), new["closed_on"].isna()
    told = [
        ("reopened", unaware),
        ("closed", ~is_open & silent),
        ("rectified", is_open & silent & now["rectified_on"].notna() & new["rectified_on"].isna()),
        ("sent_back", is_open & now["rectified_on"].isna() & new["rectified_on"].notna()
         & _was(new, states, ["rectified_on"])),
    ]  # fmt: skip
    kinds = np.select([(mask & ~again).to_numpy(dtype=bool) for _, mask in told], [kind for kind, _ in told], "")
    found = pd.DataFrame({kind: kinds == kind for kind in _NEWER}, index=new.index)
    # What came back got a deadline of its own: one from before is no sign of an older list there.
    moved = now["due_on"].notna() & (new["due_on"] != now["due_on"]) & _was(new, states, ["reopened_on", "due_on"])
    found["due"] = moved & ~again & ~found["reopened"]
    return found


def _was(new: pd.DataFrame, states: pd.DataFrame, columns: list[str]) -> "pd.Series[bool]":
    """Return which rows of a list say in some columns what their problem had there before; a blank is like a blank."""
    columns = ["issue_id", *columns]
    once = states[columns].drop_duplicates()
    both = new[columns].merge(once, how="left", on=columns, indicator=True)
    return pd.Series((both["_merge"] == "both").to_numpy(), index=new.index)
