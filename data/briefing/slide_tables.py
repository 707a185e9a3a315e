"""Tables of slides: native ones that can be edited, continued over as many slides as they need."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.slide import Slide
from pptx.util import Emu, Inches

from data.briefing import room
from data.briefing.cells import told
from data.briefing.deck import Box
from data.briefing.looks import on
from data.briefing.model import Cell, Table, Told
from data.briefing.text import written
from data.statuses import look

SIZES = (18, 16, 14)
"""Type sizes of tables in points: the last is the smallest that is read from the back of a room."""
_PT = 12_700
_SIDE, _TOP = Inches(0.08), Inches(0.05)
_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid: what each cell looks like is written into it
_BOLD = 1.25  # of heads: how much wider bold type is, in the widest font that stands in for one that is missing
_HEAD = '<a:solidFill><a:schemeClr val="accent1"/></a:solidFill>'
_BAND = '<a:solidFill><a:schemeClr val="bg1"><a:lumMod val="95000"/></a:schemeClr></a:solidFill>'
_WHITE = '<a:solidFill><a:schemeClr val="bg1"/></a:solidFill>'
_RULE = (
    '<a:lnB w="6350"><a:solidFill><a:schemeClr val="bg1"><a:lumMod val="80000"/></a:schemeClr></a:solidFill></a:lnB>'
)


@dataclass(frozen=True)
class Grid:
    """A table measured for a width.

    Attributes
    ----------
    size : of its type, in points.
    widths, heights : of columns and rows, in EMU; `head` is the height of its head.
    """

    table: Table
    lang: str
    size: int
    texts: tuple[tuple[str, ...], ...]
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    heights: tuple[int, ...]
    head: int


def measured(table: Table, lang: str, width: int, height: int) -> Grid:
    """Return a table in the largest type in which it fits on one slide, or in the smallest if it fits in none."""
    for size in SIZES:
        grid = _measured(table, lang, width, size)
        if grid.head + sum(grid.heights) <= height:
            break
    return grid


def _measured(table: Table, lang: str, width: int, size: int) -> Grid:
    heads = tuple(written(column.name, lang) for column in table.columns)
    texts = tuple(tuple(told(cell, lang) for cell in row) for row in table.rows)
    em, side = size * _PT, 2 * _SIDE / (size * _PT) + 0.2
    by_column = list(zip(heads, *texts, strict=True))
    natural = [max(map(room.width, cells)) + side for cells in by_column]
    least = [max(_BOLD * room.longest_word(cells[0]), *map(room.longest_word, cells)) + side for cells in by_column]
    found = room.columns(natural, least, [column.share for column in table.columns], width / em)
    widths = [int(w * em) for w in found]
    widths[-1] += width - sum(widths)
    rooms = [w / em - side for w in widths]

    def height(row: Sequence[str]) -> int:
        count = max(room.lines(text, room_) for text, room_ in zip(row, rooms, strict=True))
        return int(count * room.LINE * em + 2 * _TOP)

    return Grid(table, lang, size, texts, heads, tuple(widths), tuple(map(height, texts)), height(heads))


def portions(grid: Grid, first: int, more: int) -> list[list[int]]:
    """Return the numbers of the rows on each slide; `first` and `more` are the heights there is on the slides."""
    rows = range(len(grid.texts))
    full = room.packed(rows, grid.heights, first - grid.head, more - grid.head)
    if len(full) < 2:
        return full
    for spare in (0.5, 1.0, 1.5, 2.0):  # rather four and four rows than seven and one
        even = sum(grid.heights) / len(full) + spare * max(grid.heights)
        balanced = room.packed(rows, grid.heights, min(first - grid.head, even), min(more - grid.head, even))
        if len(balanced) == len(full):
            return balanced
    return full


def draw(slide: Slide, box: Box, grid: Grid, rows: Sequence[int]) -> None:
    """Put rows of a table with its head on a slide."""
    height = grid.head + sum(grid.heights[n] for n in rows)
    columns = grid.table.columns
    frame = slide.shapes.add_table(1, len(columns), Emu(box.left), Emu(box.top), Emu(box.width), Emu(height))
    frame.name = written(grid.table.title, grid.lang)
    aligned = [
        "ctr" if any(isinstance(row[k], Told) for row in grid.table.rows) else "r" if c.right else "l"
        for k, c in enumerate(columns)
    ]
    head = "".join(
        _cell(t, grid, _HEAD, _WHITE, align, bold=True) for t, align in zip(grid.heads, aligned, strict=True)
    )
    lines = [f'<a:tr h="{grid.head}">{head}</a:tr>']
    for n in rows:
        inner = "".join(
            _cell(text, grid, *_colours(cell, n), align, bold=isinstance(cell, Told))
            for text, cell, align in zip(grid.texts[n], grid.table.rows[n], aligned, strict=True)
        )
        lines.append(f'<a:tr h="{grid.heights[n]}">{inner}</a:tr>')
    grid_xml = "".join(f'<a:gridCol w="{w}"/>' for w in grid.widths)
    element = parse_xml(
        f'<a:tbl {nsdecls("a")}><a:tblPr firstRow="1"><a:tableStyleId>{_STYLE}</a:tableStyleId></a:tblPr>'
        f"<a:tblGrid>{grid_xml}</a:tblGrid>{''.join(lines)}</a:tbl>"
    )
    old = frame._element.graphic.graphicData.tbl  # noqa: SLF001 - a cell at a time takes ten times as long
    old.getparent().replace(old, element)


def _colours(cell: Cell, row: int) -> tuple[str, str]:
    """Return the fill of a cell and the colour of its text."""
    if isinstance(cell, Told):
        fill = look(cell.code).fill
        return _solid(fill), _solid(on(fill))
    return (_BAND if row % 2 else "<a:noFill/>"), ""


def _solid(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill>'


def _cell(text: str, grid: Grid, fill: str, colour: str, align: str, *, bold: bool) -> str:
    weight = ' b="1"' if bold else ""
    spoken = "zh-CN" if grid.lang == "zh" else "en-US"
    return (
        f'<a:tc><a:txBody><a:bodyPr/><a:lstStyle/><a:p><a:pPr algn="{align}"/>'
        f'<a:r><a:rPr lang="{spoken}" sz="{grid.size * 100}"{weight}>{colour}</a:rPr>'
        f"<a:t>{escape(text, quote=False)}</a:t></a:r></a:p></a:txBody>"
        f'<a:tcPr marL="{_SIDE}" marR="{_SIDE}" marT="{_TOP}" marB="{_TOP}" anchor="ctr">{_RULE}{fill}</a:tcPr></a:tc>'
    )
