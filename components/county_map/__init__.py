"""The county map: villages coloured by status or value, click to select; and what its colours mean."""

from components.county_map.classes import MapClass, Place, status_classes, status_values, value_classes
from components.county_map.component import Click, county_map

__all__ = ["Click", "MapClass", "Place", "county_map", "status_classes", "status_values", "value_classes"]
