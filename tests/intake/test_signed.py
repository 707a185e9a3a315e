"""Who signs a table is shown nowhere, and a file that names somebody is not kept as it came; invented names."""

import json

import pytest
from intake.making import csv_bytes, workbook
from typer.testing import CliRunner

import cli
from data.covering import covered as shown_to_people
from data.grid import grid
from data.intake import check_file
from data.intake.signed import covered, covered_row
from data.quick_look import Look

COUNTY = "500113"
NAMES = ("钱二狗", "孙三娘", "周五", "周　五", "13812345678", "66221234")
HEAD = ["乡镇", "村", "村集体收入（万元）"]
ROWS = [["姜家镇", "平原村", 5], ["姜家镇", "文石村", 6]]
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
    if where == "above" and case in {"a telephone in a remark", "words without a colon", "no colon in one cell"}:
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
