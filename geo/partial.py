"""A file with some of a county's villages: the others keep the shape they had."""

from dataclasses import dataclass, field

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo.boundaries import GRID, Boundaries, Feature, clean_coverage, load_boundaries, shapes


def complete(new: Boundaries, county_code: str, before: bytes | None = None) -> Boundaries:
    """Add the villages that a county's own file does not hold.

    Their real shapes of an earlier file stay, else their schematic cells, without what a real shape covers now. The
    townships are made anew of all villages, and are schematic as long as any of theirs is.

    Parameters
    ----------
    new
        What `geo.boundaries.prepare` made of the file.
    county_code
        Six digits.
    before
        The county's own boundaries up to now, as stored; None without any.
    """
    given = {f["properties"]["code"] for f in new.level("village")}
    kept = {f["properties"]["code"]: f for f in load_boundaries(county_code).level("village")}
    earlier = load_boundaries(county_code, before).level("village") if before is not None else []
    kept |= {f["properties"]["code"]: f for f in earlier if not _schematic(f)}
    # What came last is drawn whole, and what is real before what is schematic.
    rest = sorted((f for code, f in kept.items() if code not in given), key=_schematic)
    if not rest:
        return new
    laid = _Laid()
    for feature in (*new.level("village"), *rest):
        laid.put(feature)
    areas = clean_coverage(laid.areas)
    drawn = laid.points | {code: _point(laid.areas[code]) if a.is_empty else a for code, a in areas.items()}
    villages = [{**laid.features[code], "geometry": mapping(drawn[code])} for code in sorted(drawn)]
    towns = {f["properties"]["code"]: f for b in (load_boundaries(county_code), new) for f in b.level("township")}
    return Boundaries((*_townships(villages, areas, towns), *villages))


@dataclass
class _Laid:
    """Villages laid on a map one after the other, each without what lies there already."""

    features: dict[str, Feature] = field(default_factory=dict)
    areas: dict[str, BaseGeometry] = field(default_factory=dict)
    points: dict[str, BaseGeometry] = field(default_factory=dict)

    def put(self, feature: Feature) -> None:
        """Add a village; a cell that is covered whole becomes a point, so that the village stays on the map."""
        ((code, geometry),) = shapes([feature])
        self.features[code] = feature
        if geometry.geom_type == "Point":
            self.points[code] = geometry
            return
        over = [a for a in self.areas.values() if a.intersects(geometry)]
        left = geometry.difference(shapely.union_all(over), grid_size=GRID) if over else geometry
        parts = [p for p in shapely.get_parts(left) if p.geom_type == "Polygon"]
        if parts:
            self.areas[code] = shapely.union_all(parts)
        else:
            self.points[code] = _point(geometry)


def _townships(villages: list[Feature], areas: dict[str, BaseGeometry], known: dict[str, Feature]) -> list[Feature]:
    """Return the outlines of townships from the lines of their villages; without an area, as they were known."""
    result = []
    for code, town in sorted(known.items()):
        own = [f for f in villages if f["properties"]["parent"] == code]
        parts = [areas[c] for f in own if (c := f["properties"]["code"]) in areas and not areas[c].is_empty]
        kind = "schematic" if any(map(_schematic, own)) else "real" if own else town["properties"]["geometry_kind"]
        geometry = mapping(shapely.coverage_union_all(parts)) if parts else town["geometry"]
        result.append({**town, "properties": {**town["properties"], "geometry_kind": kind}, "geometry": geometry})
    return result


def _point(geometry: BaseGeometry) -> BaseGeometry:
    return shapely.transform(geometry.representative_point(), lambda xy: xy.round(5))


def _schematic(feature: Feature) -> bool:
    return bool(feature["properties"]["geometry_kind"] == "schematic")
