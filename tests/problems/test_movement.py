"""What moved of the problems since a day: worked by hand, and no problem twice."""

import datetime as dt
from typing import Any

import pandas as pd

from data.problems import ledger, movement
from data.tables import typed

VILLAGE = "500113115219"
THEN, NOW = dt.date(2023, 8, 31), dt.date(2023, 9, 30)


def problem(name: str, **columns: Any) -> dict[str, Any]:
    return {"issue_id": name, "village_code": VILLAGE, "found_on": "2023-07-01", "due_on": "2023-12-31"} | columns


def seen(day: dt.date, *rows: dict[str, Any]) -> pd.DataFrame:
    return ledger.on(typed("issues", pd.DataFrame(list(rows))), {VILLAGE}, day)


def moved(then: pd.DataFrame, now: pd.DataFrame) -> dict[str, list[str]]:
    return {group: list(rows["issue_id"]) for group, rows in movement.moved(now, then).items()}


def test_each_problem_under_the_first_heading_that_holds() -> None:
    rows = (
        problem("still open"),
        problem("overdue all along", due_on="2023-08-15"),
        problem("overdue since", due_on="2023-09-15"),
        problem("found and overdue", found_on="2023-09-02", due_on="2023-09-20"),
        problem("closed since", closed_on="2023-09-10"),
        problem("closed before", closed_on="2023-08-10"),
        problem("found and closed", found_on="2023-09-02", closed_on="2023-09-03"),
        problem("found since", found_on="2023-09-02"),
        problem("not found yet", found_on="2023-10-02"),
    )
    assert moved(seen(THEN, *rows), seen(NOW, *rows)) == {
        "late": ["overdue since", "found and overdue"],
        "closed": ["closed since", "found and closed"],
        "found": ["found since"],
    }


def test_what_came_back_is_told_as_that() -> None:
    # Closed at the meeting, then back, open and in time; another is back and overdue; a third is closed again.
    then = seen(THEN, *(problem(name, closed_on="2023-08-10") for name in "ABC"), problem("D"))
    again = {"reopened_on": "2023-09-05", "reopened_n": 1}
    now = seen(
        NOW, problem("A", **again), problem("B", due_on="2023-09-20", **again),
        problem("C", closed_on="2023-09-20", **again), problem("D"),
    )  # fmt: skip
    assert moved(then, now) == {"late": ["B"], "back": ["A"]}


def test_nothing_moved_and_nothing_known() -> None:
    same = seen(NOW, problem("A"))
    assert moved(same, same) == {}
    assert moved(same.iloc[:0], same) == {"found": ["A"]}
    assert moved(same, same.iloc[:0]) == {}
