"""Tables of a Word document: column widths by what stands in them, the head on every page, no row cut in two."""

import datetime as dt
import re
from collections.abc import Sequence
from xml.sax.saxutils import escape

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from data.briefing.cells import told
from data.briefing.looks import ink
from data.briefing.model import Number, Table, Told
from data.briefing.text import written
from data.briefing.word_styles import CELL, GRID, HEAD, type_size
from data.statuses import look

_PADDING = 3.5
"""Points left and right of a cell's text."""
_LEAST = 4
"""Letters of text that stand in one line at least."""
_TOGETHER = 8
"""Rows up to which a table is not broken over two pages."""
_ENDS = 3
"""Rows that stand together at either end of a longer one: no row is alone with its head."""
_AROUND = 2 * _PADDING + 1
_EAST = 0x2000
# Figures as wide as in the widest of the fonts that stand in for one that is missing: a date must not break in two.
_WIDTHS = dict.fromkeys("0123456789", 0.64) | dict.fromkeys(".,- ", 0.52) | {"+": 0.86, "%": 0.95}
_LATIN = 0.62
"""Widths against the type size."""
_SEAM = re.compile(r"(?<=[\u4e00-\u9fff])(?=[!-~])|(?<=[!-~])(?=[\u4e00-\u9fff])")
_GAP = 0.25
"""What some programs put between Chinese and figures, whatever the style says: a date would break in two."""
_SHADE = "E9EDF1"


def append(document: Document, table: Table, lang: str, room: float) -> list[float]:
    """Append a table to the body of a document and return the widths of its columns.

    Parameters
    ----------
    room : points from margin to margin; the table fills them.
    """
    texts = [["" if cell == "" else told(cell, lang) for cell in row] for row in table.rows]
    heads = [written(column.name, lang) for column in table.columns]
    # English units are words and may stand below their number.
    whole = [[lang == "zh" and isinstance(cell, (Number, Told, dt.date, int)) for cell in row] for row in table.rows]
    size = max(type_size(document, CELL, lang), type_size(document, HEAD, lang))
    columns = range(len(heads))
    # A head may take two lines.
    natural = [
        max(_width(heads[n], size) / 2 + size, *(_width(row[n], size) for row in texts)) + _AROUND for n in columns
    ]
    least = [
        max(
            _widest_word(heads[n], size),
            *(
                _width(row[n], size) if fixed[n] else _widest_word(row[n], size)
                for row, fixed in zip(texts, whole, strict=True)
            ),
        )
        + _AROUND
        for n in columns
    ]
    widths = _shared([column.share for column in table.columns], least, natural, room)
    styles = {name: document.styles[name].style_id for name in (CELL, HEAD, GRID)}
    rows = [_row([_cell(h, w, styles[HEAD], keep=True, shade=_SHADE) for h, w in zip(heads, widths, strict=True)], 1)]
    for n, (row, cells) in enumerate(zip(texts, table.rows, strict=True)):
        left = len(texts) - 1 - n
        keep = left > 0 and (len(texts) <= _TOGETHER or n < _ENDS - 1 or left < _ENDS)
        rows.append(
            _row(
                [
                    _cell(
                        text,
                        widths[k],
                        styles[CELL],
                        align="right" if table.columns[k].right else "",
                        colour=ink(look(cell.code).fill) if isinstance(cell, Told) else "",
                        keep=keep,
                    )
                    for k, (text, cell) in enumerate(zip(row, cells, strict=True))
                ]
            )
        )
    grid = "".join(f'<w:gridCol w:w="{_twips(w)}"/>' for w in widths)
    element = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="{styles[GRID]}"/><w:tblW w:w="{_twips(sum(widths))}" '
        f'w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:top w:w="30" w:type="dxa"/><w:left w:w="{_twips(_PADDING)}" w:type="dxa"/>'
        f'<w:bottom w:w="30" w:type="dxa"/><w:right w:w="{_twips(_PADDING)}" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )
    document.element.body.add_p().addprevious(element)
    body = document.element.body
    body.remove(element.getnext())
    return widths


def _row(cells: Sequence[str], head: int = 0) -> str:
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(
    text: str, width: float, style: str, *, align: str = "", colour: str = "", keep: bool = False, shade: str = ""
) -> str:
    """Return a cell as XML; whatever the text is, it is text and nothing that Word would compute or follow."""
    inside = f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else ""
    kept = "<w:keepNext/>" if keep else ""
    jc = f'<w:jc w:val="{align}"/>' if align else ""
    run = f'<w:rPr><w:b/><w:color w:val="{colour[1:]}"/></w:rPr>' if colour else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{_twips(width)}" w:type="dxa"/>{inside}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{kept}{jc}</w:pPr><w:r>{run}'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'
    )


def _twips(points: float) -> int:
    return int(points * 20)


def _width(text: str, size: float) -> float:
    gaps = _GAP * len(_SEAM.findall(text))
    return size * (gaps + sum(_WIDTHS.get(letter, _LATIN if ord(letter) < _EAST else 1.0) for letter in text))


def _widest_word(text: str, size: float) -> float:
    """Return the width that a text needs at least: Chinese breaks anywhere, but not after each letter."""
    words = re.findall(rf"[^\s⺀-\uffff]+|[⺀-\uffff]{{1,{_LEAST}}}", text)
    return max((_width(word, size) for word in words), default=0.0)


def _shared(shares: Sequence[float], least: Sequence[float], natural: Sequence[float], room: float) -> list[float]:
    """Share the room among columns: each what it needs, then by shares up to what it can use."""
    if sum(least) >= room:
        return [room * one / sum(least) for one in least]
    widths = list(least)
    wanting = {n for n in range(len(widths)) if natural[n] > widths[n]}
    while wanting and (left := room - sum(widths)) > 1:
        whole = sum(shares[n] for n in wanting)
        for n in sorted(wanting):
            widths[n] = min(natural[n], widths[n] + left * shares[n] / whole)
        wanting = {n for n in wanting if natural[n] > widths[n]}
    left = room - sum(widths)
    return [width + left * share / sum(shares) for width, share in zip(widths, shares, strict=True)]
