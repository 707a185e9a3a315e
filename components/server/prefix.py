"""One process, one address per county: `/banan/...` is Streamlit with the county fixed by the server."""

import re
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.server.assets import FOREVER, Assets
from components.server.document import Document
from components.server.index_page import index_page
from components.server.landing import not_found
from components.server.peer import without_forged_user
from components.server.site import HEADER, ICON, MARK, PATHS, language_of
from data.registry import County, counties

_HEADER = HEADER.lower().encode()
_POLICY_VIOLATION = 1008

ROOT_PATHS = frozenset({"/", "/healthz", "/metrics", "/_stcore/health", "/_stcore/metrics"})
# Streamlit's client asks for its own icon, at the root or below the county, when a page names none.
_ICONS = frozenset({ICON, "/favicon.png", "/favicon.ico"})
_STREAM = "_stcore/stream"
# What else Streamlit's client asks for below a county; metrics and the agent interface are nobody's business there.
_INNER = re.compile(r"(?:_stcore/(?!metrics$|agent/)|media/|component/|app/static/).+")
# Encoded or doubled slashes, backslashes, NUL and dotted segments: no address of ours has them, so no two layers can
# come to differ over what they mean.
_TRICK = re.compile(rb"%2f|%5c|%00|[\\\0]|//|/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)

_HASHED = re.compile(r"[-.][0-9a-f]{8,64}\.\w+$")
_AN_HOUR = "public, max-age=3600"

# Nothing a page shows comes from another machine, or goes to one: the browser enforces it too.
# Streamlit needs inline styles and scripts; its charts compile expressions and start workers from blobs.
_POLICY = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; base-uri 'self'; frame-ancestors 'self'"
_SECURITY = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class CountyPrefix:
    """ASGI middleware: the first segment of the path is a county, or there is no page.

    Below a known county the request goes to Streamlit with the county as ASGI `root_path` and in the header
    `X-County`, which is always taken off what the client sent. Anything else is 404, and a websocket without a
    county is refused before it opens.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.counties = {county.slug: county for county in counties()}
        self.assets = Assets()
        self.icon = Document(MARK.encode(), "image/svg+xml", "public, max-age=86400")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request or one websocket."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        slug, _, rest = path.removeprefix("/").partition("/")
        known = not _TRICK.search(scope.get("raw_path") or path.encode())
        county = self.counties.get(slug) if known else None
        inner = _for_county(scope, county)

        if scope["type"] == "websocket":
            if county and rest == _STREAM:
                await self.app(inner, receive, send)
            else:
                await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": "no county"})
            return

        if county:
            answer = self._below(county, rest, scope)
        elif known and path in ROOT_PATHS:
            answer = self.app
        elif path in _ICONS:
            answer = self.icon
        else:
            answer = not_found(None, language_of(scope["query_string"]))
        await answer(inner, receive, _with_headers(send, rest if county else ""))

    def _below(self, county: County, rest: str, scope: Scope) -> ASGIApp:
        """Return who answers for a path below a county."""
        lang = language_of(scope["query_string"])
        if scope["method"] in ("GET", "HEAD"):
            if rest.removesuffix("/") in PATHS:
                return index_page(county, lang)
            if f"/{rest}" in _ICONS:
                return self.icon
            if asset := self.assets.get(rest):
                return asset
        return self.app if _INNER.fullmatch(rest) else not_found(county, lang)


def _for_county(scope: Scope, county: County | None) -> Scope:
    """Return the scope with our header in place of the client's and, for a county, its address as root."""
    # A proxy may take X_County for X-County, so both spellings go.
    claimed = without_forged_user(scope)
    headers = [(name, value) for name, value in claimed if name.lower().replace(b"_", b"-") != _HEADER]
    if county is None:
        return {**scope, "headers": headers}
    headers.append((_HEADER, county.slug.encode()))
    return {**scope, "headers": headers, "root_path": f"{scope.get('root_path', '')}/{county.slug}"}


def _with_headers(send: Send, path: str) -> Send:
    """Add the security headers, and a cache life to components: for ever where the name carries a hash."""

    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": list(message["headers"])}
            headers = MutableHeaders(raw=message["headers"])
            for name, value in _SECURITY.items():
                headers.setdefault(name, value)
            if path.startswith("component/") and message["status"] == HTTPStatus.OK:
                lasting = _HASHED.search(path) and FOREVER
                headers["Cache-Control"] = lasting or ("no-cache" if path.endswith(".html") else _AN_HOUR)
        await send(message)

    return sender
