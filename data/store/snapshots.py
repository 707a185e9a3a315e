"""Snapshots of meetings: a name for a date as it was known at a version. Never changed and never deleted: removed."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, insert, select, update

from data.same_words import seen
from data.store.checks import county
from data.store.model import StoreError, zoned
from data.store.schema import snapshot

LONGEST_NAME = 40


class SnapshotRefusedError(StoreError):
    """A snapshot cannot be kept or removed; `why` says which: no_name, taken, no_version, unknown, removed."""

    def __init__(self, why: str, message: str) -> None:
        self.why = why
        super().__init__(message)


@dataclass(frozen=True)
class Snapshot:
    """What a meeting looked at, to be compared with later.

    Attributes
    ----------
    number
        Counts the county's snapshots: 1, 2, 3 …; one that was removed keeps its own.
    name
        Of the meeting: 8月调度会. No two that count have the same name and date.
    as_of, version
        The date the meeting looked at, and the version of the county's data it was shown from.
    actor, verified, note, at
        Who kept it, whether that was vouched for, why, and when.
    removed_by, removed_verified, removed_note, removed_at
        Who took it off the list, likewise; None while it counts.
    """

    county_code: str
    number: int
    name: str
    as_of: dt.date
    version: int
    actor: str
    verified: bool
    note: str
    at: dt.datetime
    removed_by: str | None = None
    removed_verified: bool | None = None
    removed_note: str | None = None
    removed_at: dt.datetime | None = None

    @property
    def active(self) -> bool:
        """Whether it is offered."""
        return self.removed_at is None

    @property
    def label(self) -> str:
        """Name and date, as lists offer it."""
        return f"{self.name} · {self.as_of}"


def find(connection: Connection, county_code: str) -> list[Snapshot]:
    """Return the county's snapshots, removed ones too, newest first."""
    query = select(snapshot).where(snapshot.c.county_code == county(county_code)).order_by(snapshot.c.number.desc())
    return [_snapshot(row) for row in connection.execute(query).mappings()]


def keep(connection: Connection, new: Snapshot, newest_version: int) -> Snapshot:
    """Write a snapshot; refused without a name, with one that counts already, or of a version that is yet to come."""
    if not seen(new.name) or len(new.name) > LONGEST_NAME:
        raise SnapshotRefusedError("no_name", f"a snapshot needs a name of at most {LONGEST_NAME} characters")
    if not 0 < new.version <= newest_version:
        raise SnapshotRefusedError("no_version", f"there is no version {new.version} of the data")
    if any(s.active and seen(s.label) == seen(new.label) for s in find(connection, new.county_code)):
        raise SnapshotRefusedError("taken", f"there is a snapshot '{new.label}' already")
    connection.execute(insert(snapshot), dict(vars(new)))
    return new


def remove(connection: Connection, county_code: str, number: int, actor: str, note: str, *, verified: bool) -> Snapshot:
    """Take a snapshot off the list; its row stays, with who did it."""
    found = next((s for s in find(connection, county_code) if s.number == number), None)
    if found is None:
        raise SnapshotRefusedError("unknown", f"county {county_code} has no snapshot {number}")
    if not found.active:
        raise SnapshotRefusedError("removed", f"snapshot {number} was removed already")
    gone = {"removed_by": actor, "removed_verified": verified, "removed_note": note}
    mine = (snapshot.c.county_code == county_code, snapshot.c.number == number)
    connection.execute(update(snapshot).where(*mine).values(**gone, removed_at=dt.datetime.now(dt.UTC)))
    return next(s for s in find(connection, county_code) if s.number == number)


def _snapshot(row: RowMapping) -> Snapshot:
    gone = row["removed_at"]
    return Snapshot(**{**row, "at": zoned(row["at"]), "removed_at": None if gone is None else zoned(gone)})
