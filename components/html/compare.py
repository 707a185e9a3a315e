"""Counties side by side as a table: a concept in each row, a county in each column."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

from components import formats
from components.html.base import Markup, element, escape, join, raw
from components.html.notes import sample_mark
from components.html.progress import spark_html
from components.status import badge_html, status
from data import plan_words
from data.comparison import DIFFERENCES, Entry, Line, Standing
from data.language import Translator
from data.wording import language


class Choice(NamedTuple):
    """A link of a filter: what it says, its address, and whether it is what is shown."""

    text: str
    href: str
    here: bool


def choices_html(name: str, choices: Iterable[Choice]) -> Markup:
    """Return the links of a filter behind its name."""
    links = join(
        raw(f'<a href="{escape(c.href)}"{" aria-current=true" if c.here else ""}>{escape(c.text)}</a>') for c in choices
    )
    return raw(f"<nav aria-label='{escape(name)}'><b>{escape(name)}</b>{links}</nav>")


def comparison_table(standings: Sequence[Standing], lines: Sequence[Line], _: Translator) -> Markup:
    """Return concepts by area in rows, counties in columns."""
    heads = join(raw(f"<th scope='col'>{_head(one, _)}</th>") for one in standings)
    bodies = []
    for area, mine in groupby(lines, key=lambda line: line.concept.area):
        title = raw(f"<tr class='area'><th colspan='{len(standings) + 1}'>{plan_words.area_name(area, _)}</th></tr>")
        bodies.append(raw(f"<tbody>{title}{join(_row(line, standings, _) for line in mine)}</tbody>"))
    return raw(
        f"<table class='sbs'><thead><tr><th scope='col'>{escape(_('Concept'))}</th>{heads}</tr></thead>"
        f"{join(bodies)}</table>"
    )


def _head(one: Standing, _: Translator) -> Markup:
    lang = language(_)
    name = raw(f'<a href="{escape(_address(one.county.slug, "", lang))}">{escape(one.county.name(lang))}</a>')
    told = [element("small", join([plan.title(lang), raw("<br>"), _day(as_of, _)])) for plan, as_of in one.plans]
    return join([name, sample_mark(_) if one.sample else "", *told])


def _day(as_of: object, _: Translator) -> str:
    return _("Data up to {day}", day=formats.date(as_of, _)) if as_of else _("No data yet")


def _row(line: Line, standings: Sequence[Standing], _: Translator) -> Markup:
    lang = language(_)
    notes = join(element("i", _(DIFFERENCES[name]), "mk warn" if name == "unit" else "mk") for name in line.differs)
    cells = join(_cell(one, line.entries.get(one.county.slug, ()), _) for one in standings)
    return raw(f"<tr><th scope='row'>{escape(line.concept.name(lang))}<span>{notes}</span></th>{cells}</tr>")


def _cell(one: Standing, entries: Sequence[Entry], _: Translator) -> Markup:
    name = escape(one.county.name(language(_)))
    if not entries:
        return raw(f"<td data-county='{name}' class='none'>{formats.NOTHING}</td>")
    return raw(f"<td data-county='{name}'>{join(_entry(entry, _, named=len(entries) > 1) for entry in entries)}</td>")


def _entry(entry: Entry, _: Translator, *, named: bool) -> Markup:
    lang, row = language(_), entry.row
    unit = row["unit"]
    query = {"indicator": entry.indicator.id, "asof": entry.as_of.isoformat(), "plan": entry.plan.id}
    href = _address(entry.county.slug, entry.indicator.area, lang, **query)
    hint = _("Definition: {text}", text=plan_words.definition(entry.indicator, entry.plan, _))
    value = raw(
        f'<a class="v" href="{escape(href)}" title="{escape(hint)}">'
        f"{formats.quantity_html(row['value'], unit, _, digits=1 if unit == '%' else None)}</a>"
    )
    top = join([value, spark_html(entry.trend), badge_html(row["status"], entry.indicator.rule, _)])
    told = [
        element("small", text) for text in (target_words(entry, _), gap_words(entry, _), base_words(entry, _)) if text
    ]
    head = element("em", entry.indicator.name(lang)) if named else ""
    return raw(f"<div class='e {status(row['status']).css}'>{head}<p>{top}</p>{join(told)}</div>")


def target_words(entry: Entry, _: Translator) -> str:
    """Return a county's own target, and where it starts from if its plan says so."""
    row = entry.row
    if row["target"] is None:
        return ""  # the status says why
    sign = {">=": "≥ ", "<=": "≤ ", "~": "≈ "}.get(row["comparator"], "")
    told = _("Target {n}", n=sign + formats.quantity(row["target"], row["unit"], _))
    if row["start_value"] is None:
        return told
    start = _("from {n}", n=formats.quantity(row["start_value"], row["unit"], _))
    return f"{told} · {start}"


def gap_words(entry: Entry, _: Translator) -> str:
    """Return how far ahead of or behind its own schedule a county is, where something is due."""
    row = entry.row
    if row["gap"] is None or row["status"] == "not_due":
        return ""
    return _("Against its schedule {points}", points=formats.points(row["gap"], _))


def base_words(entry: Entry, _: Translator) -> str:
    """Return what a rate is formed of, and how many have reported."""
    row = entry.row
    parts = []
    if row["unit"] == "%" and row["denominator"]:
        parts.append(f"{formats.number(row['numerator'])}/{formats.number(row['denominator'])}")
    if row["of"]:
        parts.append(_("Reported {n}", n=f"{row['reported']:.0f}/{row['of']:.0f}"))
    return " · ".join(parts)


def _address(slug: str, page: str, lang: str, **query: str) -> str:
    told = urlencode({**query, **({} if lang == "zh" else {"lang": lang})})
    return f"/{slug}" + (f"/{page}" if page else "") + (f"?{told}" if told else "")
