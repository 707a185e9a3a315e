"""The live element: our HTML in the page, without an iframe, whose rows, tiles or squares can be picked."""

import streamlit as st

from components import address
from components.html.base import Markup

# Their scripts are in static/board.js, which comes with the page: a component's own travels with each of its elements.
_BOARD_JS = "export default c => globalThis.xianjieBoard(c)"
_MARK_JS = "export default c => globalThis.xianjieMark(c)"
_BOARD = st.components.v2.component(
    "xianjie_board", html="<div class='board'></div>", js=_BOARD_JS, isolate_styles=False
)
# Apart from the board: a new selection then moves 300 bytes, for the HTML's own message is unchanged and not resent.
_MARK = st.components.v2.component("xianjie_mark", html="<i hidden></i>", js=_MARK_JS, isolate_styles=False)


def board(html: Markup, key: str, selected: str | None = None, *, into: str | None = None) -> str | None:
    """Show HTML whose elements with a `data-id` can be picked by mouse, touch or keyboard.

    Parameters
    ----------
    html : markup of the builders in `components.html`; data values must be escaped.
    key : unique on the page, one word; the element is `.st-key-board_<key>`.
    selected : what is selected until something is picked.
    into : session state key that receives the picked id before the script reruns, so that anything above the board
        sees it too; boards, maps and select boxes that share it move together. Default `picked_<key>`.

    Returns
    -------
    The id picked last, else `selected`.
    """
    target = into or f"picked_{key}"
    live = f"board_{key}"

    def keep() -> None:
        picked = (st.session_state.get(live) or {}).get("picked")
        if picked is not None:
            st.session_state[target] = picked
            address.picked(target)

    current = st.session_state.get(target) or selected
    # Bytes, not a dictionary: as JSON every Chinese character would travel as six letters.
    _BOARD(key=live, data=f"{key} {target}\n{html}".encode(), on_picked_change=keep)
    _MARK(key=f"mark_{key}", data={"name": key, "picked": current}, height=0)
    return current
