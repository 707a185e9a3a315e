"""Status, gap and roll-up against targets: every rule and comparator by hand."""

import datetime as dt
import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.explain import explain
from data.measures import Engine, compute
from data.progress import Cube, bad_since, evaluate, history, ranking
from data.registry import Bands
from data.report import dates_needed
from data.sources import Tables
from data.statements import Statement
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
)


def funds(day: str, received: float, spent: float, **more):
    return {
        "geo_code": COUNTY,
        "as_of": day,
        "tier": "central",
        "fund": "linkage",
        "received": received,
        "spent": spent,
    } | more


SPENDING = {"table": "funds", "agg": "ratio", "where": "fund=='linkage'", "value": "spent/received"}
MILESTONES = [
    {"date": "2023-04-30", "value": 30},
    {"date": "2023-06-30", "value": 50},
    {"date": "2023-09-30", "value": 75},
]


def spending(**more):
    return indicator(
        SPENDING, value=75, due="2023-09-30", rule="milestones", level="county", milestones=MILESTONES, **more
    )


def test_published_example_of_zhangye() -> None:
    # 50 422 received, 21 185.83 spent by the end of April: 42.02 %; linear 4/12 = 33.33 %: 8.68 or 8.69 points ahead.
    one = indicator(SPENDING, value=100, rule="linear", level="county")
    row = evaluated(one, table("funds", funds("2023-04-30", 50422, 21185.83)), "2023-04-30")[COUNTY]
    assert row["value"] == pytest.approx(42.02, abs=0.005)
    assert row["expected"] == pytest.approx(33.33, abs=0.005)
    assert row["gap"] == pytest.approx(8.685, abs=0.01)
    assert row["status"] == "on_schedule"


def test_milestone_of_june_missed() -> None:
    row = evaluated(spending(), table("funds", funds("2023-06-30", 1000, 463)), "2023-06-30")[COUNTY]
    assert row["gap"] == pytest.approx(-3.7)
    assert row["status"] == "slightly_behind"
    assert row["schedule_share"] == pytest.approx(50 / 75)
    assert row["completion"] == pytest.approx(100 * 46.3 / 75)


def test_after_the_due_date_what_is_not_met_is_overdue() -> None:
    late = evaluated(spending(), table("funds", funds("2023-10-31", 1000, 749)), "2023-10-31")[COUNTY]
    assert late["status"] == "overdue"
    met = evaluated(spending(), table("funds", funds("2023-10-31", 1000, 750)), "2023-10-31")[COUNTY]
    assert met["status"] == "done"
    on_the_day = evaluated(spending(), table("funds", funds("2023-09-30", 1000, 749)), "2023-09-30")[COUNTY]
    assert on_the_day["status"] == "slightly_behind"


@pytest.mark.parametrize(
    ("toilets", "status"),
    # Of 1000 households; on 30 June half of 100 % is due: 50 %.
    [
        (1000, "done"),
        (500, "on_schedule"),
        (499, "slightly_behind"),
        (450, "slightly_behind"),
        (449, "behind"),
        (400, "behind"),
        (399, "far_behind"),
    ],
)
def test_band_edges(toilets: int, status: str) -> None:
    tables = table("households", *households(A1, "2023-06-30", 1000, toilet_ok=toilets))
    assert evaluated(indicator(), tables, "2023-06-30")[COUNTY]["status"] == status


def test_amounts_are_measured_from_the_baseline() -> None:
    # From 826 to 1157 over the year; half is due on 30 June: 826 + 165.5 = 991.5; 958.4 is 33.1 short: -10 points.
    one = indicator(
        {"table": "facts", "agg": "sum", "where": "item=='market_entities_total'", "value": "value"},
        unit="家",
        value=1157,
        start_value=826,
        rollup="sum",
        level="village",
        accrual="cumulative",
    )
    row = evaluated(one, table("facts", fact(A1, "2023-06-30", "market_entities_total", 958.4)), "2023-06-30")[COUNTY]
    assert row["expected"] == pytest.approx(991.5)
    assert row["gap"] == pytest.approx(-10)
    assert row["status"] == "behind"
    assert row["completion"] == pytest.approx(100 * 132.4 / 331)
    assert row["start_value"] == 826


def test_a_count_never_becomes_a_villages_target() -> None:
    one = indicator(
        {"table": "facts", "agg": "sum", "where": "item=='homestays'", "value": "value"},
        unit="家",
        value=100,
        rollup="sum",
        level="village",
    )
    rows = evaluated(
        one,
        table("facts", fact(A1, "2023-12-31", "homestays", 40), fact(B1, "2023-12-31", "homestays", 60)),
        "2023-12-31",
    )
    assert rows[COUNTY]["status"] == "done"
    assert rows[A1]["status"] == "no_target"
    assert rows[A1]["value"] == 40
    assert math.isnan(rows[A1]["target"])


def test_own_figures_of_a_breakdown() -> None:
    one = indicator(
        {"table": "facts", "agg": "sum", "where": "item=='greenhouse_area'", "value": "value"},
        unit="亩",
        value=3000,
        rollup="sum",
        level="village",
        breakdown_basis="per_unit",
        breakdown=[
            {"level": "township", "name": "甲", "value": 2000, "unit": "亩"},
            {"level": "village", "name": "乙一村", "value": 1000, "unit": "亩"},
        ],
    )
    rows = evaluated(
        one,
        table(
            "facts", fact(A1, "2023-06-30", "greenhouse_area", 1000), fact(B1, "2023-06-30", "greenhouse_area", 1000)
        ),
        "2023-06-30",
    )
    assert (rows[A]["target"], rows[A]["status"]) == (2000, "on_schedule")
    assert (rows[B1]["target"], rows[B1]["status"]) == (1000, "done")
    assert rows[B]["status"] == "no_target"


def test_a_shared_total_is_not_scored_per_village() -> None:
    one = indicator(
        {"table": "facts", "agg": "sum", "where": "item=='radish_area'", "value": "value"},
        unit="亩",
        value=5000,
        rollup="sum",
        level="village",
        breakdown_basis="shared_total",
        breakdown=[{"level": "village", "name": "甲一", "value": None, "unit": "亩"}],
    )
    assert (
        evaluated(one, table("facts", fact(A1, "2023-06-30", "radish_area", 9)), "2023-06-30")[A1]["status"]
        == "no_target"
    )


def test_zero_targets() -> None:
    one = indicator(
        {"table": "issues", "rows": "all", "agg": "count", "where": "domain=='water'"},
        unit="个",
        comparator="==",
        value=0,
        rule="keep",
        rollup="sum",
        level="village",
    )
    issue = {"issue_id": "1", "village_code": A1, "domain": "water", "severity": "normal"}
    rows = evaluated(one, table("issues", issue), "2023-06-30")
    assert (rows[COUNTY]["status"], rows[A1]["status"], rows[A2]["status"]) == ("far_behind", "far_behind", "done")
    assert math.isnan(rows[COUNTY]["gap"])
    assert math.isnan(rows[COUNTY]["completion"])
    assert evaluated(one, {}, "2023-06-30")[COUNTY]["status"] == "no_data"
    assert evaluated(one, {}, "2023-06-30", nil=(Statement("issues"),))[COUNTY]["status"] == "done"


def test_about_a_value() -> None:
    data = {
        "table": "facts",
        "agg": "ratio",
        "where": "item=='inpatient_reimbursement'",
        "value": "numerator/denominator",
    }
    one = indicator(data, comparator="~", value=70, tolerance=2, rule="keep", level="county")

    def status(n):
        row = fact(COUNTY, "2023-06-30", "inpatient_reimbursement", numerator=n, denominator=100)
        return evaluated(one, table("facts", row), "2023-06-30")[COUNTY]["status"]

    assert (status(68), status(72), status(67.9), status(72.1)) == ("done", "done", "far_behind", "far_behind")


def test_strictly_more() -> None:
    data = {"table": "facts", "agg": "last", "where": "item=='lifted_income_growth_gap'", "value": "value"}
    one = indicator(data, unit="百分点", value=0, strict=True, rule="keep", level="county", rollup="county_only")

    def status(value):
        return evaluated(
            one, table("facts", fact(COUNTY, "2023-06-30", "lifted_income_growth_gap", value)), "2023-06-30"
        )[COUNTY]["status"]

    assert (status(0.1), status(0.0), status(-1)) == ("done", "far_behind", "far_behind")


def test_a_fixed_sum() -> None:
    one = indicator(
        {"table": "projects", "agg": "sum", "where": "kind=='water'", "value": "paid"},
        unit="万元",
        comparator="==",
        value=470,
        rule="deadline",
        rollup="sum",
        level="project",
    )

    def status(paid, day):
        row = {
            "project_id": "1",
            "village_code": A1,
            "as_of": "2023-06-30",
            "kind": "water",
            "status": "started",
            "paid": paid,
        }
        return evaluated(one, table("projects", row), day)[COUNTY]["status"]

    assert status(470, "2023-06-30") == "done"
    assert status(400, "2023-06-30") == "not_due"
    assert status(400, "2023-12-31") == "far_behind"
    assert status(400, "2024-01-31") == "overdue"
    assert status(480, "2024-01-31") == "overdue"


def test_deadline_waits_in_neutral() -> None:
    one = indicator(
        {"table": "facts", "agg": "count", "where": "item=='model_village' and value>=1"},
        unit="个",
        value=3,
        rule="deadline",
        rollup="sum",
        level="village",
    )
    tables = table("facts", fact(A1, "2023-06-30", "model_village", 1))
    assert evaluated(one, tables, "2023-06-30")[COUNTY]["status"] == "not_due"
    assert evaluated(one, tables, "2023-12-31")[COUNTY]["status"] == "far_behind"
    assert evaluated(one, tables, "2024-01-31")[COUNTY]["status"] == "overdue"


def test_villages_that_meet_what_is_due_by_now() -> None:
    one = indicator(
        {"table": "actions", "rows": "all", "agg": "periods", "where": "status=='done'"},
        unit="次",
        value=2,
        rule="periods",
        rollup="share_of_villages",
        rollup_value=100,
        level="village",
        milestones=[{"date": "2023-06-30", "value": 1}, {"date": "2023-12-31", "value": 2}],
    )
    rows = [
        {
            "action_id": f"{v}{p}",
            "geo_level": "village",
            "geo_code": v,
            "village_code": v,
            "kind": "screening",
            "status": "done",
            "period": p,
        }
        for v, p in ((A1, "2023-H1"), (A2, "2023-H1"), (B1, "2023-H1"))
    ]
    found = evaluated(one, table("actions", *rows), "2023-07-31")
    # One round was due by 30 June: three of six villages have it. The county asks for all of them.
    assert (found[COUNTY]["value"], found[COUNTY]["target"], found[COUNTY]["unit"]) == (50, 100, "%")
    assert (found[COUNTY]["gap"], found[COUNTY]["status"]) == (-50, "far_behind")
    assert (found[A1]["value"], found[A1]["expected"], found[A1]["status"]) == (1, 1, "on_schedule")
    assert found[A3]["gap"] == -50
    assert found[A]["value"] == pytest.approx(100 * 2 / 3)


def test_a_share_of_villages_has_a_yes_or_no_per_village() -> None:
    one = indicator(
        {
            "table": "facts",
            "agg": "village_share",
            "where": "item=='points_system' and value>=1",
            "base": "unit_type=='village'",
        },
        value=80,
        rule="linear",
        rollup="share_of_villages",
        level="village",
    )
    tables = table(
        "facts", *(fact(v, "2023-06-30", "points_system", n) for v, n in zip(VILLAGES, (1, 1, 0, 0, 0, 1), strict=True))
    )
    june = evaluated(one, tables, "2023-06-30")
    # Two of five villages = 40 %; half of 80 % is due.
    assert (june[COUNTY]["value"], june[COUNTY]["expected"], june[COUNTY]["status"]) == (40, 40, "on_schedule")
    assert (june[A1]["status"], june[A3]["status"], june[B3]["status"]) == ("done", "not_due", "no_target")
    assert math.isnan(june[A3]["gap"])
    assert evaluated(one, tables, "2024-01-31")[A3]["status"] == "overdue"


def test_either_target_will_do() -> None:
    one = spending(any_of=[{"target": "schedule"}, {"target": "column", "table": "funds", "column": "national_avg"}])

    def row(spent, average, day="2023-06-30"):
        return evaluated(one, table("funds", funds(day, 1000, spent, national_avg=average)), day)[COUNTY]

    # 46 % is 4 points behind the schedule of 50 % but 1 point above the national average of 45 %.
    better = row(460, 45)
    assert (better["gap"], better["expected"], better["status"]) == (pytest.approx(1), 45, "on_schedule")
    assert "alternative" in better["marks"]
    worse = row(460, 55)
    assert (worse["gap"], worse["status"]) == (pytest.approx(-4), "slightly_behind")
    assert "alternative" not in worse["marks"]
    assert row(460, None)["gap"] == pytest.approx(-4)
    assert row(700, 69, "2023-10-31")["status"] == "done"
    assert row(700, 71, "2023-10-31")["status"] == "overdue"


def test_not_scored() -> None:
    one = indicator(kind="directional", value=None, rollup_value=None, strength="reference")
    row = evaluated(one, table("households", *households(A1, "2023-06-30", 4, toilet_ok=1)), "2023-06-30")[COUNTY]
    assert (row["status"], row["value"]) == ("not_scored", 25)
    assert set(row["marks"]) == {"reference", "directional"}


def test_worse_than_at_the_previous_evaluation_date() -> None:
    rows = [*households(A1, "2023-04-30", 10, toilet_ok=6), *households(A1, "2023-05-31", 10, toilet_ok=5)]
    row = evaluated(indicator(), table("households", *rows), "2023-05-31")[COUNTY]
    assert "regressed" in row["marks"]
    assert (row["previous"], row["change"]) == (60, -10)


def test_forecast_and_catching_up() -> None:
    # 10, 20, 30, 40 % at the ends of March to June: 10 points a month, six months left: 100 %; needed 60 / 6 = 10.
    rows = [
        h
        for m, n in (("03-31", 1), ("04-30", 2), ("05-31", 3), ("06-30", 4))
        for h in households(A1, f"2023-{m}", 10, toilet_ok=n)
    ]
    row = evaluated(indicator(), table("households", *rows), "2023-06-30")[COUNTY]
    assert row["forecast"] == pytest.approx(100)
    assert row["needed_per_month"] == pytest.approx(10)


def test_old_figures_are_marked() -> None:
    row = evaluated(indicator(), table("households", *households(A1, "2023-03-31", 2, toilet_ok=1)), "2023-06-30")[
        COUNTY
    ]
    assert row["carried"] == 3
    assert "carried" in row["marks"]


def test_a_list_from_before_the_window_says_nothing_about_it() -> None:
    # Visits of the second half-year: the list of June cannot know them; a list of any day since July can.
    visits = {"table": "households", "agg": "share", "where": "visited_on>=@h0 and visited_on<=@h1"}
    one = indicator(visits, rule="window")
    june = households(A1, "2023-06-30", 4, visited_on="2023-06-01")
    assert evaluated(one, table("households", *june), "2023-06-30")[COUNTY]["value"] == 100
    november = evaluated(one, table("households", *june), "2023-11-30")
    for place in (A1, A, COUNTY):
        assert math.isnan(november[place]["value"])
        assert (november[place]["status"], november[place]["reported"]) == ("no_data", 0)
        assert math.isnan(november[place]["carried"])
    sentence = explain(november[COUNTY], plan(one), dt.date(2023, 11, 30))
    assert sentence == "截至 11 月 30 日本期未报，上次数据截至 6 月 30 日；要求 ≥100%。"
    # Another village reported in July: the county counts every household again, one village of them is in.
    july = households(A2, "2023-07-31", 4, visited_on="2023-07-02")
    later = evaluated(one, table("households", *june, *july), "2023-11-30")
    assert later[COUNTY]["value"] == 50
    assert math.isnan(later[A1]["value"])


FINE_ORDER = {s: n for n, s in enumerate(("far_behind", "behind", "slightly_behind", "on_schedule", "done"))}


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, 60),
    st.integers(0, 60),
    st.sampled_from(["2023-03-31", "2023-06-30", "2023-12-31"]),
    st.sampled_from(["keep", "linear"]),
)
def test_a_status_never_worsens_as_the_value_grows(one: int, other: int, day: str, rule: str) -> None:
    def status(n):
        rows = table("households", *households(A1, day, 60, toilet_ok=n))
        return FINE_ORDER[evaluated(indicator(rule=rule), rows, day)[COUNTY]["status"]]

    low, high = sorted((one, other))
    assert status(low) <= status(high)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(VILLAGES), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=12))
def test_parts_add_up(parts) -> None:
    rows = [
        household | {"hh_id": f"{k}-{household['hh_id']}"}
        for k, (village, n, yes) in enumerate(parts)
        for household in households(village, "2023-06-30", n + 1, toilet_ok=yes)
    ]
    found = evaluated(indicator(), table("households", *rows), "2023-06-30")

    def total(codes, part):
        return sum(found[c][part] for c in codes if found[c][part] == found[c][part])

    for part in ("numerator", "denominator"):
        assert found[COUNTY][part] == total(VILLAGES, part) == total((A, B), part)
        assert total((B1, B2, B3), part) == total((B,), part)


def test_ranking_by_level_and_by_increment_with_ties_and_gaps() -> None:
    rows = [
        h
        for v, before, now in ((A1, 1, 5), (A2, 4, 5), (B1, 9, 9))
        for day, n in (("2023-05-31", before), ("2023-06-30", now))
        for h in households(v, day, 10, toilet_ok=n)
    ]
    found = pd.DataFrame(evaluated(indicator(), table("households", *rows), "2023-06-30").values())
    one = indicator()
    level = ranking(found, one, "village")
    assert list(zip(level["region"], level["rank"], strict=True))[:3] == [(B1, 1), (A1, 2), (A2, 2)]
    assert level["rank"].isna().sum() == 3  # A3, B2, B3 have not reported: not ranked
    increment = ranking(found, one, "village", by="change")
    assert list(increment["region"])[:3] == [A1, A2, B1]  # +40, +10, 0 points


def test_since_when_it_is_bad() -> None:
    days = [dt.date(2023, m, 28) for m in (1, 2, 3, 4)]
    assert bad_since(dict(zip(days, ("behind", "done", "behind", "far_behind"), strict=True))) == days[2]
    assert bad_since(dict(zip(days, ("behind", "behind", "behind", "on_schedule"), strict=True))) is None


def test_a_month_that_goes_on_is_no_break() -> None:
    # Visits of the month: 1 of 4 in August, September and October; the plan names 15 October, which nobody reports for.
    visits = {"table": "households", "agg": "share", "where": "visited_on>=@m0 and visited_on<=@m1"}
    one = indicator(visits, rule="window")
    rows = [
        h | {"visited_on": f"2023-{month}-02" if k == 0 else None}
        for month, end in (("07", "31"), ("08", "31"), ("09", "30"), ("10", "31"))
        for k, h in enumerate(households(A1, f"2023-{month}-{end}", 1 if month == "07" else 4))
    ]
    ends = [dt.date(2023, 7, 31), dt.date(2023, 8, 31), dt.date(2023, 9, 30)]
    days = [*ends, dt.date(2023, 10, 15), dt.date(2023, 10, 31)]

    def told(*dates: dt.date, without: str = "") -> pd.DataFrame:
        kept = [r for r in rows if r["as_of"] != without]
        whole = plan(one)
        measures = compute(Engine(whole, Tables(table("households", *kept), ()), REGIONS), list(dates))
        return history(Cube(whole, measures, REGIONS), Bands(), A1, one.id)

    def statuses(rows: pd.DataFrame) -> dict[dt.date, str]:
        return dict(zip(rows["as_of"].dt.date, rows["status"], strict=True))

    past = told(*days)
    assert list(past["as_of"].dt.date) == [*ends, days[-1]]
    assert list(past["value"]) == [100, 25, 25, 25]
    assert bad_since(statuses(past)) == ends[1]
    # A month that ended without a report is a break, however the months around it were.
    silent = statuses(told(*days, without="2023-09-30"))
    assert silent[ends[2]] == "no_data"
    assert bad_since(silent) == days[-1]
    # Who has a figure in mid-month has it in the history.
    early = households(A1, "2023-10-15", 4, visited_on="2023-10-02")
    rows += early
    assert list(told(*days)["as_of"].dt.date) == days


def test_before_a_month_that_goes_on_was_the_month_before() -> None:
    # 3 of 4 visited in September, 1 of 4 in October: worse by 50 points, though the plan names a day in between.
    visits = {"table": "households", "agg": "share", "where": "visited_on>=@m0 and visited_on<=@m1"}
    one = indicator(visits, rule="window")
    named = indicator(id="named", due="2023-10-15")
    rows = [
        h | {"visited_on": f"2023-{end[:2]}-02" if k < n else None}
        for end, n in (("09-30", 3), ("10-31", 1))
        for k, h in enumerate(households(A1, f"2023-{end}", 4))
    ]
    whole, day = plan(one, named), dt.date(2023, 10, 31)
    needed = dates_needed(whole, day)
    assert dt.date(2023, 10, 15) in needed
    cube = Cube(whole, compute(Engine(whole, Tables(table("households", *rows), ()), REGIONS), needed), REGIONS)
    found = evaluate(cube, day, Bands(), indicators=["x"]).set_index("region").loc[A1]
    assert (found["previous"], found["value"], found["change"]) == (75, 25, -50)
    assert "regressed" in found["marks"]
    # In a half-year that goes on it is the half-year before that is looked back to, also from a folder of tables.
    half = indicator(visits | {"where": "visited_on>=@h0 and visited_on<=@h1"}, rule="window")
    assert dt.date(2023, 6, 30) in dates_needed(plan(half), dt.date(2023, 12, 31))
