"""Targets and bands revised on the plan page: previewed, stored, shown to everybody, taken back; refused to others."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.pages import markup, texts

from components import entrance
from data import in_force, loaders, targets, upload_words
from data.access import DeniedError, Grant, User, using
from data.language import translator
from data.registry import Bands
from data.store import Store, open_store
from data.targets import Target
from tests.pages.conftest import Open, _forget, opener
from tests.support.revised import ACTOR, BANAN, DUE, FROM, FUND, PLAN, STEPS, WHY, raise_it, spend

As = Callable[[str], None]
HIGHER = Target(90, DUE, targets.milestones("2023-06-30 50\n2023-09-30 90"))


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    _forget()
    with open_store(f"sqlite:///{home / 'store.db'}") as opened:
        spend(opened)
        yield opened
    _forget()


@pytest.fixture
def as_role(monkeypatch: pytest.MonkeyPatch) -> As:
    monkeypatch.setenv("XIANJIE_ACCESS", "proxy")

    def be(role: str) -> None:
        user = User("zhang", "张三（测试）", "proxy", claimed={"banan": (Grant(role),)})
        monkeypatch.setattr(entrance, "identify", lambda: user)

    return be


@pytest.fixture
def opened(store: Store, as_county: Callable[[str], None]) -> Open:
    return opener(as_county)


def told(page: AppTest) -> str:
    assert not page.exception
    return " ".join(texts(page)).replace("\u202f", "")


def views(page: AppTest) -> list[str]:
    return next(list(one.options) for one in page.button_group if one.key == "reading")


def revising(opened: Open, **query: str) -> AppTest:
    page = opened("banan", "plan", indicator=FUND, **query)
    page.session_state["reading"] = "revise"
    return page.run()


def test_an_approver_revises_a_target_and_takes_it_back(store: Store, opened: Open, as_role: As) -> None:
    as_role("approver")
    page = revising(opened)
    assert page.button(key=f"revise_store_{FUND}").disabled  # nothing differs
    page.date_input(key=f"revise_from_{FUND}").set_value(FROM)
    page.number_input(key=f"revise_value_{FUND}").set_value(85.0).run()
    assert "最后一个里程碑是 75，目标是 85" in told(page)
    page.text_area(key=f"revise_steps_{FUND}").set_value(STEPS).run()
    assert "按2023年8月31日的数据试算" in told(page)
    preview = next(html for html in markup(page) if "调整后" in html)
    assert all(word in preview for word in ("达序时", "略慢", "75%", "85%"))
    assert page.button(key=f"revise_store_{FUND}").disabled  # no document, no reason
    page.text_input(key=f"revise_{FUND}_document").set_value(WHY.document)
    page.text_input(key=f"revise_{FUND}_reason").set_value(WHY.reason).run()
    page.button(key=f"revise_store_{FUND}").click().run()
    assert "已保存" in " ".join(one.value for one in page.success)
    assert WHY.document in told(page)
    made = store.target_revisions(BANAN.code)[0]
    assert (made.revision.value, made.batch.actor, made.batch.verified) == (85, "张三（测试）", True)

    page.session_state["revision"] = str(made.batch.number)
    page.run()
    assert page.button(key="revision_undo").disabled
    page.text_input(key=f"revision_why_{made.batch.number}").set_value("有误").run()
    page.button(key="revision_undo").click().run()
    assert "已撤回" in " ".join(one.value for one in page.success)
    assert in_force.plan(store, BANAN.code, PLAN) is PLAN


def test_an_approver_sets_the_bands(store: Store, opened: Open, as_role: As) -> None:
    raise_it(store)
    as_role("approver")
    page = revising(opened)
    page.number_input(key="bands_low").set_value(-2.0)
    page.number_input(key="bands_lower").set_value(-3.0).run()
    assert "全县有 1 项目标状态改变" in told(page)
    page.text_input(key="bands_document").set_value(WHY.document)
    page.text_input(key="bands_reason").set_value(WHY.reason).run()
    page.button(key="bands_store").click().run()
    assert not page.exception
    assert in_force.bands(store, BANAN) == Bands(slightly_behind=-2, behind=-3)
    assert "略慢至 −2，滞后至 −3" in told(page)


def test_a_viewer_reads_both_targets_and_may_change_none(store: Store, opened: Open, as_role: As) -> None:
    raise_it(store)
    as_role("viewer")
    page = opened("banan", "plan", indicator=FUND)
    assert len(views(page)) == 2
    assert "8月1日起目标由 ≥75% 调整为 ≥85%" in told(page)
    assert WHY.document in told(page)
    page.session_state["reading"] = "revise"
    page.run()
    assert not page.exception
    assert not [one for one in page.button if one.key == f"revise_store_{FUND}"]
    with using(loaders.access_of(entrance.identify(), "banan")), open_store(guarded=True) as guarded:
        with pytest.raises(DeniedError) as refused:
            targets.revise(guarded, BANAN, PLAN, FUND, dt.date(2023, 9, 1), HIGHER, WHY, ACTOR)
        assert "调整目标" in upload_words.denied(refused.value, translator("zh"))
        with pytest.raises(DeniedError):
            targets.revise_bands(guarded, BANAN, -1, -2, WHY, ACTOR)
    assert store.audit(BANAN.code)[0].event == "refused"


def test_pages_show_what_was_asked_at_each_date_and_as_known_then(store: Store, opened: Open, as_role: As) -> None:
    as_role("viewer")
    raise_it(store)
    now = told(opened("banan", "funds", indicator=FUND))
    assert "应达 73.3%" in now.replace("\u2009", "")
    assert WHY.document in now
    july = told(opened("banan", "funds", indicator=FUND, asof="2023-07-31"))
    assert "应达 58.3%" in july
    then = told(opened("banan", "funds", indicator=FUND, known="b1"))
    assert "应达 66.7%" in then
    assert WHY.document not in then


def test_nothing_is_revised_while_the_past_is_shown(store: Store, opened: Open, as_role: As) -> None:
    raise_it(store)
    as_role("approver")
    page = revising(opened, known="b1")
    assert page.button(key="bands_store").disabled
    assert "正在查看历史" in told(page) or "按当时所知" in told(page)
