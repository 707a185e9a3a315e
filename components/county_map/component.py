"""The map as a Streamlit component: a published page, values by position, the clicked code back."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import streamlit as st
from streamlit.components.v1 import declare_component
from streamlit.components.v1.custom_component import CustomComponent

from components.county_map.classes import MapClass, Place, Value, of_status, tally
from components.status import STATUSES
from data.language import N_, Translator
from geo.map_document import MapDocument, folder, publish_assets

SCHEMATIC = N_("Township and village borders are schematic, not legal borders")
_TEXTS = {
    "zoom_in": N_("Zoom in"),
    "zoom_out": N_("Zoom out"),
    "whole": N_("Show all"),
    "fullscreen": N_("Full screen"),
    "villages": N_("villages"),
    "places": N_("Named places"),
}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Click(NamedTuple):
    """The last click: the region's code, and a number that grows with each click."""

    code: str
    number: int


def county_map(
    document: MapDocument,
    values: Mapping[str, Value],
    legend: Sequence[MapClass],
    _: Translator,
    *,
    key: str,
    selected: str | None = None,
    focus: str | None = None,
    unit: str = "",
    digits: int = 1,
    title: str = "",
    note: str = "",
    notice: str = "",
    labels: Mapping[str, str] | None = None,
    places: Sequence[Place] = (),
    height: int = 340,
    into: str | None = None,
) -> Click | None:
    """Show the county with its villages coloured.

    Parameters
    ----------
    document
        What `geo.map_document.publish` returned; cache it per county and boundary version.
    values
        Per village code: index in `legend`, and the number shown with it (None: no number). Villages without a value
        are shown as not reported. Villages without a shape are counted in the legend all the same.
    legend
        Classes, worst first, at most 35; their order also decides which township names win where names would overlap.
    _
        Translator of the run.
    key
        Unique on the page.
    selected
        Code of the village or township outlined; when it changes, the outline moves and the map follows. Between
        changes the viewer's own click shows at once.
    focus
        Code of a township or village the map is fitted to when it changes; None: everything.
    unit, digits
        Unit and decimals of the numbers.
    title, note
        Head and foot of the legend.
    notice
        A line on the map, such as its approval number. While shapes are schematic that is said in any case.
    labels
        A further line in the tooltip, per village code.
    places
        Places named by the plan, drawn as markers.
    height
        Pixels at the page's base font size of 14 px; grows with the page's letters.
    into
        Session state key that receives a clicked code before the script reruns.

    Returns
    -------
    Click or None
        The last click, which stays from rerun to rerun.
    """
    classes, kinds = _classify(document, values, legend, _)
    numbers = [_rounded(values.get(code, (0, None))[1], digits) for code in document.codes]
    notes = [_(SCHEMATIC)] if document.schematic else []

    def keep() -> None:
        click = st.session_state.get(key)
        if click and into:
            st.session_state[into] = click["code"]

    result: dict[str, Any] | None = _component()(
        document=document.name,
        kinds=kinds,
        numbers=numbers if any(n is not None for n in numbers) else None,
        labels=[labels.get(code, "") for code in document.codes] if labels else None,
        legend=classes,
        places=[[p.where if isinstance(p.where, str) else p.where[::-1], p.name, p.kind] for p in places],
        selected=selected,
        focus=focus,
        unit=unit,
        digits=digits,
        title=title,
        note=note,
        notice=" · ".join([notice, *notes] if notice else notes),
        texts={name: _(text) for name, text in _TEXTS.items()},
        height=height,
        key=key,
        default=None,
        on_change=keep,
    )
    return Click(result["code"], result["clicks"]) if result else None


def _classify(
    document: MapDocument, values: Mapping[str, Value], legend: Sequence[MapClass], _: Translator
) -> tuple[list[dict[str, Any]], str]:
    """Return the legend with its counts, and one digit (base 36) per village drawn; the last class is without value."""
    missing = STATUSES["no_data"]
    classes = [*legend, of_status(missing, _(missing.word))]
    blank = len(legend)
    drawn = [values[code][0] if code in values else blank for code in document.codes]
    undrawn = [values[code][0] for code in values.keys() - set(document.codes)]
    counts = tally([*drawn, *undrawn], len(classes))
    words = {c.word: i for i, c in reversed(list(enumerate(classes)))}
    if words[classes[blank].word] != blank:  # a legend of statuses has its own row for what was not reported
        counts[words[classes[blank].word]] += counts[blank]
        counts[blank] = 0
    rows = [
        {"word": c.word, "fill": c.fill, "ink": c.ink, "symbol": c.symbol, "texture": c.texture, "count": n}
        if n
        else {"word": c.word, "fill": c.fill, "ink": c.ink, "symbol": "", "texture": "", "count": 0}
        for c, n in zip(classes, counts, strict=True)
    ]
    if blank in drawn:
        rows[blank] |= {"symbol": missing.symbol, "texture": missing.texture}
    return rows, "".join(_DIGITS[i] for i in drawn)


def _rounded(number: float | None, digits: int) -> float | None:
    if number is None:
        return None
    rounded = round(number, digits)
    return int(rounded) if rounded == int(rounded) else rounded


@cache
def _component() -> CustomComponent:
    """Declare the component at first use: Streamlit registers it only inside a running script."""
    home = folder()
    publish_assets(home)
    return declare_component("county_map", path=home)
