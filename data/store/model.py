"""What goes into the store and comes out of it besides rows: submissions, batches, scopes, documents and errors."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import pandas as pd

from data.tables import NONE, tables

Mode = Literal["replace", "merge"]
Action = Literal["import", "edit", "nil", "undo"]

# A month and a township.
Pair = tuple[str, str]


class StoreError(Exception):
    """The store refused or could not do something; the message is meant for the person at the screen."""


class InvalidSubmissionError(StoreError):
    """The submission itself is wrong (blank or double keys, rows outside its scope, unknown table ...)."""


class ReadOnlyError(StoreError):
    """The deployment is read-only (`XIANJIE_READONLY=1`)."""

    def __init__(self) -> None:
        super().__init__("this deployment is read-only; nothing was changed")


class UnavailableError(StoreError):
    """The database cannot be reached, is busy for too long, or refused the data."""


class DiskFullError(UnavailableError):
    """There is no room for what was to be stored."""

    def __init__(self) -> None:
        super().__init__("the disk of the database is full; nothing was changed")


class NewerDataError(StoreError):
    """The database was written by a newer release than this one.

    Attributes
    ----------
    found, known
        The revision of its schema, and the newest that this release knows.
    """

    def __init__(self, found: str, known: str) -> None:
        self.found, self.known = found, known
        super().__init__(
            f"the data were written by a newer release (schema {found}; this one knows {known}): install that release "
            "again, or restore a backup of before the upgrade into an empty place"
        )


class StaleError(StoreError):
    """What was computed is out of date: data changed in the meantime. Compute again."""

    def __init__(self, computed_from: int, now: int) -> None:
        super().__init__(f"computed from version {computed_from} of the data, which is now at {now}")


class NoSuchBatchError(StoreError):
    """The county has no batch of this number."""

    def __init__(self, county_code: str, batch_id: int) -> None:
        super().__init__(f"county {county_code} has no batch {batch_id}")


@dataclass(frozen=True)
class Scope:
    """The part of a table a batch speaks for: every row of these months in these townships, or of some items only.

    Attributes
    ----------
    table
        Upload table id.
    periods
        Months `YYYY-MM`, or `("-",)` for a running list.
    townships
        First nine digits of township codes, `<county code>000` for the county itself, or `("-",)` without places.
    items
        Of the long table: only rows of these items. Empty: of any.
    """

    table: str
    periods: tuple[str, ...] = (NONE,)
    townships: tuple[str, ...] = (NONE,)
    items: tuple[str, ...] = ()

    def meets(self, other: "Scope") -> bool:
        """Whether rows of both can replace each other: they share a month of a township, or keys name no place."""
        if self.table != other.table or not self.shares_items(other):
            return False
        spec = tables().get(self.table)
        placed = spec is not None and any(name in spec.key for name in spec.place_columns)
        return not placed or bool(self.pairs() & other.pairs())

    def shares_items(self, other: "Scope") -> bool:
        """Whether both speak for rows of some item."""
        return not (self.items and other.items) or not set(self.items).isdisjoint(other.items)

    def pairs(self) -> set[Pair]:
        """Return every month of every township."""
        return set(product(self.periods, self.townships))


@dataclass(frozen=True)
class Submission:
    """One upload to commit.

    Attributes
    ----------
    county_code
        Six digits.
    table
        Upload table id.
    frame
        Rows as `data.tables.typed` returns them; without rows for a nil return.
    raw
        The file as it came; empty if there was none (an edit on a page). Its digest is stored: it is known again by it.
    kept
        What is kept in its stead, where the file says who somebody is; None = the file itself.
    file_name, actor, note
        Who sent what and why.
    mode
        `replace` ends the current rows of the scope, `merge` those with the same key; None = the table's own mode.
    scope
        None = the months and townships present in `frame`. A nil return must say it.
    sample
        Whether the rows are sample data.
    action
        `import`, `edit` (a change on a page) or `nil` (nothing to report).
    verified
        Whether the actor's identity was checked.
    seen_at
        The version of the table that the sender compared the rows with; the commit is refused if a batch since then
        meets its scope. None = whatever is stored.
    corrections
        What the sender said in place of what was understood, as `Corrections.to_json` gives it.
    """

    county_code: str
    table: str
    frame: pd.DataFrame
    raw: bytes
    file_name: str
    actor: str
    note: str = ""
    mode: Mode | None = None
    scope: Scope | None = None
    sample: bool = False
    action: Literal["import", "edit", "nil"] = "import"
    verified: bool = False
    seen_at: int | None = None
    corrections: str = ""
    kept: bytes | None = None


@dataclass(frozen=True)
class Batch:
    """One committed change, as the audit list keeps it.

    `added + changed + unchanged == rows`; `removed` rows were current before and are not any more. For an undo,
    `added` rows came back and `removed` were taken away, and `undoes` names the batch. `undone_by` is the undo, if any.

    `batch_id` is the version of the county that the batch made; what is computed takes versions too. People count
    batches: `number` runs 1, 2, 3 …, `undoes_number` and `undone_by_number` likewise.
    """

    county_code: str
    batch_id: int
    number: int
    table: str
    action: Action
    mode: Mode
    file_name: str
    sha256: str | None
    actor: str
    verified: bool
    sample: bool
    note: str
    corrections: str
    at: dt.datetime
    rows: int
    added: int
    changed: int
    unchanged: int
    removed: int
    undoes: int | None
    undone_by: int | None
    undoes_number: int | None
    undone_by_number: int | None
    scope: Scope

    @property
    def active(self) -> bool:
        """Whether the batch still counts: neither undone nor an undo."""
        return self.undone_by is None and self.action != "undo"

    @property
    def reports(self) -> bool:
        """Whether somebody sent a table or a nil return; a row entered on a page is nobody's report."""
        return self.action in {"import", "nil"}

    def describe(self) -> str:
        """Return one line naming the batch: number, file, who, when."""
        name = self.file_name or self.action
        return f"batch {self.number} ({self.table}, {name}, {self.actor}, {self.at:%Y-%m-%d %H:%M} UTC)"


@dataclass(frozen=True)
class Document:
    """A versioned file that is no table (boundaries), with the report made when it was checked."""

    body: bytes
    report: dict[str, Any]
    batch_id: int


class BatchesInTheWayError(StoreError):
    """Other batches hold what this change would touch; `batches` are those."""

    reason = "Other batches are in the way"

    def __init__(self, batches: Sequence[Batch]) -> None:
        self.batches = tuple(batches)
        super().__init__(f"{self.reason}: {'; '.join(b.describe() for b in batches)}")


class UndoRefusedError(BatchesInTheWayError):
    """Later batches touched the same rows or the same months and townships."""

    reason = "Cannot undo, later batches touched the same rows; undo these first"


class MovedError(BatchesInTheWayError):
    """The table is not what the sender compared the rows with; `batches` came in between."""

    reason = "The table has changed since it was looked at; look again"


class KeyTakenError(BatchesInTheWayError):
    """Rows with the same key are current outside the scope of this submission (two townships used one number)."""

    reason = "Rows with the same key were already reported for another place; correct the numbers or that batch"


def zoned(at: dt.datetime) -> dt.datetime:
    """Return a moment with its time zone: SQLite keeps none."""
    return at.astimezone(dt.UTC) if at.tzinfo else at.replace(tzinfo=dt.UTC)
