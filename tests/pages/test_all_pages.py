"""Every page of every county runs, says what it is about, and speaks one language."""

import getpass
import re

import pytest
from support.pages import texts, titles

from components.server.site import PAGES
from data import loaders
from data.language import translator
from data.plan import load_plan
from data.registry import counties, county
from data.upload import SAMPLE_MARK
from geo.regions import regions

NAMES = [entry.name for entry in PAGES]
SLUGS = [entry.slug for entry in counties()]
AREAS = ("monitoring", "industry_employment", "livable_villages", "funds", "support")
OF_NO_PLAN = ("members", "audit", "status")  # the same in all counties, for they show nothing of a plan
TELLS_WITHOUT_DATA = ("upload", "plan", "tasks", "members", "audit", "status")  # what they show does not wait for data
# Latin letters a Chinese official reads every day, names of formats, and placeholders of the command line.
LATIN = {
    "pyc",
    "Excel",
    "CSV",
    "XLSX",
    "xlsx",
    "csv",
    "GBK",
    "UTF",
    "GeoJSON",
    "xianjie",
    "demo",
    "import",
    "history",
    "code",
    "county",
    "Word",
    "FILE",
    "Lite",  # of SQLite
    "backup",
    "keep",
    "output",
    getpass.getuser(),  # who loaded the sample data, in the log
}
IDS = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)+")  # of indicators, concepts and plans
CJK = re.compile(r"[\u3400-\u9fff]+")


def titles_of(name: str, plan_id: str) -> set[str]:
    """Titles, in Chinese, without which a page is not what it says."""
    chosen = {
        "overview": {"最需关注", "报送情况", "变化"},
        "upload": {"十张上报表", "导入记录", "零报告"},
    }
    if name in AREAS and name in load_plan(plan_id).areas:
        return {next(translator("zh")(entry.title) for entry in PAGES if entry.name == name)}
    return chosen.get(name, set())


@pytest.mark.parametrize(
    ("slug", "name"), [(slug, name) for slug in SLUGS for name in NAMES if slug == SLUGS[0] or name not in OF_NO_PLAN]
)
def test_page_in_chinese(on_sample, slug, name):
    page = on_sample(slug, name)
    assert not page.exception
    assert not page.error
    told = texts(page)
    assert titles_of(name, county(slug).plans[0]) <= set(titles(page))
    assert county(slug).name_zh in told
    assert "示例数据" in told
    english = {
        text
        for text in told
        for word in re.findall(r"[A-Za-z][a-z]{2,}", IDS.sub("", text))
        if word not in LATIN and not re.search(r"\.(xlsx|csv)$|^/", text)
    }
    assert not english


@pytest.mark.parametrize("name", NAMES)
def test_page_in_english(on_sample, name):
    page = on_sample("mouding", name, lang="en")
    assert not page.exception
    assert not page.error
    told = texts(page)
    assert county("mouding").name_en in told
    assert "Sample data" in told
    whole = "\n".join(told)
    names = [name for name in quoted("mouding") if name in whole]
    left = {text: found for text in told if (found := CJK.findall(without(names, text)))}
    assert not left


def without(names: list[str], text: str) -> str:
    """Take names out of a text; what is a quoted text as a whole may be one character long."""
    if text in names:
        return ""
    for name in names:
        text = text.replace(name, "") if len(name) > 1 else text
    return text


def quoted(slug: str) -> list[str]:
    """Everything that stays Chinese in English, of plan and stored rows, the longest first."""
    entry = county(slug)
    names = set(regions(entry.code)["name"]) | set(regions(entry.code)["short_name"])
    for plan_id in entry.plans:
        names |= _chinese(load_plan(plan_id).model_dump())
    for table in loaders.OPEN_TABLES:
        rows = loaders.rows(slug, table)
        names |= {text for column in rows for text in _chinese(list(rows[column].unique()))}
    for batch in loaders.batches(slug):
        names |= {batch.file_name, batch.actor, batch.note}
    names |= {SAMPLE_MARK, entry.issuer}  # official marks and signatures stay as they are
    return sorted(names - {""}, key=len, reverse=True)


def _chinese(value: object) -> set[str]:
    """All texts of a plan with a Chinese character."""
    if isinstance(value, dict):
        return {text for part in value.values() for text in _chinese(part)}
    if isinstance(value, (list, tuple, set, frozenset)):
        return {text for part in value for text in _chinese(part)}
    return {value} if isinstance(value, str) and CJK.search(value) else set()


@pytest.mark.parametrize("name", NAMES)
def test_page_without_data(on_nothing, name):
    page = on_nothing("banan", name)
    assert not page.exception
    assert not page.error
    alone = texts(page)
    told = "\n".join(alone)
    assert county("banan").name_zh in told
    assert "示例数据" not in alone
    if name not in TELLS_WITHOUT_DATA:
        assert "xianjie demo --county banan" in told
        assert "xianjie import --county banan" in told


def test_every_plan_has_all_its_areas_in_the_menu():
    for entry in counties():
        for plan_id in entry.plans:
            assert set(load_plan(plan_id).areas) <= set(NAMES)
