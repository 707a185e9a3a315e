"""Leaflet from the installed package instead of folium's five public hosts, so that the page draws without internet.

folium's other scripts (jQuery, Bootstrap, icons) and the D3 legend are left out: nothing here uses them, and loading
them would only make the page slower than it is measured.
"""

from pathlib import Path

import folium
import js_lib_leaflet
from streamlit.components.v1 import declare_component

# A component without a page of its own: Streamlit serves the folder beside streamlit-folium's.
declare_component("leaflet", path=Path(js_lib_leaflet.__file__).parent / "static" / "js_lib_leaflet")
_BASE = f"../{__name__}.leaflet"


def install() -> None:
    """Let every folium map load Leaflet from this server."""
    folium.Map.default_js = [("leaflet", f"{_BASE}/leaflet.js")]
    folium.Map.default_css = [("leaflet_css", f"{_BASE}/leaflet.css")]


def without_legend(layer: folium.Choropleth) -> folium.Choropleth:
    """Take off the colour legend, which needs D3 from a public host."""
    for name in [name for name in layer._children if name.startswith("color_map")]:  # noqa: SLF001 - no other way
        del layer._children[name]  # noqa: SLF001
    return layer
