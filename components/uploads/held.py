"""The file a session holds between choosing and committing, and nothing else of it."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from components.context import Context
from components.server.memory import give_back
from components.uploads.resting import Resting
from data import covering, loaders, preview, upload
from data.extent import Extent, Share, shares
from data.grid import Grid, grid
from data.intake import Checked
from data.intake.corrections import NOTHING, Corrections
from data.intake.model import Book
from data.lanes import lane
from data.preview import Comparison, Measure, Placed, Staying
from data.quick_look import Figure, Look, Totals
from data.store import Batch, Scope

_HELD = "_upload"
_TURN = "_upload_turn"
_PASTED = "_upload_pasted"
_SAID = "_upload_said"
PASTED_NAME = "粘贴.txt"
T = TypeVar("T")


@dataclass
class Work:
    """What was understood of a file, with what was made of it for the page.

    Attributes
    ----------
    checked
        The whole result, `shown` the one for eyes: values covered that could tell who somebody is.
    book
        The file as it was read, to be checked anew without being read anew.
    """

    checked: Checked
    shown: Checked
    county: str
    book: Book | None
    kept: dict[Hashable, Any] = field(default_factory=dict)

    @cached_property
    def placed(self) -> Placed:
        """The rows without errors, with their places and months."""
        return preview.placed(self.checked.table or "", preview.without_errors(self.checked), self.county)

    @cached_property
    def look(self) -> Look:
        """A table of its own kind, to be looked at."""
        return Look(self.checked, self.county)


@dataclass
class Held:
    """One chosen file, checked; what is looked at is computed once and kept as long as the file.

    Attributes
    ----------
    id
        Of the file and the table it is taken for.
    raw
        The file as it came, for the commit.
    asked
        The table the viewer says it is; None or "" where it is to be recognised.
    other
        Whether it was recognised as a table of its own kind.
    month
        The month the viewer says a file without dates is of.
    said
        What the viewer says of the file in place of what was understood.
    beside
        The county's newest batch when the file was held against what is stored.
    """

    id: str
    raw: bytes
    work: Resting[Work] = field(repr=False)
    asked: str | None = None
    other: bool = False
    month: str | None = None
    said: Corrections = NOTHING
    beside: int = 0
    # Of the table as stored: at which version this file was first compared with it, and at which last.
    first_seen: int | None = None
    last_seen: int | None = None

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made of the file under this key, made at the first call."""
        kept = self.work.get().kept
        if key not in kept:
            with lane("files"):
                kept[key] = make()
        found: T = kept[key]
        return found

    @property
    def checked(self) -> Checked:
        """The whole result."""
        return self.work.get().checked

    @property
    def shown(self) -> Checked:
        """The result for eyes."""
        return self.work.get().shown

    @property
    def placed(self) -> Placed:
        """The rows without errors, with their places and months."""
        with lane("files"):
            return self.work.get().placed

    @property
    def look(self) -> Look:
        """A table of its own kind, to be looked at."""
        return self.work.get().look

    @property
    def file_id(self) -> str:
        """What tells this file from others chosen in the session."""
        return self.id.split(":")[1]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def wrong_rows(self) -> int:
        """How many rows of the file have an error, and are not, or not whole, in any figure."""
        every = Counter(self.checked.frame.index)
        return self.once("wrong rows", lambda: len(every - Counter(self.placed.frame.index)))

    @property
    def grid(self) -> Grid | None:
        """The rows that show what the file is."""
        return self.once("grid", lambda: grid(self.checked))

    @property
    def townships(self) -> set[str]:
        """The townships the rows belong to."""
        return self.once("townships", lambda: set(self.placed.frame["_township"]))


def uploader_key() -> str:
    """Return the key of the file widget; a new one after each commit empties it."""
    return f"file_{st.session_state.get(_TURN, 0)}"


def once(key: str) -> str:
    """Return the key of a button that stores: another one after each commit, so that a second click is none on it."""
    turn = st.session_state.get(_TURN, 0)
    return f"{key}_{turn}" if turn else key


def release() -> None:
    """Forget the file: after a commit nothing of it stays in the session."""
    drop()
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def hold(
    ctx: Context, name: str, file_id: str, raw: bytes, table: str | None, month: str | None, sheet: str | None = None
) -> Held:
    """Check a file once per file, table, month and sheet told; later reruns take what is held.

    A table that is named after the file was recognised as just that is no change: widgets keep what was entered.
    """
    said = Corrections(sheet=sheet).over(corrections(file_id))
    newest_batch = next((b.batch_id for b in loaders.batches(ctx.county.slug)), 0)
    this = f"{ctx.county.slug}:{file_id}:"
    found: Held | None = st.session_state.get(_HELD)
    if found is not None and not found.id.startswith(this):
        found = None  # of another file
    same = found is not None and table in {found.asked, found.id.removeprefix(this)}
    # What the county has is looked at again once anybody has changed it.
    if found is None or not same or (found.month, found.said, found.beside) != (month, said, newest_batch):
        before = loaders.remembered(ctx.county.slug)
        meant = Corrections(table or None).over(said)
        now = partial(loaders.stored_columns, ctx.county.slug)
        stored = upload.Beside(now, upload.earlier(loaders.store(), ctx.county))
        book = found.work.get().book if found else None
        book, checked = upload.look(
            ctx.county, raw, name, table or None, newest(ctx), month, meant, before, stored, book
        )
        shown = covering.covered(checked)
        other = checked.generic or (found is not None and found.other)
        this += table or checked.table or ""
        work = Resting(Work(checked, shown, ctx.county.code, book))
        new = Held(this, raw, work, table, other, month, said, newest_batch)
        if found is not None and found.checked.table == checked.table:
            new.first_seen, new.last_seen = found.first_seen, found.last_seen
        st.session_state[_HELD] = found = new
        give_back()
    return found


def corrections(file_id: str) -> Corrections:
    """Return what the viewer says of a file."""
    found: Corrections = st.session_state.get(_SAID, {}).get(file_id, NOTHING)
    return found


def say(file_id: str, said: Corrections) -> None:
    """Keep what the viewer says of a file; the next run checks it anew."""
    st.session_state[_SAID] = {file_id: said}


def newest(ctx: Context) -> dt.date | None:
    """Return the newest date of the county's data, over all its plans."""
    days = [loaders.evaluation_dates(ctx.county.slug, p)[:1] for p in ctx.county.plans]
    return max((d for found in days for d in found), default=None)


def drop() -> None:
    """Forget a file that was taken out of the widget, or a text pasted."""
    for key in (_HELD, _PASTED, _SAID):
        st.session_state.pop(key, None)


def paste(text: str) -> None:
    """Take a text in place of a file; the widgets are emptied."""
    release()
    st.session_state[_PASTED] = text.encode()


def pasted() -> bytes | None:
    """Return the text pasted, None if there is none."""
    found: bytes | None = st.session_state.get(_PASTED)
    return found


def paste_key() -> str:
    """Return the key of the text box; a new one after each commit empties it."""
    return f"paste_{st.session_state.get(_TURN, 0)}"


def version(ctx: Context, held: Held) -> int:
    """Return the stored version of the file's table: what rests on stored rows is made anew when it moves."""
    return loaders.version(ctx.county.slug, held.checked.table or "")


def look(ctx: Context, held: Held, scope: Scope) -> tuple[bool, list[Batch]]:
    """Note that the file is compared with the table as it is now; called once a run.

    Returns
    -------
    same
        Whether what the file is to replace is as the viewer saw it when this run began.
    batches
        What met it since the first look, newest first.
    """
    now, last = version(ctx, held), held.last_seen
    if held.first_seen is None:
        held.first_seen = now
    held.last_seen, first = now, held.first_seen
    if last == first == now:
        return True, []
    since = [b for b in loaders.batches(ctx.county.slug) if b.batch_id > first and b.scope.meets(scope)]
    return last is not None and not any(b.batch_id > last for b in since), since


def stored(ctx: Context, held: Held) -> Placed:
    """Return the stored rows of the file's table, never shown; all sessions share them."""
    return loaders.stored(ctx.county.slug, held.checked.table or "")


def comparison(ctx: Context, held: Held, extent: Extent) -> Comparison:
    """Return how the file's rows that are taken meet the stored ones."""
    before = stored(ctx, held)
    scope = extent.scope(held.placed) if extent.stored_mode == "replace" else None
    return held.once(
        ("comparison", version(ctx, held), extent), lambda: preview.compare(before, extent.of(held.placed), scope)
    )


def staying(ctx: Context, held: Held, extent: Extent) -> Staying:
    """Return the stored rows that the file lacks and that stay as they are, as it is merged by key."""
    before = stored(ctx, held)
    return held.once(
        ("staying", version(ctx, held), extent),
        lambda: preview.staying(before, extent.of(held.placed), extent.scope(held.placed)),
    )


def shared(ctx: Context, held: Held, extent: Extent) -> list[Share]:
    """Return what each month of each township that is replaced has stored and in the file."""
    before = stored(ctx, held)
    return held.once(("shares", version(ctx, held), extent), lambda: shares(before, held.placed, extent))


def measures(ctx: Context, held: Held) -> list[Measure]:
    """Return what can be looked at in the file."""
    table = held.checked.table or ""
    return held.once("measures", lambda: preview.measures(table, held.checked.frame, ctx.county))


def series(held: Held, by: str, measure: Measure, month: str | None = None) -> dict[str, float]:
    """Return the measure by village or township in one month of the file, all rows if None."""

    def made() -> dict[str, float]:
        rows = held.placed.of(measure)
        if month:
            rows = rows.within(held.townships, {month})
        return {str(k): float(v) for k, v in rows.totals(by, measure).items()}

    return held.once(("series", by, measure.id, month), made)


def totals(held: Held, figure: Figure, by: str, moment: str) -> Totals:
    """Return a figure of a table of its own kind by place or words."""
    return held.once(("totals", figure.id, by, moment), lambda: held.look.totals(figure, by, moment))


def stored_months(ctx: Context, held: Held, measure: Measure) -> pd.Series:
    """Return the measure by month as stored for the file's townships."""
    rows = stored(ctx, held)
    key = ("stored months", version(ctx, held), measure.id)
    return held.once(key, lambda: rows.of(measure).beside(held.placed).totals("_month", measure))


def listing(held: Held, lang: str) -> pd.DataFrame:
    """Return the problems in one language, errors first."""
    order = {"error": 0, "warning": 1, "repair": 2}

    def made() -> pd.DataFrame:
        found = held.shown.listing(lang)
        return found.sort_values("severity", key=lambda s: s.map(order), kind="stable")

    return held.once(("listing", lang), made)
