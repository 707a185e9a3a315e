"""A briefing as one HTML file for a USB stick: it opens from `file://` and asks no network for anything."""

import json
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from markupsafe import Markup, escape
from plotly.offline import get_plotlyjs

from data import wording
from data.briefing import drawing
from data.briefing.cells import told
from data.briefing.model import Block, Briefing, Cell, Chart, Items, Map, Paragraph, Section, Table, Told
from data.briefing.typeset import typeset
from data.language import translator
from data.statuses import LOOKS, look, word
from geo.boundaries import Boundaries

LONG = 24
"""Rows from which a table scrolls by itself on the screen; printed, it is shown whole."""
ROW = 24
"""Height of one bar with its gap, in pixels."""
_INK = "#17212B"
_FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"


def write(briefing: Briefing, boundaries: Boundaries, out: Path | BinaryIO) -> None:
    """Write the page; a path is replaced."""
    text = page(briefing, boundaries).encode()
    if isinstance(out, Path):
        out.write_bytes(text)
    else:
        out.write(text)


def page(briefing: Briefing, boundaries: Boundaries) -> str:
    """Return the page: what the briefing says, its charts with the script that draws them, its maps as SVG."""
    return str(_Page(briefing, boundaries).html())


@cache
def _css() -> str:
    return Path(__file__).with_name("offline.css").read_text("utf-8")


def _raw(text: str) -> Markup:
    return Markup(text)  # noqa: S704 - callers escape each value


def _join(parts: list[Markup]) -> Markup:
    return _raw("").join(parts)


class _Page:
    def __init__(self, briefing: Briefing, boundaries: Boundaries) -> None:
        self.briefing = briefing
        self._ = translator(briefing.lang)
        self.boundaries = boundaries
        self.figures: list[dict[str, Any]] = []

    def set(self, text: str) -> Markup:
        """Return a text as it is set, escaped."""
        return escape(typeset(text, self.briefing.lang))

    def html(self) -> Markup:
        b = self.briefing
        split = len(b.sections) - b.annex
        parts = [self.section(section, 2) for section in b.sections]
        body = _join([*parts[:split], self.signature(), *parts[split:]])
        links = _join([_raw(f"<a href='#{s.id}'>{self.set(s.title)}</a>") for s in b.sections])
        statement = _join([_raw(f"<p>{self.set(line)}</p>") for line in b.statement])
        script = json.dumps(self.figures, ensure_ascii=False).replace("<", "\\u003c")
        draw = (
            "for (const f of FIGURES) Plotly.newPlot(f.id, f.data, f.layout, {responsive: true, displaylogo: false});"
        )
        lang = "zh-CN" if b.lang == "zh" else b.lang
        return _raw(
            f"<!doctype html><html lang='{lang}'><head><meta charset='utf-8'>"
            "<meta name='viewport' content='width=device-width, initial-scale=1'>"
            f"<title>{self.set(b.title)}</title><style>{_css()}</style></head><body>"
            f"<header><h1>{self.set(b.title)}</h1><p>{self.set(b.plan)}</p></header>"
            f"<nav>{links}</nav><main>{self.addressees()}<div class='statement'>{statement}</div>{body}</main>"
            f"<footer>{self.set(b.source)}</footer>"
            f"<script>{get_plotlyjs()}</script><script>const FIGURES = {script};{draw}</script></body></html>"
        )

    def addressees(self) -> Markup:
        """Return whom the bulletin is sent to; nothing where nobody said."""
        names = self.briefing.addressees
        return _raw(f"<p>{self.set(self._('To: {names}', names=names))}</p>") if names else _raw("")

    def signature(self) -> Markup:
        """Return who issues the bulletin and when; nothing where nobody said."""
        day = "" if self.briefing.dated is None else wording.day(self.briefing.dated, self._, year=True)
        lines = _join([_raw(f"<p>{self.set(text)}</p>") for text in (self.briefing.issuer, day) if text])
        return _raw(f"<div class='signature'>{lines}</div>") if lines else lines

    def section(self, section: Section, level: int) -> Markup:
        parts = [_raw(f"<h{level}>{self.set(section.title)}</h{level}>")]
        if section.message and section.message != section.title:
            parts.append(_raw(f"<p class='message'>{self.set(section.message)}</p>"))
        parts += [self.block(section, n, block) for n, block in enumerate(section.blocks)]
        parts += [self.section(below, level + 1) for below in section.sections]
        return _raw(f"<section id='{section.id}'>{_join(parts)}</section>")

    def block(self, section: Section, n: int, block: Block) -> Markup:
        match block:
            case Paragraph(text):
                return _raw(f"<p>{self.set(text)}</p>")
            case Items(texts):
                items = _join([_raw(f"<li>{self.set(text)}</li>") for text in texts])
                return _raw(f"<ol>{items}</ol>")
            case Table():
                return self.table(block)
            case Chart():
                return self.chart(f"{section.id}-{n}", block)
            case Map():
                return self.map(block)

    def note(self, *texts: str) -> Markup:
        return _join([_raw(f"<p class='note'>{self.set(text)}</p>") for text in texts if text])

    # ---- tables ------------------------------------------------------------------------------------------------------

    def table(self, table: Table) -> Markup:
        def css(right: bool) -> str:  # noqa: FBT001 - one flag, one class
            return " class='right'" if right else ""

        heads = _join([_raw(f"<th{css(c.right)}>{self.set(c.name)}</th>") for c in table.columns])
        rows = _join(
            [
                _raw("<tr>")
                + _join(
                    [
                        _raw(f"<td{css(column.right)}>{self.cell(cell)}</td>")
                        for column, cell in zip(table.columns, row, strict=True)
                    ]
                )
                + _raw("</tr>")
                for row in table.rows
            ]
        )
        long = " long" if len(table.rows) > LONG else ""
        return _raw(
            f"<figure><figcaption>{self.set(table.title)}</figcaption><div class='scroll{long}'><table>"
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{self.note(table.note)}</figure>"
        )

    def cell(self, cell: Cell) -> Markup:
        match cell:
            case "":
                return _raw("")
            case Told(code, word):
                return _raw(f"<span class='told' style='--c:{look(code).fill}'>{self.set(word)}</span>")
            case _:
                return escape(told(cell, self.briefing.lang))

    # ---- charts ------------------------------------------------------------------------------------------------------

    def chart(self, name: str, chart: Chart) -> Markup:
        layout: dict[str, Any] = {
            "font": {"family": _FONT, "size": 14, "color": _INK},
            "margin": {"l": 8, "r": 56, "t": 8, "b": 40},
            "height": 60 + ROW * max(4, len(chart.categories)),
            "xaxis": {
                "automargin": True,
                "gridcolor": "#E8ECF1",
                "ticksuffix": chart.unit if chart.unit == "%" else "",
            },
            "yaxis": {"automargin": True, "autorange": "reversed", "type": "category"},
            "legend": {"orientation": "h", "y": -0.12},
            "plot_bgcolor": "#fff",
            "bargap": 0.3,
            "showlegend": len(chart.series) > 1,
        }
        if chart.kind == "lines":
            layout |= {
                "height": 320,
                "xaxis": {"type": "category", "automargin": True, "nticks": 12},
                "yaxis": {"automargin": True, "ticksuffix": layout["xaxis"]["ticksuffix"]},
            }
        if chart.kind == "stacked":
            layout["barmode"] = "stack"
        if chart.line is not None:
            value, name_ = chart.line
            layout["shapes"] = [
                {"type": "line", "x0": value, "x1": value, "y0": 0, "y1": 1, "yref": "paper",
                 "line": {"color": _INK, "dash": "dash", "width": 1.5}}
            ]  # fmt: skip
            layout["annotations"] = [
                {"x": value, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False,
                 "text": f"{_plain(name_)} {self.figure(value, chart.unit)}"}
            ]  # fmt: skip
            layout["margin"]["t"] = 28
        data = [self.trace(chart, n) for n in range(len(chart.series))]
        self.figures.append({"id": f"chart-{name}", "data": data, "layout": layout})
        return _raw(
            f"<figure><figcaption>{self.set(self.unit(chart))}</figcaption>{self.key(chart)}"
            f"<div id='chart-{name}'></div>{self.note(chart.note)}</figure>"
        )

    def key(self, chart: Chart) -> Markup:
        """Return what the colours of bars are."""
        used = {code for series in chart.series for code in series.statuses}
        words = [Told(code, chart.words.get(code) or word(code, None, self._)) for code in LOOKS if code in used]
        return _raw(f"<p class='key'>{_join([self.cell(word_) for word_ in words])}</p>") if words else _raw("")

    def unit(self, chart: Chart) -> str:
        word_ = wording.unit(chart.unit, self._)
        return self._("{name} ({status})", name=chart.title, status=word_) if word_ not in {"", "%"} else chart.title

    def figure(self, value: float, unit: str) -> str:
        """Return a value as every other document writes it."""
        return _plain(typeset(wording.quantity(value, unit, self._), self.briefing.lang))

    def trace(self, chart: Chart, n: int) -> dict[str, Any]:
        series = chart.series[n]
        names, values = [_plain(name) for name in chart.categories], list(series.values)
        if chart.kind == "lines":
            return {"type": "scatter", "mode": "lines+markers", "name": _plain(series.name), "x": names, "y": values,
                    "line": {"color": series.colour or "#2A75AB"}}  # fmt: skip
        colours: list[str] | str = [look(code).fill for code in series.statuses] or series.colour
        trace: dict[str, Any] = {"type": "bar", "orientation": "h", "name": _plain(series.name)}
        trace |= {"x": values, "y": names, "marker": {"color": colours}}
        if chart.kind == "bars":
            trace |= {
                "text": ["" if v is None else self.figure(v, chart.unit) for v in values],
                "textposition": "outside",
                "cliponaxis": False,
            }
        else:
            trace |= {"text": [f"{v:.0f}" if v else "" for v in values], "textposition": "inside", "textangle": 0}
        return trace

    # ---- maps --------------------------------------------------------------------------------------------------------

    def map(self, map_: Map) -> Markup:
        if not drawing.drawable(map_, self.boundaries):
            return _raw("")
        drawn = _raw(drawing.map_svg(map_, self.boundaries, self.briefing.lang))
        return _raw(
            f"<figure class='map'><figcaption>{self.set(map_.title)}</figcaption>{drawn}{self.note(map_.note)}</figure>"
        )


def _plain(text: str) -> str:
    """Return a text for a chart, which reads some tags as markup."""
    return text.replace("<", "‹").replace(">", "›")
