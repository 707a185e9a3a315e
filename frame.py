"""The script each session runs: county, filters that every page shares, navigation, then the page."""

import datetime as dt

import streamlit as st

from components import address, context, style
from components.html.notes import no_data, sample_mark
from components.server.current import current_county
from components.server.site import PAGES, PRODUCT
from data import loaders
from data.language import translator
from data.registry import County

WITHOUT_DATA = {"upload", "plan", "tasks", "history"}


def brand(county: County, lang: str, *, sample: bool) -> None:
    """Show whose dashboard this is."""
    _ = translator(lang)
    mark = sample_mark(_) if sample else ""
    motto = _("Consolidating results, linking revitalization")
    st.html(f"<div class='brand'><i></i>{county.name(lang)}<small>{motto}</small>{mark}</div>", width="content")


def date_filters(county: County, plan_id: str, lang: str) -> tuple[dt.date | None, dt.date | None]:
    """Let the viewer choose the as-of date and the date it is compared with; newest first."""
    _ = translator(lang)
    days = [d.isoformat() for d in loaders.evaluation_dates(county.slug, plan_id)]
    if not days:
        return None, None
    if st.session_state.get("asof") not in {None, *days}:
        del st.session_state["asof"]
    as_of = st.selectbox(
        _("Data up to"),
        days,
        format_func=lambda d: _("Data up to {day}", day=d),
        label_visibility="collapsed",
        key="asof",
        bind="query-params",
    )
    earlier = days[days.index(as_of) + 1 :]
    if not earlier:
        return dt.date.fromisoformat(as_of), None
    if st.session_state.get("since") not in {None, *earlier}:
        del st.session_state["since"]
    # A month against a month: dates in mid-month would compare half a window with a whole one.
    ends = {d.isoformat() for d in loaders.month_ends(county.slug, plan_id)}
    usual = next((n for n, d in enumerate(earlier) if d in ends), 0)
    since = st.selectbox(
        _("Compared with"),
        earlier,
        index=usual,
        format_func=lambda d: _("Compared with {day}", day=d),
        label_visibility="collapsed",
        key="since",
        bind="query-params",
    )
    return dt.date.fromisoformat(as_of), dt.date.fromisoformat(since)


def township_filter(county: County, plan_id: str, lang: str) -> str | None:
    """Let the viewer narrow everything to one township, where the plan has several."""
    _ = translator(lang)
    regions = loaders.regions(county.slug, plan_id)
    towns = regions.loc[(regions["level"] == "township") & (regions["parent"] == county.code + "000000")]
    if len(towns) < 2:
        return None
    names = dict(zip(towns["code"], towns["name"], strict=True))
    whole = "all"
    if st.session_state.get("township") not in {None, whole, *names}:
        del st.session_state["township"]
    chosen = st.selectbox(
        _("Township"),
        [whole, *names],
        format_func=lambda code: names.get(code, _("All townships")),
        label_visibility="collapsed",
        key="township",
        bind="query-params",
    )
    return None if chosen == whole else chosen


county = current_county()
asked = st.query_params.get("lang", "zh")
lang = st.session_state.get("lang", asked if asked in {"zh", "en"} else "zh")
_ = translator(lang)
st.set_page_config(page_title=f"{county.name(lang)} · {PRODUCT[lang]}", layout="wide")
meeting = address.keep("mode", {"meeting"}) == "meeting"
style.inject(meeting=meeting)

pages = [st.Page(entry.file, title=_(entry.title), url_path=entry.name, default=entry is PAGES[0]) for entry in PAGES]
page = st.navigation(pages, position="hidden")
sample = loaders.is_sample(county.slug)

with st.container(horizontal=True, key="bar", vertical_alignment="center"):
    brand(county, lang, sample=sample)
    titles = {plan_id: loaders.plan(plan_id).title(lang) for plan_id in county.plans}
    plan_id = st.selectbox(
        _("Plan"), list(titles), format_func=titles.__getitem__, label_visibility="collapsed", key="plan",
        bind="query-params",
    )  # fmt: skip
    township = township_filter(county, plan_id, lang)
    as_of, since = date_filters(county, plan_id, lang)
    st.segmented_control(
        _("Language"), ["zh", "en"], default="zh", required=True, format_func={"zh": "中", "en": "EN"}.__getitem__,
        label_visibility="collapsed", key="lang", bind="query-params",
    )  # fmt: skip
    st.toggle(
        _("Meeting"),
        value=meeting,
        key="meeting_switch",
        on_change=lambda: st.session_state.update(mode=None if meeting else "meeting"),
    )

with st.container(horizontal=True, key="nav"):
    for entry in pages:
        (st.container(key="here", width="content") if entry == page else st).page_link(entry)

context.put(context.Context(county, loaders.plan(plan_id), lang, as_of, since, township, meeting, sample))
if as_of is None and page.url_path not in WITHOUT_DATA:
    st.html(no_data(county.slug, _))
else:
    page.run()
