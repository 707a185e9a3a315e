"""Where a place lies among its neighbours, as a small drawing for paper."""

from collections.abc import Iterable, Sequence
from typing import Any

from components.html.base import Markup, image

WIDTH = 240
"""Units across; a corner is moved to the nearest one, so that the drawing is a few thousand characters."""

_OTHER = "fill='#EEE' stroke='#888'"
_HERE = "fill='#0F2F4E' stroke='#0F2F4E'"
Ring = Sequence[Sequence[float]]


def locator_html(shapes: Iterable[tuple[str, dict[str, Any]]], here: str, names: dict[str, str]) -> Markup:
    """Return the outlines of places with one of them filled; nothing if that one has no shape.

    Parameters
    ----------
    shapes : code and GeoJSON geometry (Polygon or MultiPolygon, degrees) of each place.
    here : the code of the place that is filled.
    names : names by code, for whoever cannot see it.
    """
    rings = {code: _rings(geometry) for code, geometry in shapes}
    if not rings.get(here):
        return Markup()
    points = [point for some in rings.values() for ring in some for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    # A degree across is shorter than one upward, by the cosine of the latitude; China's counties lie near 30 degrees.
    squeeze = 0.866
    scale = WIDTH / max((east - west) * squeeze, north - south, 1e-9)

    def path(ring: Ring) -> str:
        told: list[str] = []
        for x, y, *_height in ring:
            corner = f"{(x - west) * squeeze * scale:.0f} {(north - y) * scale:.0f}"
            if not told or told[-1] != corner:
                told.append(corner)
        return f"M{'L'.join(told)}Z"

    drawn = "".join(
        f"<path d='{''.join(map(path, some))}' {_HERE if code == here else _OTHER}/>"
        for code, some in sorted(rings.items(), key=lambda pair: pair[0] == here)
    )
    width, height = (east - west) * squeeze * scale, (north - south) * scale
    size = f"viewBox='-2 -2 {width + 4:.0f} {height + 4:.0f}' width='{width + 4:.0f}' height='{height + 4:.0f}'"
    return image(size, drawn, names[here], "locator")


def _rings(geometry: dict[str, Any]) -> list[Ring]:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [ring for part in parts for ring in part]
