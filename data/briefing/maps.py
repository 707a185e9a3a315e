"""Maps of a document: one layout, drawn as a picture for Word and PowerPoint and as SVG for a page."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from shapely.geometry.base import BaseGeometry

from data.briefing import fonts
from data.briefing.labels import Label, columns, place, type_size, width
from data.briefing.looks import BLANK, BORDER, DPI, GROUND, HATCH_WIDTH, INK, WIDTH, hatches
from data.briefing.model import Map
from data.briefing.text import drawn, written
from data.language import translator
from geo.boundaries import Boundaries, shapes
from geo.svg import SvgShapes, svg_shapes

MARGIN = 30
"""Units around the shapes; the shapes' longer side has 1000."""
MOST_TALL = 4.0
"""Inches a map may be high, so that it stands on one page with its caption."""
NAMED = 60
"""Places whose names fit on a map."""
_ROW = 0.24
_POINT = 5.0
_LEGEND = 9.0


class Medium(NamedTuple):
    """What a map is drawn for.

    Attributes
    ----------
    wide, tall : inches there are for it; on paper the legend and notes come below.
    least, note : points of the smallest name, and of notes. Names there is no room for are left out.
    legend : whether it has a legend of its own, or the colours are told beside it.
    """

    wide: float
    tall: float
    least: float
    note: float
    legend: bool


PAPER = Medium(WIDTH, MOST_TALL, 0.0, 8.5, legend=True)


def on_slide(wide: float, tall: float) -> Medium:
    """Return what a map on a slide is drawn for: the inches there are for it, in type that a room can read."""
    return Medium(wide, tall - 2 * _ROW, 10.5, 10.5, legend=False)


@dataclass(frozen=True)
class Sheet:
    """The shapes of a county on a sheet of `width` by `height` units, y downwards, and the names on it.

    Attributes
    ----------
    shapes : by region code.
    levels : codes by level.
    names : by region code.
    scale : inches of a unit in a picture.
    size : of the labels' type, in units.
    paths : the same shapes as SVG path data.
    """

    width: float
    height: float
    shapes: Mapping[str, BaseGeometry]
    levels: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    labels: tuple[Label, ...]
    scale: float
    size: float
    paths: SvgShapes


def drawable(map_: Map, boundaries: Boundaries) -> bool:
    """Whether there is a shape for any place of a map."""
    return any(f["properties"]["code"] in map_.places for f in boundaries.level(map_.level))


def png(map_: Map, boundaries: Boundaries, lang: str, medium: Medium = PAPER) -> bytes:
    """Draw a map as a picture."""
    sheet = _sheet(_Key(boundaries), medium)
    wide, high = sheet.width * sheet.scale, sheet.height * sheet.scale
    # A tall county leaves room for the legend at its side.
    beside = medium.legend and medium.wide - wide > _legend_width(map_, lang)
    count = _legend_columns(map_, lang)
    rows = 0 if beside or not medium.legend else -(-len(map_.shades) // count)
    notes = _notes(map_, boundaries, lang)
    foot = rows * _ROW + len(notes) * _ROW + 0.05
    figure = Figure(figsize=(medium.wide, high + foot), dpi=DPI)
    FigureCanvasAgg(figure)
    left = 0.0 if beside else (medium.wide - wide) / 2 / medium.wide
    axes = figure.add_axes((left, foot / (high + foot), wide / medium.wide, high / (high + foot)))
    axes.set_xlim(0, sheet.width)
    axes.set_ylim(sheet.height, 0)
    axes.axis("off")
    _draw_places(axes, map_, sheet)
    _draw_borders(axes, sheet)
    _draw_labels(axes, sheet)
    if medium.legend:
        _draw_legend(figure, map_, lang, (wide / medium.wide if beside else None, foot, high), count)
    for n, note in enumerate(reversed(notes)):
        y = (0.06 + n * _ROW) / (high + foot)
        figure.text(0.5, y, note, ha="center", va="bottom", color=INK, fontproperties=fonts.properties(medium.note))
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=DPI, facecolor=GROUND)
    return out.getvalue()


def _draw_legend(figure: Figure, map_: Map, lang: str, where: tuple[float | None, float, float], count: int) -> None:
    """Draw the legend beside the map from a share of the width on, or below it in so many columns."""
    beside, foot, high = where
    handles = [
        Patch(
            facecolor=shade.colour,
            hatch=hatch,
            edgecolor=BORDER,
            linewidth=0.4,
            hatch_linewidth=HATCH_WIDTH,
            label=drawn(shade.name, lang),
        )
        for shade, hatch in zip(map_.shades, hatches([s.colour for s in map_.shades]), strict=True)
    ]
    look: dict[str, Any] = {
        "prop": fonts.properties(_LEGEND),
        "frameon": False,
        "handlelength": 1.6,
        "handleheight": 1.0,
    }
    if beside is not None:
        figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(beside, foot / (high + foot)), **look)
    else:
        top = (foot - 0.02) / (high + foot)
        handles = [handle for n in range(count) for handle in handles[n::count]]
        figure.legend(
            handles=handles, loc="upper center", bbox_to_anchor=(0.5, top), ncols=count, columnspacing=1.2,
            borderaxespad=0, **look,
        )  # fmt: skip


def svg(map_: Map, boundaries: Boundaries, lang: str) -> str:
    """Draw a map as SVG that needs nothing around it; each place says its name and class when pointed at."""
    sheet = _sheet(_Key(boundaries))
    shades = [(written(s.name, lang), s.colour) for s in map_.shades]
    marks = hatches([s.colour for s in map_.shades])
    paths = sheet.paths.villages if map_.level == "village" else sheet.paths.townships
    parts = []
    for n, ((name, colour), hatch) in enumerate(zip(shades, marks, strict=True)):
        codes = [code for code in paths if map_.places.get(code) == n]
        shapes_ = "".join(_svg_place(paths[code], sheet.names[code], name) for code in codes)
        parts.append(f'<g fill="{colour}">{shapes_}</g>')
        if hatch and codes:
            inked = "".join(paths[code] for code in codes)
            parts.append(f'<path d="{inked}" fill="url(#{_pattern_id(hatch)})" stroke="none" pointer-events="none"/>')
    blank = "".join(_svg_place(path, sheet.names[code], "") for code, path in paths.items() if code not in map_.places)
    parts.append(f'<g fill="{BLANK}">{blank}</g>')
    towns = "".join(sheet.paths.townships.values()) + "".join(sheet.paths.county.values())
    parts.append(f'<path d="{towns}" fill="none" stroke="{INK}" stroke-width="1.6" pointer-events="none"/>')
    names = "".join(_svg_label(label) for label in sheet.labels)
    wide, high = round(sheet.width), round(sheet.height)
    line = 30
    legend, y = _svg_legend(shades, marks, wide, high + line)
    for note in _notes(map_, boundaries, lang):
        y += line
        legend += f'<text x="{wide / 2:.0f}" y="{y}" text-anchor="middle">{escape(note)}</text>'
    patterns = "".join(_svg_pattern(hatch) for hatch in sorted(set(marks)) if hatch)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {y + 14}" role="img" '
        f'aria-label="{escape(written(map_.title, lang))}" font-family="sans-serif" font-size="20" fill="{INK}">'
        f"<defs>{patterns}</defs>"
        f'<g transform="translate({MARGIN} {MARGIN})"><g stroke="{BORDER}" stroke-width=".5">{"".join(parts)}</g></g>'
        f'<g font-size="{sheet.size:g}" text-anchor="middle" paint-order="stroke" stroke="{GROUND}" stroke-width="3.5" '
        f'stroke-linejoin="round" pointer-events="none">{names}</g>{legend}</svg>'
    )


# ---- the sheet -------------------------------------------------------------------------------------------------------


class _Key:
    """Boundaries as the key of a cache: by what they hold."""

    def __init__(self, boundaries: Boundaries) -> None:
        self.boundaries = boundaries

    def __hash__(self) -> int:
        return hash(self.boundaries.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.boundaries.version == self.boundaries.version


@lru_cache(maxsize=8)
def _sheet(key: _Key, medium: Medium = PAPER) -> Sheet:
    boundaries = key.boundaries
    paths = svg_shapes(boundaries)
    drawn = dict(shapes(boundaries.features))
    west, south, east, north = shapely.total_bounds(list(drawn.values()))
    squeeze = np.cos(np.radians((south + north) / 2))
    units = paths.width / ((east - west) * squeeze) if paths.width >= paths.height else paths.height / (north - south)

    def project(lonlat: np.ndarray) -> np.ndarray:
        xy: np.ndarray = (lonlat - [west, north]) * [squeeze * units, -units] + MARGIN
        return xy

    moved = {code: shapely.transform(geometry, project) for code, geometry in drawn.items()}
    levels: dict[str, list[str]] = {"county": [], "township": [], "village": []}
    names = {}
    for feature in boundaries.features:
        levels[feature["properties"]["level"]].append(feature["properties"]["code"])
        names[feature["properties"]["code"]] = str(feature["properties"]["name"])
    # A township's own plan names its villages.
    named = levels["township"] if len(levels["township"]) > 1 else levels["village"]
    named = named if len(named) <= NAMED else []
    box = paths.width + 2.0 * MARGIN, paths.height + 2.0 * MARGIN
    scale = float(min(medium.wide / box[0], medium.tall / box[1]))
    size = max(type_size(len(named)), medium.least) / 72 / scale
    texts = [(names[code], paths.labels[code][0] + MARGIN, paths.labels[code][1] + MARGIN) for code in named]
    return Sheet(
        width=box[0],
        height=box[1],
        shapes=moved,
        levels={k: tuple(v) for k, v in levels.items()},
        names=names,
        labels=place(texts, size, box),
        scale=scale,
        size=size,
        paths=paths,
    )


def _notes(map_: Map, boundaries: Boundaries, lang: str) -> list[str]:
    _ = translator(lang)
    notes = [written(map_.note, lang)] if map_.note else []
    if boundaries.schematic:
        notes.append(written(_("Township and village borders are schematic, not legal borders"), lang))
    return notes


# ---- the picture -----------------------------------------------------------------------------------------------------


def _draw_places(axes: Axes, map_: Map, sheet: Sheet) -> None:
    marks = hatches([s.colour for s in map_.shades])
    for n, shade in enumerate(map_.shades):
        codes = [code for code in sheet.levels[map_.level] if map_.places.get(code) == n]
        _fill(axes, [sheet.shapes[code] for code in codes], shade.colour, marks[n])
    _fill(axes, [sheet.shapes[c] for c in sheet.levels[map_.level] if c not in map_.places], BLANK, "")


def _fill(axes: Axes, geometries: list[BaseGeometry], colour: str, hatch: str) -> None:
    areas = [_path(g) for g in geometries if g.geom_type != "Point"]
    if areas:
        axes.add_collection(
            PathCollection(
                areas,
                facecolor=colour,
                edgecolor=BORDER,
                linewidth=0.35,
                hatch=hatch or None,
                hatch_linewidth=HATCH_WIDTH,
            ),
            autolim=False,
        )
    points = shapely.get_coordinates([g for g in geometries if g.geom_type == "Point"])
    if len(points):
        axes.plot(
            points[:, 0], points[:, 1], "o", color=colour, markersize=_POINT,
            markeredgecolor=BORDER, markeredgewidth=0.3,
        )  # fmt: skip


def _path(geometry: BaseGeometry) -> Path:
    rings = list(_rings(geometry))
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))


def _rings(geometry: BaseGeometry) -> Iterator[np.ndarray]:
    for part in shapely.get_parts(geometry):
        yield from (shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors))


def _draw_borders(axes: Axes, sheet: Sheet) -> None:
    for level, thick in (("township", 0.8), ("county", 1.3)):
        geometries = [sheet.shapes[code] for code in sheet.levels[level]]
        lines = [ring for g in geometries if g.geom_type != "Point" for ring in _rings(g)]
        axes.add_collection(LineCollection(lines, colors=INK, linewidths=thick, capstyle="round"), autolim=False)


def _draw_labels(axes: Axes, sheet: Sheet) -> None:
    halo = [withStroke(linewidth=1.8, foreground=GROUND)]
    font = fonts.properties(sheet.size * sheet.scale * 72)
    for label in sheet.labels:
        if label.anchor:
            axes.plot(
                [label.anchor[0], label.x], [label.anchor[1], label.y], color=INK, linewidth=0.6, path_effects=halo
            )
        axes.text(
            label.x, label.y, label.text, ha="center", va="center", color=INK, fontproperties=font, path_effects=halo
        )


def _legend_columns(map_: Map, lang: str) -> int:
    """Return in how many columns the legend stands below the map."""
    return columns([written(s.name, lang) for s in map_.shades], _LEGEND, WIDTH - 0.2)


def _legend_width(map_: Map, lang: str) -> float:
    return 0.5 + max((width(written(s.name, lang), _LEGEND) / 72 for s in map_.shades), default=0.0)


# ---- SVG -------------------------------------------------------------------------------------------------------------


def _svg_place(path: str, name: str, told: str) -> str:
    title = f"{name} {told}".strip()
    return f'<path d="{path}"><title>{escape(title)}</title></path>'


def _svg_label(label: Label) -> str:
    line = ""
    if label.anchor:
        (x, y), (x2, y2) = label.anchor, (label.x, label.y)
        line = f'<path d="M{x:.0f} {y:.0f}L{x2:.0f} {y2:.0f}" stroke="{INK}" stroke-width="1"/>'
    return f'{line}<text x="{label.x:.0f}" y="{label.y:.0f}" dominant-baseline="central">{escape(label.text)}</text>'


def _svg_legend(shades: list[tuple[str, str]], marks: list[str], wide: int, y: int) -> tuple[str, int]:
    """Return the legend, wrapped to the width, and the y of its last row."""
    x, parts = MARGIN, []
    for (name, colour), hatch in zip(shades, marks, strict=True):
        step = 60 + round(width(name, 20))
        if x > MARGIN and x + step > wide:
            x, y = MARGIN, y + 32
        box = f'x="{x}" y="{y - 17}" width="32" height="20"'
        parts.append(f'<rect {box} fill="{colour}" stroke="{BORDER}"/>')
        if hatch:
            parts.append(f'<rect {box} fill="url(#{_pattern_id(hatch)})"/>')
        parts.append(f'<text x="{x + 40}" y="{y}">{escape(name)}</text>')
        x += step
    return "".join(parts), y


def _pattern_id(hatch: str) -> str:
    return "hatch-" + "".join(f"{ord(letter):x}" for letter in hatch)


def _svg_pattern(hatch: str) -> str:
    """Return a hatch as matplotlib names it (`//`, `xx`, `..`) as a pattern."""
    strokes = {
        "/": "M-2 2L2-2M0 8L8 0M6 10L10 6",
        "\\": "M-2 6L2 10M0 0L8 8M6-2L10 2",
        "-": "M0 4H8",
        "|": "M4 0V8",
        "+": "M0 4H8M4 0V8",
        "x": "M0 0L8 8M8 0L0 8",
        ".": "M4 4h.01",
    }[hatch[0]]
    dot = ' stroke-linecap="round"' if hatch[0] == "." else ""
    thick = 2.4 if dot else 0.9
    return (
        f'<pattern id="{_pattern_id(hatch)}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<path d="{strokes}" fill="none" stroke="{GROUND}" stroke-opacity=".65" '
        f'stroke-width="{thick}"{dot}/></pattern>'
    )
