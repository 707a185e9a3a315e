"""The live element: our HTML in the page, without an iframe, whose rows, tiles or squares can be picked."""

from dataclasses import dataclass

import streamlit as st

from components import address
from components.html.base import Markup, raw

# Their scripts are in static/board.js, which comes with the page: a component's own travels with each of its elements.
_LIVE_JS = "export default c => globalThis.xianjieLive(c)"
_MARK_JS = "export default c => globalThis.xianjieMark(c)"
_LIVE = st.components.v2.component("xianjie_live", html="<div class='live'></div>", js=_LIVE_JS, isolate_styles=False)
# Apart from the boards: a new selection then moves 300 bytes, for the HTML's own message is unchanged and not resent.
_MARK = st.components.v2.component("xianjie_mark", html="<i hidden></i>", js=_MARK_JS, isolate_styles=False)


@dataclass(frozen=True)
class Board:
    """HTML whose elements with a `data-id` can be picked by mouse, touch or keyboard.

    Attributes
    ----------
    html : markup of the builders in `components.html`; data values must be escaped.
    key : unique on the page, one word; the board is `.st-key-board_<key>`.
    selected : what is selected until something is picked.
    into : session state key that receives the picked id before the script reruns, so that anything above the board
        sees it too; boards, maps and select boxes that share it move together. Default `picked_<key>`.
    """

    html: Markup
    key: str
    selected: str | None = None
    into: str = ""

    @property
    def target(self) -> str:
        """Session state key of the picked id."""
        return self.into or f"picked_{self.key}"

    @property
    def current(self) -> str | None:
        """The id picked last, else `selected`."""
        return st.session_state.get(self.target) or self.selected

    @property
    def markup(self) -> Markup:
        """Its place in the HTML given to `live`."""
        return raw(
            f"<div class='board st-key-board_{self.key}' data-board='{self.key} {self.target}'>{self.html}</div>"
        )


def live(html: Markup, key: str, *boards: Board) -> None:
    """Show HTML with boards in it: one element of Streamlit's, however many panels it holds.

    Parameters
    ----------
    html : contains the `markup` of each of the boards.
    key : unique on the page.
    """
    element, targets = f"live_{key}", {b.key: b.target for b in boards}

    def keep() -> None:
        board, picked = (st.session_state.get(element) or {}).get("picked") or (None, None)
        if board in targets and picked is not None:
            st.session_state[targets[board]] = picked
            address.picked(targets[board])

    # Bytes, not a dictionary: as JSON every Chinese character would travel as six letters.
    _LIVE(key=element, data=html.encode(), on_picked_change=keep)
    _MARK(key=f"mark_{key}", data={b.key: b.current for b in boards}, height=0)


def board(html: Markup, key: str, selected: str | None = None, *, into: str = "") -> str | None:
    """Show one `Board` by itself; return the id picked last, else `selected`."""
    one = Board(html, key, selected, into)
    current = one.current
    live(one.markup, key, one)
    return current
