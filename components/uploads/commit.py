"""Step 2: what a commit would change, then the commit, all or nothing; and what it changed."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from components import actor, address, formats, outcome
from components.context import Context
from components.html.base import element
from components.html.progress import changes_table
from components.html.uploads import understood_html
from components.panels import panel
from components.server.site import PAGES
from components.uploads import held as session
from components.uploads import newer
from components.uploads.held import Held
from components.uploads.scope import chosen_extent
from components.uploads.working import working
from data import derive, history, loaders, shown, upload, upload_words
from data.access import DeniedError, township_codes
from data.extent import Extent
from data.intake import template
from data.intake.check import day_in_china
from data.intake.headings import table_column
from data.intake.nearest import Nearest, nearest
from data.intake.older import TAKEN
from data.language import N_
from data.sources import SERIES
from data.store import Batch, MovedError, Scope, StoreError
from data.tables import tables
from data.upload import Actor
from data.upload_words import UploadError

_DONE = "_upload_done"
_BEFORE = "_upload_before"
_STORED = "_upload_stored"
_BACK = "_upload_back"


def step_two(ctx: Context, held: Held) -> None:
    """Show how the file meets what is stored, and the button that commits it."""
    _, checked = ctx._, held.checked
    if checked.generic:
        _not_stored(ctx, held)
        return
    with panel("commit", _("2 · Commit"), _("all or nothing; can be undone"), stretch=False):
        who = actor.current()
        extent, same, again = Extent.of_file(checked), False, None
        storable = checked.ok and checked.table is not None and not checked.frame.empty
        if storable:
            extent = chosen_extent(ctx, held)
            scope = held.view.scope(extent)
            again = loaders.store().seen(ctx.county.code, held.digest, checked.table, scope)
        reason = why_not(ctx, held, who, again)
        for told in checked.notices(ctx.lang) if checked.ok else ():
            st.html(element("p", told, "notice"))
        newer.kept(ctx, held)
        if storable:
            reason = beyond(ctx, scope) or reason
        if storable and not scope.periods:
            reason = _("The file has no rows of the months and townships chosen; choose others.")
        elif storable:
            same, since = session.look(ctx, held, scope)
            if since:
                _meanwhile(ctx, since)
            if not _compared(ctx, held, extent):
                reason = reason or _("Confirm that rows are removed, or merge by key.")
            if not _moved(ctx, held):
                reason = reason or _("Confirm the new data date, or correct the file.")
        note = st.text_input(_("Note"), max_chars=200, key=f"note_{held.id}", placeholder=_("why, for the history"))
        if reason:
            st.html(element("p", reason, "quiet notice"))
        pressed = st.button(_("Commit"), type="primary", disabled=bool(reason), key="commit", width="stretch")
        # A click means what was on the screen before it. If that has changed, this run shows what it is now.
        if pressed and who and not reason and same:
            _commit(ctx, held, who, note, extent)


def _not_stored(ctx: Context, held: Held) -> None:
    """Say why a table of its own kind is only looked at, and what to do if it is to be stored."""
    _ = ctx._
    with panel("commit", _("2 · Commit"), _("nothing to store"), stretch=False):
        near = nearest(held.checked.layout)
        st.html(element("p", _lacking(near, ctx), "notice"))
        st.html(element("p", _("To store it, choose above which table it is meant as; or copy its figures into that "
                               "table's template.")))  # fmt: skip
        names = {t.id: t.name(ctx.lang) for t in tables().values()}
        likely = near.table.id if near else _likely(held)
        chosen = st.selectbox(_("Upload table"), list(names), index=list(names).index(likely),
                              format_func=names.__getitem__, key=f"near_{held.id}")  # fmt: skip
        word = _("template")
        st.download_button(
            _("Download the template"),
            lambda: template(chosen, ctx.lang, ctx.county.code),
            file_name=f"{names[chosen]}_{word}.xlsx",
            on_click="ignore",
            key="near_template",
        )


def _lacking(near: Nearest | None, ctx: Context) -> str:
    """Say which table the file is nearest to and what it lacks for it."""
    _ = ctx._
    if near is None:
        return _("The headers fit none of the ten upload tables: you see the table, nothing is stored.")
    words = {"table": near.table.name(ctx.lang), "n": near.known, "m": near.of}
    if not near.missing:
        return _("Nearest to “{table}”: {n} of {m} columns fit, too few to be sure. Nothing is stored yet.", **words)
    comma, quoted = ("、", "“{}”") if ctx.lang == "zh" else (", ", '"{}"')
    columns = comma.join(quoted.format(column.title(ctx.lang)) for column in near.missing)
    return _("Nearest to “{table}”: {n} of {m} columns fit, but {columns} is missing. Add it in the file, the same "
             "number for the same thing month after month (a running number is not), and choose the file again. "
             "Nothing is stored yet.", columns=columns, **words)  # fmt: skip


def _likely(held: Held) -> str:
    """Return the upload table with most columns in common."""
    known = [table_column(c.canonical) for c in held.checked.columns if c.canonical]
    # Any table names its village: that does not make it the list of villages.
    counts = Counter(name.partition(".")[0] for name in known if name and not name.startswith("villages."))
    return counts.most_common(1)[0][0] if counts else "facts"


def why_not(ctx: Context, held: Held, who: Actor | None, again: Batch | None) -> str:
    """Return why the file cannot be committed now; "" if it can."""
    _, checked = ctx._, held.checked
    if loaders.store().read_only:
        return _("This deployment is read-only: nothing can be imported or undone here.")
    if checked.refusal or checked.table is None:
        return _("The file was refused; nothing can be stored of it.")
    if not checked.ok:
        return _(
            "There are {n} errors. Correct them above, or in the file and choose it again.", n=checked.counts()["error"]
        )
    if checked.frame.empty:
        return _("There are no rows. If there is nothing to report, send a nil return.")
    if again is not None:
        return _("This very file is stored already as batch {n}. Undo that batch to import it anew.", n=again.number)
    return "" if who else actor.needed(_)


def beyond(ctx: Context, scope: Scope) -> str:
    """Return why what a change speaks for is beyond what its sender may change; "" if it is not."""
    places = township_codes(scope.townships)
    return "" if ctx.may("upload", places) else upload_words.denied(DeniedError("upload", places or ()), ctx._)


def _meanwhile(ctx: Context, since: list[Batch]) -> None:
    """Say what others did to the table since the file was first compared with it."""
    told = ctx._(
        "Since you chose this file the table was changed by {batches}. The comparison is new: look at it, then commit.",
        batches="; ".join(upload_words.described(batch, ctx._) for batch in since),
    )
    st.html(element("p", told, "notice"))


def _moved(ctx: Context, held: Held) -> bool:
    """Say so if the file makes another date the county's newest; return whether a leap, if it is one, is confirmed."""
    _ = ctx._
    newest = session.newest(ctx)
    newer = upload.newer_date(held.checked, newest)
    if newer is None or newest is None:
        return True
    st.html(element("p", upload_words.moves(newer, newest, _, _anew(ctx, held, newer, newest))))
    if not upload.leaps(newer, newest, day_in_china()):
        return True
    return st.checkbox(_("I confirm that the data date becomes {now}", now=newer), key=f"leap_{held.id}_{newest}")


def _anew(ctx: Context, held: Held, newer: dt.date, newest: dt.date) -> list[str]:
    """Return the names of the indicators that have a figure now and none of the new date's period after this file."""
    if newest not in loaders.evaluation_dates(ctx.county.slug, ctx.plan.id):
        return []
    now = loaders.at(ctx.county.slug, ctx.plan.id, newest)
    valued = set(now.loc[now["value"].notna(), "indicator"])
    ids = shown.counted_anew(ctx.plan, newest, newer, held.checked.table or "")
    return [ctx.labels[one].name for one in ids if one in valued]


def _compared(ctx: Context, held: Held, extent: Extent) -> bool:
    """Show how rows meet the stored ones; return whether removing some, if it comes to that, is confirmed."""
    _ = ctx._
    found = session.comparison(ctx, held, extent)
    counted = [
        (_("New"), formats.number(found.new, 0)),
        (_("Changed"), formats.number(found.changed, 0)),
        (_("Equal"), formats.number(found.equal, 0)),
        (_("Removed"), formats.number(found.removed, 0)),
    ]
    st.html(understood_html(counted))
    if found.removed:
        text = _("{n} stored rows of these months and townships are not in the file and would end.",
                 n=formats.number(found.removed, 0))  # fmt: skip
        st.html(element("p", element("span", text, "dn")))
        table = tables()[held.checked.table or ""]
        if table.dated and table.id not in SERIES:
            st.html(element("p", _("What earlier months reported of the same things goes on to count."), "quiet"))
        n = formats.number(found.removed, 0)
        # A tick is for these rows: once others changed the table, or the choice is another, it is asked for again.
        key = f"removed_{held.id}_{extent.words}_{session.version(ctx, held)}"
        return st.checkbox(_("I confirm that {n} rows are removed", n=n), key=key)
    if extent.stored_mode == "merge":
        _staying(ctx, held, extent)
    if not found.new and not found.changed:
        st.html(element("p", newer.nothing_new(ctx, held), "quiet"))
    return True


def _staying(ctx: Context, held: Held, extent: Extent) -> None:
    """Name what is stored and not in the file: merged by key, it stays as it is."""
    found = session.staying(ctx, held, extent)
    for told in upload_words.staying(found, tables()[held.checked.table or ""], ctx.county, ctx._):
        st.html(element("p", told, "quiet"))


def _commit(ctx: Context, held: Held, who: Actor, note: str, extent: Extent) -> None:
    before = remember(ctx)
    try:
        with working(ctx) as tell, before.box.busy:
            batch = upload.commit(
                loaders.store(),
                ctx.county,
                held.checked,
                held.raw,
                who,
                note=note.strip(),
                extent=extent,
                seen_at=held.last_seen,
                tell=tell,
            )
            before.stored(batch, newer.of_rule(held, TAKEN))
    except MovedError:
        # It changed since this run began: the next one compares anew and says so.
        loaders.begin_run()
        st.rerun()
    except (UploadError, StoreError) as error:
        st.error(formats.as_label(refusal(ctx, error)))
        return
    finish()


def refusal(ctx: Context, error: Exception) -> str:
    """Return a refusal in the run's language."""
    return upload_words.refusal(error, ctx._)


@dataclass(frozen=True)
class Before:
    """The figures before a change, at a date that is likely to stay, and what was shown."""

    days: tuple[dt.date, ...]
    day: dt.date
    figures: pd.DataFrame
    shown: dt.date | None


@dataclass(frozen=True)
class Change:
    """A change that is about to be made: the figures before it, and where it is kept that it was."""

    figures: Before | None
    box: outcome.Box

    def stored(self, batch: Batch, back: Sequence[str] = ()) -> None:
        """Keep what was stored: whatever ends this run now, the next one tells it.

        `back` are the numbers of problems of which an older list took back what was newer.
        """
        self.box.holds = (batch, self.figures, back)


def remember(ctx: Context, undone: Batch | None = None) -> Change:
    """Return the figures as they are, so that the change can be shown afterwards.

    Parameters
    ----------
    undone : the batch to be taken back, whose months may take the newest dates with them.
    """
    return Change(_figures(ctx, undone), outcome.box(_STORED))


def _figures(ctx: Context, undone: Batch | None) -> Before | None:
    days = loaders.evaluation_dates(ctx.county.slug, ctx.plan.id)
    if ctx.as_of is None or not days:
        return None
    day = days[0]
    if undone is not None:
        others = [b for b in loaders.batches(ctx.county.slug) if b.active and b.batch_id != undone.batch_id]
        months = {p for b in others for p in b.scope.periods if p != "-"}
        day = next((d for d in days if months and f"{d:%Y-%m}" <= max(months)), day)
    figures = loaders.at(ctx.county.slug, ctx.plan.id, day)[["indicator", "status", "gap", "value"]]
    return Before(tuple(days), day, figures, ctx.as_of)


def finish() -> None:
    """Let go of the file and start anew: the frame then offers the new dates, and shows the newest if it did before.

    Nothing happens if nothing was stored. A click made meanwhile ends this anywhere; the next run takes it up again.
    """
    kept = outcome.box(_STORED)
    kept.wait()
    if kept.holds is None:
        return
    batch, before, back = kept.holds
    st.session_state[_DONE] = batch
    st.session_state[_BEFORE] = before
    st.session_state[_BACK] = back
    if before is not None and before.shown == before.days[0]:
        # Nobody chose this date: it was the newest. The frame shows the one that is newest now.
        st.session_state["newest_date"] = True
    session.release()
    kept.holds = None
    loaders.begin_run()
    st.rerun()


def done(ctx: Context) -> None:
    """Show the batch just committed or undone: its counts, what was computed, which statuses it changed."""
    finish()
    batch: Batch | None = st.session_state.get(_DONE)
    if batch is None or batch.county_code != ctx.county.code:
        return
    _ = ctx._
    title = _("Batch {n} is stored", n=batch.number)
    if batch.undoes:
        title = _("Batch {n} is undone", n=batch.undoes_number)
    with panel("done", title, upload_words.table_name(batch.table, ctx._), stretch=False):
        st.html(understood_html(counts(ctx, batch)))
        if back := st.session_state.get(_BACK):
            told = _("As the list says, what was newer was taken back of: {ids}", ids=_(", ").join(back))
            st.html(element("p", told, "notice"))
        if upload.figures_follow(loaders.store(), ctx.county):
            told = _("Stored as batch {n}; the figures follow within a few minutes, by themselves.", n=batch.number)
            st.html(element("p", told, "notice"))
        else:
            st.html(element("p", _computed(ctx, batch)))
            _changed(ctx)
        with st.container(horizontal=True, key="done_links"):
            st.page_link(PAGES[0].file, label=_("To the overview"), query_params=address.kept())
            if st.button(_("Close"), type="tertiary", key="done_close"):
                st.session_state.pop(_DONE)
                st.session_state.pop(_BEFORE, None)
                st.rerun()


def counts(ctx: Context, batch: Batch) -> list[tuple[str, str]]:
    """Return what a batch did to the rows, as label and number."""
    _ = ctx._
    if batch.action == "undo":
        named = {_("Rows back"): batch.added, _("Rows taken away"): batch.removed}
    else:
        named = {_("Rows"): batch.rows, _("New"): batch.added, _("Changed"): batch.changed}
        named |= {_("Equal"): batch.unchanged, _("Removed"): batch.removed}
    return [(label, formats.number(n, 0)) for label, n in named.items()]


def _computed(ctx: Context, batch: Batch) -> str:
    _ = ctx._
    since = derive.earliest(batch)
    readers = [i for i in ctx.plan.indicators if i.data.table == batch.table]
    day = formats.date(since, _) if since else formats.date(ctx.plan.start, _)
    return _("Computed anew from {day} on: {n} indicators that read this table.", n=len(readers), day=day)


def _changed(ctx: Context) -> None:
    """Show what became of the figures at the newest date that was there before and still is; name dates added."""
    before: Before | None = st.session_state.get(_BEFORE)
    days = loaders.evaluation_dates(ctx.county.slug, ctx.plan.id)
    if before is None:
        return
    _ = ctx._
    told = [
        _(text, days=" – ".join(formats.date(d, _) for d in sorted({min(found), max(found)})))
        for text, found in (
            (N_("data dates added: {days}"), {d for d in days if d > before.days[0]}),
            (N_("data dates gone: {days}"), {d for d in before.days if not days or d > days[0]}),
        )
        if found
    ]
    if before.day not in days:
        st.html(element("p", " · ".join(told), "quiet"))
        return
    now = loaders.at(ctx.county.slug, ctx.plan.id, before.day)
    then = before.figures.rename(columns={"status": "status_before", "gap": "gap_before", "value": "value_before"})
    both = now.merge(then, on="indicator", how="left")
    both = both.assign(change=both["value"] - both["value_before"])
    n = sum(history.differ(*row) for row in both[["unit", "value_before", "value"]].itertuples(index=False))
    told = [_("{n} values of the county differ at {day}", n=n, day=formats.date(before.day, _)), *told]
    st.html(element("p", " · ".join(told), "quiet"))
    if (pd.Series(both["status"] != both["status_before"]) & both["status_before"].notna()).any():
        with st.container(key="scroll_done"):
            st.html(changes_table(both, ctx.labels, _))
