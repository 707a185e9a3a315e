"""What a map shows, worked out once for all who look at it. No Streamlit here."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from components.county_map.classes import MapClass, Place, Value, of_status, tally
from components.status import STATUSES
from data.language import N_, Translator
from geo.map_document import MapDocument

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

Drawing = dict[str, Any]
"""What the map's page needs to draw; not to be changed."""


def draw(
    document: MapDocument,
    values: Mapping[str, Value],
    legend: Sequence[MapClass],
    _: Translator,
    *,
    unit: str = "",
    digits: int = 1,
    title: str = "",
    note: str = "",
    notice: str = "",
    labels: Mapping[str, str] | None = None,
    places: Sequence[Place] = (),
    within: Container[str] | None = None,
) -> Drawing:
    """Return a county with its villages coloured, for `county_map`.

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
    within
        Codes the page is narrowed to: villages elsewhere are said to be of other townships, not to lack a report.
    """
    if within is not None:
        legend = [*legend, of_status(STATUSES["no_target"], _("Other townships"))]
        values = dict(values) | {code: (len(legend) - 1, None) for code in document.codes if code not in within}
    classes, kinds = classify(document, values, legend, _)
    numbers = [rounded(values.get(code, (0, None))[1], digits) for code in document.codes]
    notes = [_(SCHEMATIC)] if document.schematic else []
    return {
        "document": document.name,
        "kinds": kinds,
        "numbers": numbers if any(n is not None for n in numbers) else None,
        "labels": [labels.get(code, "") for code in document.codes] if labels else None,
        "legend": classes,
        "places": [[p.where if isinstance(p.where, str) else p.where[::-1], p.name, p.kind] for p in places],
        "unit": unit,
        "digits": digits,
        "title": title,
        "note": note,
        "notice": " · ".join([notice, *notes] if notice else notes),
        "texts": {name: _(text) for name, text in _TEXTS.items()},
    }


def classify(
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


def rounded(number: float | None, digits: int) -> float | None:
    """Round a number, whole ones to int, so that it travels in few letters."""
    if number is None:
        return None
    rounded = round(number, digits)
    return int(rounded) if rounded == int(rounded) else rounded
