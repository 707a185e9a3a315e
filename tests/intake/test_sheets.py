"""Workbooks of several sheets: those of one form are read as one table, of others one is read and may be chosen."""

import io
from datetime import date

import openpyxl
import pandas as pd
import pytest
from intake.making import workbook

from data.extent import Extent
from data.intake import Checked, Refusal, check_file
from data.intake.corrections import Corrections, remember
from data.intake.files.read import read
from data.intake.repeats import repeats
from data.intake.sheets import each, together
from data.preview import placed, without_errors
from data.quick_look import TOWNSHIP, Look
from geo.regions import regions

COUNTY, TODAY = "500113", date(2024, 3, 1)
REGISTER = regions(COUNTY)
TOWNS = REGISTER.query("level == 'township' and name.str.endswith('镇')").head(3)
EAST, WEST, FAR = TOWNS["code"]
NAME = dict(zip(REGISTER["code"], REGISTER["name"], strict=True))
FUNDS = ["月末", "层级", "资金种类", "到位额（万元）", "累计支出（万元）"]


def village(town: str, nth: int = 0) -> str:
    return REGISTER.query("level == 'village' and parent == @town")["code"].iloc[nth]


def check(raw: bytes, name: str = "各镇.xlsx", **said) -> Checked:
    return check_file(raw, name, COUNTY, today=TODAY, **said)


def told(checked: Checked, rule: str, lang: str = "zh") -> list[str]:
    which = (checked.problems["rule"] == rule).to_numpy()
    return [text for text, is_ in zip(checked.messages(lang), which, strict=True) if is_]


def spent(checked: Checked) -> dict[str, float]:
    return dict(zip(checked.frame["geo_code"], checked.frame["spent"], strict=True))


def funds(spent: object, tier: str = "中央", unit: str = "万元") -> list[list[object]]:
    head = [*FUNDS[:3], f"到位额（{unit}）", f"累计支出（{unit}）"]
    return [["资金情况"], head, ["2023-04-30", tier, "衔接资金", 100000, spent]]


def test_a_sheet_per_township_is_one_table_and_its_name_the_township():
    raw = workbook(**{NAME[EAST]: funds(10), NAME[WEST]: funds(20), "说明": [["每月五日前报送"]]})
    checked = check(raw)
    assert checked.ok, checked.problem_lines("en")
    assert spent(checked) == {EAST: 10, WEST: 20}
    assert checked.townships == (EAST, WEST)
    assert told(checked, "sheets_together") == [
        f"工作表“{NAME[EAST]}”（1 行）、“{NAME[WEST]}”（1 行）表头相同，合为一张表读取。"
    ]
    assert len(told(checked, "place_by_sheet")) == 2
    assert not told(checked, "sheet_not_read")


def test_a_title_that_names_the_township_counts_before_the_sheet():
    first, second = funds(10), funds(20)
    first[0], second[0] = [f"{NAME[EAST]}资金情况"], [f"{NAME[WEST]}资金情况"]
    assert spent(check(workbook(甲=first, 乙=second))) == {EAST: 10, WEST: 20}
    assert spent(check(workbook(**{NAME[FAR]: first, NAME[EAST]: second}))) == {EAST: 10, WEST: 20}


def test_where_neither_says_the_township_it_is_asked_for():
    checked = check(workbook(甲=funds(10), 乙=funds(20)))
    assert not checked.ok
    assert told(checked, "missing_column")


def test_a_sheet_per_month_dates_its_rows():
    head = ["区划代码", "层级", "资金种类", "到位额（万元）", "累计支出（万元）"]
    sheets = {f"{n}月": [["2023年资金情况"], head, [EAST, "中央", "衔接资金", 100, n]] for n in (3, 4)}
    checked = check(workbook(**sheets))
    assert checked.ok, checked.problem_lines("en")
    assert checked.periods == ("2023-03", "2023-04")
    assert checked.frame.set_index("as_of")["spent"].to_dict() == {
        pd.Timestamp(2023, 3, 31): 3, pd.Timestamp(2023, 4, 30): 4
    }  # fmt: skip


def test_each_sheet_has_its_own_order_units_totals_and_notes():
    west = [["单位：元"], [*FUNDS[3:], *FUNDS[:3]], [1000000, 200000, "2023-04-30", "中央", "衔接资金"]]
    west[1] = ["到位额", "累计支出", *FUNDS[:3]]
    east = [["单位：万元"], [*FUNDS[:3], "到位额", "累计支出"], ["2023-04-30", "中央", "衔接资金", 100, 10],
            ["2023-04-30", "省级", "衔接资金", 100, 30], ["合计", "", "", 200, 41]]  # fmt: skip
    checked = check(workbook(**{NAME[EAST]: east, NAME[WEST]: west}))
    assert checked.ok, checked.problem_lines("en")
    assert sorted(checked.frame["spent"]) == [10, 20, 30]
    differs = checked.listing("zh").query("rule == '合计不符'")
    assert differs["row"].tolist() == [f"“{NAME[EAST]}”第 5 行"]


def test_a_problem_names_the_sheet_and_its_own_row():
    wrong = funds("不详")
    checked = check(workbook(**{NAME[EAST]: funds(10), NAME[WEST]: wrong}))
    listed = checked.listing("zh").query("severity == 'error'")
    assert listed["row"].tolist() == [f"“{NAME[WEST]}”第 3 行"]
    assert checked.listing("en").query("severity == 'error'")["row"].tolist() == [f'"{NAME[WEST]}" row 3']
    assert any(line.startswith(f"[错误] “{NAME[WEST]}”第 3 行 ") for line in checked.problem_lines("zh"))
    (one,) = [p for p in checked.to_json()["problems"] if p["severity"] == "error"]
    assert (one["sheet"], one["row"], one["col"]) == (NAME[WEST], 2, 4)
    of_sheet, row = checked.part_of(int(checked.problems.query("severity == 'error'")["row"].iloc[0]))
    assert (of_sheet.sheet, row) == (NAME[WEST], 3)
    assert spent(Checked("", COUNTY, frame=without_errors(checked))) == {EAST: 10}
    # The cell is corrected in its sheet and in no other.
    mended = check(
        workbook(**{NAME[EAST]: funds(10), NAME[WEST]: wrong}), said=Corrections(cells={(NAME[WEST], 2, 4): "7"})
    )
    assert spent(mended) == {EAST: 10, WEST: 7}


def test_the_same_error_of_several_sheets_is_one_line_that_names_them():
    names = [NAME[town] for town in (EAST, WEST, FAR)]
    rows = [["资金情况"], ["乡镇", "层级", "资金种类", "到位额（万元）"]]
    checked = check(workbook(**{name: [*rows, [name, "中央", "衔接资金", 100]] for name in names}))
    assert checked.counts()["error"] == 3
    for lang, where in (
        ("zh", "“{}”、“{}”、“{}”第 2 行".format(*names)),
        ("en", 'row 2 of "{}", "{}", "{}"'.format(*names)),
    ):
        wrong = checked.listing(lang).query("severity == 'error'")
        assert wrong["row"].tolist() == [where]
    # Rows that are not the same line of each sheet are named one by one.
    moved = {name: [*([[None]] * n), *rows, [name, "中央", "衔接资金", 100]] for n, name in enumerate(names)}
    wrong = check(workbook(**moved)).listing("zh").query("severity == 'error'")
    assert wrong["row"].tolist() == ["“{}”第 2 行、“{}”第 3 行、“{}”第 4 行".format(*names)]


def test_a_row_that_repeats_one_of_another_sheet_is_an_error_there():
    head = ["区划代码", *FUNDS]
    rows = [EAST, "2023-04-30", "中央", "衔接资金", 100, 10]
    checked = check(workbook(甲=[head, rows], 乙=[head, [WEST, *rows[1:]], rows]))
    (said,) = told(checked, "duplicate_in_sheet")
    assert said.startswith("与工作表“甲”第 2 行重复")
    assert checked.listing("zh").query("severity == 'error'")["row"].tolist() == ["“乙”第 3 行"]
    (repeat,) = repeats(checked)
    assert repeat.alike
    assert [(one.sheet, row) for one, row in (checked.part_of(row + 1) for row in repeat.rows)] == [
        ("甲", 2),
        ("乙", 3),
    ]
    assert check(
        workbook(甲=[head, rows], 乙=[head, [WEST, *rows[1:]], rows]), said=Corrections(rows={("乙", 2): ""})
    ).ok


def test_a_sheet_that_sums_up_the_others_is_not_read_with_them():
    head = ["区划代码", *FUNDS]
    east, west = ([code, "2023-04-30", "中央", "衔接资金", 100, 10] for code in (EAST, WEST))
    checked = check(workbook(甲=[head, east], 乙=[head, west], 汇总表=[head, east, west]))
    assert [part.checked.sheet for part in checked.parts] == ["甲", "乙"]
    assert told(checked, "sheet_not_read")[0].startswith("已读工作表“甲、乙”（2 行）；“汇总表”（2 行）未读")
    alone = check(workbook(汇总表=[head, east, west], 甲=[head, east], 乙=[head, west]))
    assert (alone.parts, alone.sheet, len(alone.frame)) == ((), "汇总表", 2)


ISSUES = [["问题编号", "村代码", "领域", "问题"], ["W1", village(EAST), "住房安全", "漏雨"]]


def test_another_sheet_may_be_chosen_and_is_remembered():
    raw = workbook(资金=[["区划代码", *FUNDS], [EAST, "2023-04-30", "中央", "衔接资金", 100, 10]], 问题=ISSUES)
    first = check(raw)
    assert (first.table, first.sheet) == ("funds", "资金")
    assert "“问题”（1 行）未读" in told(first, "sheet_not_read")[0]
    chosen = check(raw, said=Corrections(sheet="问题"))
    assert (chosen.table, chosen.sheet, chosen.ok) == ("issues", "问题", True)
    assert "“资金”（1 行）未读" in told(chosen, "sheet_not_read")[0]
    before = remember([chosen.said.to_json(chosen.layout.form)])
    assert check(raw, remembered=before).table == "issues"
    assert check(raw, remembered=before, said=Corrections(sheet="资金")).table == "funds"
    refused = check(raw, said=Corrections(sheet="丙"))
    assert refused.refusal.text("zh") == "文件中没有工作表“丙”；有：资金、问题。"


def test_the_form_of_most_sheets_is_what_a_workbook_is_about():
    raw = workbook(问题=ISSUES, **{NAME[EAST]: funds(10), NAME[WEST]: funds(20)})
    checked = check(raw)
    assert spent(checked) == {EAST: 10, WEST: 20}
    assert "“问题”（1 行）未读" in told(checked, "sheet_not_read")[0]


def test_one_of_several_of_a_form_may_be_chosen_but_next_month_it_is_another():
    raw = workbook(**{NAME[EAST]: funds(10), NAME[WEST]: funds(20)})
    chosen = check(raw, said=Corrections(sheet=NAME[WEST]))
    assert (spent(chosen), chosen.parts) == ({WEST: 20}, ())
    before = remember([chosen.said.to_json(chosen.layout.form)])
    assert spent(check(raw, remembered=before)) == {EAST: 10, WEST: 20}


def test_a_workbook_that_takes_too_long_is_refused_as_a_whole():
    every = read(workbook(**{NAME[EAST]: funds(10), NAME[WEST]: funds(20)}))
    first = check(workbook(**{NAME[EAST]: funds(10)}))
    late = Checked("各镇.xlsx", COUNTY, table="funds", refusal=Refusal("too_slow", limit=1))
    assert together(every, first, lambda _sheet: late) is late


def test_a_hidden_sheet_is_not_read_with_the_others():
    made = openpyxl.load_workbook(io.BytesIO(workbook(**{NAME[EAST]: funds(10), NAME[WEST]: funds(20)})))
    made[NAME[WEST]].sheet_state = "hidden"
    output = io.BytesIO()
    made.save(output)
    assert spent(check(output.getvalue())) == {EAST: 10}


@pytest.mark.parametrize("columns", [["村", "车间全称", "负责人姓名", "建立时间", "带动就业人数", "吸纳脱贫人口人数"]])
def test_an_export_with_a_sheet_per_township_is_one_export(columns):
    sheets = {
        NAME[town]: [columns, [NAME[village(town)], "甲车间", "欧阳一", "2020年5月", n, n]]
        for n, town in ((10, EAST), (20, WEST))
    }
    checked = check(workbook(**sheets), "车间202312.xlsx")
    assert checked.ok, checked.problem_lines("en")
    workers = checked.frame.query("item == 'workshop_workers'").set_index("geo_code")["value"].to_dict()
    assert workers == {village(EAST): 10, village(WEST): 20}
    assert (checked.personal, checked.mode) == (True, "replace")
    rows = placed("facts", checked.frame, COUNTY)
    assert Extent.of_file(checked).scope(rows).townships == tuple(sorted((EAST[:9], WEST[:9])))


def orchard(town: str, *figures: tuple[float, float], swapped: bool = False, unit: str = "亩") -> list[list[object]]:
    """A table of no upload table's kind: villages of a township, an area and what was picked."""
    head = ["村名", f"柑橘挂果面积（{unit}）", "采摘量（吨）"]
    rows = [[NAME[village(town, n)], *pair] for n, pair in enumerate(figures)]
    return [["柑橘生产情况"], *([row[0], row[2], row[1]] if swapped else row for row in [head, *rows])]


def test_a_quick_look_reads_sheets_of_one_form_together():
    raw = workbook(**{NAME[EAST]: orchard(EAST, (10, 1), (20, 2)), NAME[WEST]: orchard(WEST, (5, 4), swapped=True)})
    checked = check(raw)
    assert checked.generic
    assert len(told(checked, "sheets_together")) == 1
    assert not told(checked, "sheet_not_read")
    look = Look(checked, COUNTY)
    area, picked = (next(f for f in look.figures if word in f.title) for word in ("面积", "采摘"))
    assert look.totals(area, TOWNSHIP).values == {EAST: 30, WEST: 5}  # noqa: PD011 - a field of ours
    assert look.totals(picked, TOWNSHIP).values == {EAST: 3, WEST: 4}  # noqa: PD011 - a field of ours
    # The sheet's name is a column to group by.
    assert any(title == "工作表" for title in look.labels.values())


def test_sheets_of_months_are_looked_at_month_by_month():
    sheets = {"10月": orchard(EAST, (10, 1), (20, 2)), "11月": orchard(EAST, (11, 1), (22, 2))}
    look = Look(check(workbook(**sheets)), COUNTY)
    area = next(f for f in look.figures if "面积" in f.title)
    assert look.periods == ("10月", "11月")
    assert look.totals(area, TOWNSHIP, "11月").values == {EAST: 33}  # noqa: PD011 - a field of ours


@pytest.mark.parametrize("titled", [False, True])
def test_a_sheet_in_another_unit_is_brought_to_that_of_the_first_in_a_quick_look(titled):
    """Whether the header or a line above the table names the unit; 4 hectares are 60 mu."""

    def sheet(town, *figures, unit):
        rows = orchard(town, *figures, unit=unit)
        if titled:
            rows[1] = ["村名", "柑橘挂果面积", "采摘量（吨）"]
            rows.insert(1, [f"单位：{unit}"])
        return rows

    one = sheet(EAST, (10, 1), (20, 2), unit="亩")
    checked = check(workbook(甲=one, 乙=sheet(WEST, (4, 7), unit="公顷")))
    assert len(told(checked, "sheets_together")) == 1
    assert not told(checked, "sheet_not_read")
    converted = [line for line in checked.problem_lines() if "由公顷换算为亩（×15）" in line]
    assert len(converted) == 1
    assert f"“乙”第 {3 if titled else 2} 行" in converted[0]
    look = Look(checked, COUNTY)
    area, picked = (next(f for f in look.figures if word in f.title) for word in ("面积", "采摘"))
    assert area.unit == "亩"
    assert look.totals(area, TOWNSHIP).values == {EAST: 30, WEST: 60}  # noqa: PD011 - a field of ours
    assert look.totals(picked, TOWNSHIP).values == {EAST: 3, WEST: 7}  # noqa: PD011 - a field of ours


def test_a_sheet_in_a_unit_of_another_kind_is_named_as_not_read_in_a_quick_look():
    checked = check(workbook(甲=orchard(EAST, (10, 1), (20, 2)), 乙=orchard(WEST, (5, 4), unit="株")))
    assert not told(checked, "sheets_together")
    assert len(told(checked, "sheet_not_read")) == 1
    assert "“乙”（1 行）" in told(checked, "sheet_not_read")[0]
    (why,) = told(checked, "sheet_other_unit")
    assert all(word in why for word in ("“乙”", "柑橘挂果面积（株）", "亩"))


def test_a_sheet_without_a_unit_is_left_out_of_a_quick_look_and_says_why():
    bare = [
        [text.removesuffix("（亩）") if isinstance(text, str) else text for text in row]
        for row in orchard(WEST, (5, 4))
    ]
    checked = check(workbook(甲=orchard(EAST, (10, 1), (20, 2)), 丙=orchard(EAST, (3, 3)), 乙=bare))
    assert len(told(checked, "sheets_together")) == 1
    (why,) = told(checked, "sheet_without_unit")
    assert told(each(checked, lambda one: one), "sheet_without_unit") == [why]
    assert all(word in why for word in ("“乙”没有合读", "“柑橘挂果面积”在工作表“乙”没有写明单位", "亩"))


def test_sheets_whose_figures_name_other_units_are_one_table_in_a_quick_look():
    """A sheet may write the unit into each cell: 10亩 here, 4公顷 there."""

    def sheet(town, *figures):
        rows = [[NAME[village(town, n)], figure] for n, figure in enumerate(figures)]
        return [["柑橘生产情况"], ["村名", "柑橘挂果面积"], *rows]

    look = Look(check(workbook(甲=sheet(EAST, "10亩", "20亩"), 乙=sheet(WEST, "4公顷"))), COUNTY)
    area = look.figures[0]
    assert area.unit == "亩"
    assert look.totals(area, TOWNSHIP).values == {EAST: 30, WEST: 60}  # noqa: PD011 - a field of ours


def test_sheets_of_an_upload_table_are_one_table_though_their_headers_name_other_units():
    def sheet(town, received, unit):
        return [["乡镇", "层级", "资金种类", "月末", f"到位额（{unit}）"],
                [NAME[town], "中央", "衔接资金", "2023-11-30", received]]  # fmt: skip

    checked = check(workbook(甲=sheet(EAST, 300, "万元"), 乙=sheet(WEST, 400_000, "元")))
    assert checked.table == "funds"
    assert not told(checked, "sheet_not_read")
    assert checked.frame["received"].tolist() == [300, 40]
