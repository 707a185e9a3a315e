"""The page of the audit log: search and filters, the entries, and the same as files."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from components.context import Context
from components.exports import exported
from components.fragment import fragment
from components.html.access import log_html
from components.html.base import element
from components.panels import foot, panel, scroll
from data import audit_words, loaders
from data.audit_batches import MOST
from data.audit_words import EVENTS
from data.store import Entry, Wanted

SHOWN = 200
_FIGURES = 12
"""Of so many batches, the newest shown, the page looks the county's figures up; a file has more."""
_MIME = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_MAKE: dict[str, Callable[..., bytes]] = {"csv": audit_words.as_csv, "xlsx": audit_words.as_xlsx}


@fragment
def log(ctx: Context) -> None:
    """Show what happened, newest first, narrowed by what is asked for."""
    _ = ctx._
    wanted = _wanted(ctx)
    found = loaders.audit(ctx.county.slug, replace(wanted, limit=SHOWN + 1))
    # One more than is shown says that there are more; counting them all is the file's matter.
    with panel("audit", _("What happened"), _("newest first; nobody can change it"), stretch=False):
        if found:
            with scroll("audit"):
                told = loaders.audit_told(ctx.county.slug, found[:SHOWN], _, _FIGURES)
                st.html(log_html(audit_words.rows(found[:SHOWN], _, told), _, more=len(found) > SHOWN))
        else:
            st.html(element("p", _("Nothing like this stands in the log."), "quiet"))
        with st.container(horizontal=True, key="audit_files"):
            for form in _MAKE:
                st.download_button(
                    _("Download ({form})", form=form.upper()),
                    _file(ctx, wanted, form),
                    file_name=f"{ctx.county.slug}_{_('Log')}.{form}",
                    mime=_MIME[form],
                    on_click="ignore",
                    key=f"audit_{form}",
                )
        foot(
            _("Counts, reasons, and names of files, tables, columns and places; never what stands in a cell."),
            _("The county's figures before and after stand with the newest {n} batches of the list, in a file with "
              "{most}; narrow the search for older ones.", n=_FIGURES, most=MOST),
        )  # fmt: skip


def _wanted(ctx: Context) -> Wanted:
    """Ask what to look for."""
    _ = ctx._
    names = {event: _(name) for event, name in EVENTS.items()}
    with st.container(horizontal=True, key="filters", vertical_alignment="bottom"):
        text = st.text_input(_("Search"), max_chars=60, key="audit_text", placeholder=_("name, account, file, place"))
        event = st.selectbox(
            _("What"), list(names), index=None, format_func=names.__getitem__, key="audit_event",
            placeholder=_("anything"),
        )  # fmt: skip
        who = st.text_input(_("Who"), max_chars=60, key="audit_who", placeholder=_("anybody"))
        since = st.date_input(_("From day"), value=None, key="audit_since", format="YYYY-MM-DD")
        until = st.date_input(_("To day"), value=None, key="audit_until", format="YYYY-MM-DD")
    return Wanted(
        since=audit_words.day_begins(since) if since else None,
        until=audit_words.day_begins(until + dt.timedelta(days=1)) if until else None,
        event=event,
        who=who or "",
        text=text or "",
        named=audit_words.named(text or "", ctx.county.code),
    )


def _file(ctx: Context, wanted: Wanted, form: str) -> Callable[[], bytes]:
    slug, _ = ctx.county.slug, ctx._

    def made() -> bytes:
        entries: list[Entry] = loaders.audit(slug, wanted)
        return _MAKE[form](entries, _, loaders.audit_told(slug, entries, _))

    return exported(ctx.county, f"audit.{form}", made, ctx._, needs="audit")
