"""Captions that name what others say in columns of the key; invented figures, real places."""

import pytest

from data.intake import check_file
from data.intake.caption_options import said_of
from data.intake.corrections import NOT_READ, Corrections, remember
from data.preview import without_errors
from data.tables import tables

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
    told = checked.problems.loc[checked.problems["rule"] == "missing_option", "column"].tolist()
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


@pytest.mark.parametrize(
    ("caption", "tier", "fund"),
    [
        ("中央财政衔接推进乡村振兴补助资金", "中央", "衔接资金"),
        ("省级财政衔接推进乡村振兴专项资金", "省级", "衔接资金"),
        ("中央衔接推进乡村振兴产业资金", "中央", "衔接推进乡村振兴产业资金"),
        ("非财政衔接推进乡村振兴补助资金", None, "非衔接资金"),
        ("中央财政衔接资金", "中央", "衔接资金"),
        ("2023年省级衔接资金到位情况", "省级", "衔接资金"),
        ("当年县级配套衔接资金", "县级", "衔接资金"),
        ("中央其他资金", "中央", "其他"),
        ("中央非衔接资金", "中央", "非衔接资金"),
        ("中央资金（不含衔接资金）", "中央", "不含衔接资金"),
        ("上年结转中央衔接资金", "上年结转中央", "衔接资金"),
        ("2022年中央衔接资金", "2022年中央", "衔接资金"),
        ("县级以上其他资金", "县级以上", "其他"),
        ("中央衔接资金以外", "中央", "衔接资金以外"),
        ("中央产业衔接资金", "中央", "产业衔接资金"),
        ("中央和省级衔接资金", "中央和省级", "衔接资金"),
        ("市级衔接资金", "市级", "衔接资金"),
        ("中央资金", "中央", None),
        ("第一批", None, None),
    ],
)
def test_every_word_of_a_caption_counts(caption, tier, fund):
    columns = [c for c in tables()["funds"].columns if c.name in {"tier", "fund"}]
    said = said_of(caption, columns, 2023)
    assert said.get("tier") == tier
    assert said.get("fund") == fund


@pytest.mark.parametrize(
    ("captions", "asked"),
    [
        ("中央非衔接资金,,省级衔接资金,", [("fund", "非衔接资金")]),
        ("上年结转中央衔接资金,,省级衔接资金,", [("tier", "上年结转中央")]),
        ("中央衔接资金,,其中：省级衔接资金,", [("tier", "其中:省级")]),
        ("中央资金,,省级衔接资金,", [("fund", "中央资金")]),
    ],
)
def test_what_a_caption_says_besides_is_asked_and_not_dropped(captions, asked):
    checked = check(captions)
    assert checked.outcome == "reject"
    assert [(q.column, q.text) for q in checked.questions] == asked


def test_a_caption_of_no_option_beside_one_that_is_known_is_asked_about():
    checked = check("中央,,上级,", "2023年9月衔接资金支出进度表（万元）")
    assert "captions_read" in rules(checked)
    assert [(q.column, q.text, q.rows) for q in checked.questions] == [("tier", "上级", 1)]
    assert "column_twice" not in rules(checked)


def test_a_title_that_denies_an_option_names_none():
    checked = check("中央,,县级,", "2023年9月非衔接资金支出进度表（万元）")
    assert checked.problems.loc[checked.problems["rule"] == "missing_option", "column"].tolist() == ["fund"]


WIDE = "2023年9月衔接资金（万元）\n镇街,合计,,{first},,{second},\n,到位额,累计支出,到位额,累计支出,到位额,累计支出\n"


def test_parts_of_a_total_are_read_though_they_are_marked():
    rows = "姜家镇,14,12,10,9,4,3\n二圣镇,20,8,20,8,,\n丰盛镇,5,5,3,3,1,2\n"
    text = WIDE.format(first="其中：中央", second="省级")
    checked = check_file((text + rows).encode(), "t.csv", COUNTY)
    assert values(checked)[JIANGJIA, "provincial", "linkage"] == (4, 3)
    # Two of three rows are the sum, so 其中 lists all: the third row differs (3 + 1 are not 5).
    told = checked.problems.loc[checked.problems["rule"] == "total_column_differs"].to_dict("records")
    assert [(row["row"], row["value"], row["more"]["sum"]) for row in told] == [(6, "5", "4")]


def test_one_part_of_a_total_need_not_be_all_of_it():
    text = "2023年9月衔接资金（万元）\n镇街,合计,,其中：中央,\n,到位额,累计支出,到位额,累计支出\n"
    checked = check_file((text + "姜家镇,14,12,10,9\n二圣镇,20,8,19,9\n").encode(), "t.csv", COUNTY)
    assert values(checked) == {
        (JIANGJIA, "central", "linkage"): (10, 9), (ERSHENG, "central", "linkage"): (19, 9),
    }  # fmt: skip
    told = checked.problems.loc[checked.problems["rule"] == "total_column_differs"].to_dict("records")
    assert [(row["row"], row["header"], row["value"]) for row in told] == [(5, "合计/累计支出", "8")]  # 9 of 8


def test_a_year_of_the_row_is_said_of_each_caption():
    text = "2023年9月衔接资金（万元）\n镇街,资金年度,中央,,省级,\n,,到位额,累计支出,到位额,累计支出\n"
    checked = check_file((text + "姜家镇,2022,10,9,4,3\n二圣镇,2023,20,8,2,1\n").encode(), "t.csv", COUNTY)
    assert checked.outcome == "parse"
    assert {(r.geo_code, r.tier): r.year for r in checked.frame.itertuples()} == {
        (JIANGJIA, "central"): 2022, (JIANGJIA, "provincial"): 2022,
        (ERSHENG, "central"): 2023, (ERSHENG, "provincial"): 2023,
    }  # fmt: skip


def test_captions_in_units_of_their_own():
    checked = check("中央衔接资金（元）,,省级衔接资金（万元）,", "2023年9月资金支出", "姜家镇,100000,90000,4,3\n")
    assert checked.outcome == "parse"
    assert values(checked) == {(JIANGJIA, "central", "linkage"): (10, 9), (JIANGJIA, "provincial", "linkage"): (4, 3)}


def test_captions_below_the_names_of_the_figures():
    text = "2023年9月衔接资金（万元）\n镇街,到位额,,,累计支出,,\n,小计,中央,省级,小计,中央,省级\n"
    checked = check_file((text + "姜家镇,14,10,4,12,9,3\n").encode(), "t.csv", COUNTY)
    assert checked.outcome == "parse"
    assert values(checked) == {(JIANGJIA, "central", "linkage"): (10, 9), (JIANGJIA, "provincial", "linkage"): (4, 3)}


@pytest.mark.parametrize("tiers", ["中央,,省级,,县级,", "中央,,省级,,州级,,县级,"])
def test_the_short_names_of_the_figures_are_known_under_captions(tiers):
    names = ",到位,支出" * (tiers.count(",,") + 1)
    text = f"某县2023年11月财政衔接资金到位支出情况\n单位：万元\n乡镇,{tiers}\n{names}\n姜家镇,50,30,20,10,8,3,5,2\n"
    checked = check_file(text.encode(), "t.csv", COUNTY)
    assert checked.table == "funds"
    assert (50, 30) in values(checked).values()
    # Columns stand under several tiers: it is asked of the one that is no option, never of the file.
    assert [(q.column, q.text) for q in checked.questions] == ([("tier", "州级")] if "州级" in tiers else [])


@pytest.mark.parametrize("whose", ["", "中央", "中央财政", "省级"])
@pytest.mark.parametrize("fund", ["财政衔接推进乡村振兴补助资金", "衔接推进乡村振兴专项资金"])
def test_the_fund_is_known_by_its_full_name_in_the_title(whose, fund):
    head = f"某区2023年11月{whose}{fund}使用情况\n单位：万元\n乡镇,到位资金,累计支出,支出进度（%）,责任人\n"
    rows = "姜家镇,240.5,120,49.9,镇财政办\n二圣镇,250,125,50,镇财政办\n"
    checked = check_file((head + rows).encode(), "t.csv", COUNTY)
    assert checked.table == "funds"
    assert checked.frame[["fund", "received", "spent"]].to_numpy().tolist() == [
        ["linkage", 240.5, 120], ["linkage", 250, 125],
    ]  # fmt: skip
    asked = [question.column for question in checked.questions]
    assert asked == ([] if whose else ["tier"])


def test_the_fund_is_known_by_its_full_name_in_a_cell():
    text = "乡镇,月末,层级,资金种类,到位额（万元）\n姜家镇,2023-09-30,中央,财政衔接推进乡村振兴补助资金,5\n"
    checked = check_file(text.encode(), "t.csv", COUNTY)
    assert (checked.outcome, checked.frame["fund"].tolist()) == ("parse", ["linkage"])


FOUR = (
    "某区2023年11月衔接资金支出情况\n单位：万元\n乡镇,中央,,省级,,市级,,县级,\n"
    ",到位额,累计支出,到位额,累计支出,到位额,累计支出,到位额,累计支出\n"
    "姜家镇,51,31,41,23,31,15,21,7\n二圣镇,52,32,42,24,,,22,8\n"
)
TIER = ("funds.tier", "市级")


def four(meant, text=FOUR):
    return check_file(text.encode(), "t.csv", COUNTY, said=Corrections(options={TIER: meant}))


def test_figures_under_a_caption_that_is_no_option_may_be_left_out():
    checked = four(NOT_READ)
    assert (checked.outcome, checked.questions) == ("parse", ())
    assert {(place, tier) for place, tier, _ in values(checked)} == {
        (place, tier) for place in (JIANGJIA, ERSHENG) for tier in ("central", "provincial", "county")
    }
    (row,) = checked.problems.loc[checked.problems["rule"] == "kind_left_out"].to_dict("records")
    assert (row["value"], row["header"], row["more"]["count"]) == ("市级", "市级/到位额", 1)


def test_or_counted_with_another_their_figures_added_up():
    checked = four("provincial")
    assert (checked.outcome, checked.questions) == ("parse", ())
    # 41 + 31 and 23 + 15; the township without the second stays as it is.
    assert values(checked)[JIANGJIA, "provincial", "linkage"] == (72, 38)
    assert values(checked)[ERSHENG, "provincial", "linkage"] == (42, 24)
    (row,) = checked.problems.loc[checked.problems["rule"] == "kinds_added"].to_dict("records")
    assert (row["more"]["kinds_zh"], row["more"]["option_zh"], row["more"]["count"]) == ("“省级”、“市级”", "省级", 1)


@pytest.mark.parametrize(("meant", "rule"), [(NOT_READ, "kind_left_out"), ("provincial", "kinds_added")])
def test_what_was_said_of_a_caption_is_remembered_and_doubted(meant, rule):
    first = four(meant)
    later = check_file(
        FOUR.replace("11月", "12月").encode(), "t.csv", COUNTY,
        remembered=remember([first.said.to_json(first.layout.form)]),
    )  # fmt: skip
    assert later.outcome == "warn"
    assert f"{rule}_remembered" in rules(later)
    assert (
        later.frame[["tier", "received"]].to_numpy().tolist() == first.frame[["tier", "received"]].to_numpy().tolist()
    )


def test_to_leave_figures_out_is_a_word_about_this_form_only():
    first = four(NOT_READ)
    other = FOUR.replace("衔接资金支出情况", "衔接资金进度表")
    again = check_file(other.encode(), "t.csv", COUNTY, remembered=remember([first.said.to_json(first.layout.form)]))
    assert [(q.column, q.text) for q in again.questions] == [("tier", "市级")]


def test_rows_of_one_key_in_two_words_are_told_in_both():
    text = (
        "乡镇,月末,层级,资金种类,到位额,全国平均支出进度\n姜家镇,2023-09-30,省级,衔接资金,5,40\n"
        "姜家镇,2023-09-30,市级,衔接资金,6,50\n"
    )
    checked = four("provincial", text)
    # Shares differ: such rows are not added up.
    (row,) = checked.problems.loc[checked.problems["rule"] == "duplicate_key"].to_dict("records")
    assert "层级 省级＝市级" in row["more"]["key"]


def test_the_look_shows_the_figures_of_the_other_captions_meanwhile():
    checked = check_file(FOUR.encode(), "t.csv", COUNTY)
    assert sorted(without_errors(checked)["received"]) == [21, 22, 41, 42, 51, 52]


def test_of_columns_under_several_captions_no_one_kind_is_asked_for_all():
    checked = check("第一批,,第二批,", "2023年9月衔接资金支出进度表（万元）")
    assert checked.outcome == "reject"
    assert not [question for question in checked.questions if question.column == "tier"]
    (row,) = checked.problems.loc[checked.problems["rule"] == "captions_unread"].to_dict("records")
    assert (row["column"], row["more"]["captions"]) == ("tier", "“第一批”、“第二批”")


@pytest.mark.parametrize("word", ["区级", "区本级", "县（区）级", "县级", "区级资金", "县级配套"])
def test_a_district_calls_the_county_tier_its_own(word):
    text = f"2023年5月衔接资金（万元）\n乡镇,中央,,{word},\n,到位,支出,到位,支出\n姜家镇,100,5,10,1\n"
    checked = check_file(text.encode(), "表.csv", "500113")
    assert checked.outcome == "parse"
    assert checked.frame.set_index("tier")["received"].to_dict() == {"central": 100, "county": 10}


@pytest.mark.parametrize(
    ("word", "refused"), [("区级", True), ("自治区级", False), ("县级", False), ("县（区）级", False)]
)
def test_in_an_autonomous_region_it_is_asked_whose_tier_is_meant(word, refused):
    text = f"2023年5月衔接资金（万元）\n代码,层级,到位额\n640105000000,{word},10\n"
    told = set(check_file(text.encode(), "表.csv", "640105").problems["rule"])
    assert ("region_tier" in told) == refused
