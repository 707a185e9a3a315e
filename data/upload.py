"""From a checked file to figures: check, commit, derive, undo. What pages and the command line do alike."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from data import derive, preview
from data.access import as_server
from data.beside import Beside, held_against
from data.events import tell_error
from data.extent import Extent, everywhere
from data.intake import Checked, check_file
from data.intake.corrections import NEVER, NOTHING, Corrections, Remembered, remember
from data.intake.row_rules import furthest
from data.lanes import changes
from data.language import N_
from data.plan import load_plan
from data.problems.verify import need_another
from data.registry import County
from data.store import Batch, Scope, Store, StoreError, Submission
from data.store.model import Mode
from data.store.store import BOUNDARIES
from data.tables import NONE, empty, tables
from data.upload_words import UploadError
from geo.regions import normalise_code, regions

SAMPLE_MARK = "示例数据"
STORED = 0.15
"""Share of a commit's work that is done once its rows are stored; the rest is computing."""

_APART = False


@dataclass(frozen=True)
class Actor:
    """Who does something, and whether anything vouches for it."""

    name: str
    verified: bool = False


def check(
    county: County,
    raw: bytes,
    file_name: str,
    table: str | None = None,
    newest: dt.date | None = None,
    period: str | None = None,
    said: Corrections = NOTHING,
    remembered: Remembered = NEVER,
    stored: Beside | None = None,
) -> Checked:
    """Check a file for a county; nothing is stored.

    Rows far ahead of `newest`, its newest data, are doubted; a file without dates is of `period`. What the sender
    says of it (`said`), or said of such files before (`remembered`), counts more than what is understood. With
    `stored`, which gives the rows of a table that count now, the file is held against them.
    """
    checked = check_file(
        raw, file_name, county.code, table, newest=newest, period=period, said=said, remembered=remembered
    )
    return checked if stored is None else held_against(checked, stored, said)


def remembered(batches: Iterable[Batch]) -> Remembered:
    """Return what senders said of a county's files; what is undone is forgotten.

    Parameters
    ----------
    batches : all of the county's.
    """
    return remember(b.corrections for b in sorted(batches, key=lambda b: b.batch_id) if b.active)


def newest_date(store: Store, county: County) -> dt.date | None:
    """Return the newest date that the county's pages show, None without data."""
    days = []
    for plan_id in county.plans:
        top = load_plan(plan_id).top_region
        days += store.measures(county.code, plan_id, regions=[top])["as_of"].dropna().dt.date.unique().tolist()
    return max(days, default=None)


def newer_date(checked: Checked, newest: dt.date | None) -> dt.date | None:
    """Return the date a file would make the county's newest one; None if it does not change it."""
    if newest is None or not checked.ok or "as_of" not in checked.frame or checked.frame.empty:
        return None
    last = checked.frame["as_of"].max()
    return last.date() if not pd.isna(last) and last.date() > newest else None


def leaps(day: dt.date, newest: dt.date, today: dt.date) -> bool:
    """Whether a new newest date is so far ahead of the data, or of the day it is, that it may be a slip."""
    return day > furthest(newest) or day > today


def commit(
    store: Store,
    county: County,
    checked: Checked,
    raw: bytes,
    actor: Actor,
    *,
    note: str = "",
    extent: Extent | None = None,
    again: bool = False,
    seen_at: int | None = None,
    tell: derive.Tell = derive.silent,
) -> Batch:
    """Commit a checked file and derive what it changes; `figures_follow` tells if that is left to the server.

    Parameters
    ----------
    extent
        Which of its rows, and what they replace; None = all of them, as the file asks for (`Checked.mode`).
    again
        Commit even though the same file is active already.
    seen_at
        The version of the table the actor compared the file with: refused if a batch since then meets what it is to
        replace.
    tell
        Called with the share of the work that is done.

    Raises
    ------
    UploadError
        The file has errors, has no rows (in the months and townships chosen), or is active already for some of them.
    StoreError
        The store refused.
    """
    if not checked.ok or checked.table is None:
        raise UploadError(N_("{file} has errors; nothing was stored."), file=checked.file_name)
    if checked.frame.empty:
        raise UploadError(
            N_("{file} has no rows; send a nil return if there is nothing to report."), file=checked.file_name
        )
    extent = extent or Extent.of_file(checked)
    rows = preview.placed(checked.table, checked.frame, county.code)
    # The index is the row of the file, and several rows may be of one.
    taken = replace(checked, frame=checked.frame.loc[extent.kept(rows).to_numpy()])
    if taken.frame.empty:
        raise UploadError(
            N_("{file} has no rows of the months and townships chosen; choose others."), file=checked.file_name
        )
    need_another(store, county, taken.table or "", taken.frame, actor.name)
    scope = extent.scope(rows)
    how = extent.stored_mode
    with changes(county.code).storing():
        seen = store.seen(county.code, raw, checked.table, scope)
        if seen is not None and not again:
            raise stored_already(seen)
        batch = store.commit(submission(county, taken, raw, actor, note=note, mode=how, scope=scope, seen_at=seen_at))
    _then_derive(store, county, batch, tell)
    return batch


def edit(
    store: Store,
    county: County,
    table: str,
    rows: pd.DataFrame,
    actor: Actor,
    *,
    note: str = "",
    seen_at: int | None = None,
    tell: derive.Tell = derive.silent,
) -> Batch:
    """Commit a change made on a page, merged by key, and derive what it changes: as an upload of these rows would.

    Parameters
    ----------
    rows : typed, whole rows.
    seen_at : the version of the table the change was made on: refused if it has moved since.

    Raises
    ------
    StoreError
        The store refused.
    """
    change = Submission(
        county.code, table, rows, b"", "", actor.name, note, "merge", action="edit", verified=actor.verified,
        seen_at=seen_at,
    )  # fmt: skip
    with changes(county.code).storing():
        batch = store.commit(change)
    _then_derive(store, county, batch, tell)
    return batch


def submission(
    county: County,
    checked: Checked,
    raw: bytes,
    actor: Actor,
    *,
    note: str = "",
    mode: Mode | None = None,
    scope: Scope | None = None,
    seen_at: int | None = None,
) -> Submission:
    """Return a checked file as the store takes it: of one with personal data its rows are kept, not the file.

    A file that calls itself sample data is marked so.
    """
    return Submission(
        county.code,
        str(checked.table),
        checked.frame.reset_index(drop=True),
        raw,
        checked.file_name,
        actor.name,
        note,
        mode,
        scope,
        sample=SAMPLE_MARK in checked.file_name,
        verified=actor.verified,
        seen_at=seen_at,
        corrections=checked.said.to_json(checked.layout.form) if checked.said and checked.layout else "",
        kept=checked.kept(),
    )


def stored_already(batch: Batch) -> UploadError:
    """Return the refusal of a file that is stored as this batch."""
    return UploadError(
        N_("This very file is stored already as batch {n}. Undo that batch to import it anew."), n=batch.number
    )


def _then_derive(store: Store, county: County, batch: Batch, tell: derive.Tell) -> None:
    """Derive what a batch affects, as the rest of a work of which storing it was the first part."""
    tell(STORED)
    compute_after(store, county, batch, lambda share: tell(STORED + (1 - STORED) * share))


def compute_after(store: Store, county: County, batch: Batch, tell: derive.Tell = derive.silent) -> None:
    """Derive what a batch affects. It is stored by now: whatever fails here must not be told as a refusal."""
    try:
        with as_server(county.code), changes(county.code).computing():
            if _APART:
                derive.apart(county, batch, tell)
            else:
                derive.after(store, county, batch, tell)
    except Exception as error:  # noqa: BLE001 - a plan with mistakes as well as a store that is busy
        known = isinstance(error, StoreError)
        reason = str(error) if known else ""
        tell_error("figures", error, trace=not known, county=county.slug, batch=batch.number, reason=reason)


def compute_apart() -> None:
    """Have the worker compute figures from now on, as suits a server, which has viewers."""
    global _APART  # noqa: PLW0603 - what kind of process this is, said once when it starts
    _APART = True


def figures_follow(store: Store, county: County) -> bool:
    """Whether something stored is not in the figures yet, as far as can be told; a running server computes it."""
    try:
        return derive.behind(store, county) > 0
    except Exception:  # noqa: BLE001 - what keeps us from knowing also kept the figures from being computed
        return True


def nil_return(
    store: Store,
    county: County,
    table: str,
    periods: list[str],
    townships: list[str],
    actor: Actor,
    note: str = "",
    tell: derive.Tell = derive.silent,
) -> Batch:
    """Commit a 零报告: nothing to report for a table in these months and townships (all of the county if none).

    Raises
    ------
    UploadError
        A dated table without months, or an unknown township.
    """
    scope = nil_scope(county, table, periods, townships)
    nothing = Submission(
        county.code,
        table,
        empty(table),
        b"",
        "",
        actor.name,
        note,
        "replace",
        scope,
        action="nil",
        verified=actor.verified,
    )
    with changes(county.code).storing():
        batch = store.commit(nothing)
    compute_after(store, county, batch, tell)
    return batch


def nil_scope(county: County, table: str, periods: list[str], townships: list[str]) -> Scope:
    """Return what a nil return speaks for; refused like `nil_return`."""
    spec = tables()[table]
    if spec.dated and not periods:
        raise UploadError(N_("{table} is reported by month: say which, for example 2023-09."), table=spec)
    placed = any(name in spec.names for name in ("village_code", "geo_code"))
    months = tuple(periods) if spec.dated else (NONE,)
    whole = everywhere(county.code) if not townships else township_codes(county, townships)
    return Scope(table, months, whole if placed else (NONE,))


def township_codes(county: County, chosen: list[str]) -> tuple[str, ...]:
    """Return the first nine digits of townships given by code or name; `UploadError` if the county has none such."""
    known = regions(county.code)
    towns = known.loc[known["level"] == "township"]
    found = []
    for text in chosen:
        code = normalise_code(text)
        match = towns.loc[(towns["code"] == code) | (towns["name"] == text), "code"]
        if match.empty:
            raise UploadError(N_("{county} has no township {name}."), name=text, county=county)
        found.append(match.iloc[0][:9])
    return tuple(found)


def undo(
    store: Store, county: County, number: int, actor: Actor, note: str = "", tell: derive.Tell = derive.silent
) -> Batch:
    """Take back the batch of this number, as people see it, and derive what that changes.

    Raises
    ------
    UploadError
        There is no such batch, it is an undo, or it was undone already.
    StoreError
        The store refused.
    """
    undone = next((b for b in store.batches(county.code) if b.number == number), None)
    if undone is None:
        raise UploadError(N_("There is no batch {n} in {county}."), n=number, county=county)
    if undone.action == "undo":
        raise UploadError(N_("Batch {n} is itself an undo; to have the data again, import it again."), n=number)
    if undone.undone_by:
        raise UploadError(N_("Batch {n} was undone already, by batch {m}."), n=number, m=undone.undone_by_number)
    with changes(county.code).storing():
        batch = store.undo(county.code, undone.batch_id, actor.name, note, verified=actor.verified)
    if batch.table != BOUNDARIES:
        compute_after(store, county, batch, tell)
    return batch
