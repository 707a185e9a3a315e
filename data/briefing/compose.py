"""A briefing composed from facts: which sections there are, in which order, and what stands above them."""

import datetime as dt
from collections.abc import Callable, Collection

from data.briefing import annex, areas, overall, places, work
from data.briefing.composer import Composer
from data.briefing.facts import Facts
from data.briefing.model import Briefing, Section
from data.language import N_, Translator, translator
from data.upload import SAMPLE_MARK

Part = Callable[[Composer], Section | None]

_PARTS: dict[str, tuple[str, Part]] = {
    "overall": (N_("Overall progress"), overall.overall),
    "changes": (N_("What moved"), overall.changes),
    "ranking": (N_("Ranking of places"), places.place_ranking),
    "areas": (N_("By action area"), areas.all_areas),
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


def section_names(lang: str) -> dict[str, str]:
    """Return the names of the sections that can be chosen, in reading order."""
    _ = translator(lang)
    return {name: _(word) for name, (word, __) in {**_PARTS, **_ANNEXES}.items()}


def compose(
    facts: Facts, lang: str = "zh", *, towns: Collection[str] = (), sections: Collection[str] = SECTIONS
) -> Briefing:
    """Compose a briefing.

    Parameters
    ----------
    towns : codes of the townships that tables, lists and maps are narrowed to; all without.
    sections : ids of `SECTIONS`; in whatever order, they are told in reading order.

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
    )


def code(facts: Facts) -> str:
    """Return the short code of the data's version: `banan-31`."""
    return f"{facts.county.slug}-{facts.version}"


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
            "Data up to {day}. Plan: {plan}. Data version {code}, found again by `xianjie history --code {code}`.",
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
