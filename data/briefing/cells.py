"""What stands in tables, as text and as figures: the same in slides and sheets."""

import datetime as dt
from collections.abc import Iterable

from data import wording
from data.briefing.model import Cell, Number, Told
from data.briefing.text import written
from data.language import translator
from data.wording import EPS, MINUS, NOTHING


def told(cell: Cell, lang: str) -> str:
    """Return a cell as text; what is missing is a dash."""
    if cell is None or cell == "":
        return NOTHING
    if isinstance(cell, Number):
        return written(cell.written, lang)
    if isinstance(cell, Told):
        return written(cell.word, lang)
    if isinstance(cell, dt.date):
        return written(wording.day(cell, translator(lang), year=True), lang)
    return written(str(cell), lang)


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
