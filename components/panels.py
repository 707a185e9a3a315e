"""Panels, rows of panels and footers: what lets a page read as an outline of itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.html.base import Markup, element, escape, join, raw

_GAP = 9


@contextmanager
def panel(
    key: str, title: object = "", note: object = "", right: object = "", *, stretch: bool = True
) -> Iterator[DeltaGenerator]:
    """Open a panel with a head; texts are escaped unless they are markup.

    Parameters
    ----------
    key : unique on the page; the container is `.st-key-panel_<key>`.
    title, note, right : head: name, muted remark, and what stands at the right end.
    stretch : as high as the panels beside it.
    """
    box = st.container(key=f"panel_{key}", height="stretch" if stretch else "content")
    with box:
        if title or note or right:
            st.html(head_html(title, note, right))
        yield box


def head_html(title: object, note: object = "", right: object = "") -> Markup:
    """Return a panel's head."""
    end = f"<span class='r'>{escape(right)}</span>" if right else ""
    return raw(f"<div class='hd'><h2>{escape(title)}</h2><span>{escape(note)}</span>{end}</div>")


def panel_html(key: str, head: Markup, *body: Markup) -> Markup:
    """Return a whole panel as HTML, for boards shown together (`components.board.live`)."""
    # Classes as Streamlit gives them to a container with such a key: styles know one kind of panel and scroll box.
    return raw(f"<section class='st-key-panel_{key}'>{head}{join(body)}</section>")


def scroll_html(key: str, body: Markup) -> Markup:
    """Return a box that scrolls a long table under its head."""
    return raw(f"<div class='st-key-scroll_{key}'>{body}</div>")


@contextmanager
def scroll(key: str) -> Iterator[None]:
    """Open a box that scrolls a long table under its head; its height follows the page's font size."""
    with st.container(key=f"scroll_{key}"):
        yield


def foot(*parts: object) -> None:
    """Close a panel with 口径 · 来源 · 数据截至 · 已报 · 分档; empty parts are left out."""
    shown = foot_html(*parts)
    if shown:
        st.html(shown)


def foot_html(*parts: object) -> Markup:
    """Return a panel's foot, nothing if all its parts are empty."""
    shown = join(element("span", p) for p in parts if p)
    return element("div", shown, "ft") if shown else shown


def abreast_html(weights: tuple[float, float], left: Markup, right: Markup) -> Markup:
    """Return two panels as wide and as high as `side_by_side` would make them."""
    share = f"{100 * weights[0] / sum(weights):.3f}%"
    return raw(f"<div class='two' style='--share:{share};--between:{_GAP}px'>{left}{right}</div>")


def side_by_side(weights: Sequence[float] | int) -> Sequence[DeltaGenerator]:
    """Open columns for panels of equal height."""
    return st.columns(weights, gap=_GAP)
