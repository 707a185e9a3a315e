"""What moved of the problems since a day: each of them once, under the first heading that holds. Pure pandas."""

import numpy as np
import pandas as pd

GROUPS = ("late", "back", "closed", "found")
"""Newly overdue, came back, closed, found: what somebody must act on first."""


def moved(now: pd.DataFrame, then: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the problems that moved, by group; groups without any are left out.

    Parameters
    ----------
    now, then
        Of `data.problems.ledger`: as they stand, and as they stood when they were looked at then.
    """
    before = then.set_index("issue_id")
    known = now["issue_id"].isin(before.index)

    def was(column: str, otherwise: float) -> pd.Series:
        return now["issue_id"].map(before[column].astype(float)).fillna(otherwise)

    late = now["open"] & (now["late"] > 0) & ~((was("open", 0) > 0) & (was("late", 0) > 0))
    back = now["open"] & (now["reopened_n"].astype(float).fillna(0) > was("reopened_n", 0))
    closed = ~now["open"] & (was("open", 1) > 0)
    flags = dict(zip(GROUPS, (late, back, closed, ~known), strict=True))
    group = pd.Series(np.select(list(flags.values()), list(flags), default=""), index=now.index)
    return {name: now.loc[group == name] for name in GROUPS if (group == name).any()}
