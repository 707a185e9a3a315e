"""Places in a file: codes completed, names looked up, and what is said of those that do not exist."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import pandas as pd

from data.registry import counties
from geo.regions import clean_name, match_place, normalise_code, regions

LEVEL_NAMES = {"village": ("村", "village"), "township": ("乡镇", "township"), "county": ("县区", "county")}
_WANTED = {
    "village": ({"village"}, "村", "village"),
    "township": ({"township"}, "乡镇", "township"),
    "county": ({"county"}, "县区", "county"),
    "place": ({"village", "township", "county"}, "村、乡镇或县区", "village, township or county"),
}
_Note = tuple[str, str, Mapping[str, object]]


@dataclass(frozen=True)
class Register:
    """The regions of one county, ready to be asked."""

    county: str
    frame: pd.DataFrame

    @cached_property
    def name(self) -> dict[str, str]:
        """Code → full name."""
        return dict(zip(self.frame["code"], self.frame["name"], strict=True))

    @cached_property
    def short(self) -> dict[str, str]:
        """Code → name as people say it."""
        return dict(zip(self.frame["code"], self.frame["short_name"], strict=True))

    @cached_property
    def level(self) -> dict[str, str]:
        """Code → level."""
        return dict(zip(self.frame["code"], self.frame["level"], strict=True))

    @cached_property
    def parent(self) -> dict[str, str]:
        """Code → code of the region above."""
        return dict(zip(self.frame["code"], self.frame["parent"], strict=True))

    def full(self, code: str) -> str:
        """Return what tells a place from others of its name: `姜家镇平原村 500113113203`."""
        above = self.short.get(self.parent[code], "") if self.level[code] == "village" else ""
        return f"{above}{self.short[code]} {code}"

    def township(self, code: str) -> str | None:
        """Return the township a place lies in; a county is its own, an unknown place has none."""
        level = self.level.get(code)
        return self.parent[code] if level == "village" else code if level else None

    def is_called(self, code: str, name: str) -> bool:
        """Whether a village may be written like this."""
        return code in match_place(self.frame, name, self.parent[code], "village")

    def near(self, name: str, level: str) -> list[str]:
        """Return up to three places with a name like this one, described."""
        levels = _WANTED[level][0]
        forms: dict[str, list[str]] = {}
        for code, short in self.short.items():
            if self.level[code] in levels:
                forms.setdefault(short, []).append(code)
        found = get_close_matches(clean_name(name), forms, n=3, cutoff=0.5)
        return [self.full(code) for form in found for code in forms[form]][:3]

    def near_code(self, code: str, level: str) -> list[str]:
        """Return up to three places with a code like this one, described; those of its own township first."""
        known = [c for c, found in self.level.items() if found in _WANTED[level][0]]
        beside = [c for c in known if c[:9] == code[:9]]
        return [self.full(c) for c in get_close_matches(code, beside or known, n=3, cutoff=0.6)]


def register(county_code: str | None) -> Register | None:
    """Return the register of a county, None if there is none."""
    if not county_code:
        return None
    try:
        return Register(county_code[:6], regions(county_code))
    except KeyError:
        return None


def candidates(found: list[str]) -> dict[str, object]:
    """Return the words of a sentence that offers candidates, or none."""
    return {
        "candidates": "、".join(found),
        "candidates_zh": f"是否为：{'、'.join(found)}？" if found else "",
        "candidates_en": f"Perhaps {', '.join(found)}? " if found else "",
    }


def read_place(text: str, wanted: str, known: Register | None, township: str = "") -> tuple[str | None, _Note | None]:
    """Return the 12-digit code that a cell means, and what is to be told.

    Parameters
    ----------
    text
        A code of 6, 9 or 12 digits, or a name.
    wanted
        Level the column asks for: village, township, county or place.
    known
        The county's register; without one, codes are only completed.
    township
        Name or code of the township in the same row, if the file gives one.
    """
    code = normalise_code(text)
    if code is None:
        return _by_name(text, wanted, known, township) if known else (text, None)
    written = unicodedata.normalize("NFKC", text).strip()
    note: _Note | None = None if written == code else ("code_completed", code, {})
    if known is None:
        return code, note
    if code[:6] != known.county:
        owner = next((c for c in counties() if c.code == code[:6]), None)
        words = {"owner_zh": f"，是{owner.name_zh}的" if owner else "", "county": known.county}
        return code, ("other_county", "", words | {"owner_en": f" but to {owner.name_en}" if owner else ""})
    levels, zh, en = _WANTED[wanted]
    level = known.level.get(code)
    if level is None:
        return code, ("unknown_place", "", candidates(known.near_code(code, wanted)))
    if level not in levels:
        words = {"level_zh": LEVEL_NAMES[level][0], "level_en": LEVEL_NAMES[level][1], "wanted_zh": zh, "wanted_en": en}
        return code, ("wrong_level", "", words)
    return code, note


def _by_name(text: str, wanted: str, known: Register, township: str) -> tuple[str | None, _Note | None]:
    level = None if wanted == "place" else wanted
    within = wanted == "village" or (wanted == "place" and text != township)
    towns = township if township and within else None
    found = [c for c in match_place(known.frame, text, towns, level) if known.level[c] in _WANTED[wanted][0]]
    if len(found) == 1:
        return found[0], ("place_by_name", known.full(found[0]), {})
    if found:
        return None, ("ambiguous_place", "", candidates([known.full(code) for code in found[:5]]))
    return None, ("unknown_place", "", candidates(known.near(text, wanted)))
