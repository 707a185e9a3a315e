"""The page of one village or township: found, at a glance, printed, side by side."""

import re

import pandas as pd
import pytest
from support.pages import markup, texts, titles

from components.place import compare, records
from components.problems.panel import problems_of
from components.server.site import ROOT
from data import loaders
from data.language import translator
from geo.regions import regions
from tests.support.worked import indicator

VILLAGE, TOWN = "500113115219", "500113115000"  # 平原村 in 姜家镇


def whole(page):
    return "\n".join(markup(page))


def test_without_a_place_all_are_offered(on_sample):
    page = on_sample("banan", "village")
    html = whole(page)
    below = regions("500113")
    assert all(f'data-id="{code}"' in html for code in below.loc[below["level"] != "county", "code"])
    assert "镇街与村（社区）" in titles(page)


def test_a_village_at_a_glance(on_sample):
    page = on_sample("banan", "village", village=VILLAGE)
    assert {
        "平原村村民委员会 · 500113115219",
        "全部指标",
        "项目",
        "问题清单",
        "工作记录",
        "计划点名",
        "最近报送",
    } <= set(titles(page))
    told = texts(page)
    assert {"巴南区", "姜家镇", "平原村"} <= set(told)
    assert {"‹ 水源村", "河坝村 ›"} <= set(told)  # its neighbours in the register
    assert {"镇内位次", "县区内位次"} <= set(told)
    # Every indicator with a figure of its own is on the page.
    day = loaders.evaluation_dates("banan", "banan-2023")[0]
    rows = loaders.at("banan", "banan-2023", day, VILLAGE)
    html = whole(page)
    assert all(f'data-id="{i}"' in html for i in rows.loc[rows["value"].notna(), "indicator"])


def test_a_township_has_its_villages(on_sample):
    page = on_sample("banan", "village", town="姜家镇")
    assert "姜家镇 · 500113115000" in titles(page)
    assert "所辖各村 × 板块" in titles(page)
    assert "镇内位次" not in texts(page)


def test_the_plan_of_a_township_shows_it_at_once(on_sample):
    page = on_sample("qijiang", "village")
    assert "扶欢镇 · 500110120000" in titles(page)


def test_a_village_of_another_township_gives_way_to_the_one_narrowed_to(on_sample):
    page = on_sample("banan", "village", village=VILLAGE, town="二圣镇")
    assert any(title.startswith("二圣镇 · ") for title in titles(page))


def test_search_by_letters_leads_to_the_village(on_sample):
    page = on_sample("banan", "village")
    page.text_input(key="find").set_value("pyz").run()
    assert f'data-id="{VILLAGE}"' in whole(page)
    page.session_state["goto"] = VILLAGE  # what a pick on the list puts there
    page.run()
    assert "平原村村民委员会 · 500113115219" in titles(page)
    page.session_state["goto"] = TOWN
    page.run()
    assert "姜家镇 · 500113115000" in titles(page)
    page.session_state["goto"] = "500113000000"
    page.run()
    assert "镇街与村（社区）" in titles(page)


def test_what_is_not_found_is_said(on_sample):
    page = on_sample("banan", "village")
    page.text_input(key="find").set_value("没有这个地方").run()
    assert "没有这个名称、首字母或代码的镇村。" in texts(page)


def test_a_place_has_a_sheet_for_the_printer(on_sample):
    page = on_sample("banan", "village", village=VILLAGE)
    sheet = next(html for html in markup(page) if "<article class='paper" in html)
    assert "平原村" in sheet
    assert "<img class='sp'" in sheet  # the course of an indicator
    assert "示例数据" in sheet
    assert "数据截至" in sheet


def test_the_sheet_says_which_deadline_was_overdue_and_how_many_lines_are_left_out(on_sample, monkeypatch):
    def moved(ctx):
        return problems_of(ctx).assign(due_then=pd.Timestamp("2023-09-16"))

    monkeypatch.setattr(records, "problems_of", moved)
    page = on_sample("banan", "village", town="麻柳嘴镇")
    sheet = next(html for html in markup(page) if "<article class='paper" in html)
    problems = sheet.partition("<h3>问题清单</h3>")[2].partition("</section>")[0]
    assert "此前时限 2023年9月16日，当时已逾期" in problems
    work = sheet.partition("<h3>工作记录</h3>")[2].partition("</section>")[0]
    assert re.search(r"另有 \d+ 个", work)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_places_side_by_side(on_sample, lang):
    page = on_sample("banan", "village", town="姜家镇", view="several", lang=lang)
    box = page.multiselect(key="compare_township")
    assert list(box.value) == [TOWN]
    towns = list(regions("500113").query("level == 'township'")["code"])
    box.set_value([TOWN, towns[0], towns[1]]).run()
    assert not page.exception
    table = next(html for html in markup(page) if "slim side" in html)
    assert all(name in table for name in ("姜家镇", "龙洲湾街道"))
    assert "<b>" in table  # the best of a row


def test_places_side_by_side_stand_in_the_address(on_sample):
    towns = list(regions("500113").query("level == 'township'")["code"])
    two = [towns[0], towns[1]]
    page = on_sample("banan", "village", town="姜家镇", view="several", places=",".join(two))
    assert list(page.multiselect(key="compare_township").value) == two
    page.multiselect(key="compare_township").set_value([*two, TOWN]).run()
    assert not page.exception
    assert _asked(page, "places") == ",".join([*two, TOWN])
    page.multiselect(key="compare_township").set_value([]).run()
    page.run()
    assert list(page.multiselect(key="compare_township").value) == []


def test_of_places_in_the_address_the_known_ones_are_shown(on_sample):
    # A code mistyped and one twice; villages are compared with villages.
    page = on_sample("banan", "village", view="several", village=VILLAGE, places=f"{VILLAGE},x,{VILLAGE},500113115218")
    assert VILLAGE in list(page.multiselect(key="compare_village").value)
    assert len(page.multiselect(key="compare_village").value) <= 2
    page = on_sample("banan", "village", view="several", village=VILLAGE, places="x")
    assert list(page.multiselect(key="compare_village").value) == [VILLAGE]
    assert _asked(page, "places") is None


def test_a_place_is_added_to_those_compared_as_the_search_finds_it(on_sample):
    page = on_sample("banan", "village", view="several", village=VILLAGE)
    page.text_input(key="find_compare").set_value("jjzpyc").run()
    assert not any('data-field="find_compare"' in html for html in markup(page))  # it is compared already
    page.text_input(key="find_compare").set_value("500113115218").run()
    assert any('data-field="find_compare" data-typed="500113115218"' in html for html in markup(page))
    page.session_state["compare_add"] = "500113115218"  # what a pick on the list puts there
    page.run()
    assert not page.exception
    assert list(page.multiselect(key="compare_village").value) == [VILLAGE, "500113115218"]
    assert _asked(page, "places") == f"{VILLAGE},500113115218"
    assert page.text_input(key="find_compare").value == ""


def test_from_the_page_of_the_whole_villages_can_be_compared_as_well(on_sample):
    page = on_sample("banan", "village", view="several")
    box = page.multiselect(key="compare_any")
    assert [name for name in box.options if name.startswith("平原村")] == ["平原村 姜家镇"]
    box.set_value([VILLAGE]).run()
    box = page.multiselect(key="compare_village")  # the first one decides that villages are compared
    assert "姜家镇" not in box.options
    box.set_value([VILLAGE, "500113115218"]).run()
    assert not page.exception
    assert any("slim side" in html for html in markup(page))
    page = on_sample("banan", "village", view="several", places=f"{TOWN},{VILLAGE}")
    assert list(page.multiselect(key="compare_township").value) == [TOWN]


def _asked(page, name):
    asked = page.query_params.get(name)
    return asked[0] if isinstance(asked, list) else asked


def test_the_number_beside_a_township_is_said_to_be_its_villages(on_sample):
    inside = (regions("500113")["parent"] == TOWN).sum()
    page = on_sample("banan", "village")
    assert f"<small>{inside} 个村（社区）</small>" in whole(page)
    assert any("红色数字为滞后和逾期的指标数" in text for text in texts(page))


def test_of_figures_that_read_the_same_none_is_the_best():
    one, told = indicator(), translator("zh")

    def rows(*values):
        codes = ["a", "b", "c"][: len(values)]
        return pd.DataFrame({"region": codes, "value": values, "unit": "%"})

    assert compare.best(rows(93.31, 95.0, 60.0), one, told) == "b"
    assert compare.best(rows(93.31, 93.34, 60.0), one, told) is None  # both read 93.3%
    assert compare.best(rows(93.31, 93.31, 95.0), one, told) == "c"  # those that are alike are not the best
    assert compare.best(rows(50.0, float("nan")), one, told) is None
    fewer = indicator(comparator="<=", value=5)
    assert compare.best(rows(3.0, 1.0, 2.0), fewer, told) == "b"


def test_the_way_from_a_map_to_the_village(on_sample):
    page = on_sample("banan", "livable_villages", village=VILLAGE)
    assert "看平原村全貌" in texts(page)
    assert any('href="/banan/village"' in html for html in markup(page))
    page.switch_page(str(ROOT / "pages" / "village.py")).run()
    assert "平原村村民委员会 · 500113115219" in titles(page)
