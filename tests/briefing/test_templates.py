"""Templates as counties have them: other names, missing styles, text and slides of their own, or no template at all."""

import io
import zipfile

import docx
import openpyxl
import pytest
from docx.enum.style import WD_STYLE_TYPE
from matplotlib.figure import Figure
from pptx import Presentation
from support.briefings import NOWHERE, briefing

from data.briefing import slides, word, word_styles
from data.briefing.errors import DocumentError, TemplateError
from data.briefing.files import notice, trouble
from data.language import translator


@pytest.fixture(autouse=True)
def no_maps(monkeypatch):
    """Stand in for maps, which have tests of their own."""
    drawn = io.BytesIO()
    Figure(figsize=(1, 1)).savefig(drawn, format="png")
    monkeypatch.setattr("data.briefing.drawing.map_png", lambda *_: drawn.getvalue())


@pytest.fixture
def letter(tmp_path):
    """Save a Word document as a template: `letter(change)`."""

    def save(change=lambda _own: None, name="县里.docx"):
        own = docx.Document()
        change(own)
        own.save(str(tmp_path / name))
        return tmp_path / name

    return save


@pytest.fixture
def stage(tmp_path):
    """Save a presentation as a template: `stage(change)`."""

    def save(change=lambda _own: None, name="县里.pptx"):
        own = Presentation()
        change(own)
        own.save(str(tmp_path / name))
        return tmp_path / name

    return save


def bulletin(template):
    out = io.BytesIO()
    word.write(briefing(), NOWHERE, out, template)
    return docx.Document(out)


def deck(template):
    out = io.BytesIO()
    slides.write(briefing(), NOWHERE, out, template)
    return Presentation(out)


# Word


def renamed(own):
    """Leave what a county has that named its styles itself: 公文标题, 一级标题, 公文正文."""
    for name, other in (("Title", "公文标题"), ("Heading 1", "一级标题"), ("Body Text", "公文正文")):
        own.styles[name].name = other


def test_styles_of_other_names_stay_unused_and_that_is_said(letter):
    template = letter(renamed)
    assert trouble("docx", template) is None
    assert notice("docx", template, "zh") == (
        "模板 县里.docx 中没有下列名称的样式，相应内容按公文格式排版："
        "Title (标题)、Heading 1 (标题 1)、Body Text (正文文本)"
    )
    assert "Title (标题), Heading 1 (标题 1), Body Text (正文文本)" in notice("docx", template, "en")
    made = bulletin(template)
    assert next(p for p in made.paragraphs if "总体进展" in p.text).style.name == "Heading 1"
    assert "一级标题" in [style.name for style in made.styles]  # nothing of theirs is lost
    ids = [style.style_id for style in made.styles]
    assert len(ids) == len(set(ids))


def test_nothing_is_said_of_a_template_that_has_them_or_of_none(letter, stage):
    assert notice("docx", letter(), "zh") == ""
    assert notice("docx", None, "zh") == ""
    assert notice("pptx", stage(), "zh") == ""


@pytest.mark.parametrize("name", word_styles.STYLES)
def test_any_single_style_may_be_missing(letter, name):
    def without(own):
        if name in [style.name for style in own.styles]:
            own.styles[name].delete()

    made = bulletin(letter(without))
    assert name in [style.name for style in made.styles]
    assert any("总体进展" in p.text for p in made.paragraphs)


@pytest.mark.parametrize("name", ["Figure", "Table Text", "Table Note"])
def test_a_style_of_the_name_that_is_for_letters_is_refused_in_words(letter, name):
    template = letter(lambda own: own.styles.add_style(name, WD_STYLE_TYPE.CHARACTER))
    with pytest.raises(TemplateError, match=rf"县里\.docx cannot be used: {name} must be"):
        bulletin(template)
    told = trouble("docx", template)
    assert told is not None
    assert told.told(translator("zh")).startswith(f"模板 县里.docx 无法使用：样式 {name} 须为段落样式")


def test_what_stands_in_a_template_stays_before_the_bulletin(letter):
    def dressed(own):
        own.add_heading("示例县人民政府文件", 1)
        own.add_table(1, 1).cell(0, 0).text = "签发人：{{姓名}}"
        own.sections[0].footer.paragraphs[0].text = "抄送"

    made = bulletin(letter(dressed))
    assert [p.text.replace("\n", "") for p in made.paragraphs][:2] == [
        "示例县人民政府文件",
        "关于示例县2023年9月工作进展情况的通报",
    ]
    assert made.tables[0].cell(0, 0).text == "签发人：{{姓名}}"  # what looks like a field of ours is none
    assert made.sections[0].footer.paragraphs[0].text == "抄送"


# Slides


def test_slides_of_a_template_are_left_out_and_its_layouts_taken(stage):
    def dressed(own):
        for n in range(3):
            own.slides.add_slide(own.slide_layouts[5]).shapes.title.text = f"去年第{n}页"
        own.slide_layouts[5].name = "县里的版式"

    made = deck(stage(dressed))
    titles = [slide.shapes.title.text_frame.text for slide in made.slides]
    assert not any("去年" in title for title in titles)
    assert titles[0] == "关于示例县2023年9月工作进展情况的通报"
    assert "县里的版式" in {slide.slide_layout.name for slide in made.slides}


def test_a_template_without_places_for_text_gets_boxes(stage):
    def bare(own):
        for layout in own.slide_layouts:
            for shape in list(layout.placeholders):
                if shape.placeholder_format.type not in (1, 3):  # titles
                    shape._element.getparent().remove(shape._element)

    made = deck(stage(bare))
    said = "\n".join(s.text_frame.text for slide in made.slides for s in slide.shapes if s.has_text_frame)
    assert "共3项指标。" in said


def test_layouts_without_a_title_are_refused_in_words(stage):
    def untitled(own):
        for layout in own.slide_layouts:
            for shape in list(layout.placeholders):
                shape._element.getparent().remove(shape._element)

    template = stage(untitled)
    with pytest.raises(TemplateError, match=r"县里\.pptx has no layout with a title"):
        deck(template)
    told = trouble("pptx", template)
    assert told is not None
    assert "请加入“标题幻灯片”“标题和内容”“仅标题”版式" in told.told(translator("zh"))


# Files that are none


def _sheet(path):
    openpyxl.Workbook().save(path)


def _letter(path):
    docx.Document().save(str(path))


def _stage(path):
    Presentation().save(str(path))


def _archive(path):
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("readme.txt", "nothing")


def _old_office(path):
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))  # .doc, .ppt, or locked with a password


def _cut(path):
    whole = io.BytesIO()
    docx.Document().save(whole)
    path.write_bytes(whole.getvalue()[:9000])


@pytest.mark.parametrize(("form", "other"), [("docx", _stage), ("pptx", _letter)])
@pytest.mark.parametrize("content", [None, _sheet, _archive, _old_office, _cut, lambda path: path.write_bytes(b"")])
def test_a_wrong_or_broken_file_is_told_before_anybody_waits(tmp_path, form, other, content):
    template = tmp_path / f"县里.{form}"
    (content or other)(template)
    told = trouble(form, template)
    assert isinstance(told, DocumentError)
    assert "县里" in told.told(translator("zh"))
    assert "后重试" in told.told(translator("zh"))
    with pytest.raises(TemplateError):
        (bulletin if form == "docx" else deck)(template)


def test_a_template_that_was_mended_is_looked_at_again(tmp_path):
    template = tmp_path / "县里.docx"
    template.write_bytes(b"broken")
    assert trouble("docx", template) is not None
    docx.Document().save(str(template))
    assert trouble("docx", template) is None
