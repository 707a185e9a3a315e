"""Journeys through the real application on sample data: the meeting, a link passed on, the upload."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Frame, Locator, Page, expect
from playwright.sync_api import TimeoutError as BrowserTimeoutError
from support.browser import comes_to, english_chrome, open_page, settled
from support.demo import sample_home
from support.messy import drinking_water
from support.server import ROOT, Server, running

from components.server.site import PAGES
from components.status import STATUSES
from data.intake import rule_book
from data.language import translator
from data.plan import load_plan
from data.registry import county
from geo.regions import regions

COUNTY = county("mouding")
PLAN = load_plan(COUNTY.plans[0])
NAMES = [entry.name for entry in PAGES]
BY_VILLAGE = "beautiful_village_rate"  # a rate that villages report, so that there is a map of it
DIRECT = "toilet_rate"  # counted from households, so that a row of `facts` for the county is reported directly
PHONE = {"width": 390, "height": 844}
VILLAGES = regions(COUNTY.code).query("level == 'village'")
zh = translator("zh")


@pytest.fixture(scope="session")  # and not only of this file: its tests come in several turns
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the sample data of two counties."""
    with running(sample_home(tmp_path_factory, "mouding")) as started:
        yield started


@pytest.fixture
def page(browser: Browser, demo: Server) -> Iterator[Page]:
    with open_page(browser, demo.url) as opened:
        yield opened


def visit(page: Page, path: str) -> Page:
    page.goto(path)
    expect(page.locator(".st-key-nav")).to_be_visible()
    settled(page)
    return page


def panel(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-panel_{key}")


def rows(page: Page, board: str) -> Locator:
    return page.locator(f".st-key-board_{board} tr[data-id]")


def row_at(page: Page, board: str, position: int) -> tuple[Locator, str]:
    """Return the row that stands at a position of a board now, and its id: a rerun that follows may sort anew."""
    settled(page)
    code = str(rows(page, board).nth(position).get_attribute("data-id"))
    return page.locator(f".st-key-board_{board} tr[data-id='{code}']"), code


def parameter(page: Page, name: str, value: str | None) -> None:
    """Wait until the address says so."""
    page.wait_for_function(
        "([name, value]) => new URLSearchParams(location.search).get(name) === value", arg=[name, value]
    )


CHOSEN = "box => (box.querySelector('input')?.value || box.innerText).trim()"


def chosen(page: Page, key: str) -> str:
    """Return what a select box of the frame shows."""
    return str(page.locator(f".st-key-{key} [data-testid='stSelectbox']").evaluate(CHOSEN))


def expect_chosen(page: Page, key: str, text: str) -> None:
    """Wait until a select box of the frame shows it."""
    box = f"document.querySelector(\".st-key-{key} [data-testid='stSelectbox']\")"
    assert comes_to(page, f"() => {{ const box = {box}; return box && ({CHOSEN})(box) }}", text) == text


def choose(page: Page, key: str, position: int) -> str:
    """Choose the option at a position of a select box of the frame; return it."""
    for _ in range(4):
        settled(page)
        page.locator(f".st-key-{key}").get_by_role("combobox").click()
        option = page.get_by_role("option").nth(position)
        try:  # a rerun that ends just now closes the list again; a person opens it once more
            text = option.inner_text(timeout=5000).strip()
            option.click(timeout=5000)
        except BrowserTimeoutError:
            continue
        settled(page)
        return text
    raise AssertionError(f"the list of {key} does not stay open")


def sign(page: Page, lang: str = "zh") -> None:
    """Say who acts, once for the session."""
    name = page.locator(".st-key-actor_name input")
    name.fill("测试员")
    name.press("Tab")
    choose(page, "actor_office", 0)
    page.get_by_role("button", name=translator(lang)("This is me")).click()


def the_map(page: Page) -> Frame:
    """Return the frame of the county map, drawn."""
    box = page.locator("iframe[title*='county_map']").first
    box.scroll_into_view_if_needed()
    handle = box.element_handle()
    assert handle
    frame = handle.content_frame()
    assert frame
    frame.wait_for_function("() => globalThis.countyMapState?.args && document.querySelector('canvas')?.width > 100")
    return frame


def points(frame: Frame) -> list[tuple[str, float, float]]:
    """Return villages whose middle lies well inside the map: code and position."""
    return frame.evaluate("""() => {
      const { map, layers } = countyMapState, size = map.getSize()
      return layers.filter(layer => layer.getBounds).map(layer => {
        const { c, p } = layer.feature.properties, at = map.latLngToContainerPoint(p)
        return [c, at.x, at.y]
      }).filter(([, x, y]) => x > 20 && y > 20 && x < size.x - 40 && y < size.y - 40)
    }""")


# ---- the meeting -----------------------------------------------------------------------------------------------------


def test_tallies_are_those_of_the_command_line(page: Page, demo: Server) -> None:
    visit(page, f"/{COUNTY.slug}")
    day = chosen(page, "asof")
    command = [sys.executable, "-m", "cli", "progress", "--county", COUNTY.slug, "--as-of", day, "--json"]
    told = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"XIANJIE_HOME": str(demo.home)}, capture_output=True, check=True, text=True
    )
    found = [row for row in json.loads(told.stdout) if row["region"] == PLAN.top_region]
    assert len(found) == len(PLAN.indicators)
    words = {zh(status.word): code for code, status in STATUSES.items()}
    for area in PLAN.areas:
        mine = [row for row in found if row["area"] == area]
        scored = [row for row in mine if row["status"] not in {"not_scored", "no_target"}]
        binding = Counter(row["status"] for row in scored if not {"strive", "reference"} & set(row["marks"]))
        tile = page.locator(f".tile[href*='/{area}']")
        shown = {}
        for badge in tile.locator(".cnt .s, .flow .s").all():
            count = badge.locator("b").inner_text()
            shown[words[badge.inner_text().removesuffix(count).strip()]] = int(count)
        assert shown == dict(binding)
        behind = sum(binding[code] for code in ("overdue", "far_behind", "behind"))
        assert tile.locator(".n b").inner_text() == str(behind)
        assert f"{len(mine)} 项" in tile.inner_text()
        assert f"计分 {len(scored)}" in tile.inner_text()


def test_an_urgent_row_moves_map_sentence_and_address(page: Page) -> None:
    visit(page, f"/{COUNTY.slug}")
    expect(rows(page, "urgent").nth(2)).to_be_visible()
    before = panel(page, "urgent").locator(".why").inner_text()
    for position in (2, 1):
        row, code = row_at(page, "urgent", position)
        name = PLAN.indicator(code).name_zh
        row.click()
        parameter(page, "indicator", code)
        expect(panel(page, "map").locator("h2")).to_have_text(name)
        expect(panel(page, "urgent").locator(".why")).not_to_have_text(before)
        expect(rows(page, "urgent").nth(position)).to_have_attribute("aria-selected", "true")
        before = panel(page, "urgent").locator(".why").inner_text()


def test_a_row_pressed_while_its_board_is_drawn_anew_is_picked(page: Page) -> None:
    visit(page, f"/{COUNTY.slug}")
    row, code = row_at(page, "urgent", 2)
    row.hover()
    page.mouse.down()
    rows(page, "urgent").first.evaluate("e => { const live = e.closest('.live'); live.innerHTML = live.innerHTML }")
    page.mouse.up()
    parameter(page, "indicator", code)


def test_a_tile_leads_to_its_page_and_brings_along_what_was_picked_last(page: Page) -> None:
    visit(page, f"/{COUNTY.slug}")
    first, code = row_at(page, "urgent", 2)
    first.click()
    parameter(page, "indicator", code)
    second, newest = row_at(page, "urgent", 1)
    second.click()
    parameter(page, "indicator", newest)
    settled(page)
    page.evaluate("() => { globalThis.sameDocument = true }")
    page.locator(f".tile[href*={PLAN.indicator(newest).area}]").click()
    expect(rows(page, "list").and_(page.locator("[aria-selected='true']"))).to_have_attribute("data-id", newest)
    assert page.evaluate("() => globalThis.sameDocument")


def test_the_map_is_painted_and_a_village_picked_there_is_picked_everywhere(page: Page) -> None:
    indicator = PLAN.indicator(BY_VILLAGE)
    visit(page, f"/{COUNTY.slug}/{indicator.area}?indicator={indicator.id}")
    frame = the_map(page)
    frame.wait_for_function("""() => {
      const canvas = document.querySelector("canvas"), pen = canvas.getContext("2d")
      const data = new Uint32Array(pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer)
      return new Set(data).size > 20 && data.filter(pixel => pixel).length > data.length / 20
    }""")
    names = dict(zip(regions(COUNTY.code)["code"], regions(COUNTY.code)["short_name"], strict=True))
    for code, x, y in points(frame):  # a township's name may lie over a village, and is picked instead of it
        frame.locator(".leaflet-container").click(position={"x": x, "y": y})
        if frame.evaluate("() => countyMapState.selected()") == code:
            break
    hit = frame.evaluate("() => countyMapState.selected()")
    assert not hit.endswith("000")
    expect(panel(page, "depth").locator(".why").last).to_contain_text(names[hit])
    views = page.locator(f".st-key-view_{indicator.area}")
    views.get_by_text(zh("Tile grid")).click()
    expect(page.locator(f".sq[data-id='{hit}']")).to_have_attribute("aria-selected", "true")
    other = page.locator(f".sq[data-id]:not([data-id='{hit}'])").first
    second = str(other.get_attribute("data-id"))
    other.click()
    expect(panel(page, "depth").locator(".why").last).to_contain_text(names[second])
    views.get_by_text(zh("Table"), exact=True).click()
    marked = rows(page, f"table_{indicator.area}").and_(page.locator("[aria-selected='true']"))
    expect(marked).to_have_attribute("data-id", second)
    third, code = row_at(page, f"table_{indicator.area}", 3)
    third.click()
    expect(panel(page, "depth").locator(".why").last).to_contain_text(names[code])


def test_only_the_keyboard_puts_a_ring_around_the_map(page: Page) -> None:
    visit(page, f"/{COUNTY.slug}/{PLAN.indicator(BY_VILLAGE).area}?indicator={BY_VILLAGE}")
    frame = the_map(page)
    box = frame.locator(".leaflet-container")
    expect(box).to_be_visible()  # which it is from the first values on
    box.click(position={"x": 60, "y": 60})
    expect(box).to_have_css("outline-style", "none")
    page.keyboard.press("ArrowLeft")
    expect(box).to_have_css("outline-style", "solid")


def test_a_township_of_the_heat_table_narrows_the_page(page: Page) -> None:
    visit(page, f"/{COUNTY.slug}")
    row, code = row_at(page, "heat", 1)
    name = next(n for c, n in zip(regions(COUNTY.code)["code"], regions(COUNTY.code)["name"], strict=True) if c == code)
    row.click()
    parameter(page, "town", name)
    expect_chosen(page, "town", name)
    mine = regions(COUNTY.code)
    inside = set(mine.loc[mine["parent"] == code, "code"])
    # Villages of the township: a mere count could still be that of the townships.
    expect(rows(page, "heat").first).to_have_attribute("data-id", re.compile(f"^{code[:9]}(?!000)"))
    expect(rows(page, "heat")).to_have_count(len(inside))
    shown = rows(page, "heat").evaluate_all("all => all.map(row => row.dataset.id)")
    assert set(shown) == inside


# ---- the address -----------------------------------------------------------------------------------------------------


def state(page: Page) -> dict[str, str]:
    """Return what a viewer has chosen, as the page shows it."""
    return {
        "as of": chosen(page, "asof"),
        "since": chosen(page, "since_choice"),
        "town": chosen(page, "town"),
        "selected": str(rows(page, "list").and_(page.locator("[aria-selected='true']")).get_attribute("data-id")),
        "language": str(page.locator("html").get_attribute("lang")),
        "brand": page.locator(".brand").inner_text(),
    }


def test_what_was_chosen_survives_refresh_and_a_shared_link(page: Page, browser: Browser, demo: Server) -> None:
    visit(page, f"/{COUNTY.slug}/livable_villages")
    usual = chosen(page, "since_choice")
    day = choose(page, "asof", 2)
    parameter(page, "asof", day)
    # The browser says the date before the server does: until then the list is that of the date before.
    expect(page.locator(".st-key-since_choice input")).not_to_have_value(usual)
    earlier = choose(page, "since_choice", 2)
    parameter(page, "since", earlier)
    town = choose(page, "town", 2)
    parameter(page, "town", town)
    page.locator(".st-key-lang").get_by_role("radio").nth(1).or_(
        page.locator(".st-key-lang button").nth(1)
    ).first.click()
    parameter(page, "lang", "en")
    row, code = row_at(page, "list", 3)
    row.click()
    parameter(page, "indicator", code)
    settled(page)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    mine = state(page)
    assert (mine["as of"], mine["since"], mine["town"], mine["selected"]) == (day, earlier, town, code)
    address = page.url

    page.reload()
    expect(rows(page, "list").first).to_be_visible()
    settled(page)
    assert state(page) == mine
    assert page.url == address

    with open_page(browser, demo.url) as guest:
        visit(guest, address)
        expect(rows(guest, "list").first).to_be_visible()
        assert state(guest) == mine


def test_back_is_one_step_and_brings_back_what_was_chosen(page: Page) -> None:
    visit(page, f"/{COUNTY.slug}/livable_villages")
    day, town = choose(page, "asof", 2), choose(page, "town", 2)
    parameter(page, "town", town)
    row, code = row_at(page, "list", 3)
    row.click()
    parameter(page, "indicator", code)
    page.locator(".st-key-nav a[href*='funds']").click()
    expect(page.locator(".st-key-panel_list h2")).to_have_text(zh("Funds and projects"))
    expect_chosen(page, "asof", day)
    expect_chosen(page, "town", town)
    page.go_back()
    expect(page.locator(".st-key-panel_list h2")).to_have_text(zh("Livable villages"), timeout=8_000)
    expect_chosen(page, "asof", day)
    expect_chosen(page, "town", town)


def test_each_thing_done_is_one_step_back(page: Page) -> None:
    visit(page, f"/{COUNTY.slug}")
    settled(page)
    steps = page.evaluate("() => history.length")
    for position in (1, 2):
        row, code = row_at(page, "urgent", position)
        row.click()
        parameter(page, "indicator", code)
    settled(page)
    here = page.url
    area = next(a for a in PLAN.areas if a != PLAN.indicator(code).area)  # where that indicator means nothing
    page.locator(f".st-key-nav a[href*='{area}']").click()
    expect(page.locator(".st-key-panel_list")).to_be_visible()
    settled(page)
    assert comes_to(page, "() => history.length", steps + 3) == steps + 3
    page.go_back()
    expect(panel(page, "urgent")).to_be_visible()
    expect(page).to_have_url(here)
    settled(page)
    page.go_back()
    parameter(page, "indicator", str(row_at(page, "urgent", 1)[1]))


def test_a_village_stays_selected_by_address_and_from_page_to_page(page: Page) -> None:
    indicator = PLAN.indicator(BY_VILLAGE)
    visit(page, f"/{COUNTY.slug}/{indicator.area}?indicator={indicator.id}")
    page.locator(f".st-key-view_{indicator.area}").get_by_text(zh("Table"), exact=True).click()
    row, code = row_at(page, f"table_{indicator.area}", 2)
    row.click()
    parameter(page, "village", code)
    name = next(
        n for c, n in zip(regions(COUNTY.code)["code"], regions(COUNTY.code)["short_name"], strict=True) if c == code
    )
    page.reload()
    expect(panel(page, "depth").locator(".why").last).to_contain_text(name)
    page.locator(".st-key-nav a").first.click()
    expect(panel(page, "map").locator(".why")).to_contain_text(name)


@pytest.mark.parametrize("path", ["", "/funds"])
def test_english_by_address_is_english_down_to_the_chrome(page: Page, path: str) -> None:
    visit(page, f"/{COUNTY.slug}{path}?lang=en")
    expect(page.locator(".brand")).to_contain_text(COUNTY.name_en)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".st-key-nav")).to_contain_text("Funds and projects")


def test_an_unknown_county_is_404_and_a_known_one_needs_no_redirect(page: Page) -> None:
    answer = page.goto("/nowhere")
    assert answer
    assert answer.status == 404
    answer = page.goto("/banan")
    assert answer
    assert answer.status == 200
    assert answer.request.redirected_from is None


# ---- other screens ---------------------------------------------------------------------------------------------------


OVER = """() => {
  const boxes = [document.documentElement, ...document.querySelectorAll('[data-testid="stMain"]')]
  // On a phone the box of a table scrolls by itself.
  const tables = [...document.querySelectorAll("[class*=st-key-panel_] .t")]
    .filter(e => e.getClientRects().length && getComputedStyle(e.parentElement).overflowX === "visible")
  return Math.max(
    0,
    ...boxes.map(box => box.scrollWidth - box.clientWidth),
    ...tables.map(e => e.parentElement.scrollWidth - e.parentElement.clientWidth - 1),
  )
}"""


def over(page: Page) -> object:
    """Return by how much the page can be scrolled sideways, or a table runs out of its panel."""
    return comes_to(page, OVER, 0)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_page_scrolls_sideways_on_a_phone_or_speaks_streamlit_s_english(
    browser: Browser, demo: Server, lang: str
) -> None:
    wide, english = {}, {}
    with open_page(browser, demo.url, viewport=PHONE) as page:
        for name in NAMES:
            page.set_viewport_size(PHONE)
            visit(page, f"/{COUNTY.slug}/{name if name != NAMES[0] else ''}?lang={lang}")
            assert page.get_by_test_id("stException").count() == 0
            if far := over(page):
                wide[name] = far
            if lang == "zh":
                page.set_viewport_size({"width": 1366, "height": 768})  # a phone hides some controls
                settled(page)
                if words := english_chrome(page):
                    english[name] = words
    assert not wide
    assert not english


@pytest.mark.parametrize(("lang", "width"), [("zh", 390), ("en", 390), ("en", 1366)])
def test_both_dates_can_be_read_whole(browser: Browser, demo: Server, lang: str, width: int) -> None:
    with open_page(browser, demo.url, viewport={"width": width, "height": 844}) as page:
        visit(page, f"/{COUNTY.slug}?lang={lang}")
        for key in ("asof", "since_choice"):
            box = f"document.querySelector('.st-key-{key} input')"
            assert comes_to(page, f"() => {box}.scrollWidth - {box}.clientWidth", 0) == 0, key


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("mode", ["", "&mode=meeting"])
def test_figures_of_a_tile_stay_in_it_on_a_phone(browser: Browser, demo: Server, lang: str, mode: str) -> None:
    with open_page(browser, demo.url, viewport=PHONE) as phone:
        visit(phone, f"/{COUNTY.slug}?lang={lang}{mode}")
        expect(phone.locator(".tile .cnt").first).to_be_visible()
        beyond = """() => [...document.querySelectorAll('.tile .cnt b')].filter((figure) =>
            figure.getBoundingClientRect().right > figure.closest('.tile').getBoundingClientRect().right).length"""
        assert comes_to(phone, beyond, 0) == 0


def test_a_card_on_a_phone_shows_its_target(browser: Browser, demo: Server) -> None:
    with open_page(browser, demo.url, viewport=PHONE) as phone:
        visit(phone, f"/{COUNTY.slug}")
        expect(rows(phone, "urgent").first.locator("td.tgt")).to_be_visible()


def test_on_a_phone_a_picked_indicator_comes_into_sight(browser: Browser, demo: Server) -> None:
    with open_page(browser, demo.url, viewport=PHONE) as phone:
        visit(phone, f"/{COUNTY.slug}/monitoring")
        depth = panel(phone, "depth")
        expect(depth).not_to_be_in_viewport()  # not at load
        row, code = row_at(phone, "list", 2)
        name = str(row.locator("td.nm").evaluate("cell => cell.firstChild.textContent")).strip()
        row.click()
        parameter(phone, "indicator", code)
        expect(depth.locator("h2")).to_have_text(name)
        expect(depth.locator("h2")).to_be_in_viewport()
        phone.go_back()
        expect(depth.locator("h2")).not_to_have_text(name)


def test_on_a_phone_the_menu_shows_where_one_is(browser: Browser, demo: Server) -> None:
    with open_page(browser, demo.url, viewport=PHONE) as phone:
        visit(phone, f"/{COUNTY.slug}/plan")
        expect(phone.locator(".st-key-nav [aria-current]")).to_be_in_viewport(ratio=0.8)
        first = phone.locator(".st-key-nav a").first
        first.click()
        expect(phone.locator(".st-key-nav [aria-current]")).to_have_text(first.inner_text())
        expect(phone.locator(".st-key-nav [aria-current]")).to_be_in_viewport(ratio=0.8)


def test_on_a_phone_no_figure_of_the_strips_lies_on_another(browser: Browser, demo: Server) -> None:
    with open_page(browser, demo.url, viewport=PHONE) as phone:
        visit(phone, f"/{COUNTY.slug}/livable_villages")
        table = phone.locator(".mxt")
        expect(table.locator(".mx").first).to_be_attached()
        far = """() => {
          const table = document.querySelector(".mxt")
          const cells = [...table.querySelectorAll("td:has(.mx)")]
          return Math.max(0, table.parentElement.scrollWidth - table.parentElement.clientWidth - 1,
            ...cells.map(cell =>
              cell.querySelector("b").getBoundingClientRect().right - cell.getBoundingClientRect().right - 1))
        }"""
        assert comes_to(phone, far, 0) == 0


@pytest.mark.parametrize(
    ("query", "width"), [("lang=en", 1366), ("mode=meeting", 1920), ("lang=en&mode=meeting", 1366)]
)
def test_tables_stay_in_their_panels(browser: Browser, demo: Server, query: str, width: int) -> None:
    town = next(
        name
        for name, level in zip(regions(COUNTY.code)["name"], regions(COUNTY.code)["level"], strict=True)
        if level == "township"
    )
    wide = {}
    with open_page(browser, demo.url, viewport={"width": width, "height": width * 9 // 16}) as page:
        # Of a township the heat table has two halves side by side.
        for name in (f"?town={town}&", "?", "funds?"):
            visit(page, f"/{COUNTY.slug}/{name}{query}")
            if far := over(page):
                wide[name] = far
    assert not wide


@pytest.mark.parametrize("name", ["funds", "plan", "briefing"])
def test_a_printed_page_is_whole(page: Page, name: str) -> None:
    visit(page, f"/{COUNTY.slug}/{name}")
    page.set_viewport_size({"width": 1056, "height": 740})  # A4 across within its margins
    page.emulate_media(media="print")
    wrong = """() => {
      const found = [], name = e => [...e.classList].find(c => c.startsWith("st-key-")) ?? e.tagName
      const seen = e => e.getClientRects().length > 0
      const panels = [...document.querySelectorAll("[class*=st-key-panel_]")].filter(seen)
      const boxes = panels.map(e => [name(e), e.getBoundingClientRect(), e])
      for (const [a, p, e] of boxes) for (const [b, q, f] of boxes)
        if (e !== f && !e.contains(f) && !f.contains(e) && p.top < q.bottom - 1 && q.top < p.bottom - 1
            && p.left < q.right - 1 && q.left < p.right - 1) found.push(`${a} lies on ${b}`)
      for (const e of document.querySelectorAll("[class*=st-key-panel_], [class*=st-key-scroll_], .t")) {
        if (!seen(e)) continue
        if (e.scrollHeight > e.clientHeight + 2) found.push(`${name(e)} hides ${e.scrollHeight - e.clientHeight}`)
        if (e.getBoundingClientRect().right > innerWidth + 1) found.push(`${name(e)} is wider than the page`)
      }
      for (const e of document.querySelectorAll("[class*=st-key-panel_] .t tr")) {
        const box = e.closest("[class*=st-key-panel_]")
        if (seen(e) && e.getBoundingClientRect().bottom > box.getBoundingClientRect().bottom + 1)
          found.push(`a row leaves ${name(box)}`)
      }
      return [...new Set(found)]
    }"""
    assert comes_to(page, wrong, []) == []
    for chosen_by in (".st-key-nav", ".st-key-lang", ".st-key-panel_brief_choice", ".st-key-panel_brief_files"):
        expect(page.locator(chosen_by)).to_be_hidden()
    expect(page.locator(".brand")).to_be_visible()
    assert page.pdf(format="A4", landscape=True, prefer_css_page_size=True)


def test_the_meeting_reads_from_the_last_row(page: Page) -> None:
    def size(selector: str) -> float:
        return float(page.locator(selector).first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))

    visit(page, f"/{COUNTY.slug}")
    marks = (".st-key-board_urgent td", ".brand", ".st-key-panel_urgent h2", ".st-key-panel_urgent .why span")
    before = {mark: size(mark) for mark in marks}
    page.locator(".st-key-meeting_switch label").first.click()
    parameter(page, "mode", "meeting")
    settled(page)
    for mark, small in before.items():
        assert size(mark) >= 1.2 * small, mark
    assert size(".st-key-board_urgent td") >= 16
    page.reload()
    expect(rows(page, "urgent").first).to_be_visible()
    settled(page)
    assert size(".st-key-board_urgent td") >= 16
    for key in ("asof", "town"):
        expect(page.locator(f".st-key-{key}")).to_be_visible()


def turned(page: Page, key: str, step: int) -> None:
    """Press a key of a presenter's remote; the agenda is then at a step."""
    page.keyboard.press(key)
    expect(page.locator("nav.agenda .at small")).to_have_text(re.compile(rf"^{step} /"))
    settled(page)


def test_a_remote_walks_the_agenda(page: Page) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    visit(page, f"/{COUNTY.slug}?mode=meeting")
    at = page.locator("nav.agenda .at b")
    expect(at).to_have_text(zh("Overview"))
    areas = list(PLAN.areas)
    for step, area in enumerate(areas, 2):
        turned(page, "PageDown" if step % 2 else "ArrowRight", step)
        expect(page).to_have_url(re.compile(rf"/{COUNTY.slug}/{area}(\?|$)"))
    turned(page, "PageDown", len(areas) + 2)
    expect(at).to_have_text(zh("Rankings"))
    turned(page, "PageDown", len(areas) + 3)
    worst = at.inner_text()
    assert worst in set(regions(COUNTY.code)["name"])
    expect_chosen(page, "town", worst)
    # No text on the wall is smaller than 18 px: 2 cm on a picture 2.4 m wide.
    small = """() => [...document.querySelectorAll("body *")]
      .filter(e => e.checkVisibility() && !e.closest("svg, .leaflet-container")
        && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
      .map(e => [parseFloat(getComputedStyle(e).fontSize), e.className, e.textContent.slice(0, 30)])
      .filter(([size]) => size > 0 && size < 17.9)"""
    assert comes_to(page, small, []) == []
    for step in range(len(areas) + 4, len(areas) + 7):
        turned(page, "PageDown", step)
    expect(at).to_have_text(zh("Tasks"))
    expect_chosen(page, "town", zh("All townships"))  # the look at one township is over
    page.keyboard.press("PageDown")  # the last step is the last
    turned(page, "PageUp", len(areas) + 5)
    # Keys typed into a filter belong to it.
    box = page.locator(".st-key-town input")
    box.focus()
    box.press("ArrowLeft")
    expect(page.locator("nav.agenda .at small")).to_have_text(re.compile(rf"^{len(areas) + 5} /"))


def test_the_agenda_is_the_meeting_s(page: Page) -> None:
    visit(page, f"/{COUNTY.slug}")
    expect(page.locator("nav.agenda")).to_have_count(0)
    page.keyboard.press("PageDown")
    assert page.url.split("?")[0].endswith(f"/{COUNTY.slug}")


# ---- the upload ------------------------------------------------------------------------------------------------------


FIGURE = f"""() => document.querySelector(".st-key-board_list tr[data-id='{DIRECT}'] td.val")
  ?.innerText.replaceAll(/\\s/g, "")"""


def visit_figure(page: Page) -> Locator:
    """Open the page of an indicator; return the cell of its actual figure."""
    visit(page, f"/{COUNTY.slug}/{PLAN.indicator(DIRECT).area}?indicator={DIRECT}")
    cell = page.locator(f".st-key-board_list tr[data-id='{DIRECT}'] td.val")
    expect(cell).to_be_visible()
    return cell


def expect_figure(page: Page, text: str) -> None:
    """Open the page of an indicator and wait until its actual figure is this."""
    visit_figure(page)
    assert comes_to(page, FIGURE, text) == text


def drop(page: Page, name: str, *lines: str, lang: str = "zh") -> None:
    """Open the upload page as somebody, and drop a file."""
    said = translator(lang)
    visit(page, f"/{COUNTY.slug}/upload?lang={lang}")
    sign(page, lang)
    expect(page.locator(".st-key-actor")).to_contain_text(said("unverified"))
    raw = "\n".join(lines).encode()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": raw}
    )
    expect(panel(page, "commit")).to_be_visible()
    settled(page)


def test_who_acts_is_kept_for_the_county_until_somebody_else_does(page: Page) -> None:
    visit(page, f"/{COUNTY.slug}/upload")
    sign(page)
    named = page.locator(".st-key-actor").inner_text()
    page.wait_for_function("() => document.cookie.includes('xianjie_actor')")
    page.reload()
    expect(page.locator(".st-key-actor")).to_contain_text(named.splitlines()[0])
    (kept,) = (c for c in page.context.cookies() if c["name"] == "xianjie_actor")
    assert (kept["path"], kept["expires"], kept["sameSite"]) == (f"/{COUNTY.slug}", -1, "Strict")
    page.locator(".st-key-actor_change button").click()
    expect(page.locator(".st-key-actor_ask")).to_be_visible()
    page.wait_for_function("() => !document.cookie.includes('xianjie_actor')")
    page.reload()
    expect(page.locator(".st-key-actor_ask")).to_be_visible()


def test_a_file_is_seen_committed_and_undone(page: Page) -> None:
    before = "".join(visit_figure(page).inner_text().split())
    day = chosen(page, "asof")
    assert before != "12.3%"
    drop(page, "直接填报.csv", "层级,代码或名称,日期,事项代码,数值", f"county,{PLAN.top_region},{day},{DIRECT},12.3")
    expect(panel(page, "file")).to_contain_text(zh("No problems found"))
    expect(page.locator(".st-key-commit button")).to_be_disabled()  # it would replace other rows of its month
    settled(page)
    page.get_by_text(re.compile("^" + zh("I confirm that {n} rows are removed").partition("{")[0])).click()
    page.locator(".st-key-commit button:not([disabled])").click()
    expect(panel(page, "done")).to_be_visible()
    expect_figure(page, "12.3%")

    visit(page, f"/{COUNTY.slug}/upload")
    expect(rows(page, "history").first).to_contain_text("直接填报.csv")
    settled(page)  # a click on a table that is about to be drawn anew is lost
    rows(page, "history").first.click()
    expect(page.locator(".st-key-actor")).to_be_visible()  # kept from before the page was loaded anew
    page.locator(".st-key-undo button:not([disabled])").click()
    page.locator(".st-key-undo_confirm button").click()
    expect(page.get_by_role("dialog")).to_contain_text(zh("Say why, for the history."))
    page.locator(".st-key-undo_reason input").fill("试一试")
    page.locator(".st-key-undo_reason input").press("Enter")
    page.locator(".st-key-undo_confirm button:not([disabled])").click()
    expect(panel(page, "done")).to_be_visible()
    expect_figure(page, before)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_wrong_file_shows_its_problems_and_cannot_be_committed(page: Page, lang: str) -> None:
    wrong = f"village,999999999999,2023-10-31,{BY_VILLAGE},abc"
    drop(page, "错误.csv", "层级,代码或名称,日期,事项代码,数值", wrong, lang=lang)
    problems, said = panel(page, "problems"), translator(lang)
    expect(problems).to_contain_text("999999999999")
    expect(problems).to_contain_text("abc")
    expect(problems).to_contain_text({rule.id: rule.name(lang) for rule in rule_book().rules}["not_a_number"])
    told = said("There are {n} errors. Correct them above, or in the file and choose it again.", n=2)
    expect(panel(page, "commit")).to_contain_text(told)
    expect(page.locator(".st-key-commit button")).to_be_disabled()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_file_is_corrected_where_its_errors_are_told(page: Page, lang: str) -> None:
    day = chosen(visit(page, f"/{COUNTY.slug}"), "asof")
    row = f"乌有村,{day},{BY_VILLAGE},十几"
    drop(page, "要改.csv", "代码或名称,日期,事项代码,数值", row, lang=lang)
    box, village = panel(page, "correct"), VILLAGES["code"].iloc[-1]
    expect(page.locator(".st-key-commit button")).to_be_disabled()
    box.get_by_role("combobox").first.click()
    page.keyboard.type(village)
    page.get_by_role("option").filter(has_text=village).first.click()
    expect(box.locator(".st-key-said_0")).to_contain_text(village)
    settled(page)
    cell = box.get_by_role("textbox").first
    expect(cell).to_have_value("十几")
    cell.fill("15")
    cell.press("Enter")
    expect(panel(page, "file")).not_to_contain_text(translator(lang)("errors"))
    expect(panel(page, "grid")).to_contain_text("15")
    settled(page)
    box.locator(".st-key-said_1 button").first.click()  # taken back, the cell is wrong again
    expect(panel(page, "file")).to_contain_text(translator(lang)("errors"))
    expect(cell).to_have_value("十几")


def test_any_table_is_seen_at_once_and_nothing_of_it_is_stored(page: Page) -> None:
    visit(page, f"/{COUNTY.slug}/upload")
    expect(rows(page, "history").first).to_be_visible()
    batches = rows(page, "history").count()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "饮水.xlsx", "mimeType": "application/octet-stream", "buffer": drinking_water(county=COUNTY.code)}
    )
    sheet = panel(page, "grid").locator("table.sheet")
    expect(sheet).to_be_visible()
    settled(page)
    for role in ("title", "unit", "header", "data", "total", "note"):
        expect(sheet.locator(f"tr.g-{role}").first).to_be_visible()
    expect(sheet.locator("tr.g-total")).to_contain_text(zh("total"))
    expect(sheet).to_contain_text("<script>alert(1)</script>")
    the_map(page)
    first = rows(page, "see").first
    expect(first).to_contain_text("40")  # the highest of the invented plans: 10 + 30
    expect(panel(page, "see")).to_contain_text("乌有村")
    expect(page.locator(".st-key-commit")).to_have_count(0)
    expect(rows(page, "history")).to_have_count(batches)


def test_cells_copied_in_a_spreadsheet_are_pasted(page: Page) -> None:
    visit(page, f"/{COUNTY.slug}/upload")
    page.get_by_text(zh("Paste from Excel")).click()
    page.locator(".stTextArea textarea").fill("镇街\t户数（户）\n姜家镇\t1200\n石滩镇\t980\n合计\t2180\n")
    page.locator(".st-key-paste_send button").click()
    expect(panel(page, "grid")).to_contain_text("姜家镇")
    settled(page)
    expect(rows(page, "see").first).to_contain_text("姜家镇")
    page.locator(".st-key-paste_drop button").click()
    expect(panel(page, "nil")).to_be_visible()


def test_enter_in_the_search_takes_the_only_place_that_fits(page: Page) -> None:
    known = VILLAGES.iloc[0]
    visit(page, "/mouding/village")
    field = page.locator(".st-key-find input")
    field.press_sequentially(str(known["code"]))
    field.press("Enter")  # before what fits is shown
    expect(page).to_have_url(re.compile(f"village={known['code']}"))
