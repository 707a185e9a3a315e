"""What moved since the comparison date, group by group: of all indicators, of an action area, of a place."""

from components.board import board
from components.context import Context
from components.html.base import Markup
from components.html.progress import movement_tables
from components.panels import panel, scroll
from data.movement import moved


def moves_html(ctx: Context, area: str | None = None) -> Markup:
    """Return what moved, group by group, of the page's region; of one action area or all."""
    return ctx.built("changes", lambda: movement_tables(moved(ctx.compared(area)), ctx.labels, ctx._), area)


def moves(ctx: Context, area: str | None = None) -> None:
    """Show what moved since the comparison date, if there is one; a row selects its indicator."""
    if ctx.since is None:
        return
    with panel("moves", ctx._("What changed"), ctx.since_words), scroll("moves"):
        board(moves_html(ctx, area), "moves", into="indicator")
