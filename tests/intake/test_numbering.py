"""Projects that come without numbers of theirs: the numbers they had before, else some made of year, place and name."""

import pandas as pd
import pytest
from intake.making import csv_bytes

from data.beside import Beside, held_against
from data.intake import check_file
from data.intake.corrections import AS_FOUND, NOT_READ, Corrections, remember
from data.intake.numbering import BY_NAME
from data.preview import measures, placed
from data.registry import county
from data.tables import empty, typed

COUNTY = "500113"
HEAD = ["项目名称", "乡镇", "村", "计划总投资（万元）", "项目状态"]
BRIDGE = ["水源村便民桥", "姜家镇", "文石村", 120, "在建"]
PIPES = ["饮水管网", "姜家镇", "平原村", 80, "在建"]
NUMBERED = Corrections(options={("projects.project_id", ""): BY_NAME})
VILLAGE = "500113115203"


def sheet(*rows, title="巴南区2023年衔接资金项目进度表（截至2023年11月底）", head=HEAD):
    return csv_bytes([[title], head, *rows])


def told(checked, rule):
    return checked.problems.loc[checked.problems["rule"] == rule]


def numbered(*rows, said=NUMBERED, **sent):
    return check_file(sheet(*rows, **sent), "进度.csv", COUNTY, said=said)


def against(checked, *stored):
    """Return a file held against projects given as number, name, village, year."""
    columns = ["project_id", "name", "village_code", "plan_year"]
    known = typed("projects", pd.DataFrame(stored, columns=columns)) if stored else empty("projects")

    def now(table, wanted):
        return (known if table == "projects" else empty(table))[list(wanted)]

    return held_against(checked, Beside(now, empty), checked.said)


def test_a_list_of_projects_without_numbers_says_what_to_do_and_makes_none_unasked():
    checked = check_file(sheet(BRIDGE, PIPES), "进度.csv", COUNTY)
    assert checked.table == "projects"
    assert not checked.ok
    assert [(q.kind, q.column, q.text, q.rows, q.likely) for q in checked.questions] == [
        ("option", "project_id", "", 2, (BY_NAME,))
    ]
    assert len(told(checked, "missing_number")) == 1
    assert told(checked, "missing_column").empty
    said = next(line for line in checked.problem_lines("zh") if "[错误]" in line)
    assert all(word in said for word in ("项目编号", "就地更正", "--number-by-name", "补上"))


def test_numbers_are_made_when_its_sender_says_so_and_are_the_same_next_month():
    first = numbered(BRIDGE, PIPES)
    assert first.ok
    assert len(told(first, "numbered_by_name")) == 1
    ids = first.frame["project_id"].tolist()
    assert len(set(ids)) == 2
    assert ids[0].startswith("2023-500113115")
    memory = remember([first.said.to_json(first.layout.form)])
    december = sheet(PIPES, ["水源村 便民桥", *BRIDGE[1:]], title="巴南区2023年衔接资金项目进度表（截至2023年12月底）")
    again = check_file(december, "进度.csv", COUNTY, remembered=memory)
    assert again.ok
    assert again.frame["project_id"].tolist() == ids[::-1]
    next_year = sheet(BRIDGE, title="巴南区2024年衔接资金项目进度表（截至2024年3月底）")
    other = check_file(next_year, "进度.csv", COUNTY, remembered=memory)
    assert other.frame["project_id"].tolist() != ids[:1]
    back = Corrections(options={("projects.project_id", ""): AS_FOUND})
    assert not check_file(december, "进度.csv", COUNTY, said=back, remembered=memory).ok


def test_projects_of_one_name_are_told_apart_by_their_village():
    checked = numbered(BRIDGE, ["水源村便民桥", "姜家镇", "平原村", 60, "在建"])
    assert checked.ok
    assert checked.frame["project_id"].is_unique


def test_two_rows_of_one_name_and_village_are_told_by_their_name():
    checked = numbered(BRIDGE, ["水源村便民桥", "姜家镇", "文石村", 60, "在建"])
    (row,) = told(checked, "duplicate_key").to_dict("records")
    assert "项目名称 水源村便民桥" in row["more"]["key"]


def test_a_row_without_a_village_is_numbered_by_its_township_and_said_so():
    checked = numbered(["通村道路", "姜家镇", "", 90, "在建"], ["通村道路", "二圣镇", "", 90, "在建"])
    assert checked.ok
    assert checked.frame["project_id"].is_unique
    assert checked.frame["project_id"].str.contains("-500113115000-").tolist() == [True, False]
    assert told(checked, "number_without_village")["row"].tolist() == [3, 4]


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("巴南区2023年衔接资金项目进度表（截至2024年1月底）", 2023),
        ("2023年度项目进度", 2023),
        ("2023年11月项目进度表", None),
        ("2023年第四季度项目进度表", None),
        ("2022年、2023年项目进度表（2023年11月）", None),
    ],
)
def test_the_year_of_a_plan_is_the_one_that_the_title_names_beside_its_month(title, year):
    checked = numbered(BRIDGE, title=title)
    found = checked.frame["plan_year"].tolist()
    assert found == [year] if year else pd.isna(found[0])
    assert len(told(checked, "year_by_title")) == bool(year)


def test_a_project_that_is_stored_keeps_its_number():
    known = numbered(BRIDGE).frame["village_code"].iloc[0]
    checked = against(numbered(BRIDGE, PIPES), ("X1", "水源村便民桥", known, 2023), ("X2", "便民桥", known, 2023))
    assert checked.ok
    assert checked.frame["project_id"].tolist()[0] == "X1"
    assert checked.frame["project_id"].tolist()[1].startswith("2023-")
    (row,) = told(checked, "number_of_stored").to_dict("records")
    assert (row["row"], row["value"], row["repair"]) == (3, "水源村便民桥", "X1")


def test_a_project_of_another_year_or_village_is_another():
    known = numbered(BRIDGE).frame["village_code"].iloc[0]
    stored = ("X1", "水源村便民桥", known, 2022), ("X2", "水源村便民桥", "500113115999", 2023)
    checked = against(numbered(BRIDGE), *stored)
    assert checked.frame["project_id"].tolist()[0].startswith("2023-")
    # Where nothing says the year the name and the village do.
    checked = against(numbered(BRIDGE, title="项目进度表（2023年11月）"), stored[0])
    assert checked.frame["project_id"].tolist() == ["X1"]


def test_which_of_two_stored_projects_of_a_name_is_meant_is_not_guessed():
    known = numbered(BRIDGE).frame["village_code"].iloc[0]
    stored = ("X1", "水源村便民桥", known, 2023), ("X2", "水源村便民桥", known, 2023)
    checked = against(numbered(BRIDGE), *stored)
    assert not checked.ok
    (row,) = told(checked, "number_unsure").to_dict("records")
    assert row["row"] == 3
    assert "X1" in row["more"]["numbers_zh"]
    assert "X2" in row["more"]["numbers_zh"]


def test_two_rows_never_take_one_stored_number():
    known = numbered(BRIDGE).frame["village_code"].iloc[0]
    head = [*HEAD, "计划年度"]
    checked = against(numbered([*BRIDGE, 2022], [*BRIDGE, 2023], head=head), ("X1", "水源村便民桥", known, None))
    assert not checked.ok
    assert told(checked, "number_unsure")["row"].tolist() == [3, 4]


def test_a_list_with_numbers_of_its_own_keeps_them():
    checked = numbered(["P1", *BRIDGE], head=["项目编号", *HEAD])
    assert checked.ok
    assert checked.frame["project_id"].tolist() == ["P1"]
    assert not checked.said.options
    assert against(checked, ("X1", "水源村便民桥", checked.frame["village_code"].iloc[0], 2023)).frame[
        "project_id"
    ].tolist() == ["P1"]


# What townships send beside a project's figures: nothing of it makes a list of projects another table.
BESIDE = {
    "建设性质": "新建",
    "建设内容及规模": "便民桥1座",
    "施工单位": "某某公司",
    "负责人": "张伟",
    "形象进度(%)": 80,
    "备注": "雨季",
}


def test_what_is_written_beside_projects_is_not_read_and_said():
    head = [*HEAD, *BESIDE, "开工时间"]
    checked = numbered([*BRIDGE, *BESIDE.values(), "2023年3月"], head=head)
    assert checked.ok
    assert checked.table == "projects"
    assert told(checked, "unknown_column")["header"].tolist() == [*BESIDE, "开工时间"]
    assert "张伟" not in checked.frame.to_csv()
    assert checked.personal


def test_a_plan_of_projects_reports_nothing_of_them():
    head = ["项目名称", "建设性质", "实施地点", "建设内容", "责任单位", "总投资（万元）"]
    plan = sheet(["便民桥", "新建", "文石村", "便民桥1座", "姜家镇人民政府", 90], head=head)
    assert check_file(plan, "计划.csv", COUNTY).table is None


def test_a_form_with_two_rows_of_headers_is_read_by_both():
    rows = [
        ["巴南区2023年衔接资金项目进度表（截至2023年11月底）"],
        ["项目名称", "实施地点", "", "计划总投资", "资金情况", "", "开工时间"],
        ["", "镇街", "村", "", "到位", "支付", ""],
        ["便民桥", "姜家镇", "文石村", "120.5", "100", "90", "2023年3月"],
    ]
    checked = check_file(csv_bytes([["单位：万元"], *rows]), "进度.csv", COUNTY, said=NUMBERED)
    assert checked.frame[["invest", "paid"]].to_numpy().tolist() == [[120.5, 90]]
    assert told(checked, "unknown_column")["header"].tolist() == ["资金情况/到位", "开工时间"]


def test_a_repeated_name_can_be_written_anew_where_it_stands():
    checked = numbered(BRIDGE, BRIDGE)
    assert told(checked, "duplicate_key")[["row", "col"]].to_numpy().tolist() == [[4, 0]]


def test_rows_that_are_left_out_are_not_numbered():
    said = Corrections(options=NUMBERED.options, places={("无名村", "姜家镇"): NOT_READ})
    checked = numbered(["路灯", "姜家镇", "无名村", 5, "在建"], BRIDGE, said=said)
    assert checked.ok
    assert checked.frame["project_id"].tolist() == numbered(BRIDGE).frame["project_id"].tolist()
    assert checked.frame["plan_year"].tolist() == [2023]


def test_projects_without_numbers_are_not_one_project_in_the_first_view():
    checked = check_file(sheet(BRIDGE, ["便民路", *BRIDGE[1:3], 30, "在建"]), "进度.csv", COUNTY)
    invest = next(one for one in measures(checked.table, checked.frame, county("banan")) if one.column == "invest")
    rows = placed(checked.table, checked.frame, COUNTY)
    assert rows.totals("_village", invest).to_dict() == {"500113115215": 150}
