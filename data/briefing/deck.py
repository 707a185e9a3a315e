"""An empty deck to put slides into: a plain one of our own, or the county's template."""

import copy
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.exc import PythonPptxError
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.presentation import Presentation as Pptx
from pptx.slide import Slide, SlideLayout
from pptx.text.text import TextFrame
from pptx.util import Emu, Inches, Pt

from data.briefing import room
from data.briefing.errors import TemplateError
from data.language import N_

NAVY, GOLD, MUTED, LINE, INK = "0F2F4E", "F0B93A", "536170", "D5DCE4", "17212B"
_THEME = {"dk1": INK, "lt1": "FFFFFF", "dk2": NAVY, "lt2": "F2F4F7"} | dict(
    zip(
        (*(f"accent{n}" for n in range(1, 7)), "hlink", "folHlink"),
        (NAVY, "2A75AB", "009E73", "E69F00", "D55E00", "A5113B", "0B5CAD", "4B1F6F"),
        strict=True,
    )
)
_FONTS = {"zh": ("Microsoft YaHei", "微软雅黑"), "en": ("Arial", "微软雅黑")}
_LANGUAGES = {"zh": MSO_LANGUAGE_ID.SIMPLIFIED_CHINESE, "en": MSO_LANGUAGE_ID.ENGLISH_US}
_KINDS = {"title": ("title",), "content": ("obj", "tx"), "plain": ("titleOnly",)}
_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE)
_FURNITURE = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, *_TITLES)
_FOOT = Inches(0.32)
_PT = 12_700
SMALL, LEAST = 11.0, 10.0
"""Type size of sources and notes at the foot, and the smallest anything on a slide has, in points."""


@dataclass(frozen=True)
class Box:
    """A place on a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int

    def em(self, size: float) -> float:
        """Return its width in em of a type size."""
        return self.width / (size * _PT)

    def below(self, height: int) -> "Box":
        """Return what is left under a strip of so much height."""
        return Box(self.left, self.top + height, self.width, self.height - height)

    def strip(self, height: int) -> "Box":
        """Return the strip of so much height at its top."""
        return Box(self.left, self.top, self.width, height)

    def split(self, share: float, gap: int = Inches(0.25)) -> tuple["Box", "Box"]:
        """Return its left part, of so much of the width, and its right part."""
        first = int((self.width - gap) * share)
        rest = self.width - gap - first
        return Box(self.left, self.top, first, self.height), Box(self.left + first + gap, self.top, rest, self.height)


def height_of(texts: Sequence[str], box: Box, size: float, *, indent: float = 0.0, apart: float = 0.0) -> int:
    """Return the height that paragraphs need in a box, in EMU; `indent` and `apart` in em."""
    count = sum(room.lines(text, box.em(size) - indent) for text in texts)
    return int((count * room.LINE + apart * len(texts)) * size * _PT)


def largest(
    sizes: Sequence[float], texts: Sequence[str], box: Box, *, indent: float = 0.0, apart: float = 0.0
) -> float:
    """Return the largest type size at which paragraphs fit into a box; the last if none does."""
    fitting = (s for s in sizes if height_of(texts, box, s, indent=indent, apart=apart) <= box.height)
    return next(fitting, sizes[-1])


class Deck:
    """A presentation that slides are added to.

    Parameters
    ----------
    lang : zh or en.
    template : the county's .pptx, whose layouts are used and whose own slides are left out; None for a plain deck.

    Raises
    ------
    TemplateError
        The template is no presentation, or has no layout with a title.
    """

    def __init__(self, lang: str, template: Path | None = None) -> None:
        self.lang = lang
        self.own = template is None
        self.pptx: Pptx = _plain(lang) if template is None else _opened(template)
        self._layouts = _layouts(self.pptx, template.name if template else "")

    # ---- slides ------------------------------------------------------------------------------------------------------

    def opening(self, title: str, sizes: Sequence[float] = (40, 36, 32, 28, 24, 20)) -> tuple[Slide, Box]:
        """Add the first slide; return it and the box under its title."""
        slide = self.pptx.slides.add_slide(self._layouts["title"])
        self._title(slide, title, sizes, alone=28)
        below = next((s for s in slide.placeholders if s.placeholder_format.type not in _FURNITURE), None)
        if below is None:
            return slide, self.body
        box = Box(below.left, below.top, below.width, below.height)
        below._element.getparent().remove(below._element)  # noqa: SLF001 - pptx has no other way
        self._drop_empty(slide)
        return slide, box

    def slide(self, title: str, *, bullets: bool = False) -> Slide:
        """Add a slide with a title, with the layout's place for bullets or without."""
        slide = self.pptx.slides.add_slide(self._layouts["content" if bullets else "plain"])
        self._title(slide, title, (28, 26, 24, 22, 20, 18, 16), alone=24)
        if not bullets:
            self._drop_empty(slide)
        return slide

    def _title(self, slide: Slide, title: str, sizes: Sequence[float], *, alone: float) -> None:
        """Write a slide's title: rather in one line than larger in two, down to the type size `alone`."""
        shape = slide.shapes.title
        frame = shape.text_frame
        box = Box(shape.left, shape.top, shape.width - Inches(0.2), shape.height - Inches(0.1))
        in_one = (s for s in sizes if s >= alone and room.width(title) <= box.em(s))
        size = next(in_one, 0.0) or largest(sizes, [title], box)
        frame.auto_size = MSO_AUTO_SIZE.NONE
        self.put(frame, title, size)

    def put(self, frame: TextFrame, text: str, size: float, *, colour: str = "", bold: bool | None = None) -> None:
        """Write one paragraph into an empty frame."""
        frame.word_wrap = True
        self.run(frame.paragraphs[0], text, size, colour=colour, bold=bold)

    def run(self, paragraph: Any, text: str, size: float, *, colour: str = "", bold: bool | None = None) -> None:
        """Add text to a paragraph."""
        run = paragraph.add_run()
        run.text = text
        run.font.size = Pt(size)
        run.font.language_id = _LANGUAGES[self.lang]
        if bold is not None:
            run.font.bold = bold
        if colour:
            properties = run._r.get_or_add_rPr()  # noqa: SLF001 - a quarter of the time of font.color
            properties.insert(0, parse_xml(_FILL.format(ns=nsdecls("a"), colour=colour.lstrip("#"))))

    def text(
        self,
        slide: Slide,
        box: Box,
        text: str,
        size: float,
        *,
        colour: str = "",
        bold: bool | None = None,
        align: PP_ALIGN | None = None,
        anchor: MSO_ANCHOR = MSO_ANCHOR.TOP,
    ) -> TextFrame:
        """Add a box with one paragraph and no inner margins."""
        shape = slide.shapes.add_textbox(*map(Emu, (box.left, box.top, box.width, box.height)))
        frame: TextFrame = shape.text_frame
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.vertical_anchor = anchor
        self.put(frame, text, size, colour=colour, bold=bold)
        if align is not None:
            frame.paragraphs[0].alignment = align
        return frame

    def foot(self, slide: Slide, source: str, short: str = "") -> None:
        """Add the source line and the number of the slide; `short` is for a slide too narrow for all of it."""
        body = self._whole
        top = body.top + body.height - _FOOT
        number = next(
            (s for s in slide.slide_layout.placeholders if s.placeholder_format.type == PP_PLACEHOLDER.SLIDE_NUMBER),
            None,
        )
        if number is not None:
            shape = copy.deepcopy(number._element)  # noqa: SLF001 - pptx leaves these out
            slide.shapes._spTree.append(shape)  # noqa: SLF001
            body_text = shape.find(qn("p:txBody"))
            for paragraph in body_text.findall(qn("a:p")):
                body_text.remove(paragraph)
            body_text.append(parse_xml(_NUMBER.format(ns=nsdecls("a"), size="", n=len(self.pptx.slides))))
            wide = number.top <= top + _FOOT and number.top + number.height >= top
            width = number.left - body.left - Inches(0.1) if wide and number.left > body.left else body.width
        else:
            width = body.width - Inches(0.8)
            frame = self.text(slide, Box(body.left + width, top, Inches(0.8), _FOOT), "", SMALL, align=PP_ALIGN.RIGHT)
            paragraph = frame.paragraphs[0]._p  # noqa: SLF001
            field = parse_xml(_NUMBER.format(ns=nsdecls("a"), size=f'sz="{int(SMALL * 100)}"', n=len(self.pptx.slides)))
            for element in list(field):
                paragraph.append(element)
        box = Box(body.left, top, width, _FOOT)
        line = Box(box.left, box.top, box.width, int(SMALL * room.LINE * _PT))
        size = largest((SMALL, LEAST), [source], line)
        if height_of([source], line, size) > line.height:
            source = short
            size = largest((SMALL, LEAST), [source], line)
        self.text(slide, box, source, size, colour=MUTED, anchor=MSO_ANCHOR.MIDDLE)

    @staticmethod
    def _drop_empty(slide: Slide) -> None:
        for shape in list(slide.placeholders):
            if shape.placeholder_format.type not in _TITLES:
                shape._element.getparent().remove(shape._element)  # noqa: SLF001

    # ---- room --------------------------------------------------------------------------------------------------------

    @cached_property
    def _whole(self) -> Box:
        body = _body(self._layouts["content"])
        if body is not None:
            return Box(body.left, body.top, body.width, body.height)
        title = _title_of(self._layouts["plain"])
        top = title.top + title.height + Inches(0.1)
        return Box(title.left, top, title.width, self.pptx.slide_height - top - Inches(0.3))

    @property
    def body(self) -> Box:
        """Where content stands: under the title, above the foot."""
        return self._whole.strip(self._whole.height - _FOOT - Inches(0.08))


# ---- templates -------------------------------------------------------------------------------------------------------


def _opened(template: Path) -> Pptx:
    try:
        pptx: Pptx = Presentation(str(template))
        pptx.slide_layouts, pptx.slide_width  # noqa: B018 - a file that is none shows it here
    except (
        PythonPptxError,
        OSError,
        zipfile.BadZipFile,
        etree.XMLSyntaxError,
        LookupError,
        ValueError,
        AttributeError,
    ) as error:
        raise TemplateError(_UNREADABLE, file=template.name) from error
    for entry in list(pptx.slides._sldIdLst):  # noqa: SLF001 - pptx cannot leave slides out
        pptx.part.drop_rel(entry.rId)
        pptx.slides._sldIdLst.remove(entry)  # noqa: SLF001
    for listed in pptx.element.xpath("//p:custShowLst | //*[local-name()='sectionLst']/.."):
        listed.getparent().remove(listed)  # they name the slides that are gone
    return pptx


_UNREADABLE = N_(
    "The slide template {file} cannot be read: it must be a PowerPoint file (.pptx). "
    "Open it in PowerPoint or WPS, save it as .pptx and try again"
)
_NO_TITLE = N_(
    "The slide template {file} has no layout with a title; add the layouts Title, Title and Content, Title Only"
)


def _layouts(pptx: Pptx, file: str) -> dict[str, SlideLayout]:
    """Return the layouts used, by what for; a missing one is stood in for by another that has a title."""
    titled = [layout for layout in pptx.slide_layouts if _title_of(layout) is not None]
    if not titled:
        raise TemplateError(_NO_TITLE, file=file)
    found = {
        use: next((x for kind in kinds for x in titled if x._element.get("type") == kind), None)  # noqa: SLF001
        for use, kinds in _KINDS.items()
    }
    content = found["content"] or next((x for x in titled if _body(x) is not None), None)
    plain = found["plain"] or content or titled[-1]
    return {"title": found["title"] or titled[0], "content": content or plain, "plain": plain}


def _title_of(layout: SlideLayout) -> Any:
    return next((s for s in layout.placeholders if s.placeholder_format.type in _TITLES[:2]), None)


def _body(layout: SlideLayout) -> Any:
    kinds = (PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.BODY)
    return next((s for s in layout.placeholders if s.placeholder_format.type in kinds), None)


# ---- the plain deck --------------------------------------------------------------------------------------------------

_FILL = '<a:solidFill {ns}><a:srgbClr val="{colour}"/></a:solidFill>'
_NUMBER = (
    '<a:p {ns}><a:fld id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum"><a:rPr lang="zh-CN" {size}/>'
    "<a:t>{n}</a:t></a:fld></a:p>"
)
_BACKGROUND = "<p:bg {ns}><p:bgPr>{fill}<a:effectLst/></p:bgPr></p:bg>"
_RECTANGLE = (
    '<p:sp {ns}><p:nvSpPr><p:cNvPr id="{id}" name="{name}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr>'
    '<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{w}" cy="{h}"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{fill}<a:ln><a:noFill/></a:ln></p:spPr>'
    "<p:txBody><a:bodyPr/><a:lstStyle/><a:p/></p:txBody></p:sp>"
)
_PLACES = {  # inches: left, top, width, height
    PP_PLACEHOLDER.TITLE: (0.6, 0.5, 12.13, 1.0),
    PP_PLACEHOLDER.BODY: (0.6, 1.62, 12.13, 5.72),
    PP_PLACEHOLDER.SLIDE_NUMBER: (11.93, 7.02, 0.8, 0.32),
}
STRIP = Box(0, 0, Inches(13.333), Inches(0.42))
"""Where a plain deck says which part a slide belongs to."""


def _plain(lang: str) -> Pptx:
    """Return an empty 16:9 deck with the layouts title, title and content, title only."""
    pptx: Pptx = Presentation()
    pptx.slide_width, pptx.slide_height = Inches(13.333), Inches(7.5)
    keep = {kind for kinds in _KINDS.values() for kind in kinds}
    for layout in list(pptx.slide_layouts):
        if layout._element.get("type") not in keep:  # noqa: SLF001
            pptx.slide_layouts.remove(layout)
    _theme(pptx, lang)
    master = pptx.slide_master
    for shape in list(master.placeholders):
        kind = shape.placeholder_format.type
        if kind in _PLACES:
            shape.left, shape.top, shape.width, shape.height = map(Inches, _PLACES[kind])
        else:
            shape._element.getparent().remove(shape._element)  # noqa: SLF001
    for shape in master.placeholders:
        if shape.placeholder_format.type == PP_PLACEHOLDER.TITLE:
            shape.text_frame.margin_left = shape.text_frame.margin_right = 0
    style = master._element.find("p:txStyles/p:titleStyle/a:lvl1pPr", _NS)  # noqa: SLF001
    style.set("algn", "l")
    style.find(qn("a:defRPr")).set("sz", "2800")
    style.find(qn("a:defRPr")).set("b", "1")
    width, strip = pptx.slide_width, STRIP.height
    _draw(master, (0, 0, width, strip), "dk2", first=True)
    _draw(master, (0, 0, Inches(0.16), strip), "", GOLD)
    _draw(master, (Inches(0.6), Inches(6.98), Inches(12.13), 9525), "", LINE)
    for layout in pptx.slide_layouts:
        for shape in list(layout.placeholders):
            if shape.placeholder_format.type in {PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER}:
                shape._element.getparent().remove(shape._element)  # noqa: SLF001
        if layout._element.get("type") == "title":  # noqa: SLF001
            _opening(layout)
    return pptx


_NS = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
}


def _opening(layout: SlideLayout) -> None:
    """Make the layout of the first slide: white on navy."""
    fill = '<a:solidFill><a:schemeClr val="tx2"/></a:solidFill>'
    layout._element.cSld.insert(0, parse_xml(_BACKGROUND.format(ns=nsdecls("p", "a"), fill=fill)))  # noqa: SLF001
    layout._element.set("showMasterSp", "0")  # noqa: SLF001
    for shape in list(layout.placeholders):
        kind = shape.placeholder_format.type
        if kind == PP_PLACEHOLDER.SLIDE_NUMBER:
            shape._element.getparent().remove(shape._element)  # noqa: SLF001
            continue
        title = kind in _TITLES
        shape.left, shape.width = Inches(1.0), Inches(11.33)
        shape.top, shape.height = (Inches(1.05), Inches(2.2)) if title else (Inches(3.75), Inches(3.2))
        frame = shape.text_frame
        frame.margin_left = frame.margin_right = 0
        frame.vertical_anchor = MSO_ANCHOR.BOTTOM if title else MSO_ANCHOR.TOP
        styles = shape._element.txBody.find(qn("a:lstStyle"))  # noqa: SLF001
        for style in list(styles):
            styles.remove(style)
        styles.append(parse_xml(_OPENING.format(ns=nsdecls("a"))))
    _draw(layout, (Inches(1.0), Inches(3.45), Inches(1.6), Inches(0.06)), "", GOLD)


_OPENING = (
    '<a:lvl1pPr {ns} marL="0" indent="0" algn="l"><a:buNone/><a:defRPr><a:solidFill><a:schemeClr val="bg1"/>'
    "</a:solidFill></a:defRPr></a:lvl1pPr>"
)


def _draw(on: Any, box: tuple[int, int, int, int], scheme: str, colour: str = "", *, first: bool = False) -> None:
    """Draw a filled rectangle on a master or layout, behind what stands there."""
    inner = f'<a:schemeClr val="{ {"dk2": "tx2"}.get(scheme, scheme) }"/>' if scheme else f'<a:srgbClr val="{colour}"/>'
    tree = on.shapes._spTree  # noqa: SLF001
    n = max((int(e.get("id")) for e in tree.iter(qn("p:cNvPr"))), default=1) + 1
    x, y, w, h = box
    shape = parse_xml(
        _RECTANGLE.format(
            ns=nsdecls("p", "a"), id=n, name=f"Mark {n}", x=x, y=y, w=w, h=h, fill=f"<a:solidFill>{inner}</a:solidFill>"
        )
    )
    tree.insert(2 if first else 3, shape)


def _theme(pptx: Pptx, lang: str) -> None:
    """Set the fonts and colours of the deck's theme."""
    part = next(rel.target_part for rel in pptx.slide_master.part.rels.values() if rel.reltype.endswith("/theme"))
    theme = etree.fromstring(part.blob)
    latin, east = _FONTS[lang]
    for fonts in (theme.find(".//a:majorFont", _NS), theme.find(".//a:minorFont", _NS)):
        fonts.find("a:latin", _NS).set("typeface", latin)
        fonts.find("a:ea", _NS).set("typeface", east)
        for other in fonts.findall("a:font", _NS):  # 宋体 for Hans would stand before the font for East Asia
            if other.get("script") == "Hans":
                other.set("typeface", east)
    colours = theme.find(".//a:clrScheme", _NS)
    for name, colour in _THEME.items():
        entry = colours.find(f"a:{name}", _NS)
        for child in list(entry):
            entry.remove(child)
        etree.SubElement(entry, qn("a:srgbClr")).set("val", colour)
    part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)  # noqa: SLF001
