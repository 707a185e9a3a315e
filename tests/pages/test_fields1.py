"""Monitoring and industry: what the field's panels show is what the data says."""

import datetime as dt
import math
from types import SimpleNamespace

import pandas as pd
import pytest
from support.pages import texts, titles

from components.fields import counts as counts_module
from components.fields.counts import bars_words, not_shown, shares, with_rest
from components.fields.monitoring import monitoring_line
from components.figures.fields import bands, by_month
from components.figures.places import distribution
from components.html.shares import Part, Share, part_table, share_table
from data.language import translator
from data.plan import load_plan
from data.profiles import REST, WHOLE

_ = translator("zh")


@pytest.mark.parametrize(
    ("slug", "page", "shown"),
    [
        ("banan", "monitoring", {"监测帮扶", "监测对象", "帮扶措施与走访", "人均纯收入", "乡镇排名", "各村分布"}),
        ("mouding", "industry_employment", {"脱贫人口就业", "就业渠道", "村集体收入", "项目联农带农"}),
        ("qijiang", "industry_employment", {"村集体收入", "种植面积"}),
    ],
)
def test_panels_of_the_field(on_sample, slug, page, shown):
    opened = on_sample(slug, page)
    assert not opened.exception
    assert shown <= set(titles(opened))


def test_crops_only_where_the_plan_has_them(on_sample):
    assert "种植面积" not in titles(on_sample("banan", "industry_employment"))


def test_the_plans_numbers_stand_on_the_charts(on_sample):
    jobs = " ".join(texts(on_sample("banan", "industry_employment")))
    assert "4\u202f927" in jobs  # 脱贫人口就业 4927 人
    tiers = " ".join(texts(on_sample("mouding", "industry_employment")))
    for words in ("10 万元以上：应达 100% 的村", "15 万元以上：应达 50% 的村", "20 万元以上：应达 30% 的村"):
        assert words in tiers
    line = " ".join(texts(on_sample("banan", "monitoring")))
    assert "8\u202f000 元" in line


def test_an_indicator_without_villages_says_so(on_sample):
    opened = on_sample("qijiang", "industry_employment", indicator="rural_economy_growth_gap")
    assert "历次实绩" in titles(opened)
    assert "各村分布" not in titles(opened)
    assert "本指标没有乡镇、村数据，只有全域数。" in texts(opened)


JAN, FEB, MAR = pd.to_datetime(["2023-01-31", "2023-02-28", "2023-03-31"])
# Of all 20 nothing is withheld in January; in February 6 are; how many there are in March is not told.
COUNTS = pd.DataFrame(
    [(JAN, "near", 14), (JAN, "far", 6), (JAN, WHOLE, 20), (FEB, "near", 14), (FEB, WHOLE, 20), (MAR, "near", 14)],
    columns=["as_of", "category", "n"],
)


def test_what_is_not_shown_of_all_is_drawn_with_the_rest():
    assert not_shown(COUNTS).loc[[JAN, FEB]].tolist() == [0, 6]
    assert math.isnan(not_shown(COUNTS)[MAR])
    assert with_rest(COUNTS).loc[lambda f: f["category"] == REST, ["as_of", "n"]].to_numpy().tolist() == [[FEB, 6]]
    assert WHOLE not in set(with_rest(COUNTS)["category"])
    assert bars_words(COUNTS.loc[COUNTS["as_of"] < MAR], _) == ""
    assert bars_words(COUNTS, _) == "柱高未计不显示的数"


@pytest.mark.parametrize(
    ("day", "told"), [(JAN, [("近", 14, 20), ("远", 6, 20)]), (FEB, [("近", 14, 20), ("不显示", 6, 20)]),
                      (MAR, [("近", 14, None)])],
)  # fmt: skip
def test_shares_are_of_all_and_not_of_those_that_are_shown(monkeypatch, day, told):
    profile = SimpleNamespace(categories=lambda _lang: {"near": "近", "far": "远"})
    monkeypatch.setattr(counts_module, "profiles", lambda: {"jobs": profile})
    ctx = SimpleNamespace(_=_, lang="zh", since=None)
    found = shares(ctx, "jobs", COUNTS.loc[COUNTS["as_of"] <= day])
    assert [(s.name, s.number, s.of) for s in found] == told
    html = str(share_table(found, _, head="", unit="人", since=False))
    assert html.count("%</td>") == (0 if day == MAR else 2)


def test_a_township_is_not_told_of_figures_for_the_whole_plan(on_sample):
    opened = on_sample("banan", "funds", town="东温泉镇")
    assert not opened.exception
    assert "本指标没有乡镇、村数据，只有全域数。" not in texts(opened)
    assert not [text for text in texts(opened) if "0/0" in text]


def test_monitoring_line_is_the_plans():
    assert monitoring_line(load_plan("banan-2023")) == 8000
    assert monitoring_line(load_plan("wanzhou-2021-2025")) is None


def test_bands_below_the_line_are_marked():
    figure = bands([2, 3, 5], ["a", "b", "c"], _, unit="户", of=10, line=1, line_name="监测线")
    colours = figure.data[0].marker.color
    assert colours[0] != colours[1] == colours[2]
    assert figure.layout.shapes[0].x0 == 0.5  # between the first and the second band
    assert "20%" in figure.data[0].customdata[0].replace(".0", "")


def test_a_withheld_band_is_none_of_zero_and_without_all_there_are_no_shares():
    figure = bands([None, 6, 0], ["a", "b", "c"], _, unit="户")
    assert figure.data[0].y == (None, 6, 0)
    assert {"不显示", "<b>6</b>", "<b>0</b>"} <= {note.text for note in figure.layout.annotations}
    assert "%" not in "".join(figure.data[0].customdata)


def test_months_are_stacked_and_summed():
    days = [dt.date(2023, 1, 31), dt.date(2023, 2, 28)]
    counts = pd.DataFrame(
        {
            "as_of": pd.to_datetime([days[1], days[0], days[0], days[1]]),
            "category": ["near", "near", "far", "far"],
            "n": [7, 10, 20, 30],
        }
    )
    figure = by_month(counts, {"near": "本乡镇", "far": "省外"}, _, unit="人", target=40)
    assert [list(bar.y) for bar in figure.data] == [[10, 7], [20, 30]]
    notes = [note.text for note in figure.layout.annotations]
    assert "<b>30</b>" in notes
    assert "<b>37</b>" in notes
    assert figure.layout.shapes[0].y0 == 40


def test_whole_numbers_stand_at_their_number():
    villages = pd.DataFrame({"value": [0.0, 0.0, 2.0], "status": ["done", "done", "far_behind"]})
    figure = distribution(villages, _, unit="件", target=0, rule="keep")
    bars = {bar.name: dict(zip(bar.x, bar.y, strict=True)) for bar in figure.data}
    assert bars["达标"][0] == 2
    assert bars["严重滞后"][2] == 1


def test_a_withheld_part_has_no_rate():
    html = str(
        part_table([Part("甲", None, 11), Part("乙", 5, 15)], _, head="类别", first="未", second="已", since=False)
    )
    assert "不显示" in html  # of 11 that cover a smaller count “under five” would be untrue
    assert html.count("class='pb") == 1  # and all of 11 eliminated too
    assert "75.0%" in html
    assert html.count("%</td>") == 1


def test_growth_is_only_bad_where_it_is():
    rows = [Share("甲", 5, 10, 2, -1), Share("乙", 5, 10, 2, 1), Share("丙", 5, 10, -2)]
    html = str(share_table(rows, _, head="类别", unit="户", since=True))
    assert html.count("class='dn'") == 1
    assert html.count("50.0%") == 3
