"""Sign-ins that were ended before their time, for all processes on a store: digests, each until it would have expired.

They belong to no county, as what the log keeps under `NOWHERE`.
"""

import datetime as dt

from sqlalchemy import Connection, delete, insert, select

from data.store.audit import NOWHERE
from data.store.model import zoned
from data.store.schema import ended_sign_in

_OURS = ended_sign_in.c.county_code == NOWHERE


def write(connection: Connection, digest: str, until: dt.datetime, now: dt.datetime) -> None:
    """Keep a sign-in as ended, and forget those that have expired by now."""
    same = ended_sign_in.c.digest == digest
    connection.execute(delete(ended_sign_in).where(_OURS, same | (ended_sign_in.c.until <= now)))
    connection.execute(insert(ended_sign_in), {"county_code": NOWHERE, "digest": digest, "until": until})


def find(connection: Connection, now: dt.datetime) -> dict[str, dt.datetime]:
    """Return what was ended and has not expired by now: until when, by digest."""
    query = select(ended_sign_in.c.digest, ended_sign_in.c.until).where(_OURS, ended_sign_in.c.until > now)
    return {digest: zoned(until) for digest, until in connection.execute(query)}
