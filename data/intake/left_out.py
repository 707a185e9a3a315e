"""Single rows of a file that its sender leaves out."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from data.intake.model import Origin
from data.intake.structure import Structure


def without_rows(structure: Structure, origin: Origin | None, rows: Collection[int]) -> Structure:
    """Return a table without some rows of data; totals are then held against the rows that are left.

    Parameters
    ----------
    origin
        Where the cells of the table stand in the file; None where they are the same.
    rows
        As the file has them, counted from 0.
    """
    data = structure.data_rows
    if not rows or not len(data):
        return structure
    kept = ~np.isin(data if origin is None else np.asarray(origin.lines(data)), list(rows))
    return replace(structure, data_rows=data[kept], section_of=structure.section_of[kept])
