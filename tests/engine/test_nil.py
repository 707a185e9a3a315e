"""What a nil return (零报告) makes of figures: of villages A1..A3 in 甲镇 (A), B1..B3 in 乙镇 (B); a plan of 2023."""

import math

import pytest

from data.statements import Statement
from data.tables import NONE
from tests.support.worked import A1, A2, B1, COUNTY, A, B, evaluated, fact, households, indicator, table

NOBODY_IN_MAY = (Statement("households", ("2023-05",), (A[:9],)),)
APRIL = [*households(A1, "2023-04-30", 3, toilet_ok=2), *households(B1, "2023-04-30", 4, toilet_ok=1)]


def count(**changes):
    return indicator({"agg": "count", "where": "toilet_ok"}, unit="户", value=10, rollup="sum", **changes)


def test_counts_become_zero_where_nothing_is_reported_and_stay_marked_elsewhere() -> None:
    tables = table("households", *APRIL)
    april = evaluated(count(), tables, "2023-04-30", nil=NOBODY_IN_MAY)
    assert [april[c]["value"] for c in (A1, A, B, COUNTY)] == [2, 2, 1, 3], "the month before is as it was"
    may = evaluated(count(), tables, "2023-05-31", nil=NOBODY_IN_MAY)
    assert [may[c]["value"] for c in (A1, A, B1, B, COUNTY)] == [0, 0, 1, 1, 1]
    assert [may[c]["reported"] for c in (A, B)] == [3, 0]
    assert math.isnan(may[A]["carried"])
    assert may[B]["carried"] == 1, "who said nothing keeps the figure, marked"
    june = evaluated(count(), tables, "2023-06-30", nil=NOBODY_IN_MAY)
    assert [(june[c]["value"], june[c]["carried"]) for c in (A, B)] == [(0, 1), (1, 2)], "a zero is carried over too"


def test_sums_become_zero_and_rates_none() -> None:
    rows = [row | {"is_lifted": True, "income_pc": 9000.0, "members_n": 2, "house_subsidy": 5.0} for row in APRIL]
    tables = table("households", *rows)
    paid = indicator({"agg": "sum", "where": "toilet_ok", "value": "house_subsidy"}, unit="元", value=99, rollup="sum")
    found = evaluated(paid, tables, "2023-05-31", nil=NOBODY_IN_MAY)
    assert [found[c]["value"] for c in (A1, A, B, COUNTY)] == [0, 0, 5, 5]
    income = {"agg": "wmean", "where": "is_lifted", "value": "income_pc*members_n"}
    for rate in (indicator(), indicator(income, unit="元", value=1)):
        may = evaluated(rate, tables, "2023-05-31", nil=NOBODY_IN_MAY)
        assert all(math.isnan(may[c]["value"]) for c in (A1, A))
        # The county's rate rests on the other township alone: 1 of 4, or its income.
        assert may[COUNTY]["value"] == may[B]["value"] == (25 if rate.unit == "%" else 9000)


def test_later_rows_count_without_those_from_before_the_nil_return() -> None:
    tables = table("households", *APRIL, *households(A2, "2023-06-30", 1, toilet_ok=1))
    june = evaluated(count(), tables, "2023-06-30", nil=NOBODY_IN_MAY)
    assert [june[c]["value"] for c in (A1, A2, A)] == [0, 1, 1]


@pytest.mark.parametrize("places", [(NONE,), (COUNTY[:9], A[:9], B[:9])])
def test_the_whole_county_may_have_nothing(places) -> None:
    said = (Statement("households", ("2023-05",), places),)
    tables = table("households", *APRIL)
    may = evaluated(count(), tables, "2023-05-31", nil=said)
    assert {row["value"] for row in may.values()} == {0}
    assert evaluated(indicator(), tables, "2023-05-31", nil=said)[COUNTY]["reported"] == 6


def test_stock_figures_of_long_tables_are_carried_over_and_marked() -> None:
    stock = indicator(
        {"table": "facts", "agg": "sum", "where": "item=='greenhouse_area'", "value": "value"},
        unit="亩", value=100, rollup="sum",
    )  # fmt: skip
    tables = table("facts", fact(A1, "2023-04-30", "greenhouse_area", 7), fact(B1, "2023-05-31", "greenhouse_area", 2))
    nothing = (Statement("facts", ("2023-05",), (A[:9],)),)
    may = evaluated(stock, tables, "2023-05-31", nil=nothing)
    assert [(may[c]["value"], may[c]["reported"]) for c in (A, B, COUNTY)] == [(7, 0), (2, 1), (9, 1)]
    assert (may[A1]["carried"], may[A]["carried"]) == (1, 1)
    assert "carried" in may[A]["marks"]


def test_flows_of_long_tables_have_nothing_to_add() -> None:
    flow = indicator(
        {"table": "facts", "rows": "window", "agg": "sum", "where": "item=='greenhouse_area'", "value": "value"},
        unit="亩", value=100, rollup="sum", accrual="cumulative",
    )  # fmt: skip
    tables = table("facts", fact(A1, "2023-04-30", "greenhouse_area", 7))
    nothing = (Statement("facts", ("2023-05",), (A[:9],)),)
    may = evaluated(flow, tables, "2023-05-31", nil=nothing)
    assert (may[A]["value"], may[A]["reported"]) == (7, 3)
    assert math.isnan(may[A]["carried"]), "seven up to May: that nothing was added is a report"


def test_a_figure_given_directly_before_does_not_outlive_a_nil_return() -> None:
    one = count(id="toilets")
    tables = table("households", *APRIL) | table("facts", fact(A, "2023-04-30", "toilets", 50))
    assert evaluated(one, tables, "2023-04-30", nil=NOBODY_IN_MAY)[A]["value"] == 50
    assert evaluated(one, tables, "2023-05-31")[COUNTY]["value"] == 51, "without one it is carried over"
    may = evaluated(one, tables, "2023-05-31", nil=NOBODY_IN_MAY)
    assert [may[c]["value"] for c in (A, COUNTY)] == [0, 1]
    rate = indicator(id="toilets")
    given = table("facts", fact(A, "2023-04-30", "toilets", None, numerator=4, denominator=8))
    may = evaluated(rate, table("households", *APRIL) | given, "2023-05-31", nil=NOBODY_IN_MAY)
    assert math.isnan(may[A]["value"])
    assert may[COUNTY]["value"] == 25
    # What is given directly of May itself or later stands.
    tables = table("households", *APRIL) | table("facts", fact(A, "2023-05-31", "toilets", 6))
    assert evaluated(one, tables, "2023-05-31", nil=NOBODY_IN_MAY)[A]["value"] == 6


def test_that_figure_goes_where_the_table_has_no_rows_at_all() -> None:
    tables = table("facts", fact(A, "2023-04-30", "toilets", 50))
    may = evaluated(count(id="toilets"), tables, "2023-05-31", nil=NOBODY_IN_MAY)
    assert [may[c]["value"] for c in (A, COUNTY)] == [0, 0]
