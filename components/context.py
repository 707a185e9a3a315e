"""What every page knows: county, plan, dates, language, mode. Made by the frame, read by pages."""

import datetime as dt
from collections.abc import Callable, Collection, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import pandas as pd
import streamlit as st

from components import formats
from components.html.progress import Label
from components.style import MEETING_SCALE
from data import loaders, places, plan_words
from data.explain import each_village
from data.language import Translator, translator
from data.plan import Indicator, Plan
from data.registry import Bands, County
from data.store import Snapshot

_KEY = "_context"
T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """One run's surroundings.

    Attributes
    ----------
    as_of, since
        The date up to which data counts and the earlier date it is compared with; None without data or a second date.
    since_at
        The meeting's snapshot that is compared with: `since` is its date, read as it was known then.
    known_at
        The version the run looks at, where it is not what is known now.
    township
        The township everything is narrowed to, or None for the whole plan; on the page of a village, the village.
    """

    county: County
    plan: Plan
    lang: str
    as_of: dt.date | None
    since: dt.date | None
    township: str | None
    meeting: bool
    sample: bool
    since_at: Snapshot | None = None
    known_at: int | None = None

    @property
    def _(self) -> Translator:
        """Translator of the run."""
        return translator(self.lang)

    def may(self, action: str, townships: Collection[str] | None = ()) -> bool:
        """Whether whoever is at the screen may do something in the county, or in townships of it (12-digit codes)."""
        return loaders.store().may(self.county.code, action, townships)

    @property
    def bands(self) -> Bands:
        """Edges of the county's status bands in force."""
        return loaders.bands(self.county.slug)

    @property
    def scale(self) -> float:
        """Factor for the letters of figures, which do not follow the page's font size."""
        return MEETING_SCALE if self.meeting else 1.0

    @property
    def region(self) -> str:
        """The region the page is about: the township chosen, else the plan's top."""
        return self.township or self.plan.top_region

    @property
    def areas(self) -> dict[str, str]:
        """Names of the plan's action areas, in the order they are shown."""
        return {area: self.area_name(area) for area in self.plan.areas}

    def at(self, region: str) -> "Context":
        """Return the same surroundings for another region of the plan, of whatever level."""
        return replace(self, township=None if region == self.plan.top_region else region)

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of regions by code."""
        return loaders.names(self.county.slug, self.plan.id)

    @cached_property
    def parents(self) -> dict[str, str]:
        """Code of the region each region lies in, by code."""
        return loaders.parents(self.county.slug, self.plan.id)

    @cached_property
    def regions(self) -> pd.DataFrame:
        """The plan's regions, top first."""
        return loaders.regions(self.county.slug, self.plan.id)

    @property
    def inside(self) -> frozenset[str] | None:
        """Codes of the township's villages; None where nothing is narrowed."""
        if self.township is None:
            return None
        frame = self.regions
        return self.built("inside", lambda: frozenset(frame.loc[frame["parent"] == self.township, "code"]))

    @property
    def lower_level(self) -> str:
        """The level the region is compared by: townships, or villages where there is one township only."""
        if self.township:
            return "village"
        return self.built("lower_level", lambda: places.lower_level(self.regions, self.plan))

    def before(self, since: dt.date) -> "Context":
        """Return the same surroundings at the comparison date, to be read within `then`."""
        return replace(self, as_of=since, since=None, since_at=None)

    def built(self, part: str, make: Callable[[], T], *more: Hashable) -> T:
        """Return a finished part of a page, made once for all sessions with the same surroundings (`loaders.built`).

        Parameters
        ----------
        part : its name, unique among all pages.
        make : makes it; it must not show anything, nor read a session's state.
        more : what it depends on beyond the context: indicator, filters, height.
        """
        around = (self.as_of, self.since, self.since_at, self.township, self.lang, self.meeting, self.sample)
        return loaders.built(self.county.slug, self.plan.id, (part, *around, *more), make)

    @property
    def since_version(self) -> int | None:
        """The version the comparison date is read at; None = the run's own."""
        return self.since_at.version if self.since_at else None

    def then(self) -> AbstractContextManager[None]:
        """Read, within the block, as it was known at the meeting that is compared with, if it is one."""
        return loaders.known_at(self.county.slug, self.since_version)

    @property
    def since_words(self) -> str:
        """Since when is compared: 自8月调度会（2023年8月31日）以来; nothing without a date to compare with."""
        if self.since is None:
            return ""
        day = formats.date(self.since, self._)
        if self.since_at is None:
            return self._("since {day}", day=day)
        return self._("since {meeting} ({day})", meeting=self.since_at.name, day=day)

    def progress(
        self, area: str | None = None, *, day: dt.date | None = None, region: str | None = None
    ) -> pd.DataFrame:
        """Return progress of the page's region, of one area or all, one row per indicator in plan order."""
        frame = loaders.at(self.county.slug, self.plan.id, day or self.need_date(), region or self.region)
        return frame if area is None else frame.loc[frame["area"] == area].reset_index(drop=True)

    def row(self, indicator: str, region: str | None = None) -> pd.Series | None:
        """Return progress of one indicator at the page's region, or another; None if nothing is known of it there."""

        def find() -> pd.Series | None:
            rows = self.progress(region=region)
            rows = rows.loc[rows["indicator"] == indicator]
            return None if rows.empty else rows.iloc[0]

        # To take one row out of a wide table costs more than all else that asks for it.
        return self.built("row", find, indicator, region)

    def compared(self, area: str | None = None) -> pd.DataFrame:
        """Return progress with what it was at the comparison date: status_before, gap_before, change since then."""
        now = self.progress(area)
        if self.since is None:
            return now.assign(status_before=None, gap_before=float("nan"), change=float("nan"))
        with self.then():
            before = self.progress(area, day=self.since)[["indicator", "status", "gap", "value"]]
        before = before.rename(columns={"status": "status_before", "gap": "gap_before", "value": "value_before"})
        both = now.merge(before, on="indicator", how="left")
        return both.assign(change=both["value"] - both["value_before"])

    def places_before(self, indicator: str, level: str | None = None) -> pd.DataFrame:
        """Return progress of one indicator at the comparison date, one row per region; ask only if there is one."""
        with self.then():
            return self.places(indicator, level, day=self.since)

    def places_compared(self, indicator: str) -> pd.DataFrame:
        """Return progress of one indicator, one row per region below the page's region, with the change since then."""
        now = self.places(indicator)
        if self.since is None:
            return now.assign(change=float("nan"))
        before = self.places_before(indicator).set_index("region")["value"]
        return now.assign(change=now["value"] - now["region"].map(before))

    def places(self, indicator: str, level: str | None = None, *, day: dt.date | None = None) -> pd.DataFrame:
        """Return progress of one indicator, one row per region below the page's region."""
        frame = loaders.for_indicator(self.county.slug, self.plan.id, day or self.need_date(), indicator, level)
        if self.inside is not None:
            frame = frame.loc[frame["region"].isin(self.inside)].reset_index(drop=True)
        return frame

    def summary(self, table: str, work: Callable[..., T]) -> T:
        """Return what a function of `data.summaries` says of a table at the page's date and region."""
        return loaders.summary(self.county.slug, self.plan.id, table, work, self.need_date(), self.township)

    def need_date(self) -> dt.date:
        """Return the as-of date; pages ask only after `need_data`."""
        if self.as_of is None:
            raise LookupError(f"county {self.county.slug} has no data yet")
        return self.as_of

    def area_name(self, area: str) -> str:
        """Return an action area's name in the run's language."""
        return plan_words.area_name(area, self._)

    def in_force(self, indicator: Indicator) -> Indicator:
        """Return an indicator with the target that holds at the page's date; without data the plan's own."""
        return indicator if self.as_of is None else indicator.in_force(self.as_of)

    @cached_property
    def labels(self) -> dict[str, Label]:
        """Name, area and lead office of each indicator, for tables."""

        def label(indicator: Indicator) -> Label:
            each = each_village(self.in_force(indicator), self._)
            return Label(indicator.name(self.lang), self.area_name(indicator.area), self.office(indicator), each)

        return self.built("labels", lambda: {i.id: label(i) for i in self.plan.indicators})

    @cached_property
    def place_labels(self) -> dict[str, Label]:
        """Name of each region with its township, for tables."""
        return self.built("place labels", self._place_labels)

    def _place_labels(self) -> dict[str, Label]:
        frame, parents = self.regions, self.parents
        levels = dict(zip(frame["code"], frame["level"], strict=True))
        return {
            code: Label(name, self.names.get(parents[code], "") if levels[code] == "village" else "")
            for code, name in self.names.items()
        }

    def office(self, indicator: Indicator) -> str:
        """Return the office that leads an indicator (the first, if the plan lists several)."""
        return indicator.lead[0] if indicator.lead else self._("not named")


def put(context: Context) -> None:
    """Make a context the run's own."""
    st.session_state[_KEY] = context


def get() -> Context:
    """Return the run's context."""
    found: Context = st.session_state[_KEY]
    return found
