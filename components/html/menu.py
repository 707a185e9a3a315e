"""The menu of pages: one piece of HTML, for every element of Streamlit's costs each change of a filter some time."""

from collections.abc import Iterable
from typing import NamedTuple

from components.html.base import Markup, element, escape, join, raw
from data.language import Translator


class Entry(NamedTuple):
    """A page in the menu: its name, its address without query, and whether it is the one shown."""

    title: str
    href: str
    here: bool = False


def menu_html(entries: Iterable[Entry], name: str, end: Markup = raw(""), below: Markup = raw("")) -> Markup:  # noqa: B008 - nothing changes them
    """Return the menu; `name` says what it is to those who do not see it, `end` stands behind the entries."""
    links = join(_link(e) for e in entries)
    return raw(f"<nav class='st-key-nav' aria-label=\"{escape(name)}\">{links}{end}</nav>{below}")


def page_link(body: Markup, href: str, css: str = "", *, here: bool = False) -> Markup:
    """Return a link to a page: a plain click goes there within the dashboard, with the address's query (board.js)."""
    marks = (f" class='{css}'" if css else "") + (" aria-current='page'" if here else "")
    return raw(f'<a data-page{marks} href="{escape(href)}">{body}</a>')


def _link(entry: Entry) -> Markup:
    return page_link(escape(entry.title), entry.href, here=entry.here)


def unasked(_: Translator) -> Markup:
    """Return the banner of a deployment that asks nobody who they are."""
    told = _("Nobody is asked to sign in here: whoever reaches this address may see and change everything.")
    return element("p", told, "unasked")


def signed_in(name: str, out: str, _: Translator, *, compares: str = "") -> Markup:
    """Return who is signed in, and the links to sign out at `out` and to compare counties; without them only who."""
    link = outward(out, _("Sign out")) if out else raw("")
    across = outward(compares, _("Compare counties")) if compares else raw("")
    return raw(f'<span class="who">{across}{escape(name)}{link}</span>')


def way_in(href: str, _: Translator) -> Markup:
    """Return the link to sign in at an address; nothing without one."""
    return raw(f'<span class="who">{outward(href, _("Sign in"))}</span>') if href else raw("")


def outward(href: str, text: str) -> Markup:
    """Return a link that leaves the session."""
    return raw(f'<a href="{escape(href)}" target="_self">{escape(text)}</a>')
