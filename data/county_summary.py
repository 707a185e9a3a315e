"""How a county stands by a plan, as few rows: its top region at the newest date and at the month ends before. Pure."""

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from data import progress, schedule
from data.plan import Plan
from data.registry import Bands
from data.shown import as_shown

MONTHS = 12


def dates(known: Sequence[dt.date]) -> list[dt.date]:
    """Return the newest of the evaluation dates and the month ends of the year up to it, oldest first."""
    if not known:
        return []
    newest = max(known)
    first = schedule.previous_month_end(newest, MONTHS)
    return sorted(day for day in known if day == newest or (day == schedule.month_end(day) and day > first))


def counted(plan: Plan) -> list[str]:
    """Return the indicators whose figure for the whole is formed of the villages', so that these are needed too."""
    return [i.id for i in plan.indicators if progress.counts_villages(i)]


def summarise(plan: Plan, measures: pd.DataFrame, regions: pd.DataFrame, bands: Bands) -> pd.DataFrame:
    """Return progress of every indicator at the top region at each of `dates`, with `as_of`, as pages show it.

    Parameters
    ----------
    measures
        Of the top region, and of all regions for the indicators of `counted`.
    """
    cube = progress.Cube(plan, measures, regions)
    frames = [
        as_shown(progress.evaluate(cube, day, bands, levels=["top"]).assign(as_of=pd.Timestamp(day)), plan)
        for day in dates(cube.dates)
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
