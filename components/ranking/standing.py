"""What the page of rankings stands on: which places are compared, their boards, and the choices in the address."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd
import streamlit as st

from components import address, formats
from components.context import Context
from data import loaders, ranking

ALL = "all"


class Standing(NamedTuple):
    """A board with what it was made of."""

    board: pd.DataFrame
    now: pd.DataFrame
    before: pd.DataFrame | None
    rows: pd.DataFrame


def choice(name: str, label: str, words: Mapping[str, str], default: str) -> str:
    """Let the viewer choose one of a few; the choice stands in the address, so that a link brings it along."""
    key = f"{name}_choice"
    st.session_state[key] = address.keep(name, words, default) or default

    def keep() -> None:
        wanted: str = st.session_state[key]
        st.session_state[name] = None if wanted == default else wanted
        address.picked(name)

    chosen = st.segmented_control(
        label, list(words), required=True, format_func=words.__getitem__, key=key, label_visibility="collapsed",
        on_change=keep,
    )  # fmt: skip
    return chosen or default


def judged_areas(ctx: Context) -> dict[str, str]:
    """Return the names of the areas by which any place is judged."""
    judged = set(standing(ctx, ALL).now["area"])
    return {area: name for area, name in ctx.areas.items() if area in judged}


def standing(ctx: Context, area: str) -> Standing:
    """Return the board of an area, or of all, made once."""
    return ctx.built("standing", lambda: _ranked(ctx, area), area)


def _ranked(ctx: Context, area: str) -> Standing:
    chosen = None if area == ALL else area
    rule, areas = ctx.county.ranking, {i.id: i.area for i in ctx.plan.indicators}
    codes = places(ctx)

    def weighed(day: dt.date) -> tuple[pd.DataFrame, pd.DataFrame]:
        rows = loaders.evaluated(ctx.county.slug, ctx.plan.id, day)
        rows = rows.loc[rows["region"].isin(codes)].reset_index(drop=True)
        return rows, ranking.weighed(rows, areas, rule, chosen)

    rows, now = weighed(ctx.need_date())
    before = None
    if ctx.since:
        with ctx.then():
            before = weighed(ctx.since)[1]
    return Standing(ranking.board(now, before, codes, rule.least(chosen)), now, before, rows)


def places(ctx: Context) -> list[str]:
    """Return the codes of the places that are compared, in the order of the register."""
    return loaders.below(ctx.county.slug, ctx.plan.id, ctx.lower_level, ctx.township)


def in_order(board: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return the places that are ranked by level or by increment, the first first."""
    rank = f"{by}_rank"
    return board.loc[board[rank].notna()].sort_values(rank, kind="stable")


def first_head(ctx: Context) -> str:
    """Return the word for the places that are compared."""
    return ctx._("Village") if ctx.lower_level == "village" else ctx._("Township")


def score_rule(ctx: Context, area: str) -> str:
    """Say how the score of an area, or of all by the county's weights, is formed."""
    _ = ctx._
    base = _("score = on schedule or done ÷ judged, in %, of binding targets")
    weights = ctx.county.ranking.weights
    if area != ALL or not weights:
        return base
    shown = _(", ").join(
        f"{ctx.area_name(a)} {formats.number(weights[a])}" for a in ctx.plan.areas if a in weights
    )  # fmt: skip
    return _("{rule}; by area, weighed {weights}; areas without anything judged left out", rule=base, weights=shown)
