"""A village and a township on one sheet of A4, as the browser prints them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from support.browser import comes_to, open_page, settled
from support.demo import sample_home
from support.server import Server, running

from components.county_map.drawing import SCHEMATIC
from data.language import translator
from data.registry import county
from geo.regions import regions

A4 = [595, 842]  # points
CUT = """() => { const sheet = document.querySelector(".paper"), found = []
  const box = sheet.getBoundingClientRect()
  for (const e of sheet.querySelectorAll("*")) {
    const own = e.getBoundingClientRect()
    if (own.right > box.right + 2 || own.bottom > box.bottom + 2)
      found.push(`${e.tagName} leaves the sheet: ${e.innerText}`)
    if (e.matches("td, th") && e.scrollWidth > e.clientWidth + 2) found.push(`cut: ${e.innerText}`)
  }
  return found }"""


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the sample data of all counties."""
    with running(sample_home(tmp_path_factory)) as started:
        yield started


def first(code: str, level: str) -> tuple[str, str]:
    known = regions(code).query(f"level == '{level}'").iloc[0]
    return str(known["code"]), str(known["name"])


# A township of 牟定 has the most indicators, and English the longest names.
@pytest.mark.parametrize(
    ("slug", "level", "lang"),
    [
        ("banan", "village", "zh"),
        ("wanzhou", "village", "zh"),
        ("baiyin", "village", "en"),
        ("banan", "township", "en"),
        ("mouding", "township", "zh"),
    ],
)
def test_a_place_prints_on_one_page(browser: Browser, everybody: Server, slug: str, level: str, lang: str) -> None:
    _ = translator(lang)
    entry = county(slug)
    code, name = first(entry.code, level)
    query = f"village={code}" if level == "village" else f"town={name}"
    with open_page(browser, everybody.url) as page:
        page.goto(f"/{slug}/village?{query}&lang={lang}")
        page.locator(".paper").wait_for(state="attached")
        settled(page)
        asof = str(page.locator(".st-key-asof input").input_value())
        page.set_viewport_size({"width": 733, "height": 1062})  # A4 within its margins
        page.emulate_media(media="print")
        sheet = page.locator(".paper")
        expect(sheet).to_be_visible()
        assert comes_to(page, CUT, []) == []
        expect(sheet.locator("h1")).to_contain_text(name[:3])  # the page leaves out 居民委员会
        expect(sheet.locator("header")).to_contain_text(code)
        expect(sheet.locator("h1")).to_contain_text(_("Sample data"))
        year, month, day = (int(part) for part in asof.split("-"))
        said = sheet.locator("header").inner_text()
        assert (f"{year}年{month}月{day}日" if lang == "zh" else f"{day} ") in said.replace("\u202f", "")
        expect(sheet.locator("footer")).to_contain_text(_(SCHEMATIC))
        expect(sheet.locator("header img")).to_have_js_property("complete", value=True)
        assert sheet.locator("header img").evaluate("e => e.naturalWidth") > 100
        expect(page.locator(".st-key-bar")).to_be_hidden()
        printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
    (box,) = re.findall(rb"/MediaBox\s*\[([^\]]*)\]", printed)
    assert [round(float(number)) for number in box.split()] == [0, 0, *A4]


def test_other_pages_print_across(browser: Browser, everybody: Server) -> None:
    with open_page(browser, everybody.url) as page:
        page.goto("/wanzhou/reporting")
        expect(page.locator(".st-key-panel_asked")).to_be_visible()
        settled(page)
        page.emulate_media(media="print")
        printed = page.pdf(prefer_css_page_size=True)
    boxes = {tuple(round(float(n)) for n in box.split()) for box in re.findall(rb"/MediaBox\s*\[([^\]]*)\]", printed)}
    assert boxes == {(0, 0, A4[1], A4[0])}
