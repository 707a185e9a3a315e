"""One place on one sheet of A4: what the page shows, laid out anew for paper; hidden on the screen."""

from collections.abc import Iterable, Mapping, Sequence

from components import formats
from components.html.base import Markup, element, escape, join, raw
from components.html.progress import Label, Row, spark_image
from components.html.table import Column, table
from components.status import badge_html, status
from data.language import Translator


def paper_html(
    head: Markup, groups: Iterable[Markup], lists: Iterable[tuple[str, Markup]], foot: str, *, dense: bool = False
) -> Markup:
    """Return the sheet: a head, the areas' indicators in two columns, lists in two columns, a foot."""
    parts = join(element("section", join([element("h3", title), body])) for title, body in lists)
    return raw(
        f"<article class='{'paper dense' if dense else 'paper'}'>{head}<div class='flow scores'>{join(groups)}</div>"
        f"<div class='flow lists'>{parts}</div><footer>{escape(foot)}</footer></article>"
    )


def paper_head(
    name: str, words: Sequence[str], figures: Iterable[tuple[object, object]], mark: Markup, where: Markup
) -> Markup:
    """Return name, what it belongs to and its key figures, with the mark of sample data and where it lies."""
    told = join(raw(f"<span>{escape(label)} <b>{escape(value)}</b></span>") for label, value in figures)
    under = escape(" · ".join(words))
    return raw(f"<header>{where}<h1>{escape(name)} {mark}</h1><p>{under}</p><p class='figures'>{told}</p></header>")


def paper_group(
    title: str,
    rows: Sequence[Row],
    labels: Mapping[str, Label],
    trends: Mapping[str, Sequence[float | None]],
    _: Translator,
) -> Markup:
    """Return the indicators of one action area as narrow rows, with the last values of each as a small line."""

    def target(row: Row) -> object:
        return formats.quantity_html(row.target, row.unit, _) if not formats.missing(row.target) else ""

    def gap(row: Row) -> str:
        return formats.signed(row.gap) if not formats.missing(row.gap) and row.status != "not_due" else ""

    def rank(row: Row) -> str:
        pairs = [(row.rank_inside, row.ranked_inside)] * (row.level == "village") + [(row.rank, row.ranked)]
        return " · ".join(f"{at:.0f}/{of:.0f}" for at, of in pairs if at and of and not formats.missing(at))

    columns: list[Column[Row]] = [
        Column(title, lambda r: labels[r.indicator].name, "nm"),
        Column(_("Status"), lambda r: badge_html(r.status, r.rule, _, village=r.level == "village"), "st"),
        Column(_("Target"), target, "num"),
        Column(_("Actual"), lambda r: formats.quantity_html(r.value, r.unit, _), "num"),
        Column(_("Gap"), gap, "num gap"),
        Column(_("Trend"), lambda r: spark_image(trends.get(r.indicator)), "tr"),
        Column(_("Rank"), rank, "num at"),
    ]
    return table(columns, rows, row_css=lambda r: status(r.status).css)
