"""Who is at the screen: asked once per run of the page and of each part that reruns by itself, never remembered."""

from urllib.parse import urlencode

import streamlit as st

from components import address
from components.html.base import Markup, raw
from components.html.menu import signed_in, unasked, way_in
from components.server import current as session
from components.server.ended import learn
from components.server.identity import valid
from data import loaders
from data.access import Access, User, current, mode
from data.language import translator
from data.registry import County


def enter(county: County) -> Access:
    """Find out who is at the screen and let what they may do in a county hold for the run."""
    user = identify()
    if user.expires is not None:
        learn()
    found = loaders.access_of(user if valid(user) else nobody(), county.slug)
    current.set(found)
    return found


def identify() -> User:
    """Return who is at the screen, as the server found at the handshake."""
    return session.user_of_session()


def nobody() -> User:
    """Return who has not signed in, or not any more."""
    return User("", "", mode(), address=_address())


def _address() -> str:
    return st.context.ip_address or ""


def sign_in_address(county: County) -> str:
    """Return where somebody signs in and comes back to this page; "" where there is no sign-in or they have done so."""
    now = current.get()
    if mode() != "oidc" or (now is not None and now.user.signed_in):
        return ""
    here = "/".join(filter(None, (f"/{county.slug}", address.page())))
    query = urlencode(st.query_params.to_dict())
    return f"/{county.slug}/sign-in?{urlencode({'to': f'{here}?{query}' if query else here})}"


def mark(county: County, access: Access, lang: str) -> Markup:
    """Return what the menu says of who is at the screen, and the way in or out."""
    _ = translator(lang)
    if mode() == "open":
        return raw("")
    if not access.user.signed_in:
        return way_in(sign_in_address(county), _)
    query = "" if lang == "zh" else f"?lang={lang}"
    out = f"/{county.slug}/sign-out{query}" if mode() == "oidc" else ""
    compares = f"/compare{query}" if access.may("compare") else ""
    return signed_in(access.user.name, out, _, compares=compares)


def banner(lang: str) -> Markup:
    """Return what stands below the menu where nobody is asked who they are; nothing elsewhere."""
    return unasked(translator(lang)) if mode() == "open" else raw("")
