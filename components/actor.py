"""Who is at the screen: vouched for by a trusted proxy, else typed once per session and shown as unverified."""

from contextlib import suppress

import streamlit as st

from components.context import Context
from components.html.base import Markup, element, join
from components.server.peer import USER
from data.language import Translator
from data.upload import Actor

_KEY = "_actor"
_LONGEST = 40


def vouched() -> Actor | None:
    """Return the user named by a trusted proxy; the server takes the header off every other request."""
    sent = st.context.headers.get(USER)
    if not sent:
        return None
    # A header is Latin-1 on the wire; proxies put UTF-8 into it.
    with suppress(UnicodeError):
        sent = sent.encode("latin-1").decode("utf-8")
    name = sent.strip()
    return Actor(name[:_LONGEST], verified=True) if name else None


def current() -> Actor | None:
    """Return who acts in this session; None until somebody has said so."""
    known: Actor | None = st.session_state.get(_KEY)
    return vouched() or known


def label(name: str, *, verified: bool, _: Translator) -> Markup:
    """Return a name, marked if nothing vouches for it."""
    mark = element("i", _("unverified"), "mk")
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
            st.html(
                element("p", join([_("In charge: "), label(actor.name, verified=actor.verified, _=_)]), "quiet"),
                width="stretch",
            )
            if not actor.verified and st.button(_("Someone else"), type="tertiary", key="actor_change"):
                del st.session_state[_KEY]
                st.rerun()
        return actor
    with st.form("who", border=False):
        with st.container(horizontal=True, vertical_alignment="bottom", key="actor_ask"):
            name = st.text_input(_("Your name"), max_chars=_LONGEST // 2, key="actor_name")
            office = st.selectbox(
                _("Your office"),
                ctx.county.offices,
                index=None,
                accept_new_options=True,
                placeholder=_("choose or type"),
                key="actor_office",
            )
            sent = st.form_submit_button(_("This is me"))
        st.html(element("p", _("Kept with what you upload; unverified until access control is set up."), "quiet"))
    if sent and name.strip() and office and office.strip():
        st.session_state[_KEY] = Actor(f"{name.strip()}（{office.strip()}）"[:_LONGEST])
        st.rerun()
    return None
