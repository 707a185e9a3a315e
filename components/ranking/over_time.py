"""One indicator in all places as small lines, and the places month by month."""

import datetime as dt
from typing import NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from components import address, formats, indicator_view
from components.board import Board, live
from components.context import Context
from components.fragment import fragment, take_up_township
from components.html.base import Markup, element
from components.html.heat import heat_key
from components.html.progress import urgent_first
from components.html.ranking import Cell, Course, months_table, multiples_html
from components.html.table import records
from components.panels import foot_html, panel
from components.ranking.standing import ALL, choice, first_head, judged_areas, places, score_rule, standing
from components.status import URGENT, band_note
from components.unranked import unranked_words
from data import loaders, progress, ranking
from data.plan import Indicator

INDICATOR = "one"
MONTHS = 12


@fragment
def multiples_and_months(ctx: Context) -> None:
    """Show one indicator as a small line per place, and places by months for it or for the share of an area."""
    _ = ctx._
    take_up_township(ctx)
    _months(ctx, _multiples(ctx))


def _indicator(ctx: Context) -> Indicator | None:
    """Let the viewer choose an indicator that has figures by place; at first the one selected on other pages."""
    _ = ctx._
    options = ctx.built("indicators by place", lambda: _by_place(ctx))
    if not options:
        return None
    wanted = address.keep("indicator", {i.id for i in ctx.plan.indicators}, options[0])
    st.session_state["ranking_indicator"] = wanted if wanted in options else options[0]

    def keep() -> None:
        st.session_state["indicator"] = st.session_state["ranking_indicator"]
        address.picked("indicator")

    labels = ctx.labels
    chosen = st.selectbox(
        _("Indicator"), options, key="ranking_indicator", on_change=keep, label_visibility="collapsed",
        format_func=lambda i: f"{labels[i].note} · {labels[i].name}",
    )  # fmt: skip
    return ctx.plan.indicator(chosen)


def _by_place(ctx: Context) -> list[str]:
    """Return the indicators that have a figure in two places or more, those with most places behind first."""
    rows = standing(ctx, ALL).rows
    known = rows.loc[rows["value"].notna()].groupby("indicator").size()
    behind = rows.loc[rows["status"].isin(list(URGENT))].groupby("indicator").size()
    shown = [i for i in urgent_first(ctx.progress())["indicator"] if known.get(i, 0) > 1]
    return sorted(shown, key=lambda i: -behind.get(i, 0))


def _days(ctx: Context) -> tuple[dt.date, ...]:
    """Return the last month ends up to the as-of date, and that date itself, oldest first."""
    day = ctx.need_date()
    ends = [d for d in loaders.month_ends(ctx.county.slug, ctx.plan.id) if d < day]
    return tuple(sorted([day, *ends[: MONTHS - 1]]))


def _recent(ctx: Context, indicator: str | None = None) -> pd.DataFrame:
    return loaders.recent(
        ctx.county.slug, ctx.plan.id, _days(ctx), ctx.lower_level, ctx.township, indicator
    )  # fmt: skip


class _Drawn(NamedTuple):
    html: Markup
    told: Markup


def _multiples(ctx: Context) -> Indicator | None:
    """Show the indicator chosen as a small line per place; return it, None if none has figures by place."""
    _ = ctx._
    villages = ctx.lower_level == "village"
    title = _("One indicator in all villages") if villages else _("One indicator in all townships")
    with panel("multiples", title, _("ranked by level")):
        indicator = _indicator(ctx)
        if indicator is None:
            st.html(element("p", _("No indicator has figures by place."), "quiet"))
            return None
        drawn = ctx.built("multiples", lambda: _drawn_multiples(ctx, indicator), indicator.id)
        chosen = indicator_view.chosen_village(ctx) if villages else None
        one = Board(drawn.html, "multiples", chosen, into="village" if villages else "township")
        live(one.markup, "multiples", one)
        if villages:
            indicator_view.selected_place(ctx, indicator, chosen)
        st.html(drawn.told)
    return indicator


def _drawn_multiples(ctx: Context, indicator: Indicator) -> _Drawn:
    _ = ctx._
    days, rows = _days(ctx), _recent(ctx, indicator.id)
    now = rows.loc[rows["as_of"] == pd.Timestamp(days[-1])].assign(level=ctx.lower_level)
    ranked = progress.ranking(now, indicator, ctx.lower_level)
    known = ranked.loc[ranked["rank"].notna()]
    # A line of what is due is drawn where it rises: not for a yes or no, nor before a single date.
    lined = indicator.scored and not indicator.yes_no and indicator.rule != "deadline"

    def over(column: str) -> pd.DataFrame:
        return rows.set_index(["region", "as_of"])[column].unstack().reindex(index=known["region"])  # noqa: PD010 - as it stands

    values, due = over("value"), over("expected") * (1.0 if lined else float("nan"))
    scale = _scale(np.concatenate([values.to_numpy(float).ravel(), due.to_numpy(float).ravel()]))
    lines = dict(zip(values.index, zip(values.to_numpy(float), due.to_numpy(float), strict=True), strict=True))
    courses = [
        Course(code, ctx.names[code], rank, formats.quantity(value, unit, _), status, rule, *lines[code])
        for _n, code, rank, value, unit, status, rule in records(
            known, ("region", "rank", "value", "unit", "status", "rule")
        )
    ]
    unit = str(known["unit"].iloc[0])
    low, high = (formats.quantity(edge, unit, _) for edge in scale)
    told = foot_html(
        _("all to one scale, {low} to {high}", low=low, high=high),
        _("{first} to {last}", first=formats.date(days[0], _), last=formats.date(days[-1], _)),
        _("dashed: due by schedule") if lined and due.notna().any(axis=None) else "",
        *unranked_words(ranked.loc[ranked["rank"].isna()], ctx.names, _),
        _("pick one to narrow the page to it") if ctx.lower_level == "township" else "",
    )
    return _Drawn(multiples_html(courses, scale, _), told)


def _scale(values: np.ndarray) -> tuple[float, float]:
    """Return the ends of the scale: from nought, unless all figures lie so high that their courses would look flat."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return (low if low > high / 2 else min(low, 0.0)), max(high, 0.0)


def _months(ctx: Context, indicator: Indicator | None) -> None:
    _ = ctx._
    villages = ctx.lower_level == "village"
    areas = ctx.built("judged areas", lambda: judged_areas(ctx))
    one = {INDICATOR: _("The indicator above")} if indicator is not None else {}
    title = _("Villages × months") if villages else _("Townships × months")
    with panel("months", title, _("the last {n} evaluation dates", n=len(_days(ctx)))):
        what = choice("rank_months", _("What is shown"), {ALL: _("All areas"), **areas, **one}, ALL)
        if what == INDICATOR and indicator is not None:
            drawn = ctx.built("months of one", lambda: _months_of(ctx, indicator), indicator.id)
        else:
            drawn = ctx.built("months of shares", lambda: _months_shares(ctx, what), what)
        board = Board(
            drawn.html, "months", indicator_view.chosen_village(ctx) if villages else None,
            into="village" if villages else "township",
        )  # fmt: skip
        live(board.markup, "months", board)
        if drawn.told:  # where nobody is ranked there is nothing to explain
            st.html(drawn.told)


def _heads(ctx: Context) -> list[str]:
    """Return the dates as heads: the month, with the year where it begins, and the day where it is no month's end."""
    _ = ctx._
    days, ends = _days(ctx), set(loaders.month_ends(ctx.county.slug, ctx.plan.id))
    heads, year = [], None
    for day in days:
        if day in ends:
            heads.append(formats.month(day, _, year=day.year != year))
        else:
            heads.append(formats.day(day, _))
        year = day.year
    return heads


def _months_shares(ctx: Context, what: str) -> _Drawn:
    _ = ctx._
    area = None if what == ALL else what
    days = _days(ctx)
    areas = {i.id: i.area for i in ctx.plan.indicators}
    rule, board = ctx.county.ranking, standing(ctx, what).board
    scores = ranking.by_month(_recent(ctx), areas, rule, places(ctx), area)
    known = set(scores.index[scores.notna().any(axis=1)])
    order = [c for c in board.sort_values("level_rank", kind="stable", na_position="last").index if c in known]
    if not order:
        least = rule.least(area)
        none = element("p", _("No place has {n} judged indicators, so nobody is ranked.", n=least), "quiet")
        return _Drawn(none, Markup())
    columns = [scores[pd.Timestamp(day)].to_dict() for day in days]
    cells = {(code, i): Cell(column[code]) for i, column in enumerate(columns) for code in order}
    html = months_table(order, _heads(ctx), cells, ctx.names, first_head(ctx), 0, None, _)
    told = foot_html(
        _("Definition: {text}", text=score_rule(ctx, what)),
        _("— fewer than {n} judged at the date", n=rule.least(area)),
        heat_key(_),
    )
    return _Drawn(html, told)


def _months_of(ctx: Context, indicator: Indicator) -> _Drawn:
    _ = ctx._
    days, rows = _days(ctx), _recent(ctx, indicator.id)
    position = {pd.Timestamp(day): i for i, day in enumerate(days)}
    now = rows.loc[rows["as_of"] == pd.Timestamp(days[-1])].assign(level=ctx.lower_level)
    ranked = progress.ranking(now, indicator, ctx.lower_level)
    known = set(rows.loc[rows["value"].notna(), "region"])
    cells = {
        (code, position[day]): Cell(value, status)
        for _n, code, day, value, status in records(rows, ("region", "as_of", "value", "status"))
    }
    unit = str(rows["unit"].iloc[0])
    html = months_table(
        [c for c in ranked["region"] if c in known], _heads(ctx), cells, ctx.names, first_head(ctx),
        _digits(rows["value"], unit), indicator.rule, _,
    )  # fmt: skip
    told = foot_html(
        indicator.name(ctx.lang),
        _("in {unit}", unit=formats.unit(unit, _)) if formats.unit(unit, _) else "",
        band_note(ctx.bands.slightly_behind, ctx.bands.behind, _),
    )
    return _Drawn(html, told)


def _digits(values: pd.Series, unit: str) -> int:
    """Return the decimals a table of figures needs: none where all are whole, one for rates, two for the rest."""
    known = values.dropna()
    if (known == known.round()).all():
        return 0
    return 1 if unit == "%" else 2
