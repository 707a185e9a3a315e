"""Nothing that is shown, printed or asked of a table of people tells who somebody is, wherever a name stands in it."""

import datetime as dt
import json

import pytest
from intake.making import csv_bytes
from typer.testing import CliRunner

import cli
from data.covering import covered, tells_nobody
from data.grid import grid
from data.intake import check_file
from data.tables import tables

COUNTY = "500113"
HEAD = ["快照日", "村", "户编号", "人口", "监测类别"]
DAY = "2023-05-31"
NAMES = ("钱二狗", "孙三娘", "周五郎", "郑七", "13812345678", "阿依古丽·买买提")
SLIPPED = {
    "a name in the place": [[DAY, "平原村", "H1", 3, "无"], [DAY, "钱二狗", "H2", 3, "无"]],
    "a name among kinds": [[DAY, "平原村", "H1", 3, "孙三娘"], [DAY, "平原村", "H2", 3, "无"]],
    "a name for a figure": [[DAY, "平原村", "H1", "郑七", "无"], [DAY, "平原村", "H2", 3, "无"]],
    "a name for a date": [["周五郎", "平原村", "H1", 3, "无"], [DAY, "平原村", "H2", 3, "无"]],
    "households numbered by their heads": [[DAY, "平原村", "钱二狗", 3, "无"], [DAY, "平原村", "钱二狗", 3, "无"]],
    "a telephone beside the place": [[DAY, "平原村 13812345678", "H1", 3, "无"], [DAY, "平原村", "H2", 3, "无"]],
    "a name of another people": [[DAY, "阿依古丽·买买提", "H1", 3, "阿依古丽·买买提"], [DAY, "平原村", "H2", 3, "无"]],
}


def everything(found) -> str:
    """All that a page or the command line can show of a result."""
    shown = grid(found)
    cells = [cell.text for line in (shown.lines if shown else ()) for cell in line.cells]
    told = [*found.messages("zh"), *found.messages("en"), *found.problem_lines("zh"), *found.notices("zh")]
    asked = [question.text for question in found.questions]
    return "\n".join([*cells, *told, *asked, json.dumps(found.to_json("zh"), ensure_ascii=False, default=str)])


def checked(rows):
    return check_file(csv_bytes([HEAD, *rows]), "农户.csv", COUNTY, "households", today=dt.date(2023, 12, 31))


@pytest.mark.parametrize("case", SLIPPED)
def test_no_name_is_shown_wherever_it_stands(case):
    found = checked(SLIPPED[case])
    assert found.table == "households"
    told = everything(covered(found))
    assert not [name for name in NAMES if name in told]
    assert covered(found).counts() == found.counts()  # all is told, only without the name


@pytest.mark.parametrize("case", SLIPPED)
@pytest.mark.parametrize("how", [[], ["--json"], ["--lang", "en"]])
def test_the_command_line_prints_none(case, how, tmp_path):
    file = tmp_path / "农户.csv"
    file.write_bytes(csv_bytes([HEAD, *SLIPPED[case]]))
    for command in (["check", str(file)], ["import", str(file)]):
        result = CliRunner().invoke(cli.app, [*command, "--county", "banan", "--table", "households", *how])
        assert not [name for name in NAMES if name in result.output + result.stderr]


def test_a_misspelt_place_and_a_wrong_figure_stay_readable():
    found = covered(checked([[DAY, "平塬村", "H1", "约3个人", "脱贫不稳定"], [DAY, "平原村", "H2", 400, "无"]]))
    told = everything(found)
    assert "平塬村" in told
    assert "约3个人" in told
    assert "脱贫不稳定" in told
    assert "400" in told
    assert [question.text for question in found.questions if question.kind == "place"] == ["平塬村"]


def test_what_a_column_can_hold_is_told_from_a_name():
    column = {c.name: c for c in tables()["households"].columns}
    assert tells_nobody("约300", column["members_n"])
    assert tells_nobody("2023年5月底", column["as_of"])
    assert tells_nobody("边缘易致贫", column["monitor_type"])
    assert tells_nobody("姜家镇平原村（三组）", column["village_code"])
    assert tells_nobody("500113115219", column["village_code"])
    for name in (*NAMES, "万千"):
        for one in ("members_n", "as_of", "monitor_type", "village_code"):
            assert not tells_nobody(name, column[one]), (name, one)


def test_tables_of_places_are_shown_as_they_are():
    rows = [["乡镇", "村", "月末", "事项", "数值"], ["姜家镇", "钱二狗", DAY, "collective_income", 3]]
    found = check_file(csv_bytes(rows), "表.csv", COUNTY, "facts", today=dt.date(2023, 12, 31))
    assert covered(found) is found
