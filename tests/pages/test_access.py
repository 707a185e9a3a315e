"""Every page as every role: what one may not do is neither offered nor shown, and is said in words."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.demo import sample_home
from support.pages import markup, texts, titles

from components import entrance
from components.server.site import PAGES
from data import loaders, upload
from data.access import DeniedError, Grant, User, access, roles, using
from data.briefing import townships
from data.briefing.compose import compose
from data.briefing.model import Paragraph, Table
from data.registry import Admission, county
from data.shown import WITHHELD
from data.small_cells import SMALLEST_CELL
from data.small_figures import of_people
from data.store import open_store
from data.tally import is_soft
from data.upload import Actor
from tests.pages.conftest import Open, opener

BAIYIN = county("baiyin")
REFUSED = "您没有此项权限"
LINK = re.compile(r'href="/baiyin/?([a-z_]*)"')
TOWN = "620402100000"

As = Callable[..., None]


@pytest.fixture(scope="module")
def own_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_home(tmp_path_factory, "baiyin")


@pytest.fixture
def opened(home: Path, own_sample: Path, as_county: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> Open:
    monkeypatch.setenv("XIANJIE_HOME", str(own_sample))
    return opener(as_county)


@pytest.fixture
def as_role(monkeypatch: pytest.MonkeyPatch) -> As:
    """Come with roles that a gateway sent; without any as nobody: `as_role("clerk")`."""
    monkeypatch.setenv("XIANJIE_ACCESS", "proxy")

    def be(*names: str) -> None:
        grants = tuple(Grant(name, (TOWN,) if roles().roles[name].townships else ()) for name in names)
        user = User("zhang", "张三（测试）", "proxy", claimed={"baiyin": grants}, address="198.51.100.7")
        monkeypatch.setattr(entrance, "identify", lambda: user if names else entrance.nobody())

    return be


def menu(page: AppTest) -> set[str]:
    nav = next(html for html in markup(page) if html.startswith("<nav"))
    return {name or PAGES[0].name for name in LINK.findall(nav)}


def allowed(*names: str) -> set[str]:
    may = {action for name in names for action in roles().roles[name].may}
    return {entry.name for entry in PAGES if entry.needs in may}


GIVEN = [name for name, role in roles().roles.items() if role.given]


@pytest.mark.parametrize("role", GIVEN)
def test_each_page_as_each_role(opened: Open, as_role: As, role: str) -> None:
    as_role(role)
    page = opened("baiyin", PAGES[0].name)
    for entry in PAGES:
        page.switch_page(str(entry.file)).run()
        assert not page.exception
        assert menu(page) == allowed(role)
        assert (REFUSED in texts(page)) == (entry.name not in allowed(role)), entry.name


def test_nobody_sees_nothing_until_the_county_says_so(
    opened: Open, as_role: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_role()
    for name in ("overview", "upload"):
        page = opened("baiyin", name)
        assert REFUSED in texts(page)
        assert not [html for html in markup(page) if html.startswith("<nav")]
        assert "示例数据" not in texts(page)
    shown = BAIYIN.model_copy(update={"access": Admission(anonymous=True)})
    monkeypatch.setattr(loaders, "county", lambda _: shown)
    page = opened("baiyin", "funds")
    assert menu(page) == allowed("anonymous")
    assert REFUSED not in texts(page)
    assert REFUSED in texts(opened("baiyin", "upload"))


def test_a_member_of_another_county_is_nobody_here(opened: Open, as_role: As, monkeypatch: pytest.MonkeyPatch) -> None:
    as_role("admin")
    user = User("zhang", "张三", "proxy", claimed={"mouding": (Grant("admin"),)})
    monkeypatch.setattr(entrance, "identify", lambda: user)
    assert REFUSED in texts(opened("baiyin", "overview"))


def test_a_role_taken_away_ends_at_the_next_run(opened: Open, as_role: As, monkeypatch: pytest.MonkeyPatch) -> None:
    as_role()
    monkeypatch.setattr(entrance, "identify", lambda: User("li", "李四", "proxy"))
    store = open_store()
    store.set_member(BAIYIN.code, "li", [Grant("viewer")], "操作员")
    page = opened("baiyin", "funds")
    assert REFUSED not in texts(page)
    store.set_member(BAIYIN.code, "li", [], "操作员")
    assert REFUSED in texts(page.run())
    entry = store.audit(BAIYIN.code)[0]
    assert (entry.event, entry.subject, entry.user_id, entry.name) == ("refused", "view", "li", "李四")


def test_counts_under_five_are_for_those_who_work_with_them(opened: Open, as_role: As) -> None:
    opened("baiyin", "overview")  # the caches are this home's
    plan = loaders.plan("baiyin", "baiyin-2021")
    day = dt.date(2022, 12, 31)
    counted = [i.id for i in plan.indicators if of_people(i) and i.data.agg == "count"]
    seen = {}
    for role in ("clerk", "viewer", "anonymous", "reader"):
        with using(access(User("li", "李四（测试）", "proxy"), BAIYIN.code, [Grant(role)])):
            rows = loaders.evaluated("baiyin", plan.id, day)
            seen[role] = rows.loc[rows["indicator"].isin(counted) & rows["value"].between(1, SMALLEST_CELL - 1)]
            withheld = (rows["status"] == WITHHELD).sum()
            assert (withheld > 0) == (role != "clerk")
            if role == "viewer":
                hidden = rows.loc[rows["status"] == WITHHELD].set_index("indicator")["region"]
                past = loaders.history("baiyin", plan.id, "workshop_jobs", hidden["workshop_jobs"].iloc[0])
                assert not past["value"].between(1, SMALLEST_CELL - 1).any()
                facts = loaders.briefing_facts("baiyin", plan.id, day, dt.date(2022, 11, 30), None)
                for lang in ("zh", "en"):
                    assert not re.search(r"(?<!value=)\bnan\b", repr(compose(facts, lang)))
    assert len(seen["clerk"])
    assert seen["viewer"].empty
    assert seen["anonymous"].empty
    assert seen["reader"].empty


def test_a_figure_that_is_not_shown_is_named_as_such(opened: Open, as_role: As) -> None:
    for role, there in (("viewer", True), ("approver", False)):
        as_role(role)
        page = opened("baiyin", "industry_employment", indicator="workshop_jobs")
        assert not page.exception
        assert any("涉及不足5，不显示" in text for text in texts(page)) == there


def test_villages_that_are_not_shown_are_not_said_to_have_no_data(opened: Open, as_role: As) -> None:
    """Of 易地搬迁 employment all villages are withheld from a viewer: they have reported all the same."""
    for role, there in (("viewer", True), ("approver", False)):
        as_role(role)
        page = opened("baiyin", "industry_employment", indicator="relocated_employment")
        assert not page.exception
        told = " ".join(texts(page))
        assert ("24个村的数涉及不足五户（人），不显示。" in told) == there
        assert "本指标没有村级数据" not in told


NOT_JUDGED = re.compile(r"有 (\d+) 项因涉及不足五户（人）未参与评判，比例和名次可能与经办人员所见不同")


def test_who_sees_less_is_told_that_less_is_judged(opened: Open, as_role: As) -> None:
    for role, there in (("viewer", True), ("clerk", False)):
        as_role(role)
        for name in ("ranking", "overview"):
            page = opened("baiyin", name)
            assert not page.exception
            told = [found for text in texts(page) if (found := NOT_JUDGED.search(text))]
            assert bool(told) == there, (role, name)
            assert all(int(found[1]) for found in told)


def test_documents_say_what_is_not_judged_for_their_reader(opened: Open, as_role: As) -> None:
    opened("baiyin", "overview")  # the caches are this home's
    for role in ("viewer", "clerk"):
        with using(access(User("li", "李四（测试）", "proxy"), BAIYIN.code, [Grant(role)])):
            facts = loaders.briefing_facts("baiyin", "baiyin-2021", dt.date(2022, 12, 31), None, None)
            rows = facts.now.loc[(facts.now["status"] == WITHHELD) & facts.now["target"].notna()]
            hidden = {
                level: int((~rows.loc[rows["level"] == level, "marks"].map(is_soft).astype(bool)).sum())
                for level in ("county", "township")
            }
            assert bool(hidden["township"]) == (role == "viewer")
            for lang, words in (
                ("zh", "有 {n} 项因涉及不足五户（人）未参与评判"),
                ("en", "five households or persons: {n} figures"),
            ):
                # The words of each section, and those of its table, which a workbook has alone.
                sections = compose(facts, lang).sections
                said = {s.id: repr([b for b in s.blocks if isinstance(b, Paragraph)]) for s in sections}
                notes = {s.id: repr([b for b in s.blocks if isinstance(b, Table)]) for s in sections}
                for section, level in (("overall", "county"), ("ranking", "township")):
                    for told_there in (said, notes):
                        assert (words.format(n=hidden[level]) in told_there[section]) == (hidden[level] > 0)
                summary = repr(townships.content(facts, lang).sections[0])
                assert (words.format(n=hidden["township"]) in summary) == (hidden["township"] > 0)


def button(page: AppTest, key: str) -> bool | None:
    """Return whether a button can be pressed, None if it is not there."""
    return next((not one.disabled for one in page.button if one.key == key), None)


def test_what_one_may_not_do_cannot_be_pressed(opened: Open, as_role: As) -> None:
    newest = str(next(b.number for b in open_store().batches(BAIYIN.code) if b.active))
    pressed = {}
    for role in ("clerk", "approver"):
        as_role(role)
        page = opened("baiyin", "upload")
        page.session_state["batch"] = newest
        pressed[role] = button(page.run(), "undo")
    assert pressed == {"clerk": None, "approver": True}
    for role, there in (("viewer", None), ("clerk", True), ("reader", None)):
        as_role(role)
        assert button(opened("baiyin", "overview"), "meeting_keep") == there


def test_a_township_clerk_is_told_what_is_theirs(opened: Open, as_role: As) -> None:
    as_role("township_clerk")
    page = opened("baiyin", "upload")
    page.selectbox(key="nil_table").set_value("issues").run()
    towns = page.multiselect(key="nil_towns")
    assert (len(towns.options), towns.value) == (1, [TOWN])  # theirs only, chosen
    assert not any("您只能在" in text for text in texts(page))
    towns.set_value([]).run()
    assert any("您只能在" in text for text in texts(page))
    assert button(page, "nil_send") is False


def test_only_who_may_undo_is_offered_to(opened: Open, as_role: As) -> None:
    for role, undoes in (("township_clerk", False), ("clerk", False), ("approver", True)):
        as_role(role)
        page = opened("baiyin", "upload")
        assert any("点选一批可撤销" in text for text in texts(page)) is undoes, role
        assert any("点选一批看详情" in text for text in texts(page)) is not undoes, role
        assert ("undo" in [one.key for one in page.button]) is undoes, role
        assert any("撤销后恢复" in text for text in texts(page)) is undoes, role


def test_who_may_not_move_a_problem_on_is_asked_for_nothing(opened: Open, as_role: As) -> None:
    for role, may in (("viewer", False), ("clerk", True)):
        as_role(role)
        page = opened("baiyin", "tasks")
        fields = [one.key for one in (*page.text_input, *page.date_input)]
        assert any(str(key).startswith("pr_") for key in fields) is may, role
        assert any(str(one.key).startswith("pr_") for one in page.button) is may, role


def test_members_are_changed_on_their_page(opened: Open, as_role: As) -> None:
    as_role("admin")
    page = opened("baiyin", "members")
    page.text_input(key="member_id").set_value("wang").run()
    page.text_input(key="member_name_").set_value("王五（区财政局）").run()
    assert button(page, "member_save_") is False
    page.multiselect(key="member_roles_").set_value(["township_clerk", "viewer"]).run()
    assert "请选择乡镇。" in texts(page)
    page.multiselect(key="member_towns_").set_value([TOWN]).run()
    page.button(key="member_save_").click().run()
    assert not page.exception
    (member,) = [m for m in open_store().members(BAIYIN.code) if m.user_id == "wang"]
    assert member.grants == (Grant("township_clerk", (TOWN,)), Grant("viewer"))
    assert (member.name, member.added_by) == ("王五（区财政局）", "张三（测试）")
    assert "王五（区财政局）" in texts(page)
    page.session_state["member"] = "wang"
    page.run()
    assert button(page, "member_take_wang") is False  # not at one click
    page.checkbox(key="member_meant_wang").check().run()
    assert page.checkbox(key="member_meant_wang").label == "确认收回 王五（区财政局） 的全部角色"
    press(page, "member_take_wang")
    assert [m.user_id for m in open_store().members(BAIYIN.code)] == []
    page = opened("baiyin", "audit")
    told = texts(page)
    assert "角色变更" in told
    assert "198.51.100.7" in told
    assert "全县（区）" in "".join(told)  # where the sample files are of, and what they did to its figures
    assert any("是首个数据日期" in text or "因它变化的指标" in text for text in told)
    page.text_input(key="audit_text").set_value("没有的字").run()
    assert "没有符合条件的记录。" in texts(page)


def test_a_page_cannot_write_what_the_door_refuses(opened: Open, as_role: As) -> None:
    """What a disabled button would have done is refused by the store all the same."""
    as_role("viewer")
    opened("baiyin", "plan")  # pages have run, and remember what they read
    viewer = loaders.access_of(User("zhang", "张三", "proxy", claimed={"baiyin": (Grant("viewer"),)}), "baiyin")
    with using(viewer), pytest.raises(DeniedError):
        upload.undo(loaders.store(), BAIYIN, 1, Actor("张三", verified=True))
    with using(viewer), pytest.raises(DeniedError):
        loaders.stored("baiyin", "households")
    with using(viewer), pytest.raises(DeniedError):
        loaders.rows("mouding", "funds")


def test_in_an_open_deployment_it_says_so(opened: Open) -> None:
    page = opened("baiyin", "overview")
    assert "此处不核验身份：凡能打开本地址者均可查看和修改全部内容。" in texts(page)
    assert menu(page) == {entry.name for entry in PAGES}


def test_lists_of_people_are_for_whom_the_county_names_and_for_a_reason(
    opened: Open, as_role: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    village = "620402100201"
    named = BAIYIN.model_copy(update={"access": Admission(persons=("approver",))})
    monkeypatch.setattr(loaders, "county", lambda _: named)
    store = open_store()

    def looks() -> int:
        return [entry.event for entry in store.audit(BAIYIN.code)].count("people_shown")

    as_role("clerk")
    assert "名单（脱敏）" not in titles(opened("baiyin", "village", village=village))
    as_role("approver")
    page = opened("baiyin", "village", village=village)
    assert "名单（脱敏）" in titles(page)
    page.text_input(key="people_reason").set_value("看看")
    press(page, "people_show")
    assert looks() == 0
    assert "监测类别" not in "".join(markup(page))
    page.text_input(key="people_reason").set_value("核对七月走访名单")
    press(page, "people_show")
    assert looks() == 1
    assert "监测类别" in "".join(markup(page))
    page.run()  # gone: the next look needs its own reason
    assert "监测类别" not in "".join(markup(page))
    assert looks() == 1


def press(page: AppTest, key: str) -> None:
    next(one for one in page.button if one.key == key).click().run()
    assert not page.exception
