"""Rows whose kind its sender chose, so that they say the key of others: their figures count together."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from data.intake import units
from data.intake.model import Mask
from data.tables import Column, Table


def sorts(column: Column, table: Table) -> bool:
    """Whether a column of the key says of which kind a figure is; of a level its place says it."""
    return column.type == "enum" and column.name in table.key and column.name != "geo_level"


def added_up(frame: pd.DataFrame, table: Table, chosen: Mapping[str, Mask]) -> tuple[pd.DataFrame, list[list[int]]]:
    """Return rows of one key as one row, where the kind of one of them was chosen, their figures added up.

    Parameters
    ----------
    frame
        Rows with the values read, in any order.
    chosen
        Column of the key → in which rows its option is what the sender chose for the text that stands there.

    Returns
    -------
    DataFrame, list of list of int
        The rows that are left, and the positions in `frame` of those that became one, the one that is left first. Rows
        that differ in what cannot be added up, as shares or words, stay as they are.
    """
    said = np.logical_or.reduce([np.zeros(len(frame), dtype=bool), *chosen.values()])
    if not said.any() or not set(table.key) <= set(frame.columns):
        return frame, []
    found = frame.reset_index(drop=True)
    amounts = [c.name for c in table.columns if c.name in found and _adds(c)]
    rest = [name for name in found.columns if name not in {*amounts, *table.key}]
    together, gone = [], np.zeros(len(found), dtype=bool)
    keyed = found.dropna(subset=list(table.key))
    for at in keyed.groupby(list(table.key), sort=False).groups.values():
        rows = at.tolist()
        if len(rows) < 2 or not said[rows].any() or not _alike(found.loc[rows, rest]):
            continue
        found.loc[rows[0], amounts] = found.loc[rows, amounts].astype("float64").sum(min_count=1)
        found.loc[rows[0], rest] = found.loc[rows, rest].bfill().iloc[0] if rest else None
        gone[rows[1:]] = True
        together.append(rows)
    return found.set_axis(frame.index).loc[~gone], together


def _adds(column: Column) -> bool:
    return column.numeric and units.factor(column.unit or "", "元") is not None and "/" not in (column.unit or "")


def _alike(rows: pd.DataFrame) -> bool:
    return all(len(rows[name].dropna().unique()) <= 1 for name in rows.columns)


def chosen_in(texts: Sequence[str], answered: frozenset[str]) -> Mask:
    """Return in which rows one of the texts answered for stands."""
    return np.array([text in answered for text in texts], dtype=bool)
