"""Shapes as short SVG paths, for maps drawn inside a page or a document. Pure; callers cache by boundary version."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.boundaries import Boundaries, shapes
from geo.map_document import label_point

POINT_RADIUS = 6
MIN_STEPS = 2


@dataclass(frozen=True)
class SvgShapes:
    """Path data in a box of `width` by `height` units, y downwards.

    Attributes
    ----------
    villages, townships, county : value of a path's `d` by code.
    labels : where the name of a village or township stands, by code.
    """

    width: int
    height: int
    villages: dict[str, str]
    townships: dict[str, str]
    county: dict[str, str]
    labels: dict[str, tuple[int, int]]


def svg_shapes(boundaries: Boundaries, size: int = 1000) -> SvgShapes:
    """Project shapes to whole units, `size` along the longer side, true to shape at the county's latitude.

    Villages that are points become circles. Neighbours stay without gaps, because a shared vertex has one place only.
    """
    drawn = dict(shapes(boundaries.features))
    if not drawn:
        return SvgShapes(0, 0, {}, {}, {}, {})
    west, south, east, north = shapely.total_bounds(list(drawn.values()))
    squeeze = np.cos(np.radians((south + north) / 2))
    scale = size / max((east - west) * squeeze, north - south, 1e-9)

    def project(lonlat: np.ndarray) -> np.ndarray:
        xy: np.ndarray = np.rint((lonlat - [west, north]) * [squeeze * scale, -scale]).astype(int)
        return xy

    def place(geometry: BaseGeometry, seat: tuple[float, float] | None) -> tuple[int, int]:
        x, y = project(np.array([label_point(geometry, seat)]))[0]
        return int(x), int(y)

    levels: dict[str, dict[str, str]] = {"village": {}, "township": {}, "county": {}}
    labels = {}
    for feature in boundaries.features:
        properties = feature["properties"]
        code, level = properties["code"], properties["level"]
        geometry = drawn[code]
        levels[level][code] = _path(geometry, project)
        if level != "county":
            labels[code] = place(geometry, properties.get("seat"))
    width, height = project(np.array([[east, south]]))[0]
    return SvgShapes(int(width), int(height), levels["village"], levels["township"], levels["county"], labels)


def _path(geometry: BaseGeometry, project: Callable[[np.ndarray], np.ndarray]) -> str:
    if geometry.geom_type == "Point":
        x, y = project(shapely.get_coordinates(geometry))[0]
        r = POINT_RADIUS
        return f"M{x - r} {y}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z"
    rings = [ring for part in shapely.get_parts(geometry) for ring in (part.exterior, *part.interiors)]
    paths = [_ring(project(shapely.get_coordinates(ring))) for ring in rings]
    return "".join(path for path in paths if path) or _path(geometry.centroid, project)


def _ring(xy: np.ndarray) -> str:
    """Return one ring: its first vertex, then steps without those of no length; nothing if it shrank to a line."""
    steps = np.diff(xy[:-1], axis=0)
    steps = steps[steps.any(axis=1)]
    if len(steps) < MIN_STEPS:
        return ""
    moves = "".join(f"{dx} {dy} " for dx, dy in steps.tolist()).replace(" -", "-").strip()
    return f"M{xy[0, 0]} {xy[0, 1]}l{moves}z"
