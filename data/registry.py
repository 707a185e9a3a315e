"""The registry of counties: who has an address, which plans they follow, where their status bands lie."""

import os
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from data.access.model import roles
from data.home import own
from data.plan_model import AREAS

SHIPPED = Path(__file__).with_name("counties.yaml")
TOWNSHIPS = "townships"
"""Who owes a table that every township reports for itself."""


_HERE = "XIANJIE_COUNTIES"


class Bands(BaseModel):
    """Lower edges of the status bands, in percentage points; a gap equal to an edge is in the better band."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slightly_behind: float = Field(-5, le=0)
    behind: float = Field(-10, le=0)

    def status(self, gap: float) -> str:
        """Return the status of a gap in percentage points, as `data.progress` does for what is due and not reached."""
        gap += 1e-9  # an edge is no hair below itself
        if gap >= 0:
            return "on_schedule"
        return "slightly_behind" if gap >= self.slightly_behind else "behind" if gap >= self.behind else "far_behind"


class Ranking(BaseModel):
    """How places are ranked by their whole plan (晾晒): what areas weigh, who is ranked, how many are named.

    Attributes
    ----------
    weights : weight by action area; areas not named do not count. Empty: every judged indicator counts alike.
    minimum, minimum_in_area : judged indicators from which a place is ranked, in all areas together and in one.
    red, black : how many places are named up and down.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: dict[str, float] = {}
    minimum: int = Field(5, ge=1)
    minimum_in_area: int = Field(2, ge=1)
    red: int = Field(3, ge=0, le=10)
    black: int = Field(3, ge=0, le=10)

    @field_validator("weights")
    @classmethod
    def _known_and_positive(cls, weights: dict[str, float]) -> dict[str, float]:
        if unknown := sorted(weights.keys() - set(AREAS)):
            raise ValueError(f"没有板块 no area {', '.join(unknown)}; 可用 known: {', '.join(AREAS)}")
        if wrong := sorted(area for area, weight in weights.items() if not 0 < weight < float("inf")):
            raise ValueError(f"权重须大于 0，不计的板块不写 weigh more than 0, or leave out: {', '.join(wrong)}")
        return weights

    def __hash__(self) -> int:  # a county is a key of caches; weights are a dictionary
        return hash(self.model_dump_json())

    def least(self, area: str | None) -> int:
        """Return from how many judged indicators a place is ranked by an area, or by all of them (None)."""
        return self.minimum_in_area if area else self.minimum


class Owed(BaseModel):
    """Tables that a plan's reporting rule asks for, and of whom.

    Attributes
    ----------
    rule
        Id of a reporting rule of one of the county's plans.
    tables
        Upload table ids.
    by
        `townships`, or the name of the office that answers for the whole county.
    townships
        Codes (twelve digits) of those that owe it, where not all do.
    months_after
        Months between the period and its due day: 0 = a report of May is due in May, 1 = in June.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    tables: tuple[str, ...] = Field(min_length=1)
    by: str = TOWNSHIPS
    townships: tuple[str, ...] = ()
    months_after: int = Field(0, ge=0, le=3)


class Admission(BaseModel):
    """Whom a county lets see what, beyond the roles it gives to its members.

    Attributes
    ----------
    anonymous : whether its figures are shown to those who have no role there.
    persons : roles that see masked lists of households and persons.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    anonymous: bool = False
    persons: tuple[str, ...] = ()

    @field_validator("persons")
    @classmethod
    def _given(cls, persons: tuple[str, ...]) -> tuple[str, ...]:
        known = [name for name, role in roles().roles.items() if role.given]
        if unknown := sorted(set(persons) - set(known)):
            raise ValueError(f"没有角色 no role {', '.join(unknown)}; 可用 known: {', '.join(known)}")
        return persons


class County(BaseModel):
    """One tenant: an address (`slug`), a six-digit code and the plans followed there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    code: str = Field(pattern=r"^\d{6}$")
    name_zh: str
    name_en: str
    plans: tuple[str, ...] = Field(min_length=1)
    bands: Bands = Bands()
    ranking: Ranking = Ranking()
    access: Admission = Admission()
    issuer: str = Field("", pattern=r"^(\S(.*\S)?)?$", max_length=60)
    offices: tuple[str, ...] = ()
    reporting: tuple[Owed, ...] = ()

    def name(self, lang: str) -> str:
        """Return the county's name in `lang`."""
        return self.name_zh if lang == "zh" else self.name_en


class Group(BaseModel):
    """Counties that are looked at together, as those of a city."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    name_zh: str
    name_en: str
    counties: tuple[str, ...] = Field(min_length=1)

    def name(self, lang: str) -> str:
        """Return the group's name in `lang`."""
        return self.name_zh if lang == "zh" else self.name_en


class RegistryError(ValueError):
    """A registry that cannot be used; says all that is wrong with it."""


class _Registry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    counties: list[County]
    groups: list[Group] = []


@cache
def counties() -> tuple[County, ...]:
    """Return all counties in the order of the registry file: `counties.yaml` in `XIANJIE_HOME`, else the program's."""
    return _registry()[0]


@cache
def groups() -> tuple[Group, ...]:
    """Return the groups of counties in the order of the registry file."""
    return _registry()[1]


def _registry() -> tuple[tuple[County, ...], tuple[Group, ...]]:
    file = own("counties.yaml", SHIPPED)
    return read_whole(file.read_text("utf-8"), str(SHIPPED.name if file == SHIPPED else file))


def read(text: str, name: str = SHIPPED.name) -> tuple[County, ...]:
    """Return the counties of a registry; see `read_whole`."""
    return read_whole(text, name)[0]


def read_whole(text: str, name: str = SHIPPED.name) -> tuple[tuple[County, ...], tuple[Group, ...]]:
    """Read a registry: its counties, and its groups of them.

    Parameters
    ----------
    name
        Of its file, for messages.

    Raises
    ------
    RegistryError
        One line for each thing that is wrong, with the county and the setting it stands in.
    """
    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        raise RegistryError(f"{name}: {problem}") from None
    try:
        whole = _Registry.model_validate(raw)
    except ValidationError as problem:
        lines = [f"{name}: {_where(raw, error['loc'])}: {error['msg']}" for error in problem.errors()]
        raise RegistryError("\n".join(lines)) from None
    found, grouped = tuple(whole.counties), tuple(whole.groups)
    for field in ("slug", "code"):
        times = Counter(getattr(county, field) for county in found)
        if again := [value for value, count in times.items() if count > 1]:
            raise RegistryError(f"{name}: {field} 重复 is there twice: {', '.join(again)}")
    if again := [slug for slug, count in Counter(group.slug for group in grouped).items() if count > 1]:
        raise RegistryError(f"{name}: groups: slug 重复 is there twice: {', '.join(again)}")
    known = {county.slug for county in found}
    for group in grouped:
        if unknown := sorted(set(group.counties) - known):
            raise RegistryError(f"{name}: groups › {group.slug}: 没有县区 no county {', '.join(unknown)}")
    return found, grouped


def _where(raw: Any, path: tuple[int | str, ...]) -> str:
    """Return a place in the file as a person finds it: by the county's slug rather than by its number."""
    if len(path) > 1 and path[0] == "counties" and isinstance(path[1], int):
        entry = raw["counties"][path[1]]
        slug = entry.get("slug") if isinstance(entry, dict) else None
        path = (str(slug or f"{path[1] + 1}."), *path[2:])
    return " › ".join(map(str, path))


def county(slug_or_code: str) -> County:
    """Find a county by its slug (`banan`) or its code (`500113`, longer codes are cut).

    Raises
    ------
    KeyError
        No such county; the message lists those there are.
    """
    for entry in counties():
        if slug_or_code == entry.slug or slug_or_code[:6] == entry.code:
            return entry
    known = ", ".join(f"{entry.slug} ({entry.code})" for entry in counties())
    raise KeyError(f"没有县区 no county '{slug_or_code}'; 可用 known: {known}")


def here() -> tuple[County, ...]:
    """Return the counties this process looks after: those of `XIANJIE_COUNTIES`, without it all.

    A proxy spreads counties over processes; each would otherwise hold, and compute, what only the other shows. Whatever
    county is asked for is served all the same.

    Raises
    ------
    RegistryError
        No such county.
    """
    named = os.environ.get(_HERE, "").replace(",", " ").split()
    try:
        return tuple(dict.fromkeys(map(county, named))) or counties()
    except KeyError as error:
        raise RegistryError(f"{_HERE}: {error.args[0]}") from None
