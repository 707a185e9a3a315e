"""The offline page in a browser without a network, from a file as on a USB stick."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from support.demo import sample_home

from data.briefing import offline
from data.briefing.compose import compose
from data.briefing.facts import Facts, Since, from_store
from data.plan import load_plan
from data.registry import county
from data.store import open_store

PLACE = county("mouding")
LARGEST = 6_000_000


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    home = sample_home(tmp_path_factory, "mouding")
    with open_store(f"sqlite:///{home / 'store.db'}") as store:
        plan = load_plan(PLACE.plans[0])
        days = sorted(set(store.measures(PLACE.code, plan.id)["as_of"].dt.date))
        return from_store(store, PLACE, plan, days[-1], Since(days[-3]))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_opens_from_a_file_and_asks_for_nothing(browser: Browser, tmp_path: Path, facts: Facts, lang: str) -> None:
    said, file = compose(facts, lang), tmp_path / "page.html"
    offline.write(said, facts.boundaries, file)
    assert file.stat().st_size <= LARGEST
    asked, wrong = [], []
    context = browser.new_context(offline=True, viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(file.as_uri())
    try:
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        assert (asked, wrong) == ([file.as_uri()], [])
        text = page.locator("main").inner_text()
        assert "示例数据" in text
        for section in said.sections:
            assert section.title.replace(" ", "") in text.replace(" ", "")
        charts = page.locator(".js-plotly-plot")
        assert charts.count() == sum(type(b).__name__ == "Chart" for s in said.walk() for b in s.blocks)
        assert page.locator(".js-plotly-plot .trace").count() >= charts.count()
        maps = page.locator("figure.map svg")
        assert maps.count() == sum(type(b).__name__ == "Map" for s in said.walk() for b in s.blocks)
        assert page.locator("figure.map svg").first.locator("title").count() >= 7
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0
    finally:
        context.close()
