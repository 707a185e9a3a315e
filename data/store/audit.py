"""The audit log: who did what, when and from where. Entries are written once; the database refuses to change them.

It names files, tables, months, townships, counts and the reasons given, never a value of a cell.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, insert, or_, select

from data.store.checks import county
from data.store.model import zoned
from data.store.schema import audit

NOWHERE = "000000"
"""The county of what belongs to none."""


@dataclass(frozen=True)
class Entry:
    """One thing that happened.

    Attributes
    ----------
    number
        Counts the county's entries: 1, 2, 3 …
    user_id, name, verified
        Who it was, by the id and the name they go by; whether anything vouches for it.
    address
        From where they came; "" for the server's own console.
    event
        What it was, an id of `data.access.events`.
    subject
        What it happened to: a table, a member, a file, an action refused.
    detail
        Counts, and what was before and after.
    """

    county_code: str
    number: int
    at: dt.datetime
    user_id: str
    name: str
    verified: bool
    address: str
    event: str
    subject: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Wanted:
    """Which entries are asked for.

    Attributes
    ----------
    since, until : moments, the first within and the last without.
    event : its id.
    who : a part of the name or of the id.
    text : a part of anything that is written there.
    named : how ids begin of what has the text in its name, for entries hold ids.
    limit : the newest so many.
    """

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    event: str | None = None
    who: str = ""
    text: str = ""
    named: tuple[str, ...] = ()
    limit: int | None = None


EVERY = Wanted()


def write(connection: Connection, new: Entry) -> None:
    """Write an entry."""
    row = dict(vars(new)) | {"detail": json.dumps(new.detail, ensure_ascii=False, default=str, sort_keys=True)}
    connection.execute(insert(audit), row)


def find(connection: Connection, county_code: str, wanted: Wanted = EVERY) -> list[Entry]:
    """Return the county's entries, newest first."""
    query = select(audit).where(audit.c.county_code == county(county_code)).order_by(audit.c.number.desc())
    if wanted.since is not None:
        query = query.where(audit.c.at >= wanted.since.astimezone(dt.UTC))
    if wanted.until is not None:
        query = query.where(audit.c.at < wanted.until.astimezone(dt.UTC))
    if wanted.event is not None:
        query = query.where(audit.c.event == wanted.event)
    who = (audit.c.name, audit.c.user_id)
    if asked := wanted.who.strip():
        query = query.where(_has(asked, *who))
    if asked := wanted.text.strip():
        ids = [_has(f'"{one}', audit.c.detail) for one in wanted.named]
        named = [audit.c.subject.in_(wanted.named), *ids]
        query = query.where(or_(_has(asked, *who, audit.c.address, audit.c.subject, audit.c.detail), *named))
    rows = connection.execute(query.limit(wanted.limit)).mappings()
    return [Entry(**{**row, "at": zoned(row["at"]), "detail": json.loads(row["detail"])}) for row in rows]


def _has(text: str, *columns: Column[str]) -> ColumnElement[bool]:
    return or_(*(column.icontains(text, autoescape=True) for column in columns))
