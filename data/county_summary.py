"""How a county stands by a plan, as few rows: its top region at the newest date and at the month ends before. Pure."""

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from data import progress, schedule
from data.plan import Plan
from data.registry import Bands
from data.shown import as_shown
from data.small_figures import SmallFigures, of_people

MONTHS = 12


def dates(known: Sequence[dt.date]) -> list[dt.date]:
    """Return the newest of the evaluation dates and the month ends of the year up to it, oldest first."""
    if not known:
        return []
    newest = max(known)
    first = schedule.previous_month_end(newest, MONTHS)
    return sorted(day for day in known if day == newest or (day == schedule.month_end(day) and day > first))


def counted(plan: Plan) -> list[str]:
    """Return the indicators of which the villages' figures are needed too.

    The figure of some is formed of theirs; of counts of people, theirs may be told by it.
    """
    return [i.id for i in plan.indicators if progress.counts_villages(i) or (of_people(i) and i.data.agg == "count")]


def summarise(plan: Plan, measures: pd.DataFrame, regions: pd.DataFrame, bands: Bands) -> pd.DataFrame:
    """Return progress of every indicator at the top region at each of `dates`, with `as_of`, as pages show it.

    Readers of several counties see no small counts.

    Parameters
    ----------
    measures
        Of the top region, and of all regions for the indicators of `counted`.
    """
    cube = progress.Cube(plan, measures, regions)
    small = SmallFigures(cube)
    frames = [
        small.cover(as_shown(progress.evaluate(cube, day, bands, levels=["top"]).assign(as_of=pd.Timestamp(day)), plan))
        for day in dates(cube.dates)
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
