"""Counting statuses: by action area for the tiles, by place and area for the heat table. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from data.progress import BAD, FINE, JUDGED
from data.shown import ORDER, SCORED, WITHHELD

SOFT = frozenset({"strive", "reference"})


class Tally(NamedTuple):
    """Statuses of one action area.

    Attributes
    ----------
    binding : count by status of the scored indicators that bind.
    soft : the same for targets to strive for and reference targets, which are counted apart.
    total : all indicators of the area, unscored ones included.
    """

    binding: dict[str, int]
    soft: dict[str, int]
    total: int

    @property
    def scored(self) -> int:
        """Number of scored indicators, both kinds."""
        return sum(self.binding.values()) + sum(self.soft.values())


class Urgent(NamedTuple):
    """How many indicators are behind or overdue: those that bind, and the soft ones, which are counted apart."""

    binding: int
    soft: int


def is_soft(marks: object) -> bool:
    """Whether an indicator only strives for its target or refers to it (力争、参考)."""
    return isinstance(marks, (tuple, list)) and not SOFT.isdisjoint(marks)


def urgent(progress: pd.DataFrame, column: str = "status") -> Urgent:
    """Count the rows of one region that are behind or overdue, as the tiles do; `column` says by which status."""
    bad = progress[column].isin(BAD)
    soft = progress["marks"].map(is_soft)
    return Urgent(int((bad & ~soft).sum()), int((bad & soft).sum()))


def tallies(progress: pd.DataFrame, area_of: Mapping[str, str]) -> dict[str, Tally]:
    """Count the statuses of one region's rows by action area, worst status first; every area of `area_of` is there."""
    found = {area: Tally({}, {}, 0) for area in dict.fromkeys(area_of.values())}
    for indicator, code, marks in zip(progress["indicator"], progress["status"], progress["marks"], strict=True):
        area = area_of.get(indicator)
        if area is None:
            continue
        tally = found[area]
        found[area] = tally._replace(total=tally.total + 1)
        if code in SCORED:
            counts = tally.soft if is_soft(marks) else tally.binding
            counts[code] = counts.get(code, 0) + 1
    return {area: t._replace(binding=_ordered(t.binding), soft=_ordered(t.soft)) for area, t in found.items()}


def _ordered(counts: Mapping[str, int]) -> dict[str, int]:
    return {code: counts[code] for code in ORDER if code in counts}


def judged_rows(progress: pd.DataFrame, area_of: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows of binding indicators that are judged, with `area`, and `fine`: on schedule or done."""
    rows = progress.loc[progress["status"].isin(JUDGED) & ~progress["marks"].map(is_soft).astype(bool)]
    return rows.assign(area=rows["indicator"].map(area_of), fine=rows["status"].isin(FINE))


def not_judged(progress: pd.DataFrame) -> int:
    """Return how many figures against a binding target are withheld from the reader and so not judged."""
    covered = (progress["status"] == WITHHELD) & progress["target"].notna()
    return int((covered & ~progress["marks"].map(is_soft).astype(bool)).sum())


def shares(progress: pd.DataFrame, area_of: Mapping[str, str], before: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return for every place the share of its judged binding indicators that are fine, in per cent, worst place first.

    Only targets that bind count here, as in the tiles' number. An indicator is judged where it has data and a target
    that counts by now (`not_due`, `no_data`, `nothing` and `withheld` are left out); it is fine when on schedule or
    done.

    Parameters
    ----------
    progress : rows of the progress frame, several regions.
    area_of : action area by indicator.
    before : the same at the comparison date, for the column `change`.

    Returns
    -------
    DataFrame indexed by region: one column per area (NaN: nothing judged), `total`, `change` (percentage points),
    `reported` and `of` (binding indicators that were reported, all that are scored).
    """
    scored = progress[progress["status"].isin(SCORED) & ~progress["marks"].map(is_soft)]
    judged = judged_rows(progress, area_of).assign(fine=lambda f: 100.0 * f["fine"])
    wide = judged.pivot_table(index="region", columns="area", values="fine", aggfunc="mean")
    regions = pd.Index(progress["region"].unique(), name="region")
    result = wide.reindex(index=regions, columns=list(dict.fromkeys(area_of.values())))
    result.columns.name = None
    result["total"] = judged.groupby("region")["fine"].mean().reindex(regions)
    heard = scored["status"] != "no_data"
    result["reported"] = heard.groupby(scored["region"]).sum().reindex(regions, fill_value=0).astype(int)
    result["of"] = heard.groupby(scored["region"]).size().reindex(regions, fill_value=0).astype(int)
    past = shares(before, area_of)["total"].reindex(regions) if before is not None else float("nan")
    result["change"] = result["total"] - past
    return result.sort_values("total", kind="stable", na_position="last")
