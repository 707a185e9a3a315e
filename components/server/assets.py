"""Streamlit's own scripts, styles and fonts, compressed once per process instead of once per visitor."""

import mimetypes
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import file_util

from components.server.document import Document

FOREVER = "public, max-age=31536000, immutable"


class Assets:
    """The files of Streamlit's `static/` folder, whose names carry a hash of what is in them.

    Names are looked up among those found at start, never joined to a path, so no request can leave the folder.
    """

    def __init__(self) -> None:
        self.home = Path(file_util.get_static_dir())
        self.names = frozenset(
            file.relative_to(self.home).as_posix() for file in (self.home / "static").rglob("*") if file.is_file()
        )
        self._document = cache(self._read)

    def get(self, name: str) -> ASGIApp | None:
        """Return the application that serves `static/...`, or None if there is no such file."""
        if name not in self.names:
            return None

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            document = await run_in_threadpool(self._document, name)
            await document(scope, receive, send)

        return serve

    def _read(self, name: str) -> Document:
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        return Document((self.home / name).read_bytes(), media_type, FOREVER)
