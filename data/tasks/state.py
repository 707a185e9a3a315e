"""How far every duty is: each of its periods judged by the records of work as they were on a day."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from data.plan_model import Plan, Task
from data.summaries import done_by, inside
from data.tasks.periods import TaskPeriod, periods, span

Status = Literal["overdue", "doing", "not_started", "done", "cancelled"]
STATUSES: tuple[Status, ...] = ("overdue", "doing", "not_started", "done", "cancelled")
"""As a list of duties is sorted: what somebody must act on first."""


@dataclass(frozen=True, slots=True)
class PeriodState:
    """One turn of a duty as it stood on a day.

    Attributes
    ----------
    places, done, in_time, overdue
        Places that have records of it, those where all of them are done, done in time, or past their day undone.
    late
        Whether it was done, but in some place after the due day.
    """

    period: TaskPeriod
    status: Status
    places: int = 0
    done: int = 0
    in_time: int = 0
    overdue: int = 0
    late: bool = False

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.status not in {"done", "cancelled"}


@dataclass(frozen=True, slots=True)
class TaskState:
    """A duty as it stood on a day.

    Attributes
    ----------
    next_due
        The turn that is due next, today or later, and not done; None if none is.
    unplaced
        Records that name the duty, but of which nobody can say which of its turns they are of.
    """

    status: Status
    periods: tuple[PeriodState, ...]
    next_due: PeriodState | None
    unplaced: int = 0

    @property
    def overdue(self) -> tuple[PeriodState, ...]:
        """The turns that are overdue."""
        return tuple(state for state in self.periods if state.status == "overdue")


def states(plan: Plan, actions: pd.DataFrame, scope: Collection[str], day: dt.date) -> dict[str, TaskState]:
    """Return the state of every duty of a plan on a day.

    Parameters
    ----------
    actions
        Rows of the table `actions` as they count.
    scope
        Codes of the regions looked at: all of the plan's, or a township and its villages. A duty without records in
        them is judged by those of the plan's whole region: what the county does itself it does for every township.
    """
    turns = {task.id: periods(task, plan) for task in plan.tasks}
    rows = turned(_of_scope(actions, scope, plan.top_region), turns)
    counted = _counted(rows, turns, day)
    unplaced = rows.loc[rows["turn"].isna()].groupby("task_id").size()
    return {
        task.id: _task_state(task, turns[task.id], counted, int(unplaced.get(task.id, 0)), plan, day)
        for task in plan.tasks
    }


def _of_scope(actions: pd.DataFrame, scope: Collection[str], top: str) -> pd.DataFrame:
    own = inside(actions, scope)
    mine = set(actions.loc[own, "task_id"].dropna())
    whole = (actions["geo_code"] == top) & ~actions["task_id"].isin(mine)
    return actions.loc[own | whole]


def turned(rows: pd.DataFrame, turns: dict[str, tuple[TaskPeriod, ...]]) -> pd.DataFrame:
    """Return the records of known duties with the label of the turn they are of in `turn`; None where none fits."""
    rows = rows.loc[rows["task_id"].isin(list(turns))]
    said = rows[["task_id", "period", "due_on", "done_on"]]
    known = said.drop_duplicates()
    labels = [
        turn_of(turns[task], period, _day(due), _day(done))
        for task, period, due, done in known.itertuples(index=False, name=None)
    ]
    found = said.merge(known.assign(turn=pd.Series(labels, index=known.index, dtype=object)), how="left")
    return rows.assign(turn=found["turn"].to_numpy())


def _day(stamp: object) -> dt.date | None:
    return stamp.date() if isinstance(stamp, pd.Timestamp) and not pd.isna(stamp) else None


def turn_of(turns: tuple[TaskPeriod, ...], period: str | None, due: dt.date | None, done: dt.date | None) -> str | None:
    """Return the label of the turn a record is of: the one it names, else by its due day, its period or its dates."""
    if len(turns) == 1:
        return turns[0].label
    for turn in turns:
        if turn.label == period:
            return turn.label
    for turn in turns:
        if due is not None and turn.due == due:
            return turn.label
    named = span(period)
    if period and named is None:
        return None
    at = due or done
    first, last = named or (at, at)
    if first is None or last is None:
        return None
    met = [turn.label for turn in turns if turn.start <= last and first <= turn.end]
    return met[0] if len(met) == 1 else None


def record_states(task: Task, plan: Plan, actions: pd.DataFrame, scope: Collection[str], day: dt.date) -> pd.DataFrame:
    """Return the records of one duty in a scope (see `states`), each as it stood on a day.

    Returns
    -------
    DataFrame
        The table's columns with `turn`, `place` and `state`: overdue, doing, not_started, done, late or cancelled.
        `due_on` is the turn's day where the record has none.
    """
    turns = {task.id: periods(task, plan)}
    mine = actions.loc[actions["task_id"] == task.id]
    rows = turned(_of_scope(mine, scope, plan.top_region), turns)
    rows = rows.assign(turn=rows["turn"].fillna(""), due_on=_asked(rows, turns))
    stamp = pd.Timestamp(day)
    done = done_by(rows, stamp)
    conditions = [
        rows["status"] == "cancelled",
        done & (rows["done_on"] > rows["due_on"]),
        done,
        rows["due_on"] < stamp,
        rows["status"] == "doing",
    ]
    state = np.select(conditions, ["cancelled", "late", "done", "overdue", "doing"], "not_started")
    return rows.assign(state=state, place=_places(rows))


def _asked(rows: pd.DataFrame, turns: dict[str, tuple[TaskPeriod, ...]]) -> pd.Series:
    """Return by when each record was asked for: its own due day, else that of its turn."""
    due = {(task, turn.label): turn.due for task, found in turns.items() for turn in found}
    keys = zip(rows["task_id"], rows["turn"], strict=True)
    asked = pd.to_datetime(pd.Series([due.get(key) for key in keys], index=rows.index, dtype=object))
    return rows["due_on"].fillna(asked.astype("datetime64[ns]"))


def _places(rows: pd.DataFrame) -> pd.Series:
    return rows["village_code"].fillna(rows["geo_code"]).fillna("")


def _counted(
    rows: pd.DataFrame, turns: dict[str, tuple[TaskPeriod, ...]], day: dt.date
) -> dict[tuple[str, str], dict[str, int]]:
    """Count the places of each turn: in all, done, done in time, overdue, begun, and records called off."""
    stamp = pd.Timestamp(day)
    rows = rows.loc[rows["turn"].notna()]
    asked = _asked(rows, turns)
    done = done_by(rows, stamp)
    flags = pd.DataFrame(
        {
            "task_id": rows["task_id"],
            "turn": rows["turn"],
            "place": _places(rows),
            "done": done,
            "in_time": done & ~(rows["done_on"] > asked),
            "overdue": ~done & (asked < stamp),
            "begun": done | (rows["status"] == "doing"),
        }
    )
    off = rows["status"] == "cancelled"
    live = flags.loc[~off]
    places = live.groupby(["task_id", "turn", "place"], sort=False).agg(
        done=("done", "all"), in_time=("in_time", "all"), overdue=("overdue", "any"), begun=("begun", "any")
    )
    sums = places.groupby(level=[0, 1], sort=False).agg(
        places=("done", "size"), done=("done", "sum"), in_time=("in_time", "sum"), overdue=("overdue", "sum"),
        begun=("begun", "sum"),
    )  # fmt: skip
    found = {
        (str(task), str(turn)): {str(name): int(n) for name, n in zip(sums.columns, row, strict=True)}
        for (task, turn), row in zip(sums.index, sums.to_numpy(), strict=True)
    }
    for task, turn in zip(rows.loc[off, "task_id"], rows.loc[off, "turn"], strict=True):
        found.setdefault((task, turn), {"called_off": 1})
    return found


def _task_state(
    task: Task,
    turns: tuple[TaskPeriod, ...],
    counted: dict[tuple[str, str], dict[str, int]],
    unplaced: int,
    plan: Plan,
    day: dt.date,
) -> TaskState:
    found = tuple(_period_state(turn, counted.get((task.id, turn.label), {}), plan, day) for turn in turns)
    ahead = [s for s in found if s.open and s.period.due is not None and s.period.due >= day]
    return TaskState(_overall(found), found, min(ahead, key=lambda s: s.period.due or day, default=None), unplaced)


def _period_state(turn: TaskPeriod, n: dict[str, int], plan: Plan, day: dt.date) -> PeriodState:
    places, done = n.get("places", 0), n.get("done", 0)
    if not places:
        if "called_off" in n:
            return PeriodState(turn, "cancelled")
        passed = turn.due is not None and turn.due < day
        return PeriodState(turn, "overdue" if passed else "not_started")
    counts = (places, done, n["in_time"], n["overdue"])
    if n["overdue"]:
        return PeriodState(turn, "overdue", *counts)
    # A duty without a date is kept up as long as the plan runs: that much of it is done makes it under way.
    if done == places and (turn.due is not None or day >= plan.end):
        return PeriodState(turn, "done", *counts, late=n["in_time"] < done)
    return PeriodState(turn, "doing" if n["begun"] else "not_started", *counts)


def _overall(found: Iterable[PeriodState]) -> Status:
    """Return the state of the whole duty: overdue if any turn is, else what all of them come to."""
    codes = {state.status for state in found}
    if "overdue" in codes:
        return "overdue"
    if codes <= {"cancelled"}:
        return "cancelled"
    if codes <= {"done", "cancelled"}:
        return "done"
    return "doing" if codes & {"doing", "done"} else "not_started"
