"""Sign-ins that were ended before their time: their cookie is signed for longer, and open pages would go on with it.

The store keeps them, so that other processes refuse them too and a restart forgets none. A process asks it at most
every `FRESH` seconds: for so long a cookie may still be good in a process other than the one that was told.
"""

import datetime as dt
import hashlib
import logging
import time
from dataclasses import dataclass, field
from threading import Lock

from data import loaders
from data.access import User, as_server
from data.store import NOWHERE, StoreError
from data.store.store import SIGN_INS

FRESH = 2.0
_LOG = logging.getLogger(__name__)


@dataclass
class _Known:
    """What this process knows: until when, by digest, as of which version of the list, and when it asked last."""

    until: dict[str, dt.datetime] = field(default_factory=dict)
    version: int = 0
    asked: float = -FRESH
    lock: Lock = field(default_factory=Lock)

    def add(self, more: dict[str, dt.datetime]) -> None:
        now = dt.datetime.now(dt.UTC)
        self.until = {digest: until for digest, until in {**self.until, **more}.items() if until > now}


_known = _Known()


def end(user: User) -> None:
    """Refuse from now on what vouched for a user; forgotten when it would have expired anyway."""
    if user.expires is None:
        return
    digest = _digest(user)
    with _known.lock:
        _known.add({digest: user.expires})
    try:
        with as_server(NOWHERE):
            loaders.store().end_sign_in(digest, user.expires)
    except StoreError as error:
        _LOG.error("that somebody signed out is known to this process only, until it ends: %s", error)


def fresh() -> bool:
    """Whether what other processes ended was asked for within the last seconds."""
    return time.monotonic() - _known.asked < FRESH


def learn() -> None:
    """Ask the store what other processes ended, unless that is fresh; it may take as long as the database does."""
    if fresh():
        return
    with _known.lock:
        if fresh():  # another thread asked meanwhile
            return
        try:
            with as_server(NOWHERE):
                version = loaders.store().version(NOWHERE, SIGN_INS)
                if version != _known.version:
                    _known.add(loaders.store().ended_sign_ins())
                    _known.version = version
        except StoreError as error:
            # Without the store nobody's rights can be looked up either: nothing is shown by it.
            _LOG.error("which sign-ins were ended cannot be looked up: %s", error)
        _known.asked = time.monotonic()


def ended(user: User) -> bool:
    """Whether what vouches for a user was ended, as far as this process has learned."""
    return user.expires is not None and _digest(user) in _known.until


def _digest(user: User) -> str:
    """Return a sign-in's digest: the next one of the same person has another moment of expiry."""
    moment = user.expires.astimezone(dt.UTC).isoformat() if user.expires else ""
    return hashlib.sha256(f"{user.id}\n{moment}".encode()).hexdigest()
