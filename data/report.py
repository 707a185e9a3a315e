"""Progress as records for programs: what `xianjie progress --json` prints."""

import datetime as dt
import math
from typing import Any

import pandas as pd

from data import progress, schedule
from data.explain import explain
from data.measures import Engine, compute
from data.places import plan_regions
from data.plan import Plan
from data.registry import Bands
from data.sources import Tables

FIELDS = (
    "indicator",
    "concept",
    "area",
    "region",
    "region_name",
    "level",
    "value",
    "numerator",
    "denominator",
    "start_value",
    "target",
    "comparator",
    "unit",
    "rule",
    "schedule_share",
    "expected",
    "completion",
    "gap",
    "status",
    "marks",
    "reported",
    "of",
    "forecast",
    "needed_per_month",
    "explanation",
)


def dates_needed(plan: Plan, as_of: dt.date) -> list[dt.date]:
    """Return the dates the progress at `as_of` looks at: itself, the one before, three months, the year before."""
    end = as_of if as_of == schedule.month_end(as_of) else schedule.previous_month_end(as_of)
    wanted = {as_of, *(schedule.previous_month_end(end, n) if n else end for n in range(4))}
    wanted |= set([d for d in schedule.evaluation_dates(plan, as_of) if d < as_of][-1:])
    # What was known of a window that goes on at one of them may be what the window before came to.
    wanted |= {schedule.window_before(i, d) for i in plan.indicators for d in wanted if schedule.window_open(i, d)}
    wanted = {d for d in wanted if plan.start <= d <= as_of or d == as_of}
    return sorted(wanted | {schedule.year_before(as_of)})


def from_tables(
    plan: Plan, uploaded: Tables, as_of: dt.date, bands: Bands, *, level: str = "county", lang: str = "zh"
) -> list[dict[str, Any]]:
    """Compute progress from a folder of tables, without a store; the `villages` table is all the villages there are."""
    regions = plan_regions(plan, uploaded.frames.get("villages"))
    engine = Engine(plan, uploaded, regions, whole_register=True)
    regions = regions.loc[regions["code"].isin(set(engine.tree.codes))].reset_index(drop=True)
    measures = compute(engine, dates_needed(plan, as_of))
    return from_measures(plan, measures, regions, as_of, bands, level=level, lang=lang)


def from_measures(
    plan: Plan,
    measures: pd.DataFrame,
    regions: pd.DataFrame,
    as_of: dt.date,
    bands: Bands,
    *,
    level: str = "county",
    lang: str = "zh",
) -> list[dict[str, Any]]:
    """Return one record per indicator and region of a level (`county` is the plan's top), with `FIELDS`.

    Percentages are 0-100, `schedule_share` 0-1; what does not apply is None.
    """
    top = level in {"county", plan.top_level}
    cube = progress.Cube(plan, measures, regions)
    rows = progress.evaluate(cube, as_of, bands, levels=["top" if top else level])
    names = dict(zip(regions["code"], regions["name"], strict=True))
    records = []
    for row in rows.to_dict("records"):
        row["region_name"] = names[row["region"]]
        row["explanation"] = explain(row, plan, as_of, lang)
        row["marks"] = list(row["marks"])
        records.append({field: _plain(row[field]) for field in FIELDS})
    return records


def _plain(value: object) -> object:
    if isinstance(value, float):
        return round(value, 10) if math.isfinite(value) else None
    return value
