"""The script each session runs: county, filters that every page shares, navigation, then the page."""

import datetime as dt
from contextlib import ExitStack, nullcontext
from time import perf_counter
from typing import NamedTuple

import streamlit as st

from components import address, agenda, context, entrance, faults, freshness, navigation, style
from components.html.base import escape
from components.html.menu import Entry, menu_html
from components.html.notes import no_data, past_mark, sample_mark
from components.server.current import current_county
from components.server.metrics import timed
from components.server.site import OF_FIGURES, PAGES, PRODUCT
from components.turns import on_files
from data import loaders, schedule
from data.lanes import LOOKING
from data.language import translator
from data.past import THEN, Moment, day_shown, moment
from data.plan import load_plan
from data.registry import County
from data.store import Snapshot


def brand(county: County, lang: str, *, sample: bool) -> None:
    """Show whose dashboard this is."""
    _ = translator(lang)
    mark = sample_mark(_) if sample else ""
    # The English filters need the room.
    motto = _("Consolidating results, linking revitalization") if lang == "zh" else ""
    st.html(
        f"<div class='brand'><i></i>{county.name(lang)}{f'<small>{motto}</small>' if motto else ''}{mark}</div>",
        width="content",
    )


def plan_filter(county: County, lang: str) -> str:
    """Let the viewer choose the plan, where the county follows several."""
    ids = list(county.plans)
    chosen = address.keep("plan", set(ids), ids[0]) or ids[0]
    if len(ids) == 1:
        title = escape(load_plan(chosen).title(lang))
        st.html(f"<div class='doc' title=\"{title}\">{title}</div>", width="content")
        return chosen
    return st.selectbox(
        translator(lang)("Plan"),
        ids,
        format_func=lambda plan_id: load_plan(plan_id).title(lang),
        label_visibility="collapsed",
        key="plan",
    )


def date_filters(county: County, plan_id: str, lang: str) -> tuple[dt.date | None, str | None]:
    """Let the viewer choose the as-of date, and the date or the meeting it is compared with; newest first."""
    _ = translator(lang)
    days = [d.isoformat() for d in loaders.evaluation_dates(county.slug, plan_id)]
    if not days:
        return None, None
    # Said outright where it changes by itself: a browser keeps what a list showed.
    moved = st.session_state.pop("newest_date", False) or st.session_state.get("asof") not in {None, *days}
    if moved:
        st.session_state["asof"] = days[0]
    as_of = st.selectbox(
        _("Data up to"),
        days,
        label_visibility="collapsed",
        key="asof",
        bind="query-params",
    )
    earlier = days[days.index(as_of) + 1 :]
    # A meeting stands before its own date; on the very day it tells what was reported since.
    meetings = [s.label for s in loaders.snapshots(county.slug) if s.as_of.isoformat() <= as_of]
    offered = sorted([*earlier, *meetings], key=lambda one: (one[-len(as_of) :], one not in earlier), reverse=True)
    if not offered:
        return dt.date.fromisoformat(as_of), None
    # A month against a month: dates in mid-month would compare half a window with a whole one.
    ends = {d.isoformat() for d in loaders.month_ends(county.slug, plan_id)}
    usual = next((one for one in offered if one in ends), offered[0])
    since = compared_with(offered, usual, lang, anew=moved)
    return dt.date.fromisoformat(as_of), since


def compared_with(offered: list[str], usual: str, lang: str, *, anew: bool) -> str:
    """Let the viewer choose what is compared with: `usual`, which follows the as-of date, until something else is.

    Not bound to the address: Streamlit would leave a value in it, or out of it, when `usual` comes to be that value.
    """
    if anew:
        st.session_state["since"] = None
    since = address.keep("since", {*offered} - {usual}, usual) or usual
    if st.session_state.get("since_choice") != since:
        st.session_state["since_choice"] = since  # said outright, as the as-of date

    def keep() -> None:
        wanted: str = st.session_state["since_choice"]
        st.session_state["since"] = None if wanted == usual else wanted
        address.picked("since")

    label = translator(lang)("Compared with")
    st.selectbox(label, offered, label_visibility="collapsed", key="since_choice", on_change=keep)
    return since


def known_filter(county: County, as_of: dt.date | None, lang: str) -> Moment | None:
    """Let the viewer see everything as it was known then; None where what is known now is shown.

    The switch means the end of the as-of day; a batch of the history and a meeting's snapshot come by their own links.
    """
    _ = translator(lang)
    asked = {one for one in (st.session_state.get("known"), st.query_params.get("known")) if one}
    lists = (loaders.batches(county.slug), loaders.snapshots(county.slug)) if asked else ([], [])
    found = {one: moment(one, as_of, *lists) for one in asked}
    known = address.keep("known", {one for one, there in found.items() if there})
    if st.session_state.get("known_switch", False) != (known is not None):
        st.session_state["known_switch"] = known is not None
    st.toggle(
        _("As known then"),
        key="known_switch",
        on_change=lambda: st.session_state.update(known=THEN if st.session_state["known_switch"] else None),
    )
    return found[known] if known else None


class Shown(NamedTuple):
    """What is shown of what was chosen: dates that figures were known for, and the version they are read at."""

    as_of: dt.date | None
    since: dt.date | None
    since_at: Snapshot | None
    known_at: int | None


def shown(county: County, plan_id: str, known: Moment | None, as_of: dt.date | None, since: str | None) -> Shown:
    """Turn the run to what was known then, and find the dates there were figures for; the present if none."""
    pinned = known.version if known else None
    if as_of is not None and pinned is not None:
        loaders.pin(county.slug, pinned)
        found = day_shown(as_of, loaders.evaluation_dates(county.slug, plan_id))
        if found is None:
            loaders.pin(county.slug, pinned := None)
        else:
            as_of = found
    if as_of is None or since is None:
        return Shown(as_of, None, None, pinned)
    named = loaders.snapshots(county.slug) if len(since) > len(as_of.isoformat()) else []
    meeting = next((s for s in named if s.label == since), None)
    if meeting is None and pinned is None:
        return Shown(as_of, dt.date.fromisoformat(since), None, None)
    at = meeting.version if meeting and (pinned is None or meeting.version <= pinned) else None
    day = meeting.as_of if meeting else dt.date.fromisoformat(since)
    with loaders.known_at(county.slug, at):
        days = loaders.evaluation_dates(county.slug, plan_id)
        if at is None:
            days = [d for d in days if d < as_of]
        if day not in days:
            days = [d for d in days if d == schedule.month_end(d)]
        found = day_shown(day, days)
    return Shown(as_of, found, meeting if at is not None and found else None, pinned)


def township_filter(county: County, plan_id: str, lang: str) -> str | None:
    """Let the viewer narrow everything to one township, where the plan has several."""
    _ = translator(lang)
    codes = loaders.townships(county.slug, plan_id)
    if len(codes) < 2:
        return None
    whole = _("All townships")
    picked = st.session_state.pop("township", None)
    if picked in codes.values():
        st.session_state["town"] = next(name for name, code in codes.items() if code == picked)
    elif picked == load_plan(plan_id).top_region:
        st.session_state["town"] = whole
    if address.keep("town", codes.keys()) is None:
        st.session_state["town"] = whole  # said outright: a browser keeps what the list showed
    chosen = st.selectbox(_("Township"), [whole, *codes], label_visibility="collapsed", key="town")
    return codes.get(chosen)


def show(county: County, lang: str, begun: float, run: ExitStack) -> None:
    """Show the frame, and the page asked for in it, for which somebody has been waiting since `begun`.

    `run` ends with the run.
    """
    _ = translator(lang)
    loaders.begin_run()
    access = entrance.enter(county)
    meeting = address.keep("mode", {"meeting"}) == "meeting"
    named = len(st.session_state.get("since") or st.query_params.get("since", "")) > len(dt.date.min.isoformat())
    boxes = {"asof": _("As of"), "since_choice": _("Versus")}
    style.inject(meeting=meeting, inside=boxes, roomy={"since_choice"} if named else ())
    pages = navigation.pages(lang)
    page = st.navigation(pages, position="hidden")
    address.begin(page.url_path)
    loaders.need(county.slug, "view")
    run.enter_context(freshness.state(county, page.url_path))
    sample = loaders.is_sample(county.slug)

    with st.container(horizontal=True, key="bar", vertical_alignment="center"):
        brand(county, lang, sample=sample)
        plan_id = plan_filter(county, lang)
        township = township_filter(county, plan_id, lang)
        asked, since = date_filters(county, plan_id, lang)
        known = known_filter(county, asked, lang) if asked else None
        # The stylesheet shows 中 and EN: a bound widget writes what it shows into the address.
        st.segmented_control(
            _("Language"), ["zh", "en"], default="zh", required=True, label_visibility="collapsed", key="lang",
            bind="query-params",
        )  # fmt: skip
        st.toggle(
            _("Meeting"),
            value=meeting,
            key="meeting_switch",
            on_change=lambda: st.session_state.update(mode=None if meeting else "meeting"),
        )

    home = f"/{county.slug}"
    st.html(
        menu_html(
            [
                Entry(p.title, f"{home}/{p.url_path}" if p.url_path else home, here=p == page)
                for p, entry in zip(pages, PAGES, strict=True)
                if access.may(entry.needs)
            ],
            _("Pages"),
            entrance.mark(county, access, lang),
            entrance.banner(lang),
        )
    )

    seen = shown(county, plan_id, known, asked, since)
    if known and asked:
        st.html(past_mark(known, asked, seen.as_of, _, pinned=seen.known_at is not None))
    if township and seen.known_at is not None and township not in loaders.names(county.slug, plan_id):
        township = None  # the list of villages did not have it then
    plan = loaders.plan(county.slug, plan_id)
    context.put(
        context.Context(
            county, plan, lang, seen.as_of, seen.since, township, meeting, sample, seen.since_at, seen.known_at
        )
    )
    if meeting and asked is not None:
        st.html(agenda.bar(context.get(), page.url_path))
    needs = next(entry.needs for entry, one in zip(PAGES, pages, strict=True) if one == page)
    loaders.need(county.slug, needs)
    if asked is None and page.url_path in OF_FIGURES:
        st.html(no_data(county.slug, _))
    else:
        loaders.begin_page(county.slug)
        with on_files() if needs == "upload" else nullcontext(), timed(page.url_path or PAGES[0].name, begun):
            page.run()


county = current_county()
asked = st.query_params.get("lang", "zh")
lang = st.session_state.get("lang", asked if asked in {"zh", "en"} else "zh")
st.set_page_config(page_title=f"{county.name(lang)} · {PRODUCT[lang]}", layout="wide")
begun = perf_counter()
# Whoever works on a file lets those by who look, with the frame too: on the page that the last run was of.
turn = on_files() if address.page() == "upload" else LOOKING.drawing()
with faults.in_words(county, lang), turn, ExitStack() as run:
    show(county, lang, begun, run)
