"""What was imported and undone, the tables to report with their templates, and nil returns."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from components import actor, formats
from components.board import board
from components.context import Context
from components.fragment import dialog, fragment
from components.html.base import Markup, element, join, raw
from components.html.notes import sample_mark
from components.html.uploads import history_html, reported_html, understood_html
from components.panels import foot, panel
from components.uploads import commit
from components.uploads import held as session
from components.uploads.words import ACTIONS, looking_back
from components.uploads.working import working
from data import history, loaders, preview, upload, upload_words
from data.access import Townships, current
from data.history_words import moved_words
from data.intake import template
from data.intake.corrections import count
from data.language import N_, Translator
from data.past import stamp
from data.plan import load_plan
from data.sources import SERIES
from data.store import Batch, StoreError
from data.tables import NONE, tables
from data.upload_words import UploadError
from geo.regions import regions

_SHOWN = 60
# Of townships so many are named.
_TOWNS = 8
_MONTHS = 6
_MONTHS_OFFERED = 36
_IN_THE_WAY = 5


# ---- tables and templates --------------------------------------------------------------------------------------------


@fragment
def tables_and_templates(ctx: Context) -> None:
    """Show the ten tables, what is stored of each, and a template to fill in."""
    _ = ctx._
    with panel("tables", _("The ten tables"), _("pick one for its template")):
        with st.container(key="scroll_tables"):
            chosen = board(reported_html(_stored(ctx), _), "tables", "villages", into="template")
        names = {t.id: t.name(ctx.lang) for t in tables().values()}
        wanted = chosen if chosen in names else "villages"
        with st.container(horizontal=True, vertical_alignment="center", key="template_row"):
            for lang, label in (("zh", _("Template in Chinese: {table}")), ("en", _("In English"))):
                st.download_button(
                    label.format(table=names[wanted]),
                    _template(wanted, lang, ctx.county.code),
                    file_name=f"{tables()[wanted].name(lang)}_{_TEMPLATE[lang]}.xlsx",
                    on_click="ignore",
                    key=f"template_{lang}",
                )
        foot(_("Columns may change places; key columns must be there; a blank is no data, 0 is zero."))


_TEMPLATE = {"zh": "模板", "en": "template"}


def _template(table_id: str, lang: str, county_code: str) -> Callable[[], bytes]:
    return lambda: template(table_id, lang, county_code)


def _stored(ctx: Context) -> list[dict[str, Any]]:
    _ = ctx._
    coverage = loaders.coverage(ctx.county.slug)
    towns = int((regions(ctx.county.code)["level"] == "township").sum())
    last: dict[str, Batch] = {}
    for batch in loaders.batches(ctx.county.slug):
        if batch.active:
            last.setdefault(batch.table, batch)
    rows = []
    for table in tables().values():
        newest, covered = coverage.get(table.id, ("", 0))
        found = last.get(table.id)
        rows.append(
            {
                "id": table.id,
                "name": table.name(ctx.lang),
                "grain": table.grain_zh if ctx.lang == "zh" else table.grain,
                "who": table.filled_by_zh if ctx.lang == "zh" else table.filled_by,
                "newest": newest if newest not in {"", "-"} else formats.NOTHING,
                "towns": covered,
                "of": towns,
                "batch": f"#{found.number}" if found else formats.NOTHING,
            }
        )
    return rows


# ---- nil return ------------------------------------------------------------------------------------------------------


@fragment
def nil_return(ctx: Context) -> None:
    """Let an office say that there is nothing to report: table, months, townships."""
    _ = ctx._
    names = {t.id: t.name(ctx.lang) for t in tables().values() if t.id != "villages"}
    known = regions(ctx.county.code)
    own = _own_towns()
    towns = known.loc[(known["level"] == "township") & (known["code"].isin(own) if own else True)]
    town_names = dict(zip(towns["code"], towns["name"], strict=True))
    with panel("nil", _("Nil return"), _("nothing to report: a zero, not a gap"), stretch=False):
        table = st.selectbox(_("Upload table"), list(names), format_func=names.__getitem__, key="nil_table")
        dated = tables()[table].dated
        months = st.multiselect(_("Months"), _months(ctx), key="nil_months", placeholder="2023-09") if dated else []
        towns_chosen = st.multiselect(
            _("Townships"), list(town_names), [*town_names][:1] if own else [], format_func=town_names.__getitem__,
            key="nil_towns", placeholder=_("choose") if own else _("all of the county"),
        )  # fmt: skip
        note = st.text_input(_("Note"), max_chars=200, key="nil_note", placeholder=_("why, for the history"))
        who = actor.current()
        ready = not dated or bool(months)
        beyond = commit.beyond(ctx, upload.nil_scope(ctx.county, table, months, towns_chosen)) if ready else ""
        reason = ""
        if loaders.store().read_only:
            reason = _("This deployment is read-only: nothing can be imported or undone here.")
        elif not ready:
            reason = _("Choose the months.")
        elif beyond:
            reason = beyond
        elif who is None:
            reason = actor.needed(_)
        if ready:
            _says(ctx, table, months, [town_names[code] for code in towns_chosen])
        meant = not ready or bool(beyond) or _ending(ctx, table, months, towns_chosen)
        if reason:
            st.html(element("p", reason, "quiet"))
        if st.button(_("Send nil return"), disabled=bool(reason) or not meant, key=session.once("nil_send")) and who:
            before = commit.remember(ctx)
            try:
                with working(ctx) as tell, before.box.busy:
                    before.stored(
                        upload.nil_return(
                            loaders.store(), ctx.county, table, months, towns_chosen, who, note.strip(), tell
                        )
                    )
            except (UploadError, StoreError) as error:
                st.error(formats.as_label(commit.refusal(ctx, error)))
            else:
                commit.finish()


def _own_towns() -> Townships:
    """Return the townships that whoever looks reports for; None where it is the whole county."""
    now = current.get()
    return now.own("upload") if now is not None and now.may("upload") else None


def _says(ctx: Context, table: str, months: list[str], towns: list[str]) -> None:
    """Say what a nil return means: of what, what becomes of the figures, and what it leaves as it is."""
    _ = ctx._
    where = _(", ").join(towns) or _("all of the county")
    when = _(", ").join(sorted(months))
    what = " · ".join(filter(None, [tables()[table].name(ctx.lang), when, where]))
    if table in SERIES:
        figures = _(
            "Rows stored there end. No figure becomes 0 by it: in this table each row is a figure of its own, so a "
            "figure that is 0 is sent as a row with 0. Figures of earlier months stay, marked as carried over."
        )
    else:
        figures = _(
            "Rows stored there end. It counts as reported: from then on there is nothing of the kind, so numbers and "
            "sums of this table become 0, whatever was reported for earlier months; rates and means have nothing to "
            "be taken of. If nothing has changed, send no nil return: the last figures are carried over and marked."
        )
    rest = _(
        "Other tables, months and townships stay as they are. It can be undone in the history, and a later file of "
        "rows replaces it."
    )
    st.html(element("p", _("Reported as none: {what}.", what=what)))
    st.html(join(element("p", told, "quiet") for told in (figures, rest)))


def _ending(ctx: Context, table: str, months: list[str], towns: list[str]) -> bool:
    """Say how many stored rows a nil return ends; return whether that is confirmed, or there are none."""
    _ = ctx._
    own = loaders.own_rows(ctx.county.slug, table)
    rows = ctx.built("rows by scope", lambda: loaders.stored(ctx.county.slug, table).by_scope(), table, own)
    count = preview.ending(rows, upload.nil_scope(ctx.county, table, months, towns))
    if not count:
        st.html(element("p", _("No stored row ends by it."), "quiet"))
        return True
    n = formats.number(count, 0)
    if tables()[table].dated:
        text = _("{n} stored rows of these months and townships end.", n=n)
    else:
        text = _("This list has no months: {n} rows stored for these townships end, of whatever date.", n=n)
    st.html(element("p", element("span", text, "dn")))
    return st.checkbox(_("I confirm that {n} rows end", n=n), key=f"nil_meant_{table}_{n}")


def _months(ctx: Context) -> list[str]:
    """Return the months of the county's plans, newest first, up to a year after the newest data."""
    start = min(load_plan(p).start for p in ctx.county.plans)
    end = max(load_plan(p).end for p in ctx.county.plans)
    count = (end.year - start.year) * 12 + end.month - start.month + 1
    first = start.year * 12 + start.month - 1
    months = [f"{n // 12}-{n % 12 + 1:02d}" for n in range(first, first + count)]
    if ctx.as_of is None:
        return months[::-1]
    near = f"{ctx.as_of:%Y-%m}"
    past = [m for m in months if m <= near][-_MONTHS_OFFERED:]
    return [*past[::-1], *(m for m in months if m > near)]


# ---- history ---------------------------------------------------------------------------------------------------------


@fragment
def batches(ctx: Context) -> None:
    """Show every import and undo, newest first, with a way to take one back; a pick leaves the rest of the page."""
    _ = ctx._
    found = loaders.batches(ctx.county.slug)
    undoes = ctx.may("undo")
    told = N_("{n} batches; pick one to undo it") if undoes else N_("{n} batches; pick one for more about it")
    with panel("history", _("Import history"), _(told, n=len(found))):
        if not found:
            st.html(element("p", _("Nothing has been imported yet."), "quiet"))
            return
        with st.container(key="scroll_history"):
            superseded = upload_words.superseded(found, _)
            lines = [_line(ctx, b) | {"state": _state(superseded.get(b.batch_id), _)} for b in found[:_SHOWN]]
            picked = board(history_html(lines, _), "history", into="batch")
        chosen = {str(b.number): b for b in found}.get(str(picked))
        if chosen:
            _about(ctx, chosen, found)
            _look_back(ctx, chosen)
        if undoes:
            _undo_row(ctx, chosen)
            foot(_("Undo brings back what a batch replaced; refused while later batches rest on it."))


def _about(ctx: Context, batch: Batch, found: list[Batch]) -> None:
    """Tell of a batch what it spoke for, why, what it did to the rows and to the figures of the county."""
    _ = ctx._
    towns = [code for code in batch.scope.townships if code != NONE]
    where = upload_words.places_named(towns, ctx.county.code, _, most=_TOWNS)
    months = [p for p in batch.scope.periods if p != NONE]
    facts = [
        (
            _("Months"),
            (_(", ")).join(months) if len(months) <= _MONTHS else f"{months[0]} – {months[-1]} ({len(months)})",
        ),
        (_("Townships"), where),
        *([(_("Items"), _("only {n}", n=len(batch.scope.items)))] if batch.scope.items else []),
        (_("Note"), batch.note),
        *commit.counts(ctx, batch),
    ]
    st.html(understood_html(facts))
    if batch.table not in tables():
        return
    moved = history.figures_moved(loaders.store(), ctx.plan, batch, found, ctx.known_at)
    st.html(element("p", moved_words(moved, ctx.plan, _)))


def _look_back(ctx: Context, batch: Batch) -> None:
    """Offer to see all pages as they were after a batch, until the next one came."""
    see = {"known": f"b{batch.number}"}
    label = ctx._("See the data as known after batch {n}", n=batch.number)
    if st.button(label, key="look_back", on_click=st.session_state.update, kwargs=see):
        st.rerun()


def _line(ctx: Context, batch: Batch) -> dict[str, Any]:
    _ = ctx._
    months = [p for p in batch.scope.periods if p != "-"]
    return {
        "id": batch.number,
        "at": stamp(batch.at),
        "who": actor.label(batch.actor, verified=batch.verified, _=_),
        "action": _(ACTIONS[batch.action]),
        "table": upload_words.table_name(batch.table, ctx._),
        "file": upload_words.came_as(batch, _),
        "marks": join([*([" ", sample_mark(_)] if batch.sample else []), *_corrected(batch, _)]),
        "months": months[0] if len(months) == 1 else f"{months[0]} – {months[-1]}" if months else "",
        "counts": _counts(ctx, batch),
    }


def _corrected(batch: Batch, _: Translator) -> list[Markup]:
    n = count(batch.corrections)
    return [raw(" "), element("small", _("{n} corrected", n=n))] if n else []


def _counts(ctx: Context, batch: Batch) -> Markup:
    told = " · ".join(f"{label} {n}" for label, n in commit.counts(ctx, batch)[1:])
    total = batch.added if batch.action == "undo" else batch.rows
    return raw(f"<span title='{told}'>{formats.number(total, 0)}</span>")


def _state(superseded: str | None, _: Translator) -> Markup:
    return element("small", superseded) if superseded else element("span", _("counts"), "s s-done")


def _undo_row(ctx: Context, batch: Batch | None) -> None:
    _ = ctx._
    if batch is None or not batch.active:
        reason = _("Pick a batch that counts.") if batch is None else _("This batch does not count any more.")
        st.button(_("Undo"), disabled=True, help=reason, key="undo")
        return
    in_the_way = [] if ctx.known_at else loaders.in_the_way(ctx.county.slug, batch.batch_id)
    reason = ""
    if ctx.known_at is not None:
        reason = looking_back(_)
    elif loaders.store().read_only:
        reason = _("This deployment is read-only: nothing can be imported or undone here.")
    elif in_the_way:
        named = "; ".join(upload_words.described(b, _) for b in in_the_way[:_IN_THE_WAY])
        more = _(" and {n} more", n=len(in_the_way) - _IN_THE_WAY) if len(in_the_way) > _IN_THE_WAY else ""
        reason = _("Batch {n} cannot be undone as long as later batches rest on it. Undo these first, the newest "
                   "first: {batches}", n=batch.number, batches=named + more)  # fmt: skip
    if reason:
        st.html(element("p", reason, "notice"))
    if st.button(_("Undo batch {n}", n=batch.number), disabled=bool(reason), key="undo"):
        dialog(_("Undo batch {n}", n=batch.number), _confirm)(ctx, batch)


def _confirm(ctx: Context, batch: Batch) -> None:
    """Ask for the reason, then undo."""
    _ = ctx._
    line = _line(ctx, batch)
    st.html(element("p", join([line["table"], " · ", line["file"], " · ", line["who"], " · ", line["at"]])))
    for told in upload_words.undone(batch, ctx.county, _):
        st.html(element("p", told, "quiet"))
    who = actor.current()
    # Nobody said who acts: asked here, as the dialog hides the page's own question.
    named = actor.fields(ctx, "undo") if who is None else None
    why = st.text_input(_("Reason"), max_chars=200, key="undo_reason")
    if not st.button(_("Undo it"), type="primary", key="undo_confirm"):
        return
    missing = named.missing(_) if named else ""
    missing = missing or ("" if why.strip() else _("Say why, for the history."))
    if missing:
        st.warning(missing)
        return
    who = who or (actor.confirm(named) if named else None)
    if who is None:
        return
    before = commit.remember(ctx, batch)
    try:
        with working(ctx) as tell, before.box.busy:
            before.stored(upload.undo(loaders.store(), ctx.county, batch.number, who, why.strip(), tell))
    except (UploadError, StoreError) as error:
        st.error(formats.as_label(commit.refusal(ctx, error)))
    else:
        commit.finish()
