"""What may be done with a problem, as rows: handed over, rectified, closed, reopened, noted. Pure; nothing is stored.

A row is what the table `issues` or `actions` holds of one thing, dates as `datetime.date`. Each move returns the whole
new row, which is what an upload of it would hold.
"""

import datetime as dt
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from data.intake.identity import COVERED
from data.intake.people import without_names
from data.intake.values import is_blank
from data.language import N_
from data.same_words import person, seen
from data.upload_words import UploadError

Row = dict[str, Any]
_DIGITS = 3


@dataclass(frozen=True)
class HandOver:
    """What is handed over to whom: a post of an office, never a person.

    Attributes
    ----------
    place : 12-digit code of the village, township or county it is about.
    day : the day it is handed over.
    """

    indicator: str
    place: str
    domain: str
    severity: str
    problem: str
    office: str
    post: str
    day: dt.date
    due: dt.date
    measure: str = ""

    @property
    def places(self) -> Row:
        """The columns that say where it is."""
        town = self.place[:9] + "000"
        village = self.place if not self.place.endswith("000") else None
        return {"village_code": village, "geo_code": town}


def hand_over(wanted: HandOver, known: Collection[str]) -> Row:
    """Return the row of a new problem, with a number that no other has.

    Parameters
    ----------
    known : numbers of all problems there are or ever were.
    """
    _complete(wanted)
    head = f"J{wanted.place[:6]}{wanted.day:%Y%m%d}"
    n = 1
    while (number := f"{head}{n:0{_DIGITS}d}") in known:
        n += 1
    return {"issue_id": number, "found_on": wanted.day, "missed_assessment": False} | _handed(wanted)


def hand_over_again(row: Row, wanted: HandOver) -> Row:
    """Return the row of a closed problem that has come back: the same problem, counted once more.

    Raises
    ------
    UploadError
        It is still open, or the day lies before it was closed.
    """
    _complete(wanted)
    return reopen(row, wanted.day, wanted.due) | _handed(wanted)


def reopen(row: Row, day: dt.date, due: dt.date) -> Row:
    """Return the row of a closed problem that has come back, with whoever had it and a deadline of its own.

    See `hand_over_again`.
    """
    if row["closed_on"] is None:
        raise UploadError(N_("Problem {id} is still open; add a progress note to it."), id=row["issue_id"])
    _not_before(day, row["closed_on"], N_("It was closed on {day}; the day must not lie before that."))
    _not_before(due, day, N_("It is reopened on {day}; the deadline must not lie before that."))
    count = int(row["reopened_n"] or 0) + 1
    return row | {"closed_on": None, "rectified_on": None, "reopened_on": day, "reopened_n": count, "due_on": due}


def _handed(wanted: HandOver) -> Row:
    return {
        **wanted.places,
        "domain": wanted.domain,
        "severity": wanted.severity,
        "due_on": wanted.due,
        "owner": wanted.post,
        "problem": wanted.problem,
        "measure": wanted.measure or None,
        "indicator": wanted.indicator,
        "office": wanted.office,
        "handed_on": wanted.day,
    }


def _complete(wanted: HandOver) -> None:
    for text, asked in (
        (wanted.problem, N_("Say what the problem is.")),
        (wanted.office, N_("Choose or type the office in charge.")),
        (wanted.post, N_("Give the post in charge, for example “head of the funds section”; no person's name.")),
    ):
        if is_blank(seen(text)):  # also a dash, a slash, or nothing that is seen
            raise UploadError(asked)
    if without_names(unicodedata.normalize("NFKC", wanted.post).strip()) == COVERED:
        raise UploadError(N_("Give the post in charge, for example “head of the funds section”; no person's name."))
    _not_before(wanted.due, wanted.day, N_("It is handed over on {day}; the deadline must not lie before that."))


def rectify(row: Row, day: dt.date) -> Row:
    """Return the row of a problem that is reported rectified on a day; it waits to be verified.

    Raises
    ------
    UploadError
        It is closed or reported rectified already, or the day lies before it was found or came back.
    """
    _open(row)
    if row["rectified_on"] is not None:
        raise UploadError(N_("Problem {id} is reported rectified already; somebody else has to verify it."),
                          id=row["issue_id"])  # fmt: skip
    begun = max(d for d in (row["found_on"], row["handed_on"], row["reopened_on"], dt.date.min) if d is not None)
    _not_before(day, begun, N_("It was found or handed over on {day}; the day must not lie before that."))
    return row | {"rectified_on": day}


def close(row: Row, day: dt.date, actor: str, reporter: str | None) -> Row:
    """Return the row of a problem that is verified and closed on a day.

    Parameters
    ----------
    actor, reporter : who closes it, and who reported it rectified: somebody else.

    Raises
    ------
    UploadError
        It is closed already, not reported rectified, the day lies before that, or both are the same.
    """
    _open(row)
    if row["rectified_on"] is None:
        raise UploadError(N_("Problem {id} is not reported rectified yet; only then can it be closed."),
                          id=row["issue_id"])  # fmt: skip
    if reporter is not None and person(actor) == person(reporter):
        raise same_person([row["issue_id"]])
    _not_before(day, row["rectified_on"], N_("It was reported rectified on {day}; the day must not lie before that."))
    return row | {"closed_on": day}


def send_back(row: Row, day: dt.date) -> Row:
    """Return the row of a problem whose rectification did not pass on a day: it is open as before, under its number.

    Raises
    ------
    UploadError
        It is closed, nobody reported it rectified, or the day lies before that.
    """
    _open(row)
    if row["rectified_on"] is None:
        raise UploadError(N_("Problem {id} is not reported rectified yet; only then can it be closed."),
                          id=row["issue_id"])  # fmt: skip
    _not_before(day, row["rectified_on"], N_("It was reported rectified on {day}; the day must not lie before that."))
    return row | {"rectified_on": None}


def note(row: Row, day: dt.date, text: str, known: Collection[str]) -> Row:
    """Return a progress note on a problem, as a record of work that names it.

    Parameters
    ----------
    known : numbers of all records of work there are or ever were.
    """
    if is_blank(seen(text)):
        raise UploadError(N_("Write what was done."))
    head, n = f"{row['issue_id']}-", 1
    while (number := f"{head}{n:02d}") in known:
        n += 1
    level = "village" if row["village_code"] else "county" if row["geo_code"][6:9] == "000" else "township"
    return {
        "action_id": number,
        "issue_id": row["issue_id"],
        "geo_level": level,
        "geo_code": row["village_code"] or row["geo_code"],
        "village_code": row["village_code"],
        "kind": "progress",
        "done_on": day,
        "evidence": text.strip(),
        "status": "done",
    }


def same_person(numbers: Collection[str]) -> UploadError:
    """Return the refusal to close what one has reported rectified oneself."""
    said = N_("Whoever reports a problem rectified cannot close it as well ({ids}): somebody else has to verify it.")
    return UploadError(said, ids="、".join(numbers))


def _open(row: Row) -> None:
    if row["closed_on"] is not None:
        raise UploadError(N_("Problem {id} is closed; if it has come back, reopen it."), id=row["issue_id"])


def _not_before(day: dt.date, first: dt.date, said: str) -> None:
    if day < first:
        raise UploadError(said, day=first)
