"""The Word bulletin: its text, its form, its figures, the county's template, and how it comes out on paper."""

import datetime as dt
import difflib
import io
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import docx
import numpy as np
import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor
from PIL import Image
from support.demo import sample_home
from support.occasions import OCCASIONS, Kit

from data import progress
from data.briefing import word, word_styles, word_tables
from data.briefing.cells import told
from data.briefing.errors import TemplateError
from data.briefing.model import (
    Briefing,
    Chart,
    Column,
    Items,
    Map,
    Number,
    Paragraph,
    Section,
    Series,
    Shade,
    Table,
    Told,
)
from data.briefing.typeset import typeset
from data.explain import explain
from data.language import translator
from data.places import plan_regions
from data.plan import load_plan
from data.registry import county
from data.shown import as_shown
from data.statuses import LOOKS
from data.store import open_store
from geo.boundaries import Boundaries

SNAPSHOTS = Path(__file__).parent / "snapshots"
NUMBER = re.compile(r"[−-]?\d+(?:,\d{3})*(?:\.\d+)?")
NOWHERE = Boundaries(())
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    return Kit(sample_home(tmp_path_factory))


def document(briefing, boundaries=NOWHERE, template=None):
    out = io.BytesIO()
    word.write(briefing, boundaries, out, template)
    return docx.Document(out)


@pytest.fixture(scope="module")
def made(kit):
    """Return the document of a plan in a language, each written once."""
    known = {}

    def get(plan, lang="zh"):
        if (plan, lang) not in known:
            known[plan, lang] = document(kit.briefing(plan, lang), kit.facts(plan).boundaries)
        return known[plan, lang]

    return get


def small(*sections, lang="zh", annex=0, **fields):
    """A briefing of a few words."""
    about = {
        "title": "关于示例县工作进展情况的通报",
        "county": "示例县",
        "plan": "示例计划",
        "as_of": dt.date(2023, 10, 31),
        "statement": ("示例数据：本文所列数据均为演示产品而编造。", "数据截至 2023 年 10 月 31 日。"),
        "code": "example-3",
        "sample": True,
        "source": "来源：示例计划",
        "figures": (),
    }
    return Briefing(lang=lang, sections=sections, annex=annex, **(about | fields))


def body(document_, *styles):
    return [p for p in document_.paragraphs if not styles or p.style.name in styles]


# The text


def listing(document_):
    """Return a document as readable lines: text as it stands, a table by its head and its number of rows."""
    lines = []
    for block in document_.iter_inner_content():
        if isinstance(block, docx.text.paragraph.Paragraph):
            prefix = {"Heading 1": "# ", "Heading 2": "## ", "Title": "= "}.get(block.style.name, "")
            pictures = len(block._p.findall(f".//{qn('wp:inline')}"))
            lines += [f"{prefix}{block.text}"] if block.text else ["[图片]"] * pictures
        else:
            lines.append(f"[表格 {len(block.rows) - 1} 行：{' | '.join(c.text for c in block.rows[0].cells)}]")
            lines.append(f"    {' | '.join(c.text for c in block.rows[1].cells)}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("plan", OCCASIONS)
def test_the_text_of_each_plan_is_as_it_was_read_and_approved(made, plan):
    """`SNAPSHOTS=write` writes what is said now; read the difference before it is committed."""
    text, file = listing(made(plan)), SNAPSHOTS / f"{plan}.txt"
    if os.environ.get("SNAPSHOTS") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    kept = file.read_text("utf-8")
    assert text == kept, "\n".join(difflib.unified_diff(kept.splitlines(), text.splitlines(), lineterm="", n=0))


def unexplained(text: str, known: Iterable[str], numbers: set[str]) -> list[str]:
    """Return the numbers of a text that are neither within a known phrase nor a number on record."""
    for phrase in sorted(known, key=len, reverse=True):
        text = text.replace(phrase, "□")
    return [n for n in NUMBER.findall(text) if n not in numbers]


def phrases(kit, plan, lang):
    """Return what may hold numbers that are no figures: quoted sentences, names, the title, dates."""
    facts, briefing = kit.facts(plan), kit.briefing(plan, lang)
    known = [f.written for f in briefing.figures if np.isnan(f.value)]
    known += [i.name(lang) for i in facts.plan.indicators] + list(facts.regions["name"])
    known += [*briefing.statement, briefing.plan]
    for day in (facts.as_of, facts.since.day):
        known += (
            [f"{day.year}年{day.month}月{day.day}日", f"{day.month}月{day.day}日", f"{day.year}年{day.month}月"]
            if lang == "zh"
            else [f"{day.day} {day:%b} {day.year}", f"{day.day} {day:%b}", f"{day.year}-{day.month:02}"]
        )
    # Classes of scores are set, not counted.
    known += ["达到90%的", "不足60%的"] if lang == "zh" else ["reach 90% or more", "are below 60%"]
    return [typeset(phrase, lang) for phrase in known if NUMBER.search(phrase)]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("plan", OCCASIONS)
def test_every_number_of_the_text_is_on_record(kit, made, plan, lang):
    figures = kit.briefing(plan, lang).figures
    numbers = {n for f in figures for n in NUMBER.findall(typeset(f.written, lang))}
    known = phrases(kit, plan, lang)
    texts = [p.text for p in body(made(plan, lang), "Title", "Body Text", "List Number", "Heading 1", "Heading 2")]
    for text in texts:
        # Numbers of headings and items are ours, not the data's.
        bare = re.sub(r"^([\d.]+  |\d+\. ?|附件\d|Annex \d|附件：1\.|Annexes: 1\. |　+\d\.)", "", text)
        assert unexplained(bare, known, numbers) == [], text


def test_a_number_nobody_wrote_down_is_noticed():
    assert unexplained("占55.8%，提高1.9个百分点，共12项", ["提高1.9个百分点"], {"55.8"}) == ["12"]


@pytest.mark.parametrize("plan", OCCASIONS)
def test_figures_on_record_are_the_engines(kit, plan):
    """Computed again from the store, by the engine alone."""
    slug, _plan, as_of, _since = OCCASIONS[plan]
    place, plan_ = county(slug), load_plan(plan)
    with open_store(f"sqlite:///{kit.home / 'store.db'}") as store:
        regions = plan_regions(plan_, store.rows(place.code, "villages"))
        cube = progress.Cube(plan_, store.measures(place.code, plan), regions)
    rows = as_shown(progress.evaluate(cube, as_of, place.bands).assign(as_of=cube_day(as_of)), plan_)
    by_key = {(r["indicator"], r["region"]): r for r in rows.to_dict("records")}
    top = [r for (_i, region), r in by_key.items() if region == plan_.top_region]
    area = {i.id: i.area for i in plan_.indicators}
    binding = [r for r in top if not {"strive", "reference"} & set(r["marks"] or ())]
    judged = [r for r in binding if r["status"] in progress.JUDGED]
    fine = [r for r in judged if r["status"] in {"on_schedule", "done"}]

    def part(of, name):
        return [r for r in of if area[r["indicator"]] == name]

    checked = 0
    for figure in kit.briefing(plan).figures:
        parts = figure.what.split("/")
        match parts:
            case ["count", "all"]:
                expected = len(top)
            case ["count", "judged"]:
                expected = len(judged)
            case ["count", "fine"]:
                expected = len(fine)
            case ["share", "fine"]:
                expected = 100 * len(fine) / len(judged)
            case ["count", codes] if "+" in codes or codes in LOOKS:
                expected = sum(r["status"] in codes.split("+") for r in binding)
            case ["area", name, "all"]:
                expected = len(part(top, name))
            case ["area", name, "judged"]:
                expected = len(part(judged, name))
            case ["area", name, "fine"]:
                expected = len(part(fine, name))
            case ["area", name, "share"]:
                expected = 100 * len(part(fine, name)) / len(part(judged, name))
            case [indicator, region, "value"]:
                expected = by_key[indicator, region]["value"]
            case [indicator, region, "explanation"] if indicator != "reporting":
                assert figure.written == explain(by_key[indicator, region], plan_, as_of, "zh")
                checked += 1
                continue
            case _:
                continue
        assert figure.value == pytest.approx(expected), figure
        checked += 1
    assert checked > 15


def cube_day(day):
    return np.datetime64(day)


@pytest.mark.parametrize(("plan", "lang"), [("banan-2023", "zh"), ("wanzhou-2021-2025", "en")])
def test_tables_hold_every_cell_of_the_model(kit, made, plan, lang):
    briefing = kit.briefing(plan, lang)
    wanted = [block for s in briefing.walk() for block in s.blocks if isinstance(block, Table) and block.rows]
    written = made(plan, lang).tables
    assert len(written) == len(wanted)
    for table, model in zip(written, wanted, strict=True):
        cells = [[cell.text for cell in row.cells] for row in table.rows]
        assert cells[0] == [typeset(c.name, lang) for c in model.columns]
        assert cells[1:] == [["" if cell == "" else told(cell, lang) for cell in row] for row in model.rows]


def test_what_is_sample_and_as_of_when_stands_in_the_body_before_the_first_heading(made):
    first = [p.text for p in made("banan-2023").paragraphs][:4]
    assert first[0] == "关于巴南区2023年10月\n巩固拓展脱贫攻坚成果同乡村振兴\n有效衔接工作进展情况的通报"
    assert first[1].startswith("示例数据：")
    assert "数据截至2023年10月31日" in first[2]
    assert "banan-" in first[2]
    english = [p.text for p in made("banan-2023", "en").paragraphs][:3]
    assert "示例数据" in english[1]
    assert "Data up to 31 Oct 2023" in english[2]


# The form


def test_headings_items_figures_tables_and_annexes_are_numbered():
    bars = Chart("c", "占比", "bars", ("甲镇",), (Series("占比", (50.0,)),), "%")
    table = Table("t", "进展", (Column("指标"),), (("甲",),), note="说明")
    briefing = small(
        Section("a", "总体", blocks=(Paragraph("正文。"), bars, table)),
        Section("b", "分领域", sections=(Section("b1", "监测", blocks=(Items(("甲：一。", "乙。")), bars)),)),
        *(Section(f"s{n}", "又一节") for n in range(3, 13)),
        Section("x", "全部指标", blocks=(table,)),
        Section("y", "口径", blocks=(table,)),
        annex=2,
    )
    texts = [p.text for p in document(briefing).paragraphs if p.text]
    assert texts[3:9] == ["一、总体", "正文。", "图1　占比", "表1　进展", "注：说明", "二、分领域"]
    assert texts[9:13] == ["（一）监测", "1.甲：一。", "2.乙。", "图2　占比"]
    assert "十、又一节" in texts
    assert "十二、又一节" in texts
    at = texts.index("附件：1.全部指标")
    assert texts[at + 1].strip() == "2.口径"
    assert [t for t in texts[at + 2 :] if t.startswith("附件")] == ["附件1　全部指标", "附件2　口径"]
    english = [p.text for p in document(replace(briefing, lang="en")).paragraphs if p.text]
    assert {"1  总体", "2.1  监测", "Figure 1  占比", "Table 1  进展", "Annex 2  口径"} <= set(english)


def test_the_page_is_that_of_an_official_document(made):
    written = made("banan-2023")
    page = written.sections[0]
    millimetres = [round(s.mm) for s in (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)]
    assert (round(page.page_width.mm), round(page.page_height.mm), millimetres) == (210, 297, [37, 35, 28, 26])
    for footer in (page.footer, page.even_page_footer):
        assert footer.paragraphs[0].text == "— 1 —"
        assert " PAGE " in [e.text for e in footer._element.iter(qn("w:instrText"))]
    styles = written.styles
    east = {
        name: styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("Title", "Heading 1", "Heading 2", "Body Text")
    }
    assert east == {
        "Title": "方正小标宋简体",
        "Heading 1": "黑体",
        "Heading 2": "楷体_GB2312",
        "Body Text": "仿宋_GB2312",
    }
    assert styles["Title"].font.size.pt == 22
    assert styles["Body Text"].font.size.pt == 16
    assert styles["Body Text"].paragraph_format.line_spacing.pt == 28
    assert styles["Body Text"].element.pPr.ind.get(qn("w:firstLineChars")) == "200"


def test_a_font_that_is_not_installed_has_one_that_stands_for_it(made):
    parts = made("banan-2023").part.package.iter_parts()
    table = ET.fromstring(next(p.blob for p in parts if p.partname.endswith("fontTable.xml")))
    others = {
        font.get(f"{W}name"): font.find(f"{W}altName").get(f"{W}val")
        for font in table
        if font.find(f"{W}altName") is not None
    }
    assert others["仿宋_GB2312"] == "仿宋"
    assert others["楷体_GB2312"] == "楷体"
    assert others["方正小标宋简体"] == "华文中宋"


def test_tables_repeat_their_head_keep_rows_whole_and_fit_the_page(made):
    written = made("banan-2023")
    seen = []
    element_page = written.sections[0]
    for block in written.element.body:
        if block.tag == qn("w:tbl"):
            seen.append((block, element_page))
        elif block.findall(f".//{qn('w:sectPr')}"):  # where a page of another kind begins
            element_page = written.sections[1]
    assert len(seen) > 8
    for table, page in seen:
        rows = table.findall(qn("w:tr"))
        assert rows[0].find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)
        room = (page.page_width - page.left_margin - page.right_margin) / Pt(1) * 20
        assert sum(int(c.get(qn("w:w"))) for c in table.find(qn("w:tblGrid"))) <= room


def test_annexes_lie_on_their_side(made):
    assert [s.orientation for s in made("banan-2023").sections] == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE]
    assert [s.orientation for s in document(small(Section("a", "总体"))).sections] == [WD_ORIENT.PORTRAIT]


def test_every_picture_shows_something_and_says_what(made):
    written = made("wanzhou-2021-2025")
    inlines = list(written.element.body.iter(qn("wp:inline")))
    assert len(inlines) >= 7
    for inline in inlines:
        told = inline.find(qn("wp:docPr"))
        assert told.get("descr")
        assert told.get("title").startswith("图")
        relation = next(inline.iter(qn("a:blip"))).get(qn("r:embed"))
        image = np.asarray(Image.open(io.BytesIO(written.part.related_parts[relation].blob)).convert("RGB"))[::5, ::5]
        assert len(np.unique(image.reshape(-1, 3), axis=0)) > 10
        assert 0.03 < (image < 250).any(axis=2).mean() < 0.9


def test_a_map_without_shapes_is_left_out():
    shown = Map("m", "得分", "township", (Shade("好", "#0072B2"),), {"890001101000": 0})
    assert list(document(small(Section("a", "总体", blocks=(shown,)))).element.body.iter(qn("wp:inline"))) == []


def test_words_of_statuses_are_coloured_and_readable():
    row = (Told("far_behind", "严重滞后"), Told("no_data", "未报"), "严重滞后", Number(1.0, "%", "1%"), None)
    table = Table("t", "表", tuple(Column(str(n), right=n == 3) for n in range(5)), (row,))
    cells = document(small(Section("a", "总体", blocks=(table,)))).tables[0].rows[1].cells
    colours = [cell.paragraphs[0].runs[0].font.color.rgb for cell in cells]
    assert colours[0] == RGBColor.from_string(LOOKS["far_behind"].fill[1:])
    assert sum(colours[1]) < 0x80 * 3
    assert colours[2:] == [None, None, None]
    assert [cell.text for cell in cells] == ["严重滞后", "未报", "严重滞后", "1%", "—"]
    assert cells[3].paragraphs[0].alignment == docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT


def test_columns_have_what_they_need_and_no_table_is_wider_than_its_room():
    numbers = ("万分之一的收入增速指标名称很长很长", "9650万元", "2023年9月16日", "严重滞后")
    table = Table(
        "t",
        "表",
        tuple(Column(name, share) for name, share in (("指标", 1.0), ("数值", 0.1), ("时限", 0.1), ("状态", 0.1))),
        ((numbers[0], Number(9650.0, "万元", numbers[1]), dt.date(2023, 9, 16), Told("far_behind", numbers[3])),),
    )
    written = document(small())
    widths = word_tables.append(written, table, "zh", 300.0)
    assert sum(widths) == pytest.approx(300.0)
    size = 10.5
    for text, width in zip(numbers[1:], widths[1:], strict=True):
        assert width >= sum(size * (0.5 if letter.isascii() else 1.0) for letter in text)
    tight = Table("t", "表", (Column("指标", 9.0), Column("目标", 0.01)), (("很长的名称" * 20, "100%"),))
    assert word_tables.append(written, tight, "zh", 200.0)[1] >= size * (3 * 0.5 + 0.84) + 7  # Times, and the padding
    crowded = replace(table, columns=table.columns * 4, rows=(table.rows[0] * 4,))
    assert sum(word_tables.append(written, crowded, "zh", 300.0)) == pytest.approx(300.0)


@pytest.mark.parametrize(
    ("title", "wide", "lines"),
    [
        ("关于示例县工作进展情况的通报", 20, ["关于示例县工作进展情况的通报"]),
        ("关于示例县工作进展情况的通报", 12, ["关于示例县", "工作进展情况的通报"]),
        ("没有可断之处的很长的标题", 5, ["没有可断之处的很长的标题"]),
        ("Progress of the linkage plan", 5, ["Progress of the linkage plan"]),
    ],
)
def test_titles_break_between_words_only(title, wide, lines):
    assert word.title_lines(title, wide) == lines


# What an upload may hold

EVIL = "=cmd|' /C calc'!A0"


def test_formula_text_and_markup_from_uploads_are_text_and_nothing_else():
    texts = (EVIL, "+1+1", "-2", "@SUM(A1)", '<w:fldSimple w:instr="DDE"/>', "{ INCLUDETEXT x }", "甲\x00\x0b乙\ud800")
    table = Table("t", EVIL, (Column(EVIL),), tuple((text,) for text in texts))
    briefing = small(Section("a", EVIL, blocks=(Paragraph(EVIL), Items(texts), table)), title=EVIL, county=EVIL)
    out = io.BytesIO()
    word.write(briefing, Boundaries(()), out)
    with zipfile.ZipFile(out) as package:
        content = package.read("word/document.xml").decode()
        relations = "".join(package.read(n).decode() for n in package.namelist() if n.endswith(".rels"))
    for tag in ("fldSimple", "instrText", "fldChar", "hyperlink", "object"):
        assert f"<w:{tag}" not in content
    assert "External" not in relations
    again = docx.Document(out)
    assert [row.cells[0].text for row in again.tables[0].rows] == [EVIL, *texts[:-1], "甲乙"]
    assert EVIL in [p.text for p in again.paragraphs]


# The county's template


@pytest.fixture
def template(tmp_path):
    """Save a document as a county's template: `template(change)`."""

    def save(change):
        own = docx.Document()
        change(own)
        file = tmp_path / "模板.docx"
        own.save(file)
        return file

    return save


def dressed(own):
    own.sections[0].header.paragraphs[0].text = "示例县人民政府文件"
    own.add_paragraph("〔2023〕8 号")
    own.styles["Heading 1"].font.color.rgb = RGBColor(0xC0, 0, 0)
    own.styles["Body Text"].font.size = Pt(15)
    own.sections[0].left_margin = Pt(90)


def test_a_template_keeps_its_page_text_and_styles(template):
    file = template(dressed)
    written = document(small(Section("a", "总体", blocks=(Paragraph("正文。"),))), template=file)
    assert written.sections[0].header.paragraphs[0].text == "示例县人民政府文件"
    assert written.paragraphs[0].text == "〔2023〕8 号"
    assert written.paragraphs[1].style.name == "Title"
    assert written.styles["Heading 1"].font.color.rgb == RGBColor(0xC0, 0, 0)
    assert written.styles["Body Text"].font.size.pt == 15
    assert written.sections[0].left_margin.pt == 90
    assert [p.text for p in written.paragraphs if p.style.name == "Heading 1"] == ["一、总体"]


def test_styles_a_template_lacks_are_added(template):
    def bare(own):
        for name in ("Heading 2", "Caption", "List Number", "Table Grid", "Body Text"):
            own.styles[name].delete()

    sections = Section("a", "总", sections=(Section("b", "分", blocks=(Items(("一。",)), Paragraph("文。"))),))
    written = document(small(sections), template=template(bare))
    for name in word_styles.STYLES:
        assert name in [s.name for s in written.styles], name
    assert written.styles["Heading 2"].element.rPr.rFonts.get(qn("w:eastAsia")) == "楷体_GB2312"
    assert written.styles["Table Grid"].type == WD_STYLE_TYPE.TABLE


def test_a_template_whose_headings_count_by_themselves_does_not_count_twice(template):
    def counting(own):
        own.styles["Heading 1"].element.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="1"/></w:numPr>')
        )

    written = document(small(Section("a", "总体")), template=template(counting))
    heading = next(p for p in written.paragraphs if p.style.name == "Heading 1")
    assert heading.text == "一、总体"
    assert heading._p.pPr.numPr.numId.val == 0


@pytest.mark.parametrize("content", [b"", b"no document", b"PK\x03\x04broken", "sheet", "damaged"])
def test_a_template_that_cannot_be_used_says_so(tmp_path, content):
    file = tmp_path / "红头.docx"
    if content == "sheet":
        with zipfile.ZipFile(file, "w") as package:
            package.writestr("[Content_Types].xml", "<Types/>")
            package.writestr("xl/workbook.xml", "<workbook/>")
    elif content == "damaged":
        whole = tmp_path / "whole.docx"
        docx.Document().save(whole)
        with zipfile.ZipFile(whole) as source, zipfile.ZipFile(file, "w") as package:
            for name in source.namelist():
                package.writestr(name, b"<w:" if name == "word/document.xml" else source.read(name))
    else:
        file.write_bytes(content)
    with pytest.raises(TemplateError) as error:
        document(small(), template=file)
    assert "模板 红头.docx 无法使用" in error.value.told(translator("zh"))
    assert "The template 红头.docx cannot be used" in error.value.told(translator("en"))
    with pytest.raises(TemplateError):
        document(small(), template=tmp_path / "none.docx")


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    file = tmp_path / "通报.docx"
    word.write(small(Section("a", "总体")), Boundaries(()), file)
    before = file.read_bytes()
    with pytest.raises(TemplateError):
        word.write(small(), Boundaries(()), file, tmp_path / "none.docx")
    assert file.read_bytes() == before


# On paper

PRINTED = (("banan-2023", "zh"), ("wanzhou-2021-2025", "en"), ("fuhuan-2021", "zh"))
LINE_ENDS = "line ends"
"""A document whose sentences begin at every place of a line, so that every sign of them stands at the end of one."""
SIGNS = (
    "分领域看，达到序时或已完成的：监测帮扶25项中13项，占52%；产业就业9项中4项，占44.4%；和美乡村4项中3项，占75%；"
    "资金项目5项中4项，占80%；支撑保障9项中5项，占55.6%。"
)


def run(*command, timeout=300):
    program = shutil.which(command[0])
    assert program, f"{command[0]} is missing: run deploy/setup.sh test"
    return subprocess.run([program, *command[1:]], check=True, capture_output=True, text=True, timeout=timeout).stdout


@pytest.fixture(scope="module")
def printed(made, tmp_path_factory):
    """The documents as PDF: all in one run of LibreOffice."""
    folder = tmp_path_factory.mktemp("printed")
    files = {}
    for plan, lang in PRINTED:
        files[plan, lang] = folder / f"{plan}-{lang}.docx"
        made(plan, lang).save(files[plan, lang])
    files[LINE_ENDS] = folder / "line-ends.docx"
    document(small(Section("a", "总体", blocks=tuple(Paragraph("字" * n + SIGNS) for n in range(34))))).save(
        files[LINE_ENDS]
    )
    run(
        "soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "pdf",
        "--outdir", str(folder), *map(str, files.values()),
    )  # fmt: skip
    return {key: file.with_suffix(".pdf") for key, file in files.items()}


@pytest.mark.parametrize(("key", "pages"), list(zip(PRINTED, [(20, 50), (10, 35), (10, 30)], strict=True)))
def test_documents_print_on_a_sane_number_of_pages(printed, key, pages):
    found = int(re.search(r"Pages:\s+(\d+)", run("pdfinfo", str(printed[key])))[1])
    assert pages[0] <= found <= pages[1]


@pytest.mark.parametrize("key", PRINTED)
def test_all_fonts_are_embedded_and_one_is_chinese(printed, key):
    lines = run("pdffonts", str(printed[key])).splitlines()[2:]
    assert lines
    assert all(re.search(r"\byes\s+yes|\byes\s+no", line) for line in lines), lines
    assert any(re.search("CJK|Song|Fang|Hei|Kai", line) for line in lines), lines


@pytest.mark.parametrize("key", PRINTED)
def test_nothing_is_printed_beyond_the_margins(printed, key):
    pages = ET.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", run("pdftotext", "-bbox", str(printed[key]), "-")))
    space = "{http://www.w3.org/1999/xhtml}"
    words = 0
    for page in pages.iter(f"{space}page"):
        wide = float(page.get("width"))
        edges = (79.0, 74.0) if wide < 600 else (85.0, 85.0)  # points: 28 and 26 mm upright, 30 mm across
        for found in page.iter(f"{space}word"):
            words += 1
            assert float(found.get("xMin")) >= edges[0] - 2, found.text
            assert float(found.get("xMax")) <= wide - edges[1] + 2, found.text
    assert words > 500


def test_no_comma_is_lost_at_the_end_of_a_line(printed):
    """LibreOffice drops some of those that hang outside the margin."""
    on_paper = run("pdftotext", str(printed[LINE_ENDS]), "-")
    assert {sign: on_paper.count(sign) // 34 for sign in "，；"} == {sign: SIGNS.count(sign) for sign in "，；"}
    assert on_paper.count("：") == 34 + 1  # 示例数据：
