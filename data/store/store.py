"""The store: commit, undo and read back uploads, and what was computed from them, by county and version.

Every change of a county takes the county's next version number; the batch of that number, its rows, raw file and audit
row commit together or not at all. Versions never go back and rows are never changed, only ended, so any earlier state
can be read again.
"""

import datetime as dt
import hashlib
import json
import logging
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

import numpy as np
import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    and_,
    bindparam,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from data.access import DeniedError, Grant, Townships, current, operator, township_codes
from data.events import Seldom, tell
from data.home import home
from data.intake.identity import without_numbers
from data.plan_model import Revision
from data.registry import Bands
from data.store import audit, batches, ended, members, revisions, snapshots, summaries
from data.store.audit import EVERY, Entry, Wanted
from data.store.checks import canonical, checked, county, need_actor, need_inside, upload
from data.store.database import migrate, open_engine, unavailable
from data.store.door import asks, asks_for_rows
from data.store.locks import unlock
from data.store.members import Member, MemberRefusedError
from data.store.model import (
    Batch,
    Document,
    KeyTakenError,
    Mode,
    MovedError,
    ReadOnlyError,
    Scope,
    StaleError,
    StoreError,
    Submission,
    UndoRefusedError,
)
from data.store.revisions import BANDS, BandRevision, TargetRevision
from data.store.rows import difference, end, end_listed, has_key_of, known, revive
from data.store.schema import (
    BATCHED,
    DOCUMENTS,
    REVISIONS,
    ROWS,
    batch,
    batch_scope,
    county_version,
    measure,
    nil_return,
    places,
    profile,
    progress_summary,
    raw_file,
    sql_name,
    unreported,
)
from data.store.snapshots import Snapshot
from data.store.summaries import SUMMARY_KINDS
from data.store.transfer import Reader, bulk
from data.store.unreported import UNREPORTED_KINDS, packed, unpacked
from data.tables import NONE, PERSONAL, tables

ANY = "*"
MEASURES = "measures"
PROFILES = "profiles"
SUMMARY = "summary"
BOUNDARIES = "boundaries"
FACTS = "facts"
SNAPSHOTS = "snapshots"
MEMBERS = "members"
AUDIT = "audit"
SIGN_INS = "sign_ins"
ISSUES = "issues"

_LOG = logging.getLogger(__name__)
_REFUSED_AGAIN = 60  # seconds in which the same refusal is one entry of the log
_NAMED = 20  # rows of an edit that the log names

# Columns of a frame of measures, or of profiles, and their kinds; plan, county and versions are added by the store.
MEASURE_KINDS = {
    "indicator": "str",
    "region": "str",
    "level": "str",
    "as_of": "date",
    "value": "float",
    "numerator": "float",
    "denominator": "float",
    "alternative": "float",
    "reported": "float",
    "of": "float",
    "newest": "date",
    "direct": "bool",
}
PROFILE_KINDS = {"profile": "str", "region": "str", "as_of": "date", "category": "str", "n": "float"}
Block = tuple[str, dt.date]
"""The measures of an indicator at a date, of all regions."""
# Whole numbers are floats in frames, because they may be blank.
_FRAME_KINDS = {"str": "str", "enum": "str", "bool": "bool", "int": "float", "float": "float", "date": "date"}

_PROBE = select(county_version.c.version).where(
    county_version.c.county_code == bindparam("county"), county_version.c.dataset == bindparam("dataset")
)
_PROBES = select(county_version.c.dataset, county_version.c.version).where(
    county_version.c.county_code == bindparam("county")
)
_DATA_PROBE = select(func.max(county_version.c.version)).where(
    county_version.c.county_code == bindparam("county"), county_version.c.dataset.in_(list(ROWS))
)


class _NothingChangedError(Exception):
    """Rolls back a change that turned out to change nothing."""


def owner_address() -> str:
    """Return the store's URL as the account that owns its tables, for what concerns all counties at once."""
    return _owner() or address()


def _owner() -> str | None:
    """Return the URL of the account that owns the tables, if that is not the program's; SQLite has none."""
    return None if address().startswith("sqlite") else os.environ.get("XIANJIE_DATABASE_OWNER_URL") or None


def address() -> str:
    """Return the URL of this deployment's store."""
    return os.environ.get("XIANJIE_DATABASE_URL") or f"sqlite:///{home() / 'store.db'}"


def stands() -> bool:
    """Whether there is a store to look into, so that looking does not make one; a server's is taken to be there."""
    url = address()
    return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).is_file()


def open_store(url: str | None = None, *, read_only: bool | None = None, guarded: bool = False) -> "Store":
    """Open the store, creating or migrating its schema.

    Parameters
    ----------
    url
        `sqlite:///file` or `postgresql://...`; None = `XIANJIE_DATABASE_URL`, else `store.db` in the folder
        `XIANJIE_HOME` (default `./var`).
    read_only
        Refuse every change; None = whether `XIANJIE_READONLY` is 1.
    guarded
        Ask whose access holds before every read and change (`data.access`); who sits at the shell is not asked.

    Raises
    ------
    StoreError
        The database cannot be reached, is of an unknown kind, or was written by a newer release.
    """
    given, url = url, url or address()
    if read_only is None:
        read_only = os.environ.get("XIANJIE_READONLY") == "1"
    engine = open_engine(url)
    try:
        migrate(engine, None if given else _owner())
    except StoreError:
        engine.dispose()
        raise
    return Store(engine, read_only=read_only, guarded=guarded)


class Store:
    """All counties' data in one database; open with `open_store`. May be shared between threads."""

    def __init__(self, engine: Engine, *, read_only: bool = False, guarded: bool = False) -> None:
        self.read_only = read_only
        self.guarded = guarded
        self._refusals = Seldom(_REFUSED_AGAIN)
        self._engine = engine
        self._writer = engine.execution_options(write=True)
        self._frames = Reader(engine)

    def close(self) -> None:
        """Give back the connections."""
        self._frames.close()
        self._engine.dispose()

    @property
    def database(self) -> str:
        """The kind of database: `sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @property
    def url(self) -> str:
        """Where another process finds it; with the password, so never to be shown."""
        return self._engine.url.render_as_string(hide_password=False)

    @asks("operate")
    def size(self, county_code: str) -> int:
        """Return how many bytes the database takes, of all counties; told to who runs the service of one of them."""
        county(county_code)
        if self.database == "sqlite":
            path = Path(str(self._engine.url.database))
            log = path.with_name(f"{path.name}-wal")
            return sum(p.stat().st_size for p in (path, log) if p.exists())
        with self._reading(county_code) as connection:
            size: int = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        return size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ---- the door ----------------------------------------------------------------------------------------------------

    def may(self, county_code: str, action: str, townships: Collection[str] | None = ()) -> bool:
        """Whether an action is allowed here and now in all of the townships (12-digit codes; None = the whole county).

        Of a store that is not guarded it always is.
        """
        now = current.get()
        return not self.guarded or (now is not None and now.within(county_code) and now.may(action, townships))

    def need(self, county_code: str, action: str, townships: Collection[str] | None = ()) -> None:
        """Refuse an action that is not allowed here and now; what is refused stands in the log."""
        with self._refused_is_logged(county_code):
            self._permit(county_code, action, townships)

    def own_rows(self, county_code: str, table: str) -> Townships:
        """Return the townships (12-digit codes) whose rows of a table may be read here and now; None = of them all.

        Of people somebody who works for townships reads their own: counts of the others', and what their file has in
        common with them, would tell of single persons. Who may read none is refused by `rows`.
        """
        now = current.get()
        if not self.guarded or table not in PERSONAL or now is None or not now.within(county_code):
            return None
        reaches = [now.own(action) for action in ("persons", "upload") if now.may(action)]
        return None if not reaches or None in reaches else frozenset().union(*filter(None, reaches))

    def _read_of(self, county_code: str, table: str) -> list[ColumnElement[bool]]:
        """Return what confines a query to the rows that may be read."""
        own = self.own_rows(county_code, table)
        return [] if own is None else [ROWS[table].c.in_township.in_(sorted(code[:9] for code in own))]

    def record(
        self,
        county_code: str,
        event: str,
        subject: str = "",
        detail: Mapping[str, Any] | None = None,
        *,
        actor: str | None = None,
        verified: bool | None = None,
    ) -> None:
        """Write something that happened and changed no data into the log: signing in and out, exports, refusals.

        A read-only deployment has it in the log of the server only. `county_code` is `000000` for what belongs to none.
        """
        if self.read_only:
            now = current.get()
            user = operator() if now is None else now.user
            said = {"county": county(county_code), "what": event, "subject": subject, "detail": dict(detail or {})}
            tell("audit", **said, who=user.id, address=user.address)
            return
        with self._transaction(county_code) as connection:
            self._note(connection, county_code, event, subject, detail or {}, actor, verified=verified)

    @asks("audit")
    def audit(self, county_code: str, wanted: Wanted = EVERY) -> list[Entry]:
        """Return the entries of the log that are asked for, newest first."""
        with self._reading(county_code) as connection:
            return audit.find(connection, county_code, wanted)

    def end_sign_in(self, digest: str, until: dt.datetime) -> None:
        """Let nobody go on with a sign-in, by its digest, until it would have expired; the server's own work."""
        self.need(audit.NOWHERE, "compute")
        with self._listing(audit.NOWHERE, SIGN_INS) as connection:
            ended.write(connection, digest, until, dt.datetime.now(dt.UTC))

    def ended_sign_ins(self) -> dict[str, dt.datetime]:
        """Return which sign-ins were ended before their time: until when, by digest; the server's own work."""
        self.need(audit.NOWHERE, "compute")
        with self._reading(audit.NOWHERE) as connection:
            return ended.find(connection, dt.datetime.now(dt.UTC))

    @asks("members")
    def members(self, county_code: str, user_id: str | None = None) -> list[Member]:
        """Return who has roles in the county, or the one member with an id."""
        with self._reading(county_code) as connection:
            return members.find(connection, county_code, user_id)

    @asks("members")
    def set_member(
        self,
        county_code: str,
        user_id: str,
        grants: Iterable[Grant],
        actor: str,
        *,
        name: str = "",
        verified: bool = False,
    ) -> Member:
        """Make the roles of somebody these and no others; without any they are a member no more.

        Raises
        ------
        MemberRefusedError
            A role that cannot be given so, nobody there to take roles from, or one's own roles.
        """
        need_actor(actor)
        user_id = user_id.strip()
        given = members.checked(county_code, user_id, grants)
        now = current.get()
        if self.guarded and now is not None and now.user.id == user_id:
            raise MemberRefusedError("own", "nobody changes their own roles")
        with self._listing(county_code, MEMBERS) as connection:
            before = next(iter(members.find(connection, county_code, user_id)), None)
            if before is None and not given:
                raise MemberRefusedError("unknown", f"county {county_code} has no member '{user_id}'")
            called = " ".join(name.split())[: members.LONGEST_NAME] or (before.name if before else user_id)
            new = Member(county_code, user_id, called, given, actor, dt.datetime.now(dt.UTC))
            members.write(connection, new)
            told = {"before": members.told(before.grants if before else ()), "after": members.told(given)}
            self._note(connection, county_code, "member", user_id, told | {"name": called}, actor, verified=verified)
            return new

    def _permit(self, county_code: str, action: str, townships: Collection[str] | None = ()) -> None:
        if not self.may(county_code, action, townships):
            raise DeniedError(action, townships or ())

    @contextmanager
    def _refused_is_logged(self, county_code: str) -> Iterator[None]:
        """Write what is refused within the block into the log, once its own transaction is over."""
        try:
            yield
        except DeniedError as error:
            self._log_refusal(county_code, error)
            raise

    def _log_refusal(self, county_code: str, error: DeniedError) -> None:
        now = current.get()
        who = (now.user, now.user.address, now.county_code) if now else None
        # A page asks again with each rerun, and somebody at the door may knock all night.
        if not self._refusals.due((who, county_code, error.action, error.townships)):
            return
        where = county_code if county_code.isdecimal() and len(county_code) == len(audit.NOWHERE) else audit.NOWHERE
        _LOG.warning("%s: %s refused", where, error.action)
        try:
            detail = {"townships": list(error.townships)} if error.townships else {}
            self.record(where, "refused", error.action, detail)
        except StoreError as failed:
            _LOG.error("%s: a refusal could not be written into the log: %s", where, failed)

    def _note(
        self,
        connection: Connection,
        county_code: str,
        event: str,
        subject: str,
        detail: Mapping[str, Any],
        actor: str | None,
        *,
        verified: bool | None,
    ) -> None:
        """Write an entry of the log in the transaction of what it tells; the log's own version numbers it."""
        numbered = self._upsert(county_code, AUDIT, 1, county_version.c.version + 1)
        number = connection.execute(numbered).scalar_one()
        now = current.get()
        user = operator() if now is None else now.user
        vouched = user.source in {"oidc", "proxy"} and user.signed_in if verified is None else verified
        name = user.name if actor is None else actor
        at = dt.datetime.now(dt.UTC)
        audit.write(
            connection,
            Entry(county_code, number, at, user.id, name, vouched, user.address, event, subject, detail),
        )

    # ---- versions ----------------------------------------------------------------------------------------------------

    @asks("view")
    def version(self, county_code: str, dataset: str = ANY) -> int:
        """Return the version at which a dataset last changed; 0 if never.

        `dataset` is an upload table, `boundaries`, `measures`, `profiles`, or `*` for anything of the county. A few
        tenths of a millisecond: made to be asked before every use of something cached.
        """
        with self._reading(county_code) as connection:
            found = connection.execute(_PROBE, {"county": county(county_code), "dataset": dataset}).scalar()
        return found or 0

    @asks("view")
    def versions(self, county_code: str) -> dict[str, int]:
        """Return the version of each dataset of a county that ever changed, as `version` would, in one question."""
        with self._reading(county_code) as connection:
            found = connection.execute(_PROBES, {"county": county(county_code)})
            return {row.dataset: row.version for row in found}

    @asks("view")
    def data_version(self, county_code: str) -> int:
        """Return the version at which any upload table last changed: what measures are computed from."""
        with self._reading(county_code) as connection:
            return connection.execute(_DATA_PROBE, {"county": county(county_code)}).scalar() or 0

    @asks("view")
    def computed_version(self, county_code: str, what: str) -> int:
        """Return the data version that `what` (a plan id, `profiles`) is computed from; 0 if never.

        Smaller than `data_version` means that a process stopped between commit and computation.
        """
        return self.version(county_code, f"computed:{what}")

    @asks("compute")
    def mark_computed(self, county_code: str, what: str, data_version: int) -> None:
        """Record that `what` is computed from `data_version`. Moves no version that a cache may hold."""
        with self._transaction(county_code) as connection:
            self._set_version(connection, county_code, f"computed:{what}", data_version)

    # ---- changes -----------------------------------------------------------------------------------------------------

    def commit(self, submission: Submission) -> Batch:
        """Commit rows, raw file, scope, audit row and version in one transaction.

        Raises
        ------
        InvalidSubmissionError
            Unknown table, no actor, blank or double keys, rows outside the scope, a nil return with rows ...
        KeyTakenError
            A replace whose rows have keys that are current outside its scope.
        MovedError
            A batch since `seen_at` meets the scope.
        ReadOnlyError, UnavailableError
        """
        county_code = submission.county_code
        by_hand = submission.action == "edit" and submission.table in {ISSUES, "actions"}
        action = "problems" if by_hand else "upload"
        self.need(county_code, action)
        frame, scope = checked(submission)
        with self._refused_is_logged(county_code):
            self._permit(county_code, action, township_codes(scope.townships))
            return _told(self._commit(submission, frame, scope, action))

    @asks("targets")
    def put_boundaries(
        self,
        county_code: str,
        body: bytes,
        *,
        report: dict[str, Any],
        raw: bytes,
        file_name: str,
        actor: str,
        note: str = "",
        verified: bool = False,
        sample: bool = False,
    ) -> Batch:
        """Make `body` (checked GeoJSON) the county's boundaries; `raw` is the file as it came. It can be undone."""
        county(county_code)
        need_actor(actor)
        frame = pd.DataFrame({"body": [body], "report": [json.dumps(report, ensure_ascii=False)]})
        submission = Submission(
            county_code,
            BOUNDARIES,
            frame,
            raw,
            file_name,
            actor,
            note,
            mode="replace",
            sample=sample,
            verified=verified,
        )
        placed = frame.assign(in_period=NONE, in_township=NONE)
        return _told(self._commit(submission, placed, Scope(BOUNDARIES), "targets"))

    @asks("targets")
    def revise_target(
        self,
        county_code: str,
        plan_id: str,
        indicator: str,
        revision: Revision,
        actor: str,
        *,
        before: Mapping[str, Any] = MappingProxyType({}),
        seen_at: int | None = None,
        verified: bool = False,
    ) -> Batch:
        """Let another target of an indicator hold from a day on, in place of what was revised from that very day.

        Parameters
        ----------
        revision
            Checked against the plan (`data.targets`); its `clause` is the document, its `note` the reason.
        before
            What was asked until then, for the log.
        seen_at
            The version of `targets` it was thought of at; refused if the same target was revised since.

        Raises
        ------
        MovedError
        """
        row = revisions.target_row(plan_id, indicator, revision)
        instead = revisions.same_day(plan_id, indicator, revision)
        scope = revisions.scope_of(plan_id, indicator)
        return self._revise(county_code, scope, row, instead, actor, revision.note, before, seen_at, verified=verified)

    @asks("targets")
    def revise_bands(
        self,
        county_code: str,
        bands: Bands,
        document: str,
        reason: str,
        actor: str,
        *,
        before: Mapping[str, Any] = MappingProxyType({}),
        seen_at: int | None = None,
        verified: bool = False,
    ) -> Batch:
        """Make these the edges of the county's status bands; see `revise_target`."""
        row = {**bands.model_dump(), "document": document}
        return self._revise(county_code, Scope(BANDS), row, (), actor, reason, before, seen_at, verified=verified)

    @asks("undo")
    def undo(self, county_code: str, batch_id: int, actor: str, note: str = "", *, verified: bool = False) -> Batch:
        """Take back a batch: its rows end and the rows it ended count again, as a new version.

        Returns
        -------
        Batch
            The undo itself: `added` rows came back, `removed` were taken away.

        Raises
        ------
        NoSuchBatchError
        UndoRefusedError
            Later batches touched the same rows, or the same months and townships.
        StoreError
            The batch is itself an undo, or undone already.
        """
        need_actor(actor)
        with self._refused_is_logged(county_code), self._writing(county_code) as (connection, version):
            undone = batches.get(connection, county_code, batch_id)
            if undone.table in REVISIONS:
                self._permit(county_code, "targets")
            if undone.action == "undo":
                raise StoreError(f"batch {undone.number} is itself an undo; to have the data again, import it again")
            if undone.undone_by:
                raise StoreError(f"batch {undone.number} was undone already, by batch {undone.undone_by_number}")
            if in_the_way := batches.in_the_way(connection, undone):
                raise UndoRefusedError(in_the_way)
            table = BATCHED[undone.table]
            detail = {}
            if undone.table in REVISIONS:
                taken = known(table, county_code) & (table.c.batch_id == batch_id)
                detail["was"] = revisions.told(connection, undone.table, taken)
            removed = end(connection, table, county_code, version, table.c.batch_id == batch_id)
            added = revive(connection, table, county_code, batch_id, version)
            end(connection, nil_return, county_code, version, nil_return.c.batch_id == batch_id)
            revive(connection, nil_return, county_code, batch_id, version)
            self._set_version(connection, county_code, undone.table, version)
            values: dict[str, object] = {
                "action": "undo",
                "mode": undone.mode,
                "undoes": batch_id,
                "sample": undone.sample,
            }
            values |= {"file_name": undone.file_name, "sha256": undone.sha256}
            values |= {"actor": actor, "verified": verified, "note": note}
            values |= {"rows_n": added, "added_n": added, "changed_n": 0, "unchanged_n": 0, "removed_n": removed}
            stored = batches.record(connection, county_code, version, undone.scope, values)
            if undone.table in REVISIONS:
                back = (table.c.county_code == county_code) & (table.c.from_version == version)
                detail["now"] = revisions.told(connection, undone.table, back) or _before(connection, undone)
            self._note_batch(connection, stored, added - removed, detail)
        return _told(stored)

    @asks("compute")
    def write_measures(
        self,
        county_code: str,
        plan_id: str,
        frame: pd.DataFrame,
        indicators: Iterable[str],
        from_date: dt.date,
        *,
        data_version: int | None = None,
    ) -> int:
        """Make `frame` the measures of `indicators` from `from_date` on, in one transaction.

        Parameters
        ----------
        frame
            Columns of `MEASURE_KINDS`; one row per indicator, region and date.
        data_version
            The `data_version` that was read to compute them; refused if data changed since.

        Returns
        -------
        int
            The version of `measures`; it moves only if something differs from what is stored.

        Raises
        ------
        StaleError
            Data changed since `data_version`.
        InvalidSubmissionError
            Double keys, missing columns, or rows of other indicators or earlier dates.
        """
        chosen = list(indicators)
        new = canonical(frame, MEASURE_KINDS, ("indicator", "as_of", "region"))
        need_inside(new, "indicator", chosen, from_date)

        def part(table: Table) -> ColumnElement[bool]:
            return and_(table.c.plan_id == plan_id, table.c.indicator.in_(chosen), table.c.as_of >= from_date)

        def write(connection: Connection, version: int) -> bool:
            old = self._frame(county_code, measure, MEASURE_KINDS, known(measure, county_code), part(measure))
            rows, lists, texts = packed(new, old)
            old_lists = self._frame(
                county_code, unreported, UNREPORTED_KINDS, known(unreported, county_code), part(unreported)
            )
            of_plan = {"county_code": county_code, "plan_id": plan_id}
            changed = _exchange(connection, measure, version, part(measure), old, rows, of_plan)
            listed = _exchange(connection, unreported, version, part(unreported), old_lists, lists, of_plan)
            if listed:
                _keep_places(connection, county_code, texts)
            return changed or listed

        return self._write_computed(county_code, MEASURES, write, data_version)

    @asks("compute")
    def write_profiles(
        self,
        county_code: str,
        frame: pd.DataFrame,
        profiles: Iterable[str],
        from_date: dt.date,
        *,
        data_version: int | None = None,
    ) -> int:
        """Make `frame` (columns of `PROFILE_KINDS`) the counts of `profiles` from `from_date` on; see measures."""
        chosen = list(profiles)
        new = canonical(frame, PROFILE_KINDS, ("profile", "as_of", "region", "category"))
        need_inside(new, "profile", chosen, from_date)
        part = and_(profile.c.profile.in_(chosen), profile.c.as_of >= from_date)

        def write(connection: Connection, version: int) -> bool:
            old = self._frame(county_code, profile, PROFILE_KINDS, known(profile, county_code), part)
            return _exchange(connection, profile, version, part, old, new, {"county_code": county_code})

        return self._write_computed(county_code, PROFILES, write, data_version)

    @asks("compute")
    def write_summary(
        self, county_code: str, plan_id: str, frame: pd.DataFrame, *, data_version: int | None = None
    ) -> None:
        """Make `frame` (rows of `data.county_summary.summarise`) a plan's summary; see measures.

        It has a version of its own: nothing a county's own pages show depends on it.
        """
        with self._listing(county_code, SUMMARY) as connection:
            now = connection.execute(_DATA_PROBE, {"county": county_code}).scalar() or 0
            if data_version is not None and now != data_version:
                raise StaleError(data_version, now)
            summaries.replace(connection, county_code, plan_id, frame, now)

    # ---- snapshots ---------------------------------------------------------------------------------------------------

    @asks("view")
    def snapshots(self, county_code: str) -> list[Snapshot]:
        """Return the snapshots of meetings, newest first; removed ones too."""
        with self._reading(county_code) as connection:
            return snapshots.find(connection, county_code)

    @asks("meetings")
    def keep_snapshot(
        self,
        county_code: str,
        name: str,
        as_of: dt.date,
        actor: str,
        note: str = "",
        *,
        version: int | None = None,
        verified: bool = False,
    ) -> Snapshot:
        """Name a date as it is known at a version (None = now). Moves no version that figures are cached by.

        Raises
        ------
        SnapshotRefusedError
            No name, one that counts already for this date, or a version that is yet to come.
        """
        need_actor(actor)
        with self._listing(county_code, SNAPSHOTS) as connection:
            newest = connection.execute(_PROBE, {"county": county_code, "dataset": ANY}).scalar() or 0
            at = newest if version is None else version
            number, now = len(snapshots.find(connection, county_code)) + 1, dt.datetime.now(dt.UTC)
            new = Snapshot(county_code, number, name.strip(), as_of, at, actor, verified, note, now)
            kept = snapshots.keep(connection, new, newest)
            told = {"number": number, "as_of": as_of, "version": at} | _noted(note)
            self._note(connection, county_code, "snapshot_kept", new.name, told, actor, verified=verified)
            return kept

    @asks("meetings")
    def remove_snapshot(
        self, county_code: str, number: int, actor: str, note: str = "", *, verified: bool = False
    ) -> Snapshot:
        """Take a snapshot off the list; who did it is kept."""
        need_actor(actor)
        with self._listing(county_code, SNAPSHOTS) as connection:
            gone = snapshots.remove(connection, county_code, number, actor, note, verified=verified)
            told = {"number": number, "as_of": gone.as_of, "version": gone.version} | _noted(note)
            self._note(connection, county_code, "snapshot_removed", gone.name, told, actor, verified=verified)
            return gone

    # ---- reading -----------------------------------------------------------------------------------------------------

    @asks_for_rows
    def rows(
        self,
        county_code: str,
        table: str,
        version: int | None = None,
        *,
        batch_id: bool = False,
        only: Collection[str] | None = None,
    ) -> pd.DataFrame:
        """Return the rows of an upload table that count now, or that counted at `version`, in no particular order.

        Declared columns (`only` these if given) in declared order and dtypes (as `data.tables.typed`), then `batch_id`
        if asked for.
        """
        sql = ROWS[upload(table).id]
        wanted = [column for column in tables()[table].columns if only is None or column.name in only]
        kinds = {column.name: _FRAME_KINDS[column.type] for column in wanted}
        columns = [sql.c[sql_name(name)] for name in kinds]
        if batch_id:
            kinds["batch_id"] = "int"
            columns.append(sql.c.batch_id)
        query = select(*columns).where(known(sql, county_code, version), *self._read_of(county_code, table))
        return self._frames.read(county_code, query, kinds)

    @asks_for_rows
    def past_rows(
        self,
        county_code: str,
        table: str,
        key: Mapping[str, str | Collection[str]] | None = None,
        *,
        changed: bool = False,
    ) -> pd.DataFrame:
        """Return every state that the rows with a key (or a part, or one of several; all without one) ever had.

        Declared columns and `batch_id`, oldest batch first; what was undone is among them, once. With `changed` only
        of rows that once were otherwise than they are now; of a table whose key is one column.
        """
        sql = ROWS[upload(table).id]
        kinds = {column.name: _FRAME_KINDS[column.type] for column in tables()[table].columns} | {"batch_id": "int"}
        columns = [sql.c[sql_name(name)] if name != "batch_id" else sql.c.batch_id for name in kinds]
        wanted = {name: [value] if isinstance(value, str) else sorted(value) for name, value in (key or {}).items()}
        where: list[ColumnElement[bool]] = [sql.c[sql_name(name)].in_(values) for name, values in wanted.items()]
        if changed:
            (name,) = tables()[table].key
            ended = select(sql.c[sql_name(name)]).where(sql.c.county_code == county_code, sql.c.to_version.is_not(None))
            where.append(sql.c[sql_name(name)].in_(ended))
        where += self._read_of(county_code, table)
        query = select(*columns).where(sql.c.county_code == county(county_code), *where).distinct()
        return self._frames.read(county_code, query.order_by(sql.c.batch_id), kinds)

    def people(
        self,
        county_code: str,
        table: str,
        village: str,
        as_of: dt.date,
        reason: str,
        actor: str,
        *,
        verified: bool = False,
        since: dt.date = dt.date.min,
        version: int | None = None,
    ) -> pd.DataFrame:
        """Return the rows of a village that count in a table of people, once the log says who asked for them and why.

        Parameters
        ----------
        reason : why they are asked for; it stands in the log with who, village, table and how many rows.
        since : the day before which rows count no more, because a nil return ended them.
        version : as known then; None = as known now.

        Returns
        -------
        DataFrame
            Declared columns as stored, of each household or person the newest row up to the date: `data.people` makes
            of them what may be shown.

        Raises
        ------
        ReadOnlyError
            Nothing can be written into the log: then nothing is given out.
        ValueError
            No table of people, or no reason.
        """
        need_actor(actor)
        if table not in PERSONAL or not reason.strip():
            raise ValueError("rows of people are given out of a table of people, for a reason")
        self.need(county_code, "persons", {f"{village[:9]}000"})
        sql = ROWS[table]
        kinds = {column.name: _FRAME_KINDS[column.type] for column in tables()[table].columns}
        query = select(*(sql.c[sql_name(name)] for name in kinds)).where(
            known(sql, county_code, version), sql.c.village_code == village, sql.c.as_of.between(since, as_of)
        )
        found = self._frames.read(county_code, query, kinds).sort_values("as_of", kind="stable", ignore_index=True)
        found = found.drop_duplicates(list(tables()[table].thing), keep="last", ignore_index=True)
        told = {"village": village, "as_of": f"{as_of:%Y-%m-%d}", "rows": len(found), "reason": reason}
        with self._transaction(county_code) as connection:
            self._note(connection, county_code, "people_shown", table, told, actor, verified=verified)
        return found

    @asks_for_rows
    def ever(self, county_code: str, table: str, column: str) -> set[str]:
        """Return every value a column of text has or ever had, that of undone rows too: a number is given out once."""
        sql = ROWS[upload(table).id]
        values = sql.c[sql_name(column)]
        mine = [sql.c.county_code == county(county_code), *self._read_of(county_code, table)]
        query = select(values).where(*mine, values.is_not(None)).distinct()
        with self._reading(county_code) as connection:
            return {str(value) for value in connection.execute(query).scalars()}

    @asks("view")
    def newest_days(self, county_code: str, table: str) -> list[tuple[int, int | None, dt.date]]:
        """Return the newest dates of a dated table's rows that counted alike: first version, version of the end, date.

        Versions are batches' ids; None: the rows count still.
        """
        sql = ROWS[upload(table).id]
        counted = (sql.c.from_version, sql.c.to_version)
        query = select(*counted, func.max(sql.c.as_of)).where(sql.c.county_code == county(county_code))
        with self._reading(county_code) as connection:
            return [(first, end, day) for first, end, day in connection.execute(query.group_by(*counted)) if day]

    @asks("view")
    def event_months(self, county_code: str, table: str) -> dict[int, tuple[str, str]]:
        """Return per batch of a running list the months (`YYYY-MM`) of the first and last event among its rows.

        All rows a batch ever brought count, ended ones too; a batch in which nothing has happened yet is left out.
        """
        sql = ROWS[upload(table).id]
        columns = [sql.c[sql_name(name)] for name in tables()[table].events]
        ends = [*(func.min(c) for c in columns), *(func.max(c) for c in columns)]
        query = select(sql.c.batch_id, *ends).where(sql.c.county_code == county(county_code)).group_by(sql.c.batch_id)
        with self._reading(county_code) as connection:
            rows = [(number, [day for day in days if day]) for number, *days in connection.execute(query)]
        return {number: (f"{min(days):%Y-%m}", f"{max(days):%Y-%m}") for number, days in rows if days}

    @asks("view")
    def nils(self, county_code: str, version: int | None = None) -> list[Scope]:
        """Return the nil returns that count, one scope per table and month."""
        columns = (nil_return.c.table_name, nil_return.c.in_period, nil_return.c.in_township)
        query = select(*columns).where(known(nil_return, county_code, version)).order_by(*columns)
        found: dict[tuple[str, str], list[str]] = {}
        with self._reading(county_code) as connection:
            for table, period, township in connection.execute(query):
                found.setdefault((table, period), []).append(township)
        return [Scope(table, (period,), tuple(townships)) for (table, period), townships in found.items()]

    @asks("view")
    def coverage(self, county_code: str, version: int | None = None) -> pd.DataFrame:
        """Return what active batches speak for: `table, period, township, batch_id, nil`, a row for each.

        A batch of some items reports only where it has rows: elsewhere it says nothing of the table as a whole.
        What was entered on a page is no report (`Batch.reports`).
        """
        undo = batch.alias()
        undone = and_(undo.c.county_code == batch.c.county_code, undo.c.undoes == batch.c.batch_id)
        chosen = and_(batch.c.county_code == county(county_code), batch.c.action.in_(["import", "nil"]))
        if version is not None:
            undone = and_(undone, undo.c.batch_id <= version)
            chosen = and_(chosen, batch.c.batch_id <= version)
        pair = (batch_scope.c.period, batch_scope.c.township)
        query = select(batch.c.table_name, *pair, batch.c.batch_id, (batch.c.action == "nil").label("nil"))
        query = query.join_from(batch, batch_scope, batches.SCOPED)
        long = ROWS[FACTS]
        of_batch = and_(long.c.county_code == batch.c.county_code, long.c.batch_id == batch.c.batch_id)
        there = of_batch & (long.c.in_period == batch_scope.c.period) & (long.c.in_township == batch_scope.c.township)
        reports = or_(batch.c.only_items == "", select(literal(1)).select_from(long).where(there).exists())
        query = query.where(chosen, ~select(literal(1)).select_from(undo).where(undone).exists(), reports)
        kinds = {"table": "str", "period": "str", "township": "str", "batch_id": "int", "nil": "bool"}
        return self._frames.read(county_code, query, kinds)

    @asks("view")
    def measures(
        self,
        county_code: str,
        plan_id: str,
        indicators: Iterable[str] | None = None,
        regions: Iterable[str] | None = None,
        version: int | None = None,
        blocks: Iterable[Block] | None = None,
    ) -> pd.DataFrame:
        """Return measures with the columns of `MEASURE_KINDS`, all or those of some indicators, regions or blocks."""
        # Rows and lists are read one after the other: of one version they are of one state.
        at = self.version(county_code, MEASURES) if version is None else version
        chosen = None if indicators is None else list(indicators)
        places_ = None if regions is None else list(regions)
        days = None if blocks is None else _days_of(blocks)

        def where(table: Table) -> list[ColumnElement[bool]]:
            found = [known(table, county_code, at), table.c.plan_id == plan_id]
            if chosen is not None:
                found.append(table.c.indicator.in_(chosen))
            if days is not None:
                found.append(or_(false(), *(and_(table.c.indicator == i, table.c.as_of.in_(d)) for i, d in days)))
            return found

        of_regions = [] if places_ is None else [measure.c.region.in_(places_)]
        rows = self._frame(county_code, measure, MEASURE_KINDS, *where(measure), *of_regions)
        lists = self._frame(county_code, unreported, UNREPORTED_KINDS, *where(unreported))
        return unpacked(rows, lists, self._places(county_code, lists), places_)

    @asks("view")
    def blocks_changed(self, county_code: str, plan_id: str, since: int, version: int) -> set[Block]:
        """Return the indicators and dates whose measures differ between two versions, or were others in between."""

        def within(column: ColumnElement[int]) -> ColumnElement[bool]:
            return and_(column > since, column <= version)

        found: set[Block] = set()
        for table in (measure, unreported):
            mine = and_(table.c.county_code == county(county_code), table.c.plan_id == plan_id)
            moved = or_(within(table.c.from_version), within(table.c.to_version))
            with self._reading(county_code) as connection:
                rows = connection.execute(select(table.c.indicator, table.c.as_of).where(mine, moved).distinct())
                found |= {(row.indicator, row.as_of) for row in rows}
        return found

    @asks("view")
    def profiles(
        self,
        county_code: str,
        profiles: Iterable[str] | None = None,
        regions: Iterable[str] | None = None,
        version: int | None = None,
    ) -> pd.DataFrame:
        """Return profile counts with the columns of `PROFILE_KINDS`."""
        where = [known(profile, county_code, version)]
        where += [] if profiles is None else [profile.c.profile.in_(list(profiles))]
        where += [] if regions is None else [profile.c.region.in_(list(regions))]
        return self._frame(county_code, profile, PROFILE_KINDS, *where)

    @asks("compare")
    def summary(self, county_code: str) -> pd.DataFrame:
        """Return how the county stands by its plans, with the columns of `SUMMARY_KINDS`."""
        mine = progress_summary.c.county_code == county(county_code)
        return self._frame(county_code, progress_summary, SUMMARY_KINDS, mine)

    @asks("view")
    def target_revisions(
        self, county_code: str, version: int | None = None, *, ever: bool = False
    ) -> list[TargetRevision]:
        """Return the revised targets that hold (at `version`), newest first; with `ever` all there were."""
        with self._reading(county_code) as connection:
            return revisions.targets(connection, county_code, version, ever=ever)

    @asks("view")
    def band_revisions(self, county_code: str, version: int | None = None, *, ever: bool = False) -> list[BandRevision]:
        """Return the revision of the status bands that holds, none if it is the file's; with `ever` all there were."""
        with self._reading(county_code) as connection:
            return revisions.bands(connection, county_code, version, ever=ever)

    @asks("view")
    def boundaries(self, county_code: str, version: int | None = None) -> Document | None:
        """Return the county's own boundaries, or None if it loaded none."""
        sql = DOCUMENTS[BOUNDARIES]
        query = select(sql.c.body, sql.c.report, sql.c.batch_id).where(known(sql, county_code, version))
        with self._reading(county_code) as connection:
            found = connection.execute(query).first()
        return None if found is None else Document(found.body, json.loads(found.report), found.batch_id)

    @asks("view")
    def batches(self, county_code: str, table: str | None = None, version: int | None = None) -> list[Batch]:
        """Return the county's batches, newest first; with `version` as that list was then."""
        where = [] if table is None else [batch.c.table_name == table]
        with self._reading(county_code) as connection:
            found = batches.find(connection, county_code, *where)
        return found if version is None else batches.as_known(found, version)

    @asks("view")
    def batch(self, county_code: str, batch_id: int) -> Batch:
        """Return one batch; `NoSuchBatchError` if the county has none of this number."""
        with self._reading(county_code) as connection:
            return batches.get(connection, county_code, batch_id)

    @asks("view")
    def in_the_way(self, county_code: str, batch_id: int) -> list[Batch]:
        """Return the batches that `undo` of this one would be refused for, newest first; none if it may be undone."""
        with self._reading(county_code) as connection:
            return batches.in_the_way(connection, batches.get(connection, county_code, batch_id))

    @asks("view")
    def history(self, county_code: str) -> pd.DataFrame:
        """Return the audit list, newest first: the fields of `Batch`, those of its scope (tuples) and `active`."""
        names = [name for name in Batch.__dataclass_fields__ if name != "scope"]
        found = [
            {name: getattr(b, name) for name in names}
            | {"periods": b.scope.periods, "townships": b.scope.townships, "items": b.scope.items, "active": b.active}
            for b in self.batches(county_code)
        ]
        frame = pd.DataFrame(found, columns=[*names, "periods", "townships", "items", "active"])
        return frame.astype(dict.fromkeys(["undoes", "undone_by", "undoes_number", "undone_by_number"], "Int64"))

    @asks("view")
    def seen(
        self, county_code: str, raw: bytes | str, table: str | None = None, scope: Scope | None = None
    ) -> Batch | None:
        """Return the newest active batch of the same file (its bytes, or its SHA-256 in hex), or None.

        With a scope only a batch counts that spoke for some of it: of a file one township may have been taken before.
        """
        digest = raw if isinstance(raw, str) else hashlib.sha256(raw).hexdigest()
        where = [batch.c.sha256 == digest] + ([] if table is None else [batch.c.table_name == table])
        with self._reading(county_code) as connection:
            found = (b for b in batches.find(connection, county_code, *where) if b.active)
            return next((b for b in found if scope is None or b.scope.pairs() & scope.pairs()), None)

    @asks("upload")
    def raw(self, county_code: str, batch_id: int) -> bytes | None:
        """Return what is kept of a batch's file: the file as it came, or its checked rows where it holds personal data.

        None if there was no file. What was kept whole has the digest of the batch.
        """
        found = self.batch(county_code, batch_id)
        if found.table in PERSONAL:
            self.need(county_code, "upload", township_codes(found.scope.townships))
        digest = func.coalesce(batch.c.kept_sha256, batch.c.sha256)
        same = and_(raw_file.c.county_code == batch.c.county_code, raw_file.c.sha256 == digest)
        query = select(raw_file.c.body).join_from(raw_file, batch, same)
        query = query.where(batch.c.county_code == county_code, batch.c.batch_id == batch_id)
        with self._reading(county_code) as connection:
            return connection.execute(query).scalar()

    # ---- transactions ------------------------------------------------------------------------------------------------

    @contextmanager
    def _reading(self, county_code: str) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                unlock(connection, county(county_code))
                yield connection
        except DBAPIError as error:
            raise unavailable(error) from None

    @contextmanager
    def _transaction(self, county_code: str) -> Iterator[Connection]:
        county(county_code)
        if self.read_only:
            raise ReadOnlyError
        try:
            with self._writer.begin() as connection:
                unlock(connection, county_code)
                if self._engine.dialect.name == "postgresql":
                    # Rows just written have no statistics, and a plan that expects one of them visits thousands for
                    # each of thousands: keys are matched by hashing.
                    connection.execute(text("SET LOCAL enable_nestloop = off"))
                yield connection
        except DBAPIError as error:
            raise unavailable(error) from None

    @contextmanager
    def _writing(self, county_code: str) -> Iterator[tuple[Connection, int]]:
        """One transaction, one writer per county: taking the next version locks the county's version row."""
        with self._transaction(county_code) as connection:
            next_version = self._upsert(county_code, ANY, 1, county_version.c.version + 1)
            yield connection, connection.execute(next_version).scalar_one()

    @contextmanager
    def _listing(self, county_code: str, dataset: str) -> Iterator[Connection]:
        """One transaction that changes a list (snapshots, members); its version is locked: numbers are given once."""
        with self._transaction(county_code) as connection:
            connection.execute(self._upsert(county_code, dataset, 1, county_version.c.version + 1))
            yield connection

    def _set_version(self, connection: Connection, county_code: str, dataset: str, version: int) -> None:
        connection.execute(self._upsert(county_code, dataset, version, literal(version)))

    def _upsert(self, county_code: str, dataset: str, first: int, then: ColumnElement[int]) -> Any:
        dialect = sqlite if self._engine.dialect.name == "sqlite" else postgresql
        new = dialect.insert(county_version).values(county_code=county_code, dataset=dataset, version=first)
        upsert = new.on_conflict_do_update(index_elements=["county_code", "dataset"], set_={"version": then})
        return upsert.returning(county_version.c.version)

    def _commit(self, submission: Submission, frame: pd.DataFrame, scope: Scope, permitted: str) -> Batch:
        county_code, table_id = submission.county_code, submission.table
        table = BATCHED[table_id]
        mode: Mode = "replace" if submission.action == "nil" else submission.mode or tables()[table_id].mode
        with self._writing(county_code) as (connection, version):
            self._need_unmoved(connection, county_code, scope, submission.seen_at)
            kept = _keep_raw(connection, county_code, submission.raw if submission.kept is None else submission.kept)
            digest = hashlib.sha256(submission.raw).hexdigest() if submission.raw else None
            system: dict[str, Any] = {"county_code": county_code, "batch_id": version, "from_version": version}
            if mode == "replace":
                of_items = (table.c.item.in_(scope.items),) if scope.items else ()
                ended = end(connection, table, county_code, version, *_inside(table, scope), *of_items)
            rows = frame.assign(**system, row_no=np.arange(len(frame)))
            if table_id in DOCUMENTS:
                # to_dict gives plain Python values: SQLite would store a number of numpy's as bytes.
                connection.execute(
                    insert(table), [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]
                )
            else:
                bulk(connection, table, rows)
            if mode == "merge":
                new = table.alias()
                brought = and_(new.c.county_code == county_code, new.c.batch_id == version)
                ended = end(connection, table, county_code, version, has_key_of(table_id, table, new, brought))
            elif taken := self._taken(connection, county_code, version, scope):
                raise KeyTakenError(taken)
            self._permit_ended(connection, table, county_code, version, permitted)
            # That there is nothing of some items in a township does not overrule that there is nothing at all.
            said = _of_rows(scope, rows) if scope.items else scope
            overruled = (nil_return.c.table_name == table_id, *_inside(nil_return, said))
            end(connection, nil_return, county_code, version, *overruled)
            if submission.action == "nil":
                nils = batches.scope_frame(scope).rename(columns={"period": "in_period", "township": "in_township"})
                bulk(connection, nil_return, nils.assign(**system, table_name=table_id))
            matched = same = 0
            if ended and len(frame) and table_id in ROWS:
                matched, same = batches.compared(connection, table_id, county_code, version)
            self._set_version(connection, county_code, table_id, version)
            values: dict[str, object] = {
                "action": submission.action,
                "mode": mode,
                "undoes": None,
                "sample": submission.sample,
            }
            values |= {"file_name": Path(submission.file_name).name, "sha256": digest}
            values |= {"actor": submission.actor, "verified": submission.verified, "note": submission.note}
            values |= {"corrections": submission.corrections, "kept_sha256": None if kept == digest else kept}
            values |= {"rows_n": len(frame), "added_n": len(frame) - matched, "changed_n": matched - same}
            values |= {"unchanged_n": same, "removed_n": ended - matched}
            stored = batches.record(connection, county_code, version, scope, values)
            by_hand = self._edited(connection, stored) if submission.action == "edit" and table_id in ROWS else {}
            self._note_batch(connection, stored, len(frame) - ended, by_hand)
            return stored

    def _need_unmoved(self, connection: Connection, county_code: str, scope: Scope, seen_at: int | None) -> None:
        """Refuse a change to what others changed since the version it was looked at."""
        if seen_at is None:
            return
        now = connection.execute(_PROBE, {"county": county_code, "dataset": scope.table}).scalar() or 0
        since = batches.since(connection, county_code, scope.table, seen_at) if now else []
        if met := [b for b in since if b.scope.meets(scope)]:
            raise MovedError(met)

    def _revise(
        self,
        county_code: str,
        scope: Scope,
        row: Mapping[str, Any],
        instead: tuple[ColumnElement[bool], ...],
        actor: str,
        reason: str,
        before: Mapping[str, Any],
        seen_at: int | None,
        *,
        verified: bool,
    ) -> Batch:
        """Store a revision in place of the rows that meet `instead`, as a batch."""
        need_actor(actor)
        table = REVISIONS[scope.table]
        with self._writing(county_code) as (connection, version):
            self._need_unmoved(connection, county_code, scope, seen_at)
            replaced = end(connection, table, county_code, version, *instead)
            system = {"county_code": county_code, "batch_id": version, "row_no": 0, "from_version": version}
            connection.execute(insert(table), {**system, "in_period": NONE, "in_township": NONE, **row})
            self._set_version(connection, county_code, scope.table, version)
            values: dict[str, object] = {"action": "edit", "mode": "replace", "undoes": None, "sample": False}
            values |= {"file_name": "", "sha256": None, "actor": actor, "verified": verified, "note": reason}
            values |= {"rows_n": 1, "added_n": 1 - replaced, "changed_n": replaced, "unchanged_n": 0, "removed_n": 0}
            stored = batches.record(connection, county_code, version, scope, values)
            mine = (table.c.county_code == county_code) & (table.c.batch_id == version)
            told = {"was": [dict(before)] if before else [], "now": revisions.told(connection, scope.table, mine)}
            self._note_batch(connection, stored, 1 - replaced, told)
        return _told(stored)

    def _permit_ended(
        self, connection: Connection, table: Table, county_code: str, version: int, permitted: str
    ) -> None:
        """Refuse a change that ended rows of townships it may not reach: a key can be that of another's row."""
        now = current.get()
        if not self.guarded or now is None or now.own(permitted) is None:
            return
        mine = (table.c.county_code == county_code, table.c.to_version == version)
        reached = connection.execute(select(table.c.in_township).where(*mine).distinct()).scalars()
        self._permit(county_code, permitted, township_codes(reached))

    def _edited(self, connection: Connection, stored: Batch) -> dict[str, Any]:
        """Return the keys of the rows a page changed and the columns that differ; closing a problem is permitted apart.

        So is sending one back that was reported rectified: both say whether it is done.
        """
        table, spec = ROWS[stored.table], tables()[stored.table]
        columns = [table.c[sql_name(name)].label(name) for name in spec.names]
        mine = table.c.county_code == stored.county_code

        def rows(*where: ColumnElement[bool]) -> dict[tuple[Any, ...], dict[str, Any]]:
            found = connection.execute(select(*columns).where(mine, *where)).mappings()
            return {tuple(row[name] for name in spec.key): dict(row) for row in found}

        new = rows(table.c.batch_id == stored.batch_id)
        old = rows(table.c.to_version == stored.batch_id)
        if stored.table == ISSUES:
            for key, row in new.items():
                was = old.get(key, dict.fromkeys(row))
                closed = row["closed_on"] is not None and was["closed_on"] is None
                sent_back = was["rectified_on"] is not None and was["closed_on"] is None and row["rectified_on"] is None
                if closed or sent_back:
                    self._permit(stored.county_code, "close", township_codes(stored.scope.townships))
        differ = {name for key in new.keys() & old.keys() for name in spec.names if new[key][name] != old[key][name]}
        return {"keys": [" ".join(map(str, key)) for key in [*new][:_NAMED]], "columns": sorted(differ)}

    def _note_batch(
        self, connection: Connection, stored: Batch, more: int, detail: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        """Write a batch into the log: what it spoke for, and how many rows of its table counted before and after."""
        counting = known(BATCHED[stored.table], stored.county_code)
        count = connection.execute(select(func.count()).select_from(BATCHED[stored.table]).where(counting)).scalar_one()
        told = {name: getattr(stored, name) for name in ("rows", "added", "changed", "unchanged", "removed")}
        told |= {"batch": stored.number, "before": count - more, "after": count, "mode": stored.mode}
        months = [period for period in stored.scope.periods if period != NONE]
        told |= {"months": months} if months else {}
        townships = [place for place in stored.scope.townships if place != NONE]
        told |= {"townships": townships} if townships else {}
        told |= {"file": stored.file_name} if stored.file_name else {}
        told |= {"undoes": stored.undoes_number} if stored.undoes_number else {}
        told |= _noted(stored.note)
        self._note(
            connection, stored.county_code, stored.action, stored.table, told | dict(detail), stored.actor,
            verified=stored.verified,
        )  # fmt: skip

    def _taken(self, connection: Connection, county_code: str, version: int, scope: Scope) -> list[Batch]:
        spec = tables().get(scope.table)
        # Where the place is in the key, rows with an equal key were in the scope, and ended.
        if spec is None or spec.place_columns[0] in spec.key:
            return []
        return batches.clashing(connection, scope.table, county_code, version, scope.periods)

    # ---- measures and profiles ---------------------------------------------------------------------------------------

    def _frame(
        self, county_code: str, table: Table, kinds: dict[str, str], *where: ColumnElement[bool]
    ) -> pd.DataFrame:
        return self._frames.read(county_code, select(*(table.c[sql_name(name)] for name in kinds)).where(*where), kinds)

    def _places(self, county_code: str, lists: pd.DataFrame) -> dict[str, str]:
        digests = lists["places"].unique().tolist()
        if not digests:
            return {}
        wanted = (places.c.county_code == county_code, places.c.digest.in_(digests))
        with self._reading(county_code) as connection:
            return {row.digest: row.body for row in connection.execute(select(places).where(*wanted))}

    def _write_computed(
        self, county_code: str, dataset: str, write: Callable[[Connection, int], bool], data_version: int | None
    ) -> int:
        with suppress(_NothingChangedError), self._writing(county_code) as (connection, version):
            now = connection.execute(_DATA_PROBE, {"county": county_code}).scalar() or 0
            if data_version is not None and now != data_version:
                raise StaleError(data_version, now)
            # We hold the county's lock, so what another connection reads as committed is what we change.
            if not write(connection, version):
                raise _NothingChangedError
            self._set_version(connection, county_code, dataset, version)
        return self.version(county_code, dataset)


def _days_of(blocks: Iterable[Block]) -> list[tuple[str, list[dt.date]]]:
    """Return the dates of each indicator: the database looks them up in the order of its key."""
    found: dict[str, list[dt.date]] = {}
    for indicator, day in sorted(blocks):
        found.setdefault(indicator, []).append(day)
    return list(found.items())


def _before(connection: Connection, revision: Batch) -> list[dict[str, Any]]:
    """Return what was asked before a revision, as the log has it: it is asked again when the revision is undone."""
    wanted = Wanted(event=revision.action, text=f'"batch": {revision.number},')
    found = audit.find(connection, revision.county_code, wanted)
    return next((e.detail.get("was", []) for e in found if e.detail["batch"] == revision.number), [])


def _noted(note: str) -> dict[str, str]:
    """Return a reason as the log keeps it: what names or reaches somebody by number is covered."""
    return {"note": without_numbers(note)} if note.strip() else {}


def _told(made: Batch) -> Batch:
    """Tell of a change once it is committed."""
    tell("stored", action=made.action, county=made.county_code, batch=made.number, table=made.table, rows=made.rows)
    return made


def _exchange(
    connection: Connection,
    table: Table,
    version: int,
    part: ColumnElement[bool],
    old: pd.DataFrame,
    new: pd.DataFrame,
    constant: dict[str, str],
) -> bool:
    """Put `new` in the stead of `old`, what counts of a part of a table, at a version; return whether they differ."""
    key = [c.name for c in table.primary_key if c.name in new.columns]
    fresh, stale = difference(old, new[list(old.columns)], key)
    if fresh.empty and stale.empty:
        return False
    if len(stale) == len(old):
        end(connection, table, constant["county_code"], version, part)
    else:
        end_listed(connection, table, constant["county_code"], version, stale.assign(**constant))
    fresh = fresh.rename(columns={name: sql_name(name) for name in fresh.columns}).sort_values(key, kind="stable")
    bulk(connection, table, fresh.assign(from_version=version, **constant))
    return True


def _keep_places(connection: Connection, county_code: str, texts: Mapping[str, str]) -> None:
    """Keep lists of places under their digests."""
    kept = select(places.c.digest).where(places.c.county_code == county_code, places.c.digest.in_(list(texts)))
    new = texts.keys() - set(connection.execute(kept).scalars())
    if new:
        rows = [{"county_code": county_code, "digest": one, "body": texts[one]} for one in sorted(new)]
        connection.execute(insert(places), rows)


def _inside(table: Table, scope: Scope) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.c.in_period.in_(scope.periods), table.c.in_township.in_(scope.townships)


def _of_rows(scope: Scope, rows: pd.DataFrame) -> Scope:
    """Return the months and townships of a scope that have rows."""
    return replace(scope, periods=tuple(rows["in_period"].unique()), townships=tuple(rows["in_township"].unique()))


def _keep_raw(connection: Connection, county_code: str, body: bytes) -> str | None:
    """Keep what was sent, or what stands in its stead, under its digest."""
    if not body:
        return None
    digest = hashlib.sha256(body).hexdigest()
    kept = select(literal(1)).where(raw_file.c.county_code == county_code, raw_file.c.sha256 == digest)
    if connection.execute(kept).scalar() is None:
        connection.execute(insert(raw_file), {"county_code": county_code, "sha256": digest, "body": body})
    return digest
