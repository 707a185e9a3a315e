"""Shapes of villages, townships and counties: reading, repairing and matching a county's own file; the shipped ones."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from data.language import N_
from geo.regions import match_place, normalise_code, regions, stem

FOLDER = Path(__file__).with_name("boundaries")
TOLERANCE = 0.0003
"""Degrees, about 30 m: half a pixel when a village fills the screen."""
GRID = 1e-5
"""Degrees, about 1 m: the precision kept."""
GAP = 0.0002
"""Degrees, about 20 m: narrower slivers between neighbours are drawing errors and are closed."""
NOTABLE_CHANGE = 0.1
"""Per cent: area changes from here on are reported."""
CHINA = (73, 3, 136, 54)
"""Degrees, rounded outwards: what lies outside cannot be longitude and latitude of a county."""
KM_PER_DEGREE = 111.32
MARGIN = 0.25
"""Degrees, about 25 km: what lies farther outside a county's own outline is not that county's."""

FOREIGN = N_("its code is of another county")
OUTSIDE = N_("it lies outside the county")

Feature = dict[str, Any]


class BoundaryError(ValueError):
    """A file that cannot be used as boundaries; `text` and `values` allow the message to be translated."""

    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text.format(**values))
        self.text = text
        self.values = values


@dataclass(frozen=True)
class Boundaries:
    """GeoJSON features (degrees, EPSG:4490) whose properties are code, name, level, parent and geometry_kind.

    geometry_kind is `real` or `schematic`; schematic shapes must never be shown without saying so.
    """

    features: tuple[Feature, ...]

    @property
    def schematic(self) -> bool:
        """Whether any shape only stands for a place."""
        return any(f["properties"]["geometry_kind"] == "schematic" for f in self.features)

    @cached_property
    def version(self) -> str:
        """Twelve hex digits that change with the content."""
        return hashlib.sha256(self.to_json()).hexdigest()[:12]

    def level(self, level: str) -> list[Feature]:
        """Return the features of one level, in file order."""
        return [f for f in self.features if f["properties"]["level"] == level]

    def within(self, top_region: str) -> "Boundaries":
        """Return the features of a region (12 digits) and of what lies below it."""
        below = {top_region}
        for level in ("township", "village"):
            below |= {f["properties"]["code"] for f in self.level(level) if f["properties"]["parent"] in below}
        return Boundaries(tuple(f for f in self.features if f["properties"]["code"] in below))

    def to_json(self) -> bytes:
        """Return a GeoJSON FeatureCollection, one feature a line, as `from_json` reads it."""
        lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in self.features)
        return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'.encode()

    @classmethod
    def from_json(cls, raw: bytes) -> "Boundaries":
        """Read what `to_json` wrote."""
        return cls(tuple(json.loads(raw)["features"]))


@dataclass(frozen=True)
class Unmatched:
    """A feature that was left out: its place in the file (from 1), what it says it is, and why."""

    number: int
    name: str
    code: str
    reason: str


@dataclass(frozen=True)
class MatchReport:
    """What became of each feature of a county's own file.

    Attributes
    ----------
    features : features in the file.
    polygons, points : villages that got one.
    by_code, by_name : features matched by code and by township and village name.
    unmatched : features left out.
    renamed : villages whose file name differs from the register's, by code: the name in the file. The code decided.
    recoded : features whose code belongs to another place than their name, by their place in the file (from 1): the
        code the name led to. The name decided, because two registers give one number to different townships.
    merged : villages drawn in several pieces, now one shape.
    missing : codes of villages without a shape.
    area_changes : per cent by which the repair changed a village's area, where notable.
    """

    features: int
    polygons: int
    points: int
    by_code: int
    by_name: int
    unmatched: tuple[Unmatched, ...]
    renamed: dict[str, str]
    recoded: dict[int, str]
    merged: tuple[str, ...]
    missing: tuple[str, ...]
    area_changes: dict[str, float]

    @property
    def foreign(self) -> int:
        """How many features carry another county's code."""
        return sum(u.reason == FOREIGN for u in self.unmatched)

    @property
    def outside(self) -> int:
        """How many features lie outside the county."""
        return sum(u.reason == OUTSIDE for u in self.unmatched)


@dataclass(frozen=True)
class Prepared:
    """A county's own file, ready to be stored and drawn."""

    boundaries: Boundaries
    report: MatchReport


def load_boundaries(county_code: str, own: bytes | None = None) -> Boundaries:
    """Return the shapes to draw for a county.

    Parameters
    ----------
    county_code
        Six digits; longer codes are cut.
    own
        What `prepare` made of the county's own file, completed by `geo.partial.complete`. It replaces every shipped
        village and township; the shipped county outline stays where the file cannot give one.

    Returns
    -------
    Boundaries
        Empty if neither exists.
    """
    shipped = _shipped(county_code[:6])
    if own is None:
        return shipped
    loaded = Boundaries.from_json(own)
    return loaded if loaded.level("county") else Boundaries((*shipped.level("county"), *loaded.features))


def prepare(raw: bytes, regions: pd.DataFrame) -> Prepared:
    """Read a county's own GeoJSON, match it to the register and make it a clean, simplified coverage.

    Parameters
    ----------
    raw
        The file: a FeatureCollection in degrees (EPSG:4326 or 4490) of villages, as polygons or as points. Which
        properties hold code, village and township is found by their values, whatever their names are.
    regions
        As `geo.regions.regions` or `scope` return it.

    Raises
    ------
    BoundaryError
        Not GeoJSON, another coordinate system, no village recognised, or most shapes are not this county's.
    """
    features = _read(raw)
    matched, schematic, report = _match(features, regions)
    _check_county(report)
    names, parents, levels = (
        dict(zip(regions["code"], regions[c], strict=True)) for c in ("short_name", "parent", "level")
    )
    areas, points, merged = _by_village({code: shapes for code, shapes in matched.items() if levels[code] == "village"})
    if not areas and not points:
        raise BoundaryError(
            N_("None of the {n} shapes could be matched to a village by code or by township and name"), n=len(features)
        )
    cleaned = clean_coverage(areas)
    changes = area_changes(areas, cleaned)
    drawn = simplify_coverage({code: s for code, s in cleaned.items() if not s.is_empty})
    unreal = schematic | {parents[code] for code in schematic if code in drawn}

    def feature(code: str, geometry: BaseGeometry) -> Feature:
        kind = "schematic" if code in unreal and levels[code] != "county" else "real"
        return _feature(geometry, kind, code=code, name=names[code], level=levels[code], parent=parents[code])

    villages = [feature(code, s) for code, s in sorted((points | drawn).items())]
    outlines = dissolve(drawn, parents)
    for code, shapes in matched.items():
        if levels[code] == "township" and code not in outlines and (areal := _polygons(shapes)) is not None:
            outlines[code] = simplify_coverage({code: areal})[code]
    wanted = regions.loc[regions["level"] == "village", "code"]
    missing = tuple(code for code in wanted if code not in drawn and code not in points)
    counties = regions.loc[regions["level"] == "county", "code"].tolist()
    whole = counties and not missing and not points
    county = [feature(counties[0], shapely.coverage_union_all(list(drawn.values())))] if whole else []
    towns = [feature(code, outlines[code]) for code in sorted(outlines)]
    report = replace(
        report, polygons=len(drawn), points=len(set(points) - set(drawn)), merged=merged, missing=missing,
        area_changes=changes,
    )  # fmt: skip
    return Prepared(Boundaries((*county, *towns, *villages)), report)


def clean_coverage(shapes: dict[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Make polygons a coverage: valid, on a 1 m grid, no overlaps, no slivers, neighbours sharing the same vertices."""
    codes = list(shapes)
    result = shapely.make_valid(shapely.set_precision(list(shapes.values()), GRID))
    for _ in range(3):
        result = shapely.coverage_clean(  # type: ignore[attr-defined]  # the stubs are of 2.1
            [_areal(s) for s in result], gap_width=GAP
        )
        result = shapely.transform(result, lambda xy: xy.round(5))
        if shapely.is_valid(result).all() and shapely.coverage_is_valid(result):
            break
    return dict(zip(codes, result, strict=True))


def simplify_coverage(shapes: dict[str, BaseGeometry], tolerance: float = TOLERANCE) -> dict[str, BaseGeometry]:
    """Simplify shared borders together, so that no gap or overlap appears; `tolerance` in degrees."""
    return dict(zip(shapes, shapely.coverage_simplify(list(shapes.values()), tolerance), strict=True))


def dissolve(shapes: dict[str, BaseGeometry], parents: dict[str, str]) -> dict[str, BaseGeometry]:
    """Return the outlines of the parents, made of the very lines of their children (a coverage)."""
    groups: dict[str, list[BaseGeometry]] = {}
    for code, geometry in shapes.items():
        groups.setdefault(parents[code], []).append(geometry)
    return {parent: shapely.coverage_union_all(parts) for parent, parts in groups.items()}


def area_changes(before: dict[str, BaseGeometry], after: dict[str, BaseGeometry]) -> dict[str, float]:
    """Return by how many per cent each area changed, where that is notable; -100 for a shape that vanished."""
    changes = {c: 100 * (after[c].area / s.area - 1) for c, s in before.items() if s.area}
    return {code: round(change, 2) for code, change in changes.items() if abs(change) >= NOTABLE_CHANGE}


def area_km2(geometry: BaseGeometry) -> float:
    """Return the area of a shape in degrees as km2, good to about 1 % at county size."""
    return float(geometry.area * KM_PER_DEGREE**2 * np.cos(np.radians(geometry.centroid.y)))


@cache
def _shipped(code: str) -> Boundaries:
    """Return the project's own shapes: one coverage, simplified once, townships and county made of the same lines."""
    file = FOLDER / f"{code}.geojson"
    if not file.exists():
        return Boundaries(())
    features = json.loads(file.read_text("utf-8"))["features"]
    found = {f["properties"]["code"]: f for f in features}
    villages = {c: shape(f["geometry"]) for c, f in found.items() if f["properties"]["level"] == "village"}
    names = regions(code).set_index("code")["short_name"]
    parents = {c: f["properties"]["parent"] for c, f in found.items()}
    shapes = simplify_coverage(villages)
    towns = dissolve(shapes, parents)
    shapes |= towns | dissolve(towns, parents)

    def feature(code: str, properties: Feature) -> Feature:
        kept = {k: properties[k] for k in ("level", "parent", "geometry_kind", "seat") if k in properties}
        return _feature(shapes[code], code=code, name=names[code], **kept)

    return Boundaries(tuple(feature(c, f["properties"]) for c, f in found.items()))


def _feature(geometry: BaseGeometry, geometry_kind: str = "real", **properties: object) -> Feature:
    properties["geometry_kind"] = geometry_kind
    return {"type": "Feature", "properties": properties, "geometry": json.loads(json.dumps(mapping(geometry)))}


# --- reading ----------------------------------------------------------------------------------------------------------


def _read(raw: bytes) -> list[Feature]:
    if raw[:2] == b"PK":
        raise BoundaryError(N_("This is a ZIP file (perhaps a shapefile): export it as GeoJSON in EPSG:4490 degrees"))
    try:
        content = json.loads(_decode(raw))
    except (ValueError, RecursionError) as error:
        raise BoundaryError(
            N_("This is not GeoJSON: the content is damaged, or of another kind. Export it anew as GeoJSON")
        ) from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(f, dict) for f in features):
        raise BoundaryError(N_("This is not a GeoJSON FeatureCollection"))
    if not features:
        raise BoundaryError(N_("The file holds no shapes"))
    _check_crs(content.get("crs"))
    read: list[Feature] = [
        {"properties": f.get("properties") or {}, "shape": _shape(f.get("geometry"))} for f in features
    ]
    _check_degrees([f["shape"] for f in read if f["shape"] is not None])
    return read


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def _check_crs(crs: object) -> None:
    """GeoJSON without `crs` is in degrees by its standard; older programs write the one they used."""
    if crs is None:
        return
    name = str(crs.get("properties", {}).get("name", "")) if isinstance(crs, dict) else ""
    number = re.search(r"EPSG:+(?:[\d.]*:+)?(\d+)$", name, re.IGNORECASE)
    if name.upper().endswith("CRS84") or (number and number[1] in {"4326", "4490"}):
        return
    raise BoundaryError(
        N_("The coordinate system is {name}; only degrees in EPSG:4326 or EPSG:4490 can be read. Transform it first"),
        name=name or json.dumps(crs),
    )


def _check_degrees(shapes: list[BaseGeometry]) -> None:
    """Refuse what cannot be degrees in China: projected metres, or latitude written first."""
    if not shapes:
        raise BoundaryError(N_("The file holds no shapes"))
    west, south, east, north = shapely.total_bounds(shapes)
    if _in_china(west, south) and _in_china(east, north):
        return
    if _in_china(south, west) and _in_china(north, east):
        raise BoundaryError(N_("Latitude stands before longitude; GeoJSON wants longitude first"))
    raise BoundaryError(
        N_("The coordinates ({x:.6g}, {y:.6g}) are not degrees in China; transform the file to EPSG:4490 first"),
        x=west, y=south,
    )  # fmt: skip


def _in_china(lon: float, lat: float) -> bool:
    west, south, east, north = CHINA
    return west <= lon <= east and south <= lat <= north


def _shape(geometry: Any) -> BaseGeometry | None:
    """Return a flat shape, or None if it is none or broken."""
    try:
        result = shapely.force_2d(shape(geometry))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError):
        return None
    return None if result.is_empty or not np.isfinite(shapely.get_coordinates(result)).all() else result


def _areal(geometry: BaseGeometry) -> BaseGeometry:
    """Return the polygons in a shape as one Polygon or MultiPolygon, possibly empty."""
    parts = [p for p in shapely.get_parts(geometry) if p.geom_type in {"Polygon", "MultiPolygon"}]
    return shapely.union_all(parts) if parts else shapely.Polygon()


def _polygons(shapes: Iterable[BaseGeometry]) -> BaseGeometry | None:
    """Return the valid union of the polygons among `shapes`, or None."""
    union = shapely.union_all([_areal(shapely.make_valid(s)) for s in shapes])
    return None if union.is_empty else union


def _by_village(
    matched: dict[str, list[BaseGeometry]],
) -> tuple[dict[str, BaseGeometry], dict[str, BaseGeometry], tuple[str, ...]]:
    """Return polygons, points (of villages without polygon) and the villages whose pieces were joined."""
    areas: dict[str, BaseGeometry] = {}
    points: dict[str, BaseGeometry] = {}
    merged = []
    for code, pieces in matched.items():
        areal = _polygons(pieces)
        if areal is None:
            points[code] = shapely.transform(pieces[0].centroid, lambda xy: xy.round(5))
        else:
            areas[code] = areal
            if sum("Polygon" in piece.geom_type for piece in pieces) > 1:
                merged.append(code)
    return areas, points, tuple(merged)


# --- matching ---------------------------------------------------------------------------------------------------------


def _check_county(report: MatchReport) -> None:
    """Refuse a file most of whose shapes are not this county's; one of a single township is welcome."""
    n, matched = report.features, report.by_code + report.by_name
    if 2 * matched >= n:
        return
    if report.foreign or report.outside:
        raise BoundaryError(
            N_("Of the {n} shapes only {matched} belong to this county: {foreign} carry the code of another county, "
               "{outside} lie outside. Is this the right file? If it covers several counties, keep this one's shapes"),
            n=n, matched=matched, foreign=report.foreign, outside=report.outside,
        )  # fmt: skip
    if matched:
        raise BoundaryError(
            N_("Of the {n} shapes only {matched} could be matched by code or by township and name: perhaps the file of "
               "another county, or without its names"), n=n, matched=matched,
        )  # fmt: skip


def _match(
    features: list[Feature], regions: pd.DataFrame
) -> tuple[dict[str, list[BaseGeometry]], set[str], MatchReport]:
    """Return the shapes by code of the region they belong to, the codes marked schematic, and what happened."""
    register = _Register(regions)
    readers = _columns([f["properties"] for f in features], regions)
    matched: dict[str, list[BaseGeometry]] = {}
    unmatched: list[Unmatched] = []
    renamed: dict[str, str] = {}
    recoded: dict[int, str] = {}
    schematic: set[str] = set()
    by_code = 0
    for number, feature in enumerate(features, 1):
        given, name, town = (read(feature["properties"]) for read in readers)
        try:
            register.check_shape(feature["shape"])
            code, agrees = register.identify(given, name, town)
        except _NoMatchError as error:
            unmatched.append(Unmatched(number, name, given, str(error)))
            continue
        matched.setdefault(code, []).append(feature["shape"])
        if feature["properties"].get("geometry_kind") == "schematic":
            schematic.add(code)
        if code == normalise_code(given):
            by_code += 1
            if not agrees:
                renamed[code] = name
        elif normalise_code(given):
            recoded[number] = code
    by_name = len(features) - len(unmatched) - by_code
    return matched, schematic, MatchReport(
        features=len(features), polygons=0, points=0, by_code=by_code, by_name=by_name, unmatched=tuple(unmatched),
        renamed=renamed, recoded=recoded, merged=(), missing=(), area_changes={},
    )  # fmt: skip


class _NoMatchError(Exception):
    """Why one feature cannot be used."""


class _Register:
    """Finds the region a feature means."""

    def __init__(self, regions: pd.DataFrame) -> None:
        self.regions = regions
        self.names = dict(zip(regions["code"], regions["short_name"], strict=True))
        self.levels = dict(zip(regions["code"], regions["level"], strict=True))
        self.county = str(regions["code"].iloc[0])[:6]
        drawn = [s for _, s in shapes(_shipped(self.county).features)]
        drawn += [shapely.Point(xy) for xy in regions[["lon", "lat"]].dropna().to_numpy()]
        self.near = shapely.box(*shapely.total_bounds(drawn)).buffer(MARGIN) if drawn else None

    def check_shape(self, geometry: BaseGeometry | None) -> None:
        """Refuse what is no polygon and no point in or near the county."""
        if geometry is None:
            raise _NoMatchError(N_("the shape is missing or broken"))
        if geometry.geom_type not in {"Polygon", "MultiPolygon", "Point", "MultiPoint"}:
            raise _NoMatchError(N_("neither a polygon nor a point"))
        if self.near is not None and not self.near.contains(geometry.envelope):
            raise _NoMatchError(OUTSIDE)

    def identify(self, given: str, name: str, town: str) -> tuple[str, bool]:
        """Return the code of a feature, and whether its name agrees with the register's."""
        code = normalise_code(given)
        if code not in self.names:
            code = None
        if code and (not name or stem(name, self.levels[code]) == stem(self.names[code], self.levels[code])):
            return code, True
        if not code and _whole(given) and not _leads_to(given, self.county):
            raise _NoMatchError(FOREIGN)
        found = match_place(self.regions, name, town or None) if name else []
        if len(found) == 1:
            return found[0], True
        if code:
            return code, False
        raise _NoMatchError(self._reason(name, town, found))

    def _reason(self, name: str, town: str, found: list[str]) -> str:
        if found:
            return N_("several places have this name")
        if not name:
            return N_("neither a known code nor a name")
        if town and not match_place(self.regions, town, level="township") and normalise_code(town) not in self.names:
            return N_("unknown township")
        return N_("unknown place")


def _whole(text: str) -> bool:
    """Whether this is a place code beyond doubt: shorter numbers may count or measure anything."""
    return len(text) == len("500113001001") and normalise_code(text) is not None


def _leads_to(code: str, county: str) -> bool:
    """Whether a code is of the county, or of its prefecture or province."""
    return code[:6] == county or county.startswith(code.rstrip("0"))


Reader = Callable[[Feature], str]


def _columns(rows: list[Feature], regions: pd.DataFrame) -> tuple[Reader, Reader, Reader]:
    """Find the properties holding code, name and township by their values; each reader returns "" where there is none.

    The property naming the most different villages is the one sought: a column of township codes names fewer.
    """
    known = set(regions["code"])
    text = {key: [_text(row.get(key)) for row in rows] for key in {k: None for row in rows for k in row}}

    def distinct(level: str | None, name: str) -> set[str]:
        return set(match_place(regions, name, level=level)) if name else set()

    def best(score: Callable[[list[str]], int], taken: Iterable[str | None] = ()) -> str | None:
        scores = {key: score(values) for key, values in text.items() if key not in taken}
        top = max(scores.values(), default=0)
        return next((key for key, value in scores.items() if value == top), None) if top else None

    def codes(values: list[str]) -> int:
        return len({normalise_code(v) for v in values} & known)

    def others(values: list[str]) -> int:
        return len({v for v in values if _whole(v)})

    def villages(values: list[str]) -> int:
        return len({code for v in set(values) for code in distinct("village", v)})

    def towns(values: list[str]) -> int:
        return sum(bool(_town(v)) for v in values)

    @cache
    def _town(value: str) -> bool:
        return bool(distinct("township", value)) or (normalise_code(value) or "") in known

    code = best(codes) or best(others)  # of another county, none is known
    name = best(villages, {code})
    town = best(towns, {code, name})
    return _reader(code), _reader(name), _reader(town)


def _reader(key: str | None) -> Reader:
    return lambda row: _text(row.get(key)) if key is not None else ""


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def shapes(features: Iterable[Feature]) -> Iterator[tuple[str, BaseGeometry]]:
    """Yield code and shape of each feature."""
    for feature in features:
        yield feature["properties"]["code"], shape(feature["geometry"])
