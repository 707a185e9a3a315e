"""The Chinese font that pictures of a document are drawn with, whichever the machine has."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.font_manager import FontEntry, FontProperties
from matplotlib.ft2font import FT2Font

from data.briefing.errors import DocumentError
from data.language import N_

FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Sarasa Gothic SC",
    "HarmonyOS Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "SimHei",
    "SimSun",
    "Noto Serif CJK SC",
    "Noto Sans CJK JP",
)
"""Families by how well they read at a small size; any other font with Chinese characters comes after them."""
PACKAGE = "fonts-noto-cjk"
_NEEDED = "镇欠%"
_NAMES = re.compile(r"cjk|hans|-sc|_sc|song|hei|kai|fang|ming|wqy|uming|ukai|msyh|deng|pingfang", re.IGNORECASE)
"""How files of fonts with Chinese characters are named; to open every font of a machine takes seconds."""


class NoFontError(DocumentError):
    """The machine has no font with Chinese characters."""

    def __init__(self) -> None:
        text = N_(
            "No font with Chinese characters was found on this machine, so maps and charts cannot be drawn. "
            "Install one, for example the package {package}, and try again"
        )
        super().__init__(text, package=PACKAGE)


@cache
def family() -> str:
    """Return the name of the best family of the machine.

    Raises
    ------
    NoFontError
        There is none.
    """
    found = _choose(font_manager.fontManager.ttflist) or _choose(_unknown())
    if found is None:
        raise NoFontError
    return found


def properties(size: float, *, bold: bool = False) -> FontProperties:
    """Return how text of a picture is drawn, for every text object: matplotlib's own default is of the process."""
    return FontProperties(family=[family()], size=size, weight="bold" if bold else "normal")


def _choose(entries: Iterable[FontEntry], readable: Callable[[FontEntry], bool] | None = None) -> str | None:
    """Return the family to take: the first of `FAMILIES` there is, else the first that has the characters."""
    readable = readable or _has_chinese
    known: dict[str, list[FontEntry]] = {}
    for entry in entries:
        known.setdefault(entry.name, []).append(entry)
    for name in FAMILIES:
        if any(readable(entry) for entry in known.get(name, ())):
            return name
    others = (e for e in entries if e.name not in FAMILIES and _NAMES.search(Path(e.fname).name))
    return next((entry.name for entry in others if readable(entry)), None)


def _has_chinese(entry: FontEntry) -> bool:
    """Whether a font can be opened and draws what county reports are written with."""
    index = getattr(entry, "index", 0)  # one file may hold several fonts
    try:
        font = FT2Font(entry.fname, face_index=index) if index else FT2Font(entry.fname)
    except (OSError, RuntimeError):
        return False
    return all(font.get_char_index(ord(letter)) for letter in _NEEDED)


def _unknown() -> list[FontEntry]:
    """Read fonts installed since matplotlib listed the machine's, and return the list."""
    listed = {entry.fname for entry in font_manager.fontManager.ttflist}
    for file in font_manager.findSystemFonts():
        if file not in listed and _NAMES.search(Path(file).name):
            try:
                font_manager.fontManager.addfont(file)
            except (OSError, RuntimeError):
                continue
    return list(font_manager.fontManager.ttflist)
