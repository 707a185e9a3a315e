"""Tables on their side: headers down the first column, things across; invented figures, real places."""

import numpy as np
import openpyxl
import pytest
from intake.making import csv_bytes

from data.grid import grid
from data.intake import check_file
from data.intake.model import Origin
from data.preview import without_errors

COUNTY = "500113"
PINGYUAN, WENSHI = "500113115219", "500113115215"
FUNDS = [
    ["各镇资金支出表", "", "", ""],
    ["乡镇", "姜家镇", "东温泉镇", "界石镇"],
    ["月末", "2023-06-30", "2023-06-30", "2023-06-30"],
    ["层级", "中央", "中央", "省级"],
    ["资金种类", "衔接资金", "衔接资金", "衔接资金"],
    ["到位额（元）", "50000", "40000", "60000"],
    ["累计支出（元）", "30000", "35000", "20000"],
]


def check(rows, name="t.csv"):
    return check_file(csv_bytes(rows), name, COUNTY)


def changed(rows, row, col, text):
    return [[text if (r, c) == (row, col) else cell for c, cell in enumerate(line)] for r, line in enumerate(rows)]


def told(checked, rule):
    found = checked.problems.loc[checked.problems["rule"] == rule]
    return found[["row", "col", "header", "value"]].to_numpy().tolist()


def test_headers_down_the_first_column_are_read_like_headers_across():
    lying, standing = check(FUNDS), check([list(line) for line in zip(*FUNDS[1:], strict=True)])
    assert (lying.table, lying.outcome, standing.outcome) == ("funds", "parse", "parse")
    assert lying.frame["received"].tolist() == [5, 4, 6]
    assert lying.frame["spent"].tolist() == [3, 3.5, 2]
    assert lying.frame.reset_index(drop=True).equals(standing.frame.reset_index(drop=True))
    assert "turned" in set(lying.problems["rule"])
    assert "turned" not in set(standing.problems["rule"])


def test_problems_name_the_cell_of_the_file():
    checked = check(changed(FUNDS, 5, 2, "多少"))
    assert told(checked, "not_a_number") == [[6, 2, "到位额（元） C6", "多少"]]
    # Shown is what has no error: here columns of the file, not rows, are things.
    assert without_errors(checked)["received"].tolist() == [5, 6]


def test_items_down_and_villages_across_with_units_and_a_total():
    rows = [
        ["2023年6月各村情况表", "", "", "", "", ""],
        ["序号", "项目", "单位", "平原村", "文石村", "合计"],
        ["1", "村集体收入增长", "元", "50000", "60000", "110000"],
        ["2", "其中：庭院经济示范户", "户", "3", "5", "9"],
        ["填表人：某某", "", "", "", "", ""],
    ]
    checked = check(rows)
    assert (checked.table, checked.periods) == ("facts", ("2023-06",))
    assert {(r.geo_code, r.item): r.value for r in checked.frame.itertuples()} == {
        (PINGYUAN, "collective_income"): 5,
        (WENSHI, "collective_income"): 6,
        (PINGYUAN, "courtyard_demo_households"): 3,
        (WENSHI, "courtyard_demo_households"): 5,
    }
    assert [line[:2] + line[3:] for line in told(checked, "total_differs")] == [[4, 5, "9"]]


def test_months_under_merged_villages(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["2023年各村情况表"],
        ["指标", "平原村", None, "文石村", None],
        [None, "5月", "6月", "5月", "6月"],
        ["村集体收入增长（万元）", 1, 2, 3, 4],
        ["庭院经济示范户", 5, 6, 7, "多"],
    ):
        book.active.append(row)
    for cells in ("A2:A3", "B2:C2", "D2:E2"):
        book.active.merge_cells(cells)
    book.save(tmp_path / "a.xlsx")
    checked = check_file((tmp_path / "a.xlsx").read_bytes(), "a.xlsx", COUNTY)
    income = checked.frame[checked.frame["item"] == "collective_income"]
    assert {(r.geo_code, r.as_of.month): r.value for r in income.itertuples()} == {
        (PINGYUAN, 5): 1,
        (PINGYUAN, 6): 2,
        (WENSHI, 5): 3,
        (WENSHI, 6): 4,
    }
    assert told(checked, "not_a_number") == [[5, 4, "庭院经济示范户 E5", "多"]]


@pytest.mark.parametrize(
    "rows",
    [
        [["村名", "平原村", "文石村"], ["养蜂户", "3", "4"], ["蜂箱", "30", "40"]],
        [["指标", "平原村", "文石村"], ["养蜂户（户）", "3", "4"], ["蜂箱（个）", "30", "40"]],
    ],
)
def test_what_is_no_upload_table_stays_as_it_stands(rows):
    checked = check(rows)
    assert checked.generic
    assert "turned" not in set(checked.problems["rule"])


def test_where_cells_of_a_table_made_long_and_turned_stand():
    # A turned sheet of 3 x 2 cells from rows 4 and 6; of it a long one of two rows.
    lying = Origin(np.array([[4, 6]]), np.array([[0], [1], [2]]), turned=True)
    long = Origin(np.array([[1], [2]]), np.array([[0, 1], [0, 1]]), headers={1: "到位额"})
    both = long.of(lying)
    assert [part.tolist() for part in both.cells([0, 1], 1)] == [[6, 6], [1, 2]]
    assert both.lines([0, 1]).tolist() == [1, 2]
    assert both.headers == {6: "到位额"}


PEOPLE = [
    ["姓名", "张三", "李四"],
    ["户编号（化名）", "H1", "H2"],
    ["村代码", PINGYUAN, WENSHI],
    ["快照日", "2023-06-30", "2023-06-30"],
    ["脱贫户", "是", "否"],
    ["人口", "3", "400"],
]


def test_who_somebody_is_is_not_shown_of_a_table_on_its_side():
    checked = check(PEOPLE)
    assert checked.table == "households"
    assert checked.frame["hh_id"].tolist() == ["H1", "H2"]
    shown = grid(checked)
    said = [cell.text for line in shown.lines for cell in line.cells] + [c.header for _, c in shown.columns if c]
    assert "姓名" in said
    assert not {"张三", "李四", "H1", "H2"} & set("/".join(said).split("/"))
    assert told(checked, "out_of_range") == [[6, 2, "人口 C6", "400"]]
