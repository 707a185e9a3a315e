"""The course of a problem, from the states its row went through and the notes on it. Pure."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

Kind = Literal["found", "handed", "due", "note", "rectified", "sent_back", "closed", "reopened"]
_ORDER: tuple[Kind, ...] = ("found", "reopened", "handed", "due", "note", "rectified", "sent_back", "closed")


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a problem.

    Attributes
    ----------
    day : None where the list does not say when.
    batch : id of the batch that brought it: it says who and when it was stored.
    text : what the problem, the note or the deadline is, or what was said with the step.
    """

    kind: Kind
    day: dt.date | None
    batch: int
    text: str = ""


_DATED = re.compile(r"(\d{4}-\d\d-\d\d)(?: (.*))?", re.DOTALL)


def dated(day: dt.date, text: str) -> str:
    """Return what is said with a step that no column has the day of."""
    return f"{day.isoformat()} {text}".strip()


def course(states: pd.DataFrame, notes: pd.DataFrame, said: Mapping[int, str]) -> list[Event]:
    """Return the steps of a problem in the order they were taken.

    Parameters
    ----------
    states : the states of its row that count, oldest batch first, with `batch_id`.
    notes : rows of `actions` that name it, with `batch_id`.
    said : what was said with changes on the page, by batch; see `dated`.
    """
    dated: list[tuple[dt.date, Event]] = []
    before: dict[str, object] = {}
    last = dt.date.min
    for row in states.to_dict("records"):
        state = {str(name): value for name, value in row.items()}
        for event in _steps(state, before, said.get(int(row["batch_id"]), "")):
            last = event.day or last  # a step without a day follows the one before it
            dated.append((last, event))
        before = state
    for row in notes.to_dict("records"):
        day = _day(row["done_on"])
        dated.append((day or dt.date.min, Event("note", day, int(row["batch_id"]), str(row["evidence"] or ""))))
    return [event for _, event in sorted(dated, key=lambda e: (e[0], e[1].batch, _ORDER.index(e[1].kind)))]


def _steps(state: dict[str, object], before: dict[str, object], said: str) -> list[Event]:
    batch = int(str(state["batch_id"]))

    def fresh(name: str) -> dt.date | None:
        """Return the date of a column if this state brought it."""
        day = _day(state[name])
        return day if day != _day(before.get(name)) else None

    steps = [Event("found", _day(state["found_on"]), batch, str(state["problem"] or ""))] if not before else []
    if day := fresh("reopened_on"):
        said = str(state["problem"] or "")
        steps.append(Event("reopened", day, batch, "" if said == before.get("problem") else said))
    elif before and _day(before.get("closed_on")) and not _day(state["closed_on"]):
        steps.append(Event("reopened", None, batch))
    elif before and _day(before.get("rectified_on")) and not _day(state["rectified_on"]):
        found = _DATED.fullmatch(said)
        on, why = (dt.date.fromisoformat(found[1]), found[2] or "") if found else (None, said)
        steps.append(Event("sent_back", on, batch, why))
    if day := fresh("handed_on"):
        steps.append(Event("handed", day, batch, _who(state)))
    was, now = _day(before.get("due_on")), _day(state["due_on"])
    if was and now != was and steps == []:  # whoever hands over anew sets a deadline anyway
        steps.append(Event("due", None, batch, f"{was} → {now or ''}"))
    if day := fresh("rectified_on"):
        steps.append(Event("rectified", day, batch, said))
    if day := fresh("closed_on"):
        steps.append(Event("closed", day, batch, said))
    return steps


def _who(state: dict[str, object]) -> str:
    told = [str(state[name]) for name in ("office", "owner") if state[name]]
    return " · ".join(told)


def _day(value: object) -> dt.date | None:
    return value.date() if isinstance(value, pd.Timestamp) and not pd.isna(value) else None
