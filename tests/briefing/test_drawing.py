"""Pictures of maps and charts: everything on them, none upon another, told apart without colour, drawn once."""

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from data.briefing import charts, drawing, labels, maps, pictures
from data.briefing.looks import BLANK, hatches, ink
from data.briefing.model import Chart, Map, Series, Shade
from data.registry import county
from data.statuses import LOOKS
from geo.boundaries import Boundaries, load_boundaries

SQUARE = [[106.0, 29.0], [106.1, 29.0], [106.1, 29.1], [106.0, 29.1], [106.0, 29.0]]
EAST = [[x + 0.1, y] for x, y in SQUARE]
NOTE = "乡镇、村界为示意，非法定界线"


def feature(code, name, level, parent, geometry, kind="real"):
    properties = {"code": code, "name": name, "level": level, "parent": parent, "geometry_kind": kind}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def area(*ring):
    return {"type": "Polygon", "coordinates": [list(ring)]}


def two_towns(kind="real"):
    """Two square townships side by side."""
    return Boundaries(
        (
            feature("890001101000", "甲镇", "township", "890001000000", area(*SQUARE), kind),
            feature("890001102000", "乙镇", "township", "890001000000", area(*EAST), kind),
        )
    )


def town_map(*colours, title="得分", places=None):
    shades = tuple(Shade(f"第{n}档", colour) for n, colour in enumerate(colours, 1))
    found = {"890001101000": 0, "890001102000": 1} if places is None else places
    return Map("m", title, "township", shades, found)


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def has(picture, colour):
    """Whether an exact colour fills a notable part of a picture."""
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return (picture == wanted).all(axis=2).mean() > 0.01


# Maps


def test_each_place_has_the_colour_of_its_class():
    picture = pixels(drawing.map_png(town_map("#2A75AB", "#C2500A"), two_towns(), "zh"))
    height, width, _rgb = picture.shape
    middle = picture[: height // 2]
    assert has(middle[:, : width // 2], "#2A75AB")
    assert not has(middle[:, : width // 2], "#C2500A")
    assert has(middle[:, width // 2 :], "#C2500A")


def test_a_place_without_class_is_blank():
    picture = pixels(drawing.map_png(town_map("#2A75AB", places={"890001101000": 0}), two_towns(), "zh"))
    half = picture[: picture.shape[0] // 2, picture.shape[1] // 2 :]
    assert has(half, BLANK)
    assert not has(half, "#2A75AB")


@pytest.mark.parametrize(("kind", "told"), [("schematic", True), ("real", False)])
def test_shapes_that_only_stand_for_places_are_said_to(kind, told):
    boundaries = two_towns(kind)
    assert (NOTE in drawing.map_svg(town_map("#2A75AB", "#C2500A"), boundaries, "zh")) is told
    # The picture is taller by the line of the note.
    real = pixels(drawing.map_png(town_map("#2A75AB", "#C2500A"), two_towns("real"), "zh"))
    assert (pixels(drawing.map_png(town_map("#2A75AB", "#C2500A"), boundaries, "zh")).shape[0] > real.shape[0]) is told


def test_a_village_that_is_a_point_is_drawn():
    village = feature(
        "890001101201", "甲一村", "village", "890001101000", {"type": "Point", "coordinates": [106.02, 29.02]}
    )
    boundaries = Boundaries((*two_towns().features, village))
    map_ = Map("m", "", "village", (Shade("滞后", "#D55E00"),), {"890001101201": 0})
    red = (pixels(drawing.map_png(map_, boundaries, "zh")) == [0xD5, 0x5E, 0]).all(axis=2).sum()
    none = Map("m", "", "village", (Shade("滞后", "#D55E00"),), {})
    assert red > (pixels(drawing.map_png(none, boundaries, "zh")) == [0xD5, 0x5E, 0]).all(axis=2).sum() + 20


def test_a_map_without_shapes_is_not_drawable():
    assert drawing.drawable(town_map("#2A75AB"), two_towns())
    assert not drawing.drawable(town_map("#2A75AB"), Boundaries(()))
    assert not drawing.drawable(Map("m", "", "village", (), {"890001101201": 0}), two_towns())


@pytest.mark.parametrize("slug", ["banan", "wanzhou", "mouding", "baiyin"])
def test_every_township_is_named_and_no_name_covers_another(slug):
    boundaries = load_boundaries(county(slug).code)
    sheet = maps._sheet(maps._Key(boundaries))
    towns = [f["properties"]["name"] for f in boundaries.level("township")]
    assert sorted(label.text for label in sheet.labels) == sorted(towns)
    spots = [labels._spot(label.text, label.x, label.y, sheet.size) for label in sheet.labels]
    assert not [pair for pair in combinations(spots, 2) if labels._overlap(*pair)]
    assert all(labels._within(spot, (sheet.width, sheet.height)) for spot in spots)
    assert sheet.size * sheet.scale * 72 >= 6.49  # points


def test_a_township_s_own_map_names_its_villages():
    boundaries = load_boundaries("500110").within("500110120000")
    sheet = maps._sheet(maps._Key(boundaries))
    assert {label.text for label in sheet.labels} == {f["properties"]["name"] for f in boundaries.level("village")}


def test_names_that_stand_apart_have_a_line_to_their_place():
    at_once = [("甲镇街道", 500.0, 500.0), ("乙镇街道", 502.0, 500.0), ("丙镇街道", 501.0, 502.0)]
    placed = labels.place(at_once, 20, (1000, 1000))
    assert len(placed) == 3
    moved = [label for label in placed if label.anchor]
    assert moved
    for label in moved:
        assert label.anchor in {(x, y) for _text, x, y in at_once}


def test_a_name_that_finds_no_room_is_left_out():
    crowd = [("名字", 50.0, 50.0)] * 40
    assert 0 < len(labels.place(crowd, 20, (100, 100))) < 40


def test_svg_is_small_valid_and_says_each_place():
    boundaries = load_boundaries(county("wanzhou").code)
    villages = [f["properties"]["code"] for f in boundaries.level("village")]
    map_ = Map("m", "图", "village", (Shade("逾期<1", "#4B1F6F"), Shade("达标", "#009E73")), dict.fromkeys(villages, 0))
    svg = drawing.map_svg(map_, boundaries, "zh")
    titles = [e.text for e in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}title")]
    assert len(titles) == 610
    assert all(title.endswith("逾期<1") for title in titles)
    assert len(svg) < 120_000


# A second channel


def test_statuses_to_act_on_differ_without_colour():
    codes = ["far_behind", "overdue", "behind", "slightly_behind", "on_schedule"]
    found = hatches([LOOKS[code].fill for code in codes])
    assert len(set(found)) == len(codes)
    assert found[-1] == ""


def test_two_ends_of_a_scale_differ_without_colour():
    good, fair, poor, bad, none = hatches(["#2A75AB", "#A9CDE6", "#F3B183", "#C2500A", BLANK])
    assert (good, fair, none) == ("", "", "")
    assert len({poor, bad, ""}) == 3


def test_hatches_are_seen_in_pictures():
    plain, hatched = LOOKS["done"].fill, LOOKS["far_behind"].fill
    picture = pixels(drawing.map_png(town_map(plain, hatched), two_towns(), "zh"))
    assert len(np.unique(inside(picture, left=True), axis=0)) == 1
    assert len(np.unique(inside(picture, left=False), axis=0)) > 3


def inside(picture, *, left):
    """Pixels within a township, away from its name."""
    height, width, _rgb = picture.shape
    at = width // 4 if left else 3 * width // 4
    return picture[height // 8 : height // 5, at - 60 : at + 60].reshape(-1, 3)


def test_coloured_words_are_dark_enough_to_read():
    for look in LOOKS.values():
        red, green, blue = (int(ink(look.fill)[i : i + 2], 16) / 255 for i in (1, 3, 5))
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in (red, green, blue)]
        light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        assert 1.05 / (light + 0.05) >= 4.5


# Charts


def bars(**more):
    series = Series("率", (50.0, 100.0, None), ("far_behind", "done", "no_data"))
    return Chart("c", "率", "bars", ("甲镇", "乙镇", "丙镇"), (series,), "%", **more)


def said(draw):
    """Return every text that a chart writes."""
    found = []

    figure = charts.Figure(layout="constrained")
    charts.FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    draw(axes)
    found += [t.get_text() for t in axes.texts]
    found += [t.get_text() for t in axes.get_yticklabels()]
    return found + [t.get_text() for legend in figure.legends for t in legend.get_texts()]


def test_bars_say_their_figures_classes_and_line():
    texts = said(lambda axes: charts._bars(axes, bars(line=(83.3, "序时应达")), "zh"))
    assert {"50%", "100%", "—", "序时应达 83.3%", "甲镇", "丙镇", "严重滞后", "已完成"} <= set(texts)


def test_stacked_bars_say_their_figures():
    series = (Series("已完成", (10.0, 0.0), colour="#009E73"), Series("逾期", (3.0, 1.0), colour="#4B1F6F"))
    chart = Chart("c", "", "stacked", ("监测帮扶", "资金项目"), series)
    texts = said(lambda axes: charts._stacked(axes, chart, "zh"))
    assert {"10", "3", "1", "监测帮扶", "资金项目", "已完成", "逾期"} <= set(texts)
    assert "0" not in texts


def test_lines_are_drawn_with_gaps_where_there_is_no_value():
    chart = Chart("c", "", "lines", ("8月", "9月", "10月"), (Series("率", (50.0, None, 60.0)),), "%", (75.0, "目标"))
    picture = pixels(drawing.chart_png(chart, "zh"))
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 5


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_longest_chart_stands_on_a_page_and_shows_all_colours(lang):
    names = tuple(f"示例镇{n}" for n in range(40))
    chart = Chart("c", "率", "bars", names, (Series("率", (50.0,) * 40, ("behind",) * 40),), "%")
    image = Image.open(io.BytesIO(drawing.chart_png(chart, lang)))
    assert image.height / image.info["dpi"][1] < 8
    assert image.width / image.info["dpi"][0] <= 6.11
    assert has(np.asarray(image.convert("RGB")), LOOKS["behind"].fill)


def test_a_legend_of_many_classes_is_not_cut():
    codes = [c for c in LOOKS if c not in {"nothing", "no_target"}]
    series = tuple(Series(f"A rather long name of {c}", (1.0, 2.0), colour=LOOKS[c].fill) for c in codes)
    picture = pixels(drawing.chart_png(Chart("c", "", "stacked", ("a", "b"), series), "en"))
    edges = np.concatenate([picture[:, :6], picture[:, -6:]], axis=1)
    assert (edges > 200).all()


# Once


def test_a_picture_is_drawn_once_and_anew_when_anything_differs(monkeypatch):
    drawn = []
    monkeypatch.setattr(pictures, "_pictures", type(pictures._pictures)())
    monkeypatch.setattr(maps, "png", lambda *what: drawn.append(what) or b"png")
    one, other = town_map("#2A75AB", "#C2500A"), town_map("#2A75AB", "#C2500A", title="另一个")
    for map_, boundaries, lang in (
        (one, two_towns(), "zh"),
        (one, two_towns(), "zh"),
        (one, two_towns(), "en"),
        (other, two_towns(), "zh"),
        (one, two_towns("schematic"), "zh"),
    ):
        assert drawing.map_png(map_, boundaries, lang) == b"png"
    assert len(drawn) == 4


def test_no_more_pictures_are_kept_than_said(monkeypatch):
    monkeypatch.setattr(pictures, "_pictures", type(pictures._pictures)())
    monkeypatch.setattr(pictures, "KEPT", 3)
    monkeypatch.setattr(charts, "png", lambda chart, _lang: chart.title.encode())
    for n in range(5):
        drawing.chart_png(Chart("c", str(n), "bars", (), ()), "zh")
    assert list(pictures._pictures.values()) == [b"2", b"3", b"4"]


def test_threads_draw_the_same_at_the_same_time():
    several = [town_map("#2A75AB", "#C2500A", title=str(n)) for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda map_: maps.png(map_, two_towns("schematic"), "zh"), several))
    assert all(a == b for a, b in pairwise(together))


def test_pyplot_is_never_loaded():
    code = (
        "import sys\n"
        "from data.briefing import drawing\n"
        "from data.briefing.model import Chart, Series\n"
        "drawing.chart_png(Chart('c', '', 'bars', ('甲',), (Series('率', (1.0,)),)), 'zh')\n"
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
