"""Targets and status bands changed while a plan runs: what may be asked, what it does to statuses, storing it."""

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data import derive, in_force, progress, upload
from data.lanes import changes
from data.language import N_
from data.places import lower_level, plan_regions
from data.plan import Indicator, Milestone, Plan, Revision, revision_problems
from data.progress import Cube
from data.registry import Bands, County
from data.shown import as_shown
from data.store import BANDS, TARGETS, Batch, Store
from data.upload import Actor
from data.upload_words import UploadError

LONGEST_DOCUMENT, LONGEST_REASON = 80, 200
_STEP = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})[\s:：,，]+([-−]?\d+(?:\.\d+)?)\s*\D*")
_ASKED = ["target", "expected", "gap", "status"]


@dataclass(frozen=True)
class Target:
    """What is asked by an indicator from a day on.

    Attributes
    ----------
    rollup_value : what is asked of the whole, where that is another figure than that of its parts.
    """

    value: float
    due: dt.date
    milestones: tuple[Milestone, ...] = ()
    rollup_value: float | None = None


@dataclass(frozen=True)
class Why:
    """The document that decided a change, and the reason for it."""

    document: str
    reason: str

    def checked(self) -> "Why":
        """Return both without blanks around them; refused if one is missing."""
        document, reason = self.document.strip(), " ".join(self.reason.split())
        if not document or len(document) > LONGEST_DOCUMENT:
            raise UploadError(N_("Give the number of the document that decided it, or the meeting, in at most {n} "
                                 "characters."), n=LONGEST_DOCUMENT)  # fmt: skip
        if not reason or len(reason) > LONGEST_REASON:
            raise UploadError(N_("Say why, in at most {n} characters."), n=LONGEST_REASON)
        return Why(document, reason)


def asked_before(indicator: Indicator, holds_from: dt.date) -> Indicator:
    """Return an indicator with what it asks until a day, were nothing revised from that very day."""
    others = tuple(r for r in indicator.revisions if r.from_date != holds_from)
    return indicator.but(revisions=others).in_force(holds_from)


def milestones(text: str) -> tuple[Milestone, ...]:
    """Read milestones as people write them, one a line: 2023-06-30 50.

    Raises
    ------
    UploadError
        A line is no date with a number.
    """
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        step = _STEP.fullmatch(line)
        try:
            day = dt.date(*map(int, step[1].split("-"))) if step else None
        except ValueError:
            day = None
        if step is None or day is None:
            raise UploadError(N_("“{line}” is no milestone: write a date and a number, 2023-06-30 50."), line=line)
        found.append(Milestone(date=day, value=float(step[2].replace("−", "-"))))
    return tuple(found)


def proposed(plan: Plan, indicator: str, holds_from: dt.date, target: Target, why: Why) -> Revision:
    """Return the revision that lets a target hold from a day on: only what differs from what is asked until then.

    Parameters
    ----------
    plan : as it is in force.

    Raises
    ------
    UploadError
        No such indicator, none that is scored, nothing that differs, or days and figures that do not go together.
    """
    one = next((i for i in plan.indicators if i.id == indicator), None)
    if one is None:
        raise UploadError(N_("The plan has no indicator {name}."), name=indicator)
    if not one.scored:
        raise UploadError(N_("The plan gives this indicator no number that could be revised."))
    before, why = asked_before(one, holds_from), why.checked()
    whole = target.value if before.one_figure else before.rollup_value
    differing: dict[str, Any] = {
        name: new
        for name, new, old in (
            ("value", target.value, before.value),
            ("rollup_value", target.rollup_value, whole),
            ("due", target.due, before.due),
            ("milestones", target.milestones, before.milestones),
        )
        if new is not None and new != old
    }
    held = any(r.from_date == holds_from and r.changes == differing for r in one.revisions)
    if held or not differing:
        raise UploadError(N_("This is what is asked already; change the target, its due date or its milestones."))
    _need_sound(plan, before.but(**differing), holds_from)
    found = Revision.model_validate({"from": holds_from, "clause": why.document, "note": why.reason, **differing})
    _need_fitting(plan, one, found)
    return found


def _need_sound(plan: Plan, new: Indicator, holds_from: dt.date) -> None:
    """Refuse a target that no plan could have."""
    figures = [f for f in (new.value, new.rollup_value, *(m.value for m in new.milestones)) if f is not None]
    if not all(map(math.isfinite, figures)):
        raise UploadError(N_("A target is a number."))
    if holds_from <= plan.start:
        raise UploadError(N_("A revised target holds from a day after the plan begins, {day}."), day=plan.start)
    if holds_from > new.due:
        raise UploadError(N_("It would hold only after the target is due, {day}: give a later due date."), day=new.due)
    if new.rule_start and new.due < new.rule_start:
        raise UploadError(N_("The target counts from {day} on; it cannot be due before."), day=new.rule_start)
    if new.upper is not None and new.value is not None and new.value >= new.upper:
        raise UploadError(N_("The plan says {n} at best; the target must be less."), n=f"{new.upper:g}")
    days = [m.date for m in new.milestones]
    if days != sorted(set(days)):
        raise UploadError(N_("The milestones' dates must rise."))
    if new.rule == "milestones" and not days:
        raise UploadError(N_("This target is due by milestones: give at least one."))
    if wrong := next((d for d in days if not plan.start <= d <= new.due), None):
        raise UploadError(N_("The milestone of {day} is not between the plan's start and the due date."), day=wrong)
    if days and new.milestones[-1].value != new.value:
        raise UploadError(
            N_("The last milestone is {last} and the target {value}; they must agree."),
            last=f"{new.milestones[-1].value:g}",
            value=f"{new.value:g}",
        )


def _need_fitting(plan: Plan, one: Indicator, new: Revision) -> None:
    """Refuse a revision that one of a later day does not go together with."""
    after = one.but(revisions=in_force.merged(one.revisions, [new]))
    known = {reason for _, reason in revision_problems(one, plan.period)}
    for (_section, number, *_), reason in revision_problems(after, plan.period):
        if reason not in known:
            day = after.revisions[int(number)].from_date
            raise UploadError(N_("It does not go with the revision that holds from {day}: take that back first."),
                              day=day)  # fmt: skip


def with_revision(plan: Plan, indicator: str, new: Revision) -> Plan:
    """Return a plan as it would be in force with one more revision."""
    return plan.but(
        indicators=tuple(
            i.but(revisions=in_force.merged(i.revisions, [new])) if i.id == indicator else i for i in plan.indicators
        )
    )


def checked_bands(before: Bands, slightly_behind: float, behind: float) -> Bands:
    """Return new edges of the bands.

    Raises
    ------
    UploadError
        They are those there are, above 0, or not one below the other.
    """
    if not (math.isfinite(slightly_behind) and math.isfinite(behind) and behind < slightly_behind <= 0):
        raise UploadError(N_("The edges lie at or below 0, that of “behind” below that of “slightly behind”."))
    new = Bands(slightly_behind=slightly_behind, behind=behind)
    if new == before:
        raise UploadError(N_("These are the edges there are."))
    return new


# ---- what it would do ------------------------------------------------------------------------------------------------


def compared(cube: Cube, new: Plan, indicator: str, as_of: dt.date, bands: Bands, levels: list[str]) -> pd.DataFrame:
    """Return progress of an indicator with what it would be by another plan: target, expected, gap, status `_new`.

    Places of which nothing is asked, now or then, are left out: they cannot stand otherwise.
    """
    now, then = (_rows(one, as_of, bands, levels, [indicator]) for one in (cube, cube.judged_by(new)))
    both = now.assign(**{f"{name}_new": then[name] for name in _ASKED})
    return both.loc[(both["region"] == new.top_region) | both["target"].notna() | both["target_new"].notna()]


@dataclass(frozen=True)
class Preview:
    """What a revision would do.

    Attributes
    ----------
    as_of : the newest date with figures.
    rows : see `compared`; the plan's whole region, and the places it is compared by.
    names : of places by code.
    """

    as_of: dt.date
    rows: pd.DataFrame
    names: dict[str, str]


def preview(store: Store, county: County, of_file: Plan, indicator: str, new: Revision) -> Preview | None:
    """Return what one more revision would do, nothing stored; None if there are no figures yet.

    Parameters
    ----------
    of_file : the plan as its file has it.
    """
    plan = in_force.plan(store, county.code, of_file)
    regions = plan_regions(plan, store.rows(county.code, "villages"))
    cube = Cube(plan, store.measures(county.code, plan.id), regions)
    if not cube.dates:
        return None
    day, levels = cube.dates[-1], ["top", lower_level(regions, plan)]
    revised = with_revision(plan, indicator, new)
    rows = compared(cube, revised, indicator, day, in_force.bands(store, county), levels)
    return Preview(day, rows, dict(zip(regions["code"], regions["name"], strict=True)))


def compared_bands(cube: Cube, as_of: dt.date, now: Bands, new: Bands, levels: list[str]) -> pd.DataFrame:
    """Return progress of every indicator with the status it would have by other bands, `status_new`."""
    return _rows(cube, as_of, now, levels).assign(status_new=_rows(cube, as_of, new, levels)["status"])


def _rows(
    cube: Cube, as_of: dt.date, bands: Bands, levels: list[str], indicators: list[str] | None = None
) -> pd.DataFrame:
    rows = progress.evaluate(cube, as_of, bands, levels=levels, indicators=indicators)
    return as_shown(rows.assign(as_of=pd.Timestamp(as_of)), cube.plan)


# ---- storing it ------------------------------------------------------------------------------------------------------


def revise(
    store: Store,
    county: County,
    of_file: Plan,
    indicator: str,
    holds_from: dt.date,
    target: Target,
    why: Why,
    actor: Actor,
    *,
    seen_at: int | None = None,
    tell: derive.Tell = derive.silent,
) -> Batch:
    """Let a target hold from a day on, and bring figures in line.

    Parameters
    ----------
    of_file : the plan as its file has it.
    seen_at : the version of `targets` it was thought of at; None = now.

    Raises
    ------
    UploadError
        See `proposed`.
    StoreError
        The store refused, or somebody revised the same target since.
    """
    seen = store.version(county.code, TARGETS) if seen_at is None else seen_at
    plan = in_force.plan(store, county.code, of_file)
    new = proposed(plan, indicator, holds_from, target, why)
    held = asked_before(plan.indicator(indicator), holds_from)
    before = {"indicator": indicator} | {name: getattr(held, name) for name in new.changes if name != "milestones"}
    if "milestones" in new.changes:
        before["milestones"] = [[m.date, m.value] for m in held.milestones]
    with changes(county.code).storing():
        batch = store.revise_target(
            county.code, plan.id, indicator, new, actor.name, before=before, seen_at=seen, verified=actor.verified
        )
    upload.compute_after(store, county, batch, tell)
    return batch


def revise_bands(
    store: Store,
    county: County,
    slightly_behind: float,
    behind: float,
    why: Why,
    actor: Actor,
    *,
    seen_at: int | None = None,
    tell: derive.Tell = derive.silent,
) -> Batch:
    """Make these the edges of the status bands, and bring the summary in line; raises as `revise`."""
    seen = store.version(county.code, BANDS) if seen_at is None else seen_at
    before = in_force.bands(store, county)
    new, why = checked_bands(before, slightly_behind, behind), why.checked()
    with changes(county.code).storing():
        batch = store.revise_bands(
            county.code, new, why.document, why.reason, actor.name, before=before.model_dump(), seen_at=seen,
            verified=actor.verified,
        )  # fmt: skip
    upload.compute_after(store, county, batch, tell)
    return batch


def undo(
    store: Store, county: County, number: int, table: str, actor: Actor, note: str, tell: derive.Tell = derive.silent
) -> Batch:
    """Take back a revision by the number of its batch: of a table of revisions, so that no upload is meant.

    Raises
    ------
    UploadError, StoreError
        See `data.upload.undo`.
    """
    if not any(b.number == number and b.table == table for b in store.batches(county.code, table)):
        raise UploadError(N_("Batch {n} is no revision of this kind; the list names those there are."), n=number)
    return upload.undo(store, county, number, actor, note, tell)
