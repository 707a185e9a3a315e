"""Parts of the page of members: who has which roles, and the form that gives, changes and takes them."""

from collections.abc import Iterable

import streamlit as st

from components import actor, formats
from components.board import board
from components.context import Context
from components.fragment import fragment
from components.html.access import members_html, roles_html
from components.html.base import element
from components.panels import foot, panel, scroll, side_by_side
from data import audit_words, loaders, upload_words
from data.access import Grant, current, mode, roles
from data.past import stamp
from data.store import Member, MemberRefusedError, StoreError
from data.upload import Actor

_TOLD = "_member_told"
_NEW = ""


@fragment
def members(ctx: Context) -> None:
    """Show the members; the one picked, or a new one, is given roles beside."""
    _ = ctx._
    found = loaders.members(ctx.county.slug)
    left, right = side_by_side([1.62, 1])
    with left, panel("members", _("Members"), _("{n} accounts; pick one to change it", n=len(found))):
        if found:
            with scroll("members"):
                picked = board(members_html([_row(ctx, one) for one in found], _), "members", into="member")
        else:
            picked = None
            st.html(element("p", _("Nobody has a role here yet."), "quiet"))
        if mode() == "open":
            foot(_("Nobody is asked to sign in here: roles take effect once sign-in is set up."))
        else:
            foot(_("Whoever is not listed here sees what the county shows to everybody, or nothing."))
    chosen = next((one for one in found if one.user_id == picked), None)
    with right, panel("member", _("Give roles"), chosen.name if chosen else _("a new member")):
        _form(ctx, found, chosen)
    with panel("roles", _("What each role may do")):
        given = {name: role for name, role in roles().roles.items() if role.given}
        st.html(ctx.built("roles", lambda: roles_html(given, roles().actions, _)))


def _row(ctx: Context, one: Member) -> dict[str, str]:
    return {
        "account": one.user_id,
        "name": one.name,
        "roles": _named(ctx, one.grants),
        "by": upload_words.acted(one.added_by, ctx._),
        "at": stamp(one.at),
    }


def _named(ctx: Context, grants: Iterable[Grant]) -> str:
    """Return roles in words, with their townships."""
    return audit_words.roles_named(grants, ctx.county.code, ctx._)


def _towns(ctx: Context) -> dict[str, str]:
    """Return the names of the county's townships by code."""
    return {code: name for name, code in loaders.townships(ctx.county.slug, ctx.plan.id).items()}


def _form(ctx: Context, found: list[Member], chosen: Member | None) -> None:
    """Ask for account, name and roles; store them at one press."""
    _, key = ctx._, chosen.user_id if chosen else _NEW
    if told := st.session_state.pop(_TOLD, ""):
        st.success(formats.as_label(told))
    user_id = key or st.text_input(
        _("Account"), max_chars=200, key="member_id", help=_("As the sign-in or the gateway names it, for ever.")
    )
    name = st.text_input(_("Name and office"), chosen.name if chosen else "", max_chars=60, key=f"member_name_{key}")
    offered = [role for role, known in roles().roles.items() if known.given]
    had = {grant.role: grant.townships for grant in chosen.grants} if chosen else {}
    wanted = st.multiselect(
        _("Roles"), offered, [role for role in offered if role in had], key=f"member_roles_{key}",
        format_func=lambda role: roles().roles[role].name(ctx.lang), placeholder=_("none"),
    )  # fmt: skip
    towns: list[str] = []
    if any(roles().roles[role].townships for role in wanted):
        names = _towns(ctx)
        before = [code for grant in had.values() for code in grant if code in names]
        towns = st.multiselect(
            _("Townships"), list(names), before, format_func=names.__getitem__, key=f"member_towns_{key}",
            placeholder=_("choose"),
        )  # fmt: skip
    grants = [Grant(role, tuple(towns) if roles().roles[role].townships else ()) for role in wanted]
    who = actor.ask(ctx)
    reason = _why_not(ctx, found, chosen, user_id.strip(), grants, towns) or ("" if who else actor.needed(_))
    if reason:
        st.html(element("p", reason, "quiet"))
    with st.container(horizontal=True, key="member_buttons"):
        save = st.button(_("Save"), type="primary", disabled=bool(reason), key=f"member_save_{key}")
        if chosen:
            st.button(_("A new member"), type="tertiary", key="member_new", on_click=_let_go)
    take = chosen is not None and _take(ctx, chosen, who)
    if who and save and not reason:
        _store(ctx, user_id, name, grants, who)
    elif who and take:
        _store(ctx, key, name, [], who)


def _take(ctx: Context, chosen: Member, who: Actor | None) -> bool:
    """Offer to take all roles from a member, once that is confirmed; return whether it is to be done."""
    _, key = ctx._, chosen.user_id
    fixed = who is None or _mine(key) or loaders.store().read_only
    label = formats.as_label(_("I confirm that {name} loses all roles", name=chosen.name))
    with st.container(horizontal=True, vertical_alignment="center", key="member_taking"):
        meant = st.checkbox(label, disabled=fixed, key=f"member_meant_{key}")
        return st.button(_("Take all roles"), disabled=fixed or not meant, key=f"member_take_{key}")


def _let_go() -> None:
    st.session_state["member"] = None


def _mine(user_id: str) -> bool:
    now = current.get()
    return now is not None and now.user.signed_in and now.user.id == user_id


def _why_not(
    ctx: Context, found: list[Member], chosen: Member | None, user_id: str, grants: list[Grant], towns: list[str]
) -> str:
    """Return why nothing can be stored as it stands; "" if it can."""
    _ = ctx._
    if loaders.store().read_only:
        return _("This deployment is read-only: nothing can be changed here.")
    if not user_id:
        return _("Give the account.")
    if _mine(user_id):
        return upload_words.refusal(MemberRefusedError("own", ""), _)
    if chosen is None and any(one.user_id == user_id for one in found):
        return _("This account has roles already: pick it in the list.")
    if not grants:
        return _("Choose at least one role.")
    if any(roles().roles[grant.role].townships for grant in grants) and not towns:
        return _("Choose the townships.")
    return ""


def _store(ctx: Context, user_id: str, name: str, grants: list[Grant], who: Actor) -> None:
    _ = ctx._
    try:
        new = loaders.store().set_member(ctx.county.code, user_id, grants, who.name, name=name, verified=who.verified)
    except StoreError as error:
        st.error(formats.as_label(upload_words.refusal(error, _)))
        return
    said = _("{name} has these roles now: {roles}.", name=new.name,
             roles=_named(ctx, new.grants))  # fmt: skip
    st.session_state[_TOLD] = said if new.grants else _("{name} has no role here any more.", name=new.name)
    loaders.begin_run()
    st.rerun()
