"""Styles of a Word document: those of a county's template where it has them, else the form of official documents.

`STYLES` names what a template may define; each that it lacks is added as here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.styles.style import BaseStyle, ParagraphStyle

BODY, TITLE, ITEM, CAPTION = "Body Text", "Title", "List Number", "Caption"
HEADINGS = ("Heading 1", "Heading 2")
CELL, HEAD, NOTE, FIGURE = "Table Text", "Table Heading", "Table Note", "Figure"
GRID = "Table Grid"
STYLES = (TITLE, *HEADINGS, BODY, ITEM, CAPTION, CELL, HEAD, NOTE, FIGURE, GRID)
"""Names of the styles a document uses, as Word's English version shows them; a template may define any."""

_TELLING = {TITLE: "标题", HEADINGS[0]: "标题 1", HEADINGS[1]: "标题 2", BODY: "正文文本"}
"""The styles a county has of its own if it has any, and what they are called in a Chinese Word."""
_SONG, _FANG, _KAI, _HEI, _TITLE = "宋体", "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体"
FONTS = {
    _FANG: ("仿宋", "modern"),
    _KAI: ("楷体", "modern"),
    _TITLE: ("华文中宋", "auto"),
    _HEI: ("SimHei", "modern"),
    _SONG: ("SimSun", "auto"),
}
"""What is taken where a font is not installed, by font, and its family."""


@dataclass(frozen=True, slots=True)
class Look:
    """How paragraphs of a style look: sizes in points, indent in characters.

    Attributes
    ----------
    line : exact height of a line; 0 = by its content, as pictures need it.
    level : of an outline, from 1; 0 for text.
    gaps : whether Word leaves room between Chinese letters and figures.
    """

    east: str
    latin: str
    size: float
    line: float = 0.0
    indent: int = 0
    align: str = "both"
    bold: bool = False
    before: float = 0.0
    after: float = 0.0
    keep: bool = False
    level: int = 0
    gaps: bool = True


_CHINESE = {
    "Normal": Look(_FANG, "Times New Roman", 16, 28),
    TITLE: Look(_TITLE, "Times New Roman", 22, 34, align="center", before=6, after=22, keep=True, gaps=False),
    HEADINGS[0]: Look(_HEI, "Times New Roman", 16, 28, 2, "left", keep=True, level=1),
    HEADINGS[1]: Look(_KAI, "Times New Roman", 16, 28, 2, "left", keep=True, level=2),
    BODY: Look(_FANG, "Times New Roman", 16, 28, 2),
    ITEM: Look(_FANG, "Times New Roman", 16, 28, 2),
    CAPTION: Look(_HEI, "Times New Roman", 12, align="center", before=6, after=4),
    CELL: Look(_FANG, "Times New Roman", 10.5, 15, align="left", gaps=False),
    HEAD: Look(_HEI, "Times New Roman", 10.5, 15, align="center", gaps=False),
    NOTE: Look(_FANG, "Times New Roman", 10.5, 16, align="left", before=3, after=10),
    FIGURE: Look(_FANG, "Times New Roman", 10.5, align="center", before=6, keep=True),
}
_ENGLISH = {
    "Normal": Look(_SONG, "Times New Roman", 12, 18),
    TITLE: Look(_HEI, "Arial", 20, 28, align="center", bold=True, before=6, after=18, keep=True),
    HEADINGS[0]: Look(_HEI, "Arial", 15, 22, align="left", bold=True, before=16, after=6, keep=True, level=1),
    HEADINGS[1]: Look(_HEI, "Arial", 12.5, 20, align="left", bold=True, before=12, after=4, keep=True, level=2),
    BODY: Look(_SONG, "Times New Roman", 12, 18, after=6),
    ITEM: Look(_SONG, "Times New Roman", 12, 18, after=5),
    CAPTION: Look(_HEI, "Arial", 10, align="center", bold=True, before=6, after=4),
    CELL: Look(_SONG, "Times New Roman", 9, 12, align="left"),
    HEAD: Look(_HEI, "Arial", 8.5, 11, align="center", bold=True),
    NOTE: Look(_SONG, "Times New Roman", 9.5, 13, align="left", before=3, after=10),
    FIGURE: Look(_SONG, "Times New Roman", 10, align="center", before=6, keep=True),
}


def prepare(document: Document, lang: str, *, own: bool) -> None:
    """Give a document the styles it lacks; `own` says that it is a county's, whose styles stay as they are."""
    looks = _CHINESE if lang == "zh" else _ENGLISH
    for name, look in looks.items():
        known = any(style.name == name for style in document.styles)
        if known and own:
            continue
        style = document.styles[name] if known else _added(document, name)
        _set(cast("ParagraphStyle", style), look, None if name == "Normal" or own else document.styles["Normal"])
    if not any(style.name == GRID for style in document.styles):
        _add_grid(document)
    if not own:
        _set_defaults(document, looks["Normal"], lang)
    _declare(document, {look.east for look in looks.values()})


def _added(document: Document, name: str) -> BaseStyle:
    """Add a style; a style that was renamed has kept the id that this one would get."""
    taken = {style.style_id for style in document.styles}
    style: BaseStyle = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    plain, n = style.style_id, 2
    while style.style_id in taken:
        style.element.styleId, n = f"{plain}{n}", n + 1
    return style


def lacking(document: Document) -> list[str]:
    """Return which of the styles that make a bulletin's look a document does not have, as both Words call them."""
    known = {style.name for style in document.styles}
    return [f"{name} ({chinese})" for name, chinese in _TELLING.items() if name not in known]


def of_another_kind(document: Document) -> list[str]:
    """Return the names of `STYLES` that a document has for something else, such as a run of letters."""
    kinds = {style.name: style.type for style in document.styles}
    wanted = {name: WD_STYLE_TYPE.TABLE if name == GRID else WD_STYLE_TYPE.PARAGRAPH for name in STYLES}
    return [name for name, kind in wanted.items() if kinds.get(name, kind) != kind]


def numbered(document: Document, name: str) -> bool:
    """Whether paragraphs of a style count by themselves, as headings of a template may."""
    style: ParagraphStyle | None = cast("ParagraphStyle", document.styles[name])
    while style is not None:
        if style.element.pPr is not None and style.element.pPr.numPr is not None:
            return True
        style = cast("ParagraphStyle | None", style.base_style)
    return False


def type_size(document: Document, name: str, lang: str) -> float:
    """Return the points of a style's type: the template's, or what is set here."""
    style: ParagraphStyle | None = cast("ParagraphStyle", document.styles[name])
    while style is not None:
        if style.font.size is not None:
            return float(style.font.size.pt)
        style = cast("ParagraphStyle | None", style.base_style)
    return (_CHINESE if lang == "zh" else _ENGLISH)[name].size


def _set(style: ParagraphStyle, look: Look, normal: BaseStyle | None) -> None:
    """Make a style look so, whatever it looked like before."""
    element = style.element
    for old in element.xpath("w:pPr | w:rPr"):
        element.remove(old)
    if normal is not None:
        style.base_style = normal
    style.hidden, style.quick_style = False, True
    exact = f'w:line="{look.line * 20:.0f}" w:lineRule="exact"' if look.line else 'w:line="240" w:lineRule="auto"'
    keep = "<w:keepNext/>" if look.keep else ""
    # What Word does unasked. LibreOffice 7.4 reads it the other way round: unless it is said, signs at the end of a
    # justified line hang outside the margin, and some of these are not printed at all.
    hang = '<w:overflowPunct w:val="1"/>'
    space = "" if look.gaps else '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
    level = f'<w:outlineLvl w:val="{look.level - 1}"/>' if look.level else ""
    bold = "<w:b/>" if look.bold else '<w:b w:val="0"/>'
    element.append(
        parse_xml(
            f"<w:pPr {nsdecls('w')}>{keep}{hang}{space}"
            f'<w:spacing w:before="{look.before * 20:.0f}" w:after="{look.after * 20:.0f}" {exact}/>'
            f'<w:ind w:firstLineChars="{look.indent * 100}" w:firstLine="{look.indent * look.size * 20:.0f}"/>'
            f'<w:jc w:val="{look.align}"/>{level}</w:pPr>'
        )
    )
    element.append(
        parse_xml(
            f'<w:rPr {nsdecls("w")}>{_fonts(look)}{bold}<w:i w:val="0"/><w:color w:val="000000"/>'
            f'<w:sz w:val="{look.size * 2:.0f}"/><w:szCs w:val="{look.size * 2:.0f}"/></w:rPr>'
        )
    )


def _fonts(look: Look) -> str:
    return f'<w:rFonts w:ascii="{look.latin}" w:hAnsi="{look.latin}" w:eastAsia="{look.east}" w:cs="{look.latin}"/>'


def _set_defaults(document: Document, look: Look, lang: str) -> None:
    """Set what holds without any style, and the language that spelling and line breaks follow."""
    # Latin words and figures are not Chinese in a Chinese document either: 83.3% is not broken over two lines.
    said = "en-US" if lang == "zh" else "en-GB"
    defaults = document.styles.element.find(qn("w:docDefaults"))
    if defaults is not None:
        document.styles.element.remove(defaults)
    document.styles.element.insert(
        0,
        parse_xml(
            f'<w:docDefaults {nsdecls("w")}><w:rPrDefault><w:rPr>{_fonts(look)}<w:sz w:val="{look.size * 2:.0f}"/>'
            f'<w:lang w:val="{said}" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/>'
            "</w:docDefaults>"
        ),
    )


def _add_grid(document: Document) -> None:
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    document.styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/>'
            f'<w:uiPriority w:val="39"/><w:tblPr><w:tblBorders>{lines}</w:tblBorders></w:tblPr></w:style>'
        )
    )


def _declare(document: Document, names: Iterable[str]) -> None:
    """Say in the document's font table what stands in for a font that is not installed."""
    parts = [p for p in document.part.package.iter_parts() if p.partname.endswith("/fontTable.xml")]
    if not parts:
        return
    root = parse_xml(parts[0].blob)
    known = {font.get(qn("w:name")) for font in root}
    for name in sorted(set(names) - known):
        root.append(_font(name))
    parts[0]._blob = serialize_part_xml(root)  # noqa: SLF001


def _font(name: str) -> BaseOxmlElement:
    other, family = FONTS[name]
    font = OxmlElement("w:font", {qn("w:name"): name})
    for tag, value in (("altName", other), ("charset", "86"), ("family", family), ("pitch", "default")):
        font.append(OxmlElement(f"w:{tag}", {qn("w:val"): value}))
    return font
