"""Parts of the bulletin's page: what it shall say, its text, and the files to take along."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from components import formats
from components.context import Context
from components.exports import exported
from components.fragment import fragment
from components.html.base import element
from components.html.briefing import briefing_html
from components.panels import foot, panel, side_by_side
from components.server.downloads import DownloadError
from data import loaders
from data.briefing import files, press
from data.briefing.compose import SECTIONS, USUAL, compose, section_names, usual_told
from data.briefing.errors import DocumentError
from data.briefing.facts import Facts
from data.briefing.issuer import addressees, issuer, today
from data.briefing.model import Briefing
from data.language import translator


class Wanted(NamedTuple):
    """What the briefing shall say: ids of sections, codes of townships (empty: all), who gets it, who issues it."""

    sections: tuple[str, ...]
    towns: tuple[str, ...]
    addressees: str
    issuer: str
    dated: dt.date | None


def chosen(ctx: Context) -> Wanted:
    """Let the viewer choose sections and townships; dates, plan and language are those of the whole dashboard."""
    _ = ctx._
    names = section_names(ctx.lang)
    towns = loaders.townships(ctx.county.slug, ctx.plan.id)
    with panel("brief_choice", _("What the bulletin says"), _told(ctx)):
        sections = st.pills(
            _("Sections"), list(SECTIONS), selection_mode="multi", default=list(USUAL), key="brief_sections",
            format_func=names.__getitem__,
        )  # fmt: skip
        st.html(element("p", usual_told(ctx.lang), "quiet"))
        picked: list[str] = []
        if len(towns) > 1 and ctx.township is None:
            picked = st.multiselect(
                _("Townships in tables and lists"), list(towns), key="brief_towns", placeholder=_("All townships")
            )
        sent_to = st.text_input(
            _("Sent to, as it stands above the text; empty for none"),
            addressees(ctx.plan), max_chars=120, key=f"brief_addressees_{ctx.plan.id}",
        )  # fmt: skip
        left, right = side_by_side([2.6, 1])
        with left:
            named = st.text_input(
                _("Issued by, as it stands below the bulletin; empty for none"),
                issuer(ctx.county, ctx.plan), max_chars=60, key=f"brief_issuer_{ctx.plan.id}",
            )  # fmt: skip
        with right:
            dated = st.date_input(_("Date of issue"), today(), key="brief_dated", format="YYYY-MM-DD")
    codes = (ctx.township,) if ctx.township else tuple(towns[name] for name in picked)
    day = dated if isinstance(dated, dt.date) else None
    return Wanted(tuple(s for s in SECTIONS if s in sections), codes, sent_to.strip(), named.strip(), day)


def _told(ctx: Context) -> str:
    _ = ctx._
    day = _("Data up to {day}", day=formats.date(ctx.as_of, _))
    return f"{day} · {ctx.since_words}" if ctx.since else day


@fragment
def files_and_text(ctx: Context, wanted: Wanted) -> None:
    """Show the files to take along, and the text they will have."""
    _ = ctx._
    if not wanted.sections:
        with panel("brief_text", _("The text")):
            st.html(element("p", _("Choose at least one section."), "quiet"))
        return
    facts = _facts(ctx)
    briefing = ctx.built("briefing", lambda: compose(facts, ctx.lang, **wanted._asdict()), *wanted)
    left, right = side_by_side([1, 2.6])
    with left, panel("brief_files", _("Take along"), _("made on the click"), stretch=False):
        for form, what in files.FORMATS.items():
            template = files.county_template(ctx.county.slug, form)
            wrong = files.trouble(form, template)
            if wrong is not None:
                st.html(element("p", f"{_(what.name)}{_(': ')}{wrong.told(_)}", "warn"))
                continue
            if told := files.notice(form, template, ctx.lang):
                st.html(element("p", told, "quiet"))
            st.download_button(
                _(what.name),
                _file(facts, form, ctx.lang, wanted, template),
                file_name=files.file_name(facts, form, ctx.lang),
                mime=what.mime,
                on_click="ignore",
                key=f"brief_{form}",
                width="stretch",
            )
        foot(_("Version {code}", code=briefing.code), _("every figure is the engine's own"))
    with right, panel("brief_text", _("The text"), _size(ctx, briefing)), st.container(key="scroll_brief"):
        st.html(ctx.built("briefing text", lambda: briefing_html(briefing, _), *wanted))


def _facts(ctx: Context) -> Facts:
    return loaders.briefing_facts(ctx.county.slug, ctx.plan.id, ctx.need_date(), ctx.since, ctx.since_at)


def _file(facts: Facts, form: str, lang: str, wanted: Wanted, template: Path | None) -> Callable[[], bytes]:
    def made() -> bytes:
        try:
            return press.make(files.content(facts, form, lang, **wanted._asdict()), facts.boundaries, form, template)
        except DocumentError as error:
            raise DownloadError(error.told(translator(lang))) from error

    plan, sections = facts.plan.id, list(wanted.sections)
    return exported(facts.county, form, made, translator(lang), plan=plan, as_of=facts.as_of, sections=sections)


def _size(ctx: Context, briefing: Briefing) -> str:
    return ctx._("{n} sections", n=len(briefing.sections))
