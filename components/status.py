"""The progress statuses and marks as data: word, symbol, colour and texture, for tables, maps and charts alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from components.html.base import element, join
from components.palette import Shade, rule, same
from data.language import N_, Translator
from data.statuses import LOOKS, word


@dataclass(frozen=True, slots=True)
class Status:
    """How one status looks.

    Attributes
    ----------
    code : status code of the progress frame.
    fill, text, tint : colours of bars, of letters on a panel, and of areas on a map.
    texture : second channel of a fill: "", "wide", "dense", "lines" or "dashes".
    symbol : body of a 12 x 12 SVG, drawn in black (used as a mask).
    marker, pattern : the same two channels for Plotly.
    urgent : whether somebody has to act.
    """

    code: str
    fill: Shade
    text: Shade
    tint: Shade
    symbol: str
    texture: str = ""
    marker: str = "circle"
    pattern: str = ""
    urgent: bool = False

    @property
    def word(self) -> str:
        """Msgid of the word shown."""
        return LOOKS[self.code].word

    @property
    def css(self) -> str:
        """The class that carries colours, texture and symbol."""
        return f"s-{self.code.replace('_', '-')}"


_GREY_TEXT = Shade("#536170", "#A6B6C6")
_GREY = Shade("#C3CBD4", "#45535F")

STATUSES: dict[str, Status] = {
    s.code: s
    for s in (
        Status(
            "far_behind",
            Shade(LOOKS["far_behind"].fill, "#E0446C"),
            Shade("#A5113B", "#FF8AA5"),
            Shade("#A5113B", "#E0446C"),
            "<path d='M1.8 1.8 10.2 10.2M10.2 1.8 1.8 10.2' stroke='#000' stroke-width='2.7'/>",
            "dense",
            "x",
            "x",
            urgent=True,
        ),
        Status(
            "overdue",
            Shade(LOOKS["overdue"].fill, "#A678D8"),
            Shade("#4B1F6F", "#CFAEF5"),
            Shade("#4B1F6F", "#A678D8"),
            "<path fill-rule='evenodd' d='M1 1h10v10H1zM5 2.6h2v4.2H5zM5 7.9h2v1.7H5z'/>",
            "lines",
            "square",
            "-",
            urgent=True,
        ),
        Status(
            "behind",
            Shade(LOOKS["behind"].fill, "#D55E00"),
            Shade("#B34A00", "#FF9450"),
            same("#D55E00"),
            "<path d='M6 1 11.4 10.8H.6z'/>",
            "wide",
            "triangle-up",
            "/",
            urgent=True,
        ),
        Status(
            "slightly_behind",
            Shade(LOOKS["slightly_behind"].fill, "#E69F00"),
            Shade("#865800", "#F2B53A"),
            Shade("#F3C25C", "#B37D0E"),
            "<circle cx='6' cy='6' r='4.4' fill='none' stroke='#000' stroke-width='1.4'/>"
            "<path d='M6 1.6A4.4 4.4 0 0 0 6 10.4z'/>",
            "",
            "circle-open-dot",
            "",
        ),
        Status(
            "on_schedule",
            Shade(LOOKS["on_schedule"].fill, "#0072B2"),
            Shade("#00609A", "#66BCEE"),
            Shade("#BCD9ED", "#1D4C6B"),
            "<circle cx='6' cy='6' r='4.6'/>",
            "",
            "circle",
            "",
        ),
        Status(
            "done",
            Shade(LOOKS["done"].fill, "#009E73"),
            Shade("#00704F", "#3CCB9F"),
            Shade("#BFE3D6", "#1C5A47"),
            "<path d='M1.5 6.4 4.6 9.5 10.6 2.7' fill='none' stroke='#000' stroke-width='2.3'/>",
            "",
            "diamond",
            "",
        ),
        Status(
            "not_due",
            Shade(LOOKS["not_due"].fill, "#6F7F8F"),
            _GREY_TEXT,
            Shade("#AEB6BF", "#596673"),
            "<path d='M3 1.8 9.8 6 3 10.2z' fill='none' stroke='#000' stroke-width='1.6'/>",
            "",
            "triangle-right-open",
            "",
        ),
        Status(
            "no_data",
            Shade(LOOKS["no_data"].fill, "#45535F"),
            _GREY_TEXT,
            _GREY,
            "<circle cx='6' cy='6' r='4.2' fill='none' stroke='#000' stroke-width='1.6' stroke-dasharray='2 1.3'/>",
            "dashes",
            "circle-open",
            "|",
        ),
        Status(
            "nothing",
            Shade(LOOKS["nothing"].fill, "#34424F"),
            _GREY_TEXT,
            Shade("#E8ECF1", "#2A3744"),
            "<path d='M3 9 9 3' fill='none' stroke='#000' stroke-width='1.6'/>",
            "",
            "line-ne",
            "",
        ),
        Status(
            "withheld",
            Shade(LOOKS["withheld"].fill, "#34424F"),
            _GREY_TEXT,
            Shade("#E8ECF1", "#2A3744"),
            "<path d='M2 3.4H10M2 8.6H10' stroke='#000' stroke-width='1.6'/>",
            "",
            "hash-open",
            "",
        ),
        Status(
            "no_target",
            Shade(LOOKS["no_target"].fill, "#34424F"),
            _GREY_TEXT,
            Shade("#E8ECF1", "#2A3744"),
            "<path d='M2 6H10' stroke='#000' stroke-width='1.8'/>",
            "",
            "line-ew",
            "",
        ),
        Status(
            "not_scored",
            Shade(LOOKS["not_scored"].fill, "#34424F"),
            _GREY_TEXT,
            Shade("#E8ECF1", "#2A3744"),
            "<circle cx='6' cy='6' r='1.7'/>",
            "",
            "circle-dot",
            "",
        ),
    )
}
"""All statuses by code, worst first; `nothing` is what `data.shown` makes of some that have no data."""

ORDER: dict[str, int] = {code: i for i, code in enumerate(STATUSES)}
URGENT: tuple[str, ...] = tuple(code for code, s in STATUSES.items() if s.urgent)


@dataclass(frozen=True, slots=True)
class Mark:
    """A remark beside a status: its word and what it means, both msgids."""

    word: str
    title: str
    warns: bool = False


MARKS: dict[str, Mark] = {
    "regressed": Mark(N_("fell back"), N_("Worse than at the previous evaluation date"), warns=True),
    "strive": Mark(N_("strive"), N_("A target to strive for; counted apart")),
    "reference": Mark(N_("reference"), N_("A reference target; counted apart")),
    "implied": Mark(N_("inferred"), N_("The document implies this number")),
    "derived": Mark(N_("inferred"), N_("The document implies this number")),
    "directional": Mark(N_("direction"), N_("The document names a direction, no number")),
    "unspecified": Mark(N_("no figure"), N_("The document gives no figure")),
    "annex_missing": Mark(N_("annex missing"), N_("The figure stands in an annex that was not published")),
    "direct": Mark(N_("entered directly"), N_("The value was entered, not computed from the tables")),
    "alternative": Mark(N_("alternative"), N_("The better of the plan's alternative targets counts")),
    "revised": Mark(N_("revised"), N_("The target was revised while the plan runs; each holds from its day")),
    "carried": Mark(N_("carried over"), N_("The newest value is older than this reporting period")),
}

_TEXTURES = {
    "": "none",
    "wide": "repeating-linear-gradient(135deg,transparent 0 5px,var(--stripe) 5px 7px)",
    "dense": "repeating-linear-gradient(45deg,transparent 0 3px,var(--stripe) 3px 5px)",
    "lines": "repeating-linear-gradient(0deg,transparent 0 3px,var(--stripe) 3px 5px)",
    "dashes": "repeating-linear-gradient(90deg,transparent 0 3px,var(--stripe) 3px 6px)",
}


def status(code: str | None) -> Status:
    """Return a status by code; an unknown or missing code is shown as not reported."""
    return STATUSES.get(code or "", STATUSES["no_data"])


@lru_cache(maxsize=4096)
def badge_html(
    code: str | None, rule: str | None, _: Translator, *, count: int | None = None, village: bool = False
) -> Markup:
    """Return symbol and word in the status's colour, with a count behind it where given."""
    text = word(code, rule, _, village=village)
    tail = "" if count is None else element("b", str(count))
    return Markup("<span class='s {}'>{}{}</span>").format(status(code).css, text, tail)


def symbol_html(code: str | None, rule: str | None, _: Translator) -> Markup:
    """Return a status as its symbol alone, its word as the hint: where a word would fill the cell."""
    text = word(code, rule, _, village=True)
    return Markup("<span class='s {}' role='img' title='{}' aria-label='{}'></span>").format(
        status(code).css, text, text
    )


def marks_html(marks: Iterable[str], _: Translator) -> Markup:
    """Return the marks of an indicator as small labels; unknown marks are shown by their code."""
    parts, seen = [], set()
    for code in marks or ():
        mark = MARKS.get(code, Mark(code, code))
        if mark.word in seen:
            continue
        seen.add(mark.word)
        css = "mk warn" if mark.warns else "mk"
        parts.append(Markup("<i class='{}' title='{}'>{}</i>").format(css, _(mark.title), _(mark.word)))
    return join(parts)


def band_note(slightly_behind: float, behind: float, _: Translator) -> str:
    """Return the county's status bands as a footer text; edges in percentage points."""
    low, lower = (f"{edge:g}".replace("-", "−") for edge in (slightly_behind, behind))
    return _("Bands: slightly behind to {low}, behind to {lower} points", low=low, lower=lower)


def stylesheet() -> str:
    """Return one CSS rule per status: colours, texture and the symbol as a mask."""
    rules = []
    for s in STATUSES.values():
        body = s.symbol.replace("#", "%23").replace("<", "%3C").replace(">", "%3E")
        svg = f"%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 12 12'%3E{body}%3C/svg%3E"
        extra = f'--tx:{_TEXTURES[s.texture]};--m:url("data:image/svg+xml,{svg}")'
        rules.append(rule(f".{s.css}", {"c": s.fill, "ct": s.text, "cm": s.tint}, extra))
    return "".join(rules)
