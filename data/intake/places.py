"""Places in a file: codes completed, names looked up, and what is said of those that do not exist."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, cached_property
from typing import NamedTuple

import pandas as pd

from data.intake.numbers import chinese
from data.intake.simplified import simplified
from data.intake.structure import unmarked
from data.registry import counties
from geo.regions import PlaceNames, clean_name, crosswalk, former_names, normalise_code, place_names, regions, stem

LEVEL_NAMES = {"village": ("村", "village"), "township": ("乡镇", "township"), "county": ("县区", "county")}
# From this certainty on a candidate is taken, and told; below it, somebody has to say which place is meant.
CERTAIN = 0.85
# Why a place is a candidate, and how the sentence that offers it says so.
WHY = {
    "exact": ("同名", "same name"),
    "suffix": ("后缀写法不同", "another form of the suffix"),
    "other_suffix": ("村与社区之别", "village or community"),
    "joined": ("与乡镇连写", "written with its township"),
    "former_name": ("原名", "former name"),
    "other_register": ("另一套区划代码", "code of another register"),
    "other_level": ("层级不同", "of another level"),
    "township_named": ("填的是乡镇", "a township is named"),
    "same_name": ("有几处同名", "several have this name"),
    "other_township": ("在别的乡镇", "in another township"),
    "township_unknown": ("所填乡镇不明", "the township given is unknown"),
    "group_of_it": ("写到了村民小组", "a group of the village"),
    "sounds_alike": ("一字之差，读音相近", "one character differs, which sounds alike"),
    "one_character": ("一字之差", "one character differs"),
    "one_more_or_less": ("多一字或少一字", "one character more or less"),
    "similar_name": ("名称相近", "similar name"),
    "similar_code": ("代码相近", "similar code"),
}
_WANTED = {
    "village": ({"village"}, "村", "village"),
    "township": ({"township"}, "乡镇", "township"),
    "county": ({"county"}, "县区", "county"),
    "place": ({"village", "township", "county"}, "村、乡镇或县区", "village, township or county"),
}
# How a candidate that is taken is told.
_TOLD = {"former_name": "place_by_former_name", "other_register": "place_by_other_code"}
_OFFERED = 5
_SIMILAR = 6
_WEAKER = frozenset({"one_more_or_less"})
_SLIPS = frozenset({"sounds_alike", "one_character", "one_more_or_less"})
# What only the sheet around a row suggests is never taken: somebody has to say it.
_SUGGESTED = 0.8
# In GB 2312, from row 0xD8 on characters stand by radical; a syllable has some nine characters.
_RARE = 0xD8 * 94
_NEXT = 9
_LONGEST = 60
_REMEMBERED = 50_000
_COMMUNITY = re.compile(r"(?:社区|居(?:民委员|委)会)$")
_VILLAGE = re.compile(r"(?:村|村(?:民委员|委)会|嘎查)$")
_TOWNSHIP = re.compile(r".+?(?:街道办事处|街道办|街道|镇人民政府|乡人民政府|镇|乡|苏木)$")
_WITH_TOWNSHIP = re.compile(r"(.+?(?:街道办事处|街道|镇|乡(?!镇)|苏木))(.{2,}(?:村|社区|会|嘎查|组))")
_GROUP = re.compile(r"(.+(?:村|社区|会))第?(?:[0-9]+|[一二三四五六七八九十]+)(?:村民小组|居民小组|小组|组|社|队)")
_BRACKETED = re.compile(r"(.+)[(\[【](.+)[)\]】]")
_Note = tuple[str, str, Mapping[str, object]]


@dataclass(frozen=True)
class Candidate:
    """A place that a text may mean.

    Attributes
    ----------
    code
        12 digits.
    certainty
        0 to 1; from `CERTAIN` on the place is taken. Of k places that fit equally each has at most 1 / k.
    why
        Key of `WHY`.
    """

    code: str
    certainty: float
    why: str


class Around(NamedTuple):
    """The township that the sheet suggests for a row that names none.

    Attributes
    ----------
    code
        12 digits, "" if nothing suggests one.
    sure
        Whether a caption, the title or the name of the sheet says so, not only the rows beside it.
    """

    code: str
    sure: bool


NOWHERE = Around("", sure=False)


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

    @cached_property
    def names(self) -> PlaceNames:
        """The names, ready to be looked up."""
        return place_names(self.frame)

    @cached_property
    def former(self) -> dict[str, list[tuple[str, str]]]:
        """Stem of a former name → (township at the time, code now)."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name, township, code in former_names(self.county).itertuples(index=False):
            if code in self.level:
                found[stem(name, self.level[code])].append((clean_name(township), code))
        return found

    @cached_property
    def other_codes(self) -> dict[str, str]:
        """Code of a township in the register of civil affairs → its code here."""
        table = crosswalk()
        own = table[(table["county_code"] == self.county) & table["nbs2023_code"].isin(self.frame["code"])]
        return dict(zip(own["mca2026_code"], own["nbs2023_code"], strict=True))

    @cached_property
    def stems(self) -> dict[str, str]:
        """Code → short name without what its level adds."""
        return {code: stem(short, self.level[code]) for code, short in self.short.items()}

    @cached_property
    def by_character(self) -> dict[str, list[str]]:
        """Character → codes of the places whose stem has it; a misspelt name shares some with the right one."""
        found: dict[str, list[str]] = defaultdict(list)
        for code, form in self.stems.items():
            for char in set(form):
                found[char].append(code)
        return found

    @cached_property
    def found(self) -> dict[tuple[str, str, str], list[Candidate]]:
        """What `find_place` found before."""
        return {}

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
        return code in self.names.match(clean_name(name), self.parent[code], "village")


def register(county_code: str | None) -> Register | None:
    """Return the register of a county, None if there is none."""
    return _register(county_code[:6]) if county_code else None


@cache
def _register(county: str) -> Register | None:
    try:
        return Register(county, regions(county))
    except KeyError:
        return None


# -- several places in one cell ----------------------------------------------------------------------------------------

_PLACE_END = r"(?:村|社区|镇|乡|街道|居委会|村委会|村民委员会|居民委员会|嘎查|苏木|组)"
# 和 and 及 also stand in names: they part places only after one has ended and where another one follows.
_PARTED = re.compile(r"[、,;/\n]+|(?<=[村区镇乡道会])(?:以?及|与|和(?![平睦谐合顺兴美]))(?=..)")
_BLANKS = re.compile(rf"(?:\S+{_PLACE_END}\s+)+\S+{_PLACE_END}")
_COUNTED = re.compile(r"(.+?)(?:等)?([二两三四五六七八九十百]+|[0-9]+)个?(村|社区|乡镇|镇|乡|街道)$")
_AND_SO_ON = re.compile(r"(?<=.)等(?:(?:[二两三四五六七八九十]+|[0-9]+)个?)?(?:地|处|村|乡镇|镇)?$")
_VILLAGES_IN_BRACKETS = re.compile(rf"(.+?(?:街道|镇|乡|苏木))[(](.+{_PLACE_END})[)]")


def split_places(text: str) -> list[str]:
    """Return the places named in one cell, in order.

    `A村、B村` are two; in `A、B、C三村` the last word is said of each; in `A镇B村、C村` the township is C村's too. A
    text that names one place comes back as it is; only a list of places is parted at blanks.
    """
    half = unicodedata.normalize("NFKC", text).strip()
    bracketed = _VILLAGES_IN_BRACKETS.fullmatch(half)
    if bracketed:
        return [f"{bracketed[1]}{piece}" for piece in split_places(bracketed[2])]
    if _BLANKS.fullmatch(half):
        half = re.sub(r"\s+", "、", half)
    pieces = [piece.strip() for piece in _parted(half)]
    pieces = [piece for piece in pieces if piece]
    if len(pieces) < 2:
        return pieces
    counted = _COUNTED.fullmatch(pieces[-1])
    if counted and _count(counted[2]) == len(pieces):
        ended = re.compile(rf"{_PLACE_END}$")
        pieces[-1] = counted[1]
        pieces = [piece if ended.search(piece) else f"{piece}{counted[3]}" for piece in pieces]
    pieces[-1] = _AND_SO_ON.sub("", pieces[-1])
    return _with_township(pieces)


def _parted(text: str) -> list[str]:
    """Part a list where nothing is open: brackets keep together what they hold."""
    closed = re.sub(r"[(\[【][^)\]】]*[)\]】]", lambda match: "\0" * len(match[0]), text)
    pieces, start = [], 0
    for match in _PARTED.finditer(closed):
        pieces.append(text[start : match.start()])
        start = match.end()
    return [*pieces, text[start:]]


def _count(text: str) -> int:
    return int(text) if text.isascii() else int(chinese(text) or 0)


def _with_township(pieces: list[str]) -> list[str]:
    """Give villages the township that one before them names."""
    township, found = "", []
    for piece in pieces:
        joined = _WITH_TOWNSHIP.fullmatch(piece)
        if joined:
            township = joined[1]
        elif _TOWNSHIP.fullmatch(piece):
            township = ""
        found.append(f"{township}{piece}" if township and not joined else piece)
    return found


# -- one place ---------------------------------------------------------------------------------------------------------


def find_place(text: str, known: Register, wanted: str, township: str = "") -> list[Candidate]:
    """Return the places a text may mean, the most certain first.

    Parameters
    ----------
    text
        A name as people write it, or a code of 6, 9 or 12 digits.
    known
        The county's register.
    wanted
        village, township, county or place. A place of another level is a candidate only where the text clearly means
        it (`township_named`, `other_level`).
    township
        Name or code of the township in the same row.

    Returns
    -------
    list of Candidate
        At most five, none for a text that resembles nothing. Only the first can reach `CERTAIN`.
    """
    key = (text, wanted, township)
    if key not in known.found:
        if len(known.found) > _REMEMBERED:
            known.found.clear()
        found = _find_code(text, known, wanted, township)
        known.found[key] = _ranked(_find_name(text, known, wanted, township) if found is None else found)
    return known.found[key]


def find_around(text: str, known: Register, wanted: str, township: str, around: Around) -> list[Candidate]:
    """Return the places a text may mean, as `find_place` does; those of the township around it come first.

    They are more certain for it only where that township is sure, and never enough to be taken: `平塬村` below the
    caption 姜家镇 is most likely its 平原村, but another village may be meant.
    """
    found = find_place(text, known, wanted, township)
    if not around.code or township or (found and found[0].certainty >= CERTAIN):
        return found
    before = {candidate.code: candidate for candidate in found}
    least = found[-1].certainty if found else 0.0
    here = []
    for near in find_place(text, known, wanted, around.code):
        if known.parent[near.code] == around.code and (near.why in _SLIPS or near.certainty >= CERTAIN):
            first = before.get(near.code, Candidate(near.code, least, near.why))
            sure = near.certainty if around.sure else first.certainty
            here.append(Candidate(near.code, min(sure, _SUGGESTED), first.why))
    codes = {candidate.code for candidate in here}
    return [*here, *(candidate for candidate in found if candidate.code not in codes)][:_OFFERED]


def _ranked(found: Iterable[Candidate]) -> list[Candidate]:
    best: dict[str, Candidate] = {}
    for candidate in found:
        if candidate.code not in best or best[candidate.code].certainty < candidate.certainty:
            best[candidate.code] = candidate
    rivals = [c for c in best.values() if c.certainty >= CERTAIN]
    if len(rivals) > 1:
        best |= {c.code: Candidate(c.code, round(1 / len(rivals), 3), c.why) for c in rivals}
    # Equally certain ones stay in the order they were found: the nearest code first.
    return sorted(best.values(), key=lambda candidate: -candidate.certainty)[:_OFFERED]


def _equal(codes: Sequence[str], certainty: float, why: str) -> list[Candidate]:
    """Return places that fit equally well: none is more certain than its share."""
    if len(codes) > 1 and certainty >= CERTAIN:
        why = "same_name"
    share = min(certainty, round(1 / max(len(codes), 1), 3))
    return [Candidate(code, share, why) for code in codes]


def _find_code(text: str, known: Register, wanted: str, township: str) -> list[Candidate] | None:
    """Return the places a code may mean; None if the text is no code."""
    code = normalise_code(text)
    if code is None:
        return None
    if code[:6] != known.county:
        return []
    levels = _WANTED[wanted][0]
    elsewhere = known.other_codes.get(code)
    level = known.level.get(code)
    if level is not None:
        here = Candidate(code, 1.0, "exact") if level in levels else Candidate(code, 0.9, "other_level")
        named = _resolve(township, known)[0] if elsewhere and elsewhere != code and township != text else None
        if named == [elsewhere] and elsewhere and level in levels:
            # The two registers give one number to two townships; the name beside it says which is meant.
            return [Candidate(elsewhere, 0.95, "other_register"), Candidate(code, 0.5, "exact")]
        return [here]
    if elsewhere is not None:
        return [Candidate(elsewhere, 0.95 if "township" in levels else 0.9, "other_register")]
    moved = known.other_codes.get(f"{code[:9]}000", "")[:9] + code[9:]
    found = [Candidate(moved, 0.6, "other_register")] if moved in known.level else []
    alike = ((sum(map(str.__eq__, code, other)), other) for other, is_ in known.level.items() if is_ in levels)
    near = sorted((-same, abs(int(other) - int(code)), other) for same, other in alike if same >= len(code) - 3)[:3]
    return [*found, *(Candidate(other, round(0.3 * -same / len(code), 3), "similar_code") for same, _, other in near)]


def _resolve(township: str, known: Register) -> tuple[list[str] | None, list[str]]:
    """Return the township that is meant for certain (None: none is given, or the county), and those it may be."""
    county = find_place(township, known, "county") if township else []
    if not township or any(c.certainty >= CERTAIN and known.level[c.code] == "county" for c in county):
        return None, []
    found = find_place(township, known, "township")
    if found and found[0].certainty >= CERTAIN:
        return [found[0].code], []
    return [], [candidate.code for candidate in found]


def _find_name(text: str, known: Register, wanted: str, township: str) -> list[Candidate]:
    clean = simplified(clean_name(unmarked(text)))
    if not clean or len(clean) > _LONGEST:
        return []
    within = wanted == "village" or (wanted == "place" and text != township)
    towns, maybe = _resolve(township, known) if township and within else (None, [])
    found = _matched(clean, known, wanted, towns, maybe)
    if not found or found[0].certainty < CERTAIN:
        found += _formerly(clean, known, wanted, towns)
    if wanted == "village":
        found += _township_named(clean, known)
    if not any(candidate.certainty >= CERTAIN for candidate in found):
        found += _in_parts(clean, known, wanted, township)
    if not any(candidate.certainty >= CERTAIN for candidate in found):
        found += _alike(clean, known, wanted, towns or maybe or None)
    return found


def _matched(clean: str, known: Register, wanted: str, towns: list[str] | None, maybe: list[str]) -> list[Candidate]:
    """Return the places of this name, suffixes and townships written as they come."""
    levels, level = _WANTED[wanted][0], None if wanted == "place" else wanted

    def match(township: str | None) -> list[str]:
        codes = [c for c in known.names.match(clean, township, level) if known.level[c] in levels]
        # 其龙村委会 is the village, not the community of that name.
        same = [c for c in codes if not _other_kind(clean, known.short[c])]
        return same or codes

    if towns:
        codes = match(towns[0])
        if codes:
            return _equal(codes, *_how(clean, codes[0], known))
        elsewhere = [c for c in match(None) if known.parent.get(c) != towns[0]]
        return _equal(elsewhere, 0.6, "other_township")
    codes = match(None)
    if towns is None:
        return _equal(codes, *_how(clean, codes[0], known)) if codes else []
    # A township is given that is not known: its name misspelt beside a right village is still sure.
    near = [c for c in codes if known.parent[c] in maybe]
    return _equal(near, 0.9, _how(clean, near[0], known)[1]) if near else _equal(codes, 0.7, "township_unknown")


def _other_kind(clean: str, short: str) -> bool:
    """Whether a name says village and the register community, or the other way round."""
    written, listed = (
        "c" if _COMMUNITY.search(name) else "v" if _VILLAGE.search(name) else "" for name in (clean, short)
    )
    return bool(written and listed and written != listed)


def _how(clean: str, code: str, known: Register) -> tuple[float, str]:
    """Return how certain it is that a name found is this place, and why."""
    if clean in {known.name[code], known.short[code]}:
        return 1.0, "exact"
    level = known.level[code]
    if _other_kind(clean, known.short[code]) and level == "village":
        return 0.9, "other_suffix"
    return 0.97, "suffix" if stem(clean, level) == known.stems[code] or clean == known.stems[code] else "joined"


def _formerly(clean: str, known: Register, wanted: str, towns: list[str] | None) -> list[Candidate]:
    """Return the places that once had this name."""
    before, rest = known.names.split(clean)
    found = set()
    for level in _WANTED[wanted][0]:
        for form, given in ((clean, towns), (rest, [before] if before else towns)):
            for township, code in known.former.get(stem(form, level), ()):
                names = {stem(known.short[town], "township") for town in given or ()}
                if known.level[code] == level and (not township or not names or stem(township, "township") in names):
                    found.add(code)
    return _equal(sorted(found), 0.95, "former_name")


def _township_named(clean: str, known: Register) -> list[Candidate]:
    """Return the township that stands where a village should: a project of the whole township."""
    codes = known.names.match(clean, None, "township")
    return _equal(codes, 0.9 if _TOWNSHIP.fullmatch(clean) else 0.6, "township_named")


def _in_parts(clean: str, known: Register, wanted: str, township: str) -> list[Candidate]:
    """Look for a name without its brackets, and for one whose township is misspelt."""
    bracketed = _BRACKETED.fullmatch(clean)
    if bracketed:
        inner = bracketed[2] if not township and _TOWNSHIP.fullmatch(bracketed[2]) else township
        return [
            Candidate(c.code, min(c.certainty, 0.95), c.why) for c in _find_name(bracketed[1], known, wanted, inner)
        ]
    group = _GROUP.fullmatch(clean)
    if group:
        found = _find_name(group[1], known, wanted, township)
        return [Candidate(c.code, min(c.certainty, 0.95), "group_of_it") for c in found if c.certainty >= CERTAIN]
    joined = _WITH_TOWNSHIP.fullmatch(clean)
    if joined and not township and wanted in {"village", "place"}:
        found = _find_name(joined[2], known, wanted, joined[1])
        return [Candidate(c.code, min(c.certainty, 0.9), c.why) for c in found if known.level[c.code] == "village"]
    return []


def _alike(clean: str, known: Register, wanted: str, towns: list[str] | None) -> list[Candidate]:
    """Return places with a similar name: a slip of the pen, a character that sounds alike."""
    before, rest = known.names.split(clean) if wanted in {"village", "place"} else (None, clean)
    within = [before] if before else towns
    levels = _WANTED[wanted][0]
    shared: Counter[str] = Counter()
    forms = {level: stem(rest, level) for level in levels}
    for char in set(rest):
        shared.update(known.by_character.get(char, ()))
    alike: dict[str, list[str]] = {"sounds_alike": [], "one_character": [], "one_more_or_less": []}
    similar: list[str] = []
    for code, count in sorted(shared.items(), key=lambda item: (-item[1], item[0])):
        level = known.level[code]
        if level not in levels or (within is not None and level == "village" and known.parent[code] not in within):
            continue
        form, other = forms[level], known.stems[code]
        if min(len(form), len(other)) < 2 or abs(len(form) - len(other)) > 2:
            continue
        why = _slip(form, other)
        if why:
            alike[why].append(code)
        elif count > 1 and len(similar) < _SIMILAR:
            similar.append(code)
    # Of a name of two characters one is half of it: only within a township that is known is this more than a chance.
    sure = 0.8 if within else 0.7 if min(map(len, forms.values())) > 2 else 0.5
    slips = [c for why, codes in alike.items() for c in _equal(sorted(codes), sure - 0.1 * (why in _WEAKER), why)]
    if alike["sounds_alike"]:
        slips = [c if c.why == "sounds_alike" else Candidate(c.code, c.certainty / 2, c.why) for c in slips]
    rated = ((SequenceMatcher(None, forms[known.level[code]], known.stems[code]).ratio(), code) for code in similar)
    near = [Candidate(code, round(0.5 * ratio, 3), "similar_name") for ratio, code in rated if ratio >= 0.5]
    return [*slips, *near]


def _slip(form: str, other: str) -> str | None:
    """Return what one slip of the pen made of a name, None if it takes more than one."""
    if len(form) != len(other):
        return "one_more_or_less" if abs(len(form) - len(other)) == 1 and _one_more(form, other) else None
    differ = [pair for pair in zip(form, other, strict=True) if pair[0] != pair[1]]
    if len(differ) != 1:
        return None
    return "sounds_alike" if _sound_alike(*differ[0]) else "one_character"


def _sound_alike(one: str, other: str) -> bool:
    """Whether two characters probably sound alike: GB 2312 has its common characters in the order of their sound."""
    try:
        at = [raw[0] * 94 + raw[1] for raw in (one.encode("gb2312"), other.encode("gb2312")) if len(raw) > 1]
    except UnicodeEncodeError:
        return False
    return len(at) == 2 and max(at) < _RARE and abs(at[0] - at[1]) <= _NEXT


def _one_more(one: str, other: str) -> bool:
    """Whether a name is another with one character more."""
    short, long = sorted((one, other), key=len)
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


# -- what is told ------------------------------------------------------------------------------------------------------


def candidates(found: list[str], found_en: list[str] | None = None) -> dict[str, object]:
    """Return the words of a sentence that offers candidates, or none."""
    return {
        "candidates": "、".join(found),
        "candidates_zh": f"是否为：{'、'.join(found)}？" if found else "",
        "candidates_en": f"Perhaps {', '.join(found_en or found)}? " if found else "",
    }


def _offered(found: Sequence[Candidate], known: Register) -> dict[str, object]:
    """Return the words that offer ranked candidates, each with its reason and certainty."""
    zh, en = [], []
    for found_one in found:
        # That a code has most digits in common needs no words, and says little.
        why = WHY[found_one.why] if found_one.why != "similar_code" else None
        full, sure = known.full(found_one.code), f"{found_one.certainty:.0%}"
        zh.append(f"{full}（{why[0]}，把握 {sure}）" if why else full)
        en.append(f"{full} ({why[1]}, {sure} sure)" if why else full)
    return candidates(zh, en)


def several_places(text: str, known: Register, wanted: str, township: str = "") -> list[tuple[str, str | None]]:
    """Return the places that a cell lists, each with its code if that is certain; none for a cell of one place.

    A text of which no part is a place of this county is no list of places.
    """
    parts = split_places(text)
    if len(parts) < 2:
        return []
    # In a column of townships the cell itself is what the row says of them.
    found = [find_place(part, known, wanted, "" if township == text else township) for part in parts]
    codes = [some[0].code if some and some[0].certainty >= CERTAIN else None for some in found]
    return list(zip(parts, codes, strict=True)) if any(codes) else []


def _several(text: str, known: Register, wanted: str, township: str) -> dict[str, object]:
    """Return the words that list the places of a cell, or none."""
    listed = several_places(text, known, wanted, township)
    said = [known.full(code) if code else f"{part}（？）" for part, code in listed]
    return {"count": len(said), "places": "、".join(said)} if said else {}


def lies_elsewhere(text: str, code: str, township: str, known: Register) -> bool:
    """Whether a name is that of a village in another township than the one given, which it does not name itself."""
    if known.level.get(code) != "village" or not township or known.parent[code] == township:
        return False
    own = stem(known.short[known.parent[code]], "township")
    return normalise_code(text) is None and own not in text


def read_place(
    text: str, wanted: str, known: Register | None, township: str = "", around: Around = NOWHERE
) -> tuple[str | None, _Note | None]:
    """Return the 12-digit code that a cell means, and what is to be told.

    A candidate of `find_place` is taken only from `CERTAIN` on, and told unless the code was written in full.

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
    around
        The township that the sheet suggests for the row: of the places offered, those in it come first. If it is sure,
        a village of another township is not taken.
    """
    code = normalise_code(text)
    if known is None:
        written = unicodedata.normalize("NFKC", text).strip()
        return code or text, None if code in {None, written} else ("code_completed", code or "", {})
    if code is not None and code[:6] != known.county:
        owner = next((c for c in counties() if c.code == code[:6]), None)
        words = {"owner_zh": f"，是{owner.name_zh}的" if owner else "", "county": known.county}
        return code, ("other_county", "", words | {"owner_en": f" but to {owner.name_en}" if owner else ""})
    found = find_around(text, known, wanted, township, around)
    best = found[0] if found else None
    if best is None or best.certainty < CERTAIN:
        if several := _several(text, known, wanted, township):
            return None, ("several_places", "", several)
        if best is not None and best.why == "same_name":
            alike = [c.code for c in found if c.why == "same_name"]
            return None, ("ambiguous_place", "", candidates([known.full(c) for c in alike]))
        return code, ("unknown_place", "", _offered(found[:3], known))
    if around.sure and not township and lies_elsewhere(text, best.code, around.code, known):
        return None, ("place_elsewhere", "", {"found": known.full(best.code), "named": known.short[around.code]})
    levels, zh, en = _WANTED[wanted]
    level = known.level[best.code]
    if level not in levels:
        words = {"level_zh": LEVEL_NAMES[level][0], "level_en": LEVEL_NAMES[level][1], "wanted_zh": zh, "wanted_en": en}
        return code, ("wrong_level", "", words)
    if best.code != code:
        return best.code, (_TOLD.get(best.why, "place_by_name"), known.full(best.code), {})
    written = unicodedata.normalize("NFKC", text).strip()
    return code, None if written == code else ("code_completed", code, {})
