import datetime as dt

import pandas as pd
import pytest

from components import formats as f
from data import wording

NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0, None, "0"),
        (12000, None, "12\u202f000"),
        (1234.56, None, "1\u202f235"),
        (123.46, None, "123.5"),
        (12.345, None, "12.35"),
        (12.5, None, "12.5"),
        (-3, None, "−3"),
        (1234567.0, None, "1\u202f234\u202f567"),
        (67, 1, "67.0"),
        (-0.04, 1, "0.0"),
        (NAN, None, "—"),
        (None, 1, "—"),
        (float("inf"), None, "—"),
        (1e15, None, "1\u202f000\u202f000\u202f000\u202f000\u202f000"),
    ],
)
def test_numbers(value, digits, text):
    assert f.number(value, digits) == text


def test_no_hyphen_ever_stands_for_minus():
    for value in (-0.001, -0.5, -1, -12.345, -123456):
        for text in (f.number(value), f.signed(value), f.percent(value)):
            assert "-" not in text


def test_differences_carry_their_sign_but_zero_has_none(zh, en):
    assert [f.signed(v) for v in (4.1, -13.8, 0, -0.04, 0.04)] == ["+4.1", "−13.8", "0.0", "0.0", "0.0"]
    assert f.points(-13.8, zh) == "−13.8 个百分点"
    assert f.points(NAN, en) == "—"


def test_quantities_with_units_of_both_languages(zh, en):
    assert f.quantity(61.2, "%", zh) == "61.2%"
    assert f.quantity(75.0, "%", en) == "75%"
    assert f.quantity(8484, "万元", zh) == "8\u202f484 万元"
    assert f.quantity(8484, "万元", en) == "8\u202f484 10k yuan"
    assert f.quantity(3, "个", en) == "3"
    assert f.quantity(1, "0/1", en) == "yes"
    assert f.quantity(2, "光年", en) == "2 光年"
    assert f.quantity(None, "万元", zh) == "—"
    # Two that differ never read the same.
    assert f.apart(8.56, 8.64, "%", zh) == ("8.56%", "8.64%")
    assert f.apart(8.5, 8.64, "%", zh) == ("8.5%", "8.6%")
    assert f.apart(12345, 12349, "万元", zh) == ("1.2345 亿元", "1.2349 亿元")
    assert f.apart(None, 3, "个", en) == ("—", "3")
    assert f.apart(3, 3, "个", en) == ("3", "3")


def test_ten_thousand_wan_becomes_yi(zh):
    assert f.quantity(12345, "万元", zh) == "1.23 亿元"
    assert f.quantity(9999, "万元", zh) == "9\u202f999 万元"
    assert f.quantity(10000, "万元", zh) == "1 亿元"
    assert f.quantity(12345, "人", zh) == "12\u202f345 人"
    assert f.quantity(677976, "万元", zh) == wording.quantity(677976, "万元", zh) == "67.8 亿元"
    assert str(f.quantity_html(677976, "万元", zh)) == "67.8<small> 亿元</small>"


def test_every_unit_of_the_plans_has_an_english_form(en):
    for name, word in wording.UNITS.items():
        assert f.unit(name, en) == word
        assert word.isascii()


def test_units_are_escaped_in_markup(en):
    assert "<b>" not in f.quantity_html(1, "<b>", en)


def test_changes_point_up_down_or_stay(zh):
    assert f.change(4.1, zh) == "↑ 4.1"
    assert f.change(-2.2, zh) == "↓ 2.2"
    assert f.change(0.0, zh) == "持平"
    assert f.change(0.04, zh, digits=1) == "持平"
    assert f.change(NAN, zh) == "—"
    assert (f.change(4.12, zh, "%"), f.change(0.04, zh, "%")) == ("↑ 4.1 points", "持平")
    assert (f.change(-3, zh, "户"), f.change(-12345, zh, "万元"), f.change(1, zh, "0/1")) == (
        "↓ 3 户",
        "↓ 1.23 亿元",
        "↑ 1",
    )
    assert "<small> 户</small>" in f.change_html(2, zh, "户")
    assert "dn" in f.change_html(-1, zh, worse=True)
    assert "dn" not in f.change_html(-0.01, zh, worse=True, digits=1)


@pytest.mark.parametrize(
    ("value", "comparator", "worse"),
    [
        (-1, ">=", True),
        (1, ">=", False),
        (1, "<=", True),
        (-1, "<=", False),
        (1, "==", False),
        (-1, None, False),
        (NAN, ">=", False),
        (0, "<=", False),
    ],
)
def test_which_way_is_worse(value, comparator, worse):
    assert f.worsens(value, comparator) is worse


def test_days_and_months(zh, en):
    for day in ("2023-09-30", dt.date(2023, 9, 30), pd.Timestamp("2023-09-30")):
        assert f.date(day, zh) == "2023年9月30日"
        assert f.date(day, en) == "30 Sep 2023"
    assert (f.day("2023-09-05", zh), f.day("2023-09-05", en)) == ("9月5日", "5 Sep")
    assert (f.month("2023-09-05", zh), f.month("2023-09-05", en, year=True)) == ("9月", "Sep 2023")
    assert f.date(None, zh) == f.date(pd.NaT, en) == "—"


def test_reporting_state(zh, en):
    assert f.reported(287, 298, zh) == "已报 287/298 村"
    assert f.reported(287, 298, en) == "Reported 287/298 villages"
    assert f.reported(23, 23, zh, "镇街") == "已报 23/23 镇街"
    assert f.reported(1, 1, zh, "") == "已报 1/1"
    assert f.reported(0, 0, zh) == ""
    assert f.share_of(None, 3, "村", zh) == "—"
