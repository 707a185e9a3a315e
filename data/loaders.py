"""Cached reading for pages and components: the only place with Streamlit's cache.

Every entry is keyed by county, dataset and version, so that a change made by any process is seen at the next rerun and
nothing is read twice. What is returned is shared between sessions: do not change it in place.
"""

# Versions (`stamp`) are part of the key, and what is read is read at them: a commit between the two must not show under
# the older version. Their names must not begin with an underscore: Streamlit leaves such parameters out of the key, and
# nothing would ever be read again.
# ruff: noqa: ARG001

import datetime as dt
import inspect
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from threading import local
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

import pandas as pd
import streamlit as st

if TYPE_CHECKING:
    from geo.search import PlaceIndex

from data import audit_batches, audit_words, derive, in_force, preview, progress, schedule, tally, upload
from data.access import Access, Grant, Townships, User, access, as_server, current, everything, mode
from data.access.model import ANONYMOUS
from data.briefing.facts import Facts, Since, due_reports
from data.history import Moved, figures_moved
from data.intake.corrections import Remembered
from data.lanes import changes
from data.language import Translator
from data.parts import Parts
from data.past import version_after
from data.people import masked
from data.places import county_townships, plan_regions
from data.plan import Plan, load_plan, plan_at, plan_state
from data.preview import Placed
from data.profiles import beside, visible
from data.progress import Cube
from data.registry import Bands, county
from data.reporting import Arrival
from data.showing import showing
from data.shown import as_shown
from data.small_figures import SmallFigures
from data.sources import SERIES
from data.standing import standings
from data.statements import Statement, counting
from data.store import (
    BANDS,
    TARGETS,
    BandRevision,
    Batch,
    Entry,
    Member,
    Snapshot,
    Store,
    TargetRevision,
    Wanted,
    open_store,
)
from data.tables import NONE, tables
from data.upload import Actor
from geo.boundaries import Boundaries, load_boundaries
from geo.map_document import MapDocument, publish

# Tables whose rows pages may read; households, persons and staff never leave the server as rows.
OPEN_TABLES = frozenset({"villages", "projects", "funds", "assets", "issues", "actions"})
MEMBERS = "members"
SUMMARY = "summary"
MEASURES = "measures"
P = ParamSpec("P")
T = TypeVar("T")


def _resource(max_entries: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return `st.cache_resource` for a function whose signature is read once.

    Streamlit asks for it at every call for each argument, which takes longer than to find what is remembered.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        function.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
        kept: Callable[P, T] = st.cache_resource(show_spinner=False, max_entries=max_entries)(function)
        return kept

    return decorate


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """Return the process's store, which asks whose access holds before every read and change."""
    return open_store(guarded=True)


# ---- who may see it --------------------------------------------------------------------------------------------------


def access_of(user: User, slug: str) -> Access:
    """Return what somebody may do in a county: by the roles it gave them and those that a gateway sent.

    Whoever is nobody's member there has what the county shows to everybody. In an open deployment nobody is asked. Of a
    member whom nobody names but by an id the name is that of the list of members.
    """
    entry = county(slug)
    if mode() == "open":
        return everything(user, entry.code)
    member = _by_id(slug).get(user.id) if user.signed_in else None
    grants = (*(member.grants if member else ()), *user.claimed.get(slug, ())) if user.signed_in else ()
    if member and member.name and user.id.startswith(user.name):
        user = replace(user, name=member.name)
    if not grants and entry.access.anonymous:
        grants = (Grant(ANONYMOUS),)
    return access(user, entry.code, grants, persons=entry.access.persons)


def _by_id(slug: str) -> Mapping[str, Member]:
    with as_server(county(slug).code):
        return _members_by_id(slug, version(slug, MEMBERS))


@_resource(max_entries=200)
def _members_by_id(slug: str, stamp: int) -> Mapping[str, Member]:
    return {member.user_id: member for member in store().members(county(slug).code)}


def need(slug: str, action: str) -> None:
    """Refuse what is not allowed in a county here and now: what is remembered is no way around the store's door."""
    code, now = county(slug).code, current.get()
    if now is None or not now.within(code) or not now.may(action):
        store().need(code, action)


def members(slug: str) -> list[Member]:
    """Return who has roles in the county."""
    return store().members(county(slug).code)


def audit(slug: str, wanted: Wanted) -> list[Entry]:
    """Return entries of the county's log, newest first."""
    return store().audit(county(slug).code, wanted)


def audit_told(slug: str, entries: list[Entry], _: Translator, most: int = audit_batches.MOST) -> audit_words.Told:
    """Return what is told of batches beyond their entries (`data.audit_batches`); figures to who may see small ones."""
    entry, seen = county(slug), store().may(county(slug).code, "small")
    batches = store().batches(entry.code)
    plans = [plan(slug, plan_id) for plan_id in entry.plans]

    def moved(of: Plan, batch: Batch) -> Moved:
        until = version_after(batch, batches)
        # Until the next batch comes, figures are still computed.
        read = store().version(entry.code, MEASURES) if until is None else 0
        return _moved(
            slug, of.id, batch.batch_id, until, read, _asked(slug, of.id),
            lambda: figures_moved(store(), of, batch, batches, until),
        )  # fmt: skip

    return audit_batches.told(entries, batches, plans, moved, _, most if seen else 0)


@_resource(max_entries=400)
def _moved(
    slug: str,
    plan_id: str,
    batch_id: int,
    until: int | None,
    measures: int,
    asked: tuple[int, ...],
    _work: Callable[[], Moved],
) -> Moved:
    return _work()


# ---- versions --------------------------------------------------------------------------------------------------------


Read = dict[tuple[str, str, int | None], int]
"""Versions of what was read: by county, dataset, and the version it was pinned to."""


class _Run(local):
    """Versions seen by the run of this thread, by county, so that a page asks once and never mixes two.

    `pinned` are the counties the run looks at as they were known at a version, `let_in` who was let see them, `plans`
    the states of plans' files: asked for every finished part, the disk took a sixth of a run. `read` is what the page
    was told of so far, which is all that a part of it can rest on.
    """

    seen: dict[str, dict[str, int]] | None = None
    read: Read | None = None
    pinned: Mapping[str, int] = MappingProxyType({})
    let_in: Mapping[str, Access] = MappingProxyType({})
    plans: Mapping[str, tuple[int, int]] = MappingProxyType({})


_RUN = _Run()
# Lists with versions of their own, which are always the newest.
_NEVER_PINNED = frozenset({"snapshots", MEMBERS})


def begin_run() -> None:
    """Look at the store's versions anew: at the start of a run, and after the run itself changed something."""
    _RUN.seen = {}
    _RUN.read = {}
    _RUN.pinned = MappingProxyType({})
    _RUN.let_in = MappingProxyType({})
    _RUN.plans = MappingProxyType({})


@contextmanager
def looking(slug: str, page: Hashable, seen: int) -> Iterator[int]:
    """Show a county within the block in one state, while somebody stores something maybe the one before it.

    Yields the number of the state; see `data.showing.Showing.looking`.
    """
    need(slug, "view")
    code = county(slug).code
    with showing(code).looking((_sees_small(slug), page), seen, lambda: store().versions(code)) as shown:
        own = {name: _version_at(slug, name, None) for name in _NEVER_PINNED}
        _RUN.seen = {**(_RUN.seen or {}), slug: {**(shown.versions or {}), **own}}
        yield shown.number


@contextmanager
def changing(slug: str) -> Iterator[None]:
    """Show the county as it was to those who look, until the block has ended and what it stored can be shown."""
    code = county(slug).code
    with showing(code).changing(lambda: store().versions(code)):
        yield


def begin_page(slug: str) -> None:
    """Forget what the frame around the page has read, but for the plan, which it hands over."""
    _RUN.read = {}
    _read(slug, TARGETS)
    _read(slug, BANDS)


def join_run(slug: str, pinned: int | None = None) -> bool:
    """Keep to the versions of the run this thread is in; at the start of a part that also reruns by itself.

    Returns whether there was no run.
    """
    alone = _RUN.seen is None
    if alone:
        begin_run()
    pin(slug, pinned)
    return alone


def pin(slug: str, known_at: int | None) -> None:
    """Show a county for the rest of the run as it was known at a version; None = as it is known now."""
    others = {one: at for one, at in _RUN.pinned.items() if one != slug}
    _RUN.pinned = others if known_at is None else {**others, slug: known_at}


@contextmanager
def known_at(slug: str, at: int | None) -> Iterator[None]:
    """Read a county within the block as it was known at a version; None = as the run reads it."""
    before = _RUN.pinned
    try:
        if at is not None:
            pin(slug, at)
        yield
    finally:
        _RUN.pinned = before


def version(slug: str, dataset: str = "*") -> int:
    """Return the version at which a dataset of a county last changed; 0 if it never held anything.

    Where the run looks at the past, that version itself if the dataset has changed since: what has not is shared with
    the present.
    """
    now = current.get()
    # Asked some hundred times a run: who was let in stays so for the rest of it, in this thread.
    if now is None or _RUN.let_in.get(slug) is not now:
        need(slug, "view")
        if now is not None and _RUN.seen is not None:
            _RUN.let_in = {**_RUN.let_in, slug: now}
    return _read(slug, dataset)


def _read(slug: str, dataset: str) -> int:
    pinned = None if dataset in _NEVER_PINNED else _RUN.pinned.get(slug)
    found = _version_at(slug, dataset, pinned)
    if _RUN.read is not None:
        _RUN.read[slug, dataset, pinned] = found
    return found


def _version_at(slug: str, dataset: str, pinned: int | None) -> int:
    if _RUN.seen is None:
        found = store().version(county(slug).code, dataset)
    else:
        if slug not in _RUN.seen:
            _RUN.seen[slug] = store().versions(county(slug).code)
        found = _RUN.seen[slug].get(dataset, 0)
    return found if pinned is None else min(found, pinned)


def has_data(slug: str) -> bool:
    """Whether the county's store holds measures."""
    return version(slug, "measures") > 0 and bool(evaluation_dates(slug, county(slug).plans[0]))


def warm(slug: str) -> None:
    """Compute what a stopped process left uncomputed, and load what a county's first visitor would wait for."""
    with as_server(county(slug).code):
        _warm(slug)


def _warm(slug: str) -> None:
    entry = county(slug)
    if not store().read_only:
        with changes(entry.code).computing():
            derive.catch_up(store(), entry)
    for plan_id in entry.plans:
        map_document(slug, plan_id)
        days = evaluation_dates(slug, plan_id)
        for day in days[:1]:
            series(slug, plan_id)
            since = next((d for d in month_ends(slug, plan_id) if d < day), None)
            level = "village" if load_plan(plan_id).top_level == "township" else "township"
            area_shares(slug, plan_id, day, since, level, None)


def behind(slug: str) -> int:
    """Return the data version that a county's figures are not computed from yet; 0 if nothing is to be done here."""
    entry = county(slug)
    with as_server(entry.code):
        return 0 if store().read_only else derive.behind(store(), entry)


# ---- plans and bands -------------------------------------------------------------------------------------------------


def plan(slug: str, plan_id: str) -> Plan:
    """Return a plan of a county as it is in force: its file's, with the targets revised since."""
    return _plan(slug, plan_id, _asked(slug, plan_id))


Asked = tuple[int, int, int, int]
"""Versions of revised targets and bands, and the state of the plan's file: all that judging depends on."""


def _asked(slug: str, plan_id: str) -> Asked:
    return version(slug, TARGETS), version(slug, BANDS), *_plan_state(plan_id)


def _plan(slug: str, plan_id: str, asked: Asked) -> Plan:
    return _revised(slug, plan_id, asked) if asked[0] else plan_at(plan_id, asked[2:])


@_resource(max_entries=40)
def _revised(slug: str, plan_id: str, asked: Asked) -> Plan:
    return in_force.plan(store(), county(slug).code, load_plan(plan_id), asked[0])


def bands(slug: str) -> Bands:
    """Return the edges of the county's status bands in force."""
    return _bands(slug, version(slug, BANDS))


def _bands(slug: str, stamp: int) -> Bands:
    return _revised_bands(slug, stamp) if stamp else county(slug).bands


@_resource(max_entries=40)
def _revised_bands(slug: str, stamp: int) -> Bands:
    return in_force.bands(store(), county(slug), stamp)


def target_revisions(slug: str) -> list[TargetRevision]:
    """Return all targets ever revised on a page or by command, newest first; those that hold no more too."""
    return _target_revisions(slug, version(slug))


@_resource(max_entries=20)
def _target_revisions(slug: str, stamp: int) -> list[TargetRevision]:
    return store().target_revisions(county(slug).code, ever=True)


def band_revisions(slug: str) -> list[BandRevision]:
    """Return all edges of the status bands ever set on a page or by command, newest first."""
    return _band_revisions(slug, version(slug))


@_resource(max_entries=20)
def _band_revisions(slug: str, stamp: int) -> list[BandRevision]:
    return store().band_revisions(county(slug).code, ever=True)


# ---- finished parts --------------------------------------------------------------------------------------------------


@st.cache_resource(show_spinner=False)
def _parts() -> Parts:
    return Parts(256, before=True)


def _plan_state(plan_id: str) -> tuple[int, int]:
    """Return the state of a plan's file, looked at once a run."""
    if _RUN.seen is None:
        return plan_state(plan_id)
    if plan_id not in _RUN.plans:
        _RUN.plans = {**_RUN.plans, plan_id: plan_state(plan_id)}
    return _RUN.plans[plan_id]


def _file(plan_id: str) -> Plan:
    """Return a plan as its file has it."""
    return plan_at(plan_id, _plan_state(plan_id))


def built(slug: str, plan_id: str, key: tuple[Hashable, ...], make: Callable[[], T]) -> T:
    """Return a finished figure, markup or the like, made once until something it can rest on changes, or the plan.

    That is whatever its page had read when it was made: it may be made of what was read before.

    Parameters
    ----------
    key : the part's name and all it depends on but the county's data.
    make : makes the part; it must not show anything, nor read a session's state.
    """
    before = _RUN.read

    def made() -> tuple[T, Read]:
        _RUN.read = dict(before or {})
        try:
            return make(), _RUN.read
        finally:
            _RUN.read = before

    version(slug, TARGETS)  # whoever may not see the county is refused here
    whole = (slug, _RUN.pinned.get(slug), _sees_small(slug), plan_id, *_plan_state(plan_id), *key)
    value, read = _parts().resting(whole, made, _holds)
    if before is not None:
        before |= read
    return value


def _holds(read: Read) -> bool:
    """Whether all that was read is of these versions now."""
    return all(_version_at(*what) == at for what, at in read.items())


# ---- regions and maps ------------------------------------------------------------------------------------------------


def regions(slug: str, plan_id: str) -> pd.DataFrame:
    """Return the plan's regions, top first: code, name, level, parent, short_name, lon, lat, unit_type."""
    return _regions(slug, plan_id, version(slug, "villages"))


@_resource(max_entries=40)
def _regions(slug: str, plan_id: str, stamp: int) -> pd.DataFrame:
    villages = store().rows(county(slug).code, "villages", stamp)
    return plan_regions(load_plan(plan_id), villages)


def names(slug: str, plan_id: str) -> dict[str, str]:
    """Return what each region is called by people, by code: 平原村, not 平原村村民委员会."""
    return _names(slug, plan_id, version(slug, "villages"))


@_resource(max_entries=40)
def _names(slug: str, plan_id: str, villages_version: int) -> dict[str, str]:
    frame = _regions(slug, plan_id, villages_version)
    return dict(zip(frame["code"], frame["short_name"].fillna(frame["name"]), strict=True))


def place_index(slug: str, plan_id: str) -> "PlaceIndex":
    """Return the plan's places, to be found as people type them."""
    return _place_index(slug, plan_id, version(slug, "villages"))


@_resource(max_entries=40)
def _place_index(slug: str, plan_id: str, stamp: int) -> "PlaceIndex":
    from geo.search import PlaceIndex  # noqa: PLC0415 - it loads the pinyin of all characters: not at every start

    return PlaceIndex(_regions(slug, plan_id, stamp))


def townships(slug: str, plan_id: str) -> dict[str, str]:
    """Return the codes of the county's townships that the plan covers, by name."""
    return _townships(slug, plan_id, version(slug, "villages"))


@_resource(max_entries=40)
def _townships(slug: str, plan_id: str, stamp: int) -> dict[str, str]:
    towns = county_townships(_regions(slug, plan_id, stamp), county(slug).code)
    return dict(zip(towns["name"], towns["code"], strict=True))


def parents(slug: str, plan_id: str) -> dict[str, str]:
    """Return the code of the region each region of the plan lies in, by code."""
    return _parents(slug, plan_id, version(slug, "villages"))


@_resource(max_entries=40)
def _parents(slug: str, plan_id: str, stamp: int) -> dict[str, str]:
    frame = _regions(slug, plan_id, stamp)
    return dict(zip(frame["code"], frame["parent"], strict=True))


def boundaries(slug: str, plan_id: str) -> Boundaries:
    """Return the shapes of the plan's regions: the county's own if it loaded any, else the schematic ones."""
    return _boundaries(slug, plan_id, version(slug, "boundaries"))


@_resource(max_entries=20)
def _boundaries(slug: str, plan_id: str, stamp: int) -> Boundaries:
    code = county(slug).code
    own = store().boundaries(code, stamp)
    return load_boundaries(code, own.body if own else None).within(load_plan(plan_id).top_region)


def map_document(slug: str, plan_id: str) -> MapDocument | None:
    """Return the county's map page, written once per version of its boundaries; None without any shape."""
    return _map_document(slug, plan_id, version(slug, "boundaries"))


@_resource(max_entries=20)
def _map_document(slug: str, plan_id: str, boundaries_version: int) -> MapDocument | None:
    shapes = _boundaries(slug, plan_id, boundaries_version)
    return publish(county(slug).code, shapes) if shapes.level("village") else None


# ---- measures and progress -------------------------------------------------------------------------------------------


class Stamp(NamedTuple):
    """All that progress depends on: versions of measures and villages, and what is asked.

    `whole` says whether small counts are shown too: what is remembered for some is not shown to others.
    """

    measures: int
    villages: int
    asked: Asked
    whole: bool


def _stamp(slug: str, plan_id: str) -> Stamp:
    return Stamp(version(slug, "measures"), version(slug, "villages"), _asked(slug, plan_id), _sees_small(slug))


def _sees_small(slug: str) -> bool:
    """Whether counts of fewer than five households or persons may be shown here and now."""
    return store().may(county(slug).code, "small")


def cube(slug: str, plan_id: str) -> Cube:
    """Return all measures, small counts too, to be held against the targets in force or against others."""
    need(slug, "small")
    return _cube(slug, plan_id, _stamp(slug, plan_id))


def _cube(slug: str, plan_id: str, stamp: Stamp) -> Cube:
    every = _measured(slug, plan_id, stamp.measures, stamp.villages, stamp.asked[2:])
    return _judged(slug, plan_id, stamp._replace(whole=True), every) if stamp.asked[0] else every


@_resource(max_entries=12)
def _judged(slug: str, plan_id: str, stamp: Stamp, _every: Cube) -> Cube:
    return _every.judged_by(_plan(slug, plan_id, stamp.asked))


class _Newest(NamedTuple):
    """The newest cube of a plan: of which measures, and of which villages and state of the plan's file."""

    measures: int
    around: tuple[int, tuple[int, int]]
    cube: Cube


@st.cache_resource(show_spinner=False)
def _newest() -> dict[tuple[str, str], _Newest]:
    return {}


# Apart from what is asked: another target reads no measure anew.
@_resource(max_entries=12)
def _measured(slug: str, plan_id: str, measures: int, villages: int, file: tuple[int, int]) -> Cube:
    # All measures are read at the start only: what a batch changes of them is read in a tenth of the time.
    code, around = county(slug).code, (villages, file)
    newest = _newest().get((slug, plan_id))
    if newest is not None and newest.around == around and newest.measures <= measures:
        changed = store().blocks_changed(code, plan_id, newest.measures, measures)
        cube = newest.cube.renewed(changed, store().measures(code, plan_id, version=measures, blocks=changed))
    else:
        found = store().measures(code, plan_id, version=measures)
        cube = Cube(load_plan(plan_id), found, _regions(slug, plan_id, villages))
    if newest is None or newest.measures <= measures:
        _newest()[slug, plan_id] = _Newest(measures, around, cube)
    return cube


@_resource(max_entries=12)
def _small_figures(slug: str, plan_id: str, stamp: Stamp) -> SmallFigures:
    return SmallFigures(_cube(slug, plan_id, stamp))


def _told(slug: str, rows: pd.DataFrame, plan_id: str, stamp: Stamp) -> pd.DataFrame:
    """Return progress rows, with their date in `as_of`, as pages show them to those who look."""
    shown = as_shown(rows, load_plan(plan_id))
    return shown if stamp.whole else _small_figures(slug, plan_id, stamp).cover(shown)


def evaluation_dates(slug: str, plan_id: str) -> list[dt.date]:
    """Return the dates measures are kept for, newest first."""
    return _evaluation_dates(slug, plan_id, _stamp(slug, plan_id))


@_resource(max_entries=40)
def _evaluation_dates(slug: str, plan_id: str, stamp: Stamp) -> list[dt.date]:
    return _cube(slug, plan_id, stamp).dates[::-1]


def evaluated(slug: str, plan_id: str, as_of: dt.date) -> pd.DataFrame:
    """Return progress of every indicator and region at a date (`data.progress.PROGRESS_COLUMNS`), as pages show it."""
    return _evaluated(slug, plan_id, as_of, _stamp(slug, plan_id))


@_resource(max_entries=6)
def _evaluated(slug: str, plan_id: str, as_of: dt.date, stamp: Stamp) -> pd.DataFrame:
    cube = _cube(slug, plan_id, stamp)
    frame = progress.evaluate(cube, as_of, _bands(slug, stamp.asked[1]))
    return _told(slug, frame.assign(as_of=pd.Timestamp(as_of)), plan_id, stamp)


def ranks(slug: str, plan_id: str, as_of: dt.date) -> pd.DataFrame:
    """Return where every place stands among its equals at a date (`data.standing.standings`)."""
    return _ranks(slug, plan_id, as_of, _stamp(slug, plan_id))


@_resource(max_entries=12)
def _ranks(slug: str, plan_id: str, as_of: dt.date, stamp: Stamp) -> pd.DataFrame:
    places = _regions(slug, plan_id, stamp.villages)
    return standings(evaluated(slug, plan_id, as_of), _plan(slug, plan_id, stamp.asked), places)


def at(slug: str, plan_id: str, as_of: dt.date, region: str | None = None) -> pd.DataFrame:
    """Return progress of one region (the plan's top if None) at a date, one row per indicator."""
    return _at(slug, plan_id, as_of, region or _file(plan_id).top_region, _stamp(slug, plan_id))


@_resource(max_entries=100)
def _at(slug: str, plan_id: str, as_of: dt.date, region: str, stamp: Stamp) -> pd.DataFrame:
    frame = evaluated(slug, plan_id, as_of)
    return frame.loc[frame["region"] == region].reset_index(drop=True)


def for_indicator(slug: str, plan_id: str, as_of: dt.date, indicator: str, level: str | None = None) -> pd.DataFrame:
    """Return progress of one indicator at a date, one row per region (of a level)."""
    frame = evaluated(slug, plan_id, as_of)
    chosen = frame["indicator"] == indicator
    if level is not None:
        chosen &= frame["level"] == level
    return frame.loc[chosen].reset_index(drop=True)


def history(slug: str, plan_id: str, indicator: str, region: str | None = None) -> pd.DataFrame:
    """Return progress of one indicator at one region (the plan's top if None) at every evaluation date.

    Columns as `data.progress.history` and `data.shown.as_shown` make them, oldest first.
    """
    top = region or _file(plan_id).top_region
    return _history(slug, plan_id, indicator, top, _stamp(slug, plan_id))


@_resource(max_entries=400)
def _history(slug: str, plan_id: str, indicator: str, region: str, stamp: Stamp) -> pd.DataFrame:
    cube = _cube(slug, plan_id, stamp)
    rows = progress.history(cube, _bands(slug, stamp.asked[1]), region, indicator)
    return _told(slug, rows.assign(region=region), plan_id, stamp)


def series(slug: str, plan_id: str, region: str | None = None) -> dict[str, pd.DataFrame]:
    """Return each indicator at one region (the plan's top if None) over time: {indicator: as_of, value, reported}."""
    top = region or _file(plan_id).top_region
    return _series(slug, plan_id, top, _stamp(slug, plan_id))


@_resource(max_entries=20)
def _series(slug: str, plan_id: str, region: str, stamp: Stamp) -> dict[str, pd.DataFrame]:
    frame = progress.series(_cube(slug, plan_id, stamp), region)
    if not stamp.whole:
        frame = _small_figures(slug, plan_id, stamp).cover_series(frame, region)
    return {
        str(k): v[["as_of", "value", "reported"]].reset_index(drop=True)
        for k, v in frame.groupby("indicator", sort=False)
    }


def recent(
    slug: str, plan_id: str, days: tuple[dt.date, ...], level: str, within: str | None, indicator: str | None = None
) -> pd.DataFrame:
    """Return progress of the regions of a level at several dates (`as_of`), of one township if `within` is given.

    Parameters
    ----------
    indicator : only this one; all that are scored if None.
    """
    stamp = _stamp(slug, plan_id)
    frames = [_recent(slug, plan_id, day, level, within, indicator, stamp) for day in days]
    return pd.concat(frames, ignore_index=True)


RECENT = [
    "indicator", "region", "value", "expected", "target", "unit", "comparator", "schedule_share", "gap", "status",
    "marks", "rule",
]  # fmt: skip


# Beside `_evaluated`, which keeps all levels of a few dates: one level at a dozen dates, and what is shown of it. Each
# by itself: of another as-of date all are the same but one or two.
@_resource(max_entries=720)
def _recent(
    slug: str, plan_id: str, day: dt.date, level: str, within: str | None, indicator: str | None, stamp: Stamp
) -> pd.DataFrame:
    cube = _cube(slug, plan_id, stamp)
    wanted = [i.id for i in cube.plan.indicators if i.scored] if indicator is None else [indicator]
    rows = progress.evaluate(cube, day, _bands(slug, stamp.asked[1]), levels=[level], indicators=wanted)
    rows = rows.loc[rows["region"].isin(set(below(slug, plan_id, level, within)))].reset_index(drop=True)
    shown = _told(slug, rows.assign(as_of=pd.Timestamp(day)), plan_id, stamp)
    return shown[[*RECENT, "as_of", "empty"]]


def below(slug: str, plan_id: str, level: str, within: str | None) -> list[str]:
    """Return the codes of a level below the plan's top, or below one township."""
    places = regions(slug, plan_id)
    chosen = (places["level"] == level) & (places["code"] != _file(plan_id).top_region)
    if within:
        chosen &= places["parent"] == within
    return list(places.loc[chosen, "code"])


def area_shares(
    slug: str,
    plan_id: str,
    as_of: dt.date,
    since: dt.date | None,
    level: str,
    within: str | None,
    since_at: int | None = None,
) -> pd.DataFrame:
    """Return `data.tally.shares` of the regions of a level, of one township if `within` is given, worst first.

    `since_at` is the version the comparison date is read at; None = as the run reads it.
    """
    return _area_shares(slug, plan_id, as_of, since, level, within, since_at, _stamp(slug, plan_id))


@_resource(max_entries=200)
def _area_shares(
    slug: str,
    plan_id: str,
    as_of: dt.date,
    since: dt.date | None,
    level: str,
    within: str | None,
    since_at: int | None,
    stamp: Stamp,
) -> pd.DataFrame:
    plan_ = load_plan(plan_id)
    area_of = {i.id: i.area for i in plan_.indicators}
    codes = set(below(slug, plan_id, level, within))

    def rows(day: dt.date) -> pd.DataFrame:
        frame = evaluated(slug, plan_id, day)
        return frame.loc[frame["region"].isin(codes)]

    now = rows(as_of)
    with known_at(slug, since_at):
        return tally.shares(now, area_of, rows(since) if since else None)


# ---- rows and profiles -----------------------------------------------------------------------------------------------


def profile(slug: str, profile_id: str, region: str) -> pd.DataFrame:
    """Return a profile's counts of one region above the villages: as_of, category, n; small cells are left out."""
    frame = _profiles(slug, tuple(beside(profile_id)), version(slug, "profiles"), version(slug, "villages"))
    return frame.loc[(frame["profile"] == profile_id) & (frame["region"] == region)].reset_index(drop=True)


@_resource(max_entries=40)
def _profiles(slug: str, profile_ids: tuple[str, ...], stamp: int, villages_version: int) -> pd.DataFrame:
    entry = county(slug)
    places = _regions(slug, entry.plans[0], villages_version)  # profiles are counted by the first plan's regions
    top = load_plan(entry.plans[0]).top_region
    places = places.loc[(places["level"] != "village") | (places["code"] == top)]
    parents = {c: None if c == top else p for c, p in zip(places["code"], places["parent"], strict=True)}
    return visible(store().profiles(entry.code, profile_ids, list(parents), stamp), parents)


def rows(slug: str, table: str) -> pd.DataFrame:
    """Return the current rows of a table without personal data.

    Raises
    ------
    PermissionError
        Households, persons and staff are never shown as rows.
    """
    if table not in OPEN_TABLES:
        raise PermissionError(f"rows of {table} are not shown on pages")
    return _rows(slug, table, version(slug, table))


@_resource(max_entries=50)
def _rows(slug: str, table: str, stamp: int) -> pd.DataFrame:
    return store().rows(county(slug).code, table, stamp)


def people(slug: str, table: str, village: str, as_of: dt.date, reason: str, actor: Actor) -> pd.DataFrame:
    """Return the rows of a village that count in a table of people, masked, once who asked and why is in the log.

    Nothing of it is remembered: whoever asks again is asked for a reason again.
    """
    at = version(slug, table)
    ended = [
        dt.date.fromisoformat(f"{month}-01")
        for nil in _nils(slug, at)
        if nil.table == table and {village[:9], NONE} & set(nil.townships)
        for month in nil.months
        if NONE != month <= f"{as_of:%Y-%m}"
    ]
    rows = store().people(
        county(slug).code, table, village, as_of, reason, actor.name,
        verified=actor.verified, since=max(ended, default=dt.date.min), version=at,
    )  # fmt: skip
    return masked(table, rows)


def stored(slug: str, table: str) -> Placed:
    """Return the current rows of any table with their places: to be compared with an upload, never shown."""
    need(slug, "upload")
    code, own, at = county(slug).code, own_rows(slug, table), version(slug, table)
    key = ("placed", slug, table, own)
    return _tables().get(key, lambda: preview.placed(table, store().rows(code, table, at), code), at)


def own_rows(slug: str, table: str) -> Townships:
    """Return the townships whose rows of a table are read here and now: what is remembered of it depends on them."""
    return store().own_rows(county(slug).code, table)


# Whole tables are large and of an older version nobody asks again: of each only the newest is remembered. Kept by
# version, those of a day's uploads filled some 50 MB.
@st.cache_resource(show_spinner=False)
def _tables() -> Parts:
    return Parts(16)


def latest(slug: str, table: str, as_of: dt.date) -> pd.DataFrame:
    """Return the newest row of each thing (project, asset, fund line ...) up to a date."""
    return _latest(slug, table, as_of, version(slug, table))


@_resource(max_entries=100)
def _latest(slug: str, table: str, as_of: dt.date, stamp: int) -> pd.DataFrame:
    frame = _counting(slug, table, as_of)
    if "as_of" not in frame:
        return frame
    frame = frame.loc[frame["as_of"] <= pd.Timestamp(as_of)].sort_values("as_of", kind="stable")
    return frame.drop_duplicates(list(tables()[table].thing), keep="last").reset_index(drop=True)


def facts(slug: str, items: tuple[str, ...]) -> pd.DataFrame:
    """Return the `facts` rows of some items: figures of places, nothing personal."""
    return _facts(slug, items, version(slug, "facts"))


@_resource(max_entries=100)
def _facts(slug: str, items: tuple[str, ...], stamp: int) -> pd.DataFrame:
    frame = store().rows(county(slug).code, "facts", stamp)
    return frame.loc[frame["item"].isin(items)].reset_index(drop=True)


def summary(slug: str, plan_id: str, table: str, work: Callable[..., T], day: dt.date, town: str | None = None) -> T:
    """Return `work(rows, scope, day)`, a function of `data.summaries`, remembered until the table changes.

    `scope` is the codes of the plan's regions, or of one township and its villages.

    Raises
    ------
    PermissionError
        Households, persons and staff are never shown as rows.
    """
    versions = version(slug, table), version(slug, "villages")
    found: T = _summary(slug, plan_id, table, f"{work.__module__}.{work.__qualname__}", day, town, versions, work)
    return found


@_resource(max_entries=300)
def _summary(
    slug: str,
    plan_id: str,
    table: str,
    name: str,
    day: dt.date,
    town: str | None,
    versions: tuple[int, int],
    _work: Callable[..., Any],
) -> Any:
    frame = _regions(slug, plan_id, versions[1])
    if town is not None:
        frame = frame.loc[(frame["code"] == town) | (frame["parent"] == town)]
    return _work(_counting(slug, table, day), set(frame["code"]), day)


def _counting(slug: str, table: str, day: dt.date) -> pd.DataFrame:
    """Return the rows of a table; where each is the state of a thing, without those that a nil return ended by then."""
    frame = _problems(slug, version(slug, table)) if table == "issues" else rows(slug, table)
    if table in SERIES or not tables()[table].dated:
        return frame
    nils = [n for n in _nils(slug, version(slug, table)) if n.table == table]
    return counting(frame, table, nils, day) if nils else frame


@_resource(max_entries=20)
def _problems(slug: str, stamp: int) -> pd.DataFrame:
    return derive.problems(store(), county(slug).code, stamp)


@_resource(max_entries=50)
def _nils(slug: str, stamp: int) -> list[Statement]:
    return derive.nil_returns(store(), county(slug).code, stamp)


def latest_facts(slug: str, item: str, as_of: dt.date) -> pd.Series:
    """Return the newest value of a `facts` item by place (12-digit code) up to a date."""
    return _latest_facts(slug, item, as_of, version(slug, "facts"))


@_resource(max_entries=100)
def _latest_facts(slug: str, item: str, as_of: dt.date, stamp: int) -> pd.Series:
    frame = facts(slug, (item,))
    frame = frame.loc[frame["as_of"] <= pd.Timestamp(as_of)].sort_values("as_of", kind="stable")
    return frame.drop_duplicates("geo_code", keep="last").set_index("geo_code")["value"]


def batches(slug: str) -> list[Batch]:
    """Return the county's imports and undos, newest first."""
    return _batches(slug, version(slug))


@_resource(max_entries=20)
def _batches(slug: str, stamp: int) -> list[Batch]:
    return store().batches(county(slug).code, version=stamp)


def snapshots(slug: str) -> list[Snapshot]:
    """Return the county's snapshots that count, newest first; all there are now, whatever the run looks at."""
    return _snapshots(slug, version(slug, "snapshots"))


@_resource(max_entries=20)
def _snapshots(slug: str, stamp: int) -> list[Snapshot]:
    return [s for s in store().snapshots(county(slug).code) if s.active] if stamp else []


def arrivals(slug: str) -> dict[tuple[str, str], list[Arrival]]:
    """Return by table and month what came of the county's reports, as `data.reporting.arrivals` does."""
    return _arrivals(slug, version(slug))


@_resource(max_entries=20)
def _arrivals(slug: str, stamp: int) -> dict[tuple[str, str], list[Arrival]]:
    return derive.arrivals(store(), county(slug).code, _batches(slug, stamp))


def briefing_facts(slug: str, plan_id: str, as_of: dt.date, since: dt.date | None, meeting: Snapshot | None) -> Facts:
    """Return what a briefing is made of: what pages show at a date, compared with another or with a meeting."""
    entry, plan_, before, compared = county(slug), plan(slug, plan_id), None, None
    if since is not None:
        at = meeting.version if meeting else None
        with known_at(slug, at):
            before = evaluated(slug, plan_id, since)
        compared = Since(since, meeting.name if meeting else "", at)
    places = regions(slug, plan_id)
    return Facts(
        county=entry,
        plan=plan_,
        bands=bands(slug),
        as_of=as_of,
        since=compared,
        version=version(slug),
        sample=is_sample(slug),
        regions=places,
        now=evaluated(slug, plan_id, as_of),
        before=before,
        trend=series(slug, plan_id),
        issues=rows(slug, "issues"),
        actions=rows(slug, "actions"),
        reports=due_reports(plan_, entry, places, arrivals(slug), as_of),
        boundaries=boundaries(slug, plan_id),
    )


def county_summary(slug: str) -> pd.DataFrame:
    """Return how a county stands by its plans (`data.store.summaries.SUMMARY_KINDS`), for who compares counties."""
    need(slug, "compare")
    return _county_summary(slug, version(slug, SUMMARY))


@_resource(max_entries=200)
def _county_summary(slug: str, stamp: int) -> pd.DataFrame:
    return store().summary(county(slug).code)


def in_the_way(slug: str, batch_id: int) -> list[Batch]:
    """Return the batches that an undo of this one would be refused for, newest first."""
    return _in_the_way(slug, batch_id, version(slug))


@_resource(max_entries=50)
def _in_the_way(slug: str, batch_id: int, stamp: int) -> list[Batch]:
    return store().in_the_way(county(slug).code, batch_id)


def remembered(slug: str) -> Remembered:
    """Return what senders of files said of them, for the next ones."""
    return _remembered(slug, version(slug))


@_resource(max_entries=20)
def _remembered(slug: str, stamp: int) -> Remembered:
    return upload.remembered(_batches(slug, stamp))


def is_sample(slug: str) -> bool:
    """Whether any figure shown rests on sample data."""
    return any(b.sample and b.active for b in batches(slug))


def month_ends(slug: str, plan_id: str) -> list[dt.date]:
    """Return the evaluation dates that are month ends, newest first."""
    return [d for d in evaluation_dates(slug, plan_id) if d == schedule.month_end(d)]


def coverage(slug: str) -> dict[str, tuple[str, int]]:
    """Return per table the newest month that active batches speak for, and how many townships do in that month."""
    return _coverage(slug, version(slug))


@_resource(max_entries=20)
def _coverage(slug: str, stamp: int) -> dict[str, tuple[str, int]]:
    code = county(slug).code
    frame = store().coverage(code, stamp)
    frame = frame.loc[frame["township"] != f"{code}000"]
    newest = frame.groupby("table")["period"].max()
    at_newest = frame.loc[frame["period"] == frame["table"].map(newest)]
    towns = at_newest.groupby("table")["township"].nunique()
    return {str(table): (str(month), int(towns.loc[str(table)])) for table, month in newest.items()}
