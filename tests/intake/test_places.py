"""Places as people write them: candidates are ranked, and none is taken below the stated certainty."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.intake import check_file
from data.intake.corrections import Corrections
from data.intake.places import CERTAIN, WHY, Around, find_around, find_place, read_place, register, split_places
from data.intake.simplified import simplified
from data.registry import counties
from geo import regions as geo

BANAN = register("500113")
QIJIANG = register("500110")
PINGYUAN = "500113115219"
JIANGJIA = "500113115000"


@pytest.mark.parametrize(
    ("text", "wanted", "township", "code", "certainty", "why"),
    [
        ("平原村", "village", "", PINGYUAN, 1.0, "exact"),
        ("平原村村民委员会", "village", "", PINGYUAN, 1.0, "exact"),
        ("平原村委会", "village", "", PINGYUAN, 0.97, "suffix"),
        ("平原", "village", "", PINGYUAN, 0.97, "suffix"),
        ("平原社区", "village", "", PINGYUAN, 0.9, "other_suffix"),
        ("姜家镇平原村", "village", "", PINGYUAN, 0.97, "joined"),
        ("姜家平原村", "village", "", PINGYUAN, 0.97, "joined"),
        ("重庆市巴南区姜家镇平原村委会", "village", "", PINGYUAN, 0.97, "joined"),
        ("姜家镇平原村", "village", "姜家镇", PINGYUAN, 0.97, "joined"),
        ("平原村(姜家镇)", "village", "", PINGYUAN, 0.95, "exact"),
        ("平原村3组", "village", "", PINGYUAN, 0.95, "group_of_it"),
        ("平原村", "village", "姜家镇", PINGYUAN, 1.0, "exact"),
        ("平原村", "village", "500113115", PINGYUAN, 1.0, "exact"),
        ("平原村", "village", "巴南区", PINGYUAN, 1.0, "exact"),
        # A slip in the township's name beside the right village.
        ("平原村", "village", "姜加镇", PINGYUAN, 0.9, "exact"),
        ("姜加镇平原村", "village", "", PINGYUAN, 0.9, "exact"),
        # One character differs, in a known township.
        ("平塬村", "village", "姜家镇", PINGYUAN, 0.8, "one_character"),
        ("平塬村", "village", "500113115", PINGYUAN, 0.8, "one_character"),
        ("平原村", "village", "500113108", PINGYUAN, 0.6, "other_township"),
        ("姜家镇平塬村", "village", "", PINGYUAN, 0.8, "one_character"),
        ("平原村", "village", "石滩镇", PINGYUAN, 0.6, "other_township"),
        ("平原村", "village", "不详", PINGYUAN, 0.7, "township_unknown"),
        ("姜家镇", "village", "", JIANGJIA, 0.9, "township_named"),
        ("姜家镇", "place", "", JIANGJIA, 1.0, "exact"),
        ("姜家镇", "place", "姜家镇", JIANGJIA, 1.0, "exact"),
        ("姜家镇人民政府", "township", "", JIANGJIA, 0.97, "suffix"),
        ("500113115219", "village", "", PINGYUAN, 1.0, "exact"),
        ("500113115", "township", "", JIANGJIA, 1.0, "exact"),
        ("500113115", "village", "", JIANGJIA, 0.9, "other_level"),
        # 500113001 is 鱼洞街道 in the register of civil affairs and nothing in that of statistics.
        ("500113001", "township", "", "500113004000", 0.95, "other_register"),
        # 500113004 is 鱼洞街道 here and 花溪街道 there: the name beside it decides.
        ("500113004", "township", "", "500113004000", 1.0, "exact"),
        ("500113004000", "township", "花溪街道", "500113005000", 0.95, "other_register"),
    ],
)
def test_the_best_candidate(text, wanted, township, code, certainty, why):
    best = find_place(text, BANAN, wanted, township)[0]
    assert (best.code, best.certainty, best.why) == (code, certainty, why)


@pytest.mark.parametrize("text", ["", " ", "没有", "()", "x" * 100, "500101001000"])
def test_what_resembles_nothing_has_no_candidate(text):
    assert find_place(text, BANAN, "village") == []


def test_characters_that_sound_alike_come_first():
    # 元 sounds like 原; of 滩 and 桥, which are as near to 元 on paper, neither does.
    found = find_place("平元村", BANAN, "village")
    assert (found[0].code, found[0].why) == (PINGYUAN, "sounds_alike")
    assert found[0].certainty < CERTAIN
    assert [c.certainty for c in found] == sorted((c.certainty for c in found), reverse=True)


def test_the_suffix_tells_a_village_from_a_community_of_its_name():
    def best(text):
        return find_place(text, BANAN, "village", "李家沱街道")

    assert [BANAN.short[best(f"其龙{end}")[0].code] for end in ("村委会", "居委会")] == ["其龙村", "其龙社区"]
    assert [(c.certainty, c.why) for c in best("其龙")] == [(0.5, "same_name")] * 2


def test_one_name_in_two_townships_is_ambiguous_however_well_it_is_written():
    found = find_place("太公村", QIJIANG, "village")
    assert [(QIJIANG.township(c.code), c.certainty) for c in found[:2]] == [
        ("500110002000", 0.5),
        ("500110110000", 0.5),
    ]
    assert read_place("太公村", "village", QIJIANG)[1][0] == "ambiguous_place"
    assert read_place("太公村", "village", QIJIANG, "赶水镇")[0] == found[1].code
    assert read_place("赶水镇太公村", "village", QIJIANG)[0] == found[1].code


def test_what_is_taken_is_told_and_what_is_not_taken_offers_candidates():
    assert read_place("平原村委会", "village", BANAN)[1][:2] == ("place_by_name", f"姜家镇平原村 {PINGYUAN}")
    assert read_place("500113001", "township", BANAN)[1][0] == "place_by_other_code"
    assert read_place("500113115", "township", BANAN) == (JIANGJIA, ("code_completed", JIANGJIA, {}))
    assert read_place(PINGYUAN, "village", BANAN) == (PINGYUAN, None)
    code, (rule, repair, words) = read_place("姜家镇平塬村", "village", BANAN)
    assert (code, rule, repair) == (None, "unknown_place", "")
    assert words["candidates_zh"] == f"是否为：姜家镇平原村 {PINGYUAN}（一字之差，把握 80%）？"
    assert words["candidates_en"] == f"Perhaps 姜家镇平原村 {PINGYUAN} (one character differs, 80% sure)? "
    assert read_place("姜家镇", "village", BANAN)[1][0] == "wrong_level"
    assert read_place("500101001", "village", BANAN)[1][0] == "other_county"
    assert read_place("平原村", "village", None) == ("平原村", None)


@pytest.fixture
def former(tmp_path, monkeypatch):
    """A county that keeps a list of former names; the names are made up."""
    (tmp_path / "former").mkdir()
    (tmp_path / "former" / "500113.csv").write_text(
        f"former_name,township,code\n甲乙村,姜家镇,{PINGYUAN}\n丙丁村,,{PINGYUAN}\n戊己村,,999999999999\n", "utf-8"
    )
    monkeypatch.setattr(geo, "FOLDER", tmp_path)
    geo.former_names.cache_clear()
    yield type(BANAN)("500113", BANAN.frame)
    geo.former_names.cache_clear()


def test_former_names(former):
    for text, township in (
        ("甲乙村", ""),
        ("甲乙村委会", "姜家镇"),
        ("姜家镇甲乙村", ""),
        ("丙丁村", "姜家镇"),
        ("丙丁村", "石滩镇"),
    ):
        best = find_place(text, former, "village", township)[0]
        assert (best.code, best.certainty, best.why) == (PINGYUAN, 0.95, "former_name"), text
    assert read_place("甲乙村", "village", former)[1][:2] == ("place_by_former_name", f"姜家镇平原村 {PINGYUAN}")
    assert find_place("甲乙村", former, "village", "石滩镇") == []
    assert find_place("戊己村", former, "village") == []
    # The name in use goes before a former one.
    assert find_place("平原村", former, "village")[0].why == "exact"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("平原村", ["平原村"]),
        ("平原村、水源村", ["平原村", "水源村"]),
        ("平原村；水源村，方斗村", ["平原村", "水源村", "方斗村"]),
        ("平原村/水源村", ["平原村", "水源村"]),
        ("平原村 水源村", ["平原村", "水源村"]),
        ("平原村\n水源村", ["平原村", "水源村"]),
        ("平原村和水源村", ["平原村", "水源村"]),
        ("平原村、水源村及方斗村", ["平原村", "水源村", "方斗村"]),
        ("新村和平村", ["新村和平村"]),
        ("平原、水源、方斗三村", ["平原村", "水源村", "方斗村"]),
        ("平原、水源等2个村", ["平原村", "水源村"]),
        ("平原村、水源村等", ["平原村", "水源村"]),
        ("平原村、水源村等5个村", ["平原村", "水源村"]),
        ("姜家镇平原村、水源村", ["姜家镇平原村", "姜家镇水源村"]),
        ("姜家镇平原村、石滩镇方斗村、天台村", ["姜家镇平原村", "石滩镇方斗村", "石滩镇天台村"]),
        ("姜家镇（平原村、水源村）", ["姜家镇平原村", "姜家镇水源村"]),
        ("者海镇、纸厂乡", ["者海镇", "纸厂乡"]),
        ("镇裕镇", ["镇裕镇"]),
        ("邱村村", ["邱村村"]),
        ("全 县", ["全 县"]),
        ("平原村(原水源、方斗村)", ["平原村(原水源、方斗村)"]),
        ("大刘山林区、西大坪林区", ["大刘山林区", "西大坪林区"]),
        ("", []),
        ("、，", []),
    ],
)
def test_several_places_in_one_cell(text, places):
    assert split_places(text) == places


@pytest.mark.parametrize("county", [county.code for county in counties()])
def test_no_name_of_the_register_is_parted_and_each_is_found_with_its_township(county):
    known = register(county)
    for code, level in known.level.items():
        assert split_places(known.short[code]) == [known.short[code]]
        if level != "county":
            town = known.short[known.township(code)] if level == "village" else ""
            for name in (known.name[code], known.short[code]):
                best = find_place(name, known, level, town)[0]
                assert (best.code, best.certainty) == (code, 1.0)


_PARTS = st.lists(
    st.sampled_from(
        [*"平原水源姜家太公村镇乡区县会社居委民()（）、 /1三和等", "姜家镇", "平原村", "500113", "太公村", "街道"]
    ),
    max_size=7,
)
TEXTS = st.one_of(st.text(max_size=30), _PARTS.map("".join))


@given(TEXTS, st.sampled_from(["village", "township", "county", "place"]), TEXTS, st.sampled_from([BANAN, QIJIANG]))
def test_nothing_below_the_stated_certainty_is_taken(text, wanted, township, known):
    found = find_place(text, known, wanted, township)
    assert [c.certainty for c in found] == sorted((c.certainty for c in found), reverse=True)
    assert all(0 < c.certainty <= 1 and c.why in WHY and c.code in known.level for c in found)
    assert all(c.certainty < CERTAIN for c in found[1:])
    code, note = read_place(text, wanted, known, township)
    if code is not None and (note is None or note[0].startswith(("place_by", "code_completed"))):
        assert (code, found[0].certainty >= CERTAIN) == (found[0].code, True)
    elif found and found[0].certainty < CERTAIN:
        assert note[0] in {"unknown_place", "ambiguous_place"}
    for place in split_places(text):
        assert place


@settings(max_examples=10)
@given(st.permutations(["平塬村", "太公村", "平原", "姜加镇平原村", "五里村", "500110001"]))
def test_the_order_of_the_rows_changes_nothing(texts):
    fresh = type(QIJIANG)("500110", QIJIANG.frame)
    found = {text: find_place(text, fresh, "village") for text in texts}
    assert found == {text: find_place(text, QIJIANG, "village") for text in texts}


@pytest.mark.parametrize(
    ("text", "wanted", "township", "named"),
    [
        ("平原村、文石村", "village", "姜家镇", ["姜家镇平原村 500113115219", "姜家镇文石村 500113115215"]),
        ("平原村和无此村", "village", "", ["姜家镇平原村 500113115219", "无此村（？）"]),
        ("姜家镇、东温泉镇", "place", "姜家镇、东温泉镇", ["姜家镇 500113115000", "东温泉镇 500113114000"]),
    ],
)
def test_a_cell_of_several_places_is_an_error_that_lists_them(text, wanted, township, named):
    code, note = read_place(text, wanted, register("500113"), township)
    assert code is None
    assert note[0] == "several_places"
    assert note[2] == {"count": len(named), "places": "、".join(named)}


@pytest.mark.parametrize("text", ["平原村", "无此村、也无此村"])
def test_one_place_or_none_of_this_county_is_no_list(text):
    note = read_place(text, "village", register("500113"))[1]
    assert note[0] != "several_places"


def test_a_register_of_villages_takes_its_codes_from_their_names():
    rows = "1,姜家镇,平原村,500,1500,是\n2,姜家镇,文石村,400,1200,否\n"
    checked = check_file(f"序号,乡镇,村名,农户数,农村人口,脱贫村\n{rows}".encode(), "t.csv", "500113")
    assert (checked.table, checked.outcome) == ("villages", "parse")
    assert checked.frame["village_code"].tolist() == [PINGYUAN, "500113115215"]
    lost = check_file(
        f"序号,乡镇,村名,农户数,农村人口,脱贫村\n{rows.replace('文石', '无此')}".encode(), "t.csv", "500113"
    )
    assert lost.problems.set_index("rule").loc["unknown_place", ["row", "value"]].tolist() == [3, "无此村"]
    nameless = check_file(
        "乡镇,农户数,农村人口,脱贫村\n姜家镇,500,1500,是\n".encode(), "t.csv", "500113", table="villages"
    )
    assert "missing_column" in set(nameless.problems["rule"])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (
            "2023年5月辣椒面积,\n村,辣椒面积（亩）\n九池街道,\n凤凰村,10\n大周镇,\n凤凰村,20\n",
            ["500101029206", "500101110204"],
        ),
        ("2023年5月辣椒面积,\n村,辣椒面积（亩）\n一、大周镇,\n1、凤凰村,20\n", ["500101110204"]),
        ("大周镇2023年5月辣椒面积,\n村,辣椒面积（亩）\n凤凰村,10\n", ["500101110204"]),
        ("大周镇和九池街道2023年5月辣椒面积,\n村,辣椒面积（亩）\n凤凰村,10\n", [None]),
        ("2023年5月辣椒面积,\n村,辣椒面积（亩）\n凤凰村,10\n大周镇,\n", [None]),
        ("2023年5月辣椒面积,\n村,辣椒面积（亩）\n甘宁镇,\n凤凰村,10\n", [None]),
    ],
)
def test_villages_of_one_name_are_told_apart_by_the_township_above_them_or_in_the_title(text, codes):
    checked = check_file(text.encode(), "t.csv", "500101")
    assert checked.frame["geo_code"].tolist() == codes
    assert ("ambiguous_place" in set(checked.problems["rule"])) == (None in codes)


def test_a_group_is_not_taken_for_its_village_without_a_word():
    text = "2023年5月辣椒面积,\n村,辣椒面积（亩）\n平原村1组,10\n文石村,20\n"
    checked = check_file(text.encode(), "t.csv", "500113")
    told = checked.problems.loc[checked.problems["severity"] == "warning"]
    assert told[["rule", "row", "header", "value"]].to_numpy().tolist() == [["part_of_village", 3, "村", "平原村1组"]]


def test_traditional_characters_are_read_and_no_register_has_them():
    text = "2023年5月,,\n鄉鎮,村,辣椒面積（畝）\n姜家鎮,平原村,10\n"
    checked = check_file(text.encode(), "t.csv", "500113")
    assert (checked.table, checked.outcome) == ("facts", "parse")
    assert checked.frame[["geo_code", "value"]].to_numpy().tolist() == [[PINGYUAN, 10.0]]
    for county in counties():
        names = geo.regions(county.code)
        for name in [*names["name"], *names["short_name"]]:
            assert simplified(name) == name


# -- a township that the sheet suggests ------------------------------------------------------------------------------

WENSHI = "500113115215"  # 姜家镇文石村: one of a dozen villages one character from 双石村


def likely(rows, name="t.csv", title=""):
    """Return what is offered for 双石村: the question's places, and the sentence."""
    text = f"{title}\n村,资金名称,预算年度,到位额（万元）\n{rows}"
    checked = check_file(text.lstrip().encode(), name, "500113", "funds", period="2023-09")
    (question,) = [q for q in checked.questions if q.text == "双石村"]
    (at,) = [n for n, rule in enumerate(checked.problems["rule"]) if rule == "unknown_place"]
    return question.likely, checked.messages("zh")[at]


@pytest.mark.parametrize(
    ("rows", "name", "title", "sure"),
    [
        ("双石村,甲,2023,1\n", "t.csv", "姜家镇2023年资金表", True),
        ("姜家镇,,,\n双石村,甲,2023,1\n平原村,乙,2023,2\n", "t.csv", "", True),
        ("平原村,乙,2023,2\n双石村,甲,2023,1\n蔡家寺村,丙,2023,2\n", "t.csv", "", False),
        ("双石村,甲,2023,1\n", "姜家镇9月.csv", "", False),
    ],
)
def test_villages_of_the_township_around_a_row_are_offered_first(rows, name, title, sure):
    offered, told = likely(rows, name, title)
    assert offered[0] == WENSHI
    assert ("把握 80%" in told) is sure
    assert told.index("姜家镇文石村") == told.index("是否为：") + 4


def test_rows_of_other_townships_suggest_none():
    first = find_place("双石村", BANAN, "village")[0].code
    assert first != WENSHI
    # 平原村 lies in 姜家镇, 石林村 in 圣灯山镇: the row between them may be of either.
    offered, _ = likely("平原村,乙,2023,2\n双石村,甲,2023,1\n石林村,丙,2023,2\n")
    assert offered[0] == first


def test_what_is_around_a_row_makes_no_name_certain():
    around = Around(JIANGJIA, sure=True)
    for text in ("双石村", "平塬村", "平村", "文村石"):
        assert all(c.certainty < CERTAIN for c in find_around(text, BANAN, "village", "", around))
    # What is certain without it stays so, wherever it lies.
    assert find_around("石林村", BANAN, "village", "", around)[0].certainty == 1.0


# -- a village that lies in another township than the one named above it -----------------------------------------------


def told_of(checked, rule="place_elsewhere"):
    found = checked.problems.loc[checked.problems["rule"] == rule]
    return found[["row", "value"]].to_numpy().tolist()


def in_title(title, rows):
    return check_file(f"{title}\n村,政策知晓度（分子）,政策知晓度（分母）\n{rows}".encode(), "2023年9月.csv", "500113")


def test_a_village_of_another_township_than_the_title_names_is_asked_about():
    checked = in_title("姜家镇2023年9月政策知晓度", "平原村,9,10\n石林村,8,10\n")
    assert told_of(checked) == [[4, "石林村"]]
    assert checked.frame["geo_code"].tolist() == [PINGYUAN, None]
    (question,) = checked.questions
    assert (question.text, question.around) == ("石林村", JIANGJIA)
    (message,) = [m for m in checked.messages("zh") if "石林村" in m]
    assert "不在姜家镇" in message
    assert "圣灯山镇" in message


def test_what_was_answered_counts():
    (found,) = find_place("石林村", BANAN, "village")[:1]
    raw = "姜家镇2023年9月政策知晓度\n村,政策知晓度（分子）,政策知晓度（分母）\n石林村,8,10\n".encode()
    said = Corrections(places={("石林村", ""): found.code})
    checked = check_file(raw, "2023年9月.csv", "500113", said=said)
    assert (told_of(checked), checked.frame["geo_code"].tolist()) == ([], [found.code])


@pytest.mark.parametrize(
    ("title", "rows"),
    [
        ("2023年9月政策知晓度", "平原村,9,10\n石林村,8,10\n"),  # of no township
        ("姜家镇和圣灯山镇2023年9月政策知晓度", "平原村,9,10\n石林村,8,10\n"),  # of several
        ("姜家镇2023年9月政策知晓度", "平原村,9,10\n圣灯山镇石林村,8,10\n"),  # it says itself where it lies
        ("姜家镇2023年9月政策知晓度", f"平原村,9,10\n{find_place('石林村', BANAN, 'village')[0].code},8,10\n"),
        ("姜家镇2023年9月政策知晓度", "平原村,9,10\n圣灯山镇,,\n石林村,8,10\n"),  # under a caption of its own
    ],
)
def test_a_village_that_lies_where_the_file_says_is_taken(title, rows):
    assert told_of(in_title(title, rows)) == []


def test_a_caption_above_says_the_township_too():
    checked = in_title("2023年9月政策知晓度", "姜家镇,,\n平原村,9,10\n石林村,8,10\n")
    assert told_of(checked) == [[5, "石林村"]]


def test_the_township_beside_an_unknown_village_is_kept_with_the_question():
    text = "2023年9月,,,\n乡镇,村,政策知晓度（分子）,政策知晓度（分母）\n姜家镇,王家大院村,9,10\n".encode()
    (question,) = check_file(text, "t.csv", "500113").questions
    assert (question.text, question.around) == ("王家大院村", JIANGJIA)


def test_a_question_offers_the_villages_of_its_township_before_all_others():
    from types import SimpleNamespace

    from components.uploads.correct import _places

    text = "2023年9月,,,\n乡镇,村,政策知晓度（分子）,政策知晓度（分母）\n姜家镇,王家大院村,9,10\n".encode()
    checked = check_file(text, "t.csv", "500113")
    ctx = SimpleNamespace(county=SimpleNamespace(code="500113"), _=str)
    offered = list(_places(ctx, SimpleNamespace(checked=checked), checked.questions[0]))
    own = [code for code in BANAN.level if BANAN.township(code) == JIANGJIA]
    likely = len(checked.questions[0].likely)
    assert set(own) <= set(offered[: likely + len(own)])
    assert len(offered) == len(BANAN.level) + 1  # the county's places, and leaving the row out


def test_a_cell_of_several_places_is_not_asked_about_too():
    text = "2023年5月\n村,监测对象户数\n平原村、文石村,10\n水源村,3\n"
    checked = check_file(text.encode(), "表.csv", "500113")
    assert "several_places" in set(checked.problems["rule"])
    assert not [one for one in checked.questions if one.kind == "place"]
