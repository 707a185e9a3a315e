"""Lists that are no indicators: facts, projects, tasks, and the plan's dates on a time line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from components import formats
from components.html.base import Markup, element, escape, join, raw
from components.html.table import Column, records, table, text
from components.status import marks_html, status
from data.language import Translator

_LANE_CHARS = 92.0


def facts(items: Iterable[tuple[object, object, object]]) -> Markup:
    """Return key figures: label, value (markup with its unit is welcome) and a muted note below."""
    cells = [
        raw(f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd><small>{escape(note)}</small></div>")
        for label, value, note in items
    ]
    return element("dl", join(cells), "facts")


def plan_table(indicators: pd.DataFrame, _: Translator, *, areas: Mapping[str, str]) -> Markup:
    """Return a plan's indicators as the document states them.

    Parameters
    ----------
    indicators : columns id, clause, name, marks, area, target (text with comparator and unit), due, milestones (text),
        office, rule (translated), definition, reason (why not scored; "" if it is).
    """
    fields = ("id", "clause", "name", "marks", "area", "target", "due", "milestones", "office", "rule", "definition")

    def measured(row: tuple[Any, ...]) -> Markup:
        reason = element("b", f" {text(row[12])}") if text(row[12]) else ""
        return element("small", join([text(row[11]), reason]))

    columns: list[Column[tuple[Any, ...]]] = [
        Column(_("Clause"), lambda r: element("small", text(r[2])), "x"),
        Column(_("Indicator"), lambda r: join([text(r[3]), " ", marks_html(r[4] or (), _)]), "nm"),
        Column(_("Area"), lambda r: areas.get(r[5], text(r[5])), "x"),
        Column(_("Target"), lambda r: text(r[6]), "num gap0"),
        Column(_("Due"), lambda r: formats.date(r[7], _), "num x"),
        Column(_("Milestones"), lambda r: text(r[8]), "wrap x"),
        Column(_("Lead office"), lambda r: text(r[9]), "org wrap"),
        Column(_("Schedule"), lambda r: text(r[10]), "x"),
        Column(_("How it is measured"), measured, "wrap x"),
    ]
    return table(columns, records(indicators, (*fields, "reason")), key=lambda r: r[1], css="cards")


@dataclass(frozen=True, slots=True)
class Event:
    """A dated point of a plan.

    Attributes
    ----------
    day : its date.
    label : what is due, such as "中央资金支出 50%".
    note : muted words behind it.
    code : status code, for its colour; None while nobody can say.
    """

    day: Any
    label: str
    note: str = ""
    code: str | None = None


def timeline(events: Sequence[Event], start: Any, end: Any, _: Translator, *, as_of: Any = None) -> Markup:
    """Return the plan's dates on a line from start to end, with the as-of date; a list on a phone.

    Labels that would touch each other are put in further lanes.
    """
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    days = max((last - first).days, 1)
    written = formats.day if first.year == last.year else formats.date

    def at(day: Any) -> float:
        return min(max((pd.Timestamp(day) - first).days / days * 100, 0), 100)

    lanes: list[float] = []
    points = []
    for event in sorted(events, key=lambda e: pd.Timestamp(e.day)):
        x = at(event.day)
        # A Chinese character is about twice as wide as a Latin one.
        width = sum(2 if ord(c) > 0x2E80 else 1 for c in event.label + event.note + written(event.day, _)) + 4
        span = width / 2 / _LANE_CHARS * 100
        flip = x + span > 100
        left = x - span if flip else x
        lane = next((i for i, right in enumerate(lanes) if right < left), len(lanes))
        if lane == len(lanes):
            lanes.append(0)
        lanes[lane] = x if flip else x + span
        css = f"{status(event.code).css if event.code else 'plain'}{' flip' if flip else ''}"
        points.append(
            f"<li class='{css}' style='--x:{x:.2f};--l:{lane}'><i></i>"
            f"<span><b>{escape(written(event.day, _))}</b> {escape(event.label)}"
            f" <small>{escape(event.note)}</small></span></li>"
        )
    months = pd.date_range(first, last, freq="MS")
    step = next((n for n in (1, 2, 3, 6) if len(months) <= 12 * n), 12)
    months = months[(months.month - 1) % step == 0]
    ticks = "".join(
        f"<em style='--x:{at(m):.2f}'>{escape(formats.month(m, _, year=m.month == 1 or m == months[0]))}</em>"
        for m in months
    )
    now = ""
    if as_of is not None:
        title = escape(_("Data up to {day}", day=formats.date(as_of, _)))
        now = f"<s style='--x:{at(as_of):.2f}' title=\"{title}\"></s>"
    return raw(
        f"<div class='tl' style='--n:{len(lanes)}'><div class='ax'>{ticks}{now}</div><ol>{''.join(points)}</ol></div>"
    )
