"""Places compared: how villages are spread, which townships are ahead."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from components import formats
from components.figures.base import ACTUAL, HOVER, WARN, empty, layout, numbers, wash
from components.palette import NEUTRAL
from components.status import STATUSES, status, word
from data.language import Translator

_BINS = 20


def distribution(
    values: pd.DataFrame,
    _: Translator,
    *,
    unit: str = "%",
    target: float | None = None,
    target_name: str = "",
    scale: float = 1,
    height: int = 190,
) -> go.Figure:
    """Draw how many villages have which value, stacked by status, with the target as a line.

    Parameters
    ----------
    values : columns value and status, one row per village; missing values are left out (and said by 已报).
    target : what is due, in the same unit.
    target_name : its words; "Target" if empty.
    """
    known = values.dropna(subset="value")
    if known.empty:
        return empty(_("No village has reported yet"), scale, height)
    low, high = float(known["value"].min()), float(known["value"].max())
    if target is not None:
        low, high = min(low, target), max(high, target)
    if unit == "%":
        low, high = min(low, 0 if low < 40 else 40), max(high, 100)
    width = (high - low) / _BINS or 1
    if unit != "%" and width < 1 and (known["value"] % 1 == 0).all():
        width = 1.0
    bins = ((known["value"] - low) // width).clip(0, _BINS - 1 if width < high - low else 0)
    counts = pd.crosstab(bins, known["status"])
    label, villages = formats.unit(unit, _), formats.unit("村", _)
    fig = go.Figure()
    centres = [low + (b + 0.5) * width for b in counts.index]
    spans = [f"{formats.number(low + b * width)}–{formats.number(low + (b + 1) * width)}" for b in counts.index]
    for code in reversed(STATUSES):
        if code in counts:
            s = status(code)
            name = word(code, None, _)
            fig.add_bar(
                x=centres,
                y=[int(n) for n in counts[code]],
                width=width * 0.92,
                name=name,
                customdata=spans,
                marker={
                    "color": s.fill.light,
                    "pattern": {"shape": s.pattern, "fgcolor": "rgba(255,255,255,.6)", "size": 6 * scale},
                },
                hovertemplate=f"%{{customdata}} {label}<br>{name} %{{y}} {villages}<extra></extra>",
            )
    if target is not None:
        text = f"{target_name or _('Target')} {formats.quantity(target, unit, _)}"
        fig.add_vline(
            x=target,
            line={"color": WARN, "width": 2 * scale},
            annotation_text=text,
            annotation_position="top left" if target > (low + high) / 2 else "top right",
            annotation_font={"size": 12 * scale, "color": WARN},
        )
    layout(fig, scale, height, barmode="stack", left=34)
    fig.update_layout(legend_traceorder="reversed", bargap=0)
    fig.update_xaxes(
        showgrid=False, range=[low - width * 0.6, high + width * 0.6], ticksuffix="%" if unit == "%" else ""
    )
    fig.update_yaxes(nticks=4, tickformat=",d")
    return fig


def ranking(
    places: pd.DataFrame,
    _: Translator,
    *,
    unit: str = "%",
    due: float | None = None,
    scale: float = 1,
    row_height: int = 20,
) -> go.Figure:
    """Draw a bar per place in the frame's order, coloured by status, with the line of what is due.

    Parameters
    ----------
    places : columns name, value, status; the first row is on top.
    """
    known = places.dropna(subset="value")
    if known.empty:
        return empty(_("Nothing reported yet"), scale)
    styles = [status(code) for code in known["status"]]
    fig = go.Figure(
        go.Bar(
            y=[str(n) for n in known["name"]],
            x=numbers(known["value"]),
            orientation="h",
            text=[formats.quantity(v, unit, _) for v in known["value"]],
            textposition="outside",
            cliponaxis=False,
            marker={
                "color": [s.fill.light for s in styles],
                "pattern": {"shape": [s.pattern for s in styles], "fgcolor": "rgba(255,255,255,.6)", "size": 6 * scale},
            },
            customdata=[word(code, None, _) for code in known["status"]],
            hovertemplate="%{y}: %{text}<br>%{customdata}<extra></extra>",
        )
    )
    if due is not None:
        fig.add_vline(x=due, line={"color": NEUTRAL, "width": 2 * scale, "dash": "dash"})
    layout(fig, scale, 30 + row_height * len(known), legend=False, left=90)
    values = [float(v) for v in known["value"]] + ([due] if due is not None else [])
    room = (max([0, *values]) - min([0, *values])) * 0.16 or 1
    fig.update_yaxes(autorange="reversed", showgrid=False, tickmode="linear", automargin=True)
    fig.update_xaxes(
        range=[min([0, *values]) - (room if min(values) < 0 else 0), max([0, *values]) + room],
        nticks=5,
        ticksuffix="%" if unit == "%" else "",
        tickformat=",~f",
    )
    return fig


def against_targets(
    places: pd.DataFrame, _: Translator, *, unit: str, scale: float = 1, row_height: int = 24
) -> go.Figure:
    """Draw value and own target of each place beside each other (crop areas by village).

    Parameters
    ----------
    places : columns name, value, target; a missing target draws no mark.
    """
    if places.empty:
        return empty(_("Nothing reported yet"), scale)
    names = [str(n) for n in places["name"]]
    fig = go.Figure(
        [
            go.Bar(
                y=names,
                x=numbers(places["value"]),
                orientation="h",
                name=_("Actual"),
                marker_color=ACTUAL,
                customdata=[formats.quantity(v, unit, _) for v in numbers(places["value"])],
                hovertemplate=HOVER,
            ),
            go.Scatter(
                y=names,
                x=numbers(places["target"]),
                mode="markers",
                name=_("Target"),
                marker={
                    "symbol": "line-ns",
                    "size": row_height * 0.7 * scale,
                    "line": {"width": 3 * scale, "color": WARN},
                },
                customdata=[formats.quantity(v, unit, _) for v in numbers(places["target"])],
                hovertemplate=HOVER,
            ),
        ]
    )
    layout(fig, scale, 40 + row_height * len(names), left=90)
    fig.update_yaxes(autorange="reversed", showgrid=False, tickmode="linear", automargin=True)
    fig.update_xaxes(rangemode="tozero", nticks=6, tickformat=",~f")
    return fig


def cumulative(
    values: pd.Series,
    thresholds: Mapping[float, str],
    _: Translator,
    *,
    unit: str = "万元",
    scale: float = 1,
    height: int = 235,
) -> go.Figure:
    """Draw the share of villages that reach at least a value, with the plan's thresholds and the share at each.

    Parameters
    ----------
    values : one value per village; missing ones are left out.
    thresholds : words by value, such as {5: "5 万元以上 100%"}.
    """
    known = values.dropna().astype(float).sort_values(ascending=False)
    if known.empty:
        return empty(_("No village has reported yet"), scale, height)
    share = [100 * (i + 1) / len(known) for i in range(len(known))]
    label = formats.unit(unit, _)
    fig = go.Figure(
        go.Scatter(
            x=[float(v) for v in known],
            y=share,
            mode="lines",
            line={"color": ACTUAL, "width": 3 * scale, "shape": "vh"},
            fill="tozeroy",
            fillcolor=wash(ACTUAL, 0.12),
            customdata=[formats.quantity(float(v), unit, _) for v in known],
            hovertemplate="≥ %{customdata}: %{y:.1f}%<extra></extra>",
        )
    )
    top = max([float(known.iloc[0]), *thresholds]) * 1.05
    for edge, words in thresholds.items():
        reached = 100 * float((known >= edge).mean())
        fig.add_vline(x=edge, line={"color": WARN, "width": 1.5 * scale, "dash": "dot"})
        fig.add_annotation(
            x=edge,
            y=reached,
            text=f"<b>{formats.percent(reached)}</b> {words}",
            showarrow=False,
            xanchor="left",
            xshift=4 * scale,
            yshift=9 * scale,
            font_size=12 * scale,
        )
    layout(fig, scale, height, legend=False, bottom=38)
    fig.update_xaxes(range=[0, top], title_text=_("At least ({unit})", unit=label), tickformat=",~f")
    fig.update_yaxes(range=[0, 108], ticksuffix="%", nticks=6)
    return fig
