"""The uploaded tables as a plan's indicators read them: located in the region tree, in the order of their dates.

The reading conventions of `tables.yaml` hold to the letter.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from data import spells
from data.expressions import Expression
from data.plan import Plan
from data.plan_model import parsed
from data.statements import Statement
from data.tables import tables, typed
from geo.regions import normalise_code

# Levels of a `facts` or `funds` row, finest first: only the finest that is present is added up.
FINENESS = {"village": 0, "site": 1, "project": 2, "body": 3, "township": 4, "county": 5}
# Long tables hold many series; a series is what the key columns say beside place and date.
SERIES = {"facts": ("item",), "funds": ("tier", "fund")}
# In these tables a village may truly have nothing to list, so a file covers every village of the townships in it.
REGISTERS = ("projects", "assets")

# Arrays by what they hold: one entry per node of the tree, or per row read.
Floats = np.ndarray[Any, Any]
Bools = np.ndarray[Any, Any]
Ints = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Tables:
    """What has been uploaded: typed frames by table id (a missing id was never uploaded) and statements about them.

    A list of which nothing is stated, a file in a folder, speaks for every place at any date.
    """

    frames: Mapping[str, pd.DataFrame]
    statements: tuple[Statement, ...] = ()


def register(regions: pd.DataFrame, villages: pd.DataFrame | None, *, whole: bool) -> pd.DataFrame:
    """Return the villages of the plan with their attributes, in table form.

    Parameters
    ----------
    regions
        Regions of the plan (`geo.regions.scope`).
    villages
        The uploaded `villages` table, or None.
    whole
        True: the upload is the whole register (a folder of tables is all there is). False: it only adds
        attributes to the official register, so that a file of one township does not make the others vanish.
    """
    official = regions.loc[regions["level"] == "village"]
    base = pd.DataFrame(
        {
            "village_code": official["code"].to_numpy(),
            "village_name": official["name"].to_numpy(),
            "township_code": official["parent"].to_numpy(),
            "unit_type": official["unit_type"].to_numpy(),
        }
    )
    if villages is None or villages.empty:
        return typed("villages", base)
    uploaded = villages.assign(village_code=villages["village_code"].map(normalise_code))
    uploaded = uploaded.loc[uploaded["village_code"].isin(set(base["village_code"]))]
    if whole:
        return uploaded.reset_index(drop=True)
    merged = uploaded.set_index("village_code").combine_first(base.set_index("village_code")).reset_index()
    return typed("villages", merged)


NO_DAY = np.iinfo(np.int64).min
_EPOCH = dt.date(1970, 1, 1)


def day_number(day: dt.date) -> int:
    """Return the days from 1970 to a date, as `Source.days` counts them."""
    return (day - _EPOCH).days


class Tree:
    """The regions of a plan as nodes: 0 is the top, then townships, then villages."""

    def __init__(self, regions: pd.DataFrame, village_codes: Iterable[str]) -> None:
        present = set(village_codes)
        keep = (regions["level"] != "village") | regions["code"].isin(present)
        regions = regions.loc[keep]
        codes = regions["code"].to_numpy(dtype=object)
        known = set(codes)
        self.top = next(c for c, p in zip(codes, regions["parent"], strict=True) if p not in known)
        top_level = regions.loc[regions["code"] == self.top, "level"].iloc[0]
        towns = [c for c, lv in zip(codes, regions["level"], strict=True) if lv == "township" and c != self.top]
        # A township without villages of its own in the register stays: its own rows still count.
        villages = [c for c, lv in zip(codes, regions["level"], strict=True) if lv == "village"]
        self.codes = [self.top, *towns, *villages]
        self.levels = [top_level] + ["township"] * len(towns) + ["village"] * len(villages)
        self.index = {c: i for i, c in enumerate(self.codes)}
        parent_of = dict(zip(regions["code"], regions["parent"], strict=True))
        self.parent = np.array([0] + [self.index.get(parent_of[c], 0) for c in self.codes[1:]], dtype=np.int64)
        self.size = len(self.codes)
        self.first_village = 1 + len(towns)
        self.is_village = np.arange(self.size) >= self.first_village

    def up(self, own: Floats) -> Floats:
        """Add what is located at each node up the tree: townships get their villages, the top gets all."""
        total = own.copy()
        f = self.first_village
        np.add.at(total, self.parent[f:], own[f:])
        if f > 1:  # villages directly below the top (a township's plan) were added to it already
            total[0] += total[1:f].sum()
        return total

    def count(self, nodes: Ints, weights: Floats | None = None, *, flat: bool = False) -> Floats:
        """Sum weights (or count rows) per node and add up the tree; rows with node -1 are left out.

        `flat`: the rows of every node, those from below included, are listed already.
        """
        ok = nodes >= 0
        own = np.bincount(nodes[ok], None if weights is None else weights[ok], minlength=self.size).astype(float)
        return own if flat else self.up(own)

    def newest(self, nodes: Ints, days: Ints) -> Ints:
        """Return the newest day number per node, from it and below; minimum integer where there is none."""
        result = np.full(self.size, NO_DAY)
        ok = nodes >= 0
        np.maximum.at(result, nodes[ok], days[ok])
        f = self.first_village
        np.maximum.at(result, self.parent[f:], result[f:].copy())
        result[0] = result.max(initial=result[0])
        return result

    def ancestors(self, nodes: Ints) -> list[Ints]:
        """Return for each row the chain of nodes it counts for: itself, its township, the top."""
        up = self.parent[nodes]
        return [nodes, np.where(up != nodes, up, -1), np.where((up != 0) & (nodes != 0), 0, -1)]


@dataclass
class Source:
    """One upload table, located in the tree, with rows in the order of their dates."""

    table: str
    frame: pd.DataFrame
    tree: Tree
    ancestors_of_top: frozenset[str]
    _cache: dict[object, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if "as_of" in self.frame:
            if self.frame.duplicated(list(tables()[self.table].key)).any():
                # Two rows of one key: which one counts must not depend on the order of rows in a file.
                order = pd.util.hash_pandas_object(self.frame.astype(str), index=False)
                self.frame = self.frame.iloc[order.argsort(kind="stable")]
            self.frame = self.frame.sort_values("as_of", kind="stable", ignore_index=True)
        else:
            self.frame = self.frame.reset_index(drop=True)

    @cached_property
    def days(self) -> Ints | None:
        """Day numbers of `as_of` in row order, or None for a list."""
        if "as_of" not in self.frame:
            return None
        days = self.frame["as_of"].to_numpy(dtype="datetime64[D]")
        return np.where(np.isnat(days), NO_DAY, days.astype(np.int64))

    @property
    def dated(self) -> Ints:
        """Day numbers in row order; the smallest integer for rows of a list."""
        return self.days if self.days is not None else np.full(len(self.frame), NO_DAY)

    @cached_property
    def nodes(self) -> Ints:
        """Node of the tree each row is located at; -1 for places outside the plan."""
        frame, index = self.frame, self.tree.index

        def node(column: str) -> Ints:
            codes = frame[column]
            known = {c: index.get(normalise_code(c) or "", -1) for c in codes.dropna().unique()}
            return codes.map(known).fillna(-1).to_numpy(dtype=np.int64)

        result = node("village_code") if "village_code" in frame else np.full(len(frame), -1)
        if "geo_code" in frame:
            place = node("geo_code")
            if "geo_level" in frame:
                level = frame["geo_level"].to_numpy(dtype=object)
                own = np.isin(level, ["village", "township", "county"])
                result = np.where(own & (place >= 0), place, np.where(result >= 0, result, place))
                # A site, project or body without a village belongs to the top as a whole.
                result = np.where((result < 0) & np.isin(level, ["site", "project", "body"]), 0, result)
            else:
                result = np.where(result >= 0, result, place)
        return result

    @cached_property
    def above(self) -> Bools:
        """Rows given for a region above the plan's top (the county of a township's plan)."""
        if "geo_code" not in self.frame:
            return np.zeros(len(self.frame), dtype=bool)
        codes = self.frame["geo_code"].map(normalise_code)
        return codes.isin(self.ancestors_of_top).to_numpy()

    @cached_property
    def fineness(self) -> Ints:
        """Rank of each row's level, finest first; all zero for tables whose rows are never doubled."""
        if "geo_level" in self.frame and self.table == "facts":
            return self.frame["geo_level"].map(FINENESS).fillna(5).to_numpy(dtype=np.int64)
        if self.table == "funds":
            level = np.array([FINENESS[lv] for lv in self.tree.levels])
            return np.where(self.nodes >= 0, level[self.nodes], 5)
        return np.zeros(len(self.frame), dtype=np.int64)

    @cached_property
    def things(self) -> Ints:
        """Number of the thing each row is about (the key without its dates)."""
        key = list(tables()[self.table].thing)
        return self.frame.groupby(key, sort=False, dropna=False).ngroup().to_numpy(dtype=np.int64)

    def rows(self, mode: str, plan: Plan, day: dt.date) -> Ints:
        """Return the positions of the rows a query reads at a date: latest, window or all."""
        if self.days is None:
            return self._standing(day)
        stamp = day_number(day)
        key = (mode, stamp)
        if key not in self._cache:
            end = int(np.searchsorted(self.days, stamp, side="right"))
            begin = int(np.searchsorted(self.days, NO_DAY, side="right"))
            positions = np.arange(begin, end)
            if mode == "latest":
                last = np.full(int(self.things.max(initial=-1)) + 1, -1, dtype=np.int64)
                np.maximum.at(last, self.things[positions], positions)
                positions = np.sort(last[last >= 0])
            elif mode == "window":
                first = day_number(plan.start)
                final = day_number(min(day, plan.end))
                positions = positions[(self.days[positions] >= first) & (self.days[positions] <= final)]
            self._cache[key] = positions
        return self._cache[key]  # type: ignore[return-value]

    def _standing(self, day: dt.date) -> Ints:
        """Return the positions of the rows of a list that hold at a date: of what came back, as it stood then."""
        if spells.UNTIL not in self.frame:
            return np.arange(len(self.frame))
        key = ("standing", day)
        if key not in self._cache:
            self._cache[key] = np.flatnonzero(spells.holds(self.frame, day))
        return self._cache[key]  # type: ignore[return-value]

    def mask(self, text: str | None, dates: Mapping[str, dt.date]) -> Bools:
        """Evaluate a condition on every row; no condition holds everywhere."""
        if text is None:
            return np.ones(len(self.frame), dtype=bool)
        expression = self.expression(text)
        key = (text, tuple(dates[name] for name in sorted(expression.dates)))
        if key not in self._cache:
            stamps = {name: pd.Timestamp(value) for name, value in dates.items()}
            self._cache[key] = expression.mask(self.frame, stamps)
        return self._cache[key]  # type: ignore[return-value]

    def expression(self, text: str) -> Expression:
        """Parse a query text for this table."""
        return parsed(text, self.table)

    def numbers(self, expression: Expression, name: object) -> Floats:
        """Evaluate an arithmetic expression on every row, once per name."""
        key = ("numbers", name)
        if key not in self._cache:
            self._cache[key] = expression.numbers(self.frame, {})
        return self._cache[key]  # type: ignore[return-value]

    def series(self, where: str | None) -> Bools:
        """Rows of the series a query speaks of: its conditions on the key columns of a long table."""
        key = ("series", where)
        if key not in self._cache:
            result = np.ones(len(self.frame), dtype=bool)
            for name in SERIES.get(self.table, ()) if where else ():
                pinned = self.expression(where or "").equals(name)
                if pinned:
                    result &= self.frame[name].isin(pinned).to_numpy()
            self._cache[key] = result
        return self._cache[key]  # type: ignore[return-value]

    def item(self, name: str) -> Bools | None:
        """Rows of `facts` with this item; None if there are none."""
        key = ("item", name)
        if key not in self._cache:
            rows = (self.frame["item"] == name).to_numpy(dtype=bool)
            self._cache[key] = rows if rows.any() else None
        return self._cache[key]  # type: ignore[return-value]

    def codes(self, column: str) -> Ints:
        """Return a number for each distinct text of a column; -1 for blanks."""
        key = ("codes", column)
        if key not in self._cache:
            self._cache[key] = pd.factorize(self.frame[column])[0].astype(np.int64)
        return self._cache[key]  # type: ignore[return-value]
