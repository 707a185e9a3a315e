"""The gate below a county: who comes in, who is sent to sign in, who is refused, before Streamlit answers."""

import re
from typing import cast
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Scope
from streamlit.runtime import get_instance
from streamlit.web.server.server_util import allowlisted_origins

from components.server import door_pages, owner
from components.server.noted import note_arrival, note_refusal, note_refused_upload
from components.server.owner import OwnedMedia, Owner
from components.server.returning import place
from components.server.site import NEEDS, PATHS
from data import loaders
from data.access import Access, User
from data.registry import County
from data.store import StoreError

# Whatever begins so is somebody's own, or nobody's.
_UPLOADS, _MEDIA = "_stcore/upload_file/", "media/"
_UPLOAD = re.compile(rf"{_UPLOADS}([^/]+)/[^/]+")
_FILE = re.compile(rf"{_MEDIA}([^/]+)")
# What is drawn of a county begins with its code (`geo.map_document`), whatever is added to its address.
_DRAWN = re.compile(r"/(\d{6})-")


async def answer(county: County, rest: str, scope: Scope, user: User) -> ASGIApp | None:
    """Return who answers in the place of what was asked for; None for somebody who may have it.

    Parameters
    ----------
    rest
        The path below the county.
    """
    page = rest.removesuffix("/")
    document = scope["method"] in ("GET", "HEAD") and page in PATHS
    at = place(county, page if document else "", scope["query_string"])
    try:
        access = await rights(user, county)
    except StoreError:
        return door_pages.unknown_page(at) if document else door_pages.UNAVAILABLE
    if not document and access.may("view") and _has(rest, county, access):
        return None
    if not document and rest.startswith(_UPLOADS):
        await run_in_threadpool(note_refused_upload, access)
    if not document and (access.may("view") or "text/html" not in Headers(scope=scope).get("accept", "")):
        return door_pages.FORBIDDEN
    needed = NEEDS[page] if access.may("view") else "view"
    if access.may(needed):
        return None
    if not user.signed_in:
        return door_pages.sign_in_page(at)
    await run_in_threadpool(note_refusal, access, needed)
    return door_pages.refused_page(at, user, needed, home=access.may("view"))


async def opens(county: County, scope: Scope, user: User) -> bool:
    """Whether a websocket may open: a page of ours asks, for somebody who may see the county."""
    if not from_own_page(Headers(scope=scope)):
        return False
    try:
        access = await rights(user, county)
    except StoreError:
        return False
    if not access.may("view"):
        return False
    if user.source == "proxy":
        await run_in_threadpool(note_arrival, access.user, county.code)
    return True


async def rights(user: User, county: County) -> Access:
    """Return what somebody may do; the list of members is read beside the server's loop."""
    if user.source == "open":
        return loaders.access_of(user, county.slug)
    return await run_in_threadpool(loaders.access_of, user, county.slug)


def from_own_page(headers: Headers) -> bool:
    """Whether the page that opens a websocket is ours; programs send no origin.

    Streamlit lets every page on this machine's own addresses in, whatever its port, and asks the internet for these.
    """
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host") or origin in allowlisted_origins()


def _has(rest: str, county: County, access: Access) -> bool:
    """Whether what is no page is for somebody who may see the county: his own uploads and files, his county's map."""
    mine = Owner(county.slug, access.user.id)
    if rest.startswith(_UPLOADS):
        upload = _UPLOAD.fullmatch(rest)
        return upload is not None and access.may("upload") and owner.of_session(upload[1]) == mine
    if rest.startswith(_MEDIA):
        file = _FILE.fullmatch(rest)
        return file is not None and cast("OwnedMedia", get_instance().media_file_mgr).is_of(file[1], mine)
    return not rest.startswith("component/") or set(_DRAWN.findall(rest)) <= {county.code}
