"""Parts within wholes in upload tables: 其中, #, △ in headers and rows, totals as columns, totals without a name."""

import pytest

from data.intake import check_file

COUNTY = "500113"
PINGYUAN, WENSHI = "500113115219", "500113115215"


def check(text, name="2023年6月.csv"):
    return check_file(text.encode(), name, COUNTY)


def told(checked, rule):
    found = checked.problems.loc[checked.problems["rule"] == rule]
    return found[["row", "col", "header", "value"]].to_numpy().tolist()


def rules(checked):
    return set(checked.problems["rule"])


@pytest.mark.parametrize(
    "head",
    [
        "乡镇,层级,资金种类,到位额（万元）,其中：用于产业,累计支出（万元）\n",
        "乡镇,层级,资金种类,1.到位额（万元）,△用于产业,二、累计支出（万元）\n",
        "乡镇,层级,资金种类,到位额（万元）,,累计支出（万元）\n,,,合计,其中：用于产业,\n",
        "乡镇,层级,资金种类,到位额（万元）,,累计支出（万元）\n,,,金额,#用于产业,\n",
    ],
)
def test_a_part_of_a_column_is_its_own_column(head):
    checked = check(f"{head}姜家镇,中央,衔接资金,100,60,50\n东温泉镇,中央,衔接资金,80,50,40\n")
    assert (checked.table, checked.outcome) == ("funds", "parse")
    assert checked.frame[["received", "industry", "spent"]].to_numpy().tolist() == [[100, 60, 50], [80, 50, 40]]


PARTS = """乡镇,层级,资金种类,到位额（万元）,,,累计支出（万元）
,,,{leaves},
姜家镇,中央,衔接资金,100,60,40,50
东温泉镇,中央,衔接资金,80,50,20,40
"""


def test_a_total_beside_its_parts_is_the_column_and_its_difference_is_told():
    checked = check(PARTS.format(leaves="小计,产业类,就业类"))
    assert checked.frame["received"].tolist() == [100, 80]
    assert "column_twice" not in rules(checked)
    assert told(checked, "total_column_differs") == [[4, 3, "到位额（万元）/小计", "80"]]
    assert [line[2] for line in told(checked, "other_figure")] == ["到位额（万元）/产业类", "到位额（万元）/就业类"]


def test_columns_marked_as_parts_need_not_be_all_of_them():
    assert "total_column_differs" not in rules(check(PARTS.format(leaves="小计,其中：产业类,就业类")))


def test_a_share_under_a_caption_is_not_its_amount():
    head = "乡镇,层级,资金种类,到位额（万元）,,累计支出（万元）,\n,,,金额,占比,金额,占比\n"
    checked = check(f"{head}姜家镇,中央,衔接资金,100,60,50,10\n东温泉镇,中央,衔接资金,80,50,40,4\n")
    assert checked.frame[["received", "spent"]].to_numpy().tolist() == [[100, 50], [80, 40]]
    assert "column_twice" not in rules(checked)


def test_two_whole_columns_stay_an_error():
    head = "乡镇,层级,资金种类,到位额（万元）,到位额（元）"
    assert "column_twice" in rules(check(f"{head}\n姜家镇,中央,衔接资金,100,60\n"))


def test_a_column_of_totals_is_no_data():
    checked = check("人员编号,村,月份,在村天数,到村次数,小计\na1,平原村,2023-06,20,3,23\na2,文石村,2023-06,20,3,23\n")
    assert (checked.table, checked.outcome) == ("staff", "parse")
    assert told(checked, "total_column") == [[1, 5, "小计", ""]]


def test_the_total_of_items_in_one_unit_is_compared():
    head = "村名,农业主体总数,新增帮扶车间,合计"
    checked = check(f"{head}\n平原村,1,2,3\n文石村,4,5,5\n")
    assert checked.table == "facts"
    assert told(checked, "total_column_differs") == [[3, 3, "合计", "5"]]


def facts(checked):
    return {(r.geo_code, r.value) for r in checked.frame.itertuples()}


@pytest.mark.parametrize(
    "rows",
    [
        "姜家镇,合计,30\n,其中：平原村,10\n,△文石村,20\n",
        "姜家镇,,30\n,平原村,10\n,文石村,20\n",
        "姜家镇,平原村,10\n,,30\n,文石村,20\n",
        "姜家镇,平原村,10\n姜家镇,#文石村,20\n,,30\n",
    ],
)
def test_rows_above_their_parts_or_without_a_name_are_totals(rows):
    checked = check(f"乡镇,村名,村集体收入增长（万元）\n{rows}")
    assert facts(checked) == {(PINGYUAN, 10), (WENSHI, 20)}
    assert checked.outcome == "parse"
    assert len(told(checked, "total_row")) == 1


def test_a_township_in_the_column_of_villages_is_their_total_only_if_it_is_their_sum():
    rows = "姜家镇,{},6\n平原村,10,2\n文石村,20,4\n"
    assert facts(check(f"村名,村集体收入增长,庭院经济示范户\n{rows.format(30)}")) == {
        (PINGYUAN, 10), (WENSHI, 20), (PINGYUAN, 2), (WENSHI, 4),
    }  # fmt: skip
    other = check("村名,村集体收入增长\n姜家镇,7\n平原村,10\n文石村,20\n")
    assert told(other, "total_row") == []
    assert 2 in set(other.problems.loc[other.problems["severity"] == "error", "row"]) or "township" in set(
        other.frame["geo_level"]
    )
