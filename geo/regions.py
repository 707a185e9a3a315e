"""Counties, townships and villages with their 12-digit statistical codes, and finding them by code or by name."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

import pandas as pd

from data.home import own
from geo import village_list

FOLDER = Path(__file__).with_name("regions")
COLUMNS = ("code", "name", "level", "parent", "kind", "short_name", "lon", "lat", "unit_type")
LEVELS = ("county", "township", "village")

_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|"
    "布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各|民"
)
_SUFFIX = {
    "county": re.compile(rf"(?<=..)(?:(?:{_PEOPLES})族)*(?:自治县|自治旗|县|区|市|旗)$"),
    "township": re.compile(
        rf"(?<=.)(?:街道办事处|街道办|街道|镇人民政府|乡人民政府|(?:(?:{_PEOPLES})族)+乡|镇|乡|苏木)$"
    ),
    "village": re.compile(r"(?<=.)(?:(?:社区)?居(?:民委员|委)会|村?村(?:民委员|委)会|行政村|嘎查|社区|村)$"),
}
_BLANK = re.compile(r"[\s·•・]+")
_CODE = re.compile(r"[1-8]\d{5}(?:\d{3}){0,2}")


@cache
def regions(county_code: str) -> pd.DataFrame:
    """Return one county, its townships and its villages.

    Parameters
    ----------
    county_code
        Six digits; longer codes are cut.

    Returns
    -------
    DataFrame
        One row per region, sorted by code: code, name, level (county, township, village), parent, kind (as the
        statistics bureau classes it: 镇, 乡, 街道, 村委会, 居委会 ...), short_name (as people say it), lon, lat
        (degrees, EPSG:4490; NaN where unknown), unit_type (village or community; NaN above the village).
        Cached and shared: do not change it in place.

    Raises
    ------
    KeyError
        There is no list of this county's villages, neither its own (`regions/<code>.csv` in `XIANJIE_HOME`) nor ours.
    VillageListError
        Its own list has mistakes.
    """
    code = county_code[:6]
    if code != county_code:
        return regions(code)
    file = list_of(code)
    if not re.fullmatch(r"\d{6}", code) or not file.exists():
        raise KeyError(f"{code} 没有村庄名录 no village list: put regions/{code}.csv into XIANJIE_HOME")
    frame = village_list.read(file).rename(columns={"parent_code": "parent"})
    frame[["lon", "lat"]] = frame[["lon", "lat"]].astype("float64")
    frame["unit_type"] = frame["kind"].map({"村委会": "village", "居委会": "community"})
    return frame.sort_values("code", ignore_index=True)[list(COLUMNS)]


def list_of(code: str) -> Path:
    """Return the file of a county's places, whether it is there or not: its own, else the program's."""
    return own(f"regions/{code}.csv", FOLDER / f"{code}.csv")


@cache
def scope(top_region: str) -> pd.DataFrame:
    """Return a region and everything below it, in the form of `regions`.

    Parameters
    ----------
    top_region
        12 digits; for a township (扶欢镇, 500110120000) the town and its villages.

    Raises
    ------
    KeyError
        No such region in its county.
    """
    frame = regions(top_region[:6])
    top = frame["code"] == top_region
    if not top.any():
        raise KeyError(f"no region {top_region} in county {top_region[:6]}")
    child = frame["parent"] == top_region
    grandchild = frame["parent"].isin(frame.loc[child, "code"])
    return frame[top | child | grandchild].reset_index(drop=True)


@cache
def crosswalk() -> pd.DataFrame:
    """Return statistics bureau against civil affairs township codes: county_code, name, nbs2023_code, mca2026_code.

    The two registers give the same number to different townships, so a code alone never proves a match.
    """
    frame = pd.read_csv(FOLDER / "township_code_crosswalk.csv", dtype="str", encoding="utf-8")
    return frame[["county_code", "name", "nbs2023_code", "mca2026_code"]]


@cache
def former_names(county_code: str) -> pd.DataFrame:
    """Return the names that a county's places had before they were renamed or merged.

    Read from `regions/former/<code>.csv` if the county keeps one, with the columns former_name, township (its name at
    the time; blank if nobody needs it to tell the place apart) and code (12 digits, of the place it is part of now).

    Returns
    -------
    DataFrame
        Columns former_name, township, code, all text; no rows without such a file. Cached and shared.
    """
    columns = ["former_name", "township", "code"]
    name = f"former/{county_code[:6]}.csv"
    file = own(f"regions/{name}", FOLDER / name)
    if not re.fullmatch(r"\d{6}", county_code[:6]) or not file.exists():
        return pd.DataFrame(columns=columns, dtype="str")
    return pd.read_csv(file, dtype="str", encoding="utf-8-sig", keep_default_na=False)[columns]


def normalise_code(code: object) -> str | None:
    """Return a place code as 12 digits, or None if it is none.

    6, 9 and 12 digits name the same place (trailing zeros are added), as text or as a spreadsheet's number.
    """
    if isinstance(code, float) and code.is_integer():
        code = int(code)
    if isinstance(code, bool) or not isinstance(code, (str, int)):
        return None
    text = unicodedata.normalize("NFKC", str(code)).strip().removesuffix(".0")
    return text.ljust(12, "0") if _CODE.fullmatch(text) else None


def clean_name(name: str) -> str:
    """Return a place name in half-width characters without blanks."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", name))


def stem(name: str, level: str) -> str:
    """Return a cleaned name without what its level adds: 崇恩村民委员会, 崇恩村 and 崇恩 are all 崇恩."""
    return _SUFFIX[level].sub("", clean_name(name), count=1)


def match_place(regions: pd.DataFrame, name: str, township: str | None = None, level: str | None = None) -> list[str]:
    """Find regions by a name as people write it.

    The first of these that finds any decides: the full or short name as written; the name without its suffix
    (崇恩 → 崇恩村, 戌街 → 戌街乡); the same stem under another suffix (a village that became a community).
    A name may begin with its county and township (巴南区姜家镇平原村).

    Parameters
    ----------
    regions
        As `regions` or `scope` return it.
    name
        What the file or plan says.
    township
        Name or code of the township the place is in; then only its villages are looked at.
    level
        Look at this level only. Without it and without `township`, a name shared by a township and villages
        means the township, as officials drop 镇 and 乡.

    Returns
    -------
    list of str
        Codes, sorted. More than one means the name is ambiguous; none, that it is unknown.
    """
    return place_names(regions).match(clean_name(name), township, level)


def place_names(regions: pd.DataFrame) -> "PlaceNames":
    """Return the names of regions as `regions` or `scope` give them, ready for many look-ups."""
    columns = [regions[column].tolist() for column in ("code", "name", "short_name", "level", "parent")]
    return _places(tuple(zip(*columns, strict=True)))


class PlaceNames:
    """The names of some regions, ready to be looked up."""

    def __init__(self, rows: Iterable[tuple[str, str, str, str, str]]) -> None:
        self.parent: dict[str, str] = {}
        self.names: dict[str, dict[str, str]] = {level: {} for level in LEVELS}
        self._exact: dict[str, dict[str, list[str]]] = {level: defaultdict(list) for level in LEVELS}
        self._stems: dict[str, dict[str, list[str]]] = {level: defaultdict(list) for level in LEVELS}
        for code, name, short_name, level, parent in rows:
            self.parent[code] = parent
            self.names[level][code] = name
            for form in {name, short_name}:
                self._exact[level][form].append(code)
            self._stems[level][stem(short_name, level)].append(code)
        # What a name may begin with, by its first two characters: full names of townships before shortened ones.
        self._starts: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for code, town in self.names["township"].items():
            self._starts[town[:2]].append((code, town))
        for short, codes in self._stems["township"].items():
            if len(short) > 1:
                self._starts[short[:2]] += [(code, short) for code in codes]

    def match(self, wanted: str, township: str | None, level: str | None) -> list[str]:
        """Find a cleaned name; see `match_place`."""
        if township is not None:
            code = normalise_code(township)
            towns = [code] if code else self.match(clean_name(township), None, "township")
            for town in towns:
                wanted = wanted.removeprefix(self.names["township"].get(town, "")) or wanted
            return self._search(wanted, ["village"], towns) if level in {None, "village"} else []
        found = self._search(wanted, [level] if level else LEVELS)
        if found:
            return found
        for county in self.names["county"].values():
            rest = wanted.partition(county)[2]
            if rest:
                return self.match(rest, None, level)
        start, rest = self.split(wanted)
        return self.match(rest, start, level) if start else []

    def split(self, wanted: str) -> tuple[str | None, str]:
        """Return the township a cleaned name begins with, None if with none, and the rest of the name.

        The township may lack its suffix where it keeps two characters (姜家平原村).
        """
        towns = [(code, start) for code, start in self._starts.get(wanted[:2], ()) if wanted.startswith(start)]
        for code, start in towns:
            rest = wanted.removeprefix(start)
            if rest and (start == self.names["township"][code] or self.match(rest, code, None)):
                return code, rest
        return None, wanted

    def _search(self, wanted: str, levels: Iterable[str], within: list[str] | None = None) -> list[str]:
        def kept(codes: Iterable[str]) -> list[str]:
            return sorted({code for code in codes if within is None or self.parent[code] in within})

        exact = kept(code for level in levels for code in self._exact[level].get(wanted, ()))
        if exact:
            return exact
        tries = [(level, wanted) for level in levels] + [(level, stem(wanted, level)) for level in levels]
        return next((found for level, form in tries if (found := kept(self._stems[level].get(form, ())))), [])


@lru_cache(maxsize=32)
def _places(rows: tuple[tuple[str, str, str, str, str], ...]) -> PlaceNames:
    return PlaceNames(rows)
