"""Funds, livable villages and support: sums a reader can check with a pencil, and what their pages say."""

import datetime as dt
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from support.pages import markup, texts, titles

from components.fields.funds import asset_due
from components.html import money, strips
from components.html.base import raw
from data import summaries
from data.language import translator
from data.registry import Bands, counties
from data.store import open_store
from data.tables import typed

COUNTY, EAST, WEST = "500113000000", "500113001000", "500113002000"
VILLAGE = "500113001201"
SCOPE = {COUNTY, EAST, WEST, VILLAGE}
DAY = dt.date(2023, 3, 31)
_ = translator("en")


def funds(*rows):
    fields = ("geo_code", "as_of", "tier", "fund", "received", "spent", "industry")
    return typed("funds", pd.DataFrame([dict(zip(fields, r, strict=True)) for r in rows]))


def projects(*rows):
    fields = ("as_of", "project_id", "village_code", "plan_year", "status", "invest", "paid")
    return typed("projects", pd.DataFrame([dict(zip(fields, r, strict=True)) for r in rows]))


def actions(*rows):
    fields = ("action_id", "task_id", "geo_level", "geo_code", "kind", "period", "due_on", "done_on", "status")
    return typed("actions", pd.DataFrame([dict(zip(fields, r, strict=True)) for r in rows]))


def test_late_place_counts_with_its_newest_figures():
    rows = funds(
        (EAST, "2023-02-28", "central", "linkage", 100, 10, 60),
        (WEST, "2023-02-28", "central", "linkage", 100, 20, 40),
        (EAST, "2023-03-31", "central", "linkage", 100, 30, 60),
    )
    months = summaries.fund_months(rows, SCOPE, DAY).set_index("date")
    assert months.loc["2023-02-28", "spent"] == 30
    assert months.loc["2023-03-31", "spent"] == 50
    assert months.loc["2023-03-31", "received"] == 200


def test_county_row_is_not_added_to_its_townships():
    rows = funds(
        (COUNTY, "2023-03-31", "central", "linkage", 300, 90, 0),
        (EAST, "2023-03-31", "central", "linkage", 100, 30, 0),
        (COUNTY, "2023-03-31", "county", "land_revenue", 50, 5, 0),
    )
    months = summaries.fund_months(rows, SCOPE, DAY).set_index("fund")
    assert months.loc["linkage", "received"] == 100
    assert months.loc["land_revenue", "received"] == 50


def test_a_place_that_comes_to_give_only_its_total_counts_once():
    rows = funds(
        (EAST, "2023-02-28", "central", "linkage", 100, 10, 60),
        (EAST, "2023-02-28", "county", "linkage", 50, 10, 0),
        (WEST, "2023-02-28", "central", "linkage", 100, 20, 40),
        (EAST, "2023-03-31", "all", "linkage", 160, 30, 60),
    )
    months = summaries.fund_months(rows, SCOPE, DAY).groupby("date")[["received", "spent"]].sum()
    assert months.loc["2023-02-28"].tolist() == [250, 40]
    assert months.loc["2023-03-31"].tolist() == [260, 50]
    places = summaries.fund_places(rows, SCOPE, DAY).set_index("geo_code")
    assert places["received"].to_dict() == {EAST: 160, WEST: 100}
    assert places.loc[EAST, "central_received"] == 100  # the newest known of central money


def test_money_of_last_year_and_of_later_months_does_not_count():
    rows = funds(
        (EAST, "2022-12-31", "central", "linkage", 999, 999, 0),
        (EAST, "2023-04-30", "central", "linkage", 999, 999, 0),
        (EAST, "2023-03-31", "central", "linkage", 100, 30, 0),
    )
    assert summaries.fund_months(rows, SCOPE, DAY)["spent"].tolist() == [30]
    assert summaries.fund_months(rows, SCOPE, dt.date(2021, 1, 31)).empty


def test_places_show_the_share_of_central_money_apart():
    rows = funds(
        (EAST, "2023-03-31", "central", "linkage", 100, 30, 60),
        (EAST, "2023-03-31", "county", "linkage", 50, 30, 10),
    )
    place = summaries.fund_places(rows, SCOPE, DAY).iloc[0]
    assert (place["received"], place["spent"], place["industry"]) == (150, 60, 70)
    assert (place["central_received"], place["central_industry"]) == (100, 60)


def test_project_is_behind_by_what_its_year_has_passed():
    listed = summaries.project_list(
        projects(
            ("2023-01-31", "A", VILLAGE, 2023, "started", 200, 20),
            ("2023-02-28", "A", VILLAGE, 2023, "started", 200, 20),
            ("2023-03-31", "A", VILLAGE, 2023, "started", 200, 20),
            ("2023-03-31", "B", VILLAGE, 2023, "started", 100, 40),
            ("2023-03-31", "C", VILLAGE, 2022, "accepted", 100, 90),
            ("2023-04-30", "C", VILLAGE, 2022, "suspended", 100, 0),
            ("2023-03-31", "D", "999999001001", 2023, "started", 100, 0),
            ("2023-01-31", "E", VILLAGE, 2023, "reserve", 100, 0),
            ("2023-03-31", "E", VILLAGE, 2023, "reserve", 100, 0),
        ),
        SCOPE,
        DAY,
    ).set_index("project_id")
    assert list(listed.index) == ["A", "B", "C", "E"]  # 10 % of 25 % due, 40 % of 25 %, finished, in the reserve
    assert listed.loc["E", ["due", "gap", "still"]].isna().all()
    listed = listed.drop(index="E")
    assert listed.loc["A", "gap"] == pytest.approx(-15)
    assert listed.loc["A", "still"] == 59  # 31 January to 31 March
    assert listed.loc["A", "series"] == [10, 10, 10]
    assert listed.loc["B", "gap"] == pytest.approx(15)
    assert listed.loc["B", "still"] == 0
    assert pd.isna(listed.loc["C", "gap"])
    village = summaries.village_projects(listed.reset_index()).loc[VILLAGE]
    assert (village["n"], village["invest"], village["paid"], village["stage"]) == (3, 400, 150, "started")


def test_what_is_due_of_assets_is_the_schedules_not_the_target():
    rows = pd.DataFrame(
        {
            "concept": ["asset_inventory", "asset_title", "asset_manager", "other"],
            "unit": "%",
            "status": ["on_schedule", "not_due", "no_target", "behind"],
            "expected": [95.0, 0.0, float("nan"), 10.0],
        }
    )
    assert asset_due(rows) == {"registered": 95.0}
    kinds = pd.DataFrame(
        {"kind": ["road"], "n": [20], "original": [1.0], "registered": [19], "title_ok": [10], "manager_ok": [20],
         "custodian_ok": [20], "idle": [0], "lost": [0]}
    )  # fmt: skip
    html = str(money.asset_table(kinds, {}, asset_due(rows), Bands(), _))
    assert html.count("--e:") == 1
    assert "s-on-schedule'><i class='pb' style='--a:95.0;--e:95.0'" in html
    assert "s-behind" not in html


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2023-05", (2023, 5, 1)),
        ("2023-Q4", (2023, 10, 3)),
        ("2023-H2", (2023, 7, 6)),
        ("2023-S1", (2023, 1, 6)),
        ("2023", (2023, 1, 12)),
        ("2023-13", None),
        ("2023-Q5", None),
        ("spring", None),
        (None, None),
    ],
)
def test_period_is_months_of_a_year(period, expected):
    assert summaries.period_months(period) == expected


def test_calendar_tells_in_time_late_overdue_and_not_due():
    work = summaries.work_calendar(
        actions(
            ("1", "dispatch", "county", COUNTY, "dispatch", "2023-01", "2023-01-31", "2023-01-30", "done"),
            ("2", "dispatch", "county", COUNTY, "dispatch", "2023-02", "2023-02-28", "2023-03-02", "done"),
            ("3", "dispatch", "county", COUNTY, "dispatch", "2023-03", "2023-03-30", None, "doing"),
            ("4", "dispatch", "county", COUNTY, "dispatch", "2023-04", "2023-04-30", "2023-04-05", "done"),
            ("5", "dispatch", "county", COUNTY, "dispatch", "2023-05", "2023-05-31", None, "cancelled"),
        ),
        SCOPE,
        DAY,
    )
    states = [
        strips.period_state(n, done, in_time, overdue=overdue)[0]
        for n, done, in_time, overdue in work[["n", "done", "in_time", "overdue"]].itertuples(index=False)
    ]
    assert states == ["done", "slightly_behind", "overdue", "not_due"]
    html = str(strips.calendar(work, {"dispatch": "<b>Dispatch"}, {}, 2023, _))
    row = ET.fromstring(html.replace("&nbsp;", " ")).find("tbody/tr")
    assert row is not None
    assert sum(int(cell.get("colspan", "1")) for cell in row.findall("td")[1:]) == 12
    assert "<b>Dispatch" not in html


def test_open_problem_has_an_age_and_is_late_only_past_its_date():
    fields = ("issue_id", "geo_code", "domain", "found_on", "due_on", "closed_on")
    rows = [
        ("open", EAST, "water", "2023-02-01", "2023-03-21", None),
        ("closed later", EAST, "water", "2023-03-30", "2023-04-30", "2023-04-02"),
        ("closed", WEST, "water", "2023-01-01", "2023-01-31", "2023-01-11"),
        ("not found yet", WEST, "water", "2023-04-01", "2023-05-01", None),
    ]
    listed = summaries.issue_list(
        typed("issues", pd.DataFrame([dict(zip(fields, r, strict=True)) for r in rows])), SCOPE, DAY
    ).set_index("issue_id")
    assert list(listed.index) == ["open", "closed later", "closed"]
    assert listed["open"].tolist() == [True, True, False]
    assert listed["age"].tolist() == [58, 1, 10]
    assert listed["late"].tolist() == [10, 0, 0]
    assert listed["band"].tolist() == [2, 0, 1]


def test_asset_without_title_stands_apart():
    fields = ("as_of", "asset_id", "village_code", "kind", "original", "registered", "title_ok", "status")
    rows = [
        ("2022-12-31", "1", VILLAGE, "public", 10.0, False, False, "normal"),
        ("2023-03-31", "1", VILLAGE, "public", 10.0, True, True, "normal"),
        ("2023-03-31", "2", VILLAGE, "public", 30.0, True, False, "idle"),
    ]
    frame = typed("assets", pd.DataFrame([dict(zip(fields, r, strict=True)) for r in rows]))
    public = summaries.asset_kinds(summaries.asset_list(frame, SCOPE, DAY)).loc["public"]
    assert (public["n"], public["registered"], public["title_ok"], public["idle"]) == (2, 2, 1, 1)
    assert (public["clear"], public["unclear"]) == (10, 30)


def test_strip_draws_every_village_and_marks_those_below():
    svg = str(strips.strip_svg([0.0, 0.5, 1.0], 1))
    low, reached = (path.split("'/>")[0] for path in svg.split("<path")[1:])
    assert (low.count("M"), reached.count("M")) == (2, 1)
    assert "class='lo'" in low
    assert "class='lo'" not in reached
    assert "class='lo'" not in str(strips.strip_svg([0.2, 0.4], None))
    assert strips.strip_svg([], None) == ""


def test_a_strip_counts_a_village_that_is_not_shown_among_those_that_reported():
    strip = strips.Strip(80.0, "%", "behind", (0.5, 1.0), 1, of=4, reported=3, hidden=1)
    html = str(strips.strips_table(["a"], {}, {"x": raw("")}, {("a", "x"): strip}, translator("zh"), first=""))
    assert "1/2 村达到应达进度" in html
    assert "已报 3/4 村" in html
    assert "1个涉及不足5，不显示" in html


@pytest.mark.parametrize(
    ("rate", "code"),
    [(100, "on_schedule"), (99.8, "slightly_behind"), (95, "slightly_behind"), (94.9, "behind"), (90, "behind"),
     (89.9, "far_behind"), (None, "no_data")],
)  # fmt: skip
def test_bars_of_money_take_the_county_s_bands(rate, code):
    assert money.against(rate, 100.0, Bands()) == code
    assert money.against(rate, None, Bands()) == ("no_data" if rate is None else "not_due")
    assert money.against(99.8, 100.0, Bands(slightly_behind=-0.1)) == "behind"


def test_a_project_is_coloured_by_its_gap_and_a_finished_one_is_not_late():
    def bars(paid, stage="started"):
        listed = summaries.project_list(projects(("2023-03-31", "A", VILLAGE, 2023, stage, 100, paid)), SCOPE, DAY)
        return str(money.project_rows(listed, {}, {}, {}, {}, Bands(), _))

    assert DAY.month == 3  # a quarter of the year is due
    assert "pct s-on-schedule" in bars(25)
    assert "pct s-slightly-behind" in bars(24)
    assert "pct s-far-behind" in bars(10)
    assert "pct s-on-schedule" in bars(10, "finished")


def test_project_names_are_text():
    listed = summaries.project_list(projects(("2023-03-31", "A", VILLAGE, 2023, "started", 100, 40)), SCOPE, DAY)
    html = str(money.project_rows(listed.assign(name="<script>alert(1)</script>"), {}, {}, {}, {}, Bands(), _))
    assert "<script" not in html
    assert "&lt;script" in html


@pytest.mark.parametrize("slug", [entry.slug for entry in counties()])
@pytest.mark.parametrize(
    ("page", "panels"),
    [
        ("funds", {"衔接资金支出", "项目", "项目分布", "资产类别与权属", "资产状况"}),
        ("livable_villages", {"示范村", "示范村名单", "饮水工程"}),
        ("support", {"工作日历", "未销号问题（领域、时长）", "待销号问题"}),
    ],
)
def test_field_panels_stand_below_the_indicators(on_sample, slug, page, panels):
    shown = on_sample(slug, page)
    assert not shown.exception
    assert panels <= set(titles(shown))


def test_titles_of_panels_are_english_on_an_english_page(on_sample):
    shown = on_sample("mouding", "livable_villages", lang="en")
    assert not shown.exception
    assert {"Rates by township and village", "Housing works", "Drinking-water works"} <= set(titles(shown))


def test_a_township_compares_its_villages_by_the_measures_of_the_whole(on_sample):
    shown = on_sample("banan", "support", town="东温泉镇")
    assert "驻村与服务力量（分村）" in titles(shown)
    table = next(html for html in markup(shown) if "class='t mxt'" in html)
    assert table.count("class='hdw'") == 4
    assert "各村达标率" in titles(on_sample("mouding", "livable_villages", town="安乐乡"))


def test_a_ranking_without_targets_draws_no_progress(on_sample):
    def rankings(indicator):
        shown = on_sample("mouding", "livable_villages", indicator=indicator)
        return [html for html in markup(shown) if "'><div class='abreast'>" in html]

    assert "class='pb" in rankings("beautiful_village_rate")[0]
    assert "class='pb" not in rankings("commended_villages")[0]


def test_mouding_shows_housing_against_the_plan(on_sample):
    told = texts(on_sample("mouding", "livable_villages"))
    assert {"危房改造户", "抗震改造户"} <= set(told)
    assert any("牟定县" in text for text in told)


def test_support_shows_no_staff(on_sample):
    told = texts(on_sample("banan", "support"))
    assert "驻村与服务力量（分镇街）" in told
    staff = open_store().rows("500113", "staff")["staff_id"].unique()
    assert len(staff)
    assert not set(staff) & set(told)


def test_in_a_township_villages_that_lack_what_is_not_due_yet_are_told_from_those_that_have_it(on_sample):
    page = on_sample("banan", "livable_villages", town="安澜镇", indicator="civilised_village_share")
    ranked = next(m for m in markup(page) if "rk" in m and "石板垭村" in m)
    rows = {row.split("<small")[0].rsplit(">", 1)[-1].strip(): row for row in ranked.split("<tr")[1:]}
    assert "已完成" in rows["石板垭村"]
    assert "推进中，尚未达标" in rows["平滩村"]
    assert "class='pb" not in ranked, "a village has it or not: there is no part of a way"
    assert "未报" not in "".join(t for t in texts(page) if "安澜社区" in t), "asked of villages, not of communities"


def test_the_foot_of_the_strips_speaks_of_what_is_drawn(on_sample):
    town = "\n".join(texts(on_sample("banan", "livable_villages", town="安澜镇")))
    assert "颜色和符号为各村状态" in town
    assert "橙色" not in town
    seen = set()
    for slug, page in (("banan", "livable_villages"), ("mouding", "livable_villages"), ("banan", "support")):
        county = on_sample(slug, page)
        drawn = any("<path class='lo'" in m for m in markup(county))
        assert ("橙色竖线为未达序时的村" in "\n".join(texts(county))) == drawn
        seen.add(drawn)
    assert seen == {True, False}
