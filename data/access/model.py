"""Who somebody is, and what they may do in a county: the one answer that every read and every change asks for."""

import copyreg
import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

FILE = Path(__file__).with_name("roles.yaml")
ANONYMOUS = "anonymous"
PERSONS = "persons"

Townships = frozenset[str] | None
"""Codes of the townships that something is confined to; None = the whole county."""


def _unchanging(found: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(found)


# What somebody may do goes along to the process that works for them.
copyreg.pickle(MappingProxyType, lambda found: (_unchanging, (dict(found),)))


class Action(BaseModel):
    """Something there is to do, by name in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str
    en: str

    def name(self, lang: str) -> str:
        """Return the action's name in `lang`."""
        return self.zh if lang == "zh" else self.en


class Role(Action):
    """What somebody is in a county.

    Attributes
    ----------
    may : actions.
    townships : whether it is given for townships, and what it changes is confined to them.
    given : whether it can be given to a member.
    """

    may: tuple[str, ...]
    townships: bool = False
    given: bool = True


class Roles(BaseModel):
    """The file of roles."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    actions: dict[str, Action]
    roles: dict[str, Role]

    @model_validator(mode="after")
    def _known(self) -> "Roles":
        for name, role in self.roles.items():
            if unknown := sorted(set(role.may) - self.actions.keys()):
                raise ValueError(f"{name}: no action {', '.join(unknown)}")
        return self


@cache
def roles() -> Roles:
    """Return roles and actions."""
    return Roles.model_validate(yaml.safe_load(FILE.read_text("utf-8")))


@dataclass(frozen=True)
class User:
    """Somebody as whoever vouches for them names them.

    Attributes
    ----------
    id
        Unique for ever among those that `source` vouches for; "" = nobody signed in.
    name
        As it stands in the history.
    source
        `open` (nobody is asked), `oidc` (with the provider before the id), `proxy`, `shell` for the command line, or
        `server` for what the server does by itself.
    expires
        When what vouches for them ends; None = with the connection.
    claimed
        Roles that a gateway sent, by county slug; they count beside those the store holds.
    address
        From where they come, for the log.
    """

    id: str
    name: str
    source: Literal["open", "oidc", "proxy", "shell", "server"]
    expires: dt.datetime | None = None
    claimed: Mapping[str, tuple["Grant", ...]] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    address: str = field(default="", compare=False)

    @property
    def signed_in(self) -> bool:
        """Whether somebody vouches for them."""
        return bool(self.id)

    def expired(self, now: dt.datetime) -> bool:
        """Whether what vouches for them has ended."""
        return self.expires is not None and now >= self.expires


@dataclass(frozen=True)
class Grant:
    """A role given to a user in a county, for some townships (12-digit codes) where the role asks for them."""

    role: str
    townships: tuple[str, ...] = ()


class DeniedError(Exception):
    """Somebody may not do something; `action` is its id in the file of roles, `townships` those it was to reach."""

    def __init__(self, action: str, townships: Collection[str] = ()) -> None:
        self.action = action
        self.townships = tuple(sorted(townships))
        super().__init__(action)

    def words(self, lang: str) -> str:
        """Return what may not be done."""
        return roles().actions[self.action].name(lang)


@dataclass(frozen=True)
class Access:
    """What a user may do in a county: how far each action reaches."""

    user: User
    county_code: str
    reach: Mapping[str, Townships]

    def within(self, county_code: str) -> bool:
        """Whether it is about this county: an access opens one and no other."""
        return self.county_code == county_code

    def own(self, action: str) -> Townships:
        """Return the townships that an allowed action is confined to; None = it reaches the whole county."""
        return self.reach[action]

    def may(self, action: str, townships: Iterable[str] | None = ()) -> bool:
        """Whether an action is allowed in all of the townships given; None = in the whole county."""
        if action not in self.reach:
            return False
        own = self.reach[action]
        return own is None or (townships is not None and own.issuperset(townships))

    def need(self, action: str, townships: Collection[str] | None = ()) -> None:
        """Raise `DeniedError` unless an action is allowed in all of the townships given; None = in the whole county."""
        if not self.may(action, townships):
            raise DeniedError(action, townships or ())


def township_codes(places: Iterable[str]) -> frozenset[str] | None:
    """Return the 12-digit codes of a scope's places, as grants have them; None where it is not placed at all.

    A scope of the store has the first nine digits of townships, and `-` where its table has none.
    """
    found = frozenset(places)
    return None if "-" in found else frozenset(place.ljust(12, "0") for place in found)


def access(user: User, county_code: str, grants: Iterable[Grant], *, persons: Collection[str] = ()) -> Access:
    """Return what a user may do in a county.

    Parameters
    ----------
    grants
        The user's roles there. None at all: nothing is allowed.
    persons
        Roles that the county lets see masked lists of persons.
    """
    reach: dict[str, Townships] = {}
    for grant in grants:
        role = roles().roles[grant.role]
        own = frozenset(grant.townships) if role.townships else None
        for action in (*role.may, PERSONS) if grant.role in persons else role.may:
            before = reach.get(action, frozenset())
            reach[action] = None if own is None or before is None else before | own
    return Access(user, county_code, MappingProxyType(reach))


def everything(user: User, county_code: str) -> Access:
    """Return the access of those who are not asked: an open deployment, the command line, the server's own work."""
    allowed: dict[str, Townships] = dict.fromkeys(roles().actions)
    return Access(user, county_code, MappingProxyType(allowed))
