"""What a file adds to what is stored, over time."""

import math
from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from components import formats
from components.figures.base import ACTUAL, HOVER, Draft, dates, empty, ems, month_ticks, numbers, plain, span
from components.palette import NEUTRAL
from data.language import Translator

# What a phone has room for without turning words, which cuts them: months, and letters' heights of words in all.
_MOST_MONTHS = 6
_MOST_EMS = 22


def before_and_after(
    stored: "pd.Series[float]",
    new: "pd.Series[float]",
    _: Translator,
    *,
    unit: str = "",
    scale: float = 1,
    height: int = 190,
) -> go.Figure:
    """Draw the stored months as a line and the file's months as points on it.

    Parameters
    ----------
    stored, new : value by month (`2023-05`).
    """
    if stored.empty and new.empty:
        return empty(_("Nothing to draw over time"), scale, height)
    fig = Draft(scale, height, hovermode="x unified", left=48)

    def add(values: "pd.Series[float]", name: str, **style: object) -> None:
        fig.scatter(
            x=dates(_ends(values)),
            y=numbers(values),
            name=name,
            hovertemplate=HOVER,
            customdata=[formats.quantity(v, unit, _) for v in numbers(values)],
            **style,
        )

    if len(stored):
        add(stored, _("Stored"), mode="lines+markers", line={"color": NEUTRAL, "width": 2 * scale, "dash": "dash"})
    if len(new):
        marker = {"size": 9 * scale, "symbol": "diamond"}
        add(new, _("This file"), mode="lines+markers", line={"color": ACTUAL, "width": 3 * scale}, marker=marker)
    days = [*_ends(stored), *_ends(new)]
    values = [*stored.dropna(), *new.dropna()]
    low, high = min([0.0, *values]), max([0.0, *values])
    ticks, names = month_ticks(days, _, most=_MOST_MONTHS)
    room = (high - low) * 0.12 or 1
    fig.xaxis |= {"showgrid": False, "tickvals": ticks, "ticktext": names, "range": span(days)}
    fig.xaxis |= {"hoverformat": "%Y-%m", "tickangle": 0}
    fig.yaxis |= {"range": [low - (room if low < 0 else 0), high + room], "nticks": 4, "tickformat": ",~f"}
    if unit == "%":
        fig.yaxis["ticksuffix"] = "%"
    else:
        fig.unit(formats.unit(unit, _))
    return fig.figure()


def over_time(
    words: Sequence[str], values: Sequence[float], _: Translator, *, unit: str = "", scale: float = 1, height: int = 190
) -> go.Figure:
    """Draw a table's columns of time as a line, each named as its header says."""
    if not values:
        return empty(_("Nothing to draw over time"), scale, height)
    fig = Draft(scale, height, legend=False, left=56, top=22)
    places = list(range(len(words)))
    fig.scatter(
        x=places,
        y=numbers(values),
        name="",
        mode="lines+markers",
        line={"color": ACTUAL, "width": 3 * scale},
        marker={"size": 8 * scale},
        hovertemplate="%{customdata}<extra></extra>",
        customdata=[f"{plain(w)} {formats.quantity(v, unit, _)}" for w, v in zip(words, values, strict=True)],
    )
    low, high = min([0.0, *values]), max([0.0, *values])
    room = (high - low) * 0.12 or 1
    step = max(1, math.ceil(sum(ems(word) + 1 for word in words) / _MOST_EMS))
    fig.xaxis |= {"showgrid": False, "tickvals": places[::step], "ticktext": [plain(w) for w in words[::step]]}
    fig.xaxis["tickangle"] = 0
    fig.yaxis |= {"range": [low - (room if low < 0 else 0), high + room], "nticks": 4, "tickformat": ",~f"}
    fig.unit(formats.unit(unit, _))
    return fig.figure()


def _ends(values: "pd.Series[float]") -> list[pd.Timestamp]:
    return [pd.Period(month, "M").to_timestamp(how="end").normalize() for month in values.index]
