"""Tables with a column per item: what becomes of them in the long table, with invented figures for real villages."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake.making import csv_bytes, xlsx_bytes

from data.grid import grid
from data.intake import check_file
from data.intake.corrections import NOT_READ, Corrections
from data.tables import items

COUNTY = "500113"
PINGYUAN, WENSHI = "500113115219", "500113115215"
TABLE = """各村集体经济情况表,,,,,
,,,,,单位：元
序号,乡镇,村名,日期,村集体收入增长,庭院经济示范户（户）
合计,,,,300000,10
1,姜家镇,平原村,2023-09-30,100000,10
2,姜家镇,文石村,2023-09-30,200000,
"""


def test_a_dash_is_no_row_that_would_wipe_what_is_stored():
    text = "乡镇,村名,日期,村集体收入增长\n姜家镇,平原村,2023-09-30,—\n姜家镇,文石村,2023-09-30,3\n"
    checked = check_file(text.encode(), "t.csv", COUNTY)
    assert list(checked.frame["geo_code"]) == [WENSHI]


def test_rows_are_counted_as_the_file_has_them():
    text = "乡镇,村名,日期,村集体收入增长,庭院经济示范户（户）\n姜家镇,乌有村,2023-09-30,1,2\n"
    checked = check_file(text.encode(), "t.csv", COUNTY)
    assert [(q.text, q.rows) for q in checked.questions] == [("乌有村", 1)]
    left_out = check_file(text.encode(), "t.csv", COUNTY, said=Corrections(places={("乌有村", "姜家镇"): NOT_READ}))
    (row,) = left_out.problems.loc[left_out.problems["rule"] == "rows_left_out"].to_dict("records")
    assert (row["row"], row["value"]) == (2, "乌有村")


def facts(text):
    checked = check_file(text.encode(), "t.csv", COUNTY)
    rows = checked.frame
    return checked, {(r.geo_code, r.item): r.value for r in rows.itertuples()}


def test_a_column_per_item_becomes_a_row_per_place_and_item_in_the_items_unit():
    checked, values = facts(TABLE)
    assert (checked.table, checked.outcome) == ("facts", "parse")
    assert values == {
        (PINGYUAN, "collective_income"): 10.0,
        (WENSHI, "collective_income"): 20.0,
        (PINGYUAN, "courtyard_demo_households"): 10.0,
    }
    assert set(checked.frame["geo_level"]) == {"village"}


def test_its_rows_replace_those_of_the_same_items_only():
    checked, _ = facts(TABLE)
    assert checked.mode == "merge"


def test_rows_and_columns_are_told_as_the_file_has_them():
    checked, _ = facts(TABLE.replace("100000", "很多"))
    wrong = checked.problems.loc[checked.problems["severity"] == "error"]
    assert wrong[["row", "col", "value"]].to_numpy().tolist() == [[5, 4, "很多"]]


def test_totals_are_told_and_compared():
    checked, _ = facts(TABLE.replace("300000", "310000"))
    told = checked.problems.set_index("rule")
    assert told.loc["total_row", "row"] == 4
    assert told.loc["total_differs", "value"] == "310000"


def test_a_column_that_names_no_item_is_told():
    checked, values = facts(TABLE.replace("庭院经济示范户（户）", "养蜂户（户）"))
    assert len(values) == 2
    assert checked.problems.set_index("rule").loc["no_item", "header"] == "养蜂户（户）"


@pytest.mark.parametrize(
    "cells",
    [("294人", "114人"), ("294人", "114"), ("约300", "约100"), ("十二万", "三百二十"), ("三十户", "十户"),
     ("1,234.5元", "2,000元"), ("45%", "50%"), ("２９４", "１１４人"), ("不足300", "1-3"), ("300以上", "暂无"),
     ("暂无", "294人"), ("10(其中新增6人)", "—")],
)  # fmt: skip
def test_a_column_of_figures_that_names_no_item_is_told_however_they_are_written(cells):
    rows = [["村名", "日期", "养蜂情况", "村集体收入增长"], ["平原村", "2023-09-30", cells[0], 3],
            ["文石村", "2023-09-30", cells[1], 4]]  # fmt: skip
    checked = check_file(csv_bytes(rows), "t.csv", COUNTY)
    told = checked.problems.loc[checked.problems["rule"] == "no_item"]
    assert (checked.table, told["header"].tolist()) == ("facts", ["养蜂情况"])


@pytest.mark.parametrize("cells", [("良好", "一般"), ("一", "二"), ("三台村", "百户村"), ("", "—")])
def test_a_column_of_words_is_no_column_of_figures(cells):
    rows = [["村名", "日期", "养蜂情况", "村集体收入增长"], ["平原村", "2023-09-30", cells[0], 3],
            ["文石村", "2023-09-30", cells[1], 4]]  # fmt: skip
    checked = check_file(csv_bytes(rows), "t.csv", COUNTY)
    assert "no_item" not in set(checked.problems["rule"])


def test_a_unit_of_another_kind_is_refused():
    checked, _ = facts(TABLE.replace("庭院经济示范户（户）", "庭院经济示范户（亩）"))
    assert checked.outcome == "reject"
    assert "wrong_unit" in set(checked.problems["rule"])


def test_a_ratio_needs_both_its_figures():
    head = "乡镇,村名,日期,政策知晓度,\n,,,分子,分母\n"
    checked = check_file(
        f"{head}姜家镇,平原村,2023-09-30,9,10\n姜家镇,文石村,2023-09-30,8,10\n".encode(), "t.csv", COUNTY
    )
    assert checked.table == "facts"
    assert checked.frame[["numerator", "denominator"]].to_numpy().tolist() == [[9, 10], [8, 10]]
    alone = check_file("乡镇,村名,日期,政策知晓度\n姜家镇,平原村,2023-09-30,90\n".encode(), "t.csv", COUNTY)
    assert alone.generic
    assert alone.problems.set_index("rule").loc["rate_only", "header"] == "政策知晓度"


@pytest.mark.parametrize(
    "head",
    [
        "群众满意度（分子）,群众满意度（分母）\n",
        "群众满意度分子,群众满意度分母\n",
        "群众满意度-分子,群众满意度-分母\n",
        "群众满意度,\n,,,满意人数,调查人数\n",
        "群众满意度,\n,,,满意户数（户）,调查户数（户）\n",
    ],
)
def test_the_figures_of_a_ratio_are_known_by_its_name_and_theirs(head):
    rows = "姜家镇,平原村,2023-09-30,95,100\n姜家镇,文石村,2023-09-30,90,120\n"
    checked = check_file(f"乡镇,村名,日期,{head}{rows}".encode(), "t.csv", COUNTY)
    assert (checked.table, checked.outcome) == ("facts", "parse")
    assert set(checked.frame["item"]) == {"satisfaction"}
    assert checked.frame[["numerator", "denominator"]].to_numpy().tolist() == [[95, 100], [90, 120]]


def test_a_column_with_the_rate_only_is_told_and_not_called_unknown():
    checked, values = facts(
        "乡镇,村名,日期,辣椒面积,群众满意度（%）,政策知晓度\n姜家镇,平原村,2023-09-30,3,90,90%\n"
        "姜家镇,文石村,2023-09-30,4,95,95%\n"
    )
    assert len(values) == 2
    told = checked.problems.loc[checked.problems["severity"] != "repair"]
    assert told[["rule", "header"]].to_numpy().tolist() == [
        ["rate_only", "群众满意度（%）"],
        ["rate_only", "政策知晓度"],
    ]


@pytest.mark.parametrize("place", ["", "名称,"])
def test_without_places_it_is_no_table_of_facts(place):
    checked = check_file(
        f"{place}村集体收入增长,庭院经济示范户\n{'某处,' if place else ''}1,2\n".encode(), "t.csv", COUNTY
    )
    assert checked.generic


UNDATED = "{title}\n乡镇,村名,村集体收入增长（元）\n姜家镇,平原村,100000\n姜家镇,文石村,200000\n"


@pytest.mark.parametrize(
    ("title", "name", "day"),
    [
        ("2023年9月各村集体经济情况表,,", "t.csv", "2023-09-30"),
        ("2023年上半年各村集体经济情况表,,", "t.csv", "2023-06-30"),
        ("各村集体经济情况表,,", "集体经济2023年第三季度.csv", "2023-09-30"),
    ],
)
def test_rows_without_dates_are_dated_by_the_title_or_the_name(title, name, day):
    checked = check_file(UNDATED.format(title=title).encode(), name, COUNTY)
    assert checked.outcome == "parse"
    assert set(checked.frame["as_of"].astype(str)) == {day}
    assert checked.problems.set_index("rule").loc["dated_by_title", "more"]["day"] == day


def test_a_title_that_names_the_year_only_dates_nothing_and_the_sender_may_say():
    raw = UNDATED.format(title="2023年各村集体经济情况表,,").encode()
    assert "no_date" in set(check_file(raw, "t.csv", COUNTY).problems["rule"])
    told = check_file(raw, "t.csv", COUNTY, period="2023-08")
    assert told.outcome == "parse"
    assert told.periods == ("2023-08",)


@pytest.mark.parametrize(
    ("month", "newest", "rule"),
    [
        ("2021年11月", None, "outside_plan"),
        ("2022年11月", None, None),
        ("2023年10月", date(2023, 6, 30), "ahead_of_data"),
        ("2023年9月", date(2023, 6, 30), None),
    ],
)
def test_a_date_by_the_title_is_doubted_once_if_it_is_far_from_the_plan_or_the_data(month, newest, rule):
    raw = UNDATED.format(title=f"{month}各村集体经济情况表,,").encode()
    checked = check_file(raw, "t.csv", COUNTY, today=date(2026, 7, 15), newest=newest)
    doubts = checked.problems.loc[checked.problems["severity"] == "warning"]
    assert list(doubts["rule"]) == ([rule] if rule else [])
    if rule:
        assert doubts.iloc[0]["value"] == str(checked.frame["as_of"].iloc[0].date())
        assert checked.messages("zh")[list(checked.problems["rule"]).index(rule)].startswith(doubts.iloc[0]["value"])


def test_a_month_to_come_dates_nothing():
    raw = UNDATED.format(title="2099年9月各村集体经济情况表,,").encode()
    assert "no_date" in set(check_file(raw, "t.csv", COUNTY).problems["rule"])


def test_the_file_is_shown_as_it_stands():
    checked, _ = facts(TABLE)
    shown = grid(checked)
    assert [line.number for line in shown.lines] == [1, 2, 3, 4, 5, 6]
    assert [column.header for _, column in shown.columns if column][-1] == "庭院经济示范户（户）"


@pytest.mark.parametrize(
    ("above", "below", "name"),
    [
        ("姜家镇2023年5月统计表（元）,,\n", "", "t.csv"),
        ("姜家镇2023年5月统计表（元）,,\n2023年6月5日,,\n", "", "t.csv"),
        ("2023年5月统计表,,\n填报日期：2023年6月5日,,金额单位：人民币元\n", "", "t.csv"),
        ("2023年5月统计表,,\n", "说明：金额以元计。,,\n", "t.csv"),
        ("", "", "2023年5月统计表（元）.csv"),
    ],
)
def test_the_unit_of_title_line_note_or_name_and_the_month_of_the_title(above, below, name):
    text = f"{above}乡镇,村,村集体收入增长\n姜家镇,平原村,125000\n姜家镇,文石村,30000\n{below}"
    checked = check_file(text.encode(), name, COUNTY)
    assert {r.geo_code: (r.value, r.as_of.isoformat()[:10]) for r in checked.frame.itertuples()} == {
        PINGYUAN: (12.5, "2023-05-31"),
        WENSHI: (3.0, "2023-05-31"),
    }


@pytest.mark.parametrize(
    ("header", "cells", "values", "rule"),
    [
        ("辣椒面积（亩）", ("10亩", "2公顷"), (10, 30), "read_as_number"),
        ("辣椒面积（亩）", ("12.5万亩", "十二"), (125000, 12), "read_as_number"),
        ("辣椒面积", ("1 234", "20 000"), (1234, 20000), "read_as_number"),
        ("村集体收入增长（万元）", ("8.2万元", "30000元"), (8.2, 3), "read_as_number"),
        ("村集体收入增长（元）", ("8.2万元", "30000"), (8.2, 3), "read_as_number"),
        ("村集体收入增长（元）", ("12.5万", "30000"), (12.5, 3), "read_as_number"),
        # Nobody means 125,000 万元.
        ("村集体收入增长（万元）", ("12.5万", "3"), (12.5, 3), "scale_twice"),
        ("村集体收入增长", ("12.5万", "3"), (12.5, 3), "scale_twice"),
        ("辣椒面积（亩）", ("50%", "10"), (None, 10), "not_a_number"),
        ("辣椒面积（亩）", ("50户", "10"), (None, 10), "not_a_number"),
    ],
)
@pytest.mark.parametrize("long", [False, True])
def test_cells_with_a_unit_of_their_own(header, cells, values, rule, long):
    places = ("姜家镇,平原村", "姜家镇,文石村")
    if long:
        lines = [f"2023-05-31,{place},{header},{cell}" for place, cell in zip(places, cells, strict=True)]
        text = "\n".join(["日期,乡镇,村,事项,数值", *lines])
    else:
        lines = [f"2023-05-31,{place},{cell}" for place, cell in zip(places, cells, strict=True)]
        text = "\n".join([f"日期,乡镇,村,{header}", *lines])
    checked = check_file(text.encode(), "t.csv", COUNTY)
    read = {r.geo_code: None if r.value != r.value else r.value for r in checked.frame.itertuples()}
    assert [read.get(place) for place in (PINGYUAN, WENSHI)] == list(values)
    told = checked.problems.loc[checked.problems["rule"] == rule]
    assert cells[0] in set(told["value"])
    assert ("not_a_number" in set(checked.problems["rule"])) == (rule == "not_a_number")


@pytest.mark.parametrize(
    ("above", "header", "first", "day"),
    [
        ("2023年村集体收入,,,,", "月份,", "5,", "2023-05-31"),
        ("2023年村集体收入,,,,", "月,", "05,", "2023-05-31"),
        ("村集体收入,,,,", "年份,月份", "2023,5月", "2023-05-31"),
        ("2024年上报,,,,", "年度,月", "2023年,五月", "2023-05-31"),
        # Of no year, no month, or no month at all.
        ("村集体收入,,,,", "月份,", "5,", None),
        ("2023年村集体收入,,,,", "月份,", "13,", None),
        ("2023年村集体收入,,,,", "月份,", "上旬,", None),
    ],
)
def test_months_have_the_year_of_their_row_or_of_the_title(above, header, first, day):
    text = f"{above}\n{header},乡镇,村,村集体收入增长\n{first},姜家镇,平原村,10\n{first},姜家镇,文石村,20\n"
    checked = check_file(text.encode(), "t.csv", COUNTY)
    days = {None if r.as_of != r.as_of else r.as_of.isoformat()[:10] for r in checked.frame.itertuples()}
    assert days == {day}
    assert (checked.outcome == "reject") == (day is None)


@pytest.mark.parametrize(
    ("head", "first", "second"),
    [
        ("计量单位,村集体收入增长,庭院经济示范户", "元,125000,3", "万元,20,4"),
        ("村集体收入增长,单位,庭院经济示范户", "125000,元,3", "20,万元,4"),
        ("村集体收入增长,庭院经济示范户,金额单位", "125000,3,元", "20,4,万元"),
        ("村集体收入增长,单位,庭院经济示范户,单位", "125000,元,3,户", "20,万元,4,户"),
        ("单位,村集体收入增长,单位,庭院经济示范户", "元,125000,户,3", "万元,20,户,4"),
        ("计量单位,村集体收入增长（元）,庭院经济示范户", ",125000,3", "万元,20,4"),
    ],
)
def test_figures_are_in_the_unit_that_their_row_names(head, first, second):
    checked, values = facts(
        f"乡镇,村名,日期,{head}\n姜家镇,平原村,2023-09-30,{first}\n姜家镇,文石村,2023-09-30,{second}\n"
    )
    assert values == {
        (PINGYUAN, "collective_income"): 12.5,
        (WENSHI, "collective_income"): 20.0,
        (PINGYUAN, "courtyard_demo_households"): 3.0,
        (WENSHI, "courtyard_demo_households"): 4.0,
    }
    assert "unit_converted" in set(checked.problems["rule"])


@pytest.mark.parametrize("unit", ["亩", "块钱"])
def test_a_row_in_a_unit_that_fits_no_figure_is_refused(unit):
    checked, _ = facts(
        "乡镇,村名,日期,计量单位,村集体收入增长\n姜家镇,平原村,2023-09-30,万元,12\n"
        f"姜家镇,文石村,2023-09-30,{unit},20\n"
    )
    wrong = checked.problems.loc[checked.problems["rule"] == "wrong_unit"]
    assert wrong[["row", "header", "value"]].to_numpy().tolist() == [[3, "计量单位", unit]]


def test_a_column_of_units_of_money_is_read_in_tables_of_funds():
    checked = check_file(
        "乡镇,月末,层级,资金种类,金额单位,到位额\n姜家镇,2023-09-30,中央,衔接资金,元,1250000\n".encode(),
        "t.csv",
        COUNTY,
    )
    assert checked.frame["received"].tolist() == [125.0]
    assert set(checked.problems["rule"]) == {"place_by_name", "unit_converted"}


def test_a_word_that_is_no_unit_is_told_beside_figures_in_rows():
    checked = check_file(
        "层级,代码或名称,日期,事项代码,计量单位,数值\n村,姜家镇平原村,2023-09-30,村集体收入增长,块钱,20\n".encode(),
        "t.csv",
        COUNTY,
    )
    told = checked.problems.set_index("rule").loc["unit_unread"]
    assert (told["row"], told["header"], told["value"]) == (2, "计量单位", "块钱")


def test_a_line_of_units_that_no_figure_can_be_in_is_refused():
    rows = "姜家镇,平原村,2023-09-30,3\n姜家镇,文石村,2023-09-30,4\n"
    checked, _ = facts(f"各村情况,,,\n,,,单位：人\n乡镇,村名,日期,庭院经济示范户\n{rows}")
    wrong = checked.problems.loc[checked.problems["rule"] == "wrong_unit"]
    assert wrong[["row", "header"]].to_numpy().tolist() == [[3, "庭院经济示范户"]]
    assert wrong["more"].iloc[0]["unit"] == "人"
    fine, _ = facts(f"各村情况,,,\n,,,单位：户\n乡镇,村名,日期,庭院经济示范户\n{rows}")
    assert fine.outcome == "parse"


# -- formulas that failed ----------------------------------------------------------------------------------------------

_ITEMS = ("村集体收入增长（万元）", "庭院经济示范户（户）")
_VILLAGES = ("平原村", "文石村", "槐园村", "白云山村")
_FAILED = ("#DIV/0!", "#REF!", "#N/A", "#VALUE!")


def failed(checked):
    told = checked.problems.loc[checked.problems["rule"] == "error_cell", ["row", "col", "value"]]
    return {tuple(line) for line in told.to_numpy().tolist()}


@pytest.mark.parametrize("container", ["csv", "xlsx"])
def test_a_formula_that_failed_is_told_and_gives_no_row(container):
    grid_of = [
        ["乡镇", "村名", "日期", *_ITEMS],
        ["姜家镇", "平原村", "2023-09-30", "10", "#N/A"],
        ["姜家镇", "文石村", "2023-09-30", "#DIV/0!", "#N/A"],
        ["姜家镇", "槐园村", "2023-09-30", "30", "#N/A"],
    ]
    raw = xlsx_bytes(grid_of) if container == "xlsx" else csv_bytes(grid_of)
    checked = check_file(raw, f"t.{container}", COUNTY)
    assert checked.outcome == "warn"
    assert failed(checked) == {(2, 4, "#N/A"), (3, 3, "#DIV/0!"), (3, 4, "#N/A"), (4, 4, "#N/A")}
    assert checked.frame["value"].tolist() == [10, 30]


def test_of_a_ratio_a_formula_that_failed_is_told_once():
    name = next(i.name_zh for i in items().values() if {"numerator", "denominator"} <= set(i.fields))
    text = f"村名,日期,{name}（分子）,{name}（分母）\n平原村,2023-09-30,#REF!,5\n文石村,2023-09-30,#REF!,#N/A\n"
    checked = check_file(text.encode(), "t.csv", COUNTY)
    told = checked.problems.loc[checked.problems["rule"] == "error_cell", ["row", "col", "value"]]
    assert told.to_numpy().tolist() == [[2, 2, "#REF!"], [3, 2, "#REF!"], [3, 3, "#N/A"]]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(*[st.sampled_from(["1", "20", "", "—", *_FAILED])] * len(_ITEMS)), min_size=1, max_size=len(_VILLAGES)
    ),
    st.sampled_from(["items", "months"]),
)
def test_random_wide_tables_lose_no_cell_without_a_word(cells, shape):
    """Each figure is a row, each failed formula is told, and nothing else becomes of a cell."""
    head = ["村名", *(_ITEMS if shape == "items" else ("1月", "2月"))]
    title = ["2023年9月情况表"] if shape == "items" else ["2023年村集体收入增长（万元）"]
    rows = [[name, *line] for name, line in zip(_VILLAGES, cells, strict=False)]
    checked = check_file(csv_bytes([title, head, *rows]), "t.csv", COUNTY)
    assert failed(checked) == {
        (row, col, cell)
        for row, line in enumerate(cells, 3)
        for col, cell in enumerate(line, 1)
        if cell in _FAILED
    }  # fmt: skip
    assert checked.table in {"facts", None}
    read = [] if checked.table is None else checked.frame["value"]
    assert sorted(read) == sorted(float(c) for line in cells for c in line if c.isdigit())


def test_a_unit_that_belongs_to_an_items_name_stays_there():
    head = "村情况表,,,,\n村,10月,,11月,\n,村集体收入,庭院经济示范户,村集体收入,庭院经济示范户\n单位,万元,户,万元,户\n"
    checked = check_file(f"姜家镇2023年{head}平原村,5,2,6,3\n文石村,7,4,8,1\n".encode(), "t.csv", COUNTY)
    assert (checked.table, checked.outcome) == ("facts", "parse")
    values = {(f"{r.as_of:%m}", r.geo_code, r.item): r.value for r in checked.frame.itertuples()}
    income, households = "collective_income", "courtyard_demo_households"
    assert values == {
        ("10", PINGYUAN, income): 5, ("10", PINGYUAN, households): 2,
        ("11", PINGYUAN, income): 6, ("11", PINGYUAN, households): 3,
        ("10", WENSHI, income): 7, ("10", WENSHI, households): 4,
        ("11", WENSHI, income): 8, ("11", WENSHI, households): 1,
    }  # fmt: skip


_ASKED = "{title}\n村,{columns}\n平原村,40,38\n文石村,50,40\n"


def test_a_title_that_names_a_ratio_says_what_its_figures_are_of():
    title = "姜家镇2023年第三季度政策知晓度"
    checked = check_file(_ASKED.format(title=title, columns="调查人数,知晓人数").encode(), "t.csv", COUNTY)
    assert (checked.table, checked.outcome) == ("facts", "parse")
    rows = [(r.geo_code, r.item, r.numerator, r.denominator, f"{r.as_of:%Y-%m-%d}") for r in checked.frame.itertuples()]
    assert rows == [
        (PINGYUAN, "policy_awareness", 38, 40, "2023-09-30"),
        (WENSHI, "policy_awareness", 40, 50, "2023-09-30"),
    ]


@pytest.mark.parametrize(
    ("title", "columns"),
    [
        ("姜家镇2023年9月情况", "调查人数,知晓人数"),
        ("姜家镇2023年9月政策知晓度和群众满意度", "调查人数,知晓人数"),
        ("姜家镇2023年9月政策知晓度", "调查人数,到会人数"),
    ],
)
def test_figures_of_no_one_ratio_are_not_guessed(title, columns):
    assert check_file(_ASKED.format(title=title, columns=columns).encode(), "t.csv", COUNTY).generic


@pytest.mark.parametrize(
    ("rate", "shares", "rule"),
    [
        ("知晓率", ("95%", "80%"), "rate_computed"),
        ("知晓率（%）", ("95", "80.0"), "rate_computed"),
        ("政策知晓度", ("0.95", "0.8"), "rate_computed"),
        ("知晓率", ("94.6%", "80%"), "no_item"),  # 38 of 40 are 95.0
        ("政策知晓度", ("94%", "80%"), "rate_only"),
        ("组数", ("95", "80"), "no_item"),  # called no rate
    ],
)
def test_a_rate_beside_its_two_figures_is_said_to_be_computed_from_them(rate, shares, rule):
    first, second = shares
    text = f"姜家镇2023年9月政策知晓度\n村,调查人数,知晓人数,{rate}\n平原村,40,38,{first}\n文石村,50,40,{second}\n"
    checked = check_file(text.encode(), "t.csv", COUNTY)
    assert checked.frame[["numerator", "denominator"]].to_numpy().tolist() == [[38, 40], [40, 50]]
    told = checked.problems.loc[checked.problems["rule"].isin(["rate_computed", "no_item", "rate_only"])]
    assert told["rule"].tolist() == [rule]
    if rule == "rate_computed":
        (sentence,) = (text for text in checked.messages("zh") if "算出" in text)
        assert sentence == f"“{rate}”由“知晓人数”÷“调查人数”算出，这两列已读入，不必另读。"
        assert checked.outcome == "parse"


def test_totals_beside_columns_in_other_units_are_compared_in_these():
    text = "姜家镇2023年9月\n村,村集体收入（元）,消费帮扶额,合计（万元）\n平原村,50000,2,7\n文石村,1.5万元,3,{total}\n"
    assert "total_column_differs" not in set(
        check_file(text.format(total=4.5).encode(), "t.csv", COUNTY).problems["rule"]
    )
    told = check_file(text.format(total=5).encode(), "t.csv", COUNTY).problems
    (row,) = told.loc[told["rule"] == "total_column_differs"].to_dict("records")
    assert (row["row"], row["header"], row["value"], row["more"]["sum"]) == (4, "合计（万元）", "5", "4.5万元")


@pytest.mark.parametrize("leaf", ["本月止累计", "累计", "本年累计", "截至本月累计", "截止9月底累计数"])
def test_a_running_total_under_a_caption_is_the_figure_of_the_item_above(leaf):
    text = (
        "姜家镇2023年9月村级集体经济发展情况统计表\n填报单位（盖章）：姜家镇人民政府,,,单位：元、户、%\n"
        f"序号,村（社区）,村集体收入,,脱贫不稳定户,备注\n,,{leaf},其中：经营性,,\n"
        "1,平原村,52000,20000,3,\n2,文石村,53000,20500,4,\n,合计,105000,40500,7,\n"
    )
    checked = check_file(text.encode(), "t.csv", "500113")
    assert checked.table == "facts"
    figures = checked.frame.pivot_table(index="item", values="value", aggfunc=list)["value"].to_dict()
    # 元 into 万元; households are in none of money. What is 其中 is a part of it, and no figure of its own.
    assert figures["collective_income"] == [5.2, 5.3]
    assert figures["monitored_unstable"] == [3, 4]
    assert checked.problems.set_index("rule").loc["no_item", "header"] == "村集体收入/其中：经营性"
