"""The county map: villages coloured by status or value, click to select; and what its colours mean."""

from components.county_map.classes import MapClass, Place, status_classes, status_values, value_classes
from components.county_map.component import Click, county_map
from components.county_map.drawing import Drawing, draw

__all__ = [
    "Click",
    "Drawing",
    "MapClass",
    "Place",
    "county_map",
    "draw",
    "status_classes",
    "status_values",
    "value_classes",
]
