"""From one meeting to the next: a red cell, its village, 交办, 进展, 整改完成, 核验销号, and what moved meanwhile."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as BrowserTimeoutError
from support.browser import comes_to, open_page, settled
from support.demo import sample_home
from support.server import Server, running

from components.html.progress import MOVEMENTS
from components.status import URGENT
from data import derive, upload
from data.language import translator
from data.plan import load_plan
from data.registry import county
from data.store import open_store
from data.upload import Actor
from geo.regions import regions

COUNTY = county("mouding")
PLAN = load_plan(COUNTY.plans[0])
zh = translator("zh")
POST = "村党支部书记岗"
VILLAGES = regions(COUNTY.code)
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Moved(NamedTuple):
    """What moved in a village after a meeting: an indicator for each heading."""

    village: str
    red: str
    done: str
    reported: str
    up: str


class Meeting(NamedTuple):
    """A meeting as the list of comparisons names it, its day, and what moved in two villages after it."""

    label: str
    day: str
    villages: list[Moved]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve sample data that these tests change."""
    with running(sample_home(tmp_path_factory, "mouding")) as started:
        yield started


def visit(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator(".st-key-nav")).to_be_visible()
    settled(page)


def press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").first.click()  # its hint may stand there twice for a moment
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


@pytest.fixture(scope="module")
def meeting(browser: Browser, own: Server) -> Meeting:
    """Keep a meeting on the overview; afterwards two villages send what makes one figure bad and others better."""
    with open_page(browser, own.url) as page:
        visit(page, f"/{COUNTY.slug}")
        press(page, "meeting_keep")  # nobody has said who acts: asked beside the name
        page.locator(".st-key-meeting_name input").fill("丙")
        page.locator(".st-key-meeting_name input").press("Tab")
        settled(page)
        pick(page, "meeting_office", COUNTY.offices[0])
        press(page, "meeting_confirm")
        day = str(page.locator(".st-key-asof input").input_value())
        label = f"{int(day[5:7])}月调度会 · {day}"
        expect(page.get_by_text(f"已留存“{label}”")).to_be_visible()
        second = f"留存为“{int(day[5:7])}月调度会2”"
        expect(page.locator(".st-key-meeting_keep")).to_have_text(second, use_inner_text=True)
        press(page, "meeting_keep")  # who acts is known: one press, and it is taken back in the list
        expect(page.get_by_text(f"{int(day[5:7])}月调度会2 · {day}")).to_be_visible()
        press(page, "meeting_list")
        press(page, "meeting_remove_2")
        expect(page.locator(".st-key-meeting_list")).to_contain_text("1")
    with open_store(f"sqlite:///{own.home / 'store.db'}") as store:
        found = derive.progress_at(store, COUNTY, PLAN, dt.date.fromisoformat(day), level="village")
        villages = list(movable(found))[:2]
        lines = [f"{v},{day},{indicator},{value}" for v, told in villages for indicator, value in told.items()]
        raw = "\n".join(["区划代码,日期,事项,数值", *lines]).encode()
        checked = upload.check(COUNTY, raw, "later.csv")
        assert checked.ok, checked.messages("zh")
        upload.commit(store, COUNTY, checked, raw, Actor("丁"))
    return Meeting(label, day, [Moved(v, *told) for v, told in villages])


def movable(found: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield villages with what they may send for one move of each kind: 1%, 100%, and twice three points too little."""
    rates = {i.id: i for i in PLAN.indicators if i.unit == "%" and i.value == 100 and i.rollup != "county_only"}
    due = {row["indicator"] for row in found if row["status"] in URGENT}  # others may not be judged yet
    rows: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in found:
        if (rate := rates.get(row["indicator"])) is None or row["region"] == PLAN.top_region:
            continue
        # Of the long table all else of the month goes with the file; it serves what nobody has reported.
        silent = row["status"] == "no_data" and row["reported"] < row["of"]
        counted = rate.strength == "binding" and rate.data.table != "facts"
        kind = "silent" if silent else ("red" if row["status"] in URGENT else row["status"]) if counted else ""
        rows.setdefault(row["region"], {}).setdefault(kind, []).append(row)
    for village, by in rows.items():
        fine = [row["indicator"] for row in by.get("done", []) if row["indicator"] in due]
        if fine and len(by.get("red", [])) > 1 and by.get("silent"):
            (better, up), silent = by["red"][:2], by["silent"][0]
            short = {row["indicator"]: round(row["expected"] - 3, 1) for row in (silent, up)}
            yield village, {fine[0]: 1, better["indicator"]: 100} | short


WHOLE = (
    """() => [...document.querySelectorAll('.st-key-since_choice input')].some(e => e.scrollWidth <= e.clientWidth)"""
)
GROUPS = """panel => Object.fromEntries([...panel.querySelectorAll('h3')].map(head =>
  [head.innerText, [...head.nextElementSibling.querySelectorAll('[data-id]')].map(row => row.dataset.id)]))"""


@pytest.mark.parametrize(("lang", "width", "n"), [("zh", 1366, 0), ("en", 390, 1)])
def test_from_a_red_cell_to_the_next_meeting(
    browser: Browser, own: Server, meeting: Meeting, lang: str, width: int, n: int
) -> None:
    _, moved = translator(lang), meeting.villages[n]
    name, indicator = meeting.label.split(" · ")[0], PLAN.indicator(moved.red)
    with open_page(browser, own.url, viewport={"width": width, "height": 900}) as page:
        # What turned red since the meeting, on the page of its area; the village is in its table.
        visit(page, f"/{COUNTY.slug}/{indicator.area}?lang={lang}&asof={meeting.day}")
        pick(page, "since_choice", meeting.label)
        page.wait_for_function(WHOLE)  # the box is as wide as the meeting with its date
        page.locator(f".st-key-board_list tr[data-id='{indicator.id}']").click()
        expect(page.locator(".st-key-panel_depth h2")).to_have_text(indicator.name(lang))
        settled(page)
        page.locator(f"[class*=st-key-view_{indicator.area}]").get_by_text(_("Table"), exact=True).click()
        settled(page)
        page.locator(f".st-key-board_table_{indicator.area} tr[data-id='{moved.village}']").click()
        settled(page)
        page.locator(".st-key-panel_depth p.on a").click()

        # In the village: what moved, each under its heading; the red one is handed over.
        expect(page.locator(".st-key-panel_place h2")).to_contain_text(moved.village)
        moves = page.locator(".st-key-panel_moves")
        expect(moves).to_contain_text(name)
        settled(page)
        told = moves.evaluate(GROUPS)
        for group in ("red", "done", "reported", "up"):
            under = [ids for head, ids in told.items() if head.startswith(_(MOVEMENTS[group]))]
            assert any(getattr(moved, group) in ids for ids in under), (group, told)
        press(page, "hand_place")
        sign(page, "甲")
        pick(page, "ho_w_", POST)
        press(page, "ho_send")
        row = page.locator(".st-key-board_place_issues tr").filter(has_text=indicator.name(lang))
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
        # What was noted does not wait to be noted once more.
        expect(page.locator("[class*=st-key-pr_text_] input")).to_have_value("")
        press(page, "pr_rectify")
        expect(problem.locator(".course .rectified")).to_be_visible()
        press(page, "pr_close")  # by the same
        # What was stored a moment ago may still be told beside it.
        refused = page.get_by_test_id("stAlert").filter(has_text="他人核验" if lang == "zh" else "somebody else")
        expect(refused.last).to_be_visible()
        expect(problem.locator(".course .closed")).to_have_count(0)
        sign(page, "乙")
        press(page, "pr_close")
        expect(problem.locator(".course .closed")).to_be_visible()
        assert comes_to(page, SIDEWAYS, 0) == 0

        # By the menu back to the village, still compared with the meeting.
        page.locator(".st-key-nav a[href*='/village']").click()
        closed = page.locator(".st-key-panel_place_issues h2 + span")
        expect(page.locator(".st-key-panel_place h2")).to_contain_text(moved.village)
        expect(closed).to_contain_text("已销号" if lang == "zh" else "closed")
        expect(page.locator(f".st-key-board_place_issues tr[data-id='{number}']")).to_have_count(0)
        expect(moves).to_contain_text(name)
        assert comes_to(page, SIDEWAYS, 0) == 0

        # As known then: nothing of it has happened.
        visit(page, f"/{COUNTY.slug}/village?village={moved.village}&known=s1&asof={meeting.day}&lang={lang}")
        expect(page.locator(".past")).to_contain_text(name)
        row = page.locator(f".st-key-panel_place_indicators tr[data-id='{indicator.id}']").first
        expect(row).to_have_class("s-done")
        page.locator(".st-key-known_switch label").first.click()
        settled(page)
        expect(page.locator(".past")).to_have_count(0)
        expect(row).not_to_have_class("s-done")


def test_the_overview_and_an_area_compare_with_the_meeting(browser: Browser, own: Server, meeting: Meeting) -> None:
    town = meeting.villages[0].village[:9] + "000"
    name = next(n for c, n in zip(VILLAGES["code"], VILLAGES["name"], strict=True) if c == town)
    query = f"town={quote(name)}&since={quote(meeting.label)}"
    with open_page(browser, own.url) as page:
        visit(page, f"/{COUNTY.slug}?{query}")
        expect(page.locator(".st-key-panel_changes h2 + span")).to_have_text(re.compile("自.*调度会.*以来"))
        moved = page.locator(".st-key-panel_changes")
        # The village's file was its township's of the month: what it left out is not reported any more.
        gone = zh(MOVEMENTS["down"])
        expect(moved).to_contain_text(gone)
        visit(page, f"/{COUNTY.slug}/livable_villages?{query}")
        expect(page.locator(".st-key-panel_moves")).to_contain_text(gone)
        visit(page, f"/{COUNTY.slug}?asof={meeting.day}")
        press(page, "meeting_list")
        press(page, "meeting_see_1")
        expect(page.locator(".past")).to_contain_text(meeting.label.split(" · ")[0])
