"""Markup of the page of one village or township: the way to it, what was found, all places to pick from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from components import formats
from components.html.base import Markup, element, escape, join, raw
from components.html.progress import Label, Row
from components.html.table import Column, table
from components.status import badge_html, symbol_html
from data.language import Translator


class Step(NamedTuple):
    """A place one can go to."""

    code: str
    name: str


def way_html(steps: Sequence[Step], before: Step | None, after: Step | None, _: Translator) -> Markup:
    """Return where a place lies, from the county down, and its neighbours on either side; all but itself can be picked.

    Parameters
    ----------
    steps : the county (or the plan's township) first, the place itself last.
    """
    *above, here = steps
    path = join(join([_link(step, step.name), element("i", "›")]) for step in above)
    sides = join(
        _link(step, label, "side") for step, label in (
            (before, f"‹ {before.name}" if before else ""), (after, f"{after.name} ›" if after else ""),
        ) if step
    )  # fmt: skip
    name = element("h1", here.name)
    told = escape(_("Where the place lies"))
    return raw(f"<nav class='way' aria-label=\"{told}\">{path}{name}<span>{sides}</span></nav>")


def _link(step: Step, text: str, css: str = "") -> Markup:
    return raw(f"<span class='go {css}' role='link' tabindex='0' data-id=\"{escape(step.code)}\">{escape(text)}</span>")


def found_html(found: Iterable[tuple[str, Label]], field: str, typed: str, _: Translator) -> Markup:
    """Return the places that fit what was typed in a field, the likeliest first, to be picked."""
    links = [
        raw(
            f"<span class='go' role='option' tabindex='0' data-id=\"{escape(code)}\">"
            f"{escape(label.name)} <small>{escape(label.note)}</small></span>"
        )
        for code, label in found
    ]
    if not links:
        return element("p", _("No place of this name, letters or code."), "quiet")
    said = f'data-field="{escape(field)}" data-typed="{escape(typed)}"'
    return raw(f"<div class='found' role='listbox' {said}>{join(links)}</div>")


def directory(
    groups: Mapping[str, Sequence[str]], names: Mapping[str, str], behind: Mapping[str, int], _: Translator
) -> Markup:
    """Return all townships with their villages; behind each name how many of its indicators are behind.

    Parameters
    ----------
    groups : codes of villages by code of their township.
    names : by code.
    behind : how many indicators are behind or overdue, by code.
    """

    def link(code: str) -> Markup:
        n = behind.get(code, 0)
        told = escape(_("{n} behind or overdue", n=n))
        count = f"<b class='bad' title=\"{told}\">{n}</b>" if n else ""
        return raw(
            f"<span class='go' role='link' tabindex='0' data-id=\"{escape(code)}\">"
            f"{escape(names.get(code, code))}{count}</span>"
        )

    def count(villages: Sequence[str]) -> Markup:
        return element("small", _("{n} villages and communities", n=len(villages)))

    parts = [
        raw(f"<section><h3>{link(town)}{count(villages)}</h3><p>{join(map(link, villages))}</p></section>")
        for town, villages in groups.items()
    ]
    return raw(f"<div class='directory'>{join(parts)}</div>")


def side_by_side_table(
    order: Sequence[str],
    labels: Mapping[str, Label],
    places: Mapping[str, Label],
    cells: Mapping[tuple[str, str], Row],
    best: Mapping[str, str | None],
    _: Translator,
) -> Markup:
    """Return indicators by places: figure and status in every cell, the best figure of a row in bold.

    Parameters
    ----------
    order : ids of the indicators, top down.
    labels : of the indicators, by id.
    places : their names and townships by code, left to right.
    cells : rows of progress by indicator and code.
    best : the place whose figure of an indicator is the best; None where none reads better than all others.
    """

    def cell(code: str) -> Column[str]:
        def render(indicator: str) -> Markup:
            row = cells.get((indicator, code))
            if row is None or formats.missing(row.value):
                return badge_html(row.status, row.rule, _, village=True) if row and row.target is not None else Markup()
            figure = formats.quantity_html(row.value, row.unit, _)
            shown = element("b", figure) if best.get(indicator) == code else figure
            return join([shown, " ", symbol_html(row.status, row.rule, _)])

        head = join([places[code].name, raw("<br>"), element("small", places[code].note)])
        return Column(head, render, "num")

    columns: list[Column[str]] = [
        Column(_("Indicator"), lambda i: join([labels[i].name, " ", element("small", labels[i].note)]), "nm"),
        *(cell(code) for code in places),
    ]
    return table(columns, order, css="slim side")
