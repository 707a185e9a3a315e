"""What was said of a table besides its rows: nothing to report, or nothing but what a list names; where and when."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from data import schedule
from data.tables import NONE

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
            spoken_for[0] = True  # a township that speaks gives the whole something to add up
            for month in one.months:
                known = nodes[one.table].get(month)
                nodes[one.table][month] = spoken_for if known is None else known | spoken_for
        self._at_any_date = {table: months.pop(NONE) for table, months in nodes.items() if NONE in months}
        self._months = {table: sorted(months) for table, months in nodes.items()}
        self._nodes = {
            table: np.array([nodes[table][m] for m in months], dtype=bool).reshape(len(months), self._size)
            for table, months in self._months.items()
        }

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

    def _from_to(self, table: str, first: str, day: dt.date) -> Bools:
        chosen = [first <= month <= f"{day:%Y-%m}" for month in self._months.get(table, ())]
        none = np.zeros(self._size, dtype=bool)
        found = self._nodes[table][chosen].any(axis=0) if any(chosen) else none
        return found | self._at_any_date.get(table, none)
