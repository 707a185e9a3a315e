"""Meetings on the overview: what is on the screen kept under the meeting's name, and the meetings kept so far."""

import streamlit as st

from components import actor, formats
from components.context import Context
from components.fragment import dialog
from components.html.base import element, join
from data import loaders, meetings, upload_words
from data.past import stamp
from data.store import Snapshot, StoreError
from data.upload import Actor
from data.upload_words import UploadError

_TOLD = "_meeting_told"


def keeper(ctx: Context) -> None:
    """Offer to keep what is shown as the snapshot of a meeting, at one press; beside it the list of those kept.

    Who has not said yet who they are, or may not keep anything here, is asked or told in the list.
    """
    _ = ctx._
    kept = loaders.snapshots(ctx.county.slug)
    name = meetings.proposed(ctx.need_date(), kept, _)
    hint = _(
        "Keeps the figures of {day} as they are known now; the list “Versus” then offers it to compare with.",
        day=formats.date(ctx.as_of, _),
    )
    # The version on the screen: by the time the meeting has its name, others may have stored something.
    at = loaders.version(ctx.county.slug)
    who = None if loaders.store().read_only else actor.current()
    allowed = ctx.may("meetings")
    with st.container(horizontal=True, key="meeting_row", vertical_alignment="center"):
        press = allowed and st.button(_("Keep as “{name}”", name=name), key="meeting_keep", help=hint)
        listed = st.button(_("Meetings kept ({n})", n=len(kept)), type="tertiary", key="meeting_list")
    if press and who is not None:
        _keep(ctx, who, name, "", at)
    elif press or listed:
        dialog(_("Meetings"), _meetings, width="large")(ctx, name, at)
    if told := st.session_state.pop(_TOLD, ""):
        st.html(element("p", told, "quiet"))


def _keep(ctx: Context, by: Actor, name: str, note: str, at: int) -> None:
    """Keep the date shown at a version and start the page anew, or say why it was refused."""
    _, day = ctx._, ctx.need_date()
    try:
        new = meetings.keep(loaders.store(), ctx.county, by, _, name=name, as_of=day, note=note, version=at)
    except (UploadError, StoreError) as error:
        st.error(formats.as_label(upload_words.refusal(error, _)))
        return
    _done(_("Kept as “{label}”. Choose it under “Versus” at the next meeting.", label=new.label))


def _meetings(ctx: Context, name: str, at: int) -> None:
    """Ask for the name, and show the meetings kept, each to be looked at or removed."""
    _, read_only = ctx._, loaders.store().read_only
    if not ctx.may("meetings"):
        for one in loaders.snapshots(ctx.county.slug):
            _line(ctx, one, fixed=True)
        return
    who = actor.current()
    if read_only:
        told = _("This deployment is read-only: no meeting can be kept or removed here.")
        st.html(element("p", told, "quiet notice"))
    chosen = st.text_input(_("Name of the meeting"), name, max_chars=40, key="snapshot_name")
    note = st.text_input(_("Note"), max_chars=200, key="snapshot_note", placeholder=_("what was agreed, for the list"))
    named = actor.fields(ctx, "meeting") if who is None else None
    missing = named.missing(_) if named else ""

    def act() -> Actor | None:
        if missing:
            st.warning(missing)
            return None
        return who or (actor.confirm(named) if named else None)

    keep = st.button(_("Keep it"), type="primary", disabled=read_only, key="meeting_confirm")
    if keep and (by := act()):
        _keep(ctx, by, chosen, note.strip(), at)
    for one in loaders.snapshots(ctx.county.slug):
        if _line(ctx, one, fixed=read_only) and (by := act()):
            try:
                meetings.remove(loaders.store(), ctx.county, one.number, by, note.strip())
            except StoreError as error:
                st.error(formats.as_label(upload_words.refusal(error, _)))
                return
            _done(_("“{label}” is off the list; the store keeps who removed it.", label=one.label))


def _line(ctx: Context, one: Snapshot, *, fixed: bool) -> bool:
    """Show a meeting kept; return whether it is to be removed, which what is fixed cannot be."""
    _ = ctx._
    with st.container(horizontal=True, vertical_alignment="center", key=f"meeting_{one.number}"):
        at = stamp(one.at)
        who = actor.label(one.actor, verified=one.verified, _=_)
        st.html(join([element("b", one.label), " ", element("small", join([at, " · ", who, " ", one.note]))]))
        see = {"known": f"s{one.number}", "asof": one.as_of.isoformat()}
        if st.button(
            _("See as known then"), key=f"meeting_see_{one.number}", on_click=st.session_state.update, kwargs=see
        ):
            st.rerun()
        return st.button(_("Remove"), type="tertiary", disabled=fixed, key=f"meeting_remove_{one.number}")


def _done(told: str) -> None:
    st.session_state[_TOLD] = told
    loaders.begin_run()
    st.rerun()
