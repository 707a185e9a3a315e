"""Parts of the status page: how old the backup is, what runs on what, which pages are slow, what happened."""

import streamlit as st

from components.context import Context
from components.html import operation as html
from components.html.lists import facts
from components.panels import foot, panel, side_by_side
from components.server.metrics import exposition
from components.server.site import PAGES
from data import loaders
from data import operation as running


def backup(ctx: Context) -> None:
    """Say how old the newest backup is; with what to do where it is too old."""
    _ = ctx._
    found = _standing(ctx)
    if found.overdue:
        st.html(html.overdue(found, _))
        return
    with panel("backup", _("Backup")):
        st.html(facts(html.backup_facts(found, _)))


def deployment(ctx: Context) -> None:
    """Show release, database, disk, and who is connected."""
    _ = ctx._
    with panel("deployment", _("Running"), _("this server process, since it was started")):
        st.html(facts(html.deployment_facts(_standing(ctx), _load(), ctx.county.slug, _)))


def pages_and_events(ctx: Context) -> None:
    """Show which pages are slow, and what was stored, refused and went wrong."""
    _, load = ctx._, _load()
    left, right = side_by_side([1.4, 1])
    with left, panel("slow", _("Slowest pages"), _("time of the script on the server, since it was started")):
        st.html(html.slowest(load, {page.name: _(page.title) for page in PAGES}, _))
        foot(_("A run is what one click of a viewer asks for; small parts of a page that run alone are not counted"))
    with right, panel("events", _("Stored, refused, failed"), _("all counties of this process, counted only")):
        st.html(html.events(load, _))


def _standing(ctx: Context) -> running.Standing:
    return running.standing(loaders.store(), {ctx.county.slug: ctx.county.code})


def _load() -> running.Load:
    return running.load_of(exposition())
