"""Rules that a condition says: each doubts the row it is made for, and leaves a good one alone."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from intake.making import csv_bytes

from data.intake import check_file, rule_book
from data.intake.conditions import conditions
from data.intake.rule_list import rule_list
from data.tables import tables
from geo.regions import regions

TODAY = date(2023, 7, 15)
VILLAGE = "500113003200"
CASES = yaml.safe_load(Path(__file__).with_name("rule_cases.yaml").read_text("utf-8"))
RULES = {rule.id: rule for rule in rule_book().rules if rule.when}
RULES_BY_ID = rule_book().by_id
PAIRS = [
    (rule, table, left, right)
    for rule, pairs in rule_book().pairs.items()
    for table, columns in pairs.tables.items()
    for left, right in columns
]
# A doubtful pair and what makes it good again at its left.
DOUBTFUL = {
    "above": ("2", "1", "1"),
    "earlier": ("2023-05-01", "2023-05-02", "2023-05-02"),
    "out_of_order": ("2023-05-01", "2023-05-02", "2023-05-02"),
    "closed_before_return": ("2023-05-01", "2023-05-02", "2023-05-02"),
    "without": ("是", "否", "否"),
}
# What a row of each table needs to be one.
KEYS = {
    "villages": {"village_code": VILLAGE, "village_name": "道角村"},
    "households": {"village_code": VILLAGE, "hh_id": "H1", "as_of": "2023-06-30"},
    "persons": {"village_code": VILLAGE, "person_id": "P1", "as_of": "2023-06-30"},
    "facts": {"geo_level": "村", "geo_code": VILLAGE, "as_of": "2023-06-30", "item": "policy_awareness"},
    "projects": {"project_id": "X1", "village_code": VILLAGE, "as_of": "2023-06-30"},
    "funds": {"geo_code": "500113", "as_of": "2023-06-30", "tier": "中央", "fund": "衔接资金"},
    "assets": {"asset_id": "A1", "village_code": VILLAGE, "as_of": "2023-06-30"},
    "issues": {"issue_id": "I1", "village_code": VILLAGE},
    "actions": {"action_id": "W1", "geo_level": "村", "geo_code": VILLAGE},
    "staff": {"staff_id": "S1", "village_code": VILLAGE, "month": "2023-06"},
}


def checked(table, row):
    full = {**KEYS[table], **row}
    head = [tables()[table].column(name).header("zh") for name in full]
    return check_file(csv_bytes([head, [str(v) for v in full.values()]]), "t.csv", "500113", table, today=TODAY)


def told(table, row, rule):
    found = checked(table, row)
    assert found.ok or RULES_BY_ID[rule].severity == "error", found.messages("zh")
    return [(p["row"], p["column"], p["value"]) for _, p in found.problems.iterrows() if p["rule"] == rule]


def test_every_condition_has_its_case():
    assert set(CASES) == set(RULES)
    assert {rule for rule, *_ in PAIRS} == set(DOUBTFUL)


@pytest.mark.parametrize("rule", CASES)
def test_a_condition_doubts_its_row_and_no_good_one(rule):
    case, at = CASES[rule], RULES[rule].at
    doubted = told(RULES[rule].table, case["fires"], rule)
    assert doubted == [(2, at, str(case["fires"][at]))]
    assert told(RULES[rule].table, case["fires"] | case["passes"], rule) == []


@pytest.mark.parametrize(("rule", "table", "left", "right"), PAIRS)
def test_a_pair_doubts_its_row_and_no_good_one(rule, table, left, right):
    wrong, beside, good = DOUBTFUL[rule]
    assert told(table, {right: beside, left: wrong}, rule) == [(2, left, wrong)]
    assert told(table, {right: beside, left: good}, rule) == []


@pytest.mark.parametrize("rule", CASES)
def test_a_blank_or_missing_column_doubts_nothing(rule):
    """A file says nothing of columns it has not, nor a row of figures and words it leaves blank."""
    table, row = RULES[rule].table, CASES[rule]["fires"]
    for name in row:
        fewer = {k: v for k, v in row.items() if k != name}
        assert told(table, fewer, rule) == [], name
    blank = dict.fromkeys((n for n in row if tables()[table].column(n).type != "bool"), "")
    if blank and rule not in {"monitored_undated", "done_undated"}:
        assert told(table, row | blank, rule) == []


def test_conditions_read_columns_there_are_and_say_only_what_they_read():
    for table in tables():
        for condition in conditions(table):
            expression = condition.expression(dict.fromkeys(condition.parameters, 1.0))
            assert expression.kind == "bool"
            assert condition.at in expression.columns
            words = {"value", "bound", "left_zh", "left_en", "right_zh", "right_en", *condition.parameters}
            assert set(condition.slots) <= words | expression.columns, condition.rule.id
            # What contradicts itself is doubted; only of what counts towards closing a problem it is refused.
            assert condition.rule.severity == "warning" or table == "issues"


def test_sentences_name_the_cells_and_the_parameter_of_the_plan():
    found = checked("households", CASES["below_line_unmonitored"]["fires"])
    assert found.messages("zh") == [
        "脱贫户人均纯收入 7999 元，低于监测范围线 8\u202f000 元，却未纳入监测。请核实收入，符合条件的应纳入。"
    ]
    found = checked("households", CASES["closed_early"]["fires"])
    assert found.messages("zh")[0].startswith("2023-01-02 纳入监测，到 2023-06-30 不足六个月")
    found = checked("persons", {"transferred": "是", "employed": "否"})
    assert found.messages("en") == ['"Transferred employment" is "是", but "Employed" is "否". Check them.']


def test_a_parameter_holds_within_the_plan_that_sets_it():
    """The line of the plan for 2023 says nothing of the year before, and a county whose plans set none has none."""
    row = CASES["below_line_unmonitored"]["fires"]
    assert told("households", {**row, "as_of": "2022-12-31"}, "below_line_unmonitored") == []
    known = regions("532323")
    village = known.loc[known["level"] == "village", "code"].iloc[0]
    full = {**KEYS["households"], "village_code": village, **row}
    head = [tables()["households"].column(name).header("zh") for name in full]
    raw = csv_bytes([head, [str(v) for v in full.values()]])
    elsewhere = check_file(raw, "t.csv", "532323", "households", today=TODAY)
    assert elsewhere.outcome == "parse"


def test_the_list_of_rules_is_that_of_the_book():
    """`python -m data.intake.rule_list > docs/rules.md` makes it anew."""
    written = (Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")
    assert written == rule_list()
    for rule in rule_book().rules:
        assert f"| `{rule.id}` | {rule.zh} | {rule.en} |" in written


def test_a_figure_in_another_unit_is_told_in_the_one_of_the_sentence():
    text = "2023年6月（元）\n资产编号,村,类别,原值,应分红\nZ1,姜家镇平原村,公益性,300000,1000\n"
    checked = check_file(text.encode(), "表.csv", "500113")
    (sentence,) = (line for line in checked.messages("zh") if "应分红" in line and "公益性" in line)
    assert "应分红 0.1 万元" in sentence
