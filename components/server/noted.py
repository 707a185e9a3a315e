"""What happens at the gate, in the audit log."""

import datetime as dt
import logging
from contextlib import suppress
from threading import Lock

from data import loaders
from data.access import Access, DeniedError, User, access, as_server, using
from data.events import Seldom
from data.past import ZONE
from data.store import StoreError, Wanted

_LOG = logging.getLogger(__name__)
# Who came in through the gateway on the day noted last; the log itself is asked once for what a restart forgot.
_arrived: set[tuple[dt.date, str, str]] = set()
_lock = Lock()
_FAILURES, _UPLOADS = Seldom(60), Seldom(60)


def note(user: User, county_code: str, event: str, subject: str = "") -> None:
    """Write what a user did at the gate into the audit log."""
    with using(access(user, county_code, ())):
        try:
            loaders.store().record(county_code, event, subject)
        except StoreError as error:
            # Nothing of the county can be read either; who signed in is not sent away for it.
            _LOG.error("%s in %s could not be written into the audit log: %s", event, county_code, error)


def note_failure(user: User, county_code: str) -> None:
    """Write a sign-in that failed into the audit log, once a minute of an address: nobody fills it from outside."""
    if _FAILURES.due((user.address, county_code)):
        note(user, county_code, "sign_in_failed")


def note_refusal(found: Access, action: str) -> None:
    """Write what was refused at the gate into the audit log, as what is refused inside."""
    with using(found), suppress(DeniedError):
        loaders.store().need(found.county_code, action)


def note_refused_upload(found: Access) -> None:
    """Write into the audit log that a file was sent by somebody who may not, or for another's session.

    Once a minute of each: nobody fills the log from outside.
    """
    user, code = found.user, found.county_code
    if _UPLOADS.due((user.id, user.address, code)):
        note(user, code, "refused", "upload")


def note_arrival(user: User, county_code: str) -> None:
    """Write into the audit log that a gateway vouched for somebody, once a day in a county: no sign-in is ours.

    Parameters
    ----------
    county_code
        `000000` for the page that compares counties.
    """
    now = dt.datetime.now(ZONE)
    key = (now.date(), county_code, user.id)
    if user.source != "proxy" or not user.signed_in or key in _arrived:
        return
    with _lock:
        if key in _arrived:
            return
        if not _logged(user, county_code, now.replace(hour=0, minute=0, second=0, microsecond=0)):
            note(user, county_code, "arrived")
        _arrived.difference_update([old for old in _arrived if old[0] != now.date()])
        _arrived.add(key)


def _logged(user: User, county_code: str, since: dt.datetime) -> bool:
    with as_server(county_code):
        try:
            found = loaders.store().audit(county_code, Wanted(since=since, event="arrived", who=user.id))
        except StoreError as error:
            _LOG.error("whether somebody came in today cannot be looked up: %s", error)
            return False
    return any(entry.user_id == user.id for entry in found)
