"""The file a session holds between choosing and committing, and nothing else of it."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import pandas as pd
import streamlit as st

from components.context import Context
from components.server.memory import give_back
from components.uploads.resting import Resting
from data import loaders
from data.beside import Source
from data.extent import Extent, Share
from data.file_view import FileView, Stored
from data.file_view import look as look_at
from data.intake import Checked
from data.intake.corrections import NOTHING, Corrections
from data.intake.model import Book
from data.preview import Comparison, Measure, Staying
from data.store import Batch, Scope
from data.tables import NONE, tables

_HELD = "_upload"
_TURN = "_upload_turn"
_PASTED = "_upload_pasted"
_SAID = "_upload_said"
PASTED_NAME = "粘贴.txt"


@dataclass
class Work:
    """A file as it was read, to be checked anew without being read anew, and what the page shows of it."""

    view: FileView
    book: Book | None


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
        The county's newest batch known not to change what the file was held against.
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

    @property
    def view(self) -> FileView:
        """What the page shows of it."""
        return self.work.get().view

    @property
    def checked(self) -> Checked:
        """The whole result."""
        return self.view.checked

    @property
    def shown(self) -> Checked:
        """The result for eyes."""
        return self.view.shown

    @property
    def file_id(self) -> str:
        """What tells this file from others chosen in the session."""
        return self.id.split(":")[1]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.raw).hexdigest()


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
    batches = loaders.batches(ctx.county.slug)
    this = f"{ctx.county.slug}:{file_id}:"
    found: Held | None = st.session_state.get(_HELD)
    if found is not None and not found.id.startswith(this):
        found = None  # of another file
    same = found is not None and table in {found.asked, found.id.removeprefix(this)}
    # What the county has is looked at again once anybody has changed what the file is about.
    if found is None or not same or (found.month, found.said) != (month, said) or _outdated(found, batches):
        source = Source.of(loaders.store(), ctx.county)
        meant = Corrections(table or None).over(said)
        before = loaders.remembered(ctx.county.slug)
        book, view = look_at(
            source, raw, name, found.work.get().book if found else None, table=table or None, newest=newest(ctx),
            period=month, said=meant, remembered=before, lang=ctx.lang,
        )  # fmt: skip
        checked = view.checked
        other = checked.generic or (found is not None and found.other)
        this += table or checked.table or ""
        new = Held(this, raw, Resting(Work(view, book)), table, other, month, said)
        if found is not None and found.checked.table == checked.table:
            new.first_seen, new.last_seen = found.first_seen, found.last_seen
        st.session_state[_HELD] = found = new
        give_back()
    found.beside = batches[0].batch_id if batches else 0
    return found


def _outdated(held: Held, batches: Sequence[Batch]) -> bool:
    """Whether what a file was held against has changed since: rows of its townships, or what files are remembered by.

    Of twenty townships that send their tables at once each would otherwise be checked anew for each of the others.
    """
    since = [b for b in batches if b.batch_id > held.beside]
    if not since:
        return False
    if any(b.corrections or b.action == "undo" for b in since):
        return True
    table = held.checked.table
    if table is None or held.checked.refusal:
        return False
    spec, whole = tables()[table], f"{held.view.county.code}000"
    anywhere = not any(name in spec.key for name in spec.place_columns)  # a key of another township's may be the file's
    own = {code[:9] for code in held.view.townships}
    return any(
        (anywhere and b.table == table)
        or not own.isdisjoint(b.scope.townships)
        or {whole, NONE} & {*own, *b.scope.townships}
        for b in since
    )


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
    """Return the stored version of the file's table."""
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


def _stored(ctx: Context, held: Held) -> Stored:
    """Return what reads the stored rows of the file's table, never shown; all sessions share them."""
    return partial(loaders.stored, ctx.county.slug, held.checked.table or "")


def comparison(ctx: Context, held: Held, extent: Extent) -> Comparison:
    """Return how the file's rows that are taken meet the stored ones."""
    return held.view.comparison(_stored(ctx, held), version(ctx, held), extent)


def staying(ctx: Context, held: Held, extent: Extent) -> Staying:
    """Return the stored rows that the file lacks and that stay as they are, as it is merged by key."""
    return held.view.staying(_stored(ctx, held), extent)


def shared(ctx: Context, held: Held, extent: Extent) -> list[Share]:
    """Return what each month of each township that is replaced has stored and in the file."""
    return held.view.shares(_stored(ctx, held), version(ctx, held), extent)


def stored_months(ctx: Context, held: Held, measure: Measure) -> "pd.Series[float]":
    """Return the measure by month as stored for the file's townships."""
    return held.view.stored_months(_stored(ctx, held), measure)
