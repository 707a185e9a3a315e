"""Whose access holds where the program is now: set for each run of a page, never guessed."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from data.access.model import Access, User, everything

current: ContextVar[Access | None] = ContextVar("access", default=None)
"""A new thread has none: what is handed to one takes its access along (`contextvars.copy_context`)."""

SERVER = User("", "server", "server")


@contextmanager
def using(access: Access) -> Iterator[None]:
    """Let an access hold within the block."""
    before = current.set(access)
    try:
        yield
    finally:
        current.reset(before)


@contextmanager
def as_server(county_code: str) -> Iterator[None]:
    """Let the server do its own work in a county within the block: compute, keep up, look up whose roles are whose."""
    with using(everything(SERVER, county_code)):
        yield


def operator() -> User:
    """Return who sits at the shell: the account of the system, by the name it goes by in the history."""
    try:
        account = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        account = str(os.getuid())
    return User(account, os.environ.get("XIANJIE_ACTOR") or account, "shell")
