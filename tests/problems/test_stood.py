"""How problems stood before: the example of docs/progress.md worked from its words, and what holds of any course."""

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as some

from data import spells
from data.problems import ledger
from data.tables import typed

DOC = Path(__file__).parents[2] / "docs" / "progress.md"
VILLAGE = "500113115219"
MONTHS = {"July": 7, "August": 8, "September": 9, "October": 10, "November": 11, "December": 12}


def states(*rows: dict[str, Any]) -> pd.DataFrame:
    fixed = {"issue_id": "A", "village_code": VILLAGE, "found_on": "2023-07-01"}
    frame = typed("issues", pd.DataFrame([fixed | row for row in rows]))
    return frame.assign(batch_id=range(1, len(rows) + 1))


def stood(course: pd.DataFrame, shown: dict[int, dt.date]) -> pd.DataFrame:
    return spells.with_earlier(course.iloc[[-1]].drop(columns="batch_id"), course, shown)


def day(text: str) -> dt.date:
    number, month = text.split()
    return dt.date(2023, MONTHS[month], int(number))


def test_the_example_of_the_document() -> None:
    course = states(
        {"due_on": "2023-07-15"}, {"due_on": "2023-10-10"}, {"due_on": "2023-11-30"},
        {"due_on": "2023-11-30", "rectified_on": "2023-12-04", "closed_on": "2023-12-05"},
        {"due_on": "2023-12-20", "reopened_on": "2023-12-10", "reopened_n": 1},
    )  # fmt: skip
    assert spells.moving_deadlines(course) == {2, 3, 5}
    # The fifth came back with its deadline: its own day counts, whatever had been shown by then.
    rows = stood(course, {2: dt.date(2023, 9, 1), 3: dt.date(2023, 11, 1), 5: dt.date(2024, 1, 1)})
    part = DOC.read_text("utf-8").partition("### Problems: an example")[2].partition("\n## ")[0]
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in part.splitlines() if line.startswith("| ")]
    assert len(lines) == 8
    for at, due, is_open, overdue in lines[1:]:
        for one in at.split(", "):
            (row,) = ledger.on(rows, {VILLAGE}, day(one)).to_dict("records")
            told = (row["due_on"].date(), row["open"], bool(row["open"] and row["late"] > 0))
            assert told == (day(due), is_open == "yes", overdue == "yes"), one


STEPS = some.lists(
    some.tuples(some.sampled_from(["move", "close", "back"]), some.integers(1, 25), some.integers(0, 40)), max_size=6
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_at_any_day_one_row_holds_and_what_was_shown_keeps_its_deadline(steps: list[tuple[str, int, int]]) -> None:
    """Batch after batch, each some days later, the figures having reached the day before it."""
    rows: list[dict[str, Any]] = [{"due_on": "2023-07-15"}]
    today, shown, told = dt.date(2023, 7, 2), {1: dt.date(2023, 7, 2)}, {}
    for n, (step, later, due) in enumerate(steps, 2):
        now = stood(states(*rows), shown)
        for back in range((today - dt.date(2023, 7, 1)).days + later):
            at = dt.date(2023, 7, 1) + dt.timedelta(days=back)
            (one,) = spells.at(now, at).to_dict("records")
            told.setdefault(at, one["due_on"])
        today += dt.timedelta(days=later)
        row, closed = dict(rows[-1]), rows[-1].get("closed_on")
        if step == "close" and not closed:
            row |= {"closed_on": str(today)}
        elif step == "back" and closed:
            row |= {"closed_on": None, "reopened_on": str(today), "due_on": str(today + dt.timedelta(days=due))}
        else:
            row |= {"due_on": str(today + dt.timedelta(days=due))}
        rows.append(row)
        shown[n] = today
    final = stood(states(*rows), shown)
    for at, due_on in told.items():
        (one,) = spells.at(final, at).to_dict("records")
        assert one["due_on"] == due_on, at
    assert len(spells.current(final)) == 1


DAY = some.one_of(some.none(), some.integers(1, 9).map(lambda n: f"2023-07-0{n}"))
STATE = some.tuples(some.sampled_from("ABC"), DAY, DAY, DAY)


@settings(max_examples=100, deadline=None)
@given(some.lists(STATE, min_size=1, max_size=12), some.integers(1, 9))
def test_problems_among_others_stand_as_each_alone(course: list[tuple[str, Any, Any, Any]], reached: int) -> None:
    """States of several problems in turn, each of a batch of its own; only some batches came beside shown figures."""
    every = states(
        *({"issue_id": n, "due_on": due, "closed_on": closed, "reopened_on": back} for n, due, closed, back in course)
    )
    shown = dict.fromkeys(range(1, len(every) + 1, 2), dt.date(2023, 7, reached))
    now = every.drop(columns="batch_id").groupby("issue_id", sort=False).tail(1)
    together = spells.with_earlier(now, every, shown)
    moving = set()
    for number, alone in every.groupby("issue_id"):
        single = spells.with_earlier(now.loc[now["issue_id"] == number], alone, shown)
        mine = together.loc[together["issue_id"] == number]
        # Where none of them stood otherwise there are no columns of it.
        mine = mine.reindex(columns=[*now, spells.SINCE, spells.UNTIL]).reset_index(drop=True)
        single = single.reindex(columns=mine.columns).reset_index(drop=True).astype(mine.dtypes)
        pd.testing.assert_frame_equal(mine, single)
        moving |= spells.moving_deadlines(alone)
    assert spells.moving_deadlines(every) == moving
