"""The stylesheet of a run: tokens from the palette, statuses from their registry, rules from static/style.css."""

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

import streamlit as st

from components import palette, status

FILE = Path(__file__).parents[1] / "static" / "style.css"
MEETING_FONT_SIZE = 21
MEETING_SCALE = 1.5


@cache
def stylesheet() -> str:
    """Return the whole stylesheet; built once per process."""
    return palette.variables() + status.stylesheet() + FILE.read_text("utf-8")


def inject(*, meeting: bool = False, inside: Mapping[str, str], roomy: Collection[str] = ()) -> None:
    """Add the stylesheet to the page, once per run. Everything is in rem, so meeting mode is one font size.

    Parameters
    ----------
    inside : words that stand inside a select box before its value, by the key of the box.
    roomy : keys of select boxes of the bar whose value is longer than a date.
    """
    words = "".join(f".st-key-{key}{{--inside:'{word} '}}" for key, word in inside.items())
    words += "".join(f".st-key-{key}{{--wide:19rem;--row:100%}}" for key in roomy)
    # What is muted on a desk is plain on a wall.
    plain = ":root{--mute:var(--text)!important}.brand small{display:none!important}.mk{font-size:.86rem!important}"
    size = f"html{{font-size:{MEETING_FONT_SIZE}px!important}}{plain}" if meeting else ""
    st.html(f"<style>{stylesheet()}{words}{size}</style>")
