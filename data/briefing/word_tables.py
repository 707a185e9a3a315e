"""Tables of a Word document: column widths by what stands in them, the head on every page, no row cut in two."""

import datetime as dt
from collections.abc import Sequence
from xml.sax.saxutils import escape

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from data import wording
from data.briefing.looks import ink
from data.briefing.model import Cell, Number, Table, Told
from data.briefing.text import written
from data.briefing.word_styles import CELL, GRID, HEAD, type_size
from data.language import translator
from data.statuses import look

_PADDING = 4.0
"""Points left and right of a cell's text."""
_LEAST = 3
"""Letters of text that stand in one line at least."""
_TOGETHER = 8
"""Rows up to which a table is not broken over two pages."""
_LATIN = 0.54
_SHADE = "E9EDF1"


def words(cell: Cell, lang: str) -> str:
    """Return a cell as text."""
    match cell:
        case None:
            return wording.NOTHING
        case Number() | Told():
            return written(cell.written if isinstance(cell, Number) else cell.word, lang)
        case dt.date():
            return written(wording.day(cell, translator(lang), year=True), lang)
    return written(str(cell), lang)


def append(document: Document, table: Table, lang: str, room: float) -> list[float]:
    """Append a table to the body of a document and return the widths of its columns.

    Parameters
    ----------
    room : points from margin to margin; the table fills them.
    """
    texts = [[words(cell, lang) for cell in row] for row in table.rows]
    heads = [written(column.name, lang) for column in table.columns]
    whole = [[isinstance(cell, (Number, Told, dt.date, int)) for cell in row] for row in table.rows]
    size = max(type_size(document, CELL, lang), type_size(document, HEAD, lang))
    least = [
        max(
            [_widest_word(heads[n], size, lang)]
            + [
                _width(row[n], size) if fixed[n] else _widest_word(row[n], size, lang)
                for row, fixed in zip(texts, whole, strict=True)
            ]
        )
        + 2 * _PADDING
        + 1
        for n in range(len(heads))
    ]
    widths = _shared([column.share for column in table.columns], least, room)
    styles = {name: document.styles[name].style_id for name in (CELL, HEAD, GRID)}
    together = len(texts) <= _TOGETHER
    rows = [_row([_cell(h, w, styles[HEAD], keep=True, shade=_SHADE) for h, w in zip(heads, widths, strict=True)], 1)]
    for n, (row, cells) in enumerate(zip(texts, table.rows, strict=True)):
        keep = together and n < len(texts) - 1
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
        f'<w:left w:w="{_twips(_PADDING)}" w:type="dxa"/><w:right w:w="{_twips(_PADDING)}" w:type="dxa"/>'
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
    return size * sum(_LATIN if ord(letter) < 0x2000 else 1.0 for letter in text)


def _widest_word(text: str, size: float, lang: str) -> float:
    """Return the width that a text needs at least: Chinese breaks anywhere, but not after each letter."""
    pieces = [text[:_LEAST]] if lang == "zh" else []
    word = ""
    for letter in text:
        if letter.isascii() and not letter.isspace():
            word += letter
            continue
        pieces.append(word)
        word = ""
    return max(_width(piece, size) for piece in (*pieces, word))


def _shared(shares: Sequence[float], least: Sequence[float], room: float) -> list[float]:
    """Share the room among columns: each what it needs, what is left by their shares."""
    if sum(least) >= room:
        return [room * one / sum(least) for one in least]
    wanted = [room * share / sum(shares) for share in shares]
    over = [max(want - need, 0.0) for want, need in zip(wanted, least, strict=True)]
    left = room - sum(least)
    return [
        need + left * (more / sum(over) if sum(over) else 1 / len(least))
        for need, more in zip(least, over, strict=True)
    ]
