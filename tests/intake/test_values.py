"""Cells to values, as people write them."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.intake.periods import one_date
from data.intake.values import MASK, parse
from data.tables import Column, tables


def number(text, unit=None, column_unit="万元", kind="float"):
    parsed = parse(Column(name="x", type=kind, zh="甲", unit=column_unit), [text], unit)
    value = parsed.found[0]
    return (None if np.isnan(value) else value), parsed.notes.get(0, ("",))[0]


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        ("12.5", 12.5, ""),
        ("-3", -3, ""),
        ("+3", 3, ""),
        (".5", 0.5, ""),
        ("1e3", 1000, ""),
        ("0", 0, ""),
        ("１２３", 123, ""),
        ("－５", -5, ""),
        ("1,234.5", 1234.5, "read_as_number"),
        ("１，２３４", 1234, "read_as_number"),
        ("300万元", 300, "read_as_number"),
        ("3亿元", 30000, "read_as_number"),
        ("5000元", 0.5, "read_as_number"),
        ("", None, ""),
        ("—", None, ""),
        ("/", None, ""),
        ("-", None, ""),
        ("#REF!", None, "error_cell"),
        ("无", None, "not_applicable"),
        ("12,5", None, "not_a_number"),
        ("1,23,456", None, "not_a_number"),
        ("1_000", None, "not_a_number"),
        ("0x1f", None, "not_a_number"),
        ("inf", None, "not_a_number"),
        ("1 234", 1234, "read_as_number"),
        ("20\u00a0000.5", 20000.5, "read_as_number"),
        ("1\u2009234\u202f567", 1234567, "read_as_number"),
        ("12 34", None, "not_a_number"),
        ("12 3456", None, "not_a_number"),
        ("0 123", None, "not_a_number"),
        ("约300", 300, "about_number"),
        ("300余万元", 300, "about_number"),
        ("10(其中，灾情因素6万元)", 10, "number_with_note"),
        ("三百二十万元", 320, "read_as_number"),
        ("三百二十", 320, "read_as_number"),
        # In a column of 万元 120,000 of them are not meant.
        ("十二万", 12, "scale_twice"),
        ("1.2万", 1.2, "scale_twice"),
        ("约1.2万", 1.2, "scale_twice"),
        ("3亿", 30000, "scale_twice"),
        ("3千", None, "not_a_number"),
        ("三河村", None, "not_a_number"),
        ("1-3公里", None, "not_a_number"),
        ("12亩", None, "not_a_number"),
        ("=1+1", None, "not_a_number"),
    ],
)
def test_numbers(text, value, rule):
    assert number(text) == (value, rule)


def test_integers():
    assert number("3.0", kind="int") == (3, "")
    assert number("3.5", kind="int") == (None, "not_an_integer")
    assert number("1.2", "万人", "人", "int") == (12000, "")


def test_a_cell_with_its_own_unit_is_not_converted_by_the_headers_again():
    # The header says 元, one cell says 万元: 300 万元 are 3,000,000 元 are 300 万元.
    assert number("300万元", "元") == (300, "read_as_number")
    assert number("1.2万", "元") == (1.2, "read_as_number")
    assert number("1.2万", "人", "人", "int") == (12000, "read_as_number")
    assert number("5000", "元") == (0.5, "")


def test_a_year_may_be_called_one():
    assert number("2023年", column_unit="年", kind="int") == (2023, "read_as_number")
    assert number("2023年", column_unit="万元") == (None, "not_a_number")


def test_percent():
    assert number("百分之三十五", column_unit=None) == (35, "read_as_number")
    assert number("5%", column_unit="人") == (None, "not_a_number")
    assert number("42.02%", column_unit="%") == (42.02, "read_as_number")


def test_conversion_does_not_add_digits():
    # 123456 元 are 12.3456 万元 exactly as a reader would write it; 123456 * 0.0001 is 12.345600000000001.
    assert number("123456", "元")[0] == 12.3456


@given(st.integers(-(10**9), 10**9))
def test_yuan_to_ten_thousand_yuan_is_the_nearest_number(amount):
    assert number(str(amount), "元")[0] == amount / 10000


@pytest.mark.parametrize(
    ("text", "day", "rule"),
    [
        ("2023-05-31", date(2023, 5, 31), None),
        ("2023-05-31 00:00:00", date(2023, 5, 31), None),
        ("2023-05-31T08:30:00Z", date(2023, 5, 31), None),
        ("2023/5/3", date(2023, 5, 3), "read_as_date"),
        ("2023.5.3", date(2023, 5, 3), "read_as_date"),
        ("2023年5月3日", date(2023, 5, 3), "read_as_date"),
        ("２０２３年５月", date(2023, 5, 31), "read_as_date"),
        ("2023 年 2 月", date(2023, 2, 28), "read_as_date"),
        ("2024-02", date(2024, 2, 29), "read_as_date"),
        ("2023.5", date(2023, 5, 31), "read_as_date"),
        ("202305", date(2023, 5, 31), "read_as_date"),
        ("20230531", date(2023, 5, 31), "read_as_date"),
        ("2023.10", date(2023, 10, 31), "read_as_date"),
        ("2023.1", date(2023, 1, 31), "january_or_october"),
        # Excel's own count: 1 January 2023 is day 44927.
        ("44927", date(2023, 1, 1), "read_as_date"),
        ("44927.5", date(2023, 1, 1), "read_as_date"),
        ("2023-02-30", None, "not_a_date"),
        ("2023-13", None, "not_a_date"),
        ("20231345", None, "not_a_date"),
        ("9999-01-01", None, "not_a_date"),
        ("23.5.3", None, "not_a_date"),
        ("12", None, "not_a_date"),
        ("上月底", None, "not_a_date"),
    ],
)
def test_dates(text, day, rule):
    assert one_date(text) == (day, rule)


@given(st.dates(date(1901, 1, 1), date(2100, 12, 31)))
def test_every_day_in_every_form(day):
    for text in (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
    ):
        assert one_date(text)[0] == day


def test_yes_and_no():
    column = Column(name="x", type="bool", zh="甲")
    yes = ["是", "有", "√", "True", "TRUE", "1", "1.0", "Y", "yes", "１"]
    no = ["否", "无", "×", "False", "FALSE", "0", "0.0", "N", "no"]
    assert parse(column, yes).found.tolist() == [True] * len(yes)
    assert parse(column, no).found.tolist() == [False] * len(no)
    parsed = parse(column, ["", "—", "2", "也许"])
    assert parsed.found.tolist() == [None] * 4
    assert {position: rule for position, (rule, _, _) in parsed.notes.items()} == {
        2: "not_yes_or_no",
        3: "not_yes_or_no",
    }


def test_options_by_code_and_label():
    column = Column(
        name="x", type="enum", zh="甲", values=("none", "dibao"), labels=("无", "低保"), labels_en=("None", "Allowance")
    )
    parsed = parse(column, ["dibao", "低保", "Allowance", " 低保 ", "无", "", "低宝户"])
    assert parsed.found.tolist() == ["dibao", "dibao", "dibao", "dibao", "none", None, None]
    rule, near, more = parsed.notes[6]
    assert (rule, more["allowed_zh"], more["allowed_en"]) == ("unknown_value", "无、低保", "None, Allowance")
    assert near in {"", "低保"}


def test_an_option_is_not_proposed_for_its_opposite():
    column = tables()["projects"].column("status")
    parsed = parse(column, ["未开工", "已开工建设", "在建"])
    assert [parsed.notes[n][1] for n in (0, 1)] == ["", "已开工"]
    assert parsed.found.tolist() == [None, None, "started"]


def test_identity_numbers_in_text_are_masked():
    # A made-up number of the right form: division code, birthday, sequence, check digit.
    made_up = "110101" + "19900307" + "999" + "X"
    parsed = parse(
        Column(name="problem", type="str", zh="问题"), [f"证号{made_up}的住户", "500113003200", "12345678901234567890"]
    )
    assert made_up not in parsed.found[0]
    assert MASK in parsed.found[0]
    assert parsed.found[1:].tolist() == ["500113003200", "12345678901234567890"]
    assert list(parsed.notes) == [0]


def test_months_and_periods():
    month = Column(name="month", type="str", zh="月份")
    assert parse(month, ["2023-05", "2023年5月", "202305", "五月"]).found.tolist() == [
        "2023-05",
        "2023-05",
        "2023-05",
        None,
    ]
    texts = ["2023-05", "2023-Q2", "2023-H1", "2023-S1", "5月", "2023年上半年", "2023年第二季度"]
    period = parse(Column(name="period", type="str", zh="所属期"), texts)
    assert period.found.tolist() == ["2023-05", "2023-Q2", "2023-H1", "2023-S1", "5月", "2023-H1", "2023-Q2"]
    told = {position: (rule, repair) for position, (rule, repair, _) in period.notes.items()}
    assert told == {4: ("wrong_period", ""), 5: ("read_as_date", "2023-H1"), 6: ("read_as_date", "2023-Q2")}
