"""Stated totals against the sums of their rows, with figures to be checked with a pencil."""

import pytest

from data.intake import check_file


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
