"""What stands on a page that AppTest ran: titles of panels, and every text a reader can see."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from streamlit.testing.v1 import AppTest

_TAG = re.compile(r"<[^>]*>")
_TOLD = re.compile(r"(?:title|aria-label|placeholder)=(?:'([^']*)'|\"([^\"]*)\")")
_TITLE = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
# Keys of a plotly figure whose strings are read, and of the map's message.
_DRAWN = {"text", "title", "name", "customdata", "hovertemplate", "ticktext", "x", "y", "labels", "hovertext", "notice"}
_DRAWN |= {"word", "unit", "texts", "legend", "note", "places", "ticksuffix", "texttemplate"}
# Its strings that are settings.
_STYLE = {"font", "color", "symbol", "fill", "ink", "texture", "template", "bdata", "dtype", "side", "textposition"}
_STYLE |= {"position", "standoff", "anchor", "xanchor", "yanchor", "xref", "yref", "align", "mode", "type", "weight"}
_STYLE |= {"traceorder"}
_SLOT = re.compile(r"%\{[^}]*\}")  # plotly fills these in


def titles(page: AppTest) -> list[str]:
    """Return the titles of the panels, from the top."""
    return [unescape(_TAG.sub("", found)) for html in markup(page) for found in _TITLE.findall(html)]


def texts(page: AppTest) -> list[str]:
    """Return every text on the page: words between tags, hints, labels, options, and what figures and maps say."""
    found: list[str] = []
    for html in markup(page):
        if html.startswith("<style"):
            continue
        found += [one or other for one, other in _TOLD.findall(html)]
        found += _TAG.sub("\n", html).split("\n")
    for node in page:
        proto = getattr(node, "proto", None)
        if node.type in {"plotly_chart", "component_instance"}:
            found += _drawn(json.loads(proto.spec if node.type == "plotly_chart" else proto.json_args))
        elif proto is not None and node.type != "html":
            for name in ("label", "placeholder", "help"):
                found.append(str(getattr(proto, name, "")))
            found += [getattr(option, "content", option) for option in getattr(proto, "options", ())]
    return [unescape(text).strip() for text in found if text and text.strip()]


def markup(page: AppTest) -> Iterator[str]:
    """Yield the HTML of the page, element by element, boards too."""
    for node in page:
        if node.type in {"html", "markdown"}:
            yield node.proto.body
        elif node.type == "bidi_component" and node.proto.bytes:  # components.board
            yield node.proto.bytes.decode()


def _drawn(value: Any, *, shown: bool = False) -> Iterator[str]:
    if isinstance(value, str):
        if shown:
            yield from _TAG.sub("\n", _SLOT.sub("", value)).split("\n")
    elif isinstance(value, list):
        for part in value:
            yield from _drawn(part, shown=shown)
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in _STYLE:
                yield from _drawn(part, shown=shown or key in _DRAWN)
