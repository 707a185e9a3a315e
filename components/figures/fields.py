"""Charts of single fields: counts by category month by month, and counts in bands of an amount with a line."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from components import formats
from components.figures.base import ACTUAL, HOVER, WARN, Draft, colours, empty, fill, numbers
from components.palette import NEUTRAL
from data.language import Translator
from data.profiles import REST


def by_month(
    counts: pd.DataFrame,
    names: Mapping[str, str],
    _: Translator,
    *,
    unit: str,
    target: float | None = None,
    scale: float = 1,
    height: int = 250,
) -> go.Figure:
    """Draw counts by category as one stacked bar a date, with the sums above and the target as a line.

    Parameters
    ----------
    counts : columns as_of, category, n; dates in any order.
    names : translated name by category, in stacking order; other categories are left out, as is what is not shown
        of all (`REST`) where there is nothing of it.
    target : the sum the plan asks for.
    """
    known = counts.loc[counts["category"].isin(list(names))]
    if known.empty:
        return empty(_("Nothing reported yet"), scale, height)
    wide = known.pivot_table(index="as_of", columns="category", values="n", aggfunc="sum").sort_index()
    days = [pd.Timestamp(d) for d in wide.index]
    several = len({d.year for d in days}) > 1
    words = [
        formats.month(d, _) + (f"<br>{d.year}" if several and (i == 0 or d.year != days[i - 1].year) else "")
        for i, d in enumerate(days)
    ]
    at = list(range(len(days)))
    fig = Draft(scale, height, barmode="stack", hovermode="x unified", left=46, bottom=38 if several else 24)
    for (category, name), look in zip(names.items(), colours(len(names)), strict=True):
        colour, pattern = look if category != REST else (NEUTRAL, "")
        if category in wide:
            values = numbers(wide[category])
            fig.bar(
                x=at,
                y=values,
                name=name,
                marker=fill(colour, pattern, scale),
                customdata=[formats.quantity(v, unit, _) for v in values],
                hovertemplate=HOVER,
            )
    sums = [float(v) for v in wide.sum(axis=1)]
    for i, total in enumerate(sums):
        if len(sums) <= 13 or i == len(sums) - 1:
            fig.note(f"<b>{formats.number(total)}</b>", i, 1, size=11.5, yref="paper", yanchor="top")
    top = max([*sums, target or 0])
    if target is not None:
        fig.across(target, WARN, 2, "dash")
        asked = _("Target {n}", n=formats.quantity(target, unit, _))
        fig.note(asked, 1, target, colour=WARN, xref="paper", xanchor="right", yanchor="bottom")
    fig.xaxis |= {"showgrid": False, "tickvals": at, "ticktext": words, "range": [-0.6, len(at) - 0.4], "tickangle": 0}
    fig.yaxis |= {"nticks": 5, "tickformat": ",~f", "range": [0, top * (1.32 if target is not None else 1.16) or 1]}
    return fig.figure()


def bands(
    counts: Sequence[float | None],
    names: Sequence[str],
    _: Translator,
    *,
    unit: str,
    of: float | None = None,
    line: float | None = None,
    line_name: str = "",
    scale: float = 1,
    height: int = 220,
) -> go.Figure:
    """Draw counts in adjoining bands of an amount, with a line of the plan between two of them.

    Parameters
    ----------
    counts, names : one per band, lowest first; None where a count is not shown.
    of : how many there are in all; without it no shares are told.
    line : how many bands lie below the line; these are drawn in the warning colour.
    line_name : its words.
    """
    highest = max((n for n in counts if n is not None), default=0)
    if not highest:
        return empty(_("Nothing reported yet"), scale, height)
    below = line or 0
    fig = Draft(scale, height, legend=False, left=40, top=24, bottom=38, bargap=0.06)
    at = list(range(len(counts)))
    fig.bar(
        x=at,
        y=numbers(counts),
        marker=fill([WARN if i < below else ACTUAL for i in at], ["/" if i < below else "" for i in at], scale),
        customdata=[
            f"{name}: {formats.quantity(n, unit, _)}" + (f" ({formats.percent(100 * n / of)})" if n and of else "")
            for name, n in zip(names, counts, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    for i, n in enumerate(counts):
        told = _("not shown") if n is None else f"<b>{formats.number(n)}</b>"
        fig.note(told, i, float(n or 0), size=12, yanchor="bottom")
    if line is not None:
        fig.upright(line - 0.5, WARN, 2, "dash", line_name, xanchor="left", xshift=5 * scale)
    fig.unit(formats.unit(unit, _))
    small = {"size": 11.5 * scale}
    fig.xaxis |= {"showgrid": False, "tickvals": at, "ticktext": list(names), "tickangle": 0, "tickfont": small}
    fig.yaxis |= {"nticks": 4, "tickformat": ",~f", "range": [0, highest * 1.22]}
    return fig.figure()
