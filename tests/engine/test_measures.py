"""Values of indicators from rows: every aggregation by hand. Villages A1..A3 in 甲镇 (A), B1..B3 in 乙镇 (B)."""

import datetime as dt

import pytest

from data.measures import Engine, compute
from data.sources import Tables
from data.statements import Statement
from tests.support.worked import A1, A2, A3, B1, B2, B3, COUNTY, REGIONS, A, B, fact, households, indicator, plan, table

WHOLE = {"table": "funds", "agg": "sum", "where": "fund=='linkage'", "value": "received"}


def measured(one, tables, day, nil=()):
    rows = compute(Engine(plan(one), Tables(tables, nil), REGIONS), [dt.date.fromisoformat(day)])
    return {r["region"]: r for r in rows.to_dict("records")}


def values(one, tables, day, nil=()):
    rows = measured(one, tables, day, nil)
    return {k: r["value"] for k, r in rows.items() if r["value"] == r["value"]}


def test_share_adds_numerators_and_denominators() -> None:
    # A1: 1 of 2 = 50 %; A2: 3 of 4 = 75 %; together 4 of 6 = 66.7 %, not the mean 62.5 %.
    tables = table(
        "households", *households(A1, "2023-06-30", 2, toilet_ok=1), *households(A2, "2023-06-30", 4, toilet_ok=3)
    )
    found = values(indicator(), tables, "2023-06-30")
    assert found == {A1: 50, A2: 75, A: pytest.approx(100 * 4 / 6), COUNTY: pytest.approx(100 * 4 / 6)}


def test_share_of_a_base_and_blank_inputs() -> None:
    # Of four households two are lifted; one of them has its toilet. A blank income meets no condition.
    rows = households(A1, "2023-06-30", 4, is_lifted=2, toilet_ok=1)
    one = indicator({"base": "is_lifted"})
    assert values(one, table("households", *rows), "2023-06-30")[A1] == 50
    rows[0]["income_pc"], rows[1]["income_pc"] = 9000, None
    poor = indicator({"where": "income_pc<10000", "base": "is_lifted"})
    assert values(poor, table("households", *rows), "2023-06-30")[A1] == 50


def test_latest_takes_the_newest_row_of_each_thing_up_to_the_date() -> None:
    rows = [*households(A1, "2023-03-31", 2, toilet_ok=0), *households(A1, "2023-06-30", 1, toilet_ok=1)]
    tables = table("households", *rows)
    assert values(indicator(), tables, "2023-05-31")[COUNTY] == 0
    # In June one household was seen again; the other keeps its state of March.
    assert values(indicator(), tables, "2023-06-30")[COUNTY] == 50
    assert values(indicator(), tables, "2023-03-30") == {}


def test_window_adds_amounts_from_the_plans_start_to_the_date() -> None:
    one = indicator(
        {"table": "facts", "rows": "window", "agg": "sum", "where": "item=='greenhouse_area'", "value": "value"},
        unit="亩",
        value=100,
        rollup="sum",
        accrual="cumulative",
    )
    rows = [
        fact(A1, "2022-12-31", "greenhouse_area", 1000),
        fact(A1, "2023-01-31", "greenhouse_area", 10),
        fact(A1, "2023-02-28", "greenhouse_area", 5),
        fact(B1, "2023-02-28", "greenhouse_area", 7),
        fact(B1, "2023-03-31", "greenhouse_area", 2),
    ]
    assert values(one, table("facts", *rows), "2023-02-28") == {A1: 15, A: 15, B1: 7, B: 7, COUNTY: 22}


def test_only_the_finest_level_is_added_up() -> None:
    one = indicator(
        {"table": "facts", "agg": "sum", "where": "item=='workshops_count'", "value": "value"},
        unit="家",
        value=10,
        rollup="sum",
    )
    rows = [
        fact(COUNTY, "2023-06-30", "workshops_count", 99),
        fact(A1, "2023-06-30", "workshops_count", 2),
        fact(B1, "2023-06-30", "workshops_count", 3),
    ]
    assert values(one, table("facts", *rows), "2023-06-30")[COUNTY] == 5
    assert values(one, table("facts", rows[0]), "2023-06-30") == {COUNTY: 99}


@pytest.mark.parametrize(
    ("rows", "whole", "central"),
    [
        # By tier in one month, one total in the next; and the other way round.
        ([("03", "central", 100), ("03", "county", 50), ("04", "all", 160)], 160, 100),
        ([("03", "all", 150), ("04", "central", 100), ("04", "county", 60)], 160, 100),
        # Both at once: the total is complete, its tiers may not be.
        ([("04", "all", 150), ("04", "central", 100)], 150, 100),
        ([("04", "central", 100), ("04", "county", 60)], 160, 100),
        ([("04", "all", 150)], 150, None),
    ],
)
def test_money_given_by_tier_and_as_a_total_counts_once(rows, whole, central) -> None:
    given = [
        {"geo_code": A, "as_of": f"2023-{month}-28", "tier": tier, "fund": "linkage", "received": money}
        for month, tier, money in rows
    ]
    other = {"geo_code": B, "as_of": "2023-03-28", "tier": "county", "fund": "linkage", "received": 7}
    tables = table("funds", *given, other)

    def received(where):
        one = indicator(WHOLE | {"where": where}, unit="万元", value=1, rollup="sum", level="county")
        return values(one, tables, "2023-04-30")

    added = received("fund=='linkage'")
    assert (added[A], added[COUNTY]) == (whole, whole + 7)
    assert (received("fund=='linkage' and tier=='central'").get(A) or None) == central


def test_ratio_of_funds() -> None:
    one = indicator(
        {"table": "funds", "agg": "ratio", "where": "fund=='linkage'", "value": "spent/received"},
        level="county",
    )
    rows = [
        {"geo_code": A, "as_of": "2023-04-30", "tier": "central", "fund": "linkage", "received": 300, "spent": 90},
        {"geo_code": B, "as_of": "2023-04-30", "tier": "central", "fund": "linkage", "received": 100, "spent": 70},
        {"geo_code": B, "as_of": "2023-04-30", "tier": "county", "fund": "linkage", "received": 50, "spent": None},
        {"geo_code": B, "as_of": "2023-04-30", "tier": "county", "fund": "other", "received": 50, "spent": 1},
    ]
    # A row whose spending is blank is in neither sum: (90 + 70) / (300 + 100).
    assert values(one, table("funds", *rows), "2023-04-30") == {A: 30, B: 70, COUNTY: 40}


def test_multiples_are_not_percent() -> None:
    one = indicator(
        {
            "table": "facts",
            "agg": "ratio",
            "where": "item=='destitute_support_ratio'",
            "value": "numerator/denominator",
        },
        unit="倍",
        value=1.3,
        level="county",
        rollup="county_only",
    )
    row = fact(COUNTY, "2023-06-30", "destitute_support_ratio", numerator=780, denominator=600)
    assert values(one, table("facts", row), "2023-06-30") == {COUNTY: pytest.approx(1.3)}


def test_weighted_mean_and_mean() -> None:
    rows = [
        *households(A1, "2023-06-30", 1, is_lifted=1, members_n=2.0, income_pc=10000.0),
        *households(A2, "2023-06-30", 1, is_lifted=1, members_n=6.0, income_pc=14000.0),
        *households(A3, "2023-06-30", 1, is_lifted=1, members_n=None, income_pc=90000.0),
    ]
    one = indicator({"agg": "wmean", "where": "is_lifted", "value": "income_pc*members_n"}, unit="元")
    # (2 x 10000 + 6 x 14000) / 8; the household without a size counts on neither side.
    assert values(one, table("households", *rows), "2023-06-30")[COUNTY] == 13000
    persons = [
        {
            "person_id": str(k),
            "village_code": A1,
            "hh_id": "1",
            "as_of": "2023-06-30",
            "employed": True,
            "wage_month": w,
        }
        for k, w in enumerate((3000, 5000, None))
    ]
    mean = indicator({"table": "persons", "agg": "mean", "where": "employed", "value": "wage_month"}, unit="元/月")
    assert values(mean, table("persons", *persons), "2023-06-30")[A1] == 4000


def test_periods_and_distinct_things() -> None:
    def action(k, period, **more):
        return {
            "action_id": str(k),
            "geo_level": "village",
            "geo_code": A1,
            "village_code": A1,
            "kind": "check",
            "status": "done",
            "period": period,
            "task_id": "t",
        } | more

    rows = [
        action(1, "2023-01"),
        action(2, "2023-01"),
        action(3, "2023-02"),
        action(4, None),
        action(5, "2023-03", village_code=B1, geo_code=B1),
        action(6, "2023-02", village_code=B1, geo_code=B1),
    ]
    periods = indicator(
        {"table": "actions", "rows": "all", "agg": "periods", "where": "status=='done'"},
        unit="次",
        value=12,
        rollup="county_only",
        level="county",
    )
    assert values(periods, table("actions", *rows), "2023-06-30") == {COUNTY: 3}
    by_village = indicator(
        {"table": "actions", "rows": "all", "agg": "periods", "where": "status=='done'"},
        unit="次",
        value=12,
        rollup="share_of_villages",
        rollup_value=100,
        level="village",
    )
    found = values(by_village, table("actions", *rows), "2023-06-30")
    assert (found[A1], found[B1], found[A2]) == (2, 2, 0)  # an uploaded list says zero for whom it doesn't name
    towns = indicator(
        {"table": "actions", "rows": "all", "agg": "distinct_geo", "where": "status=='done'"},
        unit="个",
        value=2,
        rollup="sum",
        level="township",
    )
    assert values(towns, table("actions", *rows), "2023-06-30")[COUNTY] == 2


def test_share_of_villages_divides_by_every_village_of_the_base() -> None:
    one = indicator(
        {
            "table": "facts",
            "agg": "village_share",
            "where": "item=='points_system' and value>=1",
            "base": "unit_type=='village'",
        },
        value=80,
        rollup="share_of_villages",
        level="village",
    )
    rows = [
        fact(A1, "2023-06-30", "points_system", 1),
        fact(A2, "2023-06-30", "points_system", 0),
        fact(B3, "2023-06-30", "points_system", 1),
    ]
    # B3 is a community, so it is not in the base; five villages are, one of them has the system.
    found = measured(one, table("facts", *rows), "2023-06-30")
    assert found[COUNTY]["value"] == pytest.approx(100 / 5)
    assert (found[COUNTY]["numerator"], found[COUNTY]["denominator"]) == (1, 5)
    assert (found[COUNTY]["reported"], found[COUNTY]["of"]) == (2, 5)
    assert found[A]["value"] == pytest.approx(100 / 3)
    assert (found[A1]["value"], found[A2]["value"]) == (100, 0)
    assert found[A3]["value"] != found[A3]["value"]  # not reported


def test_sum_per_village_against_a_threshold() -> None:
    one = indicator(
        {
            "table": "staff",
            "rows": "window",
            "agg": "village_sum_share",
            "where": "role=='expert'",
            "value": "visits_n>=6",
        },
        rollup="share_of_villages",
        level="village",
    )
    rows = [
        {
            "staff_id": "e1",
            "village_code": v,
            "month": f"2023-0{m}",
            "as_of": f"2023-0{m}-28",
            "role": "expert",
            "visits_n": n,
        }
        for v, m, n in ((A1, 1, 4), (A1, 2, 2), (A2, 1, 5))
    ]
    assert values(one, table("staff", *rows), "2023-02-28")[COUNTY] == pytest.approx(100 / 6)


def test_last_figure() -> None:
    one = indicator(
        {"table": "facts", "agg": "last", "where": "item=='lifted_income_growth_gap'", "value": "value"},
        unit="百分点",
        value=0,
        strict=True,
        level="county",
        rollup="county_only",
    )
    rows = [
        fact(COUNTY, "2023-03-31", "lifted_income_growth_gap", -0.4),
        fact(COUNTY, "2023-06-30", "lifted_income_growth_gap", 0.7),
    ]
    assert values(one, table("facts", *rows), "2023-05-31") == {COUNTY: -0.4}
    assert values(one, table("facts", *rows), "2023-06-30") == {COUNTY: 0.7}


ZERO = {"table": "issues", "rows": "all", "agg": "count", "where": "severity=='mass_relapse'"}


def zero():
    return indicator(ZERO, unit="起", comparator="==", value=0, rule="keep", rollup="sum", level="county")


def test_nothing_uploaded_is_not_zero() -> None:
    assert values(zero(), {}, "2023-06-30") == {}
    assert values(zero(), {}, "2023-06-30", (Statement("issues"),))[COUNTY] == 0
    other = {"issue_id": "1", "village_code": A1, "domain": "water", "severity": "normal"}
    assert values(zero(), table("issues", other), "2023-06-30")[COUNTY] == 0


def test_an_absent_series_is_no_data_even_if_the_long_table_has_rows() -> None:
    one = indicator(
        {"table": "facts", "agg": "count", "where": "item=='ganwei_brand' and value>=1"},
        unit="个",
        value=3,
        rollup="sum",
        level="county",
    )
    assert values(one, table("facts", fact(A1, "2023-06-30", "homestays", 4)), "2023-06-30") == {}
    assert values(one, table("facts", fact(COUNTY, "2023-06-30", "ganwei_brand", 0)), "2023-06-30") == {COUNTY: 0}


def test_a_direct_row_counts_at_its_level_and_rolls_up() -> None:
    one = indicator(
        {"table": "persons", "agg": "count", "where": "transferred"},
        id="transfer_total",
        unit="人",
        value=87500,
        rule="keep",
        rollup="sum",
        level="person",
    )
    found = measured(
        one,
        table("facts", fact(A, "2023-06-30", "transfer_total", 40000), fact(B, "2023-06-30", "transfer_total", 41000)),
        "2023-06-30",
    )
    assert found[COUNTY]["value"] == 81000
    assert found[COUNTY]["direct"]
    own = measured(
        one,
        table(
            "facts", fact(A, "2023-06-30", "transfer_total", 40000), fact(COUNTY, "2023-06-30", "transfer_total", 88000)
        ),
        "2023-06-30",
    )
    assert own[COUNTY]["value"] == 88000
    rate = indicator(id="toilet_rate")
    rows = [
        fact(A1, "2023-06-30", "toilet_rate", numerator=1, denominator=2),
        fact(B1, "2023-06-30", "toilet_rate", numerator=3, denominator=6),
    ]
    assert values(rate, table("facts", *rows), "2023-06-30")[COUNTY] == 50


def test_who_has_reported() -> None:
    tables = table("households", *households(A1, "2023-03-31", 2), *households(A2, "2023-06-30", 2))
    june = measured(indicator(), tables, "2023-06-30")
    assert (june[COUNTY]["reported"], june[COUNTY]["of"]) == (1, 6)
    assert (june[A1]["reported"], june[A2]["reported"]) == (0, 1)
    half = measured(indicator(frequency="half-yearly"), tables, "2023-06-30")
    assert half[COUNTY]["reported"] == 2


def test_places_outside_the_plan_do_not_count() -> None:
    rows = [*households(A1, "2023-06-30", 1, toilet_ok=1), *households("110101001001", "2023-06-30", 9)]
    assert values(indicator(), table("households", *rows), "2023-06-30")[COUNTY] == 100


def test_short_codes_name_the_same_place() -> None:
    one = indicator(
        {"table": "facts", "agg": "sum", "where": "item=='rural_income'", "value": "value"},
        unit="元",
        level="county",
        rollup="county_only",
        value=1,
    )
    row = fact("890001", "2023-06-30", "rural_income", 17000) | {"geo_level": "county"}
    assert values(one, table("facts", row), "2023-06-30") == {COUNTY: 17000}


def test_order_of_rows_does_not_matter() -> None:
    rows = [
        *households(A1, "2023-03-31", 5, toilet_ok=1),
        *households(A1, "2023-06-30", 3, toilet_ok=3),
        *households(B2, "2023-06-30", 4, toilet_ok=2),
    ]
    one = indicator()
    straight = compute(Engine(plan(one), Tables(table("households", *rows)), REGIONS), [dt.date(2023, 6, 30)])
    turned = compute(Engine(plan(one), Tables(table("households", *rows[::-1])), REGIONS), [dt.date(2023, 6, 30)])
    assert straight.equals(turned)


def test_growth_of_a_sum_compares_with_the_same_day_a_year_before() -> None:
    one = indicator(
        {"table": "facts", "agg": "sum", "where": "item=='collective_income'", "value": "value"},
        kind="directional",
        value=None,
        rollup_value=None,
        level="village",
    )
    rows = [
        fact(A1, "2022-06-30", "collective_income", 10),
        fact(B1, "2022-06-30", "collective_income", 30),
        fact(A1, "2023-06-30", "collective_income", 14),
        fact(B1, "2023-06-30", "collective_income", 36),
    ]
    # 40 last year, 50 this year: 25 %.
    assert values(one, table("facts", *rows), "2023-06-30") == {A1: 40, A: 40, B1: 20, B: 20, COUNTY: 25}
