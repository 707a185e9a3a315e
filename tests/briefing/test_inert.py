"""What a clerk or a file wrote is text in every format: no formula, no markup, no field, no link, nothing that runs."""

import dataclasses
import io
import json
import re
import zipfile
from html.parser import HTMLParser

import openpyxl
import pytest
from matplotlib.figure import Figure
from pptx import Presentation
from support import briefings
from support.briefings import NOWHERE

from data.briefing import offline, slides, word, workbook
from data.briefing.model import Briefing, Chart, Column, Items, Paragraph, Section, Series, Table
from geo.boundaries import Boundaries

EVIL = (
    "=cmd|' /C calc'!A0",
    "+1+cmd|x",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    '<script>alert("x")</script>',
    "</script><img src=x onerror=alert(1)>",
    "{{7*7}}${7*7}{% raw %}",
    "javascript:alert(1)",
    "http://example.com/x",
    "a&b<b>c</b>'\"",
)


def content() -> Briefing:
    """Return a briefing that says nothing else, wherever something can be said."""
    column = Column(EVIL[5])
    table = Table("t", EVIL[5], (column, Column(EVIL[0])), tuple((text, text) for text in EVIL), EVIL[6])
    bars = Chart("c", EVIL[0], "bars", EVIL, (Series(EVIL[1], tuple(map(float, range(len(EVIL))))),), note=EVIL[5])
    lines = dataclasses.replace(bars, id="d", title=EVIL[6], kind="lines", line=(3.0, EVIL[2]))
    blocks = (Paragraph(EVIL[6]), Items(EVIL), bars, lines, table)
    sections = (Section("s", EVIL[0], EVIL[5], blocks), Section("a", EVIL[3], EVIL[3], (Items(EVIL),)))
    return dataclasses.replace(
        briefings.briefing(), title=EVIL[0], county=EVIL[5], plan=EVIL[6], statement=EVIL, source=EVIL[6],
        sections=sections, issuer=EVIL[5],
    )  # fmt: skip


def package(writer, *more):
    out = io.BytesIO()
    writer(content(), *more, out) if more else writer(content(), out)
    return zipfile.ZipFile(out), out


def cells_of(book):
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def no_link_outward(parts):
    for name in parts.namelist():
        if name.endswith(".rels"):
            assert 'TargetMode="External"' not in parts.read(name).decode(), name


def test_sheets():
    parts, out = package(workbook.write)
    no_link_outward(parts)
    for name in parts.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            assert "<f>" not in parts.read(name).decode()
    cells = cells_of(openpyxl.load_workbook(out))
    assert not [cell for cell in cells if cell.data_type == "f"]
    for text in (cell.value for cell in cells if cell.data_type == "s"):
        assert not text.startswith(("=", "+", "@", "-", "\t", "|")), text
    assert "'=cmd|' /C calc'!A0" in [cell.value for cell in cells]
    for cell in cells:
        if cell.hyperlink:
            assert cell.hyperlink.target is None  # within the workbook only


def test_slides(monkeypatch):
    drawn = io.BytesIO()
    Figure(figsize=(1, 1)).savefig(drawn, format="png")
    monkeypatch.setattr("data.briefing.drawing.map_png", lambda *_: drawn.getvalue())
    parts, out = package(slides.write, NOWHERE)
    no_link_outward(parts)
    xml = "".join(parts.read(n).decode() for n in parts.namelist() if re.match(r"ppt/(slides|notesSlides)/.*xml$", n))
    for tag in ("hlinkClick", "hlinkHover", "oleObj", "controls"):
        assert f":{tag}" not in xml
    for name in parts.namelist():
        if name.endswith(".xlsx"):
            book = openpyxl.load_workbook(io.BytesIO(parts.read(name)))
            assert not [cell for cell in cells_of(book) if cell.data_type == "f"]
            texts = [cell.value for cell in cells_of(book) if cell.data_type == "s"]
            assert not [t for t in texts if t.startswith(("=", "+", "@", "-"))]
    said = [
        cell.text
        for slide in Presentation(out).slides
        for shape in slide.shapes
        if shape.has_table
        for row in shape.table.rows
        for cell in row.cells
    ]
    assert {EVIL[0], EVIL[5], EVIL[7]} <= set(said)  # as it was written: nothing on a slide computes


def test_word():
    parts, _out = package(word.write, Boundaries(()))
    no_link_outward(parts)
    xml = parts.read("word/document.xml").decode()
    for tag in ("fldSimple", "instrText", "hyperlink", "object", "altChunk"):
        assert f"<w:{tag}" not in xml
    assert "{{7*7}}${7*7}{% raw %}" in xml


class Page(HTMLParser):
    """Count what a page would run or load."""

    def __init__(self) -> None:
        super().__init__()
        self.found = []
        self.scripts = 0

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        if tag in {"img", "iframe", "object", "embed", "link", "base", "form"}:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in {"src", "srcdoc"} or (name == "href" and not value.startswith("#")):
                self.found.append((tag, name, value))


def test_the_offline_page():
    text = offline.page(content(), NOWHERE)
    page = Page()
    page.feed(text)
    assert page.found == []
    assert page.scripts == 2  # plotly, and the figures
    figures = re.search(r"<script>const FIGURES = (\[.*\]);for \(", text, re.DOTALL)[1]
    assert "</script" not in figures
    assert "<" not in figures
    strings = re.findall(r'"((?:[^"\\]|\\.)*)"', figures)
    assert not any("<" in json.loads(f'"{s}"') for s in strings)  # plotly reads some tags as markup
    assert "{{7*7}}${7*7}{% raw %}" in text


@pytest.mark.parametrize("text", EVIL)
def test_the_preview(text):
    from components.html.briefing import briefing_html
    from data.language import translator

    page = Page()
    page.feed(str(briefing_html(content(), translator("zh"))))
    assert page.found == []
    assert page.scripts == 0
