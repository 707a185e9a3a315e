"""Tables on their side with a row of people: 户主 | 张三 | 李四."""

from dataclasses import replace

import numpy as np

from data.intake.covers import names_people
from data.intake.model import Cells, Sheet
from data.intake.people import is_name
from data.intake.personal import personal_header
from data.intake.structure import Structure

_LOOKED_AT = 12
_ENOUGH = 0.5


def rows_of_people(sheet: Sheet, structure: Structure) -> tuple[int, ...]:
    """Return the first rows that hold names behind a word such as 户主, where the other rows are no people's."""
    rows = [*structure.header_rows, *structure.data_rows[:_LOOKED_AT].tolist()]
    found = []
    for row in rows:
        label, *texts = [text for text in sheet.row(row) if text] or [""]
        if (personal_header(label) or names_people(label)) and texts and _names(texts):
            found.append(row)
    labels = [text for row in rows if row not in found and (text := sheet.columns[0].text(row))]
    return tuple(found) if labels and not _names(labels) else ()


def without_cells(sheet: Sheet, rows: tuple[int, ...]) -> Sheet:
    """Return a sheet with these rows blank."""

    def blank(cells: Cells) -> Cells:
        codes = cells.codes.copy()
        codes[list(rows)] = len(cells.texts)
        used, codes = np.unique(codes, return_inverse=True)
        texts = [*cells.texts, ""]
        return Cells(codes.astype(np.intp), [texts[code] for code in used.tolist()])

    merged = tuple(m for m in sheet.merged if not any(m[0] <= row <= m[2] for row in rows))
    return replace(sheet, columns=tuple(map(blank, sheet.columns)), merged=merged)


def _names(texts: list[str]) -> bool:
    return sum(map(is_name, texts)) > _ENOUGH * len(texts)
