"""Markup of the rankings: the board, who is named, small multiples of one indicator, places by months."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from components import formats
from components.html.base import Markup, element, escape, join, raw
from components.html.heat import heat_class
from components.html.table import Column, records, table
from components.status import badge_html, status, symbol_html
from data.language import Translator
from data.ranking import LEVEL
from data.ranking_words import short_or_early
from data.statuses import word

_WIDTH, _HEIGHT, _EDGE = 150, 46, 4
_HALVES_FROM = 9


def board_table(ranked: pd.DataFrame, by: str, first: str, names: Mapping[str, str], _: Translator) -> Markup:
    """Return the ranked places, in two halves beside each other where there is room.

    Parameters
    ----------
    ranked : rows of `data.ranking.board` that are ranked by `by`, in their order.
    by : "level" or "change".
    first : head of the first column.
    """
    fields = (
        "region", f"{by}_rank", "score", "score_before", "change", "fine", "judged", "level_rank", "level_rank_before",
        "shortfall", "early", "caught_up",
    )  # fmt: skip
    rows = list(records(ranked.rename_axis("region").reset_index(), fields))
    place: Column[tuple] = Column(first, lambda r: raw(f"<i>{r[2]:.0f}</i>{escape(names.get(r[1], r[1]))}"))
    base: Column[tuple] = Column(_("Fine ÷ judged"), lambda r: element("small", f"{r[6]:.0f}/{r[7]:.0f}"), "num")
    if by == LEVEL:
        columns = [
            place,
            Column(_("Score"), lambda r: raw(f"<b class={heat_class(r[3])}>{formats.percent(r[3])}</b>")),
            Column(_("Short / early"), lambda r: element("small", short_or_early(r[10], r[11], _)), "num"),
            base,
            Column(_("Since last"), lambda r: _points(r[5], _), "num wide"),
            Column(_("Places gained"), lambda r: _gained(r[8], r[9], _), "num"),
        ]
    else:
        columns = [
            place,
            Column(_("Increment (points)"), lambda r: element("b", formats.signed(r[5])), "tot"),
            Column(_("Caught up"), lambda r: formats.signed(r[12]), "num"),
            base,
            Column(_("Before"), lambda r: formats.percent(r[4]), "num wide"),
            Column(_("Score"), lambda r: formats.percent(r[3]), "num"),
        ]
    half = (len(rows) + 1) // 2 if len(rows) >= _HALVES_FROM else len(rows)
    parts = [part for part in (rows[:half], rows[half:]) if part]
    body = join(table(columns, part, key=lambda r: r[1]) for part in parts)
    return element("div", body, "heat halves")


def _points(value: float | None, _: Translator) -> Markup:
    return formats.change_html(value, _, worse=not formats.missing(value) and float(value or 0) < 0, digits=1)


def _gained(rank: float | None, before: float | None, _: Translator) -> Markup:
    """Return how many places up or down somebody moved."""
    if formats.missing(rank) or formats.missing(before):
        return escape(formats.NOTHING)
    moved = float(before or 0) - float(rank or 0)
    return formats.change_html(moved, _, worse=moved < 0, digits=0)


class Told(NamedTuple):
    """One place that is named: its rank and figure, the indicator that made it so and what is said of it."""

    code: str
    name: str
    rank: float
    figure: str
    indicator: str
    status: str
    status_before: str | None
    rule: str | None
    sentence: str
    beside: str


def named_html(title: str, told: Sequence[Told], css: str, nobody: str, _: Translator) -> Markup:
    """Return one side of the 红黑榜: who is named with one sentence each, or why nobody is."""
    head = element("h3", title)
    items = join(_told_html(one, _) for one in told)
    rest = element("p", nobody, "quiet") if nobody else Markup()
    return raw(f"<section class='named {css}'>{head}<ol>{items}</ol>{rest}</section>")


def _told_html(one: Told, _: Translator) -> Markup:
    now = badge_html(one.status, one.rule, _)
    moved = join([badge_html(one.status_before, one.rule, _), " → ", now]) if one.status_before else now
    return raw(
        f'<li data-id="{escape(one.code)}">'
        f"<p><i>{one.rank:.0f}</i><b>{escape(one.name)}</b><em>{escape(one.figure)}</em></p>"
        f"<p><b>{escape(one.indicator)}</b> {moved} {escape(one.sentence)} <small>{escape(one.beside)}</small></p></li>"
    )


class Course(NamedTuple):
    """One place in the small multiples: how it stands now, what was reached and what was due at each date."""

    code: str
    name: str
    rank: float
    shown: str
    status: str
    rule: str | None
    values: Sequence[float | None]
    due: Sequence[float | None]


def multiples_html(courses: Sequence[Course], scale: tuple[float, float], _: Translator) -> Markup:
    """Return a small line per place with its schedule line, all to one scale, in the order given."""
    return raw(f"<div class='mult' data-grid role='listbox'>{join(_course_html(c, scale, _) for c in courses)}</div>")


def _course_html(one: Course, scale: tuple[float, float], _: Translator) -> Markup:
    step = (_WIDTH - 2 * _EDGE) / max(len(one.values) - 1, 1)
    low, high = scale
    span = (high - low) or 1.0

    def points(values: Iterable[float | None]) -> list[tuple[float, float]]:
        return [
            (_EDGE + i * step, _HEIGHT - _EDGE - (_HEIGHT - 2 * _EDGE) * (float(v or 0) - low) / span)
            for i, v in enumerate(values)
            if not formats.missing(v)
        ]

    def line(xy: list[tuple[float, float]], css: str) -> str:
        return f"<polyline class='{css}' points='{' '.join(f'{x:.1f},{y:.1f}' for x, y in xy)}'/>" if xy else ""

    actual = points(one.values)
    dot = f"<circle cx='{actual[-1][0]:.1f}' cy='{actual[-1][1]:.1f}' r='3'/>" if actual else ""
    told = escape(f"{one.rank:.0f} {one.name}: {one.shown}, {word(one.status, one.rule, _, village=True)}")
    return raw(
        f'<figure class="{status(one.status).css}" data-id="{escape(one.code)}" role="option" tabindex="-1" '
        f'title="{told}" aria-label="{told}"><figcaption><i>{one.rank:.0f}</i><b>{escape(one.name)}</b>'
        f"<span>{symbol_html(one.status, one.rule, _)}{escape(one.shown)}</span></figcaption>"
        f"<svg viewBox='0 0 {_WIDTH} {_HEIGHT}' aria-hidden='true'>"
        f"{line(points(one.due), 'due')}{line(actual, 'is')}{dot}</svg></figure>"
    )


class Cell(NamedTuple):
    """One place at one date: a share in per cent without a status, or an indicator's figure with one."""

    value: float | None
    status: str | None = None


def months_table(
    order: Sequence[str],
    days: Sequence[object],
    cells: Mapping[tuple[str, int], Cell],
    names: Mapping[str, str],
    first: str,
    digits: int,
    rule: str | None,
    _: Translator,
) -> Markup:
    """Return places by dates, a figure in every cell: coloured as a share, or with the symbol of its status.

    Parameters
    ----------
    order : codes of the places, top down.
    days : heads of the columns, left to right.
    cells : by code and position of the date.
    digits : decimals of the figures.
    """

    def cell(position: int) -> Column[str]:
        def render(code: str) -> Markup:
            one = cells.get((code, position), Cell(None))
            text = formats.NOTHING if formats.missing(one.value) else formats.number(one.value, digits)
            if one.status is None:
                return raw(f"<b class={heat_class(one.value)}>{text}</b>")
            return raw(f"<span class='mo'>{symbol_html(one.status, rule, _)}{text}</span>")

        return Column(days[position], render, "m")

    columns: list[Column[str]] = [
        Column(first, lambda code: names.get(code, code)),
        *(cell(i) for i in range(len(days))),
    ]
    return raw(f"<div class='heat months'>{table(columns, order, key=lambda code: code)}</div>")
