"""What moved of the plan's duties since a day: turns newly overdue, and turns done. Pure."""

import datetime as dt
from collections.abc import Mapping
from typing import Literal, NamedTuple

from data.tasks.state import PeriodState, TaskState

Group = Literal["overdue", "done"]
GROUPS: tuple[Group, ...] = ("overdue", "done")


class Moved(NamedTuple):
    """One turn of a duty that moved."""

    task: str
    turn: PeriodState


def moved(now: Mapping[str, TaskState], then: Mapping[str, TaskState], since: dt.date) -> dict[Group, list[Moved]]:
    """Return the turns that moved, by group and in the order of the plan; groups without any are left out.

    Parameters
    ----------
    now, then
        States of all duties, and those of the day that is compared with; `then` is empty where no work had been
        recorded yet. A turn that is not in it was overdue if its day had passed.
    since
        The day that is compared with.
    """
    found: dict[Group, list[Moved]] = {group: [] for group in GROUPS}
    for task, state in now.items():
        before = {one.period.label: one.status for one in then[task].periods} if task in then else {}
        for turn in state.periods:
            passed = turn.period.due is not None and turn.period.due < since
            was = before.get(turn.period.label, "overdue" if passed else "not_started")
            group = _group(turn.status, was)
            if group:
                found[group].append(Moved(task, turn))
    return {group: turns for group, turns in found.items() if turns}


def _group(now: str, was: str) -> Group | None:
    if now == was:
        return None
    return "overdue" if now == "overdue" else "done" if now == "done" else None
