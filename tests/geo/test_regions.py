"""The shipped region tables hold together, and places are found as people write them."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.registry import counties
from geo import regions as geo

CODES = [county.code for county in counties()]
# What the statistics bureau lists for each county: townships, villages and communities (geo/SOURCES.md).
LISTED = {"500113": (23, 313), "500101": (52, 610), "532323": (7, 89), "500110": (31, 480), "620402": (10, 99)}


@pytest.mark.parametrize("code", CODES)
def test_the_register_is_complete(code: str) -> None:
    levels = geo.regions(code)["level"].value_counts()
    assert (levels["county"], levels["township"], levels["village"]) == (1, *LISTED[code])


@pytest.mark.parametrize("code", CODES)
def test_codes_names_and_parents_hold_together(code: str) -> None:
    frame = geo.regions(code)
    assert list(frame.columns) == list(geo.COLUMNS)
    assert frame["code"].is_unique
    assert frame["code"].is_monotonic_increasing
    assert frame["code"].str.fullmatch(code + r"\d{6}").all()
    assert not frame.duplicated(["parent", "name"]).any()
    assert not frame.duplicated(["parent", "short_name"]).any()
    above = {"township": "county", "village": "township"}
    parents = frame.set_index("code")["level"]
    for row in frame[frame["level"] != "county"].itertuples():
        assert parents[row.parent] == above[row.level]
        if row.level == "village":
            assert row.code[:9] == row.parent[:9]
    villages = frame["level"] == "village"
    assert frame.loc[villages, "unit_type"].isin(["village", "community"]).all()
    assert frame.loc[~villages, "unit_type"].isna().all()


def test_scope_is_the_region_and_all_below() -> None:
    town = geo.scope("500110120000")
    assert town["code"].str.startswith("500110120").all()
    assert town["level"].value_counts().to_dict() == {"village": 16, "township": 1}
    pd.testing.assert_frame_equal(geo.scope("500113000000"), geo.regions("500113"))
    assert geo.scope("500110120200")["name"].tolist() == ["石足村村民委员会"]
    with pytest.raises(KeyError, match="500110999000"):
        geo.scope("500110999000")
    with pytest.raises(KeyError, match="110101"):
        geo.regions("110101")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("500113", "500113000000"),
        (500113, "500113000000"),
        ("500113115", "500113115000"),
        (500113115219.0, "500113115219"),
        ("500113115219.0", "500113115219"),
        (" 500113115219 ", "500113115219"),
        ("５００１１３", "500113000000"),
        ("50011", None),
        ("5001131152190", None),
        ("050113", None),
        ("平原村", None),
        ("", None),
        (None, None),
        (True, None),
        (float("nan"), None),
        (500113.5, None),
    ],
)
def test_codes_of_any_length_become_twelve_digits(written: object, meant: str | None) -> None:
    assert geo.normalise_code(written) == meant


@given(st.sampled_from(CODES), st.data())
def test_normalising_twice_changes_nothing(county: str, data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(geo.regions(county)["code"].tolist()))
    assert geo.normalise_code(code) == code
    assert geo.normalise_code(int(code)) == code


@pytest.mark.parametrize(
    ("county", "name", "township", "level", "found"),
    [
        ("500110120000", "崇恩", None, None, ["崇恩村村民委员会"]),
        ("500110120000", "崇恩 村", "扶欢", None, ["崇恩村村民委员会"]),
        ("500110120000", "扶欢", None, None, ["扶欢镇"]),
        ("500110120000", "扶欢", None, "village", ["扶欢社区居民委员会"]),
        ("532323000000", "戌街", None, None, ["戌街乡"]),
        ("532323000000", "戌街乡人民政府", None, None, ["戌街乡"]),
        ("532323000000", "官河村委会", "新桥镇", None, ["官河村民委员会"]),
        ("532323000000", "官河村", "安乐乡", None, []),
        ("500113000000", "平原", "姜家镇", None, ["平原村村民委员会"]),
        ("500113000000", "平原村", "500113115", None, ["平原村村民委员会"]),
        ("500113000000", "重庆市巴南区姜家镇平原村", None, None, ["平原村村民委员会"]),
        ("500113000000", "姜家镇平原村民委员会", "姜家镇", None, ["平原村村民委员会"]),
        ("500113000000", "平原社区", "姜家镇", None, ["平原村村民委员会"]),
        ("500113000000", "鱼洞街道办事处", None, None, ["鱼洞街道"]),
        ("500113000000", "巴南", None, None, ["巴南区"]),
        ("500101000000", "恒合乡", None, None, ["恒合土家族乡"]),
        ("500113000000", "没有这个村", None, None, []),
        ("500113000000", "", None, None, []),
        ("500113000000", "合计", None, None, []),
    ],
)
def test_places_are_found_as_people_write_them(
    county: str, name: str, township: str | None, level: str | None, found: list[str]
) -> None:
    frame = geo.scope(county)
    names = frame.set_index("code")["name"]
    assert [names[code] for code in geo.match_place(frame, name, township, level)] == found


def test_a_village_and_a_community_of_one_name_are_told_apart_by_the_suffix_only() -> None:
    frame = geo.regions("500113")
    both = geo.match_place(frame, "其龙", "李家沱街道")
    assert len(both) == 2
    assert [geo.match_place(frame, f"其龙{end}", "李家沱街道") for end in ("社区", "村")] == [[code] for code in both]


@pytest.mark.parametrize("code", CODES)
def test_every_official_name_finds_its_own_region(code: str) -> None:
    frame = geo.regions(code)
    for row in frame.itertuples():
        township = row.parent if row.level == "village" else None
        assert geo.match_place(frame, row.name, township) == [row.code]
        assert geo.match_place(frame, row.short_name, township) == [row.code]


def test_the_crosswalk_names_the_bureau_code_of_every_township() -> None:
    table = geo.crosswalk()
    for code in CODES:
        names = geo.regions(code).set_index("code")["name"]
        rows = table[table["county_code"] == code]
        assert (rows["nbs2023_code"].map(names) == rows["name"]).all()
        assert len(rows) == LISTED[code][0]
