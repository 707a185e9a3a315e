"""What was known when: the version of a county's data that stands for a day, a batch or a meeting. Pure.

In an address a moment is `then` (the end of the as-of day), `b12` (after batch 12) or `s3` (at snapshot 3).
"""

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from data.store import Batch, Snapshot

THEN = "then"
ZONE = ZoneInfo("Asia/Shanghai")
_NUMBERED = re.compile(r"([bs])([1-9]\d{0,8})")


@dataclass(frozen=True)
class Moment:
    """A moment the whole application can be shown as known at.

    Attributes
    ----------
    day
        The day in China it was.
    version
        What to read at; None = what is known now, as nothing came after or nothing had come by then.
    last
        The newest batch that counts in it; None if nothing was stored by then.
    snapshot
        The snapshot, where it is one.
    """

    day: dt.date
    version: int | None
    last: Batch | None
    snapshot: Snapshot | None = None


def moment(key: str, day: dt.date | None, batches: Sequence[Batch], snapshots: Sequence[Snapshot]) -> Moment | None:
    """Return the moment an address names, None if it names none that there is.

    Parameters
    ----------
    day : the as-of date, for `then`.
    batches, snapshots : all of the county's as they are now.
    """
    if key == THEN:
        return None if day is None else until(day, batches)
    asked = _NUMBERED.fullmatch(key)
    if asked is None:
        return None
    number = int(asked[2])
    if asked[1] == "b":
        chosen = next((b for b in batches if b.number == number), None)
        return None if chosen is None else Moment(day_of(chosen.at), version_after(chosen, batches), chosen)
    found = next((s for s in snapshots if s.number == number and s.active), None)
    if found is None:
        return None
    return Moment(day_of(found.at), found.version, _newest(b for b in batches if b.batch_id <= found.version), found)


def until(day: dt.date, batches: Sequence[Batch]) -> Moment:
    """Return what was known at the end of a day in China: all batches committed by then, and what they led to."""
    last = _newest(b for b in batches if day_of(b.at) <= day)
    return Moment(day, version_after(last, batches) if last else None, last)


def version_after(batch: Batch, batches: Sequence[Batch]) -> int | None:
    """Return the last version before the batch that followed; None if none did, so that it is as known now.

    What is computed after a batch counts as its doing until the next one comes.
    """
    following = min((b.batch_id for b in batches if b.batch_id > batch.batch_id), default=None)
    return None if following is None else following - 1


def day_shown(day: dt.date, known: Sequence[dt.date]) -> dt.date | None:
    """Return the newest date not after `day` that figures were known for; None if there was none by then."""
    days = sorted(known)
    place = bisect_right(days, day)
    return days[place - 1] if place else None


def day_of(at: dt.datetime) -> dt.date:
    """Return the day in China of a moment: the day something came, whatever the zone of a machine or a viewer."""
    return at.astimezone(ZONE).date()


def stamp(at: dt.datetime) -> str:
    """Return a moment to the minute as everybody reads it, in China's time: 2023-09-26 07:30."""
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"


def _newest(batches: Iterable[Batch]) -> Batch | None:
    return max(batches, key=lambda b: b.batch_id, default=None)
