"""What all figures share: margins, letters, axes. Pure `plotly.graph_objects`; colours read well on both themes."""

from collections.abc import Sequence
from functools import cached_property
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
_NOTE = 12
_STEPS = (1, 2, 3, 6, 12)
GRID = "rgba(135,147,160,.22)"
ACTUAL = SERIES[0]
WARN = SERIES[3]


class Drawn(go.Figure):
    """A finished figure: copied into a dictionary once, not at each rerun that shows it. Do not change it."""

    @cached_property
    def _spec(self) -> dict[str, Any]:
        found: dict[str, Any] = super().to_dict()
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return data and layout as they are sent to the browser."""
        return self._spec


class Draft:
    """A figure while it is put together, as plain dictionaries.

    Plotly checks its objects at every change, which costs 10-70 ms a figure; here they are checked once, at the end.

    Parameters
    ----------
    scale : factor of letters, lines and height: 1, in meetings 1.5.
    height : in px at scale 1.
    legend : whether there is one, above the plot.
    left, top, bottom : margins in px at scale 1.
    more : further layout attributes.
    """

    def __init__(
        self,
        scale: float,
        height: int,
        *,
        legend: bool = True,
        left: int = 40,
        top: int | None = None,
        bottom: int = 24,
        **more: Any,
    ) -> None:
        self.scale = scale
        self.data: list[dict[str, Any]] = []
        self.shapes: list[dict[str, Any]] = []
        self.notes: list[dict[str, Any]] = []
        size = SIZE * scale
        small = {"size": size * 0.92}
        axis = {
            "tickfont": small,
            "title": {"font": small},
            "gridcolor": GRID,
            "zerolinecolor": GRID,
            "fixedrange": True,
        }
        self.xaxis, self.yaxis = dict(axis), dict(axis)
        margin = {"l": left, "r": 12, "t": (30 if legend else 12) if top is None else top, "b": bottom}
        self.layout: dict[str, Any] = {
            "height": round(height * scale),
            "margin": {side: round(width * scale) for side, width in margin.items()},
            "font": {"size": size, "family": FONT},
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "showlegend": legend,
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 1.02,
                "yanchor": "bottom",
                "font": small,
                "traceorder": "normal",
            },
            "hoverlabel": {"font": {"size": size, "family": FONT}},
            # Numbers that do not fit their bar are left out, not shrunk.
            "uniformtext": {"minsize": size * 0.8, "mode": "hide"},
            "separators": ".\u202f",
            "bargap": 0.28,
            **more,
        }

    def scatter(self, **trace: Any) -> None:
        """Add a line or points."""
        self.data.append({"type": "scatter", **trace})

    def bar(self, **trace: Any) -> None:
        """Add bars."""
        self.data.append({"type": "bar", **trace})

    def note(self, text: str, x: Any, y: Any, *, size: float = _NOTE, colour: str | None = None, **more: Any) -> None:
        """Write words at a place of the plot."""
        font = {"size": size * self.scale} | ({"color": colour} if colour else {})
        self.notes.append({"text": text, "x": x, "y": y, "showarrow": False, "font": font, **more})

    def _line(self, colour: str, width: float, dash: str, ends: dict[str, Any]) -> None:
        line = {"color": colour, "width": width * self.scale, "dash": dash}
        self.shapes.append({"type": "line", "line": line, **ends})

    def across(self, y: float, colour: str, width: float = 2, dash: str = "solid", words: str = "") -> None:
        """Draw a level line, its words above its left end."""
        self._line(colour, width, dash, {"y0": y, "y1": y, "x0": 0, "x1": 1, "xref": "paper"})
        if words:
            self.note(words, 0, y, colour=colour, xref="paper", xanchor="left", yanchor="bottom")

    def upright(self, x: float, colour: str, width: float = 2, dash: str = "solid", words: str = "", **at: Any) -> None:
        """Draw an upright line, its words (placed by `at`) at its upper end."""
        self._line(colour, width, dash, {"x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper"})
        if words:
            place: dict[str, Any] = {"y": 1, "yref": "paper", "yanchor": "top", **at}
            self.note(words, x, colour=colour, **place)

    def unit(self, words: str) -> None:
        """Write the unit above the value axis, where it can be read without turning the head."""
        if not words:
            return
        corner: dict[str, Any] = {"xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "bottom"}
        corner |= {"xshift": -6 * self.scale, "yshift": 2 * self.scale}
        left = self.layout["margin"]["l"]
        if ems(words) * _NOTE * self.scale > left - 6 * self.scale:
            # Wider than the margin, it would be cut: it starts at the edge, and the legend gives way to the right.
            corner |= {"xanchor": "left", "xshift": -left}
            self.layout["legend"] |= {"x": 1, "xanchor": "right"}
        self.note(words, 0, 1, size=_NOTE, colour=NEUTRAL, **corner)

    def rows(self, words: Sequence[str]) -> None:
        """Give horizontal bars at 0, 1, 2 ... their words, the first on top; equal names stay apart."""
        self.yaxis |= {
            "range": [len(words) - 0.4, -0.6],
            "tickvals": list(range(len(words))),
            "ticktext": list(words),
            "showgrid": False,
            "zeroline": False,
            "automargin": True,
            "ticklabelstandoff": 4,
        }

    def figure(self) -> go.Figure:
        """Return the figure; a wrong attribute raises ValueError here."""
        marks = {"shapes": self.shapes, "annotations": self.notes}
        return Drawn({"data": self.data, "layout": {**self.layout, "xaxis": self.xaxis, "yaxis": self.yaxis, **marks}})


def numbers(values: Any) -> list[float | None]:
    """Return plain floats, None for missing: JSON knows no NaN."""
    return [None if pd.isna(v) else float(v) for v in values]


def dates(values: Any) -> list[str]:
    """Return days as ISO texts."""
    return [pd.Timestamp(v).strftime("%Y-%m-%d") for v in values]


def month_ticks(days: Sequence[Any], _: Translator, most: int = 13) -> tuple[list[str], list[str]]:
    """Return positions and words of a month axis, thinned out to about `most`; of several years the first tick tells.

    Months are left out as quarters and halves of a year divide it, counted from January, so that years read alike.
    """
    if not len(days):
        return [], []
    months = list(pd.period_range(pd.Timestamp(min(days)), pd.Timestamp(max(days)), freq="M"))
    several = months[0].year != months[-1].year
    step = next((s for s in _STEPS if len(months) <= s * most), _STEPS[-1])
    shown = [m for m in months if (m.month - 1) % step == 0] or months[:1]
    shown = shown[:: -(-len(shown) // (most + 1))]
    years = [m.year for m in shown]
    stamps = [m.to_timestamp(how="end").normalize() for m in shown]
    words = [month(s, _, year=several and s.year not in years[:i]) for i, s in enumerate(stamps)]
    return dates(stamps), words


def span(days: Sequence[Any], room: int = 10) -> list[str]:
    """Return the range of a date axis with some days of room, so that the last point and its tick are not cut."""
    edge = pd.Timedelta(days=room)
    return dates([pd.Timestamp(min(days)) - edge / 2, pd.Timestamp(max(days)) + edge])


def colours(count: int) -> list[tuple[str, str]]:
    """Return colour and pattern of the first `count` categories; more than there are repeat."""
    return [(SERIES[i % len(SERIES)], PATTERNS[i % len(PATTERNS)]) for i in range(count)]


def ems(text: str) -> float:
    """Return about how wide a text is, in letters' heights: a Chinese character is one."""
    return sum(1.0 if character > "\u2e7f" else 0.56 for character in text)


def plain(name: Any) -> str:
    """Return a data value as text that Plotly will not read as markup."""
    return escape(str(name), quote=False)


def fill(colour: Any, pattern: Any, scale: float) -> dict[str, Any]:
    """Return a bar's marker: colour with its pattern drawn over it; both may be lists, one per bar."""
    over = {"shape": pattern, "fillmode": "overlay", "fgcolor": "rgba(255,255,255,.55)", "fgopacity": 1}
    return {"color": colour, "pattern": {**over, "size": 7 * scale, "solidity": 0.28}}


def wash(colour: str, alpha: float) -> str:
    """Return a hex colour as rgba."""
    r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({r},{g},{b},{alpha})"


def empty(message: str, scale: float = 1, height: int = 200) -> go.Figure:
    """Return a figure that only says why there is nothing to draw."""
    fig = Draft(scale, height, legend=False)
    fig.xaxis = fig.yaxis = {"visible": False}
    fig.note(message, 0.5, 0.5, size=SIZE, colour=NEUTRAL, xref="paper", yref="paper")
    return fig.figure()
