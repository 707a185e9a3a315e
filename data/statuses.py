"""The progress statuses in words, and the colour each is printed in."""

from typing import NamedTuple

from data.language import N_, Translator


class Look(NamedTuple):
    """A status as it is told: msgid of its word, and its fill on white."""

    word: str
    fill: str


LOOKS: dict[str, Look] = {
    "far_behind": Look(N_("Far behind"), "#A5113B"),
    "overdue": Look(N_("Overdue"), "#4B1F6F"),
    "behind": Look(N_("Behind"), "#D55E00"),
    "slightly_behind": Look(N_("Slightly behind"), "#E69F00"),
    "on_schedule": Look(N_("On schedule"), "#0072B2"),
    "done": Look(N_("Done"), "#009E73"),
    "not_due": Look(N_("Under way"), "#8793A0"),
    "no_data": Look(N_("Not reported"), "#C3CBD4"),
    "nothing": Look(N_("Nothing to count"), "#DDE3E9"),
    "withheld": Look(N_("Not shown: tells of under five"), "#DDE3E9"),
    "no_target": Look(N_("No target here"), "#DDE3E9"),
    "not_scored": Look(N_("Not scored"), "#DDE3E9"),
}
"""All statuses by code, worst first; `nothing` is what `data.shown` makes of some that have no data, `withheld` what
`data.small_figures` makes of figures of fewer than five and of those that would tell them."""

MET = N_("Met")
NOT_YET = N_("Under way, not met yet")


def not_judged(n: int | str, _: Translator) -> str:
    """Say that some figures are not judged as they are withheld from the reader; nothing where none is."""
    if not n:
        return ""
    return _(
        "Not judged here, as they tell of fewer than five households or persons: {n} figures; "
        "shares and ranks may differ from those that clerks see",
        n=n,
    )


def look(code: str | None) -> Look:
    """Return a status by code; an unknown or missing code is shown as not reported."""
    return LOOKS.get(code or "", LOOKS["no_data"])


def word(code: str | None, rule: str | None, _: Translator, *, village: bool = False) -> str:
    """Return the translated word; a target that must hold at any time is met, not done.

    Of a `village`, what is not due yet says that it is not met yet; a county under way may well stand at its target.
    """
    if code == "done" and rule == "keep":
        return _(MET)
    return _(NOT_YET) if village and code == "not_due" else _(look(code).word)
