"""One problem from a red cell to its closing, through the real application: 交办, 进展, 整改完成, 核验销号."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as BrowserTimeoutError
from support.browser import open_page, settled
from support.demo import sample_home
from support.server import Server, running

from components.status import URGENT
from data import derive
from data.language import translator
from data.plan import load_plan
from data.registry import county
from data.store import open_store

COUNTY = county("mouding")
PLAN = load_plan(COUNTY.plans[0])
POST = "村党支部书记岗"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve sample data that these tests change."""
    with running(sample_home(tmp_path_factory, "mouding")) as started:
        yield started


@pytest.fixture(scope="module")
def cells(own: Server) -> list[tuple[str, str]]:
    """Return red cells: village and indicator, each of another village."""
    with open_store(f"sqlite:///{own.home / 'store.db'}") as store:
        day = store.measures(COUNTY.code, PLAN.id, regions=[PLAN.top_region])["as_of"].max().date()
        told = derive.progress_at(store, COUNTY, PLAN, day, level="village")
    red = {row["region"]: row["indicator"] for row in told if row["status"] in URGENT}
    return [(place, indicator) for place, indicator in red.items() if place != PLAN.top_region]


def visit(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator(".st-key-nav")).to_be_visible()
    settled(page)


def press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").click()
    settled(page)


def sign(page: Page, name: str) -> None:
    if page.locator(".st-key-actor_change").count():
        press(page, "actor_change")
    page.locator(".st-key-actor_name input").fill(name)
    page.locator(".st-key-actor_name input").press("Tab")
    settled(page)
    pick(page, "actor_office", COUNTY.offices[0])
    press(page, "actor_sent")


def pick(page: Page, key: str, option: str) -> None:
    """Choose an option of a select box."""
    for _ in range(4):
        page.locator(f"[class*=st-key-{key}]").get_by_role("combobox").click()
        try:  # a rerun that ends just now closes the list again; a person opens it once more
            page.get_by_role("option").filter(has_text=option).first.click(timeout=5000)
        except BrowserTimeoutError:
            continue
        settled(page)
        return
    raise AssertionError(f"the list of {key} has no {option}")


@pytest.mark.parametrize(("lang", "width", "n"), [("zh", 1366, 0), ("en", 390, 1)])
def test_from_a_red_cell_to_closed_by_another(
    browser: Browser, own: Server, cells: list[tuple[str, str]], lang: str, width: int, n: int
) -> None:
    _ = translator(lang)
    village, indicator = cells[n]
    with open_page(browser, own.url, viewport={"width": width, "height": 900}) as page:
        visit(page, f"/{COUNTY.slug}/village?village={village}&indicator={indicator}&lang={lang}")
        press(page, "hand_place")
        sign(page, "甲")
        pick(page, "ho_w_", POST)
        press(page, "ho_send")
        row = page.locator(".st-key-board_place_issues tr").filter(has_text=PLAN.indicator(indicator).name(lang))
        expect(row.first).to_contain_text(POST)
        number = str(row.first.get_attribute("data-id"))
        assert number.startswith(f"J{COUNTY.code}")

        row.first.click()
        settled(page)
        page.get_by_text(_("Course and next steps")).click()
        problem = page.locator(".st-key-panel_problem")
        expect(problem.locator("h2")).to_contain_text(number)
        settled(page)
        page.locator("[class*=st-key-pr_text_] input").fill("已入户核实")
        page.locator("[class*=st-key-pr_text_] input").press("Tab")
        settled(page)
        press(page, "pr_note")
        expect(problem.locator(".course .note")).to_contain_text("已入户核实")
        press(page, "pr_rectify")
        expect(problem.locator(".course .rectified")).to_be_visible()
        press(page, "pr_close")  # by the same
        expect(page.get_by_test_id("stAlert")).to_contain_text("他人核验" if lang == "zh" else "somebody else")
        expect(problem.locator(".course .closed")).to_have_count(0)
        sign(page, "乙")
        press(page, "pr_close")
        expect(problem.locator(".course .closed")).to_be_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0

        visit(page, f"/{COUNTY.slug}/village?village={village}&indicator={indicator}&lang={lang}")
        closed = page.locator(".st-key-panel_place_issues h2 + span")
        expect(closed).to_contain_text("已销号" if lang == "zh" else "closed")
        expect(page.locator(f".st-key-board_place_issues tr[data-id='{number}']")).to_have_count(0)
