"""Tables below each other in one sheet: each is read by its own title, unit and header; pages of one table are one."""

import io

import openpyxl
import pytest
from intake.making import csv_bytes, workbook, xlsx_bytes
from intake.test_sheets import COUNTY, EAST, NAME, TODAY, WEST, village

from data.intake import Checked, check_file, limits
from data.intake.corrections import Corrections

FUNDS = ["乡镇", "资金种类", "层级", "到位额", "累计支出"]
TITLE = ["2023年9月资金支出"]
FIRST, SECOND = ([NAME[EAST], "衔接资金", "中央"], [NAME[WEST], "衔接资金", "省级"])


def check(rows: list[list[object]], name: str = "资金.xlsx", **said) -> Checked:
    return check_file(xlsx_bytes(rows), name, COUNTY, today=TODAY, **said)


def told(checked: Checked, rule: str) -> list[str]:
    which = (checked.problems["rule"] == rule).to_numpy()
    return [text for text, is_ in zip(checked.messages("zh"), which, strict=True) if is_]


def figures(checked: Checked, by: str = "geo_code") -> dict[object, tuple[float, float]]:
    frame = checked.frame
    return dict(zip(frame[by], zip(frame["received"], frame["spent"], strict=True), strict=True))


def test_each_block_is_in_the_unit_of_its_own_line():
    rows = [TITLE, ["单位：万元"], FUNDS, [*FIRST, 120, 60], ["单位：元"], FUNDS, [*SECOND, 12000, 6000]]
    checked = check(rows)
    assert checked.ok, checked.problem_lines("en")
    assert figures(checked) == {EAST: (120, 60), WEST: (1.2, 0.6)}
    # Its title stays that of the sheet, and rows are those that the file has.
    assert checked.periods == ("2023-09",)
    assert [checked.part_of(int(row))[1] for row in checked.frame.index] == [4, 7]
    assert told(checked, "sheet_divided") == [
        "“Sheet1”第 6 行又是表头，标题、单位或栏目与上面一段不同：每段按自己的标题、单位和表头分开读。"
    ]
    assert not told(checked, "unit_of_above")
    # The same as text.
    text = check_file(csv_bytes(rows), "资金.csv", COUNTY, today=TODAY)
    assert figures(text) == {EAST: (120, 60), WEST: (1.2, 0.6)}


def test_each_block_is_of_the_month_of_its_own_title():
    name = NAME[EAST]
    rows = [[f"2023年8月{name}庭院经济示范户"], ["村名", "庭院经济示范户（户）"],
            [NAME[village(EAST)], 3], [NAME[village(EAST, 1)], 4],
            [f"2023年9月{name}庭院经济示范户"], ["村名", "庭院经济示范户（户）"],
            [NAME[village(EAST)], 5], [NAME[village(EAST, 1)], 6]]  # fmt: skip
    checked = check(rows, "庭院.xlsx")
    assert checked.ok, checked.problem_lines("en")
    found = {(f"{day:%m}", code): value for day, code, value in
             checked.frame[["as_of", "geo_code", "value"]].itertuples(index=False)}  # fmt: skip
    one, two = village(EAST), village(EAST, 1)
    assert found == {("08", one): 3, ("08", two): 4, ("09", one): 5, ("09", two): 6}


def test_each_block_is_of_the_option_its_own_title_names():
    head = ["乡镇", "到位额", "累计支出"]
    rows = [["2023年9月中央衔接资金支出（万元）"], head, [NAME[EAST], 120, 60],
            ["2023年9月省级衔接资金支出（元）"], head, [NAME[EAST], 800000, 400000]]  # fmt: skip
    checked = check(rows)
    assert checked.ok, checked.problem_lines("en")
    assert figures(checked, "tier") == {"central": (120, 60), "provincial": (80, 40)}


def test_a_caption_of_a_part_does_not_take_the_month_from_it():
    head = ["乡镇", "到位额（万元）", "累计支出（万元）"]
    rows = [["2023年9月衔接资金支出"], ["中央资金"], head, [NAME[EAST], 120, 60],
            ["省级资金"], head, [NAME[EAST], 80, 40]]  # fmt: skip
    checked = check(rows)
    assert checked.ok, checked.problem_lines("en")
    assert figures(checked, "tier") == {"central": (120, 60), "provincial": (80, 40)}
    assert checked.periods == ("2023-09",)
    # Likewise where the first part's caption stands in the title itself; a month of its own is its own.
    rows = [["2023年8月衔接资金支出"], head, [NAME[EAST], 120, 60], ["省级资金"], head, [NAME[EAST], 80, 40]]
    checked = check(rows, said=Corrections(options={("funds.tier", ""): "central"}))
    assert set(checked.periods) == {"2023-08"}


def test_a_unit_taken_over_from_the_block_above_is_doubted_under_another_title():
    rows = [["2023年8月资金支出"], ["单位：元"], FUNDS, [*FIRST, 1200000, 600000],
            ["2023年9月资金支出"], FUNDS, [*FIRST, 1300000, 700000]]  # fmt: skip
    checked = check(rows)
    assert checked.ok
    assert sorted(checked.frame["spent"]) == [60, 70]
    (said,) = told(checked, "unit_of_above")
    assert said == (
        "“Sheet1（第 5 行起）”（表头在第 6 行）有自己的标题，没有写单位，按上一段的单位（元）读取。"
        "请核对；若不对，请在这一段表头上方写明单位后重新上传。"
    )


@pytest.mark.parametrize(
    "again",
    [
        [],
        [["2023年9月资金支出"], ["单位：万元"]],
        [["续表"], ["单位：万元"]],
        [["2023年9月资金支出（续）"], ["第2页 共3页"]],
        [["小计", "", "", 120, 60]],
    ],
    ids=["header", "title and unit", "goes on", "page", "subtotal"],
)
def test_pages_of_one_table_are_one_table(again):
    rows = [
        TITLE,
        ["单位：万元"],
        FUNDS,
        [*FIRST, 120, 60],
        *again,
        FUNDS,
        [*SECOND, 80, 40],
        [*SECOND[:2], "中央", 70, 30],
    ]
    checked = check(rows)
    assert not checked.parts
    assert not told(checked, "sheet_divided")
    assert checked.counts()["error"] == 0, checked.problem_lines("en")
    assert sorted(checked.frame["spent"]) == [30, 40, 60]


def test_a_header_in_another_unit_or_order_is_no_row():
    head = [*FUNDS[:3], "到位额（万元）", "累计支出（万元）"]
    rows = [TITLE, head, [*FIRST, 120, 60], [*FUNDS[:3], "到位额（元）", "累计支出（元）"], [*SECOND, 1200000, 600000]]
    assert figures(check(rows)) == {EAST: (120, 60), WEST: (120, 60)}
    rows = [TITLE, head, [*FIRST, 120, 60], [*FUNDS[:3], *reversed(head[3:])], [*SECOND, 50, 100]]
    checked = check(rows)
    assert checked.ok, checked.problem_lines("en")
    assert figures(checked) == {EAST: (120, 60), WEST: (100, 50)}


def test_captions_in_another_order_are_read_where_they_stand():
    rows = [["2023年9月衔接资金（万元）"], ["乡镇", "中央", None, "省级", None],
            [None, "到位额", "累计支出", "到位额", "累计支出"], [NAME[EAST], 10, 5, 20, 6],
            ["乡镇", "省级", None, "中央", None], [None, "到位额", "累计支出", "到位额", "累计支出"],
            [NAME[WEST], 11, 6, 21, 7]]  # fmt: skip
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in ("A2:A3", "B2:C2", "D2:E2", "A5:A6", "B5:C5", "D5:E5"):
        book.active.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    checked = check_file(out.getvalue(), "资金.xlsx", COUNTY, today=TODAY)
    assert checked.ok, checked.problem_lines("en")
    frame = checked.frame
    found = {(code, tier): spent for code, tier, spent in frame[["geo_code", "tier", "spent"]].itertuples(index=False)}
    assert found == {(EAST, "central"): 5, (EAST, "provincial"): 6, (WEST, "provincial"): 6, (WEST, "central"): 7}


def test_a_header_with_another_column_is_a_table_that_is_told_as_not_read():
    rows = [TITLE, [*FUNDS[:3], "到位额（万元）", "累计支出（万元）"], [*FIRST, 120, 60], [*SECOND, 20, 6],
            [*FUNDS[:3], "到位额（万元）", "结转（万元）"], [*SECOND, 50, 10]]  # fmt: skip
    checked = check(rows)
    assert figures(checked) == {EAST: (120, 60), WEST: (20, 6)}
    assert "“Sheet1（第 5 行起）”（1 行）未读" in told(checked, "sheet_not_read")[0]
    # It may be chosen like a sheet.
    chosen = check(rows, said=Corrections(sheet="Sheet1（第 5 行起）"))
    assert chosen.frame["received"].tolist() == [50]


def test_a_village_that_reported_nothing_is_no_title():
    name = NAME[EAST]
    head = ["村名", "庭院经济示范户（户）"]
    rows = [[f"2023年9月{name}庭院经济示范户"], head, [NAME[village(EAST)], 3], [NAME[village(EAST, 1)], 4],
            [NAME[village(EAST, 2)]], head, [NAME[village(EAST, 3)], 5]]  # fmt: skip
    checked = check(rows, "庭院.xlsx")
    assert not checked.parts
    assert checked.frame["value"].tolist() == [3, 4, 5]


def test_the_same_row_in_two_blocks_is_an_error_that_names_both():
    rows = [TITLE, ["单位：万元"], FUNDS, [*FIRST, 120, 60], ["单位：元"], FUNDS, [*FIRST, 12000, 6000]]
    checked = check(rows)
    assert not checked.ok
    (said,) = told(checked, "duplicate_in_sheet")
    assert said.startswith("与工作表“Sheet1”第 4 行重复")


def test_more_blocks_than_are_read_are_refused(monkeypatch):
    monkeypatch.setattr(limits, "BLOCKS", 2)
    part = [[FUNDS, [*FIRST, 1, 1]], [["单位：元"], FUNDS, [*SECOND, 1, 1]]]
    rows = [TITLE, ["单位：万元"], *part[0], *part[1], ["单位：亿元"], *part[0]]
    checked = check(rows)
    assert checked.refusal is not None
    assert checked.refusal.rule == "too_many_blocks"
    assert check(rows[:7]).refusal is None


def test_money_of_which_nothing_says_the_unit_is_doubted():
    rows = [TITLE, FUNDS, [*FIRST, 130000, 70000]]
    assert check(rows).counts()["error"] == 0
    assert told(check(rows), "unit_assumed")[0] == (
        "“到位额”的表头、标题和表上方都没有写单位，按万元读取。请核对；若是以元填写，请在上传页选定单位，"
        "或在表头写明（如“（元）”）后重新上传。"
    )
    for said in ([["单位：万元"], *rows], [["2023年9月资金支出（万元）"], *rows[1:]]):
        assert not told(check(said), "unit_assumed")
    named = Corrections(units={"到位额": "元", "累计支出": "元"})
    checked = check(rows, said=named)
    assert not told(checked, "unit_assumed")
    assert checked.frame["spent"].tolist() == [7]
    # Each figure with a unit of its own needs none above.
    assert not told(check([TITLE, FUNDS, [*FIRST, "13万元", "7万元"]]), "unit_assumed")
    # A column beside another of which the unit is said is in that, unless it is another than the table's.
    beside = [TITLE, [*FUNDS[:3], "到位额（万元）", "累计支出"], [*FIRST, 13, 7]]
    assert not told(check(beside), "unit_assumed")
    beside[1][3] = "到位额（元）"
    assert len(told(check(beside), "unit_assumed")) == 1


def test_of_sister_sheets_the_one_without_a_unit_is_doubted():
    head, rows = FUNDS, [[*FIRST, 120000, 60000], [*FIRST, 130000, 70000]]
    raw = workbook(**{"2023年8月": [["单位：元"], head, rows[0]], "2023年9月": [head, rows[1]]})
    checked = check_file(raw, "资金.xlsx", COUNTY, today=TODAY)
    where = checked.problems.query("rule == 'unit_assumed'")
    assert set(where["sheet"]) == {"2023年9月"}
    assert where["header"].tolist() == ["到位额", "累计支出"]


def test_so_is_a_column_of_an_item_of_money():
    def doubted(header: str) -> bool:
        rows = [["2023年9月"], ["村名", header], [NAME[village(EAST)], 12], [NAME[village(EAST, 1)], 9]]
        checked = check(rows, f"{NAME[EAST]}.xlsx")
        assert checked.table == "facts"
        return bool(told(checked, "unit_assumed"))

    assert doubted("村集体收入增长")
    assert not doubted("村集体收入增长（万元）")
    assert not doubted("庭院经济示范户")
