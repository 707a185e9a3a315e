"""A quick look at any table with a place column: what can be looked at, where its rows lie, sums, ranking, line.

Nothing of it is stored. Shares and other figures that cannot be added up are shown where a place has one row of them.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from data.intake import Checked, units
from data.intake.identity import COVERED
from data.intake.model import FoundColumn, Question, letter
from data.intake.places import find_place, register, split_places
from data.intake.sections import caption_of
from data.intake.structure import squeezed, unmarked
from data.intake.totals import one_way_of_several
from geo.regions import clean_name, normalise_code, place_names, regions

VILLAGE, TOWNSHIP = "_village", "_township"
ROWS = "rows"
ALL_ROWS = ""

_NO_FIGURES = frozenset({"seq", "period", "code", "unit"})
_SINGLE_UNITS = frozenset({"%", "‰", "岁", "°", "℃"})
_SINGLE = re.compile(
    r"率|比重|比例|占比|百分比|人均|户均|亩均|平均|均价|单价|单产|亩产|年龄|得分|评分|分数|排名|名次|指数|标准(?!农田|化)"
)
_YEAR = re.compile(r"((?:19|20)\d\d)(?:年|年度|年末|年底)?")
_MONTH = re.compile(r"(?:((?:19|20)\d\d)[-年./]?)?(1[0-2]|0?[1-9])月(?:份|末|底)?|((?:19|20)\d\d)[-./](1[0-2]|0?[1-9])")
_QUARTER = re.compile(r"(?:((?:19|20)\d\d)年?)?(?:第?([一二三四1-4])季度|([上下])半年|q([1-4]))")
# A place column that finds hardly anything names places elsewhere.
_HARDLY = 0.2
_FEW_DIGITS = 6
# Of so many names that were not found it is said what they may be.
_SUGGESTED = 8
# After so many nobody answers one by one.
_ASKED = 50
# Where more of the villages have several rows, the rows are not one per village.
_FEW_TWICE = 0.2
_LABELS_MOST = 0.8
_MOST_LABELS = 12
Period = tuple[int, int]
# Township, village, and whether several places are listed.
_Where = tuple[str, str, bool]
_NOWHERE: _Where = ("", "", False)


@dataclass(frozen=True)
class Figure:
    """A column of figures, or the number of rows.

    Attributes
    ----------
    id
        Position of the column as a text, or `rows`.
    additive
        Whether its values may be summed.
    """

    id: str
    title: str
    unit: str
    additive: bool
    col: int = -1


@dataclass(frozen=True)
class Totals:
    """A figure by place or label.

    Attributes
    ----------
    left_out
        Places with several values of a figure that cannot be added up.
    rows
        Number of rows behind the values, of `of` rows.
    total
        Sum over these rows; None where it cannot be summed.
    """

    values: dict[str, float]
    left_out: int
    rows: int
    of: int
    total: float | None


@dataclass(frozen=True)
class Line:
    """A figure over time: words of the periods in order, and values."""

    words: tuple[str, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class Look:
    """One table, looked at; everything is computed when it is first asked for."""

    checked: Checked
    county_code: str

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows, one column per position in the sheet; numbered anew: rows taken apart share a number."""
        return self.checked.frame.reset_index(drop=True)

    @cached_property
    def _columns(self) -> dict[int, FoundColumn]:
        return {c.col: c for c in self.checked.columns if c.col in self.frame and c.role != "personal"}

    def _called(self, *canonical: str) -> FoundColumn | None:
        return next((c for name in canonical for c in self._columns.values() if c.canonical == name), None)

    def _title(self, found: FoundColumn) -> str:
        # Letters alone are words in no language: the page says which column it is.
        return found.header or letter(found.col)

    # -- what can be looked at ---------------------------------------------------------------------------------------

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The columns of figures, amounts of money first, figures that cannot be summed and nothing but 0 last."""
        found = [
            Figure(str(c.col), self._title(c), c.unit or "", self._additive(c), c.col)
            for c in self._columns.values()
            if c.kind in {"number", "share"} and c.canonical not in _NO_FIGURES and self._quantity(c)
        ]
        none = {f.id for f in found if not self.frame[f.col].fillna(0).any()}
        found.sort(key=lambda f: (f.id in none, not f.additive, not (f.unit and units.factor(f.unit, "元"))))
        return (*found, Figure(ROWS, "", "", additive=True))

    def _additive(self, found: FoundColumn) -> bool:
        unit = found.unit or ""
        if found.kind == "share" or unit in _SINGLE_UNITS or "/" in unit or self._unlike(unit):
            return False
        return not _SINGLE.search(squeezed(found.header))

    def _unlike(self, unit: str) -> bool:
        return bool(self._called("indicator", "indicator_en") or (self._called("unit") and not unit))

    def unlike(self, figure: Figure) -> bool:
        """Whether each row tells of another quantity or in another unit, so that rows cannot be compared."""
        return figure.id != ROWS and self._unlike(figure.unit)

    def units_of(self, label: str) -> dict[str, str]:
        """Return the unit that a column of units gives for each word of a column."""
        found = self._called("unit")
        if found is None:
            return {}
        return dict(zip(self.frame[int(label)].astype(str), self.frame[found.col].astype(str), strict=True))

    def _quantity(self, found: FoundColumn) -> bool:
        """Whether numbers count something: telephone and identity numbers have no unit and are equally long."""
        values = self.frame[found.col].dropna()
        if values.empty:
            return False
        if found.unit or not (values % 1 == 0).all():
            return True
        digits = {len(str(int(v))) for v in values.abs().unique()}
        return not (len(digits) == 1 and min(digits) > _FEW_DIGITS)

    @cached_property
    def labels(self) -> dict[str, str]:
        """Columns of words by which rows can be grouped, the one that names rows first: id → title."""
        size = len(self.frame)
        found = {}
        for c in self._columns.values():
            if c.kind in {"number", "share", "code"} or c.canonical in {"seq", "note", "content"}:
                continue
            distinct = self.frame[c.col].replace("", np.nan).nunique()
            grouped = 1 < distinct <= max(_LABELS_MOST * size, 1)
            if distinct and (c.kind in {"label", "period"} or grouped):
                found[str(c.col)] = self._title(c)
        return dict(list(found.items())[:_MOST_LABELS])

    # -- places ------------------------------------------------------------------------------------------------------

    @cached_property
    def _placed(self) -> "tuple[pd.Series[str], pd.Series[str], Counter[str], Counter[str]]":
        """Village and township code of each row, "" where there is none; names not found and lists, with rows."""
        size = len(self.frame)
        village, township = np.full(size, "", dtype=object), np.full(size, "", dtype=object)
        missing: Counter[str] = Counter()
        several: Counter[str] = Counter()
        ways = self._ways()
        if ways:
            texts, find = ways
            rows = list(zip(*texts, strict=True))
            found = {row: self._as_said(row) or find(*row) for row in dict.fromkeys(rows)}
            for row, n in Counter(rows).items():
                if self._lost(row, found[row]) and "".join(row):
                    (several if found[row][2] else missing)["".join(row)] += n
            township[:] = [found[row][0] for row in rows]
            village[:] = [found[row][1] for row in rows]
        index = self.frame.index
        return pd.Series(village, index=index), pd.Series(township, index=index), missing, several

    @staticmethod
    def _lost(row: tuple[str, ...], found: _Where) -> bool:
        town, named, _listed = found
        return not named and (not town or (len(row) > 1 and bool(row[-1])))

    @property
    def said(self) -> Mapping[tuple[str, str], str]:
        """What its sender says that places are: text and township as written → code."""
        layout = self.checked.layout
        return {of: code for of, code in layout.said.places.items() if code in self._levels} if layout else {}

    def _as_said(self, row: tuple[str, ...]) -> _Where | None:
        told = self.said.get(_written(row))
        return self._where(told) if told else None

    @cached_property
    def _levels(self) -> dict[str, tuple[str, str]]:
        known = regions(self.county_code)
        return dict(zip(known["code"], zip(known["level"], known["parent"], strict=True), strict=True))

    def _where(self, code: str) -> _Where:
        level, parent = self._levels.get(code, ("", ""))
        if level == "village":
            return parent, code, False
        return (code, "", False) if level == "township" else _NOWHERE

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Places that were not found, which its sender may know."""
        ways, known = self._ways(), register(self.county_code)
        if ways is None or known is None or not self.levels:
            return ()
        texts, find = ways
        asked = []
        for row, n in Counter(zip(*texts, strict=True)).items():
            found = find(*row)
            text, town = _written(row)
            if text and COVERED not in text and self._lost(row, found) and not found[2] and not self._as_said(row):
                near = tuple(one.code for one in find_place(text, known, "village", town))
                above = find_place(town, known, "township") if town else []
                around = above[0].code if above else ""
                asked.append(Question("place", "", "", text, town, n, near, around))
            if len(asked) == _ASKED:
                break
        return tuple(asked)

    def _ways(self) -> tuple[list[list[str]], Callable[..., _Where]] | None:
        """Return the columns that say where a row lies, and what finds its township and village by their texts.

        A cell that lists several places is given to none of them, but to their township if they all lie in one.
        """
        known = regions(self.county_code)
        names, of = place_names(known), self._where

        def by_code(text: str) -> _Where:
            return of(normalise_code(text) or "")

        def listed(text: str, town: str | None) -> _Where:
            parts = split_places(text)
            found = [names.match(clean_name(part), town, None) for part in parts] if len(parts) > 1 else []
            towns = [of(codes[0])[0] if len(codes) == 1 else "" for codes in found]
            if not any(towns):
                return town or "", "", False
            return town or (towns[0] if len(set(towns)) == 1 else ""), "", True

        def by_name(text: str) -> _Where:
            found = names.match(clean_name(unmarked(text)), None, None) if text else []
            return of(found[0]) if len(found) == 1 else listed(text, None)

        def by_names(town: str, village: str) -> _Where:
            towns = names.match(clean_name(town), None, "township") if town else []
            if town and len(towns) != 1:
                return _NOWHERE
            within = towns[0] if towns else None
            found = names.match(clean_name(unmarked(village)), within, "village") if village else []
            return of(found[0]) if len(found) == 1 else listed(village, within)

        def texts(column: FoundColumn) -> list[str]:
            return [str(text) for text in self.frame[column.col]]

        if code := self._called("village_code"):
            return [texts(code)], by_code
        if joined := self._called("township_village"):
            return [texts(joined)], by_name
        town, village = self._called("township"), self._called("village")
        if village:
            return [texts(town) if town else [""] * len(self.frame), texts(village)], by_names
        if code := self._called("township_code"):
            return [texts(code)], by_code
        if found := town or self._called("location", "township_list", "place", "county"):
            return [texts(found)], by_name
        return None

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """The levels at which rows have a place in this county, finest first; none where hardly any row has one."""
        enough = max(_HARDLY * len(self.frame), 1)
        return tuple(level for level in (VILLAGE, TOWNSHIP) if self.placed(level) >= enough)

    @property
    def places_named(self) -> bool:
        """Whether the table has a place column at all."""
        return self._ways() is not None

    @property
    def missing(self) -> dict[str, int]:
        """Names of places that this county does not have, or has several times, with their number of rows."""
        return self._placed[2]

    @cached_property
    def likely(self) -> dict[str, tuple[str, ...]]:
        """For the first names that were not found, the places they may mean, the likeliest first."""
        known = register(self.county_code)
        if known is None:
            return {}
        lost = list(self.missing)[:_SUGGESTED]
        here = set(self._codes(TOWNSHIP)) - {""}
        near = {
            # Those of the townships that other rows lie in first.
            name: sorted(find_place(name, known, "village"), key=lambda one: known.township(one.code) not in here)
            for name in lost
        }
        return {name: tuple(known.full(one.code) for one in found[:3]) for name, found in near.items() if found}

    @cached_property
    def twice(self) -> dict[str, tuple[int, ...]]:
        """Villages of which some have several rows in a table with a row per village: code → rows of the file.

        A list of things has several of many villages, and a table over time of all: these say nothing again.
        """
        if self.periods or self._periods is not None:
            return {}
        codes = self._codes(VILLAGE)
        rows = Counter(code for code in codes if code)
        again = [code for code, n in rows.items() if n > 1]
        if len(again) > _FEW_TWICE * len(rows):
            return {}
        lines = self.checked.frame.index.to_numpy()
        found = {code: tuple(dict.fromkeys(int(n) for n in lines[(codes == code).to_numpy()])) for code in again}
        return {code: at for code, at in found.items() if len(at) > 1}

    @property
    def several(self) -> dict[str, int]:
        """Cells that list several places, with their number of rows: given to no village."""
        return self._placed[3]

    def placed(self, level: str) -> int:
        """Count the rows with a place at this level."""
        return int((self._codes(level) != "").sum())

    def count(self, level: str) -> int:
        """Count the places named at this level."""
        return len(set(self._codes(level)) - {""})

    def _codes(self, level: str) -> "pd.Series[str]":
        village, township, *_ = self._placed
        return village if level == VILLAGE else township

    # -- time --------------------------------------------------------------------------------------------------------

    @cached_property
    def _periods(self) -> "pd.Series[str] | None":
        found = self._called("period")
        if found is None:
            return None
        words: pd.Series[str] = self.frame[found.col].astype(str)
        known = [text for text in words.unique() if period(text)]
        return words.where(words.isin(known), "") if len(known) > 1 else None

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """The periods of a table that tells of the same things again in each, oldest first; else none."""
        words = self._periods
        if words is None:
            return ()
        village, township, *_ = self._placed
        named = [self.frame[c.col] for c in self._columns.values() if c.kind == "label"]
        rows = zip(words, zip(village, township, *named, strict=True), strict=True)
        pairs = {(moment, thing) for moment, thing in rows if moment}
        times = Counter(thing for _moment, thing in pairs)
        if 2 * sum(n > 1 for n in times.values()) <= len(times):
            return ()
        return tuple(sorted({moment for moment, _thing in pairs}, key=_in_order))

    @cached_property
    def _over(self) -> dict[str, list[tuple[str, int]]]:
        """For each figure whose header is a period, all columns that differ from it in the period only, in order."""
        groups: dict[tuple[str, ...], list[tuple[str, int]]] = {}
        for figure in self.figures:
            path = self._path(figure.col)
            at = next((i for i, part in reversed(list(enumerate(path))) if period(part)), None)
            if at is not None:
                groups.setdefault((*path[:at], "", *path[at + 1 :]), []).append((path[at], figure.col))
        found: dict[str, list[tuple[str, int]]] = {}
        for columns in groups.values():
            if len({period(word) for word, _ in columns}) == len(columns) > 1:
                ordered = sorted(columns, key=lambda c: _in_order(c[0]))
                found |= {str(col): ordered for _, col in columns}
        return found

    def _path(self, col: int) -> tuple[str, ...]:
        layout = self.checked.layout
        return layout.structure.paths[col] if layout and col >= 0 else ()

    def over_time(self, figure: Figure) -> tuple[str, ...]:
        """Return whose line over time can be drawn: `ALL_ROWS`, positions of rows as texts; nobody's if empty."""
        together = (ALL_ROWS,) if figure.additive else ()
        if figure.id in self._over:
            return (*together, *map(str, range(len(self.frame)))) if len(self.frame) > 1 else ("0",)
        return together if self._periods is not None and figure.id != ROWS else ()

    def line(self, figure: Figure, row: str = ALL_ROWS) -> Line:
        """Return a figure over the columns or rows of time, of one row or summed over all."""
        if figure.id in self._over:
            columns = self._over[figure.id]
            frame = self.frame[[col for _, col in columns]]
            one = frame.iloc[int(row)] if row else frame.sum(min_count=1)
            pairs = [(word, float(v)) for (word, _), v in zip(columns, one, strict=True) if pd.notna(v)]
        elif self._periods is not None:
            sums = self.frame[figure.col].groupby(self._periods).sum(min_count=1).dropna()
            pairs = sorted(((str(w), float(v)) for w, v in sums.items() if w), key=lambda p: _in_order(p[0]))
        else:
            pairs = []
        return Line(tuple(word for word, _ in pairs), tuple(value for _, value in pairs))

    def row_name(self, row: str) -> str:
        """Return what a row is called, by the first columns of words."""
        names = [str(self.frame[int(col)].iloc[int(row)]) for col in list(self.labels)[:2]]
        return " ".join(name for name in names if name)

    # -- by place or label -------------------------------------------------------------------------------------------

    def totals(self, figure: Figure, by: str, moment: str = "") -> Totals:
        """Return a figure by `_village`, `_township` or a column of words, in one period if the table has several."""
        once = self._once(figure)
        groups = self._codes(by) if by in {VILLAGE, TOWNSHIP} else self._words(int(by), apart=once is not None)
        chosen = pd.Series(data=True, index=self.frame.index)
        if moment and self._periods is not None:
            chosen = self._periods == moment
        whole = int(chosen.sum())
        chosen = chosen & (groups != "")
        if figure.id == ROWS:
            counted = groups[chosen].value_counts()
            rows = int(counted.sum())
            return Totals({str(k): float(n) for k, n in counted.items()}, 0, rows, whole, float(rows))
        values = self.frame.loc[chosen, figure.col].dropna()
        grouped = values.groupby(groups.loc[values.index], sort=False)
        if figure.additive:
            sums = grouped.sum()
            summed = values if once is None else values[once.loc[values.index]]
            return Totals(_plain(sums), 0, len(values), whole, float(summed.sum()) if len(summed) else None)
        single = grouped.size() == 1
        return Totals(_plain(grouped.first()[single]), int((~single).sum()), int(single.sum()), whole, None)

    def _once(self, figure: Figure) -> "pd.Series[bool] | None":
        """Return the rows that together are the whole, where the table counts the same in several ways; else None."""
        layout, found = self.checked.layout, self._columns.get(figure.col)
        rows = one_way_of_several(layout, found) if layout and found and figure.additive else None
        return None if rows is None or len(rows) != len(self.frame) else pd.Series(rows, index=self.frame.index)

    def _words(self, col: int, *, apart: bool) -> "pd.Series[str]":
        """Return a column of words; with `apart` one that stands under several captions has its own with it."""
        words: pd.Series[str] = self.frame[col].astype(str)
        layout = self.checked.layout
        if not apart or layout is None:
            return words
        captions = {row: caption_of(layout.sheet.row(row)) for row in layout.structure.section_rows}
        under = pd.Series([captions.get(int(n), "") for n in layout.structure.section_of], index=words.index)
        several = under.groupby(words).transform("nunique") > 1
        return words.where(~several | (words == ""), words + "（" + under + "）")


def _written(row: tuple[str, ...]) -> tuple[str, str]:
    """Return what names a row's place, and the township beside it, if any."""
    return row[-1], row[0] if len(row) > 1 else ""


def _plain(values: "pd.Series[float]") -> dict[str, float]:
    return {str(key): float(value) for key, value in values.items()}


def period(text: str) -> Period | None:
    """Return year and month (0: none) of words such as `2022年`, `3月`, `2023年一季度`; None if they name no period."""
    plain = squeezed(text)
    if found := _YEAR.fullmatch(plain):
        return int(found[1]), 0
    if found := _MONTH.fullmatch(plain):
        return int(found[1] or found[3] or 0), int(found[2] or found[4])
    if found := _QUARTER.fullmatch(plain):
        if found[3]:
            return int(found[1] or 0), 6 if found[3] == "上" else 12
        written = found[2] or found[4]
        return int(found[1] or 0), 3 * ("一二三四".index(written) + 1 if written in "一二三四" else int(written))
    return None


def _in_order(text: str) -> Period:
    return period(text) or (0, 0)
