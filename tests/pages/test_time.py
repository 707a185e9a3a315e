"""Pages as known then, and compared with a meeting: on a store whose batches came on known days."""

import datetime as dt

import pytest
from sqlalchemy import update
from support.pages import texts, titles

from components.server.site import PAGES
from data import meetings, upload
from data.language import translator
from data.registry import county
from data.store import open_store
from data.store.schema import batch
from data.upload import Actor
from tests.pages.conftest import opener
from tests.pages.test_all_pages import CJK, quoted, without

BANAN = county("banan")
HEAD = "区划代码,月末,层级,资金种类,到位额（万元）,累计支出（万元）\n"
LABEL = "8月调度会 · 2023-08-31"


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    """Send August's figure on 5 September and meet about it; on 20 October August is corrected and September comes."""
    home = tmp_path_factory.mktemp("time")
    with open_store(f"sqlite:///{home / 'store.db'}") as store:
        send(store, "2023-09-05T08:00", ("08-31", 40))
        meetings.keep(store, BANAN, Actor("县办"), translator("zh"))
        send(store, "2023-10-20T08:00", ("08-31", 60), ("09-30", 70))
    return home


def send(store, at, *rows):
    lines = "".join(f"500113000000,2023-{day},中央,衔接资金,100,{spent}\n" for day, spent in rows)
    raw = (HEAD + lines).encode()
    made = upload.commit(store, BANAN, upload.check(BANAN, raw, f"{at}.csv"), raw, Actor("县办"))
    stamp = dt.datetime.fromisoformat(f"{at}+00:00")
    with store._engine.execution_options(write=True).begin() as connection:
        connection.execute(update(batch).where(batch.c.batch_id == made.batch_id).values(at=stamp))


@pytest.fixture
def then(figures, as_county, monkeypatch):
    """Open a page of Banan on that store, which is only read."""
    monkeypatch.setenv("XIANJIE_HOME", str(figures))
    open_as = opener(as_county)

    def open_page(name="overview", **query):
        page = open_as("banan", name, **query)
        assert not page.exception
        assert not page.error
        return page

    return open_page


def told(page):
    return " ".join(texts(page)).replace("\u202f", "")


def test_the_present_carries_no_mark(then):
    page = then()
    assert page.selectbox(key="asof").value == "2023-09-30"
    assert "正在查看" not in told(page)
    assert not page.toggle(key="known_switch").value


@pytest.mark.parametrize(
    ("asked", "mark"),
    [
        # 30 September: only the batch of 5 September had come, with August in it.
        (
            {"known": "then", "asof": "2023-09-30"},
            ["正在查看2023年9月30日时的数据", "当时数据只到2023年8月31日", "第 1 批"],
        ),
        # 31 August: nothing yet.
        ({"known": "then", "asof": "2023-08-31"}, ["截至2023年8月31日还没有任何数据入库"]),
        ({"known": "b1"}, ["正在查看2023年9月5日时的数据", "当时数据只到2023年8月31日"]),
        ({"known": "b2"}, ["第 2 批", "当时所知与现在相同"]),
        ({"known": "s1", "asof": "2023-08-31"}, ["正在查看8月调度会", "第 1 批"]),
    ],
)
def test_the_past_is_marked_on_the_page(then, asked, mark):
    words = told(then(**asked))
    assert [part for part in mark if part not in words] == []


# English everywhere, for it is Chinese that may be left over; the mark's Chinese where pages are of two kinds.
@pytest.mark.parametrize(
    ("lang", "name"), [*(("en", entry.name) for entry in PAGES), ("zh", "overview"), ("zh", "village")]
)
def test_every_page_stands_in_the_past_and_says_so_in_one_language(then, name, lang):
    page = then(name, known="b1", lang=lang)
    found = texts(page)
    if lang == "zh":
        assert any("正在查看2023年9月5日时的数据" in text for text in found)
        return
    assert any("You see the data as of 5 Sep 2023" in text for text in found)
    whole = "\n".join(found)
    names = [known for known in [*quoted("banan"), LABEL, "8月调度会", "县办"] if known in whole]
    assert {text for text in found if CJK.search(without(sorted(names, key=len, reverse=True), text))} == set()


def test_the_figures_are_those_of_then(then):
    # On 5 September August stood at 40 %, and there was no September.
    past, now = then("funds", known="b1"), then("funds", asof="2023-08-31")
    assert "40.0%" in told(past)
    assert "60.0%" not in told(past)
    assert "60.0%" in told(now)


def test_the_switch_turns_to_the_end_of_the_day_and_back(then):
    page = then()
    page.toggle(key="known_switch").set_value(True).run()
    assert page.query_params["known"] == "then"
    assert "正在查看2023年9月30日时的数据" in told(page)
    page.toggle(key="known_switch").set_value(False).run()
    assert "known" not in page.query_params
    assert "正在查看" not in told(page)


def test_nothing_is_taken_in_while_looking_back(then):
    page = then("upload", known="b1")
    assert "请先关闭上方“当时所知”" in told(page)
    assert not page.get("file_uploader")
    assert "零报告" not in titles(page)
    assert "time.csv" not in told(page)
    assert "2023-10-20" not in told(page)  # the later batch is not in the history of then


def test_an_unknown_moment_is_dropped(then):
    page = then(known="b99")
    assert "known" not in page.query_params
    assert "正在查看" not in told(page)


# ---- compared with a meeting -----------------------------------------------------------------------------------------


def test_a_meeting_stands_in_the_list_beside_its_date(then):
    options = then().selectbox(key="since_choice").options
    assert options.index(LABEL) == options.index("2023-08-31") - 1


def test_compared_with_a_meeting_are_its_figures_not_the_dates(then):
    # Of September's 70 %, 30 points came since the meeting, which saw 40; since August as known now only 10.
    with_meeting, with_date = told(then(since=LABEL)), told(then(since="2023-08-31"))
    assert "自8月调度会（2023年8月31日）以来" in with_meeting
    assert "30.0" in with_meeting
    assert "30.0" not in with_date
    assert "10.0" in with_date


def test_the_ranking_compares_with_the_meeting_too(then):
    words = told(then("ranking", since=LABEL, rank_by="change"))
    assert "自8月调度会（2023年8月31日）以来" in words


def test_on_its_own_day_a_meeting_shows_what_was_corrected_since(then):
    page = then("funds", asof="2023-08-31", since=LABEL)
    assert "20.0" in told(page)  # 60 now, 40 then


def test_since_a_meeting_in_english(then):
    assert "since 8月调度会 (31 Aug 2023)" in told(then(since=LABEL, lang="en"))


def test_the_overview_offers_to_keep_what_is_shown_and_lists_what_was_kept(then):
    page = then(asof="2023-08-31")
    assert page.button(key="meeting_keep").label == "留存为“8月调度会2”"  # 8月调度会 is taken
    page.button(key="meeting_keep").click().run()
    assert not page.exception
    assert page.text_input(key="snapshot_name").value == "8月调度会2"
    assert page.text_input(key="meeting_name").label == "姓名"  # nobody has said who acts
    assert LABEL in told(page)
    assert {page.button(key=f"meeting_{what}_1").label for what in ("see", "remove")} == {"查看当时所知", "移除"}


def test_a_read_only_deployment_keeps_no_meeting(on_nothing, then, monkeypatch):  # the former forgets the open store
    monkeypatch.setenv("XIANJIE_READONLY", "1")
    page = then()
    page.button(key="meeting_keep").click().run()
    assert page.button(key="meeting_confirm").disabled
    assert "只读" in told(page)
