"""Charts of a Word document as pictures, with figures at the bars and a second sign beside each colour."""

import io
import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from data import wording
from data.briefing import fonts
from data.briefing.labels import columns, width
from data.briefing.looks import BORDER, DPI, GRID, GROUND, HATCH_WIDTH, INK, WIDTH, hatches, on
from data.briefing.model import Chart
from data.briefing.text import drawn
from data.language import translator
from data.statuses import LOOKS, look, word

_BAR = 0.138
_FEW = 8
"""Bars up to which they are thicker."""
_FRAME = 0.55
_LEAST = 1.6
_LINES_TALL = 2.2
_LINES_WIDE = WIDTH - 0.7
"""Inches between the first and the last date of a line, about."""
_ACCENT = "#2A75AB"
_SMALL = 8.0
_THIN: dict[str, Any] = {"edgecolor": GROUND, "linewidth": 0.4, "hatch_linewidth": HATCH_WIDTH}
_SLIM = 0.045
"""Share of the axis below which a part of a stacked bar has no room for its figure."""


def png(chart: Chart, lang: str) -> bytes:
    """Draw a chart as a picture."""
    bars, rows = chart.kind != "lines", len(chart.categories)
    high = max(_LEAST, _FRAME + rows * (_BAR if rows > _FEW else _BAR * 2)) if bars else _LINES_TALL
    figure = Figure(figsize=(WIDTH, high), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    {"bars": _bars, "stacked": _stacked, "lines": _lines}[chart.kind](axes, chart, lang)
    for side in ("top", "right", "bottom" if bars else "top"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(BORDER)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_fontproperties(fonts.properties(_SMALL))
        label.set_color(INK)
    axes.tick_params(length=0)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=DPI, facecolor=GROUND)
    return out.getvalue()


def _number(value: float, unit: str, lang: str) -> str:
    return drawn(wording.quantity(value, unit, translator(lang)), lang)


def _bars(axes: Axes, chart: Chart, lang: str) -> None:
    """Draw bars one below another, each with its figure; several series share a category's room."""
    _, count = translator(lang), len(chart.series)
    high = 0.72 / count
    for k, series in enumerate(chart.series):
        colours = [look(code).fill for code in series.statuses] or [series.colour or _ACCENT] * len(series.values)
        marks = hatches(colours) if series.statuses else [""] * len(colours)
        for n, value in enumerate(series.values):
            y = n - 0.36 + high * (k + 0.5)
            if value is not None:
                axes.barh(y, value, high, color=colours[n], hatch=marks[n], **_THIN)
            told = _number(value, chart.unit, lang) if value is not None else wording.NOTHING
            axes.annotate(
                told, (max(value or 0.0, 0.0), y), (3, 0), textcoords="offset points", va="center", color=INK,
                fontproperties=fonts.properties(_SMALL - 0.5), zorder=4,
                bbox={"facecolor": GROUND, "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip
    _categories(axes, chart, lang)
    values = [v for s in chart.series for v in s.values if v is not None] + [0.0]
    ends = (*values, chart.line[0]) if chart.line else values
    low, top = min(ends), max(ends)
    axes.set_xlim(low * 1.12, (top or 1.0) * 1.13)
    axes.xaxis.set_visible(False)
    if chart.line:
        value, name = chart.line
        axes.axvline(value, color=INK, linewidth=1.1, linestyle=(0, (4, 2)), zorder=3)
        axes.annotate(
            f"{drawn(name, lang)} {_number(value, chart.unit, lang)}".strip(), (value, 1.0), (0, 3),
            xycoords=("data", "axes fraction"), textcoords="offset points", ha="right" if value > top * 0.7 else "left",
            va="bottom", color=INK, fontproperties=fonts.properties(_SMALL),
        )  # fmt: skip
    used = [code for code in LOOKS if any(code in series.statuses for series in chart.series)]
    if used:
        fills = [LOOKS[code].fill for code in used]
        named = [drawn(chart.words.get(code) or word(code, None, _), lang) for code in used]
        _legend(axes, list(zip(named, fills, hatches(fills), strict=True)))
    elif count > 1:
        _legend(axes, [(drawn(s.name, lang), s.colour or _ACCENT, "") for s in chart.series])


def _stacked(axes: Axes, chart: Chart, lang: str) -> None:
    starts = [0.0] * len(chart.categories)
    fills = [series.colour or _ACCENT for series in chart.series]
    marks = hatches(fills)
    whole = max((sum(s.values[n] or 0.0 for s in chart.series) for n in range(len(chart.categories))), default=1.0)
    for series, fill, mark in zip(chart.series, fills, marks, strict=True):
        widths = [value or 0.0 for value in series.values]
        axes.barh(range(len(widths)), widths, 0.66, starts, color=fill, hatch=mark, **_THIN)
        for n, value in enumerate(widths):
            if value > _SLIM * whole / 2:
                axes.text(
                    starts[n] + value / 2, n, _number(value, chart.unit, lang), ha="center", va="center",
                    color=on(fill), fontproperties=fonts.properties(_SMALL, bold=True),
                    bbox={"facecolor": fill, "edgecolor": "none", "pad": 0.8} if mark else None,
                )  # fmt: skip
            starts[n] += value
    _categories(axes, chart, lang)
    axes.set_xlim(0, whole * 1.02 or 1.0)
    axes.xaxis.set_visible(False)
    _legend(axes, [(drawn(s.name, lang), f, m) for s, f, m in zip(chart.series, fills, marks, strict=True)])


def _lines(axes: Axes, chart: Chart, lang: str) -> None:
    places = range(len(chart.categories))
    for series, style in zip(chart.series, ("-", "--", ":", "-.") * len(chart.series), strict=False):
        values = [float("nan") if v is None else v for v in series.values]
        axes.plot(places, values, style, color=series.colour or _ACCENT, marker="o", markersize=3.5, linewidth=1.6)
    names = [drawn(name, lang) for name in chart.categories]
    wide = max((width(name, _SMALL) / 72 + 0.12 for name in names), default=1.0)
    step = max(1, math.ceil(len(names) * wide / _LINES_WIDE))
    marked = list(places)[::-1][::step][::-1]  # the newest has its date, whichever are left out
    axes.set_xticks(marked, [names[n] for n in marked])
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.yaxis.set_major_formatter(lambda value, _position: _number(float(value), chart.unit, lang))
    if chart.line:
        axes.axhline(chart.line[0], color=INK, linewidth=1.0, linestyle=(0, (4, 2)))
    if len(chart.series) > 1:
        _legend(axes, [(drawn(s.name, lang), s.colour or _ACCENT, "") for s in chart.series])


def _categories(axes: Axes, chart: Chart, lang: str) -> None:
    axes.set_yticks(range(len(chart.categories)), [drawn(name, lang) for name in chart.categories])
    axes.set_ylim(len(chart.categories) - 0.45, -0.55)


def _legend(axes: Axes, entries: list[tuple[str, str, str]]) -> None:
    """Draw the legend below, in as many rows as it needs, read row by row."""
    count = columns([name for name, *_rest in entries], _SMALL, WIDTH)
    by_column = [entry for n in range(count) for entry in entries[n::count]]
    axes.figure.legend(
        handles=[Patch(facecolor=fill, hatch=mark, label=name, **_THIN) for name, fill, mark in by_column],
        prop=fonts.properties(_SMALL),
        loc="outside lower center",
        ncols=count,
        frameon=False,
        handlelength=1.5,
        columnspacing=0.9,
        handletextpad=0.5,
        borderaxespad=0.3,
    )
