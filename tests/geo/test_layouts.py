"""SVG shapes, the tile grid and the map's page, as data."""

import json
import re
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.registry import counties
from geo.boundaries import Boundaries, load_boundaries, prepare
from geo.map_document import folder, label_point, publish, publish_assets, render
from geo.regions import regions, scope
from geo.svg import svg_shapes
from geo.tilegrid import tile_grid

CODES = [county.code for county in counties()]


def rings(path: str) -> list[list[tuple[int, int]]]:
    """Read path data back: absolute start, relative steps."""
    result = []
    for part in path.split("M")[1:]:
        numbers = [int(n) for n in re.findall(r"-?\d+", part)]
        x, y = numbers[:2]
        ring = [(x, y)]
        for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        result.append(ring)
    return result


@pytest.mark.parametrize("code", CODES)
def test_svg_paths_are_the_shapes(code: str) -> None:
    """The villages' areas, read back from the paths, add up to the county's."""
    drawn = svg_shapes(load_boundaries(code), 2000)
    assert max(drawn.width, drawn.height) == 2000
    assert set(drawn.villages) == set(regions(code).query("level == 'village'")["code"])
    (county,) = drawn.county.values()
    whole = shapely.Polygon(rings(county)[0]).area
    total = sum(shapely.Polygon(ring).area for path in drawn.villages.values() for ring in rings(path))
    assert total == pytest.approx(whole, rel=1e-3)
    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in drawn.labels.values())
    assert sum(map(len, drawn.villages.values())) < 60 * len(drawn.villages)


def test_svg_of_points_and_of_nothing() -> None:
    town = scope("500110120000")
    code = town.query("level == 'village'")["code"].iloc[0]
    point = {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": "Point", "coordinates": [106.7, 28.8]},
    }
    raw = json.dumps({"type": "FeatureCollection", "features": [point]}).encode()
    boundaries = load_boundaries("500110", prepare(raw, town).boundaries.to_json())
    drawn = svg_shapes(boundaries)
    assert "a6 6" in drawn.villages[code]
    assert len(drawn.county) == 1
    assert svg_shapes(Boundaries(())).villages == {}


def test_a_name_stands_inside_its_shape() -> None:
    ring = shapely.Point(0, 0).buffer(3).difference(shapely.Point(0, 0).buffer(2))
    assert ring.contains(shapely.Point(label_point(ring)))
    assert label_point(shapely.box(0, 0, 1, 1), (0.9, 0.1)) == (0.9, 0.1)
    assert label_point(shapely.box(0, 0, 1, 1), (5, 5)) == pytest.approx((0.5, 0.5), abs=0.01)


@given(st.sampled_from(CODES), st.integers(4, 80))
def test_every_village_has_one_square_of_its_own(code: str, columns: int) -> None:
    frame = regions(code)
    grid = tile_grid(frame, columns)
    assert [t.code for t in grid.tiles] == frame.loc[frame["level"] == "village", "code"].tolist()
    places = {(t.x, t.y) for t in grid.tiles}
    assert len(places) == len(grid.tiles)
    assert grid.width <= columns
    groups = {g.code: g for g in grid.groups}
    for tile in grid.tiles:
        group = groups[tile.township]
        assert group.x <= tile.x < group.x + group.width
        assert group.y < tile.y < group.y + group.height
    boxes = [shapely.box(g.x, g.y, g.x + g.width, g.y + g.height) for g in grid.groups]
    assert all(b.bounds[2] <= grid.width and b.bounds[3] <= grid.height for b in boxes)
    tree = shapely.STRtree(boxes)
    assert len(tree.query(boxes, predicate="intersects")[0]) == len(boxes)  # each meets itself alone


def test_the_page_asks_nobody_and_is_built_once(home: Path) -> None:
    boundaries = load_boundaries("532323")
    document = publish("532323", boundaries)
    file = home / "maps" / document.name
    assert folder() == home / "maps"
    assert re.fullmatch(r"532323-[0-9a-f]{12}\.html", document.name)
    assert document.schematic
    assert document.codes == tuple(f["properties"]["code"] for f in boundaries.level("village"))
    page = file.read_text("utf-8")
    assert "//" not in page.replace("http-equiv", "")
    for link in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert (home / "maps" / link).is_file()
    before = file.stat().st_mtime_ns
    assert publish("532323", boundaries) == document
    assert file.stat().st_mtime_ns == before
    assert not list((home / "maps").glob("tmp*"))


def test_other_shapes_make_another_page(tmp_path: Path) -> None:
    whole = load_boundaries("500110")
    town = whole.within("500110120000")
    names = {publish("500110", b, tmp_path).name for b in (whole, town)}
    assert len(names) == 2
    with pytest.raises(ValueError, match="no village"):
        publish("110101", load_boundaries("110101"), tmp_path)


def test_the_same_shapes_make_the_same_page(tmp_path: Path) -> None:
    assets = publish_assets(tmp_path)
    boundaries = load_boundaries("532323")
    assert render(boundaries, assets) == render(boundaries, assets)


def test_a_changed_asset_is_published_again(tmp_path: Path) -> None:
    assets = publish_assets(tmp_path)
    broken = tmp_path / assets["county_map.js"]
    broken.write_text("changed by somebody")
    publish_assets(tmp_path)
    assert "countyMap" in broken.read_text("utf-8")
