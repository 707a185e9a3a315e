"""An answer that never changes while the process lives: made once, compressed once, revalidated by its hash."""

import gzip
import hashlib
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_SMALL = 500


class Document:
    """An ASGI application that answers GET and HEAD with one body.

    Parameters
    ----------
    body : bytes
        What to send.
    media_type : str
        Its content type; text and scripts are compressed, when that makes them smaller.
    cache : str
        The `Cache-Control` header.
    status : int
        The HTTP status.
    """

    def __init__(self, body: bytes, media_type: str, cache: str = "no-cache", status: int = HTTPStatus.OK) -> None:
        self.body = body
        self.status = status
        texts = media_type.startswith("text/") or media_type.endswith(("json", "javascript", "xml"))
        packed = gzip.compress(body, mtime=0) if texts and len(body) > _SMALL else b""
        self.packed = packed if packed and len(packed) < len(body) else b""
        self.headers = {
            "Content-Type": f"{media_type}; charset=utf-8" if texts else media_type,
            "Cache-Control": cache,
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:24]}"',
            "Vary": "Accept-Encoding",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        asked = Headers(scope=scope)
        if self.status == HTTPStatus.OK and asked.get("if-none-match") == self.headers["ETag"]:
            await Response(status_code=HTTPStatus.NOT_MODIFIED, headers=self.headers)(scope, receive, send)
            return
        if self.packed and "gzip" in asked.get("accept-encoding", ""):
            response = Response(self.packed, self.status, self.headers | {"Content-Encoding": "gzip"})
        else:
            response = Response(self.body, self.status, self.headers)
        await response(scope, receive, send)
