"""Units: what they are worth, and where people write them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.intake import check_file, units
from data.tables import tables


@pytest.mark.parametrize(
    ("unit", "target", "factor"),
    [
        ("元", "万元", 0.0001),
        ("亿元", "万元", 10000),
        ("百万元", "万元", 100),
        ("万亩", "亩", 10000),
        ("公顷", "亩", 15),
        ("平方公里", "亩", 1500),
        ("平方公里", "公顷", 100),
        ("斤", "公斤", 0.5),
        ("吨", "公斤", 1000),
        ("吨", "斤", 2000),
        ("万斤", "吨", 5),
        ("公里", "米", 1000),
        ("立方米", "升", 1000),
        ("万人", "人", 10000),
        ("千户", "户", 1000),
        ("人次", "次", None),
        ("人次", "人", None),
        ("户", "人", None),
        ("头", "只", None),
        ("座", "个", 1),
        ("家", "个", 1),
        ("个", "村", 1),
        ("村", "家", None),
        ("元", "元/人·年", 1),
        ("万元", "元/人·年", 10000),
        ("元/月", "元/人·年", None),
        ("元/亩", "元/亩", 1),
        ("万元/亩", "元/亩", 10000),
        ("元/斤", "元/亩", None),
        ("元/人", "元", 1),
        ("元/亩", "万元", None),
        ("人/户", "人", None),
        ("升/人·天", "升/人·日", 1),
        ("百分点", "%", 1),
        ("‰", "%", 0.1),
        ("元", "亩", None),
        ("吨", "万元", None),
        ("村民", "个", None),
    ],
)
def test_factors(unit, target, factor):
    assert units.factor(unit, target) == factor


def test_square_metres_of_a_field():
    assert units.factor("平方米", "亩") == pytest.approx(3 / 2000)
    assert units.factor("㎡", "平方米") == 1


@pytest.mark.parametrize(
    "unit", ["万元", "萬元", "元/亩", "元/人·年", "升/人·日", "％", "头", "万株", "㎡", "公 顷", "元/公斤"]
)
def test_units(unit):
    assert units.known(unit)


@pytest.mark.parametrize(
    "text", ["", "/", "元/", "街道", "社区", "金额", "2020年", "元/镇", "4", "万", "级", "万家村", "元" * 20]
)
def test_what_is_no_unit(text):
    assert not units.known(text)


def test_every_unit_of_the_upload_tables_is_one():
    own = {c.unit for t in tables().values() for c in t.columns if c.unit} - {"随事项"}
    assert [unit for unit in own if not units.known(unit) or units.factor(unit, unit) != 1] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("单位:万元", ("万元",)),
        ("(单位：人、%)", ("人", "%")),
        ("金额单位:万元", ("万元",)),
        ("單位：萬元", ("万元",)),
        ("计量单位：户/人", ("户", "人")),
        ("单位：万元（%）", ("万元", "%")),
        ("单位：人， %", ("人", "%")),
        ("单位：元/亩", ("元/亩",)),
        ("单位:斤、元/斤", ("斤", "元/斤")),
        ("单位：人/平方公里", ("人/平方公里",)),
        ("单位：万元 2023年5月", ("万元",)),
        ("表1乡镇、村交通设施(一)                           单位:%", ("%",)),
        ("填报单位：姜家镇    单位：户、人、万元", ("户", "人", "万元")),
        ("本表金额单位为万元。", ("万元",)),
        ("(万元)", ("万元",)),
        ("填报单位：姜家镇", ()),
        ("单位名称", ()),
        ("单位负责人：", ()),
        ("(2001年)", ()),
        ("(一)", ()),
        ("单位", ()),
        ("", ()),
    ],
)
def test_lines_of_units(text, found):
    assert units.find_units(text) == found


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("金额(万元)", "万元"),
        ("金额(单位:万元)", "万元"),
        ("计划投资\n(万元)", "万元"),
        ("金额/万元", "万元"),
        ("面积/亩", "亩"),
        ("亩产量/斤", "斤"),
        ("种植成本/(元/亩)", "元/亩"),
        ("单价（元/斤）", "元/斤"),
        ("产值 万元", "万元"),
        ("总收入万元", "万元"),
        ("脱贫户数（户）", "户"),
        ("行政村数(村)", "村"),
        ("乡(镇)政府(个)", "个"),
        ("合作社（家）", "家"),
        ("覆盖率%", "%"),
        ("占比（%）", "%"),
        ("海拔(m)", "m"),
        ("人均纯收入（元/人·年）", "元/人·年"),
        ("项目资金(元)/村庄田园道路山林等岸面保洁", "元"),
        ("本批衔接资金安排情况\n(万元)/省级", "万元"),
        ("乡镇(街道)", None),
        ("乡镇(村)", None),
        ("乡镇/村", None),
        ("村(社区)", None),
        ("地 区", None),
        ("农 户", None),
        ("比重[4]", None),
        ("2010年[4]", None),
        ("面积（亩、平方米）", None),
        ("户", None),
        ("", None),
    ],
)
def test_units_in_headers(header, unit):
    assert units.unit_in_header(header) == unit


def test_the_headers_of_the_templates_state_their_units():
    for table in tables().values():
        for column in table.columns:
            if column.unit and units.known(column.unit) and column.unit != "年":
                assert units.unit_in_header(column.header("zh")) == column.unit


@pytest.mark.parametrize(
    ("values", "header", "fraction"),
    [
        ([0.95, 0.88, 1.0], "覆盖率", True),
        ([0.95, np.nan, 0.7], "支出进度（%）", True),
        ([0.3, 0.45, 0.25], "比重", True),
        ([95, 88, 100], "覆盖率", False),
        ([0.95, 1.02], "完成率", False),
        ([0, 1, 1], "入住率", False),
        ([0.36, 0.12], "贫困发生率", False),
        ([0.6, 0.9], "增长率", False),
        ([0.36, 0.12], "覆盖率", False),
        ([0.95, 0.88], "面积", False),
        ([-0.5, 0.5], "完成率", False),
        ([], "覆盖率", False),
        ([np.nan], "覆盖率", False),
        # A hundred and ten villages with nine tenths of a percent each are the whole.
        ([100 / 110] * 110, "人口比重", False),
    ],
)
def test_fractions_are_told_from_percentages_by_their_content(values, header, fraction):
    assert units.looks_like_fraction(values, header) is fraction
    assert units.looks_like_fraction(list(reversed(values)), header) is fraction


@given(st.one_of(st.text(), st.text("单位:：(（)、/元万亿亩户人%· \n", max_size=20)))
def test_no_text_breaks_it(text):
    assert all(units.known(unit) for unit in units.find_units(text))
    unit = units.unit_in_header(text)
    assert unit is None or units.known(unit)
    units.factor(text, "万元")
    units.looks_like_fraction([0.5], text)


@given(st.sampled_from(["元", "万元", "亩", "公顷", "斤", "吨", "米", "公里"]), st.integers(1, 10**9))
def test_there_and_back(unit, amount):
    for target in ("元", "万元", "亿元", "亩", "万亩", "公斤", "吨", "米", "公里"):
        there, back = units.factor(unit, target), units.factor(target, unit)
        assert (there is None) == (back is None)
        if there and back:
            assert units.convert(units.convert(float(amount), there), back) == pytest.approx(amount, rel=1e-12)


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("姜家镇2023年5月村集体收入统计表（元）", ("元",)),
        ("姜家镇收入统计表（单位：万元）", ("万元",)),
        ("姜家镇情况表（亩、万元）", ("亩", "万元")),
        ("姜家镇收入统计表（人民币万元）（2023年6月5日印发）", ("万元",)),
        ("台账（元） Sheet1", ("元",)),
        ("姜家镇基本情况（村）", ()),
        ("姜家镇情况表（试行）", ()),
        ("（元）", ()),
        ("统计表(1)", ()),
    ],
)
def test_units_after_a_title(title, found):
    assert units.units_after(title) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("金额单位：人民币元", ("元",)),
        ("单位：人民币（万元）", ("万元",)),
        ("说明：金额以元计。", ("元",)),
        ("注：本表金额以万元为单位", ("万元",)),
        ("说明：面积按亩填报", ("亩",)),
        ("说明：按季度填报", ()),
        ("说明：以村为单位", ("村",)),
    ],
)
def test_units_of_lines_and_notes(line, found):
    assert units.find_units(line) == found


@pytest.mark.parametrize(
    ("values", "header", "doubted"),
    [
        ([0.42, 50, 60], "覆盖率", [True, False, False]),
        ([0.42, 0.5, 60], "覆盖率", [False, False, False]),
        ([1, 50, 60], "覆盖率", [False, False, False]),
        ([0.42, 50, 60], "收入增速", [False, False, False]),
        ([0, np.nan, 60], "覆盖率", [False, False, False]),
    ],
)
def test_a_fraction_among_tens_of_per_cent_is_doubted(values, header, doubted):
    assert units.may_be_fractions(np.array(values), header).tolist() == doubted


def test_units_without_their_factor():
    for unit, plain in (
        ("万元", "元"),
        ("万元/亩", "元/亩"),
        ("百万元", "元"),
        ("千瓦", "千瓦"),
        ("亩", "亩"),
        ("千克", "千克"),
    ):
        assert units.unscaled(unit) == plain


@pytest.mark.parametrize("header", ["总投资 单位:元", "总投资单位：元", "总投资（单位：元）", "总投资 单位为元"])
def test_a_unit_behind_the_word_unit(header):
    text = f"2023年5月项目\n项目编号,项目名称,村,{header}\nP1,路,姜家镇平原村,100000\n"
    assert check_file(text.encode(), "表.csv", "500113").frame["invest"].tolist() == [10]
