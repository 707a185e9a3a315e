"""The county map in a real Chromium, under a county's address: draws, recolours, reports clicks, asks nobody else."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page, expect
from support.browser import open_page
from support.server import Server, running

pytestmark = pytest.mark.browser

COUNTY = "500101"  # the largest: 610 villages
HOSTILE = {  # what a file might call its first villages and its first township
    0: "<img src=x onerror='top.hacked=1'>",
    1: "</script><script>top.hacked=2</script>",
    2: "`${top.hacked=3}`",
}
TOWN = "<b onclick='top.hacked=4'>镇</b>"

SERVE = """
from pathlib import Path
import streamlit as st
from starlette.middleware import Middleware
from components.server.prefix import CountyPrefix
app = st.App(Path(__file__).with_name("script.py"), middleware=[Middleware(CountyPrefix)])
"""

SCRIPT = f"""
from copy import deepcopy
import streamlit as st
from components.county_map import MapClass, Place, county_map, draw, status_classes
from data.language import translator
from geo.boundaries import Boundaries, load_boundaries
from geo.map_document import publish

@st.cache_resource
def document():
    features = deepcopy(load_boundaries("{COUNTY}").features)
    villages = [f for f in features if f["properties"]["level"] == "village"]
    for i, name in {HOSTILE!r}.items():
        villages[i]["properties"]["name"] = name
    next(f for f in features if f["properties"]["level"] == "township")["properties"]["name"] = {TOWN!r}
    return publish("{COUNTY}", Boundaries(features))

_ = translator("zh")
st.set_page_config(layout="wide")
month = st.number_input("month", 0, 9, 0, key="month")
codes = document().codes
# Month m: village i is in class (i + m) % 6; every 50th has not reported.
values = {{c: ((i + month) % 6, 10.04 * month + i / 10) for i, c in enumerate(codes) if i % 50}}
places = [Place(codes[5], "<i>名</i>", "示范村"), Place((108.4, 30.8), "某地")]
shown, hidden = st.tabs(["first", "second"])
with shown:
    drawing = draw(document(), values, status_classes(_), _, unit="%", title="支出进度", places=places)
    click = county_map(drawing, key="one", height=500, selected=st.session_state.get("chosen"), into="chosen")
    st.text(f"chosen {{st.session_state.get('chosen')}} click {{click and click.number}}")
with hidden:
    county_map(draw(document(), values, status_classes(_), _), key="two", height=400)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the script under the county prefix, as the product does."""
    folder = tmp_path_factory.mktemp("county_map")
    (folder / "serve.py").write_text(SERVE, "utf-8")
    (folder / "script.py").write_text(SCRIPT, "utf-8")
    root = str(Path(__file__).parents[1])
    command = (sys.executable, "-m", "streamlit", "run", str(folder / "serve.py"), "--server.port={port}")
    with running(folder, {"PYTHONPATH": root}, command) as started:
        yield started


@contextmanager
def shown_map(browser: Browser, site: Server) -> Iterator[tuple[Page, Frame]]:
    """Open the page and wait until the first map is drawn; requests outside and errors are judged at the end."""
    with open_page(browser, site.url) as page:
        page.goto("/wanzhou")
        yield page, drawn(page, 0)


def drawn(page: Page, number: int) -> Frame:
    """Wait for the map in the n-th frame of the page."""
    element = page.locator("iframe").nth(number).element_handle()
    page.wait_for_function("f => f.contentWindow.countyMapState?.map.getSize().x > 50", arg=element)
    frame = element.content_frame()
    assert frame is not None
    return frame


def legend(frame: Frame) -> list[tuple[str, int]]:
    words = frame.locator(".legend .row").all_inner_texts()
    return [(" ".join(w.split()[:-1]), int(w.split()[-1])) for w in words]


def at(frame: Frame, number: int) -> dict[str, float]:
    """Return where the n-th village's label point is in the frame, in pixels."""
    result: dict[str, float] = frame.evaluate(
        """n => { const { map, layers } = countyMapState, p = map.latLngToContainerPoint(layers[n].feature.properties.p)
          const box = map.getContainer().getBoundingClientRect(); return { x: p.x + box.x, y: p.y + box.y } }""",
        number,
    )
    return result


def point_at(page: Page, frame: Frame, number: int, *, click: bool = False) -> None:
    box = page.locator("iframe").first.bounding_box()
    assert box is not None
    spot = at(frame, number)
    page.mouse.move(box["x"] + spot["x"] - 3, box["y"] + spot["y"])
    page.mouse.move(box["x"] + spot["x"], box["y"] + spot["y"])
    if click:
        page.mouse.click(box["x"] + spot["x"], box["y"] + spot["y"])


def colours(frame: Frame, number: int) -> set[tuple[int, ...]]:
    """Return the colours of the pixels in the middle of the n-th village, away from its border."""
    pixels: list[list[int]] = frame.evaluate(
        """n => { const { map, layers } = countyMapState
          const canvas = document.querySelector(".leaflet-overlay-pane canvas"), pen = canvas.getContext("2d")
          const p = map.latLngToContainerPoint(layers[n].feature.properties.p)
          const box = map.getContainer().getBoundingClientRect(), c = canvas.getBoundingClientRect()
          const k = canvas.width / c.width
          const x = (p.x + box.x - c.x) * k - 6, y = (p.y + box.y - c.y) * k - 6
          const data = pen.getImageData(x, y, 12, 12).data
          return Array.from({ length: 144 }, (_, i) => [...data.slice(4 * i, 4 * i + 3)]) }""",
        number,
    )
    return {tuple(p) for p in pixels}


def view(frame: Frame) -> list[float]:
    result: list[float] = frame.evaluate(
        "() => { const { map } = countyMapState, c = map.getCenter(); return [map.getZoom(), c.lat, c.lng] }"
    )
    return result


def wide_village(frame: Frame, kind: int) -> int:
    """Return a village of a class that is many pixels wide and lies in view."""
    number: int = frame.evaluate(
        """kind => { const { map, layers, args } = countyMapState
          const size = l => map.latLngToContainerPoint(l.getBounds().getNorthEast())
            .distanceTo(map.latLngToContainerPoint(l.getBounds().getSouthWest()))
          return layers.map((l, i) => [size(l), i]).filter(([, i]) => +args.kinds[i] === kind)
            .sort((a, b) => b[0] - a[0])[0][1] }""",
        kind,
    )
    return number


def go_to(frame: Frame, number: int, zoom: int) -> None:
    frame.evaluate(
        """([n, zoom]) => { const { map, layers } = countyMapState
          map.setView(layers[n].feature.properties.p, zoom, { animate: false }) }""",
        [number, zoom],
    )


def set_month(page: Page, frame: Frame, month: int) -> None:
    box = page.locator("input").first
    box.fill(str(month))
    box.press("Enter")
    kind = (1 + month) % 6
    page.wait_for_function(
        "([f, kind]) => +f.contentWindow.countyMapState.args.kinds[1] === kind", arg=[frame.frame_element(), kind]
    )


def test_it_draws_every_village_and_its_legend_counts_them(browser: Browser, site: Server) -> None:
    with shown_map(browser, site) as (_, frame):
        rows = legend(frame)
        assert sum(n for _word, n in rows[:-1]) == 610
        assert rows[-1][1] == 2  # the places
        assert rows[-2][1] == 13  # not reported: villages 0, 50, ... 600
        assert frame.locator(".legend .row canvas").count() == len(rows) - 1
        assert re.search("schematic|示意", frame.locator(".notice").inner_text())
        assert frame.locator(".mark.town").count() > 5
        assert frame.locator(".mark.place").count() >= 2
        assert frame.locator(".leaflet-control-attribution").count() == 0


def test_a_change_recolours_in_place_with_few_bytes(browser: Browser, site: Server) -> None:
    with open_page(browser, site.url) as page:
        received: list[int] = []
        page.on("websocket", lambda ws: ws.on("framereceived", lambda data: received.append(len(data))))
        page.goto("/wanzhou")
        frame = drawn(page, 0)
        frame.evaluate("() => { countyMapState.map.setView([30.75, 108.5], 12.25, { animate: false }) }")
        village = wide_village(frame, 4)
        before, zoom, counts = colours(frame, village), view(frame), legend(frame)
        received.clear()
        set_month(page, frame, 1)
        assert colours(frame, village) != before
        assert view(frame) == zoom
        assert legend(frame) != counts
        page.wait_for_timeout(300)
        assert sum(received) <= 2 * 10_000  # two maps on the page
        assert len(page.frames) == 3  # neither frame was made anew


def test_texture_is_a_second_channel(browser: Browser, site: Server) -> None:
    """Far behind (class 0) is striped, on schedule (class 4) is plain: Leaflet's own drawing would make both plain."""
    with shown_map(browser, site) as (_, frame):
        for kind, plain in ((0, False), (4, True)):
            number = wide_village(frame, kind)
            go_to(frame, number, 14)
            frame.wait_for_timeout(100)
            assert (len(colours(frame, number)) == 1) == plain


def test_a_click_selects_the_village_in_the_page(browser: Browser, site: Server) -> None:
    with shown_map(browser, site) as (page, frame):
        number = wide_village(frame, 3)
        code = frame.evaluate("n => countyMapState.layers[n].feature.properties.c", number)
        zoom = view(frame)
        point_at(page, frame, number, click=True)
        expect(page.get_by_text(f"chosen {code} click 1")).to_be_visible()
        assert frame.evaluate("() => countyMapState.selected()") == code
        assert view(frame) == zoom
        frame.locator(".mark.town span").first.click()
        expect(page.get_by_text(re.compile(rf"chosen {COUNTY}\d{{3}}000 click 2"))).to_be_visible()


def test_names_are_text_whatever_they_hold(browser: Browser, site: Server) -> None:
    with shown_map(browser, site) as (page, frame):
        for number, name in HOSTILE.items():
            go_to(frame, number, 16)
            point_at(page, frame, number)
            expect(frame.locator(".leaflet-tooltip").first).to_contain_text(f"{TOWN} {name}")
            expect(frame.locator(".mark.village").filter(has_text=name).first).to_be_attached()
        go_to(frame, 5, 16)
        assert page.evaluate("() => window.hacked") is None
        assert frame.locator("img, b[onclick]").count() == 0


def test_numbers_and_words_on_hover(browser: Browser, site: Server) -> None:
    with shown_map(browser, site) as (page, frame):
        set_month(page, frame, 1)
        number = wide_village(frame, 1)
        point_at(page, frame, number)
        tooltip = frame.locator(".leaflet-tooltip")
        expect(tooltip).to_contain_text(f"{round(10.04 + number / 10, 1):g}%")


def test_a_hidden_tab_shows_the_whole_county_once_opened(browser: Browser, site: Server) -> None:
    with shown_map(browser, site) as (page, _):
        page.get_by_role("tab", name="second").click()
        frame = drawn(page, 1)
        page.wait_for_timeout(500)
        inside = frame.evaluate(
            """() => { const { map, layers } = countyMapState, view = map.getBounds()
              return [map.getZoom(), layers.every(l => view.contains(l.getBounds()))] }"""
        )
        assert inside[0] > 8
        assert inside[1]
        assert sum(n for _word, n in legend(frame)) == 610


def test_tools_zoom_out_fit_and_fill_the_screen(browser: Browser, site: Server) -> None:
    with shown_map(browser, site) as (page, frame):
        first = view(frame)
        closer, _away, whole, full = frame.locator(".tools button").all()
        closer.click()
        page.wait_for_function(
            "([f, z]) => f.contentWindow.countyMapState.map.getZoom() === z + 1", arg=[frame.frame_element(), first[0]]
        )
        whole.click()
        assert view(frame) == pytest.approx(first, abs=0.005)
        full.click()
        frame.wait_for_function("() => document.fullscreenElement")
        frame.wait_for_function("() => countyMapState.map.getSize().y > 600")


def test_a_second_visit_takes_the_page_from_the_cache(browser: Browser, site: Server) -> None:
    with shown_map(browser, site) as (page, frame):
        response = page.request.get(frame.url)
        assert "immutable" in response.headers["cache-control"]
        assert "/wanzhou/component/" in frame.url
