"""A file checked: what was understood, and each rule with its row and column."""

import json
from datetime import date
from string import Formatter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake.making import csv_bytes, workbook, xlsx_bytes

from data.intake import check_file, rule_book
from data.tables import tables
from geo.regions import regions

TODAY = date(2023, 7, 15)
COUNTY = "500113000000"
VILLAGE = "500113003200"  # 道角村, 龙洲湾街道
HOUSEHOLD = {"village_code": VILLAGE, "hh_id": "H1", "as_of": "2023-06-30", "is_lifted": "是", "members_n": "3"}
FUND = {
    "geo_code": "500113", "as_of": "2023-06-30", "tier": "中央", "fund": "衔接资金", "received": "100", "spent": "46.3",
}  # fmt: skip
FACT = {"geo_level": "村", "geo_code": VILLAGE, "as_of": "2023-06-30", "item": "collective_income", "value": "5"}


def rules(checked):
    return list(checked.problems["rule"])


def test_a_clean_file(desk):
    checked = desk.check("households", HOUSEHOLD, {**HOUSEHOLD, "hh_id": "H2", "members_n": ""}, today=TODAY)
    assert (checked.table, checked.outcome, checked.ok, rules(checked)) == ("households", "parse", True, [])
    assert list(checked.frame) == list(tables()["households"].names)
    assert checked.frame["as_of"].tolist() == [pd.Timestamp(2023, 6, 30)] * 2
    assert checked.frame["members_n"].iloc[0] == 3
    assert pd.isna(checked.frame["members_n"].iloc[1])
    assert (checked.periods, checked.townships) == (("2023-06",), ("500113003000",))
    assert list(checked.frame.index) == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "utf-16"])
def test_encodings_give_the_same_rows(desk, encoding):
    raw = csv_bytes(desk.rows("households", HOUSEHOLD), encoding)
    pd.testing.assert_frame_equal(check_file(raw, "a", "500113").frame, desk.check("households", HOUSEHOLD).frame)


def test_workbook_with_title_unit_and_total_rows(desk):
    rows = [
        [None],
        ["巴南区2023年6月资金支出表"],
        [None, None, None, None, "单位：元"],
        *desk.rows("funds", FUND, headers={"received": "到位额", "spent": "累计支出"}),
        ["合 计", None, None, None, 100, 46.3],
        ["注：数据由财政部门提供"],
    ]
    checked = check_file(xlsx_bytes(rows), "x.xlsx", "500113", today=TODAY)
    assert checked.ok
    assert (checked.table, checked.header_row, len(checked.frame)) == ("funds", 4, 1)
    assert checked.frame["received"].tolist() == [0.01]
    assert rules(checked).count("unit_converted") == 2
    assert rules(checked).count("total_row") == 1
    found = checked.to_json()
    assert (found["header_rows"], found["data_rows"], found["total_rows"], found["note_rows"]) == ([3], [4], [5], [6])
    assert found["sums"]["4"] == 100


def test_columns_in_any_order_by_english_name(desk):
    shuffled = dict(reversed(HOUSEHOLD.items()))
    english = {name: name for name in HOUSEHOLD}
    pd.testing.assert_frame_equal(
        desk.check("households", shuffled, headers=english).frame, desk.check("households", HOUSEHOLD).frame
    )


def test_unit_in_the_header_is_converted_and_told(desk):
    checked = desk.check("funds", FUND, headers={"spent": "累计支出（亿元）"})
    assert checked.frame["spent"].tolist() == [463000]
    assert checked.problems.loc[checked.problems["rule"] == "unit_converted", "severity"].tolist() == ["repair"]
    assert "wrong_unit" in rules(desk.check("funds", FUND, headers={"spent": "累计支出（亩）"}))


def test_blank_and_zero_stay_apart(desk):
    checked = desk.check("funds", {**FUND, "spent": "0"}, {**FUND, "tier": "省级", "spent": "—"})
    assert checked.frame["spent"].iloc[0] == 0
    assert pd.isna(checked.frame["spent"].iloc[1])


@pytest.mark.parametrize(
    ("table", "row", "change", "rule", "severity", "column"),
    [
        ("households", HOUSEHOLD, {"members_n": "若干"}, "not_a_number", "error", "members_n"),
        ("households", HOUSEHOLD, {"members_n": "1e400"}, "number_too_large", "error", "members_n"),
        ("facts", FACT, {"value": "100000000000000000000000000000"}, "number_too_large", "error", "value"),
        ("facts", FACT, {"value": "1,000,000,000,000,000,000"}, "number_too_large", "error", "value"),
        ("households", HOUSEHOLD, {"members_n": "2.5"}, "not_an_integer", "error", "members_n"),
        ("households", HOUSEHOLD, {"as_of": "上月底"}, "not_a_date", "error", "as_of"),
        ("households", HOUSEHOLD, {"is_lifted": "也许"}, "not_yes_or_no", "error", "is_lifted"),
        ("households", HOUSEHOLD, {"hh_id": ""}, "blank_key", "error", "hh_id"),
        ("households", HOUSEHOLD, {"village_code": "500113999999"}, "unknown_place", "error", "village_code"),
        ("households", HOUSEHOLD, {"village_code": "500101001001"}, "other_county", "error", "village_code"),
        ("households", HOUSEHOLD, {"village_code": "500113003"}, "wrong_level", "error", "village_code"),
        ("households", HOUSEHOLD, {"village_code": "没有这个村"}, "unknown_place", "error", "village_code"),
        ("households", HOUSEHOLD, {"village_code": "道角村"}, "place_by_name", "repair", "village_code"),
        ("households", HOUSEHOLD, {"members_n": "300"}, "out_of_range", "warning", "members_n"),
        ("households", HOUSEHOLD, {"as_of": "2033-12-31"}, "far_date", "error", "as_of"),
        ("households", HOUSEHOLD, {"as_of": "1990-09-30"}, "early_date", "warning", "as_of"),
        ("households", HOUSEHOLD, {"as_of": "2023.1"}, "january_or_october", "warning", "as_of"),
        ("households", HOUSEHOLD, {"members_n": "#REF!"}, "error_cell", "warning", "members_n"),
        ("households", HOUSEHOLD, {"members_n": "3人"}, "read_as_number", "repair", "members_n"),
        ("households", HOUSEHOLD, {"members_n": "无"}, "not_applicable", "repair", "members_n"),
        ("households", HOUSEHOLD, {"as_of": "2023年6月"}, "read_as_date", "repair", "as_of"),
        ("households", HOUSEHOLD, {"hh_id": "11010119900307999X"}, "identity_number", "error", "hh_id"),
        ("funds", FUND, {"fund": "扶贫款"}, "unknown_value", "error", "fund"),
        ("funds", FUND, {"spent": "120"}, "above", "warning", "spent"),
        ("facts", FACT, {"item": "collective_incom"}, "unknown_item", "error", "item"),
        ("facts", FACT, {"item": "村集体收入增长"}, "item_by_name", "repair", "item"),
    ],
)
def test_each_rule_names_its_row_column_and_value(desk, table, row, change, rule, severity, column):
    checked = desk.check(table, {**row, **change}, table and {**row, **_other(table)}, told=table, today=TODAY)
    problem = checked.problems.loc[checked.problems["rule"] == rule].iloc[0]
    assert (problem["row"], problem["column"], problem["severity"]) == (2, column, severity)
    assert problem["col"] == list(row).index(column)
    written = next(iter(change.values()))
    assert problem["value"] == ("*" * 18 if rule == "identity_number" else written)
    assert checked.ok == (severity != "error")


def test_the_options_of_a_column_are_named_in_the_language_of_the_sentence(desk):
    checked = desk.check("funds", {**FUND, "tier": "乡镇级别资金"}, told="funds", today=TODAY)
    at = checked.problems["rule"].tolist().index("unknown_value")
    tier = tables()["funds"].column("tier")
    assert "、".join(tier.labels) in checked.messages("zh")[at]
    assert ", ".join(tier.labels_en) in checked.messages("en")[at]
    assert not set(tier.labels) & set(checked.messages("en")[at].partition("allowed")[2].split("、"))


def _other(table):
    return {"households": {"hh_id": "H9"}, "funds": {"tier": "省级"}, "facts": {"as_of": "2023-05-31"}}[table]


@pytest.mark.parametrize(
    ("table", "row", "rule"),
    [
        ("facts", {**FACT, "value": "", "numerator": "5", "denominator": "4"}, "above"),
        ("households", {**HOUSEHOLD, "labour_n": "4"}, "above"),
        ("households", {**HOUSEHOLD, "risk_found_on": "2023-05-02", "enrolled_on": "2023-05-01"}, "earlier"),
        ("issues", {"issue_id": "1", "found_on": "2023-05-02", "closed_on": "2023-05-01"}, "out_of_order"),
    ],
)
def test_columns_compared(desk, table, row, rule):
    assert rule in rules(desk.check(table, row, told=table))


def test_dates_to_come_are_errors_up_to_what_a_month_may_say(desk):
    staff = {"month": "2023-08", "staff_id": "1", "village_code": VILLAGE}
    for row, table, wrong in (
        ({**HOUSEHOLD, "as_of": "2023-07-31"}, "households", False),  # the end of this month
        ({**HOUSEHOLD, "visited_on": "2023-07-31"}, "households", True),  # nobody was there yet
        ({"issue_id": "1", "due_on": "2033-07-31"}, "issues", False),
        (staff, "staff", True),
    ):
        assert ("far_date" in rules(desk.check(table, row, told=table, today=TODAY))) is wrong, row


def test_a_date_to_come_is_not_also_doubted(desk):
    checked = desk.check("households", {**HOUSEHOLD, "as_of": "2033-12-31"}, today=TODAY)
    assert rules(checked) == ["far_date"]


def test_dates_are_told_as_they_were_read(desk):
    serials = {"issue_id": "1", "found_on": "45204", "closed_on": "2020-01-01"}
    (said,) = [m for m in desk.check("issues", serials, told="issues").messages("zh") if "早于" in m]
    assert said == "“销号日”2020-01-01 早于“发现日”2023-10-05。请改正其中一个日期；发现日不详的可以留空。"


def test_messages_say_what_to_do_and_end_without_a_blank(desk):
    wrong = {**FUND, "geo_code": "不存在镇", "spent": "数千"}
    del wrong["tier"]
    checked = desk.check("funds", wrong, told="funds")
    said = " ".join(checked.messages("zh"))
    assert "村代码对照" in said
    assert "请填阿拉伯数字" in said
    assert "模板" in said
    listed = {lang: checked.listing(lang) for lang in ("zh", "en")}
    assert {"层级", "Tier"} <= {*listed["zh"]["column"], *listed["en"]["column"]}
    near = desk.check("facts", {**FACT, "item": "collective_incom"}).messages("en")
    assert all(text == text.strip() for text in [*near, *checked.messages("en")])
    assert all("  " not in text for text in near)


def test_duplicate_keys_name_the_first_row(desk):
    other = {**HOUSEHOLD, "hh_id": "H2"}
    checked = desk.check("households", HOUSEHOLD, other, {**HOUSEHOLD, "members_n": "4"})
    repeated = checked.problems[checked.problems["rule"] == "duplicate_key"]
    assert repeated["row"].tolist() == [4]
    assert "2" in checked.messages("zh")[0]
    assert not checked.ok


def test_every_bad_cell_is_told_not_the_first(desk):
    bad = [{**HOUSEHOLD, "hh_id": f"H{i}", "members_n": "甲"} for i in range(7)]
    problems = desk.check("households", *bad).problems
    assert problems["row"].tolist() == list(range(2, 9))


def test_repairs_are_told_once_per_way_of_writing(desk):
    rows = [{**HOUSEHOLD, "hh_id": f"H{i}", "as_of": "2023年6月"} for i in range(7)]
    problems = desk.check("households", *rows).problems
    assert problems[["rule", "row", "count"]].to_numpy().tolist() == [["read_as_date", 2, 7]]


def test_missing_and_unknown_and_doubled_columns(desk):
    row = {k: v for k, v in HOUSEHOLD.items() if k != "as_of"}
    missing = desk.check("households", row, told="households")
    assert ("no_date", "as_of") in set(zip(missing.problems["rule"], missing.problems["column"], strict=True))
    rows = desk.rows("households", HOUSEHOLD)
    rows = [[*rows[0], "杂项", "户编号"], [*rows[1], "x", "H1"]]
    assert {"unknown_column", "column_twice"} <= set(rules(check_file(csv_bytes(rows), "a", "500113")))


def test_ragged_rows_are_named(desk):
    rows = desk.rows("households", HOUSEHOLD, {**HOUSEHOLD, "hh_id": "H2"})
    rows[1] = rows[1][:-1]
    rows[2] = [*rows[2], "多余"]
    problems = check_file(csv_bytes(rows), "a", "500113").problems
    assert problems[["rule", "row"]].to_numpy().tolist() == [["short_row", 2], ["unnamed_column", 3]]


def test_codes_of_six_and_nine_digits_are_completed(desk):
    for code, full in (("500113", "500113000000"), ("500113003", "500113003000"), ("５００１１３", "500113000000")):
        checked = desk.check("funds", {**FUND, "geo_code": code})
        assert checked.frame["geo_code"].tolist() == [full]
        assert checked.problems["rule"].tolist() == ["code_completed"]
    assert desk.check("funds", {**FUND, "geo_code": "500113000000"}).problems.empty


def test_village_by_name_and_township(desk):
    known = regions("500113")
    villages = known[known["level"] == "village"].merge(known[["code", "name"]], left_on="parent", right_on="code")
    picked = villages.iloc[[0, 100, 200, 300]]
    head = ["乡镇", "村", "户编号", "快照日", "脱贫户", "人口"]
    rows = [[r.name_y, r.short_name, f"H{r.Index}", "2023-06-30", "是", "3"] for r in picked.itertuples()]
    checked = check_file(csv_bytes([head, *rows]), "a", "500113")
    assert checked.ok, checked.messages("zh")
    assert checked.frame["village_code"].tolist() == picked["code_x"].tolist()
    wrong = check_file(csv_bytes([head, ["姜家镇", "道角村", "H1", "2023-06-30", "是", "3"]]), "a", "500113")
    assert "unknown_place" in rules(wrong)


def test_same_named_villages_need_their_township(desk):
    known = regions("500110")
    names = known.loc[known["level"] == "village", "name"]
    twice = names[names.duplicated()].iloc[0]
    head = ["村", "户编号", "快照日", "脱贫户"]
    checked = check_file(csv_bytes([head, [twice, "H1", "2021-06-30", "是"]]), "a", "500110")
    assert rules(checked) == ["ambiguous_place"]
    town = known.set_index("code").loc[known.loc[known["name"] == twice, "parent"].iloc[0], "name"]
    both = check_file(csv_bytes([["乡镇", *head], [town, twice, "H1", "2021-06-30", "是"]]), "a", "500110")
    assert both.ok
    assert both.frame["village_code"].iloc[0] == known.loc[known["name"] == twice, "code"].iloc[0]


def test_a_code_whose_name_differs_is_doubted(desk):
    row = {"village_code": VILLAGE, "village_name": "红星村"}
    checked = desk.check("villages", row, told="villages")
    assert "name_differs" in rules(checked)
    assert "name_differs" not in rules(desk.check("villages", {**row, "village_name": "道角村"}, told="villages"))


def test_villages_are_completed_from_the_register(desk):
    row = desk.check(
        "villages", {"village_code": VILLAGE, "village_name": "道角村", "is_poverty_village": "否"}
    ).frame.iloc[0]
    assert (row["township_code"], row["township_name"], row["county_code"]) == (
        "500113003000",
        "龙洲湾街道",
        "500113000000",
    )


def test_free_places_of_facts_stay_text(desk):
    checked = desk.check("facts", {**FACT, "geo_level": "主体", "geo_code": "某合作社"})
    assert checked.ok
    assert checked.frame["geo_code"].tolist() == ["某合作社"]


def test_level_and_place_must_agree(desk):
    town = VILLAGE[:9] + "000"
    for level, place in (("village", town), ("乡镇", VILLAGE), ("county", VILLAGE), ("乡镇", "500113000000")):
        checked = desk.check("facts", {**FACT, "geo_level": level, "geo_code": place}, told="facts")
        problem = checked.problems.query("rule == 'wrong_level'").iloc[0]
        assert (problem["row"], problem["column"]) == (2, "geo_code")
        assert place in checked.messages("zh")[0]
        assert not checked.ok
    for level, place in (("village", VILLAGE), ("乡镇", town), ("county", "500113")):
        assert desk.check("facts", {**FACT, "geo_level": level, "geo_code": place}, told="facts").ok


def test_a_township_with_a_plan_of_its_own_is_the_county_of_that_plan():
    raw = csv_bytes([["geo_level", "geo_code", "as_of", "item", "value"],
                     ["county", "500110120000", "2023-06-30", "collective_income", "5"]])  # fmt: skip
    assert check_file(raw, "facts.csv", "500110", table="facts").ok


def test_a_village_row_names_one_village(desk):
    other = regions("500113").query("level == 'village'")["code"].iloc[-1]
    row = {**FACT, "geo_level": "village", "geo_code": VILLAGE, "village_code": other}
    checked = desk.check("facts", row, told="facts")
    assert not checked.ok
    assert rules(checked).count("other_village") == 1
    assert desk.check("facts", {**row, "village_code": VILLAGE}, told="facts").ok
    assert desk.check("facts", {**row, "geo_level": "主体", "geo_code": "某合作社"}, told="facts").ok


def test_month_and_date_of_staff_must_agree(desk):
    row = {"staff_id": "S1", "village_code": VILLAGE, "month": "2023-06", "as_of": "2023-03-31", "days": "22"}
    checked = desk.check("staff", row, told="staff")
    assert not checked.ok
    assert "2023-06" in checked.messages("zh")[0]
    assert "2023-03-31" in checked.messages("zh")[0]
    assert desk.check("staff", {**row, "as_of": "2023-06-15"}, told="staff").ok


def test_staff_month_may_stand_in_the_title():
    head = ["人员编号（化名）", "村", "职务", "驻村天数"]
    rows = [["龙洲湾街道驻村工作队在岗情况表（2023年11月）"], head, ["S1", "道角村", "第一书记", "22"]]
    checked = check_file(csv_bytes(rows), "x.csv", COUNTY, "staff")
    assert checked.ok, checked.messages("zh")
    assert checked.frame["month"].tolist() == ["2023-11"]


def test_a_header_that_asks_is_read_as_its_answer(desk):
    checked = desk.check("households", HOUSEHOLD, headers={"is_lifted": "是否脱贫户", "members_n": "是否人口"})
    assert checked.frame["is_lifted"].tolist() == desk.check("households", HOUSEHOLD).frame["is_lifted"].tolist()
    told = checked.problems.loc[checked.problems["rule"] == "unknown_column", "header"].tolist()
    assert told == ["是否人口"]


def test_staff_month_gives_its_last_day(desk):
    row = {"staff_id": "S1", "village_code": VILLAGE, "month": "2023-02", "role": "第一书记", "days": "22"}
    checked = desk.check("staff", row, told="staff")
    assert checked.ok, checked.messages("zh")
    assert checked.frame["as_of"].tolist() == [pd.Timestamp(2023, 2, 28)]


def test_personal_columns_are_dropped_at_the_door(desk):
    rows = desk.rows("households", HOUSEHOLD)
    made_up = "11010119900307999X"
    rows = [[*rows[0], "户主姓名", "证件号码"], [*rows[1], "某某某", made_up]]
    checked = check_file(csv_bytes(rows), "a", "500113")
    assert rules(checked).count("personal_column") == 2
    everything = json.dumps(checked.to_json(), ensure_ascii=False) + checked.frame.to_csv() + checked.problems.to_csv()
    assert made_up not in everything
    assert "某某某" not in everything


def test_identity_numbers_never_reach_a_message(desk):
    made_up = "11010119900307999X"
    checked = desk.check(
        "households", {**HOUSEHOLD, "hh_id": made_up, "members_n": made_up, "settlement": f"住{made_up}"}
    )
    said = json.dumps(checked.to_json(), ensure_ascii=False) + str(checked.listing("zh").to_csv())
    assert made_up not in said


def test_a_header_alone_says_so(desk):
    checked = check_file(csv_bytes(desk.rows("funds", FUND)[:1]), "a", "500113")
    assert (checked.table, checked.outcome, len(checked.frame), rules(checked)) == ("funds", "warn", 0, ["no_rows"])


def test_refused_files_say_why_in_both_languages():
    for raw in (b"", b"%PDF-1.4", "只有一行字".encode(), "甲,乙\n".encode()):
        checked = check_file(raw, "a", "500113")
        assert (checked.outcome, checked.ok) == ("reject", False)
        assert checked.refusal is not None
        assert checked.refusal.text("zh") in checked.summary("zh")
        assert checked.refusal.text("en") in checked.summary("en")
        assert checked.to_json()["problems"][0]["severity"] == "refusal"


def test_the_table_may_be_told(desk):
    shared = {"village_code": VILLAGE, "as_of": "2023-06-30"}
    assert desk.check("assets", shared, told="assets").table == "assets"


@pytest.mark.parametrize("table", list(tables()))
def test_each_table_is_known_by_its_headers(desk, table):
    headers = [c.header("zh") for c in tables()[table].columns]
    assert check_file(csv_bytes([headers, ["1"] * len(headers)]), "a", "500113").table == table
    names = list(tables()[table].names)
    assert check_file(csv_bytes([names, ["1"] * len(names)]), "a", "500113").table == table


def test_a_county_without_a_register_still_reads(desk):
    checked = check_file(csv_bytes(desk.rows("funds", {**FUND, "geo_code": "999999"})), "a", "999999")
    assert "no_register" in rules(checked)
    assert check_file(csv_bytes(desk.rows("funds", FUND)), "a").ok


def test_hostile_text_is_only_text(desk):
    for text in (
        "<script>alert(1)</script>",
        "=cmd|'/c calc'!A0",
        "{0.__class__}",
        "%s%n",
        "'; DROP TABLE x; --",
        "[a](b)",
    ):
        row = {**HOUSEHOLD, "hh_id": text, "members_n": text, "settlement": text}
        checked = desk.check("households", row)
        assert checked.frame["hh_id"].tolist() == [text]
        assert any(text in message for message in checked.messages("zh") + checked.messages("en"))


@pytest.mark.parametrize("header", ["行政村代码", "村编码", "行政村编码", "村委会代码", "所在村代码", "村（社区）代码"])
@pytest.mark.parametrize(
    ("table", "head"), [("projects", "项目编号,日期"), ("issues", "问题编号,发现日期"), ("assets", "资产编号,日期")]
)
def test_codes_of_villages_are_read_under_any_usual_header(table, head, header):
    raw = f"{head},{header}\nX1,2023-09-30,500113115219\n".encode()
    checked = check_file(raw, "t.csv", "500113", table)
    assert list(checked.frame["village_code"]) == ["500113115219"]


def test_json_form(desk):
    found = json.loads(json.dumps(desk.check("funds", {**FUND, "spent": "甲"}).to_json()))
    assert (found["outcome"], found["kind"], found["header_rows"], found["data_rows"]) == ("reject", "funds", [0], [1])
    assert found["columns"][5] == {
        "col": 5, "header": "累计支出（万元）", "canonical": "spent", "table_column": "funds.spent", "unit": "万元",
        "dtype": "number", "score": 1.0,
    }  # fmt: skip
    wrong = [p for p in found["problems"] if p["rule"] == "not_a_number"]
    assert [(p["row"], p["col"], p["value"]) for p in wrong] == [(1, 5, "甲")]
    assert (found["period"], found["county"]) == ("2023-06", "500113")


def test_rules_say_the_same_things_in_both_languages():
    def fields(text):
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    for rule in rule_book().rules:
        zh, en = fields(rule.say_zh), fields(rule.say_en)
        assert {f.removesuffix("_zh") for f in zh} == {f.removesuffix("_en") for f in en}, rule.id
    assert len(rule_book().by_id) == len(rule_book().rules)


def test_names_beside_a_place_code(desk):
    head = ["编号", "乡镇", "村", "领域", "发现日"]
    checked = check_file(
        csv_bytes([head, ["1", "龙洲湾街道", "道角村", "收入", "2023-05-01"]]), "a", "500113", "issues"
    )
    assert checked.ok, checked.messages("zh")
    assert checked.frame[["village_code", "geo_code"]].to_numpy().tolist() == [[VILLAGE, "500113003000"]]
    head = ["乡镇", "村", "日期", "事项代码", "数值"]
    checked = check_file(
        csv_bytes([head, ["龙洲湾街道", "道角村", "2023-05-31", "collective_income", "1"]]), "a", "500113", "facts"
    )
    assert checked.frame[["geo_level", "geo_code"]].to_numpy().tolist() == [["village", VILLAGE]]


def test_the_problem_list_runs_nothing_in_a_spreadsheet(desk):
    checked = desk.check("households", {**HOUSEHOLD, "members_n": "=1+1"})
    lines = checked.problem_list("zh").decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "'=1+1" in lines[1]
    assert checked.problem_lines("zh") == ["[错误] 第 2 行 “人口（人）” “=1+1”不是数字。请填阿拉伯数字，单位见表头。"]


nasty = st.sampled_from(
    [
        "",
        "合计",
        "注：",
        "2023.1",
        "１２",
        "#REF!",
        "=1",
        "{x}",
        "500113",
        VILLAGE,
        "无",
        "—",
        "是",
        "道角村",
        "9" * 400,
        "1e400",
        "\ud7ff",
    ]
) | st.text(max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(tables())), st.data())
def test_no_cell_breaks_the_check(table, data):
    columns = data.draw(st.lists(st.sampled_from(tables()[table].columns), min_size=2, max_size=9))
    rows = data.draw(st.lists(st.lists(nasty, min_size=1, max_size=10), max_size=6))
    checked = check_file(csv_bytes([[c.header("zh") for c in columns], *rows]), "a", "500113", table)
    assert json.loads(json.dumps(checked.to_json("en")))["outcome"] == checked.outcome
    assert len(checked.problem_lines("zh")) == len(checked.listing("zh")) <= len(checked.problems)
    assert list(checked.frame) in ([], list(tables()[table].names))


# ---- dates far from the county's data --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "newest", "rule"),
    [
        ("2025-10-31", None, "outside_plan"),
        ("2021-10-31", None, "outside_plan"),
        ("2022-10-31", None, None),  # the year before the plan is what it is measured against
        ("2023-10-31", date(2023, 6, 30), "ahead_of_data"),
        ("2023-09-30", date(2023, 6, 30), None),
        ("2025-10-31", date(2023, 6, 30), "outside_plan"),
    ],
)
def test_dates_far_from_the_plans_or_the_data_are_doubted(desk, day, newest, rule):
    fund = {**FUND, "geo_code": COUNTY}
    rows = desk.rows("funds", fund, {**fund, "as_of": day, "tier": "省级"})
    checked = check_file(csv_bytes(rows), "f.csv", "500113", today=date(2026, 7, 15), newest=newest)
    assert checked.ok
    assert rules(checked) == ([rule] if rule else [])
    if rule:
        found = checked.problems.iloc[0]
        assert (found["row"], found["column"], found["value"], found["severity"]) == (3, "as_of", day, "warning")
        assert "核对" in checked.messages("zh")[0]
        assert "Check" in checked.messages("en")[0]


def test_the_month_of_staff_is_doubted_too(desk):
    column = tables()["staff"].key[0]
    checked = desk.check("staff", {column: "P1", "village_code": VILLAGE, "month": "2020-05"}, told="staff")
    assert checked.problems.query("rule == 'outside_plan'")["column"].tolist() == ["month"]


# ---- sheets ----------------------------------------------------------------------------------------------------------


def test_other_sheets_with_data_are_named(desk):
    fund = {**FUND, "geo_code": COUNTY}
    rows = desk.rows("funds", fund)
    later = [["资金台账"], [*rows[0], "备注"], [*rows[1], ""]]  # another form of the same table
    raw = workbook(十一月=rows, 十二月=later, 填表说明=rows, 备忘=[["记得催报"]], 空表=rows[:1])
    checked = check_file(raw, "两月.xlsx", "500113", today=TODAY)
    assert rules(checked) == ["sheet_not_read"]
    (line,) = checked.problem_lines("zh")
    assert line.startswith(
        "[提醒] 已读工作表“十一月”（1 行）；“十二月”（1 行）未读。要读其中一张，请在上传页选定工作表"
    )
    assert '"十二月"' in checked.messages("en")[0]
    assert "两月.xlsx“十一月”" in checked.summary("zh")
    assert "两月.xlsx,十一月" in checked.problem_list("zh").decode("utf-8-sig")


def test_a_file_of_another_table_is_called_by_its_name(desk):
    checked = desk.check("funds", FUND, told="issues")
    assert checked.refusal.rule == "other_table"
    assert checked.refusal.text("zh").startswith(f"不是{tables()['issues'].name_zh}；像是{tables()['funds'].name_zh}。")


# ---- how problems are told -------------------------------------------------------------------------------------------


def test_a_repeated_key_is_told_as_the_file_writes_it(desk):
    checked = desk.check("funds", FUND, FUND, today=TODAY)
    listing = checked.listing("zh").query("severity == 'error'")
    assert listing["value"].tolist() == ["500113、2023-06-30、中央、衔接资金"]
    heads = [tables()["funds"].column(name).header("zh") for name in tables()["funds"].key]
    assert all(head in listing["column"].iloc[0] for head in heads)
    assert f"{heads[2]} 中央" in listing["message"].iloc[0]


def test_equal_problems_are_one_line(desk):
    bad = [{**HOUSEHOLD, "hh_id": f"H{i}", "members_n": "甲"} for i in range(7)]
    checked = desk.check("households", *bad, {**HOUSEHOLD, "hh_id": "H9", "members_n": "乙"})
    assert checked.listing("zh")["row"].tolist() == ["2、3、4 等 7 行", "9"]
    assert [line.split("“")[0] for line in checked.problem_lines("zh")] == [
        "[错误] 第 2、3、4 等 7 行 ",
        "[错误] 第 9 行 ",
    ]
    assert checked.problem_lines("en")[0].startswith("[error] row 2, 3, 4 and 4 more")
    assert checked.problem_list("zh").decode("utf-8-sig").count("\n") == 3
    assert len(checked.to_json()["problems"]) == checked.counts()["error"] == 8


def test_an_unknown_code_leads_to_the_right_one(desk):
    other = desk.check("households", {**HOUSEHOLD, "village_code": "500101001001"}).messages("zh")[0]
    assert "万州区" in other
    assert "500113" in other
    near = desk.check("households", {**HOUSEHOLD, "village_code": "500113003209"}).messages("zh")[0]
    assert "龙洲湾街道沿河村 500113003206、" in near  # the nearest first


@pytest.mark.parametrize(("text", "day"), [("5月底", "2023-05-31"), ("上半年", "2023-06-30"), ("6月", "2023-06-30")])
def test_a_date_without_its_year_takes_that_of_the_name_or_stays_an_error(desk, text, day):
    raw = csv_bytes(desk.rows("funds", {**FUND, "as_of": text}))
    checked = check_file(raw, "2023年支出.csv", "500113", today=TODAY)
    assert checked.frame["as_of"].astype(str).tolist() == [day]
    assert checked.problems.set_index("rule").loc["read_as_date", "repair"] == day
    assert "not_a_date" in rules(check_file(raw, "支出.csv", "500113", today=TODAY))


@pytest.mark.parametrize(
    ("texts", "values"), [(("0.83", "0.5"), [83, 50]), (("0.83", "12"), [0.83, 12]), (("0.83%", "0.5"), [0.83, 0.5])]
)
def test_a_column_of_per_cent_that_holds_fractions_is_read_as_such_and_told(desk, texts, values):
    rows = [{**FUND, "tier": tier, "national_avg": text} for tier, text in zip(("中央", "省级"), texts, strict=True)]
    checked = desk.check("funds", *rows, today=TODAY)
    assert checked.frame["national_avg"].tolist() == values
    assert ("fraction_as_percent" in rules(checked)) == (values[0] == 83)


def test_a_row_that_names_several_villages_is_an_error_that_says_which(desk):
    checked = desk.check("facts", {**FACT, "geo_code": "平原村、文石村"}, today=TODAY)
    line = next(line for line in checked.problem_lines("zh") if "地方" in line)
    assert "姜家镇平原村 500113115219、姜家镇文石村 500113115215" in line
    assert "每个地方各写一行" in line


def test_a_fraction_beside_tens_of_per_cent_is_told():
    checked = check_file("村名,覆盖率（%）\n东村,0.42\n西村,50\n南村,60\n北村,42%\n".encode(), "t.csv")
    told = checked.problems.loc[checked.problems["rule"] == "may_be_fraction", ["row", "value"]]
    assert told.to_numpy().tolist() == [[2, "0.42"]]
    assert any("42%" in message for message in checked.messages("zh"))


def test_a_table_that_is_no_upload_table_is_not_said_to_have_errors():
    checked = check_file("村名,户数\n东村,1\n西村,2\n".encode(), "t.csv")
    assert checked.generic
    assert not checked.counts()["error"]
    assert checked.summary("zh").endswith("不是上报表，只能查看，不能入库")
    assert "errors and cannot" not in checked.summary("en")


def test_an_unknown_item_says_what_to_do():
    raw = "村,日期,事项,数值\n平原村,2023-05-31,编外收成,3\n".encode()
    checked = check_file(raw, "t.csv", "500113", "facts")
    (message,) = [m for m in checked.messages("zh") if "编外收成" in m]
    assert "请在上传页选定" in message
    assert "模板“事项”表" in message


def test_a_place_is_told_by_the_column_that_names_it():
    head = "问题编号,乡镇,村,问题类别,程度,问题描述,发现时间,整改时限\n"
    text = f"{head}A1,姜家镇,平原村,饮水安全,一般,饮水不稳定,2023-09-03,2023-09-30\n"
    problems = check_file(text.encode(), "t.csv", "500113").problems
    told = problems.loc[problems["rule"] == "place_by_name", ["header", "value"]].to_numpy().tolist()
    assert told == [["乡镇", "姜家镇"], ["村", "平原村"]]
