"""交办: from a red cell to a problem with an office, a post and a deadline, or back to the problem it was before."""

import datetime as dt

import pandas as pd
import streamlit as st

from components import formats
from components.context import Context
from components.fields.funds import words
from components.html.base import element
from components.plan_view import leads
from components.problems.saving import ask_day, save, told, who_acts
from components.status import URGENT
from data import loaders
from data.explain import explain
from data.language import N_
from data.plan import Indicator
from data.problems import record
from data.problems.ledger import same
from data.problems.moves import HandOver
from data.tasks import workdays
from data.upload import Actor

_OPEN = "_handing_over"
WORKING_DAYS = 10
_AREAS = {
    "monitoring": "monitoring",
    "industry_employment": "income",
    "livable_villages": "governance",
    "funds": "inspection",
    "support": "assessment",
}
"""The domain a problem of an area is first taken for; whoever hands it over may choose another."""


def hand_over(ctx: Context, indicator: Indicator, place: str, *, key: str) -> None:
    """Offer to hand a problem over where an indicator is red at a place, and show the form once that is asked for.

    Parameters
    ----------
    place : the region looked at: the village selected, else the page's region.
    key : unique among the pages.
    """
    _ = ctx._
    told()
    row = ctx.row(indicator.id, place)
    if row is None or row["status"] not in URGENT:
        return
    cell = f"{indicator.id} {place}"
    is_open = st.session_state.get(_OPEN) == cell
    if not ctx.may("problems"):
        return
    name = ctx.names.get(place, place)
    label = _("Put away") if is_open else _("Hand over: {place}", place=name)
    icon = None if is_open else ":material/assignment_ind:"
    st.button(label, key=f"hand_{key}", icon=icon, on_click=_toggle, args=(cell,))
    if is_open:
        with st.container(key="hand_over"):
            _form(ctx, indicator, place, row)


def _toggle(cell: str) -> None:
    st.session_state[_OPEN] = None if st.session_state.get(_OPEN) == cell else cell


def _form(ctx: Context, indicator: Indicator, place: str, row: pd.Series) -> None:
    """Ask for all that is handed over; a problem that is known already is offered instead of a new one."""
    _ = ctx._
    cell = f"{indicator.id}_{place}"
    who = who_acts(ctx, place[:9] + "000")
    if ctx.known_at is not None:
        return
    domains, severities = words(ctx, "issues", "domain"), words(ctx, "issues", "severity")
    left, right = st.columns(2)
    ids = list(domains)
    domain = left.selectbox(
        _("Domain"), ids, index=ids.index(_AREAS[indicator.area]), format_func=domains.__getitem__, key=f"ho_d_{cell}"
    )
    severity = right.selectbox(_("Severity"), list(severities), format_func=severities.__getitem__, key=f"ho_s_{cell}")
    known = same(loaders.rows(ctx.county.slug, "issues"), indicator.id, place, domain)
    if known is not None and pd.isna(known["closed_on"]):
        _is_open(ctx, known)
        return
    if known is not None:
        said = _("This problem ({id}) was closed on {day}. It is reopened under the same number, as come back.",
                 id=known["issue_id"], day=formats.date(known["closed_on"], _))  # fmt: skip
        st.html(element("p", said, "notice"))
    sentence = explain(row.to_dict(), ctx.plan, ctx.need_date(), ctx.lang)
    problem = st.text_area(
        _("Problem"), value=f"{indicator.name(ctx.lang)}{_(': ')}{sentence}", max_chars=500, key=f"ho_p_{cell}"
    )
    left, right = st.columns(2)
    office = left.selectbox(
        _("Office in charge"), _offices(ctx, indicator), accept_new_options=True, key=f"ho_o_{cell}",
        placeholder=_("choose or type"),
    )  # fmt: skip
    post = right.selectbox(
        _("Post in charge"), _posts(ctx, indicator), index=None, accept_new_options=True, key=f"ho_w_{cell}",
        placeholder=_("a post, no person's name"),
    )  # fmt: skip
    day, due = _dates(ctx, cell)
    measure = st.text_input(_("Measure"), max_chars=200, key=f"ho_m_{cell}")
    wanted = None
    if due is not None:
        wanted = HandOver(
            indicator.id, place, domain, severity, problem or "", office or "", post or "", day, due, measure.strip()
        )
    label = _("Hand over") if known is None else _("Reopen and hand over")
    if st.button(label, type="primary", disabled=who is None or wanted is None, key="ho_send") and who and wanted:
        _send(ctx, wanted, who, again=known is not None)


def _send(ctx: Context, wanted: HandOver, who: Actor, *, again: bool) -> None:
    said = N_("Reopened and handed over, batch {n}.") if again else N_("Handed over, batch {n}.")
    save(ctx, lambda tell: record.hand_over(loaders.store(), ctx.county, wanted, who, tell), said, _put_away)


def _put_away() -> None:
    st.session_state[_OPEN] = None


def _is_open(ctx: Context, known: pd.Series) -> None:
    _ = ctx._
    said = _("This problem is open already ({id}: {text}). Add a progress note to it on the page of tasks.",
             id=known["issue_id"], text=known["problem"] or "")  # fmt: skip
    st.html(element("p", said, "notice"))


def _offices(ctx: Context, indicator: Indicator) -> list[str]:
    """Return the offices to choose from: those the plan names for the indicator first, then all others."""
    return list(dict.fromkeys([*indicator.lead, *indicator.supporting, *ctx.county.offices, *leads(ctx.plan)]))


def _posts(ctx: Context, indicator: Indicator) -> list[str]:
    """Return the posts to choose from: the one the plan names, and those that problems are with."""
    used = loaders.rows(ctx.county.slug, "issues")["owner"].dropna().value_counts().index
    return list(dict.fromkeys([*([indicator.leader_role] if indicator.leader_role else []), *used]))


def _dates(ctx: Context, cell: str) -> tuple[dt.date, dt.date | None]:
    """Ask when it is handed over and by when it is due: a day, or so many working days on."""
    _ = ctx._
    left, middle, right = st.columns(3)
    with left:
        day = ask_day(_("Handed over on"), ctx.need_date(), f"ho_h_{cell}")
    ways = {"days": _("Working days"), "date": _("By a day")}
    with middle:
        way = st.segmented_control(
            _("Deadline"), list(ways), default="days", required=True, format_func=ways.__getitem__, key=f"ho_k_{cell}"
        )
    if way == "date":
        with right:
            due = ask_day(_("Due on"), day + dt.timedelta(days=14), f"ho_u_{cell}")
        off = day_off_note(ctx, due)
        if off:
            st.html(element("p", off, "quiet"))
        return day, due
    n = right.number_input(_("Working days from then"), 1, 250, WORKING_DAYS, key=f"ho_n_{cell}")
    try:
        due = workdays.after(day, int(n))
    except workdays.UnknownYearError as error:
        said = _(
            "The holidays of {year} are not announced yet, so working days cannot be counted; give a day.",
            year=error.year,
        )
        st.html(element("p", said, "notice"))
        return day, None
    st.html(element("p", _("due on {day}", day=formats.date(due, _)), "quiet"))
    return day, due


def day_off_note(ctx: Context, day: dt.date) -> str:
    """Say that a day is no working day, or that nobody can say so yet; "" for a working day."""
    _ = ctx._
    match workdays.kind(day):
        case None:
            return _("The holidays of {year} are not announced yet.", year=day.year)
        case "holiday" | "weekend":
            return _("{day} is a day off; the deadline stays as it is.", day=formats.date(day, _))
    return ""
