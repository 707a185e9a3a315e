"""A county's list of places as its staff can make it: codes and names; the rest follows from them."""

import re
from pathlib import Path

import pandas as pd

NEEDED = ("code", "name")
_CODE = re.compile(r"\d{12}")
# What villages are called in full, and as people say it; the first that fits.
_SPOKEN = (
    (re.compile(r"(?:社区)?居(?:民委员|委)会$"), "社区"),
    (re.compile(r"村?村(?:民委员|委)会$"), "村"),
)
_COMMUNITY = re.compile(r"(?:居(?:民委员|委)会|社区)$")
_TOWNSHIP = re.compile(r"(街道|镇|乡)(?:办事处|办|人民政府)?$")


class VillageListError(ValueError):
    """A list that cannot be used; says every line that is wrong."""


def read(file: Path) -> pd.DataFrame:
    """Read a list of places.

    Parameters
    ----------
    file
        CSV in UTF-8, named by the county's six digits. Needs the columns code (12 digits) and name, with the county,
        its townships and its villages; level, parent_code, kind, short_name, lon and lat are made of them or left blank
        where the column is missing.

    Raises
    ------
    VillageListError
        Lines are wrong; all of them are said.
    """
    try:
        frame = pd.read_csv(file, dtype="str", encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise VillageListError(f"{file.name}: 不是 UTF-8，请另存为“CSV UTF-8” save it as CSV UTF-8") from None
    if missing := [name for name in NEEDED if name not in frame]:
        raise VillageListError(f"{file.name}: 缺少列 missing columns: {', '.join(missing)}")
    if wrong := list(_wrong(frame, file.stem)):
        raise VillageListError("\n".join(f"{file.name}:{line}: {reason}" for line, reason in wrong))
    level = frame["code"].map(_level)
    made = {
        "level": level,
        "parent_code": frame["code"].map(_parent),
        "kind": [_kind(name, at) for name, at in zip(frame["name"], level, strict=True)],
        "short_name": [_short(name, at) for name, at in zip(frame["name"], level, strict=True)],
        "lon": None,
        "lat": None,
    }
    rest = pd.DataFrame(made, index=frame.index)
    return frame.join(rest[[column for column in made if column not in frame]])


def _wrong(frame: pd.DataFrame, county: str) -> list[tuple[int, str]]:
    """Return what is wrong, by line of the file; the header is the first."""
    codes = set(frame["code"])
    found = []
    for line, (code, name, again) in enumerate(
        zip(frame["code"], frame["name"], frame["code"].duplicated(), strict=True), start=2
    ):
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            found.append((line, f"代码不是 12 位数字 not a code of 12 digits: {code}"))
        elif not code.startswith(county):
            found.append((line, f"代码 {code} 不属于 {county} the code is of another county"))
        elif again:
            found.append((line, f"代码 {code} 重复 the code is there already"))
        elif _level(code) != "county" and _parent(code) not in codes:
            found.append((line, f"没有上级 {_parent(code)} 的行 its parent is not in the list: {code}"))
        if not isinstance(name, str) or not name.strip():
            found.append((line, "没有名称 no name"))
    if f"{county}000000" not in codes:
        found.append((1, f"没有县级的行 {county}000000 the county itself is missing"))
    return found


def _level(code: str) -> str:
    return "county" if code.endswith("000000") else "township" if code.endswith("000") else "village"


def _parent(code: str) -> str:
    kept = {"county": code[:4], "township": code[:6], "village": code[:9]}[_level(code)]
    return kept.ljust(12, "0")


def _kind(name: str, level: str) -> str:
    if level == "village":
        return "居委会" if _COMMUNITY.search(name) else "村委会"
    found = _TOWNSHIP.search(name) if level == "township" else None
    return found[1] if found else name[-1]


def _short(name: str, level: str) -> str:
    if level == "village":
        for form, spoken in _SPOKEN:
            if form.search(name):
                return form.sub(spoken, name)
    return name
