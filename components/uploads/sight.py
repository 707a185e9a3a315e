"""See it: map, ranking and trend of a file before anything is stored."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from components import formats
from components.board import board
from components.context import Context
from components.county_map import county_map, draw, value_classes
from components.figures.base import CONFIG
from components.figures.upload import before_and_after
from components.fragment import fragment
from components.html.base import Markup, element, escape, join, raw
from components.html.notes import no_villages
from components.html.uploads import places_html
from components.panels import foot, panel
from components.uploads import held as session
from components.uploads import quick
from components.uploads.held import Held
from components.uploads.result import PROBLEMS
from data import loaders, preview
from data.preview import Measure
from data.tables import PERSONAL

_MAP_HEIGHT = 300


@fragment
def panel_of(ctx: Context, held: Held) -> None:
    """Show the file's numbers on the map, ranked and over time; a choice among them leaves the rest of the page."""
    _ = ctx._
    if held.checked.generic:
        quick.panel_of(ctx, held)
        return
    with panel("see", _("See it"), _("of this file only; nothing is stored yet")):
        if held.checked.refusal:
            st.html(element("p", held.checked.refusal.text(ctx.lang)))
            return
        if held.view.wrong_rows:
            st.html(_wrong(ctx, held))
        if not held.view.drawn:
            st.html(element("p", _("There are no rows to look at."), "quiet"))
            return
        measure, month, level = _controls(ctx, held)
        by_village = bool(held.view.series("_village", measure, month))
        left, right = st.columns([1.15, 1], gap="small")
        with left:
            _map(ctx, held, measure, month, by_village=by_village)
        with right:
            _ranking(ctx, held, measure, month, level if by_village else "_township")
        if held.view.months:
            _trend(ctx, held, measure)
        covered = held.checked.table in PERSONAL
        foot(
            _("Definition: {text}", text=_how(measure, held.checked.table, ctx)),
            _("Source: {text}", text=held.checked.file_name),
            _("Groups of fewer than {n} rows are left out", n=preview.FEWEST) if covered else "",
        )


def _wrong(ctx: Context, held: Held) -> Markup:
    """Say how many rows are drawn nowhere, with the way to the list of what is wrong with them."""
    _ = ctx._
    told = _("{n} rows have errors and are not drawn.", n=formats.number(held.view.wrong_rows, 0))
    words = _("To the problems")
    link = raw(f"<a href='#{PROBLEMS}'>{escape(words)}</a>")
    return element("p", join([element("span", told, "dn"), " ", link]))


def _controls(ctx: Context, held: Held) -> tuple[Measure, str | None, str]:
    _ = ctx._
    choices = {m.id: m for m in held.view.measures}
    months = held.view.months
    with st.container(horizontal=True, vertical_alignment="bottom", key="see_controls"):
        picked = st.selectbox(
            _("Column"), list(choices), format_func=lambda m: _titled(choices[m], ctx), key=f"measure_{held.id}",
            label_visibility="collapsed",
        )  # fmt: skip
        month = None
        if len(months) > 1:
            month = st.selectbox(
                _("Month"), months[::-1], key=f"month_{held.id}", label_visibility="collapsed", width=130
            )
        words = {"_township": _("Townships"), "_village": _("Villages")}
        level = st.segmented_control(
            _("Ranking"), list(words), default="_township", required=True, format_func=words.__getitem__,
            key="see_level", label_visibility="collapsed",
        )  # fmt: skip
    return choices[picked], month, level


def _titled(measure: Measure, ctx: Context) -> str:
    name, unit = measure.title(ctx.lang), formats.unit(measure.unit, ctx._)
    if not unit:
        return name
    return f"{name}（{unit}）" if ctx.lang == "zh" else f"{name} ({unit})"


def _how(measure: Measure, table: str | None, ctx: Context) -> str:
    _ = ctx._
    once = {
        "facts": _("of several levels in a place the finest counts"),
        "funds": _("a place's own row counts, and the total of all tiers instead of its parts"),
    }.get(table or "", "")
    how = {
        "rows": _("rows counted"),
        "sum": _("sum, of the newest row of each thing in the month"),
        "mean": _("mean of the rows"),
        "share": _("sum of numerators ÷ sum of denominators"),
        "quotient": _("sum of numerators ÷ sum of denominators"),
    }[measure.how]
    return f"{how} · {once}" if once and measure.how != "rows" else how


def _map(ctx: Context, held: Held, measure: Measure, month: str | None, *, by_village: bool) -> None:
    _, note = ctx._, ""
    values: Mapping[str, float] = held.view.series("_village", measure, month)
    if not by_village:
        values = quick.of_townships(ctx, held.view.series("_township", measure, month))
        note = _("by township; the numbers count its villages")
    document = loaders.map_document(ctx.county.slug, ctx.plan.id)
    if document is None:
        st.html(no_villages(_))
        return
    unit = formats.unit(measure.unit, _)
    legend, classes = value_classes(dict(values), unit)
    county_map(draw(document, classes, legend, _, unit=unit, note=note), key="see_map", height=_MAP_HEIGHT,
               into="see_place")  # fmt: skip


def _ranking(ctx: Context, held: Held, measure: Measure, month: str | None, level: str) -> None:
    _ = ctx._
    values = held.view.series(level, measure, month)
    whole = f"{ctx.county.code}000000"
    # Rows of the county itself are no township's and would dwarf them all.
    rows = quick.ranked(ctx, {code: value for code, value in values.items() if code != whole}, level)
    head = measure.title(ctx.lang) if measure.how == "rows" else formats.unit(measure.unit, _) or _("Value")
    with st.container(key="scroll_see"):
        if level == "_township" and whole in values:
            amount = formats.quantity(values[whole], measure.unit, _)
            st.html(element("p", _("Of the county itself, not ranked: {value}", value=amount), "quiet"))
        if not rows:
            st.html(element("p", _("Too few rows to show by place in this month."), "quiet"))
            return
        board(places_html(rows, _, unit=measure.unit, head=head), "see", into="see_place")


def _trend(ctx: Context, held: Held, measure: Measure) -> None:
    stored = session.stored_months(ctx, held, measure)
    new = pd.Series(held.view.series("_month", measure), dtype=float)
    figure = before_and_after(stored, new, ctx._, unit=measure.unit, scale=ctx.scale, height=165)
    st.plotly_chart(figure, key="see_trend", config=CONFIG)
