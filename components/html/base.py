"""Safe HTML from data: every value is escaped unless it is `Markup` already.

Builders in this package are plain functions from frames to `Markup`. They join strings, for speed, and pass every data
value through `escape`; `raw` is the only place that vouches for a joined text.
"""

from collections.abc import Iterable
from urllib.parse import quote

import markupsafe
from markupsafe import Markup

__all__ = ["Markup", "element", "escape", "image", "join", "raw"]


def escape(value: object) -> Markup:
    """Escape a value; markup passes, without the second copy that `markupsafe.escape` makes of it."""
    return value if type(value) is Markup else markupsafe.escape(value)


def raw(text: str) -> Markup:
    """Vouch for HTML whose data values the caller has escaped."""
    return Markup(text)  # noqa: S704 - the one door; callers escape each value


def join(parts: Iterable[object]) -> Markup:
    """Join pieces, escaping those that are not markup."""
    return raw("").join(parts)  # type: ignore[arg-type]


def element(tag: str, body: object, css: str = "") -> Markup:
    """Return one element around an escaped body; tag and class are ours, never data."""
    return raw(f"<{tag}{f' class={chr(39)}{css}{chr(39)}' if css else ''}>{escape(body)}</{tag}>")


def image(size: str, drawn: str, alt: str, css: str) -> Markup:
    """Return a drawing as an image, for the browser takes drawings out of `st.html`.

    Parameters
    ----------
    size, drawn : attributes and content of an `svg` element, ours.
    alt : for whoever cannot see it.
    """
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' {size}>{drawn}</svg>"
    source = f"data:image/svg+xml,{quote(svg, safe=' /=:')}"
    return raw(f"<img class='{css}' alt='{escape(alt)}' src='{source}'>")
