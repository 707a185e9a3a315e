"""What items.yaml says of an item, held against the rows that give figures of it."""

import pytest

from data.intake import check_file
from data.intake.item_names import plain_name
from data.intake.units import factor
from data.intake.upload_headers import match_header, plain
from data.tables import items, tables

COUNTY = "500113"
PLACE = "2023-09-30,姜家镇,平原村"


def told(head, figures, place=PLACE):
    """Return (rule, row, value) of what is told of a table with a column per item, repairs left out."""
    checked = check_file(f"日期,乡镇,村名,{head}\n{place},{figures}\n".encode(), "t.csv", COUNTY)
    wrong = checked.problems.loc[checked.problems["severity"] != "repair"]
    return [(r.rule, r.row, r.value) for r in wrong.itertuples()]


def fact(level, place, item, value):
    text = f"层级,代码或名称,日期,事项代码,数值\n{level},{place},2023-09-30,{item},{value}\n"
    return check_file(text.encode(), "t.csv", COUNTY)


@pytest.mark.parametrize(("level", "place"), [("村", "姜家镇平原村"), ("乡镇", "姜家镇")])
def test_an_average_of_the_county_is_refused_for_places_below(level, place):
    checked = fact(level, place, "农村居民收入", 12480)
    assert checked.outcome == "reject"
    wrong = checked.problems.set_index("rule").loc["item_level"]
    assert wrong["row"] == 2
    assert wrong["value"].split()[0] == place
    assert (wrong["more"]["item_zh"], wrong["more"]["level_zh"]) == ("农村居民收入", level)


def test_it_is_taken_for_the_county_and_amounts_that_add_up_for_any_level():
    assert fact("县区", "巴南区", "农村居民收入", 12480).outcome == "parse"
    assert fact("乡镇", "姜家镇", "消费帮扶额", 12).outcome == "parse"
    assert fact("村", "姜家镇平原村", "新增帮扶车间", 1).outcome == "parse"
    # A category the county has is no part of the county.
    assert "item_level" not in set(fact("主体", "中药材", "特色产业类别", 1).problems["rule"])


@pytest.mark.parametrize(
    ("head", "figures", "rule", "value"),
    [
        ("庭院经济示范户（户）,辣椒面积（亩）", "-3,2.5", "item_negative", "-3"),
        ("庭院经济示范户（户）,辣椒面积（亩）", "2.5,2.5", "item_not_whole", "2.5"),
        ("村集体收入增长（万元）,辣椒面积", "125000,3", "item_range", "125000"),
        ("监测对象户数,脱贫不稳定户数", "10,12", "part_above_whole", "12"),
        ("积分制推广率,清单制推广率", "90,1", "item_not_flag", "90"),
        ("积分制推广率,清单制推广率", "0.5,1", "item_not_flag", "0.5"),
    ],
)
def test_what_an_item_cannot_be_is_told(head, figures, rule, value):
    assert told(head, figures) == [(rule, 2, value)]


@pytest.mark.parametrize(
    ("head", "figures"),
    [
        ("农业主体净增,辣椒面积", "-2,2.5"),
        ("监测对象户数,脱贫不稳定户数", "12,12"),
        ("村集体收入增长（万元）,辣椒面积", "-3.5,0"),
        ("积分制推广率,清单制推广率", "0,1"),
    ],
)
def test_what_it_can_be_is_not(head, figures):
    assert told(head, figures) == []


@pytest.mark.parametrize("unit", ["%", "‰", "个", "户", "万元", "亩"])
@pytest.mark.parametrize("figure", ["80", "1"])
def test_what_a_village_has_or_has_not_is_in_no_unit(unit, figure):
    """80 % of 积分制推广率 is no yes, and 1 % neither."""
    assert ("flag_unit", 2, "") in told(f"积分制推广率（{unit}）,清单制推广率", f"{figure},1")


@pytest.mark.parametrize("cell", ["80%", "1%", "1户"])
def test_nor_are_its_cells(cell):
    rules = [(rule, value) for rule, _, value in told("积分制推广率,清单制推广率", f"{cell},1")]
    assert rules == [("not_a_number", cell)]


def test_nor_is_a_row_or_a_line_of_units():
    def rules(text):
        return set(check_file(text.encode(), "t.csv", COUNTY).problems["rule"])

    assert "flag_unit" in rules(
        "层级,代码或名称,日期,事项代码,数值,计量单位\n村,姜家镇平原村,2023-09-30,积分制推广率,1,%\n"
    )
    assert "flag_unit" in rules(
        "姜家镇2023年9月情况,,\n单位：%,,\n乡镇,村名,积分制推广率\n姜家镇,平原村,80\n姜家镇,文石村,20\n"
    )
    row = "层级,代码或名称,日期,事项代码,数值,计量单位\n村,姜家镇平原村,2023-09-30,积分制推广率,1,0/1\n"
    assert not rules(row) & {"flag_unit", "unit_unread", "wrong_unit"}


def test_yes_and_no_may_be_written_so():
    text = "日期,乡镇,村名,积分制推广率,辣椒面积\n2023-09-30,姜家镇,平原村,是,2\n2023-09-30,姜家镇,文石村,否,3\n"
    checked = check_file(text.encode(), "t.csv", COUNTY)
    flags = checked.frame.loc[checked.frame["item"] == "points_system", "value"]
    assert flags.tolist() == [1, 0]
    assert not checked.problems["severity"].eq("error").any()


def test_figures_of_a_ratio_are_counts_in_one_unit():
    def rules(head):
        return {rule for rule, _, _ in told(head, "8,10")}

    assert "ratio_part_unit" in rules("群众满意度分子（%）,群众满意度分母")
    assert "ratio_units" in rules("群众满意度分子（万人）,群众满意度分母（人）")
    assert "ratio_units" in rules("群众满意度分子（户）,群众满意度分母（人）")
    assert not rules("群众满意度分子（人）,群众满意度分母（人）") & {"ratio_units", "ratio_part_unit", "wrong_unit"}


def test_no_item_takes_a_figure_in_a_unit_of_another_kind():
    """Every unit of an item against every other, and against others that offices use."""
    other_words = {
        ("个", "家"), ("个", "类"), ("个", "项"), ("家", "个"), ("类", "个"), ("项", "个"), ("%", "百分点"),
        ("元", "万元"), ("万元", "元"), ("元", "元/人·月"), ("万元", "元/人·月"), ("元/人·月", "元"), ("元/亩", "元"),
    }  # fmt: skip
    wanted = {item.unit for item in items().values()} - {"分子/分母"}
    for unit in (wanted - {"0/1"}) | {"%", "元/亩", "人次", "岁", "吨"}:
        for target in wanted:
            assert (factor(unit, target) is not None) == (unit == target or (unit, target) in other_words), (
                unit,
                target,
            )


def test_a_share_above_all_is_told_unless_the_ratio_may_be():
    def ratio(item):
        text = f"层级,代码或名称,日期,事项代码,分子,分母\n县区,巴南区,2023-09-30,{item},11,10\n"
        return set(check_file(text.encode(), "t.csv", COUNTY).problems["rule"])

    assert "item_above_all" in ratio("小学适龄入学率")
    assert "item_above_all" not in ratio("学前三年毛入园率")


def test_wholes_are_items_in_the_same_unit():
    for item in items().values():
        assert item.part_of is None or items()[item.part_of].unit == item.unit


def test_no_name_of_an_item_means_another_too():
    named = {}
    for code, item in items().items():
        for name in {plain_name(n) for n in (item.name_zh, item.name_en, code, *item.aliases)}:
            assert named.setdefault(name, code) == code, name


def test_no_alias_of_a_column_means_another_of_its_table_too():
    for table in tables().values():
        named = {}
        for column in table.columns:
            for name in {plain(n) for n in (column.zh, column.en, column.name, *column.aliases)}:
                assert named.setdefault(name, column.name) == column.name, (table.id, name)
            for name in column.aliases:
                role, found, _, _ = match_header(table.id, name)
                assert (role, found) == ("column", column.name), (table.id, name)


def test_everyday_names_of_items_are_known():
    text = "2023年5月情况,,,,,\n乡镇,村,村集体经济收入（元）,帮扶车间数（个）,监测户数,脱贫不稳定户\n"
    text += "姜家镇,平原村,120000,2,5,3\n"
    checked = check_file(text.encode(), "t.csv", COUNTY)
    assert checked.outcome == "parse"
    assert dict(zip(checked.frame["item"], checked.frame["value"], strict=True)) == {
        "collective_income": 12,
        "workshops_count": 2,
        "monitored_households": 5,
        "monitored_unstable": 3,
    }


def test_an_alias_above_other_figures_is_a_caption():
    checked = check_file("2023年5月,,\n乡镇,脱贫不稳定户,\n,户数,人数\n姜家镇,3,9\n".encode(), "t.csv", COUNTY)
    assert checked.table is None


@pytest.mark.parametrize(
    ("table", "text", "wanted"),
    [
        (
            "projects",
            "2023年5月,,,,,,\n项目编号,项目名称,项目类别,实施地点,总投资,财政资金,已支付\nP1,路,基础设施,姜家镇平原村,100,80,20\n",
            {"kind": "infrastructure", "village_code": "500113115219", "invest": 100, "fiscal": 80, "paid": 20},
        ),
        (
            "projects",
            "2023年5月,,,,,\n项目编号,项目名称,年度,实施村,实施地点,总投资\nP1,路,2023,平原村,村委会旁,100\n",
            {"plan_year": 2023, "village_code": "500113115219", "invest": 100},
        ),
        (
            "issues",
            "编号,村,问题描述,发现时间,整改时限\n1,平原村,漏雨,2023-05-01,2023-06-01\n",
            {"problem": "漏雨", "village_code": "500113115219"},
        ),
        ("staff", "人员编号,村,职务,驻村天数,月份\n1,平原村,第一书记,22,2023年5月\n", {"days": 22, "month": "2023-05"}),
        ("facts", "层级,代码或名称,月份,事项,数值\n村,平原村,2023年5月,村集体收入,22\n", {"item": "collective_income"}),
        ("facts", "村名,事项,完成数,月份\n平原村,村集体收入,22,2023年5月\n", {"value": 22}),
    ],
)
def test_everyday_headers_of_columns_are_known(table, text, wanted):
    checked = check_file(text.encode(), "t.csv", COUNTY)
    assert checked.table == table
    assert "error" not in set(checked.problems["severity"])
    row = checked.frame.iloc[0]
    assert {name: row[name] for name in wanted} == wanted
