"""Which village or township the page is about, and the ways to another one: search, up, beside, down."""

from collections.abc import Collection
from typing import NamedTuple

import streamlit as st

from components import address, indicator_view
from components.board import Board, live
from components.context import Context
from components.fragment import fragment
from components.html.base import Markup
from components.html.one_place import Step, directory, found_html, way_html
from components.panels import panel
from components.status import URGENT
from data import loaders

GOTO = "goto"
"""Session state key of a place picked to go to, of whatever level."""


class Here(NamedTuple):
    """The place shown: its code, its level, the township it is in (itself if it is one; None above)."""

    code: str
    level: str
    town: str | None


def chosen(ctx: Context) -> Here | None:
    """Return the place the page is about: the village selected, else the township narrowed to; None if neither.

    A village of another township than the one narrowed to was selected before that: the township wins.
    """
    _go(ctx)
    parents = ctx.parents
    village = indicator_view.chosen_village(ctx)
    if village and ctx.township in {None, parents[village]}:
        return Here(village, "village", parents[village])
    top = ctx.plan.top_region if ctx.plan.top_level == "township" else None
    town = ctx.township or top
    return Here(town, "township", town) if town else None


def _go(ctx: Context) -> None:
    """Take up a place picked on this page: a village is selected, a township narrowed to, the whole shows all again."""
    code = st.session_state.pop(GOTO, None)
    if code is None:
        return
    level = dict(zip(ctx.regions["code"], ctx.regions["level"], strict=True)).get(code)
    if level == "village":
        st.session_state["village"] = code
        if ctx.township not in {None, ctx.parents[code]}:
            st.session_state["township"] = ctx.parents[code]
    else:
        st.session_state.pop("village", None)
        st.session_state["township"] = code
    st.rerun()


def way(ctx: Context, here: Here | None) -> bool:
    """Show where the place lies (county, township, village), its neighbours, how many are looked at, and the search.

    Returns
    -------
    bool
        Whether several places side by side are asked for.
    """
    left, middle, right = st.columns([1.5, 0.6, 1], gap="small", vertical_alignment="center")
    with left:
        html = ctx.built("way", lambda: _way(ctx, here), here)
        board = Board(html, "way", into=GOTO)
        live(board.markup, "way", board)
    with middle:
        several = _several(ctx)
    with right:
        search(ctx)
    return several


def _several(ctx: Context) -> bool:
    _ = ctx._
    names = {"one": _("One place"), "several": _("Side by side")}
    chosen = st.segmented_control(
        _("View"), list(names), default=address.keep("view", {"several"}, "one"), required=True,
        format_func=names.__getitem__, key="place_view", label_visibility="collapsed", on_change=_keep_view,
    )  # fmt: skip
    return chosen == "several"


def _keep_view() -> None:
    st.session_state["view"] = "several" if st.session_state["place_view"] == "several" else None


def _way(ctx: Context, here: Here | None) -> Markup:
    _ = ctx._
    top = ctx.plan.top_region
    steps = [Step(top, ctx.names[top])]
    if here and here.town and here.town != top:
        steps.append(Step(here.town, ctx.names[here.town]))
    if here and here.level == "village":
        steps.append(Step(here.code, ctx.names[here.code]))
    before = after = None
    if here:
        row = _beside(ctx, here)
        at = row.index(here.code)
        before = Step(row[at - 1], ctx.names[row[at - 1]]) if at else None
        after = Step(row[at + 1], ctx.names[row[at + 1]]) if at + 1 < len(row) else None
    return way_html(steps, before, after, _)


def _beside(ctx: Context, here: Here) -> list[str]:
    """Return the places of the same kind in the order of the register: villages township by township."""
    frame = ctx.regions
    return list(frame.loc[(frame["level"] == here.level), "code"])


@fragment
def search(ctx: Context) -> None:
    """Let the viewer type a name, first letters of its pinyin or a code; what fits shows while typing."""
    if GOTO in st.session_state:
        st.rerun()
    hint = ctx._("Name, first letters (pyc) or code of a village or township")
    search_box(ctx, "find", GOTO, ctx._("Find a place"), hint)


def search_box(ctx: Context, key: str, into: str, label: str, hint: str, among: Collection[str] | None = None) -> None:
    """Show a field for a name, first letters or a code, and what fits below it, to be picked.

    Enter takes the place if it is the only one (`static/chrome.js`).

    Parameters
    ----------
    key : of the field; the board of what was found is `found_<key>`.
    into : session state key that receives the code picked.
    among : codes of the places that can be found; all if None.
    """
    _ = ctx._
    typed = st.text_input(
        label, key=key, type="search", live=True, label_visibility="collapsed", icon=":material/search:",
        placeholder=hint,
    )  # fmt: skip
    if not typed:
        return
    codes = loaders.place_index(ctx.county.slug, ctx.plan.id).find(typed, among=among)
    html = found_html(((c, ctx.place_labels[c]) for c in codes), key, typed, _)
    board = Board(html, f"found_{key}", into=into)
    live(board.markup, f"found_{key}", board)


def all_places(ctx: Context) -> None:
    """Show every township with its villages and how many indicators are behind in each, to pick one from."""
    _ = ctx._
    with panel(
        "directory",
        _("Townships and villages"),
        _("pick one to see it at a glance; in red: how many of its indicators are behind or overdue"),
    ):
        html = ctx.built("directory", lambda: _directory(ctx))
        board = Board(html, "directory", into=GOTO)
        live(board.markup, "directory", board)


def _directory(ctx: Context) -> Markup:
    rows = loaders.evaluated(ctx.county.slug, ctx.plan.id, ctx.need_date())
    late = rows.loc[rows["status"].isin(list(URGENT))].groupby("region").size()
    behind = {str(code): int(n) for code, n in late.items()}
    frame = ctx.regions
    towns = frame.loc[frame["level"] == "township", "code"]
    groups = {str(town): [str(c) for c in frame.loc[frame["parent"] == town, "code"]] for town in towns}
    return directory(groups, ctx.names, behind, ctx._)
