"""The map as a Streamlit component: a published page, what it draws, the clicked code back."""

from functools import cache
from typing import Any, NamedTuple

import streamlit as st
from streamlit.components.v1 import declare_component
from streamlit.components.v1.custom_component import CustomComponent

from components.county_map.drawing import Drawing
from geo.map_document import folder, publish_assets


class Click(NamedTuple):
    """The last click: the region's code, and a number that grows with each click."""

    code: str
    number: int


def county_map(
    drawing: Drawing,
    *,
    key: str,
    selected: str | None = None,
    focus: str | None = None,
    height: int = 340,
    into: str | None = None,
) -> Click | None:
    """Show the county with its villages coloured.

    Parameters
    ----------
    drawing
        What `draw` returned.
    key
        Unique on the page.
    selected
        Code of the village or township outlined; when it changes, the outline moves and the map follows. Between
        changes the viewer's own click shows at once.
    focus
        Code of a township or village the map is fitted to when it changes; None: everything.
    height
        Pixels at the page's base font size of 14 px; grows with the page's letters.
    into
        Session state key that receives a clicked code before the script reruns.

    Returns
    -------
    Click or None
        The last click, which stays from rerun to rerun.
    """

    def keep() -> None:
        click = st.session_state.get(key)
        if click and into:
            st.session_state[into] = click["code"]

    result: dict[str, Any] | None = _component()(
        **drawing, selected=selected, focus=focus, height=height, key=key, default=None, on_change=keep
    )
    return Click(result["code"], result["clicks"]) if result else None


@cache
def _component() -> CustomComponent:
    """Declare the component at first use: Streamlit registers it only inside a running script."""
    home = folder()
    publish_assets(home)
    return declare_component("county_map", path=home)
