"""Places are found as people type them: by name, first letters of the pinyin, pinyin, code, or nearly so."""

import pytest
from support.worked import REGIONS

from geo.regions import regions, scope
from geo.search import PlaceIndex

BANAN = regions("500113")
NAMES = dict(zip(BANAN["code"], BANAN["short_name"], strict=True))
INDEX = PlaceIndex(BANAN)


def named(typed: str) -> list[str]:
    return [NAMES[code] for code in INDEX.find(typed)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("平原村", "平原村"),
        ("平原", "平原村"),
        (" 平 原 ", "平原村"),
        ("平原村村民委员会", "平原村"),
        ("姜家镇平原村", "平原村"),
        ("pyc", "平原村"),
        ("PYC", "平原村"),
        ("pyz", "平原村"),  # 村 is cun, but who mistypes one letter finds it all the same
        ("pingyuan", "平原村"),
        ("jjzpyc", "平原村"),
        ("500113115219", "平原村"),
        ("115219", "平原村"),
        ("姜家", "姜家镇"),
        ("jjz", "姜家镇"),
        ("500113115", "姜家镇"),
    ],
)
def test_what_people_type_leads_to_the_place(typed, first):
    assert named(typed)[0] == first


def test_a_township_is_followed_by_its_villages():
    found = named("姜家")
    assert found[:2] == ["姜家镇", "姜家社区"]
    assert {"平原村", "水源村", "白云山村"} <= set(found)


def test_a_mistyped_name_is_only_a_guess_where_nothing_fits():
    assert "平原村" in named("平塬村")
    assert named("平原村") == ["平原村"]  # not 平滩村, 平桥村, which differ by one character


def test_the_county_itself_and_nonsense_are_not_found():
    assert named("巴南区") == []
    assert named("没有这个地方") == []
    assert named("") == named("  ") == []
    assert named("9") == []


def test_characters_with_several_readings_are_found_by_each():
    # 重 is zhong or chong, 长 is chang or zhang.
    frame = REGIONS.assign(short_name=REGIONS["name"].replace({"甲一村": "重长村"}))
    code = frame.loc[frame["short_name"] == "重长村", "code"].item()
    index = PlaceIndex(frame)
    assert all(code in index.find(typed) for typed in ("zcc", "ccc", "czc", "zzc"))


def test_every_place_of_a_county_is_found_by_its_own_code_name_and_letters():
    for code, name in NAMES.items():
        if not code.endswith("000000"):
            assert INDEX.find(code) == [code]
            assert code in INDEX.find(name, most=40)


def test_a_plan_of_one_township_finds_its_villages():
    index = PlaceIndex(scope("500110120000"))
    assert index.find("500110120000") == ["500110120000"]


@pytest.mark.parametrize("typed", ["<script>", "%", "\x00", "𠮷", "a" * 500, "１１５２１９"])
def test_anything_may_be_typed(typed):
    assert isinstance(INDEX.find(typed), list)


def test_what_is_looked_for_among_some_places_is_found_there_or_not_at_all():
    assert INDEX.find("jj", among=["500113115000"]) == ["500113115000"]
    assert INDEX.find("jjz", among=["500113115219"]) == []
    assert INDEX.find("pyz", among=["500113115219", "500113115218"]) == ["500113115219"]
    assert INDEX.find("平原村", among=()) == []
