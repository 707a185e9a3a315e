"""Places without a map: one equal square per village, grouped by township."""

from collections.abc import Mapping

import pandas as pd

from components import formats
from components.html.base import Markup, escape, raw
from components.html.table import records
from components.status import URGENT, status
from data.language import Translator
from data.statuses import word


def tile_grid(villages: pd.DataFrame, groups: Mapping[str, str], _: Translator) -> Markup:
    """Return the tile-grid map: every village the same size, whatever its area; as good as the map for everybody.

    Parameters
    ----------
    villages : columns region, name, parent, status and optionally value, unit, rule; in the order shown.
    groups : township name by code, in the order shown; villages of other parents are left out.
    """
    squares: dict[str, list[str]] = {code: [] for code in groups}
    urgent = dict.fromkeys(groups, 0)
    fields = ("region", "name", "parent", "status", "value", "unit", "rule")
    for _index, region, name, parent, code, value, unit, rule in records(villages, fields):
        if parent not in squares:
            continue
        found = status(code)
        urgent[parent] += found.code in URGENT
        amount = "" if formats.missing(value) else f" {formats.quantity(value, unit, _)}"
        title = escape(f"{name}: {word(code, rule, _, village=True)}{amount}")
        squares[parent].append(
            f'<i class="sq {found.css}" data-id="{escape(region)}" '
            f'role="option" tabindex="-1" title="{title}" aria-label="{title}"></i>'
        )
    towns = []
    for code, name in groups.items():
        if squares[code]:
            count = (
                f"<b class='bad'>{urgent[code]}</b>/{len(squares[code])}" if urgent[code] else f"{len(squares[code])}"
            )
            towns.append(
                f"<div class='tw'><span>{escape(name)} <small>{count}</small></span>"
                f"<div>{''.join(squares[code])}</div></div>"
            )
    return raw(f"<div class='tg' data-grid role='listbox'>{''.join(towns)}</div>")
