"""What headers mean, by word, content and title: forms as offices draw them, with figures made up for the test."""

import pytest
from intake.making import csv_bytes

from data.intake import check_file
from data.intake.place_headers import place_header
from data.intake.report import as_json


def understood(text, name="t.csv"):
    return {c["header"]: (c["canonical"], c["unit"]) for c in as_json(check_file(text.encode(), name), "zh")["columns"]}


def test_houses_by_grade_of_danger():
    found = understood(
        "农村危房改造进度表\n单位：户、万元\n乡镇,任务户数,,竣工户数,,已付资金,\n,C级,D级,C级,无房户,C级,D级\n"
        "城关镇,4,8,3,6,2.5,12.2\n东河镇,3,6,3,5,2,10\n"
    )
    assert found == {
        "乡镇": ("township", None),
        "任务户数/C级": ("task_households_C", "户"),
        "任务户数/D级": ("task_households_D", "户"),
        "竣工户数/C级": ("done_households_C", "户"),
        "竣工户数/无房户": ("done_households_none", "户"),
        "已付资金/C级": ("funds_paid_C", "万元"),
        "已付资金/D级": ("funds_paid_D", "万元"),
    }


@pytest.mark.parametrize(
    ("title", "header", "canonical"),
    [
        ("2023年中央财政衔接资金安排表", "金额（万元）", "funds_central"),
        ("2023年省级财政衔接资金安排表", "金额（万元）", "funds_province"),
        ("2023年第三批市级专项资金分配表", "补助（万元）", "funds_city"),
        ("2024年度区本级衔接资金计划表", "项目资金（万元）", "funds_county"),
        ("2023年衔接资金安排表", "金额（万元）", "funds_total"),
        ("2023年中央财政衔接资金安排表", "总投资（万元）", "funds_total"),
        ("2023年衔接资金安排表", "其中：省级资金（万元）", "funds_province"),
    ],
)
def test_who_pays_is_said_by_the_header_else_by_the_title(title, header, canonical):
    found = understood(f"{title},\n乡镇,{header}\n城关镇,10\n东河镇,20\n")
    assert found[header.replace("（", "（")][0] == canonical


def test_label_column_named_unit_is_a_place_and_a_column_of_units_is_not():
    places = understood("单位,金额(万元)\n定海区,40\n普陀区,50\n")
    assert places["单位"] == ("county", None)
    units = understood("指标,单位,2022年,2023年,增长率(%)\n总产值,万元,1,2,3\n总费用,万元,4,5,6\n")
    assert units["单位"] == ("unit", None)
    assert units["2022年"] == ("value", "万元")
    assert units["增长率(%)"] == ("growth_rate", "%")


def test_corner_word_does_not_say_what_the_rows_are():
    by_place = understood("指标,通公路的村（%）,通宽带的村（%）\n城关镇,100,90\n东河镇,80,70\n")
    assert by_place == {
        "指标": ("township", None),
        "通公路的村（%）": ("indicator_value", "%"),
        "通宽带的村（%）": ("indicator_value", "%"),
    }
    by_indicator = understood("项目,城关镇,东河镇\n通公路的村,3,4\n通宽带的村,5,6\n")
    assert by_indicator == {"项目": ("indicator", None), "城关镇": ("value", None), "东河镇": ("value", None)}


def test_township_and_village_in_one_cell_and_a_township_in_the_village_column():
    joined = understood("乡镇,金额(元)\n龙门镇霞山村,4\n葛坑镇邱村村,5\n")
    assert joined["乡镇"][0] == "township_village"
    wide = understood("乡镇,村名,金额(元)\n柏祥镇,柏祥镇,4\n柏祥镇,伏太村,5\n步仙镇,仙桥村,6\n")
    assert (wide["乡镇"][0], wide["村名"][0]) == ("township", "village")


@pytest.mark.parametrize(
    "header",
    ["镇街、村", "镇（街道）、村（社区）", "镇(街道)村(社区)", "乡镇（街道）/村（居）", "所在镇、村"],
)
@pytest.mark.parametrize(
    "rows", ["平原村,3\n文石村,4\n", "姜家镇,7\n平原村,3\n文石村,4\n天星寺镇,11\n单石村,5\n花房村,6\n"]
)
def test_words_for_places_put_together_head_a_column_of_places(header, rows):
    checked = check_file(f"{header},村集体收入增长（万元）\n{rows}".encode(), "2023年9月.csv", "500113")
    assert checked.table == "facts"
    assert checked.frame["geo_code"].tolist()[:2] == ["500113115219", "500113115215"]
    assert set(checked.problems["severity"]) == {"repair"}


@pytest.mark.parametrize("header", ["镇街、村", "镇（街道）、村（社区）"])
def test_so_they_do_in_every_table(header):
    text = f"{header},资金名称,预算年度,到位额（万元）\n姜家镇平原村,甲,2023,10\n"
    checked = check_file(text.encode(), "2023年9月.csv", "500113", "funds")
    assert checked.frame["geo_code"].tolist() == ["500113115219"]


@pytest.mark.parametrize("header", ["镇、村户数", "道路、村", "村（个）", "村", "镇街、组织"])
def test_other_headers_are_not_put_together_from_words_for_places(header):
    assert place_header(header) is None


def test_running_numbers_and_codes_are_no_figures():
    checked = check_file("序号,户编号,户数\n1,20001,5\n2,20002,6\n".encode(), "t.csv")
    assert as_json(checked, "zh")["sums"] == {"2": 11.0}


def test_a_list_of_people_is_no_list_of_villages_and_loses_names_at_the_door():
    checked = check_file(
        "县,乡,村,姓名,证件号码,监测对象类别,人均纯收入（元）\n巴南区,姜家镇,平原村,张三,510222197001010011,边缘易致贫户,9000\n".encode(),
        "t.csv",
        "500113",
    )
    assert checked.table is None
    shown = str(as_json(checked, "zh")) + checked.frame.to_csv()
    assert "张三" not in shown
    assert "5102221970" not in shown


def test_figures_written_in_a_doubtful_way_are_told_and_not_counted():
    checked = check_file("乡镇;资金(万元)\n城关镇;12,5\n东河镇;1.234,5\n".encode(), "t.csv")
    assert checked.outcome == "warn"
    assert as_json(checked, "zh")["sums"] == {"1": 0.0}


def test_only_an_upload_table_can_be_stored():
    checked = check_file("乡镇,户数\n城关镇,1\n东河镇,2\n".encode(), "t.csv", "500113")
    assert (checked.generic, checked.ok, checked.outcome) == (True, False, "parse")
    assert "乡镇" in checked.for_storing().refusal.text("zh")


def test_of_several_units_each_column_has_the_one_of_its_kind():
    found = understood("各村整治情况\n单位：户、万元\n村名,改厕户数,资金投入\n东村,10,5.5\n西村,20,8\n")
    assert found == {"村名": ("village", None), "改厕户数": ("households", "户"), "资金投入": ("funds_total", "万元")}


@pytest.mark.parametrize("header", ["完成率", "完成情况"])
def test_cells_of_per_cent_are_no_money_whatever_the_unit_line_says(header):
    text = f"单位：万元,,\n乡镇,投入,{header}\n姜家镇,100,50%\n丰盛镇,200,30\n接龙镇,300,31.5%\n"
    checked = check_file(text.encode(), "t.csv")
    assert [(c.kind, c.unit) for c in checked.columns[1:]] == [("number", "万元"), ("share", "%")]
    assert checked.frame[2].tolist() == [50, 30, 31.5]


def test_a_rate_is_no_money_even_without_its_sign():
    checked = check_file("单位：万元,,\n乡镇,投入,支出进度\n姜家镇,100,50\n丰盛镇,200,30\n".encode(), "t.csv")
    assert [c.unit for c in checked.columns[1:]] == ["万元", None]


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("覆盖村个数", None),
        ("受益农户", None),
        ("带动人次", None),
        ("检查次数", None),
        ("发放对象数量", None),
        # What is paid is in the unit of the line, whomever it is paid to.
        ("农户补助", "万元"),
        ("每户", "万元"),
        ("到位数", "万元"),
        # A unit of its own counts more than the line.
        ("覆盖村个数（个）", "个"),
    ],
)
def test_what_is_counted_has_not_the_unit_of_money_above_it(header, unit):
    found = understood(f"单位：万元,,\n乡镇,投入,{header}\n姜家镇,100,5\n丰盛镇,200,3\n接龙镇,300,4\n")
    assert found[header][1] == unit
    assert found["投入"][1] == "万元"


def test_a_caption_says_what_is_counted_unless_the_header_below_names_money():
    text = "单位：万元,,\n乡镇,受益情况,\n,户数,金额\n"
    found = understood(f"{text}姜家镇,10,5\n丰盛镇,20,3\n接龙镇,30,4\n")
    assert found["受益情况/户数"][1] != "万元"
    assert found["受益情况/金额"][1] == "万元"


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u2060", "\u00ad"])
def test_characters_that_nobody_sees_change_no_header(unseen):
    text = f"乡{unseen}镇,村{unseen}名,日期,{unseen}村集体{unseen}收入增长（万元）\n姜家镇,平原村,2023-09-30,3\n"
    checked = check_file(text.encode(), "t.csv", "500113")
    assert (checked.table, checked.outcome) == ("facts", "parse")
    assert checked.frame["value"].tolist() == [3]
    assert [c.header for c in checked.layout.asked] == ["乡镇", "村名", "日期", "村集体收入增长（万元）"]


@pytest.mark.parametrize(
    ("line", "header", "unit"),
    [
        ("亩", "产量", None),
        ("亩", "产值", None),
        ("亩", "种植面积", "亩"),
        ("公顷", "产量", None),
        ("吨", "产量", "吨"),
        ("吨", "柑橘面积", None),
        ("亩、吨", "产量", "吨"),
        ("亩、吨", "柑橘面积", "亩"),
    ],
)
def test_a_line_of_units_goes_to_the_columns_whose_quantity_it_fits(line, header, unit):
    found = understood(f"柑橘种植情况,\n单位：{line},\n村,{header}\n平原村,150\n文石村,165\n")
    assert found[header][1] == unit


@pytest.mark.parametrize("cells", [["2023.10.31", ""], ["2023年10月", "2023年13月"], ["2023-10-31", "2023.11"]])
@pytest.mark.parametrize("header", ["竣工时间", "竣工", "完工日期"])
def test_a_column_of_days_counts_nothing(header, cells):
    raw = csv_bytes([["村", header, "户数"], *(["平原村", cell, 3] for cell in cells)])
    checked = check_file(raw, "t.csv", "500113")
    found = next(c for c in checked.columns if c.header == header)
    assert (found.canonical, found.kind) == ("day", "day")


def test_hours_of_work_are_no_days_and_finished_houses_are_counted():
    raw = csv_bytes([["村", "劳动时间（小时）", "竣工户数"], ["平原村", 8, 20], ["文石村", 7.5, 12]])
    checked = check_file(raw, "t.csv", "500113")
    assert [c.canonical for c in checked.columns] == ["village", "indicator_value", "done_households"]


@pytest.mark.parametrize("extra", [[], ["项目状态"]])
def test_a_day_that_the_calendar_lacks_is_told_whether_its_column_is_read_or_not(extra):
    head = ["项目名称", "村", "计划总投资（万元）", "开工时间", *extra]
    rows = [["管网", "平原村", 5, text, *("在建" for _ in extra)] for text in ("2023年13月", "2023年3月", "2023-02-30")]
    checked = check_file(csv_bytes([head, *rows]), "t.csv", "500113")
    assert checked.table == ("projects" if extra else None)
    told = checked.problems.loc[checked.problems["rule"] == "no_such_day"]
    assert told[["row", "header", "value"]].values.tolist() == [
        [2, "开工时间", "2023年13月"],
        [4, "开工时间", "2023-02-30"],
    ]
