"""What items.yaml says of an item, held against the rows that give figures of it."""

import pytest

from data.intake import check_file
from data.tables import items

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


@pytest.mark.parametrize(
    ("head", "figures", "rule", "value"),
    [
        ("庭院经济示范户（户）,辣椒面积（亩）", "-3,2.5", "item_negative", "-3"),
        ("庭院经济示范户（户）,辣椒面积（亩）", "2.5,2.5", "item_not_whole", "2.5"),
        ("村集体收入增长,辣椒面积", "125000,3", "item_range", "125000"),
        ("监测对象户数,脱贫不稳定户数", "10,12", "part_above_whole", "12"),
        ("积分制推广率,清单制推广率", "90,1", "item_range", "90"),
    ],
)
def test_what_an_item_cannot_be_is_told(head, figures, rule, value):
    assert told(head, figures) == [(rule, 2, value)]


@pytest.mark.parametrize(
    ("head", "figures"),
    [
        ("农业主体净增,辣椒面积", "-2,2.5"),
        ("监测对象户数,脱贫不稳定户数", "12,12"),
        ("村集体收入增长,辣椒面积", "-3.5,0"),
        ("积分制推广率,清单制推广率", "0,1"),
    ],
)
def test_what_it_can_be_is_not(head, figures):
    assert told(head, figures) == []


def test_a_share_above_all_is_told_unless_the_ratio_may_be():
    def ratio(item):
        text = f"层级,代码或名称,日期,事项代码,分子,分母\n县区,巴南区,2023-09-30,{item},11,10\n"
        return set(check_file(text.encode(), "t.csv", COUNTY).problems["rule"])

    assert "item_above_all" in ratio("小学适龄入学率")
    assert "item_above_all" not in ratio("学前三年毛入园率")


def test_wholes_are_items_in_the_same_unit():
    for item in items().values():
        assert item.part_of is None or items()[item.part_of].unit == item.unit
