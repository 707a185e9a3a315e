"""Counts by category as one dense table: number, share as a bar, and what changed."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from components import formats
from components.html.base import Markup, escape, raw
from components.html.table import Column, table
from components.palette import SERIES
from data.language import Translator


class Share(NamedTuple):
    """One category: its translated name, its count, of how many, how many more than before (None: not told).

    `good` says what growth means: 1 good, -1 bad, 0 neither.
    """

    name: str
    number: float
    of: float | None
    change: float | None = None
    good: int = 0


class Part(NamedTuple):
    """One category in two parts, such as risks open and eliminated; a part that is not shown is None."""

    name: str
    first: float | None
    second: float | None
    change: float | None = None


def share_table(
    shares: Iterable[Share],
    _: Translator,
    *,
    head: str,
    unit: str,
    since: bool,
    colours: Mapping[str, str] | None = None,
) -> Markup:
    """Return one row per category: count, share, and change of the count.

    Parameters
    ----------
    head : what the categories are, translated.
    unit : unit of the counts.
    since : whether there is a date to compare with.
    colours : colour of a category's bar by name; the first of the series where nothing is said.
    """
    known = colours or {}
    columns: list[Column[Share]] = [
        Column(head, lambda s: s.name, "nm"),
        Column(formats.unit(unit, _), lambda s: raw(f"<b>{formats.number(s.number)}</b>"), "num val"),
        Column(_("Share"), lambda s: _bar(s.number, s.of or 0, known.get(s.name, SERIES[0])), "bar"),
        Column("", lambda s: formats.percent(100 * s.number / s.of) if s.of else formats.NOTHING, "num"),
    ]
    if since:
        columns.append(
            Column(
                _("Since last"),
                lambda s: formats.change_html(s.change, _, unit, worse=s.good * (s.change or 0) < 0),
                "num x",
            )
        )
    return table(columns, shares, css="slim")


def part_table(parts: Iterable[Part], _: Translator, *, head: str, first: str, second: str, since: bool) -> Markup:
    """Return one row per category: both parts, the second (done) as a share of both, and change of the first."""
    columns: list[Column[Part]] = [
        Column(head, lambda p: p.name, "nm"),
        Column(first, lambda p: raw(f"<b>{_shown(p.first, _)}</b>"), "num val"),
        Column(second, lambda p: raw(_shown(p.second, _)), "num"),
        Column(
            _("Share eliminated"),
            lambda p: raw("") if p.first is None or p.second is None else _bar(p.second, p.first + p.second, SERIES[0]),
            "bar",
        ),
        Column("", lambda p: _rate(p.second, p.first), "num"),
    ]
    if since:
        columns.append(
            Column(
                _("Since last"), lambda p: formats.change_html(p.change, _, "户", worse=(p.change or 0) > 0), "num x"
            )
        )
    return table(columns, parts, css="slim")


def _shown(count: float | None, _: Translator) -> str:
    return str(escape(formats.number(count) if count is not None else _("not shown")))


def _rate(part: float | None, rest: float | None) -> str:
    if part is None or rest is None:
        return formats.NOTHING
    return formats.percent(100 * part / (part + rest)) if part + rest else formats.NOTHING


def _bar(part: float, whole: float, colour: str) -> Markup:
    share = 100 * part / whole if whole else 0
    return raw(f"<i class='pb no' style='--a:{min(share, 100):.1f};--c:{colour}'></i>")
