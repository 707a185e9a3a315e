"""Counties by address, in a real browser. Nothing here depends on what a page shows."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import open_page, settled
from support.server import Server, running

from components.server.site import PAGES
from data.registry import counties, county


def test_a_county_opens_with_its_name_before_and_after_its_script_ran(page: Page) -> None:
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    missing: list[str] = []
    page.on("response", lambda response: missing.append(response.url) if response.status >= 400 else None)
    answer = page.goto("/banan")
    assert answer
    assert answer.status == 200
    assert not answer.request.redirected_from
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert "巴南区" in page.title()
    settled(page)
    assert [re.sub(r"^ws://[^/]+", "", url) for url in sockets] == ["/banan/_stcore/stream"]
    assert missing == []


@pytest.mark.parametrize("path", ["", "/", f"/{PAGES[-1].name}", f"/{PAGES[-1].name}/"])
def test_an_address_survives_refresh(page: Page, path: str) -> None:
    page.goto(f"/banan{path}")
    settled(page)
    before = page.url
    page.reload()
    settled(page)
    assert page.url == before


def test_back_returns_to_the_page_before(page: Page) -> None:
    page.goto("/banan")
    settled(page)
    page.goto(f"/banan/{PAGES[-1].name}")
    settled(page)
    page.go_back()
    settled(page)
    assert page.url.rstrip("/").endswith("/banan")


def test_two_counties_side_by_side_keep_their_names(browser: Browser, server: Server) -> None:
    names = {entry.slug: entry.name_zh for entry in counties()}
    with open_page(browser, server.url) as one, open_page(browser, server.url) as other:
        one.goto("/banan")
        other.goto("/mouding")
        for page, slug in ((one, "banan"), (other, "mouding")):
            settled(page)
            page.reload()
            settled(page)
            expect(page.locator("body")).to_contain_text(names[slug], use_inner_text=True)
            shown = page.locator("body").inner_text()
            assert not [name for known, name in names.items() if known != slug and name in shown]


def test_the_landing_page_leads_to_every_county(page: Page) -> None:
    page.goto("/")
    for entry in counties():
        expect(page.get_by_role("link", name=entry.name_zh)).to_have_attribute("href", f"/{entry.slug}")
    page.get_by_role("link", name=county("wanzhou").name_zh).click()
    settled(page)
    assert "/wanzhou" in page.url


def test_english_is_one_click_away(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="EN").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("link", name=county("banan").name_en)).to_be_visible()
    page.get_by_role("link", name=county("banan").name_en).click()
    settled(page)
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_first_visitor_of_a_process_may_come_by_a_deep_link(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path) as fresh, open_page(browser, fresh.url) as page:
        page.goto(f"{fresh.url}/banan/upload")
        page.locator(".st-key-bar").wait_for()
        settled(page)
        assert page.locator("[data-testid=stException]").count() == 0


def test_who_comes_next_finds_nothing_of_who_was_there_before(browser: Browser, server: Server) -> None:
    """Of the tests themselves: pages of one context after the other stand for different people."""
    contexts = []
    for _ in range(2):
        with open_page(browser, server.url) as page:
            page.goto("/")
            assert page.evaluate("[document.cookie, localStorage.getItem('mine')]") == ["", None]
            page.evaluate("() => { document.cookie = 'mine=1; path=/'; localStorage.setItem('mine', '1') }")
            contexts.append(page.context)
    assert contexts[0] is contexts[1]
