"""Who has reported that there is nothing to count is shown as such, by places and by the whole."""

import datetime as dt

import pandas as pd

from data.explain import explain
from data.plan import load_plan
from data.shown import as_shown, known
from tests.support.worked import A1, B1, COUNTY, evaluated, households, indicator, plan, table


def shown(rows, whole, day="2023-06-30"):
    return as_shown(pd.DataFrame(rows).assign(as_of=pd.Timestamp(day)), whole)


def test_who_has_nothing_to_count_is_not_said_to_be_silent():
    rows = pd.DataFrame(
        [
            ("far_behind", 10.0, 1, 1),
            ("no_data", None, 1, 1),  # has reported, but there is no such household
            ("no_data", None, 0, 1),
            ("no_data", None, 1, 2),  # a township of which one village is still silent
            ("no_data", None, 0, 0),
            ("not_scored", None, 1, 1),  # keeps its status; the map of values gives it a class of its own
        ],
        columns=["status", "value", "reported", "of"],
    ).assign(indicator="one", newest=pd.NaT)
    found = shown(rows, plan(indicator()))
    assert list(found["status"]) == ["far_behind", "nothing", "no_data", "no_data", "no_data", "not_scored"]
    assert list(found["empty"]) == [False, True, False, False, False, True]


def test_the_year_s_report_says_nothing_about_a_month_its_rows_do_not_reach():
    # Reported by the year, judged by the month: the list of June covers the year, but not what was done in July.
    one = indicator(
        {"where": "toilet_ok", "base": "is_relocated and as_of>=@m0 and as_of<=@m1"}, rule="window", frequency="annual"
    )
    tables = table("households", *households(A1, "2023-06-30", 4, is_relocated=False))
    for day, status in (("2023-06-30", "nothing"), ("2023-07-15", "no_data")):
        row = evaluated(one, tables, day)[A1]
        assert (row["status"], row["reported"], row["of"]) == ("no_data", 1, 1)
        assert shown([row], plan(one), day)["status"].tolist() == [status]
    assert "本期未报，上次数据截至 6 月 30 日" in explain(row, plan(one), dt.date(2023, 7, 15))


def test_sentences_tell_nothing_to_count_from_reported_in_part():
    one = indicator({"where": "toilet_ok", "base": "is_relocated"})
    rows = evaluated(one, table("households", *households(A1, "2023-06-30", 4, is_relocated=False)), "2023-06-30")
    day = dt.date(2023, 6, 30)
    village = shown([rows[A1]], plan(one)).iloc[0].to_dict()
    assert village["status"] == "nothing"
    assert (
        explain(village, plan(one), day) == explain(rows[A1], plan(one), day) == "已报，截至 6 月 30 日无应统计对象。"
    )
    of = rows[COUNTY]["of"]
    assert f"截至 6 月 30 日仅报 1/{of}，已报的均无应统计对象" in explain(rows[COUNTY], plan(one), day)
    assert "截至 6 月 30 日未报" in explain(rows[B1], plan(one), day)


def test_a_measure_left_by_rows_of_the_month_before_is_no_value():
    rows = pd.DataFrame({
        "indicator": "job_monitor_coverage", "as_of": pd.Timestamp("2023-05-31"),
        "newest": pd.to_datetime(["2023-04-30", "2023-05-02", "2023-04-30"]),
        "value": [0.0, 0.0, None], "reported": [0, 1, 0], "of": [1, 1, 1],
    })  # fmt: skip
    found = known(rows, load_plan("banan-2023"))
    assert found["value"].isna().tolist() == [True, False, True]
    assert not found["empty"].any()
