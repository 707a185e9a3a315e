"""Lists of problems as offices send them: what is wrong or doubtful in them, told with row and column."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from data.intake import Checked, check_file
from data.intake.same_problem import CLOSED, OPEN, second_numbers
from data.tables import typed

TODAY = dt.date(2023, 12, 31)
VILLAGE = "500113115219"


def check(head: str, *rows: str) -> Checked:
    raw = "\n".join([f"编号,村代码,{head}", *(f"P{n},{VILLAGE},{row}" for n, row in enumerate(rows, 1))]).encode()
    return check_file(raw, "list.csv", "500113", "issues", today=TODAY)


def told(checked: Checked, *rules: str) -> list[tuple[int, int, str, str]]:
    found = checked.problems.loc[checked.problems["rule"].isin(rules)]
    return [(int(p["row"]), int(p["col"]), p["column"], p["severity"]) for p in found.to_dict("records")]


@pytest.mark.parametrize(
    ("head", "row", "wrong"),
    [
        ("发现日,整改完成日,销号日", "2023-09-01,2023-09-20,2023-09-19", (4, "closed_on")),
        ("发现日,整改完成日,销号日", "2023-09-01,2023-08-31,2023-09-19", (3, "rectified_on")),
        ("发现日,整改完成日,销号日", "2023-09-01,,2023-08-31", (4, "closed_on")),
        ("反弹日,整改完成日,销号日", "2023-10-10,2023-10-09,", (3, "rectified_on")),
        ("反弹日,整改完成日,销号日", "2023-10-10,,2023-09-19", (4, "closed_on")),
    ],
)
def test_dates_of_the_course_out_of_order_are_errors_at_their_cell(head: str, row: str, wrong: tuple[int, str]) -> None:
    found = check(head, "2023-09-01,2023-09-01,2023-09-01", row)
    if head.startswith("反弹"):
        found = check(head, "2023-10-10,2023-10-10,2023-10-10", row)
    assert told(found, "out_of_order", "closed_before_return") == [(3, *wrong, "error")]
    assert not found.ok


def test_an_unknown_indicator_is_doubted_with_the_nearest_names() -> None:
    found = check("关联指标", "hh_visit_cover", "hh_visit_coverage", "", "农户走访覆盖率", "毫无关系的事")
    assert told(found, "unknown_indicator") == [
        (2, 2, "indicator", "warning"), (6, 2, "indicator", "warning"),
    ]  # fmt: skip
    assert told(found, "indicator_by_name") == [(5, 2, "indicator", "repair")]
    assert list(found.frame["indicator"]) == [
        "hh_visit_cover",
        "hh_visit_coverage",
        None,
        "hh_visit_coverage",
        "毫无关系的事",
    ]
    first, *_, last = [m for m in found.messages("zh") if "不会算到" in m]
    assert "农户走访覆盖率（hh_visit_coverage）" in first
    assert "是否为" not in last
    assert found.ok


NUMBERS = [f"P{n}" for n in range(8)]
ROW = some.tuples(
    some.sampled_from([None, VILLAGE]), some.sampled_from([None, "hh_visit_coverage"]), some.integers(0, 3)
)
LIST = some.dictionaries(some.sampled_from(NUMBERS), ROW)


def problems(rows: dict[str, tuple[str | None, str | None, int]]) -> pd.DataFrame:
    """Return problems of a domain: number → village, indicator, day of June on which it was closed (0: open)."""
    frame = pd.DataFrame(
        [
            {"issue_id": number, "village_code": village, "domain": "housing", "indicator": indicator,
             "closed_on": f"2023-06-0{day}" if day else None}
            for number, (village, indicator, day) in rows.items()
        ],
        columns=["issue_id", "village_code", "domain", "indicator", "closed_on"],
    )  # fmt: skip
    return typed("issues", frame)


@settings(max_examples=200, deadline=None)
@given(LIST, LIST)
def test_second_numbers_of_any_list_are_what_their_sentence_says(new: dict, old: dict) -> None:
    expected = []
    kept = {number: row for number, row in old.items() if number not in new}
    for at, (number, (village, indicator, day)) in enumerate(new.items()):
        if day or not village or not indicator:
            continue
        above = [*kept.items(), *list(new.items())[:at]]
        of_same = [(one, row[2]) for one, row in above if row[:2] == (village, indicator)]
        todo = [one for one, closed in of_same if not closed]
        everyone = [(row[2], one) for one, row in (kept | new).items() if row[:2] == (village, indicator) and row[2]]
        newest = [one for closed, one in everyone if closed == max(everyone)[0]]
        if todo:
            expected.append((at, OPEN, todo[0], ""))
        elif everyone and number not in old:
            expected.append((at, CLOSED, newest[-1], f"2023-06-0{max(everyone)[0]}"))
    assert second_numbers(problems(new), problems(old)) == expected


def test_a_long_list_of_one_indicator_and_place_is_looked_through_once() -> None:
    """Row by row against all others, twenty thousand take many minutes."""
    frame = problems({f"Q{n}": (VILLAGE, "hh_visit_coverage", 0) for n in range(20_000)})
    found = second_numbers(frame, frame.head(0))
    assert len(found) == 19_999
    assert {other for _, _, other, _ in found} == {"Q0"}
