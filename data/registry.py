"""The registry of counties: who has an address, which plans they follow, where their status bands lie."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

FILE = Path(__file__).with_name("counties.yaml")
TOWNSHIPS = "townships"
"""Who owes a table that every township reports for itself."""


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


class County(BaseModel):
    """One tenant: an address (`slug`), a six-digit code and the plans followed there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    code: str = Field(pattern=r"^\d{6}$")
    name_zh: str
    name_en: str
    plans: tuple[str, ...] = Field(min_length=1)
    bands: Bands = Bands()
    offices: tuple[str, ...] = ()
    reporting: tuple[Owed, ...] = ()

    def name(self, lang: str) -> str:
        """Return the county's name in `lang`."""
        return self.name_zh if lang == "zh" else self.name_en


class _Registry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    counties: list[County]


@cache
def counties() -> tuple[County, ...]:
    """Return all counties in the order of the registry file."""
    return tuple(_Registry.model_validate(yaml.safe_load(FILE.read_text("utf-8"))).counties)


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
