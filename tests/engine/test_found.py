"""What an independent reading of the rules found wrong once: each case stays."""

import datetime as dt
import json
import math

import pytest

from data.explain import explain
from data.measures import Engine, compute
from data.registry import Bands
from data.report import from_measures, from_tables
from data.sources import Tables
from data.statements import Statement
from data.wording import apart, telling
from tests.support.worked import (
    A1,
    A2,
    A3,
    B1,
    B2,
    B3,
    COUNTY,
    REGIONS,
    VILLAGES,
    A,
    B,
    evaluated,
    fact,
    households,
    indicator,
    plan,
    table,
)  # fmt: skip


def sentence(one, row, day: str) -> str:
    return explain(row, plan(one), dt.date.fromisoformat(day), "zh")


def test_a_direct_row_of_one_village_stands_in_for_that_village_only() -> None:
    # 18 of 30 households in A1..A3 by the query, 1 of 4 in B1 reported directly: 19 of 34.
    rows = [h for v in (A1, A2, A3) for h in households(v, "2023-06-30", 10, toilet_ok=6)]
    tables = table("households", *rows) | table(
        "facts", fact(B1, "2023-06-30", "toilet_rate", numerator=1, denominator=4)
    )
    found = evaluated(indicator(id="toilet_rate"), tables, "2023-06-30")
    assert (found[COUNTY]["numerator"], found[COUNTY]["denominator"]) == (19, 34)
    assert found[A]["value"] == 60
    assert found[B]["value"] == 25
    assert not found[A]["direct"]
    # And where both are given for one village, the direct figure counts, once.
    both = table("households", *rows) | table(
        "facts", fact(A1, "2023-06-30", "toilet_rate", numerator=10, denominator=10)
    )
    assert evaluated(indicator(id="toilet_rate"), both, "2023-06-30")[COUNTY]["numerator"] == 22


def test_a_villages_direct_row_gives_way_to_newer_rows_of_the_village() -> None:
    old = [h for v in (A1, A2) for h in households(v, "2023-06-30", 10, toilet_ok=6)]
    direct = table("facts", fact(A1, "2023-06-30", "toilet_rate", numerator=10, denominator=10))
    newer = households(A1, "2023-07-31", 10, toilet_ok=7)
    assert evaluated(indicator(id="toilet_rate"), table("households", *old) | direct, "2023-07-31")[A1]["value"] == 100
    found = evaluated(indicator(id="toilet_rate"), table("households", *old, *newer) | direct, "2023-07-31")
    assert found[A1]["value"] == 70
    assert found[COUNTY]["numerator"] == 13  # 7 and the 6 of A2


def test_a_village_that_misses_its_window_is_behind_on_the_last_day() -> None:
    one = indicator({"table": "staff", "rows": "all", "agg": "village_share",
                     "where": "role=='instructor' and as_of>=@m0 and as_of<=@m1"}, rule="window",
                    rollup="share_of_villages", level="village")  # fmt: skip
    staff = [{"staff_id": "1", "village_code": v, "month": "2023-06", "as_of": "2023-06-30", "role": role}
             for v, role in ((A1, "instructor"), (A2, "official"))]  # fmt: skip
    assert evaluated(one, table("staff", *staff), "2023-06-30")[A2]["status"] == "far_behind"
    early = [row | {"as_of": "2023-06-10"} for row in staff]
    assert evaluated(one, table("staff", *early), "2023-06-15")[A2]["status"] == "not_due"


def test_keeping_pace_is_not_done_before_all_is_due() -> None:
    def status(rule, day, rows, **more):
        one = indicator(
            {"table": "actions", "rows": "all", "agg": "periods", "where": "status=='done'"}, unit="次", value=2,
            rule=rule, rollup="share_of_villages", rollup_value=100, level="village", **more,
        )  # fmt: skip
        return evaluated(one, table("actions", *rows), day)[COUNTY]["status"]

    rounds = [{"date": "2023-06-30", "value": 1}, {"date": "2023-12-31", "value": 2}]
    rows = [{"action_id": f"{v}{p}", "geo_level": "village", "geo_code": v, "village_code": v, "kind": "screening",
             "status": "done", "period": p} for v in VILLAGES for p in ("2023-H1", "2023-H2")]  # fmt: skip
    first = [r for r in rows if r["period"] == "2023-H1"]
    assert status("periods", "2023-07-31", first, milestones=rounds) == "on_schedule"
    assert status("periods", "2023-12-31", rows, milestones=rounds) == "done"
    assert status("periods", "2023-12-31", first, milestones=rounds) == "far_behind"
    assert status("deadline", "2023-07-31", first) == "not_due"


def test_villages_do_not_fall_back_because_more_is_asked() -> None:
    one = indicator(
        {"table": "actions", "rows": "all", "agg": "periods", "where": "status=='done'"}, unit="次", value=2,
        rule="periods", rollup="share_of_villages", rollup_value=100, level="village",
        milestones=[{"date": "2023-06-30", "value": 1}, {"date": "2023-12-31", "value": 2}],
    )  # fmt: skip
    rows = [{"action_id": v, "geo_level": "village", "geo_code": v, "village_code": v, "kind": "screening",
             "status": "done", "period": "2023-H1", "done_on": "2023-05-20"} for v in VILLAGES[:-1]]  # fmt: skip
    tables = table("actions", *rows)
    # Nothing is due by the end of May, and that is said instead of 100 % of villages having done their duty.
    may = evaluated(one, tables, "2023-05-31")[COUNTY]
    assert may["status"] == "on_schedule"
    assert sentence(one, may, "2023-05-31") == "截至 5 月 31 日各村尚无应完成任务。"
    share = 100 * (len(VILLAGES) - 1) / len(VILLAGES)
    june = evaluated(one, tables, "2023-06-30")[COUNTY]
    assert june["value"] == pytest.approx(share)
    december = evaluated(one, tables, "2023-12-31")[COUNTY]
    assert december["value"] == 0
    for row in (june, december):  # one round each in every village but one, at both dates and before them
        assert "regressed" not in row["marks"]
        assert row["change"] == 0


def test_an_old_nil_return_is_carried_over_not_fresh() -> None:
    one = indicator(
        {"agg": "count", "where": "toilet_ok"}, unit="户", comparator="==", value=0, rollup="sum", rule="keep"
    )
    nil = (Statement("households", ("2023-01",), (A[:9],)),)
    january = evaluated(one, {}, "2023-01-31", nil=nil)[COUNTY]
    assert (january["value"], january["reported"]) == (0, 3)
    assert math.isnan(january["carried"])
    september = evaluated(one, {}, "2023-09-30", nil=nil)
    for place in (A, COUNTY):
        assert (september[place]["value"], september[place]["reported"], september[place]["carried"]) == (0, 0, 8)
    assert math.isnan(september[B]["value"])
    # Rows of a later month are newer than the nil return.
    tables = table("households", *households(A1, "2023-08-31", 2, toilet_ok=0))
    assert evaluated(one, tables, "2023-09-30", nil=nil)[A]["carried"] == 1


def test_ceilings_turn_the_sign_whatever_the_baseline() -> None:
    rows = table("households", *households(A1, "2023-06-30", 100, toilet_ok=8))
    with_start = evaluated(indicator(comparator="<=", value=3, start_value=10), rows, "2023-06-30")[COUNTY]
    without = evaluated(indicator(comparator="<=", value=3), rows, "2023-06-30")[COUNTY]
    assert with_start["gap"] == without["gap"] == pytest.approx(-6.5)
    # From 100 down to 20: by half-time 60 is due; 72 is 12 of 80 short.
    amount = indicator({"agg": "count", "where": "toilet_ok"}, unit="户", comparator="<=", value=20, start_value=100,
                       rollup="sum")  # fmt: skip
    row = evaluated(amount, table("households", *households(A1, "2023-06-30", 90, toilet_ok=72)), "2023-06-30")[COUNTY]
    assert row["gap"] == pytest.approx(-15)
    assert "月均降低" in sentence(amount, row, "2023-06-30")


def test_no_infinities_leave_the_engine() -> None:
    one = indicator(
        {"agg": "count", "where": "toilet_ok"}, unit="户", comparator="<=", value=0, rollup="sum", rule="keep"
    )
    whole = plan(one)
    records = from_tables(whole, Tables(table("households", *households(A1, "2023-06-30", 2, toilet_ok=1))),
                          dt.date(2023, 6, 30), Bands())  # fmt: skip
    json.dumps(records, allow_nan=False)


@pytest.mark.parametrize(
    ("yes", "part"),
    [(2999, "99.97%，欠 0.03 个百分点"), (3000, "达标")],
)
def test_two_different_numbers_read_differently(yes: int, part: str) -> None:
    one = indicator(rule="keep")
    row = evaluated(one, table("households", *households(A1, "2023-06-30", 3000, toilet_ok=yes)), "2023-06-30")[COUNTY]
    assert part in sentence(one, row, "2023-06-30")


def test_a_gap_just_past_an_edge_is_not_written_as_the_edge() -> None:
    assert telling(5.01) == 2
    assert telling(5.0) == 1
    assert telling(3.7) == 1
    assert telling(0.04) == 2
    assert apart(11999.99, 12000, "万元") > 2


def test_just_equal_is_not_more_and_about_names_its_tolerance() -> None:
    strict = indicator(
        {"table": "facts", "agg": "last", "where": "item=='lifted_income_growth_gap'", "value": "value"},
        unit="百分点", value=0, strict=True, rule="keep", level="county", rollup="county_only",
    )  # fmt: skip
    row = evaluated(strict, table("facts", fact(COUNTY, "2023-06-30", "lifted_income_growth_gap", 0.0)), "2023-06-30")[
        COUNTY
    ]
    assert "仅为 0" in sentence(strict, row, "2023-06-30")
    about = indicator(comparator="~", value=70, tolerance=2, rule="keep")
    row = evaluated(about, table("households", *households(A1, "2023-06-30", 100, toilet_ok=60)), "2023-06-30")[COUNTY]
    assert "约 70%（±2）" in sentence(about, row, "2023-06-30")


def test_forecasts_stop_at_zero() -> None:
    one = indicator({"agg": "count", "where": "toilet_ok"}, unit="户", value=100, rollup="sum")
    rows = [h for m, n in (("03-31", 40), ("04-30", 30), ("05-31", 20), ("06-30", 10))
            for h in households(A1, f"2023-{m}", 50, toilet_ok=n)]  # fmt: skip
    assert evaluated(one, table("households", *rows), "2023-06-30")[COUNTY]["forecast"] == 0


def test_a_long_table_without_rows_reports_no_series() -> None:
    query = {"table": "facts", "agg": "count", "where": "item=='model_village' and value>=1"}
    one = indicator(query, unit="个", value=3, rollup="sum", level="village")
    row = evaluated(one, table("facts", fact(A1, "2023-06-30", "homestays", 1)) | {}, "2023-06-30")[COUNTY]
    assert (row["status"], row["reported"]) == ("no_data", 0)


def test_a_coarse_row_counts_where_there_is_nothing_finer() -> None:
    one = indicator({"table": "facts", "agg": "sum", "where": "item=='workshops_count'", "value": "value"}, unit="家",
                    value=10, rollup="sum", level="village")  # fmt: skip
    rows = [fact(A, "2023-06-30", "workshops_count", 50), fact(B1, "2023-06-30", "workshops_count", 3)]
    found = evaluated(one, table("facts", *rows), "2023-06-30")
    assert (found[COUNTY]["value"], found[A]["value"], found[B]["value"]) == (3, 50, 3)


def test_the_finance_offices_own_row_is_the_figure_of_the_place() -> None:
    one = indicator({"table": "funds", "agg": "ratio", "where": "fund=='linkage'", "value": "spent/received"},
                    value=100, level="county")  # fmt: skip
    rows = [{"geo_code": place, "as_of": "2023-06-30", "tier": "central", "fund": "linkage", "received": r, "spent": s}
            for place, r, s in ((COUNTY, 1000, 500), (A, 50, 5))]  # fmt: skip
    found = evaluated(one, table("funds", *rows), "2023-06-30")
    assert (found[COUNTY]["value"], found[A]["value"]) == (50, 10)


def test_the_average_is_read_where_the_indicator_reads() -> None:
    one = indicator({"table": "funds", "agg": "ratio", "where": "fund=='linkage'", "value": "spent/received"}, value=75,
                    due="2023-09-30", rule="milestones", level="county",
                    milestones=[{"date": "2023-06-30", "value": 50}, {"date": "2023-09-30", "value": 75}],
                    any_of=[{"target": "schedule"},
                            {"target": "column", "table": "funds", "column": "national_avg"}])  # fmt: skip
    rows = [{"geo_code": COUNTY, "as_of": "2023-06-30", "tier": "central", "fund": fund, "received": 100, "spent": 40,
             "national_avg": average} for fund, average in (("linkage", None), ("land_revenue", 1))]  # fmt: skip
    assert evaluated(one, table("funds", *rows), "2023-06-30")[COUNTY]["gap"] == pytest.approx(-10)


def test_a_year_before_may_lie_before_the_plan() -> None:
    one = indicator(kind="directional", value=None, rollup_value=None)
    rows = [*households(A1, "2022-06-30", 4, toilet_ok=1), *households(A1, "2023-06-30", 4, toilet_ok=2)]
    row = evaluated(one, table("households", *rows), "2023-06-30")[COUNTY]
    assert row["year_ago"] == 25
    assert "较上年同期增加 25 个百分点" in sentence(one, row, "2023-06-30")
    january = evaluated(one, table("households", *rows[:4]), "2023-01-31")[COUNTY]
    assert math.isnan(january["previous"])


def test_before_the_plan_begins_nothing_is_due() -> None:
    rows = table("households", *households(A1, "2022-11-30", 4, toilet_ok=1))
    for one in (indicator(rule="keep"), indicator({"agg": "count", "where": "toilet_ok"}, unit="户", comparator="==",
                                                  value=0, rule="keep", rollup="sum")):  # fmt: skip
        assert evaluated(one, rows, "2022-12-20")[COUNTY]["status"] == "not_due"


def test_two_rows_of_one_key_do_not_depend_on_their_order() -> None:
    rows = [*households(A1, "2023-06-30", 3, toilet_ok=3), *households(A1, "2023-06-30", 3, toilet_ok=0)]
    one = evaluated(indicator(), table("households", *rows), "2023-06-30")[COUNTY]["value"]
    assert one == evaluated(indicator(), table("households", *rows[::-1]), "2023-06-30")[COUNTY]["value"]


def test_a_query_that_names_levels_reads_the_finest_of_those() -> None:
    one = indicator({"table": "facts", "agg": "count",
                     "where": "item=='project_library' and geo_level in ['county','township'] and value>=1"},
                    unit="个", value=1, rollup="county_only", level="county")  # fmt: skip
    rows = [fact(COUNTY, "2023-06-30", "project_library", 1), fact(A, "2023-06-30", "project_library", 1)]
    assert evaluated(one, table("facts", *rows), "2023-06-30")[COUNTY]["value"] == 1
    villages = [fact(B2, "2023-06-30", "project_library", 1), fact(B3, "2023-06-30", "project_library", 1)]
    assert math.isnan(evaluated(one, table("facts", *villages), "2023-06-30")[COUNTY]["value"])


def test_the_top_of_a_townships_plan_is_a_township() -> None:
    from data.places import plan_regions
    from data.plan import load_plan

    town = load_plan("fuhuan-2021")
    regions = plan_regions(town)
    day = dt.date(2022, 6, 30)
    measures = compute(Engine(town, Tables({}), regions), [day])
    by_level = {lv: from_measures(town, measures, regions, day, Bands(), level=lv) for lv in ("county", "township")}
    assert len(by_level["township"]) == len(town.indicators)
    assert by_level["township"] == by_level["county"]


def of_township(code: str) -> str:
    return code[:9]


def open_problems(**changes):
    query = {"table": "issues", "rows": "all", "agg": "count", "where": "isnull(closed_on) or closed_on>@asof"}
    return indicator(query, unit="个", comparator="==", value=0, rule="keep", rollup="sum", level="village", **changes)


ONE_PROBLEM = table("issues", {"issue_id": "1", "village_code": A1, "domain": "water", "found_on": "2023-02-10"})


def test_a_list_speaks_for_its_townships_only() -> None:
    said = (Statement("issues", ("2023-02",), (of_township(A),)),)
    found = evaluated(open_problems(), ONE_PROBLEM, "2023-02-28", nil=said)
    assert (found[A1]["value"], found[A1]["status"]) == (1, "far_behind")
    assert (found[A2]["value"], found[A2]["status"]) == (0, "done"), "the township's list does not name it"
    assert (found[B1]["status"], found[B]["status"]) == ("no_data", "no_data"), "nobody spoke for the other township"
    assert [found[c]["reported"] for c in (A1, A2, B1, A, B, COUNTY)] == [1, 1, 0, 3, 0, 3]
    assert found[COUNTY]["value"] == 1


def test_a_list_ages_and_is_silent_before_its_first_month() -> None:
    said = (Statement("issues", ("2023-02", "2023-03")),)
    january = evaluated(open_problems(), ONE_PROBLEM, "2023-01-31", nil=said)
    assert {row["status"] for row in january.values()} == {"no_data"}
    march = evaluated(open_problems(), ONE_PROBLEM, "2023-03-31", nil=said)
    assert all(row["reported"] == row["of"] for row in march.values())
    may = evaluated(open_problems(), ONE_PROBLEM, "2023-05-31", nil=said)
    assert {row["reported"] for row in may.values()} == {0}
    assert [may[c]["value"] for c in (A1, A2, B1, COUNTY)] == [1, 0, 0, 1], "older values still count"
    assert {row["carried"] for row in may.values()} == {2}
    assert all("carried" in row["marks"] for row in may.values())


def test_a_list_of_every_quarter_covers_the_whole_quarter() -> None:
    said = (Statement("issues", ("2023-04",)),)
    june, july = (
        evaluated(open_problems(frequency="quarterly"), ONE_PROBLEM, day, nil=said)[COUNTY]
        for day in ("2023-06-30", "2023-07-31")
    )
    assert (june["reported"], july["reported"]) == (june["of"], 0)


def test_a_list_without_statements_is_a_file_in_a_folder_and_speaks_for_every_place() -> None:
    found = evaluated(open_problems(), ONE_PROBLEM, "2023-11-30")
    assert all(row["reported"] == row["of"] and math.isnan(row["carried"]) for row in found.values())


def test_another_townships_statement_says_nothing_of_a_townships_plan() -> None:
    one = open_problems()
    town = plan(one).model_copy(update={"top_region": A, "level": "township"})
    inside = REGIONS.loc[(REGIONS["code"] == A) | (REGIONS["parent"] == A)]
    said = (Statement("issues", ("2023-02",), (of_township(B),)),)
    measures = compute(Engine(town, Tables({}, said), inside), [dt.date(2023, 2, 28)])
    assert measures["value"].isna().all()
