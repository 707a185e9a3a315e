"""Progress: measures against the targets in force, for every indicator and region at a date.

Rules, statuses and their order are those of `docs/progress.md`. Pure functions on frames.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from data import schedule
from data.plan import Indicator, Plan, concepts
from data.registry import Bands
from geo.regions import match_place

# In the order of the decision: the first that holds is the status.
STATUSES = (
    "not_scored",
    "no_target",
    "no_data",
    "done",
    "overdue",
    "not_due",
    "on_schedule",
    "slightly_behind",
    "behind",
    "far_behind",
)
BAD = ("far_behind", "overdue", "behind")  # somebody has to act; the worst first
FINE = ("on_schedule", "done")
WORST_FIRST = (*BAD, "slightly_behind", *FINE, "not_due", "no_data", "no_target", "not_scored")
SCORED = frozenset(STATUSES) - {"not_scored", "no_target"}
# Something is due by now and there is a figure: what enters the share of indicators that are fine.
JUDGED = SCORED - {"no_data", "not_due"}
EPS = 1e-9
PROGRESS_COLUMNS = (
    "indicator",
    "concept",
    "area",
    "region",
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
    "newest",
    "carried",
    "direct",
    "alternative",
    "forecast",
    "needed_per_month",
    "previous",
    "change",
    "year_ago",
)

Floats = np.ndarray[Any, Any]
Bools = np.ndarray[Any, Any]


# Columns of the measures, and what stands where nothing is kept.
_FILL: dict[str, Any] = {
    **dict.fromkeys(("value", "numerator", "denominator", "alternative"), np.nan),
    **dict.fromkeys(("reported", "of"), 0),
    "newest": np.datetime64("NaT", "ns"),
    "direct": False,
}


@dataclass(frozen=True)
class _Measures:
    """Measures as arrays, those of an indicator at a date (a block) beside each other; `places` says where."""

    places: np.ndarray
    columns: Mapping[str, np.ndarray]
    blocks: Mapping[tuple[str, dt.date], slice]

    @classmethod
    def of(cls, measures: pd.DataFrame, codes: list[str]) -> "_Measures":
        """Return the measures of the regions with these codes."""
        at = pd.Index(codes).get_indexer(pd.Index(measures["region"]))
        dates, stamps = pd.factorize(measures["as_of"])
        indicators, ids = pd.factorize(measures["indicator"])
        block = dates * max(len(ids), 1) + indicators
        order = np.argsort(block, kind="stable")
        order = order[at[order] >= 0]
        block = block[order]
        starts = np.flatnonzero(np.r_[True, block[1:] != block[:-1]]) if len(block) else np.empty(0, dtype=int)
        days = [pd.Timestamp(stamp).date() for stamp in stamps]
        return cls(
            at[order],
            {name: measures[name].to_numpy()[order] for name in _FILL},
            {
                (str(ids[block[a] % len(ids)]), days[block[a] // len(ids)]): slice(a, b)
                for a, b in pairwise([*starts, len(block)])
            },
        )

    def renewed(self, blocks: Collection[tuple[str, dt.date]], new: "_Measures") -> "_Measures":
        """Return the same but for some blocks, of which there is what is new."""
        kept = [(key, rows) for key, rows in self.blocks.items() if key not in blocks]
        sizes = [(key, rows.stop - rows.start) for key, rows in (*kept, *new.blocks.items())]
        ends = np.cumsum([0, *(size for _, size in sizes)]).tolist()
        return _Measures(
            np.concatenate([*(self.places[rows] for _, rows in kept), new.places]),
            {
                name: np.concatenate([*(column[rows] for _, rows in kept), new.columns[name]])
                for name, column in self.columns.items()
            },
            {key: slice(a, b) for (key, _), (a, b) in zip(sizes, pairwise(ends), strict=True)},
        )

    @property
    def dates(self) -> list[dt.date]:
        """Dates of which there is any measure, oldest first."""
        return sorted({day for _, day in self.blocks})


class Cube:
    """Measures of one plan by date and indicator, each column an array aligned with the regions.

    Parameters
    ----------
    measures
        `data.measures.MEASURE_COLUMNS`; the cube keeps what it needs, the frame may go.
    regions
        The plan's regions, top down (`geo.regions.scope`).
    """

    def __init__(self, plan: Plan, measures: pd.DataFrame, regions: pd.DataFrame) -> None:
        self.plan = plan
        self.codes = list(regions["code"])
        self.names = list(regions["name"])
        self.size = len(self.codes)
        index = {c: i for i, c in enumerate(self.codes)}
        parent = [index.get(p, -1) for p in regions["parent"]]
        self.top = parent.index(-1)
        self.parent = np.array([self.top if p < 0 else p for p in parent])
        self.level = regions["level"].to_numpy(dtype=object)
        self.is_top = np.arange(self.size) == self.top
        self.is_village = self.level == "village"
        self.is_town = (self.level == "township") & ~self.is_top
        self.regions = regions
        self.measures = _Measures.of(measures, self.codes)
        self.dates = self.measures.dates

    def judged_by(self, plan: Plan) -> "Cube":
        """Return the same measures to be held against the targets of another plan with the same indicators."""
        other = copy(self)
        other.plan = plan
        return other

    def renewed(self, blocks: Collection[tuple[str, dt.date]], measures: pd.DataFrame) -> "Cube":
        """Return the cube with other measures of some indicators and dates: `measures` is all there is of those."""
        other = copy(self)
        other.measures = self.measures.renewed(blocks, _Measures.of(measures, self.codes))
        other.dates = other.measures.dates
        return other

    def grid(self, indicator: str, day: dt.date | None, column: str) -> np.ndarray:
        """Values of one measure column per region at a date; NaN (NaT, 0, False) where nothing is kept."""
        result: np.ndarray = np.full(self.size, _FILL[column])
        rows = None if day is None else self.measures.blocks.get((indicator, day))
        if rows is not None:
            result[self.measures.places[rows]] = self.measures.columns[column][rows]
        return result

    def values(
        self, indicator: Indicator, day: dt.date | None, *, asked: dt.date | None = None
    ) -> tuple[Floats, Floats, Floats]:
        """Return value, numerator and denominator per region at a date.

        Where a plan asks for the share of villages that meet what is due, that share is formed here, because it
        depends on the target: measures hold none. It is measured by what is due at `asked`, the date itself if None:
        two dates are compared by one requirement, or villages would fall back because more is asked of them.
        """
        parts = tuple(self.grid(indicator.id, day, c).astype(float) for c in ("value", "numerator", "denominator"))
        if day is not None and indicator.rule == "window":
            unknown = self._before_window(indicator, day)
            for part in parts:
                part[unknown] = np.nan
        if day is None or not counts_villages(indicator):
            return parts  # type: ignore[return-value]
        value, numerator, denominator = (p.copy() for p in parts)
        upper = ~self.is_village
        for part in (value, numerator, denominator):
            part[upper] = np.nan
        if not np.isnan(value[self.is_village]).all():
            due = village_due(indicator, self.plan, asked or day)
            passed = self.is_village & (np.nan_to_num(value, nan=-np.inf) >= due - EPS)
            num, den = self._up(passed), self._up(self.is_village)
            with np.errstate(invalid="ignore", divide="ignore"):
                value[upper] = np.where(den > 0, 100.0 * num / den, np.nan)[upper]
            numerator[upper], denominator[upper] = num[upper], den[upper]
        return value, numerator, denominator

    def _before_window(self, indicator: Indicator, day: dt.date) -> Bools:
        """Where the newest rows are older than the running window: they cannot know what was done within it."""
        begin = np.datetime64(schedule.period_start(day, schedule.window_months(indicator)), "ns")
        newest = self.grid(indicator.id, day, "newest")
        result: Bools = (newest < begin) & (self.grid(indicator.id, day, "reported") == 0)  # NaT is not before it
        return result

    def _up(self, flags: Bools) -> Floats:
        total = np.zeros(self.size)
        np.add.at(total, self.parent[flags], 1.0)
        towns = np.flatnonzero(self.is_town)
        total[self.top] += total[towns].sum()
        return total


class Narrow(Cube):
    """One region of a cube: as quick as one number where a page asks for a single place over time."""

    def __init__(self, whole: Cube, region: str) -> None:
        at = whole.codes.index(region)
        self._whole, self._at = whole, slice(at, at + 1)
        self.plan, self.regions, self.dates = whole.plan, whole.regions, whole.dates
        self.codes, self.size = [region], 1
        self.level = whole.level[self._at]
        self.is_top, self.is_village, self.is_town = (
            flags[self._at] for flags in (whole.is_top, whole.is_village, whole.is_town)
        )

    def grid(self, indicator: str, day: dt.date | None, column: str) -> np.ndarray:
        """Return the region's own value as an array of one."""
        own: np.ndarray = self._whole.grid(indicator, day, column)[self._at]
        return own

    def values(
        self, indicator: Indicator, day: dt.date | None, *, asked: dt.date | None = None
    ) -> tuple[Floats, Floats, Floats]:
        """Return the region's own value, numerator and denominator as arrays of one."""
        whole = self._whole.values(indicator, day, asked=asked)
        return whole[0][self._at], whole[1][self._at], whole[2][self._at]


def counts_villages(indicator: Indicator) -> bool:
    """Whether the county figure is the share of villages whose own count meets what is due by now."""
    return indicator.rollup == "share_of_villages" and not is_flag(indicator)


def village_due(indicator: Indicator, plan: Plan, day: dt.date) -> float:
    """Return what is due of each village at a date, in the indicator's unit, where the county counts villages."""
    return schedule.schedule_share(indicator, plan, day) * (indicator.in_force(day).value or 0.0)


def is_flag(indicator: Indicator) -> bool:
    """Whether a village either has the thing or not."""
    return indicator.data.agg in {"village_share", "village_sum_share"}


@dataclass(frozen=True)
class Targets:
    """What is asked of each region by one indicator at one date."""

    target: Floats  # NaN: nothing is asked at this level
    start: float  # baseline B; at the top only
    share: Floats  # S(t)
    yes_no: Bools
    rate: Bools
    ahead: Bools  # nothing is due yet: the deadline lies ahead, or the plan has not begun
    partly: Bools  # meets what is due by now while more is to come
    unit: np.ndarray


def targets(cube: Cube, indicator: Indicator, day: dt.date) -> Targets:
    """Return the target at each level: the county's, the same rate, the village rule, zero, a breakdown or none."""
    plan, size, indicator = cube.plan, cube.size, indicator.in_force(day)
    top_target = indicator.rollup_value if indicator.rollup_value is not None else indicator.value
    s = schedule.schedule_share(indicator, plan, day)
    due = indicator.due
    target = np.full(size, np.nan)
    share = np.full(size, s)
    yes_no = np.full(size, indicator.yes_no)
    rate = np.full(size, indicator.is_rate)
    started = day >= (indicator.rule_start or plan.start)
    ahead = np.full(size, not started or (indicator.rule == "deadline" and day < due))
    partly = np.zeros(size, dtype=bool)
    unit = np.full(size, indicator.unit, dtype=object)
    if indicator.scored and top_target is not None and indicator.value is not None:
        target[cube.is_top] = top_target
        lower = ~cube.is_top
        if counts_villages(indicator):
            target[cube.is_village] = indicator.value
            target[cube.is_town] = top_target
            upper = ~cube.is_village
            share[upper] = float(day >= plan.start)
            rate[upper], yes_no[upper] = True, False
            partly[upper] = s < 1 - EPS
            unit[upper] = "%"
        elif is_flag(indicator):
            target[cube.is_town] = top_target
            asked = cube.grid(indicator.id, day, "of") > 0
            target[cube.is_village & asked] = 100.0
            yes_no[cube.is_village] = True
            if indicator.rule == "window":
                months = schedule.window_months(indicator)
                due = min(due, schedule.period_end(day, months))
            ahead[cube.is_village] = not started or (indicator.rule != "keep" and day < due)
            share[cube.is_village] = float(day >= due) if indicator.rule != "keep" else share[0]
        elif indicator.rollup == "weighted_ratio" or (indicator.comparator in {"==", "<="} and indicator.value == 0):
            if indicator.rollup != "county_only":
                target[lower] = indicator.value
                # A figure that exists for the county (or townships) only is not asked of the villages.
                coarse = {"county": cube.is_town | cube.is_village, "township": cube.is_village}.get(indicator.level)
                if coarse is not None:
                    target[coarse & np.isnan(cube.grid(indicator.id, day, "value").astype(float))] = np.nan
        elif indicator.breakdown_basis == "per_unit":
            for code, value in breakdown(cube.regions, indicator).items():
                if code in cube.codes:
                    target[cube.codes.index(code)] = value
    equal = target == (indicator.start_value or 0.0)
    return Targets(target, indicator.start_value or 0.0, share, yes_no | (equal & ~rate), rate, ahead, partly, unit)


def breakdown(regions: pd.DataFrame, indicator: Indicator) -> dict[str, float]:
    """Find the regions for which the plan names an own figure: {region code: target}."""
    found: dict[str, float] = {}
    for part in indicator.breakdown:
        if part.value is not None and part.level in {"village", "township"}:
            codes = match_place(regions, part.name, part.township, part.level)
            if len(codes) == 1:
                found[codes[0]] = part.value
    return found


def met(indicator: Indicator, value: Floats, target: Floats, *, rate: Bools) -> Bools:
    """Whether a value meets a target, with a tolerance of 1e-9; missing values do not."""
    with np.errstate(invalid="ignore"):
        match indicator.comparator:
            case ">=":
                found = value > target + EPS if indicator.strict else value >= target - EPS
            case "<=":
                found = value < target - EPS if indicator.strict else value <= target + EPS
            case "~":
                found = np.abs(value - target) <= (indicator.tolerance or 0.0) + EPS
            case _:  # == 100 % is a rate to be reached; == 0 and a fixed sum are to be hit
                found = np.where(rate & (target > 0), value >= target - EPS, np.abs(value - target) <= EPS)
    result: Bools = found
    return result


def evaluate(
    cube: Cube,
    as_of: dt.date,
    bands: Bands,
    *,
    levels: Sequence[str] | None = None,
    indicators: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Compare measures with the targets in force at a date.

    Parameters
    ----------
    cube
        Measures at `as_of` and, for marks and forecasts, at earlier dates.
    as_of
        The date up to which data counts.
    bands
        Lower edges of the status bands in percentage points.
    levels
        Only regions of these levels (`top`, `township`, `village`); all if None.
    indicators
        Only these, in this order; all if None.

    Returns
    -------
    DataFrame
        `PROGRESS_COLUMNS`: one row per indicator and region, in the order of the plan and of the regions. Shares
        `schedule_share` 0-1, `completion` in percent, `gap` in percentage points (NaN for yes/no targets).
    """
    dates = [d for d in cube.dates if d <= as_of]
    chosen = np.ones(cube.size, dtype=bool)
    if levels is not None:
        chosen = (cube.is_top & ("top" in levels)) | (cube.is_town & ("township" in levels))
        chosen |= cube.is_village & ("village" in levels)
    wanted = cube.plan.indicators if indicators is None else [cube.plan.indicator(i) for i in indicators]
    frames = [_one(cube, indicator, as_of, dates, bands, chosen) for indicator in wanted]
    columns = {c: np.concatenate([f[c] for f in frames]) for c in PROGRESS_COLUMNS}
    # Texts as objects: pages pick rows by them at every rerun, which pandas' own text type makes slow.
    return pd.DataFrame({c: pd.Series(v, dtype=v.dtype, copy=False) for c, v in columns.items()}, copy=False)


def previous_date(cube: Cube, day: dt.date) -> dt.date | None:
    """Return the last date before a day at which the plan was in force and there are measures."""
    return max((d for d in cube.dates if cube.plan.start <= d < day), default=None)


def _one(
    cube: Cube, indicator: Indicator, day: dt.date, dates: Sequence[dt.date], bands: Bands, chosen: Bools
) -> dict[str, np.ndarray]:
    declared, indicator = indicator, indicator.in_force(day)
    goal = targets(cube, indicator, day)
    value, numerator, denominator = cube.values(indicator, day)
    target, start = goal.target, goal.start
    due = indicator.due
    expected = np.where(goal.rate, goal.share * target, start + goal.share * (target - start))
    expected = np.where(goal.yes_no, np.where(goal.ahead, np.nan, target), expected)
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.where(goal.rate, value - expected, 100.0 * (value - expected) / (target - start))
        completion = np.where(goal.rate, 100.0 * value / target, 100.0 * (value - start) / (target - start))
    if indicator.comparator == "<=":  # negative is always bad; an amount that falls from its baseline is so already
        gap = np.where(goal.rate | (start <= target), -gap, gap)
    gap = np.where(np.abs(gap) < EPS, 0.0, gap)
    completion = np.where(np.isfinite(completion), completion, np.nan)
    alternative = cube.grid(indicator.id, day, "alternative").astype(float)
    by_alternative = np.zeros(cube.size, dtype=bool)
    reached = met(indicator, value, target, rate=goal.rate)
    if indicator.any_of:
        with np.errstate(invalid="ignore"):
            by_alternative = ~np.isnan(alternative) & (value - alternative > gap) & ~reached
            # The average moves until the day it is judged: reaching it early is on schedule, not yet done.
            reached |= by_alternative & (value >= alternative - EPS) & (day >= due)
        expected = np.where(by_alternative, alternative, expected)
        gap = np.where(by_alternative, value - alternative, gap)
    gap = np.where(goal.yes_no | np.isnan(target), np.nan, gap)
    completion = np.where(goal.yes_no, np.nan, completion)
    status = _status(indicator, goal, value, reached, gap, day, due, bands)
    previous = _before(cube, indicator, previous_date(cube, day), asked=day)
    year_ago = cube.values(declared, schedule.year_before(day))[0]  # by what was asked then
    forecast, needed = _forecast(cube, indicator, goal, value, reached, day, due, dates)
    newest = cube.grid(indicator.id, day, "newest")
    reported, of = cube.grid(indicator.id, day, "reported"), cube.grid(indicator.id, day, "of")
    carried = _carried(newest, reported, of, value, day)
    direct = cube.grid(indicator.id, day, "direct").astype(bool)
    worse = _worse(indicator, value, previous)
    marks = _marks(indicator, worse, direct, carried, by_alternative, chosen)
    n = int(chosen.sum())

    def constant(text: object) -> np.ndarray:
        return np.full(n, text, dtype=object)

    pick = np.flatnonzero(chosen)
    hidden = np.isnan(target)
    return {
        "indicator": constant(indicator.id),
        "concept": constant(indicator.concept),
        "area": constant(indicator.area),
        "region": np.array(cube.codes, dtype=object)[pick],
        "level": cube.level[pick],
        "value": value[pick],
        "numerator": numerator[pick],
        "denominator": denominator[pick],
        "start_value": np.where(cube.is_top & (indicator.start_value is not None), start, np.nan)[pick],
        "target": target[pick],
        "comparator": constant(indicator.comparator),
        "unit": goal.unit[pick],
        "rule": constant(indicator.rule),
        "schedule_share": np.where(hidden, np.nan, goal.share)[pick],
        "expected": expected[pick],
        "completion": completion[pick],
        "gap": gap[pick],
        "status": status[pick],
        "marks": marks,
        "reported": reported[pick].astype(np.int64),
        "of": of[pick].astype(np.int64),
        "newest": newest[pick].astype("datetime64[ns]"),
        "carried": carried[pick],
        "direct": direct[pick],
        "alternative": alternative[pick],
        "forecast": forecast[pick],
        "needed_per_month": needed[pick],
        "previous": previous[pick],
        "change": (value - previous)[pick],
        "year_ago": year_ago[pick],
    }


def _before(cube: Cube, indicator: Indicator, day: dt.date | None, *, asked: dt.date) -> Floats:
    """Return the values at an earlier date; where its window was open and nothing known, those at the last one's end.

    What is asked for every month has nothing to say in mid-month, and what went before is the month before.
    """
    values = cube.values(indicator, day, asked=asked)[0]
    if day is None or not schedule.window_open(indicator, day):
        return values
    end = schedule.window_before(indicator, day)
    if end < cube.plan.start:
        return values
    found: Floats = np.where(np.isnan(values), cube.values(indicator, end, asked=asked)[0], values)
    return found


def history(cube: Cube, bands: Bands, region: str, indicator: str) -> pd.DataFrame:
    """Evaluate one indicator at one region at every date there are measures for.

    A date at which a window (month, half-year) goes on and has no figure yet is left out: it is not judged yet, and
    says nothing between the windows before and after it.

    Returns
    -------
    DataFrame
        as_of and, of `PROGRESS_COLUMNS`, indicator, value, schedule_share, expected, gap, status, reported, of and
        newest; dates oldest first.
    """
    narrow = Narrow(cube, region)
    columns = ["indicator", "value", "schedule_share", "expected", "gap", "status", "reported", "of", "newest"]
    frames = [
        evaluate(narrow, day, bands, indicators=[indicator])[columns].assign(as_of=pd.Timestamp(day))
        for day in cube.dates
    ]
    one = cube.plan.indicator(indicator)
    frames = [f for f, day in zip(frames, cube.dates, strict=True) if not _unjudged(one, f, day)]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=[*columns, "as_of"])


def _unjudged(indicator: Indicator, row: pd.DataFrame, day: dt.date) -> bool:
    return schedule.window_open(indicator, day) and bool(row["value"].isna().all())


def series(cube: Cube, region: str) -> pd.DataFrame:
    """Return every indicator at one region at every date: indicator, as_of, value, reported, oldest first."""
    narrow = Narrow(cube, region)
    rows = [
        (
            indicator.id,
            pd.Timestamp(day),
            float(narrow.values(indicator, day)[0][0]),
            int(narrow.grid(indicator.id, day, "reported")[0]),
        )
        for indicator in cube.plan.indicators
        for day in cube.dates
    ]
    return pd.DataFrame(rows, columns=["indicator", "as_of", "value", "reported"])


def _status(
    indicator: Indicator,
    goal: Targets,
    value: Floats,
    reached: Bools,
    gap: Floats,
    day: dt.date,
    due: dt.date,
    bands: Bands,
) -> np.ndarray:
    open_yes_no = goal.yes_no & (indicator.rule in {"linear", "milestones"}) & (day < due)
    with np.errstate(invalid="ignore"):
        conditions = [
            np.full(len(value), not indicator.scored),
            np.isnan(goal.target),
            np.isnan(value),
            reached & ~goal.partly,
            np.full(len(value), day > due),
            goal.ahead | open_yes_no,
            gap >= -EPS,
            gap >= bands.slightly_behind - EPS,
            gap >= bands.behind - EPS,
        ]
    return np.select(conditions, STATUSES[:-1], default=STATUSES[-1]).astype(object)


def _forecast(
    cube: Cube,
    indicator: Indicator,
    goal: Targets,
    value: Floats,
    reached: Bools,
    day: dt.date,
    due: dt.date,
    dates: Sequence[dt.date],
) -> tuple[Floats, Floats]:
    """Forecast at the due date by the mean increment of the last three months, and the monthly rate needed from now.

    Only where something is still to be reached by a date: not for what must hold at any time, nor for yes/no targets.
    """
    nothing = np.full(cube.size, np.nan)
    if day >= due or indicator.rule in {"keep", "window"} or not indicator.scored:
        return nothing, nothing
    left = schedule.months_between(day, due)
    open_ = ~np.isnan(goal.target) & ~goal.yes_no & ~np.isnan(value)
    if counts_villages(indicator):  # a share of villages that keep pace has no pace of its own
        open_ &= cube.is_village
    needed = np.where(open_ & ~reached, (goal.target - value) / left, np.nan)
    ends = _last_month_ends(day, dates)
    pace = nothing
    if len(ends) > 1:
        then = cube.values(indicator, ends[0])[0]
        now = cube.values(indicator, ends[-1])[0]
        pace = (now - then) / (len(ends) - 1)
    forecast = np.where(open_, value + pace * left, np.nan)
    if indicator.unit == "%":
        forecast = np.where(value <= 100.0, np.minimum(forecast, 100.0), forecast)
    forecast = np.where(value >= 0, np.maximum(forecast, 0.0), forecast)
    return forecast, needed


def _last_month_ends(day: dt.date, dates: Sequence[dt.date], steps: int = 3) -> list[dt.date]:
    """Consecutive evaluation month ends up to a date, oldest first: at most `steps` increments."""
    end = day if day == schedule.month_end(day) else schedule.previous_month_end(day)
    found: list[dt.date] = []
    while end in dates and len(found) <= steps:
        found.append(end)
        end = schedule.previous_month_end(end)
    return found[::-1]


def _carried(newest: np.ndarray, reported: np.ndarray, of: np.ndarray, value: Floats, day: dt.date) -> Floats:
    """Whole months since the newest row of a figure nobody has reported for this period; NaN where it is fresh."""
    days = newest.astype("datetime64[D]")
    months = (np.datetime64(day, "M") - days.astype("datetime64[M]")).astype(float)
    stale = ~np.isnan(value) & (reported == 0) & (of > 0) & ~np.isnat(days) & (months > 0)
    return np.where(stale, months, np.nan)


def _worse(indicator: Indicator, value: Floats, previous: Floats) -> Bools:
    """Whether a value is worse than at the previous evaluation date (倒退)."""
    with np.errstate(invalid="ignore"):
        if indicator.comparator == "~" and indicator.value is not None:
            return np.abs(value - indicator.value) > np.abs(previous - indicator.value) + EPS
        return (value > previous + EPS) if lower_is_better(indicator) else (value < previous - EPS)


def lower_is_better(indicator: Indicator) -> bool:
    """Whether less of the indicator is better: ceilings, zero targets and concepts that say so."""
    if indicator.scored:
        return indicator.comparator == "<=" or (indicator.comparator == "==" and indicator.value == 0)
    concept = concepts().get(indicator.concept)
    return concept is not None and concept.better == "down"


def _marks(
    indicator: Indicator, worse: Bools, direct: Bools, carried: Floats, by_alternative: Bools, chosen: Bools
) -> np.ndarray:
    always = tuple(
        m
        for m in (indicator.strength, indicator.kind)
        if m in {"strive", "reference", "implied", "derived", "directional", "unspecified", "annex_missing"}
    )
    result = np.empty(int(chosen.sum()), dtype=object)
    flags = (
        ("regressed", worse),
        ("direct", direct),
        ("carried", ~np.isnan(carried)),
        ("alternative", by_alternative),
    )
    cache: dict[tuple[bool, ...], tuple[str, ...]] = {}
    for k, i in enumerate(np.flatnonzero(chosen)):
        key = tuple(bool(f[i]) for _, f in flags)
        if key not in cache:
            cache[key] = tuple(name for (name, _), on in zip(flags, key, strict=True) if on) + always
        result[k] = cache[key]
    return result


def ranking(progress: pd.DataFrame, indicator: Indicator, level: str, *, by: str = "value") -> pd.DataFrame:
    """Rank the regions of a level by an indicator's value or by its change; regions without data are not ranked.

    Returns
    -------
    DataFrame
        Rows of `progress` with `rank` (1 is best; ties share the better rank; NaN without data), ranked first.
    """
    rows = progress.loc[(progress["indicator"] == indicator.id) & (progress["level"] == level)].copy()
    key = place_in_order(rows["value"], indicator) if by == "value" else rows[by] * _sign(indicator)
    rows["rank"] = key.round(9).rank(method="min")
    return rows.sort_values(["rank", "region"], na_position="last", kind="stable").reset_index(drop=True)


def place_in_order(values: pd.Series, indicator: Indicator) -> pd.Series:
    """Return numbers by which regions are ranked by an indicator's value: the smaller the better."""
    if indicator.comparator == "~" and indicator.value is not None:
        return (values - indicator.value).abs()
    return values * _sign(indicator)


def _sign(indicator: Indicator) -> float:
    return 1.0 if lower_is_better(indicator) else -1.0


def bad_since(statuses: Mapping[dt.date, str]) -> dt.date | None:
    """Return the evaluation date since which a status has been bad without a break, or None if it is not bad now.

    Parameters
    ----------
    statuses : by date, as `history` gives them; a date without a report is a break, one it leaves out is none.
    """
    since = None
    for day in sorted(statuses, reverse=True):
        if statuses[day] not in BAD:
            break
        since = day
    return since
