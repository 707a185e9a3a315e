"""Days and periods as people write them in cells, titles, and names of sheets and files."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.intake.periods import PERIOD, one_date, period_of, period_of_table


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2023", "2023"),
        ("2023年", "2023"),
        ("2023年度", "2023"),
        ("2023年5月", "2023-05"),
        ("姜家镇23年5月情况表", "2023-05"),
        ("2023Q2", "2023-Q2"),
        ("二〇二三年五月村集体收入", "2023-05"),
        ("五月村情况", None),
        ("2023 年 5 月份", "2023-05"),
        ("２０２３年５月", "2023-05"),
        ("2023.5", "2023-05"),
        ("2023.10", "2023-10"),
        ("202305", "2023-05"),
        ("2023-05", "2023-05"),
        ("2023/5/31", "2023-05"),
        ("2023-05-31 00:00:00", "2023-05"),
        ("20230531", "2023-05"),
        ("二〇二三年五月", "2023-05"),
        ("二○二三年十二月", "2023-12"),
        ("截至2023年9月30日", "2023-09"),
        ("2023年5月底", "2023-05"),
        ("2023年底", "2023-12"),
        ("2023年1-6月", "2023-H1"),
        ("2023年上半年", "2023-H1"),
        ("2023年1月1日至6月30日", "2023-H1"),
        ("2023年1月至2023年6月", "2023-H1"),
        ("2023年7—12月", "2023-H2"),
        ("2023年下半年", "2023-H2"),
        ("2023年1-3月", "2023-Q1"),
        ("2023年第三季度", "2023-Q3"),
        ("2023年三季度", "2023-Q3"),
        ("2023年度第2季度", "2023-Q2"),
        ("2023年Q3", "2023-Q3"),
        ("2023 Q3", "2023-Q3"),
        ("2023-Q3", "2023-Q3"),
        ("2023-S1", "2023-S1"),
        ("2023年1-12月", "2023"),
        ("2023年1-9月", "2023-09"),
        ("2023年一至三季度", "2023-09"),
        ("2023年前三季度", "2023-09"),
        # In titles and file names.
        ("岳阳县2025年第五批财政衔接推进乡村振兴补助资金项目计划表", "2025"),
        ("2023年岳阳县5月份支出进度表", "2023-05"),
        ("8-1农村基层基本情况2007年", "2007"),
        ("3-15 农村经济收益分配(2001年)", "2001"),
        ("2010年[4]", "2010"),
        ("2016 年\n(共 10 个)", "2016"),
        ("basic rural units,2007", "2007"),
        ("支出_202305.xlsx", "2023-05"),
        ("funds-2023.csv", "2023"),
        ("同心县2020人口表", "2020"),
        # Of several, the newest year; in it the finest.
        ("2022年资金2023年度使用情况", "2023"),
        ("2023年度支出情况(截至9月30日)", "2023-09"),
        ("2023年5月至8月支出(2022年同期对比)", "2023-08"),
        ("2021-2025年规划2023年度执行情况", "2023"),
        ("财农〔2023〕15号下达2022年资金", "2022"),
        # None.
        ("2016—2019年曲靖市贫困乡退出情况表", None),
        ("2022年10月至2023年3月", None),
        ("2023-2024学年", None),
        ("1990年代", None),
        ("表12-1-10", None),
        ("3-15 农村", None),
        ("1-3-2-13 劳动力资源", None),
        ("第五批", None),
        ("5月底", None),
        ("上半年", None),
        ("2023年13月", None),
        ("2023-13", None),
        ("500113", None),
        ("500113202305", None),
        ("投资2023.5万元", None),
        ("补助2000元", None),
        ("2000户", None),
        ("合计", None),
        ("", None),
    ],
)
def test_periods(text, period):
    assert period_of(text) == period


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("5月底", "2023-05"),
        ("五月份", "2023-05"),
        ("5月31日", "2023-05"),
        ("Q3", "2023-Q3"),
        ("三季度", "2023-Q3"),
        ("上半年", "2023-H1"),
        ("1-6月", "2023-H1"),
        ("年底", "2023-12"),
        ("2022年", "2022"),
        ("三月村", None),
        ("第三批", None),
        ("13月", None),
        ("12-1-10", None),
    ],
)
def test_the_year_may_be_known_from_elsewhere(text, period):
    assert period_of(text, 2023) == period


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("5月底", date(2023, 5, 31)),
        ("5月末", date(2023, 5, 31)),
        ("二月底", date(2023, 2, 28)),
        ("5月", date(2023, 5, 31)),
        ("5月上旬", date(2023, 5, 10)),
        ("5月下旬", date(2023, 5, 31)),
        ("5月3日", date(2023, 5, 3)),
        ("上半年", date(2023, 6, 30)),
        ("三季度", date(2023, 9, 30)),
        ("年底", date(2023, 12, 31)),
        ("13月", None),
        ("2月30日", None),
    ],
)
def test_a_day_said_in_words_needs_its_year(text, day):
    assert one_date(text, 2023) == (day, "read_as_date" if day else "not_a_date")
    assert one_date(text) == (None, "not_a_date")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023年5月底", date(2023, 5, 31)),
        ("2023年上半年", date(2023, 6, 30)),
        ("2023年底", date(2023, 12, 31)),
        ("2023年第三季度末", date(2023, 9, 30)),
        ("二〇二三年五月三十一日", date(2023, 5, 31)),
        ("截至2023年9月30日", date(2023, 9, 30)),
    ],
)
def test_a_day_said_in_words_with_its_year(text, day):
    assert one_date(text) == (day, "read_as_date")


@given(st.dates(date(1901, 1, 1), date(2099, 12, 31)))
def test_every_month_in_every_form(day):
    month = f"{day:%Y-%m}"
    year, number = day.year, day.month
    for text in (
        f"{year}年{number}月",
        f"{year}/{number}/{day.day}",
        f"{day:%Y%m}",
        f"{day:%Y%m%d}",
        f"{year}.{number}",
    ):
        assert period_of(text) == month, text
        assert period_of(f"某县{text} 支出表") == month, text
    assert period_of(f"{number}月{day.day}日", year) == month


@given(
    st.one_of(st.text(), st.text("0123456789年月日季度上下半第一二三四五十〇至-—./Qq底末 ", max_size=16)),
    st.none() | st.integers(1900, 2100),
)
def test_no_text_breaks_it(text, year):
    found = period_of(text, year)
    assert found is None or PERIOD.fullmatch(found)
    day, told = one_date(text, year)
    assert (day is None) == (told == "not_a_date")


@pytest.mark.parametrize(
    ("title", "about", "days", "period"),
    [
        ("姜家镇2023年5月情况表 填报日期：2023年6月5日", "", (), "2023-05"),
        ("姜家镇2023年5月情况表", "", ("2023年6月5日",), "2023-05"),
        ("姜家镇2023年5月情况表 填报单位：区财政局 填表时间: 2023-06-05", "", (), "2023-05"),
        ("姜家镇2023年5月情况表（2023年6月5日印发）", "", (), "2023-05"),
        ("姜家镇2023年二季度情况表 上报日期：2023年7月3日", "", (), "2023-Q2"),
        ("姜家镇2023年上半年情况表 打印时间：2023/7/3 10:20", "", (), "2023-H1"),
        ("姜家镇2023年情况表 制表日期：2023年6月5日", "", (), "2023"),
        ("姜家镇2023年10月情况表 填报人：张三 2023年11月3日", "", (), "2023-10"),
        ("姜家镇2023年10月情况表 填报单位：姜家镇 2023.11.3 单位：万元", "", (), "2023-10"),
        ("姜家镇10月情况表 填报人：张三 2023年11月3日", "", (), "2023-10"),
        ("填报单位：姜家镇 2023年11月30日村集体收入情况表", "", (), "2023-11"),
        ("填报单位：姜家镇 截至2023年11月30日", "", (), "2023-11"),
        ("姜家镇情况表 填报日期：2023年6月5日", "", (), None),
        ("姜家镇情况表", "", ("2023-06-05",), None),
        ("姜家镇情况表 填报日期：2023年6月5日", "202305", (), "2023-05"),
        # The month is the title's, the year that of the day.
        ("姜家镇5月情况表 填报时间：2023年6月3日", "", (), "2023-05"),
        ("姜家镇5月情况表", "", ("2023年6月3日",), "2023-05"),
        ("姜家镇12月情况表 填报时间：2024年1月3日", "", (), "2023-12"),
        ("姜家镇5月情况表", "2023年台账 Sheet1", (), "2023-05"),
        ("姜家镇2023年情况表", "台账 5月", (), "2023-05"),
        ("姜家镇2023年情况表", "台账202405", (), "2023"),
        # These days say what a table is about.
        ("截至2023年5月31日情况表", "", (), "2023-05"),
        ("姜家镇情况表 统计时间：2023年5月31日", "", (), "2023-05"),
    ],
)
def test_period_of_a_table(title, about, days, period):
    assert period_of_table(title, about, days) == period


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("23年5月", date(2023, 5, 31)),
        ("2023Q2", date(2023, 6, 30)),
        ("2023-Q2", date(2023, 6, 30)),
        ("05/31/2023", date(2023, 5, 31)),
        ("31/5/2023", date(2023, 5, 31)),
        ("05/05/2023", date(2023, 5, 5)),
        ("05/06/2023", None),
        ("13/13/2023", None),
    ],
)
def test_days_of_other_forms(text, day):
    assert one_date(text)[0] == day
