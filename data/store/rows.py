"""System-versioned rows: which count, how they end, how they come back."""

from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    Table,
    and_,
    insert,
    literal,
    null,
    or_,
    select,
    tuple_,
    update,
)

from data.store.checks import county
from data.store.schema import sql_name
from data.store.transfer import bulk
from data.tables import tables

# A recomputed figure that differs by less is the same figure: sums may run in another order.
_RELATIVE = 1e-12


def known(table: Table, county_code: str, version: int | None = None) -> ColumnElement[bool]:
    """Return the condition for the rows that count now, or that counted at `version`."""
    mine = table.c.county_code == county(county_code)
    if version is None:
        return and_(mine, table.c.to_version.is_(None))
    ended_later = or_(table.c.to_version.is_(None), table.c.to_version > version)
    return and_(mine, table.c.from_version <= version, ended_later)


def key_columns(table_id: str, table: FromClause) -> list[ColumnElement[Any]]:
    """Return the columns of an upload table's key."""
    return [table.c[sql_name(name)] for name in tables()[table_id].key]


def has_key_of(table_id: str, table: FromClause, other: FromClause, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition for a row of `table` to have the key of some row of `other` that meets `where`."""
    # Not a join: SQLite would go through the rows of a county one by one for each row.
    return tuple_(*key_columns(table_id, table)).in_(select(*key_columns(table_id, other)).where(*where))


def end(connection: Connection, table: Table, county_code: str, version: int, *where: ColumnElement[bool]) -> int:
    """End at `version` the current rows that meet `where` and are not of `version` itself; return how many."""
    older = (known(table, county_code), table.c.from_version < version)
    return connection.execute(update(table).where(*older, *where).values(to_version=version)).rowcount


def end_listed(connection: Connection, table: Table, county_code: str, version: int, keys: pd.DataFrame) -> int:
    """End the current rows whose key columns (all of the primary key but county and version) are listed."""
    names = [c.name for c in table.primary_key if c.name not in {"county_code", "from_version"}]
    listed = Table("listed", MetaData(), *(Column(n, table.c[n].type) for n in names), prefixes=["TEMPORARY"])
    listed.create(connection)
    bulk(connection, listed, keys[names])
    wanted = tuple_(*(table.c[n] for n in names)).in_(select(*(listed.c[n] for n in names)))
    ended = end(connection, table, county_code, version, wanted)
    listed.drop(connection)
    return ended


def revive(connection: Connection, table: Table, county_code: str, ended_at: int, version: int) -> int:
    """Bring back, from `version` on, the rows that ended at `ended_at`; return how many."""
    changed: dict[str, ColumnElement[Any]] = {"from_version": literal(version), "to_version": null()}
    columns = [changed.get(c.name, c) for c in table.columns]
    source = select(*columns).where(table.c.county_code == county_code, table.c.to_version == ended_at)
    statement = insert(table).from_select([c.name for c in table.columns], source)
    # SQLAlchemy forgets how many rows an insert made, unless asked.
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount


def difference(old: pd.DataFrame, new: pd.DataFrame, key: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of `new` that are not in `old`, and those of `old` that `new` lacks or changes.

    Both have the same columns; rows are told apart by `key`, and compared by all other columns.
    """
    if old.empty or new.empty:
        return new, old
    rest = [name for name in new.columns if name not in key]
    both = new.assign(at=range(len(new))).merge(old.assign(at=range(len(old))), on=key, suffixes=("", "_old"))
    equal = np.ones(len(both), dtype=bool)
    for name in rest:
        one, other = both[name], both[f"{name}_old"]
        if one.dtype.kind == "f":
            equal &= np.isclose(one, other, rtol=_RELATIVE, atol=0, equal_nan=True)
        else:
            equal &= ((one == other) | (one.isna() & other.isna())).to_numpy()
    kept_new, kept_old = np.zeros(len(new), dtype=bool), np.zeros(len(old), dtype=bool)
    kept_new[both["at"][equal]] = kept_old[both["at_old"][equal]] = True
    return new[~kept_new], old[~kept_old]
