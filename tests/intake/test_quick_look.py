"""Any table looked at: its rows with their roles, its places, sums, ranking, line; and who is covered."""

import pytest
from intake.making import csv_bytes, xlsx_bytes
from support.messy import COUNTY, by_year, drinking_water, villages

from data.grid import grid
from data.intake import check_file
from data.intake.corrections import Corrections
from data.intake.model import letter
from data.quick_look import ALL_ROWS, ROWS, TOWNSHIP, VILLAGE, Look, period
from geo.regions import regions

TOWNS = tuple(dict.fromkeys(villages(40)["town"]))


def looked(raw, name="表.csv"):
    checked = check_file(raw, name, COUNTY)
    assert checked.generic, checked.refusal
    return Look(checked, COUNTY)


def figure(look, title):
    return next(f for f in look.figures if title in f.title)


def words(line):
    return " ".join(cell.text for cell in line.cells)


def test_a_table_that_counts_the_same_in_several_ways_has_one_total():
    text = (
        "劳动力数量\n单位：人\n分组,合计,纯农户\n合计,100,60\n一、按社区类型分,,\n村委会,90,55\n居委会,10,5\n"
        "二、按是否贫困村分,,\n是,30,20\n否,70,40\n三、按是否县城驻地分,,\n是,25,25\n否,75,35\n"
    )
    look = looked(text.encode())
    totals = look.totals(figure(look, "合计"), "0")
    assert totals.total == 100
    assert totals.values["是（二、按是否贫困村分）"] == 30
    assert totals.values["是（三、按是否县城驻地分）"] == 25
    assert totals.values["村委会"] == 90


def test_a_column_of_zeros_is_not_what_is_looked_at_first():
    text = "交通\n单位：%\n镇街,有火车站的村,通公路的村\n甲镇,0,50\n乙镇,0.0,60\n"
    assert looked(text.encode()).figures[0].title == "通公路的村"


def test_groups_that_add_up_to_the_total_are_summed():
    text = "补助\n单位：元\n项目,金额\n合计,100\n一、产业类,\n大棚,40\n道路,20\n二、基建类,\n道路,40\n"
    look = looked(text.encode())
    totals = look.totals(figure(look, "金额"), "0")
    assert totals.total == 100
    assert totals.values["道路"] == 60


def test_how_many_people_there_are_is_no_list_of_people():
    names = villages(3)
    places = (names["town"] + names["short_name"]).tolist()
    rows = [["村", "脱贫人口", "监测对象"], *zip(places, (45, 66, 30), (3, 1, 0), strict=True)]
    look = looked(csv_bytes(rows))
    assert look.totals(figure(look, "脱贫人口"), VILLAGE).total == 141


def test_answers_of_people_are_answers_though_one_of_them_is_a_number():
    rows = [
        ["人员编号", "村代码", "快照日", "脱贫人口"],
        *([f"P{n}", villages(1)["code"].iloc[0], "2023-05-31", n] for n in (0, 1, 2)),
    ]
    checked = check_file(csv_bytes(rows), "人员.csv", COUNTY)
    assert checked.table == "persons"
    assert list(checked.problems["value"]) == ["2"]


# ---- the file as it stands -------------------------------------------------------------------------------------------


def test_rows_are_shown_with_their_roles_and_the_numbers_a_spreadsheet_shows():
    shown = grid(check_file(drinking_water(), "饮水.xlsx", COUNTY))
    roles = {line.number: line.roles[0] for line in shown.lines}
    assert [roles[n] for n in (1, 2, 3, 4, 5)] == ["title", "unit", "header", "header", "data"]
    assert [roles[n] for n in (35, 36, 37, 38)] == ["data", "total", "note", "note"]
    # 31 rows of data, of which 4 stand above and 1 below the gap.
    assert [line.skipped for line in shown.lines if line.skipped] == [26]
    assert [name for name, _ in shown.columns] == list("ABCDEFGH")
    caption = next(line for line in shown.lines if line.number == 3).cells
    assert [(cell.text, cell.width) for cell in caption if cell.width > 1] == [("投资（万元）", 2), ("户数", 2)]


def test_every_line_is_as_wide_as_the_sheet():
    shown = grid(check_file(drinking_water(), "饮水.xlsx", COUNTY))
    assert {sum(cell.width for cell in line.cells) for line in shown.lines} == {len(shown.columns)}


def test_a_small_file_is_shown_whole():
    raw = csv_bytes([["镇街", "户数"], *([town, n] for n, town in enumerate(TOWNS[:5]))])
    shown = grid(check_file(raw, "表.csv", COUNTY))
    assert [line.number for line in shown.lines] == [1, 2, 3, 4, 5, 6]
    assert shown.skipped == 0


def test_people_are_covered():
    rows = [[TOWNS[n], f"张三{n}", f"5002231990010112{n}4", 10 + n, f"见 5002231990010112{n}4"] for n in range(8)]
    checked = check_file(csv_bytes([["镇街", "姓名", "证号", "补助户数", "情况"], *rows]), "表.csv", COUNTY)
    told = " ".join(words(line) for line in grid(checked).lines)
    assert "姓名" in told
    assert "张三" not in told
    assert "199001" not in told
    look = Look(checked, COUNTY)
    assert "姓名" not in look.labels.values()
    assert not [f for f in look.figures if "证号" in f.title]


def test_a_table_of_people_shows_no_number_and_no_unknown_column():
    town = villages(1)
    rows = [[f"H{n}", "2023-06-30", town["code"].iloc[0], 3, f"张三{n}"] for n in range(3)]
    checked = check_file(
        csv_bytes([["户编号", "日期", "村代码", "人口", "联系人"], *rows]), "农户.csv", COUNTY, "households"
    )
    told = " ".join(words(line) for line in grid(checked).lines)
    assert "户编号" in told
    assert "H1" not in told
    assert "张三" not in told


@pytest.mark.parametrize(("col", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_lettered_as_in_a_spreadsheet(col, name):
    assert letter(col) == name


# ---- places ----------------------------------------------------------------------------------------------------------


def test_villages_are_found_by_township_and_name_and_the_lost_one_is_named():
    look, chosen = looked(drinking_water(), "饮水.xlsx"), villages(30)
    money = look.figures[0]
    assert (money.title, money.unit) == ("投资（万元）/计划", "万元")
    found = look.totals(money, VILLAGE)
    assert found.values == {code: 11.0 + n for n, code in enumerate(chosen["code"])}
    assert (found.rows, found.of, found.total) == (30, 31, sum(range(11, 41)))
    assert list(look.missing) == [f"{chosen['town'].iloc[0]}乌有村"]
    assert look.missing == dict.fromkeys(look.missing, 1)


def test_sums_by_township_count_rows_whose_village_is_unknown():
    look, chosen = looked(drinking_water(), "饮水.xlsx"), villages(30)
    found = look.totals(look.figures[0], TOWNSHIP)
    first = [11.0 + n for n, town in enumerate(chosen["parent"]) if town == chosen["parent"].iloc[0]]
    assert found.values[chosen["parent"].iloc[0]] == sum(first) + 1
    assert (found.rows, found.of) == (31, 31)


def test_a_village_of_one_name_in_two_townships_is_not_guessed():
    qijiang = "500110"
    known = regions(qijiang).query("level == 'village'")
    twice = known.loc[known.duplicated("short_name", keep=False), "short_name"].iloc[0]
    once = known.drop_duplicates("short_name", keep=False).head(5)
    raw = csv_bytes([["行政村", "受益户数"], *([name, 5] for name in (twice, *once["short_name"]))])
    look = Look(check_file(raw, "表.csv", qijiang), qijiang)
    assert look.missing == {twice: 1}
    assert set(look.totals(look.figures[0], VILLAGE).values) == set(once["code"])


def test_township_and_village_in_one_cell():
    chosen = villages(12)
    rows = [[town + village, 7] for town, village in zip(chosen["town"], chosen["short_name"], strict=True)]
    look = looked(csv_bytes([["乡镇、村", "受益户数（户）"], *rows]))
    assert set(look.totals(look.figures[0], VILLAGE).values) == set(chosen["code"])


def test_places_of_elsewhere_give_words_to_rank_by_and_no_map():
    rows = [[f"某某{n}镇", 10 * n] for n in range(1, 8)]
    look = looked(csv_bytes([["乡镇", "受益户数（户）"], *rows]))
    assert look.levels == ()
    assert look.places_named
    by = next(iter(look.labels))
    assert look.totals(look.figures[0], by).values == {f"某某{n}镇": 10.0 * n for n in range(1, 8)}


# ---- what may be summed ----------------------------------------------------------------------------------------------


def test_rows_taken_apart_are_summed_one_by_one():
    rows = [[TOWNS[2], "庚", "7"], [TOWNS[0], "甲\n乙\n丙", "1\n2\n3"], [TOWNS[1], "丁\n戊\n己", "4\n5\n6"]]
    look = looked(xlsx_bytes([["镇街", "作物名称", "面积（亩）"], *rows]), "表.xlsx")
    assert sorted(look.totals(look.figures[0], TOWNSHIP).values.values()) == [6, 7, 15]
    assert look.line(look.figures[0]).values == ()


def test_shares_are_never_summed():
    look, chosen = looked(drinking_water(), "饮水.xlsx"), villages(30)
    share = figure(look, "普及率")
    assert not share.additive
    by_town = look.totals(share, TOWNSHIP)
    towns = chosen["parent"].value_counts()
    # The first township has the lost village's row too.
    several = {*towns[towns > 1].index, chosen["parent"].iloc[0]}
    assert by_town.total is None
    assert set(by_town.values) == set(towns.index) - several
    assert by_town.left_out == len(several)
    assert look.totals(share, VILLAGE).values[chosen["code"].iloc[4]] == 80.5


@pytest.mark.parametrize("header", ["人均收入（元）", "合格率", "平均年龄", "单价（元/斤）", "考核得分"])
def test_averages_and_prices_are_no_sums(header):
    look = looked(csv_bytes([["镇街", header], *([town, 12.5 + n] for n, town in enumerate(TOWNS[:6]))]))
    assert not figure(look, header.partition("（")[0]).additive


def test_rows_of_different_quantities_are_not_summed():
    rows = [["地区生产总值", "亿元", 950.1], ["常住人口", "万人", 118.2], ["粮食产量", "万吨", 33.4]]
    look = looked(csv_bytes([["指标", "计量单位", "数值"], *rows]))
    value = look.figures[0]
    assert look.totals(value, "0").total is None
    # Nor ranked: they stay as the file has them, each with its unit.
    assert look.unlike(value)
    assert list(look.totals(value, "0").values) == [name for name, _unit, _n in rows]
    assert look.units_of("0") == {name: unit for name, unit, _n in rows}


def test_running_numbers_and_telephone_numbers_are_no_figures():
    rows = [[n, TOWNS[n], f"1380000{n:04}", 30 + n] for n in range(8)]
    look = looked(csv_bytes([["序号", "镇街", "值班", "受益户数（户）"], *rows]))
    assert [f.title for f in look.figures] == ["受益户数（户）", ""]


def test_rows_can_always_be_counted():
    look = looked(csv_bytes([["镇街", "情况"], *([town, "良好"] for town in TOWNS[:6])]))
    assert [f.id for f in look.figures] == [ROWS]
    assert set(look.totals(look.figures[0], TOWNSHIP).values.values()) == {1.0}


# ---- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2022年", (2022, 0)), ("2022", (2022, 0)), ("3月", (0, 3)), ("2023年11月", (2023, 11)),
        ("2023-04", (2023, 4)), ("三季度", (0, 9)), ("2023年第2季度", (2023, 6)), ("上半年", (0, 6)), ("户数", None),
        ("22", None), ("13月", None),
    ],
)  # fmt: skip
def test_words_of_time_are_read(text, found):
    assert period(text) == found


def test_years_in_the_header_make_a_line_of_all_rows_or_one():
    look = looked(by_year(), "面积.xlsx")
    area = look.figures[0]
    rows = len(TOWNS)
    first = 100 * rows * (rows + 1) // 2
    together = look.line(area)
    assert together.words == ("2020年", "2021年", "2022年", "2023年")
    assert together.values == (first, first + 10 * rows, first + 20 * rows, first + 40 * rows)
    assert look.over_time(area)[0] == ALL_ROWS
    assert look.line(area, "1").values == (200, 210, 220, 240)
    assert look.row_name("1") == TOWNS[1]


def test_the_same_places_in_several_years_are_not_added_over_the_years():
    rows = [[town, f"{year}年", 10 * (year - 2019)] for year in (2021, 2022) for town in TOWNS[:6]]
    look = looked(csv_bytes([["镇街", "年度", "受益户数（户）"], *rows]))
    assert look.periods == ("2021年", "2022年")
    assert look.totals(look.figures[0], TOWNSHIP, "2022年").total == 6 * 30
    assert look.line(look.figures[0]).values == (6 * 20, 6 * 30)


def test_a_list_of_things_with_a_date_each_is_looked_at_whole():
    rows = [[TOWNS[n % 6], f"测试项目{n}", f"{2020 + n % 3}年", 5] for n in range(24)]
    look = looked(csv_bytes([["镇街", "项目名称", "年度", "资金（万元）"], *rows]))
    assert look.periods == ()
    assert look.totals(look.figures[0], TOWNSHIP).total == 24 * 5


def test_a_cell_of_several_villages_counts_for_their_one_township_and_for_no_village():
    known = regions(COUNTY)
    one, other, far = "平原村", "文石村", "道角村"
    chosen = known.query("level == 'village'").set_index("short_name")
    head = ["村名", "养蜂户（户）"]
    raw = csv_bytes([head, [f"{one}、{other}", 5], [one, 7], [f"{other}和{far}", 3]])
    look = Look(check_file(raw, "表.csv", COUNTY), COUNTY)
    assert look.totals(look.figures[0], VILLAGE).values == {chosen.loc[one, "code"]: 7.0}
    assert look.totals(look.figures[0], TOWNSHIP).values == {chosen.loc[one, "parent"]: 12.0}
    assert look.several == {f"{one}、{other}": 1, f"{other}和{far}": 1}
    assert look.missing == {}


def test_shares_written_as_fractions_are_shown_in_per_cent_and_told():
    rows = [["乡镇", "参保率（%）"], ["姜家镇", 0.83], ["东温泉镇", 0.5], ["界石镇", 1]]
    checked = check_file(csv_bytes(rows), "表.csv", COUNTY)
    assert checked.frame[1].tolist() == [83, 50, 100]
    assert "fraction_as_percent" in set(checked.problems["rule"])
    one_percent = check_file(csv_bytes([*rows, ["木洞镇", 12]]), "表.csv", COUNTY)
    assert one_percent.frame[1].tolist() == [0.83, 0.5, 1, 12]


HIVES = "姜家镇养蜂情况,\n村,蜂箱（个）\n姜家社区,1\n白云山村,2\n文石村,3\n槐园村,4\n蔡家寺村,5\n水源村,6\n{more}"


def test_a_village_twice_in_a_table_of_one_row_per_village_is_named_with_its_rows():
    look = looked(HIVES.format(more="文石村,3\n").encode())
    assert look.twice == {"500113115215": (5, 9)}
    assert looked(HIVES.format(more="").encode()).twice == {}


def test_a_list_of_things_has_villages_again():
    head = "村,养蜂户数（户）,品种\n"
    rows = "".join(
        f"{village},{n},{kind}\n" for n, village in enumerate(("文石村", "槐园村")) for kind in ("中蜂", "意蜂")
    )
    assert looked((head + rows).encode()).twice == {}


def test_a_misspelt_village_is_named_with_what_it_may_be():
    look = looked(HIVES.format(more="平塬村,7\n").encode())
    assert list(look.missing) == ["平塬村"]
    assert look.likely["平塬村"][0].split()[0] == "姜家镇平原村"


def test_a_place_that_was_not_found_is_asked_for_and_taken_as_said():
    raw = csv_bytes([["乡镇", "村", "旅客（人）"], ["姜家镇", "平塬村", 5], ["姜家镇", "文石村", 3]])
    look = Look(check_file(raw, "t.csv", "500113"), "500113")
    (asked,) = look.questions
    assert (asked.text, asked.township, asked.rows) == ("平塬村", "姜家镇", 1)
    assert (asked.likely[0], asked.around) == ("500113115219", "500113115000")
    said = Corrections(places={("平塬村", "姜家镇"): "500113115219"})
    look = Look(check_file(raw, "t.csv", "500113", said=said), "500113")
    assert look.questions == ()
    assert look.missing == {}
    figure = next(f for f in look.figures if f.unit == "人")
    assert look.totals(figure, VILLAGE).values == {"500113115219": 5, "500113115215": 3}
