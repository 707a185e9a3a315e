"""The heat table: places by action areas, one number in every cell, worst place first."""

from collections.abc import Mapping
from itertools import pairwise

import pandas as pd

from components import formats
from components.html.base import Markup, element, escape, join, raw
from components.html.table import Column, records, table
from components.palette import HEAT
from data.language import Translator

_EDGES = [edge for edge, _, _ in HEAT]
_HALVES_FROM = 9


def heat_class(value: float | None) -> str:
    """Return the class of a share in per cent; more than 100 % stays in the best one, nothing is `hx`."""
    if formats.missing(value):
        return "hx"
    return f"h{max(sum(float(value or 0) >= edge for edge in _EDGES) - 1, 0)}"


def heat_table(
    shares: pd.DataFrame, areas: Mapping[str, str], names: Mapping[str, str], _: Translator, *, first: str = ""
) -> Markup:
    """Return places by areas; in two halves beside each other where there is room, so that 23 rows fit a projector.

    Parameters
    ----------
    shares : as `data.tally.shares` returns it: index region; columns per area, total, change, reported, of.
    areas : translated name by area id, in the order of the columns.
    names : name by region code.
    first : head of the first column; "Township" if empty.
    """
    fields = ("region", *areas, "total", "change", "reported", "of")
    rows = list(records(shares.rename_axis("region").reset_index(), fields))
    n = len(areas)

    def cell(position: int) -> Column[tuple]:
        def render(row: tuple) -> Markup:
            value = row[position]
            shown = formats.NOTHING if formats.missing(value) else formats.number(value, 0)
            return raw(f"<b class={heat_class(value)}>{shown}</b>")

        return Column(list(areas.values())[position - 2], render)

    columns: list[Column[tuple]] = [
        Column(first or _("Township"), lambda r: raw(f"<i>{r[0] + 1}</i>{escape(names.get(r[1], r[1]))}")),
        *(cell(i + 2) for i in range(n)),
        Column(_("All"), lambda r: formats.percent(r[n + 2], 0), "tot"),
        Column(_("Since last"), lambda r: _points_change(r[n + 3], _), "num"),
        Column(_("Reported"), lambda r: element("small", formats.share_of(r[n + 4], r[n + 5], "", _)), "num"),
    ]
    half = (len(rows) + 1) // 2 if len(rows) >= _HALVES_FROM else len(rows)
    parts = [rows[:half], rows[half:]] if half < len(rows) else [rows]
    body = join(table(columns, part, key=lambda r: r[1]) for part in parts)
    return element("div", body, f"heat n{len(parts)}")


def _points_change(value: float | None, _: Translator) -> Markup:
    return formats.change_html(value, _, worse=not formats.missing(value) and float(value or 0) < 0, digits=1)


def heat_key(_: Translator) -> Markup:
    """Return the classes of the heat table as a key for the panel's head."""
    edges = [f"{edge:.0f}" for edge in _EDGES]
    words = [f"<{edges[1]}", *(f"{a}–{b}" for a, b in pairwise(edges[1:])), f"≥{edges[-1]}"]
    parts = [raw(f"<i class='h{i}'>{escape(w)}</i>") for i, w in enumerate(words)]
    return element("span", join([*parts, element("i", _("nothing due"), "hx")]), "key")
