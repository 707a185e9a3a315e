"""The page of tasks on sample data, and the closed loop by hand on pages: red cell, note, rectified, closed, back."""

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.clicks import click_meanwhile
from support.demo import sample_home
from support.pages import markup, texts, titles

from components import formats
from components.html import tasks as html
from data import loaders
from data.language import translator
from data.plan import load_plan
from data.problems import moves, record
from data.registry import county
from data.store import open_store
from data.upload import Actor
from tests.pages.conftest import Open, _forget, opener

COUNTY = county("mouding")
PLAN = load_plan(COUNTY.plans[0])
LANGUAGES = ("zh", "en")


@pytest.fixture(scope="module")
def own_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with no larger county than this one's."""
    return sample_home(tmp_path_factory, COUNTY.slug)


@pytest.fixture
def on_own(home: Path, own_sample: Path, as_county: Callable[[str], None]) -> Iterator[Open]:
    """Open a page on a copy of the sample data that the test may change."""
    shutil.copy(own_sample / "store.db", home / "store.db")
    _forget()
    yield opener(as_county)
    _forget()


def whole(page: AppTest) -> str:
    return "\n".join(markup(page))


def said(page: AppTest) -> list[str]:
    return [box.value for box in (*page.success, *page.error)]


# ---- tasks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_lists_states_and_opens_a_task(on_sample, lang):
    _ = translator(lang)
    page = on_sample("mouding", "tasks", lang=lang, task="monthly_report")
    assert not page.exception
    told = texts(page)
    assert {_("Overdue periods"), _("In progress"), _("Not started"), _("Overdue")} <= set(told)
    report = next(task for task in PLAN.tasks if task.id == "monthly_report")
    assert report.title_zh in titles(page)
    # Its month of April has no record in time; its periods are told with their days.
    assert ("2023年4月" if lang == "zh" else "Apr 2023") in told
    assert _("a date of the plan stays as stated, also on a day off") in told


def test_a_month_and_a_state_narrow_the_list(on_sample):
    page = on_sample("banan", "tasks")
    every = whole(page).count("data-id=")
    page.selectbox(key="month").select("2023年2月").run()
    assert not page.exception
    assert whole(page).count("data-id=") < every
    # What falls due in February: every monthly duty without dates of its own, and no other.
    document = load_plan("banan-2023")
    due = [t for t in document.tasks if t.recurrence == "monthly" and not t.due]
    assert f"{len(due)}／{len(document.tasks)} 项" in texts(page)
    page.selectbox(key="state").select("逾期").run()
    late = next(task.title_zh for task in document.tasks if task.id == "benefit_link_dispatch")
    assert late in texts(page)  # February is the month the sample misses


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://example.gov.cn/a?b=1", True),
        ("http://example.gov.cn", True),
        ("见 https://example.gov.cn", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("ftp://example.gov.cn/a", False),
        ("https://a/'onclick='x", False),
        ("https://a.cn/\u202eexe", False),
        ("<b>调度纪要</b>", False),
    ],
)
def test_evidence_is_a_link_only_if_it_is_an_address(text, link):
    shown = str(html.evidence_html(text))
    assert ("<a " in shown) == link
    assert ('rel="noopener noreferrer"' in shown) == link
    assert "<b>" not in shown


# ---- the closed loop -------------------------------------------------------------------------------------------------


def red(page: AppTest) -> AppTest:
    """Press what hands over, on a page where the indicator shown is red."""
    next(b for b in page.button if str(b.key).startswith("hand_")).click().run()
    assert not page.exception
    return page


def sign(page: AppTest, name: str) -> None:
    if not any(box.key == "actor_name" for box in page.text_input):
        page.button(key="actor_change").click().run()
    page.text_input(key="actor_name").set_value(name)
    page.selectbox(key="actor_office").set_value(COUNTY.offices[0])
    page.button(key="actor_sent").click().run()
    assert not page.exception


def box(page: AppTest, kind: str, start: str):
    return next(found for found in getattr(page, kind) if str(found.key).startswith(start))


def handed(open_page: Open, lang: str) -> AppTest:
    """Hand over the most urgent indicator of an area; return the page."""
    page = red(open_page("mouding", "livable_villages", lang=lang))
    sign(page, "甲")
    box(page, "selectbox", "ho_w_").set_value("镇街分管领导岗").run()
    box(page, "text_input", "ho_m_").set_value("逐村核实").run()
    page.button(key="ho_send").click().run()
    assert not page.exception
    return page


def newest(slug: str = COUNTY.slug):
    loaders.begin_run()
    rows = loaders.rows(slug, "issues")
    return rows.loc[rows["office"].notna()].iloc[-1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_step_on_pages(on_own, lang):
    _ = translator(lang)
    page = handed(on_own, lang)
    assert any(_("Handed over, batch {n}.", n="").split(" ")[0].rstrip("。.") in text for text in said(page))
    row = newest()
    assert row["owner"] == "镇街分管领导岗"
    assert row["measure"] == "逐村核实"
    assert row["indicator"] in {i.id for i in PLAN.indicators}
    assert (row["due_on"] - row["handed_on"]).days >= 10

    page = on_own("mouding", "tasks", lang=lang, issue=row["issue_id"])
    assert row["problem"] in texts(page)
    assert _("Handed over") in texts(page)
    sign(page, "甲")
    box(page, "text_input", "pr_text_").set_value("已完成 3 个村").run()
    page.button(key="pr_note").click().run()
    assert "已完成 3 个村" in texts(page)

    page.button(key="pr_rectify").click().run()
    assert _("Rectified, to be verified") in texts(page)
    page.button(key="pr_close").click().run()  # by the same
    assert any(("他人核验" if lang == "zh" else "somebody else has to verify") in text for text in said(page))
    assert newest()["closed_on"] is not None
    assert str(newest()["closed_on"]) == "NaT"

    sign(page, "乙")
    page.button(key="pr_close").click().run()
    assert not page.exception
    assert str(newest()["closed_on"]) != "NaT"
    assert _("Verified and closed") in texts(page)

    page.button(key="pr_reopen").click().run()
    again = newest()
    assert (again["issue_id"], again["reopened_n"]) == (row["issue_id"], 1)
    assert _("came back {n}×", n=1) in texts(page)


def test_a_second_click_neither_doubles_nor_denies_the_first(on_own, monkeypatch):
    page = red(on_own("mouding", "livable_villages"))
    sign(page, "甲")
    box(page, "selectbox", "ho_w_").set_value("镇街分管领导岗").run()
    calls = click_meanwhile(monkeypatch, record, "hand_over")
    page.button(key="ho_send").click().run()
    assert not page.exception
    assert len(calls) == 1
    assert any("已交办" in text for text in said(page))
    assert not any("尚未销号" in text for text in texts(page))  # the form is put away

    page = on_own("mouding", "tasks", issue=newest()["issue_id"])
    sign(page, "甲")
    box(page, "text_input", "pr_text_").set_value("已完成 3 个村").run()
    calls = click_meanwhile(monkeypatch, record, "note")
    page.button(key="pr_note").click().run()
    assert not page.exception
    assert len(calls) == 1
    assert any(text.startswith("已记入") for text in said(page)), said(page)
    assert not any("请填写进展情况" in text for text in said(page))
    assert "已完成 3 个村" in texts(page)


def test_looking_back_shows_the_course_of_then_and_offers_no_move(on_own):
    handed(on_own, "zh")
    number = newest()["issue_id"]
    store = loaders.store()
    then = store.batches(COUNTY.code)[0].number
    record.note(store, COUNTY, record.find(store, COUNTY, number), dt.date(2023, 12, 1), "后来才记的进展", Actor("甲"))
    seen = record.find(store, COUNTY, number)
    record.change(store, COUNTY, seen, lambda row: moves.rectify(row, dt.date(2023, 12, 4)), Actor("甲"))

    page = on_own("mouding", "tasks", issue=number)
    assert {"后来才记的进展", "报整改完成"} <= set(texts(page))
    assert page.button(key="pr_close")
    page = on_own("mouding", "tasks", issue=number, known=f"b{then}")
    assert not page.exception
    assert newest()["problem"] in texts(page)
    assert not {"后来才记的进展", "报整改完成"} & set(texts(page))
    assert not [b for b in page.button if str(b.key).startswith("pr_")]
    assert any("不能在此交办或办理问题" in text for text in texts(page))
    page = red(on_own("mouding", "livable_villages", known=f"b{then - 1}"))
    assert not [b for b in page.button if b.key == "ho_send"]
    assert any("不能在此交办或办理问题" in text for text in texts(page))


def test_what_does_not_pass_is_sent_back(on_own):
    handed(on_own, "zh")
    page = on_own("mouding", "tasks", issue=newest()["issue_id"])
    sign(page, "甲")
    page.button(key="pr_rectify").click().run()
    sign(page, "乙")
    box(page, "text_input", "pr_text_").set_value("缺现场照片").run()
    page.button(key="pr_back").click().run()
    assert "核验未通过，退回整改" in texts(page)
    # Who reported it, who sent it back, when and why.
    shown = re.sub(r"<[^>]*>", "|", next(html for html in markup(page) if "class='course'" in html))
    office = COUNTY.offices[0]
    day = formats.date(box(page, "date_input", "pr_day_").value, translator("zh"))  # as chosen, whenever it is entered
    assert re.search(rf"报整改完成[|\s]*甲（{office}）", shown), shown
    assert re.search(rf"{day}[|\s]*核验未通过，退回整改[|\s]*缺现场照片[|\s]*乙（{office}）", shown), shown
    assert box(page, "text_input", "pr_text_").value == ""
    assert str(newest()["rectified_on"]) == "NaT"


def test_a_problem_that_is_open_is_not_handed_over_twice(on_own):
    handed(on_own, "zh")
    page = red(on_own("mouding", "livable_villages"))
    assert any("尚未销号" in text for text in texts(page))
    assert not any(button.key == "ho_send" for button in page.button)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_deadline_is_counted_in_working_days_or_a_day_is_given(on_own, lang):
    page = red(on_own("mouding", "livable_villages", lang=lang))
    day = box(page, "date_input", "ho_h_")
    day.set_value(dt.date(2023, 9, 28)).run()
    box(page, "number_input", "ho_n_").set_value(3).run()
    # Off from 29 September to 6 October; Saturday 7 and Sunday 8 October are worked.
    assert any(("2023年10月9日" if lang == "zh" else "9 Oct 2023") in text for text in texts(page))
    box(page, "date_input", "ho_h_").set_value(dt.date(2033, 6, 1)).run()
    assert any(("放假安排尚未公布" if lang == "zh" else "not announced yet") in text for text in texts(page))
    assert page.button(key="ho_send").disabled


def test_nothing_can_be_changed_on_a_read_only_deployment(on_own, home, monkeypatch):
    open_store(f"sqlite:///{home / 'store.db'}").close()
    monkeypatch.setenv("XIANJIE_READONLY", "1")
    _forget()
    page = red(on_own("mouding", "livable_villages"))
    assert page.button(key="ho_send").disabled
    page = on_own("mouding", "tasks")
    assert not [b for b in page.button if str(b.key).startswith("pr_")]
    assert "本系统为只读，不能更改。" in texts(page)


def test_a_village_shows_its_problem_with_the_way_to_it(on_own):
    day = loaders.evaluation_dates("mouding", PLAN.id)[0]
    rows = loaders.evaluated("mouding", PLAN.id, day)
    rows = rows.loc[(rows["level"] == "village") & rows["status"].isin(["overdue", "far_behind", "behind"])]
    village, indicator = rows.iloc[0][["region", "indicator"]]
    page = red(on_own("mouding", "village", village=village, indicator=indicator))
    sign(page, "甲")
    box(page, "selectbox", "ho_w_").set_value("村党支部书记岗").run()
    page.button(key="ho_send").click().run()
    row = newest()
    assert (row["village_code"], row["indicator"]) == (village, indicator)
    page = on_own("mouding", "village", village=village)
    assert f'data-id="{row["issue_id"]}"' in whole(page)
    assert "整改过程与后续办理" in texts(page)


def test_a_green_cell_cannot_be_handed_over(on_sample):
    page = on_sample("mouding", "livable_villages")
    rows = loaders.at("mouding", PLAN.id, loaders.evaluation_dates("mouding", PLAN.id)[0])
    fine = rows["status"].isin(["done", "on_schedule"]) & (rows["area"] == "livable_villages")
    page = on_sample("mouding", "livable_villages", indicator=rows.loc[fine, "indicator"].iloc[0])
    assert not [b for b in page.button if str(b.key).startswith("hand_")]


@pytest.mark.parametrize(
    ("lang", "heads"), [("zh", ("新逾期的问题 3", "已销号的问题 203")), ("en", ("Problems closed 203",))]
)
def test_what_moved_since_the_date_compared_with(on_sample, lang, heads):
    page = on_sample("wanzhou", "tasks", since="2022-06-30", lang=lang)
    assert not page.exception
    panel = next(found for found in markup(page) if "problem_moves issue" in found)
    told = re.sub(r"<[^>]+>", "", panel)
    assert all(head in told for head in heads)
