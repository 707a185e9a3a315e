"""Who signs a table is shown nowhere, and a file that names somebody is not kept as it came; invented names."""

import json

import pytest
from intake.making import csv_bytes, workbook
from typer.testing import CliRunner

import cli
from data.covering import covered as shown_to_people
from data.grid import grid
from data.intake import check_file
from data.intake.corrections import Corrections
from data.intake.generic import shown
from data.intake.signed import covered, covered_row
from data.quick_look import Look

COUNTY = "500113"
NAMES = ("钱二狗", "孙三娘", "周五", "周　五", "13812345678", "66221234")
HEAD = ["乡镇", "村", "村集体收入（万元）"]
ROWS = [["姜家镇", "平原村", 5], ["姜家镇", "文石村", 6]]
BELOW = {
    "a telephone in a remark", "words without a colon", "no colon in one cell", "no join at all", "a telephone alone",
    "a name before a telephone", "a contact in a remark", "in brackets", "on a line to fill",
}  # fmt: skip
TITLE = "姜家镇2023年9月村集体收入"
FOOTERS = {
    "one cell": [["填表人：钱二狗　审核人：孙三娘　单位负责人：周五　联系电话：13812345678"]],
    "without blanks": [["填表人：钱二狗审核人：孙三娘联系电话：023-66221234"]],
    "a cell each": [["填表人：钱二狗", "审核人:孙三娘", "联系电话： 13812345678"]],
    "names in cells of their own": [["填表人：", "钱二狗", "联系电话：", "13812345678"]],
    "words without a colon": [["填表人", "钱二狗", "审核人", "孙三娘"]],
    "no colon in one cell": [["制表人 钱二狗"]],
    "a spaced name": [["单位负责人（签字）：周　五", "填报日期：2023年10月5日"]],
    "several rows": [["填表人：钱二狗"], ["联系方式：13812345678"]],
    "blanks within the word": [["填 表 人：钱二狗", "审　核　人：孙三娘"]],
    "a word for the signature": [["单位负责人签字：钱二狗　经办人签章：孙三娘　填报人姓名：周五"]],
    "no join at all": [["制表人钱二狗"]],
    "in brackets": [["填表人（钱二狗）"]],
    "on a line to fill": [["填表人__钱二狗__审核人__孙三娘__"]],
    "other words": [["统计员：钱二狗　录入人：孙三娘　座机：66221234"]],
    "a post": [["驻村第一书记：钱二狗"]],
    "a telephone alone": [["13812345678"]],
    "a name before a telephone": [["钱二狗 13812345678"]],
    "a contact in a remark": [["注：联系人钱二狗，电话13812345678"]],
    "a telephone in a remark": [["注：如有疑问请联系 13812345678"]],
}


def table(footer, above=()):
    return csv_bytes([[TITLE], *above, HEAD, *ROWS, *footer])


def everything(found):
    cells = [cell.text for line in grid(found).lines for cell in line.cells]
    told = [*found.messages("zh"), *found.messages("en"), *found.problem_lines("zh"), *found.notices("zh")]
    asked = [question.text for question in found.questions]
    look = [found.frame.to_csv()] if not found.generic else [Look(found, COUNTY).frame.to_csv()]
    return "\n".join([*cells, *told, *asked, *look, json.dumps(found.to_json("zh"), ensure_ascii=False, default=str)])


@pytest.mark.parametrize("case", FOOTERS)
@pytest.mark.parametrize("where", ["below", "above"])
def test_who_signs_is_shown_nowhere_and_the_table_is_read(case, where):
    if where == "above" and case in BELOW:
        pytest.skip("stands below tables only")
    raw = table(FOOTERS[case]) if where == "below" else table((), FOOTERS[case])
    found = check_file(raw, "t.csv", COUNTY)
    assert (found.table, found.outcome, len(found.frame)) == ("facts", "parse", 2)
    assert not [name for name in NAMES if name in everything(shown_to_people(found))]


@pytest.mark.parametrize("case", FOOTERS)
def test_a_file_that_names_who_signs_is_not_kept_as_it_came(case):
    found = check_file(table(FOOTERS[case]), "t.csv", COUNTY)
    assert found.personal
    assert "original_not_kept" in set(found.problems["rule"])
    kept = found.kept().decode()
    assert "平原村" in kept or "500113115219" in kept
    assert not [name for name in NAMES if name in kept]


def test_on_another_sheet_too():
    raw = workbook(收入=[[TITLE], HEAD, *ROWS], 说明=[["填表说明"], ["联系人：钱二狗", ""]])
    assert check_file(raw, "t.xlsx", COUNTY).personal


@pytest.mark.parametrize(
    "footer",
    [[], [["填表人：", "", "审核人：", ""]], [["填表人：　　审核人：　　联系电话：______"]], [["单位负责人（签字）："]],
     [["填报单位：区农业农村委", "填报日期：2023年10月5日"]], [["监督电话：12317"]], [["注：金额为当年累计"]]],
)  # fmt: skip
def test_a_file_that_names_nobody_is_kept_as_it_came(footer):
    found = check_file(table(footer), "t.csv", COUNTY)
    assert not found.personal
    assert found.kept() is None


def test_the_command_line_prints_none(tmp_path):
    for case, footer in FOOTERS.items():
        file = tmp_path / f"{len(case)}.csv"
        file.write_bytes(table(footer))
        for how in ([], ["--json"], ["--lang", "en"]):
            result = CliRunner().invoke(cli.app, ["check", str(file), "--county", "banan", *how])
            assert not [name for name in NAMES if name in result.output + result.stderr]


def test_a_quick_look_shows_none():
    raw = csv_bytes([["村", "户数", "负责情况"], ["平原村", 5, "负责人：钱二狗 13812345678"], ["文石村", 6, "无"]])
    found = check_file(raw, "t.csv", COUNTY)
    assert found.generic
    assert not [name for name in NAMES if name in everything(found)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("填表人：钱二狗　审核人：孙三娘", "填表人：***　审核人：***"),
        ("填表人：钱二狗  填报日期：2023年10月5日", "填表人：***  填报日期：2023年10月5日"),
        ("经办人（签字）:钱二狗、孙三娘", "经办人（签字）:***、***"),
        ("填表人（手写及章）： 钱二狗", "填表人（手写及章）： ***"),
        ("单位负责人  ：钱二狗", "单位负责人  ：***"),
        ("审核：钱二狗，签发:孙三娘", "审核：***，签发:***"),
        ("联系电话：023-66221234", "联系电话：***"),
        ("填报单位：区农业农村委", "填报单位：区农业农村委"),
        ("注：联系人钱二狗，电话13812345678", "注：联系人***，电话***"),
        ("会计 钱二狗，审定人周五，承办人:孙三娘", "会计 ***，审定人***，承办人:***"),
        ("责任领导：钱二狗 核实人：孙三娘", "责任领导：*** 核实人：***"),
        ("联系平原村", "联系平原村"),
        ("联系方式见附件", "联系方式见附件"),
        ("负责人高度重视", "负责人高度重视"),
        ("填报人员名单", "填报人员名单"),
        ("办公时间：9点", "办公时间：9点"),
        ("镇长：待定", "镇长：待定"),
        ("调查人数：120", "调查人数：120"),
        ("负责人：无", "负责人：无"),
        ("监督电话：12317", "监督电话：12317"),
        ("合计", "合计"),
    ],
)
def test_only_what_follows_the_word_is_covered(text, expected):
    assert covered(text) == expected


def test_headers_of_columns_and_figures_stay():
    assert covered_row(["经办人", "金额", "13812345678"], aside=False) == ["经办人", "金额", "13812345678"]


STAGES = [["2023年9月项目进展"], ["阶段", "项目数"], ["申报", 12], ["审核", 5], ["审批", 3], ["签发", 2]]


def test_stages_of_work_below_a_table_are_data():
    found = check_file(csv_bytes(STAGES), "t.csv", COUNTY)
    assert found.frame[0].tolist() == ["申报", "审核", "审批", "签发"]
    assert found.frame[1].tolist() == [12, 5, 3, 2]
    assert not found.personal


@pytest.mark.parametrize("word", ["复核", "经办", "制表", "填表"])
def test_a_figure_beside_the_word_makes_a_row(word):
    found = check_file(csv_bytes([*STAGES[:4], [word, 7]]), "t.csv", COUNTY)
    assert found.frame[1].tolist() == [12, 5, 7]


def test_an_office_beside_the_word_makes_a_row():
    rows = [["2023年9月项目进展"], ["阶段", "部门", "项目数"], ["申报", "乡镇", 12], ["审核", "农业农村局", ""]]
    assert check_file(csv_bytes(rows), "t.csv", COUNTY).frame[0].tolist() == ["申报", "审核"]


IN_OFFICE = {
    "负责人": ("钱二狗", "孙三娘"),
    "包村领导": ("钱二狗（副镇长）", "村支书孙三娘"),
    "驻村第一书记": ("钱二狗、周五", "孙三娘"),
    "联系领导": ("周　五", "买买提·艾山"),
}


@pytest.mark.parametrize("header", IN_OFFICE)
def test_names_of_people_in_office_are_covered_in_their_column(header):
    rows = [[*row, name] for row, name in zip(ROWS, IN_OFFICE[header], strict=True)]
    found = check_file(csv_bytes([[TITLE], [*HEAD, header], *rows]), "t.csv", COUNTY)
    assert found.table == "facts"
    assert found.personal
    told = everything(shown_to_people(found)) + found.kept().decode()
    assert not [name for name in (*NAMES, "买买提") if name in told]
    look = check_file(csv_bytes([["村", header, "鸡"], *([r[1], r[3], r[2]] for r in rows)]), "t.csv", COUNTY)
    assert look.generic
    assert not [name for name in (*NAMES, "买买提") if name in everything(look)]
    assert "***" in look.frame[1].tolist()[0]


def test_posts_and_offices_stay():
    posts = ["村支书", "区乡村振兴局", "姜家镇"]
    rows = [[f"{n}号", post, n] for n, post in enumerate(posts)]
    found = check_file(csv_bytes([["项目", "责任人", "户数"], *rows]), "t.csv", COUNTY)
    assert found.frame[1].tolist() == posts
    assert not found.personal


def test_a_name_and_telephone_in_a_remark():
    rows = [[*row, "联系人钱二狗13812345678"] for row in ROWS]
    found = check_file(csv_bytes([[TITLE], [*HEAD, "备注"], *rows]), "t.csv", COUNTY)
    assert found.personal
    assert not [name for name in NAMES if name in everything(shown_to_people(found))]


def test_the_name_of_a_file_tells_nobody():
    found = check_file(table(()), "姜家镇（钱二狗13812345678）.csv", COUNTY)
    assert found.file_name == "姜家镇（******）.csv"
    assert not [name for name in NAMES if name in everything(found) + found.problem_list("zh").decode()]


def test_a_table_on_its_side_loses_the_row_of_people():
    rows = [["户主", "钱二狗", "孙三娘"], ["村", "平原村", "文石村"], ["鸡", 3, 4], ["鸭", 5, 6]]
    found = check_file(csv_bytes(rows), "t.csv", COUNTY)
    assert found.generic
    assert found.problems.loc[found.problems["rule"] == "personal_row", ["row", "header"]].to_numpy().tolist() == [
        [1, "户主"]
    ]
    assert not [name for name in NAMES if name in everything(found)]
    assert found.frame[1].tolist() == [3, 5]
    # Upright the column goes, and nothing else.
    upright = check_file(csv_bytes([["户主", "金额"], ["钱二狗", 3], ["孙三娘", 4]]), "t.csv", COUNTY)
    assert upright.frame[1].tolist() == [3, 4]
    assert list(upright.frame) == [1]


@pytest.mark.parametrize("name", ["钱二狗", "孙娘", "欧阳修文", "买买提·艾山"])
@pytest.mark.parametrize(
    ("column", "rule"),
    [
        ("总投资（万元）", "not_a_number"),
        ("快照日", "not_a_date"),
        ("状态", "unknown_value"),
        ("项目类别", "unknown_value"),
    ],
)
def test_a_name_that_slipped_into_another_column_is_not_repeated_by_a_message(column, rule, name):
    cells = {"项目编号": "X1", "项目名称": "路", "村代码": "500113115219", "总投资（万元）": "3", "状态": "储备",
             "项目类别": "饮水", "快照日": "2023-05-31"}  # fmt: skip
    cells[column] = name
    checked = check_file(csv_bytes([list(cells), list(cells.values())]), "t.csv", COUNTY)
    assert checked.table == "projects"
    (wrong,) = checked.problems.query("rule == @rule").to_dict("records")
    if rule == "unknown_value" and len(name) == 2:  # may be a word of the list, written otherwise
        assert wrong["value"] == name
        return
    assert wrong["value"] == "***"
    told = checked.problem_list("zh").decode() + str(checked.messages("en")) + str(checked.questions)
    assert name not in told


@pytest.mark.parametrize(("text", "shut"), [("钱二狗", True), ("石桥坪", False), ("白云", False), ("高石村", False)])
def test_a_name_in_a_column_of_places_is_not_repeated_but_a_place_is(text, shut):
    checked = check_file(
        csv_bytes([["村", "养殖户数（户）", "日期"], [text, 3, "2023-05-31"]]), "t.csv", COUNTY, "facts"
    )
    told = checked.problem_list("zh").decode() + str(checked.questions)
    assert (text not in told) is shut


def test_a_name_among_figures_of_any_table_is_not_repeated():
    checked = check_file(
        csv_bytes([["村", "鸡"], ["平原村", 3], ["文石村", "钱二狗"], ["a村", 5], ["b村", 6]]), "t.csv", COUNTY
    )
    assert checked.generic
    assert checked.problems.query("rule == 'number_unread'")["value"].tolist() == ["***"]


def problem_list(*rows, header="责任人"):
    head = ["问题编号", "村代码", "领域", "问题", "发现日期", "整改期限", header]
    cells = [
        [f"W{n}", "500113115219", "住房安全", "漏水", "2023-09-01", "2023-09-30", text] for n, text in enumerate(rows)
    ]
    return check_file(csv_bytes([head, *cells]), "t.csv", COUNTY)


def test_whoever_is_in_charge_by_any_header_keeps_the_post_and_loses_the_name():
    found = problem_list("村党支部书记岗", "镇水利站站长 钱二狗", "钱二狗（副镇长）")
    assert found.table == "issues"
    assert found.frame["owner"].tolist() == ["村党支部书记岗", "镇水利站站长 ***", "***（副镇长）"]
    assert found.personal
    assert not [name for name in NAMES if name in everything(found)]


BESIDE = {
    "由钱二狗 13812345678 负责抢修": "由*** *** 负责抢修",
    "由钱二狗负责抢修": "由***负责抢修",
    "请联系 钱二狗 138-1234-5678 或023-66221234": "请联系 *** *** 或***",
    "请联系钱进": "请联系***",
    "主持：钱二狗；记录人 孙三娘": "主持：***；记录人 ***",
    "五保户周五（510213650312452）房屋漏雨": "五保户***（******************）房屋漏雨",
    "户主之子周五郎电话13812345678": "户主之子***电话***",
    "周 五 郎 13812345678": "*** ***",
    "13812345678（欧阳修文）": "***（***）",
    "钱进、孙三娘 13812345678": "***、*** ***",
    "钱进 13812345678 孙明 13812345679": "*** *** *** ***",
    "主任钱进13812345678": "主任******",
}
LONGEST = 31  # name of a sheet
NO_NAMES = [
    "高度关注，方便群众", "主持召开会议", "主持全面工作", "联系群众，由水利局负责", "由农业部门负责", "由包保干部负责",
    "联系时间：9点", "由党委负责", "记录完整",
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), BESIDE.items())
def test_a_name_beside_a_number_or_a_duty_is_covered_in_notes_quick_looks_and_names_of_sheets(text, expected):
    assert shown(text) == expected
    head = ["问题编号", "村代码", "领域", "问题", "发现日期", "整改期限"]
    row = ["W1", "500113115219", "住房安全", text, "2023-09-01", "2023-09-30"]
    found = check_file(csv_bytes([head, row]), "t.csv", COUNTY)
    assert found.frame["problem"].tolist() == [expected]
    assert found.personal
    look = check_file(csv_bytes([["村", "鸡", "备注"], ["平原村", 3, text], ["文石村", 4, ""]]), "t.csv", COUNTY)
    assert look.generic
    assert look.frame[2].tolist()[0] == expected
    if len(text) <= LONGEST:
        named = check_file(workbook(**{text: [HEAD, *ROWS]}), "t.xlsx", COUNTY)
        assert named.layout.sheet.name == expected


@pytest.mark.parametrize("text", NO_NAMES)
def test_words_that_begin_like_a_surname_stay(text):
    assert shown(text) == text
    assert covered(f"{text}，电话13812345678") == f"{text}，电话***"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("走访钱二狗家，电话13812345678", "telephone_covered"),
        ("走访钱二狗家，电话13812345678，证号510213650312452", "telephone_covered"),
        ("钱二狗 13812345678", "person_covered"),
        ("电话13812345678", "person_covered"),
        ("证号510213650312452", "identity_masked"),
    ],
)
def test_a_name_that_may_be_left_is_asked_about(text, rule):
    head = ["问题编号", "村代码", "领域", "问题", "发现日期", "整改期限"]
    row = ["W1", "500113115219", "住房安全", text, "2023-09-01", "2023-09-30"]
    found = check_file(csv_bytes([head, row]), "t.csv", COUNTY)
    told = found.problems.loc[found.problems["column"] == "problem", "rule"]
    assert told.tolist() == [rule]
    assert not [number for number in ("13812345678", "510213650312452") if number in everything(found)]
    look = check_file(csv_bytes([["村", "鸡", "备注"], ["平原村", 3, text], ["文石村", 4, ""]]), "t.csv", COUNTY)
    assert ("telephone_covered" in set(look.problems["rule"])) is (rule == "telephone_covered")


IN_CHARGE = ("镇水利站 钱二狗", "欧阳修文", "镇村建办（孙三娘）")


@pytest.mark.parametrize("header", ["责任单位", "整改责任单位", "责任人"])
def test_the_preview_covers_whatever_is_not_stored_and_such_a_file_is_not_kept(header):
    for text in IN_CHARGE:
        found = problem_list("镇水利站", text, header=header)
        assert found.table == "issues"
        assert not [name for name in ("钱二狗", "欧阳修文", "孙三娘") if name in everything(found)]
        assert found.personal
        assert "original_not_kept" in set(found.problems["rule"])
    kept = problem_list("镇水利站", "区乡村振兴局", header=header)
    assert not kept.personal
    assert "区乡村振兴局" in everything(kept)


def test_an_office_of_any_table_is_covered_in_its_quick_look():
    found = check_file(
        csv_bytes([["村", "鸡", "责任单位"], *(["平原村", n, text] for n, text in enumerate(IN_CHARGE))]),
        "t.csv",
        COUNTY,
    )
    assert found.generic
    assert found.frame[2].tolist() == ["镇水利站 ***", "***", "镇村建办（***）"]
    assert not [name for name in ("钱二狗", "欧阳修文", "孙三娘") if name in everything(found)]


def test_a_name_among_figures_is_not_previewed_nor_kept_with_the_file():
    cells = [
        ["月份", "乡镇", "村", "村集体收入（万元）"],
        ["2023-09", "姜家镇", "平原村", "钱二狗"],
        ["2023-09", "姜家镇", "文石村", 6],
    ]
    found = check_file(csv_bytes(cells), "t.csv", COUNTY)
    assert "钱二狗" not in everything(found)
    assert found.personal
    corrected = check_file(csv_bytes(cells), "t.csv", COUNTY, said=Corrections(cells={("t", 1, 3): "5"}))
    assert corrected.ok
    assert corrected.personal
    assert "钱二狗" not in everything(corrected)
