"""Single rows of a file that its sender leaves out."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from data.intake.model import Origin
from data.intake.structure import Structure


def without_rows(structure: Structure, origin: Origin | None, rows: Collection[int]) -> Structure:
    """Return a table without some rows of data, which it keeps beside them for its totals.

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
    gone = dict(zip(data[~kept].tolist(), structure.section_of[~kept].tolist(), strict=True))
    return replace(structure, data_rows=data[kept], section_of=structure.section_of[kept], rows_left_out=gone)


def with_rows(structure: Structure) -> Structure:
    """Return a table with the rows that were left out one by one among its data, as its totals may count them."""
    gone = structure.rows_left_out
    if not gone:
        return structure
    data = np.concatenate([structure.data_rows, np.array(list(gone), dtype=np.intp)])
    sections = np.concatenate([structure.section_of, np.array(list(gone.values()), dtype=np.intp)])
    order = np.argsort(data, kind="stable")
    return replace(structure, data_rows=data[order], section_of=sections[order])
