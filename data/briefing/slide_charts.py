"""Charts of slides: native ones that can be edited in PowerPoint and WPS."""

import dataclasses
import math
from html import escape
from typing import Any

from pptx.chart.chart import Chart as Native
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE
from pptx.enum.shapes import MSO_CONNECTOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from data import wording
from data.briefing import room
from data.briefing.cells import number_format
from data.briefing.deck import INK, LEAST, LINE, MUTED, NAVY, SMALL, Box, Deck, height_of
from data.briefing.looks import BLANK, on
from data.briefing.model import Chart, Map, Series
from data.briefing.text import written
from data.intake.template import safe_cell
from data.language import translator
from data.statuses import LOOKS, look, word

FULL = 24
"""Bars that are read in one chart; more stand in two beside each other, by the same scale."""
_PT = 12_700
_KEY = 14
_LABEL = Inches(0.3)


def key(deck: Deck, slide: Slide, box: Box, chart: Chart | None, map_: Map | None) -> int:
    """Say at the top of a box what the colours of a chart and its map are, and its unit; return the height it takes."""
    _ = translator(deck.lang)
    shades = [] if map_ is None else [(shade.colour, shade.name) for shade in map_.shades]
    codes = {code for s in chart.series for code in s.statuses} if chart is not None else set()
    known = {colour for colour, _name in shades}
    words = {} if chart is None else chart.words
    entries = [(look(code).fill, words.get(code) or word(code, None, _)) for code in LOOKS if code in codes]
    entries = [entry for entry in entries if entry[0] not in known] + shades
    fills = [status.fill for status in LOOKS.values()]
    entries.sort(key=lambda entry: fills.index(entry[0]) if entry[0] in fills else len(fills))
    unit = wording.unit(chart.unit, _) if chart is not None and chart.unit not in {"", "%"} else ""
    if not entries and not unit:
        return 0
    said = _("Unit") + _(": ") + unit if unit else ""
    text = "".join(f"■ {written(name, deck.lang)}   " for _colour, name in entries) + said
    height = height_of([text], box, _KEY)
    frame = deck.text(slide, box.strip(height), "", _KEY)
    for colour, name in entries:
        blank = colour.upper() == BLANK  # a white square is seen by its edge only
        deck.run(frame.paragraphs[0], "□ " if blank else "■ ", _KEY, colour=MUTED if blank else colour)
        deck.run(frame.paragraphs[0], f"{written(name, deck.lang)}   ", _KEY)
    if said:
        deck.run(frame.paragraphs[0], written(said, deck.lang), _KEY, colour=MUTED)
    return int(height + Inches(0.06))


def draw(deck: Deck, slide: Slide, box: Box, chart: Chart) -> None:
    """Put a chart into a box, with what it is held against and its note."""
    if chart.note:
        height = int(SMALL * room.LINE * _PT)
        below = Box(box.left, box.top + box.height - height, box.width, height)
        deck.text(slide, below, written(chart.note, deck.lang), SMALL, colour=MUTED, anchor=MSO_ANCHOR.MIDDLE)
        box = box.strip(box.height - height - Inches(0.04))
    if chart.kind != "bars":
        _auto(deck, slide, box, chart)
        return
    halves = _halves(chart)
    boxes = (box,) if len(halves) == 1 else box.split(0.5)
    span = _span(chart)
    for half, place in zip(halves, boxes, strict=True):
        _bars(deck, slide, place, half, span)


def _halves(chart: Chart) -> tuple[Chart, ...]:
    n = len(chart.categories)
    if n <= FULL:
        return (chart,)
    middle = math.ceil(n / 2)
    return tuple(
        dataclasses.replace(
            chart,
            categories=chart.categories[part],
            series=tuple(Series(s.name, s.values[part], s.statuses[part], s.colour) for s in chart.series),
        )
        for part in (slice(0, middle), slice(middle, n))
    )


def _span(chart: Chart) -> tuple[float, float]:
    """Return the least and the greatest value of the axis: nothing is always on it, and room for a label."""
    found = [v for s in chart.series for v in s.values if v is not None]
    found += [chart.line[0]] if chart.line else []
    low, high = min(0.0, *found, 0.0), max(0.0, *found, 0.0)
    size = (high - low) or 1.0
    return low - (0.12 * size if low < 0 else 0.0), high + 0.14 * size


def _data(chart: Chart, lang: str, *, line: bool = False) -> CategoryChartData:
    """Return what a chart shows, text inert: the sheet behind a chart runs formulas as any other."""
    values = [v for s in chart.series for v in s.values if v is not None]
    data = CategoryChartData(number_format=number_format(values, "%" if chart.unit == "%" else ""))
    data.categories = [str(safe_cell(written(c, lang))) for c in chart.categories]
    for series in chart.series:
        data.add_series(str(safe_cell(written(series.name, lang))), series.values)
    if line and chart.line:
        name = str(safe_cell(written(chart.line[1], lang)))
        data.add_series(name, [chart.line[0]] * len(chart.categories))
    return data


def _bars(deck: Deck, slide: Slide, box: Box, chart: Chart, span: tuple[float, float]) -> None:
    low, high = span
    head = _LABEL if chart.line else 0
    pitch = (box.height - head) / (len(chart.categories) * _PT)  # points of a bar with its gap
    size = max(LEAST, min(14.0, math.floor(pitch / 1.25 * 2) / 2))
    names = max(room.width(written(c, deck.lang)) for c in chart.categories) + 0.8
    left = min(names * size * _PT, 0.4 * box.width)
    shape = slide.shapes.add_chart(
        XL_CHART_TYPE.BAR_CLUSTERED, *map(Emu, (box.left, box.top, box.width, box.height)), _data(chart, deck.lang)
    )
    shape.name = written(chart.title, deck.lang)
    native: Native = shape.chart
    native.has_legend = native.has_title = False
    native.font.size = Pt(size)
    native.font.color.rgb = RGBColor.from_string(INK)
    plot = native.plots[0]
    plot.gap_width = 40
    plot.overlap = 100 if len(chart.series) == 1 else 0
    plot.vary_by_categories = False
    values = [v for s in chart.series for v in s.values if v is not None]
    shown = _format(values, chart)
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = shown, False
    labels.position, labels.show_value = XL_LABEL_POSITION.OUTSIDE_END, True
    for series, told in zip(plot.series, chart.series, strict=True):
        series.invert_if_negative = False
        _paint(series, told.colour or f"#{NAVY}")
        for n, code in enumerate(told.statuses):
            if told.values[n] is not None:
                _paint(series.points[n], look(code).fill)
        if chart.line:  # a figure behind a bar's end would stand on the line
            _label_inside(series, told, (chart.line[0] + high) * 0.14, shown, size)
    _axes(native, low, high)
    x, y = left / box.width, head / box.height
    width, height = 1 - x - 0.005, 1 - y
    _place(native, x, y, width, height)
    if chart.line:
        at = box.left + int((x + width * (chart.line[0] - low) / (high - low)) * box.width)
        _held_against(deck, slide, box, at, chart)


_INSIDE = (
    '<c:dLbl {ns}><c:idx val="{n}"/><c:numFmt formatCode="{shown}" sourceLinked="0"/><c:spPr><a:noFill/></c:spPr>'
    '<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size}" b="1"><a:solidFill><a:srgbClr val="{colour}"/>'
    '</a:solidFill></a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr><c:dLblPos val="inBase"/>'
    '<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
    '<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbl>'
)


def _label_inside(series: Any, told: Series, least: float, shown: str, size: float) -> None:
    """Write the figures of bars that are long enough for them into the bars, at their foot."""
    labels = series.data_labels
    labels.number_format, labels.number_format_is_linked = shown, False
    labels.position, labels.show_value = XL_LABEL_POSITION.OUTSIDE_END, True
    element = labels._element  # noqa: SLF001 - pptx writes no format into the label of one bar
    for place, n in enumerate(n for n, value in enumerate(told.values) if value is not None and value >= least):
        colour = on(look(told.statuses[n]).fill if told.statuses else told.colour or f"#{NAVY}")[1:]
        text = _INSIDE.format(
            ns=nsdecls("c", "a"), n=n, shown=escape(shown), size=int(max(0.9 * size, LEAST) * 100), colour=colour
        )
        element.insert(place, parse_xml(text))


def _format(values: list[float], chart: Chart) -> str:
    return number_format(values, "%" if chart.unit == "%" else "")


def _axes(native: Native, low: float, high: float) -> None:
    category, value = native.category_axis, native.value_axis
    category.reverse_order = True
    category.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    category.major_tick_mark = XL_TICK_MARK.NONE
    category.format.line.color.rgb = RGBColor.from_string(MUTED)
    category.has_major_gridlines = False
    value.visible = False
    value.has_major_gridlines = False
    value.minimum_scale, value.maximum_scale = low, high


def _place(native: Native, x: float, y: float, width: float, height: float) -> None:
    """Fix where the bars stand, so that a line drawn across them stands at its value."""
    area = native._chartSpace.chart.plotArea  # noqa: SLF001 - pptx sets no layout
    for old in area.findall("{*}layout"):
        area.remove(old)
    parts = "".join(f'<c:{k} val="{v:.5f}"/>' for k, v in zip("xywh", (x, y, width, height), strict=True))
    area.insert(
        0,
        parse_xml(
            f'<c:layout {nsdecls("c")}><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/>'
            f'<c:yMode val="edge"/>{parts}</c:manualLayout></c:layout>'
        ),
    )


def _held_against(deck: Deck, slide: Slide, box: Box, at: int, chart: Chart) -> None:
    value, name = chart.line or (0.0, "")
    top = box.top + _LABEL
    line = slide.shapes.add_connector(
        MSO_CONNECTOR.STRAIGHT, Emu(at), Emu(top - Inches(0.02)), Emu(at), Emu(box.top + box.height)
    )
    line.name = written(name, deck.lang)
    line.line.color.rgb = RGBColor.from_string(INK)
    line.line.width = Pt(1.5)
    line.line.dash_style = MSO_LINE.DASH
    text = written(f"{name} {wording.quantity(value, chart.unit, translator(deck.lang))}", deck.lang)
    wide = int((1.15 * room.width(text) + 1.5) * 14 * _PT)  # bold, and never in two lines
    left = max(box.left, min(at - wide // 2, box.left + box.width - wide))
    deck.text(slide, Box(left, box.top, wide, _LABEL - Inches(0.02)), text, 14, bold=True, align=PP_ALIGN.CENTER)


def _auto(deck: Deck, slide: Slide, box: Box, chart: Chart) -> None:
    """Draw stacked bars, or lines over time: axes and legend stand where the program puts them."""
    stacked = chart.kind == "stacked"
    kind = XL_CHART_TYPE.BAR_STACKED if stacked else XL_CHART_TYPE.LINE_MARKERS
    shape = slide.shapes.add_chart(
        kind, *map(Emu, (box.left, box.top, box.width, box.height)), _data(chart, deck.lang, line=not stacked)
    )
    shape.name = written(chart.title, deck.lang)
    native: Native = shape.chart
    native.has_title = False
    native.font.size = Pt(14)
    native.font.color.rgb = RGBColor.from_string(INK)
    native.has_legend = stacked or len(native.plots[0].series) > 1
    if native.has_legend:
        native.legend.position = XL_LEGEND_POSITION.TOP
        native.legend.include_in_layout = False
        native.legend.font.size = Pt(13)
    if stacked:
        _stack(native, chart)
    else:
        _lines(native, chart)


def _stack(native: Native, chart: Chart) -> None:
    plot = native.plots[0]
    plot.gap_width, plot.overlap = 55, 100
    for series, told in zip(plot.series, chart.series, strict=True):
        fill = told.colour or f"#{NAVY}"
        _paint(series, fill)
        series.invert_if_negative = False
        labels = series.data_labels
        labels.show_value = True
        labels.position = XL_LABEL_POSITION.CENTER
        labels.number_format, labels.number_format_is_linked = "0;;;", False  # nothing is written for none
        labels.font.size, labels.font.bold = Pt(14), True
        labels.font.color.rgb = RGBColor.from_string(on(fill)[1:])
    high = max((sum(s.values[n] or 0.0 for s in chart.series) for n in range(len(chart.categories))), default=1.0)
    _axes(native, 0.0, high or 1.0)


def _lines(native: Native, chart: Chart) -> None:
    value = native.value_axis
    value.has_major_gridlines = True
    value.major_gridlines.format.line.color.rgb = RGBColor.from_string(LINE)
    value.format.line.fill.background()
    figures = [v for s in chart.series for v in s.values if v is not None]
    value.tick_labels.number_format = _format(figures, chart)
    value.tick_labels.number_format_is_linked = False
    for n, series in enumerate(native.plots[0].series):
        told = chart.series[n] if n < len(chart.series) else None
        colour = RGBColor.from_string((told.colour if told and told.colour else f"#{NAVY if told else MUTED}")[1:])
        series.smooth = False
        series.format.line.color.rgb = colour
        series.format.line.width = Pt(2.5)
        if told is None:  # what is held against
            series.format.line.dash_style = MSO_LINE.DASH
            series.marker.style = XL_MARKER_STYLE.NONE
        else:
            series.marker.style = XL_MARKER_STYLE.CIRCLE
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = colour


def _paint(part: Any, colour: str) -> None:
    fill = part.format.fill
    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(colour.lstrip("#"))
