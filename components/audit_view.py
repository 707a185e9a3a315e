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
from data.audit_words import EVENTS
from data.store import Entry, Wanted

SHOWN = 200
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
                st.html(log_html(audit_words.rows(found[:SHOWN], _), _, more=len(found) > SHOWN))
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
        foot(_("Counts and names of files, tables, columns and places; never what stands in a cell."))


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
    )


def _file(ctx: Context, wanted: Wanted, form: str) -> Callable[[], bytes]:
    slug, _ = ctx.county.slug, ctx._

    def made() -> bytes:
        entries: list[Entry] = loaders.audit(slug, wanted)
        return _MAKE[form](entries, _)

    return exported(ctx.county, f"audit.{form}", made, ctx._, needs="audit")
