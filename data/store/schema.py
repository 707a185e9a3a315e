"""The SQL tables. Every primary key begins with `county_code`, so that the database can be spread over machines.

One SQL table per upload table, generated from `data.tables`, system-versioned: a row counts for every version v with
`from_version <= v < to_version`; `to_version` null means still current.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

from data.tables import tables

# The newest migration; opening a store compares this with the database and only then loads Alembic.
REVISION = "0011"

metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"})

_TYPES: dict[str, type[TypeEngine[Any]]] = {
    "str": Text,
    "enum": Text,
    "bool": Boolean,
    "int": BigInteger,
    "float": Double,
    "date": Date,
}
_SYSTEM = frozenset({"county_code", "batch_id", "row_no", "from_version", "to_version", "in_period", "in_township"})
_RESERVED = frozenset({"of"})


def sql_name(column: str) -> str:
    """Return the SQL name of a declared column: a name of the store's own or of SQL gets an underscore."""
    return f"{column}_" if column in _SYSTEM | _RESERVED else column


def _county() -> Column[str]:
    return Column("county_code", String(6), primary_key=True)


def _key(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]]) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _need(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]]) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _table(name: str, *columns: Column[Any]) -> Table:
    # Rows lie in the order of their key on SQLite too: a batch, or the measures of an indicator, are neighbours.
    return Table(name, metadata, _county(), *columns, sqlite_with_rowid=False)


def _rows(name: str, *columns: Column[Any]) -> Table:
    table = _table(
        name,
        _key("batch_id", BigInteger),
        _key("row_no", Integer),
        _key("from_version", BigInteger),
        Column("to_version", BigInteger),
        _need("in_period", String(7)),
        _need("in_township", String(9)),
        *columns,
    )
    Index(None, table.c.county_code, table.c.to_version, table.c.in_period)
    return table


county_version = _table("county_version", _key("dataset", String(120)), _need("version", BigInteger))

raw_file = Table("raw_file", metadata, _county(), _key("sha256", String(64)), _need("body", LargeBinary))

batch = _table(
    "batch",
    _key("batch_id", BigInteger),
    _need("table_name", String(40)),
    _need("action", String(10)),
    _need("mode", String(10)),
    _need("file_name", Text),
    Column("sha256", String(64)),
    _need("actor", Text),
    _need("verified", Boolean),
    _need("sample", Boolean),
    _need("note", Text),
    Column("corrections", Text, nullable=False, server_default=""),
    Column("kept_sha256", String(64)),
    # Of the long table: the items the batch speaks for, a line for each; empty: all.
    Column("only_items", Text, nullable=False, server_default=""),
    _need("at", DateTime(timezone=True)),
    _need("rows_n", Integer),
    _need("added_n", Integer),
    _need("changed_n", Integer),
    _need("unchanged_n", Integer),
    _need("removed_n", Integer),
    Column("undoes", BigInteger),
)

batch_scope = _table(
    "batch_scope", _key("batch_id", BigInteger), _key("period", String(7)), _key("township", String(9))
)

nil_return = _table(
    "nil_return",
    _key("batch_id", BigInteger),
    _key("table_name", String(40)),
    _key("in_period", String(7)),
    _key("in_township", String(9)),
    _key("from_version", BigInteger),
    Column("to_version", BigInteger),
)

measure = _table(
    "measure",
    _key("plan_id", String(80)),
    _key("indicator", String(120)),
    _key("as_of", Date),
    _key("region", String(12)),
    _key("from_version", BigInteger),
    Column("to_version", BigInteger),
    _need("level", String(10)),
    Column("value", Double),
    Column("numerator", Double),
    Column("denominator", Double),
    Column("alternative", Double),
    Column("reported", Double),
    Column(sql_name("of"), Double),
    Column("newest", Date),
    _need("direct", Boolean),
)

# Which places have not reported, of an indicator at a date; `measure` has no rows of them (`data.store.unreported`).
unreported = _table(
    "unreported",
    _key("plan_id", String(80)),
    _key("indicator", String(120)),
    _key("as_of", Date),
    _key("from_version", BigInteger),
    Column("to_version", BigInteger),
    _need("places", String(32)),
)

# Lists of places by their digest, never changed.
places = _table("places", _key("digest", String(32)), _need("body", Text))

profile = _table(
    "profile",
    _key("profile", String(120)),
    _key("as_of", Date),
    _key("region", String(12)),
    _key("category", String(120)),
    _key("from_version", BigInteger),
    Column("to_version", BigInteger),
    Column("n", Double),
)

# Of the top region of each plan, at few dates: what counties are compared by. Made anew after measures.
progress_summary = _table(
    "progress_summary",
    _key("plan_id", String(80)),
    _key("indicator", String(120)),
    _key("as_of", Date),
    _need("concept", String(120)),
    Column("value", Double),
    Column("numerator", Double),
    Column("denominator", Double),
    Column("target", Double),
    Column("start_value", Double),
    _need("unit", Text),
    _need("comparator", String(2)),
    Column("gap", Double),
    Column("completion", Double),
    _need("status", String(20)),
    _need("reported", Double),
    _need(sql_name("of"), Double),
    _need("written_at_version", BigInteger),
)

snapshot = _table(
    "snapshot",
    _key("number", Integer),
    _need("name", Text),
    _need("as_of", Date),
    _need("version", BigInteger),
    _need("actor", Text),
    _need("verified", Boolean),
    _need("note", Text),
    _need("at", DateTime(timezone=True)),
    Column("removed_by", Text),
    Column("removed_verified", Boolean),
    Column("removed_note", Text),
    Column("removed_at", DateTime(timezone=True)),
)

# Roles as they are now; `township` is `-` where a role is given for the whole county.
member = _table(
    "member",
    _key("user_id", String(200)),
    _key("role", String(40)),
    _key("township", String(12)),
    _need("name", Text),
    _need("added_by", Text),
    _need("at", DateTime(timezone=True)),
)

# Sign-ins that nobody may go on with; of no county.
ended_sign_in = _table("ended_sign_in", _key("digest", String(64)), _need("until", DateTime(timezone=True)))

# Only ever added to: triggers refuse anything else (migration 0007).
audit = _table(
    "audit",
    _key("number", BigInteger),
    _need("at", DateTime(timezone=True)),
    _need("user_id", Text),
    _need("name", Text),
    _need("verified", Boolean),
    _need("address", Text),
    _need("event", String(40)),
    _need("subject", Text),
    _need("detail", Text),
)

ROWS: dict[str, Table] = {
    spec.id: _rows(
        spec.id,
        *(Column(sql_name(c.name), _TYPES[c.type](), nullable=c.type != "bool") for c in spec.columns),
    )
    for spec in tables().values()
}

DOCUMENTS: dict[str, Table] = {"boundaries": _rows("boundaries", _need("body", LargeBinary), _need("report", Text))}

# Targets and bands that hold beside those of the files (`data.in_force`); who, when and why stand in the batch.
REVISIONS: dict[str, Table] = {
    "targets": _rows(
        "targets",
        _need("plan_id", String(80)),
        _need("indicator", String(120)),
        _need("holds_from", Date),
        Column("value", Double),
        Column("rollup_value", Double),
        Column("due", Date),
        Column("milestones", Text),  # JSON; null: as before
        _need("document", Text),
    ),
    "bands": _rows("bands", _need("slightly_behind", Double), _need("behind", Double), _need("document", Text)),
}

# What a batch can be about, all undone in the same way.
BATCHED: dict[str, Table] = {**ROWS, **DOCUMENTS, **REVISIONS}
