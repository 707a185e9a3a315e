"""Sign-ins that were ended before their time: their cookie is signed for longer, and open pages would go on with it."""

import datetime as dt
from threading import Lock

from data.access import User

# The cookie is one browser's and so is its end; the next sign-in of the same person has another moment of expiry.
_ended: dict[tuple[str, dt.datetime], None] = {}
_lock = Lock()


def end(user: User) -> None:
    """Refuse from now on what vouched for a user; forgotten when it would have expired anyway."""
    if user.expires is None:
        return
    now = dt.datetime.now(dt.UTC)
    with _lock:
        for old in [key for key in _ended if key[1] <= now]:
            del _ended[old]
        _ended[user.id, user.expires] = None


def ended(user: User) -> bool:
    """Whether what vouches for a user was ended."""
    return user.expires is not None and (user.id, user.expires) in _ended
