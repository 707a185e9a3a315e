"""The script each session runs: county, filters that every page shares, navigation, then the page."""

import datetime as dt

import streamlit as st

from components import address, context, faults, style
from components.html.base import escape
from components.html.menu import Entry, menu_html
from components.html.notes import no_data, sample_mark
from components.server.current import current_county
from components.server.site import PAGES, PRODUCT
from data import loaders
from data.language import translator
from data.registry import County

WITHOUT_DATA = {"upload", "plan", "tasks"}


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
        title = escape(loaders.plan(chosen).title(lang))
        st.html(f"<div class='doc' title=\"{title}\">{title}</div>", width="content")
        return chosen
    return st.selectbox(
        translator(lang)("Plan"),
        ids,
        format_func=lambda plan_id: loaders.plan(plan_id).title(lang),
        label_visibility="collapsed",
        key="plan",
    )


def date_filters(county: County, plan_id: str, lang: str) -> tuple[dt.date | None, dt.date | None]:
    """Let the viewer choose the as-of date and the date it is compared with; newest first."""
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
    if not earlier:
        return dt.date.fromisoformat(as_of), None
    # A month against a month: dates in mid-month would compare half a window with a whole one.
    ends = {d.isoformat() for d in loaders.month_ends(county.slug, plan_id)}
    usual = next((n for n, d in enumerate(earlier) if d in ends), 0)
    set_here = moved or st.session_state.get("since") not in {None, *earlier}
    if set_here:
        st.session_state["since"] = earlier[usual]
    since = st.selectbox(
        _("Compared with"),
        earlier,
        index=0 if set_here else usual,
        label_visibility="collapsed",
        key="since",
        bind="query-params",
    )
    return dt.date.fromisoformat(as_of), dt.date.fromisoformat(since)


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
    elif picked == loaders.plan(plan_id).top_region:
        st.session_state["town"] = whole
    address.keep("town", codes.keys())
    chosen = st.selectbox(_("Township"), [whole, *codes], label_visibility="collapsed", key="town")
    return codes.get(chosen)


def show(county: County, lang: str) -> None:
    """Show the frame, and the page asked for in it."""
    _ = translator(lang)
    loaders.begin_run()
    meeting = address.keep("mode", {"meeting"}) == "meeting"
    style.inject(meeting=meeting, inside={"asof": _("As of"), "since": _("Versus")})
    pages = [
        st.Page(entry.file, title=_(entry.title), url_path=entry.name, default=entry is PAGES[0]) for entry in PAGES
    ]
    page = st.navigation(pages, position="hidden")
    address.begin(page.url_path)
    sample = loaders.is_sample(county.slug)

    with st.container(horizontal=True, key="bar", vertical_alignment="center"):
        brand(county, lang, sample=sample)
        plan_id = plan_filter(county, lang)
        township = township_filter(county, plan_id, lang)
        as_of, since = date_filters(county, plan_id, lang)
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
            [Entry(p.title, f"{home}/{p.url_path}" if p.url_path else home, here=p == page) for p in pages], _("Pages")
        )
    )

    context.put(context.Context(county, loaders.plan(plan_id), lang, as_of, since, township, meeting, sample))
    if as_of is None and page.url_path not in WITHOUT_DATA:
        st.html(no_data(county.slug, _))
    else:
        page.run()


county = current_county()
asked = st.query_params.get("lang", "zh")
lang = st.session_state.get("lang", asked if asked in {"zh", "en"} else "zh")
st.set_page_config(page_title=f"{county.name(lang)} · {PRODUCT[lang]}", layout="wide")
with faults.in_words(county, lang):
    show(county, lang)
