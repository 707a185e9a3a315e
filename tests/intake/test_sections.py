"""Rows that number the sections of a list: they head the rows below, which alone are data."""

import pytest
from intake.making import csv_bytes

from data.grid import grid
from data.intake import check_file
from data.intake.files.read import read
from data.intake.sections import ordinal_of
from data.intake.structure import find_structure

COUNTY = "500113"
HEADER = ["序号", "项目编号", "项目名称", "镇街", "村", "总投资（万元）"]
TEA = ["1", "P901", "茶园管护", "姜家镇", "平原村", "50"]
BRIDGE = ["2", "P902", "便民桥", "姜家镇", "文石村", "80"]
ROAD = ["1", "P903", "道路硬化", "姜家镇", "文石村", "20"]


def found(rows):
    """Return the rows of data, and those that head a section."""
    structure = find_structure(read(csv_bytes(rows), "t.csv").sheets[0])
    return structure.data_rows.tolist(), list(structure.section_rows)


@pytest.mark.parametrize("total", ["", "130"])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["一", "", "产业发展类"], ["二", "", "基础设施类"]),
        (["一、", "", "产业发展类"], ["二、", "", "基础设施类"]),
        (["一 产业发展类", "", ""], ["二 基础设施类", "", ""]),
        (["一、产业发展类", "", ""], ["二、基础设施类", "", ""]),
        (["（一）", "", "种植业"], ["（二）", "", "养殖业"]),
        (["", "", "（一）种植业"], ["", "", "（二）养殖业"]),
        (["", "一、产业发展类", ""], ["", "二、基础设施类", ""]),
    ],
)
def test_a_numbered_caption_heads_a_section_with_or_without_a_sum(first, second, total):
    rows = [HEADER, [*first, "", "", total], TEA, BRIDGE, [*second, "", "", total and "20"], ROAD]
    assert found(rows) == ([2, 3, 5], [1, 4])


def test_sections_within_sections():
    rows = [HEADER, ["一", "", "产业发展类", "", "", "130"], ["（一）", "", "种植业", "", "", "50"], TEA,
            ["（二）", "", "养殖业", "", "", "80"], ["1", *BRIDGE[1:]],
            ["二", "", "基础设施类", "", "", "0"], ["三", "", "其他", "", "", "20"], ["1", *ROAD[1:]]]  # fmt: skip
    assert found(rows) == ([3, 5, 8], [1, 2, 4, 6, 7])
    assert differing(rows) == []
    rows[1][5], rows[4][5] = "140", "81"
    assert differing(rows) == [(2, "140", "130", "+10"), (5, "81", "80", "+1")]


def differing(rows):
    problems = check_file(csv_bytes(rows), "2023年11月.csv", COUNTY, "projects").problems
    told = problems.loc[problems["rule"] == "total_differs"]
    return [(int(r.row), r.value, r.more["sum"], r.more["difference"]) for r in told.itertuples()]


def test_lists_that_number_their_rows_need_no_other_words():
    rows = [["序号", "项目名称", "投资"], ["一", "产业发展类", "130"], ["1", "茶园", "50"], ["2", "桥", "80"],
            ["二", "基础设施类", "20"], ["1", "道路", "20"]]  # fmt: skip
    assert found(rows) == ([2, 3, 5], [1, 4])


def test_the_subtotal_below_a_section_sums_all_that_is_in_it():
    rows = [HEADER, ["一", "", "产业发展类", "", "", ""], ["（一）", "", "种植业", "", "", ""], TEA,
            ["（二）", "", "养殖业", "", "", ""], ["1", *BRIDGE[1:]], ["小计", "", "", "", "", "130"]]  # fmt: skip
    assert differing(rows) == []
    rows[-1][-1] = "131"
    assert [line[:2] for line in differing(rows)] == [(7, "131")]


def test_a_section_is_no_project_and_its_sum_is_told():
    rows = [HEADER, ["一", "", "产业发展类", "", "", "130"], TEA, BRIDGE]
    checked = check_file(csv_bytes(rows), "2023年11月.csv", COUNTY)
    assert (checked.table, checked.frame["project_id"].tolist()) == ("projects", ["P901", "P902"])
    assert "blank_key" not in set(checked.problems["rule"])
    told = checked.problems.set_index("rule")
    assert told.loc["section_row", "row"] == 2


def test_the_preview_shows_the_sum_of_a_section_in_its_column():
    rows = [[*HEADER, "备注"], ["一", "", "产业发展类", "", "", "130", ""], [*TEA, ""], [*BRIDGE, "已完工"]]
    (line,) = [line for line in grid(check_file(csv_bytes(rows), "2023年11月.csv", COUNTY)).lines if line.number == 2]
    assert line.roles == ("section",)
    assert [(cell.text, cell.width) for cell in line.cells][-2:] == [("130", 1), ("", 1)]


@pytest.mark.parametrize(
    "rows",
    [
        # Names that begin with a numeral.
        [HEADER, ["1", "P1", "一期工程", "姜家镇", "一碗水村", "5"], ["2", "P2", "三、四社道路", "姜家镇", "", "6"]],
        [["村", "项目", "投资"], ["一碗水村", "水渠", "5"], ["二圣村", "道路", "6"], ["文石村", "三、四社道路", "1"]],
        # All rows are numbered so, or the figures are those of a place.
        [["序号", "户主", "面积"], ["一", "甲", "5"], ["二", "乙", "6"], ["三", "丙", "7"]],
        [["指标", "2022年", "2023年"], ["一、年末总人口", "9", "8"], ["男", "5", "4"], ["女", "4", "4"]],
        [["单位", "2022年", "2023年"], ["一、城镇", "9", "8"], ["（一）街道", "5", "4"], ["二、农村", "4", "4"]],
        # A figure of its own: no row below that it could be the sum of.
        [HEADER, ["一", "", "县级项目管理费", "", "", "9"], ["二", "", "产业发展类", "", "", "50"], TEA],
        # Numbered out of turn, and with all that other rows say.
        [HEADER, TEA, ["三", "", "便民桥", "", "", "5"], ROAD],
        [HEADER, ["一", "P1", "茶园", "姜家镇", "平原村", "5"], ["", "P2", "桥", "姜家镇", "文石村", "6"]],
    ],
)  # fmt: skip
def test_rows_that_only_look_like_sections_stay_data(rows):
    first = 2 if rows[-1] is TEA and len(rows) == 4 else None
    data, sections = found(rows)
    assert sections == ([first] if first else [])
    assert data == [row for row in range(1, len(rows)) if row != first]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("一、产业发展类", (1, 1, "产业发展类")),
        ("（十二）种植业", (2, 12, "种植业")),
        ("二 基础设施", (1, 2, "基础设施")),
        ("三", (1, 3, "")),
        ("一碗水村", None),
        ("一期工程", None),
        ("一、二期工程", None),
        ("三村", None),
        ("1、道路", None),
        ("", None),
    ],
)
def test_numbers_of_sections(text, said):
    own = ordinal_of(text)
    assert (own and (own.level, own.number, own.caption)) == said
