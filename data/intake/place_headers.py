"""Headers that are put together from words for levels of places: 镇街、村, 镇（街道）、村（社区）."""

import re

from data.intake.simplified import simplified
from data.intake.structure import squeezed

_VILLAGE = r"(?:行政村|建制村|自然村|村居|村社|村|社区|居委会|居)"
_TOWNSHIP = r"(?:乡镇街道|镇乡街道|乡镇|镇乡|镇街|街镇|乡|镇|街道办事处|街道办|街道|街)"
_JOINT = r"[、/和及与,()]+"
_NAMED = r"(?:名称|名)?"
_WORDS = re.compile(rf"(?:(?:所在|所属|实施)?(?:{_TOWNSHIP}|{_VILLAGE}){_NAMED}(?:{_JOINT}|$))+")
_LOWER = re.compile(_VILLAGE)
_UPPER = re.compile(_TOWNSHIP)


def place_header(header: str) -> str | None:
    """Return what a header of several level words speaks of: `township_village`, `township` or `village`.

    None for a header of one word, which stands in the lists of headers, and for any other text.
    """
    text = simplified(squeezed(header))
    if not re.search(_JOINT, text) or not _WORDS.fullmatch(text):
        return None
    if not _LOWER.search(text):
        return "township"
    return "township_village" if _UPPER.search(text) else "village"
