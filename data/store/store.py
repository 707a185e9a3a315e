"""The store: commit, undo and read back uploads, and what was computed from them, by county and version.

Every change of a county takes the county's next version number and that number's batch, rows, raw file and audit row
commit together or not at all. Versions never go back and rows are never changed, only ended, so any earlier state can
be read again.
"""

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Table,
    and_,
    bindparam,
    func,
    insert,
    intersect,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from data.store.checks import canonical, checked, county, need_actor, need_inside, upload
from data.store.database import bulk, migrate, open_engine, read, unavailable
from data.store.model import (
    NONE,
    Batch,
    Document,
    InvalidSubmissionError,
    KeyTakenError,
    Mode,
    NoSuchBatchError,
    ReadOnlyError,
    Scope,
    StoreError,
    Submission,
    UndoRefusedError,
)
from data.store.rows import difference, end, end_listed, has_key_of, key_columns, known, revive
from data.store.schema import (
    BATCHED,
    DOCUMENTS,
    ROWS,
    batch,
    batch_scope,
    county_version,
    measure,
    nil_return,
    profile,
    raw_file,
    sql_name,
)
from data.tables import tables

ANY = "*"
MEASURES = "measures"
PROFILES = "profiles"

# Columns of a frame of measures and their kinds; plan and versions are added by the store.
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
_KINDS = {"str": "str", "enum": "str", "bool": "bool", "int": "float", "float": "float", "date": "date"}
PROFILE_KINDS = {"profile": "str", "region": "str", "as_of": "date", "category": "str", "n": "float"}

_PROBE = select(county_version.c.version).where(
    county_version.c.county_code == bindparam("county"), county_version.c.dataset == bindparam("dataset")
)


class _UnchangedError(Exception):
    """Rolls back a change that turned out to change nothing."""


def open_store(url: str | None = None, *, read_only: bool | None = None) -> "Store":
    """Open the store, creating or migrating its schema.

    Parameters
    ----------
    url
        `sqlite:///file` or `postgresql://...`; None = `XIANJIE_DATABASE_URL`, else `store.db` in the folder
        `XIANJIE_HOME` (default `./var`).
    read_only
        Refuse every change; None = whether `XIANJIE_READONLY` is 1.

    Raises
    ------
    StoreError
        The database cannot be reached, is of an unknown kind, or was written by a newer release.
    """
    if url is None:
        url = os.environ.get("XIANJIE_DATABASE_URL") or None
    if url is None:
        home = Path(os.environ.get("XIANJIE_HOME") or "var").resolve()
        url = f"sqlite:///{home / 'store.db'}"
    if read_only is None:
        read_only = os.environ.get("XIANJIE_READONLY") == "1"
    engine = open_engine(url)
    migrate(engine)
    return Store(engine, read_only=read_only)


class Store:
    """All counties' data in one database; open with `open_store`. Safe to share between threads."""

    def __init__(self, engine: Engine, *, read_only: bool = False) -> None:
        self._engine = engine
        self.read_only = read_only

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ---- versions ----------------------------------------------------------------------------------------------------

    def version(self, county_code: str, dataset: str = ANY) -> int:
        """Return the version at which a dataset last changed; 0 if never.

        `dataset` is an upload table, `boundaries`, `measures`, `profiles`, or `*` for anything of the county. A few
        tenths of a millisecond: made to be asked before every use of something cached.
        """
        with self._reading() as connection:
            found = connection.execute(_PROBE, {"county": county(county_code), "dataset": dataset}).scalar()
        return found or 0

    def data_version(self, county_code: str) -> int:
        """Return the version at which any upload table last changed: what measures are computed from."""
        query = select(func.max(county_version.c.version)).where(
            county_version.c.county_code == county(county_code), county_version.c.dataset.in_(list(ROWS))
        )
        with self._reading() as connection:
            return connection.execute(query).scalar() or 0

    def computed_version(self, county_code: str, what: str) -> int:
        """Return the data version `what` (a plan id, `profiles`) was last computed from; 0 if never.

        Smaller than `data_version` means that a process stopped between commit and computation.
        """
        return self.version(county_code, f"computed:{what}")

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
        ReadOnlyError, UnavailableError
        """
        frame, scope = checked(submission)
        return self._commit(submission, BATCHED[submission.table], frame, scope)

    def put_boundaries(
        self, county_code: str, body: bytes, *, report: dict[str, Any], raw: bytes, file_name: str, actor: str,
        note: str = "", verified: bool = False, sample: bool = False,
    ) -> Batch:  # fmt: skip
        """Make `body` (checked GeoJSON) the county's boundaries; `raw` is the file as it came. Undone like a batch."""
        submission = Submission(
            county(county_code), "boundaries", pd.DataFrame(), raw, file_name, actor, note, mode="replace",
            scope=Scope("boundaries"), sample=sample, verified=verified,
        )  # fmt: skip
        need_actor(actor)
        frame = pd.DataFrame({"body": [body], "report": [json.dumps(report, ensure_ascii=False)]})
        frame["in_period"] = frame["in_township"] = NONE
        return self._commit(submission, DOCUMENTS["boundaries"], frame, Scope("boundaries"))

    def undo(self, county_code: str, batch_id: int, actor: str, note: str = "", *, verified: bool = False) -> Batch:
        """Take back a batch: its rows end, the rows it ended count again, as a new version.

        Raises
        ------
        NoSuchBatchError
        UndoRefusedError
            Later batches touched the same rows, or the same months and townships.
        StoreError
            The batch is itself an undo or is undone already.
        """
        need_actor(actor)
        with self._writing(county_code) as (connection, version):
            undone = self._batch(connection, county_code, batch_id)
            if not undone.active:
                reason = "is itself an undo" if undone.action == "undo" else f"was undone by batch {undone.undone_by}"
                msg = f"batch {batch_id} {reason}"
                raise StoreError(msg)
            if later := self._later(connection, undone):
                raise UndoRefusedError(later)
            added = removed = 0
            for table in (BATCHED[undone.table], nil_return):
                ended = end(connection, table, county_code, version, table.c.batch_id == batch_id)
                revived = revive(connection, table, county_code, batch_id, version)
                if table is not nil_return:
                    added, removed = revived, ended
            if undone.table in ROWS and (clashes := self._clashes(connection, undone.table, county_code, version)):
                raise UndoRefusedError(clashes)
            self._set_version(connection, county_code, undone.table, version)
            self._record(
                connection, undone.scope, county_code=county_code, batch_id=version, action="undo", mode=undone.mode,
                file_name=undone.file_name, sha256=undone.sha256, actor=actor, verified=verified,
                sample=undone.sample, note=note, rows_n=added, added_n=added, changed_n=0, unchanged_n=0,
                removed_n=removed, undoes=batch_id,
            )  # fmt: skip
            return self._batch(connection, county_code, version)

    def write_measures(
        self, county_code: str, plan_id: str, frame: pd.DataFrame, indicators: Iterable[str], from_date: dt.date
    ) -> int:
        """Make `frame` the measures of `indicators` from `from_date` on, in one transaction.

        Parameters
        ----------
        frame
            Columns of `MEASURE_KINDS`; one row per indicator, region and date.

        Returns
        -------
        int
            The version of `measures`; it moves only if something differs from what is stored.
        """
        chosen = list(indicators)
        where = and_(measure.c.plan_id == plan_id, measure.c.indicator.in_(chosen), measure.c.as_of >= from_date)
        new = canonical(frame, MEASURE_KINDS)
        key = ["indicator", "as_of", "region"]
        need_inside(new, "indicator", chosen, from_date)
        return self._write_computed(county_code, MEASURES, measure, where, new, key, MEASURE_KINDS, plan_id=plan_id)

    def write_profiles(self, county_code: str, frame: pd.DataFrame, profiles: Iterable[str], from_date: dt.date) -> int:
        """Make `frame` (columns of `PROFILE_KINDS`) the counts of `profiles` from `from_date` on; see measures."""
        chosen = list(profiles)
        where = and_(profile.c.profile.in_(chosen), profile.c.as_of >= from_date)
        new = canonical(frame, PROFILE_KINDS)
        key = ["profile", "as_of", "region", "category"]
        need_inside(new, "profile", chosen, from_date)
        return self._write_computed(county_code, PROFILES, profile, where, new, key, PROFILE_KINDS)

    # ---- reading -----------------------------------------------------------------------------------------------------

    def rows(self, county_code: str, table: str, version: int | None = None, *, batch_id: bool = False) -> pd.DataFrame:
        """Return the rows of an upload table that count now, or that counted at `version`.

        Declared columns in declared order and dtypes (as `data.tables.typed`), and `batch_id` if asked for.
        """
        spec, sql = upload(table), ROWS[table]
        kinds = {c.name: _KINDS[c.type] for c in spec.columns}
        columns = [sql.c[sql_name(name)] for name in kinds]
        if batch_id:
            kinds["batch_id"] = "int"
            columns.append(sql.c.batch_id)
        return read(self._engine, select(*columns).where(known(sql, county_code, version)), kinds)

    def nils(self, county_code: str, version: int | None = None) -> list[Scope]:
        """Return the nil returns that count, one scope per table and month."""
        columns = (nil_return.c.table_name, nil_return.c.in_period, nil_return.c.in_township)
        query = select(*columns).where(known(nil_return, county_code, version)).distinct().order_by(*columns)
        found: dict[tuple[str, str], list[str]] = {}
        with self._reading() as connection:
            for table, period, township in connection.execute(query):
                found.setdefault((table, period), []).append(township)
        return [Scope(table, (period,), tuple(places)) for (table, period), places in found.items()]

    def coverage(self, county_code: str, version: int | None = None) -> pd.DataFrame:
        """Return what active batches speak for: `table, period, township, batch_id, nil`, one row each."""
        undo = batch.alias()
        known = [] if version is None else [batch.c.batch_id <= version]
        still = [] if version is None else [undo.c.batch_id <= version]
        undone = select(literal(1)).where(
            undo.c.county_code == batch.c.county_code, undo.c.undoes == batch.c.batch_id, *still
        )
        query = (
            select(
                batch.c.table_name, batch_scope.c.period, batch_scope.c.township, batch.c.batch_id,
                (batch.c.action == "nil").label("nil"),
            )
            .join_from(batch, batch_scope, and_(
                batch_scope.c.county_code == batch.c.county_code, batch_scope.c.batch_id == batch.c.batch_id
            ))
            .where(batch.c.county_code == county(county_code), batch.c.action != "undo", ~undone.exists(), *known)
        )  # fmt: skip
        kinds = {"table": "str", "period": "str", "township": "str", "batch_id": "int", "nil": "bool"}
        return read(self._engine, query, kinds)

    def measures(
        self,
        county_code: str,
        plan_id: str,
        indicators: Iterable[str] | None = None,
        regions: Iterable[str] | None = None,
        version: int | None = None,
    ) -> pd.DataFrame:
        """Return measures with the columns of `MEASURE_KINDS`, all or those of some indicators and regions."""
        where = [known(measure, county_code, version), measure.c.plan_id == plan_id]
        where += [] if indicators is None else [measure.c.indicator.in_(list(indicators))]
        where += [] if regions is None else [measure.c.region.in_(list(regions))]
        return self._computed(measure, MEASURE_KINDS, where)

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
        return self._computed(profile, PROFILE_KINDS, where)

    def boundaries(self, county_code: str, version: int | None = None) -> Document | None:
        """Return the county's own boundaries, or None if it loaded none."""
        sql = DOCUMENTS["boundaries"]
        query = select(sql.c.body, sql.c.report, sql.c.batch_id).where(known(sql, county_code, version))
        with self._reading() as connection:
            found = connection.execute(query).first()
        return None if found is None else Document(found.body, json.loads(found.report), found.batch_id)

    def batches(self, county_code: str, table: str | None = None) -> list[Batch]:
        """Return the county's batches, newest first."""
        where = [] if table is None else [batch.c.table_name == table]
        with self._reading() as connection:
            return self._batches(connection, county_code, *where)

    def batch(self, county_code: str, batch_id: int) -> Batch:
        """Return one batch.

        Raises
        ------
        NoSuchBatchError
        """
        with self._reading() as connection:
            return self._batch(connection, county_code, batch_id)

    def history(self, county_code: str) -> pd.DataFrame:
        """Return the audit list as a frame, newest first: the fields of `Batch`, the scope as two columns."""
        names = [name for name in Batch.__dataclass_fields__ if name != "scope"]
        found = [
            {name: getattr(b, name) for name in names}
            | {"periods": b.scope.periods, "townships": b.scope.townships, "active": b.active}
            for b in self.batches(county_code)
        ]
        frame = pd.DataFrame(found, columns=[*names, "periods", "townships", "active"])
        return frame.astype({"undoes": "Int64", "undone_by": "Int64"})

    def seen(self, county_code: str, raw: bytes | str, table: str | None = None) -> Batch | None:
        """Return the newest active batch of the same file (its bytes or sha256 in hex), or None."""
        digest = raw if isinstance(raw, str) else hashlib.sha256(raw).hexdigest()
        where = [batch.c.sha256 == digest] + ([] if table is None else [batch.c.table_name == table])
        with self._reading() as connection:
            return next((b for b in self._batches(connection, county_code, *where) if b.active), None)

    def raw(self, county_code: str, batch_id: int) -> bytes | None:
        """Return the file of a batch as it came; None if it had none."""
        query = select(raw_file.c.body).where(
            raw_file.c.county_code == county_code, raw_file.c.sha256 == self.batch(county_code, batch_id).sha256
        )
        with self._reading() as connection:
            return connection.execute(query).scalar()

    # ---- transactions ------------------------------------------------------------------------------------------------

    @cached_property
    def _reader(self) -> Engine:
        # Single statements: BEGIN and ROLLBACK would double the way to a PostgreSQL server. On SQLite they are free,
        # and its driver's own AUTOCOMMIT switch would undo `_prepare_sqlite`.
        if self._engine.dialect.name == "sqlite":
            return self._engine
        return self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._reader.connect() as connection:
                yield connection
        except DBAPIError as error:
            raise unavailable(error) from None

    @contextmanager
    def _transaction(self, county_code: str) -> Iterator[Connection]:
        county(county_code)
        if self.read_only:
            raise ReadOnlyError
        try:
            with self._engine.execution_options(write=True).begin() as connection:
                yield connection
        except DBAPIError as error:
            raise unavailable(error) from None

    @contextmanager
    def _writing(self, county_code: str) -> Iterator[tuple[Connection, int]]:
        """One transaction and one writer per county: taking the next version locks the county's version row."""
        with self._transaction(county_code) as connection:
            statement = self._upsert(county_code, ANY, 1, county_version.c.version + 1)
            yield connection, connection.execute(statement.returning(county_version.c.version)).scalar_one()

    def _set_version(self, connection: Connection, county_code: str, dataset: str, version: int) -> None:
        connection.execute(self._upsert(county_code, dataset, version, literal(version)))

    def _upsert(self, county_code: str, dataset: str, first: int, then: ColumnElement[int]) -> Any:  # noqa: ANN401
        dialect = sqlite if self._engine.dialect.name == "sqlite" else postgresql
        new = dialect.insert(county_version).values(county_code=county_code, dataset=dataset, version=first)
        return new.on_conflict_do_update(index_elements=["county_code", "dataset"], set_={"version": then})

    # ---- committing --------------------------------------------------------------------------------------------------

    def _commit(self, submission: Submission, table: Table, frame: pd.DataFrame, scope: Scope) -> Batch:
        county_code = submission.county_code
        mode: Mode = "replace" if submission.action == "nil" else submission.mode or tables()[submission.table].mode
        digest = hashlib.sha256(submission.raw).hexdigest() if submission.raw else None
        in_scope = (table.c.in_period.in_(scope.periods), table.c.in_township.in_(scope.townships))
        with self._writing(county_code) as (connection, version):
            if digest:
                self._keep_raw(connection, county_code, digest, submission.raw)
            removed = end(connection, table, county_code, version, *in_scope) if mode == "replace" else 0
            self._insert(connection, table, frame.assign(
                county_code=county_code, batch_id=version, row_no=np.arange(len(frame)), from_version=version
            ))  # fmt: skip
            if mode == "merge":
                new = table.alias()
                brought = and_(new.c.county_code == county_code, new.c.batch_id == version)
                taken = has_key_of(submission.table, table, new, brought)
                removed = end(connection, table, county_code, version, taken)
            elif submission.table in ROWS and (
                clashes := self._clashes(connection, submission.table, county_code, version, scope)
            ):
                raise KeyTakenError(clashes)
            nils = [nil_return.c.in_period.in_(scope.periods), nil_return.c.in_township.in_(scope.townships)]
            end(connection, nil_return, county_code, version, nil_return.c.table_name == submission.table, *nils)
            if submission.action == "nil":
                self._insert(connection, nil_return, _scope_frame(scope, county_code, version).rename(columns={
                    "period": "in_period", "township": "in_township"
                }).assign(table_name=submission.table, from_version=version))  # fmt: skip
            matched, same = (
                self._matched(connection, submission.table, county_code, version) if removed and len(frame) else (0, 0)
            )
            self._set_version(connection, county_code, submission.table, version)
            self._record(
                connection, scope, county_code=county_code, batch_id=version, action=submission.action, mode=mode,
                file_name=Path(submission.file_name).name, sha256=digest, actor=submission.actor,
                verified=submission.verified, sample=submission.sample, note=submission.note, rows_n=len(frame),
                added_n=len(frame) - matched, changed_n=matched - same, unchanged_n=same,
                removed_n=removed - matched, undoes=None,
            )  # fmt: skip
            return self._batch(connection, county_code, version)

    def _insert(self, connection: Connection, table: Table, frame: pd.DataFrame) -> None:
        if table in DOCUMENTS.values():
            connection.execute(insert(table), frame.to_dict("records"))
        else:
            bulk(connection, table, frame)

    def _keep_raw(self, connection: Connection, county_code: str, digest: str, body: bytes) -> None:
        kept = select(literal(1)).where(raw_file.c.county_code == county_code, raw_file.c.sha256 == digest)
        if connection.execute(kept).scalar() is None:
            connection.execute(insert(raw_file), {"county_code": county_code, "sha256": digest, "body": body})

    def _record(self, connection: Connection, scope: Scope, **values: object) -> None:
        now = dt.datetime.now(dt.UTC)
        connection.execute(insert(batch), {"table_name": scope.table, "at": now, **values})
        bulk(connection, batch_scope, _scope_frame(scope, str(values["county_code"]), int(str(values["batch_id"]))))

    def _matched(self, connection: Connection, table: str, county_code: str, version: int) -> tuple[int, int]:
        """Count the new rows that took the place of a row with the same key, and those of them that are equal."""
        rows = ROWS[table]
        new = and_(rows.c.county_code == county_code, rows.c.batch_id == version)
        old = and_(rows.c.county_code == county_code, rows.c.to_version == version)

        def common(columns: list[ColumnElement[Any]]) -> int:
            both = intersect(select(*columns).where(new), select(*columns).where(old)).subquery()
            return connection.execute(select(func.count()).select_from(both)).scalar_one()

        return common(key_columns(table, rows)), common([rows.c[sql_name(name)] for name in upload(table).names])

    def _clashes(
        self, connection: Connection, table: str, county_code: str, version: int, scope: Scope | None = None
    ) -> list[Batch]:
        """Return the batches with current rows that have the key of a row this version brought in."""
        new = ROWS[table]
        if scope and set(tables()[table].place_columns[:1]) <= set(tables()[table].key) and table != "facts":
            return []  # the key says the township, so equal keys were in the scope
        old = new.alias()
        mine = [old.c.county_code == county_code, old.c.from_version < version, old.c.to_version.is_(None)]
        mine += [old.c.in_period.in_(scope.periods)] if scope else []
        brought = and_(new.c.county_code == county_code, new.c.from_version == version, new.c.to_version.is_(None))
        query = select(old.c.batch_id).where(*mine, has_key_of(table, old, new, brought)).distinct()
        found = list(connection.execute(query).scalars())
        return self._batches(connection, county_code, batch.c.batch_id.in_(found)) if found else []

    def _later(self, connection: Connection, undone: Batch) -> list[Batch]:
        """Return the later active batches that touched what `undone` touched."""
        after = self._batches(
            connection, undone.county_code, batch.c.table_name == undone.table, batch.c.batch_id > undone.batch_id
        )
        later = [b for b in after if b.active]
        merged = [b.batch_id for b in later if b.mode == undone.mode == "merge"]
        touched: set[int] = set()
        if merged:
            old = ROWS[undone.table]
            new = old.alias()
            theirs = and_(new.c.county_code == undone.county_code, new.c.batch_id.in_(merged))
            ours = and_(old.c.county_code == undone.county_code, old.c.batch_id == undone.batch_id)
            query = select(new.c.batch_id).where(theirs, has_key_of(undone.table, new, old, ours)).distinct()
            touched = set(connection.execute(query).scalars())
        return [
            b for b in later if b.batch_id in touched or (b.batch_id not in merged and _overlap(b.scope, undone.scope))
        ]

    # ---- batches -----------------------------------------------------------------------------------------------------

    def _batch(self, connection: Connection, county_code: str, batch_id: int) -> Batch:
        found = self._batches(connection, county_code, batch.c.batch_id == batch_id)
        if not found:
            raise NoSuchBatchError(county_code, batch_id)
        return found[0]

    def _batches(self, connection: Connection, county_code: str, *where: ColumnElement[bool]) -> list[Batch]:
        undo = batch.alias()
        of_county = batch.c.county_code == county(county_code)
        query = (
            select(batch, undo.c.batch_id.label("undone_by"))
            .join_from(batch, undo, and_(
                undo.c.county_code == batch.c.county_code, undo.c.undoes == batch.c.batch_id
            ), isouter=True)
            .where(of_county, *where)
            .order_by(batch.c.batch_id.desc())
        )  # fmt: skip
        found = connection.execute(query).all()
        scopes = connection.execute(
            select(batch_scope.c.batch_id, batch_scope.c.period, batch_scope.c.township)
            .join_from(batch_scope, batch, and_(
                batch_scope.c.county_code == batch.c.county_code, batch_scope.c.batch_id == batch.c.batch_id
            ))
            .where(of_county, *where)
        )  # fmt: skip
        periods: dict[int, set[str]] = {}
        townships: dict[int, set[str]] = {}
        for batch_id, period, township in scopes:
            periods.setdefault(batch_id, set()).add(period)
            townships.setdefault(batch_id, set()).add(township)
        return [_to_batch(row, periods[row.batch_id], townships[row.batch_id]) for row in found]

    # ---- measures and profiles ---------------------------------------------------------------------------------------

    def _computed(self, table: Table, kinds: dict[str, str], where: Sequence[ColumnElement[bool]]) -> pd.DataFrame:
        return read(self._engine, select(*(table.c[sql_name(name)] for name in kinds)).where(*where), kinds)

    def _write_computed(
        self, county_code: str, dataset: str, table: Table, where: ColumnElement[bool], new: pd.DataFrame,
        key: list[str], kinds: dict[str, str], **constant: str,
    ) -> int:  # fmt: skip
        if new.duplicated(key).any():
            msg = f"two rows of {dataset} have the same {', '.join(key)}"
            raise InvalidSubmissionError(msg)
        with suppress(_UnchangedError), self._writing(county_code) as (connection, version):
            # We hold the county's lock, so the committed state another connection reads is the state we change.
            old = self._computed(table, kinds, [known(table, county_code, None), where])
            fresh, stale = difference(old, new, key)
            if fresh.empty and stale.empty:
                raise _UnchangedError
            if len(stale) == len(old):
                end(connection, table, county_code, version, where)
            else:
                end_listed(connection, table, county_code, version, stale.assign(**constant))
            fresh = fresh.rename(columns={name: sql_name(name) for name in kinds})
            fresh = fresh.assign(county_code=county_code, from_version=version, **constant)
            order = [c.name for c in table.primary_key if c.name in fresh]
            bulk(connection, table, fresh.sort_values(order, kind="stable"))
            self._set_version(connection, county_code, dataset, version)
        return self.version(county_code, dataset)


def _overlap(one: Scope, other: Scope) -> bool:
    return bool(set(one.periods) & set(other.periods)) and bool(set(one.townships) & set(other.townships))


def _scope_frame(scope: Scope, county_code: str, batch_id: int) -> pd.DataFrame:
    pairs = pd.MultiIndex.from_product([scope.periods, scope.townships], names=["period", "township"])
    return pairs.to_frame(index=False).assign(county_code=county_code, batch_id=batch_id)


def _to_batch(row: Row[Any], periods: set[str], townships: set[str]) -> Batch:
    at = row.at if row.at.tzinfo else row.at.replace(tzinfo=dt.UTC)
    return Batch(
        county_code=row.county_code, batch_id=row.batch_id, table=row.table_name, action=row.action, mode=row.mode,
        file_name=row.file_name, sha256=row.sha256, actor=row.actor, verified=row.verified, sample=row.sample,
        note=row.note, at=at.astimezone(dt.UTC), rows=row.rows_n, added=row.added_n, changed=row.changed_n,
        unchanged=row.unchanged_n, removed=row.removed_n, undoes=row.undoes, undone_by=row.undone_by,
        scope=Scope(row.table_name, tuple(sorted(periods)), tuple(sorted(townships))),
    )  # fmt: skip
