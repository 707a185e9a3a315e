"""A briefing composed from facts: which sections there are, in which order, and what stands above them."""

import datetime as dt
from collections.abc import Callable, Collection

from data.briefing import annex, areas, overall, places, work
from data.briefing.composer import Composer
from data.briefing.facts import Facts, code
from data.briefing.model import Briefing, Section
from data.language import N_, Translator, translator
from data.upload import SAMPLE_MARK

Part = Callable[[Composer], Section | None]

_PARTS: dict[str, tuple[str, Part]] = {
    "overall": (N_("Overall progress"), overall.overall),
    "changes": (N_("What moved"), overall.changes),
    "ranking": (N_("Ranking of places"), places.place_ranking),
    "areas": (N_("By action area"), areas.in_short),
    "details": (N_("Action areas with charts, maps and tables"), areas.in_detail),
    "problems": (N_("Problems to be rectified"), work.problems),
    "tasks": (N_("Tasks"), work.tasks),
    "reporting": (N_("Reporting"), work.reports),
}
_ANNEXES: dict[str, tuple[str, Part]] = {
    "all-indicators": (N_("Annex: all indicators"), annex.all_indicators),
    "definitions": (N_("Annex: definitions and rules"), annex.definitions),
}
SECTIONS = (*_PARTS, *_ANNEXES)
"""Ids of the sections that can be chosen, in reading order."""
_INSTEAD = {"details": "areas"}
"""Of two that tell the same the longer is taken."""
USUAL = tuple(name for name in _PARTS if name not in _INSTEAD)
"""Ids of the sections that an office sends: without annexes, of each area what is worst."""
FULL = tuple(name for name in SECTIONS if name not in _INSTEAD.values())
"""Ids of the sections that have everything."""


def section_names(lang: str) -> dict[str, str]:
    """Return the names of the sections that can be chosen, in reading order."""
    _ = translator(lang)
    return {name: _(word) for name, (word, __) in {**_PARTS, **_ANNEXES}.items()}


def usual_told(lang: str) -> str:
    """Say what stands in a bulletin unless somebody chooses."""
    _ = translator(lang)
    names = section_names(lang)
    return _(
        "Unless chosen otherwise: {usual}, as an office sends it; "
        "the longer the lists of problems and tasks, the more pages. By choice: {more}.",
        usual=_(", ").join(names[name] for name in USUAL),
        more=_(", ").join(names[name] for name in FULL if name not in USUAL),
    )


def compose(
    facts: Facts,
    lang: str = "zh",
    *,
    towns: Collection[str] = (),
    sections: Collection[str] = USUAL,
    addressees: str = "",
    issuer: str = "",
    dated: dt.date | None = None,
) -> Briefing:
    """Compose a briefing.

    Parameters
    ----------
    towns : codes of the townships that tables, lists and maps are narrowed to; all without.
    sections : ids of `SECTIONS`; in whatever order, they are told in reading order.
    addressees : whom it is sent to (主送机关), above the text; nothing stands there unless it is given.
    issuer, dated : what stands below the bulletin (落款); nothing does unless it is given.

    Raises
    ------
    ValueError
        A section or township is not known.
    """
    if unknown := sorted(set(sections) - set(SECTIONS)):
        raise ValueError(f"no section {', '.join(unknown)}; known: {', '.join(SECTIONS)}")
    if unknown := sorted(set(towns) - set(facts.regions["code"])):
        raise ValueError(f"no township {', '.join(unknown)} in plan {facts.plan.id}")
    c = Composer(facts, lang, frozenset(towns))
    sections = set(sections) - {short for long, short in _INSTEAD.items() if long in sections}
    main = [part(c) for name, (__, part) in _PARTS.items() if name in sections]
    behind = [part(c) for name, (__, part) in _ANNEXES.items() if name in sections]
    annexes = [section for section in behind if section is not None]
    _, day = c._, c.day(facts.as_of)
    title = _("{county}: progress of the linkage plan, {date}", county=c.whole, date=_month(facts.as_of, _))
    return Briefing(
        lang=lang,
        title=title,
        county=facts.county.name(lang),
        plan=facts.plan.title(lang),
        as_of=facts.as_of,
        statement=_statement(c),
        code=code(facts),
        sample=facts.sample,
        source=_(
            "Source: {plan}; data up to {day}; version {code}", plan=facts.plan.title(lang), day=day, code=code(facts)
        ),
        sections=(*[section for section in main if section is not None], *annexes),
        annex=len(annexes),
        figures=tuple(c.ledger.figures),
        addressees=addressees.strip().rstrip(":："),
        issuer=issuer.strip(),
        dated=dated,
    )


def _statement(c: Composer) -> tuple[str, ...]:
    """Return what every document says in its body before anything else."""
    _, facts = c._, c.facts
    lines = []
    if facts.sample:
        lines.append(
            _(
                "Sample data ({mark}): the figures are made up to show the product and say nothing about the places.",
                mark=SAMPLE_MARK,
            )
        )
    lines.append(
        _(
            "Data up to {day}. Plan: {plan}. Data version {code}.",
            day=c.day(facts.as_of),
            plan=facts.plan.title(c.lang),
            code=code(facts),
        )
    )
    if facts.since is not None:
        lines.append(_("Compared with {since}.", since=c.since_name))
    if c.towns:
        named = _(", ").join(c.names[code] for code in sorted(c.towns))
        lines.append(_("Tables and lists name these townships only: {names}.", names=named))
    return tuple(lines)


def _month(day: dt.date, _: Translator) -> str:
    return _("{year}-{month:02}", year=day.year, month=day.month)
