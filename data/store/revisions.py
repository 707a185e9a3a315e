"""Targets and status bands revised while a plan runs, as the store keeps them beside the files of plans and counties.

Each is a batch, so that it is numbered, known as of its version and undone like any other. Those of one indicator rest
on each other, and so do those of the bands: they are taken back the newest first.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, select

from data.plan_model import Milestone, Revision
from data.registry import Bands
from data.store import batches
from data.store.checks import county
from data.store.model import Batch, Scope
from data.store.rows import known
from data.store.schema import REVISIONS, batch

TARGETS = "targets"
BANDS = "bands"
_TARGETS, _BANDS = REVISIONS[TARGETS], REVISIONS[BANDS]
_TOLD = {
    TARGETS: ("indicator", "holds_from", "value", "rollup_value", "due", "milestones", "document"),
    BANDS: ("slightly_behind", "behind", "document"),
}


@dataclass(frozen=True)
class TargetRevision:
    """A target of a plan revised on a page or by command.

    Attributes
    ----------
    revision : what holds from when, as a plan file has it; `clause` is the document, `note` the reason.
    batch : who stored it and when.
    counts : whether it holds: not undone, nor replaced by another of the same day.
    """

    plan_id: str
    indicator: str
    revision: Revision
    batch: Batch
    counts: bool


@dataclass(frozen=True)
class BandRevision:
    """The edges of the status bands revised; `document` decided it, the note of `batch` says why."""

    bands: Bands
    document: str
    batch: Batch
    counts: bool


def scope_of(plan_id: str, indicator: str) -> Scope:
    """Return what a revision of a target speaks for: two of the same indicator stand in each other's way."""
    return Scope(TARGETS, items=(f"{plan_id}/{indicator}",))


def target_row(plan_id: str, indicator: str, revision: Revision) -> dict[str, Any]:
    """Return a revision of a target as a row."""
    steps = revision.milestones
    written = None if steps is None else json.dumps([(m.date.isoformat(), m.value) for m in steps])
    return {
        "plan_id": plan_id,
        "indicator": indicator,
        "holds_from": revision.from_date,
        "value": revision.value,
        "rollup_value": revision.rollup_value,
        "due": revision.due,
        "milestones": written,
        "document": revision.clause,
    }


def same_day(plan_id: str, indicator: str, revision: Revision) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the rows that a revision replaces."""
    table = _TARGETS.c
    return table.plan_id == plan_id, table.indicator == indicator, table.holds_from == revision.from_date


def targets(
    connection: Connection, county_code: str, version: int | None = None, *, ever: bool = False
) -> list[TargetRevision]:
    """Return the revisions that hold (at a version), or with `ever` all there were, newest first."""
    return [
        TargetRevision(row["plan_id"], row["indicator"], _revision(row, made), made, counts)
        for row, made, counts in _found(connection, county_code, TARGETS, version, ever=ever)
    ]


def bands(
    connection: Connection, county_code: str, version: int | None = None, *, ever: bool = False
) -> list[BandRevision]:
    """Return the revision of the bands that holds (at a version), or with `ever` all there were, newest first."""
    return [
        BandRevision(Bands(slightly_behind=row["slightly_behind"], behind=row["behind"]), row["document"], made, counts)
        for row, made, counts in _found(connection, county_code, BANDS, version, ever=ever)
    ]


def told(connection: Connection, table_id: str, *where: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Return rows as the log keeps them, without what is blank."""
    columns = [REVISIONS[table_id].c[name] for name in _TOLD[table_id]]
    rows = connection.execute(select(*columns).where(*where)).mappings()
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def _revision(row: RowMapping, made: Batch) -> Revision:
    steps = row["milestones"]
    return Revision.model_validate(
        {
            "from": row["holds_from"],
            "value": row["value"],
            "rollup_value": row["rollup_value"],
            "due": row["due"],
            "milestones": steps and tuple(Milestone(date=day, value=value) for day, value in json.loads(steps)),
            "clause": row["document"],
            "note": made.note,
        }
    )


def _found(
    connection: Connection, county_code: str, table_id: str, version: int | None, *, ever: bool
) -> Collection[tuple[RowMapping, Batch, bool]]:
    table = REVISIONS[table_id]
    holding = table.c.county_code == county(county_code) if ever else known(table, county_code, version)
    rows = connection.execute(select(table).where(holding).order_by(table.c.from_version)).mappings().all()
    if not rows:
        return []
    made = {b.batch_id: b for b in batches.find(connection, county_code, batch.c.table_name == table_id)}
    # What an undo brought back is there again, as of the undo: of a batch the last row says how it stands.
    last = {row["batch_id"]: row for row in rows}
    return [(last[n], made[n], not ever or last[n]["to_version"] is None) for n in sorted(last, reverse=True)]
