"""What is newer than a list of problems, where it is committed: kept, unless whoever sends the list says not."""

from dataclasses import replace

import streamlit as st

from components.context import Context
from components.html.base import element
from components.uploads import held as session
from components.uploads.held import Held
from data.intake.older import KEPT, TAKEN

_NAMED = 8


def of_rule(held: Held, rule: str) -> list[str]:
    """Return the numbers of the problems that a rule was told of, each once."""
    problems = held.shown.problems
    return list(dict.fromkeys(str(more["id"]) for more in problems.loc[problems["rule"] == rule, "more"]))


def kept(ctx: Context, held: Held) -> None:
    """Name the problems whose newer state is kept, and let the list count all the same; or those it takes back."""
    _ = ctx._
    if taken := of_rule(held, TAKEN):
        told = _("As chosen, the list takes back what is newer of {n} problems: {ids}.", n=len(taken),
                 ids=_named(ctx, taken))  # fmt: skip
        st.html(element("p", told, "notice"))
    numbers = of_rule(held, KEPT)
    if not numbers:
        return
    said = _(
        "This list was made before the newest changes to {n} problems: {ids}. What is newer is kept, for example that "
        "a problem was closed on the page or its deadline moved; it is not taken back.",
        n=len(numbers), ids=_named(ctx, numbers),
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center", key="newer_kept"):
        st.html(element("p", said, "notice"))
        st.button(_("As the list says"), on_click=_as_listed, args=(held,), key=f"older_{held.file_id}")


def nothing_new(ctx: Context, held: Held) -> str:
    """Return that nothing would change, and of which problems a row differs and is set aside."""
    _, numbers = ctx._, of_rule(held, KEPT)
    if not numbers:
        return _("The file says nothing new: every row is stored already.")
    return _("Nothing would be stored: what the file says otherwise of {n} problems is older and set aside ({ids}); "
             "every other row is stored already.", n=len(numbers), ids=_named(ctx, numbers))  # fmt: skip


def _named(ctx: Context, numbers: list[str]) -> str:
    _ = ctx._
    named = _(", ").join(numbers[:_NAMED])
    return named + _(" and {n} more", n=len(numbers) - _NAMED) if len(numbers) > _NAMED else named


def _as_listed(held: Held) -> None:
    """Take the viewer's word that the list counts."""
    session.say(held.file_id, replace(session.corrections(held.file_id), older=True))
