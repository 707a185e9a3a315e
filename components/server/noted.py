"""What happens at the gate, in the audit log."""

import logging
from contextlib import suppress

from data import loaders
from data.access import Access, DeniedError, User, access, using
from data.store import StoreError

_LOG = logging.getLogger(__name__)


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
