"""Derive: after a batch, recompute the measures and profiles it affects, from the earliest date it touches onward."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any

import pandas as pd

from data import county_summary, in_force, reached, report, reporting, revision, schedule, spells
from data.measures import Engine, compute
from data.places import plan_regions
from data.plan import Indicator, Plan, load_plan
from data.profiles import compute_profiles, profiles
from data.registry import Bands, County
from data.reporting import Arrival
from data.sources import Tables
from data.statements import Statement
from data.store import BANDS, TARGETS, Batch, Store, open_store
from data.store.model import StaleError
from data.tables import NONE, tables
from data.worker import USUAL

EVERYTHING = frozenset(tables())
_ATTEMPTS = 5
APART_SECONDS = 600.0
"""After which the worker is ended; the server then computes what is left, and takes as long as it takes."""
# Shares of the work: reading the tables, then the measures of all plans; the rest is profiles.
_READ, _MEASURED = 0.25, 0.95
# Of the measures of a plan: computing them; the rest is writing.
_COMPUTED = 0.7
Tell = Callable[[float], object]
"""Is told the share of the work that is done, from 0 to 1."""


def silent(_share: float) -> None:
    """Tell nobody."""


def part(tell: Tell, begin: float, end: float) -> Tell:
    """Return what tells the shares of a part of the work as shares of the whole."""
    return lambda share: tell(begin + (end - begin) * share)


def derive(
    store: Store,
    county: County,
    touched: Iterable[str] = EVERYTHING,
    since: dt.date | None = None,
    tell: Tell = silent,
) -> None:
    """Bring a county's measures and profiles up to date with its rows.

    Parameters
    ----------
    touched
        Upload tables that changed.
    since
        Earliest date whose figures can have changed; None = from the plan's start.
    tell
        Told the share that is done; begins anew when another batch came in between.

    Notes
    -----
    Only indicators that read a touched table are recomputed, and only from `since` on. Evaluation dates that appear or
    vanish because the newest data date moved are brought in line for all indicators.
    """
    chosen, start = set(touched), since
    for _ in range(_ATTEMPTS - 1):
        try:
            _derive(store, county, chosen, start, tell)
        except StaleError:
            # Another batch came in between; whoever wrote it may be gone, so everything is looked at.
            chosen, start = set(EVERYTHING), None
        else:
            return
    _derive(store, county, chosen, start, tell)


def _derive(store: Store, county: County, touched: set[str], since: dt.date | None, tell: Tell) -> None:
    version = store.data_version(county.code)
    uploaded = load_tables(store, county)
    step = (_MEASURED - _READ) / len(county.plans)
    bands = in_force.bands(store, county)
    for n, plan in enumerate(_plans(store, county)):
        of_plan = part(tell, _READ + n * step, _READ + (n + 1) * step)
        _derive_plan(store, county, plan, uploaded, touched, since, version, of_plan)
        _mark(store, county, _computation(plan), version)
        _summarise_plan(store, county, plan, bands, uploaded.frames.get("villages"), version)
    tell(_MEASURED)
    _derive_profiles(store, county, uploaded, touched, version)
    _mark(store, county, _profiles_computation(county), version)
    tell(1)


def _plans(store: Store, county: County, version: int | None = None) -> list[Plan]:
    """Return the county's plans as they are in force."""
    revisions = store.target_revisions(county.code, version)
    return [in_force.revised(load_plan(plan_id), revisions) for plan_id in county.plans]


def catch_up(store: Store, county: County) -> bool:
    """Recompute everything if a process stopped between commit and computation, or if it is computed otherwise now.

    Returns
    -------
    bool
        Whether that was needed. The summary alone is brought in line in no time.
    """
    needed = _left(store, county, _computations(store, county)) > 0
    if needed:
        derive(store, county)
    elif _left(store, county, _summary_computations(store, county)):
        summarise(store, county)
    return needed


def behind(store: Store, county: County) -> int:
    """Return the data version that measures, profiles or the summary are not computed from yet; 0 if all are."""
    return _left(store, county, [*_computations(store, county), *_summary_computations(store, county)])


def _left(store: Store, county: County, computations: Iterable[str]) -> int:
    seen = store.versions(county.code)
    version = max((seen.get(name, 0) for name in tables()), default=0)
    return version if any(seen.get(f"computed:{what}", 0) < version for what in computations) else 0


def summarise(store: Store, county: County) -> None:
    """Bring the summary in line with the measures: other targets and bands compute no measure anew."""
    version = store.data_version(county.code)
    villages = store.rows(county.code, "villages") if store.version(county.code, "villages") else None
    bands = in_force.bands(store, county)
    try:
        for plan in _plans(store, county):
            _summarise_plan(store, county, plan, bands, villages, version)
    except StaleError:
        derive(store, county)


def after(store: Store, county: County, batch: Batch, tell: Tell = silent) -> None:
    """Derive what a committed batch or an undo affects, and what others left; nothing if others did it already."""
    if batch.table in {TARGETS, BANDS}:
        _after_revision(store, county, batch, tell)
        return
    oldest = min(store.computed_version(county.code, what) for what in _computations(store, county))
    left = [b for b in store.batches(county.code) if b.batch_id > oldest and b.table in EVERYTHING]
    if not left:
        return
    if oldest == 0 and [b.batch_id for b in left] != [batch.batch_id]:
        derive(store, county, tell=tell)  # never computed, or computed otherwise now
        return
    since = [earliest(b) for b in left]
    start = None if None in since else min(day for day in since if day)
    derive(store, county, {b.table for b in left}, start, tell)


def _after_revision(store: Store, county: County, batch: Batch, tell: Tell) -> None:
    """Compute the dates that a revised target brings or takes along, if any; measures hold no target."""
    if not _left(store, county, _computations(store, county)):
        summarise(store, county)
        return
    before = _computations(store, county, batch.batch_id - 1)
    derive(store, county, EVERYTHING if _left(store, county, before) else (), tell=tell)


def apart(county: County, batch: Batch, tell: Tell = silent) -> None:
    """Derive as `after`, by the worker, from the store of this deployment.

    Raises
    ------
    TooCostlyError
        It took too much; nothing is computed then.
    """
    USUAL.run(_after, county, batch, seconds=APART_SECONDS, tell=tell)


def _after(county: County, batch: Batch, tell: Tell) -> None:
    with open_store() as store:
        after(store, county, batch, tell)


def _mark(store: Store, county: County, what: str, version: int) -> None:
    """Record that something is computed from a version, and in no other way: a plan or a release may be set back."""
    kind = what.rpartition(" ")[0]
    for dataset, at in store.versions(county.code).items():
        other = dataset.removeprefix("computed:")
        if at and dataset.startswith(f"computed:{kind} ") and other != what:
            store.mark_computed(county.code, other, 0)
    store.mark_computed(county.code, what, version)


def _computations(store: Store, county: County, version: int | None = None) -> list[str]:
    return [*map(_computation, _plans(store, county, version)), _profiles_computation(county)]


def _computation(plan: Plan) -> str:
    """Return what a plan's measures depend on besides the data: its queries and dates, not its targets; how and where.

    How is the code that computes, where the county's list of villages.
    """
    asked = [
        (i.data.model_dump_json(), i.id, i.level, i.rollup, i.any_of, i.frequency, i.unit, i.due, i.milestones)
        for i in plan.indicators
    ]
    told: list[tuple[object, ...]] = [(*a[:-1], [m.date for m in a[-1]]) for a in asked]
    # A revised target asks for nothing else, but it may bring dates to look at.
    own = {i.id: {i.due, *(m.date for m in i.milestones)} for i in plan.indicators}
    told += [(i.id, i.all_dates) for i in plan.indicators if set(i.all_dates) != own[i.id]]
    return f"{plan.id} {_digest(*_frame(plan), told)}"


def _summary_computations(store: Store, county: County) -> list[str]:
    bands = in_force.bands(store, county)
    return [_summary_computation(plan, bands) for plan in _plans(store, county)]


def _summary_computation(plan: Plan, bands: Bands) -> str:
    """Return what a plan's summary depends on besides the measures: the whole plan, the bands, and what judges."""
    return f"summary {plan.id} {_digest(plan.model_dump_json(), bands, revision.judging(), _computation(plan))}"


def _profiles_computation(county: County) -> str:
    """Return what the county's profiles depend on besides the data."""
    return f"profiles {_digest(*_frame(load_plan(county.plans[0])), revision.declared_profiles())}"


def _frame(plan: Plan) -> tuple[object, ...]:
    return plan.top_region, plan.start, plan.end, revision.code(), revision.places(plan.county_code)


def _digest(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()[:12]


def earliest(batch: Batch) -> dt.date | None:
    """First day of the earliest month a batch speaks for; None for a running list."""
    months = [p for p in batch.scope.periods if p != "-"]
    return dt.date.fromisoformat(min(months) + "-01") if months else None


def load_tables(store: Store, county: County) -> Tables:
    """Return all that is uploaded for a county, as the engine reads it."""
    code = county.code
    frames = {name: _rows(store, code, name) for name in tables() if store.version(code, name) > 0}
    said = [one for one in nil_returns(store, code) if not tables()[one.table].events]
    # A table whose batches were all undone was never uploaded; a header-only frame would read as a nil return.
    return Tables({k: f for k, f in frames.items() if not f.empty}, (*said, *_of_lists(store, code)))


def _rows(store: Store, county_code: str, table: str) -> pd.DataFrame:
    return problems(store, county_code) if table == "issues" else store.rows(county_code, table)


def problems(store: Store, county_code: str, version: int | None = None) -> pd.DataFrame:
    """Return the list of problems (as known at a version), with rows of how they stood before.

    Of those that came back, and of those whose deadline was moved: see `data.spells`.
    """
    rows = store.rows(county_code, "issues", version)
    past = states(store, county_code, "issues", version)
    past = past.loc[past["issue_id"].isin(rows["issue_id"])]
    if past.empty:
        return rows
    moved = spells.moving_deadlines(past)
    return spells.with_earlier(rows, past, reached.first_days(store, county_code, moved))


def states(store: Store, county_code: str, table: str, version: int | None = None) -> pd.DataFrame:
    """Return the states that the changed rows of a running list went through, oldest first, without what was undone."""
    past = store.past_rows(county_code, table, changed=True)
    if past.empty:
        return past
    active = {b.batch_id for b in store.batches(county_code, table, version) if b.active}
    return past.loc[past["batch_id"].isin(active)]


def nil_returns(store: Store, county_code: str, version: int | None = None) -> list[Statement]:
    """Return the nil returns that count, as statements; those known at a version, if one is given."""
    return [Statement(one.table, one.periods, one.townships) for one in store.nils(county_code, version)]


def _of_lists(store: Store, county_code: str) -> list[Statement]:
    """Return what the batches of running lists that count say, nil returns included.

    A batch speaks for the townships of its scope, for all if the county itself is one of them. What is entered on a
    page speaks for none: one problem handed over does not say that there is no other.
    """
    batches = store.batches(county_code)
    months = list_months(store, county_code, batches)

    def townships(batch: Batch) -> tuple[str, ...]:
        if not batch.reports:
            return ()
        return (NONE,) if f"{county_code}000" in batch.scope.townships else batch.scope.townships

    return [Statement(b.table, months[b.batch_id], townships(b)) for b in batches if b.batch_id in months]


def list_months(store: Store, county_code: str, batches: Sequence[Batch]) -> dict[int, tuple[str, ...]]:
    """Return the months that the batches of running lists that count speak for, by batch id.

    A list has no as-of date, and when it was sent is wall clock, which no figure may depend on; but its rows say when
    things happened. So it speaks from the month of the first event among them (a list that reaches back reports on
    those months too) to the month of the last: later than that nobody has looked, for all we know. Due dates, which
    lie ahead, do not count. Where no row has happened yet, and in a nil return, the batch is of the newest month that
    the county's dated tables had reached when it was committed: what else it was compared with cannot be known. That is
    looked up as it stood then, so that no later batch or undo moves it. If there was nothing either, it holds at any
    date.
    """
    events = {table.id: store.event_months(county_code, table.id) for table in tables().values() if table.events}

    def months(batch: Batch) -> tuple[str, ...]:
        if batch.scope.periods != (NONE,):
            return batch.scope.periods
        if batch.batch_id in events[batch.table]:
            first, last = events[batch.table][batch.batch_id]
            return tuple(pd.period_range(first, last, freq="M").strftime("%Y-%m"))
        return (reached.month(batches, batch.batch_id),)

    return {b.batch_id: months(b) for b in batches if b.active and b.table in events}


def arrivals(store: Store, county_code: str, batches: Sequence[Batch]) -> dict[tuple[str, str], list[Arrival]]:
    """Return by table and month what came of a county's reports, as `data.reporting.arrivals` does."""
    return reporting.arrivals(batches, list_months(store, county_code, batches), county_code)


def newest_date(uploaded: Tables, plan: Plan) -> dt.date | None:
    """Return the newest date of any dated row at or after the plan's start, or None."""
    stamps = [f["as_of"].max() for f in uploaded.frames.values() if "as_of" in f and not f.empty]
    days = [s.date() for s in stamps if not pd.isna(s)]
    return max(days) if days and max(days) >= plan.start else None


def readers(plan: Plan, touched: set[str]) -> list[Indicator]:
    """Return the indicators whose measures can change when these tables do."""
    if "villages" in touched:
        return list(plan.indicators)
    direct: set[str] = set()
    if "facts" in touched:
        # Rows of an item that is an indicator's own id stand in for its query; a row taken back leaves no trace in
        # the table, so every indicator not read from `facts` is looked at again: the store keeps what is unchanged.
        direct = {i.id for i in plan.indicators if i.data.table != "facts"}
    return [i for i in plan.indicators if i.data.table in touched or i.id in direct]


def _derive_plan(
    store: Store,
    county: County,
    plan: Plan,
    uploaded: Tables,
    touched: set[str],
    since: dt.date | None,
    version: int,
    tell: Tell,
) -> None:
    regions = plan_regions(plan, uploaded.frames.get("villages"))
    newest = newest_date(uploaded, plan)
    dates = schedule.evaluation_dates(plan, newest) if newest else []
    top = store.measures(county.code, plan.id, regions=[plan.top_region])
    known = {d.date() for d in pd.DatetimeIndex(top["as_of"].unique())}
    moved = known.symmetric_difference(dates)
    start = min([max(since, plan.start) if since else plan.start, *moved])
    mine = readers(plan, touched)
    engine = Engine(plan, uploaded, regions)
    chosen = {i.id for i in mine}
    others = [i for i in plan.indicators if i.id not in chosen] if moved else []
    half = len(mine) / max(len(mine) + len(others), 1)
    _write(store, county, engine, mine, [d for d in dates if d >= start], start, version, part(tell, 0, half))
    if others:
        last = min(moved)
        _write(store, county, engine, others, [d for d in dates if d >= last], last, version, part(tell, half, 1))


def _write(
    store: Store,
    county: County,
    engine: Engine,
    indicators: list[Indicator],
    dates: list[dt.date],
    start: dt.date,
    version: int,
    tell: Tell,
) -> None:
    if not indicators:
        return
    ids = [i.id for i in indicators]
    frame = compute(engine, dates, ids, tell=part(tell, 0, _COMPUTED))
    store.write_measures(county.code, engine.plan.id, frame, ids, start, data_version=version)
    tell(1)


def _summarise_plan(
    store: Store, county: County, plan: Plan, bands: Bands, villages: pd.DataFrame | None, version: int
) -> None:
    """Write a plan's summary from its stored measures."""
    measures = store.measures(county.code, plan.id, regions=[plan.top_region])
    if by_villages := county_summary.counted(plan):
        of_villages = store.measures(county.code, plan.id, by_villages)
        measures = pd.concat([measures.loc[~measures["indicator"].isin(by_villages)], of_villages], ignore_index=True)
    found = county_summary.summarise(plan, measures, plan_regions(plan, villages), bands)
    store.write_summary(county.code, plan.id, found, data_version=version)
    _mark(store, county, _summary_computation(plan, bands), version)


def _derive_profiles(store: Store, county: County, uploaded: Tables, touched: set[str], version: int) -> None:
    plan = load_plan(county.plans[0])
    chosen = [p.id for p in profiles().values() if p.table in touched or "villages" in touched]
    if not chosen:
        return
    engine = Engine(plan, uploaded, plan_regions(plan, uploaded.frames.get("villages")))
    found = compute_profiles(engine, None if "villages" in touched else touched)
    store.write_profiles(county.code, found, chosen, dt.date(1900, 1, 1), data_version=version)


def progress_at(
    store: Store, county: County, plan: Plan, day: dt.date, *, level: str = "county", lang: str = "zh"
) -> list[dict[str, Any]]:
    """Compute progress at any date from the stored rows, with the function that made the stored measures.

    Parameters
    ----------
    plan : as its file has it; the targets and bands in force are read from the store.
    """
    plan = in_force.plan(store, county.code, plan)
    uploaded = load_tables(store, county)
    regions = plan_regions(plan, uploaded.frames.get("villages"))
    measures = compute(Engine(plan, uploaded, regions), report.dates_needed(plan, day))
    bands = in_force.bands(store, county)
    return report.from_measures(plan, measures, regions, day, bands, level=level, lang=lang)
