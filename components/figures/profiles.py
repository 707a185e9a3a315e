"""Counts by category over time, and monthly amounts against a target."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from components import formats
from components.figures.base import ACTUAL, HOVER, Draft, colours, dates, empty, fill, month_ticks, numbers, plain
from components.palette import NEUTRAL
from data.language import Translator

_MOST_TOLD = 2


def categories(
    counts: pd.DataFrame,
    names: Mapping[str, str],
    _: Translator,
    *,
    unit: str = "户",
    share: bool = False,
    scale: float = 1,
    height: int = 235,
) -> go.Figure:
    """Draw counts by category as one stacked bar per date.

    Parameters
    ----------
    counts : columns date, category, count. A missing count was withheld because it is under 5 persons; it is not drawn.
    names : translated name by category, in stacking order; categories not named are left out.
    share : draw shares of each date's sum instead of counts.
    """
    known = counts[counts["category"].isin(list(names))].dropna(subset="count")
    if known.empty:
        return empty(_("Nothing reported yet"), scale, height)
    wide = known.pivot_table(index="date", columns="category", values="count", aggfunc="sum").sort_index()
    shown = wide.div(wide.sum(axis=1), axis=0) * 100 if share else wide
    x = [formats.month(d, _, year=True) for d in wide.index]
    fig = Draft(scale, height, barmode="stack", hovermode="x unified", left=46)
    for (category, name), (colour, pattern) in zip(names.items(), colours(len(names)), strict=True):
        if category in shown:
            fig.bar(
                x=x,
                y=numbers(shown[category]),
                name=name,
                customdata=[formats.quantity(v, unit, _) for v in numbers(wide[category])],
                marker=fill(colour, pattern, scale),
                hovertemplate="%{y:.1f}% (%{customdata})<extra>%{fullData.name}</extra>" if share else HOVER,
            )
    fig.xaxis |= {"showgrid": False, "type": "category"}
    fig.yaxis |= dict(
        nticks=5, tickformat=",~f", ticksuffix="%" if share else "", **({"range": [0, 100]} if share else {})
    )
    return fig.figure()


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
    counts : column name and one column per part.
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
        words = [f"{word} <b>{formats.number(v)}</b>" for word, v in zip(parts.values(), values, strict=True)]
        told.append(
            f"{name}<br>{' · '.join(words)}" if each else f"{name} <b>{formats.number(sum(filter(None, values)))}</b>"
        )
    fig.rows(told)
    fig.xaxis |= {"nticks": 6, "tickformat": ",~f"}
    return fig.figure()


def monthly(
    amounts: pd.DataFrame, _: Translator, *, unit: str, target: float | None = None, scale: float = 1, height: int = 220
) -> go.Figure:
    """Draw monthly amounts as bars, or a stock at month ends, against the target.

    Parameters
    ----------
    amounts : columns date, value.
    """
    if amounts["value"].notna().sum() == 0:
        return empty(_("Nothing reported yet"), scale, height)
    values = numbers(amounts["value"])
    fig = Draft(scale, height, legend=False, left=50, top=22)
    fig.bar(
        x=dates(amounts["date"]),
        y=values,
        marker_color=ACTUAL,
        name=_("Actual"),
        xperiod="M1",
        xperiodalignment="middle",
        customdata=[formats.quantity(v, unit, _) for v in values],
        hovertemplate="%{customdata}<extra></extra>",
    )
    if target is not None:
        fig.across(target, NEUTRAL, dash="dash", words=_("Target {n}", n=formats.quantity(target, unit, _)))
    ticks, words = month_ticks([*amounts["date"]], _)
    fig.unit(formats.unit(unit, _))
    top = max(v for v in [*values, target] if v is not None)
    fig.xaxis |= {"showgrid": False, "tickvals": [t[:8] + "15" for t in ticks], "ticktext": words}
    fig.yaxis |= {
        "nticks": 5,
        "tickformat": ",~f",
        "range": [min(0, *(v for v in values if v is not None), 0), (top or 1) * 1.15],
    }
    return fig.figure()
