"""What stands in tables, as text and in colour: the same in slides and sheets."""

import datetime as dt
import re
from collections.abc import Iterable

from data.briefing.model import Cell, Number, Told
from data.briefing.typeset import typeset
from data.wording import EPS, MINUS, NOTHING

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DARK, _LIGHT = "#17212B", "#FFFFFF"


def printable(text: str, lang: str) -> str:
    """Return a text as documents take it: set by the rules of its language, without characters XML does not allow."""
    return typeset(_FORBIDDEN.sub("", text), lang)


def written(cell: Cell, lang: str) -> str:
    """Return a cell as text; what is missing is a dash."""
    if cell is None or cell == "":
        return NOTHING
    if isinstance(cell, Number):
        return printable(cell.written, lang)
    if isinstance(cell, Told):
        return printable(cell.word, lang)
    return cell.isoformat() if isinstance(cell, dt.date) else printable(str(cell), lang)


def ink(fill: str) -> str:
    """Return the colour of text on a fill: dark or white, whichever stands out more."""
    shade = _luminance(fill) + 0.05
    return _DARK if shade / (_luminance(_DARK) + 0.05) >= (_luminance(_LIGHT) + 0.05) / shade else _LIGHT


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour as WCAG defines it."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def number_format(values: Iterable[float], unit: str = "", *, signed: bool = False) -> str:
    """Return the format by which sheets and charts show figures as the text writes them: one decimal where needed.

    Parameters
    ----------
    unit : its word, put behind each figure; "" for none.
    signed : whether what is more than nothing has a plus.

    >>> number_format([72.8, 100.0], "%")
    '#,##0.0"%"'
    """
    whole = all(abs(round(v, 1) - round(v)) < EPS for v in values)
    figure = "#,##0" if whole else "#,##0.0"
    quoted = unit.replace('"', "")
    if quoted:
        figure += f'"{quoted}"' if quoted == "%" else f'" {quoted}"'
    return f"+{figure};{MINUS}{figure};{figure}" if signed else figure
