"""Deadlines and days of completion as lists of problems spell them, each worked by hand."""

from datetime import date

import pandas as pd
import pytest

from data.intake import Checked, check_file
from data.intake.deadlines import done_day, due_day, is_counted

VILLAGE = "500113115219"
TODAY = date(2023, 12, 31)
FOUND = date(2023, 5, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023年9月30日前", date(2023, 9, 30)),
        ("2023年9月30日之前", date(2023, 9, 30)),
        ("2023年9月30日以前完成整改", date(2023, 9, 30)),
        ("于2023年9月30日前整改到位", date(2023, 9, 30)),
        ("2023-09-30前", date(2023, 9, 30)),
        ("2023.6.1前", date(2023, 6, 1)),
        ("20230601前", date(2023, 6, 1)),
        ("２０２３年６月１日 前", date(2023, 6, 1)),
        ("2023年9月底前", date(2023, 9, 30)),
        ("2024年2月末前", date(2024, 2, 29)),
        ("二〇二三年九月底前", date(2023, 9, 30)),
        ("2023年三季度末前", date(2023, 9, 30)),
        ("2023年底前", date(2023, 12, 31)),
        ("2023年年底前", date(2023, 12, 31)),
    ],
)
def test_a_deadline_before_a_day_is_that_day(text: str, day: date) -> None:
    assert due_day(text) == (day, "read_as_date")
    assert not is_counted(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("9月30日前", date(2023, 9, 30)),
        ("9月30前", date(2023, 9, 30)),
        ("9.30前", date(2023, 9, 30)),
        ("5月底前", date(2023, 5, 31)),
        ("9月底", date(2023, 9, 30)),
        ("年底前", date(2023, 12, 31)),
        ("第三季度末", date(2023, 9, 30)),
        ("3月底前", date(2024, 3, 31)),  # found in May
        ("5月1日前", date(2023, 5, 1)),
    ],
)
def test_a_deadline_without_a_year_is_the_next_such_day(text: str, day: date) -> None:
    assert due_day(text, None, FOUND) == (day, "read_as_date")
    assert due_day(text) == (None, "not_a_date")
    assert is_counted(text)


def test_a_deadline_without_a_year_has_the_tables_unless_it_was_over_then() -> None:
    assert due_day("9月30日前", 2024, FOUND) == (date(2024, 9, 30), "read_as_date")
    assert due_day("9月30日前", 2024) == (date(2024, 9, 30), "read_as_date")
    assert due_day("3月底前", 2023, FOUND) == (date(2024, 3, 31), "read_as_date")
    assert due_day("2023年3月底前", 2023, FOUND) == (date(2023, 3, 31), "read_as_date")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        # 2023-05-01 is in the holidays until the 3rd; Saturday the 6th is worked: 4, 5, 6, 8–12, 15–19, 22, 23.
        ("15个工作日", date(2023, 5, 23)),
        ("15个工作日内", date(2023, 5, 23)),
        ("十五个工作日内完成整改", date(2023, 5, 23)),
        ("自交办之日起3个工作日内", date(2023, 5, 6)),
        ("30天内", date(2023, 5, 31)),
        ("10日内", date(2023, 5, 11)),
        ("一个月内", date(2023, 6, 1)),
    ],
)
def test_a_deadline_of_so_many_days_is_counted(text: str, day: date) -> None:
    assert due_day(text, None, FOUND) == (day, "due_counted")
    assert due_day(text) == (None, "due_not_counted")
    assert is_counted(text)


def test_working_days_of_a_year_without_a_calendar_are_not_guessed() -> None:
    assert due_day("15个工作日", None, date(2098, 5, 1)) == (None, "due_not_counted")
    assert due_day("一个月内", None, date(2023, 1, 31)) == (date(2023, 2, 28), "due_counted")


@pytest.mark.parametrize(
    "text", ["立行立改", "长期坚持", "持续推进", "即知即改", "立即整改", "尽快完成", "立行立改，长期坚持", "待定"]
)
def test_what_asks_for_no_day_is_no_deadline(text: str) -> None:
    assert due_day(text, 2023, FOUND) == (None, "due_without_day")


@pytest.mark.parametrize(
    "text",
    ["2023年国庆前", "9月前", "2023年6月前", "第三季度前", "上半年前", "已整改", "2023-9-30（已延期）", "15日",
     "2023-09-30至2023-10-31", "春节前", "6月中旬前", "0个工作日前", "前", "2月30日前"],
)  # fmt: skip
def test_what_may_be_several_days_or_none_is_no_deadline(text: str) -> None:
    assert due_day(text, 2023, FOUND) == (None, "not_a_date")


@pytest.mark.parametrize("text", ["2023.5.20完成", "已于2023年5月20日完成", "2023年5月20日已整改到位", "20230520销号"])
def test_a_day_of_completion_is_read_beside_its_word(text: str) -> None:
    assert done_day(text) == (date(2023, 5, 20), "read_as_date")
    assert done_day("2023-05-20") == (date(2023, 5, 20), None)
    assert done_day("5月20日完成", 2023) == (date(2023, 5, 20), "read_as_date")


@pytest.mark.parametrize("text", ["未销号", "未完成", "尚未整改到位", "否", "整改中", "正在整改", "未反弹", "×"])
def test_what_is_not_done_yet_has_no_day(text: str) -> None:
    assert done_day(text, 2023) == (None, "not_done_yet")


@pytest.mark.parametrize("text", ["已销号", "已完成", "完成", "已整改到位", "是", "√"])
def test_what_is_done_needs_its_day(text: str) -> None:
    assert done_day(text, 2023) == (None, "done_without_day")


@pytest.mark.parametrize("text", ["2023.5.20未完成", "2023.5.20前完成", "预计2023.5.20完成", "5月20日完成", "张三"])
def test_what_says_no_day_of_completion_is_none(text: str) -> None:
    assert done_day(text) == (None, "not_a_date")


def check(head: str, *rows: str) -> Checked:
    raw = "\n".join([f"编号,村代码,领域,{head}", *(f"P{n},{VILLAGE},住房安全,{r}" for n, r in enumerate(rows, 1))])
    return check_file(raw.encode(), "list.csv", "500113", "issues", today=TODAY)


def days(checked: Checked, column: str) -> list[str | None]:
    return [None if pd.isna(day) else f"{day:%Y-%m-%d}" for day in checked.frame[column]]


def told(checked: Checked, *rules: str) -> list[tuple[str, int, str, int]]:
    found = checked.problems.loc[checked.problems["rule"].isin(rules)]
    return [(p["rule"], int(p["row"]), p["column"], int(p["count"])) for p in found.to_dict("records")]


def test_a_list_with_the_usual_deadlines_is_taken() -> None:
    found = check(
        "时限,发现日,交办日",
        "9月30日前,2023-05-01,",
        "9月30日前,2022-12-01,",
        "2023年9月底前,2023-05-01,",
        "2023年9月底前,2023-05-02,",
        "15个工作日,2023-04-01,2023-05-01",
        "15个工作日,2023-05-01,",
        "15个工作日,,",
        "立行立改,2023-05-01,",
        "2023-09-30,2023-05-01,",
    )
    assert found.ok
    assert days(found, "due_on") == [
        "2023-09-30", "2023-09-30", "2023-09-30", "2023-09-30", "2023-05-23", "2023-05-23", None, None, "2023-09-30",
    ]  # fmt: skip
    rules = ("read_as_date", "due_counted", "due_not_counted", "due_without_day")
    assert sorted(told(found, *rules), key=lambda t: t[1]) == [
        ("read_as_date", 2, "due_on", 2), ("read_as_date", 4, "due_on", 2),
        ("due_counted", 6, "due_on", 2), ("due_not_counted", 8, "due_on", 1), ("due_without_day", 9, "due_on", 1),
    ]  # fmt: skip
    said = found.messages("zh")
    assert any("“15个工作日”" in one and "2023-05-23" in one for one in said)
    assert any("“立行立改”" in one and "留空" in one for one in said)


def test_a_day_that_is_counted_is_counted_from_when_it_came_back() -> None:
    found = check("时限,发现日,反弹日", "15个工作日,2023-02-01,2023-05-01")
    assert days(found, "due_on") == ["2023-05-23"]


def test_days_of_completion_in_a_list() -> None:
    head = "发现日,整改完成日,销号日,反弹日"
    good = check(head, "2023-05-01,2023.5.20完成,2023.5.25销号,否", "2023-05-01,未完成,未销号,无", "2023-05-01,/,—,")
    assert good.ok
    assert days(good, "rectified_on") == ["2023-05-20", None, None]
    assert days(good, "closed_on") == ["2023-05-25", None, None]
    assert days(good, "reopened_on") == [None, None, None]
    bad = check(head, "2023-05-01,已完成,已销号,")
    assert told(bad, "done_without_day") == [
        ("done_without_day", 2, "rectified_on", 1), ("done_without_day", 2, "closed_on", 1),
    ]  # fmt: skip
    assert not bad.ok
    assert any("“已销号”" in one and "哪一天" in one for one in bad.messages("zh"))


def test_work_records_are_read_in_the_same_way() -> None:
    raw = "编号,类型,代码,时限,完成日,状态\nW1,会议,500113000000,2023年9月30日前,未完成,计划中\n".encode()
    found = check_file(raw, "list.csv", "500113", "actions", today=TODAY)
    assert days(found, "due_on") == ["2023-09-30"]
    assert days(found, "done_on") == [None]
    assert found.ok
