"""What was said of a table besides its rows: nothing to report, or nothing but what a list names; where and when."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data import schedule
from data.tables import NONE, tables

if TYPE_CHECKING:
    from data.sources import Tree

# One entry per node of the tree.
Bools = np.ndarray[Any, Any]
Days = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Statement:
    """In these months and townships there is nothing for a table but the rows it has.

    A nil return (零报告) says so where there are no rows; a batch of a running list (`issues`, `actions`) says so of
    all it does not name, since a list without a row for a village is a report about that village too.

    Attributes
    ----------
    table
        Upload table id.
    months
        `YYYY-MM`; `-` if it cannot be told: the statement then holds at any date and never ages.
    townships
        Nine digits; `-` for every place. Without any, nothing is said, but the rows are not all there is to say either.
    """

    table: str
    months: tuple[str, ...] = (NONE,)
    townships: tuple[str, ...] = (NONE,)


def counting(rows: pd.DataFrame, table_id: str, nils: Iterable[Statement], day: dt.date) -> pd.DataFrame:
    """Return the rows of a dated table up to a date, without those that a nil return of a later month ended.

    What `Said.emptied` says of regions, for lists of open rows (`projects`, `assets`) on pages.

    Parameters
    ----------
    nils
        Nil returns of the table.
    """
    place = tables()[table_id].place_columns[0]
    found = rows.loc[rows["as_of"] <= pd.Timestamp(day)]
    for one in nils:
        for month in one.months:
            if month <= f"{day:%Y-%m}":
                inside = found[place].str[:9].isin(one.townships) | (NONE in one.townships)
                found = found.loc[~inside | (found["as_of"] >= pd.Timestamp(f"{month}-01"))]
    return found


class Said:
    """Statements by table, located in the region tree."""

    def __init__(self, statements: Iterable[Statement], tree: "Tree") -> None:
        self._size = tree.size
        codes = [code[:9] for code in tree.codes]
        nodes: dict[str, dict[str, Bools]] = defaultdict(dict)
        self._tables = set()
        for one in statements:
            self._tables.add(one.table)
            spoken_for = np.isin(codes, one.townships) | (NONE in one.townships)
            if not spoken_for.any():
                continue
            for month in one.months:
                known = nodes[one.table].get(month)
                nodes[one.table][month] = spoken_for if known is None else known | spoken_for
        self._at_any_date = {table: _with_top(months.pop(NONE)) for table, months in nodes.items() if NONE in months}
        self._months = {table: sorted(months) for table, months in nodes.items()}
        self._named = {
            table: np.array([nodes[table][m] for m in months], dtype=bool).reshape(len(months), self._size)
            for table, months in self._months.items()
        }
        self._nodes = {table: _with_top(named) for table, named in self._named.items()}

    def of(self, table: str) -> bool:
        """Whether the rows of a table came with statements, so that they speak for no more places than these say."""
        return table in self._tables

    def by(self, table: str, day: dt.date) -> Bools:
        """Nodes of which something was said for the date or before."""
        return self._from_to(table, "", day)

    def between(self, table: str, first: dt.date, day: dt.date) -> Bools:
        """Nodes of which something was said for the months from one date to another."""
        return self._from_to(table, f"{first:%Y-%m}", day)

    def newest(self, table: str, day: dt.date) -> Days:
        """Day number up to which was spoken, per node: the end of the newest month, not after the date."""
        result = np.full(self._size, np.iinfo(np.int64).min)
        for month, nodes in zip(self._months.get(table, ()), self._nodes.get(table, ()), strict=True):
            if month <= f"{day:%Y-%m}":
                end = min(schedule.month_end(dt.date.fromisoformat(f"{month}-01")), day)
                result[nodes] = np.datetime64(end, "D").astype(np.int64)
        return result

    def emptied(self, table: str, day: dt.date) -> Days:
        """Day number before which no row counts, per node: the first day of the newest month of a nil return.

        Of a dated table, whose statements are nil returns; not after the date, the smallest integer where there is
        none. The whole is emptied only by what was said of the whole.
        """
        result = np.full(self._size, np.iinfo(np.int64).min)
        for month, nodes in zip(self._months.get(table, ()), self._named.get(table, ()), strict=True):
            if month <= f"{day:%Y-%m}":
                result[nodes] = np.datetime64(f"{month}-01", "D").astype(np.int64)
        return result

    def _from_to(self, table: str, first: str, day: dt.date) -> Bools:
        chosen = [first <= month <= f"{day:%Y-%m}" for month in self._months.get(table, ())]
        none = np.zeros(self._size, dtype=bool)
        found = self._nodes[table][chosen].any(axis=0) if any(chosen) else none
        return found | self._at_any_date.get(table, none)


def _with_top(nodes: Bools) -> Bools:
    """Return nodes (the last axis) with the top: a township that speaks gives the whole something to add up."""
    result = nodes.copy()
    result[..., 0] = True
    return result
