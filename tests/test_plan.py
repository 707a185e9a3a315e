"""The five plans lose no fact, and a wrong plan file is told everything that is wrong with it.

The numbers below are those of the inventory written from the five documents, not of the files under test.
"""

import csv
import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from data.intake.exports import catalogue
from data.plan import (
    AREAS,
    Indicator,
    PlanError,
    PlanProblem,
    concept_uses,
    concepts,
    load_plan,
    plan_problems,
    plans,
    units,
)
from data.registry import counties
from data.tables import items
from geo.regions import regions

Check = Callable[..., list[PlanProblem]]
ORDER = ("banan-2023", "wanzhou-2021-2025", "mouding-2023", "fuhuan-2021", "baiyin-2021")


def table(text: str) -> dict[str, tuple[int, ...]]:
    rows = (line.split("|") for line in dedent(text).strip().splitlines())
    return {name.strip(): tuple(map(int, numbers.split())) for name, numbers in rows}


#                     banan wanzhou mouding fuhuan baiyin total
INVENTORY = table("""
    indicators         | 82 21 89 36  57 285
    scored             | 67 11 75 31  44 228
    explicit           | 40  2 58 15  21 136
    implied            | 26  9 16 16  23  90
    derived            |  1  0  1  0   0   2
    directional        | 12  8  7  3  12  42
    unspecified        |  3  2  4  2   1  12
    annex_missing      |  0  0  3  0   0   3
    binding            | 59  7 71 27  35 199
    strive             |  4  0  0  0   5   9
    reference          | 19 14 18  9  17  77
    monitoring         | 31  4 35 10  22 102
    industry_employment| 21  7 26 13  16  83
    livable_villages   |  9  3 16  5   5  38
    funds              | 11  4  3  7   8  33
    support            | 10  3  9  1   6  29
    milestones         | 19  0  3  0   4  26
    own figures        |  6  7 11  8   7  39
    without figure     |  3  0  2 17   0  22
    tasks              |173 61 86 75 130 525
    monthly            | 12  0  1  0   1  14
    quarterly          |  2  0  1  0   0   3
    half-yearly        |  1  0  0  0   0   1
    semester           |  1  0  0  0   0   1
    annual             | 13  1  1  4  10  29
    once               | 32  8 27 12  16  95
    ongoing            |112 52 56 59 103 382
    reporting rules    |  6  0  2  0   1   9
    parameters         | 17  6 30  8  22  83
    places             | 22 12 23 16  21  94
""")


def inventory(plan_id: str) -> Counter[str]:
    plan = load_plan(plan_id)
    parts = [part for indicator in plan.indicators for part in indicator.breakdown]
    return Counter(
        {
            "indicators": len(plan.indicators),
            "scored": sum(i.scored for i in plan.indicators),
            **Counter(i.kind for i in plan.indicators),
            **Counter(i.strength for i in plan.indicators),
            **Counter(i.area for i in plan.indicators),
            "milestones": sum(len(i.milestones) for i in plan.indicators),
            "own figures": sum(part.value is not None for part in parts),
            "without figure": sum(part.value is None for part in parts),
            "tasks": len(plan.tasks),
            **Counter(task.recurrence for task in plan.tasks),
            "reporting rules": len(plan.reporting_rules),
            "parameters": len(plan.parameters),
            "places": len(plan.places),
        }
    )


@pytest.mark.parametrize("row", INVENTORY)
def test_the_plans_hold_what_the_inventory_counts(row: str) -> None:
    found = [inventory(plan_id)[row] for plan_id in ORDER]
    assert (*found, sum(found)) == INVENTORY[row]


def test_the_upload_tables_are_read_as_often_as_the_inventory_says() -> None:
    read = Counter(indicator.data.table for plan in map(load_plan, plans()) for indicator in plan.indicators)
    assert read == {
        "facts": 108, "persons": 52, "households": 41, "actions": 22, "issues": 15, "projects": 15, "assets": 13,
        "staff": 11, "funds": 8,
    }  # fmt: skip


def test_concepts_are_shared_as_the_inventory_says() -> None:
    uses = concept_uses()
    shared = [by_plan for by_plan in uses.values() if len(by_plan) > 1]
    assert len(concepts()) == len(uses) == 210
    assert len(shared) == 82
    assert sum(sum(bool(use.indicators) for use in by_plan.values()) > 1 for by_plan in shared) == 46
    assert sum(len(by_plan) == 1 for by_plan in uses.values()) == 128
    assert uses["toilet_rate"]["mouding-2023"].indicators == ("toilet_rate",)
    assert not uses["toilet_rate"]["banan-2023"].indicators
    assert uses["toilet_rate"]["banan-2023"].tasks_only
    assert len(uses["collective_income_tiers"]["mouding-2023"].indicators) == 3


def target(indicator: Indicator) -> str:
    """Write a target as the inventory does."""
    if indicator.value is None:
        return {"directional": "升", "unspecified": "数缺", "annex_missing": "附件缺"}[indicator.kind]
    sign = {"==": "", "~": "≈", ">=": ">" if indicator.strict else "≥"}[indicator.comparator]
    upper = f"–{indicator.upper:.10g}" if indicator.upper else ""
    return f"{sign}{indicator.value:.10g}{upper}{indicator.unit}"


BOUNDS = {"as_of", "done_on", "found_on"}
"""Dates that only bound the time; the inventory does not always list them."""


def reads(indicator: Indicator) -> tuple[set[str], set[str], set[str]]:
    query = indicator.data
    columns = set(query.columns) - BOUNDS - ({"item"} if query.items else set())
    return set(query.items), columns, set(query.village_columns)


def test_every_target_of_the_inventory() -> None:
    """`plan_inventory.csv`: name, target, roll-up, table and columns of all 285 indicators, from the inventory."""
    with Path(__file__).with_name("plan_inventory.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 285
    assert [(r["plan"], r["indicator"]) for r in rows] == [
        (plan_id, indicator.id) for plan_id in dict.fromkeys(r["plan"] for r in rows)
        for indicator in load_plan(plan_id).indicators
    ]  # fmt: skip
    for row in rows:
        found = load_plan(row["plan"]).indicator(row["indicator"])
        assert (found.name_zh, target(found), found.rollup, found.data.table) == (
            row["name"], row["target"], row["rollup"], row["table"],
        )  # fmt: skip
        columns, _, villages = row["reads"].partition(" + villages: ")
        item, _, columns = columns.rpartition("; ")
        expected = (item.removeprefix("item="), columns, villages)
        assert reads(found) == tuple({n for n in names.split(", ") if n} - BOUNDS for names in expected), row


def test_the_central_fund_schedule() -> None:
    found = load_plan("banan-2023").indicator("central_fund_expenditure")
    assert [(m.date, m.value) for m in found.milestones] == [
        (dt.date(2023, 4, 30), 30),
        (dt.date(2023, 6, 30), 50),
        (dt.date(2023, 9, 30), 75),
    ]
    assert found.due == dt.date(2023, 9, 30)
    assert found.due_basis == "stated"
    assert found.lead == ("区财政局",)
    assert found.is_rate
    assert not found.yes_no


def test_three_tiers_pass_by_the_national_average_or_the_schedule() -> None:
    schedule, column = load_plan("banan-2023").indicator("three_tier_fund_expenditure").any_of
    assert schedule.target == "schedule"
    assert (column.target, column.table, column.column) == ("column", "funds", "national_avg")


def test_what_a_file_leaves_out_is_filled() -> None:
    plan = load_plan("banan-2023")
    left_out = plan.indicator("hh_file_coverage")
    assert (left_out.due, left_out.due_basis) == (plan.end, "period_end")
    assert left_out.rollup_value == left_out.value == 100
    # A count judged village by village: the county's figure is the share of villages that must pass.
    assert (plan.indicator("screening_rounds").value, plan.indicator("screening_rounds").rollup_value) == (2, 100)
    once = [task for task in plan.tasks if task.recurrence == "once"]
    assert all(task.due for task in once)
    assert Counter(task.due_basis for plan_id in ORDER for task in load_plan(plan_id).tasks) == {
        "recurrent": 424,
        "period_end": 88,
        "stated": 13,
    }


def test_breakdown_of_a_shared_total_has_places_without_figures() -> None:
    radish = load_plan("fuhuan-2021").indicator("radish_area")
    assert radish.breakdown_basis == "shared_total"
    assert [(part.name, part.value, part.unit) for part in radish.breakdown][:1] == [("崇恩", None, "亩")]
    assert len(radish.breakdown) == 5


@pytest.mark.parametrize(
    ("plan", "indicator", "yes_no", "rate"),
    [
        ("banan-2023", "mass_relapse_events", True, False),  # == 0
        ("banan-2023", "insurance_coverage", False, True),  # == 100 % is a rate
        ("mouding-2023", "inpatient_reimbursement", True, True),  # about 70 %
        ("fuhuan-2021", "rural_income_growth_gap", True, True),  # strictly above 0 points
        ("mouding-2023", "water_investment", True, False),  # exactly 470 万元
        ("mouding-2023", "market_entities_total", False, False),
        ("banan-2023", "policy_awareness", False, True),  # a direction without a number
    ],
)
def test_which_targets_are_met_or_not_and_which_are_rates(plan: str, indicator: str, yes_no: bool, rate: bool) -> None:  # noqa: FBT001
    found = load_plan(plan).indicator(indicator)
    assert (found.yes_no, found.is_rate) == (yes_no, rate)


def test_the_plan_of_a_town_is_about_the_town() -> None:
    town, county = load_plan("fuhuan-2021"), load_plan("banan-2023")
    assert (town.county_code, town.top_level, town.top_region) == ("500110", "township", "500110120000")
    assert (county.county_code, county.top_level, county.top_region) == ("500113", "county", "500113000000")
    assert (county.start, county.end) == (dt.date(2023, 1, 1), dt.date(2023, 12, 31))
    assert county.areas == AREAS


def test_registry_plans_and_regions_agree() -> None:
    assert {plan_id for county in counties() for plan_id in county.plans} == set(plans()) == set(ORDER)
    for county in counties():
        known = set(regions(county.code)["code"])
        for plan in map(load_plan, county.plans):
            assert plan.county_code == county.code
            assert plan.top_region in known


def test_names_in_both_languages() -> None:
    plan = load_plan("banan-2023")
    assert plan.title("zh") == "巴南区2023年衔接工作要点"
    assert plan.title("en").startswith("Banan 2023")
    assert plan.indicator("mass_relapse_events").name("zh") == "规模性返贫事件"
    assert plan.indicator("mass_relapse_events").name("en") == "Large-scale relapse into poverty"
    assert concepts()["toilet_rate"].name("zh") == "卫生厕所达标率"


def test_unknown_names_are_said_so() -> None:
    with pytest.raises(KeyError, match="banan-2023 has no indicator 'nothing'"):
        load_plan("banan-2023").indicator("nothing")
    for door in (load_plan, plan_problems):
        with pytest.raises(FileNotFoundError, match="known: baiyin-2021, banan-2023"):
            door("nowhere-2030")
        with pytest.raises(FileNotFoundError, match="known: "):
            door("concepts")
        with pytest.raises(FileNotFoundError, match=r"no file 'nowhere/plan\.yaml'"):
            door("nowhere/plan.yaml")


def test_every_item_of_facts_is_read_by_a_plan_or_given_by_an_export() -> None:
    read = {item for plan in map(load_plan, plans()) for i in plan.indicators for item in i.data.items}
    given = {figure.item for export in catalogue().exports for figure in export.figures}
    assert read | given == set(items())


# --- wrong files ------------------------------------------------------------------------------------------------------

GOOD = """\
schema_version: 1
plan:
  id: test-2023
  county_zh: 测试县
  county_en: Test County
  adm_code: '500113'
  level: county
  title_zh: 测试方案
  title_en: Test plan
  issue_date: 2023-05
  issuing_body: 县政府
  period: {start: 2023-01-01, end: 2023-12-31}
  goals:
  - {id: aim, zh: 增收, concepts: [lifted_income]}
parameters:
- {id: line, name_zh: 线, name_en: Line, clause: 一, area: monitoring, value: 8000, unit: 元, used_by: [spent]}
indicators:
- id: spent
  concept: fund_expenditure_progress
  name_zh: 支出进度
  name_en: Expenditure
  area: funds
  clause: 一
  kind: explicit
  comparator: '>='
  value: 75
  unit: '%'
  due: 2023-09-30
  rule: milestones
  milestones:
  - {date: 2023-06-30, value: 50}
  - {date: 2023-09-30, value: 75}
  level: county
  rollup: weighted_ratio
  lead: [县财政局]
  lead_basis: named
  parameters: [line]
  data: {table: funds, agg: ratio, where: fund=='linkage', value: spent/received}
- id: toilets
  concept: toilet_rate
  name_zh: 厕所
  name_en: Toilets
  area: livable_villages
  clause: 二
  kind: explicit
  comparator: ==
  value: 100
  unit: '%'
  rule: keep
  level: household
  rollup: weighted_ratio
  data: {table: households, agg: share, where: toilet_ok, base: is_lifted}
- id: trained
  concept: tech_training_villages
  name_zh: 培训
  name_en: Training
  area: support
  clause: 三
  kind: explicit
  comparator: ==
  value: 100
  unit: '%'
  rule: deadline
  level: village
  rollup: share_of_villages
  data:
    table: actions
    rows: all
    agg: village_share
    where: task_id=='train' and status=='done'
    base: unit_type=='village'
- id: gardens
  concept: crop_area
  name_zh: 果园
  name_en: Orchards
  area: industry_employment
  clause: 四
  kind: explicit
  comparator: '>='
  value: 500
  unit: 亩
  rule: linear
  level: village
  rollup: sum
  breakdown_basis: per_unit
  breakdown:
  - {level: village, name: 甲村, value: 500}
  data: {table: facts, agg: sum, where: item=='gardens', value: value}
tasks:
- {id: train, title_zh: 培训, area: support, clause: 三, recurrence: once, feeds: [trained], concepts: [talent]}
- {id: meet, title_zh: 调度, area: support, clause: 三, recurrence: monthly, due_day: 20}
objects:
- {id: park, name_zh: 园区, kind: zone, clause: 四, indicators: [gardens]}
"""


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Return a function that swaps texts of a good plan file and checks it."""

    def checked(*swaps: tuple[str, str]) -> list[PlanProblem]:
        text = GOOD
        for old, new in swaps:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        file = tmp_path / "plan.yaml"
        file.write_text(text, "utf-8")
        return plan_problems(file)

    return checked


def test_the_good_file_is_good(check: Check, tmp_path: Path) -> None:
    assert check() == []
    plan = load_plan(tmp_path / "plan.yaml")
    assert plan.issue_date == "2023-05"
    assert [place.id for place in plan.places] == ["park"]
    assert plan.tasks[0].due == (dt.date(2023, 12, 31),)
    assert plan.tasks[1].due == ()
    assert plan.indicator("gardens").breakdown[0].unit == "亩"
    assert plan.indicator("trained").data.village_columns == ("unit_type",)


@pytest.mark.parametrize("plan_id", ORDER)
def test_a_file_that_writes_everything_out_means_the_same(plan_id: str, tmp_path: Path) -> None:
    """With nulls, empty lists, `objects` for places, and the columns that follow from the query."""
    plan = load_plan(plan_id)
    parts = plan.model_dump(mode="json")
    sections = {name: parts.pop(name) for name in ("parameters", "indicators", "tasks")}
    for indicator in sections["indicators"]:
        query, read = indicator["data"], plan.indicator(indicator["id"]).data
        del query["columns_written"], query["village_columns_written"]
        query |= {"columns": list(read.columns), "village_columns": list(read.village_columns)}
    whole = {"schema_version": 1, "objects": parts.pop("places"), "plan": parts, **sections}
    file = tmp_path / "whole.yaml"
    file.write_text(yaml.safe_dump(whole, allow_unicode=True), "utf-8")
    assert plan_problems(file) == []
    again = load_plan(file).model_dump(exclude={"indicators": {"__all__": {"data"}}})
    assert again == plan.model_dump(exclude={"indicators": {"__all__": {"data"}}})
    queries = [[i.data.model_dump(include={"table", "rows", "agg", "where", "base", "value"}) for i in p.indicators]
               for p in (plan, load_plan(file))]  # fmt: skip
    assert queries[0] == queries[1]


def test_an_edited_file_is_read_again(check: Check, tmp_path: Path) -> None:
    check()
    assert load_plan(tmp_path / "plan.yaml").indicator("gardens").value == 500
    check(("value: 500\n", "value: 1500\n"))
    assert load_plan(tmp_path / "plan.yaml").indicator("gardens").value == 1500


MISTAKES = [
    # (swap, section, where, field, part of the reason)
    (("concept: toilet_rate", "concept: toilet_rat"), "indicators", "toilets", "concept", "did you mean toilet_rate?"),
    (("unit: 亩", "unit: 公顷"), "indicators", "gardens", "unit", "unknown unit '公顷'"),
    (("item=='gardens'", "item=='orchards'"), "indicators", "gardens", "data.where", "no item 'orchards'"),
    (("item=='gardens'", "value>1"), "indicators", "gardens", "data.where", "which item"),
    (("toilet_ok", "toilets_ok"), "indicators", "toilets", "data.where", "did you mean toilet_ok?"),
    (("base: is_lifted", "base: members_n"), "indicators", "toilets", "data.base", "must be a condition"),
    (("fund=='linkage'", "fund=='linkages'"), "indicators", "spent", "data.where", "not a value of fund"),
    (("fund=='linkage'", "as_of<=@today"), "indicators", "spent", "data.where", "not a date name"),
    (("fund=='linkage'", "__import__('os')"), "indicators", "spent", "data.where", "not a function"),
    (("fund=='linkage'", "fund.upper"), "indicators", "spent", "data.where", "'.' has no meaning here"),
    (("spent/received", "spent"), "indicators", "spent", "data.value", "needs the form a/b"),
    ((", value: spent/received", ""), "indicators", "spent", "data.value", "is missing"),
    ((", value: value}", ", base: value>1, value: value}"), "indicators", "gardens", "data.base", "has no base"),
    (("where: toilet_ok, ", ""), "indicators", "toilets", "data.where", "needs the condition"),
    (("base: is_lifted", "base: is_lifted, value: members_n"), "indicators", "toilets", "data.value", "no value"),
    (("agg: share,", "agg: periods,"), "indicators", "toilets", "data.agg", "column period"),
    (("agg: share,", "agg: shares,"), "indicators", "toilets", "data.agg", "'shares' is not one of"),
    (("rows: all", "rows: window"), "indicators", "trained", "data.rows", "no column as_of"),
    (("task_id=='train'", "task_id=='drill'"), "indicators", "trained", "data.where", "no task 'drill'"),
    (("unit_type=='village'", "toilet_ok"), "indicators", "trained", "data.base", "villages has no column"),
    (("is_lifted}", "is_lifted, columns: [toilet_ok]}"), "indicators", "toilets", "data.columns", "lifted"),
    (("toilet_ok", "toilet_ok and visited_on>=@m0"), "indicators", "toilets", "rule", "'window'"),
    (("  value: 500\n", ""), "indicators", "gardens", "value", "needs a number"),
    (("value: 500\n", "value: viele\n"), "indicators", "gardens", "value", "'viele' is not a number"),
    (("value: 500\n", "value: 500\n  tolerance: 5\n"), "indicators", "gardens", "tolerance", "'~' only"),
    (("value: 500\n", "value: 500\n  upper: 400\n"), "indicators", "gardens", "upper", "above value"),
    (("value: 500\n", "values: 500\n"), "indicators", "gardens", "values", "did you mean value?"),
    (("rule: linear", "rule: periods"), "indicators", "gardens", "frequency", "needs a period"),
    (("rule: linear", "rule: milestones"), "indicators", "gardens", "milestones", "is missing"),
    (("due: 2023-09-30", "due: 2023-08-31"), "indicators", "spent", "milestones.2.date", "outside"),
    (("due: 2023-09-30", "due: 2023-09-31"), "indicators", "spent", "due", "'2023-09-31' is not a date"),
    (("date: 2023-06-30", "date: 2023-09-30"), "indicators", "spent", "milestones", "must rise"),
    (("date: 2023-06-30", "date: 2022-06-30"), "indicators", "spent", "milestones.1.date", "outside"),
    (("value: 75}", "value: 80}"), "indicators", "spent", "milestones", "must agree"),
    (("value: 500\n", "value: 500\n  revisions: [{from: 2023-01-01, value: 600}]\n"), "indicators", "gardens",
     "revisions.1.from", "not after the plan's start"),
    (("value: 500\n", "value: 500\n  revisions: [{from: 2024-02-01, value: 600}]\n"), "indicators", "gardens",
     "revisions.1.from", "after the target is due"),
    (("value: 500\n", "value: 500\n  revisions: [{from: 2023-08-01, value: 500}]\n"), "indicators", "gardens",
     "revisions.1", "changes nothing"),
    (("value: 500\n", "value: 500\n  revisions: [{from: 2023-08-01}]\n"), "indicators", "gardens",
     "revisions.1", "changes nothing"),
    (("value: 500\n", "value: 500\n  revisions: [{from: 2023-08-01, value: 6}, {from: 2023-07-01, value: 7}]\n"),
     "indicators", "gardens", "revisions.2.from", "stand in order"),
    (("value: 500\n", "value: 500\n  revisions: [{value: 6}]\n"), "indicators", "gardens", "revisions.1.from",
     "is missing"),
    (("value: 500\n", "value: 500\n  revisions: [{from: 2023-08-01, worth: 6}]\n"), "indicators", "gardens",
     "revisions.1.worth", "not a known field"),
    (("value: 75}", "value: 75}\n  revisions: [{from: 2023-08-01, value: 80}]"),
     "indicators", "spent", "revisions.1.milestones", "must agree"),
    (("lead_basis: named", "lead_basis: none_named"), "indicators", "spent", "lead_basis", "first_listed"),
    (("lead: [县财政局]", "lead: 县财政局"), "indicators", "spent", "lead", "must be a list"),
    (("parameters: [line]", "parameters: [lime]"), "indicators", "spent", "parameters", "did you mean line?"),
    (("_basis: per_unit", "_basis: shared_total"), "indicators", "gardens", "breakdown.1.value", "own"),
    (("  breakdown_basis: per_unit\n", ""), "indicators", "gardens", "breakdown_basis", "per_unit"),
    (("used_by: [spent]", "used_by: [spend]"), "parameters", "line", "used_by", "did you mean spent?"),
    (("feeds: [trained]", "feeds: [retrained]"), "tasks", "train", "feeds", "did you mean trained?"),
    (("concepts: [talent]", "concepts: [talents]"), "tasks", "train", "concepts", "did you mean talent?"),
    (("due_day: 20", "due_day: 32"), "tasks", "meet", "due_day", "31"),
    (("{id: meet", "{id: train"), "tasks", "train", "id", "there twice"),
    (("indicators: [gardens]", "indicators: [garden]"), "places", "park", "indicators", "did you mean gardens?"),
    (("indicators: [gardens]", "parent: hill"), "places", "park", "parent", "no place 'hill'"),
    (("[lifted_income]", "[lifted_incomes]"), "plan", "", "goals.1.concepts", "no concept"),
    (("end: 2023-12-31", "end: 2022-12-31"), "plan", "", "period.end", "before the start"),
    (("level: county\n  title_zh", "level: town\n  title_zh"), "plan", "", "top_region", "12-digit"),
    (("adm_code: '500113'", "adm_code: 500113"), "plan", "", "adm_code", "quotes"),
    (("adm_code: '500113'", "adm_code: '500113'\n  top_region: '500101000000'"), "plan", "", "top_region", "500113"),
    (("title_zh: 测试方案", "title: 测试方案"), "plan", "", "title_zh", "is missing"),
    (("schema_version: 1", "schema_version: 2"), "schema_version", "", "", "must be 1"),
    (("objects:", "things:"), "things", "", "", "not a section"),
    (("name_en: Toilets", "name_en: Toilets\n  name_en: Latrines"), "", "", "name_en", "twice"),
]  # fmt: skip


@pytest.mark.parametrize(("swap", "section", "where", "field", "reason"), MISTAKES)
def test_a_mistake_is_named_with_its_place(
    check: Check, *, swap: tuple[str, str], section: str, where: str, field: str, reason: str
) -> None:
    problems = check(swap)
    named = [(p.section, p.where, p.field) for p in problems if reason in p.reason]
    assert (section, where, field) in named, "\n".join(map(str, problems))
    assert all(p.line or p.field in {"top_region", "title_zh"} for p in problems)


def test_a_revised_target_is_read_with_both(check: Check, tmp_path: Path) -> None:
    told = "value: 500\n  revisions: [{from: 2023-08-01, value: 600, clause: 通知, note: 上级加码}]\n"
    assert check(("value: 500\n", told)) == []
    gardens = load_plan(tmp_path / "plan.yaml").indicator("gardens")
    assert [gardens.in_force(day).value for day in (dt.date(2023, 7, 31), dt.date(2023, 8, 1))] == [500, 600]
    assert (gardens.revisions[0].clause, gardens.revisions[0].note) == ("通知", "上级加码")


def test_line_numbers_point_at_the_field(check: Check) -> None:
    (problem,) = check(("unit: 亩", "unit: 公顷"))
    assert problem.line == GOOD[: GOOD.index("unit: 亩")].count("\n") + 1
    assert str(problem).startswith(f"{problem.file}:{problem.line}: indicators gardens unit: ")


def test_every_mistake_is_reported_not_the_first(check: Check, tmp_path: Path) -> None:
    swaps = [
        ("concept: toilet_rate", "concept: toilet"),
        ("unit: 亩", "unit: 公顷"),
        ("fund=='linkage'", "fonds=='linkage' and teir=='central'"),
        ("due: 2023-09-30", "due: September"),
        ("feeds: [trained]", "feeds: [nothing]"),
        ("agg: village_share", "agg: village_percentage"),
    ]
    problems = check(*swaps)
    # The indicator whose due date cannot be read has its query checked all the same, both mistakes of it.
    assert Counter((p.where, p.field) for p in problems) == {
        ("toilets", "concept"): 1,
        ("gardens", "unit"): 1,
        ("spent", "data.where"): 2,
        ("spent", "due"): 1,
        ("train", "feeds"): 1,
        ("trained", "data.agg"): 1,
    }
    with pytest.raises(PlanError) as caught:
        load_plan(tmp_path / "plan.yaml")
    assert list(caught.value.problems) == problems
    assert [p.line for p in problems] == sorted(p.line or 0 for p in problems)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "plan"),
        (b"- a\n- b\n", "plan"),
        (b"plan: [1, 2\n", "not YAML"),
        (b"plan: {id: x\nb: \t- c", "not YAML"),
        ("plan: 测试".encode("gbk"), "UTF-8"),
        (b"plan: !!python/object/apply:os.system ['true']", "not YAML"),
        (b"plan: !!int abc", "not YAML"),
        (b"plan: &a [x, x]\nindicators: [*a, *a]", "aliases"),
        (b"plan: 3\nindicators: 4\ntasks: {a: b}\nplaces: [1]\n", "must be a list"),
        (b"[" * 50_000, "not YAML"),
    ],
)
def test_files_that_are_no_plans(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "plan.yaml"
    file.write_bytes(content)
    problems = plan_problems(file)
    assert any(reason in problem.reason for problem in problems), problems
    with pytest.raises(PlanError):
        load_plan(file)


def test_shipped_files_are_kept_editable() -> None:
    """No field that only repeats what follows from others, no blank, and lines an editor shows whole."""
    for plan_id in plans():
        raw = yaml.safe_load((Path(__file__).parents[1] / f"data/plans/{plan_id}.yaml").read_text("utf-8"))
        for indicator in raw["indicators"]:
            assert not {"columns", "village_columns"} & set(indicator["data"])
            assert all(value not in (None, "", []) for value in indicator.values())


def test_units_are_a_closed_list() -> None:
    assert {"%", "百分点", "万元", "元/人·月", "次/年"} <= units()
    used = {i.unit for plan in map(load_plan, plans()) for i in (*plan.indicators, *plan.parameters)}
    assert used <= units()
