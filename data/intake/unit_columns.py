"""Columns that name the unit of the figures beside them, row by row, in tables with a column per item."""

from collections.abc import Mapping, Sequence

from data.intake import units
from data.intake.model import Cells, Codes, FoundColumn, Sheet, Told
from data.intake.values import is_blank
from data.tables import items

# What items are counted in that is no unit: 分子/分母.
_OF_ITEMS = frozenset(item.unit for item in items().values() if not units.known(item.unit))


def unit_columns(columns: Sequence[FoundColumn], figures: Sequence[int]) -> dict[int, FoundColumn]:
    """Return column of figures → the column of units that speaks for it.

    One column of units speaks for all; of several each for the figures up to the next one: those before it if the
    first of them stands before all units (数量 单位 金额 单位), else those after it.
    """
    named = [c for c in columns if c.canonical == "unit"]
    if len(named) < 2:
        return {at: one for one in named for at in figures}
    before = min(figures) < min(c.col for c in named)
    found: dict[int, FoundColumn] = {}
    for at in figures:
        beside = [c for c in named if (c.col > at) == before]
        nearest = min(beside, key=lambda c: abs(c.col - at), default=None)
        if nearest is not None:
            found[at] = nearest
    return found


def said_by_rows(
    sheet: Sheet, rows: Codes, speaks: Mapping[int, FoundColumn], targets: Mapping[int, tuple[str, str]]
) -> tuple[dict[int, Cells], list[Told]]:
    """Return the unit of each row's figure for the columns of which rows say it, and the cells that fit none.

    Parameters
    ----------
    rows
        Rows of data.
    speaks
        As `unit_columns` returns it.
    targets
        Column of figures → the unit of its item, and the unit its header or the unit line says, which holds where the
        row says none or one of a column of another kind.
    """
    cells: dict[int, Cells] = {}
    for at, named in speaks.items():
        wanted, own = targets[at]
        said = sheet.columns[named.col]
        if units.known(wanted) and any(_fits(text, wanted) for text in _texts(said, rows)):
            cells[at] = Cells(said.codes, [text if _fits(text, wanted) else own for text in said.texts])
    told = []
    for named in dict.fromkeys(speaks.values()):
        said = sheet.columns[named.col]
        heard = [targets[at][0] for at, other in speaks.items() if other == named and units.counts(targets[at][0])]
        odd = {
            t for t in _texts(said, rows) if not is_blank(t) and heard and not any(_fits(t, wanted) for wanted in heard)
        }
        told += [
            Told(
                "flag_unit" if heard[0] == units.FLAG else "wrong_unit",
                row,
                named,
                {"unit": text, "target": heard[0], "factor": ""},
                text,
            )
            for row in rows.tolist()
            if (text := said.text(row)) in odd
        ]
    return cells, told


def unread_units(sheet: Sheet, rows: Codes, columns: Sequence[FoundColumn]) -> list[Told]:
    """Return the cells of a column of units, beside figures in rows, that name no unit known."""
    named = next((c for c in columns if c.canonical == "unit" and c.name is None), None)
    if named is None:
        return []
    cells = sheet.columns[named.col]
    odd = {text for text in _texts(cells, rows) if not (is_blank(text) or units.known(text) or text in _OF_ITEMS)}
    told = [(row, cells.text(row)) for row in rows.tolist() if cells.text(row) in odd]
    return [Told("unit_unread", row, named, value=text) for row, text in told]


def _texts(cells: Cells, rows: Codes) -> set[str]:
    return {cells.text(row) for row in rows.tolist()}


def _fits(text: str, wanted: str) -> bool:
    return text == wanted or (bool(text) and units.known(text) and units.factor(text, wanted) is not None)
