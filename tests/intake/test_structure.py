"""Where things stand in a sheet: forms as offices draw them, written out by hand, and grids made at random."""

from math import isnan

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from intake.making import csv_bytes, xlsx_bytes

from data.intake import check_file
from data.intake.files.read import read
from data.intake.structure import find_structure, is_total, place_level
from data.intake.units import find_units


def structure(text, about=""):
    book = read("\n".join(text).encode(), "t.csv")
    return find_structure(book.sheets[0], about)


def rows(found):
    return {
        "title": list(found.title_rows),
        "header": list(found.header_rows),
        "data": found.data_rows.tolist(),
        "total": list(found.total_rows),
        "section": list(found.section_rows),
        "note": list(found.note_rows),
    }


def test_header_of_three_rows_with_captions_over_captions():
    found = structure(
        [
            "农村危房改造任务资金分配表,,,,,,",
            "单位,任务数（户）,,补助资金（万元）,,,",
            ",小计,C级,小计,中央资金,,省级资金",
            ",,,,C级,D级,C级",
            "全县,33,10,120,30,40,20",
            "城关镇,13,4,50,10,20,10",
            "东河镇,20,6,70,20,20,10",
        ]
    )
    assert rows(found) == {"title": [0], "header": [1, 2, 3], "data": [5, 6], "total": [4], "section": [], "note": []}
    assert found.paths == (
        ("单位",),
        ("任务数（户）", "小计"),
        ("任务数（户）", "C级"),
        ("补助资金（万元）", "小计"),
        ("补助资金（万元）", "中央资金", "C级"),
        ("补助资金（万元）", "中央资金", "D级"),
        ("补助资金（万元）", "省级资金", "C级"),
    )


def test_row_of_column_numbers_and_a_row_of_units_belong_to_the_header():
    found = structure(["乡镇,户数,资金", ",(户),(万元)", "甲,1,2", "城关镇,3,4.5", "东河镇,5,6.5"])
    assert found.header_rows == (0, 1, 2)
    assert found.data_rows.tolist() == [3, 4]
    assert found.paths[2] == ("资金", "(万元)")


@pytest.mark.parametrize(
    "first", ["10亩", "十二", "暂无", "待定", "300余亩", "12.5万亩", "#REF!", "1-3万元", "见附件", ""]
)
@pytest.mark.parametrize(
    ("header", "labels"),
    [
        ("乡镇,村,面积（亩）,备注", ["姜家镇,平原村", "姜家镇,文石村", "姜家镇,槐园村", "姜家镇,五台村"]),
        ("乡镇,村,面积（亩）,备注", ["姜家镇,平原村", ",文石村", ",槐园村", ",五台村"]),
        ("编号,项目,面积（亩）,备注", ["XM-001,大棚", "XM-002,水渠", "XM-003,道路", "XM-004,路灯"]),
        ("序号,户主,面积（亩）,备注", ["一,张三", "二,李四", "三,王五", "四,赵六"]),
    ],
)
def test_first_rows_of_data_without_figures_are_no_header(header, labels, first):
    cells = [first, "待定", "7", "8"]
    found = structure([header, *(f"{label},{cell}," for label, cell in zip(labels, cells, strict=True))])
    assert (found.header_rows, found.data_rows.tolist()) == ((0,), [1, 2, 3, 4])


@pytest.mark.parametrize(
    ("lines", "header"),
    [
        (["单位,任务数,,资金", "乡镇,小计,C级,中央", "姜家镇,1,2,3", "丰盛镇,4,5,6"], (0, 1)),
        (["乡镇,资金,资金", "乡镇,中央,市级", "姜家镇,1,2", "丰盛镇,4,5"], (0, 1)),
        (["乡镇,户数,资金", "township,households,funds", "姜家镇,1,2", "丰盛镇,4,5"], (0, 1)),
        (["村名,产量,,备注", ",2022,2023,说明", "平原村,1,2,", "文石村,4,5,"], (0, 1)),
        ([",种植,,养殖", "村名,水稻,玉米,生猪", "平原村,1,2,3", "文石村,4,5,6"], (0, 1)),
    ],
)
def test_second_rows_of_headers_stay_headers(lines, header):
    found = structure(lines)
    assert (found.header_rows, found.data_rows.tolist()) == (header, [2, 3])


@pytest.mark.parametrize(
    ("lines", "header"),
    [
        (["等级,面积,户数", "甲,10,4", "乙,20,5", "丙,5,6"], (0,)),
        (["乡镇,组别,面积", "姜家镇,甲,1", "姜家镇,乙,2", "丰盛镇,丙,3"], (0,)),
        (["指标,行次,户数", "甲,乙,1", "粮食,1,3", "油料,2,5"], (0, 1)),
        (["乡镇,村,户数,面积", "甲,乙,(1),2=1*3", "姜家镇,平原村,3,4"], (0, 1)),
        (["乡镇,村,户数,面积", "栏次,,1,2", "姜家镇,平原村,3,4"], (0, 1)),
    ],
)
def test_only_a_row_that_numbers_the_columns_throughout_is_a_header(lines, header):
    found = structure(lines)
    assert (found.header_rows, found.data_rows.tolist()) == (header, list(range(len(header), len(lines))))


def test_years_as_columns_are_a_header_and_years_as_data_are_not():
    wide = structure(["指标,2021,2022,2023", "粮食产量,10,11,12", "农户数,3,4,5"])
    assert (wide.header_rows, wide.data_rows.tolist()) == ((0,), [1, 2])
    long = structure(["乡镇,年份,产量", "城关镇,2022,10", "东河镇,2023,11"])
    assert (long.header_rows, long.data_rows.tolist()) == ((0,), [1, 2])


@pytest.mark.parametrize(
    ("lines", "header", "data"),
    [
        (["村名,1年,2年,3年", "平原村,4,5,6", "文石村,7,8,9"], (0,), [1, 2]),
        (["村名,外出务工,,", ",3个月,6个月,12个月", "平原村,4,5,6", "文石村,7,8,9"], (0, 1), [2, 3]),
        (["村名,户数,人数", "平原村,4户,10人", "文石村,7户,20人"], (0,), [1, 2]),
        (["村名,户数,人数", "平原村,4户,10人", "文石村,7,20"], (0,), [1, 2]),
    ],
)
def test_figures_with_a_unit_are_data_but_above_figures_without_one_they_head_columns(lines, header, data):
    found = structure(lines)
    assert (found.header_rows, found.data_rows.tolist()) == (header, data)


def test_an_unnamed_total_of_figures_with_units_is_a_total():
    found = structure(["乡镇,人口", "甲镇,10人", "乙镇,20人", "丙镇,30人", ",60人"])
    assert (found.total_rows, found.data_rows.tolist()) == ((4,), [1, 2, 3])


def test_sections_are_captions_and_a_village_without_report_is_data():
    found = structure(
        ["村名,户数,资金", "姜家镇,,", "平原村,10,5", "文石村,,", "双河口镇,,", "五台村,20,6", "塘湾村,9,7", "白云村,,"]
    )
    assert rows(found)["section"] == [1, 4]
    assert rows(found)["data"] == [2, 3, 5, 6, 7]
    assert found.section_of.tolist() == [1, 1, 4, 4, 4]


def test_totals_wherever_they_stand():
    found = structure(
        [
            "序号,乡镇,村,资金",
            ",合 计,,60",
            "1,甲镇,东村,10",
            "2,甲镇,西村,20",
            ",小计,,30",
            "3,乙镇,南村,30",
            ",小计,,30",
        ]
    )
    assert found.total_rows == (1, 4, 6)
    unnamed = structure(["乡镇,人口", ",60", "甲镇,10", "乙镇,20", "丙镇,30"])
    assert (unnamed.total_rows, unnamed.data_rows.tolist()) == ((1,), [2, 3, 4])
    blank_but_small = structure(["乡镇,人口", "甲镇,10", "乙镇,20", ",5"])
    assert blank_but_small.total_rows == ()
    county = structure(["地区,人口", "平利县,60", "城关镇,10", "兴隆镇,20", "老县镇,30"])
    assert county.total_rows == (1,)
    park = structure(["地区,人口", "城关镇,50", "兴隆镇,20", "老县镇,30", "工业园区,5"])
    assert park.total_rows == ()


@pytest.mark.parametrize(
    ("lines", "totals"),
    [
        # 合计 is what the table is of: each township's money of all tiers together.
        (["龙洲湾街道,合计,200", "鱼洞街道,合计,201", "花溪街道,合计,202"], ()),
        (["龙洲湾街道,合计,200", "鱼洞街道,合计,201", "合计,合计,401"], (3,)),
        # Beside its parts it is their sum.
        (["龙洲湾街道,中央,100", "龙洲湾街道,省级,60", "龙洲湾街道,合计,160"], (3,)),
        (["全区,合计,401"], (1,)),
    ],
)
def test_a_total_in_every_row_is_what_the_table_is_of(lines, totals):
    assert structure(["乡镇,层级,到位额", *lines]).total_rows == totals


def test_notes_signatures_and_repeated_headers_are_no_data():
    found = structure(
        ["2023年统计表,,", "村名,户数,资金", "东村,1,2", "村名,户数,资金", "西村,3,4", "合计,4,6", "注：户数为年末数,,",
         "填表人：张三,审核人：李四,2023年5月3日"]
    )  # fmt: skip
    assert rows(found) == {"title": [0], "header": [1], "data": [2, 4], "total": [5], "section": [], "note": [3, 6, 7]}


def test_a_table_without_header_says_so():
    checked = check_file("东村,1,2\n西村,3,4\n南村,5,6\n".encode(), "t.csv")
    assert checked.layout.structure.header_rows == ()
    assert len(checked.frame) == 3
    assert "no_header" in set(checked.problems["rule"])


def test_lists_in_cells_become_rows():
    checked = check_file(xlsx_bytes([["地区", "人口"], ["东镇\n西镇\n南镇", "10\n20\n30"]]), "t.xlsx")
    assert checked.frame[0].tolist() == ["东镇", "西镇", "南镇"]
    assert checked.frame[1].sum() == 60
    assert checked.problems.loc[checked.problems["rule"] == "stacked_cells", "row"].tolist() == [2]


def test_blank_cells_under_a_group_are_filled_down():
    checked = check_file("乡镇,村,户数\n甲镇,东村,1\n,西村,2\n乙镇,南村,3\n,北村,4\n".encode(), "t.csv")
    assert checked.frame[0].tolist() == ["甲镇", "甲镇", "乙镇", "乙镇"]
    assert "filled_down" in set(checked.problems["rule"])


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("单位:人、%", ("人", "%")),
        ("金额单位：万元", ("万元",)),
        ("單位：人", ("人",)),
        ("填报单位：姜家镇", ()),
        ("单位", ()),
    ],
)
def test_units_of_a_line(text, units):
    assert find_units(text) == units


@pytest.mark.parametrize(
    "text", ["合计", "合 计", "总计：", "小计", "全县", "全 县", "杭州市小计", "全省合计", "Total"]
)
def test_words_of_totals(text):
    assert is_total(text)


@pytest.mark.parametrize("text", ["合计村", "统计", "小计划", "姜家镇", "全县农户", "会计"])
def test_words_that_are_no_totals(text):
    assert not is_total(text)


@pytest.mark.parametrize(
    ("text", "level"),
    [("平原村", "village"), ("天星寺社区", "village"), ("姜家镇", "township"), ("龙洲湾街道", "township"),
     ("巴南区", "county"), ("2023", None), ("硬化道路3公里", None), ("镇", None)],
)  # fmt: skip
def test_level_of_a_place_by_its_ending(text, level):
    assert place_level(text) == level


# -- what was made is what is understood ------------------------------------------------------------------------------

# What stands in place of a figure, and the figure read; None for what nobody can know.
WORDS = {"10户": 10, "十二": 12, "零": 0, "300余户": 300, "约20": 20, "暂无": None, "待定": None, "未报": None,
         "见附件": None, "1-3户": None, "#REF!": None, "—": None, "": None}  # fmt: skip
UNREAD = {word for word, value in WORDS.items() if value is None and word not in {"", "—"}}
NAMES = [f"{a}{b}村" for a in "东西南北上下前后" for b in "山河桥塘湾坪坝沟"]


def figure(cell):
    return WORDS.get(cell, cell)


@st.composite
def grids(draw):
    """A table with any mixture of title, units, captions, totals, sections and notes, and where each of them stands."""
    figures = draw(st.integers(1, 4))
    numbered, captions = draw(st.booleans()), draw(st.booleans()) and figures >= 2
    labels = (["序号"] if numbered else []) + ["村名"]
    width = len(labels) + figures
    names = draw(st.lists(st.sampled_from(NAMES), min_size=3, max_size=12, unique=True))
    values = [[draw(st.integers(0, 9999)) for _ in range(figures)] for _ in names]
    # Rows of words come first, where they are most like a header.
    for row in range(draw(st.integers(0, len(names) // 2))):
        values[row] = [draw(st.sampled_from(list(WORDS))) for _ in range(figures)]
    grid, made = [], {"title": [], "header": [], "data": [], "total": [], "note": []}

    def put(kind, row):
        if kind:
            made[kind].append(len(grid))
        grid.append([*row, *[""] * (width - len(row))])

    for _ in range(draw(st.integers(0, 2))):
        put("title", [draw(st.sampled_from(["附件1", "2023年各村情况统计表", "某镇农户收入情况"]))])
    if draw(st.booleans()):
        put(None, [*[""] * (width - 1), "单位：户"] if draw(st.booleans()) else ["单位：户"])
    heads = [f"{word}数" for word in "甲乙丙丁"[:figures]]
    heads = [{"甲数": "脱贫户数", "乙数": "走访户数", "丙数": "改厕户数", "丁数": "改水户数"}[h] for h in heads]
    if captions:
        put("header", [*labels, "农户", *[""] * (figures - 1)])
        put("header", [*[""] * len(labels), *heads])
    else:
        put("header", [*labels, *heads])
    where = draw(st.sampled_from(["none", "first", "last"]))
    sums = [str(sum(figure(cell) or 0 for cell in column)) for column in zip(*values, strict=True)]
    total = [*[""] * (len(labels) - 1), draw(st.sampled_from(["合计", "合 计", "总计", "全镇"])), *sums]
    if where == "first":
        put("total", total)
    for number, (name, row) in enumerate(zip(names, values, strict=True), 1):
        put("data", [*([str(number)] if numbered else []), name, *map(str, row)])
    if where == "last":
        put("total", total)
    for _ in range(draw(st.integers(0, 2))):
        put("note", [draw(st.sampled_from(["注：年末数", "填表人：张三", "数据来源：镇农业服务中心"]))])
    return grid, made, values


# A total of 1940 households is no header of a year.
_LIKE_A_YEAR = (
    [["序号", "村名", "脱贫户数"], ["", "合计", "1940"],
     ["1", "东山村", "0"], ["2", "东河村", "0"], ["3", "东桥村", "1940"]],
    {"title": [], "header": [0], "data": [2, 3, 4], "total": [1], "note": []},
    [[0], [0], [1940]],
)  # fmt: skip


@pytest.mark.parametrize("until", ["截至2023年10月31日", "截止到10月底", "数据截至：2023-10-31"])
def test_a_day_in_a_cell_of_its_own_beside_who_reports_heads_no_column(until):
    line = ["填报单位：姜家镇人民政府", until, "单位：万元"]
    rows = [["2023年项目进度表"], line, ["村", "总投资", "已支付"], ["平原村", 100, 20], ["文石村", 80, 40]]
    assert list(check_file(csv_bytes(rows), "t.csv").layout.structure.header_rows) == [2]


@settings(deadline=None, max_examples=120)
@given(grids(), st.sampled_from(["csv", "gbk", "xlsx"]))
@example(_LIKE_A_YEAR, "csv")
def test_what_was_made_is_what_is_understood(made, container):
    grid, where, values = made
    raw = xlsx_bytes(grid) if container == "xlsx" else csv_bytes(grid, "gb18030" if container == "gbk" else "utf-8")
    checked = check_file(raw, f"t.{container}")
    found = checked.layout.structure
    assert list(found.header_rows) == where["header"]
    assert found.data_rows.tolist() == where["data"]
    assert list(found.total_rows) == where["total"]
    assert list(found.note_rows) == where["note"]
    figures = [c.col for c in checked.columns if c.kind == "number" and c.canonical != "seq"]
    read_as = [[None if isnan(v) else v for v in checked.frame[col]] for col in figures]
    assert read_as == [[figure(cell) for cell in column] for column in zip(*values, strict=True)]
    told = set(checked.problems.loc[checked.problems["rule"].isin(["number_unread", "error_cell"]), "row"])
    lost = {row for row, cells in zip(where["data"], values, strict=True) if set(cells) & UNREAD}
    assert told == {row + 1 for row in lost}


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=12))
def test_no_grid_raises(grid):
    checked = check_file(csv_bytes(grid), "t.csv")
    assert checked.outcome in {"parse", "warn", "reject"}
    checked.messages("zh")
    checked.to_json("en")
