"""Members: which roles a county gave to whom. Who gave them and what they were before is in the audit log."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, delete, insert, select

from data.access.model import Grant, roles
from data.same_words import seen
from data.store.checks import county
from data.store.model import StoreError, zoned
from data.store.schema import member
from data.tables import NONE

LONGEST_ID, LONGEST_NAME = 200, 60


class MemberRefusedError(StoreError):
    """Roles cannot be given; `why` says which: no_id, no_role, no_township, no_such_township, own, unknown."""

    def __init__(self, why: str, message: str) -> None:
        self.why = why
        super().__init__(message)


@dataclass(frozen=True)
class Member:
    """Somebody with roles in a county.

    Attributes
    ----------
    user_id
        As whoever vouches for them names them (`data.access.User.id`).
    name
        For people to read.
    grants
        Their roles there, with townships (12-digit codes) where the role is given for some.
    added_by, at
        Who gave them as they are now, and when.
    """

    county_code: str
    user_id: str
    name: str
    grants: tuple[Grant, ...]
    added_by: str
    at: dt.datetime


def find(connection: Connection, county_code: str, user_id: str | None = None) -> list[Member]:
    """Return the county's members by id, or the one with an id."""
    wanted = [member.c.county_code == county(county_code)] + ([] if user_id is None else [member.c.user_id == user_id])
    rows = connection.execute(select(member).where(*wanted).order_by(member.c.user_id, member.c.role)).mappings().all()
    found = []
    for one, mine in groupby(rows, key=lambda row: row["user_id"]):
        own = list(mine)
        by_role = [(name, [r["township"] for r in of]) for name, of in groupby(own, key=lambda row: row["role"])]
        grants = tuple(Grant(name, tuple(sorted(t for t in towns if t != NONE))) for name, towns in by_role)
        newest = max(own, key=lambda row: row["at"])
        found.append(Member(county_code, one, newest["name"], grants, newest["added_by"], zoned(newest["at"])))
    return found


def checked(county_code: str, user_id: str, grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """Return grants in the order of their names, once each; refused if a role cannot be given so."""
    if not seen(user_id) or len(user_id) > LONGEST_ID:
        raise MemberRefusedError("no_id", f"a member needs an id of at most {LONGEST_ID} characters")
    by_role: dict[str, set[str]] = {}
    for grant in grants:
        by_role.setdefault(grant.role, set()).update(grant.townships)
    for name, towns in by_role.items():
        role = roles().roles.get(name)
        if role is None or not role.given:
            raise MemberRefusedError("no_role", f"no role '{name}' can be given")
        if role.townships != bool(towns):
            told = "needs at least one township" if role.townships else "is given for the whole county"
            raise MemberRefusedError("no_township", f"the role {name} {told}")
        if wrong := sorted(t for t in towns if not _township_of(county_code, t)):
            raise MemberRefusedError("no_such_township", f"no township of the county: {', '.join(wrong)}")
    return tuple(Grant(name, tuple(sorted(towns))) for name, towns in sorted(by_role.items()))


def _township_of(county_code: str, code: str) -> bool:
    whole = code.isdecimal() and code.isascii() and len(code) == 12 and code.endswith("000")
    return whole and code.startswith(county_code) and not code.endswith("000000")


def write(connection: Connection, new: Member) -> None:
    """Make a member's roles what they are in `new`; without any they are a member no more."""
    mine = (member.c.county_code == new.county_code, member.c.user_id == new.user_id)
    connection.execute(delete(member).where(*mine))
    same = {name: getattr(new, name) for name in ("county_code", "user_id", "name", "added_by", "at")}
    rows = [{**same, "role": g.role, "township": town} for g in new.grants for town in g.townships or (NONE,)]
    if rows:
        connection.execute(insert(member), rows)


def told(grants: Collection[Grant]) -> dict[str, list[str]]:
    """Return roles with their townships as the log keeps them."""
    return {grant.role: list(grant.townships) for grant in grants}
