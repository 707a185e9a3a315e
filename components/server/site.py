"""The site map and what every part of the server agrees on: pages, languages, the county's header."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

from data.language import N_

ROOT = Path(__file__).parents[2]

HEADER = "X-County"  # set by the server for each request and websocket; the client's own is taken off
LANGUAGE_PARAMETER = "lang"  # the key of the language switch, bound to the address

PRODUCT = {"zh": "衔接看板", "en": "Xianjie"}
MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="5" fill="#0F2F4E"/>'
    '<path d="M6 23h5V15H6zM13.5 23h5V9h-5zM21 23h5V12h-5z" fill="#F4F8FC"/>'
    '<path d="M5 26.5h22" stroke="#F0B93A" stroke-width="2.5"/></svg>'
)
ICON = "/favicon.svg"
COMPARE = "/compare"
"""The page that compares counties: of none of them, with a sign-in of its own."""


@dataclass(frozen=True)
class PageEntry:
    """One page: `name` is its file in `pages/` and its place in the address, `title` a text for `_`.

    `needs` is the action without which it is neither offered nor shown. `figures` tells whether it is there to show
    figures: without any it has nothing to say, and while others store something it stays as it was.
    """

    name: str
    title: str
    needs: str = "view"
    figures: bool = True

    @property
    def file(self) -> Path:
        """Return the page's script."""
        return ROOT / "pages" / f"{self.name}.py"


# The menu in its order. A page gets its place in the menu and its address with its file.
PAGES: tuple[PageEntry, ...] = tuple(
    page
    for page in (
        PageEntry("overview", N_("Overview")),
        PageEntry("monitoring", N_("Monitoring")),
        PageEntry("industry_employment", N_("Industry and jobs")),
        PageEntry("livable_villages", N_("Livable villages")),
        PageEntry("funds", N_("Funds and projects")),
        PageEntry("support", N_("Support")),
        PageEntry("tasks", N_("Tasks"), "details", figures=False),
        PageEntry("reporting", N_("Reporting"), "details"),
        PageEntry("village", N_("Places"), "details"),
        PageEntry("ranking", N_("Rankings")),
        PageEntry("upload", N_("Upload"), "upload", figures=False),
        PageEntry("briefing", N_("Bulletin"), "export"),
        PageEntry("plan", N_("Plan"), figures=False),
        PageEntry("members", N_("Members"), "members", figures=False),
        PageEntry("audit", N_("Log"), "audit", figures=False),
        PageEntry("status", N_("Server"), "operate", figures=False),
    )
    if page.file.exists()
)

# Streamlit gives its default page the bare address, `/banan`, and knows it by no other.
NEEDS = {"" if page is PAGES[0] else page.name: page.needs for page in PAGES}
PATHS = frozenset(NEEDS)
OF_FIGURES = PATHS - {page.name for page in PAGES if not page.figures}


def language_of(query: bytes) -> str:
    """Return the language an address asks for, `zh` unless it says otherwise."""
    wanted = parse_qs(query.decode("latin-1")).get(LANGUAGE_PARAMETER, ["zh"])[-1]
    return "en" if wanted.lower() == "en" else "zh"
