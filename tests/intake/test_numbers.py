"""Numbers as people write them, and texts that only look like numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.intake import numbers
from data.intake.numbers import Number, chinese, read_number


@pytest.mark.parametrize(
    ("text", "value", "unit", "how"),
    [
        ("0", 0, None, "plain"),
        ("-3", -3, None, "plain"),
        ("−3", -3, None, "plain"),
        (".5", 0.5, None, "plain"),
        ("1.2E+05", 120_000, None, "plain"),
        ("１２３", 123, None, "full_width"),
        ("－５．５", -5.5, None, "full_width"),
        ("1,234.5", 1234.5, None, "grouped"),
        ("１，２３４", 1234, None, "grouped"),
        ("十二万", 120_000, None, "chinese"),
        ("三千五百", 3500, None, "chinese"),
        ("两百", 200, None, "chinese"),
        ("贰佰叁拾", 230, None, "chinese"),
        ("十户", 10, "户", "chinese"),
        ("三百万元", 3_000_000, "元", "chinese"),
        ("1.2万", 12_000, None, "scaled"),
        ("3亿", 300_000_000, None, "scaled"),
        ("5百万", 5_000_000, None, "scaled"),
        ("3亿元", 3, "亿元", "plain"),
        ("3萬元", 3, "万元", "plain"),
        ("300 万元", 300, "万元", "plain"),
        ("1,234户", 1234, "户", "grouped"),
        ("12元/亩", 12, "元/亩", "plain"),
        ("300（万元）", 300, "万元", "full_width"),
        ("¥1,234.50", 1234.5, "元", "grouped"),
        ("300元整", 300, "元", "plain"),
        ("3千克", 3, "千克", "plain"),
        ("45%", 45, "%", "percent"),
        ("45 ％", 45, "%", "percent"),
        ("百分之三十五", 35, "%", "percent"),
        ("百分之三点五", 3.5, "%", "percent"),
        ("5个百分点", 5, "个百分点", "plain"),
        ("约300", 300, None, "about"),
        ("近300", 300, None, "about"),
        ("300余", 300, None, "about"),
        ("300左右", 300, None, "about"),
        ("大约 300 户", 300, "户", "about"),
        ("300多人", 300, "人", "about"),
        ("3万余元", 3, "万元", "about"),
        ("约三百人", 300, "人", "about"),
        ("二十来户", 20, "户", "about"),
    ],
)
def test_every_form(text, value, unit, how):
    assert read_number(text) == Number(value, unit, how)


@pytest.mark.parametrize(
    ("text", "value", "unit", "note"),
    [
        ("10(其中，灾情因素6万元)", 10, None, "其中,灾情因素6万元"),
        ("10万元（含灾情因素6万元）", 10, "万元", "含灾情因素6万元"),
        ("10，其中灾情因素6万元", 10, None, "其中灾情因素6万元"),
        ("10\n(其中:灾情6)", 10, None, "其中:灾情6"),
        ("313305[1]", 313305, None, "1"),
    ],
)
def test_the_first_number_before_a_note(text, value, unit, note):
    assert read_number(text) == Number(value, unit, "first_of_note", note)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-", "—", "/", "无", "合计",
        "12,5", "1,23,456", "1,2345", "12 5", "173807\n78890", "1.2.3", "1_000", "0x1f", "inf", "nan",
        "=1+1", "12.",
        "1-3公里", "1-3", "3~5", "2.50-4.00", "3—5万元", "6/8", "3+2", "200×3", "1:3",
        "2023-05-31", "2023/5/31", "2023年", "2023年5月", "5月", "5日", "二〇二三", "二〇二三年",
        "0123", "007", "13800138000", "11010119900307999X", "110101199003079990", "0375-5508099", "6222020200112233445",
        "第3", "附件1", "3组", "①", "½", "x²", "300以上", "≥300", "不足300",
        "三河村", "二组", "一品", "一品街道", "三村", "二类", "三日",
        "千户", "万元", "万", "百", "两", "几十", "十几户", "三四百", "二十零",
        "万家村", "9" * 400, "(3)", "(其中6万元)",
    ],
)  # fmt: skip
def test_what_is_no_number_for_certain(text):
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("零", 0), ("十", 10), ("十五", 15), ("二十", 20), ("一百零五", 105), ("一百一十", 110), ("一百五", 150),
        ("三千五", 3500), ("三千零五", 3005), ("一千零一十", 1010), ("一万二", 12_000), ("一万零二", 10_002),
        ("十二万", 120_000), ("两万五千", 25_000), ("一亿零三百", 100_000_300),
        ("三千万", 30_000_000), ("一亿五", 150_000_000),
        ("三点五", 3.5), ("零点零五", 0.05), ("二十亿", 2_000_000_000),
        ("", None), ("万", None), ("一一", None), ("十十", None), ("百", None), ("二〇", None), ("一零", None),
        ("点五", None),
        ("五点", None), ("一万万", None), ("两", 2), ("十两", None), ("零零", None),
    ],
)  # fmt: skip
def test_chinese_numerals(text, value):
    assert chinese(text) == value


def in_chinese(number):
    """Write a whole number below a hundred million as a schoolbook does."""
    if number == 0:
        return "零"
    high, low = divmod(number, 10_000)
    said = f"{in_chinese(high)}万" if high else ""
    gap = bool(high) and low < 1000
    for place, step in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = low // place % 10
        if digit:
            said += ("零" if gap else "") + "零一二三四五六七八九"[digit] + step
        gap = bool(said) and digit == 0 if low % place else False
    return said[1:] if said.startswith("一十") else said


def test_the_schoolbook():
    assert [in_chinese(n) for n in (7, 10, 15, 105, 110, 2005, 10_002, 120_000, 1_000_010)] == [
        "七", "十", "十五", "一百零五", "一百一十", "二千零五", "一万零二", "十二万", "一百万零一十",
    ]  # fmt: skip


@given(st.integers(0, 99_999_999))
def test_every_whole_number_in_every_form(number):
    full_width = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for text in (f"{number}", f"{number:,}", full_width, in_chinese(number)):
        assert read_number(text).value == number, text
    assert read_number(f"约{number}人") == Number(number, "人", "about")


@given(st.decimals(-(10**8), 10**8, places=4))
def test_every_decimal_in_every_form(number):
    for text in (f"{number:f}", f"{number:,f}", f" {number:f}万元 "):
        found = read_number(text)
        assert found is not None
        assert found.value == float(number)


@given(st.integers(0, 999), st.integers(0, 99))
def test_a_decimal_comma_never_becomes_another_number(whole, part):
    assert read_number(f"{whole},{part}") is None


@given(
    st.one_of(st.text(), st.text("0123456789.,-+%()（）其中约余万亿元十百千零一二三点两 /〔〕个人户村", max_size=12))
)
def test_no_text_breaks_it(text):
    found = read_number(text)
    assert found is None or found.value == found.value
    chinese(text)


@given(st.from_regex(r"-?[0-9]{1,12}(\.[0-9]{1,14})?", fullmatch=True))
def test_a_number_beyond_doubt_is_what_a_closer_look_finds(text: str) -> None:
    closer = numbers._read(text)
    if numbers.is_plain(text):
        assert closer is not None
        assert (closer.unit, closer.how, closer.note) == (None, "plain", "")
    assert read_number(text) == closer
