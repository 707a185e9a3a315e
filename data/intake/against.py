"""Rules over a file's rows together with what is stored: figures that fall, leap or slip by a unit, things unknown.

Everything told here is a warning: what is stored may be wrong as well as the file.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from data import wording
from data.intake import places, same_problem
from data.intake.model import Checked, Mask, Problems, Reference, rule_book
from data.intake.references import silent, unknown
from data.intake.written import Written
from data.tables import Column, items, tables, typed

Floats = np.ndarray[Any, np.dtype[np.float64]]
Stored = Callable[[str, tuple[str, ...]], pd.DataFrame]
"""Gives some columns of the rows of an upload table that count now."""

# A normal distribution's standard deviation is so many times its median absolute deviation.
_DEVIATION = 1.4826


def against(checked: Checked, stored: Stored) -> Checked:
    """Return the result with everything added that what is stored gives to doubt; nothing else changes.

    A file with errors is left as it is: it cannot be stored, and what is wrong in it would be told twice.
    """
    if not checked.ok or checked.layout is None or checked.frame.empty:
        return checked
    run = _Comparison(checked, stored)
    run.check()
    return replace(checked, problems=run.problems.frame())


@dataclass(frozen=True)
class _Before:
    """For each row of the file the newest earlier row of the same thing, in the file or stored.

    Attributes
    ----------
    frame
        In the file's order; blank where nothing is known of the thing before.
    same_year
        Which rows have one of the same year.
    """

    frame: pd.DataFrame
    same_year: Mask


def carried(checked: Checked, stored: Stored) -> pd.DataFrame:
    """Return a file's rows with what is stored beside them in columns of words that the file does not have.

    A file with a column per item says an item's figure and nothing of who reported it: that stays as it is.
    """
    table, frame = tables()[str(checked.table)], checked.frame
    key = list(table.key)
    words = [c.name for c in table.columns if c.name not in key and c.type in {"str", "enum"}]
    absent = [name for name in words if frame[name].isna().all()]
    if not absent or frame.empty:
        return frame
    known = stored(table.id, (*key, *absent)).drop_duplicates(key)
    beside = frame[key].merge(known, how="left", on=key)
    return frame.assign(**{name: beside[name].to_numpy() for name in absent}).astype(frame.dtypes.to_dict())


def kept(checked: Checked, stored: Stored) -> pd.DataFrame:
    """Return the rows of a running list with what is stored of them in columns that the file does not have.

    A township's list of problems does not say which office a problem was handed over to; that stays as it is.
    """
    table, frame, layout = tables()[str(checked.table)], checked.frame, checked.layout
    if layout is None or frame.empty:
        return frame
    written = Written.of(layout, table).found
    places = {name for name, role in ((c.name, c.role) for c in table.columns) if role}
    absent = [c.name for c in table.columns if c.name not in {*written, *table.key, *places}]
    if not absent:
        return frame
    known = stored(table.id, (*table.key, *absent)).drop_duplicates(list(table.key))
    beside = frame[list(table.key)].merge(known, how="left", on=list(table.key), indicator=True)
    again = (beside["_merge"] == "both").to_numpy()
    taken = {name: frame[name].where(~again, beside[name].set_axis(frame.index)) for name in absent}
    return typed(table.id, frame.assign(**taken))


class _Comparison:
    """One run over one file."""

    def __init__(self, checked: Checked, stored: Stored) -> None:
        layout = checked.layout
        if layout is None or checked.table is None:
            raise ValueError("a file that is no upload table")
        self.table = tables()[checked.table]
        self.frame = checked.frame.reset_index(drop=True)
        self.checked = checked
        self.stored = stored
        self.book = rule_book().against
        self.file = Written.of(layout, self.table)
        # Rows that were added up stand where the first of them does.
        self.rows = self.file.rows if layout.export is None else checked.frame.index.to_numpy() - 1
        self.known = places.register(checked.county_code)
        self.problems = Problems(layout.origin)
        self.problems.parts.append(checked.problems)

    def check(self) -> None:
        """Tell of everything."""
        if self.table.dated:
            self._figures()
            self._stages()
        for reference in self.book.references:
            if self.table.id in reference.tables:
                self._reference(reference)
            if reference.reverse and self.table.id == reference.table:
                self._silent(reference)
        if self.table.id == same_problem.TABLE:
            self._same_problems()

    # -- figures against the period before ---------------------------------------------------------------------------

    @cached_property
    def before(self) -> _Before:
        """What is known of each row's thing before it."""
        key, thing = list(self.table.key), [name for name in self.table.thing if name != "month"]
        wanted = [*dict.fromkeys([*key, "as_of", *self._compared(), *self.book.stages.get(self.table.id, {})])]
        new, old = self.frame[wanted], self.stored(self.table.id, tuple(wanted))[wanted]
        mine = pd.MultiIndex.from_frame(old[thing]).isin(pd.MultiIndex.from_frame(new[thing].drop_duplicates()))
        old = old.loc[mine]
        # Rows that the file brings anew no longer count.
        old = old.loc[~pd.MultiIndex.from_frame(old[key]).isin(pd.MultiIndex.from_frame(new[key]))]
        both = pd.concat([old, new], ignore_index=True)
        both["_at"] = np.arange(len(both)) - len(old)
        both = both.sort_values("as_of", kind="stable")
        shifted = both.groupby(thing, sort=False, dropna=False)[wanted].shift(1)
        earlier = shifted.assign(_at=both["_at"])
        earlier = earlier.loc[earlier["_at"] >= 0].sort_values("_at").drop(columns="_at").reset_index(drop=True)
        same = (earlier["as_of"].dt.year == self.frame["as_of"].dt.year).to_numpy()
        return _Before(earlier, same)

    def _compared(self) -> list[str]:
        """Return the columns whose figures are compared with those before."""
        cumulative = [c.name for c in self.table.columns if c.cumulative]
        return list(dict.fromkeys([*cumulative, *self.book.leaps.columns.get(self.table.id, ())]))

    def _figures(self) -> None:
        series = self._series()
        for name in self._compared():
            if name not in self.file.found and not (self.table.id == "facts" and self.file.layout.own_items):
                continue
            column = self.table.column(name)
            now, then = self.frame[name].to_numpy(), self.before.frame[name].to_numpy(dtype="float64")
            summed = self._summed(column)
            in_year = (summed != "year") | self.before.same_year
            with np.errstate(invalid="ignore"):
                fallen = (summed != "") & in_year & (now < then - np.abs(then) * 1e-9)
                pairs = in_year & (now > 0) & (then > 0)
            slipped, leapt = self._strange(column, now, then, pairs, summed != "", series)
            # A cell that is doubted already is not doubted again for its size.
            fresh = ~self._doubted(self.file.at(name).col)
            slipped, leapt = slipped & fresh, leapt & fresh
            self._tell("slip", column, now, then, slipped)
            self._tell("falls", column, now, then, fallen & ~slipped)
            self._tell("leap", column, now, then, leapt & ~slipped & ~fallen)

    def _doubted(self, col: int) -> Mask:
        """Return in which rows the cell of a column of the file has a warning."""
        problems = self.checked.problems
        rows = problems.loc[(problems["severity"] == "warning") & (problems["col"] == col), "row"]
        told: Mask = self.checked.frame.index.isin(rows.dropna())
        return told

    def _series(self) -> Floats:
        """Return which rows hold figures of the same kind: of `facts` those of an item."""
        if "item" not in self.table.names:
            return np.zeros(len(self.frame))
        return np.asarray(pd.factorize(self.frame["item"])[0], dtype="float64")

    def _summed(self, column: Column) -> "np.ndarray[Any, Any]":
        """Return for each row whether its figure only grows: `year` within a year, `always`, or `` not."""
        if self.table.id != "facts":
            return np.full(len(self.frame), column.cumulative or "", dtype=object)
        kept = {code: item.cumulative or "" for code, item in items().items()} if column.name == "value" else {}
        return np.array([kept.get(item, "") for item in self.frame["item"]], dtype=object)

    def _strange(
        self, column: Column, now: Floats, then: Floats, pairs: Mask, summed: Mask, series: Floats
    ) -> tuple[Mask, Mask]:
        """Return which figures are off by a unit, and which leap further than others of their kind do."""
        slipped, leapt = np.zeros(len(now), dtype=bool), np.zeros(len(now), dtype=bool)
        rule = self.book.leaps
        with np.errstate(all="ignore"):
            change = np.where(pairs, np.log(now) - np.log(then), np.nan)
        for number in np.unique(series[pairs]):
            at = np.flatnonzero(pairs & (series == number))
            moved = change[at]
            slipped[at] = np.abs(np.abs(moved) - np.log(rule.slip)) <= np.log(rule.slip_within)
            if column.name not in rule.columns.get(self.table.id, ()):
                continue
            usual, spread = 0.0, 0.0
            if len(at) >= rule.fewest:
                usual = float(np.median(moved))
                spread = _DEVIATION * float(np.median(np.abs(moved - usual)))
            elif summed[at].any():
                continue  # how fast a sum usually grows cannot be told from so few
            far = np.abs(moved - usual) > max(np.log(rule.factor), rule.spread * spread)
            # A leap from one to six is none beside figures in the hundreds.
            big = np.abs(now[at] - then[at]) >= rule.floor * float(np.median(then[at]))
            leapt[at] = far & big & (np.abs(moved) > np.log(rule.factor))
        return slipped, leapt

    def _tell(self, rule: str, column: Column, now: Floats, then: Floats, wrong: Mask) -> None:
        if not wrong.any():
            return
        day = self.before.frame["as_of"]
        more = [
            {
                "now": wording.plain(float(now[i]), 4),
                "before": wording.plain(float(then[i]), 4),
                "day": f"{day[i]:%Y-%m-%d}",
                "label_zh": self._label(column, i, "zh"),
                "label_en": self._label(column, i, "en"),
            }
            for i in np.flatnonzero(wrong).tolist()
        ]
        rows = self.rows[wrong]
        self.problems.add(
            rule, rows, self.file.at(column.name), values=self.file.original(column.name, rows), more=more
        )

    def _label(self, column: Column, row: int, lang: str) -> str:
        """Return what a figure is: of `facts` its item."""
        item = items().get(str(self.frame["item"][row])) if self.table.id == "facts" else None
        if item is None:
            return column.title(lang)
        return item.name_zh if lang == "zh" else item.name_en

    # -- states that go back ------------------------------------------------------------------------------------------

    def _stages(self) -> None:
        for name, order in self.book.stages.get(self.table.id, {}).items():
            if name not in self.file.found:
                continue
            rank = {value: n for n, value in enumerate(order)}
            now, then = self.frame[name].map(rank), self.before.frame[name].map(rank)
            wrong = (now < then).to_numpy()
            column, days = self.table.column(name), self.before.frame["as_of"]
            more = [
                {
                    "day": f"{days[i]:%Y-%m-%d}",
                    "before_zh": column.label(self.before.frame[name][i], "zh"),
                    "before_en": column.label(self.before.frame[name][i], "en"),
                }
                for i in np.flatnonzero(wrong)
            ]
            rows = self.rows[wrong]
            self.problems.add("stage_back", rows, self.file.at(name), values=self.file.original(name, rows), more=more)

    # -- problems under two numbers -----------------------------------------------------------------------------------

    def _same_problems(self) -> None:
        known = self.stored(self.table.id, same_problem.READS)
        told = pd.DataFrame(same_problem.second_numbers(self.frame, known), columns=["at", "rule", "other", "day"])
        for rule, of_rule in told.groupby("rule", sort=False):
            rows, found = self.rows[of_rule["at"].to_numpy()], self.file.at("issue_id")
            pairs = zip(of_rule["other"], of_rule["day"], strict=True)
            more = [{"other": other, "day": day} for other, day in pairs]
            self.problems.add(str(rule), rows, found, values=self.file.original("issue_id", rows), more=more)

    # -- things of other tables ---------------------------------------------------------------------------------------

    def _reference(self, reference: Reference) -> None:
        """Tell of rows that name something another table should know, where that table knows others like it."""
        name, value = reference.column, self.frame[reference.column]
        if value.isna().all():
            return
        wrong = unknown(reference, self.frame, self.table.id, self.stored(reference.table, reference.reads))
        rows = self.rows[wrong]
        more = [self._named(code) for code in value[wrong]]
        values = [m["value"] for m in more]
        at = self.file.place(name)
        self.problems.add(reference.rule, rows, None if at.col < 0 else at, column=name, values=values, more=more)

    def _silent(self, reference: Reference) -> None:
        """Tell of places that other tables name and that report nothing in a month of the file."""
        reads = list(reference.reads)
        own = self.frame[reads]
        towns = {str(code)[:9] for name in reference.columns for code in own[name].dropna().unique()}
        old = self.stored(reference.table, reference.reads)[reads]
        old = old.loc[old["as_of"].dt.to_period("M").isin(own["as_of"].dt.to_period("M").unique())]
        naming = self.stored(reference.tables[0], (reference.column, "as_of"))
        for month, code in silent(reference, pd.concat([own, old], ignore_index=True), towns, naming):
            more = {**self._named(code), "month": month}
            self.problems.add(reference.reverse, column=reference.column, values=[more["value"]], more=more)

    def _named(self, code: str) -> dict[str, str]:
        return {"value": self.known.full(code) if self.known and code in self.known.name else code}
