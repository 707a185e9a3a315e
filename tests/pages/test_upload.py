"""The upload page: what is shown, in both languages and on an empty store, and that a commit is seen at once."""

import inspect
import io
import re

import openpyxl
import pytest
from intake.making import workbook
from support.clicks import click_meanwhile
from support.messy import by_year, drinking_water, villages
from support.pages import markup, texts, titles

from components import turns
from components.uploads import held as session
from data import loaders, preview, upload
from data.intake.numbering import BY_NAME
from data.quick_look import Look
from data.registry import counties, county
from data.store import MovedError, Store, UnavailableError, open_store
from data.upload import Actor
from geo.regions import regions

TOWN = regions("500113").query("level == 'township'")["code"].iloc[0]
FUNDS = (
    f"区划代码,月末,层级,资金种类,到位额（万元）,累计支出（万元）\n{TOWN},2023-04-30,中央,衔接资金,100,33.5\n".encode()
)


@pytest.mark.parametrize("slug", [entry.slug for entry in counties()])
def test_the_page_shows_what_is_stored_and_who_stored_it(on_sample, slug):
    page = on_sample(slug, "upload")
    assert not page.exception
    assert {"1 · 选择文件", "零报告", "十张上报表", "导入记录"} <= set(titles(page))
    told = " ".join(texts(page))
    assert "示例数据 demo" in told
    assert "未认证" in told


@pytest.mark.parametrize(("name", "gives_way"), [("upload", True), ("funds", False)])
def test_a_page_that_works_on_files_gives_way_at_each_thing_it_shows(on_sample, monkeypatch, name, gives_way):
    asked = []
    monkeypatch.setattr(turns, "give_way", asked.append)
    page = on_sample("banan", name)
    assert not page.exception
    assert (len(asked) > 20) == gives_way
    first = len(asked)
    page.run()
    assert not page.exception
    assert (len(asked) > first + 20) == gives_way


def test_the_page_in_english(on_sample):
    page = on_sample("banan", "upload", lang="en")
    assert not page.exception
    assert {"1 · Choose a file", "Nil return", "The ten tables", "Import history"} <= set(titles(page))


def test_an_empty_store_takes_uploads(on_nothing):
    page = on_nothing("mouding", "upload")
    assert not page.exception
    assert "尚未导入任何文件。" in " ".join(texts(page))


def test_a_read_only_deployment_says_so_and_takes_nothing(on_nothing, monkeypatch):
    monkeypatch.setenv("XIANJIE_READONLY", "1")
    open_store(read_only=False).close()
    page = on_nothing("banan", "upload")
    assert not page.exception
    assert "只读" in " ".join(texts(page))
    assert page.button(key="nil_send").disabled


def test_a_nil_return_is_sent_and_listed(on_nothing):
    page = on_nothing("banan", "upload")
    page.selectbox(key="nil_table").set_value("issues").run()
    assert page.button(key="nil_send").disabled  # nobody has said who they are
    page.session_state["_actor"] = Actor("测试（区财政局）")
    page.run()
    page.button(key="nil_send").click().run()
    assert not page.exception
    batch = open_store().batches("500113")[0]
    assert (batch.action, batch.table, batch.actor, batch.verified) == ("nil", "issues", "测试（区财政局）", False)
    assert "第 1 批已入库" in titles(page)
    assert "测试（区财政局）" in " ".join(texts(page))
    # It has no file: the list and the question before an undo say so instead of naming nothing.
    assert any("零报告，无文件" in text and "class='t slim told'" in text for text in markup(page))
    page.session_state["batch"] = "1"
    page.run()
    page.button(key="undo").click().run()
    assert not page.exception
    assert any("问题与风险清单 · 零报告，无文件 · " in text for text in [*texts(page), *markup(page)])
    assert "撤回零报告：问题与风险清单 · 全县（区）。" in " ".join(texts(page))
    assert "没有数据恢复" in " ".join(texts(page))


@pytest.mark.faulty
def test_figures_that_could_not_be_computed_are_told_as_following(on_nothing, monkeypatch):
    def busy(*_, **__):
        raise UnavailableError("busy")

    page = as_somebody(on_nothing("banan", "upload"))
    with monkeypatch.context() as failing:
        failing.setattr(Store, "write_measures", busy)
        page.file_uploader[0].upload("四月资金.csv", FUNDS).run()
        page.button(key="commit").click().run()
    assert not page.exception
    told = " ".join(texts(page))
    assert "第 1 批已入库" in titles(page)
    assert "已存为第 1 批" in told
    assert "没有任何改动" not in told + " ".join(node.value for node in page.error)


def test_what_another_process_commits_is_seen_at_the_next_rerun(on_nothing):
    page = on_nothing("banan", "upload")
    assert "尚未导入任何文件。" in " ".join(texts(page))
    banan, store = county("banan"), open_store()
    checked = upload.check(banan, FUNDS, "四月资金.csv")
    upload.commit(store, banan, checked, FUNDS, Actor("a tester"))
    page.run()
    assert "四月资金.csv" in " ".join(texts(page))
    assert "2023-04-30" in page.selectbox(key="asof").options


def test_the_newest_date_is_shown_after_a_commit_unless_another_was_chosen(on_nothing):
    banan, store = county("banan"), open_store()
    for month, who in (("03-31", "a"), ("04-30", "b")):
        raw = FUNDS.replace(b"04-30", month.encode())
        upload.commit(store, banan, upload.check(banan, raw, "f.csv"), raw, Actor(who))
    page = on_nothing("banan", "upload")
    page.session_state["_actor"] = Actor("测试（区财政局）")
    page.selectbox(key="nil_table").set_value("funds").run()
    assert page.selectbox(key="asof").value == "2023-04-30"
    page.multiselect(key="nil_months").set_value(["2023-04"]).run()
    assert page.button(key="nil_send").disabled  # a row would end: that is to be confirmed
    page.checkbox[0].check().run()
    page.button(key="nil_send").click().run()
    assert not page.exception
    assert page.selectbox(key="asof").value == page.selectbox(key="asof").options[0] == "2023-03-31"


def as_somebody(page):
    page.session_state["_actor"] = Actor("测试（区财政局）")
    return page.run()


def notices(page):
    return [node.value for node in page.warning]


def test_who_acts_gives_name_and_office_before_anything_is_stored(on_nothing):
    page = on_nothing("banan", "upload")
    page.button(key="actor_sent").click().run()
    assert notices(page) == ["请填写姓名。"]
    page.text_input(key="actor_name").set_value("  ").run()
    page.button(key="actor_sent").click().run()
    assert notices(page) == ["请填写姓名。"]
    page.text_input(key="actor_name").set_value("李四").run()
    page.button(key="actor_sent").click().run()
    assert notices(page) == ["请选择或填写单位。"]
    page.selectbox(key="actor_office").select_index(0).run()
    page.button(key="actor_sent").click().run()
    assert not page.exception
    told = " ".join(texts(page))
    assert f"李四（{county('banan').offices[0]}）" in told
    assert "未认证" in told
    page.button(key="actor_change").click().run()
    assert page.text_input(key="actor_name").value == ""


def test_a_file_that_cannot_be_read_is_refused_in_words_and_nothing_is_offered(on_nothing):
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("四月资金.xlsx", b"PK\x03\x04 this is no workbook").run()
    assert not page.exception
    told = " ".join(texts(page))
    assert "拒收" in told
    assert "文件被拒收，不能入库。" in told
    assert page.button(key="commit").disabled
    assert not {"问题", "列"} & set(titles(page))
    assert open_store().batches("500113") == []


def test_rows_with_errors_are_listed_but_not_looked_at(on_nothing):
    good, bad = regions("500113").query("level == 'township'")["code"].iloc[:2]
    raw = FUNDS.decode() + f"{bad},2023-04-30,中央,衔接资金,若干,900\n"
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("四月资金.csv", raw.encode()).run()
    assert not page.exception
    assert "若干" in " ".join(texts(page))
    held = page.session_state["_upload"]
    assert held.view.townships == {good}
    assert page.button(key="commit").disabled
    names = dict(regions("500113")[["code", "short_name"]].to_numpy())
    ranked = next(text for text in markup(page) if "data-id" in text and names[good] in text)
    assert names[bad] not in ranked


def by_another_hand(raw, name="李四的文件.csv"):
    banan = county("banan")
    return upload.commit(open_store(), banan, upload.check(banan, raw, name), raw, Actor("李四（区乡村振兴局）"))


def test_what_others_stored_since_the_comparison_is_shown_before_a_click_counts(on_nothing):
    by_another_hand(FUNDS.replace("衔接资金".encode(), "其他".encode()), "以前.csv")
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("四月资金.csv", FUNDS).run()
    page.checkbox[0].check().run()
    assert not page.button(key="commit").disabled
    by_another_hand(FUNDS.replace(b"33.5", b"44"))
    page.button(key="commit").click().run()
    assert not page.exception
    assert len(open_store().batches("500113")) == 2  # nothing of ours
    told = " ".join(texts(page))
    assert "李四的文件.csv" in told
    assert "李四（区乡村振兴局）" in told
    assert "变更 1" in re.sub("<[^>]*>", "", " ".join(markup(page)))
    page.button(key="commit").click().run()
    assert not page.exception
    assert open_store().batches("500113")[0].changed == 1


def test_a_file_is_checked_anew_only_for_what_concerns_it(on_nothing, monkeypatch):
    """Of twenty townships that send their tables at once none waits for the check of the others'."""
    other = regions("500113").query("level == 'township'")["code"].iloc[1]
    looked, really = [], session.look_at
    monkeypatch.setattr(session, "look_at", lambda *a, **k: looked.append(a) or really(*a, **k))
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("四月资金.csv", FUNDS).run()
    by_another_hand(FUNDS.replace(TOWN.encode(), other.encode()), "别的镇.csv")
    page.run()
    assert len(looked) == 1
    assert "别的镇.csv" in " ".join(texts(page))  # in the history: the page knows of it
    by_another_hand(FUNDS.replace(b"33.5", b"44"))
    page.run()
    assert len(looked) == 2
    assert "变更 1" in re.sub("<[^>]*>", "", " ".join(markup(page)))


def test_a_second_click_takes_nothing_away_from_the_first(on_nothing, monkeypatch):
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("四月资金.csv", FUNDS).run()
    calls = click_meanwhile(monkeypatch, upload, "commit")
    page.button(key="commit").click().run()
    assert not page.exception
    assert "第 1 批已入库" in titles(page)
    told = " ".join(texts(page))
    assert "改动了这张表" not in told
    assert "2 · 入库" not in titles(page)  # the file is let go of
    assert len(calls) == len(open_store().batches("500113")) == 1


def test_a_second_click_sends_no_second_nil_return(on_nothing, monkeypatch):
    page = as_somebody(on_nothing("banan", "upload"))
    page.selectbox(key="nil_table").set_value("issues").run()
    calls = click_meanwhile(monkeypatch, upload, "nil_return")
    page.button(key="nil_send").click().run()
    assert not page.exception
    assert "第 1 批已入库" in titles(page)
    assert len(calls) == len(open_store().batches("500113")) == 1


@pytest.mark.parametrize(("lang", "told"), [("zh", "累计数减少"), ("en", "Running total falls")])
def test_a_file_is_held_against_what_is_stored(on_nothing, lang, told):
    by_another_hand(FUNDS, "以前.csv")
    page = as_somebody(on_nothing("banan", "upload", lang=lang))
    page.file_uploader[0].upload("五月资金.csv", FUNDS.replace(b"04-30", b"05-31").replace(b"33.5", b"30")).run()
    assert not page.exception
    assert told in " ".join(texts(page))
    assert not page.button(key="commit").disabled  # a warning asks for a look, no more


def test_what_is_replaced_is_told_and_can_be_narrowed_to_a_township(on_nothing):
    towns = regions("500113").query("level == 'township'")
    other, name = towns["code"].iloc[1], towns["name"].iloc[1]
    by_another_hand(FUNDS.replace(TOWN.encode(), other.encode()))
    raw = FUNDS + f"{other},2023-05-31,中央,衔接资金,100,1\n".encode()
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("两个乡镇.csv", raw).run()
    assert not page.exception
    # April of the other township is inside, as the file has April, and that township.
    assert "2023-04 – 2023-05 (2)" in " ".join(texts(page))
    assert "其中现有 1 行" in " ".join(texts(page))
    listed = next(html for html in markup(page) if name in html and "2023-04" in html and "class='t" in html)
    assert listed.index("2023-04") < listed.index(name) < listed.index("2023-05")  # what ends comes first
    assert page.button(key="commit").disabled
    next(box for box in page.multiselect if box.key.startswith("only_towns_")).set_value([TOWN[:9]]).run()
    told = " ".join(texts(page))
    assert "文件中有 1 行属于其他月份或乡镇，不会入库。" in told
    assert f"替换范围：2023-04 · {towns['name'].iloc[0]}" in told
    assert not page.button(key="commit").disabled
    page.button(key="commit").click().run()
    assert not page.exception
    assert open_store().batches("500113")[0].scope.townships == (TOWN[:9],)
    # The rest of the file can be taken after it.
    page.file_uploader[0].upload("两个乡镇.csv", raw).run()
    assert "已入库" in " ".join(texts(page))
    next(box for box in page.multiselect if box.key.startswith("only_towns_")).set_value([other[:9]]).run()
    next(box for box in page.multiselect if box.key.startswith("only_months_")).set_value(["2023-05"]).run()
    page.button(key="commit").click().run()
    assert not page.exception
    assert len(open_store().rows("500113", "funds")) == 3


def test_the_whole_period_is_replaced_if_so_chosen_and_confirmed(on_nothing):
    other = regions("500113").query("level == 'township'")["code"].iloc[1]
    by_another_hand(FUNDS.replace(TOWN.encode(), other.encode()))
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("四月资金.csv", FUNDS).run()
    assert not page.button(key="commit").disabled
    mode = next(box for box in page.button_group if box.key.startswith("mode_"))
    mode.set_value("period").run()
    assert "全县（区）；其中现有 1 行" in " ".join(texts(page))
    assert page.button(key="commit").disabled
    page.checkbox[0].check().run()
    page.button(key="commit").click().run()
    assert not page.exception
    assert open_store().rows("500113", "funds")["geo_code"].tolist() == [TOWN]


def test_a_commit_between_run_and_click_is_refused_by_the_store(on_nothing):
    banan = county("banan")
    by_another_hand(FUNDS)
    raw = FUNDS.replace(b"33.5", b"44")
    with pytest.raises(MovedError) as refused:
        upload.commit(open_store(), banan, upload.check(banan, raw, "f.csv"), raw, Actor("x"), seen_at=0)
    assert [b.actor for b in refused.value.batches] == ["李四（区乡村振兴局）"]


@pytest.mark.parametrize(("day", "asked"), [("2023-07-31", False), ("2023-08-31", True)])
def test_a_leap_of_the_newest_date_is_to_be_confirmed(on_nothing, day, asked):
    by_another_hand(FUNDS)
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("f.csv", FUNDS.replace(b"2023-04-30", day.encode())).run()
    assert page.button(key="commit").disabled is asked
    assert len(page.checkbox) == int(asked)
    if asked:
        assert day in page.checkbox[0].label
        page.checkbox[0].check().run()
    page.button(key="commit").click().run()
    assert not page.exception
    assert len(open_store().batches("500113")) == 2


# ---- any other table -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_any_table_is_looked_at_and_nothing_is_stored(on_nothing, lang):
    page = as_somebody(on_nothing("banan", "upload", lang=lang))
    page.file_uploader[0].upload("饮水.xlsx", drinking_water()).run()
    assert not page.exception
    named = {"zh": {"文件原样", "快速查看", "问题清单"}, "en": {"The file as it stands", "Quick look", "Problems"}}
    assert named[lang] <= set(titles(page))
    told = " ".join(texts(page))
    roles = {"zh": "标题 单位 表头 数据 合计", "en": "title unit header data total"}
    sheet = next(html for html in markup(page) if "class='t sheet'" in html)
    assert all(role in sheet for role in roles[lang].split())
    assert "<script>" not in sheet  # as the file has it, but escaped
    assert "&lt;script&gt;" in sheet
    assert "乌有村" in told
    assert {"zh": "不入库", "en": "nothing is stored"}[lang] in told
    assert not [b for b in page.button if b.key == "commit"]
    assert open_store().batches("500113") == []
    held = page.session_state["_upload"]
    assert not held.checked.ok


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_villages_that_a_file_lacks_are_named_before_they_stay_as_they_are(on_nothing, lang):
    known = regions("500113").query("level == 'village' and parent == @TOWN").head(2)
    raw = "\n".join(["行政村代码,农村人口", *(f"{code},1000" for code in known["code"])]).encode()
    by_another_hand(raw)
    page = as_somebody(on_nothing("banan", "upload", lang=lang))
    page.file_uploader[0].upload("名册.csv", raw.rsplit(b"\n", 1)[0]).run()
    assert not page.exception
    told = next(text for text in texts(page) if known["short_name"].iloc[1] in text)
    said = {"zh": "已入库、文件里没有的村有 1 个，保持不变", "en": "1 villages are stored and not in the file"}
    assert said[lang] in told


@pytest.mark.parametrize(("lang", "asked"), [("zh", "“平塬村”是哪个地方？"), ("en", "which place is it")])
def test_a_place_that_a_quick_look_did_not_find_is_said_and_taken_back(on_nothing, lang, asked):
    raw = "乡镇,村,旅客（人）\n姜家镇,平塬村,5\n姜家镇,文石村,3\n".encode()
    page = on_nothing("banan", "upload", lang=lang)
    page.file_uploader[0].upload("旅客.csv", raw).run()
    box = of_key(page.selectbox, "ask_")
    assert asked in box.label
    box.set_value("500113115219").run()
    assert not page.exception
    assert page.session_state["_upload"].view.look.missing == {}
    page.button(key="said_0").click().run()
    assert not page.exception
    assert page.session_state["_upload"].view.look.missing == {"姜家镇平塬村": 1}


def test_sheets_that_a_quick_look_leaves_out_are_named_beside_it(on_nothing):
    page = as_somebody(on_nothing("banan", "upload"))
    town = regions("500113").query("level == 'township'")["name"].iloc[0]
    other = [["柑橘"], ["乡镇", "柑橘挂果面积（株）", "采摘量（吨）"], [town, 5, 4], [town, 6, 4]]
    first = [["柑橘"], ["乡镇", "柑橘挂果面积（亩）", "采摘量（吨）"], [town, 1, 2]]
    page.file_uploader[0].upload("柑橘.xlsx", workbook(甲=first, 乙=other)).run()
    assert not page.exception
    assert any("这里没有显示的工作表" in text and "甲 (1)" in text for text in texts(page))


@pytest.mark.parametrize(
    ("lang", "asked", "answer"),
    [("zh", "没有写明“层级”：全表属于哪一项？", "层级 → 中央"), ("en", "“Tier” is not stated", "Tier → Central")],
)
def test_of_which_kind_all_rows_are_is_asked_in_words_and_answered_by_a_click(on_nothing, lang, asked, answer):
    town = regions("500113").query("level == 'township'")["name"].iloc[0]
    raw = f"2023年4月衔接资金情况,,\n乡镇,到位额（万元）,累计支出（万元）\n{town},100,50\n".encode()
    page = as_somebody(on_nothing("banan", "upload", lang=lang))
    page.file_uploader[0].upload("四月.csv", raw).run()
    assert not page.exception
    assert page.button(key="commit").disabled
    box = of_key(page.selectbox, "ask_")
    assert asked in box.label
    box.set_value("central").run()
    assert not page.exception
    assert not page.button(key="commit").disabled
    assert answer in [button.label for button in page.button]


@pytest.mark.parametrize(
    ("lang", "asked", "answer"),
    [
        ("zh", "表里没有“项目编号”列：各行怎么编号？", "按年度、地点和名称编号"),
        ("en", "The file has no column", "Number them by year"),
    ],
)
def test_projects_without_numbers_are_numbered_by_a_click(on_nothing, lang, asked, answer):
    raw = "项目名称,村,已支付（万元）\n便民桥,文石村,5\n".encode()
    page = as_somebody(on_nothing("banan", "upload", lang=lang))
    page.file_uploader[0].upload("姜家镇2023年项目进度（4月）.csv", raw).run()
    assert page.button(key="commit").disabled
    box = of_key(page.selectbox, "ask_")
    assert asked in box.label
    box.set_value(BY_NAME).run()
    assert not page.exception
    assert not page.button(key="commit").disabled
    labels = [button.label for button in page.button]
    assert any(answer in label for label in labels), labels


def test_figure_and_grouping_are_one_click_each(on_nothing):
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("饮水.xlsx", drinking_water()).run()

    def ranked():
        return re.sub("<[^>]*>", " ", next(html for html in markup(page) if "data-id" in html))

    first = villages(30).iloc[4]
    assert first["short_name"] in ranked()
    choose(page, "by_", "_township")
    assert first["town"] in ranked()
    assert first["short_name"] not in ranked()
    choose(page, "figure_", "6")
    assert not page.exception
    assert "82.3" in ranked()  # 石龙镇, the last of 23 townships, has one row
    assert "比率不能相加" in " ".join(texts(page))


def choose(page, key, value):
    next(box for box in page.selectbox if box.key.startswith(key)).set_value(value).run()


@pytest.mark.parametrize(
    ("name", "raw"), [("四月资金.csv", FUNDS), ("面积.xlsx", by_year()), ("坏.csv", FUNDS.replace(b"33.5", b"x"))]
)
def test_a_file_that_rested_is_what_it_was(on_nothing, name, raw):
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload(name, raw).run()
    before = texts(page)
    page.session_state["_upload"].work.rest()
    assert page.session_state["_upload"].work.asleep
    page.run()
    assert not page.exception
    assert texts(page) == before


def test_years_in_the_header_are_drawn_as_a_line(on_nothing):
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("面积.xlsx", by_year()).run()
    assert not page.exception
    assert "全部行合计" in [option for box in page.selectbox for option in box.options]
    choose(page, "line_", "3")
    assert not page.exception


def test_a_table_can_be_said_to_be_meant_as_another_and_back(on_nothing):
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("饮水.xlsx", drinking_water()).run()
    choose(page, "taken_", "villages")
    assert not page.exception
    held = page.session_state["_upload"]
    assert held.checked.table == "villages" or held.checked.refusal
    assert page.button(key="commit").disabled
    choose(page, "taken_", "")
    assert not page.exception
    assert page.session_state["_upload"].checked.generic
    assert "快速查看" in titles(page)


def test_cells_pasted_are_looked_at_stored_and_let_go_of(on_nothing):
    page = as_somebody(on_nothing("banan", "upload"))
    cells = FUNDS.decode().replace(",", "\t")
    next(area for area in page.text_area if area.key.startswith("paste_")).set_value(cells).run()
    page.button(key="paste_send").click().run()
    assert not page.exception
    assert page.session_state["_upload"].checked.table == "funds"
    page.button(key="commit").click().run()
    assert not page.exception
    assert [b.file_name for b in open_store().batches("500113")] == ["粘贴.txt"]
    kept = [page.session_state[k] for k in ("_upload", "_upload_pasted") if k in page.session_state]
    assert kept == []
    assert all(area.value == "" for area in page.text_area)


def test_cells_pasted_can_be_taken_away(on_nothing):
    page = as_somebody(on_nothing("banan", "upload"))
    page.text_area[0].set_value("镇街\t户数（户）\n姜家镇\t12\n石滩镇\t9\n").run()
    page.button(key="paste_send").click().run()
    assert not page.exception
    assert page.session_state["_upload"].checked.generic
    page.button(key="paste_drop").click().run()
    assert not page.exception
    assert "_upload" not in page.session_state
    assert "零报告" in titles(page)


def test_problems_are_narrowed_to_a_rule_and_show_what_a_value_is_read_as(on_nothing):
    bad = regions("500113").query("level == 'township'")["code"].iloc[1]
    raw = FUNDS.decode() + f"{bad[:9]},2023-04-30,中央,衔接资金,一百多,9\n"
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("四月资金.csv", raw.encode()).run()
    listed = next(html for html in markup(page) if "读作" in html)
    assert bad in listed  # the code of nine digits, completed
    assert "一百多" in listed
    rule = page.session_state["_upload"].shown.listing("zh").query("value == '一百多'")["rule"].iloc[0]
    choose(page, "problem_rule_", rule)
    narrowed = next(html for html in markup(page) if "读作" in html)
    assert "一百多" in narrowed
    assert bad not in narrowed


def test_every_version_is_part_of_its_cache_key():
    """Streamlit leaves parameters with a leading underscore out of the key."""
    cached = [f for f in vars(loaders).values() if hasattr(f, "clear") and hasattr(f, "__wrapped__")]
    assert len(cached) > 10
    hidden = [f"{f.__name__}({p})" for f in cached for p in inspect.signature(f).parameters if p.startswith("_")]
    # What computes it, and what the stamp beside it tells: names and versions are in the key.
    assert set(hidden) <= {"_summary(_work)", "_judged(_every)", "_moved(_work)"}


ITEMS = """各村集体经济情况表,,
村名,村集体收入增长（元）,庭院经济示范户（户）
姜家镇平原村,100000,10
姜家镇文石村,200000,20
"""


def test_a_column_per_item_without_dates_is_stored_as_facts_of_the_month_told(on_nothing):
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("姜家镇.csv", ITEMS.encode()).run()
    assert not page.exception
    held = page.session_state["_upload"]
    assert (held.checked.table, held.checked.undated, held.checked.ok) == ("facts", True, False)
    month = next(box for box in page.selectbox if box.key.startswith("month_"))
    month.set_value("2023-09").run()
    assert not page.exception
    assert page.session_state["_upload"].checked.periods == ("2023-09",)
    page.button(key="commit").click().run()
    assert not page.exception
    batches = open_store().batches("500113")
    assert [(b.table, b.mode, b.scope.periods) for b in batches] == [("facts", "merge", ("2023-09",))]


SHOPS = "乡镇,村,车间全称,负责人姓名,建立时间,带动就业人数,吸纳脱贫人口人数"


@pytest.mark.parametrize(("lang", "replaced"), [("zh", "这些事项现有 6 行"), ("en", "only the 3 items")])
def test_villages_that_an_export_lists_no_more_are_told_before_they_end(on_nothing, lang, replaced):
    page = as_somebody(on_nothing("banan", "upload", lang=lang))
    shops = [SHOPS, "姜家镇,平原村,甲车间,欧阳一,2020年5月,30,12", "姜家镇,文石村,乙车间,欧阳二,2021年5月,10,0"]
    page.file_uploader[0].upload("车间202309.csv", "\n".join(shops).encode()).run()
    page.button(key="commit").click().run()
    page.file_uploader[0].upload("车间202309改.csv", "\n".join(shops[:2]).encode()).run()
    assert not page.exception
    assert replaced in " ".join(texts(page))
    assert page.button(key="commit").disabled
    page.checkbox[0].check().run()
    page.button(key="commit").click().run()
    assert not page.exception
    second = open_store().batches("500113")[0]
    assert (second.mode, second.removed) == ("replace", 3)
    assert set(open_store().rows("500113", "facts")["geo_code"]) == {"500113115219"}


def of_two_sheets(second: str) -> bytes:
    made, output = openpyxl.Workbook(), io.BytesIO()
    made.remove(made.active)
    head = ["月末", "层级", "资金种类", "到位额（万元）", "累计支出（万元）"]
    for town, spent in (("姜家镇", "10"), ("安澜镇", second)):
        sheet = made.create_sheet(town)
        sheet.append(head)
        sheet.append(["2023-04-30", "中央", "衔接资金", 100, spent])
    made.save(output)
    return output.getvalue()


@pytest.mark.parametrize(("lang", "said"), [("zh", "表头相同，合为一张表读取"), ("en", "were read as one table")])
def test_sheets_of_one_form_are_one_table_and_another_may_be_chosen(on_nothing, lang, said):
    page = as_somebody(on_nothing("banan", "upload", lang=lang))
    page.file_uploader[0].upload("各镇.xlsx", of_two_sheets("不详")).run()
    assert not page.exception
    assert said in str(page.session_state["_upload"].checked.messages(lang))
    assert page.button(key="commit").disabled
    of_key(page.selectbox, "sheet_").set_value("姜家镇").run()
    assert not page.exception
    assert page.session_state["_upload"].checked.sheet == "姜家镇"
    assert not page.button(key="commit").disabled
    of_key(page.selectbox, "sheet_").set_value(None).run()
    labelled(page.text_input, "“安澜镇”E2").set_value("30").run()
    assert not page.exception
    page.button(key="commit").click().run()
    assert not page.exception
    assert sorted(open_store().rows("500113", "funds")["spent"]) == [10, 30]


def test_sheets_of_one_form_are_looked_at_together(on_nothing):
    def sheet(*rows):
        return [["柑橘生产情况"], ["村名", "柑橘挂果面积（亩）", "采摘量（吨）"], *rows]

    raw = workbook(姜家镇=sheet(["平原村", 10, 1], ["文石村", 20, 2]), 石滩镇=sheet(["方斗村", 5, 4], ["双河村", 6, 1]))
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("柑橘.xlsx", raw).run()
    assert not page.exception
    told = " ".join([*texts(page), *markup(page)])
    assert "“姜家镇”（2 行）、“石滩镇”（2 行）表头相同" in told
    assert "识别 4 列，未用 0 列" in told
    assert "工作表" in told


def test_the_sheet_chosen_is_kept_with_the_batch(on_nothing):
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("各镇.xlsx", of_two_sheets("20")).run()
    of_key(page.selectbox, "sheet_").set_value("安澜镇").run()
    page.button(key="commit").click().run()
    assert not page.exception
    (batch,) = open_store().batches("500113")
    assert '"sheet": "安澜镇"' in batch.corrections
    assert batch.rows == 1


WRONG = """乡镇,村名,日期,事项代码,数值
姜家镇,乌有村,2023-09-30,collective_income,12
姜家镇,文石村,2023-09-30,collective_income,九十几
"""


def labelled(nodes, text):
    return next(node for node in nodes if text in node.label)


def of_key(nodes, start):
    return next(node for node in nodes if node.key and node.key.startswith(start))


def corrected(page, village, cell="91"):
    labelled(page.selectbox, "乌有村").set_value(village).run()
    labelled(page.text_input, "数值").set_value(cell).run()
    assert not page.exception
    return page


@pytest.mark.parametrize(("lang", "notice"), [("zh", "请在上方就地更正"), ("en", "Correct them above")])
def test_places_and_cells_are_corrected_where_they_are_told(on_nothing, lang, notice):
    page = as_somebody(on_nothing("banan", "upload", lang=lang))
    page.file_uploader[0].upload("九月.csv", WRONG.encode()).run()
    assert notice in " ".join(texts(page))
    assert page.button(key="commit").disabled
    corrected(page, "500113115219")
    assert not page.button(key="commit").disabled
    frame = page.session_state["_upload"].checked.frame
    assert dict(zip(frame["geo_code"], frame["value"], strict=True)) == {"500113115219": 12, "500113115215": 91}
    page.button(key="said_1").click().run()  # the cell is as the file has it again
    assert not page.exception
    assert page.button(key="commit").disabled
    assert labelled(page.text_input, "数值").value == "九十几"


def test_what_was_said_is_kept_with_the_batch_and_remembered_until_that_is_undone(on_nothing):
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("九月.csv", WRONG.encode()).run()
    corrected(page, "500113115219")
    page.button(key="commit").click().run()
    assert not page.exception
    banan, store = county("banan"), open_store()
    (batch,) = store.batches("500113")
    assert '"乌有村"' in batch.corrections
    assert store.raw("500113", batch.batch_id) == WRONG.encode()  # the file itself is as it came
    assert "更正 2 处" in " ".join(texts(page))

    october = WRONG.replace("2023-09-30", "2023-10-31").replace("九十几", "92").encode()
    page.file_uploader[0].upload("十月.csv", october).run()
    assert not page.exception
    assert not page.button(key="commit").disabled  # no click was needed
    assert "记住的" in " ".join(texts(page))

    upload.undo(store, banan, batch.number, Actor("x"))
    checked = upload.check(banan, october, "十月.csv", remembered=upload.remembered(store.batches("500113")))
    assert [question.text for question in checked.questions] == ["乌有村"]


def test_a_column_and_its_unit_are_told_on_the_page(on_nothing):
    raw = FUNDS.decode().replace("到位额（万元）", "拨来的钱").replace(",100,", ",1000000,").encode()
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("四月资金.csv", raw).run()
    assert of_key(page.selectbox, "fix_column").value == "拨来的钱"  # the one that was not understood comes first
    of_key(page.selectbox, "fix_name").set_value("received").run()
    of_key(page.selectbox, "fix_unit").set_value("元").run()
    assert not page.exception
    assert list(page.session_state["_upload"].checked.frame["received"]) == [100.0]


def test_an_unknown_table_can_be_told_what_it_is_column_by_column(on_nothing):
    raw = "乡镇,村名,日期,集体挣的钱（元）\n姜家镇,平原村,2023-09-30,50000\n".encode()
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("村里的表.csv", raw).run()
    of_key(page.selectbox, "taken_").set_value("facts").run()
    assert not page.exception
    of_key(page.selectbox, "fix_column").set_value("集体挣的钱(元)").run()
    of_key(page.selectbox, "fix_name").set_value("collective_income").run()
    assert not page.exception
    frame = page.session_state["_upload"].checked.frame
    assert list(zip(frame["geo_code"], frame["item"], frame["value"], strict=True)) == [
        ("500113115219", "collective_income", 5.0)
    ]
    assert not page.button(key="commit").disabled


def test_a_person_is_not_shown_where_cells_are_corrected(on_nothing):
    raw = "村代码,户编号,截至日期,脱贫户,家庭人口,户主姓名\n500113115219,H1,2023-06-30,是,三口人多,张三丰\n".encode()
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("农户.csv", raw).run()
    assert not page.exception
    shown = [*texts(page), *(node.value for node in page.text_input)]
    assert not any("张三丰" in str(text) for text in shown)


def test_an_export_of_people_says_what_became_of_names_and_shows_none(on_nothing):
    names = dict(regions("500113")[["code", "name"]].to_numpy())
    village = regions("500113").query("level == 'village'").iloc[0]
    head = "乡(镇),行政村,户编号,人口编号,姓名,证件号码,与户主关系,监测对象类别,识别监测时间,风险是否已消除,户联系电话"
    where = f"{names[village['parent']]},{village['name']}"
    who = f"{where},5001,50011,欧阳测试,500113196001011001,户主,边缘易致贫户,202304,否,13812345678"
    raw = f"监测对象信息,,,,,,,,,,\n,,,,,,,,,,\n{head}\n{who}\n"
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("监测对象信息_20230428.csv", raw.encode()).run()
    assert not page.exception
    told = " ".join(texts(page))
    # Four columns are of persons; the others say where, tell people apart, or are added up.
    assert "识别 7 列，未用 4 列" in " ".join(markup(page))
    assert "1 人、1 户" in told
    assert "不保存原文件" in told
    assert page.selectbox(key=f"taken_{page.session_state['_upload'].id.split(':')[1]}").value == "facts"
    everywhere = told + " ".join(markup(page))
    page.button(key="commit").click().run()
    assert not page.exception
    assert "第 1 批已入库" in titles(page)
    everywhere += " ".join(texts(page)) + " ".join(markup(page))
    for secret in ("欧阳测试", "500113196001011001", "13812345678", "50011"):
        assert secret not in everywhere.replace(village["code"], "").replace("500113", "")
    assert open_store().raw("500113", 1).decode("utf-8-sig").count("\r\n") > 1


def test_a_file_taken_for_another_table_after_a_correction_is_shown(on_nothing):
    raw = "村代码,户编号,截至日期,脱贫户,监测类别\n500113115219,H1,2023-06-30,是,不稳\n".encode()
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("两用.csv", raw).run()
    labelled(page.selectbox, "不稳").select_index(0).run()
    of_key(page.selectbox, "taken_").set_value("persons").run()
    assert not page.exception
    assert "故障" not in " ".join(texts(page))


def test_a_cell_is_shown_letter_by_letter_where_it_is_asked_about(on_nothing):
    place = "![x](http://127.0.0.1:9/a.png) **粗** :red[红] $a$"
    raw = f"乡镇,村名,日期,事项代码,数值\n姜家镇,{place},2023-09-30,collective_income,1\n"
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("标记.csv", raw.encode()).run()
    (label,) = [box.label for box in page.selectbox if "粗" in box.label]
    assert r"\!\[x\]\(http\:\/\/127\.0\.0\.1\:9\/a\.png\) \*\*粗\*\* \:red\[红\] \$a\$" in label


def test_what_others_stored_is_told_even_after_a_correction(on_nothing):
    by_another_hand(FUNDS.replace("衔接资金".encode(), "其他".encode()), "以前.csv")
    page = as_somebody(on_nothing("banan", "upload"))
    raw = FUNDS.decode().replace("33.5", "三十几").encode()
    page.file_uploader[0].upload("四月资金.csv", raw).run()
    by_another_hand(FUNDS.replace(b"33.5", b"44"))
    labelled(page.text_input, "累计支出").set_value("33.5").run()
    assert not page.exception
    assert "李四的文件.csv" in " ".join(texts(page))


def test_a_table_by_township_is_seen_on_the_map(on_nothing):
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("四月资金.csv", FUNDS).run()
    assert not page.exception
    assert any(node.type == "component_instance" for node in page)


@pytest.mark.parametrize(
    ("lang", "meant", "counted"),
    [
        ("zh", "村集体经济收入", "识别 4 列，未用 2 列"),
        ("en", "Village collective income", "4 understood, 2 not used"),
    ],
)
def test_columns_of_a_form_are_listed_as_the_file_has_them(on_nothing, lang, meant, counted):
    raw = "序号,乡镇,村名,日期,村集体收入增长,备注\n1,姜家镇,平原村,2023-09-30,5,无\n"
    page = as_somebody(on_nothing("banan", "upload", lang=lang))
    page.file_uploader[0].upload("表.csv", raw.encode()).run()
    assert not page.exception
    listed = next(
        html for html in markup(page) if "备注" in html and "集体收入增长" in html and "class='t slim'" in html
    )
    assert "事项代码" not in listed
    assert meant.lower() in listed.lower()
    # Township, village, date and figure; the running number and the remark are not read.
    assert counted in " ".join(markup(page))


@pytest.mark.parametrize(("lang", "told"), [("zh", "因它变化的指标"), ("en", "that it changed")])
def test_a_batch_picked_tells_its_scope_its_reason_and_the_figures_it_changed(on_nothing, lang, told):
    banan, store = county("banan"), open_store()
    first = FUNDS.replace(TOWN.encode(), b"500113000000")
    upload.commit(store, banan, upload.check(banan, first, "a.csv"), first, Actor("甲"))
    raw = first.replace(b"33.5", b"50")
    upload.commit(store, banan, upload.check(banan, raw, "b.csv"), raw, Actor("乙"), note="更正支出")
    page = on_nothing("banan", "upload", lang=lang)
    newest = store.batches("500113")[0].number
    page.session_state["batch"] = str(newest)
    page.run()
    assert not page.exception
    everything = " ".join(texts(page))
    assert "更正支出" in everything
    assert told in everything
    assert "33.5%" in everything
    assert "50%" in everything


@pytest.mark.parametrize(("lang", "told"), [("zh", "第 2 批 · "), ("en", "batch 2 · ")])
def test_an_undo_that_would_be_refused_is_not_offered_and_what_is_in_the_way_is_named(on_nothing, lang, told):
    banan, store = county("banan"), open_store()
    for paid, name in ((b"33.5", "a.csv"), (b"50", "b.csv")):
        raw = FUNDS.replace(b"33.5", paid)
        upload.commit(store, banan, upload.check(banan, raw, name), raw, Actor("甲"))
    page = on_nothing("banan", "upload", lang=lang)
    page.session_state["batch"] = "1"
    page.run()
    assert not page.exception
    assert page.button(key="undo").disabled
    assert any(told in text and "b.csv" in text for text in texts(page) if "1" in text)
    page.session_state["batch"] = "2"
    page.run()
    assert not page.button(key="undo").disabled
    upload.undo(store, banan, 2, Actor("乙"))
    page.session_state["batch"] = "1"
    page.run()
    assert not page.button(key="undo").disabled


def repeated(*paid):
    """A file of funds whose rows have one key and these payments."""
    head, row = FUNDS.decode().splitlines()
    return "\n".join([head, *(row.replace("33.5", p) for p in paid)]).encode()


def test_rows_that_say_the_same_are_left_out_by_one_click_and_come_back_by_another(on_nothing):
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("四月资金.csv", repeated("33.5", "33.50", "33.5")).run()
    assert page.button(key="commit").disabled
    page.button(key="repeats_alike").click().run()
    assert not page.exception
    assert not page.button(key="commit").disabled
    assert "第 3、4 行 → 不读" in [button.label for button in page.button]
    assert list(page.session_state["_upload"].checked.frame.index) == [2]
    page.button(key="said_0").click().run()
    assert page.button(key="commit").disabled


@pytest.mark.parametrize(("lang", "told"), [("zh", "以第 3 行为准"), ("en", "Row 3 counts")])
def test_of_rows_that_differ_one_is_chosen_and_said_by_what_it_has(on_nothing, lang, told):
    page = as_somebody(on_nothing("banan", "upload", lang=lang))
    page.file_uploader[0].upload("四月资金.csv", repeated("33.5", "40", "33.5")).run()
    assert not page.exception
    box = of_key(page.selectbox, "repeat_")
    assert told in box.options[1]
    assert "40" in box.options[1]
    box.set_value(2).run()
    assert not page.exception
    assert list(page.session_state["_upload"].checked.frame["spent"]) == [40.0]
    assert not page.button(key="commit").disabled


def test_of_one_person_on_two_sheets_it_is_chosen_which_row_counts_and_nobody_is_shown(on_nothing):
    page = as_somebody(on_nothing("banan", "upload"))
    head = ["乡", "行政村", "户编号", "人口编号", "姓名", "监测对象类别", "与户主关系", "劳动技能"]
    known = regions("500113").set_index("code")
    code = known.query("level == 'village'").index[0]
    place = [known.loc[known.loc[code, "parent"], "name"], known.loc[code, "name"]]
    person = [*place, "H1", "H101", "欧阳测试", "边缘易致贫户", "户主"]
    raw = workbook(甲=[head, [*person, "普通劳动力"]], 乙=[head, [*person, "无劳动力"]])
    page.file_uploader[0].upload("监测对象信息202312.xlsx", raw).run()
    assert not page.exception
    assert page.button(key="commit").disabled
    box = of_key(page.selectbox, "repeat_")
    # The rows by their sheet and number, and nothing of what they say.
    assert ["“甲”2" in box.options[0], "“乙”2" in box.options[1], "劳动力" in str(box.options)] == [True, True, False]
    assert "欧阳测试" not in str(page)
    box.set_value(1).run()
    assert not page.exception
    assert not page.button(key="commit").disabled


def test_any_row_can_be_left_out(on_nothing):
    page = as_somebody(on_nothing("banan", "upload"))
    wrong = FUNDS.decode() + FUNDS.decode().splitlines()[1].replace("04-30", "05-31").replace("33.5", "若干")
    page.file_uploader[0].upload("四月资金.csv", wrong.encode()).run()
    assert page.button(key="commit").disabled
    of_key(page.number_input, "cell_row").set_value(3).run()
    of_key(page.button, "leave_out").click().run()
    assert not page.exception
    assert not page.button(key="commit").disabled


@pytest.mark.parametrize(("lang", "told"), [("zh", "有 1 行有错误"), ("en", "1 rows have errors")])
def test_rows_that_are_drawn_nowhere_are_counted_beside_the_map(on_nothing, lang, told):
    bad = regions("500113").query("level == 'township'")["code"].iloc[1]
    page = as_somebody(on_nothing("banan", "upload", lang=lang))
    page.file_uploader[0].upload("四月资金.csv", FUNDS).run()
    assert told not in " ".join(texts(page))
    page.file_uploader[0].upload("又一份.csv", FUNDS + f"{bad},2023-04-30,中央,衔接资金,若干,900\n".encode()).run()
    assert not page.exception
    assert told in " ".join(texts(page))
    assert any("href='#problem-list'" in text for text in markup(page))
    assert any("id='problem-list'" in text for text in markup(page))


def test_a_nil_return_says_what_becomes_of_figures_before_it_is_sent(on_nothing):
    page = as_somebody(on_nothing("banan", "upload"))
    page.selectbox(key="nil_table").set_value("projects").run()
    assert "报送“无情况”" not in " ".join(texts(page))  # its months are not chosen yet
    page.multiselect(key="nil_months").set_value(["2023-05", "2023-04"]).run()
    told = " ".join(texts(page))
    assert "项目表 · 2023-04、2023-05 · 全县（区）" in told
    assert "个数、合计记为 0" in told
    assert "标明“沿用”" in told
    # Series of the long tables that have no row are not reported: nothing becomes 0.
    page.selectbox(key="nil_table").set_value("facts").run()
    page.multiselect(key="nil_months").set_value(["2023-05"]).run()
    assert "不会把任何数记为 0" in " ".join(texts(page))


def test_a_column_per_item_is_shown_as_its_item_under_the_file(on_nothing):
    raw = "姜家镇2023年10月情况表,\n村名,村集体收入增长（万元）\n平原村,20\n文石村,12\n".encode()
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("十月.csv", raw).run()
    assert not page.exception
    taken = next(text for text in markup(page) if "g-taken" in text).partition("g-taken")[2].partition("</tr>")[0]
    assert "村集体经济收入" in taken
    assert "数值" not in taken


def test_an_older_list_says_what_is_set_aside_and_what_was_taken_back(on_nothing):
    head = "编号,村代码,领域,发现日,时限,问题"
    village = regions("500113").query("level == 'village'")["code"].iloc[0]
    row = f"P1,{village},治理,2023-08-17"
    older, newer, written = (
        f"{head}\n{row},{due},{text}\n".encode()
        for due, text in (("2023-09-16", "漏水"), ("2023-11-20", "漏水"), ("2023-09-16", "漏水 "))
    )
    for raw in (older, newer):
        by_another_hand(raw, "清单.csv")
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("旧清单.csv", written).run()
    told = " ".join(texts(page))
    assert "没有可入库的变动：文件中有 1 个问题与系统不一致，因清单较早已搁置（P1），其余各行均已入库。" in told
    assert "每一行都已入库" not in told
    of_key(page.button, "older_").click().run()
    assert "按选定以清单为准，将改回 1 个问题的新状态：P1。" in " ".join(texts(page))
    page.button(key="commit").click().run()
    assert not page.exception
    assert "已按清单改回以下问题的状态：P1" in " ".join(texts(page))
    assert str(open_store().rows("500113", "issues")["due_on"].iloc[0])[:10] == "2023-09-16"


@pytest.mark.parametrize(
    "raw", [FUNDS, "村,脱贫人口\n姜家镇平原村,45\n姜家镇文石村,66\n".encode()], ids=["stored", "looked at"]
)
def test_what_is_seen_first_of_a_file_was_made_by_the_worker(on_nothing, monkeypatch, raw):
    """Viewers wait for whatever the server does: of a file it draws, and counts nothing."""

    def here(*_, **__):
        raise AssertionError("the server works on rows")

    for name in ("placed", "compare", "staying", "measures"):
        monkeypatch.setattr(preview, name, here)
    monkeypatch.setattr(Look, "totals", here)
    monkeypatch.setattr(Look, "questions", property(here))
    page = as_somebody(on_nothing("banan", "upload"))
    page.file_uploader[0].upload("四月资金.csv", raw).run()
    assert {"文件原样", "问题清单"} <= set(titles(page))
