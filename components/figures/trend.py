"""An indicator over time: what was reached against what was due."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from components import formats
from components.figures.base import ACTUAL, HOVER, Draft, dates, empty, month_ticks, numbers, span
from components.palette import NEUTRAL
from data.language import Translator


def trend(
    actual: pd.DataFrame,
    due: pd.DataFrame,
    _: Translator,
    *,
    unit: str = "%",
    target: float | None = None,
    milestones: pd.DataFrame | None = None,
    forecast: pd.DataFrame | None = None,
    scale: float = 1,
    height: int = 235,
) -> go.Figure:
    """Draw actual values against the schedule line.

    Parameters
    ----------
    actual : columns date, value: the measures; a missing value breaks the line.
    due : columns date, value: what is due, in the indicator's unit. A window that starts anew (a month, a half-year)
        has a row with a missing value between its pieces.
    milestones : columns date, value: the plan's own dates.
    forecast : columns date, value: from the last value at the present pace to the due date.
    target : drawn as a thin line with its number where it is not the end of `due`.
    """
    if actual["value"].notna().sum() == 0 and due.empty:
        return empty(_("Nothing reported yet"), scale, height)
    suffix = "%" if unit == "%" else ""
    fig = Draft(scale, height, hovermode="x unified", left=44)

    def line(frame: pd.DataFrame, name: str, **style: Any) -> None:
        fig.scatter(
            x=dates(frame["date"]),
            y=numbers(frame["value"]),
            name=name,
            hovertemplate=HOVER,
            customdata=[formats.quantity(v, unit, _) for v in numbers(frame["value"])],
            **style,
        )

    if len(due):
        line(due, _("Due by schedule"), mode="lines", line={"color": NEUTRAL, "width": 2 * scale, "dash": "dash"})
    if milestones is not None and len(milestones):
        line(
            milestones,
            _("Milestones"),
            mode="markers+text",
            text=[formats.quantity(v, unit, _, digits=None if unit != "%" else 0) for v in milestones["value"]],
            textposition="top center",
            textfont_size=12 * scale,
            cliponaxis=False,
            marker={"symbol": "diamond", "size": 9 * scale, "color": NEUTRAL},
        )
    line(actual, _("Actual"), mode="lines+markers", line={"color": ACTUAL, "width": 3 * scale}, marker_size=6 * scale)
    if forecast is not None and len(forecast):
        line(
            forecast, _("At the present pace"), mode="lines", line={"color": ACTUAL, "width": 2 * scale, "dash": "dot"}
        )
    frames = [f for f in (actual, due, milestones, forecast) if f is not None and len(f)]
    days = pd.concat([f["date"] for f in frames])
    values = pd.concat([f["value"] for f in frames]).dropna()
    top = max([*values, target or 0]) if len(values) or target else 1
    low = min([0, *values])
    if target is not None:
        fig.across(target, NEUTRAL, 1, words=_("Target {n}", n=formats.quantity(target, unit, _)))
    known = actual.dropna(subset="value")
    if len(known):
        last = known.iloc[-1]
        words = f"<b>{formats.quantity(float(last['value']), unit, _)}</b>"
        ends = pd.Timestamp(last["date"]) >= pd.Timestamp(max(days)) - pd.Timedelta(days=20)
        shift: dict[str, Any] = {"xshift": 4 * scale, "yshift": -16 * scale}
        if ends:
            # At the right end the words stand beside their point, in a margin as wide as they are.
            shift = {"xshift": 7 * scale, "xanchor": "left"}
            fig.layout["margin"]["r"] = round((20 + 8 * (len(words) - 7)) * scale)
        fig.note(words, dates([last["date"]])[0], float(last["value"]), size=15, colour=ACTUAL, **shift)
    ticks, names = month_ticks([*days], _, most=8)
    if not suffix:
        fig.unit(formats.unit(unit, _))
    room = (top - low) * 0.12 or 1
    fig.xaxis |= {
        "showgrid": False,
        "tickvals": ticks,
        "ticktext": names,
        "tickangle": 0,
        "hoverformat": "%Y-%m-%d",
        "range": span([*days]),
    }
    fig.yaxis |= {
        "range": [low - (room if low < 0 else 0), top + room],
        "nticks": 5,
        "ticksuffix": suffix,
        "tickformat": ",~f",
    }
    return fig.figure()
