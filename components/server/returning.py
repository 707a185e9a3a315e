"""Where a sign-in leads back to: a page of a county or the one that compares them, whatever is in a link or cookie."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from components.server.site import COMPARE, PATHS, language_of
from data.registry import County, counties

COOKIE = "xianjie_return"
_ADDRESS = re.compile(r"/([a-z][a-z0-9-]*)(?:/([a-z_]*))?")
_LONGEST_QUERY = 1500


@dataclass(frozen=True)
class Place:
    """A page of a county with its query; of no county (None) the one that compares them."""

    county: County | None
    page: str
    query: str

    @property
    def door(self) -> str:
        """Return the address below which somebody signs in for it."""
        return f"/{self.county.slug}" if self.county else COMPARE

    @property
    def address(self) -> str:
        """Return the address within the server."""
        path = self.door + (f"/{self.page}" if self.page else "")
        return f"{path}?{self.query}" if self.query else path

    @property
    def lang(self) -> str:
        """Return the language it is shown in."""
        return language_of(self.query.encode())


def place(county: County | None, page: str, query: bytes) -> Place:
    """Return a page with the query of a request, spelled anew."""
    pairs = parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True)
    told = urlencode(pairs)
    return Place(county, page, told if len(told) <= _LONGEST_QUERY else "")


def read(address: str) -> Place | None:
    """Return the page that an address from outside means; None if it is none of ours."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    found = _ADDRESS.fullmatch(parts.path)
    if parts.scheme or parts.netloc or not found:
        return None
    if parts.path == COMPARE:
        return place(None, "", parts.query.encode())
    county = next((one for one in counties() if one.slug == found[1]), None)
    page = found[2] or ""
    return place(county, page, parts.query.encode()) if county and page in PATHS else None


@dataclass(frozen=True)
class Errand:
    """What somebody went to the provider for, and where they come back to."""

    kind: str
    """`in` or `out`."""
    to: Place

    @property
    def cookie(self) -> str:
        """Return it as the value of a cookie."""
        return quote(f"{self.kind} {self.to.address}", safe="")


def errand(cookie: str) -> Errand | None:
    """Read the cookie; it is anybody's to write, and leads nowhere but into a county."""
    kind, _, address = unquote(cookie).partition(" ")
    to = read(address)
    return Errand(kind, to) if to and kind in ("in", "out") else None
