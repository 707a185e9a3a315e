"""Slides, read again: every figure, every row, nothing beyond its box, sources in the notes."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.util import Pt
from support.briefings import CONTROL, FORMULA, NOWHERE, briefing

from data.briefing import room, slides
from data.briefing.errors import TemplateError
from data.briefing.model import Chart, Column, Section, Table
from data.statuses import LOOKS


@pytest.fixture(autouse=True)
def picture(monkeypatch):
    """Stand in for maps, which have tests of their own."""
    figure = Figure(figsize=(1, 1))
    drawn = io.BytesIO()
    FigureCanvasAgg(figure).print_png(drawn)
    monkeypatch.setattr("data.briefing.drawing.map_png", lambda *_: drawn.getvalue())


def made(content=None, template=None):
    out = io.BytesIO()
    slides.write(content or briefing(), NOWHERE, out, template)
    out.seek(0)
    return Presentation(out)


def texts(slide):
    return "\n".join(s.text_frame.text for s in slide.shapes if s.has_text_frame)


def shapes(deck, kind):
    return [shape for slide in deck.slides for shape in slide.shapes if getattr(shape, kind)]


def test_the_first_slide_says_what_it_is_and_that_it_is_sample_data_in_its_body():
    first = made().slides[0]
    assert first.shapes.title.text_frame.text == "关于示例县2023年9月工作进展情况的通报"
    body = [s.text_frame.text for s in first.shapes if s.has_text_frame and s != first.shapes.title]
    assert any("示例数据：均为编造。" in text and "数据截至2023年9月30日" in text for text in body)
    assert any("示例县" in text and "2023年9月30日" in text for text in body)
    assert "示例数据" not in texts(made(briefing(sample=False)).slides[0])


def test_each_slide_has_a_message_the_source_its_number_and_notes():
    deck = made()
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert all(titles)
    assert {"12项可评定指标7项达序时", "和美乡村：3项滞后（1/2）", "和美乡村：3项滞后（2/2）"} <= set(titles)
    assert "卫生厕所普及率：应达75.5%，实际46.3%" in titles
    for slide in list(deck.slides)[1:]:
        assert "示例数据 · 来源：示例计划；数据截至2023年9月30日；版本worked-3" in texts(slide)
        assert "来源：示例计划" in slide.notes_slide.notes_text_frame.text
        assert 'type="slidenum"' in slide.part.blob.decode()
    notes = next(s for s in deck.slides if s.shapes.title.text_frame.text == "和美乡村：3项滞后（1/2）").notes_slide
    assert "牵头单位：局。" in notes.notes_text_frame.text
    assert notes.notes_text_frame.text.count("更多说明。") == 9


def test_charts_are_native_and_have_the_values_of_the_briefing():
    deck, content = made(), briefing()
    blocks = {b.title: b for s in content.walk() for b in s.blocks if isinstance(b, Chart)}
    found: dict[str, list] = {}
    for shape in shapes(deck, "has_chart"):
        found.setdefault(shape.name, []).append(shape.chart)
    assert found.keys() == blocks.keys()
    for title, charts in found.items():
        block = blocks[title]
        for k, series in enumerate(block.series):
            drawn = [v for chart in charts for v in chart.plots[0].series[k].values]
            assert drawn == list(series.values), title
        names = [str(c) for chart in charts for c in chart.plots[0].categories]
        assert len(names) == len(block.categories)
    assert len(found["卫生厕所普及率"]) == 2  # 30 bars in two charts, by one scale
    assert len({c.value_axis.maximum_scale for c in found["卫生厕所普及率"]}) == 1
    trend = found["走势"][0].plots[0]
    assert list(trend.series[1].values) == [2.0, 2.0]


def test_bars_have_the_colours_of_their_statuses():
    chart = next(s for s in shapes(made(), "has_chart") if s.name == "卫生厕所普及率").chart
    colours = [str(chart.plots[0].series[0].points[n].format.fill.fore_color.rgb) for n in range(5)]
    codes = ("far_behind", "behind", "slightly_behind", "on_schedule", "done")
    assert colours == [LOOKS[code].fill[1:] for code in codes]


def test_the_line_stands_at_its_value():
    slide = next(s for s in made().slides if any(x.has_chart and x.name == "卫生厕所普及率" for x in s.shapes))
    frame = next(x for x in slide.shapes if x.has_chart)
    line = next(x for x in slide.shapes if x.shape_type == MSO_SHAPE_TYPE.LINE)
    axis = frame.chart.value_axis
    place = frame.chart._chartSpace.chart.plotArea.find("{*}layout/{*}manualLayout")
    x, width = (float(place.find(f"{{*}}{k}").get("val")) for k in "xw")
    share = (75.5 - axis.minimum_scale) / (axis.maximum_scale - axis.minimum_scale)
    assert line.left == pytest.approx(frame.left + (x + width * share) * frame.width, abs=2000)
    assert "序时应达75.5%" in texts(slide).replace(" ", "")


def test_tables_are_complete_across_slides_and_repeat_their_head():
    deck, content = made(), briefing()
    for block in (b for s in content.walk() for b in s.blocks if isinstance(b, Table)):
        heads = [column.name for column in block.columns]
        parts = [s.table for s in shapes(deck, "has_table") if s.name == block.title.replace("\x08", "")]
        rows = [[cell.text for cell in row.cells] for part in parts for row in list(part.rows)[1:]]
        for part in parts:
            assert [cell.text for cell in part.rows[0].cells] == heads
        copies = 2 if block.id.startswith("small") else 1  # two tables of one name
        assert len(rows) == copies * len(block.rows)
    rows = [
        [c.text for c in r.cells] for s in shapes(deck, "has_table") if s.name == "监测帮扶指标" for r in s.table.rows
    ]
    assert [FORMULA, "46.25%", "−3.8", "滞后", "2023年9月5日", "1"] in rows
    assert ["甲乙村", "9650万元", "+2", "达标", "—", "2"] in rows
    sizes = {
        run.font.size
        for s in shapes(deck, "has_table")
        for c in s.table.iter_cells()
        for run in c.text_frame.paragraphs[0].runs
    }
    assert min(sizes) >= Pt(14)


def test_nothing_is_larger_than_its_box_or_the_slide():
    deck = made()
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= deck.slide_width, (slide.shapes.title.text, shape.name)
            if shape.has_table:
                assert shape.top + sum(row.height for row in shape.table.rows) <= deck.slide_height - Pt(30)
            else:
                assert shape.top + shape.height <= deck.slide_height, shape.name
            if shape.has_text_frame and shape.text_frame.text and "fld" not in shape._element.xml:
                need = 0.0
                for paragraph in shape.text_frame.paragraphs:
                    size = max((run.font.size.pt for run in paragraph.runs if run.font.size), default=0)
                    if size:
                        indent = 27 if shape.is_placeholder and shape != slide.shapes.title else 0
                        wide = (shape.width / 12700 - indent) / size
                        need += room.lines(paragraph.text, wide) * size * 1.35
                assert need <= shape.height / 12700 + 4, (shape.text_frame.text, need, shape.height / 12700)


def test_text_of_uploads_is_inert_in_the_sheets_behind_charts():
    out = io.BytesIO()
    slides.write(briefing(), NOWHERE, out)
    with zipfile.ZipFile(out) as package:
        sheets = [n for n in package.namelist() if n.endswith(".xlsx")]
        cells = [
            cell
            for name in sheets
            for sheet in openpyxl.load_workbook(io.BytesIO(package.read(name)))
            for row in sheet.iter_rows()
            for cell in row
        ]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert f"'{FORMULA}" in [cell.value for cell in cells]
    assert CONTROL not in [cell.value for cell in cells]


def test_a_template_gives_its_layouts_and_loses_its_slides(tmp_path):
    template = Presentation()  # 4:3, with placeholders of its own
    template.slides.add_slide(template.slide_layouts[0]).shapes.title.text = "模板示例"
    template.slide_layouts.get_by_name("Title Only").name = "县里的版式"
    template.save(tmp_path / "county.pptx")
    deck = made(template=tmp_path / "county.pptx")
    assert (deck.slide_width, deck.slide_height) == (template.slide_width, template.slide_height)
    assert "模板示例" not in [s.shapes.title.text_frame.text for s in deck.slides]
    assert "县里的版式" in {s.slide_layout.name for s in deck.slides}
    assert len(shapes(deck, "has_chart")) == 4
    for slide in deck.slides:
        assert all(s.left + s.width <= deck.slide_width for s in slide.shapes)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04broken"])
def test_a_broken_template_is_refused_in_words(tmp_path, content):
    file = tmp_path / "x.pptx"
    file.write_bytes(content)
    with pytest.raises(TemplateError, match=r"x\.pptx cannot be read"):
        made(template=file)


def test_a_document_of_another_kind_is_no_template(tmp_path):
    openpyxl.Workbook().save(tmp_path / "x.pptx")
    with pytest.raises(TemplateError):
        made(template=tmp_path / "x.pptx")


def test_the_deck_opens_in_another_program(tmp_path):
    soffice = shutil.which("soffice")
    assert soffice, "install libreoffice-impress-nogui (deploy/setup.sh test)"
    file = tmp_path / "deck.pptx"
    slides.write(briefing(), NOWHERE, file)
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(
        [soffice, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", tmp_path, file],
        check=True,
        capture_output=True,
        timeout=180,
    )
    pages = re.findall(rb"/Type\s*/Page\b", (tmp_path / "deck.pdf").read_bytes())
    assert len(pages) == len(Presentation(file).slides)


def test_a_ranking_takes_two_slides_its_top_and_its_bottom():
    content = briefing()
    rows = tuple((n, f"第{n}镇") for n in range(1, 53))
    ranking = Table("ranking", "得分排名", (Column("位次", right=True), Column("镇街")), rows, ranked=True)
    deck = made(replace(content, sections=(Section("ranking", "乡镇排名", blocks=(ranking,)),), annex=0))
    tables = [shape.table for shape in shapes(deck, "has_table")]
    first, last = ([row.cells[1].text for row in list(table.rows)[1:]] for table in tables)
    assert (first[0], last[-1], len(first)) == ("第1镇", "第52镇", len(last))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert f"得分排名：前{len(first)}个（共52个）" in titles
    assert f"得分排名：后{len(last)}个（共52个，完整排名见通报和表格）" in titles
