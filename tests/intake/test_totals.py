"""Stated totals against the sums of their rows, with figures to be checked with a pencil."""

import pytest

from data.intake import check_file
from data.intake.corrections import NOT_READ, Corrections


def differing(text):
    problems = check_file(text.encode(), "t.csv").problems
    found = problems.loc[problems["rule"] == "total_differs"]
    return [(int(r.row), r.header, r.value, r.more["sum"], r.more["difference"]) for r in found.itertuples()]


def test_a_total_that_agrees_says_nothing():
    assert differing("乡镇,户数,资金\n合计,6,1.5\n甲镇,1,0.3\n乙镇,2,0.4\n丙镇,3,0.8\n") == []


def test_a_total_that_differs_is_named_with_the_sum():
    assert differing("乡镇,户数,资金\n甲镇,1,0.3\n乙镇,2,0.4\n合计,4,0.7\n") == [(4, "户数", "4", "3", "+1")]


def test_printed_rounding_is_no_difference():
    assert differing("乡镇,资金\n甲镇,3.3\n乙镇,3.3\n丙镇,3.3\n合计,10.0\n") == []


def test_subtotals_sum_their_own_rows_and_the_grand_total_all():
    table = "乡镇,村,资金\n甲镇,东村,10\n甲镇,西村,20\n,小计,{a}\n乙镇,南村,30\n,小计,{b}\n合计,,{c}\n"
    assert differing(table.format(a=30, b=30, c=60)) == []
    assert differing(table.format(a=31, b=30, c=61)) == [(4, "资金", "31", "30", "+1"), (7, "资金", "61", "60", "+1")]


def test_groups_that_count_the_same_in_two_ways_agree_each_for_itself():
    table = "分组,户数\n合计,{t}\n一、按地势分,\n平原,4\n山区,6\n二、按民族分,\n是,3\n否,7\n"
    assert differing(table.format(t=10)) == []
    assert differing(table.format(t=11)) == [(2, "户数", "11", "20", "-9")]


@pytest.mark.parametrize("header", ["覆盖率（%）", "占比（%）", "人均纯收入（元）", "户均面积"])
def test_shares_are_not_summed(header):
    assert differing(f"乡镇,{header}\n全县,80\n甲镇,70\n乙镇,90\n") == []


_FUNDS = "乡镇,资金名称,预算年度,到位额（万元）\n{rows}合计,,,{total}\n"
_ROWS = "姜家镇,甲,2023,10\n开发区,乙,2023,20\n二圣镇,丙,2023,5\n"


def left_out(total):
    raw = _FUNDS.format(rows=_ROWS, total=total).encode()
    said = Corrections(places={("开发区", "开发区"): NOT_READ})
    checked = check_file(raw, "2023年9月.csv", "500113", "funds", said=said)
    assert "rows_left_out" in set(checked.problems["rule"])
    return checked


def test_a_total_is_compared_with_the_rows_that_are_read():
    told = left_out(15).problems
    assert not set(told["rule"]) & {"total_differs", "total_without"}


def test_a_total_that_counts_rows_left_out_is_told_with_what_is_read():
    checked = left_out(35)
    (at,) = [n for n, rule in enumerate(checked.problems["rule"]) if rule == "total_without"]
    assert "写的是 35，读入的各行相加是 15，其中没有第 3 行；" in checked.messages("zh")[at]
    assert "sum to 15 without rows 3." in checked.messages("en")[at]
    assert "total_differs" not in set(checked.problems["rule"])


def test_a_total_that_differs_names_the_rows_missing_from_the_sum():
    checked = left_out(40)
    (at,) = [n for n, rule in enumerate(checked.problems["rule"]) if rule == "total_differs"]
    assert "相加是 15，其中没有第 3 行（差 +25）" in checked.messages("zh")[at]


@pytest.mark.parametrize("table", [None, "funds"])
def test_a_figure_that_cannot_be_read_is_named_beside_the_total(table):
    rows = _ROWS.replace("开发区", "安澜镇").replace("20", "见附件") + "东温泉镇,丁,2023,2\n"
    checked = check_file(_FUNDS.format(rows=rows, total=37).encode(), "2023年9月.csv", "500113", table)
    (at,) = [n for n, rule in enumerate(checked.problems["rule"]) if rule == "total_differs"]
    assert "相加是 17，其中没有第 3 行（差 +20）" in checked.messages("zh")[at]


def test_totals_of_a_column_per_item_are_compared_without_rows_left_out():
    raw = "乡镇,脱贫户数（户）,监测对象户数（户）\n姜家镇,10,1\n开发区,20,2\n二圣镇,5,3\n合计,15,6\n".encode()
    said = Corrections(places={("开发区", ""): NOT_READ, ("开发区", "开发区"): NOT_READ})
    checked = check_file(raw, "2023年9月.csv", "500113", said=said)
    assert checked.table == "facts"
    told = checked.problems.loc[checked.problems["rule"].isin(["total_differs", "total_without"])]
    assert [(r.row, r.header, r.rule) for r in told.itertuples()] == [(5, "监测对象户数（户）", "total_without")]


@pytest.mark.parametrize(
    ("header", "line", "cell", "total"),
    [
        ("配套工程款", "单位：万元", "约80万", "130"),
        ("配套工程款（万元）", "", "约80万", "130"),
        ("配套工程款", "单位：万元", "80万元", "130"),
        ("配套工程款", "单位：元", "约80万", "800050"),
        ("受益户数", "单位：万元", "80户", "130"),
    ],
)
def test_a_column_that_is_not_read_is_summed_in_the_unit_of_the_table(header, line, cell, total):
    table = f"项目进度表,,,,\n{line},,,,\n项目编号,项目名称,镇街,村,{header}\nP1,茶园,姜家镇,平原村,50\n"
    table += f"P2,便民桥,姜家镇,文石村,{cell}\n合计,,,,"
    assert in_county(f"{table}{total}\n", table="projects") == []
    ((row, value, _, _),) = in_county(f"{table}7\n", table="projects")
    assert (row, value) == (6, "7")


# -- figures in other units than their column's ------------------------------------------------------------------------

_IN_ROWS = "乡镇,村名,日期,单位,村集体收入增长\n姜家镇,平原村,2023-09-30,万元,12.5\n姜家镇,文石村,2023-09-30,元,30000\n"
_IN_ROWS += "姜家镇,槐园村,2023-09-30,万元,8.2\n合计,,,{unit},{total}\n"
_IN_CELLS = "乡镇,村名,日期,村集体收入增长{unit}\n姜家镇,平原村,2023-09-30,{a}\n姜家镇,文石村,2023-09-30,{b}\n"
_IN_CELLS += "姜家镇,槐园村,2023-09-30,{c}\n合计,,,{total}\n"


def in_county(text, rules=("total_differs", "total_without"), **kw):
    problems = check_file(text.encode(), "t.csv", "500113", **kw).problems
    found = problems.loc[problems["rule"].isin(rules)]
    return [(int(r.row), r.value, r.more["sum"], r.more.get("difference")) for r in found.itertuples()]


@pytest.mark.parametrize(("unit", "total"), [("万元", "23.7"), ("元", "237000"), ("", "237000元")])
def test_rows_in_several_units_are_summed_as_they_are_read(unit, total):
    assert in_county(_IN_ROWS.format(unit=unit, total=total)) == []


def test_a_wrong_total_of_such_rows_is_told_in_its_own_unit():
    # 12.5 + 3 + 8.2 = 23.7 万元
    assert in_county(_IN_ROWS.format(unit="万元", total="20.7")) == [(5, "20.7", "23.7万元", "-3万元")]
    assert in_county(_IN_ROWS.format(unit="元", total="207000")) == [(5, "207000", "237000元", "-30000元")]


@pytest.mark.parametrize(
    ("unit", "cells", "total"),
    [
        ("（万元）", ("12.5", "30000元", "8.2"), "23.7"),
        ("（万元）", ("12.5", "3", "8.2万"), "23.7"),
        ("（万元）", ("12.5", "3", "8.2"), "237000元"),
        ("", ("12.5万元", "30000元", "8.2万元"), "23.7万元"),
        ("（元）", ("12.5万", "30000", "82000"), "23.7万元"),
    ],
)
def test_cells_that_name_a_unit_are_summed_as_they_are_read(unit, cells, total):
    names = dict(zip("abc", cells, strict=True))
    assert in_county(_IN_CELLS.format(unit=unit, total=total, **names)) == []


def test_a_wrong_total_beside_a_cell_of_another_unit_is_told():
    # The figures as written without 30000元 sum to the 20.7 that is stated; as read to 23.7.
    text = _IN_CELLS.format(unit="（万元）", a="12.5", b="30000元", c="8.2", total="20.7")
    assert in_county(text) == [(5, "20.7", "23.7万元", "-3万元")]


def test_rounding_is_allowed_in_the_unit_that_is_rounded():
    # 4.3 万元 stand for 42 600 元; 4.4 would not.
    rows = "乡镇,单位,资金\n甲镇,元,12300\n乙镇,元,30300\n合计,万元,{total}\n"
    assert differing(rows.format(total="4.3")) == []
    assert differing(rows.format(total="4.4")) == [(4, "资金", "4.4", "4.26万元", "+0.14万元")]


# -- rows left out one by one ------------------------------------------------------------------------------------------

_TWICE = (
    "乡镇,资金名称,预算年度,到位额（万元）\n姜家镇,甲,2023,10\n姜家镇,甲,2023,10\n二圣镇,丙,2023,5\n合计,,,{total}\n"
)


def test_a_row_left_out_by_itself_is_named_beside_the_total():
    sheet = check_file(_TWICE.encode(), "2023年9月.csv", "500113", "funds").layout.sheet.name
    said = Corrections(rows={(sheet, 2): NOT_READ})
    for total, rule, sentence in [
        (15, None, ""),
        (25, "total_without", "写的是 25，读入的各行相加是 15，其中没有第 3 行；"),
        (40, "total_differs", "相加是 15，其中没有第 3 行（差 +25）"),
    ]:
        checked = check_file(_TWICE.format(total=total).encode(), "2023年9月.csv", "500113", "funds", said=said)
        assert checked.frame["received"].sum() == 15
        told = [n for n, r in enumerate(checked.problems["rule"]) if r in {"total_differs", "total_without"}]
        assert [checked.problems["rule"].iloc[n] for n in told] == ([rule] if rule else [])
        assert all(sentence in checked.messages("zh")[n] for n in told)


_ABOVE = "单位名称,户数\n{all}甲镇,{a}\n东村,1\n西村,2\n乙镇,{b}\n南村,3\n北村,4\n山村,6\n{end}"


@pytest.mark.parametrize(
    ("all_", "end"), [("", ",16\n"), ("合计,16\n", ""), ("全县,16\n", ""), ("", "合计,16\n"), ("", "")]
)
def test_townships_above_their_villages_sum_these_alone(all_, end):
    assert differing(_ABOVE.format(all=all_, a=3, b=13, end=end)) == []


def test_a_township_above_its_villages_that_is_not_their_sum_is_named_alone():
    table = _ABOVE.format(all="", a=3, b=14, end="合计,16\n")
    assert differing(table) == [(5, "户数", "14", "13", "+1")]
    assert check_file(table.encode(), "t.csv").frame.index.tolist() == [3, 4, 6, 7, 8]


def test_a_township_that_reports_beside_its_villages_is_no_total():
    table = _ABOVE.format(all="", a=8, b=20, end="")
    assert check_file(table.encode(), "t.csv").frame.index.tolist() == list(range(2, 9))


_BELOW = "行政村,村集体收入增长（万元）\n平原村,1\n文石村,2\n{odd}姜家镇,{a}\n天台村,3\n方斗村,4\n石滩镇,{b}\n"
_BELOW += "单石村,5\n花房村,6\n天星寺镇,{c}\n{end}"


def below(odd="", a=3, b=7, c=11, end=""):
    text = _BELOW.format(odd=odd, a=a, b=b, c=c, end=end)
    checked = check_file(text.encode(), "2023年9月.csv", "500113")
    told = checked.problems.loc[checked.problems["rule"] != "place_by_name"]
    return checked.frame["geo_code"].tolist(), [(int(r.row), r.rule) for r in told.dropna(subset="row").itertuples()]


_VILLAGES = ["500113115219", "500113115215", "500113118205", "500113118208", "500113116200", "500113116202"]


@pytest.mark.parametrize("end", ["", "合计,21\n", "全区,21\n"])
def test_townships_below_their_villages_are_their_sums_and_head_nothing(end):
    codes, told = below(end=end)
    assert codes == _VILLAGES
    assert told == [(4, "total_row"), (7, "total_row"), (10, "total_row"), *([(11, "total_row")] if end else [])]


def test_a_township_below_its_villages_that_is_not_their_sum_is_told():
    codes, told = below(b=9)
    assert codes == _VILLAGES
    assert (7, "total_differs") in told
    assert [rule for _, rule in told].count("total_differs") == 1


def test_a_village_among_those_of_a_township_summed_below_them_is_asked_for():
    # 雪梨村 lies in 天星寺镇; 1 + 2 + 8 = 11.
    _, told = below(odd="雪梨村,8\n", a=11)
    assert [one for one in told if one[1] != "total_row"] == [(4, "place_elsewhere")]


def test_villages_above_a_township_that_is_not_their_sum_are_not_of_the_township_before():
    _, told = below(a=30, b=70, c=110)
    assert [one for one in told if one[1] != "total_row"] == [
        (4, "wrong_level"),
        (7, "wrong_level"),
        (10, "wrong_level"),
    ]


_FIRST = "乡镇,村,户数\n合计,,{all}\n甲镇,小计,{a}\n,东村,1\n,西村,2\n乙镇,小计,{b}\n,南村,3\n,北村,4\n"


def test_subtotals_that_stand_first_sum_the_rows_below_them():
    assert differing(_FIRST.format(all=10, a=3, b=7)) == []
    assert differing(_FIRST.format(all=10, a=4, b=7)) == [(3, "户数", "4", "3", "+1")]
    assert differing(_FIRST.replace("小计", "合计").format(all=10, a=3, b=8)) == [(6, "户数", "8", "7", "+1")]


def test_a_countys_row_above_townships_above_villages_sums_all_villages():
    table = "单位名称,户数,人数\n丙县,{c},30\n甲镇,3,10\n东村,1,4\n西村,2,6\n乙镇,7,20\n南村,3,9\n北村,4,11\n"
    assert differing(table.format(c=10)) == []


def test_totals_named_after_a_place_sum_its_own_rows():
    table = "乡镇,项目,资金\n甲镇,路,1\n甲镇,桥,2\n甲镇合计,,{a}\n乙镇,井,4\n乙镇,渠,5\n乙镇合计,,9\n总计,,12\n"
    assert differing(table.format(a=3)) == []
    assert differing(table.format(a=5)) == [(4, "资金", "5", "3", "+2")]
