"""What all figures share: margins, letters, axes. Pure `plotly.graph_objects`; colours read well on both themes."""

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from components.formats import month
from components.palette import NEUTRAL, PATTERNS, SERIES
from data.language import Translator

FONT = "'Noto Sans CJK SC','Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
"""Pass to `st.plotly_chart(fig, config=CONFIG)`: no tool bar, no zoom by accident."""
HOVER = "%{customdata}<extra>%{fullData.name}</extra>"
"""Hover text from our own number formats; Plotly's write 1.2e+4."""
SIZE = 13
CLEAR = "rgba(0,0,0,0)"
GRID = "rgba(135,147,160,.22)"
ACTUAL = SERIES[0]
WARN = SERIES[3]


def layout(
    fig: go.Figure, scale: float, height: int, *, legend: bool = True, left: int = 40, bottom: int = 24, **more: Any
) -> go.Figure:
    """Give a figure our margins, letters and axes; sizes grow with `scale` (1, in meetings 1.5)."""
    size = SIZE * scale
    axis = {
        "tickfont_size": size * 0.92,
        "gridcolor": GRID,
        "zerolinecolor": GRID,
        "fixedrange": True,
        "title_font_size": size * 0.92,
    }
    fig.update_layout(
        height=round(height * scale),
        margin={
            "l": round(left * scale),
            "r": round(12 * scale),
            "t": round((30 if legend else 12) * scale),
            "b": round(bottom * scale),
        },
        font={"size": size, "family": FONT},
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        showlegend=legend,
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font_size": size * 0.92,
            "traceorder": "normal",
        },
        hoverlabel={"font_size": size, "font_family": FONT},
        # Numbers that do not fit their bar are left out, not shrunk.
        uniformtext={"minsize": size * 0.8, "mode": "hide"},
        separators=".\u202f",
        bargap=0.28,
        xaxis=axis,
        yaxis=axis,
    )
    if more:
        fig.update_layout(**more)
    return fig


def numbers(values: Any) -> list[float | None]:
    """Return plain floats, None for missing: JSON knows no NaN."""
    return [None if pd.isna(v) else float(v) for v in values]


def dates(values: Any) -> list[str]:
    """Return days as ISO texts."""
    return [pd.Timestamp(v).strftime("%Y-%m-%d") for v in values]


def month_ticks(days: Sequence[Any], _: Translator, most: int = 13) -> tuple[list[str], list[str]]:
    """Return positions and words of a month axis, thinned out to at most `most`; a January carries its year."""
    if not len(days):
        return [], []
    months = pd.period_range(pd.Timestamp(min(days)), pd.Timestamp(max(days)), freq="M")
    months = months[:: max(1, -(-len(months) // most))]
    stamps = [m.to_timestamp(how="end").normalize() for m in months]
    several = stamps[0].year != stamps[-1].year
    words = [month(s, _, year=several and (s.month == 1 or i == 0)) for i, s in enumerate(stamps)]
    return dates(stamps), words


def span(days: Sequence[Any], room: int = 10) -> list[str]:
    """Return the range of a date axis with some days of room, so that the last point and its tick are not cut."""
    edge = pd.Timedelta(days=room)
    return dates([pd.Timestamp(min(days)) - edge / 2, pd.Timestamp(max(days)) + edge])


def colours(count: int) -> list[tuple[str, str]]:
    """Return colour and pattern of the first `count` categories; more than there are repeat."""
    return [(SERIES[i % len(SERIES)], PATTERNS[i % len(PATTERNS)]) for i in range(count)]


def plain(name: Any) -> str:
    """Return a data value as text that Plotly will not read as markup."""
    return escape(str(name), quote=False)


def rows(fig: go.Figure, words: Sequence[str]) -> None:
    """Give horizontal bars at 0, 1, 2 ... their words, the first on top; equal names stay apart."""
    fig.update_yaxes(
        range=[len(words) - 0.4, -0.6],
        tickvals=list(range(len(words))),
        ticktext=list(words),
        showgrid=False,
        zeroline=False,
        automargin=True,
        ticklabelstandoff=4,
    )


def fill(colour: Any, pattern: Any, scale: float) -> dict[str, Any]:
    """Return a bar's marker: colour with its pattern drawn over it; both may be lists, one per bar."""
    over = {"shape": pattern, "fillmode": "overlay", "fgcolor": "rgba(255,255,255,.55)", "fgopacity": 1}
    return {"color": colour, "pattern": {**over, "size": 7 * scale, "solidity": 0.28}}


def unit_note(fig: go.Figure, words: str, scale: float) -> None:
    """Write the unit above the value axis, where it can be read without turning the head."""
    if words:
        fig.add_annotation(
            text=words,
            showarrow=False,
            x=0,
            y=1,
            xref="paper",
            yref="paper",
            xanchor="right",
            yanchor="bottom",
            xshift=-6 * scale,
            yshift=2 * scale,
            font={"size": 12 * scale, "color": NEUTRAL},
        )


def wash(colour: str, alpha: float) -> str:
    """Return a hex colour as rgba."""
    r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({r},{g},{b},{alpha})"


def empty(message: str, scale: float = 1, height: int = 200) -> go.Figure:
    """Return a figure that only says why there is nothing to draw."""
    fig = go.Figure()
    fig.add_annotation(text=message, showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper", font_color=NEUTRAL)
    return layout(fig, scale, height, legend=False, xaxis={"visible": False}, yaxis={"visible": False})
