"""The county map as a page: folium builds it once per boundary version, the browser colours it at each change.

A page takes its scripts from beside itself: Leaflet from the installed package, our own from `static/county_map`.
Nothing is asked of another host. Every file but the entry page carries a hash of its content and may be cached for
ever.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import folium
import js_lib_leaflet
import shapely
from branca.element import Element, MacroElement
from folium.template import Template
from folium.utilities import JsCode
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from data.home import home as deployment
from geo.boundaries import Boundaries, Feature, shapes
from geo.regions import regions

OWN = Path(__file__).parents[1] / "static" / "county_map"
LEAFLET = Path(js_lib_leaflet.__file__).parent / "static" / "js_lib_leaflet"
ENTRY = "index.html"


@dataclass(frozen=True)
class MapDocument:
    """A published page.

    Attributes
    ----------
    name : its file name.
    codes : the villages drawn, in the order in which values are sent.
    schematic : whether shapes only stand for places, which must then be said.
    """

    name: str
    codes: tuple[str, ...]
    schematic: bool


class _Map(folium.Map):
    """folium's map with local Leaflet alone: its defaults ask five public hosts for scripts nobody uses here."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - as folium declares it
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class _Bridge(MacroElement):
    """Loads the scripts and hands folium's layers to ours. Added last: it names every other element."""

    _template = Template("""
        {% macro header(this, kwargs) %}
            {% for file in this.styles %}<link rel="stylesheet" href="{{ file }}">{% endfor %}
            {% for file in this.scripts %}<script src="{{ file }}"></script>{% endfor %}
        {% endmacro %}
        {% macro script(this, kwargs) %}
            countyMap({ {% for key, name in this.layers.items() %}{{ key }}: {{ name }}, {% endfor %} })
        {% endmacro %}""")

    def __init__(self, assets: dict[str, str], **layers: Element) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "bridge"
        self.styles = [assets["leaflet.css"], assets["county_map.css"]]
        self.scripts = [assets["leaflet.js"], assets["county_map.js"]]
        self.layers = {key: layer.get_name() for key, layer in layers.items()}


def folder() -> Path:
    """Return where pages are published: `maps` in `XIANJIE_HOME` (default `./var`).

    What lies there runs as script in the viewers' pages, so only the server may write to it.
    """
    return deployment() / "maps"


def publish(
    county_code: str, boundaries: Boundaries, home: Path | None = None, tiles: Iterable[folium.TileLayer] = ()
) -> MapDocument:
    """Write the page of these boundaries unless it is there already.

    Parameters
    ----------
    county_code
        Begins the file name.
    boundaries
        What is drawn. Cut it with `Boundaries.within` for a plan of one township.
    home
        Where to write; default `folder()`.
    tiles
        Background layers of a site that has its own tile server.

    Raises
    ------
    ValueError
        There is no village to draw.
    """
    home = home or folder()
    tiles = tuple(tiles)
    villages = boundaries.level("village")
    if not villages:
        raise ValueError(f"no village of county {county_code} has a shape to draw")
    assets = publish_assets(home)
    recipe = [boundaries.version, version("folium"), sorted(assets.values()), [(t.tiles, t.options) for t in tiles]]
    digest = hashlib.sha256(json.dumps(recipe, default=str).encode() + _own_source()).hexdigest()[:12]
    name = f"{county_code}-{digest}.html"
    if not (home / name).exists():
        _put(home / name, render(boundaries, assets, tiles).encode())
    return MapDocument(name, tuple(f["properties"]["code"] for f in villages), boundaries.schematic)


def publish_assets(home: Path) -> dict[str, str]:
    """Copy scripts and styles to `home`, unless they are there; return their published names by their own."""
    names = {}
    for file, content in _assets().items():
        stem, suffix = file.rsplit(".", 1)
        names[file] = ENTRY if file == ENTRY else f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
        target = home / names[file]
        if not target.exists() or target.read_bytes() != content:
            _put(target, content)
    return names


def render(boundaries: Boundaries, assets: dict[str, str], tiles: Iterable[folium.TileLayer] = ()) -> str:
    """Return the page as HTML; the same input gives the same text."""
    drawn = dict(shapes(boundaries.features))
    west, south, east, north = shapely.total_bounds(list(drawn.values()))
    page = _Map(
        [(south + north) / 2, (west + east) / 2], tiles=None, zoom_start=9, minZoom=5, maxZoom=17, zoomSnap=0.25,
        zoomControl=False, zoomAnimation=False, attributionControl=False,
        renderer=JsCode("new HatchCanvas({padding: 0.3})"),  # type: ignore[arg-type]
    )  # fmt: skip
    for layer in tiles:
        layer.add_to(page)
    names = _names(boundaries)
    village = folium.GeoJson(
        _collection(
            (f, {"n": f["properties"]["name"], "t": names.get(f["properties"]["parent"], "")})
            for f in boundaries.level("village")
        ),
        smooth_factor=0, marker=folium.CircleMarker(radius=6),
    ).add_to(page)  # fmt: skip
    towns = _collection((f, {"n": f["properties"]["name"]}) for f in boundaries.level("township"))
    town = folium.GeoJson(towns, smooth_factor=0, interactive=False).add_to(page)
    outline = _collection((f, {}) for f in boundaries.level("county"))
    county = folium.GeoJson(outline, smooth_factor=0, interactive=False).add_to(page)
    if tiles:
        folium.LayerControl(position="topright").add_to(page)
    _number(page.get_root())
    _Bridge(assets, map=page, villages=village, towns=town, county=county).add_to(page)
    return str(page.get_root().render())


def _number(root: Element) -> None:
    """Name folium's variables by their order instead of at random, so that a page can be compared with another."""
    for number, element in enumerate(_walk(root)):
        element._id = str(number)  # noqa: SLF001 - there is no public name for it


def _walk(element: Element) -> Iterator[Element]:
    yield element
    for child in element._children.values():  # noqa: SLF001
        yield from _walk(child)


def label_point(geometry: BaseGeometry, seat: tuple[float, float] | None = None) -> tuple[float, float]:
    """Return where a name stands best: at the seat if it is inside, else amid the widest part."""
    if geometry.geom_type == "Point":
        return geometry.centroid.x, geometry.centroid.y
    if seat and geometry.contains(Point(seat)):
        return seat
    widest = max(shapely.get_parts(geometry), key=lambda part: part.area)
    middle = shapely.maximum_inscribed_circle(widest, tolerance=0.002).coords[0]
    return middle[0], middle[1]


def _collection(features: Iterable[tuple[Feature, dict[str, str]]]) -> Feature:
    """Return features with what the script needs: code (c), label point (p), name (n), township (t)."""
    result = []
    for feature, more in features:
        properties = feature["properties"]
        lon, lat = label_point(shape(feature["geometry"]), properties.get("seat"))
        small = {"c": properties["code"], "p": [round(lat, 5), round(lon, 5)], **more}
        result.append({"type": "Feature", "properties": small, "geometry": feature["geometry"]})
    return {"type": "FeatureCollection", "features": result}


def _names(boundaries: Boundaries) -> dict[str, str]:
    """Return the names of townships, also of those without a shape."""
    codes = {f["properties"]["parent"][:6] for f in boundaries.level("village")}
    names: dict[str, str] = {}
    for code in codes:
        try:
            frame = regions(code)
        except KeyError:
            continue
        names |= dict(zip(frame["code"], frame["short_name"], strict=True))
    return names | {f["properties"]["code"]: f["properties"]["name"] for f in boundaries.level("township")}


@cache
def _assets() -> dict[str, bytes]:
    own = {file.name: file.read_bytes() for file in sorted(OWN.iterdir())}
    return own | {name: (LEAFLET / name).read_bytes() for name in ("leaflet.js", "leaflet.css")}


@cache
def _own_source() -> bytes:
    return Path(__file__).read_bytes()


def _put(file: Path, content: bytes) -> None:
    """Whole file or nothing: several processes may publish at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
        part.write(content)
    Path(part.name).chmod(0o644)
    Path(part.name).replace(file)
