"""The order of a ranking in words: by what equal scores are parted, and how far a place is short or early."""

import math

from data import wording
from data.language import Translator
from data.ranking import LEVEL


def parting(by: str, _: Translator) -> str:
    """Say by what equal places of a board by level or by increment are told apart."""
    if by == LEVEL:
        return _(
            "equal scores: first by the points short of schedule (weight × gap of what is behind); who is short in "
            "nothing, by how much of what is not due yet is done, no more than the target counted"
        )
    return _("equal increments: by the points short of schedule that were caught up since then")


def short_or_early(shortfall: float, early: float, _: Translator) -> str:
    """Write how many points a place is short of schedule or, if it is short in nothing, how much is done early."""
    if math.isnan(early):
        return _("{n} short", n=wording.plain(shortfall, 2))
    return _("{share} early", share=f"{wording.plain(early, 1)}%")
