"""Signing in and out below a county, or below the page that compares them, around Streamlit's own exchange.

`county` is None below that page.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Scope
from streamlit.auth_util import encode_provider_token
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from components.server import door_pages, returning
from components.server.ended import end
from components.server.identity import of_cookies, user_of
from components.server.noted import note, note_failure
from components.server.peer import address_of
from components.server.providers import CALLBACK, providers
from components.server.returning import Errand, Place, place
from data.access import mode
from data.registry import County
from data.store.audit import NOWHERE

SIGN_IN, SIGN_OUT = "sign-in", "sign-out"
_AT_THE_PROVIDER = 15 * 60  # seconds that somebody may take there


class Exchange(NamedTuple):
    """What Streamlit answered: a redirect with cookies."""

    status: int
    headers: Headers

    @property
    def leads_to(self) -> str:
        """Return the address it redirects to; "" if it does not."""
        return self.headers.get("location", "") if self.status == HTTPStatus.FOUND else ""

    @property
    def cookies(self) -> dict[str, str]:
        """Return the cookies it sets; those it takes away are empty."""
        pairs = (line.partition(";")[0].partition("=") for line in self.headers.getlist("set-cookie"))
        return {name: value.strip('"') for name, _, value in pairs}

    def redirect(self, to: str, errand: Errand | None = None) -> Response:
        """Return the redirect, to whatever address, with all cookies and what somebody is away for."""
        response = Response(status_code=HTTPStatus.FOUND, headers={"Location": to, "Cache-Control": "no-store"})
        response.raw_headers += [header for header in self.headers.raw if header[0] == b"set-cookie"]
        if errand:
            response.set_cookie(
                returning.COOKIE, errand.cookie, _AT_THE_PROVIDER, path=CALLBACK, httponly=True, samesite="lax"
            )
        return response


async def answer(app: ASGIApp, county: County | None, rest: str, scope: Scope) -> ASGIApp | None:
    """Return who answers for an address of a sign-in or sign-out; None for every other.

    Parameters
    ----------
    rest
        The path below the county, or below the page that compares them.
    """
    if mode() != "oidc" or scope["method"] != "GET":
        return None
    first, _, provider = rest.partition("/")
    if rest == SIGN_IN:
        return offer(county, scope)
    if first == SIGN_IN:
        return await begin(app, county, provider, scope)
    return await leave(app, county, scope) if rest == SIGN_OUT else None


async def begin(app: ASGIApp, county: County | None, provider: str, scope: Scope) -> ASGIApp:
    """Send somebody to a provider, and keep where they want to return to."""
    to = _wanted(county, scope)
    if provider not in {one.name for one in providers()}:
        return door_pages.sign_in_page(to)
    exchange = await _ask(app, scope, "/auth/login", {"provider": encode_provider_token(provider)})
    if exchange.leads_to in ("", "/"):
        return door_pages.away_page(to)
    return exchange.redirect(exchange.leads_to, Errand("in", to))


def offer(county: County | None, scope: Scope) -> ASGIApp:
    """Let somebody who sees what is shown to everybody sign in for more."""
    return door_pages.sign_in_page(_wanted(county, scope))


def _wanted(county: County | None, scope: Scope) -> Place:
    """Return the page that a link to the sign-in wants to come back to; the county's first if it is none of its own."""
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("to", [""])[-1]
    to = returning.read(asked)
    return to if to and to.county == county else place(county, "", b"")


async def finish(app: ASGIApp, scope: Scope) -> ASGIApp:
    """Answer the provider's redirect: with the page somebody wanted, or with what went wrong."""
    cookies = HTTPConnection(scope).cookies
    errand = returning.errand(cookies.get(returning.COOKIE, ""))
    exchange = await _ask(app, scope, CALLBACK)
    user = of_cookies({**cookies, **exchange.cookies}, address_of(scope))
    code = errand.to.county.code if errand and errand.to.county else NOWHERE
    if user.signed_in and exchange.cookies.get(USER_COOKIE_NAME):
        await run_in_threadpool(note, user, code, "sign_in", user.id)
    elif errand and errand.kind == "in" and not user.signed_in:
        await run_in_threadpool(note_failure, user, code)
        return door_pages.failed_page(errand.to)
    return exchange.redirect(errand.to.address if errand else "/")


async def leave(app: ASGIApp, county: County | None, scope: Scope) -> ASGIApp:
    """Sign somebody out, here and at the provider; pages that are open go no further."""
    to = place(county, "", scope["query_string"])
    if Headers(scope=scope).get("sec-fetch-site") == "cross-site":
        return Exchange(HTTPStatus.FOUND, Headers()).redirect(to.address)  # another site's link signs nobody out
    user = user_of(scope)
    exchange = await _ask(app, scope, "/auth/logout")
    if user.signed_in:
        await run_in_threadpool(end, user)
        await run_in_threadpool(note, user, county.code if county else NOWHERE, "sign_out", user.id)
    if exchange.leads_to in ("", "/"):
        return exchange.redirect(to.address)
    return exchange.redirect(exchange.leads_to, Errand("out", to))


async def _ask(app: ASGIApp, scope: Scope, path: str, query: Mapping[str, str] | None = None) -> Exchange:
    """Ask Streamlit in the place of the browser; with its own query unless another is given."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    asked = scope["query_string"] if query is None else urlencode(query).encode()
    inner = {"method": "GET", "path": path, "raw_path": path.encode(), "root_path": "", "query_string": asked}
    await app({**scope, **inner}, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    return Exchange(start["status"], Headers(raw=start["headers"]))
