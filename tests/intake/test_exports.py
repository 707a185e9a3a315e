"""Exports of national systems: known by their headers, added up by village, nobody named anywhere afterwards."""

import io
import json
import random
import sqlite3
from dataclasses import fields
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake.making import csv_bytes, workbook, xlsx_bytes
from typer.testing import CliRunner

from cli import app
from data import preview, tables, upload
from data.expressions import parse
from data.extent import Extent
from data.grid import grid
from data.intake import Checked, check_file, template
from data.intake.corrections import NOT_READ, Corrections
from data.intake.export_figures import month_dates
from data.intake.exports import catalogue
from data.intake.repeats import Repeat, differing, repeats
from data.plan import load_plan
from data.registry import county
from data.schedule import query_dates
from data.store import open_store
from data.tables import items
from data.upload import Actor
from data.upload_words import UploadError
from geo.regions import regions

BANAN = county("banan")
REGISTER = regions(BANAN.code)
NAMES = dict(zip(REGISTER["code"], REGISTER["name"], strict=True))
VILLAGES = REGISTER.query("level == 'village'")
EAST = VILLAGES["parent"].iloc[0]
A, B = VILLAGES.query("parent == @EAST")["code"].iloc[:2]
C = VILLAGES.query("parent != @EAST")["code"].iloc[-1]
MEASURES = ("产业帮扶", "就业帮扶", "金融帮扶", "公益岗位帮扶", "健康帮扶", "教育帮扶", "义务教育保障", "住房安全保障",
            "饮水安全保障", "综合保障", "社会帮扶", "搬迁", "基础设施建设", "生产生活条件改善")  # fmt: skip
SCHOOL, INSURED = "是否义务教育阶段适龄儿童少年失学辍学", "是否参加城乡居民(城镇职工)基本医疗保险"
PHONE, CARD = "13812345678", "6222020000001234567"


def person(n: int, village: str, household: str, **said: str) -> dict[str, str]:
    """One person as the systems write them; everything that tells who it is, is made up."""
    return {
        "县(市、区、旗)": BANAN.name_zh,
        "乡(镇)": NAMES[f"{village[:9]}000"],
        "行政村": NAMES[village],
        "户编号": household,
        "人口编号": f"{household}{n:02d}",
        "姓名": f"欧阳测试{n}",
        "证件类型": "居民身份证",
        "证件号码": f"50011319{60 + n}0101{1000 + n}",
        "家庭成员联系电话": PHONE,
        "银行卡号": CARD,
        "信息采集人": "上官采集",
        **said,
    }


def ledger() -> list[dict[str, str]]:
    """Six people of four households in two villages."""

    def monitored(n: int, village: str, household: str, kind: str, since: str, cleared: str, able: str, **said: str):
        lifted = "脱贫户" if kind == "脱贫不稳定户" else "一般农户"
        usual = {"与户主关系": "户主", "劳动技能": able, "户类型": lifted, "监测对象类别": kind, "识别监测时间": since,
                 "风险是否已消除": cleared, **dict.fromkeys(MEASURES, ""), "是否危房户": "否", SCHOOL: "否",
                 INSURED: "是"}  # fmt: skip
        return person(n, village, household, **(usual | said))

    return [
        monitored(1, A, "5001001", "脱贫不稳定户", "202312", "否", "普通劳动力", 产业帮扶="到户产业"),
        monitored(2, A, "5001001", "脱贫不稳定户", "202312", "否", "无劳动力"),
        monitored(3, A, "5001002", "边缘易致贫户", "2023年4月", "是", "丧失劳动力", 综合保障="低保", 是否危房户="是"),
        monitored(4, B, "5001003", "突发严重困难户", "20231205", "否", "技能劳动力"),
        monitored(5, B, "5001003", "突发严重困难户", "20231205", "否", "普通劳动力", **{SCHOOL: "是"}),
        monitored(6, B, "5001004", "边缘易致贫户", "202206", "否", "普通劳动力", 就业帮扶="务工", **{INSURED: "否"}),
    ]  # fmt: skip


def rows_of(people: list[dict[str, str]], above: int = 2) -> list[list[str]]:
    """Put people under a header that stands in the third row, as the systems do."""
    title = [["监测信息导出"], ["导出人：东方导出"], [""], ["说明"]][:above]
    return [*title, list(people[0]), *[list(p.values()) for p in people]]


def check(people: list[dict[str, str]], name: str = "信息_20231218.csv", **said) -> Checked:
    return check_file(csv_bytes(rows_of(people)), name, BANAN.code, today=date(2024, 3, 1), **said)


def figures(checked: Checked) -> dict[tuple[str, str], float | tuple[float, float]]:
    """Return place and item → value, or numerator and denominator."""
    assert checked.ok, checked.problem_lines("en")
    return {
        (row.geo_code, row.item): (row.numerator, row.denominator) if pd.isna(row.value) else row.value
        for row in checked.frame.itertuples()
    }


def of(checked: Checked, place: str) -> dict[str, float | tuple[float, float]]:
    return {item: value for (code, item), value in figures(checked).items() if code == place}


LEDGER_A = {
    "monitored_households": 2, "monitored_people": 3, "monitored_unstable": 1, "monitored_marginal": 1,
    "monitored_sudden": 0, "monitored_new": 1, "monitored_risk_open": 1, "monitored_risk_cleared": (1, 2),
    "monitored_without_measures": 0, "monitored_unsafe_house": 1, "monitored_dropouts": 0, "monitored_uninsured": 0,
    # of the one household with labour one has a measure; the one without labour is in the safety net
    "dev_measure_coverage": (1, 1), "safety_net_coverage": (1, 1),
}  # fmt: skip
LEDGER_B = {
    "monitored_households": 2, "monitored_people": 3, "monitored_unstable": 0, "monitored_marginal": 1,
    "monitored_sudden": 1, "monitored_new": 1, "monitored_risk_open": 2, "monitored_risk_cleared": (0, 2),
    "monitored_without_measures": 1, "monitored_unsafe_house": 0, "monitored_dropouts": 1, "monitored_uninsured": 1,
    "dev_measure_coverage": (1, 2),  # no household without labour: nothing to be said of the safety net
}  # fmt: skip


# -- what is understood ------------------------------------------------------------------------------------------------


def test_a_ledger_of_people_becomes_figures_of_villages():
    checked = check(ledger())
    assert (checked.table, checked.mode, checked.periods) == ("facts", "replace", ("2023-12",))
    assert of(checked, A) == LEDGER_A
    assert of(checked, B) == LEDGER_B
    assert set(checked.frame["geo_level"]) == {"village"}
    assert set(checked.frame["as_of"].dt.date) == {date(2023, 12, 31)}
    assert checked.townships == (EAST,)
    told = " ".join(checked.notices("zh"))
    assert "“监测对象信息”导出：6 人、4 户，汇总为 2 个村的 14 项指标" in told
    assert "不保存原文件" in told


@pytest.mark.parametrize("above", [0, 1, 4])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_header_stands_anywhere_and_columns_in_any_order(above, kind):
    shuffled = random.Random(above).sample(list(ledger()[0]), k=len(ledger()[0]))
    people = [{name: p[name] for name in shuffled} | {"风险是否已消除0": "是", "自定义列": "甲"} for p in ledger()]
    make = csv_bytes if kind == "csv" else xlsx_bytes
    found = check_file(make(rows_of(people, above)), f"x202312.{kind}", BANAN.code, today=date(2024, 3, 1))
    assert of(found, A) == LEDGER_A
    assert of(found, B) == LEDGER_B


def test_what_an_export_lacks_is_left_out_and_not_counted_as_none():
    people = [{k: v for k, v in p.items() if k not in {"搬迁", "产业帮扶", "户编号", "是否危房户"}} for p in ledger()]
    found = of(check(people), A)
    assert found == {"monitored_people": 3, "monitored_dropouts": 0, "monitored_uninsured": 0}


def test_an_export_of_which_nothing_can_be_added_up_says_which_columns_to_tick():
    head = ["乡", "行政村", "总户数", "总人口数", "到乡镇是否通沥青（水泥）路", "是否通客运班车"]
    rows = [head, [NAMES[EAST], NAMES[A], "500", "1500", "是", "是"]]
    found = check_file(csv_bytes(rows), "x202312.csv", BANAN.code, today=date(2024, 3, 1))
    assert not found.ok
    assert "请勾选：危房户数、" in " ".join(found.problem_lines())


def test_two_villages_written_in_two_ways_are_one():
    people = ledger()
    people[0]["行政村"] = NAMES[A].removesuffix("居民委员会").removesuffix("村民委员会")
    assert of(check(people), A) == LEDGER_A


def test_people_are_counted_once_and_namesakes_stay_two():
    people = ledger()
    again = [*people, dict(people[0])]
    found = check(again)
    assert of(found, A) == LEDGER_A
    assert found.problems.query("rule == 'export_twice'")["row"].tolist() == [len(people) + 4]
    namesake = dict(people[2], 人口编号="9", 姓名=people[0]["姓名"])
    assert of(check([*people, namesake]), A)["monitored_people"] == 4


def test_the_month_is_chosen_where_nothing_says_it():
    found = check(ledger(), "信息.csv")
    assert not found.ok
    assert "no_date" in set(found.problems["rule"])
    assert found.undated
    # It lacks a month, not rows: nobody may be told to send a nil return.
    assert "no_rows" not in set(found.problems["rule"])
    chosen = check(ledger(), "信息.csv", period="2023-11")
    assert chosen.periods == ("2023-11",)
    assert of(chosen, B)["monitored_new"] == 0


def test_rows_without_a_village_or_of_an_unknown_one_are_told_by_row():
    people = ledger()
    people[1]["行政村"] = ""
    people[2]["行政村"] = "无此名村"
    found = check(people)
    told = found.problems.set_index("rule")["row"]
    assert told["export_no_place"] == 5
    assert told["unknown_place"] == 6
    assert not found.ok


def test_an_unreadable_cell_is_told_without_being_shown():
    people = ledger()
    people[3]["监测对象类别"] = "欧阳误填"
    found = check(people)
    told = found.problems.query("rule == 'export_unread'")
    assert (told["row"].tolist(), told["header"].tolist(), told["value"].tolist()) == ([7], ["监测对象类别"], [""])


def test_totals_are_no_people():
    total = dict.fromkeys(ledger()[0], "") | {"县(市、区、旗)": "合计", "户编号": "6"}
    assert of(check([*ledger(), total]), B) == LEDGER_B


# -- people on several sheets of one workbook --------------------------------------------------------------------------


def on_sheets(*parts: list[dict[str, str]], names: tuple[str, ...] = ("甲", "乙", "丙"), **said) -> Checked:
    """Check a workbook with a sheet for each list of people; each has its header in the third row."""
    raw = workbook(**{name: rows_of(part) for name, part in zip(names, parts, strict=False)})
    return check_file(raw, "信息_20231218.xlsx", BANAN.code, today=date(2024, 3, 1), **said)


def lines(checked: Checked, rule: str) -> list[tuple[str, str]]:
    """Return where a rule is told and its sentence."""
    listing = checked.listing("zh")
    told = checked.problems.drop_duplicates("rule").set_index("rule")
    sentences = {text for text, r in zip(checked.messages("zh"), checked.problems["rule"], strict=True) if r == rule}
    assert rule in told.index or not sentences
    return [
        (row, message) for row, message in zip(listing["row"], listing["message"], strict=True) if message in sentences
    ]


def test_a_village_on_two_sheets_is_counted_of_both():
    # The first household of A has one member on each sheet: it stays one household.
    people = ledger()
    found = on_sheets([people[0], people[3]], [people[1], people[2], people[4], people[5]])
    assert of(found, A) == LEDGER_A
    assert of(found, B) == LEDGER_B
    assert [part.checked.sheet for part in found.parts] == ["甲", "乙"]
    assert (found.mode, found.periods, found.townships) == ("replace", ("2023-12",), (EAST,))
    (read,) = lines(found, "export_read")
    assert "6 人、4 户，汇总为 2 个村的 14 项指标" in read[1]


def test_one_person_on_two_sheets_alike_counts_once():
    people = ledger()
    # What is not read may differ, as a telephone does.
    again = dict(people[1], 家庭成员联系电话="13900000000")
    found = on_sheets(people[:4], [again, *people[4:]])
    assert of(found, A) == LEDGER_A
    assert of(found, B) == LEDGER_B
    assert lines(found, "export_twice") == [
        ("“乙”第 4 行", "同一人已在工作表“甲”出现过，读取的各列都相同，只计一次。请核对导出条件。")
    ]
    assert repeats(found) == []


@pytest.mark.parametrize("together", [False, True])
def test_which_row_of_a_person_counts_is_asked_where_they_differ(together):
    people = ledger()
    other = dict(people[1], 劳动技能="普通劳动力", **{INSURED: "否"})
    # Row 5 of the file, or of the first sheet; the other one is row 10, or row 4 of the second.
    parts = [[*people, other]] if together else [people, [other]]
    names = ("甲", "乙")
    found = on_sheets(*parts, names=names)
    assert not found.ok
    ((row, message),) = lines(found, "export_differs")
    where = "第 5 行" if together else "工作表“甲”第 5 行"
    assert row == ("10" if together else "“乙”第 4 行")
    assert message.startswith(f"同一人已在{where}出现过，两行的劳动技能、{INSURED}不同，无法判断以哪一行为准。")
    assert not {secret for secret in secrets(people) if secret in everything(found)}
    (repeat,) = repeats(found)
    width = sum(part.checked.layout.sheet.height for part in found.parts[:1])
    assert repeat == Repeat((4, 9 if together else width + 3), alike=False)
    assert differing(found, repeat) == []
    of_sheet, number = found.part_of(repeat.rows[1] + 1)
    assert (of_sheet.sheet, number) == (("甲", 10) if together else ("乙", 4))
    first = on_sheets(*parts, names=names, said=Corrections(rows={(of_sheet.sheet, number - 1): NOT_READ}))
    assert of(first, A) == LEDGER_A
    assert lines(first, "row_left_out")[0][0] == row
    second = on_sheets(*parts, names=names, said=Corrections(rows={("甲", 4): NOT_READ}))
    assert of(second, A) == LEDGER_A | {"monitored_uninsured": 1}


def test_a_person_in_two_villages_is_asked_about():
    people = ledger()
    moved = dict(people[1], 行政村=NAMES[B])
    found = on_sheets(people, [moved])
    assert not found.ok
    assert "两行的行政村不同" in lines(found, "export_differs")[0][1]


def test_a_month_per_sheet_stays_a_month_each():
    people = ledger()
    raw = workbook(**{f"2023年{n}月": rows_of(part) for n, part in ((11, people[:5]), (12, people))})
    found = check_file(raw, "监测对象.xlsx", BANAN.code, today=date(2024, 3, 1))
    assert found.ok, found.problem_lines("en")
    assert found.periods == ("2023-11", "2023-12")
    counted = found.frame.query("item == 'monitored_people' and geo_code == @B").set_index("as_of")["value"]
    assert counted.to_dict() == {pd.Timestamp(2023, 11, 30): 2, pd.Timestamp(2023, 12, 31): 3}
    assert lines(found, "export_twice") == []


def test_sheets_without_numbers_of_people_are_added_up_with_a_doubt():
    people = [{k: v for k, v in p.items() if k not in {"人口编号", "证件号码"}} for p in ledger()]
    found = on_sheets(people[:2], people[2:])
    assert of(found, A)["monitored_people"] == 3
    assert [row for row, _ in lines(found, "export_unnumbered")] == ["“乙”"]


def test_a_number_of_fifteen_digits_is_that_of_eighteen_which_took_its_place():
    # 1·7+1·9+0·10+1·5+0·8+5·4+1·2+9·1+4·6+9·3+1·7+2·9+3·10+1·5+0·8+0·4+2·2 = 167 = 15·11 + 2, so the last digit is X.
    def with_card(p: dict[str, str], number: str) -> dict[str, str]:
        return {k: v for k, v in p.items() if k != "人口编号"} | {"证件号码": number}

    people = [with_card(p, p["证件号码"]) for p in ledger()]
    people[0]["证件号码"] = "11010519491231002X"
    again = with_card(people[0], "110105491231002")
    found = on_sheets(people, [again, dict(again, 证件号码="１１０１０５１９４９１２３１００２ｘ")])
    assert of(found, A) == LEDGER_A
    assert len(found.problems.query("rule == 'export_twice'")) == 2
    assert "110105491231002" not in everything(found)


def test_two_people_may_have_one_masked_number():
    masked = [{k: v for k, v in p.items() if k != "人口编号"} | {"证件号码": "500113********1234"} for p in ledger()]
    found = check(masked)
    assert of(found, A)["monitored_people"] == 3
    twice = check([*masked, dict(masked[0])])
    assert of(twice, A)["monitored_people"] == 3
    assert len(twice.problems.query("rule == 'export_twice'")) == 1


def test_a_village_that_an_export_lists_twice_is_not_added_up():
    row = village_rows("12.5")[0]
    head = [["行政村信息"], VILLAGE_HEAD]
    raw = workbook(甲=[*head, row], 乙=[*head, row])
    found = check_file(raw, "x_202312.xlsx", BANAN.code, today=date(2024, 3, 1))
    assert of(found, A)["village_dibao"] == 20
    assert "同一个村已在工作表“甲”出现过" in lines(found, "export_twice")[0][1]
    unlike = workbook(甲=[*head, row], 乙=[*head, [*row[:5], "30", *row[6:]]])
    asked = check_file(unlike, "x_202312.xlsx", BANAN.code, today=date(2024, 3, 1))
    assert "两行的低保户数不同" in lines(asked, "export_differs")[0][1]


@given(of_sheet=st.lists(st.sampled_from((0, 1, 2)), min_size=8, max_size=8), again=st.integers(0, 5))
@settings(max_examples=12, deadline=None)
def test_an_export_parted_over_sheets_at_random_says_the_same(of_sheet, again):
    people = [*ledger(), dict(ledger()[again])]
    people += [dict(people[3], 人口编号="500100399", 与户主关系="之子", **{SCHOOL: "是"})]
    whole = check(people)
    parts = [[p for p, at in zip(people, of_sheet, strict=True) if at == n] for n in (0, 1, 2)]
    found = on_sheets(*[part for part in parts if part])
    assert figures(found) == figures(whole)
    assert len(found.problems.query("rule == 'export_twice'")) == 1


# -- the other kinds ---------------------------------------------------------------------------------------------------


def workers() -> list[dict[str, str]]:
    def worker(n: int, village: str, kind: str, where: str, channel: str, wage: str, works: str = "是"):
        said = {"户类型": kind, "监测对象类别": "", "是否已务工": works, "开始时间": "2023年2月", "务工所在县": where,
                "务工企业名称": "某厂", "务工月收入": wage, "就业渠道": channel, "是否点对点输送": "否"}  # fmt: skip
        return person(n, village, f"H{n}", **said)

    return [
        worker(1, A, "脱贫户", "浙江省宁波市鄞州区", "自主就业", "5000"),
        worker(2, A, "脱贫户", "重庆市渝北区", "企业招聘", "4000"),
        worker(3, A, "脱贫户", "重庆市巴南区", "公益性岗位", "600"),
        worker(4, A, "边缘易致贫户", "广东省东莞市", "自主就业", "5500"),
        worker(5, B, "脱贫户", "重庆市巴南区", "帮扶车间", "2000"),
        worker(6, B, "脱贫户", "", "", "", works="否"),
    ]


def test_people_at_work_are_counted_by_place_and_channel():
    found = check(workers(), "（务工月监测）已外出务工信息_20231218.csv")
    assert of(found, A) == {
        "workers": 4, "workers_out_province": 2, "workers_in_province": 1, "workers_in_county": 1,
        "workers_public_post": 1, "workers_workshop": 0,
        # of the plan: lifted people only, so without the fourth
        "lifted_employment": 3, "public_posts": 1, "migrant_wage": (9000, 2),
    }  # fmt: skip
    assert of(found, B) == {
        "workers": 1, "workers_out_province": 0, "workers_in_province": 0, "workers_in_county": 1,
        "workers_public_post": 0, "workers_workshop": 1, "lifted_employment": 1, "public_posts": 0,
    }  # fmt: skip


def test_a_wage_is_looked_at_as_a_wage_and_not_as_a_share():
    frame = check(workers(), "已外出务工信息_20231218.csv").frame
    wage = next(m for m in preview.measures("facts", frame, BANAN) if m.item == "migrant_wage")
    placed = preview.placed("facts", frame, BANAN.code).of(wage)
    assert wage.unit == "元/月"
    assert placed.totals("_village", wage).to_dict() == {A: 4500}


def test_people_who_plan_to_work_are_counted():
    said = {"户类型": "脱贫户", "监测对象类别": ""}
    people = [person(n, A if n < 3 else B, f"H{n}", 是否计划务工="否" if n == 1 else "是", **said) for n in range(5)]
    found = check(people, "计划外出务工信息_20231218.csv")
    assert figures(found) == {(A, "workers_planned"): 2, (B, "workers_planned"): 2}


def test_posts_are_counted_of_the_place_named_whatever_its_level():
    head = [
        "公民身份号码",
        "个人姓名",
        "公益性岗位名称",
        "困难人员类别",
        "岗位类型",
        "合同开始时间",
        "合同结束时间",
        "所属区划",
    ]
    people = [["500113196001011001", "欧阳一", "保洁员", "脱贫人口", "乡村", "2023-01-01", end, NAMES[where]]
              for end, where in (("2024-06-30", A), ("2023-06-30", A), ("", EAST))]  # fmt: skip
    people[1][0], people[2][0] = "500113196001011002", "500113196001011003"
    found = check_file(
        csv_bytes([["公益性岗位人员（2023年12月）"], head, *people]), "x.csv", BANAN.code, today=date(2024, 3, 1)
    )
    assert figures(found) == {(A, "public_post_workers"): 1, (EAST, "public_post_workers"): 1}
    assert set(found.frame["geo_level"]) == {"village", "township"}


def test_workshops_are_counted_and_their_workers_added_up():
    head = ["乡镇", "村", "车间全称", "负责人姓名", "建立时间", "带动就业人数", "吸纳脱贫人口人数"]
    shops = [[NAMES[EAST], NAMES[A], "甲车间", "欧阳一", "2020年5月", "30", "12"],
             [NAMES[EAST], NAMES[A], "乙车间", "欧阳二", "2021年5月", "10", "0"]]  # fmt: skip
    found = check_file(csv_bytes([head, *shops]), "车间202312.csv", BANAN.code, today=date(2024, 3, 1))
    assert of(found, A) == {"workshops_count": 2, "workshop_workers": 40, "workshop_lifted_workers": 12}


def test_a_place_of_work_that_cannot_be_told_is_said():
    people = workers()
    people[0]["务工所在县"] = "某地"
    told = check(people).problems
    told = told.loc[told["rule"] == "export_unread"]
    assert told[["row", "header"]].to_numpy().tolist() == [[4, "务工所在县"]]


VILLAGE_HEAD = [
    "县",
    "乡",
    "行政村",
    "总户数",
    "总人口数",
    "低保户数",
    "危房户数",
    "未实现饮水安全户数",
    "村级集体经济收入",
]


def test_villages_bring_their_own_figures_in_the_units_of_the_items():
    head = [*VILLAGE_HEAD[:-1], "村级集体经济收入（元）"]
    rows = [[BANAN.name_zh, NAMES[EAST], NAMES[A], "500", "1500", "20", "2", "0", "85000"],
            [BANAN.name_zh, NAMES[EAST], NAMES[B], "400", "1200", "10", "", "1", ""]]  # fmt: skip
    found = check_file(
        csv_bytes([["行政村信息"], [""], head, *rows]), "x_202312.csv", BANAN.code, today=date(2024, 3, 1)
    )
    assert of(found, A) == {
        "village_unsafe_house": 2, "village_unsafe_water": 0, "village_dibao": 20, "collective_income": 8.5
    }  # fmt: skip
    assert of(found, B) == {"village_unsafe_water": 1, "village_dibao": 10}


def village_rows(income: str) -> list[list[str]]:
    return [[BANAN.name_zh, NAMES[EAST], NAMES[A], "500", "1500", "20", "2", "0", income]]


@pytest.mark.parametrize("where", ["above", "title", "below"])
def test_a_line_of_units_speaks_for_the_columns_of_an_export(where):
    above = {
        "above": [["行政村信息"], ["单位：元、户、人"]],
        "title": [["行政村信息（单位：元、户、人）"]],
        "below": [["行政村信息"]],
    }[where]
    below = [["注：金额单位：元"]] if where == "below" else []
    raw = csv_bytes([*above, VILLAGE_HEAD, *village_rows("125000"), *below])
    found = check_file(raw, "x_202312.csv", BANAN.code, today=date(2024, 3, 1))
    assert of(found, A)["collective_income"] == 12.5
    assert of(found, A)["village_dibao"] == 20
    assert "unit_unsaid" not in set(found.problems["rule"])


def test_an_amount_in_an_export_without_any_unit_is_doubted_where_it_looks_like_yuan():
    raw = csv_bytes([["行政村信息"], VILLAGE_HEAD, *village_rows("125000")])
    told = check_file(raw, "x_202312.csv", BANAN.code, today=date(2024, 3, 1)).problems.set_index("rule")
    assert told.loc["unit_unsaid", ["row", "header", "value"]].tolist() == [3, "村级集体经济收入", "125000"]
    fine = csv_bytes([["行政村信息"], VILLAGE_HEAD, *village_rows("12.5")])
    assert "unit_unsaid" not in set(
        check_file(fine, "x_202312.csv", BANAN.code, today=date(2024, 3, 1)).problems["rule"]
    )


def test_village_templates_of_a_year_are_dated_by_their_rows():
    head = ["帮扶村名称", "年份", "村人均纯收入", "村集体收入（万元）", "帮扶车间数", "危房户数"]
    rows = [[NAMES[C], "2022", "15000", "12", "1", "0"], [NAMES[C], "2023", "16000", "15", "2", "0"]]
    found = check_file(csv_bytes([head, *rows]), "x.csv", BANAN.code, today=date(2024, 3, 1))
    income = found.frame.query("item == 'collective_income'").set_index("as_of")["value"]
    assert {f"{day:%Y-%m-%d}": value for day, value in income.items()} == {"2022-12-31": 12, "2023-12-31": 15}


def test_a_list_of_villages_that_names_nobody_holds_no_personal_data():
    raw = csv_bytes([["行政村信息"], VILLAGE_HEAD, *village_rows("12.5")])
    found = check_file(raw, "x_202312.csv", BANAN.code, today=date(2024, 3, 1))
    assert not found.personal
    assert "original_not_kept" not in set(found.problems["rule"])
    named = [["行政村信息"], [*VILLAGE_HEAD, "联系电话"], [*village_rows("12.5")[0], PHONE]]
    assert check_file(csv_bytes(named), "x_202312.csv", BANAN.code, today=date(2024, 3, 1)).personal


def test_what_is_in_no_figure_of_an_export_or_only_about_right_is_told():
    people = ledger()
    people[5]["监测对象类别"] = ""
    told = check(people).problems.set_index("rule")
    assert told.loc["export_blank", ["row", "header"]].tolist() == [9, "监测对象类别"]
    about = csv_bytes([["行政村信息"], VILLAGE_HEAD, *village_rows("12.5")]).replace(b",20,", ",约20,".encode(), 1)
    checked = check_file(about, "x_202312.csv", BANAN.code, today=date(2024, 3, 1))
    assert of(checked, A)["village_dibao"] == 20
    assert checked.problems.set_index("rule").loc["about_number", ["row", "header", "value"]].tolist() == [
        3,
        "低保户数",
        "约20",
    ]


ASSETS = ["乡镇", "村", "资产编号", "资产名称", "资产类别", "资产原值（元）", "资金来源", "形成时间", "所有权人",
          "经营（使用）方", "管护责任人", "资产状态"]  # fmt: skip


def asset(number: str, kind: str, value: str, owner: str, user: str, keeper: str, state: str) -> list[str]:
    return [
        NAMES[EAST],
        NAMES[A],
        number,
        "加工厂房",
        kind,
        value,
        "中央衔接资金",
        "2021年",
        owner,
        user,
        keeper,
        state,
    ]


def test_assets_become_rows_of_their_table_without_their_keepers():
    rows = [
        asset("ZC-1", "经营性资产", "1250000", "村集体", "合作社", "欧阳管护", "在用"),
        asset("ZC-2", "公益性", "80000", "", "", "", "闲置"),
    ]
    found = check_file(csv_bytes([["资产台账"], ASSETS, *rows]), "x202312.csv", BANAN.code, today=date(2024, 3, 1))
    assert (found.table, found.mode, found.ok) == ("assets", "replace", True)
    wanted = ["asset_id", "village_code", "kind", "original", "registered", "title_ok", "manager_ok", "custodian_ok",
              "status"]  # fmt: skip
    assert found.frame[wanted].to_numpy().tolist() == [
        ["ZC-1", A, "operating", 125, True, True, True, True, "normal"],
        ["ZC-2", A, "public", 8, True, False, False, False, "idle"],
    ]
    assert set(found.frame["as_of"].dt.date) == {date(2023, 12, 31)}
    assert "欧阳管护" not in everything(found)
    assert "2 项资产，分布在 1 个村" in " ".join(found.notices("zh"))


def test_a_ledger_of_assets_names_its_villages_as_the_upload_table_does():
    head = ["资产编号", "镇街", "资产所在村", "资产名称", "资产类别", "资产原值（元）", "本年收益", "是否分红",
            "管护责任人", "资产状态"]  # fmt: skip
    row = ["JJ1", NAMES[EAST], NAMES[A], "蔬菜大棚", "经营性资产", "250000元", "1.2万元", "是", "欧阳管护", "正常使用"]
    found = check_file(csv_bytes([["资产台账 2023年11月"], head, row]), "x.csv", BANAN.code, today=date(2024, 3, 1))
    assert found.ok
    assert found.frame[["village_code", "original", "revenue"]].to_numpy().tolist() == [[A, 25, 1.2]]
    assert "没有读入：资产名称、是否分红" in " ".join(found.notices("zh"))


def test_assets_of_no_village_are_not_stored_as_those_of_a_township():
    head = ["资产编号", "镇街", "资产名称", "资产类别", "资产原值", "管护责任人", "资产状态"]
    row = ["JJ1", NAMES[EAST], "蔬菜大棚", "经营性资产", "25", "欧阳管护", "正常使用"]
    found = check_file(csv_bytes([["资产台账 2023年11月"], head, row]), "x.csv", BANAN.code, today=date(2024, 3, 1))
    assert "wrong_level" in set(found.problems["rule"])
    assert not found.ok


def test_assets_need_numbers_of_their_own():
    twice = [asset("1", "经营性", "1", "", "", "", "在用"), asset("", "经营性", "1", "", "", "", "在用"),
             asset("1", "经营性", "1", "", "", "", "在用"),
             asset("500113196001011001", "经营性", "1", "", "", "", "在用")]  # fmt: skip
    found = check_file(csv_bytes([ASSETS, *twice]), "x202312.csv", BANAN.code, today=date(2024, 3, 1))
    told = found.problems.set_index("rule")["row"]
    assert (told["blank_key"], told["duplicate_key"], told["identity_number"]) == (3, 4, 5)
    without = [[cell for n, cell in enumerate(row) if n != 2] for row in (ASSETS, *twice)]
    found = check_file(csv_bytes(without), "x202312.csv", BANAN.code, today=date(2024, 3, 1))
    assert "missing_column" in set(found.problems["rule"])


def test_upload_tables_are_no_exports():
    for table in tables.tables().values():
        for lang in ("zh", "en"):
            head = [column.header(lang) for column in table.columns]
            found = check_file(csv_bytes([head, ["1"] * len(head)]), "x.csv")
            assert found.table == table.id
            assert found.layout is None or found.layout.export is None


# -- the catalogue -----------------------------------------------------------------------------------------------------


def test_the_catalogue_is_free_of_contradictions():
    for export in catalogue().exports:
        assert export.enough <= len(export.telling)
        for figure in export.figures:
            assert export.table == "facts"
            assert figure.item in items(), figure.item
            assert ("numerator" in items()[figure.item].fields) == (figure.base is not None)
            for text in filter(None, (figure.where, figure.base)):
                assert export.condition(text, figure.of).kind == "bool"
        for name, texts in export.covers.items():
            for text in texts:
                assert parse(text, tables.tables()[name]).kind == "bool"


def test_columns_called_like_those_of_an_upload_table_mean_the_same():
    for export in catalogue().exports:
        made = [("persons", export.row_table)] if export.rows == "persons" else []
        made += [("households", export.household_table)] if export.households else []
        for name, table in made:
            for column in table.columns:
                if column.name in tables.tables()[name].names and export.covers.get(name):
                    declared = tables.tables()[name].column(column.name)
                    assert declared.type in {column.type, "float"}, (export.id, column.name)
                    assert set(column.values) <= set(declared.values), (export.id, column.name)


def test_dates_in_conditions_are_those_of_the_plans():
    day = date(2023, 9, 30)
    plan = load_plan(BANAN.plans[0])
    mine, plans = month_dates(day), query_dates(plan, day)
    assert {name: mine[name].date() for name in ("asof", "m0", "m1", "h0", "h1")} == {
        name: plans[name] for name in ("asof", "m0", "m1", "h0", "h1")
    }


# -- nobody is named ---------------------------------------------------------------------------------------------------


def secrets(people: list[dict[str, str]]) -> set[str]:
    told = {p[name] for p in people for name in ("姓名", "证件号码", "户编号", "人口编号")}
    return {*told, PHONE, CARD, "上官采集", "东方导出"}


def everything(value: object) -> str:
    """Return all texts within a result, however deep."""
    if isinstance(value, pd.DataFrame):
        return value.to_csv()
    if isinstance(value, dict):
        return " ".join(f"{k} {everything(v)}" for k, v in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return " ".join(map(everything, value))
    if hasattr(value, "__dataclass_fields__"):
        return " ".join(everything(getattr(value, f.name)) for f in fields(value))
    return str(value)


def test_nothing_of_a_result_tells_who_somebody_is():
    people = workers()
    people[0]["行政村"] = "欧阳错位"  # a row whose cells have slipped
    people[1]["就业渠道"] = people[1]["证件号码"]
    for made in (ledger(), people):
        found = check(made)
        shown = grid(found)
        assert shown is not None
        texts = [everything(found), everything(shown), found.problem_list("zh").decode("utf-8-sig"),
                 json.dumps(found.to_json(), ensure_ascii=False), "\n".join(found.problem_lines())]  # fmt: skip
        for text in texts:
            assert not {secret for secret in {*secrets(made), "欧阳错位"} if secret in text}


@pytest.fixture
def store(home: Path):
    with open_store(f"sqlite:///{home / 'store.db'}") as opened:
        yield opened


def in_database(home: Path) -> bytes:
    """Return every byte of the store's files, and once every value of it: a long one may stand in them in parts."""
    files = b"".join(path.read_bytes() for path in home.glob("store.db*"))
    values: set[object] = set()
    with sqlite3.connect(home / "store.db") as connection:
        for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
            for row in connection.execute(f'select * from "{table}"'):
                values.update(row)
    return files + b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_stored_without_anybody_and_known_again(store, home, kind):
    raw = (csv_bytes if kind == "csv" else xlsx_bytes)(rows_of(ledger()))
    checked = check_file(raw, f"信息_20231218.{kind}", BANAN.code)
    batch = upload.commit(store, BANAN, checked, raw, Actor("a tester"))
    held = in_database(home)
    written = {code for secret in secrets(ledger()) for code in (secret.encode(), secret.encode("gb18030"))}
    assert not {code for code in written if code in held}
    kept = store.raw(BANAN.code, batch.batch_id).decode("utf-8-sig")
    assert (
        kept.splitlines()[0] == "层级,代码或名称,所属村（可空）,日期,事项,数值（随事项）,分子,分母"
        or "事项" in kept.splitlines()[0]
    )
    assert len(kept.splitlines()) == len(checked.frame) + 1
    assert store.seen(BANAN.code, raw, "facts") == batch
    with pytest.raises(UploadError, match="stored already"):
        upload.commit(store, BANAN, checked, raw, Actor("a tester"))


def test_what_is_kept_can_be_imported_again_and_says_the_same(store):
    raw = csv_bytes(rows_of(ledger()))
    checked = check(ledger())
    batch = upload.commit(store, BANAN, checked, raw, Actor("a tester"))
    again = check_file(store.raw(BANAN.code, batch.batch_id), "kept.csv", BANAN.code, today=date(2024, 3, 1))
    assert figures(again) == figures(checked)
    assert not again.personal


def test_measures_move_and_come_back(store):
    def measured(indicator: str) -> float | None:
        found = store.measures(BANAN.code, BANAN.plans[0], [indicator], [f"{BANAN.code}000000"])
        return None if found.empty else found.sort_values("as_of")["value"].iloc[-1]

    raw = csv_bytes(rows_of(ledger()))
    batch = upload.commit(store, BANAN, check(ledger()), raw, Actor("a tester"))
    # Two of the three households with labour have a measure; the one without labour is in the safety net.
    assert measured("dev_measure_coverage") == pytest.approx(200 / 3)
    assert measured("safety_net_coverage") == 100
    upload.undo(store, BANAN, batch.number, Actor("a tester"))
    assert measured("dev_measure_coverage") is None or pd.isna(measured("dev_measure_coverage"))


def test_only_its_own_items_of_a_month_are_replaced(store):
    facts = csv_bytes([["代码或名称", "日期", "事项", "数值"], [A, "2023-12-31", "workshops_count", "3"]])
    upload.commit(store, BANAN, check_file(facts, "f.csv", BANAN.code), facts, Actor("a tester"))
    raw = csv_bytes(rows_of(ledger()))
    batch = upload.commit(store, BANAN, check(ledger()), raw, Actor("a tester"))
    assert batch.removed == 0
    assert "workshops_count" in set(store.rows(BANAN.code, "facts")["item"])


def sent(store, people: list[dict[str, str]], extent: Extent | None = None):
    """Import people as the month's export; return what was told to end before, and the batch."""
    checked, raw = check(people), csv_bytes(rows_of(people))
    rows = preview.placed("facts", checked.frame, BANAN.code)
    chosen = extent or Extent.of_file(checked)
    scope = chosen.scope(rows) if chosen.stored_mode == "replace" else None
    told = preview.compare(preview.stored(store, BANAN, "facts"), rows, scope).removed
    return told, upload.commit(store, BANAN, checked, raw, Actor("a tester"), extent=extent)


def kept(store) -> dict[tuple[str, str], float | tuple[float, float]]:
    frame = store.rows(BANAN.code, "facts")
    return {
        (r.geo_code, r.item): (r.numerator, r.denominator) if pd.isna(r.value) else r.value for r in frame.itertuples()
    }


def test_villages_that_an_export_lists_no_more_have_no_figures_any_more(store):
    facts = csv_bytes([["代码或名称", "日期", "事项", "数值"], [B, "2023-12-31", "workshops_count", "3"]])
    upload.commit(store, BANAN, check_file(facts, "f.csv", BANAN.code), facts, Actor("a tester"))
    there = {"行政村": NAMES[C], "乡(镇)": NAMES[f"{C[:9]}000"], "户编号": "5009001", "人口编号": "500900101"}
    far = [person | there for person in ledger()[:1]]
    sent(store, ledger() + far)
    before = kept(store)
    # Of the township only village A is left, and of A nobody without labour.
    told, batch = sent(store, ledger()[:2])
    assert (batch.mode, batch.scope.periods, batch.scope.townships) == ("replace", ("2023-12",), (A[:9],))
    # All fourteen figures of B but the one it has none of, and A's rate of the safety net.
    assert told == batch.removed == len(LEDGER_B) + 1
    left = kept(store)
    assert {item for code, item in left if code == B} == {"workshops_count"}
    assert (A, "safety_net_coverage") not in left
    assert {key: value for key, value in left.items() if key[0] == C} == {
        key: value for key, value in before.items() if key[0] == C
    }
    upload.undo(store, BANAN, batch.number, Actor("a tester"))
    assert kept(store) == before


def test_measures_forget_a_village_that_is_listed_no_more_until_the_undo(store):
    def covered() -> float:
        found = store.measures(BANAN.code, BANAN.plans[0], ["dev_measure_coverage"], [f"{BANAN.code}000000"])
        return found.sort_values("as_of")["value"].iloc[-1]

    sent(store, ledger())
    assert covered() == pytest.approx(200 / 3)
    _, batch = sent(store, ledger()[:3])  # A's one household with labour has a measure
    assert covered() == 100
    upload.undo(store, BANAN, batch.number, Actor("a tester"))
    assert covered() == pytest.approx(200 / 3)


def test_an_export_of_the_county_speaks_for_townships_it_has_nobody_of(store):
    first = VILLAGES.drop_duplicates("parent")["code"].tolist()
    usual = {key: value for key, value in ledger()[0].items() if key not in person(1, A, "")}
    everywhere = [person(n, village, f"6{n:06d}", **usual) for n, village in enumerate(first)]
    sent(store, everywhere)
    half = len(first) // 2 + len(first) % 2
    assert (check(everywhere[: half - 1]).mode, check(everywhere[:half]).mode) == ("replace", "period")
    told, batch = sent(store, everywhere[:-1])
    assert {code for code, _ in kept(store)} == set(first[:-1])
    assert told == batch.removed > 0
    # Whoever knows better says so.
    told, batch = sent(store, everywhere[:-2], Extent("merge"))
    assert told == batch.removed == 0


def test_two_exports_of_a_month_do_not_stand_in_each_others_way(store):
    _, batch = sent(store, ledger())
    raw = csv_bytes(rows_of(workers()))
    upload.commit(store, BANAN, check(workers()), raw, Actor("a tester"), seen_at=batch.batch_id - 1)
    upload.undo(store, BANAN, batch.number, Actor("a tester"))
    assert {item for _, item in kept(store)} & set(LEDGER_A) == set()
    assert kept(store)


# -- ordinary files with personal data ---------------------------------------------------------------------------------

FUNDS = ["区划代码", "月末", "层级", "资金种类", "到位额（万元）", "累计支出（万元）"]
SPENT = [EAST, "2023-04-30", "中央", "衔接资金", "1000", "370"]


def stored(store, raw: bytes, name: str = "四月资金.csv"):
    checked = upload.check(BANAN, raw, name)
    batch = upload.commit(store, BANAN, checked, raw, Actor("a tester"))
    return checked, store.raw(BANAN.code, batch.batch_id)


def test_a_file_that_names_nobody_is_kept_as_it_came(store):
    raw = csv_bytes([FUNDS, SPENT])
    checked, kept = stored(store, raw)
    assert not checked.personal
    assert kept == raw
    assert checked.notices("zh") == []


@pytest.mark.parametrize("header", ["经办人姓名", "联系电话", "联系方式", "身份证号", "银行卡号", "银行账号"])
def test_of_an_upload_table_with_a_personal_column_only_its_rows_are_kept(store, home, header):
    raw = csv_bytes([[*FUNDS, header], [*SPENT, "欧阳测试"]])
    checked, kept = stored(store, raw)
    assert "不保存原文件" in " ".join(checked.notices("zh"))
    assert "欧阳测试".encode() not in in_database(home)
    assert kept.decode("utf-8-sig").splitlines()[0].split(",")[:4] == ["县区或乡镇代码", "月末", "层级", "资金种类"]
    assert store.seen(BANAN.code, raw, "funds") is not None


def test_people_on_a_sheet_that_is_not_read_are_not_kept_either(store, home):
    book = openpyxl.Workbook()
    for row in (FUNDS, SPENT):
        book.active.append(row)
    for row in (["人员", "号码"], ["欧阳测试", "500113196001011001"]):
        book.create_sheet("名单").append(row) if row[0] == "人员" else book["名单"].append(row)
    output = io.BytesIO()
    book.save(output)
    checked, kept = stored(store, output.getvalue(), "四月资金.xlsx")
    assert checked.personal
    assert b"500113196001011001" not in in_database(home)
    assert kept.decode("utf-8-sig").count("\r\n") == 2


def test_a_template_filled_in_is_kept_though_its_notes_speak_of_names():
    book = openpyxl.load_workbook(io.BytesIO(template("persons", "zh", BANAN.code)))
    book.active.append(["2023-04-30", A])
    output = io.BytesIO()
    book.save(output)
    assert not check_file(output.getvalue(), "t.xlsx", BANAN.code).personal


def test_an_identity_number_within_a_text_is_not_kept(store, home):
    rows = [["问题编号", "村代码", "领域", "问题"], ["W1", A, "住房安全", "户主500113196001011001反映"]]
    checked, _ = stored(store, csv_bytes(rows), "问题.csv")
    assert checked.personal
    assert b"500113196001011001" not in in_database(home)


# -- the doors ---------------------------------------------------------------------------------------------------------


def test_the_command_line_says_what_became_of_names_and_stores_none(home, tmp_path):
    file = tmp_path / "（自定义）监测对象信息_20231218.csv"
    file.write_bytes(csv_bytes(rows_of(ledger())))

    def run(*arguments: object):
        return CliRunner().invoke(app, [str(a) for a in arguments])

    checked = run("check", file, "--county", "banan", "--json")
    told = json.loads(checked.stdout)
    assert (told["outcome"], told["kind"], told["export"], told["personal"]) == ("parse", "facts", "monitored", True)
    first = run("import", "--county", "banan", file, "--yes")
    assert first.exit_code == 0, first.stderr
    assert "6 人、4 户" in first.stderr
    assert "不保存原文件" in first.stderr
    again = run("import", "--county", "banan", file, "--yes")
    assert again.exit_code == 1
    said = "".join(r.stdout + r.stderr for r in (checked, first, again))
    held = in_database(home)
    assert not {secret for secret in secrets(ledger()) if secret in said or secret.encode() in held}
    fewer = tmp_path / "监测对象信息_20231218.csv"
    fewer.write_bytes(csv_bytes(rows_of(ledger()[:3])))  # village B is gone
    refused = run("import", "--county", "banan", fewer, "--json")
    assert refused.exit_code == 1
    assert f"{len(LEDGER_B)} 行" in refused.stderr
    confirmed = json.loads(run("import", "--county", "banan", fewer, "--yes", "--json").stdout)
    assert confirmed["removed"] == len(LEDGER_B)
    assert set(LEDGER_B) <= set(confirmed["items"])
    assert "roads" not in confirmed["items"]
    assert run("undo", "--county", "banan", 2).exit_code == 0
    assert run("undo", "--county", "banan", 1).exit_code == 0
    assert run("import", "--county", "banan", file, "--yes").exit_code == 0
