"""What moved since the comparison date, group by group: of all indicators, of an action area, of a place."""

from components.board import Board, live
from components.context import Context
from components.html.base import Markup
from components.html.progress import movement_tables
from components.panels import head_html, panel_html, scroll_html
from data.movement import moved


def moves_html(ctx: Context, area: str | None = None) -> Markup:
    """Return what moved, group by group, of the page's region; of one action area or all."""
    return ctx.built("changes", lambda: movement_tables(moved(ctx.compared(area)), ctx.labels, ctx._), area)


def moves_panel(ctx: Context, key: str, area: str | None = None) -> tuple[Markup, Board]:
    """Return the panel of what moved since the comparison date, and its board; a row selects its indicator."""
    one = Board(moves_html(ctx, area), key, into="indicator")
    head = head_html(ctx._("What changed"), ctx.since_words)
    return panel_html(key, head, scroll_html(key, one.markup)), one


def moves(ctx: Context, area: str | None = None) -> None:
    """Show what moved since the comparison date, if there is one: one element, as every rerun pays for each."""
    if ctx.since is None:
        return
    html, one = moves_panel(ctx, "moves", area)
    live(html, "moves", one)
