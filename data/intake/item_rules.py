"""Rules over the rows of `facts` that follow from what `items.yaml` says of their items."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from data import wording
from data.intake.model import Mask, Problems
from data.intake.places import Register
from data.intake.units import FLAG
from data.intake.written import Written
from data.sources import FINENESS
from data.tables import Item, items, tables

# Things of which there is no half.
_COUNTED = frozenset({"人", "户", "个", "家"})


def check_items(
    file: Written, frame: pd.DataFrame, problems: Problems, known: Register | None, tops: Collection[str]
) -> None:
    """Tell of rows whose figure cannot be one of their item.

    Parameters
    ----------
    file, frame, problems
        As `RowRules` has them.
    known
        The county's places.
    tops
        Places with a plan of their own: they are the top level of it, whatever they are.
    """
    for code, index in frame.groupby("item", sort=False).indices.items():
        item = items().get(str(code))
        if item is not None:
            _Rows(file, frame, np.asarray(index), item, problems).check(known, tops)
    _parts(file, frame, problems)


class _Rows:
    """The rows of one item."""

    def __init__(
        self, file: Written, frame: pd.DataFrame, at: "np.ndarray[Any, Any]", item: Item, problems: Problems
    ) -> None:
        self.file = file
        self.rows = file.rows[at]
        self.data = frame.iloc[at]
        self.item = item
        self.problems = problems

    def check(self, known: Register | None, tops: Collection[str]) -> None:
        """Tell of all that is wrong with them."""
        item, level = self.item, self.data["geo_level"]
        fineness = level.map(FINENESS)
        finest = min(FINENESS[name] for name in item.levels)
        if not item.adds:
            # Sites, projects and bodies are what the county has, not parts of it.
            below = (fineness < finest) & level.isin(["village", "township"])
            self._level(below.to_numpy() & ~self.data["geo_code"].isin(tops).to_numpy(), known)
        for name in ("value", "numerator", "denominator") if not item.signed else ():
            self._tell("item_negative", name, (self.data[name] < 0).to_numpy())
        value = self.data["value"]
        if item.unit == FLAG:
            no_flag = value.notna() & ~value.isin([0, 1]) & (fineness <= finest)
            self._tell("item_not_flag", "value", no_flag.to_numpy())
        bounds = item.range
        if bounds:
            beyond = (value < bounds[0]) & (item.signed or value >= 0) | (value > bounds[1])
            own = fineness <= finest
            words = {"low": wording.bound(bounds[0], item.unit), "high": wording.bound(bounds[1], item.unit)}
            self._tell("item_range", "value", (beyond & own).to_numpy(), words)
        if item.unit in _COUNTED:
            self._tell("item_not_whole", "value", ((value - value.round()).abs() > 1e-9).to_numpy())
        if not item.beyond:
            above = (self.data["numerator"] > self.data["denominator"]).to_numpy()
            rest = self.data["denominator"][above]
            self._tell("item_above_all", "numerator", above, each=[{"denominator": wording.plain(v)} for v in rest])

    def _level(self, wrong: Mask, known: Register | None) -> None:
        labels = tables()["facts"].column("geo_level")
        wanted = {f"wanted_{x}": "/".join(labels.label(n, x).lower() for n in self.item.levels) for x in ("zh", "en")}
        levels = [
            {f"level_{lang}": labels.label(level, lang).lower() for lang in ("zh", "en")}
            for level in self.data["geo_level"][wrong]
        ]
        more = [{**_named(self.item), **wanted, **said} for said in levels]
        places = [known.full(p) if known and p in known.name else str(p) for p in self.data["geo_code"][wrong]]
        self.problems.add("item_level", self.rows[wrong], self.file.place("geo_code"), values=places, more=more)

    def _tell(
        self,
        rule: str,
        name: str,
        wrong: Mask,
        words: Mapping[str, str] | None = None,
        each: Sequence[Mapping[str, str]] = (),
    ) -> None:
        """Tell of the rows that are wrong: with words that all have, and those that each has."""
        if not wrong.any():
            return
        rows = self.rows[wrong]
        alike = {**_named(self.item), "unit": self.item.unit, **(words or {})}
        more = [{**alike, **own} for own in each] if each else alike
        self.problems.add(rule, rows, self.file.at(name), values=self.file.original(name, rows), more=more)


def _named(item: Item) -> dict[str, str]:
    return {"item_zh": item.name_zh, "item_en": item.name_en}


def _parts(file: Written, frame: pd.DataFrame, problems: Problems) -> None:
    """Tell of parts that are more than the whole they belong to, where both are in the file."""
    keys = ["geo_code", "as_of"]
    whole_of = frame["item"].map({code: item.part_of for code, item in items().items() if item.part_of})
    parts = frame.assign(whole=whole_of, at=np.arange(len(frame))).dropna(subset=["whole", "value", *keys])
    if parts.empty:
        return
    wholes = frame.loc[frame["item"].isin(set(parts["whole"])), [*keys, "item", "value"]]
    wholes = wholes.drop_duplicates([*keys, "item"]).rename(columns={"item": "whole", "value": "all"})
    wrong = parts.merge(wholes, on=[*keys, "whole"]).query("value > all")
    if wrong.empty:
        return
    more = []
    for part, whole, total in zip(wrong["item"], wrong["whole"], wrong["all"], strict=True):
        words = {"whole_zh": items()[whole].name_zh, "whole_en": items()[whole].name_en, "whole": wording.plain(total)}
        more.append({**_named(items()[part]), **words})
    rows = file.rows[wrong["at"].to_numpy()]
    problems.add("part_above_whole", rows, file.at("value"), values=file.original("value", rows), more=more)
