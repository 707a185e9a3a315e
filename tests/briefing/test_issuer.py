"""Who issues a bulletin and when: said by county, plan or clerk, below the text as official documents have it."""

import dataclasses
import datetime as dt
import io

import docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from support.briefings import NOWHERE, briefing

from components.html.briefing import briefing_html
from data.briefing import offline, word
from data.briefing.issuer import addressees, issuer
from data.language import translator
from data.plan import load_plan
from data.registry import counties, county

OFFICE, DAY = "示例县乡村振兴局", dt.date(2023, 11, 3)


def said_by(body, own=""):
    place = county("banan").model_copy(update={"issuer": own})
    return issuer(place, load_plan("banan-2023").model_copy(update={"issuing_body": body}))


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("示例县人民政府办公室", "示例县人民政府办公室"),
        ("中共示例县委办公室、示例县人民政府办公室", "中共示例县委办公室、示例县人民政府办公室"),
        ("示例县人民政府（公开）", ""),  # a remark is no part of a name
        ("示例县人民政府办公室印发规划；县乡村振兴局解读", ""),
    ],
)
def test_what_a_plan_says_is_taken_where_it_is_a_name(body, name):
    assert said_by(body) == name
    assert said_by(body, own=OFFICE) == OFFICE  # the county's own word comes first


def test_every_county_of_the_register_has_one_that_its_sources_name():
    assert {entry.slug: issuer(entry, load_plan(entry.plans[0])) for entry in counties()} == {
        "banan": "中共重庆市巴南区委农村工作暨实施乡村振兴战略领导小组办公室",
        "wanzhou": "万州区乡村振兴局",
        "mouding": "牟定县人民政府",
        "qijiang": "重庆市綦江区扶欢镇人民政府",
        "baiyin": "中共白银区委办公室、白银区人民政府办公室",
    }


def signed(lang="zh", **fields):
    return dataclasses.replace(briefing(lang), **({"issuer": OFFICE, "dated": DAY} | fields))


def bulletin(content):
    out = io.BytesIO()
    word.write(content, NOWHERE, out)
    return docx.Document(out).paragraphs


@pytest.mark.parametrize(("lang", "day"), [("zh", "2023年11月3日"), ("en", "3 Nov 2023")])
def test_in_word_it_stands_below_the_list_of_annexes_at_the_right(lang, day):
    lines = bulletin(signed(lang))
    texts = [line.text for line in lines]
    at = texts.index(OFFICE)
    assert texts[at + 1] == day
    assert texts[at - 1] == ""
    assert any("指标口径" in text for text in texts[:at])  # the list of annexes
    assert "指标口径" in next(text for text in texts[at + 2 :] if text)  # the annex itself
    for line, letters in zip(lines[at : at + 2], (2, 4), strict=True):
        size = 16 if lang == "zh" else 12
        assert line.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.RIGHT
        assert line.paragraph_format.right_indent.pt == pytest.approx(letters * size)
        assert line.paragraph_format.first_line_indent.pt == 0
    assert [line.paragraph_format.keep_with_next for line in lines[at - 2 : at + 2]] == [True, True, True, False]


def test_the_list_of_annexes_stands_with_it_on_one_page():
    content = signed()
    lines = bulletin(dataclasses.replace(content, sections=content.sections[1:] * 2, annex=2))
    at = next(n for n, line in enumerate(lines) if line.text.startswith("附件："))
    assert [line.paragraph_format.keep_with_next for line in lines[at : at + 2]] == [True, True]
    assert lines[at + 3].text == OFFICE


def test_what_nobody_said_does_not_stand_there():
    texts = [line.text for line in bulletin(signed(issuer="", dated=DAY))]
    assert texts.count("2023年11月3日") == 1
    assert OFFICE not in texts
    before = [line.text for line in bulletin(briefing())]
    assert "2023年11月3日" not in before
    assert "<div class='signature'>" not in offline.page(briefing(), NOWHERE)


def test_the_offline_page_and_the_preview_have_it_before_the_annexes():
    page = offline.page(signed(), NOWHERE)
    assert f"<div class='signature'><p>{OFFICE}</p><p>2023年11月3日</p></div><section id='annex'>" in page
    preview = str(briefing_html(signed(), translator("zh")))
    assert preview.index(OFFICE) < preview.index("2023年11月3日") < preview.index("<h2>指标口径")


def test_markup_in_an_issuer_is_text():
    content = signed(issuer="<script>alert(1)</script>")
    assert "<script>alert" not in offline.page(content, NOWHERE)
    assert "<script>alert" not in str(briefing_html(content, translator("zh")))
    assert "<script>alert(1)</script>" in [line.text for line in bulletin(content)]


def test_a_long_name_breaks_between_words_into_lines_of_about_one_length():
    office = "中共示例市甲乙区委农村工作暨实施乡村振兴战略领导小组办公室"
    (line,) = (line for line in bulletin(signed(issuer=office)) if line.text.replace("\n", "") == office)
    assert line.text == "中共示例市甲乙区委农村工作暨\n实施乡村振兴战略领导小组办公室"


WHOM = "各镇街、区级部门、有关单位"


def test_whom_it_is_sent_to_stands_first_at_the_left_edge_and_is_what_the_plan_says():
    assert addressees(load_plan("banan-2023")) == WHOM
    assert addressees(load_plan("wanzhou-2021-2025")) == ""
    lines = bulletin(signed(addressees=WHOM))
    assert lines[1].text == f"{WHOM}："
    assert lines[1].paragraph_format.first_line_indent.pt == 0
    assert [line.text for line in bulletin(signed())][1].startswith("示例数据")


def test_whom_it_is_sent_to_is_in_the_offline_page_and_the_preview_too_as_text():
    content = signed(addressees=f"{WHOM}<b>")
    for page in (offline.page(content, NOWHERE), str(briefing_html(content, translator("zh")))):
        assert f"{WHOM}&lt;b&gt;：" in page
