"""A part of a page that also reruns by itself, when something in it is picked."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import wraps
from typing import Concatenate, Literal, ParamSpec, cast

import streamlit as st

from components import address, entrance, faults, freshness
from components.context import Context
from data import loaders

P = ParamSpec("P")


def take_up_township(ctx: Context) -> None:
    """Let the frame take up a township that was picked in a part of the page: it narrows the whole page."""
    if "township" in st.session_state and ctx.lower_level == "township":
        st.rerun()


def fragment(show: Callable[Concatenate[Context, P], None]) -> Callable[Concatenate[Context, P], None]:
    """Let a function that shows a part of a page rerun by itself, with the page's context and the same versions."""

    @st.fragment
    @wraps(show)
    def run(ctx: Context, *args: P.args, **kwargs: P.kwargs) -> None:
        _within_run(show, ctx, *args, **kwargs)

    return cast("Callable[Concatenate[Context, P], None]", run)


def dialog(
    title: str, show: Callable[Concatenate[Context, P], None], *, width: Literal["small", "large"] = "small"
) -> Callable[Concatenate[Context, P], None]:
    """Let a function that shows a dialog rerun by itself, as a fragment does."""

    @st.dialog(title, width=width)
    def run(ctx: Context, *args: P.args, **kwargs: P.kwargs) -> None:
        _within_run(show, ctx, *args, **kwargs)

    return cast("Callable[Concatenate[Context, P], None]", run)


def _within_run(show: Callable[Concatenate[Context, P], None], ctx: Context, *args: P.args, **kwargs: P.kwargs) -> None:
    with faults.in_words(ctx.county, ctx.lang), ExitStack() as run:
        alone = loaders.join_run(ctx.county.slug, ctx.known_at)
        # A part reruns in a thread of its own, maybe long after the page did: whose access it is, is asked anew.
        entrance.enter(ctx.county)
        if alone:
            run.enter_context(freshness.state(ctx.county, address.page()))
        plan = loaders.plan(ctx.county.slug, ctx.plan.id)
        # A target may have been revised since the page was drawn, or the list of villages; what is made of them is kept
        # for everybody. A new context remembers nothing of what was read then.
        show(replace(ctx, plan=plan), *args, **kwargs)
