"""A table of another county is refused once, and only where what it names says so."""

import pickle
import time

import pytest
from intake.making import csv_bytes
from intake.test_exports import BANAN, ledger, rows_of

from data.intake import check_file
from data.intake.corrections import Corrections, count, remember

# Made up: no county has these.
STRANGE = ("黑水塘村", "磨盘岭村", "老鸦溪村", "七里坡村", "牛角湾村", "杨柳坝村")
COUNTY = "500113"


def checked(places, title="", header="村", **said):
    rows = "".join(f"{place},资金{n},2023,{n}\n" for n, place in enumerate(places, 1))
    text = f"{title}\n{header},资金名称,预算年度,到位额（万元）\n{rows}".lstrip()
    return check_file(text.encode(), "t.csv", COUNTY, "funds", period="2023-09", **said)


def test_codes_of_another_county_refuse_the_file_once():
    found = checked([f"50010100120{n}" for n in range(5)], header="行政区划代码")
    assert found.refusal
    assert found.refusal.rule == "elsewhere"
    assert "5 个代码以 500101 开头（万州区）" in found.refusal.text("zh")
    assert "没有一处在巴南区" in found.refusal.text("zh")
    assert "5 codes begin with 500101 (Wanzhou" in found.refusal.text("en")
    assert found.problems.empty


def test_names_of_which_none_is_known_here_refuse_it():
    found = checked(STRANGE)
    assert found.refusal
    assert found.refusal.rule == "elsewhere"
    assert "“黑水塘村”“磨盘岭村”“老鸦溪村”等 6 个地名在名册里没有" in found.refusal.text("zh")


def test_another_county_in_the_title_makes_fewer_names_enough():
    assert checked(STRANGE[:3]).refusal is None
    found = checked(STRANGE[:3], "重庆市南川区2023年资金表")
    assert found.refusal
    assert "表里写的是“南川区”" in found.refusal.text("zh")


def named(title, *villages, **kw):
    rows = "".join(f"{village},{n}\n" for n, village in enumerate(villages, 1))
    text = f"{title}\n村,村集体收入增长\n{rows}"
    return check_file(text.encode(), "t.csv", COUNTY, period="2023-09", **kw)


@pytest.mark.parametrize(
    "title",
    ["共和镇2023年9月村集体收入", "牟定县共和镇2023年9月村集体收入", "2023年9月村集体收入 填报单位（盖章）：共和镇",
     "牟定县2023年9月村集体收入"],
)  # fmt: skip
@pytest.mark.parametrize("villages", [["平原村"], ["平原村", "军屯村"], ["平原村", *STRANGE]])
def test_a_namesake_under_the_title_of_another_township_is_asked_about(title, villages):
    found = named(title, *villages)
    assert found.refusal
    assert found.refusal.rule == "elsewhere_by_name"
    other = "牟定县" if "牟定" in title else "共和镇"
    assert f"表里写的是“{other}”" in found.refusal.text("zh")
    assert "“平原村”与巴南区的村同名" in found.refusal.text("zh")
    read = named(title, *villages, said=Corrections(ours=True))
    assert read.refusal is None
    assert "ours_as_said" in set(read.problems["rule"])


@pytest.mark.parametrize(
    "title",
    ["姜家镇2023年9月村集体收入", "巴南区2023年9月各镇村集体收入", "2023年9月村集体收入 填报单位：姜家镇",
     "牟定县对口帮扶村集体收入", "2023年9月城镇村集体收入", "各乡镇2023年9月村集体收入", "特色小镇村集体收入", ""],
)  # fmt: skip
def test_own_townships_and_counties_that_help_raise_no_doubt(title):
    assert named(title, "平原村").refusal is None


def test_many_villages_known_here_are_proof_enough():
    assert named("共和镇2023年9月村集体收入", "平原村", "文石村", "槐园村", "水源村").refusal is None
    assert named("共和镇2023年9月村集体收入", "500113115219").refusal is None


@pytest.mark.parametrize("title", ["巴南区2023年资金表", "巴南区高新区2023年资金表", "搬迁安置社区资金表", ""])
def test_a_title_that_names_this_county_or_none_is_no_evidence(title):
    assert checked(STRANGE[:3], title).refusal is None


def test_one_place_known_here_or_a_word_of_its_sender_is_enough_to_read_it():
    assert checked([*STRANGE, "平原村"]).refusal is None
    assert checked([*(f"50010100120{n}" for n in range(5)), "500113115219"], header="行政区划代码").refusal is None
    said = Corrections(places={(STRANGE[0], ""): "500113115219"})
    assert checked(STRANGE, said=said).refusal is None


UNREGISTERED = ("大田坝村", "黄泥坡村", "石碾盘村", "老鹰岩村", "杉树坪村", "倒挂沟村", "牛背脊村")


def facts(title, head, rows, **kw):
    text = "\n".join([title, f"{head},村集体收入增长", *(f"{row},3" for row in rows)])
    return check_file(text.encode(), "t.csv", COUNTY, period="2023-05", **kw)


@pytest.mark.parametrize(
    ("title", "head", "rows"),
    [
        ("姜家镇2023年5月统计表", "村", UNREGISTERED),
        ("2023年5月统计表", "乡镇,村", [f"姜家镇,{name}" for name in UNREGISTERED]),
        ("2023年5月统计表", "地区", ["姜家镇", *UNREGISTERED]),
        ("2023年5月统计表", "村", ["姜家镇", *UNREGISTERED]),
        ("2023年5月统计表\n填报单位：姜家镇", "村", UNREGISTERED),
        ("巴南区2023年5月统计表", "村", UNREGISTERED),
    ],
)
def test_a_township_of_here_named_anywhere_asks_for_its_villages_one_by_one(title, head, rows):
    found = facts(title, head, rows)
    assert found.refusal is None
    assert {q.text for q in found.questions} >= set(UNREGISTERED)
    stranger = facts(
        title.replace("姜家镇", "黑水镇").replace("巴南区", ""), head, [r.replace("姜家镇", "黑水镇") for r in rows]
    )
    assert stranger.refusal
    assert stranger.refusal.rule == "elsewhere"


@pytest.mark.parametrize(
    "title",
    [
        "国家脱贫县2023年统计表",
        "2023年全县统计表",
        "产粮大县统计表",
        "南川区对口帮扶资金表",
        "国家乡村振兴重点帮扶县资金表",
    ],
)
def test_what_names_no_county_or_one_that_helps_is_no_evidence(title):
    assert checked(STRANGE[:3], title).refusal is None


@pytest.mark.parametrize(("title", "name"), [("2023年南川区资金表", "南川区"), ("重庆市天全县资金表", "天全县")])
def test_a_county_is_named_without_the_date_before_it(title, name):
    found = checked(STRANGE[:3], title)
    assert found.refusal
    assert f"表里写的是“{name}”" in found.refusal.text("zh")


def test_what_was_said_of_other_files_is_no_word_about_this_one():
    before = remember([Corrections(places={("平塬村", "姜家镇"): "500113115219"}).to_json("another form")])
    assert checked(STRANGE, remembered=before).refusal
    assert checked([*STRANGE[:3], *UNREGISTERED], remembered=before).refusal


def test_a_place_that_was_said_before_is_known_here():
    before = remember([Corrections(places={(STRANGE[0], ""): "500113115219"}).to_json("another form")])
    assert checked(STRANGE, remembered=before).refusal is None


def test_its_sender_may_say_that_it_is_ours():
    found = checked(STRANGE, said=Corrections(ours=True))
    assert found.refusal is None
    assert {q.text for q in found.questions if q.kind == "place"} == set(STRANGE)
    told = dict(zip(found.problems["rule"], found.messages("zh"), strict=True))
    assert "等 6 个地名在名册里没有；按选定作为巴南区的表读取" in told["ours_as_said"]
    kept = found.said.to_json(found.layout.form)
    assert count(kept) == 1
    assert not remember([kept]).about(found.layout.form)
    assert "ours_as_said" not in set(checked(["平原村"], said=Corrections(ours=True)).problems["rule"])


def test_a_refused_file_can_rest_packed_as_a_session_holds_it():
    refusal = checked(STRANGE).refusal
    again = pickle.loads(pickle.dumps(refusal))
    assert again.text("zh") == refusal.text("zh")
    assert again.rule == "elsewhere"


def test_two_slips_are_no_other_county():
    assert checked(["黑水塘村", "磨盘岭村"]).refusal is None


def test_an_export_of_another_county_is_refused_too():
    people = [{**p, "乡(镇)": "黑水镇", "行政村": STRANGE[n]} for n, p in enumerate(ledger())]
    found = check_file(csv_bytes(rows_of(people)), "信息_20231218.csv", BANAN.code)
    assert found.refusal
    assert found.refusal.rule == "elsewhere"
    ours = check_file(csv_bytes(rows_of(people)), "信息_20231218.csv", BANAN.code, said=Corrections(ours=True))
    assert ours.refusal is None
    assert "ours_as_said" in set(ours.problems["rule"])


def test_twenty_thousand_unknown_villages_are_told_in_time():
    """Quadratic work over distinct names would take minutes."""
    names = [f"{a}{b}{c}{d}村" for a in "甲乙丙丁戊己庚辛壬癸" for b in "东西南北中上下前后左右内外"
             for c in "山水河石林田岭沟坝坪湾沱" for d in "口头尾边背面顶底里岸坎角滩"]  # fmt: skip
    started = time.process_time()
    found = facts("2023年5月统计表", "村", names)
    assert found.refusal
    assert found.refusal.rule == "elsewhere"
    assert time.process_time() - started < 10
