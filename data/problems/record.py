"""Recording what is done with a problem: checked as an upload of the same row is, and committed as an edit."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pandas as pd

from data import derive, upload
from data.intake import Checked
from data.intake.values import is_blank
from data.language import N_
from data.problems import course, moves
from data.problems.ledger import same
from data.problems.moves import HandOver, Row
from data.problems.verify import reporter
from data.registry import County
from data.same_words import seen as shown
from data.store import Batch, MovedError, Store
from data.tables import tables
from data.upload import Actor
from data.upload_words import UploadError

_TRIES = 3


class EntryError(Exception):
    """What was typed does not pass the checks of an upload; `checked` says why."""

    def __init__(self, checked: Checked) -> None:
        self.checked = checked
        super().__init__("; ".join(self.reasons("en")))

    def reasons(self, lang: str) -> list[str]:
        """Return what is wrong, in sentences."""
        if self.checked.refusal:
            return [self.checked.refusal.text(lang)]
        severe = (self.checked.problems["severity"] == "error").tolist()
        return [text for text, wrong in zip(self.checked.messages(lang), severe, strict=True) if wrong]


def as_rows(frame: pd.DataFrame) -> list[Row]:
    """Return rows of a table as plain values: blanks are None, dates `datetime.date`."""

    def plain(value: Any) -> Any:
        if isinstance(value, pd.Timestamp):
            return value.date()
        return None if value is None or value is pd.NaT or value != value else value  # noqa: PLR0124 - NaN

    return [{str(k): plain(v) for k, v in row.items()} for row in frame.to_dict("records")]


def find(store: Store, county: County, issue_id: str) -> Row:
    """Return the row of a problem; UploadError if there is none."""
    frame = store.rows(county.code, "issues")
    found = as_rows(frame.loc[frame["issue_id"] == issue_id])
    if not found:
        raise UploadError(N_("There is no problem {id} any more; look again."), id=issue_id)
    return found[0]


def hand_over(store: Store, county: County, wanted: HandOver, actor: Actor, tell: derive.Tell = derive.silent) -> Batch:
    """Hand a problem over: one that is closed and has come back is reopened, any other is new.

    Raises
    ------
    UploadError
        Something is missing, or the same problem is open.
    EntryError, StoreError
    """

    def row() -> Row:
        issues = store.rows(county.code, "issues")
        known = same(issues, wanted.indicator, wanted.place, wanted.domain)
        if known is None:
            # A number that was undone stays that problem's: notes, lists and print-outs may name it.
            return moves.hand_over(wanted, numbers(store, county))
        return moves.hand_over_again(find(store, county, str(known["issue_id"])), wanted)

    return _save(store, county, "issues", row, actor, tell)


def numbers(store: Store, county: County) -> set[str]:
    """Return the numbers of all problems there are or ever were, those that only a record of work names among them."""
    return store.ever(county.code, "issues", "issue_id") | store.ever(county.code, "actions", "issue_id")


def change(
    store: Store,
    county: County,
    seen: Row,
    move: Callable[[Row], Row],
    actor: Actor,
    tell: derive.Tell = derive.silent,
    why: str = "",
) -> Batch:
    """Make a move with a problem.

    Parameters
    ----------
    seen : the row as whoever decided saw it; refused if it is another by now.
    move : one of `data.problems.moves`.
    why : what is said of it, such as the reason; kept with the batch.

    Raises
    ------
    UploadError, EntryError, StoreError
    """

    def row() -> Row:
        return move(_unchanged(store, county, seen))

    return _save(store, county, "issues", row, actor, tell, _as_noted(county, seen, why))


def _as_noted(county: County, row: Row, text: str) -> str:
    """Return a text as a progress note of it is stored: what could tell who somebody is covered."""
    if is_blank(shown(text)):
        return ""
    checked = as_upload(county, "actions", [moves.note(row, row["found_on"] or dt.date.min, text, ())])
    return str(checked.frame["evidence"].iloc[0] or "")


def _unchanged(store: Store, county: County, seen: Row) -> Row:
    now = find(store, county, seen["issue_id"])
    if now != seen:
        said = N_("Problem {id} was changed by somebody else meanwhile; look again.")
        raise UploadError(said, id=seen["issue_id"])
    return now


def send_back(
    store: Store,
    county: County,
    seen: Row,
    day: dt.date,
    actor: Actor,
    tell: derive.Tell = derive.silent,
    why: str = "",
) -> Batch:
    """Send a problem back that did not pass; see `change`. The day is kept with the reason: no column has it."""

    def row() -> Row:
        return moves.send_back(_unchanged(store, county, seen), day)

    return _save(store, county, "issues", row, actor, tell, course.dated(day, _as_noted(county, seen, why)))


def close(
    store: Store,
    county: County,
    seen: Row,
    day: dt.date,
    actor: Actor,
    tell: derive.Tell = derive.silent,
    why: str = "",
) -> Batch:
    """Close a problem that somebody else reported rectified; see `change`."""

    def move(row: Row) -> Row:
        return moves.close(row, day, actor.name, reporter(store, county, row["issue_id"]))

    return change(store, county, seen, move, actor, tell, why)


def note(
    store: Store, county: County, seen: Row, day: dt.date, text: str, actor: Actor, tell: derive.Tell = derive.silent
) -> Batch:
    """Add a progress note to a problem: a record of work that names it; refused as `change` is."""

    def row() -> Row:
        known = store.ever(county.code, "actions", "action_id")
        return moves.note(_unchanged(store, county, seen), day, text, known)

    return _save(store, county, "actions", row, actor, tell)


def _save(
    store: Store,
    county: County,
    table: str,
    make: Callable[[], Row],
    actor: Actor,
    tell: derive.Tell,
    why: str = "",
) -> Batch:
    """Commit one row; where another change came in between it is made anew, so that no two get one number."""
    for left in reversed(range(_TRIES)):
        version = store.version(county.code, table)
        checked = as_upload(county, table, [make()])
        try:
            return upload.edit(store, county, table, checked.frame, actor, note=why, seen_at=version, tell=tell)
        except MovedError:
            if not left:
                raise
    raise AssertionError("unreachable")


def as_upload(county: County, table: str, rows: list[Row]) -> Checked:
    """Return rows as an uploaded file of them is understood: identity numbers masked, places and dates checked.

    Raises
    ------
    EntryError
    """
    checked = upload.check(county, as_csv(table, rows), f"{table}.csv", table)
    if not checked.ok:
        raise EntryError(checked)
    return checked


def as_csv(table: str, rows: list[Row]) -> bytes:
    """Return rows as a file to upload."""
    names = tables()[table].names
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else " ".join(str(value).split())
