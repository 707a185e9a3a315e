"""Captions that name what others say in columns of the key; invented figures, real places."""

import pytest

from data.intake import check_file

COUNTY = "500113"
JIANGJIA, ERSHENG = "500113115000", "500113113000"
_HEAD = "{title}\n镇街,{captions}\n,到位金额,累计支出,到位金额,累计支出\n"
_ROWS = "姜家镇,10,9,4,3\n二圣镇,20,8,,\n"


def check(captions, title="2023年9月资金支出进度表（万元）", rows=_ROWS):
    return check_file((_HEAD.format(title=title, captions=captions) + rows).encode(), "t.csv", COUNTY)


def values(checked):
    return {(r.geo_code, r.tier, r.fund): (r.received, r.spent) for r in checked.frame.itertuples()}


def rules(checked):
    return checked.problems["rule"].tolist()


def test_captions_that_name_tier_and_fund_fill_both_columns():
    checked = check("中央衔接资金,,省级衔接资金,")
    assert (checked.table, checked.outcome) == ("funds", "parse")
    assert values(checked) == {
        (JIANGJIA, "central", "linkage"): (10, 9),
        (JIANGJIA, "provincial", "linkage"): (4, 3),
        (ERSHENG, "central", "linkage"): (20, 8),
    }
    (row,) = checked.problems.loc[checked.problems["rule"] == "captions_read"].to_dict("records")
    assert (row["row"], row["header"], row["more"]["count"]) == (3, "中央衔接资金/到位金额", 2)


def test_captions_of_the_tier_take_the_fund_of_the_title():
    checked = check("中央,,县级,", "2023年9月衔接资金支出进度表（万元）")
    assert set(values(checked)) == {
        (JIANGJIA, "central", "linkage"), (JIANGJIA, "county", "linkage"), (ERSHENG, "central", "linkage"),
    }  # fmt: skip


def test_without_any_word_of_the_fund_the_column_is_missing():
    checked = check("中央,,县级,")
    told = checked.problems.loc[checked.problems["rule"] == "missing_column", "column"].tolist()
    assert told == ["fund"]


def test_what_is_no_option_is_asked_about():
    checked = check("中央衔接资金,,市级衔接资金,")
    assert [(q.column, q.text) for q in checked.questions] == [("tier", "市级")]
    assert checked.problems.loc[checked.problems["rule"] == "unknown_value", "row"].tolist() == [4]


def test_units_and_problems_are_those_of_the_files_cells():
    checked = check("中央衔接资金,,省级衔接资金,", "2023年9月资金支出进度表（元）", "姜家镇,100000,90000,40000,x\n")
    assert values(checked)[JIANGJIA, "central", "linkage"] == (10, 9)
    (row,) = checked.problems.loc[checked.problems["value"] == "x"].to_dict("records")
    assert (row["row"], row["header"]) == (4, "省级衔接资金/累计支出")


def test_a_caption_of_a_total_is_compared_and_makes_no_rows():
    rows = "姜家镇,14,12,10,9,4,3\n二圣镇,21,8,20,8,,\n"
    text = "2023年9月衔接资金（万元）\n镇街,合计,,中央,,省级,\n,到位额,累计支出,到位额,累计支出,到位额,累计支出\n"
    checked = check_file((text + rows).encode(), "t.csv", COUNTY)
    assert len(checked.frame) == 3
    (row,) = checked.problems.loc[checked.problems["rule"] == "total_column_differs"].to_dict("records")
    assert (row["row"], row["header"], row["value"], row["more"]["sum"]) == (5, "合计/到位额", "21", "20")


@pytest.mark.parametrize(
    "captions", ["中央衔接资金,,中央衔接资金（二）,", "第一批,,第二批,", "中央衔接资金,,其中产业,"]
)
def test_captions_that_do_not_tell_rows_apart_are_not_read_so(captions):
    assert "captions_read" not in rules(check(captions))
