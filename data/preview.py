"""What an upload would show, before anything is stored: by place, over time, and against what is stored.

Rows of people are only ever counted: for `PERSONAL` tables groups under five rows stay blank and values that could tell
who somebody is are covered.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from data.funds import TOTAL
from data.intake import Checked
from data.intake.same_option import sorts
from data.plan import load_plan
from data.registry import County
from data.sources import FINENESS, SERIES
from data.store import Store
from data.store.model import Pair, Scope
from data.store.rows import difference
from data.tables import NONE, PERSONAL, Table, items, tables
from geo.regions import normalise_code, regions

FEWEST = 5
# Units of numbers that cannot be added up.
_MEANS = frozenset({"%", "岁", "°", "分钟", "米", "年"})
_MONTH = r"\d{4}-(0[1-9]|1[0-2])"
_MOST_ITEMS = 60
_FULL = 0.2

# Units of items with a numerator and a denominator that are a part of a whole.
_SHARES = frozenset({"", "%", "分子/分母"})

How = Literal["rows", "sum", "mean", "share", "quotient"]


@dataclass(frozen=True)
class Measure:
    """Something to look at in a file.

    Attributes
    ----------
    id
        `rows`, a column's name, or `item:field` in the long table.
    unit
        As declared; "" for counts of rows.
    how
        Rows counted, values added, values averaged, or Σnumerator ÷ Σdenominator (`share`: in per cent).
    """

    id: str
    zh: str
    en: str
    unit: str
    how: How
    column: str = ""
    item: str = ""

    def title(self, lang: str) -> str:
        """Return what it is called."""
        return self.zh if lang == "zh" else self.en


ROWS = Measure("rows", "行数", "Rows", "", "rows")


def measures(table_id: str, frame: pd.DataFrame, county: County) -> list[Measure]:
    """Return what can be looked at, the most telling first: its numeric columns (or items), then the rows."""
    if table_id == "facts":
        return [*_of_items(frame, county), ROWS]
    table = tables()[table_id]
    filled = {c.name: int(frame[c.name].notna().sum()) for c in table.columns if c.numeric}
    shown = [c for c in table.columns if filled.get(c.name) and c.name not in {"lon", "lat"}]
    found = [
        Measure(c.name, c.zh, c.title("en"), c.unit or "", "mean" if _averaged(c.unit) else "sum", c.name)
        for c in shown
    ]
    # What most rows have first; of that amounts of money, then what can be added up: what a table is about.
    sparse = {name for name, n in filled.items() if n < _FULL * len(frame)}
    found.sort(key=lambda m: (m.column in sparse, m.unit != "万元", m.how == "mean", m.column == "month_days"))
    return [*found, ROWS]


def _averaged(unit: str | None) -> bool:
    return unit is None or unit in _MEANS or "/" in unit


def _of_items(frame: pd.DataFrame, county: County) -> list[Measure]:
    names = {i.id: (i.name_zh, i.name_en, i.unit) for p in county.plans for i in load_plan(p).indicators}
    names |= {code: (item.name_zh, item.name_en, item.unit) for code, item in items().items()}
    # Of items in as many rows the one that stands first.
    filled = frame.groupby("item", sort=False)[["value", "numerator", "denominator"]].count()
    filled = filled.loc[filled.max(axis=1).sort_values(ascending=False, kind="stable").index]
    found = []
    for code, n in filled.head(_MOST_ITEMS).iterrows():
        zh, en, unit = names.get(str(code), (str(code), str(code), ""))
        if n["numerator"] and n["denominator"]:
            # A wage given as a sum and a number of people is no share.
            how: How = "share" if unit in _SHARES else "quotient"
            shown = "%" if how == "share" else unit
            found.append(Measure(f"{code}:share", zh, en, shown, how, item=str(code)))
        elif n["value"]:
            how = "mean" if _averaged(unit or None) else "sum"
            found.append(Measure(f"{code}:value", zh, en, unit, how, "value", str(code)))
    return found


@dataclass(frozen=True)
class Placed:
    """Rows with the village, township (12 digits or None) and month (`-`: none) each belongs to, in `_...` columns."""

    table: Table
    county_code: str
    frame: pd.DataFrame

    @property
    def months(self) -> list[str]:
        """Months present, in order; none for a running list."""
        return sorted(m for m in self.frame["_month"].dropna().unique() if m != "-")

    def by_scope(self) -> "Counter[Pair]":
        """Return how many rows each month and township (nine digits) has."""
        found: Counter[Pair] = Counter()
        sizes = self.frame.groupby(["_month", "_township"], dropna=False, as_index=False).size()
        for month, town, n in zip(sizes["_month"].fillna(NONE), sizes["_township"], sizes["size"], strict=True):
            found[month, town[:9]] += n
        return found

    def lying_in(self, townships: Collection[str]) -> "pd.Series[bool]":
        """Return which rows belong to some townships (nine digits)."""
        return self.frame["_township"].isin([f"{code}000" for code in townships])

    def of_items(self, chosen: Collection[str]) -> "Placed":
        """Keep the rows of some items; all rows if none are named."""
        return replace(self, frame=self.frame.loc[self.frame["item"].isin(chosen)]) if chosen else self

    def of(self, measure: Measure) -> "Placed":
        """Keep the rows a measure is about."""
        return replace(self, frame=self.frame.loc[self.frame["item"] == measure.item]) if measure.item else self

    def within(self, townships: set[str], months: set[str] | None = None) -> "Placed":
        """Keep the rows of some townships and months."""
        kept = self.frame["_township"].isin(townships)
        if months is not None:
            kept &= self.frame["_month"].isin(months)
        return replace(self, frame=self.frame.loc[kept])

    def beside(self, new: "Placed") -> "Placed":
        """Keep the stored rows of the places a file speaks of: with the county's own funds, all of the county's."""
        towns = set(new.frame["_township"])
        return self if self.table.id == "funds" and f"{self.county_code}000000" in towns else self.within(towns)

    def totals(self, by: str, measure: Measure) -> "pd.Series[float]":
        """Return the measure by `_village`, `_township` or `_month`; the newest row of each thing in a month counts.

        What is given twice counts once, as in the figures: of `facts` the finest level in a place is added up, of
        `funds` the place's own row counts, and the total of all tiers instead of its parts.
        """
        frame = self.frame.loc[self.frame[by].notna()]
        if measure.how != "rows" and self.table.dated:
            things = [name for name in self.table.thing if name != "month"]
            frame = frame.sort_values("as_of", kind="stable")
            # Rows whose numbers have yet to be said are not one thing.
            unnamed = frame[[c.name for c in self.table.columns if c.named_by]].isna().any(axis=1)
            frame = frame.loc[unnamed | ~frame.duplicated([*things, "_month"], keep="last")]
        if measure.how != "rows" and self.table.id in SERIES and len(frame):
            frame = self._once(frame, by)
        groups = frame.groupby(by, sort=True)
        if measure.how == "rows":
            found = groups.size().astype(float)
        elif measure.how in {"share", "quotient"}:
            sums = groups[["numerator", "denominator"]].sum()
            factor = 100 if measure.how == "share" else 1
            found = factor * sums["numerator"] / sums["denominator"].replace(0, np.nan)
        elif measure.how == "mean":
            found = groups[measure.column].mean()
        else:
            found = groups[measure.column].sum(min_count=1)
        if self.table.id in PERSONAL and measure.how != "rows":
            found = found.where(groups.size() >= FEWEST)
        return found.dropna()

    def _once(self, frame: pd.DataFrame, by: str) -> pd.DataFrame:
        """Keep, for each group and month, the rows of one level of each series (`data.measures`)."""
        series = list(SERIES[self.table.id])
        where = list(dict.fromkeys([by, "_month"]))
        if self.table.id == "facts":
            rank = frame["geo_level"].map(FINENESS).fillna(FINENESS["county"])
            return frame.loc[rank == rank.groupby([frame[c] for c in [*where, *series]], dropna=False).transform("min")]
        own = np.where(frame["_township"] == f"{self.county_code}000000", "county", "township")
        level = pd.Series(own, index=frame.index).where(frame["_village"].isna(), "village")
        rank = -level.map(FINENESS)
        total = frame["tier"] == TOTAL

        def coarsest(chosen: pd.Series, keys: list[str]) -> pd.Series:
            return rank.where(chosen, np.inf).groupby([frame[c] for c in keys], dropna=False).transform("min")

        others = [*where, *(name for name in series if name != "tier")]
        parts, totals = coarsest(~total, others), coarsest(total, others)
        whole = totals <= parts
        # A place that gives the total gives its parts only to explain it; so do the places below it.
        explained = total.groupby([frame[c] for c in ("geo_code", *others)], dropna=False).transform("any")
        kept = total & whole & (rank == totals)
        part = ~total & ~explained & (rank == coarsest(~total, [*where, *series]))
        return frame.loc[kept | (part & ~(whole & (rank > totals)))]


def without_errors(checked: Checked) -> pd.DataFrame:
    """Return a file's rows but those with an error: what they say of places and numbers is not to be shown.

    Where a row of the file became several, a kind that is not known (a tier of one caption) is wrong of its own only.
    """
    errors = checked.problems.loc[checked.problems["severity"] == "error"]
    turned = checked.layout is not None and checked.layout.turned
    if checked.table and not turned:
        sorting = [c.name for c in tables()[checked.table].columns if sorts(c, tables()[checked.table])]
        of_kind = errors["column"].isin(sorting) & (errors["rule"] == "unknown_value")
        unread = checked.frame.index.isin(set(errors.loc[of_kind, "row"])) & checked.frame[sorting].isna().any(axis=1)
        wrong = set(errors.loc[~of_kind, "row"].dropna())
        return checked.frame.loc[~unread & ~checked.frame.index.isin(wrong)]
    wrong = set((errors["col"] + 1 if turned else errors["row"]).dropna())
    return checked.frame.loc[~checked.frame.index.isin(wrong)]


def placed(table_id: str, frame: pd.DataFrame, county_code: str) -> Placed:
    """Find the village, township and month of each row, as the store does."""
    table = tables()[table_id]
    levels = _levels(county_code)
    village = pd.Series(None, index=frame.index, dtype=object)
    township = village.copy()
    for column in table.place_columns:
        codes = {text: normalise_code(text) for text in frame[column].dropna().unique()}
        found = frame[column].map(codes)
        town = found.map({c: f"{c[:9]}000" for c in codes.values() if c})
        village = village.where(village.notna(), found.where(found.map(levels) == "village"))
        township = township.where(township.notna(), town)
    township = township.where(township.notna(), f"{county_code}000000")
    if "month" in table.names:
        month = frame["month"].astype(object)
        month = month.where(month.astype("string").str.fullmatch(_MONTH, na=False), None)
    elif table.dated:
        stamps = frame["as_of"]
        words = {s: f"{s:%Y-%m}" for s in stamps.dropna().unique()}
        month = stamps.map(words)
    else:
        month = pd.Series("-", index=frame.index, dtype=object)
    return Placed(table, county_code, frame.assign(_village=village, _township=township, _month=month))


def _levels(county_code: str) -> dict[str, str]:
    known = regions(county_code)
    return dict(zip(known["code"], known["level"], strict=True))


@dataclass(frozen=True)
class Comparison:
    """How a file's rows meet the stored ones: `new + changed + equal` are the file's rows; `removed` would end."""

    new: int
    changed: int
    equal: int
    removed: int


def compare(old: Placed, new: Placed, scope: Scope | None) -> Comparison:
    """Count what a commit would change, without writing anything.

    Parameters
    ----------
    old
        All stored rows of the table.
    scope
        The months, townships and items whose stored rows end; None where only rows with the same key do (a merge).
    """
    key = list(new.table.key)
    columns = list(new.table.names)
    before, after = old.frame[columns], new.frame[columns].reset_index(drop=True)
    touched = pd.MultiIndex.from_frame(before[key]).isin(pd.MultiIndex.from_frame(after[key]))
    matched = int(touched.sum())
    fresh, _ = difference(before.loc[touched].reset_index(drop=True), after, key)
    removed = 0
    if scope is not None:
        inside = old.frame["_month"].isin(scope.periods) & old.lying_in(scope.townships)
        if scope.items:
            inside &= old.frame["item"].isin(scope.items)
        removed = int((inside.to_numpy() & ~touched).sum())
    equal = len(after) - len(fresh)
    return Comparison(len(after) - matched, matched - equal, equal, removed)


@dataclass(frozen=True)
class Staying:
    """Stored rows that a file merged by key lacks, in its own months: they stay as they are.

    Attributes
    ----------
    rows
        How many lie in the file's townships.
    places
        How many of them each village has, or township where no village is named; codes of 12 digits in order.
    elsewhere
        How many lie in townships of which the file has no row.
    """

    rows: int
    places: dict[str, int]
    elsewhere: int


def staying(old: Placed, new: Placed, scope: Scope) -> Staying:
    """Count the stored rows that a file lacks and that a merge by key therefore leaves.

    Parameters
    ----------
    old
        All stored rows of the table.
    scope
        The file's own months, townships and items.
    """
    key = list(new.table.key)
    frame = old.of_items(scope.items).frame
    lacking = ~pd.MultiIndex.from_frame(frame[key]).isin(pd.MultiIndex.from_frame(new.frame[key]))
    left = frame.loc[lacking & frame["_month"].isin(scope.periods).to_numpy()]
    inside = replace(old, frame=left).lying_in(scope.townships)
    place = left["_village"].where(left["_village"].notna(), left["_township"])
    named = place[inside].value_counts().sort_index()
    return Staying(int(inside.sum()), {str(code): int(n) for code, n in named.items()}, int((~inside).sum()))


def stored(store: Store, county: County, table_id: str) -> Placed:
    """Return the stored rows of a table with their places; for counting on the server, never to be shown."""
    return placed(table_id, store.rows(county.code, table_id), county.code)


def ending(rows: "Counter[Pair]", scope: Scope) -> int:
    """Count the stored rows (`Placed.by_scope`) that a nil return for these months and townships ends."""
    whole = scope.townships == (NONE,)
    return sum(n for (month, town), n in rows.items() if month in scope.periods and (whole or town in scope.townships))
