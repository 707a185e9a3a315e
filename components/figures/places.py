"""Places compared: how villages are spread, which townships are ahead."""

from collections.abc import Mapping
from math import ceil, floor, log10

import pandas as pd
import plotly.graph_objects as go

from components import formats
from components.figures.base import ACTUAL, HOVER, WARN, Draft, empty, fill, numbers, plain, wash
from components.palette import NEUTRAL
from components.status import STATUSES, status
from data.language import Translator
from data.statuses import word

_BINS = 20


def distribution(
    values: pd.DataFrame,
    _: Translator,
    *,
    unit: str = "%",
    target: float | None = None,
    target_name: str = "",
    rule: str | None = None,
    scale: float = 1,
    height: int = 190,
) -> go.Figure:
    """Draw how many villages have which value, stacked by status, with the target as a line.

    Parameters
    ----------
    values : columns value and status, one row per village; missing values are left out (and said by 已报).
    target : what is due, in the same unit.
    target_name : its words; "Target" if empty.
    rule : the indicator's rule, which decides the words of statuses.
    """
    known = values.dropna(subset="value")
    if known.empty:
        return empty(_("No village has reported yet"), scale, height)
    low, high = float(known["value"].min()), float(known["value"].max())
    if target is not None:
        low, high = min(low, target), max(high, target)
    if unit == "%":
        low, high = min(low, 0 if low < 40 else 40), max(high, 100)
    width, every = _step(high - low)
    # A few whole numbers get a bar each, standing at the number.
    whole = unit != "%" and width <= 1 and (known["value"] % 1 == 0).all()
    if whole:
        width, low = 1.0, float(int(low))
    else:
        low, high = floor(low / width) * width, ceil(high / width) * width
    last = round((high - low) / width) - (0 if whole else 1)
    bins = ((known["value"] - low) // width).clip(0, max(last, 0))
    counts = pd.crosstab(bins, known["status"])
    label, villages = formats.unit(unit, _), formats.unit("村", _)
    fig = Draft(scale, height, barmode="stack", left=34, bargap=0)
    centres = [low + (b + (0 if whole else 0.5)) * width for b in counts.index]
    edges = [(formats.number(low + b * width), formats.number(low + (b + 1) * width)) for b in counts.index]
    spans = [start if whole else f"{start}–{end}" for start, end in edges]
    for code in reversed(STATUSES):
        if code in counts:
            s = status(code)
            name = word(code, rule, _, village=True)
            fig.bar(
                x=centres,
                y=[int(n) for n in counts[code]],
                width=width * 0.92,
                name=name,
                customdata=spans,
                marker=fill(s.fill.light, s.pattern, scale),
                hovertemplate=f"%{{customdata}} {label}<br>{name} %{{y}} {villages}<extra></extra>",
            )
    if target is not None:
        text = f"{target_name or _('Target')} {formats.quantity(target, unit, _)}"
        right = target > (low + high) / 2
        shift = (-4 if right else 4) * scale
        fig.upright(target, WARN, words=text, xanchor="right" if right else "left", xshift=shift)
    fig.xaxis |= {
        "showgrid": False,
        "range": [low - width * 0.6, high + width * 0.6],
        "ticksuffix": "%" if unit == "%" else "",
        # At edges of bars: left to itself Plotly puts the ticks under their middles.
        "tick0": 0,
        "dtick": width * every,
        "tickformat": ",~f",
    }
    if whole:
        fig.xaxis |= {"tickformat": ",d", "dtick": max(1, round((high - low) / 10))}
    # Free above the highest bar for the words at the target line.
    tallest = int(counts.sum(axis=1).max())
    fig.yaxis |= {"nticks": 4, "tickformat": ",d", "range": [0, tallest * 1.25]}
    return fig.figure()


def _step(span: float) -> tuple[float, int]:
    """Return a round width of about `_BINS` bars over a span, and how many bars lie between two ticks."""
    if span <= 0:
        return 1.0, 1
    raw = span / _BINS
    ten = 10.0 ** floor(log10(raw))
    digit = next(d for d in (1, 2, 5, 10) if raw <= d * ten * (1 + 1e-9))
    return digit * ten, 4 if digit == 5 else 5


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
    values = [float(v) for v in known["value"]]
    shown = [formats.quantity(v, unit, _, digits=1 if unit == "%" else None) for v in values]
    names = [plain(n) for n in known["name"]]
    notes = [
        f"{name}: {value}<br>{word(code, None, _)}"
        for name, value, code in zip(names, shown, known["status"], strict=True)
    ]
    fig = Draft(scale, 44 + row_height * len(values), legend=False, left=90, top=22)
    fig.bar(
        y=list(range(len(values))),
        x=values,
        orientation="h",
        marker=fill([s.fill.light for s in styles], [s.pattern for s in styles], scale),
        customdata=notes,
        hovertemplate="%{customdata}<extra></extra>",
    )
    if due is not None:
        words = _("due {n}", n=formats.quantity(due, unit, _))
        fig.upright(due, NEUTRAL, dash="dash", words=words, yanchor="bottom")
    # The number stands at the name, where no bar and no line can cross it.
    fig.rows([f"{name}  <b>{value}</b>" for name, value in zip(names, shown, strict=True)])
    ends = [0, *values] + ([due] if due is not None else [])
    low, high = min(ends), max(ends)
    room = (high - low) * 0.06 or 1
    fig.xaxis |= {
        "range": [low - (room if low < 0 else 0), high + room],
        "nticks": 5,
        "ticksuffix": "%" if unit == "%" else "",
        "tickformat": ",~f",
    }
    return fig.figure()


def _named(names: list[str], values: pd.Series, unit: str, _: Translator) -> list[str]:
    return [f"{name}: {formats.quantity(v, unit, _)}" for name, v in zip(names, numbers(values), strict=True)]


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
    names = [plain(n) for n in places["name"]]
    at = list(range(len(names)))
    fig = Draft(scale, 60 + row_height * len(names), left=90)
    fig.bar(
        y=at,
        x=numbers(places["value"]),
        orientation="h",
        name=_("Actual"),
        marker_color=ACTUAL,
        customdata=_named(names, places["value"], unit, _),
        hovertemplate=HOVER,
    )
    fig.scatter(
        y=at,
        x=numbers(places["target"]),
        mode="markers",
        name=_("Target"),
        marker={
            "symbol": "line-ns",
            "size": row_height * 0.7 * scale,
            "line": {"width": 3 * scale, "color": WARN},
        },
        customdata=_named(names, places["target"], unit, _),
        hovertemplate=HOVER,
    )
    fig.rows(names)
    fig.unit(formats.unit(unit, _))
    fig.xaxis |= {"rangemode": "tozero", "nticks": 6, "tickformat": ",~f"}
    return fig.figure()


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
    fig = Draft(scale, height, legend=False, bottom=38)
    fig.scatter(
        x=[float(v) for v in known],
        y=share,
        mode="lines",
        line={"color": ACTUAL, "width": 3 * scale, "shape": "vh"},
        fill="tozeroy",
        fillcolor=wash(ACTUAL, 0.12),
        customdata=[formats.quantity(float(v), unit, _) for v in known],
        hovertemplate="≥ %{customdata}: %{y:.1f}%<extra></extra>",
    )
    top = max([float(known.iloc[0]), *thresholds]) * 1.05
    reached = [100 * float((known >= edge).mean()) for edge in thresholds]
    for edge in thresholds:
        fig.upright(edge, WARN, 1.5, "dot")
    fig.scatter(
        x=list(thresholds), y=reached, mode="markers", marker={"color": WARN, "size": 8 * scale}, hoverinfo="skip"
    )
    # The curve falls, so that the upper right is free for what it says at each threshold.
    lines = [
        f"{plain(words)}  <b>{formats.percent(r)}</b>" for words, r in zip(thresholds.values(), reached, strict=True)
    ]
    corner = {"xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "top", "align": "right"}
    fig.note("<br>".join(lines), 1, 1, size=13, **corner)
    fig.xaxis |= {"range": [0, top], "title_text": _("At least ({unit})", unit=label), "tickformat": ",~f"}
    fig.yaxis |= {"range": [0, 108], "ticksuffix": "%", "nticks": 6}
    return fig.figure()
