"""What a revised target or other bands would do, and the revisions there were, as tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from components import formats
from components.html.base import Markup, element, join, raw
from components.html.table import Column, table
from components.status import ORDER, badge_html
from data import wording
from data.language import Translator

_ARROW = raw(" → ")


def preview_html(rows: pd.DataFrame, names: Mapping[str, str], _: Translator) -> Markup:
    """Return places with what is asked of them and how they stand, now and by the revised target.

    Parameters
    ----------
    rows : of `data.targets.compared`.
    names : of places by code.
    """

    def figure(value: Any, unit: str) -> str:
        return formats.NOTHING if formats.missing(value) else wording.quantity(float(value), unit, _)

    def both(name: str, unit: str | None = None) -> Column[Mapping[str, Any]]:
        heads = {"target": _("Target"), "gap": _("Gap")}

        def cell(row: Mapping[str, Any]) -> object:
            then, now = (figure(row[column], row["unit"] if unit is None else unit) for column in (name, f"{name}_new"))
            return then if then == now else join([element("small", then), _ARROW, now])

        return Column(heads[name], cell, "num x")

    def status(row: Mapping[str, Any]) -> object:
        before, after = (badge_html(row[name], row["rule"], _) for name in ("status", "status_new"))
        return before if row["status"] == row["status_new"] else join([before, _ARROW, after])

    columns: list[Column[Mapping[str, Any]]] = [
        Column(_("Place"), lambda r: names.get(r["region"], r["region"]), "nm"),
        Column(_("Actual"), lambda r: figure(r["value"], r["unit"]), "num"),
        both("target"),
        both("gap", ""),  # points, as everywhere
        Column(_("Status: now → then"), status, "st"),
    ]
    records: list[Mapping[str, Any]] = [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]
    return table(columns, records, css="slim")


def bands_preview_html(counts: Sequence[tuple[str, Mapping[str, int], Mapping[str, int]]], _: Translator) -> Markup:
    """Return how many indicators have each status, now and by other bands.

    Parameters
    ----------
    counts : name of a place, and its counts by status, now and then.
    """
    used = [code for code in ORDER if any(now.get(code) or then.get(code) for _name, now, then in counts)]

    def of(code: str) -> Column[tuple[str, Mapping[str, int], Mapping[str, int]]]:
        def cell(row: tuple[str, Mapping[str, int], Mapping[str, int]]) -> object:
            now, then = row[1].get(code, 0), row[2].get(code, 0)
            return str(now) if now == then else join([element("small", str(now)), _ARROW, element("b", str(then))])

        return Column(badge_html(code, None, _), cell, "num")

    return table([Column(_("Place"), lambda r: r[0], "nm"), *map(of, used)], counts, css="slim")


def revisions_html(rows: Sequence[Mapping[str, Any]], _: Translator) -> Markup:
    """Return the revisions, newest first: id (the number), at, who, of, what, holds, document, reason, state."""
    columns: list[Column[Mapping[str, Any]]] = [
        Column(_("No."), lambda r: str(r["id"]), "num t1"),
        Column(_("Of what"), lambda r: join([element("b", r["of"]), " ", r["what"]]), "wrap t2"),
        Column(_("Holds from"), lambda r: r["holds"], "t5"),
        Column(_("Document"), lambda r: r["document"], "wrap t4"),
        Column(_("Reason"), lambda r: r["reason"], "wrap"),
        Column(_("Who"), lambda r: r["who"], "wrap t7"),
        Column(_("When"), lambda r: r["at"], "t6"),
        Column(_("State"), lambda r: r["state"], "st t3"),
    ]
    return table(columns, rows, key=lambda r: r["id"], css="slim told")
