"""What somebody may do below a county: the one answer for a request at the gate and for each run of a session."""

import logging
from contextlib import suppress

from data import loaders
from data.access import Access, DeniedError, Grant, User, access, as_server, everything, using
from data.access.model import ANONYMOUS
from data.registry import County
from data.store import StoreError

_LOG = logging.getLogger(__name__)


def access_of(user: User, county: County) -> Access:
    """Return what a user may do in a county now: by the roles it gave them, and those their gateway sends.

    Raises
    ------
    StoreError
        The list of members cannot be read; then nothing is known, and nothing is allowed.
    """
    if user.source == "open":
        return everything(user, county.code)
    grants: list[Grant] = []
    if county.access.anonymous:
        grants.append(Grant(ANONYMOUS))
    if user.signed_in:
        grants += user.claimed.get(county.slug, ())
        with as_server(county.code):
            grants += [grant for member in loaders.store().members(county.code, user.id) for grant in member.grants]
    return access(user, county.code, grants)


def note(user: User, county_code: str, event: str, subject: str = "") -> None:
    """Write what a user did at the gate into the audit log."""
    with using(access(user, county_code, ())):
        try:
            loaders.store().record(county_code, event, subject)
        except StoreError as error:
            # Nothing of the county can be read either; who signed in is not sent away for it.
            _LOG.error("%s of %s could not be written into the audit log: %s", event, user.id, error)


def note_refusal(found: Access, action: str) -> None:
    """Write what was refused at the gate into the audit log, as what is refused inside."""
    with using(found), suppress(DeniedError):
        loaders.store().need(found.county_code, action)
