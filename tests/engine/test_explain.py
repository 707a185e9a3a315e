"""Every status has its sentence, in both languages, and the sentence's numbers are the engine's."""

import datetime as dt

import pytest

from data.explain import explain
from data.progress import STATUSES
from tests.support.worked import A1, B1, COUNTY, evaluated, fact, households, indicator, plan, table

SPENDING = {"table": "funds", "agg": "ratio", "where": "fund=='linkage'", "value": "spent/received"}
MILESTONES = [{"date": "2023-06-30", "value": 50}, {"date": "2023-09-30", "value": 75}]


def told(one, tables, day, region=COUNTY, lang="zh"):
    row = evaluated(one, tables, day)[region]
    return row["status"], explain(row, plan(one), dt.date.fromisoformat(day), lang)


def toilets(n, day="2023-06-30"):
    return table("households", *households(A1, day, 1000, toilet_ok=n))


def test_the_sentence_of_the_design() -> None:
    one = indicator(SPENDING, value=75, due="2023-09-30", rule="milestones", level="county", milestones=MILESTONES)
    rows = [
        {"geo_code": COUNTY, "as_of": day, "tier": "central", "fund": "linkage", "received": 1000, "spent": spent}
        for day, spent in (("2023-03-31", 223), ("2023-04-30", 300), ("2023-05-31", 380), ("2023-06-30", 463))
    ]
    # 46.3 % against 50 %; 8 points a month for three months more: 70.3 %; (75 - 46.3) / 3 = 9.6 a month needed.
    status, text = told(one, table("funds", *rows), "2023-06-30")
    assert status == "slightly_behind"
    assert text == (
        "截至 6 月 30 日应达 50%，实际 46.3%，欠 3.7 个百分点；按近 3 个月速度预计 9 月 30 日达 70.3%；"
        "到 9 月 30 日需月均提高 9.6 个百分点。"
    )


CASES = {
    "done": (indicator(), toilets(1000), "2023-06-30", COUNTY, "已达目标 ≥100%"),
    "on_schedule": (indicator(), toilets(600), "2023-06-30", COUNTY, "应达 50%，实际 60%，超 10 个百分点"),
    "slightly_behind": (indicator(), toilets(470), "2023-06-30", COUNTY, "欠 3 个百分点"),
    "behind": (indicator(), toilets(420), "2023-06-30", COUNTY, "欠 8 个百分点"),
    "far_behind": (indicator(), toilets(100), "2023-06-30", COUNTY, "欠 40 个百分点"),
    "overdue": (indicator(due="2023-03-31"), toilets(900), "2023-06-30", COUNTY, "相差 10 个百分点，已逾期 91 天"),
    "not_due": (indicator(rule="deadline"), toilets(900), "2023-06-30", COUNTY, "12 月 31 日前应达 ≥100%"),
    "no_data": (indicator(), {}, "2023-06-30", COUNTY, "截至 6 月 30 日未报"),
    "not_scored": (
        indicator(kind="directional", value=None, rollup_value=None), toilets(250), "2023-06-30", COUNTY, "25%"
    ),
    "no_target": (
        indicator({"table": "facts", "agg": "sum", "where": "item=='homestays'", "value": "value"}, unit="家", value=9,
                  rollup="sum", level="village"),
        table("facts", fact(B1, "2023-06-30", "homestays", 4)), "2023-06-30", B1, "4 家",
    ),
}  # fmt: skip


def test_there_is_a_case_for_each_status() -> None:
    assert set(CASES) == set(STATUSES)


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_has_its_sentence(status: str) -> None:
    one, tables, day, region, part = CASES[status]
    found, text = told(one, tables, day, region)
    assert found == status
    assert part in text
    assert text.endswith("。")
    _, english = told(one, tables, day, region, "en")
    assert english.endswith(".")
    assert not any("\u4e00" <= c <= "\u9fff" for c in english)


def test_a_zero_target_names_its_own_unit() -> None:
    one = indicator({"table": "issues", "rows": "all", "agg": "count", "where": "domain=='water'"}, unit="个",
                    comparator="==", value=0, rule="keep", rollup="sum", level="village")  # fmt: skip
    issues = [{"issue_id": str(k), "village_code": A1, "domain": "water", "severity": "normal"} for k in range(2)]
    assert "要求 0 个，6 月 30 日为 2 个，超出 2 个" in told(one, table("issues", *issues), "2023-06-30")[1]


def test_what_must_always_be_zero_is_told_as_people_say_it() -> None:
    one = indicator({"table": "issues", "rows": "all", "agg": "count", "where": "domain=='water'"}, unit="起",
                    comparator="==", value=0, rule="keep", rollup="sum", level="village")  # fmt: skip
    issues = [{"issue_id": "1", "village_code": A1, "domain": "roads", "severity": "normal"}]
    assert "应始终为 0 起，6 月 30 日为 0 起，达标" in told(one, table("issues", *issues), "2023-06-30")[1]


def test_another_year_than_the_date_s_is_named() -> None:
    row = evaluated(indicator(due="2023-03-31"), toilets(900), "2023-06-30")[COUNTY]
    later = explain(row, plan(indicator(due="2023-03-31")), dt.date(2024, 1, 31))
    assert "2023 年 3 月 31 日应达" in later
    assert "截至 2024 年 1 月 31 日" in later


def test_a_step_back_is_told_once_and_only_if_it_can_be_read() -> None:
    one = indicator()
    row = evaluated(one, toilets(600), "2023-06-30")[COUNTY]
    back = row | {"marks": ("regressed",), "previous": row["value"] + 2.1}
    day = dt.date(2023, 6, 30)
    assert "倒退 2.1 个百分点" in explain(back, plan(one), day)
    assert "倒退" not in explain(back | {"previous": row["value"] + 0.001}, plan(one), day)
    free = indicator(kind="directional", value=None, rollup_value=None)
    row = evaluated(free, toilets(250), "2023-06-30")[COUNTY]
    text = explain(row | {"marks": ("regressed", "directional"), "previous": 27.1}, plan(free), day)
    assert text.count("2.1 个百分点") == 1


def test_things_are_forecast_in_whole_numbers() -> None:
    one = indicator(unit="类")
    row = evaluated(one, toilets(600), "2023-06-30")[COUNTY] | {"forecast": 5.7, "unit": "类"}
    assert "达 5 类" in explain(row, plan(one), dt.date(2023, 6, 30))
