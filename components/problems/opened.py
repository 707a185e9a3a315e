"""One problem opened: what it is, its course, and what can be done with it next."""

import datetime as dt
from collections.abc import Callable

import pandas as pd
import streamlit as st

from components import actor, formats
from components.context import Context
from components.fields.funds import words
from components.html.base import Markup, element, join
from components.html.plan import definitions
from components.html.problems import Step, came_back, course_html, overdue_then, state_html
from components.panels import foot, panel
from components.problems.saving import ask_day, changeable, save, who_acts
from data import loaders
from data.derive import Tell
from data.language import N_
from data.past import day_of
from data.problems import course, moves, record, verify
from data.problems.moves import Row
from data.store import Batch
from data.upload import Actor


def opened(ctx: Context, problem: pd.Series) -> None:
    """Show a problem (a row of `data.problems.ledger`) with its course, and let it be moved on."""
    _ = ctx._
    badge = join(
        [
            state_html(problem["status"], problem["late"], _),
            came_back(problem["reopened_n"], _),
            overdue_then(problem["due_then"], _),
        ]
    )
    with panel("problem", _("Problem {id}", id=problem["issue_id"]), "", badge, stretch=False):
        st.html(_told(ctx, problem))
        st.html(ctx.built("problem course", lambda: _course(ctx, problem), problem["issue_id"]))
        _moves(ctx, problem)
        foot(
            _("closing needs somebody else than who reported it rectified"),
            _("every change is a batch: the history of uploads has it, and can undo it") if ctx.may("undo") else "",
        )


def _told(ctx: Context, problem: pd.Series) -> Markup:
    _ = ctx._
    names = {i.id: i.name(ctx.lang) for i in ctx.plan.indicators}
    place, town = (ctx.names.get(problem[name], "") for name in ("place", "town"))
    post = " · ".join(text for text in (problem["office"], problem["owner"]) if text)
    return definitions(
        [
            (_("Problem"), problem["problem"] or ""),
            (_("Place"), f"{town} {place}" if place != town else place),
            (_("Domain"), words(ctx, "issues", "domain").get(problem["domain"], "")),
            (_("Severity"), words(ctx, "issues", "severity").get(problem["severity"], "")),
            (_("Indicator"), names.get(problem["indicator"], "")),
            (_("In charge"), post or element("b", _("not named"), "dn")),
            (_("Due"), "" if pd.isna(problem["due_on"]) else formats.date(problem["due_on"], _)),
            (_("Measure"), problem["measure"] or ""),
        ],
        "def tight",
    )


def _course(ctx: Context, problem: pd.Series) -> Markup:
    """Return the steps of a problem with the batches that brought them, as the page knows them."""
    store, county, at = loaders.store(), ctx.county, ctx.known_at
    issue_id = str(problem["issue_id"])
    states = verify.counting(store, county, issue_id, at)
    notes = store.rows(county.code, "actions", at, batch_id=True)
    notes = notes.loc[notes["issue_id"] == issue_id]
    batches = {b.batch_id: b for b in loaders.batches(county.slug)}
    said = {number: b.note for number, b in batches.items() if b.action == "edit"}
    steps = [_step(ctx, event, batches.get(event.batch), problem) for event in course.course(states, notes, said)]
    return course_html(steps, ctx._)


_SIGNED = {"rectified", "sent_back", "closed"}
"""Steps of which the course says who took them."""


def _step(ctx: Context, event: course.Event, batch: Batch | None, problem: pd.Series) -> Step:
    """Return a step in words, and by whom where that matters."""
    _, day, text = ctx._, event.day, event.text
    if batch is None:
        return Step(event.kind, formats.date(day, _) if day else formats.NOTHING, text, "")
    if event.kind == "sent_back" and day is None:  # sent by a list: no column of the table has its day
        day = day_of(batch.at)
    who: Markup | str = ""
    if event.kind in _SIGNED:
        who = actor.label(batch.actor, verified=batch.verified, _=_)
    elif (
        event.kind == "due" and not pd.isna(problem["due_then"]) and text.startswith(f"{problem['due_then']:%Y-%m-%d}")
    ):
        who = overdue_then(problem["due_then"], _)
    return Step(event.kind, formats.date(day, _) if day else formats.NOTHING, text, _("batch {n}", n=batch.number), who)


def _moves(ctx: Context, problem: pd.Series) -> None:
    """Offer what can be done with the problem as it stands."""
    _, issue_id = ctx._, str(problem["issue_id"])
    if problem["status"] == "closed":
        _reopening(ctx, issue_id, problem["town"])
        return
    who = who_acts(ctx, problem["town"])
    if not changeable(ctx, problem["town"]):
        return
    seen = _seen(ctx, issue_id)
    waiting = problem["status"] == "rectified"
    left, right = st.columns([1, 1.6], vertical_alignment="bottom")
    first = max(d for d in (seen["found_on"], seen["handed_on"], seen["rectified_on"], ctx.need_date()) if d)
    with left:
        day = ask_day(_("Day"), first, f"pr_day_{issue_id}")
    # What was said with a step is not offered a second time; what was typed and not said stays. Nor does a second click
    # on the button ask for a second note: it was meant for the button that was there.
    noted = st.session_state.get(_NOTED, 0)
    field, button = f"pr_text_{issue_id}_{noted}", f"note_{noted}" if noted else "note"
    hint = _("what was done, or why it does not pass") if waiting else _("what was done")
    text = right.text_input(_("Progress"), max_chars=300, key=field, placeholder=hint)
    store, county = loaders.store(), ctx.county
    with st.container(horizontal=True, key="problem_moves"):
        _offer(
            ctx, _("Add note"), button, who,
            lambda a: lambda tell: record.note(store, county, seen, day, text, a, tell), N_("Noted, batch {n}."),
            _count,
        )  # fmt: skip
        if waiting and not ctx.may("close", (problem["town"],)):
            st.html(element("p", _("Reported rectified: verifying and closing it is for others."), "quiet"))
        elif waiting:
            _offer(
                ctx, _("Verify and close"), "close", who,
                lambda a: lambda tell: record.close(store, county, seen, day, a, tell, text), N_("Closed, batch {n}."),
                _count,
            )  # fmt: skip
            _offer(
                ctx, _("Not passed"), "back", who,
                lambda a: lambda tell: record.send_back(store, county, seen, day, a, tell, text),
                N_("Sent back, batch {n}."), _count,
            )  # fmt: skip
        else:
            _offer(
                ctx, _("Report rectified"), "rectify", who,
                lambda a: lambda tell: record.change(
                    store, county, seen, lambda r: moves.rectify(r, day), a, tell, text
                ),
                N_("Reported rectified, batch {n}. Somebody else has to verify it."), _count,
            )  # fmt: skip


_NOTED = "_problem_notes"
"""How many notes were stored in this session."""

Change = Callable[[Actor], Callable[[Tell], Batch]]


def _count() -> None:
    st.session_state[_NOTED] = st.session_state.get(_NOTED, 0) + 1


def _offer(
    ctx: Context,
    label: str,
    key: str,
    who: Actor | None,
    change: Change,
    said: str,
    then: Callable[[], None] | None = None,
) -> None:
    """Offer a move as a button, once it is known who makes it."""
    if st.button(label, key=f"pr_{key}", disabled=who is None) and who:
        save(ctx, change(who), said, then)


def _seen(ctx: Context, issue_id: str) -> Row:
    """Return the row as this page shows it."""
    frame = loaders.rows(ctx.county.slug, "issues")
    return record.as_rows(frame.loc[frame["issue_id"] == issue_id])[0]


def _reopening(ctx: Context, issue_id: str, town: str) -> None:
    """Offer to reopen a closed problem that has come back: it keeps its number."""
    st.html(element("p", ctx._("Closed. If the problem comes back it is reopened and keeps its number."), "quiet"))
    who = who_acts(ctx, town)
    if not changeable(ctx, town):
        return
    seen = _seen(ctx, issue_id)
    first = max(seen["closed_on"], ctx.need_date())
    left, right = st.columns(2)
    with left:
        day = ask_day(ctx._("Day"), first, f"pr_day_{issue_id}")
    with right:
        due = ask_day(ctx._("Due on"), day + dt.timedelta(days=14), f"pr_due_{issue_id}")
    store, county = loaders.store(), ctx.county
    _offer(
        ctx, ctx._("Reopen"), "reopen", who,
        lambda a: lambda tell: record.change(store, county, seen, lambda r: moves.reopen(r, day, due), a, tell),
        N_("Reopened, batch {n}."),
    )  # fmt: skip
