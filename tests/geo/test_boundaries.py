"""Shipped shapes are sound, and a county's own file is matched, repaired and reported."""

import copy
import json
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import mapping

from data.registry import counties
from geo import boundaries as geo
from geo.partial import complete
from geo.regions import regions, scope

CODES = [county.code for county in counties()]
TOWN = "500110120000"


def shapes_of(boundaries: geo.Boundaries, level: str) -> dict[str, Any]:
    return dict(geo.shapes(boundaries.level(level)))


def collection(features: list[dict[str, Any]], **more: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}, ensure_ascii=False).encode()


def feature(shape: Any, **properties: object) -> dict[str, Any]:
    geometry = shape if isinstance(shape, dict) else mapping(shape)
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def grid(n: int, wobble: float = 0.0) -> list[Any]:
    """Return n cells side by side near 扶欢镇, each 0.01 degree wide, with `wobble` degrees of overlap."""
    return [shapely.box(106.7 + i / 100 - wobble, 28.8, 106.71 + i / 100, 28.82) for i in range(n)]


def same(a: Any, b: Any) -> bool:
    return bool(a.symmetric_difference(b).area < 1e-6 * b.area)


@pytest.fixture(scope="module")
def town() -> Any:
    return scope(TOWN)


@pytest.fixture(scope="module")
def villages(town: Any) -> Any:
    return town[town["level"] == "village"].reset_index(drop=True)


# --- shipped ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
def test_shipped_shapes_are_the_register(code: str) -> None:
    frame = regions(code).set_index("code")
    features = geo.load_boundaries(code).features
    properties = [f["properties"] for f in features]
    assert sorted(p["code"] for p in properties) == sorted(frame.index)
    for p in properties:
        assert (p["level"], p["parent"]) == (frame.loc[p["code"], "level"], frame.loc[p["code"], "parent"])
        assert p["geometry_kind"] == ("real" if p["level"] == "county" else "schematic")


@pytest.mark.parametrize("code", CODES)
def test_shipped_shapes_cover_the_county_without_gap_or_overlap(code: str) -> None:
    boundaries = geo.load_boundaries(code)
    villages, towns, county = (shapes_of(boundaries, level) for level in ("village", "township", "county"))
    for level in (villages, towns, county):
        assert all(s.is_valid and not s.is_empty for s in level.values())
    assert shapely.coverage_is_valid(list(villages.values()))
    assert shapely.coverage_is_valid(list(towns.values()))
    whole = next(iter(county.values()))
    assert not whole.geom_type.startswith("Multi")
    assert len(whole.interiors) == 0
    for level in (villages, towns):
        assert sum(s.area for s in level.values()) == pytest.approx(whole.area, rel=1e-9)
    parents = {f["properties"]["code"]: f["properties"]["parent"] for f in boundaries.features}
    for parent, outline in towns.items():
        inside = sum(s.area for c, s in villages.items() if parents[c] == parent)
        assert inside == pytest.approx(outline.area, rel=1e-9)


@pytest.mark.parametrize(("code", "km2"), [("500113", 1825), ("500101", 3457), ("620402", 1372)])
def test_county_areas_are_about_the_published_ones(code: str, km2: float) -> None:
    """Published areas of the counties; the outlines are generalised, so 5 % is allowed."""
    county = next(iter(shapes_of(geo.load_boundaries(code), "county").values()))
    assert geo.area_km2(county) == pytest.approx(km2, rel=0.05)


def test_a_town_is_cut_out_with_its_villages() -> None:
    cut = geo.load_boundaries("500110").within(TOWN)
    assert {f["properties"]["level"] for f in cut.features} == {"township", "village"}
    assert {f["properties"]["code"] for f in cut.features} == set(scope(TOWN)["code"])


def test_a_county_without_shapes_has_none() -> None:
    assert geo.load_boundaries("110101").features == ()


# --- simplification ---------------------------------------------------------------------------------------------------


def test_simplified_neighbours_keep_shared_borders() -> None:
    """Borders are made wavy by a function of the place, so that neighbours still share every vertex."""
    villages = shapes_of(geo.load_boundaries("532323"), "village")
    fine = shapely.segmentize(list(villages.values()), 0.00053)
    wavy = shapely.transform(fine, lambda xy: xy.round(7) + 0.0002 * np.sin(2000 * xy.round(7)[:, ::-1]))
    detailed = dict(zip(villages, wavy, strict=True))
    assert shapely.coverage_is_valid(wavy)
    simple = geo.simplify_coverage(detailed, 0.002)
    count = shapely.get_num_coordinates
    assert count(list(simple.values())).sum() < 0.3 * count(list(detailed.values())).sum()
    assert shapely.coverage_is_valid(list(simple.values()))
    assert all(s.is_valid and not s.is_empty for s in simple.values())
    assert sum(s.area for s in simple.values()) == pytest.approx(shapely.union_all(list(simple.values())).area)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 0.002))
def test_cleaning_makes_a_coverage_of_sloppy_neighbours(seed: int, size: float) -> None:
    """Each cell's vertices are moved on their own, so that neighbours overlap and gape."""
    draw = np.random.default_rng(seed)
    cells = {
        f"{i}{j}": shapely.transform(
            shapely.segmentize(shapely.box(106 + i / 50, 29 + j / 50, 106 + (i + 1) / 50, 29 + (j + 1) / 50), 0.005),
            lambda xy: xy + draw.uniform(-size, size, xy.shape) * (np.arange(len(xy)) % (len(xy) - 1) > 0)[:, None],
        )
        for i in range(3)
        for j in range(3)
    }
    clean = geo.clean_coverage({k: shapely.make_valid(s) for k, s in cells.items()})
    assert shapely.coverage_is_valid(list(clean.values()))
    assert sum(s.area for s in clean.values()) == pytest.approx(shapely.union_all(list(clean.values())).area, rel=1e-9)
    assert shapely.coverage_is_valid(list(geo.simplify_coverage(clean).values()))


# --- a county's own file ----------------------------------------------------------------------------------------------


def test_own_polygons_by_code_replace_the_schematic_ones(town: Any, villages: Any) -> None:
    cells = grid(16)
    raw = collection([feature(s, 区划代码=int(c)) for s, c in zip(cells, villages["code"], strict=True)])
    done = geo.prepare(raw, town)
    assert (done.report.by_code, done.report.by_name, done.report.polygons) == (16, 0, 16)
    assert done.report.unmatched == ()
    assert done.report.missing == ()
    assert not done.boundaries.schematic
    drawn = shapes_of(done.boundaries, "village")
    assert all(same(drawn[c], s) for c, s in zip(villages["code"], cells, strict=True))
    assert same(shapes_of(done.boundaries, "township")[TOWN], shapely.box(106.7, 28.8, 106.86, 28.82))
    loaded = geo.load_boundaries("500110", done.boundaries.to_json())
    assert [f["properties"]["code"] for f in loaded.level("village")] == villages["code"].tolist()
    assert len(loaded.level("county")) == 1


def test_own_polygons_by_township_and_village_name_whatever_the_headers(town: Any, villages: Any) -> None:
    named = zip(grid(16), villages["name"], strict=True)
    raw = collection([feature(s, OBJECTID=i, A="扶欢", B=n, C="綦江") for i, (s, n) in enumerate(named)])
    report = geo.prepare(raw, town).report
    assert (report.by_code, report.by_name, report.missing) == (0, 16, ())


def test_a_code_of_another_register_gives_way_to_the_name() -> None:
    """532323101 is 共和镇 for the statistics bureau and 新桥镇 for the ministry; the name says which is meant."""
    frame = regions("532323")
    row = frame[(frame["level"] == "village") & (frame["parent"] == "532323102000")].iloc[0]
    other = frame[(frame["level"] == "village") & (frame["parent"] == "532323101000")].iloc[0]
    cell = shapely.box(101.5, 25.3, 101.51, 25.31)
    done = geo.prepare(collection([feature(cell, dm=other["code"], xz="新桥镇", mc=row["name"])]), frame)
    assert [f["properties"]["code"] for f in done.boundaries.level("village")] == [row["code"]]
    assert done.report.recoded == {1: row["code"]}


def test_a_renamed_village_keeps_its_code_and_is_reported(town: Any, villages: Any) -> None:
    codes = villages["code"].tolist()
    names = [*villages["name"][:-1], "新起的名字村"]
    cells = zip(grid(16), codes, names, strict=True)
    report = geo.prepare(collection([feature(s, code=c, name=n) for s, c, n in cells]), town).report
    assert report.renamed == {codes[-1]: "新起的名字村"}
    assert report.missing == ()


def test_what_did_not_match_is_listed_with_its_reason(town: Any, villages: Any) -> None:
    first, *cells = grid(16)
    known = [feature(s, town="扶欢镇", name=n) for s, n in zip(cells[5:10], villages["name"][5:10], strict=True)]
    raw = collection(
        [
            feature(first, town="扶欢镇", name=villages["name"][0]),
            feature(cells[0], town="扶欢镇", name="没有这个村"),
            feature(cells[1], town="没有这个镇", name=villages["name"][1]),
            feature(cells[2], town="", name=""),
            feature(shapely.LineString([(106.7, 28.8), (106.8, 28.8)]), town="扶欢镇", name=villages["name"][2]),
            {"type": "Feature", "properties": {"town": "扶欢镇", "name": villages["name"][3]}, "geometry": None},
            feature({"type": "Polygon", "coordinates": [[[106.7, 28.8]]]}, town="扶欢镇", name=villages["name"][4]),
            *known,
        ]
    )
    report = geo.prepare(raw, town).report
    assert [(u.number, u.reason) for u in report.unmatched] == [
        (2, "unknown place"),
        (3, "unknown township"),
        (4, "neither a known code nor a name"),
        (5, "neither a polygon nor a point"),
        (6, "the shape is missing or broken"),
        (7, "the shape is missing or broken"),
    ]
    assert set(report.missing) == set(villages["code"][1:5]) | set(villages["code"][10:])


def test_overlaps_are_repaired_and_area_changes_reported(town: Any, villages: Any) -> None:
    cells = grid(16, wobble=0.001)
    raw = collection([feature(s, code=c) for s, c in zip(cells, villages["code"], strict=True)])
    done = geo.prepare(raw, town)
    drawn = shapes_of(done.boundaries, "village")
    assert shapely.coverage_is_valid(list(drawn.values()))
    before = dict(zip(villages["code"], cells, strict=True))
    assert done.report.area_changes
    for code, change in done.report.area_changes.items():
        assert change == pytest.approx(100 * (drawn[code].area / before[code].area - 1), abs=0.01)


def test_a_bow_tie_and_pieces_of_one_village_become_one_valid_shape(town: Any, villages: Any) -> None:
    bow = shapely.Polygon([(106.7, 28.8), (106.71, 28.81), (106.71, 28.8), (106.7, 28.81)])
    exclave = shapely.box(106.9, 28.9, 106.91, 28.91)
    code = villages["code"][0]
    done = geo.prepare(collection([feature(bow, code=code), feature(exclave, code=code)]), town)
    shape = shapes_of(done.boundaries, "village")[code]
    assert shape.is_valid
    assert shape.area == pytest.approx(0.5e-4 + 1e-4, rel=1e-6)
    assert done.report.merged == (code,)


def test_points_are_kept_where_there_is_no_polygon(town: Any, villages: Any) -> None:
    codes = villages["code"].tolist()
    raw = collection(
        [
            feature(grid(1)[0], code=codes[0]),
            feature(shapely.Point(106.7051234567, 28.81), code=codes[0]),
            feature(shapely.Point(106.7551234567, 28.81), code=codes[1]),
        ]
    )
    done = geo.prepare(raw, town)
    drawn = shapes_of(done.boundaries, "village")
    assert (done.report.polygons, done.report.points) == (1, 1)
    assert drawn[codes[0]].geom_type == "Polygon"
    assert drawn[codes[1]].equals(shapely.Point(106.75512, 28.81))
    assert not done.boundaries.schematic


def test_schematic_shapes_stay_schematic_when_they_come_back() -> None:
    shipped = geo.load_boundaries("532323")
    again = geo.prepare(shipped.to_json(), regions("532323"))
    assert again.boundaries.schematic
    assert again.report.unmatched == ()
    assert again.report.area_changes == {}
    assert geo.Boundaries.from_json(again.boundaries.to_json()).version == again.boundaries.version


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4490", "urn:ogc:def:crs:EPSG::4326"])
def test_degrees_are_read_under_each_of_their_names(name: str, town: Any, villages: Any) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    raw = collection([feature(grid(1)[0], code=villages["code"][0])], crs=crs)
    assert geo.prepare(raw, town).report.polygons == 1


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "not GeoJSON"),
        (b"code,name\n1,2", "not GeoJSON"),
        (b"\xff\xff\xff", "not GeoJSON"),
        (b"PK\x03\x04....", "ZIP"),
        (b'{"type":"Topology"}', "FeatureCollection"),
        (b"[]", "FeatureCollection"),
        (collection([]), "no shapes"),
        (collection([feature(grid(1)[0], name="外地村")]), "None of the 1 shapes"),
        (collection([feature(shapely.box(500000, 3190000, 510000, 3200000), name="x")]), "not degrees"),
        (collection([feature(shapely.box(28.8, 106.7, 28.9, 106.8), name="x")]), "Latitude stands before longitude"),
        (collection([feature(grid(1)[0])], crs={"type": "name", "properties": {"name": "EPSG:4526"}}), "EPSG:4526"),
        (collection([feature(grid(1)[0])], crs={"type": "link", "properties": {"href": "x"}}), "coordinate system"),
    ],
)
def test_other_files_are_refused_in_plain_words(raw: bytes, words: str, town: Any) -> None:
    with pytest.raises(geo.BoundaryError, match=words):
        geo.prepare(raw, town)


def test_a_gbk_file_is_read(town: Any, villages: Any) -> None:
    cells = zip(grid(16), villages["name"], strict=True)
    raw = collection([feature(s, 乡镇="扶欢镇", 村=n) for s, n in cells]).decode().encode("gb18030")
    assert geo.prepare(raw, town).report.by_name == 16


def test_preparing_does_not_depend_on_the_order_of_the_features(town: Any, villages: Any) -> None:
    features = [feature(s, code=c) for s, c in zip(grid(16), villages["code"], strict=True)]
    one = geo.prepare(collection(features), town)
    two = geo.prepare(collection(copy.deepcopy(features)[::-1]), town)
    assert [f["properties"] for f in one.boundaries.features] == [f["properties"] for f in two.boundaries.features]
    for level in ("village", "township"):
        ones, twos = shapes_of(one.boundaries, level), shapes_of(two.boundaries, level)
        assert all(ones[c].equals(twos[c]) for c in ones)


# --- the file of another county, or of some villages ------------------------------------------------------------------


def test_the_file_of_another_county_is_refused_although_some_names_are_the_same() -> None:
    with pytest.raises(geo.BoundaryError, match="only 0 belong") as told:
        geo.prepare(geo.load_boundaries("500113").to_json(), regions("532323"))
    shipped = geo.load_boundaries("500113").features
    assert sum(told.value.values[why] for why in ("foreign", "outside")) == len(shipped)


def test_a_code_of_another_county_is_never_overruled_by_a_name(town: Any, villages: Any) -> None:
    cells = grid(16)
    foreign = [f"5001130010{i:02}" for i in range(16)]
    same_names = zip(cells, foreign, villages["name"], strict=True)
    with pytest.raises(geo.BoundaryError, match="16 carry the code of another county"):
        geo.prepare(collection([feature(s, dm=c, mc=n) for s, c, n in same_names]), town)
    mixed = [*villages["code"][:15], "500113001001"]
    rows = zip(cells, mixed, villages["name"], strict=True)
    report = geo.prepare(collection([feature(s, dm=c, mc=n) for s, c, n in rows]), town).report
    assert [(u.number, u.reason) for u in report.unmatched] == [(16, geo.FOREIGN)]


def test_numbers_of_its_province_or_of_an_older_register_do_not_make_a_shape_foreign(town: Any, villages: Any) -> None:
    rows = list(zip(grid(16), villages["name"], strict=True))
    province = collection([feature(s, sheng="500000000000", mc=n) for s, n in rows])
    older = collection([feature(s, dm=f"5001109990{i:02}", mc=n) for i, (s, n) in enumerate(rows)])
    assert geo.prepare(province, town).report.by_name == geo.prepare(older, town).report.by_name == 16


def test_shapes_outside_the_county_are_left_out_and_many_refuse_the_file(town: Any, villages: Any) -> None:
    near, far = grid(16), [shapely.box(101.5 + i / 100, 25.3, 101.51 + i / 100, 25.31) for i in range(16)]
    for n, fits in ((9, False), (8, True)):
        shapes = [*far[:n], *near[n:]]
        raw = collection([feature(s, code=c) for s, c in zip(shapes, villages["code"], strict=True)])
        if fits:
            assert {u.reason for u in geo.prepare(raw, town).report.unmatched} == {geo.OUTSIDE}
        else:
            with pytest.raises(geo.BoundaryError, match="9 lie outside"):
                geo.prepare(raw, town)


def test_a_file_without_names_of_the_county_is_refused(town: Any, villages: Any) -> None:
    names = [*villages["name"][:7], *(f"某某{i}村" for i in range(9))]
    raw = collection([feature(s, town="扶欢镇", mc=n) for s, n in zip(grid(16), names, strict=True)])
    with pytest.raises(geo.BoundaryError, match="only 7 could be matched"):
        geo.prepare(raw, town)


def test_villages_that_a_file_lacks_keep_their_schematic_cells(town: Any, villages: Any) -> None:
    """One township of 綦江区: no village leaves the map, real shapes stay whole, and the note stays."""
    shipped = geo.load_boundaries("500110")
    raw = collection([feature(s, code=c) for s, c in zip(grid(16), villages["code"], strict=True)])
    own = complete(geo.prepare(raw, regions("500110")).boundaries, "500110")
    drawn = shapes_of(own, "village")
    assert set(drawn) == set(shapes_of(shipped, "village"))
    assert set(shapes_of(own, "township")) == set(shapes_of(shipped, "township"))
    assert all(same(drawn[c], s) for c, s in zip(villages["code"], grid(16), strict=True))
    kinds = {f["properties"]["code"]: f["properties"]["geometry_kind"] for f in own.features}
    assert {c for c, kind in kinds.items() if kind == "real"} == {TOWN, *villages["code"]}
    assert own.schematic
    assert not own.within(TOWN).schematic
    areas = [s for s in drawn.values() if s.geom_type != "Point"]
    assert all(s.is_valid and not s.is_empty for s in drawn.values())
    assert shapely.coverage_is_valid(areas)
    assert geo.load_boundaries("500110", own.to_json()).level("county") == shipped.level("county")


def test_a_second_file_keeps_the_real_shapes_of_the_first(villages: Any) -> None:
    cells = dict(zip(villages["code"], grid(16), strict=True))
    first, second = list(cells)[:8], list(cells)[8:]

    def own(codes: list[str], before: bytes | None) -> geo.Boundaries:
        raw = collection([feature(cells[c], code=c) for c in codes])
        return complete(geo.prepare(raw, regions("500110")).boundaries, "500110", before)

    both = own(second, own(first, None).to_json())
    assert all(same(shapes_of(both, "village")[c], s) for c, s in cells.items())
    assert complete(both, "500110", both.to_json()) == both


def test_a_cell_that_a_real_shape_covers_whole_stays_as_a_point(villages: Any) -> None:
    code = villages["code"][0]
    shipped = shapes_of(geo.load_boundaries("500110"), "village")
    neighbour = next(c for c in villages["code"][1:] if shipped[c].touches(shipped[code]))
    raw = collection([feature(shapely.union(shipped[code], shipped[neighbour]), code=code)])
    own = complete(geo.prepare(raw, regions("500110")).boundaries, "500110")
    assert shapes_of(own, "village")[neighbour].geom_type == "Point"
