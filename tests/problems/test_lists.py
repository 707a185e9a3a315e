"""Lists of problems as offices send them: what is wrong or doubtful in them, told with row and column."""

import datetime as dt

import pytest

from data.intake import Checked, check_file

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
