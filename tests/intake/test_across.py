"""Periods as columns of an upload table: a row per period, problems at their cells; invented figures, real villages."""

import pytest

from data.grid import grid
from data.intake import check_file
from data.intake.periods import in_header

COUNTY = "500113"
PINGYUAN, WENSHI = "500113115219", "500113115215"
JIANGJIA, DONGWENQUAN = "500113115000", "500113114000"


def check(text, name="t.csv", **kw):
    return check_file(text.encode(), name, COUNTY, **kw)


def values(checked, *keys, value="value"):
    frame = checked.frame.assign(day=checked.frame["as_of"].dt.strftime("%Y-%m-%d"))
    return {tuple(getattr(r, k) for k in ("day", *keys)): getattr(r, value) for r in frame.itertuples()}


def told(checked, rule):
    found = checked.problems.loc[checked.problems["rule"] == rule]
    return found[["row", "col", "header", "value"]].to_numpy().tolist()


YEARS = """各村情况,,,,
村名,项目,2021年,2022年,2023年
平原村,村集体收入增长,5,6,7
平原村,庭院经济示范户,1,,3
"""


def test_years_as_columns_with_the_item_in_a_column_become_rows():
    checked = check(YEARS)
    assert (checked.table, checked.mode) == ("facts", "replace")
    assert values(checked, "item") == {
        ("2021-12-31", "collective_income"): 5,
        ("2022-12-31", "collective_income"): 6,
        ("2023-12-31", "collective_income"): 7,
        ("2021-12-31", "courtyard_demo_households"): 1,
        ("2023-12-31", "courtyard_demo_households"): 3,
    }
    assert told(checked, "periods_across") == [[2, 2, "2021年", "2021年"]]


def test_a_problem_names_the_cell_of_the_file():
    checked = check(YEARS.replace(",6,7", ",很多,7").replace("平原村,庭院", "无此村,庭院"))
    assert told(checked, "not_a_number") == [[3, 3, "2022年", "很多"]]
    assert told(checked, "unknown_place") == [[4, 0, "村名", "无此村"]]


MONTHS = """{title},,,,,
单位：元,,,,,
乡镇,村名,1月,2月,3月,合计
姜家镇,平原村,10000,20000,30000,60000
姜家镇,文石村,10000,,20000,40000
合计,,20000,20000,50000,100000
"""


def test_months_take_their_year_and_item_from_the_title_and_the_unit_from_its_line():
    checked = check(MONTHS.format(title="2023年各村村集体收入增长情况表"))
    assert (checked.table, checked.mode, checked.outcome) == ("facts", "merge", "warn")
    assert values(checked, "geo_code") == {
        ("2023-01-31", PINGYUAN): 1,
        ("2023-02-28", PINGYUAN): 2,
        ("2023-03-31", PINGYUAN): 3,
        ("2023-01-31", WENSHI): 1,
        ("2023-03-31", WENSHI): 2,
    }
    assert told(checked, "total_column") == [[3, 5, "合计", ""]]
    assert told(checked, "total_column_differs") == [[5, 5, "合计", "40000"]]


@pytest.mark.parametrize("name", ["2023年.csv", "村集体_2023.csv"])
def test_the_year_may_stand_in_the_name_of_the_file(name):
    checked = check(MONTHS.format(title="各村村集体收入增长情况表"), name)
    assert checked.periods == ("2023-01", "2023-02", "2023-03")


def test_months_without_a_year_are_refused():
    checked = check(MONTHS.format(title="各村村集体收入增长情况表"))
    assert checked.refusal.rule == "period_without_year"
    assert "“1月、2月、3月”" in checked.refusal.text("zh")


@pytest.mark.parametrize("title", ["2023年各村情况表", "2023年村集体收入增长、庭院经济示范户情况表"])
def test_a_title_that_names_no_item_or_several_decides_nothing(title):
    assert check(MONTHS.format(title=title)).generic


@pytest.mark.parametrize(
    "header",
    [
        "乡镇,村名,村集体收入增长（元）,,庭院经济示范户,\n,,1月,2月,1月,2月\n姜家镇,平原村,10000,20000,3,6\n",
        "乡镇,村名,1月,,2月,\n,,村集体收入增长（元）,庭院经济示范户,村集体收入增长（元）,庭院经济示范户\n姜家镇,平原村,10000,3,20000,6\n",
        "村名,1月村集体收入增长（元）,2月村集体收入增长（元）,1月庭院经济示范户,2月庭院经济示范户\n平原村,10000,20000,3,6\n",
    ],
)
def test_items_by_periods(header):
    checked = check(f"2023年各村情况表,,,,,\n{header}")
    assert (checked.table, checked.mode, checked.outcome) == ("facts", "merge", "parse")
    assert values(checked, "item") == {
        ("2023-01-31", "collective_income"): 1,
        ("2023-02-28", "collective_income"): 2,
        ("2023-01-31", "courtyard_demo_households"): 3,
        ("2023-02-28", "courtyard_demo_households"): 6,
    }


def test_an_item_headed_twice_without_periods_is_an_error():
    checked = check("村名,日期,村集体收入增长,村集体收入增长\n平原村,2023-06-30,1,2\n文石村,2023-06-30,1,2\n")
    assert told(checked, "column_twice") == [[1, 3, "村集体收入增长", ""]]


FUNDS = """2023年资金支出表,,,,,,
单位：元,,,,,,
乡镇,层级,资金种类,到位额,,累计支出,
,,,1月,2月,1月,2月
姜家镇,中央,衔接资金,10000,20000,3000,6000
东温泉镇,省级,衔接资金,10000,20000,2000,40000
"""


def test_measures_by_months_of_another_table():
    checked = check(FUNDS)
    assert (checked.table, checked.mode) == ("funds", "replace")
    assert values(checked, "geo_code", value="received") == {
        ("2023-01-31", JIANGJIA): 1,
        ("2023-02-28", JIANGJIA): 2,
        ("2023-01-31", DONGWENQUAN): 1,
        ("2023-02-28", DONGWENQUAN): 2,
    }
    assert checked.frame["spent"].tolist() == [0.3, 0.2, 0.6, 4]
    assert told(checked, "above") == [[6, 6, "累计支出/2月", "40000"]]


def test_the_title_may_name_the_measure():
    text = "2023年驻村干部在村天数统计表,,,\n人员编号,村,1月,2月\na1,平原村,20,22\na2,文石村,20,40\n"
    checked = check(text)
    assert checked.table == "staff"
    assert sorted(checked.frame["month"]) == ["2023-01", "2023-01", "2023-02", "2023-02"]
    assert checked.frame["days"].tolist() == [20, 20, 22, 40]
    assert told(checked, "out_of_range") == [[4, 3, "2月", "40"]]


def test_a_figure_of_the_rows_own_is_not_said_of_every_period():
    text = "2023年驻村干部在村天数统计表,,,,\n人员编号,村,到村次数,1月,2月\na1,平原村,3,20,22\n"
    assert check(text).frame.shape[0] < 2


def test_one_year_before_every_header_makes_no_periods():
    head = "县区或乡镇代码,月末,层级,资金种类,2023年到位额,2023年累计支出"
    assert "periods_across" not in set(check(f"{head}\n姜家镇,2023-06-30,中央,衔接资金,2,1\n").problems["rule"])


@pytest.mark.parametrize(
    ("header", "parted"),
    [
        ("1月", ("1月", "")),
        ("（2021年）", ("2021年", "")),
        ("2021", ("2021", "")),
        ("十二月份", ("12月份", "")),
        ("第一季度到位额", ("第1季度", "到位额")),
        ("累计支出2022年", ("2022年", "累计支出")),
        ("人均纯收入（滚动12月）", ("", "人均纯收入（滚动12月）")),
        ("全年", ("", "全年")),
        ("100", ("", "100")),
    ],
)
def test_a_header_parted_into_period_and_rest(header, parted):
    assert in_header(header) == parted


ROWS = """代码或名称,日期,事项,单位,数值
姜家镇平原村,2023-06-30,村集体收入增长（元）,,50000
姜家镇文石村,2023-06-30,其中：村集体收入增长,元,约60000
姜家镇文石村,2023-06-30,#庭院经济示范户,户,6
"""


def test_rows_may_name_their_unit_in_a_column_or_in_the_label_of_the_item():
    checked = check(ROWS)
    assert checked.outcome == "warn"
    assert checked.frame["value"].tolist() == [5, 6, 6]
    assert checked.frame["item"].tolist() == ["collective_income"] * 2 + ["courtyard_demo_households"]
    assert told(checked, "unit_converted") == [[2, 4, "数值", ""]]
    assert told(checked, "about_number") == [[3, 4, "数值", "约60000"]]
    assert "unknown_column" not in set(checked.problems["rule"])


def test_a_rows_unit_of_another_kind_is_an_error_there():
    checked = check(ROWS.replace(",户,6", ",亩,6"))
    assert told(checked, "wrong_unit") == [[4, 4, "数值", ""]]


def test_a_unit_line_holds_for_items_in_rows():
    checked = check("单位：元,,,\n代码或名称,日期,事项,数值\n平原村,2023-06-30,村集体收入增长,50000\n")
    assert checked.frame["value"].tolist() == [5]


def test_other_tables_with_a_unit_per_row():
    head = "乡镇,月末,层级,资金种类,计量单位,到位额,累计支出"
    checked = check(
        f"{head}\n姜家镇,2023-06-30,中央,衔接资金,元,50000,40000\n东温泉镇,2023-06-30,中央,衔接资金,万元,5,4\n"
    )
    assert checked.outcome == "parse"
    assert checked.frame["received"].tolist() == [5, 5]
    assert checked.frame["spent"].tolist() == [4, 4]


def test_the_file_is_shown_as_it_stands_with_what_its_columns_were_taken_for():
    checked = check(MONTHS.format(title="2023年各村村集体收入增长情况表"))
    shown = grid(checked)
    assert checked.header_row == 3
    assert [line.number for line in shown.lines] == [1, 2, 3, 4, 5, 6]
    assert [column and (column.name or column.role) for _, column in shown.columns] == [
        "township_name", "village_name", "value", "value", "value", None,
    ]  # fmt: skip


def test_one_month_for_all_columns_dates_them():
    checked = check("村名,指标,2023年9月\n平原村,村集体收入增长,6\n文石村,村集体收入增长,7\n")
    assert values(checked, "geo_code") == {("2023-09-30", PINGYUAN): 6, ("2023-09-30", WENSHI): 7}
    dated = check("村名,日期,2023年9月村集体收入增长\n平原村,2023-06-30,6\n文石村,2023-06-30,7\n")
    assert "2023-09" not in dated.periods


def test_periods_of_nothing_named_are_an_error_that_says_what_to_write():
    head = "乡镇,层级,资金种类,一季度,二季度"
    checked = check(f"2023年资金表,,,,\n{head}\n姜家镇,中央,衔接资金,10,20\n", table="funds")
    assert told(checked, "periods_unread") == [[2, 3, "一季度", ""]]
    assert any("到位额、累计支出" in line for line in checked.problem_lines("zh"))


def test_a_month_that_excel_may_have_cut_is_no_period():
    assert in_header("2023.1") == ("", "2023.1")
    assert in_header("2023.12") == ("2023.12", "")


def test_a_key_said_twice_names_the_item_as_people_call_it():
    text = "2023年村集体收入增长（万元）,,\n村名,1月,2月\n平原村,1,2\n平原村,3,\n"
    checked = check(text)
    (said,) = [m for m, r in zip(checked.messages("zh"), checked.problems["rule"], strict=True) if r == "duplicate_key"]
    assert said == "与第 3 行重复（村名 平原村、日期 2023-01-31、村集体经济收入）。"
