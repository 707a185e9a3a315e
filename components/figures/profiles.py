"""Counts by category in parts."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from components import formats
from components.figures.base import HOVER, Draft, colours, empty, fill, numbers, plain
from data.language import Translator

_MOST_TOLD = 2


def split(
    counts: pd.DataFrame,
    parts: Mapping[str, str],
    _: Translator,
    *,
    unit: str = "户",
    scale: float = 1,
) -> go.Figure:
    """Draw one horizontal bar per category, split in parts (kinds of risk: eliminated or not).

    Parameters
    ----------
    counts : column name and one column per part; NaN where a part is not shown.
    parts : translated name by column.
    """
    if counts.empty:
        return empty(_("Nothing reported yet"), scale)
    names = [plain(n) for n in counts["name"]]
    each = len(parts) <= _MOST_TOLD
    fig = Draft(scale, 60 + (46 if each else 28) * len(names), barmode="stack", left=80)
    for (column, name), (colour, pattern) in zip(parts.items(), colours(len(parts)), strict=True):
        values = numbers(counts[column])
        fig.bar(
            y=list(range(len(names))),
            x=values,
            orientation="h",
            name=name,
            marker=fill(colour, pattern, scale),
            customdata=[f"{n}: {formats.quantity(v, unit, _)}" for n, v in zip(names, values, strict=True)],
            hovertemplate=HOVER,
        )
    # Numbers beside the name: no pattern crosses them. More parts than fit a line in words are told by their sum.
    lines = zip(names, *(numbers(counts[column]) for column in parts), strict=True)
    told = []
    for name, *values in lines:
        words = [f"{word} <b>{_told(v, _)}</b>" for word, v in zip(parts.values(), values, strict=True)]
        told.append(
            f"{name}<br>{' · '.join(words)}" if each else f"{name} <b>{formats.number(sum(filter(None, values)))}</b>"
        )
    fig.rows(told)
    fig.xaxis |= {"nticks": 6, "tickformat": ",~f"}
    return fig.figure()


def _told(count: float | None, _: Translator) -> str:
    return _("not shown") if count is None else formats.number(count)
