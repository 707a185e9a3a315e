"""What is newer than a list of problems, where it is committed: kept, unless whoever sends the list says not."""

from dataclasses import replace

import streamlit as st

from components.context import Context
from components.html.base import element
from components.uploads import held as session
from components.uploads.held import Held
from data.intake.older import KEPT

_NAMED = 8


def kept(ctx: Context, held: Held) -> None:
    """Name the problems whose newer state is kept, and let the list count all the same."""
    _, problems = ctx._, held.shown.problems
    told = problems.loc[problems["rule"] == KEPT, "more"]
    if told.empty:
        return
    numbers = [str(more["id"]) for more in told]
    named = _(", ").join(numbers[:_NAMED])
    if len(numbers) > _NAMED:
        named += _(" and {n} more", n=len(numbers) - _NAMED)
    said = _(
        "This list was made before the newest changes to {n} problems: {ids}. What is newer is kept, for example that "
        "a problem was closed on the page; it is not taken back.",
        n=len(numbers), ids=named,
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center", key="newer_kept"):
        st.html(element("p", said, "notice"))
        st.button(_("As the list says"), on_click=_as_listed, args=(held,), key=f"older_{held.file_id}")


def _as_listed(held: Held) -> None:
    """Take the viewer's word that the list counts."""
    session.say(held.file_id, replace(session.corrections(held.file_id), older=True))
