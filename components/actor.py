"""Who acts: whoever is signed in; where nobody is asked to, a name typed once per browser and shown as unverified."""

from dataclasses import dataclass
from urllib.parse import unquote

import streamlit as st

from components.context import Context
from components.html.base import Markup, element, escape, join, raw
from data import upload_words
from data.access import current as access
from data.access import mode
from data.language import Translator
from data.upload import Actor

_KEY = "_actor"
_COOKIE = "xianjie_actor"
_LONGEST = 40


def current() -> Actor | None:
    """Return who acts in this session; None until somebody has said so."""
    now = access.get()
    if now is not None and now.user.signed_in:
        return Actor(now.user.name[:_LONGEST], verified=True)
    if mode() != "open":
        return None
    if _KEY not in st.session_state:
        st.session_state[_KEY] = _kept()
    known: Actor | None = st.session_state[_KEY]
    return known


def _kept() -> Actor | None:
    """Return who said so in this browser before the page was loaded anew: `chrome.js` keeps it until it is closed."""
    name = unquote(st.context.cookies.get(_COOKIE) or "").strip()
    return Actor(name[:_LONGEST]) if name and name.isprintable() else None


def label(name: str, *, verified: bool, _: Translator) -> Markup:
    """Return a name, marked if nothing vouches for it."""
    mark = element("i", _("unverified"), "mk")
    name = upload_words.acted(name, _)
    return join([name] if verified else [name, " ", mark])


def ask(ctx: Context) -> Actor | None:
    """Show who acts; ask for name and office once if nobody vouches for the user.

    Returns
    -------
    Actor or None
        None until both are given.
    """
    _ = ctx._
    actor = current()
    if actor is not None:
        with st.container(horizontal=True, vertical_alignment="center", key="actor"):
            told = join([_("In charge: "), label(actor.name, verified=actor.verified, _=_)])
            st.html(_keep(told, "" if actor.verified else actor.name), width="stretch")
            if not actor.verified and st.button(_("Someone else"), type="tertiary", key="actor_change"):
                st.session_state[_KEY] = None
                st.rerun()
        return actor
    if mode() != "open":
        st.html(element("p", _("Sign in to change anything here."), "quiet"))
        return None
    # No form: what is typed is known before it is confirmed, and can be reminded of (`missing`).
    with st.container(horizontal=True, vertical_alignment="bottom", key="actor_ask"):
        named = fields(ctx, "actor")
        sent = st.button(_("This is me"), key="actor_sent")
    st.html(_keep(_("Kept with what you upload; unverified until access control is set up."), ""))
    if sent:
        said = named.missing(_)
        if said:
            st.warning(said)
        else:
            confirm(named)
            st.rerun()
    return None


def _keep(told: object, name: str) -> Markup:
    """Return a line that has `chrome.js` keep who acts, or forget it."""
    return raw(f"<p class='quiet' data-actor=\"{escape(name)}\">{escape(told)}</p>")


@dataclass(frozen=True)
class Named:
    """A name and an office as typed, not yet confirmed."""

    name: str
    office: str

    def missing(self, _: Translator) -> str:
        """Return what is still to be filled in; "" if nothing."""
        if not self.name:
            return _("Fill in your name.")
        return "" if self.office else _("Choose or type your office.")


def fields(ctx: Context, prefix: str) -> Named:
    """Ask for name and office."""
    _ = ctx._
    name = st.text_input(_("Your name"), max_chars=_LONGEST // 2, key=f"{prefix}_name")
    office = st.selectbox(
        _("Your office"),
        ctx.county.offices,
        index=None,
        accept_new_options=True,
        placeholder=_("choose or type"),
        key=f"{prefix}_office",
    )
    return Named(name.strip(), (office or "").strip())


def confirm(named: Named) -> Actor:
    """Make somebody the one who acts in this session."""
    found = Actor(f"{named.name}（{named.office}）"[:_LONGEST])
    st.session_state[_KEY] = found
    return found


def needed(_: Translator) -> str:
    """Return what is to be done before anything can be stored: say who acts, or confirm what is typed."""
    typed = str(st.session_state.get("actor_name") or "").strip()
    return _("Press “This is me” first.") if typed else _("Say first who you are.")
