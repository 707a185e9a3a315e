"""Batches: the audit list, and which of them stand in each other's way."""

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, FromClause, Row, and_, func, insert, intersect, select

from data.store.checks import county
from data.store.model import Batch, NoSuchBatchError, Pair, Scope, zoned
from data.store.rows import has_key_of, key_columns
from data.store.schema import BATCHED, ROWS, batch, batch_scope, nil_return, sql_name
from data.store.transfer import bulk
from data.tables import tables

_undo = batch.alias("undo")
UNDONE = and_(_undo.c.county_code == batch.c.county_code, _undo.c.undoes == batch.c.batch_id)
SCOPED = and_(batch_scope.c.county_code == batch.c.county_code, batch_scope.c.batch_id == batch.c.batch_id)


def find(connection: Connection, county_code: str, *where: ColumnElement[bool]) -> list[Batch]:
    """Return the county's batches that meet `where`, newest first."""
    chosen = (batch.c.county_code == county(county_code), *where)
    query = select(batch, _undo.c.batch_id.label("undone_by")).join_from(batch, _undo, UNDONE, isouter=True)
    found = connection.execute(query.where(*chosen).order_by(batch.c.batch_id.desc())).all()
    pairs = select(batch_scope.c.batch_id, batch_scope.c.period, batch_scope.c.township)
    periods: dict[int, set[str]] = {}
    townships: dict[int, set[str]] = {}
    for batch_id, period, township in connection.execute(pairs.join_from(batch_scope, batch, SCOPED).where(*chosen)):
        periods.setdefault(batch_id, set()).add(period)
        townships.setdefault(batch_id, set()).add(township)
    every = select(batch.c.batch_id).where(batch.c.county_code == county_code).order_by(batch.c.batch_id)
    numbers = list(connection.execute(every).scalars()) if found else []
    return [_batch(row, numbers, periods[row.batch_id], townships[row.batch_id]) for row in found]


def as_known(found: Sequence[Batch], version: int) -> list[Batch]:
    """Return the batches as the list of them was at a version: later ones are not there, nor are later undos."""
    return [
        replace(b, undone_by=None, undone_by_number=None) if b.undone_by and b.undone_by > version else b
        for b in found
        if b.batch_id <= version
    ]


def get(connection: Connection, county_code: str, batch_id: int) -> Batch:
    """Return one batch; `NoSuchBatchError` if the county has none of this number."""
    found = find(connection, county_code, batch.c.batch_id == batch_id)
    if not found:
        raise NoSuchBatchError(county_code, batch_id)
    return found[0]


def since(connection: Connection, county_code: str, table_id: str, version: int) -> list[Batch]:
    """Return the batches of a table after a version, newest first."""
    return find(connection, county_code, batch.c.table_name == table_id, batch.c.batch_id > version)


def _batch(row: Row[Any], every: Sequence[int], periods: set[str], townships: set[str]) -> Batch:
    """Return a batch; `every` is the ids of all of the county's, in order: none is ever taken out, so numbers stay."""

    def number(batch_id: int | None) -> int | None:
        return None if batch_id is None else bisect_right(every, batch_id)

    return Batch(
        county_code=row.county_code,
        batch_id=row.batch_id,
        number=bisect_right(every, row.batch_id),
        table=row.table_name,
        action=row.action,
        mode=row.mode,
        file_name=row.file_name,
        sha256=row.sha256,
        actor=row.actor,
        verified=row.verified,
        sample=row.sample,
        note=row.note,
        corrections=row.corrections,
        at=zoned(row.at),
        rows=row.rows_n,
        added=row.added_n,
        changed=row.changed_n,
        unchanged=row.unchanged_n,
        removed=row.removed_n,
        undoes=row.undoes,
        undone_by=row.undone_by,
        undoes_number=number(row.undoes),
        undone_by_number=number(row.undone_by),
        scope=Scope(
            row.table_name, tuple(sorted(periods)), tuple(sorted(townships)), tuple(row.only_items.splitlines())
        ),
    )


def record(connection: Connection, county_code: str, batch_id: int, scope: Scope, values: dict[str, object]) -> Batch:
    """Write the audit row and the scope of a batch."""
    fixed = {"county_code": county_code, "batch_id": batch_id, "table_name": scope.table, "at": dt.datetime.now(dt.UTC)}
    fixed |= {"only_items": "\n".join(scope.items)}
    connection.execute(insert(batch), fixed | values)
    bulk(connection, batch_scope, scope_frame(scope).assign(county_code=county_code, batch_id=batch_id))
    return get(connection, county_code, batch_id)


def scope_frame(scope: Scope) -> pd.DataFrame:
    """Return the scope as rows `period, township`."""
    return pd.DataFrame(sorted(scope.pairs()), columns=["period", "township"])


def compared(connection: Connection, table_id: str, county_code: str, batch_id: int) -> tuple[int, int]:
    """Count the rows of a batch whose key had a row the batch ended, and those of them that say the same."""
    rows = ROWS[table_id]
    new = and_(rows.c.county_code == county_code, rows.c.batch_id == batch_id)
    old = and_(rows.c.county_code == county_code, rows.c.to_version == batch_id)

    def common(columns: list[ColumnElement[Any]]) -> int:
        both = intersect(select(*columns).where(new), select(*columns).where(old)).subquery()
        return connection.execute(select(func.count()).select_from(both)).scalar_one()

    declared: list[ColumnElement[Any]] = [rows.c[sql_name(name)] for name in tables()[table_id].names]
    return common(key_columns(table_id, rows)), common(declared)


def clashing(
    connection: Connection, table_id: str, county_code: str, version: int, periods: tuple[str, ...]
) -> list[Batch]:
    """Return the batches with older current rows that have the key of a row that `version` brought in.

    A key has at most one current row; only `periods` are searched, since the date is part of the key.
    """
    new = ROWS[table_id]
    old = new.alias()
    brought = and_(new.c.county_code == county_code, new.c.from_version == version, new.c.to_version.is_(None))
    current = and_(old.c.county_code == county_code, old.c.to_version.is_(None), old.c.from_version < version)
    query = select(old.c.batch_id).where(current, old.c.in_period.in_(periods), has_key_of(table_id, old, new, brought))
    found = list(connection.execute(query.distinct()).scalars())
    return find(connection, county_code, batch.c.batch_id.in_(found)) if found else []


def in_the_way(connection: Connection, undone: Batch) -> list[Batch]:
    """Return the later active batches that an undo of this one is refused for; nothing is written to find out."""
    found = later(connection, undone)
    if found or undone.table not in ROWS:
        return found
    # What would come back must not have the key of a row that counts: two townships may have used one number.
    rows = ROWS[undone.table]
    old = rows.alias()
    back = and_(old.c.county_code == undone.county_code, old.c.to_version == undone.batch_id)
    current = and_(rows.c.county_code == undone.county_code, rows.c.to_version.is_(None))
    others = and_(current, rows.c.batch_id != undone.batch_id, rows.c.in_period.in_(undone.scope.periods))
    query = select(rows.c.batch_id).where(others, has_key_of(undone.table, rows, old, back)).distinct()
    numbers = list(connection.execute(query).scalars())
    return find(connection, undone.county_code, batch.c.batch_id.in_(numbers)) if numbers else []


def later(connection: Connection, undone: Batch) -> list[Batch]:
    """Return the later active batches that touched what `undone` touched.

    Two merges touch the same if they share a key; where one of them replaced, if they share a month of a township, in
    their scopes or in the rows they ended: a merge may take over a row of another township. Batches of other items
    do not, but for what was said of all of them: a nil return that one ended cannot come back over the other's rows.
    """
    county_code, table_id = undone.county_code, undone.table
    of_table = (batch.c.table_name == table_id, batch.c.batch_id > undone.batch_id)
    after = [b for b in find(connection, county_code, *of_table) if b.active]
    if not after:
        return []
    numbers = [undone.batch_id, *(b.batch_id for b in after)]
    ended = _ended_pairs(connection, BATCHED[table_id], county_code, numbers)
    nils = _ended_pairs(connection, nil_return, county_code, numbers)
    merges = [b.batch_id for b in after if b.mode == undone.mode == "merge"]
    same_keys = _sharing_keys(connection, undone, merges) if merges else set()

    def touched(one: Batch) -> set[Pair]:
        return one.scope.pairs() | ended[one.batch_id] | nils[one.batch_id]

    def in_the_way(other: Batch) -> bool:
        if nils[undone.batch_id] & other.scope.pairs():
            return True
        if other.batch_id in merges:
            return other.batch_id in same_keys
        return undone.scope.shares_items(other.scope) and bool(touched(undone) & touched(other))

    return [b for b in after if in_the_way(b)]


def _ended_pairs(
    connection: Connection, table: FromClause, county_code: str, numbers: list[int]
) -> defaultdict[int, set[Pair]]:
    """Return the months and townships of the rows that each batch ended."""
    columns = (table.c.to_version, table.c.in_period, table.c.in_township)
    query = select(*columns).where(table.c.county_code == county_code, table.c.to_version.in_(numbers)).distinct()
    found: defaultdict[int, set[Pair]] = defaultdict(set)
    for number, period, township in connection.execute(query):
        found[number].add((period, township))
    return found


def _sharing_keys(connection: Connection, undone: Batch, others: list[int]) -> set[int]:
    old = ROWS[undone.table]
    new = old.alias()
    ours = and_(old.c.county_code == undone.county_code, old.c.batch_id == undone.batch_id)
    theirs = and_(new.c.county_code == undone.county_code, new.c.batch_id.in_(others))
    query = select(new.c.batch_id).where(theirs, has_key_of(undone.table, new, old, ours)).distinct()
    return set(connection.execute(query).scalars())
