"""The board by level or by increment, and beside it who is named up and down, with the reason."""

from collections.abc import Iterator, Mapping

import streamlit as st

from components import formats, indicator_view
from components.board import Board, live
from components.context import Context
from components.fragment import fragment, take_up_township
from components.html.base import Markup, element, join
from components.html.ranking import Told, board_table, named_html
from components.panels import foot, foot_html, panel, side_by_side
from components.ranking.standing import (
    ALL,
    Standing,
    choice,
    first_head,
    in_order,
    judged_areas,
    score_rule,
    standing,
)
from components.status import band_note
from data import ranking, tally
from data.explain import explain
from data.ranking import CHANGE, FEW, LEVEL, NOTHING, Named, Reason
from data.ranking_words import parting
from data.statuses import not_judged

WEIGHTS = (1.25, 1)


@fragment
def board_and_named(ctx: Context) -> None:
    """Show the board of an area or of all by level or by increment, and beside it who is named, with the reason."""
    _ = ctx._
    take_up_township(ctx)
    areas = ctx.built("judged areas", lambda: judged_areas(ctx))
    ways = {LEVEL: _("By level"), CHANGE: _("By increment")}
    bar = st.container(horizontal=True, key="ranking_bar")
    with bar:
        area = choice("rank_area", _("Action area"), {ALL: _("All areas"), **areas}, ALL)
        by = choice("rank_by", _("Ranking"), ways, LEVEL) if ctx.since else LEVEL
    left, right = side_by_side(WEIGHTS)
    villages = ctx.lower_level == "village"
    into = "village" if villages else "township"
    with left:
        title = _("Ranking of villages") if villages else _("Ranking of townships")
        html = ctx.built("ranking board", lambda: _board_html(ctx, area, by), area, by)
        with panel("ranking", title, _board_note(ctx, area, by, areas)):
            one = Board(html, "ranking", indicator_view.chosen_village(ctx) if villages else None, into=into)
            live(one.markup, "ranking", one)
            if villages and one.current:
                st.html(indicator_view.place_link(ctx, one.current))
            st.html(ctx.built("ranking foot", lambda: _board_foot(ctx, area, by), area, by))
    with right:
        html = ctx.built("ranking named", lambda: _named_html(ctx, area, by), area, by)
        with panel("named", _("Named up and down"), ways[by]):
            one = Board(html, "named", None, into=into)
            live(one.markup, "named", one)
            foot(
                _("Definition: {text}", text=_("the indicator that did most for the rank, in the engine's words")),
                _("Data up to {day}", day=formats.date(ctx.as_of, _)),
            )


def _board_note(ctx: Context, area: str, by: str, areas: Mapping[str, str]) -> str:
    _ = ctx._
    parts = [ctx.names[ctx.township]] if ctx.township else []
    parts.append(areas.get(area) or _("All areas"))
    if by == CHANGE:
        parts.append(ctx.since_words)
    return " · ".join(parts)


def _board_html(ctx: Context, area: str, by: str) -> Markup:
    _ = ctx._
    ranked = in_order(standing(ctx, area).board, by)
    if ranked.empty:
        least = ctx.county.ranking.least(None if area == ALL else area)
        return element("p", _("No place has {n} judged indicators, so nobody is ranked.", n=least), "quiet")
    return board_table(ranked, by, first_head(ctx), ctx.names, _)


def _board_foot(ctx: Context, area: str, by: str) -> Markup:
    _ = ctx._
    board, rule = standing(ctx, area).board, ctx.county.ranking
    least = rule.least(None if area == ALL else area)
    rows = standing(ctx, area).rows
    asked = [i.id for i in ctx.plan.indicators if area in {ALL, i.area}]
    few, nothing = ([ctx.names[code] for code in board.index[board["apart"] == kind]] for kind in (FEW, NOTHING))
    unknown = (board["apart"] == "") & board["change_rank"].isna()
    fresh = [ctx.names[code] for code in board.index[unknown]] if by == CHANGE else []
    between = _(", ")
    return foot_html(
        _("Definition: {text}", text=score_rule(ctx, area)),
        _("increment = score now − score then") if by == CHANGE else "",
        not_judged(tally.not_judged(rows.loc[rows["indicator"].isin(asked)]), _),
        parting(by, _),
        _("ranked from {n} judged indicators on; ties share the better rank", n=least),
        _("Fewer judged, not ranked ({n}): {names}", n=len(few), names=between.join(few)) if few else "",
        _("Nothing judged, not ranked ({n}): {names}", n=len(nothing), names=between.join(nothing)) if nothing else "",
        _("Too few judged then, no increment ({n}): {names}", n=len(fresh), names=between.join(fresh)) if fresh else "",
        _("pick a row to narrow the page to it") if ctx.lower_level == "township" else "",
        band_note(ctx.bands.slightly_behind, ctx.bands.behind, _),
    )  # fmt: skip


def _named_html(ctx: Context, area: str, by: str) -> Markup:
    _ = ctx._
    up, down = ranking.named(standing(ctx, area).board, by, ctx.county.ranking)
    titles = (_("Red list: to learn from"), _("Black list: to catch up"))
    return join(
        named_html(title, list(_told(ctx, area, by, side, up=side is up)), css, _nobody(ctx, side), _)
        for title, side, css in zip(titles, (up, down), ("red", "black"), strict=True)
    )


def _nobody(ctx: Context, side: Named) -> str:
    _ = ctx._
    if side.tied:
        return _(
            "{n} places share the next rank, more than the list holds: tied places are named together or not at all.",
            n=side.tied,
        )
    return "" if side.places else _("Nobody is to be named.")


def _told(ctx: Context, area: str, by: str, side: Named, *, up: bool) -> Iterator[Told]:
    own = standing(ctx, area)
    ranked = list(in_order(own.board, by).index)
    for code in side.places:
        reason = _reason(own, code, by, ranked, up=up)
        if reason is None:
            continue
        mine, rows = own.board.loc[code].to_dict(), own.rows
        found = rows.loc[(rows["region"] == code) & (rows["indicator"] == reason.indicator)].iloc[0]
        figure = formats.percent(mine["score"]) if by == LEVEL else formats.points(mine["change"], ctx._)
        sentence = explain(found.to_dict(), ctx.plan, ctx.need_date(), ctx.lang)
        name = ctx.plan.indicator(reason.indicator).name(ctx.lang)
        yield Told(
            code, ctx.names[code], mine[f"{by}_rank"], figure, name, found["status"], reason.status_before,
            found["rule"], sentence, _peers(ctx, reason),
        )  # fmt: skip


def _reason(own: Standing, code: str, by: str, ranked: list[str], *, up: bool) -> Reason | None:
    if by == LEVEL or own.before is None:
        return ranking.level_reason(code, own.now, ranked, up=up)
    return ranking.change_reason(code, own.now, own.before, own.rows, ranked, up=up)


def _peers(ctx: Context, reason: Reason) -> str:
    if not reason.peers:
        return ""
    return ctx._("Of the {n} other ranked places judged by it {fine} are fine.", n=reason.peers, fine=reason.peers_fine)
