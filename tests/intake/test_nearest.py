"""What a form that is no upload table comes nearest to, and what it lacks."""

from intake.making import csv_bytes

from data.intake import check_file
from data.intake.nearest import nearest

LEDGER = ["序号", "镇街", "村", "存在问题", "问题类别", "责任单位", "整改措施", "整改时限", "整改完成时间", "是否销号"]
PROBLEM = ["1", "姜家镇", "平原村", "水压不足", "饮水安全", "区水利局", "更换管网", "2023年12月底", "", "否"]


def near(*rows):
    checked = check_file(csv_bytes([*rows]), "x.csv", "500113")
    assert checked.generic
    return nearest(checked.layout)


def test_a_ledger_without_numbers_of_its_own_is_told_which_column_it_lacks():
    found = near(["整改台账"], LEDGER, PROBLEM)
    assert (found.table.id, found.known, found.of) == ("issues", 6, 7)
    assert [column.zh for column in found.missing] == ["编号"]


def test_a_table_of_another_subject_is_near_none():
    assert near(["镇街", "播种面积（亩）", "产量（吨）"], ["姜家镇", "12", "5"]) is None
