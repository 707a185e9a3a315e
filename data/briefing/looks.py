"""How pictures look on white paper: sizes, colours, and what tells classes apart where colour does not."""

from collections.abc import Sequence

from data.statuses import LOOKS

WIDTH = 6.1
"""Inches: the width of text on A4 with the margins of an official document."""
DPI = 200
GROUND = "#FFFFFF"
INK = "#1A1A1A"
BORDER = "#6B7680"
BLANK = "#FFFFFF"
GRID = "#D5DCE4"

STATUS_HATCHES = {
    "far_behind": "xxx",
    "overdue": "+++",
    "behind": "///",
    "slightly_behind": "...",
    "not_due": "---",
}
"""Hatches of statuses that must be found on a black and white copy; what is all right has none."""
_BY_COLOUR = {LOOKS[code].fill: hatch for code, hatch in STATUS_HATCHES.items()}
_PLAIN = {look.fill for look in LOOKS.values()} - set(_BY_COLOUR)
_OTHERS = ("...", "///", "xxx", "---", "+++")
HATCH_WIDTH = 0.45


def hatches(colours: Sequence[str]) -> list[str]:
    """Return a hatch for each colour of a legend.

    A status has its own. Of other classes, the better first, the second half is hatched: two ends of one scale may be
    equally dark. White stays plain.
    """
    others = [c for c in colours if c not in _BY_COLOUR and c not in _PLAIN and c.upper() != BLANK]
    plain = (len(others) + 1) // 2
    by_order = {c: _OTHERS[(n - plain) % len(_OTHERS)] for n, c in enumerate(others) if n >= plain}
    return [_BY_COLOUR.get(c) or by_order.get(c, "") for c in colours]


def ink(colour: str, contrast: float = 4.5) -> str:
    """Return a colour darkened until words in it can be read on white."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    while 1.05 / (_luminance(red, green, blue) + 0.05) < contrast:
        red, green, blue = (int(part * 0.94) for part in (red, green, blue))
    return f"#{red:02X}{green:02X}{blue:02X}"


def on(colour: str) -> str:
    """Return black or white, whichever is read better on a colour."""
    return GROUND if _luminance(*(int(colour[i : i + 2], 16) for i in (1, 3, 5))) < 0.3 else INK


def _luminance(*parts: int) -> float:
    linear = [p / 255 / 12.92 if p <= 10 else ((p / 255 + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
