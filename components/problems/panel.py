"""Open problems by office, township and age, and the list of them; the one picked is opened beside it."""

import pandas as pd
import streamlit as st

from components import address, formats
from components.board import board
from components.context import Context
from components.fields.funds import sources, words
from components.fragment import fragment
from components.html.base import Markup, element
from components.html.lists import facts
from components.html.problems import STATES, counts_table, problem_table
from components.panels import foot, panel, scroll, side_by_side
from components.problems import opened
from components.problems.saving import told
from data import loaders, summaries
from data.problems import ledger

MOST = 200
WEIGHTS = (1.62, 1)


def problems_of(ctx: Context) -> pd.DataFrame:
    """Return the problems of the page's region: as they stood on its date; as they stand now at the newest one."""
    days = loaders.evaluation_dates(ctx.county.slug, ctx.plan.id)
    newest = bool(days) and ctx.as_of == days[0]
    return ctx.summary("issues", ledger.now if newest else ledger.on)


def problems(ctx: Context) -> None:
    """Show how many problems are open with whom, where and since when, the list, and the one picked."""
    if ctx.as_of is None:
        return
    rows = problems_of(ctx)
    _counts(ctx, rows)
    _list_and_depth(ctx)


def _counts(ctx: Context, rows: pd.DataFrame) -> None:
    _ = ctx._
    left, right = side_by_side([1, 1])
    with left, panel("problem_offices", _("Open problems by office"), _("pick one to see its problems")):
        st.html(ctx.built("problem figures", lambda: facts(_figures(ctx, rows))))
        with scroll("problem_offices"):
            html = ctx.built("problem offices", lambda: _by(ctx, rows, "office", _("Office in charge")))
            board(html, "problem_offices", st.session_state.get("problem_office"), into="problem_office")
    with right, panel("problem_towns", _("Open problems by township"), _("days since found")), scroll("problem_towns"):
        html = ctx.built("problem towns", lambda: _by(ctx, rows, "town", _("Township")))
        board(html, "problem_towns", st.session_state.get("problem_town"), into="problem_town")


def _by(ctx: Context, rows: pd.DataFrame, column: str, first: str) -> Markup:
    counted = ledger.counts(rows, column)
    if counted.empty:
        return element("p", ctx._("No problem is open."), "quiet")
    return counts_table(counted, ctx.names if column == "town" else {}, first, ctx._)


def _figures(ctx: Context, rows: pd.DataFrame) -> list[tuple[object, object, object]]:
    _ = ctx._
    todo = rows.loc[rows["open"]]
    back = int((todo["reopened_n"] > 0).sum())
    then = int(todo["due_then"].notna().sum())
    more = _("{n} more by the deadline that stood then", n=then) if then else ""
    return [
        (_("Open"), len(todo), _("of {n} found", n=len(rows))),
        (_("Overdue"), int((todo["late"] > 0).sum()), more),
        (_("To be verified"), int((todo["status"] == "rectified").sum()), ""),
        (_("Not handed over"), int((todo["status"] == "found").sum()), ""),
        (_("Came back"), back, ""),
        (_("Oldest"), _("{n} days", n=formats.number(todo["age"].max(), 0)) if len(todo) else formats.NOTHING, ""),
    ]


@fragment
def _list_and_depth(ctx: Context) -> None:
    _ = ctx._
    rows = problems_of(ctx)
    shown = _filtered(ctx, rows)
    asked = address.keep("issue", set(rows["issue_id"]), _first(shown))
    left, right = side_by_side(WEIGHTS)
    with (
        left,
        panel("problems", _("Problems"), _("{n} of {all}", n=len(shown), all=len(rows)), _("most overdue first")),
    ):
        if shown.empty:
            st.html(element("p", _("Nothing matches the filter."), "quiet"))
        else:
            with scroll("problems"):
                html = ctx.built("problem list", lambda: _table(ctx, shown), *_asked())
                board(html, "problems", asked, into="issue")
        more = len(shown) - MOST
        foot(*sources(ctx, "issues", ""), _("and {n} more: narrow the list to see them", n=more) if more > 0 else "")
    with right:
        told()
        if asked:
            opened.opened(ctx, rows.loc[rows["issue_id"] == asked].iloc[0])


def _table(ctx: Context, shown: pd.DataFrame) -> Markup:
    return problem_table(shown.head(MOST), words(ctx, "issues", "domain"), ctx.names, ctx._)


def _asked() -> tuple[str | None, ...]:
    """Return what the list is narrowed to."""
    return tuple(st.session_state.get(f"problem_{name}") for name in ("state", "office", "town"))


def _first(shown: pd.DataFrame) -> str | None:
    return str(shown["issue_id"].iloc[0]) if len(shown) else None


def _filtered(ctx: Context, rows: pd.DataFrame) -> pd.DataFrame:
    """Let the viewer narrow the list by state, office and township."""
    _ = ctx._
    offices = {o: o for o in sorted(rows["office"].dropna().unique())}
    towns = {c: ctx.names.get(c, c) for c in dict.fromkeys(rows["town"].dropna())}
    states = {"open": _("Open"), **{code: _(word) for code, (_look, word) in STATES.items()}}
    with st.container(horizontal=True, key="problem_filters", vertical_alignment="center"):
        state = st.selectbox(
            _("State"), list(states), format_func=states.__getitem__, key="problem_state", label_visibility="collapsed"
        )
        office = _choice(_("All offices"), _("not named"), offices, "problem_office")
        town = _choice(_("All townships"), _("not named"), towns, "problem_town")
    keep = rows["open"] if state == "open" else rows["status"] == state
    for column, wanted in (("office", office), ("town", town)):
        if wanted is not None:
            keep &= rows[column].fillna("-") == wanted
    return summaries.most_overdue_first(rows.loc[keep])


def _choice(every: str, none: str, names: dict[str, str], key: str) -> str | None:
    """Let the viewer choose one of some values (name by value, "-" for none), or all; boards may set it too."""
    options = ["", *names, "-"]
    if st.session_state.get(key) not in options:
        st.session_state[key] = ""
    shown = {"": every, "-": none, **names}
    return st.selectbox(every, options, format_func=shown.__getitem__, key=key, label_visibility="collapsed") or None
