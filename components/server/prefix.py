"""One process, one address per county: `/banan/...` is Streamlit with the county fixed by the server."""

import re
from contextlib import suppress
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.server import ended, gate, identity, sign_in
from components.server.assets import FOREVER, Assets
from components.server.document import Document
from components.server.index_page import index_page
from components.server.landing import not_found
from components.server.peer import Header, encrypted, spelled, without_forged_user
from components.server.providers import CALLBACK
from components.server.site import COMPARE, HEADER, ICON, MARK, PATHS, language_of
from data.access import User, mode
from data.registry import County, counties

_HEADER, _USER, _ADDRESS = (name.lower().encode() for name in (HEADER, identity.HEADER, identity.ADDRESS))
_OURS = frozenset({_HEADER, _USER, _ADDRESS})
_POLICY_VIOLATION = 1008

ROOT_PATHS = frozenset({"/", "/compare", "/compare.xlsx", "/healthz", "/metrics", "/_stcore/health"})
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

    Below a known county the request passes the gate and goes to Streamlit with the county as ASGI `root_path`, the
    county and the user in headers that are always taken off what the client sent. Anything else is 404, and a websocket
    without a county is refused before it opens.
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
        inner: Scope = {**scope, "headers": _own_headers_off(scope)}
        if mode() == "oidc" and not ended.fresh():
            await run_in_threadpool(ended.learn)
        user = identity.user_of(inner)

        if scope["type"] == "websocket":
            if county and rest == _STREAM and await gate.opens(county, inner, user):
                await self.app(_for_county(inner, county, user), receive, send)
            else:
                await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": "refused"})
            return

        answer: ASGIApp
        if county:
            answer = await self._below(county, rest, inner, user)
            inner = _for_county(inner, county, user)
        elif known and path in ROOT_PATHS:
            answer = self.app
        elif known and path == CALLBACK and mode() == "oidc":
            answer = await sign_in.finish(self.app, inner)
        elif path in _ICONS:
            answer = self.icon
        elif known and f"/{slug}" == COMPARE and (signing := await sign_in.answer(self.app, None, rest, inner)):
            answer = signing
        else:
            answer = not_found(None, language_of(scope["query_string"]))
        # Who breaks off an upload waits for no answer, and is no fault to be traced.
        with suppress(ClientDisconnect):
            await answer(inner, receive, _with_headers(send, rest if county else "", secure=encrypted(inner)))

    async def _below(self, county: County, rest: str, scope: Scope, user: User) -> ASGIApp:
        """Return who answers for a path below a county."""
        lang = language_of(scope["query_string"])
        reading = scope["method"] in ("GET", "HEAD")
        if reading and f"/{rest}" in _ICONS:
            return self.icon
        if signing := await sign_in.answer(self.app, county, rest, scope):
            return signing
        if refusal := await gate.answer(county, rest, scope, user):
            return refusal
        if reading:
            if rest.removesuffix("/") in PATHS:
                return index_page(county, lang)
            if asset := self.assets.get(rest):
                return asset
        return self.app if _INNER.fullmatch(rest) else not_found(county, lang)


def _own_headers_off(scope: Scope) -> list[Header]:
    """Return what the client sent without our own headers, and without what it may not say of a user."""
    # A proxy may take X_County for X-County, so both spellings go.
    return [header for header in without_forged_user(scope) if spelled(header[0]) not in _OURS]


def _for_county(scope: Scope, county: County, user: User) -> Scope:
    """Return the scope with county and user in our headers, and the county's address as root."""
    ours = [
        (_HEADER, county.slug.encode()),
        (_USER, identity.sealed(user).encode()),
        (_ADDRESS, user.address.encode("latin-1", "replace")),
    ]
    root = f"{scope.get('root_path', '')}/{county.slug}"
    return {**scope, "headers": [*scope["headers"], *ours], "root_path": root}


def _with_headers(send: Send, path: str, *, secure: bool) -> Send:
    """Add the security headers, and a cache life to components: for ever where the name carries a hash.

    Cookies that came over an encrypted connection go over no other.
    """

    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [_secured(h) if secure else h for h in message["headers"]]}
            headers = MutableHeaders(raw=message["headers"])
            for name, value in _SECURITY.items():
                headers.setdefault(name, value)
            if path.startswith("component/") and message["status"] == HTTPStatus.OK:
                lasting = _HASHED.search(path) and FOREVER
                headers["Cache-Control"] = lasting or ("no-cache" if path.endswith(".html") else _AN_HOUR)
        await send(message)

    return sender


def _secured(header: Header) -> Header:
    name, value = header
    cookie = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return (name, value + b"; Secure") if cookie else header
