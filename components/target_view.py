"""Changing targets and status bands on the plan page: what is asked, what it would do, who did it, taking it back."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from components import actor, formats
from components.board import board
from components.context import Context
from components.fragment import fragment
from components.html.base import element
from components.html.targets import bands_preview_html, preview_html, revisions_html
from components.panels import foot, panel, scroll, side_by_side
from components.status import band_note
from components.uploads.words import looking_back
from components.uploads.working import working
from data import loaders, targets, upload_words
from data import plan_words as words
from data.access import DeniedError
from data.derive import Tell
from data.past import stamp
from data.plan import Indicator, Revision, load_plan
from data.progress import SCORED
from data.registry import Bands
from data.store import BANDS, TARGETS, Batch, StoreError
from data.targets import LONGEST_DOCUMENT, LONGEST_REASON, Target, Why
from data.upload import Actor
from data.upload_words import UploadError

_TOLD = "_revision_told"
_LATEST = dt.date(2099, 12, 31)
_NAMED = 8  # indicators of the county that other bands judge otherwise


def revising(ctx: Context, indicator: Indicator | None) -> None:
    """Let who may revise the target picked in the list, and the bands; below stand the revisions there were."""
    _ = ctx._
    with panel("revise", _("Revise the target"), indicator.name(ctx.lang) if indicator else ""):
        if told := st.session_state.pop(_TOLD, ""):
            st.success(formats.as_label(told))
        actor.ask(ctx)
        if indicator is not None:
            _target(ctx, indicator.id)


def bands_and_revisions(ctx: Context) -> None:
    """Show the form of the bands beside the revisions there were."""
    left, right = side_by_side([1, 1.4])
    with left:
        _bands(ctx)
    with right:
        _revisions(ctx)


# ---- a target --------------------------------------------------------------------------------------------------------


@fragment
def _target(ctx: Context, indicator_id: str) -> None:
    """Ask what is to hold from when and why; show what it would do; store it at one press."""
    _, one = ctx._, ctx.plan.indicator(indicator_id)
    seen_at = _seen(ctx, TARGETS)
    now = ctx.in_force(one)
    if not one.scored or now.value is None:
        st.html(element("p", _("The plan gives this indicator no number that could be revised."), "quiet"))
        return
    first = ctx.plan.start + dt.timedelta(days=1)
    left, right = st.columns(2)
    from_day = left.date_input(
        _("Holds from"), max(min(ctx.as_of or first, now.due), first), min_value=first, max_value=_LATEST,
        format="YYYY-MM-DD", key=f"revise_from_{one.id}",
    )  # fmt: skip
    due = right.date_input(
        _("Due"), now.due, min_value=first, max_value=_LATEST, format="YYYY-MM-DD", key=f"revise_due_{one.id}"
    )
    label = _("Target ({unit})", unit=formats.unit(one.unit, _) or _("number"))
    value = left.number_input(label, value=float(now.value), format="%g", key=f"revise_value_{one.id}")
    whole = None
    if not now.one_figure and now.rollup_value is not None:
        label = _("Asked of the whole (%)") if one.rollup == "share_of_villages" else _("Asked of the whole")
        whole = right.number_input(label, value=float(now.rollup_value), format="%g", key=f"revise_whole_{one.id}")
    steps = ""
    if now.milestones or one.rule == "milestones":
        text = "\n".join(f"{m.date} {m.value:g}" for m in now.milestones)
        steps = st.text_area(_("Milestones, one a line: date and figure"), text, key=f"revise_steps_{one.id}")
    why = _why(ctx, f"revise_{one.id}")
    new, reason = None, ""
    try:
        target = Target(value, due, targets.milestones(steps), whole)
        new = targets.proposed(ctx.plan, one.id, from_day, target, Why(why.document or "-", why.reason or "-"))
        _preview(ctx, one, new)
        why.checked()
    except UploadError as error:
        reason = upload_words.refusal(error, _)
    store = partial(
        targets.revise, loaders.store(), ctx.county, load_plan(ctx.plan.id), one.id, from_day, seen_at=seen_at
    )

    def revise(who: Actor, tell: Tell) -> Batch:
        return store(target, why, who, tell=tell)

    done = _("Stored: {name} is revised from {day} on.", name=one.name(ctx.lang), day=formats.date(from_day, _))
    _offer(ctx, _("Store the revised target"), f"revise_store_{one.id}", reason, revise, done)


def _preview(ctx: Context, one: Indicator, new: Revision) -> None:
    """Show what a revision would do to the county and the places below it at the as-of date."""
    _ = ctx._
    if ctx.as_of is None:
        return
    if new.from_date > ctx.as_of:
        told = _("It would hold from {day}; at {now}, the date shown, nothing changes by it.",
                 day=formats.date(new.from_date, _), now=formats.date(ctx.as_of, _))  # fmt: skip
        st.html(element("p", told, "quiet"))
        return
    cube = loaders.cube(ctx.county.slug, ctx.plan.id)
    revised = targets.with_revision(ctx.plan, one.id, new)
    level = ctx.at(ctx.plan.top_region).lower_level
    rows = targets.compared(cube, revised, one.id, ctx.as_of, ctx.bands, ["top", level])
    moved = int((rows["status"] != rows["status_new"]).sum())
    told = _("What it would do at {day}: {n} of {m} places get another status.", day=formats.date(ctx.as_of, _),
             n=moved, m=len(rows))  # fmt: skip
    st.html(element("p", told, "notice"))
    with scroll("revise_preview"):
        st.html(preview_html(rows, ctx.names, _))


# ---- the bands -------------------------------------------------------------------------------------------------------


@fragment
def _bands(ctx: Context) -> None:
    """Ask for other edges of the bands; show what they would do; store them at one press."""
    _, now, seen_at = ctx._, ctx.bands, _seen(ctx, BANDS)
    with panel("bands", _("Status bands"), band_note(now.slightly_behind, now.behind, _)):
        left, right = st.columns(2)
        low = left.number_input(_("Slightly behind down to (points)"), -100.0, 0.0, float(now.slightly_behind), 0.5,
                                format="%g", key="bands_low")  # fmt: skip
        lower = right.number_input(_("Behind down to (points)"), -100.0, 0.0, float(now.behind), 0.5, format="%g",
                                   key="bands_lower")  # fmt: skip
        why, reason = _why(ctx, "bands"), ""
        try:
            _bands_preview(ctx, targets.checked_bands(now, low, lower))
            why.checked()
        except UploadError as error:
            reason = upload_words.refusal(error, _)

        def revise(who: Actor, tell: Tell) -> Batch:
            store = loaders.store()
            return targets.revise_bands(store, ctx.county, low, lower, why, who, seen_at=seen_at, tell=tell)

        _offer(ctx, _("Store the bands"), "bands_store", reason, revise, _("Stored: the status bands are changed."))
        foot(_("Bands hold for every date; seen as known then, a date keeps those of then."))


def _bands_preview(ctx: Context, new: Bands) -> None:
    """Show how many indicators would have which status, in the county and the places below it."""
    _ = ctx._
    if ctx.as_of is None:
        return
    cube, level = loaders.cube(ctx.county.slug, ctx.plan.id), ctx.at(ctx.plan.top_region).lower_level
    rows = targets.compared_bands(cube, ctx.as_of, ctx.bands, new, ["top", level])
    rows = rows.loc[rows["status"].isin(SCORED)]
    moved = rows.loc[(rows["status"] != rows["status_new"]) & (rows["region"] == ctx.plan.top_region), "indicator"]
    named = [ctx.labels[one].name for one in moved[:_NAMED]]
    told = _("What they would do at {day}: {n} targets of the county get another status.",
             day=formats.date(ctx.as_of, _), n=len(moved))  # fmt: skip
    names, more = _(", ").join(named), len(moved) - _NAMED
    st.html(
        element("p", " ".join([told, _("{names} and {n} more", names=names, n=more) if more > 0 else names]), "notice")
    )
    counts = [
        (ctx.names[str(region)], Counter(of["status"]), Counter(of["status_new"]))
        for region, of in rows.groupby("region", sort=False)
    ]
    with scroll("bands_preview"):
        st.html(bands_preview_html(counts, _))


# ---- the revisions there were ----------------------------------------------------------------------------------------


@fragment
def _revisions(ctx: Context) -> None:
    """Show the revisions of targets and bands, newest first; one that counts can be taken back."""
    _ = ctx._
    rows = _rows(ctx)
    with panel("revisions", _("Revisions"), _("{n} so far; pick one to take it back", n=len(rows))):
        picked = None
        if rows:
            with scroll("revisions"):
                picked = board(revisions_html(rows, _), "revisions", into="revision")
        else:
            st.html(element("p", _("No target and no band was revised here yet."), "quiet"))
        chosen = next((row["batch"] for row in rows if str(row["id"]) == str(picked)), None)
        if chosen is not None and chosen.active:
            _take_back(ctx, chosen)
        foot(_("Revisions that stand in the plan's own file are changed there."))


def _rows(ctx: Context) -> list[dict[str, Any]]:
    """Return the revisions of this plan and of the bands as the list shows them."""
    _, plan = ctx._, ctx.plan
    known = {i.id: i for i in plan.indicators}
    superseded = upload_words.superseded(loaders.batches(ctx.county.slug), _)

    def row(batch: Batch, *, counts: bool) -> dict[str, Any]:
        state = superseded.get(batch.batch_id) or (_("counts") if counts else _("replaced"))
        return {
            "id": batch.number,
            "batch": batch,
            "at": stamp(batch.at),
            "who": actor.label(batch.actor, verified=batch.verified, _=_),
            "reason": batch.note,
            "state": element("span", state, "s s-done") if counts else element("small", state),
        }

    rows = [
        row(one.batch, counts=one.counts)
        | {
            "of": known[one.indicator].name(ctx.lang) if one.indicator in known else one.indicator,
            "what": words.asked_words(known[one.indicator], one.revision, plan, _) if one.indicator in known
            else _("The plan has no such indicator any more."),
            "holds": formats.date(one.revision.from_date, _),
            "document": one.revision.clause,
        }
        for one in loaders.target_revisions(ctx.county.slug)
        if one.plan_id == plan.id
    ]  # fmt: skip
    rows += [
        row(one.batch, counts=one.counts)
        | {"of": _("Status bands"), "what": band_note(one.bands.slightly_behind, one.bands.behind, _), "holds": "",
           "document": one.document}
        for one in loaders.band_revisions(ctx.county.slug)
    ]  # fmt: skip
    return sorted(rows, key=lambda r: -r["id"])


def _take_back(ctx: Context, batch: Batch) -> None:
    """Ask why, and take a revision back, unless later ones rest on it."""
    _ = ctx._
    why = st.text_input(_("Reason"), max_chars=LONGEST_REASON, key=f"revision_why_{batch.number}")
    in_the_way = [] if ctx.known_at else loaders.in_the_way(ctx.county.slug, batch.batch_id)
    reason = "" if why.strip() else _("Say why, for the history.")
    if in_the_way:
        named = "; ".join(upload_words.described(b, _) for b in in_the_way)
        reason = _("Take the later revisions of the same back first: {batches}", batches=named)
    elif not ctx.may("undo"):
        reason = upload_words.denied(DeniedError("undo"), _)

    def take(who: Actor, tell: Tell) -> Batch:
        return targets.undo(loaders.store(), ctx.county, batch.number, batch.table, who, why.strip(), tell)

    done = _("Taken back: batch {n} holds no more.", n=batch.number)
    _offer(ctx, _("Take back revision {n}", n=batch.number), "revision_undo", reason, take, done)


# ---- what the forms share --------------------------------------------------------------------------------------------


def _seen(ctx: Context, dataset: str) -> int:
    """Return the version that was on the screen when a button was pressed: nothing is overruled unseen."""
    now, key = loaders.version(ctx.county.slug, dataset), f"_seen_{dataset}"
    before: int = st.session_state.get(key, now)
    st.session_state[key] = now
    return before


def _why(ctx: Context, key: str) -> Why:
    _ = ctx._
    left, right = st.columns(2)
    document = left.text_input(_("Document that decided it"), max_chars=LONGEST_DOCUMENT, key=f"{key}_document",
                               placeholder=_("number of the document, or the meeting"))  # fmt: skip
    reason = right.text_input(_("Reason"), max_chars=LONGEST_REASON, key=f"{key}_reason")
    return Why(document, reason)


def _offer(ctx: Context, label: str, key: str, reason: str, store: Callable[[Actor, Tell], Batch], done: str) -> None:
    """Offer to store a change at one press, or say why it cannot be; then start the page anew."""
    _, who = ctx._, actor.current()
    if ctx.known_at is not None:
        reason = looking_back(_)
    elif loaders.store().read_only:
        reason = _("This deployment is read-only: nothing can be changed here.")
    elif who is None:
        reason = reason or actor.needed(_)
    if reason:
        st.html(element("p", reason, "quiet"))
    if not st.button(label, type="primary", disabled=bool(reason), key=key) or who is None:
        return
    try:
        with working(ctx) as tell:
            store(who, tell)
    except (UploadError, StoreError) as error:
        st.error(formats.as_label(upload_words.refusal(error, _)))
        return
    st.session_state[_TOLD] = done
    loaders.begin_run()
    st.rerun()
