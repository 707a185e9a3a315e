"""Whose a session is, and whose the files made in it are: of one user below one county."""

from typing import Any, NamedTuple

from streamlit.runtime import get_instance
from streamlit.runtime.media_file_manager import MediaFileManager, _get_session_id

from components.server.identity import HEADER as USER
from components.server.identity import unsealed
from components.server.site import HEADER as COUNTY


class Owner(NamedTuple):
    """A county's slug and a user's id; "" = nobody is asked, or nobody has signed in."""

    slug: str
    user_id: str


def of_session(session_id: str) -> Owner | None:
    """Return whose handshake a connected session has; None if there is no such session."""
    client = get_instance().get_client(session_id)
    context = client.client_context if client else None
    if context is None:
        return None
    headers = {name.lower(): value for name, value in context.headers}
    return Owner(headers[COUNTY.lower()], unsealed(headers[USER.lower()]).id)


class OwnedMedia(MediaFileManager):
    """Streamlit's keeper of downloads, which remembers in whose sessions each was made.

    Streamlit serves a file to whoever knows its address. The address is a digest of the content, so the same bytes made
    for two counties are one file, of both.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._owners: dict[str, set[Owner]] = {}

    def add(self, *args: Any, **kwargs: Any) -> str:
        """Keep a file that the running session shows."""
        return self._owned(super().add(*args, **kwargs), _get_session_id())

    def execute_deferred(self, file_id: str) -> str:
        """Make a file when its button is pressed."""
        entry = self._deferred_callables.get(file_id)
        url = super().execute_deferred(file_id)
        return self._owned(url, entry["session_id"]) if entry else url

    def is_of(self, name: str, owner: Owner) -> bool:
        """Whether a file, by its name in the address, was made in a session of this owner."""
        return owner in self._owners.get(_digest(name), ())

    def _owned(self, url: str, session_id: str) -> str:
        if owner := of_session(session_id):
            with self._lock:
                self._owners.setdefault(_digest(url), set()).add(owner)
        return url

    def _delete_file(self, file_id: str) -> None:
        super()._delete_file(file_id)
        self._owners.pop(file_id, None)


def _digest(address: str) -> str:
    """Return a file's id: the last part of its address without the ending."""
    return address.rsplit("/", 1)[-1].partition(".")[0]
