"""A briefing as a Word document in the form of Chinese official documents (GB/T 9704), or on a county's template."""

import datetime as dt
import io
import re
import zipfile
from itertools import combinations, pairwise
from pathlib import Path
from typing import BinaryIO

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.exceptions import OpcError
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section as Page
from docx.shared import Emu, Mm, Pt
from docx.text.paragraph import Paragraph as Line

from data import wording
from data.briefing import drawing, word_styles, word_tables
from data.briefing.errors import TemplateError
from data.briefing.model import Block, Briefing, Chart, Items, Map, Paragraph, Section, Table
from data.briefing.text import written
from data.briefing.word_styles import BODY, CAPTION, FIGURE, HEADINGS, ITEM, NOTE, TITLE
from data.language import N_, translator
from geo.boundaries import Boundaries

PAPER = (210, 297)
MARGINS = (37, 35, 28, 26)
"""Millimetres: top, bottom, left and right of an official document."""
_LANDSCAPE = (28, 26, 30, 30)
_FOOT = 28
_CAPTION_ROOM = Mm(22)
_NUMERALS = "一二三四五六七八九"
_JOINTS = re.compile(r"(?=巩固|同乡村|有效|工作)")
"""Where a line of a Chinese title may begin; officials do not break one within a word."""
_ISSUER_JOINTS = re.compile(r"(?<=[、和暨 ])|(?=实施|领导小组|委员会|办公室|人民政府|指挥部)")
"""The same in the name of an office."""
_MOST_LINES = 4
_LEAD = 24
"""Letters within which an item's first words, up to a colon, are set bold."""


_UNREADABLE = N_(
    "The template {name} cannot be used: it is damaged, or not a Word document. "
    "Open it in Word or WPS, save it as .docx and try again"
)
_OTHER_KIND = N_(
    "The template {name} cannot be used: {styles} must be paragraph styles (Table Grid a table style). "
    "Rename or delete these styles in Word or WPS and try again"
)
_BROKEN = (OpcError, OSError, KeyError, ValueError, IndexError, AttributeError, SyntaxError, zipfile.BadZipFile)
"""What reading a file raises that is no ZIP, no Word document, or holds XML that is not (SyntaxError)."""


def write(briefing: Briefing, boundaries: Boundaries, out: Path | BinaryIO, template: Path | None = None) -> None:
    """Write a briefing as a Word document.

    Parameters
    ----------
    boundaries : shapes of its maps; a map without any is left out.
    template : a .docx of the county: its page, headers, footers, text and styles stay, the briefing follows its text.
        Styles it lacks (`data.briefing.word_styles.STYLES`) are added.

    Raises
    ------
    data.briefing.errors.TemplateError
        The template is damaged or no Word document.
    data.briefing.fonts.NoFontError
        The machine has no Chinese font to draw with.
    """
    document = opened(template)
    own = template is not None
    word_styles.prepare(document, briefing.lang, own=own)
    if not own:
        _set_page(document)
    _set_properties(document, briefing)
    _Writer(document, briefing, boundaries).write()
    # A file is replaced only by a whole document.
    content = io.BytesIO()
    document.save(content)
    if isinstance(out, Path):
        out.write_bytes(content.getvalue())
    else:
        out.write(content.getvalue())


class _Writer:
    """Appends a briefing to a document, counting headings, figures and tables as it goes."""

    def __init__(self, document: Document, briefing: Briefing, boundaries: Boundaries) -> None:
        self.document, self.briefing, self.boundaries = document, briefing, boundaries
        self.lang, self._ = briefing.lang, translator(briefing.lang)
        self.gap = "　" if self.lang == "zh" else "  "
        self.figures = self.tables = 0
        self.counting = {name for name in (*HEADINGS, ITEM) if word_styles.numbered(document, name)}

    def write(self) -> None:
        briefing = self.briefing
        self.title(briefing.title)
        if briefing.addressees:
            _no_indent(self.line(self._("To: {names}", names=briefing.addressees), BODY))
        for n, text in enumerate(briefing.statement):
            self.line(text, BODY, bold=briefing.sample and n == 0)
        split = len(briefing.sections) - briefing.annex
        main, annexes = briefing.sections[:split], briefing.sections[split:]
        for n, section in enumerate(main, 1):
            self.section(section, (n,))
        self.list_annexes(annexes)
        self.signature()
        if not annexes:
            return
        _turn(self.document.add_section(WD_SECTION.NEW_PAGE))
        for n, section in enumerate(annexes, 1):
            self.annex(section, n)

    def line(self, text: str, style: str, *, bold: bool = False) -> Line:
        """Append a paragraph."""
        line = self.document.add_paragraph(style=style)
        line.add_run(written(text, self.lang)).bold = True if bold else None
        if style in self.counting:  # we number ourselves: text and references must not depend on a template
            line._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = 0  # noqa: SLF001
        return line

    def title(self, text: str) -> None:
        """Append the title, in lines that end where words do and are about as long as each other."""
        wide = _room(self.document.sections[-1])[0].pt / word_styles.type_size(self.document, TITLE, self.lang)
        _set_lines(self.line("", TITLE), title_lines(written(text, self.lang), wide))

    def section(self, section: Section, number: tuple[int, ...]) -> None:
        """Append a section and those below it."""
        level = min(len(number), len(HEADINGS)) - 1
        self.line(f"{_heading_number(number, self.lang)}{section.title}", HEADINGS[level])
        for block in section.blocks:
            self.block(block)
        for n, part in enumerate(section.sections, 1):
            self.section(part, (*number, n))

    def list_annexes(self, annexes: tuple[Section, ...]) -> None:
        """Name the annexes below the text."""
        _ = self._
        for n, section in enumerate(annexes, 1):
            name = f"{n}. {section.title}"
            line = self.line(
                _("Annexes: {name}", name=name) if n == 1 else f"{'　　　' if self.lang == 'zh' else ''}{name}", BODY
            )
            line.paragraph_format.keep_with_next = True if n < len(annexes) else None

    def signature(self) -> None:
        """Append who issues the bulletin and when, two and four letters from the right edge, never on a page alone."""
        briefing, size = self.briefing, word_styles.type_size(self.document, BODY, self.lang)
        day = "" if briefing.dated is None else wording.day(briefing.dated, self._, year=True)
        lines = [(written(text, self.lang), letters) for text, letters in ((briefing.issuer, 2), (day, 4)) if text]
        if not lines:
            return
        self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        wide = _room(self.document.sections[-1])[0].pt / size
        for n, (text, letters) in enumerate([("", 0), *lines]):
            line = self.line("", BODY)
            _set_lines(line, title_lines(text, wide - letters, _ISSUER_JOINTS))
            look = line.paragraph_format
            look.alignment, look.right_indent = WD_ALIGN_PARAGRAPH.RIGHT, Pt(letters * size)
            look.keep_together, look.keep_with_next = True, n < len(lines)
            _no_indent(line)

    def annex(self, section: Section, number: int) -> None:
        """Append an annex on a page of its own."""
        name = self._("Annex {n}", n=number)
        head = self.line(f"{name}{self.gap}{section.title}", HEADINGS[0])
        _no_indent(head)
        head.paragraph_format.page_break_before = number > 1
        for part in section.walk():
            for block in part.blocks:
                self.block(block)

    def block(self, block: Block) -> None:
        """Append a block."""
        match block:
            case Paragraph(text):
                self.line(text, BODY)
            case Items(texts):
                for n, text in enumerate(texts, 1):
                    self.item(text, n)
            case Table() if block.rows:
                self.table(block)
            case Chart(tabled=False):
                self.picture(drawing.chart_png(block, self.lang), block.title, block.note)
            case Map() if drawing.drawable(block, self.boundaries):
                picture = drawing.map_png(block, self.boundaries, self.lang)
                self.picture(picture, self._("{title}: map", title=block.title))

    def item(self, text: str, number: int) -> None:
        """Append an item of a list, what it is about in bold."""
        text = written(text, self.lang)
        colon = "：" if self.lang == "zh" else ": "
        at = text.find(colon) + len(colon) if colon in text else 0
        at = at if at <= _LEAD * (1 if self.lang == "zh" else 3) else 0
        line = self.line(f"{number}." if self.lang == "zh" else f"{number}. ", ITEM)
        line.runs[0].bold = True if at else None
        if at:
            line.add_run(text[:at]).bold = True
        line.add_run(text[at:])

    def table(self, table: Table) -> None:
        """Append a table below its caption."""
        self.tables += 1
        self.caption(self._("Table {n}", n=self.tables), table.title).paragraph_format.keep_with_next = True
        word_tables.append(self.document, table, self.lang, _room(self.document.sections[-1])[0].pt)
        self.note(table.note)

    def picture(self, picture: bytes, title: str, note: str = "") -> None:
        """Append a picture above its caption."""
        self.figures += 1
        line = self.document.add_paragraph(style=FIGURE)
        shape = line.add_run().add_picture(io.BytesIO(picture))
        wide, high = _room(self.document.sections[-1])
        scale = min(1.0, wide / shape.width, (high - _CAPTION_ROOM) / shape.height)
        shape.width, shape.height = Emu(int(shape.width * scale)), Emu(int(shape.height * scale))
        number = self._("Figure {n}", n=self.figures)
        told = shape._inline.docPr  # noqa: SLF001 - python-docx has no name for the alternative text
        told.set("descr", written(f"{title} {note}".strip(), self.lang))
        told.set("title", number)
        caption = self.caption(number, title)
        if note:
            caption.paragraph_format.keep_with_next = True
            self.note(note)

    def caption(self, number: str, title: str) -> Line:
        """Append a caption."""
        return self.line(f"{number}{self.gap}{title}", CAPTION)

    def note(self, text: str) -> None:
        """Append what a table or figure rests on; without words, the room below a table."""
        line = self.line(self._("Note: {text}", text=text) if text else "", NOTE)
        if not text:
            line.paragraph_format.line_spacing = Pt(6)
            line.paragraph_format.space_after = Pt(0)


def opened(template: Path | None) -> Document:
    """Return the document a briefing is written into: a county's, or an empty one."""
    if template is None:
        return docx.Document()
    try:
        document = docx.Document(str(template))
        _ = document.sections[-1].page_width, document.styles.element
    except _BROKEN as error:
        raise TemplateError(_UNREADABLE, name=template.name) from error
    if wrong := word_styles.of_another_kind(document):
        raise TemplateError(_OTHER_KIND, name=template.name, styles=", ".join(wrong))
    return document


def lacking(template: Path) -> list[str]:
    """Return the styles a county's template does not have; the form of official documents stands in for them."""
    return word_styles.lacking(opened(template))


# ---- the page --------------------------------------------------------------------------------------------------------


def _set_page(document: Document) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(PAPER[0]), Mm(PAPER[1])
    _set_margins(page, MARGINS)
    page.header_distance, page.footer_distance = Mm(15), Mm(_FOOT)
    settings = document.settings
    settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (page.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (page.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        _number_pages(footer.paragraphs[0], side)
    # Without this Word shows the document in the ways of 2010.
    for old in settings.element.findall(qn("w:compat")):
        settings.element.remove(old)
    compat = parse_xml(
        f'<w:compat {nsdecls("w")}><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    )
    after = next((e for e in settings.element if e.tag in {qn("w:rsids"), qn("m:mathPr"), qn("w:themeFontLang")}), None)
    if after is not None:
        after.addprevious(compat)


def _set_margins(page: Page, sides: tuple[int, int, int, int]) -> None:
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = (Mm(side) for side in sides)


def _number_pages(line: Line, side: WD_ALIGN_PARAGRAPH) -> None:
    """Write — 1 — at the foot: outside, one character from the edge."""
    line.alignment = side
    edge = line.paragraph_format
    edge.first_line_indent = Pt(0)
    edge.left_indent = edge.right_indent = Pt(14)
    for kind in ("— ", "begin", "PAGE", "separate", "1", "end", " —"):
        run = line.add_run()
        run.font.size, run.font.name = Pt(14), "宋体"
        run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")  # noqa: SLF001
        if kind in {"begin", "separate", "end"}:
            run._r.append(OxmlElement("w:fldChar", {qn("w:fldCharType"): kind}))  # noqa: SLF001
        elif kind == "PAGE":
            field = OxmlElement("w:instrText")
            field.text = " PAGE "
            run._r.append(field)  # noqa: SLF001
        else:
            run.text = kind


def _turn(page: Page) -> None:
    """Lay a page on its side, with the margins of its kind."""
    if page.page_width is None or page.page_height is None or page.page_width > page.page_height:
        return
    standard = round((page.left_margin or Mm(0)).mm) == MARGINS[2]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = page.page_height, page.page_width
    if standard:
        _set_margins(page, _LANDSCAPE)
        page.footer_distance = Mm(15)


def _room(page: Page) -> tuple[Emu, Emu]:
    """Return width and height between the margins of a page."""
    wide = (page.page_width or Mm(PAPER[0])) - (page.left_margin or 0) - (page.right_margin or 0) - (page.gutter or 0)
    high = (page.page_height or Mm(PAPER[1])) - (page.top_margin or 0) - (page.bottom_margin or 0)
    return Emu(wide), Emu(high)


def _no_indent(line: Line) -> None:
    line.paragraph_format.first_line_indent = Pt(0)
    # Characters count before points.
    line._p.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), "0")  # noqa: SLF001


def _set_properties(document: Document, briefing: Briefing) -> None:
    about = document.core_properties
    about.title, about.author = written(briefing.title, briefing.lang), briefing.county
    about.subject, about.keywords, about.comments = written(briefing.source, briefing.lang), briefing.code, ""
    about.last_modified_by = briefing.county
    about.created = about.modified = dt.datetime.now(dt.UTC).replace(tzinfo=None)


# ---- titles and numbers ---------------------------------------------------------------------------------------------


def title_lines(text: str, wide: float, joints: re.Pattern[str] = _JOINTS) -> list[str]:
    """Return a Chinese title or name in as few lines as have room and as even ones as its words allow.

    Parameters
    ----------
    wide : letters that stand side by side.
    joints : where a line may begin.

    Examples
    --------
    >>> title_lines("关于某县2023年10月巩固拓展脱贫攻坚成果同乡村振兴有效衔接工作进展情况的通报", 20)
    ['关于某县2023年10月', '巩固拓展脱贫攻坚成果同乡村振兴', '有效衔接工作进展情况的通报']
    """
    starts = [found.start() for found in joints.finditer(text) if 0 < found.start() < len(text)]
    size = wide - 0.5  # fonts differ a little
    for count in range(min(len(starts), _MOST_LINES - 1) + 1):
        ways = [[text[a:b] for a, b in pairwise((0, *cut, len(text)))] for cut in combinations(starts, count)]
        fitting = [lines for lines in ways if all(_letters(line) <= size for line in lines)]
        if fitting:
            return min(fitting, key=lambda lines: sum(_letters(line) ** 2 for line in lines))
    return [text]


def _set_lines(line: Line, texts: list[str]) -> None:
    """Write lines that break where they are told to."""
    run = line.runs[0] if line.runs else line.add_run()
    for n, text in enumerate(texts):
        if n:
            run.add_break()
        run.add_text(text)


def _letters(text: str) -> float:
    return sum(0.5 if letter.isascii() else 1.0 for letter in text)


def _heading_number(number: tuple[int, ...], lang: str) -> str:
    """Return a heading's number: 一、 and （一）; in English 1 and 1.1."""
    if lang != "zh":
        return ".".join(map(str, number)) + "  "
    last = _numeral(number[-1])
    return f"{last}、" if len(number) == 1 else f"（{last}）"


def _numeral(n: int) -> str:
    """Return a number up to 99 in Chinese."""
    tens, ones = divmod(n, 10)
    head = "" if not tens else ("" if tens == 1 else _NUMERALS[tens - 1]) + "十"
    return head + (_NUMERALS[ones - 1] if ones else "")
