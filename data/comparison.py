"""Counties side by side: what each asks for and has reached on a shared concept, and wherein they differ. Pure.

Each figure stays its county's own, with its own base and target. Nothing is averaged over counties or ranked.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from data.language import N_
from data.plan import Indicator, Plan, concepts
from data.plan_model import AREAS, Concept
from data.registry import County

DIFFERENCES = {
    "unit": N_("different units: not to be compared"),
    "counted": N_("counted differently"),
    "kind": N_("different kinds of target"),
    "target": N_("different targets"),
    "date": N_("different dates"),
}
"""Wherein figures of one concept differ, what weighs most first."""


class Entry(NamedTuple):
    """One indicator of a county's plan at the newest date.

    Attributes
    ----------
    indicator : with the target in force.
    row : of `data.store.summaries.SUMMARY_KINDS`; what does not apply is None.
    trend : values at the dates of the summary, oldest first.
    """

    county: County
    plan: Plan
    indicator: Indicator
    as_of: dt.date
    row: Mapping[str, Any]
    trend: tuple[float | None, ...]


@dataclass(frozen=True)
class Standing:
    """A county in the comparison: its plans, each with its newest date, and whether figures rest on sample data."""

    county: County
    plans: tuple[tuple[Plan, dt.date | None], ...]
    sample: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Line:
    """A concept: the entries of each county that has it, by slug, and wherein they differ (keys of `DIFFERENCES`)."""

    id: str
    concept: Concept
    entries: Mapping[str, tuple[Entry, ...]]
    differs: tuple[str, ...]

    @property
    def shared(self) -> bool:
        """Whether several of the counties have it."""
        return len(self.entries) > 1


def standing(county: County, plans: Sequence[Plan], summary: pd.DataFrame, *, sample: bool) -> Standing:
    """Read a county's stored summary by its plans; what a plan does not ask for any more is left out."""
    dated: list[tuple[Plan, dt.date | None]] = []
    entries: list[Entry] = []
    for plan in plans:
        rows = summary.loc[summary["plan_id"] == plan.id].sort_values("as_of")
        newest = None if rows.empty else rows["as_of"].iloc[-1].date()
        dated.append((plan, newest))
        by_indicator = dict(list(rows.groupby("indicator")))
        for indicator in plan.indicators:
            mine = by_indicator.get(indicator.id)
            if mine is None or newest is None or mine["as_of"].iloc[-1].date() != newest:
                continue
            row = {str(name): _plain(value) for name, value in mine.iloc[-1].to_dict().items()}
            trend = tuple(_plain(value) for value in mine["value"])
            entries.append(Entry(county, plan, indicator.in_force(newest), newest, row, trend))
    return Standing(county, tuple(dated), sample, tuple(entries))


def lines(standings: Sequence[Standing], area: str | None = None, *, most_first: bool = False) -> list[Line]:
    """Return the concepts that the counties have, of an action area or of all, in the order of areas and catalogue.

    Parameters
    ----------
    most_first : within an area what most counties have comes first.
    """
    found: dict[str, dict[str, list[Entry]]] = {}
    for one in standings:
        for entry in one.entries:
            found.setdefault(entry.indicator.concept, {}).setdefault(one.county.slug, []).append(entry)
    made = []
    for concept_id, concept in concepts().items():
        if concept_id in found and area in (None, concept.area):
            entries = {slug: tuple(mine) for slug, mine in found[concept_id].items()}
            made.append(Line(concept_id, concept, entries, _differences(entries)))
    return sorted(made, key=lambda line: (AREAS.index(line.concept.area), -len(line.entries) if most_first else 0))


_ASKED: dict[str, Callable[[Entry], object]] = {
    "unit": lambda e: e.row["unit"],
    "counted": lambda e: (e.indicator.data.model_dump_json(), e.indicator.rollup, e.indicator.level),
    "kind": lambda e: (e.indicator.comparator, e.indicator.strict, e.indicator.rule, e.row["target"] is None),
    "target": lambda e: (e.row["target"], e.row["start_value"]),
    "date": lambda e: e.as_of,
}


def _differences(entries: Mapping[str, tuple[Entry, ...]]) -> tuple[str, ...]:
    """Return wherein the counties differ; several indicators of one county are that county's own matter."""
    if len(entries) < 2:
        return ()

    def differ(asked: Callable[[Entry], object]) -> bool:
        sets = [frozenset(asked(e) for e in mine) for mine in entries.values()]
        return any(one != sets[0] for one in sets)

    return tuple(name for name in DIFFERENCES if differ(_ASKED[name]))


def _plain(value: Any) -> Any:
    return None if pd.isna(value) else value
