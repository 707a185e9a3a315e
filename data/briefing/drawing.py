"""The pictures of a briefing: each drawn once a process, whichever and however many documents show it.

matplotlib's figures are made by hand, without pyplot, whose current figure all threads of a server would share.
"""

from data.briefing import charts, maps
from data.briefing.maps import PAPER, Medium, drawable, on_slide
from data.briefing.model import Chart, Map
from data.briefing.pictures import once
from geo.boundaries import Boundaries

__all__ = ["chart_png", "drawable", "map_png", "map_svg", "on_slide"]


def map_png(map_: Map, boundaries: Boundaries, lang: str, medium: Medium = PAPER) -> bytes:
    """Return a map as a PNG with, where its shapes only stand for places, the note that says so.

    Raises
    ------
    data.briefing.fonts.NoFontError
        The machine has no Chinese font.
    """
    return once(("png", map_, lang, boundaries.version, medium), lambda: maps.png(map_, boundaries, lang, medium))


def map_svg(map_: Map, boundaries: Boundaries, lang: str) -> str:
    """Return the same map as SVG, in about a tenth of the bytes; its text is the reader's own font."""
    return once(("svg", map_, lang, boundaries.version), lambda: maps.svg(map_, boundaries, lang))


def chart_png(chart: Chart, lang: str) -> bytes:
    """Return a chart as a PNG.

    Raises
    ------
    data.briefing.fonts.NoFontError
        The machine has no Chinese font.
    """
    return once(("png", chart, lang), lambda: charts.png(chart, lang))
