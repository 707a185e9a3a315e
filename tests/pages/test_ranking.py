"""The page of rankings: boards, who is named and why, one indicator in all places, the months side by side."""

import re

import pytest
from support.pages import markup, texts, titles

from data import loaders, progress, tally
from data.explain import explain
from data.plan import load_plan
from data.registry import Ranking, counties, county
from geo.regions import regions

SLUGS = [entry.slug for entry in counties()]
ROW = re.compile(r'<tr data-id="(\d+)"><td><i>(\d+)</i>[^<]*</td><td[^>]*><b class=\w+>([\d.]+)%</b>')
NAMED = re.compile(r'<li data-id="(\d+)">(.*?)</li>', re.DOTALL)
TOWN = "500113115000"  # 姜家镇


def whole(page):
    return "\n".join(markup(page))


def shares(slug, level="township", within=None):
    plan_id = county(slug).plans[0]
    days = loaders.month_ends(slug, plan_id)
    return loaders.area_shares(slug, plan_id, days[0], days[1], level, within)


def test_the_board_ranks_by_the_share_the_overview_shows(on_sample):
    page = on_sample("banan", "ranking")
    ranked = [(code, int(rank), float(score)) for code, rank, score in ROW.findall(whole(page))]
    known = shares("banan")
    assert {code for code, *_rest in ranked} == set(known.index)
    for code, rank, score in ranked:
        own = known.loc[code, "total"]
        assert score == pytest.approx(own, abs=0.051)
        better, alike = (known["total"] > own + 1e-9).sum(), (known["total"] - own).abs().lt(1e-9).sum()
        assert better < rank <= better + alike  # equal scores are parted
    assert [rank for _code, rank, _score in ranked] == sorted(rank for _code, rank, _score in ranked)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("by", ["level", "change"])
def test_every_sentence_is_the_engine_s(on_sample, slug, lang, by):
    page = on_sample(slug, "ranking", lang=lang, rank_by=by)
    assert not page.exception
    plan = load_plan(county(slug).plans[0])
    day = loaders.evaluation_dates(slug, plan.id)[0]
    rows = loaders.evaluated(slug, plan.id, day)
    for code, html in NAMED.findall(whole(page)):
        own = rows.loc[rows["region"] == code]
        told = re.sub(r"<[^>]*>", "", html)
        assert any(explain(row, plan, day, lang) in told for row in own.to_dict("records"))
        judged = own.loc[own["status"].isin(progress.JUDGED) & ~own["marks"].map(tally.is_soft)]
        assert len(judged) >= county(slug).ranking.minimum


def test_named_up_and_down_are_the_ends_of_the_board(on_sample):
    page = on_sample("banan", "ranking")
    codes = [code for code, _html in NAMED.findall(whole(page))]
    order = list(shares("banan")["total"].sort_values(ascending=False).index)
    assert len(codes) == 6
    assert set(codes[:3]) == set(order[:3])
    assert set(codes[3:]) == set(order[-3:])


def test_increments_are_those_of_the_overview(on_sample):
    page = on_sample("banan", "ranking", rank_by="change")
    found = re.findall(r'<tr data-id="(\d+)"><td><i>\d+</i>[^<]*</td><td[^>]*><b>([^<]+)</b>', whole(page))
    known = shares("banan")["change"]
    assert len(found) == len(known)
    for code, text in found:
        assert float(text.replace("−", "-")) == pytest.approx(known[code], abs=0.051)


def test_the_county_s_settings_are_printed_and_obeyed(on_sample, monkeypatch):
    rule = Ranking(weights={"funds": 3, "support": 1}, minimum=8, red=1, black=0)
    banan = county("banan")
    monkeypatch.setattr("data.registry.counties", lambda: (banan.model_copy(update={"ranking": rule}),))
    day = loaders.month_ends("banan", "banan-2023")[1]  # finished parts of other tests are of the newest date
    page = on_sample("banan", "ranking", asof=day.isoformat())
    told = " ".join(texts(page))
    assert "资金项目 3、支撑保障 1" in told
    assert "到期计分指标满 8 项才排名" in told
    rows = loaders.evaluated("banan", "banan-2023", day)
    towns = rows.loc[(rows["level"] == "township") & rows["area"].isin(["funds", "support"])]
    judged = towns.loc[towns["status"].isin(progress.JUDGED) & ~towns["marks"].map(tally.is_soft)]
    base = judged.groupby("region").size()
    ranked = {code for code, *_rest in ROW.findall(whole(page))}
    assert ranked == set(base.index[base >= 8])
    assert 0 < len(ranked) < 23
    assert "到期计分指标不足，不参与排名" in told
    assert len(NAMED.findall(whole(page))) <= 1


def test_one_indicator_in_every_township_and_month(on_sample):
    page = on_sample("banan", "ranking", rank_months="one")
    html = whole(page)
    towns = set(regions("500113").query("level == 'township'")["code"])
    assert set(re.findall(r'<figure class="[\w-]+" data-id="(\d+)"', html)) <= towns
    assert html.count("<figure") == len(towns)
    box = page.selectbox(key="ranking_indicator")
    chosen = next(i for i in box.options if "月走访率" in i)
    page.selectbox(key="ranking_indicator").select(next(v for v in _ids("banan") if _label(v) == chosen)).run()
    assert page.query_params["indicator"]
    days = loaders.month_ends("banan", "banan-2023")
    month_heads = re.findall(r"<th scope='col' class='m'>([^<]+)</th>", whole(page))
    assert len(month_heads) == min(12, len(days))
    assert month_heads[0] == "2023年1月"


def _ids(slug):
    return [i.id for i in load_plan(county(slug).plans[0]).indicators]


def _label(indicator_id):
    one = load_plan("banan-2023").indicator(indicator_id)
    areas = {"monitoring": "监测帮扶", "industry_employment": "产业就业", "livable_villages": "和美乡村",
             "funds": "资金项目", "support": "支撑保障"}  # fmt: skip
    return f"{areas[one.area]} · {one.name_zh}"


def test_another_date_counts_only_the_months_that_were_not_shown(on_sample, monkeypatch):
    on_sample("banan", "ranking")
    plan_id = county("banan").plans[0]
    days = loaders.month_ends("banan", plan_id)
    counted = []
    real = progress.evaluate
    monkeypatch.setattr(
        progress, "evaluate", lambda cube, day, *a, **k: counted.append(day) or real(cube, day, *a, **k)
    )

    def shown(asked):
        return loaders.recent("banan", plan_id, tuple(asked), "village", TOWN)

    later, earlier = shown(days[2::-1]), shown(days[3:0:-1])
    assert counted == [days[2], days[1], days[0], days[3]]
    assert list(dict.fromkeys(earlier["as_of"].dt.date)) == [days[3], days[2], days[1]]
    assert list(dict.fromkeys(later["as_of"].dt.date)) == [days[2], days[1], days[0]]
    both = [frame.loc[frame["as_of"].dt.date == days[1]].reset_index(drop=True) for frame in (later, earlier)]
    assert both[0].equals(both[1])


def test_a_township_picked_narrows_the_page_to_its_villages(on_sample):
    page = on_sample("banan", "ranking")
    page.session_state["township"] = TOWN  # what a pick on the board puts there
    page.run()
    assert "各村排名" in titles(page)
    villages = set(regions("500113").query(f"parent == '{TOWN}'")["code"])
    assert {code for code, *_rest in ROW.findall(whole(page))} <= villages
    assert {code for code, *_rest in ROW.findall(whole(page))}


def test_the_plan_of_one_township_ranks_its_villages(on_sample):
    page = on_sample("qijiang", "ranking")
    assert {"各村排名", "一项指标，各村走势", "各村 × 月份"} <= set(titles(page))


def test_a_choice_stands_in_the_address_and_comes_from_it(on_sample):
    page = on_sample("banan", "ranking", rank_area="funds")
    assert any("资金项目" in text for text in texts(page))
    assert "到期计分指标满 2 项才排名；并列取较前位次" in texts(page)
    page.segmented_control(key="rank_by_choice").set_value("change").run()
    assert page.query_params["rank_by"] == "change"
    page.segmented_control(key="rank_by_choice").set_value("level").run()
    assert "rank_by" not in page.query_params
