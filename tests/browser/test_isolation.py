"""No county shows another's places, and no name from an uploaded table becomes markup."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browser import open_page, settled
from support.demo import sample_home
from support.server import Server, running

from components.server.site import PAGES
from data import derive
from data.language import translator
from data.registry import county
from data.store import Submission, open_store
from geo.regions import regions

HOSTILE = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
zh = translator("zh")
HERE, THERE = county("mouding"), county("qijiang")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """Serve two counties; one village of the first carries markup as its name. Yield the village's code too."""
    home = sample_home(tmp_path_factory, HERE.slug)
    with open_store(f"sqlite:///{home / 'store.db'}") as store:
        rows = store.rows(HERE.code, "villages")
        one = rows.loc[rows["village_code"] == rows["village_code"].min()].copy()
        code = f"{one['village_code'].iloc[0][:9]}399"  # a village the register does not know, as after a merger
        one = one.assign(village_code=code, village_name=HOSTILE)
        store.commit(
            Submission(
                HERE.code, "villages", one, b"hostile", "<img src=x onerror=alert(1)>.csv", "tester", mode="merge"
            )
        )
        derive.derive(store, HERE)
    with running(home) as started:
        yield started, code


def visit(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator(".st-key-nav")).to_be_visible()
    settled(page)


def names_only_of(slug_code: str, other_code: str) -> set[str]:
    """Names of townships and villages of one county that the other has not, long enough to be no common word."""
    mine, others = regions(slug_code), regions(other_code)
    return {name for name in set(mine["name"]) - set(others["name"]) if len(name) > 2}


def test_two_counties_side_by_side_never_mix(browser: Browser, hostile: tuple[Server, str]) -> None:
    url = hostile[0].url
    with open_page(browser, url) as one, open_page(browser, url) as other:
        for entry in (PAGES[0], *(p for p in PAGES if p.name in {"livable_villages", "funds", "upload"})):
            path = "" if entry is PAGES[0] else f"/{entry.name}"
            visit(one, f"/{HERE.slug}{path}")
            visit(other, f"/{THERE.slug}{path}")
            for page, mine, foreign in ((one, HERE, THERE), (other, THERE, HERE)):
                expect(page.locator(".brand")).to_contain_text(mine.name_zh)
                shown = page.locator("body").inner_text()
                assert foreign.name_zh not in shown
                assert not [name for name in names_only_of(foreign.code, mine.code) if name in shown]


def test_a_name_with_markup_is_text_wherever_it_stands(browser: Browser, hostile: tuple[Server, str]) -> None:
    server, code = hostile
    known = regions(HERE.code).set_index("code")["name"]
    town = known[f"{code[:9]}000"]
    with open_page(browser, server.url) as page:
        visit(page, f"/{HERE.slug}?town={town}&indicator=beautiful_village_rate")
        heat = page.locator(f".st-key-board_heat tr[data-id='{code}']")
        expect(heat).to_contain_text("<img src=x")
        views = page.locator(".st-key-view_overview")
        views.get_by_text(zh("Tile grid")).click()
        square = page.locator(f".sq[data-id='{code}']")
        expect(square).to_be_attached()
        assert "<img src=x" in str(square.get_attribute("title"))
        views.get_by_text(zh("Table"), exact=True).click()
        row = page.locator(f".st-key-board_table_overview tr[data-id='{code}']")
        expect(row).to_contain_text("<script>")
        visit(page, f"/{HERE.slug}/upload")
        expect(page.locator(".st-key-board_history")).to_contain_text("<img src=x")
        for inner in page.frames:
            assert inner.evaluate("document.querySelectorAll('img[src=x]').length") == 0
        assert page.title() not in {"1", "2"}
