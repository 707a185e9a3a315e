"""Profiles: counts of households or persons by category, declared in `profiles.yaml`, computed from snapshots.

Pages show these instead of rows, so that nothing about a single person reaches a browser.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict

from data.measures import Engine
from data.small_cells import SMALLEST_CELL, Sum, withheld
from data.sources import Source
from data.tables import tables

FILE = Path(__file__).with_name("profiles.yaml")
COLUMNS = ("profile", "region", "as_of", "category", "n")
WHOLE, REST = "all", "rest"
"""Category of all that a profile counts, and of those among them that no category shown has."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Split(_Model):
    """A yes/no condition that doubles every category."""

    condition: str
    yes_zh: str
    no_zh: str
    yes_en: str
    no_en: str


class Flag(_Model):
    """One category of its own condition; the flags of a profile may overlap."""

    id: str
    condition: str
    zh: str
    en: str


class Band(_Model):
    """A named band between two edges."""

    id: str
    zh: str
    en: str


class Profile(_Model):
    """One declared profile."""

    id: str
    name_zh: str
    name_en: str
    area: str
    unit: str
    table: str
    where: str
    by: str | None = None
    edges: tuple[float, ...] = ()
    bands: tuple[Band, ...] = ()
    split: Split | None = None
    flags: tuple[Flag, ...] = ()

    def categories(self, lang: str) -> dict[str, str]:
        """Return category -> words, in the order they are shown."""
        if self.flags:
            return {f.id: f.zh if lang == "zh" else f.en for f in self.flags}
        if self.bands:
            return {b.id: b.zh if lang == "zh" else b.en for b in self.bands}
        column = tables()[self.table].column(self.by or "")
        words = {value: column.label(value, lang) for value in column.values}  # noqa: PD011 - a column of a table
        words.pop("none", None)
        if self.split is None:
            return words
        yes, no = (self.split.yes_zh, self.split.no_zh) if lang == "zh" else (self.split.yes_en, self.split.no_en)
        joint = "，" if lang == "zh" else ", "
        return {
            f"{v}|{answer}": w + joint + word for v, w in words.items() for answer, word in (("yes", yes), ("no", no))
        }


@cache
def profiles() -> dict[str, Profile]:
    """Return the declared profiles by id."""
    raw = yaml.safe_load(FILE.read_text("utf-8"))
    return {k: Profile.model_validate({"id": k} | v) for k, v in raw.items()}


def compute_profiles(engine: Engine, tables_touched: set[str] | None = None) -> pd.DataFrame:
    """Count every profile at every snapshot date of its table, for every region.

    Returns
    -------
    DataFrame
        `COLUMNS`; only categories with at least one household or person.
    """
    blocks = [
        block
        for profile in profiles().values()
        if profile.table in engine.sources and (tables_touched is None or profile.table in tables_touched)
        for block in _snapshots(engine, profile)
    ]
    return pd.concat(blocks, ignore_index=True) if blocks else pd.DataFrame(columns=list(COLUMNS))


def _snapshots(engine: Engine, profile: Profile) -> list[pd.DataFrame]:
    source = engine.sources[profile.table]
    if source.frame.empty:
        return []
    where = source.mask(profile.where, {})
    blocks = []
    for stamp in source.frame["as_of"].dropna().unique():
        day = pd.Timestamp(stamp).date()
        positions = engine.rows(source, "latest", day)
        positions = positions[where[positions]]
        for category, chosen in _categories(source, profile, positions, pd.Timestamp(day)):
            counts = engine.tree.count(source.nodes[positions[chosen]])
            nodes = np.flatnonzero(counts > 0)
            blocks.append(
                pd.DataFrame(
                    {
                        "profile": profile.id,
                        "region": np.array(engine.tree.codes, dtype=object)[nodes],
                        "as_of": pd.Timestamp(day),
                        "category": category,
                        "n": counts[nodes].astype(np.int64),
                    }
                )
            )
    return blocks


def _categories(
    source: Source, profile: Profile, positions: np.ndarray, day: pd.Timestamp
) -> list[tuple[str, np.ndarray]]:
    """Name each category and which of the rows at `positions` are in it."""
    if profile.flags:
        return [(f.id, source.mask(f.condition, {})[positions]) for f in profile.flags]
    values = source.frame[profile.by].iloc[positions]
    if profile.edges:
        numbers = (day - values).dt.days.to_numpy(dtype=float) if values.dtype.kind == "M" else values.to_numpy(float)
        band = np.searchsorted(np.array(profile.edges), numbers, side="left").astype(str)
        band = np.where(np.isnan(numbers), "blank", band)
    else:
        band = values.fillna("none").to_numpy(dtype=str)
    if profile.split is not None:
        answer = np.where(source.mask(profile.split.condition, {})[positions], "|yes", "|no")
        band = np.char.add(band, answer)
    return [(str(c), band == c) for c in np.unique(band)]


def beside(profile_id: str) -> list[str]:
    """Return the profiles that count the same households or persons: what one withholds, another's sum could tell."""
    one = profiles()[profile_id]
    return [p.id for p in profiles().values() if (p.table, p.where) == (one.table, one.where)]


def visible(counts: pd.DataFrame, parents: Mapping[str, str | None]) -> pd.DataFrame:
    """Leave out small cells, and those that would tell them: by another category, another profile, another place.

    Differences between dates are not looked at: people come and go, so that they are nobody's count.
    Beside the categories shown stands how many there are in all (`WHOLE`), unless some place has fewer than five.

    Parameters
    ----------
    counts : `COLUMNS` of profiles that count the same people (`beside`).
    parents : the region above by region, None of the topmost. Nothing is shown of other regions, villages among them.
    """
    counts = counts.loc[counts["region"].isin(list(parents))].reset_index(drop=True)
    shown = [_shown_of_day(part, parents) for _day, part in counts.groupby("as_of", sort=False)]
    return pd.concat(shown, ignore_index=True) if shown else counts


def _shown_of_day(counts: pd.DataFrame, parents: Mapping[str, str | None]) -> pd.DataFrame:
    """Return the counts of one date that are shown, and the wholes beside them."""
    regions = list(parents)
    known = {
        (p, r, c): float(n) for p, r, c, n in counts[["profile", "region", "category", "n"]].itertuples(index=False)
    }
    at: dict[tuple[str, str, str], int] = {}
    values: list[float] = []
    never: list[bool] = []
    sums: list[Sum] = []

    def cell(kind: str, category: str, n: Mapping[str, float], *, never_shown: bool = False) -> None:
        for region in regions:
            at[kind, region, category] = len(values)
            values.append(n[region])
            never.append(never_shown)
        for above in {p for p in parents.values() if p is not None}:
            parts = [at[kind, r, category] for r in regions if parents[r] == above]
            sums.append(Sum(at[kind, above, category], parts))

    present = {p: sorted(set(counts.loc[counts["profile"] == p, "category"])) for p in counts["profile"].unique()}
    everyone, told = _everyone(present, known, regions)
    cell("", "", everyone)
    for name, categories in present.items():
        flags = {f.id: f.condition for f in profiles()[name].flags}
        for category in categories:
            if flags.get(category) == profiles()[name].where:
                at |= {(name, r, category): at["", r, ""] for r in regions}
                continue
            n = {r: known.get((name, r, category), 0.0) for r in regions}
            cell(name, category, n)
            if flags:
                cell(name, f"not {category}", {r: everyone[r] - n[r] for r in regions}, never_shown=True)
                sums += [Sum(at["", r, ""], [at[name, r, category], at[name, r, f"not {category}"]]) for r in regions]
        if not flags:
            sums += [Sum(at["", r, ""], [at[name, r, c] for c in categories]) for r in regions]
    every = np.array(values)
    # A number of all that no profile shows stands elsewhere: it is an indicator's figure, or a sum of what is shown.
    kept = np.zeros(len(every), dtype=bool)
    kept[: len(regions)] = (every[: len(regions)] >= SMALLEST_CELL) & (not told)
    hidden = withheld(every, sums, never_shown=np.array(never), kept=kept, zeros=False)
    places = counts[["profile", "region", "category"]].itertuples(index=False, name=None)
    shown = counts.loc[np.array([not hidden[at[key]] for key in places], dtype=bool)]
    # The algorithm takes numbers of all for known where they are not few; where one is, the others would tell it.
    few = not told and bool(((every[: len(regions)] > 0) & (every[: len(regions)] < SMALLEST_CELL)).any())
    wholes = {} if few else {r: everyone[r] for r in regions if not hidden[at["", r, ""]]}
    beside_them = shown.loc[[not profiles()[p].flags for p in shown["profile"]], ["profile", "region", "as_of"]]
    added = beside_them.drop_duplicates().assign(category=WHOLE, n=lambda f: f["region"].map(wholes)).dropna(subset="n")
    return pd.concat([shown, added.astype({"n": np.int64})], ignore_index=True)


def _everyone(
    present: Mapping[str, list[str]], known: Mapping[tuple[str, str, str], float], regions: list[str]
) -> tuple[dict[str, float], bool]:
    """Return how many there are in all by region, and whether a profile shows that number."""
    for name in present:
        if whole := [f.id for f in profiles()[name].flags if f.condition == profiles()[name].where]:
            return {r: known.get((name, r, whole[0]), 0.0) for r in regions}, True
    name = next(iter(present))
    return {r: sum(known.get((name, r, c), 0.0) for c in present[name]) for r in regions}, False
