"""Tables of slides: native ones that can be edited, continued over as many slides as they need."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.slide import Slide
from pptx.util import Emu, Inches

from data.briefing import room
from data.briefing.cells import ink, printable, written
from data.briefing.deck import Box
from data.briefing.model import Cell, Table, Told
from data.statuses import look

SIZE = 14
"""Type size of tables in points: the smallest that is read from the back of a room."""
_PT = 12_700
_SIDE, _TOP = Inches(0.08), Inches(0.045)
_STYLE = "{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}"  # Medium Style 2, Accent 1: in every PowerPoint and WPS


@dataclass(frozen=True)
class Grid:
    """A table measured for a width.

    Attributes
    ----------
    widths, heights : of columns and rows, in EMU; `head` is the height of its head.
    """

    table: Table
    lang: str
    texts: tuple[tuple[str, ...], ...]
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    heights: tuple[int, ...]
    head: int


def measured(table: Table, lang: str, width: int) -> Grid:
    """Return a table with the widths of its columns and the heights of its rows."""
    heads = tuple(printable(column.name, lang) for column in table.columns)
    texts = tuple(tuple(written(cell, lang) for cell in row) for row in table.rows)
    em, side = SIZE * _PT, 2 * _SIDE / (SIZE * _PT) + 0.2
    by_column = list(zip(heads, *texts, strict=True))
    natural = [max(map(room.width, cells)) + side for cells in by_column]
    least = [max(map(room.longest_word, cells)) + side for cells in by_column]
    found = room.columns(natural, least, [column.share for column in table.columns], width / em)
    widths = [int(w * em) for w in found]
    widths[-1] += width - sum(widths)
    rooms = [w / em - side for w in widths]

    def height(row: Sequence[str]) -> int:
        count = max(room.lines(text, room_) for text, room_ in zip(row, rooms, strict=True))
        return int(count * room.LINE * em) + 2 * _TOP

    return Grid(table, lang, texts, heads, tuple(widths), tuple(map(height, texts)), height(heads))


def portions(grid: Grid, first: int, more: int) -> list[list[int]]:
    """Return the numbers of the rows on each slide; `first` and `more` are the heights there is on the slides."""
    return room.packed(range(len(grid.texts)), grid.heights, first - grid.head, more - grid.head)


def draw(slide: Slide, box: Box, grid: Grid, rows: Sequence[int]) -> None:
    """Put rows of a table with its head on a slide."""
    height = grid.head + sum(grid.heights[n] for n in rows)
    columns = grid.table.columns
    frame = slide.shapes.add_table(
        1, len(columns), Emu(box.left), Emu(box.top), Emu(box.width), Emu(height)
    )
    frame.name = grid.table.title
    head = "".join(_cell(text, "", right=c.right, bold=True) for text, c in zip(grid.heads, columns, strict=True))
    lines = [f'<a:tr h="{grid.head}">{head}</a:tr>']
    for n in rows:
        cells = zip(grid.texts[n], grid.table.rows[n], columns, strict=True)
        inner = "".join(_cell(text, _fill(cell), right=c.right, bold=isinstance(cell, Told)) for text, cell, c in cells)
        lines.append(f'<a:tr h="{grid.heights[n]}">{inner}</a:tr>')
    grid_xml = "".join(f'<a:gridCol w="{w}"/>' for w in grid.widths)
    element = parse_xml(
        f'<a:tbl {nsdecls("a")}><a:tblPr firstRow="1" bandRow="1"><a:tableStyleId>{_STYLE}</a:tableStyleId></a:tblPr>'
        f"<a:tblGrid>{grid_xml}</a:tblGrid>{''.join(lines)}</a:tbl>"
    )
    old = frame._element.graphic.graphicData.tbl  # noqa: SLF001 - a cell at a time takes ten times as long
    old.getparent().replace(old, element)


def _fill(cell: Cell) -> str:
    return look(cell.code).fill if isinstance(cell, Told) else ""


def _cell(text: str, fill: str, *, right: bool, bold: bool) -> str:
    align = ' algn="r"' if right else ""
    colour = f'<a:solidFill><a:srgbClr val="{ink(fill)[1:]}"/></a:solidFill>' if fill else ""
    back = f'<a:solidFill><a:srgbClr val="{fill[1:]}"/></a:solidFill>' if fill else ""
    weight = ' b="1"' if bold else ""
    return (
        f'<a:tc><a:txBody><a:bodyPr/><a:lstStyle/><a:p><a:pPr{align}/><a:r><a:rPr lang="zh-CN" sz="{SIZE * 100}"{weight}>'
        f"{colour}</a:rPr><a:t>{escape(text, quote=False)}</a:t></a:r></a:p></a:txBody>"
        f'<a:tcPr marL="{_SIDE}" marR="{_SIDE}" marT="{_TOP}" marB="{_TOP}" anchor="ctr">{back}</a:tcPr></a:tc>'
    )
