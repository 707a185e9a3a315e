"""The tile of an action area: how many indicators are behind, and of what kind."""

from collections.abc import Iterable

from components.html.base import Markup, element, escape, join, raw
from components.html.menu import page_link
from components.status import ORDER, URGENT, badge_html, status
from data.language import Translator
from data.progress import JUDGED
from data.statuses import word
from data.tally import Tally

_SHORT = 5


def tiles_html(tiles: Iterable[Markup]) -> Markup:
    """Return tiles in a row that wraps on narrow screens."""
    return element("div", join(tiles), "tiles")


def tile_html(tally: Tally, _: Translator, *, title: str, href: str) -> Markup:
    """Return one area as a link: number, stacked bar and counts; coloured by the worst status among them.

    The bar runs from what is done to what is worst, so that the urgent end of all tiles is on the right.

    Parameters
    ----------
    title : the area's name.
    href : the page it leads to.
    """
    counts, soft = tally.binding, sum(tally.soft.values())
    behind = sum(tally.soft.get(code, 0) for code in URGENT)
    calm = sorted(counts, key=lambda code: (code in {"not_due", "no_data", "nothing", "withheld"}, -ORDER[code]))
    stack = "".join(
        f"<i class='{status(c).css}' style='--n:{counts[c]}' title='{escape(word(c, None, _))} {counts[c]}'></i>"
        for c in calm
    )
    badges = join(badge_html(c, None, _, count=counts[c]) for c in calm)
    # Three words beside each other fit in Chinese; longer ones flow.
    grid = "cnt" if all(len(word(c, None, _)) <= _SHORT for c in counts) else "cnt flow"
    note = _("{n} in all, {scored} scored", n=tally.total, scored=tally.scored)
    if soft and behind:
        note = _("{note}; strive or reference {n}, {behind} behind", note=note, n=soft, behind=behind)
    elif soft:
        note = _("{note}; strive or reference {n}", note=note, n=soft)
    body = raw(
        f"<div class='top'><h2>{escape(title)}</h2>{_number(tally, _)}</div><div class='stack'>{stack}</div>"
        f"<div class='{grid}'>{badges}</div><div class='all'>{escape(note)}</div>"
    )
    return page_link(body, href, "tile")


def _number(tally: Tally, _: Translator) -> Markup:
    """Return how many are behind; a zero is green only if something is judged and not even a soft target is behind."""
    counts = tally.binding
    if not counts:
        told = _("Nothing binding") if tally.soft else _("Nothing scored")
        return element("div", element("span", told), "n s-not-scored")
    fine = JUDGED.intersection(counts) and not any(tally.soft.get(code) for code in URGENT)
    worst = next((code for code in URGENT if counts.get(code)), "done" if fine else "not_due")
    behind = element("b", sum(counts.get(code, 0) for code in URGENT))
    of = element("span", f"/ {sum(counts.values())}")
    return element("div", raw(f"{escape(_('Behind'))} {behind}{of}"), f"n {status(worst).css}")
